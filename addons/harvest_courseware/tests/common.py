"""A course with a package in it, a learner, and how a course calls the server."""

import base64
import json

from odoo.tests import HttpCase, new_test_user

from odoo.addons.harvest_base.const import QUIET_LOAD
from odoo.addons.harvest_base.tests.common import HarvestKit

from .builder import make_cmi5, make_scorm12, make_tincan

MAKERS = {"scorm12": make_scorm12, "cmi5": make_cmi5, "xapi": make_tincan}


class CoursewareKit(HarvestKit):
    """Factories for packages, courses and members."""

    @classmethod
    def _make_course_ground(cls):
        cls.env = cls.env(context={**cls.env.context, **QUIET_LOAD})
        cls.district = cls._make_district("Test Unified School District")
        cls.learner = cls._make_learner("learner")
        cls.other = cls._make_learner("other")
        cls.trainer = cls._make_user("B", district=cls.district, login="trainer")
        cls.channel = cls.env["slide.channel"].create(
            {
                "name": "Kitchen Safety",
                "channel_type": "training",
                "enroll": "public",
                "visibility": "public",
                "is_published": True,
            }
        )
        cls.channel._action_add_members((cls.learner | cls.other).partner_id)

    @classmethod
    def _make_learner(cls, login):
        return new_test_user(
            cls.env, login=login, groups="base.group_portal", name=f"Lerna {login}"
        )

    @classmethod
    def _make_package(cls, data, **values):
        return cls.env["gr.courseware.package"].create(
            {"file": base64.b64encode(data), "company_id": cls.district.id, **values}
        )

    @classmethod
    def _make_slide(cls, standard="scorm12", files=None, **manifest):
        """A published content with a package of this standard."""
        return cls._put_in_course(
            cls._make_package(MAKERS[standard](files, **manifest))
        )

    @classmethod
    def _put_in_course(cls, package):
        return cls.env["slide.slide"].create(
            {
                "name": package.name,
                "channel_id": cls.channel.id,
                "slide_category": "package",
                "gr_package_id": package.id,
                "is_published": True,
            }
        )

    def _open(self, slide, user=None, unit=None):
        """Return the launch of a lesson, as the player opens it."""
        registrations = self.env["gr.courseware.registration"]
        registration = registrations._open(
            slide.gr_package_id, slide, user or self.learner, False
        )
        unit = unit or slide.gr_package_id.unit_ids[:1]
        return self.env["gr.courseware.launch"]._start(registration, unit)

    def _is_completed(self, slide, user=None):
        partner = (user or self.learner).partner_id
        links = self.env["slide.slide.partner"].search(
            [("slide_id", "=", slide.id), ("partner_id", "=", partner.id)]
        )
        return links.completed


class CoursewareHttpCase(CoursewareKit, HttpCase):
    """What a course sends, over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_course_ground()

    def _send(self, method, path, launch=None, body=None, **options):
        """Send a request of the record store; ``body`` is bytes or made JSON."""
        headers = {"X-Experience-API-Version": "1.0.3", **options.pop("headers", {})}
        if launch:
            headers.setdefault("Authorization", f"Basic {launch._get_basic()}")
        if body is not None and not isinstance(body, bytes):
            headers.setdefault("Content-Type", "application/json")
            body = json.dumps(body).encode()
        self.env.flush_all()
        response = self.opener.request(
            method,
            self.base_url() + "/harvest/xapi" + path,
            data=body,
            headers=headers,
            timeout=20,
            **options,
        )
        self.env.invalidate_all()
        return response

    def _commit(self, launch, status="incomplete", token=None, **cmi):
        """Commit as scorm-again does, and return the response."""
        core = {"lesson_status": status, **cmi.pop("core", {})}
        body = {"cmi": {"core": core, **cmi}, "token": token or launch._get_api_key()}
        self.env.flush_all()
        response = self.opener.post(
            self.base_url() + "/harvest/courseware/scorm12",
            data=json.dumps(body),
            headers={"Content-Type": "text/plain;charset=UTF-8"},
            timeout=20,
        )
        self.env.invalidate_all()
        return response
