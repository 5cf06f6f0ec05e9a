from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts must not cost a learner a lesson.

    Odoo deletes the rows of the merged contact where the kept one has its own, all of
    a table at once. So what both have done is put together before it looks.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # sudo: whoever may merge contacts; memberships and learners follow
        source, kept = src_partners.sudo(), dst_partner.sudo()
        trackers = self._gr_merge_learners(source, kept)
        self._gr_merge_lessons(source, kept)
        self._gr_merge_members(source, kept)
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        # Lessons came by SQL: Odoo has to count them anew.
        Member = self.env["slide.channel.partner"].sudo()  # sudo: see above
        Member.search([("partner_id", "=", kept.id)])._recompute_completion()
        (trackers | kept.gr_student_ids.tracker_ids)._refresh()
        return result

    def _gr_merge_learners(self, source, kept):
        """Leave one learner, of the kept contact; return all trackers concerned."""
        doubles = source.with_context(active_test=False).gr_student_ids
        learner = kept.with_context(active_test=False).gr_student_ids
        trackers = (doubles | learner).tracker_ids
        if not learner and doubles:
            learner, doubles = doubles[:1], doubles[1:]
        if doubles:
            doubles._merge_into(learner)
        return trackers

    def _gr_merge_lessons(self, source, kept):
        """A lesson that either contact completed is completed."""
        Line = self.env["slide.slide.partner"].sudo()  # sudo: see the caller
        lines = Line.search([("partner_id", "in", (source | kept).ids)])
        for same in lines.grouped("slide_id").values():
            if len(same) == 1:
                continue
            mine = same.filtered(lambda line: line.partner_id == kept) or same[:1]
            if any(same.mapped("completed")) and not mine.completed:
                mine.completed = True
            mine.quiz_attempts_count = max(same.mapped("quiz_attempts_count"))
            others = same - mine
            # Attempts at an exam hang on the line and would go with it.
            others.user_input_ids.slide_partner_id = mine
            others.unlink()

    def _gr_merge_members(self, source, kept):
        """Of two memberships in a course the further one stays."""
        Member = self.env["slide.channel.partner"].sudo()  # sudo: see the caller
        members = Member.with_context(active_test=False).search(
            [("partner_id", "in", (source | kept).ids)]
        )
        for same in members.grouped("channel_id").values():
            ranked = same.sorted(
                lambda line: (
                    line.active,
                    line.member_status == "completed",
                    line.completion,
                    line.partner_id == kept,
                ),
                reverse=True,
            )
            self._gr_delete_members(ranked[1:])

    def _gr_delete_members(self, members):
        """Delete memberships only; ``unlink`` would take the lessons along."""
        if members:
            self.env.flush_all()
            self.env.cr.execute(
                "DELETE FROM slide_channel_partner WHERE id IN %s", [members._ids]
            )
            self.env.invalidate_all()
