from odoo import api, fields, models
from odoo.fields import Domain

ACCESS_FIELDS = {"gr_scope", "gr_site_ids", "group_ids", "company_ids", "partner_id"}


class ResUsers(models.Model):
    """Where a user may look: named sites, or the whole district."""

    _inherit = "res.users"

    gr_scope = fields.Selection(
        [("site", "Only the sites named"), ("district", "The whole district")],
        string="Harvest Access",
        required=True,
        default="site",
    )
    gr_site_ids = fields.Many2many(
        "gr.site", "gr_site_res_users_rel", "user_id", "site_id", string="Sites"
    )

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self.env.registry.clear_cache()
        return users

    def write(self, vals):
        result = super().write(vals)
        if ACCESS_FIELDS & vals.keys():
            # Record rules are cached per user: a change must count at once.
            self.env.registry.clear_cache()
        return result

    @api.private
    def _gr_where(self):
        """Return the sites this user may look at: ids, or None for the whole district.

        The one place that answers, so that what narrows a sign-in (a key for two
        sites) narrows everything.
        """
        self.ensure_one()
        return None if self.gr_scope == "district" else self.gr_site_ids.ids

    @api.private
    def _gr_site_domain(self, field):
        """Return the domain of what lies within the user's sites.

        Called by the record rules (``security/``), so that the question "which sites"
        has one answer.

        :param str field: path to the site, or ``id`` on the site itself
        """
        sites = self._gr_where()
        return Domain.TRUE if sites is None else Domain(field, "in", sites)

    @api.private
    def _gr_pupil_domain(self):
        """Return the domain of the students whom a *staff* role lets this user read.

        Site staff see a pupil from the request for a place, or from the enrollment,
        until it ends; who is in training sees the own record.
        """
        where = self._gr_where()
        if where is None:
            return Domain.TRUE
        sites = Domain("site_id", "in", where)
        not_over = Domain("active", "=", True) & (
            Domain("date_end", "=", False) | Domain("date_end", ">=", "today")
        )
        place = (
            sites
            & not_over
            & Domain("state", "in", ["requested", "waitlisted", "enrolled"])
        )
        return (
            Domain("enrollment_ids", "any", sites & not_over)
            | Domain("program_enrollment_ids", "any", place)
            | Domain("partner_id", "=", self.partner_id.id)
        )

    @api.private
    def _gr_family_domain(self):
        """Return the domain of the children whose record this adult may see."""
        self.ensure_one()
        mine = Domain("partner_id", "=", self.partner_id.id)
        allowed = self.env["gr.guardianship"]._get_records_allowed_domain()
        return Domain("guardianship_ids", "any", mine & allowed)

    @api.private
    def _gr_partner_domain(self):
        """Return the domain of the contacts this user may read.

        A student's contact goes with the student. A family's goes with the children:
        where they live and their telephone is for those who look after the child.
        Employees of the own districts stay visible as everywhere in Odoo; those of
        another district do not.
        """
        self.ensure_one()
        students = self._gr_student_domain()
        districts = self.company_ids.ids
        colleagues = [("share", "=", False), ("company_ids", "in", districts)]
        strangers = [("share", "=", False), ("company_ids", "not in", districts)]
        all_links = Domain("active", "in", [True, False])
        of_family = Domain("gr_guardianship_ids", "any", all_links)
        own_children = Domain("student_id", "any", students) & all_links
        return (
            (
                Domain("gr_is_student", "=", False)
                | Domain("gr_student_ids", "any", students)
            )
            & (
                ~of_family
                | Domain("id", "=", self.partner_id.id)
                | Domain("user_ids", "any", colleagues)
                | Domain("gr_guardianship_ids", "any", own_children)
            )
            & (
                Domain(
                    "id",
                    "in",
                    [self.partner_id.id, self.env.ref("base.partner_root").id],
                )
                | Domain("user_ids", "not any", strangers)
            )
        )

    @api.private
    def _gr_rule_domain(self, model):
        """Return the domain of the records of ``model`` that this user may read.

        It *is* the record rule of that model, for models whose records are as visible
        as the record they belong to.
        """
        self.ensure_one()
        if not self.env[model].with_user(self).has_access("read"):
            return Domain.FALSE
        return self.env["ir.rule"].with_user(self)._compute_domain(model, "read")

    @api.private
    def _gr_student_domain(self):
        """Return the domain of all students this user may read, by whatever rule.

        It *is* the record rule of ``gr.student``, so parts of a student's record
        (``gr.student.record.mixin``) and a student's contact follow it by themselves.
        """
        return self._gr_rule_domain("gr.student")
