import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";
import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";

class Connection extends models.Model {
    _name = "gr.sync.connection";

    check_lines = fields.Json();
    _records = [
        {
            id: 1,
            check_lines: [
                {label: "The system answers", ok: true, count: null, message: ""},
                {label: "Schools", ok: false, count: null, message: "Refused. Ask."},
            ],
        },
        {id: 2, check_lines: []},
    ];
}

defineMailModels();
defineModels([Connection]);

async function mountSteps(resId) {
    await mountView({
        type: "form",
        resModel: "gr.sync.connection",
        resId,
        arch: `<form><field name="check_lines" widget="gr_sync_steps"/></form>`,
    });
}

test("every step says how it went, the failed one what to do", async () => {
    await mountSteps(1);
    expect(".o_harvest_sync_steps li").toHaveCount(2);
    expect(".o_harvest_sync_steps li:first-child .fa-check").toHaveCount(1);
    expect(".o_harvest_sync_steps li:last-child .fa-times").toHaveCount(1);
    expect(".o_harvest_sync_steps li:last-child div.text-danger").toHaveText(
        "Refused. Ask."
    );
});

test("without a test there is no list", async () => {
    await mountSteps(2);
    expect(".o_harvest_sync_steps li").toHaveCount(0);
});
