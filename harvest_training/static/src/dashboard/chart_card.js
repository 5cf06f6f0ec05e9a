import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {cookie} from "@web/core/browser/cookie";
import {getColor} from "@web/core/colors/colors";
import {loadBundle} from "@web/core/assets";
import {FigureInfo} from "./figure_info";

const TEXT_SIZE = 13;

/**
 * A chart, and the same figures as a table in which each number opens its records.
 *
 * `series` is a list of {label, values, shape}; `rows` tells the table's lines as
 * {label, figure, cells}: `figure` is opened, `cells` are texts, one per series.
 */
export class ChartCard extends Component {
    static template = "harvest_training.ChartCard";
    static components = {FigureInfo};
    static props = {
        title: String,
        definition: String,
        rows: Array,
        series: Array,
        horizontal: {type: Boolean, optional: true},
        onOpen: Function,
    };
    static defaultProps = {horizontal: false};

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        this.state = useState({asTable: false});
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.state.asTable, JSON.stringify(this.props)]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get summary() {
        const lines = this.props.rows.map(
            (row) => `${row.label}: ${row.cells.join(", ")}`
        );
        return `${this.props.title}. ${lines.join("; ")}`;
    }

    get toggleLabel() {
        return this.state.asTable
            ? _t("Show “%s” as a chart", this.props.title)
            : _t("Show “%s” as a table", this.props.title);
    }

    toggle() {
        this.state.asTable = !this.state.asTable;
    }

    draw() {
        this.chart?.destroy();
        this.chart = null;
        if (!this.canvas.el) {
            return;
        }
        // eslint-disable-next-line no-undef
        this.chart = new Chart(this.canvas.el, {
            data: {
                labels: this.props.rows.map((row) => row.label),
                datasets: this.props.series.map((one, index) =>
                    this.dataset(one, index)
                ),
            },
            options: this.options,
        });
    }

    dataset(one, index) {
        const color = getColor(index, cookie.get("color_scheme"), "sm");
        return {
            type: one.shape,
            label: one.label,
            data: one.values,
            backgroundColor: color,
            borderColor: color,
            // Not by color alone: each line has a dash and a mark of its own.
            borderDash: index ? [6, 4] : [],
            pointStyle: index ? "rectRot" : "circle",
            pointRadius: 4,
            maxBarThickness: 34,
            spanGaps: true,
        };
    }

    get options() {
        const value = {beginAtZero: true, ticks: {precision: 0, maxTicksLimit: 6}};
        const label = {
            grid: {display: false},
            ticks: {maxRotation: 0, autoSkipPadding: 8},
        };
        return {
            animation: false,
            maintainAspectRatio: false,
            indexAxis: this.props.horizontal ? "y" : "x",
            interaction: {
                mode: "index",
                intersect: false,
                axis: this.props.horizontal ? "y" : "x",
            },
            font: {size: TEXT_SIZE},
            onClick: (_ev, elements) => this.onClick(elements),
            plugins: {
                legend: {
                    display: this.props.series.length > 1,
                    position: "bottom",
                    labels: {usePointStyle: true},
                },
            },
            scales: this.props.horizontal ? {x: value, y: label} : {x: label, y: value},
        };
    }

    onClick(elements) {
        if (elements.length) {
            this.props.onOpen(this.props.rows[elements[0].index].figure);
        }
    }
}
