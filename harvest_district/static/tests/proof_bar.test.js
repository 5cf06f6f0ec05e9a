import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";
import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";

class Proof extends models.Model {
    _name = "gr.sync.proof";

    percent = fields.Float();
    _records = [
        {id: 1, percent: 99.9},
        {id: 2, percent: 100},
    ];
}

defineMailModels();
defineModels([Proof]);

async function mountBar(resId) {
    await mountView({
        type: "form",
        resModel: "gr.sync.proof",
        resId,
        arch: `<form><field name="percent" widget="gr_proof_bar"/></form>`,
    });
}

test("what is nearly all is not rounded up, and not green", async () => {
    await mountBar(1);
    expect(".o_harvest_proof_bar span").toHaveText("99.9 %");
    expect(".o_harvest_proof_bar .bg-warning").toHaveCount(1);
});

test("only all is green", async () => {
    await mountBar(2);
    expect(".o_harvest_proof_bar span").toHaveText("100.0 %");
    expect(".o_harvest_proof_bar .bg-success").toHaveCount(1);
});
