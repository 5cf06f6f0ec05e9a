import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";
import {queryOne, waitFor} from "@odoo/hoot-dom";
import {animationFrame} from "@odoo/hoot-mock";
import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";

class Upload extends models.Model {
    _name = "gr.sync.upload";

    file = fields.Binary();
    file_name = fields.Char();
}

defineMailModels();
defineModels([Upload]);

function dispatchDrag(type, ...files) {
    const dataTransfer = new DataTransfer();
    for (const file of files) {
        dataTransfer.items.add(file);
    }
    const zone = queryOne(".o_harvest_file_drop");
    zone.dispatchEvent(
        new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true})
    );
}

async function mountUpload() {
    await mountView({
        type: "form",
        resModel: "gr.sync.upload",
        arch: `
            <form>
                <field name="file" widget="gr_file_drop" filename="file_name"/>
                <field name="file_name" invisible="1"/>
            </form>`,
    });
}

test("a file over the zone marks it, until it leaves", async () => {
    await mountUpload();
    dispatchDrag("dragover");
    await animationFrame();
    expect(".o_harvest_file_drop").toHaveClass("border-primary");
    dispatchDrag("dragleave");
    await animationFrame();
    expect(".o_harvest_file_drop").not.toHaveClass("border-primary");
});

test("a dropped file becomes the field's value with its name", async () => {
    await mountUpload();
    expect(".o_harvest_file_drop p").toHaveCount(1);
    dispatchDrag("drop", new File(["rows"], "roster.zip", {type: "application/zip"}));
    await waitFor(".o_harvest_file_drop input[readonly]");
    expect(".o_harvest_file_drop input[readonly]").toHaveValue("roster.zip");
    expect(".o_harvest_file_drop p").toHaveCount(0);
});

test("dropping nothing changes nothing", async () => {
    await mountUpload();
    dispatchDrag("drop");
    await animationFrame();
    expect(".o_harvest_file_drop p").toHaveCount(1);
});
