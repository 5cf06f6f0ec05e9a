import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * The steps of a connection test, one below the other: what went well, where it stopped
 * and what to do about it.
 */
export class SyncSteps extends Component {
    static template = "harvest_district.SyncSteps";
    static props = {...standardFieldProps};

    outcome(step) {
        return step.ok ? _t("Worked") : _t("Failed");
    }

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("gr_sync_steps", {
    component: SyncSteps,
    supportedTypes: ["json"],
});
