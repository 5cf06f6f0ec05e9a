import secrets

from psycopg2 import IntegrityError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .. import retention

TEXTS = ("char", "text", "html")
FORGOTTEN = (*TEXTS, "binary", "image", "json", "properties")
# Dates that tell who somebody is; others only tell when a place was taken.
PERSONAL_DATES = {"birthdate"}
KEPT = {"active", "lang", "tz", "type", "state", "code", "currency_id"}
SECRET_BYTES = 32
QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nosubscribe": True,
    "gr_retention": True,
    "active_test": False,
}


class GrErasureWorkMixin(models.AbstractModel):
    """Does what an erasure planned; runs as superuser, after the checks of its caller.

    One transaction: when one record cannot go, nothing has gone.
    """

    _name = "gr.erasure.work.mixin"
    _description = "Work of an Erasure"

    def _execute(self):
        self.ensure_one()
        student = self.student_id.with_context(**QUIET)
        found = self._find_records()
        touched = found[retention.ERASED] + found[retention.ANONYMISED]
        is_gone = any(records._name == "gr.student" for records in touched)
        student._erase_traces()
        self._forget_refs(touched, suppress=is_gone)
        self._forget_archives(student)
        adults = self._get_last_adults(student) if is_gone else None
        for records in touched:
            self._forget_conversation(records)
        self._unlink_all(found[retention.ERASED])
        for records in found[retention.ANONYMISED]:
            self._anonymise(records)
        for records in found[retention.RESTRICTED]:
            self._put_away(records)
        if adults:
            self._anonymise(adults)
            self._close_logins(adults)
        if is_gone:
            self._shred(student)
        self.env.flush_all()

    def _find_records(self):
        """Return ``{outcome: [recordset of one model, …]}`` as the plan says."""
        Collector = self.env["gr.records.collector"]
        sources = Collector._get_sources(self.student_id)
        found = {outcome: [] for outcome, _label in self._get_outcomes()}
        for item in self.item_ids:
            records = Collector._find(item.model, sources[item.model])
            found[item.outcome].append(records.with_context(**QUIET))
        return found

    @api.model
    def _get_outcomes(self):
        return self.env["gr.erasure.item"]._fields["outcome"].selection

    def _forget_refs(self, touched, *, suppress):
        """Take links to the district's system away; who is gone stays suppressed."""
        known = self.env["gr.external.ref"].with_context(active_test=False)
        refs = known.browse().union(
            *(
                known.search([("model", "=", r._name), ("res_id", "in", r.ids)])
                for r in touched
            )
        )
        if suppress:
            self.env["gr.external.suppression"]._suppress(refs, self.name)
        refs.unlink()

    def _forget_archives(self, student):
        """Copies that were made for requests hold all that is erased now."""
        requests = self.env["gr.records.request"].search(
            [("student_id", "=", student.id)]
        )
        requests.item_ids.unlink()
        requests.write({"archive": False, "link_hash": False})

    def _forget_conversation(self, records):
        """Delete messages, activities and files that hang on records."""
        target = [("model", "=", records._name), ("res_id", "in", records.ids)]
        self.env["mail.message"].search(target).unlink()
        self.env["mail.activity"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        ).unlink()
        self.env["ir.attachment"].search(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                "|", ("res_field", "=", False), ("res_field", "!=", False),
            ]
        ).unlink()  # fmt: skip

    def _unlink_all(self, waiting):
        """Delete records of many models; what hangs on others goes first."""
        while waiting:
            left = [records for records in waiting if not self._try_unlink(records)]
            if len(left) == len(waiting):
                names = ", ".join(records._description for records in left)
                raise UserError(
                    self.env._(
                        "Nothing was erased: other records still need these: %(kinds)s."
                        " Give both the same retention class, and plan again.",
                        kinds=names,
                    )
                )
            waiting = left

    def _try_unlink(self, records):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                records.exists().unlink()
                self.env.flush_all()
        except (IntegrityError, UserError):
            self.env.invalidate_all(flush=False)
            return False
        return True

    def _anonymise(self, records):
        """Overwrite what tells who somebody is; figures stay."""
        names = {
            "gr.student": {"first_name": "Erased", "last_name": self.name},
            "res.partner": {"name": f"Erased {self.name}"},
        }
        blank = self._get_blank_values(records)
        records.write({**blank, **names.get(records._name, {})})

    def _get_blank_values(self, records):
        return {
            field.name: "Erased" if field.required and field.type in TEXTS else False
            for field in records._fields.values()
            if self._is_forgotten(field)
        }

    @api.model
    def _is_forgotten(self, field):
        return (
            field.store
            and field.name not in KEPT
            and not field.related
            and (not field.compute or not field.readonly)
            and (field.type in FORGOTTEN or field.name in PERSONAL_DATES)
            and not (field.required and field.type not in TEXTS)
        )

    def _put_away(self, records):
        if "active" in records._fields:
            records.write({"active": False})

    def _get_last_adults(self, student):
        """Return the contacts of adults who have no other child with us."""
        links = self.env["gr.guardianship"].with_context(active_test=False)
        adults = links.search([("student_id", "=", student.id)]).partner_id
        others = links.search(
            [("partner_id", "in", adults.ids), ("student_id", "!=", student.id)]
        ).partner_id
        staff = adults.filtered(lambda adult: any(not u.share for u in adult.user_ids))
        return (adults - others - staff).with_context(**QUIET)

    def _close_logins(self, adults):
        users = self.env["res.users"].with_context(**QUIET)
        for user in users.search([("partner_id", "in", adults.ids)]):
            user.write({"login": f"erased-{user.id}", "active": False})
            user.write(
                {"signature": False, "password": secrets.token_urlsafe(SECRET_BYTES)}
            )

    def _shred(self, student):
        """Make what the audit log tells about the child unreadable for ever."""
        self.env["gr.audit.event"]._shred(student)
