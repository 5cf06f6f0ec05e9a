from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import HarvestCommon


@tagged("post_install", "-at_install")
class TestGrStudentRecordMixin(HarvestCommon):
    def test_a_new_form_offers_students_before_the_district_is_known(self):
        """The district follows from the student: it is empty until one is chosen."""
        user = self.users["B"]
        mixin = self.env.registry["gr.student.record.mixin"]
        models = [m for m in self.env.registry.values() if issubclass(m, mixin)]
        for model in models:
            if model._abstract:
                continue
            with self.subTest(model=model._name):
                field = model._fields["student_id"]
                domain = field._description_domain(self.env(user=user)) or []
                if isinstance(domain, str):
                    domain = safe_eval(domain, {"company_id": False})
                offered = self.env["gr.student"].with_user(user).search(domain)
                self.assertIn(self.student, offered)
