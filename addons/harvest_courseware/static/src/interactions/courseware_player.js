import {_t} from "@web/core/l10n/translation";
import {rpc} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {Interaction} from "@web/public/interaction";

const POLL = 8000; // ms between two questions how far the learner is
const AFTER_COMMIT = 800; // ms: the last commit of a course is sent in the background

/** Plays a course package in a sandboxed frame, and says how far the learner is. */
export class CoursewarePlayer extends Interaction {
    static selector = ".o_harvest_courseware";
    dynamicContent = {
        "select.o_harvest_lesson": {
            "t-on-change": (ev) => this.open(parseInt(ev.target.value)),
        },
        ".o_harvest_next": {"t-on-click": () => this.open(this.getNext()?.id)},
        ".o_harvest_retry": {"t-on-click": () => this.open(this.unitId)},
        ".o_harvest_skip": {"t-on-click.prevent": this.skip},
    };

    setup() {
        const {slideId, packageId, name} = this.el.dataset;
        this.params = slideId
            ? {slide_id: parseInt(slideId)}
            : {package_id: parseInt(packageId)};
        this.name = name;
        this.unitId = false;
    }

    async willStart() {
        await this.launch(this.unitId);
    }

    start() {
        this.show();
        const timer = setInterval(() => this.poll(), POLL);
        this.registerCleanup(() => clearInterval(timer));
        this.addListener(window, "message", (ev) => {
            if (ev.data?.harvestCourseware) {
                this.waitForTimeout(() => this.poll(), AFTER_COMMIT);
            }
        });
    }

    async open(unitId) {
        await this.waitFor(this.launch(unitId));
        this.show();
    }

    async launch(unitId) {
        try {
            this.answer = await rpc("/harvest/courseware/launch", {
                ...this.params,
                unit_id: unitId,
            });
        } catch {
            this.answer = {
                error: _t(
                    "The lesson could not be opened. Check your connection, then try again."
                ),
            };
        }
        this.unitId = this.answer.unit_id || unitId;
    }

    show() {
        this.el.replaceChildren();
        this.renderAt(
            "harvest_courseware.player",
            {...this.answer, name: this.name, key: this.params.slide_id || "preview"},
            this.el
        );
        this.tell();
        this.updateContent();
    }

    async poll() {
        if (document.hidden || this.answer.error) {
            return;
        }
        let answer;
        try {
            answer = await rpc("/harvest/courseware/status", this.params, {
                silent: true,
            });
        } catch {
            return; // without a connection the next question comes by itself
        }
        if (this.isDestroyed || !answer.status) {
            return;
        }
        const wasDone = this.answer.status.is_done;
        this.answer.status = answer.status;
        this.tell();
        if (answer.status.is_done && !wasDone) {
            const detail = {
                slideId: this.params.slide_id,
                completion: answer.status.completion,
            };
            this.el.dispatchEvent(
                new CustomEvent("harvest_courseware_done", {bubbles: true, detail})
            );
        }
    }

    /** Write how far the learner is into the line above the frame. */
    tell() {
        const {status} = this.answer;
        const line = this.el.querySelector(".o_harvest_status");
        if (!status || !line) {
            return;
        }
        const unit = status.units.find((one) => one.id === this.unitId);
        const text = this.describe(status, unit);
        if (line.textContent !== text) {
            line.textContent = text;
        }
        const isNext = unit?.is_done && !status.is_done && this.getNext();
        this.el.querySelector(".o_harvest_next").classList.toggle("d-none", !isNext);
        for (const option of this.el.querySelectorAll(".o_harvest_lesson option")) {
            const one = status.units.find((each) => each.id === parseInt(option.value));
            option.textContent = one?.is_done ? `${one.name} ✓` : one?.name || "";
        }
    }

    /** The first lesson that is not done, but for the one that is open. */
    getNext() {
        const {units} = this.answer.status;
        return units.find((one) => !one.is_done && one.id !== this.unitId);
    }

    describe(status, unit) {
        if (status.is_preview) {
            return _t("Preview: nothing is recorded.");
        }
        if (status.is_done) {
            return _t("Completed. You can go on in the course.");
        }
        const label = unit?.label ? ` ${_t("This lesson: %s.", unit.label)}` : "";
        return _t("This content marks itself complete.") + label;
    }

    /** Lead the keyboard out of the frame, either way. */
    skip(ev) {
        const id = ev.currentTarget.getAttribute("href").slice(1);
        document.getElementById(id)?.focus();
    }
}

registry
    .category("public.interactions")
    .add("harvest_courseware.player", CoursewarePlayer);
