"""Demo data: two invented districts and a user for each role.

``load`` fills a database once; ``LOGINS`` tells who may try what. Everybody knows
these passwords, so a demo must never be reachable from outside.

An addon of the suite that has demo data of its own puts ``extend(env, loader)`` into a
``demo_data.py`` of its own; ``load`` calls it with the first district's loader, whose
``dataset`` and ``ids`` say what is there.
"""

import importlib
import importlib.util
import logging
from dataclasses import dataclass

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.misc import topological_sort

from .const import QUIET_LOAD
from .demo_loader import SPANISH, DistrictLoader
from .fixtures import Dataset, generate
from .fixtures.calendar import school_year

_logger = logging.getLogger(__name__)

SIZE_KEY = "harvest_base.demo_size"  # ir.config_parameter: which demo is here
YEAR_KEY = "harvest_base.demo_year"
SIZES = ("small", "pilot")
PASSWORD = "Harvest-demo-2026"  # known to everybody
NEIGHBOR = "alder_creek"  # the second district, to see that districts are apart


@dataclass(frozen=True)
class Account:
    """A demo user: whom it belongs to (``who``), the role, and where it may look.

    ``who`` is a job title at the first site or in the district, or the name of a
    planted case; ``sites`` are positions in the list of sites, None: the district.
    """

    login: str
    letter: str
    groups: tuple[str, ...]
    who: str
    shows: str
    sites: tuple[int, ...] | None = None
    case: bool = False
    district: str = ""


ACCOUNTS = (
    Account(
        "director", "A", ("executive",), "Executive Director",
        "the district's figures, not the children",
    ),
    Account(
        "technology", "B", ("operations",), "Information Community Technology Lead",
        "sites, calendars, rosters and imports of the whole district",
    ),
    Account(
        "compliance", "B", ("operations", "confidential"), "Compliance Manager",
        "the same, and foster, homeless and meal status (need to know)",
    ),
    Account(
        "coordinator", "C", ("program", "health"), "Site Coordinator",
        "children, families, places and waiting list of the first site, with allergies",
        sites=(0,),
    ),
    Account(
        "coordinator2", "C", ("program",), "Site Coordinator",
        "the second site only; health facts stay hidden",
        sites=(1,),
    ),
    Account(
        "instructor", "D", ("direct_service", "health"), "Culinary Instructor",
        "groups of the first site, with allergies and diets",
        sites=(0,),
    ),
    Account(
        "aide", "D", ("direct_service",), "Enrichment Aide",
        "groups of the first site, without need-to-know facts",
        sites=(0,),
    ),
    Account(
        "teacher", "E", ("partner",), "Teacher",
        "what an on-site teacher of the district shares with the program",
        sites=(0,),
    ),
    Account(
        "mother", "F", ("community",), "guardian_of_four",
        "the family portal in Spanish: her own four children",
        case=True,
    ),
    Account(
        "father", "F", ("community",), "court_order",
        "the family portal: one child, not the one a court order keeps from him",
        case=True,
    ),
    Account(
        "administrator", "Admin", ("admin",), "District Liaison",
        "everything, in both districts, and the settings",
    ),
    Account(
        "neighbor", "B", ("operations",), "Training Coordinator",
        "the other district, and nothing of the first",
        district=NEIGHBOR,
    ),
)  # fmt: skip

# (login, password, role letter of the requirements, what it shows)
LOGINS = [
    (account.login, PASSWORD, account.letter, account.shows) for account in ACCOUNTS
]


def load(env, size: str) -> None:
    """Fill the database with the demo of a size, once.

    A second call with the same size changes nothing.

    :param env: any environment; everything is created as superuser
    :param str size: ``small`` (2 sites, 120 children) or ``pilot`` (12 and 1,300)
    :raise UserError: another demo or real records are here, or no such size exists
    """
    env = env(su=True)  # the launcher loads it, before anybody has a role
    parameters = env["ir.config_parameter"]
    present = parameters.get_param(SIZE_KEY)
    if present == size:
        return
    _check_size(env, size, present)
    year = current_year(fields.Date.context_today(env.user))
    _install_spanish(env)
    home = env.ref("base.main_company")
    loaded = {"": _load_district(env, home, generate(size, year=year))}
    company = _make_neighbor(env)
    tiny = generate("tiny", year=year, district=NEIGHBOR)
    loaded[NEIGHBOR] = _load_district(env, company, tiny)
    _create_users(env, loaded)
    parameters.set_param(YEAR_KEY, str(year))
    parameters.set_param(SIZE_KEY, size)
    for extend in _get_extensions(env):
        extend(env, loaded[""])


