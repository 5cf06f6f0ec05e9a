from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from ..const import OPEN_PLACE_STATES


class GrAccessExplain(models.TransientModel):
    """Why can this user see this student? Or: why not?

    The answer is computed from the same access lines and rules that the ORM enforces,
    with the facts (enrollment, place, guardianship) that make each rule true.
    """

    _name = "gr.access.explain"
    _description = "Explain Access to a Student"

    student_id = fields.Many2one("gr.student", required=True)
    user_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        context={"active_test": False},
    )
    can_see = fields.Boolean(compute="_compute_chain")
    chain = fields.Html(compute="_compute_chain", sanitize=False)

    @api.model_create_multi
    def create(self, vals_list):
        # Who asks must see the child: the answer is about the child's family.
        students = [vals.get("student_id") for vals in vals_list]
        self.env["gr.student"].browse(filter(None, students)).check_access("read")
        return super().create(vals_list)

    def write(self, vals):
        self.env["gr.student"].browse(vals.get("student_id") or []).check_access("read")
        return super().write(vals)

    @api.depends("student_id", "user_id")
    def _compute_chain(self):
        for wizard in self:
            readable = wizard.student_id._filtered_access("read")
            if not (readable and wizard.user_id):
                wizard.can_see = False
                wizard.chain = False
                continue
            wizard.can_see, steps = wizard._explain()
            wizard.chain = Markup("<ol>%s</ol>") % Markup().join(
                Markup('<li class="%s">%s %s</li>')
                % ("text-success" if ok else "text-danger", "✓" if ok else "✗", text)
                for ok, text in steps
            )

    def _explain(self):
        """Return ``(answer, [(holds, text)])``, the answer being the ORM's own."""
        student = self.student_id._origin or self.student_id
        user = self.user_id._origin or self.user_id
        steps = [self._explain_active(user), *self._explain_access_lines(user)]
        rules = self._get_rules(user)
        for rule in rules.filtered(lambda rule: not rule.groups):
            steps.append(self._explain_rule(rule, user, student))
        any_of = rules.filtered("groups")
        if any_of:
            steps.append((True, self.env._("And one of these must hold:")))
        for rule in any_of:
            steps.append(self._explain_rule(rule, user, student))
        steps += [(True, text) for text in self._get_facts(user, student)]
        can_see = user.active and student.with_user(user).has_access("read")
        return can_see, steps

    def _explain_active(self, user):
        if user.active:
            return True, self.env._("The user %s is active.", user.name)
        return False, self.env._(
            "The user %s is archived and cannot log in.", user.name
        )

    def _explain_access_lines(self, user):
        lines = (
            self.env["ir.model.access"]
            .sudo()  # who may ask is decided by this wizard's own access line
            .search(
                [
                    ("model_id.model", "=", "gr.student"),
                    ("perm_read", "=", True),
                    # sudo: as above
                    ("group_id", "in", user.sudo().all_group_ids.ids),
                ]
            )
        )
        if not lines:
            return [(False, self.env._("No role of this user may read students."))]
        return [
            (True, self.env._("The role “%s” may read students.", line.group_id.name))
            for line in lines
        ]

    def _get_rules(self, user):
        # sudo: rules are explained to who may not read them
        return self.env["ir.rule"].with_user(user)._get_rules("gr.student").sudo()

    def _explain_rule(self, rule, user, student):
        """Evaluate one rule alone, as the ORM would for ``user``."""
        context = self.env["ir.rule"].with_user(user)._eval_context()
        domain = Domain(safe_eval(rule.domain_force, context))
        holds = bool(
            self.env["gr.student"]
            .sudo()  # a rule is evaluated on all records, then combined
            .with_context(active_test=False)
            .search_count(domain & Domain("id", "=", student.id))
        )
        return holds, self.env._("Rule: %s", rule.name)

    def _get_facts(self, user, student):
        """Return the sentences that make the rules true for this pair."""
        facts = []
        student_sudo = student.sudo()  # facts behind the rules, shown to B and C only
        if user.gr_scope == "district":
            facts.append(self.env._("The user has access to the whole district."))
        sites = user.sudo().gr_site_ids
        facts += [
            self.env._(
                "Enrolled at %(site)s since %(date)s, a site of this user.",
                site=line.site_id.name,
                date=line.date_start,
            )
            for line in student_sudo.enrollment_ids
            if line.site_id in sites and not self._is_over(line)
        ]
        facts += [
            self.env._(
                "Has a place or a request in %(program)s at %(site)s, a site of this"
                " user.",
                program=place.program_id.name,
                site=place.site_id.name,
            )
            for place in student_sudo.program_enrollment_ids
            if place.site_id in sites
            and place.state in OPEN_PLACE_STATES
            and not self._is_over(place)
        ]
        facts += [
            self.env._(
                "Is listed as an adult of the student: %(adult)s."
                " Court limit: %(limit)s.",
                adult=adult.display_name,
                limit=adult._get_court_limit_label(),
            )
            for adult in student_sudo.guardianship_ids
            if adult.partner_id == user.partner_id
        ]
        return facts

    def _is_over(self, line):
        return line.date_end and line.date_end < fields.Date.context_today(self)
