import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";
import {animationFrame} from "@odoo/hoot-mock";
import {getService, mountWithCleanup, onRpc} from "@web/../tests/web_test_helpers";
import {WebClient} from "@web/webclient/webclient";

defineMailModels();

const SYSTEM = {
    id: 7,
    name: "Synergy",
    way: "OneRoster API",
    adapter: "oneroster_rest",
    run_id: 3,
    state: "held",
    state_label: "Applied, Sites Held",
    last_success: "2026-09-15 03:00:00",
    lag_hours: 49.6,
    is_late: true,
    next_run: false,
    is_paused: false,
    is_scheduled: true,
    is_pullable: true,
    alert: "held",
    held: 1,
    persons: 2,
    errors: 0,
    proof: 99.97,
    proof_date: "2026-09-15 03:00:00",
    trend: [],
};

async function mountMonitor(systems) {
    onRpc("gr.sync.monitor", "get_figures", () => ({
        systems,
        may_connect: true,
        totals: {},
    }));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "harvest_district.monitor",
    });
    await animationFrame();
}

test("a figure below 100 is never rounded up to it", async () => {
    await mountMonitor([SYSTEM]);
    expect(".o_harvest_monitor dd.h3").toHaveText("99.9 %");
    expect(".o_harvest_monitor section.border-warning").toHaveCount(1);
    expect(".o_harvest_monitor dd.text-danger:contains(2 days ago)").toHaveCount(1);
});

test("without a system it says what to do", async () => {
    await mountMonitor([]);
    expect(".o_harvest_monitor button:contains(Connect)").toHaveCount(1);
});