def current_year(today) -> int:
    """Return the ending year of the school year that began last on ``today``."""
    ending = today.year + 1
    return ending if school_year(ending).first_day <= today else ending - 1


def _check_size(env, size: str, present: str | bool) -> None:
    if size not in SIZES:
        raise UserError(
            env._(
                "There is no demo of the size “%(size)s”. Choose one of: %(sizes)s.",
                size=size,
                sizes=", ".join(SIZES),
            )
        )
    if present:
        raise UserError(
            env._(
                "This database has the demo of the size “%(present)s” already. Load"
                " “%(size)s” into a new database.",
                present=present,
                size=size,
            )
        )
    Student = env["gr.student"].with_context(active_test=False)
    if Student.search_count([], limit=1):
        raise UserError(
            env._(
                "This database has students already. Invented ones are only loaded into"
                " a database without any."
            )
        )


def _install_spanish(env) -> None:
    languages = env["res.lang"]
    known = languages.with_context(active_test=False).search([("code", "in", SPANISH)])
    code = next(code for code in SPANISH if code in known.mapped("code"))
    languages._activate_and_install_lang(code)


def _make_neighbor(env):
    """Create the second district and let the administrator visit it.

    It has no mail address yet, because ``partner_autocomplete`` asks a web service
    about the mail domain of a new company.
    """
    company = env["res.company"].create({"name": "New district"})
    env.ref("base.user_admin").company_ids += company
    return company


def _load_district(env, company, dataset: Dataset) -> DistrictLoader:
    loader = DistrictLoader(env, company, dataset)
    loader.load()
    _logger.info("Demo: %s loaded", dataset.frame.district.name)
    return loader


def _get_extensions(env) -> list:
    """Return the ``extend`` functions of installed addons, dependencies first."""
    installed = env["ir.module.module"].search(
        [("state", "=", "installed"), ("name", "=like", "harvest%")]
    )
    needs = {module.name: module.dependencies_id.mapped("name") for module in installed}
    found = []
    for name in topological_sort(needs):
        path = f"odoo.addons.{name}.demo_data"
        if name in needs and importlib.util.find_spec(path):
            found.append(getattr(importlib.import_module(path), "extend", None))
    return [extend for extend in found if extend]


def get_dataset(env) -> Dataset | None:
    """Return the first district's data set again, or None where no demo is loaded.

    Its rows find their records by what a SIS knows: a student's ``local_id``, a site's
    ``code``, a group's ``code``.
    """
    parameters = env["ir.config_parameter"].sudo()  # settings belong to nobody's role
    size, year = parameters.get_param(SIZE_KEY), parameters.get_param(YEAR_KEY)
    return generate(size, year=int(year)) if size and year else None


def _create_users(env, loaded: dict[str, DistrictLoader]) -> None:
    """Create the demo users; the password is hashed once for all of them."""
    Users = env["res.users"].with_context(**QUIET_LOAD)
    users = Users.create([_user_values(account, loaded) for account in ACCOUNTS])
    secret = Users._crypt_context().hash(PASSWORD)
    for user in users:
        user._set_encrypted_password(user.id, secret)


def _user_values(account: Account, loaded: dict[str, DistrictLoader]) -> dict:
    loader = loaded[account.district]
    groups = [f"harvest_base.group_harvest_{name}" for name in account.groups]
    companies = [loader.company.id]
    if account.letter == "Admin":
        groups.append("base.group_system")
        companies = [each.company.id for each in loaded.values()]
    sites = [loader.dataset.sites[position].key for position in account.sites or ()]
    return {
        "login": account.login,
        "partner_id": _find_person(account, loader),
        "group_ids": [Command.set([loader.env.ref(group).id for group in groups])],
        "company_id": loader.company.id,
        "company_ids": [Command.set(companies)],
        "gr_scope": "site" if account.sites or account.case else "district",
        "gr_site_ids": [Command.set([loader.ids[key] for key in sites])],
    }


def _find_person(account: Account, loader: DistrictLoader) -> int:
    """Return the contact of a demo user: a planted adult or the holder of a job."""
    dataset = loader.dataset
    if account.case:
        return loader.ids[dataset.cases[account.who].adults[0]]
    wanted = dataset.sites[account.sites[0]].key if account.sites else ""
    return next(
        loader.ids[role.adult_key]
        for role in dataset.roles
        if role.title == account.who and role.site_key == wanted
    )
