import {Component, useEffect} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const WORKING = ["new", "fetching", "reading", "applying", "undoing"];
const POLL_MS = 1500;

/**
 * Shows how far an import has come and keeps the form up to date while it works.
 */
export class SyncProgress extends Component {
    static template = "harvest_district.SyncProgress";
    static props = {...standardWidgetProps};

    setup() {
        this.timer = null;
        useEffect(
            (isWorking) => {
                if (isWorking) {
                    this.schedule();
                }
                return () => this.stop();
            },
            () => [this.isWorking]
        );
    }

    get isWorking() {
        return WORKING.includes(this.props.record.data.state);
    }

    get isApplying() {
        return this.props.record.data.state === "applying";
    }

    get isUndoing() {
        return this.props.record.data.state === "undoing";
    }

    get isCounting() {
        return this.isApplying || this.isUndoing;
    }

    get isFetching() {
        const {state, is_pull: isPull} = this.props.record.data;
        return state === "fetching" || (state === "new" && isPull);
    }

    get percent() {
        return Math.round(this.props.record.data.progress || 0);
    }

    schedule() {
        const timer = setTimeout(async () => {
            try {
                await this.props.record.load();
            } finally {
                // Not after the form was left; again after a lost connection.
                if (this.timer === timer) {
                    this.schedule();
                }
            }
        }, POLL_MS);
        this.timer = timer;
    }

    stop() {
        clearTimeout(this.timer);
        this.timer = null;
    }
}

registry.category("view_widgets").add("gr_sync_progress", {
    component: SyncProgress,
    fieldDependencies: [
        {name: "state", type: "selection"},
        {name: "progress", type: "float"},
        {name: "is_pull", type: "boolean"},
    ],
});
