import {Component, onMounted, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import {formatFloat} from "@web/core/utils/numbers";
import {pick} from "@web/core/utils/objects";
import {registry} from "@web/core/registry";
import {router} from "@web/core/browser/router";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {useSetupAction} from "@web/search/action_hook";
import {ChartCard} from "./chart_card";
import {FigureInfo} from "./figure_info";

const REFRESH_MS = 5 * 60 * 1000;
const FILTERS = [
    "period",
    "date_from",
    "date_to",
    "site_id",
    "program_id",
    "learner_type",
];
const REPORT_VIEWS = ["list", "pivot", "graph"];
const RISK_ICONS = {
    overdue: "fa-exclamation-circle",
    idle: "fa-moon-o",
    behind: "fa-clock-o",
};

/**
 * All of training at a glance: what waits today, what became of a period's rounds.
 *
 * Filters stand in the address, so that a view can be kept and sent to a colleague.
 */
export class TrainingDashboard extends Component {
    static template = "harvest_training.Dashboard";
    static components = {ChartCard, FigureInfo, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const kept = this.props.state?.filters || pick(router.current, ...FILTERS);
        this.state = useState({
            board: null,
            error: "",
            isLoading: false,
            filters: kept,
        });
        this.display = {controlPanel: {}};
        useSetupAction({getLocalState: () => ({filters: {...this.state.filters}})});
        onWillStart(() => this.load());
        onMounted(() => this.keepFilters());
        this.timer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    // DATA

    async load() {
        this.state.isLoading = true;
        const asked = (this.asked = {...this.state.filters});
        try {
            const board = await this.orm.silent.call(
                "gr.training.dashboard",
                "get_dashboard",
                [asked]
            );
            if (asked === this.asked) {
                Object.assign(this.state, {board, error: ""});
                this.state.filters = {...board.filters};
            }
        } catch (error) {
            if (asked === this.asked) {
                this.state.error =
                    error.data?.message || _t("The server cannot be reached just now.");
            }
        } finally {
            if (asked === this.asked) {
                this.state.isLoading = false;
            }
        }
    }

    refresh() {
        // Nobody looks: the server is left alone.
        if (!document.hidden && !this.state.isLoading) {
            return this.load();
        }
    }

    async onFilter(ev) {
        this.state.filters[ev.target.name] = ev.target.value;
        if (this.isPeriodOpen) {
            return;
        }
        await this.load();
        this.keepFilters();
    }

    get isPeriodOpen() {
        const {period, date_from: start, date_to: end} = this.state.filters;
        return period === "custom" && !(start && end);
    }

    keepFilters() {
        const {filters} = this.state;
        const kept = {};
        for (const name of FILTERS) {
            const isDate = name.startsWith("date_") && filters.period !== "custom";
            kept[name] = (!isDate && filters[name]) || undefined;
        }
        this.props.updateActionState?.(kept);
    }

    // ACTIONS

    open(figure, name = figure.label) {
        const kinds =
            figure.model === "gr.training.report" ? REPORT_VIEWS : ["list", "form"];
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: name || _t("Records"),
            res_model: figure.model,
            domain: figure.domain,
            views: kinds.map((kind) => [false, kind]),
            context: {create: false},
        });
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    // WORDS

    get hasRounds() {
        return Boolean(this.state.board.steps[0].value || this.state.board.risk.value);
    }

    percent(value) {
        // Never shown as 100 when somebody is missing.
        const shown = Math.floor(value * 10) / 10;
        return `${formatFloat(shown, {digits: [16, value === 100 ? 0 : 1]})} %`;
    }

    get allAtRisk() {
        return _t("All learners at risk: %s", this.state.board.risk.value);
    }

    afterWeeks(weeks) {
        return _t("%s weeks", weeks);
    }

    days(value) {
        return value === null
            ? "–"
            : formatFloat(value, {digits: [16, 1], trailingZeros: false});
    }

    date(text) {
        return text ? formatDate(deserializeDate(text)) : "–";
    }

    moment(text) {
        return text ? toLocaleDateTimeString(deserializeDateTime(text)) : "–";
    }

    shade(rate) {
        // A tint behind the number; the number says it all.
        return `background-color: rgba(var(--primary-rgb, 113, 75, 103), ${rate / 400})`;
    }

    icon(risk) {
        return RISK_ICONS[risk];
    }

    get funnel() {
        const {steps} = this.state.board;
        const first = steps[0].value;
        return {
            rows: steps.map((step) => ({
                label: step.label,
                figure: step,
                cells: [
                    first
                        ? `${step.value} (${this.percent((100 * step.value) / first)})`
                        : `${step.value}`,
                ],
            })),
            series: [
                {
                    label: _t("Rounds"),
                    shape: "bar",
                    values: steps.map((step) => step.value),
                },
            ],
        };
    }

    get trend() {
        const {trend} = this.state.board;
        return {
            rows: trend.map((month) => ({
                label: month.label,
                figure: month,
                cells: [this.days(month.median), this.days(month.high)],
            })),
            series: [
                {
                    label: _t("Median (days)"),
                    shape: "line",
                    values: trend.map((month) => month.median),
                },
                {
                    label: _t("90th percentile (days)"),
                    shape: "line",
                    values: trend.map((month) => month.high),
                },
            ],
        };
    }
}

registry.category("actions").add("harvest_training.dashboard", TrainingDashboard);
