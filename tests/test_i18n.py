"""Every visible text can be translated, and Spanish is whole.

``./harvest i18n`` mends what the first tests find; a translator does the rest.
"""

from __future__ import annotations

import re
from collections import Counter

import polib
import pytest
from lxml import etree
from visible_text import flat, in_javascript, in_templates, unknown

from scripts import i18n
from scripts.launcher.paths import Ground

ADDONS = i18n.translatable(Ground.from_environ().addons)
NAMES = [addon.name for addon in ADDONS]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|%%")
TAG = re.compile(r"</?\w[^>]*>")
FAMILIAR = re.compile(
    r"\b(tú|tu|tus|ti|contigo|puedes|tienes|quieres)\b", re.IGNORECASE
)
SPANISH = "es_419"


def template(addon) -> polib.POFile:
    return i18n.read(addon.path / f"i18n/{addon.name}.pot")


def spanish(addon) -> polib.POFile:
    return i18n.read(addon.path / "i18n/es.po")


def broken(entry: polib.POEntry) -> str:
    """What a translation lacks that its source has, or the reverse."""
    if not entry.msgstr:
        return ""
    for what in (PLACEHOLDER, TAG):
        source, target = (Counter(what.findall(t)) for t in (entry.msgid, entry.msgstr))
        if source != target:
            return f"{entry.msgid!r}: {dict(source)} became {dict(target)}"
    return ""


@pytest.mark.parametrize("addon", ADDONS, ids=NAMES)
def test_template_holds_the_terms_of_the_database_and_the_code(addon, odoo_env):
    now = {entry.msgid for entry in i18n.export_terms(odoo_env, addon)}
    kept = {entry.msgid for entry in template(addon)}

    assert {"missing": now - kept, "gone": kept - now} == {
        "missing": set(),
        "gone": set(),
    }, "run ./harvest i18n"


@pytest.mark.parametrize("addon", ADDONS, ids=NAMES)
def test_spanish_is_merged_with_the_template(addon):
    merged = i18n.merge(template(addon), spanish(addon), (), "es")

    assert not i18n.changed(merged, addon.path / "i18n/es.po"), "run ./harvest i18n"


@pytest.mark.parametrize("addon", ADDONS, ids=NAMES)
def test_spanish_leaves_no_term_out(addon):
    assert [entry.msgid for entry in i18n.waiting(spanish(addon))] == []


@pytest.mark.parametrize("addon", ADDONS, ids=NAMES)
def test_placeholders_and_tags_survive_translation(addon):
    assert [found for entry in spanish(addon) if (found := broken(entry))] == []


@pytest.mark.parametrize("addon", ADDONS, ids=NAMES)
def test_spanish_says_usted(addon):
    assert [e.msgstr for e in spanish(addon) if FAMILIAR.search(e.msgstr)] == []


@pytest.mark.parametrize("addon", ADDONS, ids=NAMES)
def test_no_text_of_views_and_templates_escapes_translation(addon):
    terms = {flat(entry.msgid) for entry in template(addon)}
    found = {}
    for path in sorted(addon.path.glob("**/*.xml")):
        if "data" not in path.parts and "tests" not in path.parts:
            texts = in_templates(etree.parse(path).getroot())
            found[path.name] = unknown(texts, terms)
    for path in sorted(addon.path.glob("static/src/**/*.js")):
        texts = in_javascript(path.read_text("utf-8"))
        found[path.name] = list(texts)

    assert {name: texts for name, texts in found.items() if texts} == {}


def test_messages_of_the_engine_reach_the_reader_in_spanish(odoo_env):
    from odoo.addons.harvest_district.sis import MESSAGES

    odoo_env["res.lang"]._activate_lang(SPANISH)
    env = odoo_env(context={"lang": SPANISH})
    for code, known in MESSAGES.items():
        params = dict.fromkeys(re.findall(r"%\((\w+)\)s", known.message), "x")
        problem = env["gr.sync.problem"].new({"code": code, "params": params})
        assert problem.message != known.message % params, code
        assert not known.remedy or problem.remedy != known.remedy % params, code


def test_language_activated_later_translates_what_is_installed(odoo_env):
    lang = odoo_env["res.lang"].with_context(active_test=False)
    lang.search([("code", "=", SPANISH)]).active = True
    odoo_env["ir.module.module"]._load_module_terms(NAMES, [SPANISH])
    env = odoo_env(context={"lang": SPANISH})

    labels = env["gr.student"].fields_get(["site_id", "grade"], ["string", "selection"])
    assert labels["site_id"]["string"] == "Escuela"
    assert ("TK", "Kínder de transición") in labels["grade"]["selection"]
    assert (
        env.ref("harvest_base.gr_rule_calendar_school_days_min").unit == "días al año"
    )
    assert env.ref("harvest_district.gr_sync_run_action").name == "Importaciones"


def made(source: str, text: str) -> polib.POEntry:
    return polib.POEntry(msgid=source, msgstr=text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("%(a)s of %(b)s", "%(a)s de %(c)s"),
        ("%s held", "retenido"),
        ("<b>Held</b>", "<i>Retenido</i>"),
    ],
)
def test_check_finds_a_broken_translation(source, text):
    assert broken(made(source, text))
    assert not broken(made(source, source))


@pytest.mark.parametrize(
    ("body", "escaped"),
    [
        ("<p>Never translated</p>", ["Never translated"]),
        ("<p>Known <b>words</b></p>", []),
        ('<i title="Never translated"/>', ["Never translated"]),
        ('<i aria-label="Known"/>', []),
        ("""<i t-att-title="late and 'Too late'"/>""", ["Too late"]),
        ("""<i t-esc="ok ? 'Known' : 'Never'"/>""", ["Never"]),
        ("""<i t-att-class="ok ? 'text-success' : 'Muted'"/>""", []),
        ('<attribute name="string">Never translated</attribute>', ["Never translated"]),
        ('<attribute name="invisible">state</attribute>', []),
    ],
)
def test_check_finds_hard_coded_text(body, escaped):
    root = etree.fromstring(f"<templates><t>{body}</t></templates>")

    assert unknown(in_templates(root), {"Known <b>words</b>"}) == escaped


def test_check_finds_hard_coded_text_in_javascript():
    code = 'service.add("Saved"); f({title: "Held", key: "Held", body: _t("Known")})'

    assert list(in_javascript(code)) == ["Saved", "Held"]


def test_reworded_term_waits_for_a_translator_and_a_wrapped_one_does_not():
    old = polib.POFile()
    old.extend([made("Too many  students\n would leave", "Saldrían demasiados")])
    old.append(made("Look at each held site", "Revise cada plantel retenido"))
    new = polib.POFile()
    new.extend([made("Too many students would leave", ""), made("Quite new", "")])
    new.append(made("Look at every held site", ""))

    merged = i18n.merge(new, old, (), "es")

    assert merged[0].msgstr == "Saldrían demasiados"
    assert not merged[0].fuzzy
    assert [entry.msgid for entry in i18n.waiting(merged)] == [
        "Quite new",
        "Look at every held site",
    ]
