import {Component, onWillStart, onWillUnmount, useEffect, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {cookie} from "@web/core/browser/cookie";
import {formatDate, deserializeDateTime} from "@web/core/l10n/dates";
import {getColor} from "@web/core/colors/colors";
import {loadBundle} from "@web/core/assets";

/**
 * How much each of the last runs of a system changed, and how far both sides agreed.
 */
export class Trend extends Component {
    static template = "harvest_district.Trend";
    static props = {points: Array, name: String};

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify(this.props.points)]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get label() {
        return _t("Changes of the last %(count)s runs of %(name)s", {
            count: this.props.points.length,
            name: this.props.name,
        });
    }

    draw() {
        this.chart?.destroy();
        const scheme = cookie.get("color_scheme");
        const {points} = this.props;
        const style = getComputedStyle(document.documentElement);
        const agreed = style.getPropertyValue("--success") || getColor(2, scheme, "sm");
        // eslint-disable-next-line no-undef
        this.chart = new Chart(this.canvas.el, {
            data: {
                labels: points.map((p) => formatDate(deserializeDateTime(p.date))),
                datasets: [
                    {
                        type: "bar",
                        label: _t("Changes applied"),
                        data: points.map((p) => p.changes),
                        backgroundColor: getColor(0, scheme, "sm"),
                        maxBarThickness: 28,
                        yAxisID: "y",
                    },
                    {
                        type: "line",
                        label: _t("Both sides agree (%)"),
                        data: points.map((p) => (p.proof === false ? null : p.proof)),
                        borderColor: agreed,
                        backgroundColor: agreed,
                        clip: false,
                        spanGaps: true,
                        tension: 0,
                        yAxisID: "percent",
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                layout: {padding: {top: 6}},
                plugins: {legend: {position: "bottom", labels: {boxWidth: 12}}},
                scales: {
                    y: {beginAtZero: true, ticks: {precision: 0, maxTicksLimit: 4}},
                    percent: {
                        position: "right",
                        max: 100,
                        suggestedMin: 95,
                        grid: {display: false},
                        ticks: {maxTicksLimit: 4},
                    },
                    x: {ticks: {maxTicksLimit: 6, maxRotation: 0}},
                },
            },
        });
    }
}
