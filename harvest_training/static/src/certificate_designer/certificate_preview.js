import {Component, onMounted, onWillUnmount, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const PIXELS_PER_INCH = 96;

/**
 * The page as it will be printed, beside the form: every change asks the server for it.
 *
 * The frame runs no script ("sandbox" without allow-scripts); it is of our origin only so
 * that it may load our fonts.
 */
export class CertificatePreview extends Component {
    static template = "harvest_training.CertificatePreview";
    static props = {...standardFieldProps};

    setup() {
        this.box = useRef("box");
        this.title = _t("Preview of the certificate");
        this.state = useState({width: 1});
        this.observer = new ResizeObserver(() => this.fit());
        onMounted(() => this.observer.observe(this.box.el));
        onWillUnmount(() => this.observer.disconnect());
    }

    get html() {
        return this.props.record.data[this.props.name] || "";
    }

    /** Width and height of the paper in CSS pixels, as the page itself says. */
    get paper() {
        const read = (side) => {
            const found = this.html.match(`--paper-${side}: ([0-9.]+)in`);
            return Math.ceil((found ? Number(found[1]) : 11) * PIXELS_PER_INCH);
        };
        return {width: read("width"), height: read("height")};
    }

    get frameStyle() {
        const {width, height} = this.paper;
        return `width: ${width}px; height: ${height}px; transform: scale(${this.scale})`;
    }

    get boxStyle() {
        return `height: ${Math.ceil(this.paper.height * this.scale)}px`;
    }

    get scale() {
        return Math.min(1, this.state.width / this.paper.width);
    }

    fit() {
        this.state.width = this.box.el.clientWidth;
    }
}

export const certificatePreview = {
    component: CertificatePreview,
    supportedTypes: ["text"],
};

registry.category("fields").add("gr_certificate_preview", certificatePreview);
