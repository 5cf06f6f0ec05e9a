import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {advanceTime, animationFrame} from "@odoo/hoot-mock";
import {click, press, queryAllTexts, queryOne, select} from "@odoo/hoot-dom";
import {
    getService,
    makeServerError,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {WebClient} from "@web/webclient/webclient";

defineMailModels();
describe.current.tags("desktop");

const REPORT = "gr.training.report";

function figure(value, more = {}) {
    return {
        value,
        model: REPORT,
        domain: [["id", ">", value]],
        definition: "Told",
        ...more,
    };
}

function board(changes = {}) {
    return {
        filters: {
            site_id: 0,
            program_id: 0,
            learner_type: "",
            period: "year_1",
            date_from: "2026-07-01",
            date_to: "2027-06-30",
        },
        options: {
            sites: [[3, "Alder Elementary"]],
            programs: [[5, "Induction"]],
            learner_types: [["staff", "Staff"]],
            periods: [
                ["year_1", "2026-2027"],
                ["custom", "Other dates"],
            ],
        },
        waiting: [figure(2, {key: "homework", label: "Homework to review"})],
        expiring: [figure(3, {key: "expiring_30", label: "Ending"})],
        risk: figure(9),
        risks: [figure(9, {key: "overdue", label: "Overdue"})],
        risk_rows: [
            {
                id: 11,
                learner: "Lía Prueba",
                program: "Induction",
                risk: "overdue",
                label: "Overdue",
                progress: 40,
                due: "2026-11-01",
                last_activity: false,
            },
        ],
        sessions: figure(1, {model: "gr.course.session"}),
        session_rows: [
            {id: 21, name: "CPR", start: "2026-11-24 22:00:00", taken: 8, free: 0},
            {
                id: 22,
                name: "Safety",
                start: "2026-11-25 22:00:00",
                taken: 1,
                free: false,
            },
        ],
        clearances: {
            definition: "Told",
            rows: [
                {
                    id: 3,
                    label: "Alder Elementary",
                    cells: ["red", "amber", "green"].map((key, index) =>
                        figure(61 + index, {key, model: "gr.staff.clearance"})
                    ),
                },
            ],
        },
        steps: [
            figure(10, {key: "asked", label: "Asked"}),
            figure(8, {key: "enrolled", label: "Enrolled"}),
        ],
        completion: {
            rate: 99.99,
            done: figure(7),
            enrolled: figure(8),
            definition: "Told",
        },
        left: [figure(1, {key: "refused", label: "Refused"})],
        time: figure(7, {median: 12.5, high: 30}),
        trend: [figure(7, {label: "Sep 2026", median: 12.5, high: 30})],
        cohort_weeks: [2, 4],
        cohorts: [
            {label: "Sep 2026", size: figure(8), cells: [figure(4, {rate: 50}), null]},
        ],
        ...changes,
    };
}

const EMPTY = {
    steps: [figure(0, {key: "asked", label: "Asked"})],
    expiring: [],
    risk: figure(0),
    risk_rows: [],
    sessions: figure(0),
    session_rows: [],
    clearances: {definition: "Told", rows: []},
    trend: [],
    cohorts: [],
};

async function mountDashboard(answer) {
    onRpc("gr.training.dashboard", "get_dashboard", ({args}) => answer(args[0]));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "harvest_training.dashboard",
    });
    await animationFrame();
}

function catchActions() {
    const done = [];
    mockService("action", {
        doAction(action) {
            if (action.type === "ir.actions.act_window") {
                done.push(action);
                return;
            }
            return super.doAction(...arguments);
        },
    });
    return done;
}

