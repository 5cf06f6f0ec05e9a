import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";
import {
    defineModels,
    fields,
    models,
    mountView,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {
    LIGHT_COLORS,
    LightGraphRenderer,
} from "@harvest_clearance/light_graph/light_graph";

class Clearance extends models.Model {
    _name = "clearance";
    name = fields.Char();
    light = fields.Selection({
        selection: [
            ["green", "Verde"],
            ["amber", "Ámbar"],
            ["red", "Rojo"],
        ],
    });
    _records = [
        {id: 1, name: "one", light: "red"},
        {id: 2, name: "one", light: "green"},
    ];
}
defineMailModels();
defineModels([Clearance]);

test("a light is drawn in its own color, whatever the language calls it", async () => {
    let drawn = null;
    patchWithCleanup(LightGraphRenderer.prototype, {
        getBarChartData() {
            drawn = super.getBarChartData();
            return drawn;
        },
    });
    await mountView({
        type: "graph",
        resModel: "clearance",
        arch: `
            <graph type="bar" stacked="1" js_class="gr_light_graph">
                <field name="name"/>
                <field name="light"/>
            </graph>`,
    });
    const colors = Object.fromEntries(
        drawn.datasets.map((set) => [set.label, set.backgroundColor])
    );
    expect(colors.Rojo).toBe(LIGHT_COLORS.red);
    expect(colors.Verde).toBe(LIGHT_COLORS.green);
});
