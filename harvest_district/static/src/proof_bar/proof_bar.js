import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {formatFloat} from "@web/views/fields/formatters";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * A percentage drawn as a bar, with its number to one decimal. Unlike the progress bar
 * it never rounds: 99.9 is shown as 99.9, and only 100 is green.
 */
export class ProofBar extends Component {
    static template = "harvest_district.ProofBar";
    static props = {...standardFieldProps};

    get percent() {
        return this.props.record.data[this.props.name] || 0;
    }

    get text() {
        return _t("%s %", formatFloat(this.percent, {digits: [4, 1]}));
    }

    get color() {
        return this.percent === 100 ? "bg-success" : "bg-warning";
    }
}

export const proofBar = {
    component: ProofBar,
    displayName: _t("Proof"),
    supportedTypes: ["float"],
};

registry.category("fields").add("gr_proof_bar", proofBar);
