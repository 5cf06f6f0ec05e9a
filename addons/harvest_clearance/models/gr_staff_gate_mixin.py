from collections import defaultdict
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import format_date

from ..applies import Person, applies, applies_to_employer, names
from ..const import COUNTED_STATES, RULE_YEAR_START
from ..validity import Renewal, YearClock, last_held_day, standing, worst


@dataclass(frozen=True)
class Answer:
    """What the gate says. True in a condition when cleared.

    ``reasons`` are sentences in the asker's language: the requirement, what is wrong,
    since when, what to do. ``codes`` are the requirements' codes in the same order.
    """

    cleared: bool
    reasons: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def __bool__(self):
        return self.cleared


@dataclass(frozen=True)
class Ask:
    """What somebody shall do on a day; None: whatever the person does."""

    day: object  # datetime.date; like every date here
    task: object = None
    site: object = None
    funding: object = None


class GrStaffGateMixin(models.AbstractModel):
    """Who may do what, where, on which day: counted from credentials, each time.

    All reads are set-based: the number of queries does not grow with people.
    """

    _name = "gr.staff.gate.mixin"
    _description = "Staff Gate"

    @api.model
    @api.private
    def is_cleared(self, employee, task, date, site=None, funding=None):
        """Whether a person may do a task on a day. Future days count, too.

        :param employee: ``hr.employee`` record
        :param task: ``gr.staff.task`` record, its code, or None for any work
        :param date date: the day of the work
        :param site: ``gr.site`` of the work; None: all sites of the person
        :param funding: ``gr.funding.source`` that pays; None: all of the person's
        :return: :class:`Answer`
        :raise ValueError: the code of the task is not known
        """
        employee.ensure_one()
        return self._get_cleared(employee, task, date, site, funding)[employee.id]

    @api.model
    def _get_cleared(self, employees, task, date, site=None, funding=None):
        """Ask for many people at once, as a roster builder does.

        :return: ``{employee id: Answer}``; arguments as in :meth:`is_cleared`
        """
        # sudo: the gate answers who plans, whatever that role may read of the papers
        people = employees.sudo().with_context(active_test=False)
        ask = Ask(date, self._get_task(task), site, funding)
        wrong = defaultdict(list)
        for employee, requirement, found in self._evaluate(people, ask, at_work=True):
            if found.state.blocks and self._blocks(requirement, ask.task):
                wrong[employee.id].append((requirement, found))
        return {
            employee.id: self._answer(employee, wrong[employee.id], date)
            for employee in people
        }

    @api.model
    @api.private
    def is_site_open(self, site, date, employees, task=None):
        """Whether those who work at a site on a day hold what the site must have.

        :param site: ``gr.site`` record
        :param date date: the day
        :param employees: ``hr.employee`` records who are there
        :param task: a task they do together (record or code), e.g. a field trip;
            asks in addition for what one of them must hold for it
        :return: :class:`Answer`
        """
        people = employees.sudo()  # sudo: as in _get_cleared
        wrong = []
        district = site.sudo().company_id  # sudo: whose requirements are in force
        shelf = self._get_shelf(district, people, date)
        for requirement, ends in self._get_site_holders(
            site, people, date, shelf, self._get_task(task)
        ):
            holders = sum(end >= date for end in ends)
            if holders < requirement.min_holders:
                wrong.append((requirement, holders))
        return Answer(
            not wrong,
            tuple(self._tell_site(requirement, count) for requirement, count in wrong),
            tuple(requirement.code for requirement, _count in wrong),
        )

    # COUNTING

    @api.model
    def _evaluate(self, people, ask, *, at_work=False, soon=False):
        """Yield (employee, requirement, ``Standing``) for all that applies.

        :param people: sudoed ``hr.employee`` records
        :param at_work: the person works on that day, so that is the start at the latest
        :param soon: tell what is due soon (a look ahead that only a board needs)
        """
        for district, staff in people.grouped("company_id").items():
            rows = self._get_rows(district, ask.day, soon)
            clock = self._get_clock(district)
            book = self._get_book(staff)
            for employee in staff:
                person = self._get_person(employee, district, ask)
                start = person.start or ask.day
                start = min(start, ask.day) if at_work else start
                for requirement, scope, terms in rows:
                    if not requirement.site_level and applies(scope, person):
                        helds = book[employee.id, requirement.code]
                        found = self._stand(
                            terms, helds, start, ask.day, clock, person.sites
                        )
                        yield employee, requirement, found

    @api.model
    def _get_rows(self, district, day, soon=False):
        """Return [(requirement, Scope, Terms)] in force, each read once."""
        Requirement = self.env["gr.staff.requirement"]
        soon_days = Requirement._get_soon_days(district, day) if soon else -1
        return [
            (one, one._get_scope(), one._get_terms(soon_days))
            for one in Requirement._get_in_force(district, day)
        ]

    @api.model
    def _get_clock(self, district):
        """Return the district's school years as a ``YearClock``."""
        # sudo: dates of the calendar, whoever asks
        years = self.env["gr.school.year"].sudo()
        starts = years.search([("company_id", "=", district.id)]).mapped("date_start")
        return YearClock(starts or [self._get_year_start(district)])

    @api.model
    def _get_year_start(self, district):
        """The start by law, for a district that has no calendar here yet."""
        today = fields.Date.today()
        text = self.env["gr.rule"].rule(RULE_YEAR_START, district, today)
        return fields.Date.to_date(f"{today.year}-{text}")

    @api.model
    def _get_book(self, people):
        """Return ``{(employee id, code): [(site id, Held)]}`` of what was verified."""
        book = defaultdict(list)
        credentials = self.env["gr.staff.credential"].sudo()  # sudo: as in _get_cleared
        for one in credentials.search_fetch(
            [("employee_id", "in", people.ids), ("state", "in", COUNTED_STATES)],
            ["employee_id", "code", "site_id", "issued", "card_expires", "exempt",
             "transferred", "revoked_on"],
        ):  # fmt: skip
            book[one.employee_id.id, one.code].append((one.site_id.id, one._get_held()))
        return book

    @api.model
    def _get_person(self, employee, district, ask):
        """Return the ``Person`` who is compared with each requirement's scope."""
        sites = ask.site or employee.gr_site_ids
        fundings = ask.funding or employee.gr_funding_ids
        tasks = ask.task or employee.gr_task_ids
        return Person(
            worker_type=employee.gr_worker_type or "employee",
            job=employee.job_id.id or 0,
            sites=frozenset(sites.ids),
            fundings=frozenset(fundings.ids),
            tasks=frozenset(tasks.ids),
            county=self._get_county(district),
            employer_kind=district.gr_employer_kind or "",
            start=employee.gr_start_date or None,
        )

    @api.model
    def _get_county(self, district):
        return next(iter(names(district.sudo().gr_county)), "")  # sudo: of a district

    @api.model
    def _stand(self, terms, helds, start, day, clock, sites):
        """One standing; with assignments the worst of those at ``sites``."""
        if terms.renewal is not Renewal.ASSIGNMENT or not sites:
            everything = [held for _site, held in helds]
            return standing(terms, everything, start, day, clock)
        return worst(
            [
                standing(terms, [h for at, h in helds if at == site], start, day, clock)
                for site in sites
            ]
        )

    @api.model
    def _get_shelf(self, district, people, day):
        """Return (rows, clock, book) of a district: what several sites read once."""
        clock = self._get_clock(district)
        return self._get_rows(district, day), clock, self._get_book(people)

    @api.model
    def _get_site_holders(self, site, people, day, shelf, task=None):
        """Yield (requirement, [last day of each who held it]) for what a site asks.

        A requirement of a task is asked only where somebody does that task; one that
        blocks only the task, only when it is asked for.
        """
        district = site.sudo().company_id  # sudo: county and kind of the district
        rows, clock, book = shelf
        county, kind = self._get_county(district), district.gr_employer_kind or ""
        tasks = {*people.gr_task_ids.ids, *(task.ids if task else ())}
        for requirement, scope, terms in rows:
            if (
                requirement.site_level
                and (requirement.blocking != "task" or self._blocks(requirement, task))
                and applies_to_employer(scope, county, kind)
                and (not scope.sites or site.id in scope.sites)
                and (not scope.tasks or scope.tasks & tasks)
            ):
                ends = []
                for one in people:
                    helds = [held for _at, held in book[one.id, requirement.code]]
                    ends.append(last_held_day(terms, helds, day, clock))
                yield requirement, [end for end in ends if end]

    @api.model
    def _blocks(self, requirement, task):
        """Whether lacking it stops this work."""
        if requirement.blocking in ("task", "access"):
            return bool(task) and task in requirement.task_ids
        return requirement.blocking == "roster"

    @api.model
    def _get_task(self, task):
        if not task or not isinstance(task, str):
            return task or None
        found = self.env["gr.staff.task"].sudo().search([("code", "=", task)], limit=1)
        if not found:
            raise ValueError(f"no staff task has the code {task!r}")
        return found  # sudo (above): a vocabulary that every employee may read

    # TELLING

    @api.model
    def _answer(self, employee, wrong, day):
        if not employee.active:
            text = self.env._("%(person)s does not work here.", person=employee.name)
            return Answer(False, (text,), ("",))
        return Answer(
            not wrong,
            tuple(self._tell(requirement, found, day) for requirement, found in wrong),
            tuple(requirement.code for requirement, _found in wrong),
        )

    @api.model
    def _tell(self, requirement, found, day):
        """Say what is wrong and what to do, in the reader's language."""
        name = requirement.with_context(lang=self.env.lang).name
        since = found.since
        values = {"name": name, "date": format_date(self.env, since)}
        if found.expires:
            return self.env._(
                "%(name)s: not valid any more from %(date)s. Renew it and register the"
                " new one under Staff / Credentials.",
                **values,
            )
        return self.env._(
            "%(name)s: missing since %(date)s. Complete it, or register it under Staff"
            " / Credentials.",
            **values,
        )

    @api.model
    def _tell_site(self, requirement, count):
        return self.env._(
            "%(name)s: %(count)s of %(needed)s people who must hold it are there. Add"
            " somebody who holds it to the day.",
            name=requirement.with_context(lang=self.env.lang).name,
            count=count,
            needed=requirement.min_holders,
        )
