from odoo.http import Controller, request, route

from ..const import PARAM_CONTENT_HOST, ROOT
from ..hosting import clean_host, get_sandbox


class CoursewarePlayer(Controller):
    """What the player on the website asks: open a lesson, how far am I?"""

    @route(f"{ROOT}/launch", type="jsonrpc", auth="user")
    def launch(self, slide_id=False, package_id=False, unit_id=False):
        """Open a lesson.

        :return: dict of ``url`` and ``sandbox`` of the frame, and of ``status``, or of
            ``error``, a text for the learner
        """
        package, slide, is_preview, error = self._find(slide_id, package_id)
        if error:
            return {"error": error}
        registrations = request.env["gr.courseware.registration"].sudo()
        # sudo: a learner's records are written by the product; _find asked for access
        registration = registrations._open(package, slide, request.env.user, is_preview)
        units = registration.package_id.unit_ids
        unit = units.filtered(lambda one: one.id == unit_id) or self._get_next(
            registration
        )
        launch = registration.env["gr.courseware.launch"]._start(registration, unit)
        host, is_apart = self._get_host()
        return {
            "url": launch._get_url(host),
            "sandbox": get_sandbox(is_apart),
            "unit_id": unit.id,
            "status": self._get_status(registration),
        }

    @route(f"{ROOT}/status", type="jsonrpc", auth="user", readonly=True)
    def status(self, slide_id=False, package_id=False):
        """Return how far the learner is, for the line above the frame."""
        package, slide, is_preview, error = self._find(slide_id, package_id)
        if error:
            return {"error": error}
        registration = (
            request.env["gr.courseware.registration"]
            .sudo()  # sudo: the own records; _find asked for access
            .search(
                [
                    ("package_id", "=", package.id),
                    ("slide_id", "=", slide.id),
                    ("partner_id", "=", request.env.user.partner_id.id),
                    ("is_preview", "=", is_preview),
                ],
                limit=1,
            )
        )
        return {"status": self._get_status(registration)}

    @route(f"{ROOT}/preview/<int:package_id>", type="http", auth="user", website=True)
    def preview(self, package_id):
        package = request.env["gr.courseware.package"].browse(package_id).exists()
        if not package or not package.has_access("read"):
            raise request.not_found()
        return request.render("harvest_courseware.preview", {"package": package})

    def _find(self, slide_id, package_id):
        """Return (package, slide, is it a preview, what is wrong)."""
        slides = request.env["slide.slide"]
        if not slide_id:
            package = request.env["gr.courseware.package"].browse(package_id).exists()
            if package and package.has_access("read"):
                return package.sudo(), slides, True, ""  # sudo: its lessons, to play
            return package, slides, True, self._say_gone()
        slide = slides.browse(slide_id).exists()
        if not slide or not slide.has_access("read"):
            return None, slides, False, self._say_gone()
        package = slide.sudo().gr_package_id  # sudo: who may read the content plays it
        if not package or not package.active:
            return None, slides, False, self._say_gone()
        if slide.channel_id.is_member:
            return package, slide, False, ""
        if slide.channel_id.can_publish:
            return package, slide, True, ""
        return (
            None,
            slides,
            False,
            request.env._("Join the course to start this content."),
        )

    def _say_gone(self):
        return request.env._(
            "This content is not available. Go back to the course, or ask your trainer."
        )

    def _get_host(self):
        """Return (address where content is, has it a host of its own?)."""
        own = request.httprequest.host_url.rstrip("/")
        parameters = request.env["ir.config_parameter"].sudo()  # sudo: only read
        apart = clean_host(parameters.get_param(PARAM_CONTENT_HOST))
        base = clean_host(parameters.get_param("web.base.url"))
        return (apart, True) if apart and apart not in (own, base) else (own, False)

    def _get_next(self, registration):
        """Return the first lesson that is not done, else the first."""
        units = registration.package_id.unit_ids
        return (units - registration._get_done_units())[:1] or units[:1]

    def _get_status(self, registration):
        """Return lessons and progress, as the player shows them."""
        labels = dict(
            request.env["gr.courseware.attempt"]
            ._fields["status"]
            ._description_selection(request.env)
        )
        done = registration._get_done_units()
        last = {one.unit_id: one for one in registration.attempt_ids.sorted("number")}
        slide = registration.slide_id.with_user(request.env.user)
        return {
            "units": [
                {
                    "id": unit.id,
                    "name": unit.name,
                    "is_done": unit in done,
                    "label": labels[last[unit].status] if unit in last else "",
                }
                for unit in registration.package_id.unit_ids
            ],
            "is_done": bool(registration.satisfied_date),
            "is_preview": registration.is_preview,
            "completion": slide.channel_id.completion if slide else 0,
        }