test("a number opens the very records it counts", async () => {
    const actions = catchActions();
    await mountDashboard(() => board());

    await click(".o_training_number:contains(2)");
    expect(actions[0].res_model).toBe(REPORT);
    expect(actions[0].domain).toEqual([["id", ">", 2]]);
    await click("[aria-label=Cohorts] td button:contains(50.0 %)");
    expect(actions[1].domain).toEqual([["id", ">", 4]]);
    await click("button:contains(Lía Prueba)");
    expect(actions[2].res_id).toBe(11);
    await click("[aria-label='Staff requirements'] td:first button");
    expect(actions[3].res_model).toBe("gr.staff.clearance");
    expect(actions[3].domain).toEqual([["id", ">", 61]]);
});

test("a rate below 100 is never rounded up to it", async () => {
    await mountDashboard(() => board());

    expect("[name=rate]").toHaveText("99.9 %");
});

test("a session without limit is not a full one", async () => {
    await mountDashboard(() => board());

    expect(queryAllTexts("[aria-label='Sessions ahead'] tbody td:last-child")).toEqual([
        "Full",
        "No limit",
    ]);
});

test("a chart has a table with the same figures", async () => {
    const actions = catchActions();
    await mountDashboard(() => board());
    const card = "section.card:has(h3:contains(From request))";
    expect(`${card} canvas`).toHaveAttribute("aria-label", /Asked: 10/);

    await click(`${card} button:contains(Table)`);
    await animationFrame();
    expect(`${card} canvas`).toHaveCount(0);
    expect(queryAllTexts(`${card} td`)).toEqual(["10 (100 %)", "8 (80.0 %)"]);
    await click(`${card} tbody button:contains(Enrolled)`);
    expect(actions[0].domain).toEqual([["id", ">", 8]]);
});

test("each figure says what it means, by keyboard too", async () => {
    await mountDashboard(() => board());

    const info = queryOne("[aria-label='What is “Cohorts”?']");
    info.focus();
    await press("Enter");
    await animationFrame();
    expect(".o_training_definition").toHaveCount(1);
    expect(".o_training_definition").toHaveText(/began in the same month/);
    await press("Escape");
    await animationFrame();
    expect(".o_training_definition").toHaveCount(0);
});

test("a filter is sent and counts at once", async () => {
    const asked = [];
    await mountDashboard((filters) => {
        asked.push(filters);
        const site_id = Number(filters.site_id || 0);
        return board({filters: {...board().filters, site_id}});
    });

    await click("select[name=site_id]");
    await select("3");
    await animationFrame();
    expect(asked.at(-1).site_id).toBe("3");
    expect("select[name=site_id]").toHaveValue("3");
});

test("other dates are asked for only when both are there", async () => {
    let calls = 0;
    await mountDashboard(() => {
        calls++;
        return board({filters: {...board().filters, date_from: "", date_to: ""}});
    });

    await click("select[name=period]");
    await select("custom");
    await animationFrame();
    expect(calls).toBe(1);
    expect("input[type=date]").toHaveCount(2);
});

test("without training it says what to do", async () => {
    await mountDashboard(() => board(EMPTY));

    expect(".o_view_nocontent_smiling_face").toHaveText("No training in this period");
    expect("button:contains(Training Programs)").toHaveCount(1);
    expect("canvas").toHaveCount(0);
});

test("an error is told, and the figures come back", async () => {
    let fails = true;
    await mountDashboard(() => {
        if (fails) {
            throw makeServerError({message: "The period ends before it begins."});
        }
        return board();
    });
    expect("[role=alert]").toHaveText(/The period ends before it begins\./);

    fails = false;
    await click("button:contains(Try Again)");
    await animationFrame();
    await animationFrame();
    expect("[role=alert]").toHaveCount(0);
    expect("[name=rate]").toHaveCount(1);
});

test("it counts anew every five minutes, and old figures stay on an error", async () => {
    let calls = 0;
    await mountDashboard(() => {
        calls++;
        if (calls === 2) {
            throw makeServerError({message: "Busy"});
        }
        return board();
    });

    await advanceTime(5 * 60 * 1000);
    await animationFrame();
    expect(calls).toBe(2);
    expect("[role=alert]").toHaveCount(1);
    expect("[name=rate]").toHaveCount(1);
});
