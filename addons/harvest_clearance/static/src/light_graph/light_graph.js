import {GraphRenderer} from "@web/views/graph/graph_renderer";
import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

// Dark enough for the words beside them, in light and dark themes.
export const LIGHT_COLORS = {green: "#2e9e5b", amber: "#f0a30a", red: "#d7373f"};

/**
 * Draws a light in its own color: a green bar that means red would deceive.
 */
export class LightGraphRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        const colors = this.getColorsByLabel();
        for (const dataset of data.datasets) {
            dataset.backgroundColor = colors[dataset.label] || dataset.backgroundColor;
        }
        return data;
    }

    getColorsByLabel() {
        const {fields, groupBy} = this.model.metaData;
        if (!groupBy.some((group) => group.fieldName === "light")) {
            return {};
        }
        return Object.fromEntries(
            fields.light.selection.map(([key, label]) => [label, LIGHT_COLORS[key]])
        );
    }
}

registry.category("views").add("gr_light_graph", {
    ...graphView,
    Renderer: LightGraphRenderer,
});
