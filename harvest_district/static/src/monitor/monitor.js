import {Component, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, toLocaleDateTimeString} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {Trend} from "./trend";

const REFRESH_MS = 30000;
const BADGES = {
    done: "text-bg-success",
    held: "text-bg-warning",
    partial: "text-bg-warning",
    review: "text-bg-warning",
    refused: "text-bg-danger",
};

/**
 * Every district system at a glance: is it read, does it agree, who has to decide?
 */
export class Monitor extends Component {
    static template = "harvest_district.Monitor";
    static components = {Layout, Trend};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({figures: null});
        this.display = {controlPanel: {}};
        onWillStart(() => this.load());
        this.timer = setInterval(() => this.load(), REFRESH_MS);
        onWillUnmount(() => clearInterval(this.timer));
    }

    async load() {
        this.state.figures = await this.orm.call("gr.sync.monitor", "get_figures", []);
    }

    badge(system) {
        return BADGES[system.state] || "text-bg-secondary";
    }

    when(text) {
        return text ? toLocaleDateTimeString(deserializeDateTime(text)) : _t("Never");
    }

    lag(system) {
        if (system.lag_hours === false) {
            return _t("Nothing has come yet");
        }
        const hours = Math.round(system.lag_hours);
        if (hours < 1) {
            return _t("Less than an hour ago");
        }
        if (hours < 48) {
            return _t("%s hours ago", hours);
        }
        return _t("%s days ago", Math.round(hours / 24));
    }

    percent(value) {
        // Never shown as 100 when something disagrees.
        const shown = value === 100 ? "100" : (Math.floor(value * 10) / 10).toFixed(1);
        return `${shown} %`;
    }

    open(model, id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    connect() {
        this.action.doAction("harvest_district.gr_sync_setup_action", {
            onClose: () => this.load(),
        });
    }
}

registry.category("actions").add("harvest_district.monitor", Monitor);
