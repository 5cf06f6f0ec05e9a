import {renderToElement} from "@web/core/utils/render";
import {SlideCoursePage} from "@website_slides/js/slides_course_page";
import Fullscreen from "@website_slides/js/slides_course_fullscreen_player";

// website_slides still has widgets here; they are extended the way its own addons do.
SlideCoursePage.include({
    /** Show a package that completed itself as the page shows any other content. */
    start() {
        this.el.addEventListener("harvest_courseware_done", ({detail}) =>
            this._onSlideCompleted({
                data: {
                    slideId: detail.slideId,
                    completed: true,
                    channelCompletion: detail.completion,
                },
            })
        );
        return this._super(...arguments);
    },
});

Fullscreen.include({
    /** Render a course package; its interaction does the rest. */
    async _renderSlide() {
        const result = await this._super(...arguments);
        const slide = this._slideValue;
        const content = this.el.querySelector(".o_wslides_fs_content");
        const shown = content.querySelector(".o_harvest_courseware");
        if (slide.category === "package" && shown?.dataset.slideId !== `${slide.id}`) {
            const player = renderToElement("harvest_courseware.fullscreen", {slide});
            content.replaceChildren(player);
            this.trigger_up("widgets_start_request", {$target: $(content)});
        }
        return result;
    },
});
