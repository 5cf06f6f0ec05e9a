import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {usePopover} from "@web/core/popover/popover_hook";

class Definition extends Component {
    static template = "harvest_training.Definition";
    static props = {text: String, close: {type: Function, optional: true}};
}

/**
 * A button that says what a figure means; Escape closes what it opened.
 */
export class FigureInfo extends Component {
    static template = "harvest_training.FigureInfo";
    static props = {text: String, name: String};

    setup() {
        this.popover = usePopover(Definition, {position: "bottom"});
    }

    get label() {
        return _t("What is “%s”?", this.props.name);
    }

    open(ev) {
        this.popover.open(ev.currentTarget, {text: this.props.text});
    }
}
