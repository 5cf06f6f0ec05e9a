import {Component, onWillUnmount, useEffect} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const WORKING = ["new", "reading", "applying"];
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
                return () => clearTimeout(this.timer);
            },
            () => [this.isWorking]
        );
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get isWorking() {
        return WORKING.includes(this.props.record.data.state);
    }

    get isApplying() {
        return this.props.record.data.state === "applying";
    }

    get percent() {
        return Math.round(this.props.record.data.progress || 0);
    }

    schedule() {
        this.timer = setTimeout(async () => {
            await this.props.record.load();
            if (this.isWorking) {
                this.schedule();
            }
        }, POLL_MS);
    }
}

registry.category("view_widgets").add("gr_sync_progress", {
    component: SyncProgress,
    fieldDependencies: [
        {name: "state", type: "selection"},
        {name: "progress", type: "float"},
    ],
});
