import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";
import {advanceTime, animationFrame} from "@odoo/hoot-mock";
import {
    MockServer,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

class Run extends models.Model {
    _name = "gr.sync.run";

    state = fields.Selection({
        selection: [
            ["reading", "Reading"],
            ["applying", "Applying"],
            ["done", "Applied"],
        ],
    });
    progress = fields.Float();
    is_pull = fields.Boolean();
    _records = [
        {id: 1, state: "applying", progress: 40},
        {id: 2, state: "reading"},
        {id: 3, state: "done", progress: 100},
    ];
}

defineMailModels();
defineModels([Run]);

async function mountRun(resId) {
    await mountView({
        type: "form",
        resModel: "gr.sync.run",
        resId,
        arch: `<form><widget name="gr_sync_progress"/></form>`,
    });
}

async function poll() {
    await advanceTime(1600);
    await animationFrame();
}

test("the bar follows the work and goes when it is done", async () => {
    await mountRun(1);
    expect(".o_harvest_sync_progress p").toHaveText("Applying: 40 %");
    MockServer.env["gr.sync.run"].write([1], {progress: 80});
    await poll();
    expect(".o_harvest_sync_progress p").toHaveText("Applying: 80 %");
    expect("[role=progressbar]").toHaveAttribute("aria-valuenow", "80");
    MockServer.env["gr.sync.run"].write([1], {state: "done"});
    await poll();
    expect(".o_harvest_sync_progress").toHaveCount(0);
});

test("reading has no percentage", async () => {
    await mountRun(2);
    expect(".o_harvest_sync_progress").toHaveText(/Reading the file/);
    expect("[role=progressbar]").not.toHaveAttribute("aria-valuenow");
});

test("a finished run shows no bar", async () => {
    await mountRun(3);
    expect(".o_harvest_sync_progress").toHaveCount(0);
});
