"""Translation files of our addons, as views, models, data and code now ask for them.

Reads an installed database, writes nothing: prints JSON for ``./harvest i18n``, the
changed files by path and the terms that wait for a translator.
"""

from __future__ import annotations

import difflib
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import polib

from odoo.tools.translate import trans_export

import odoo.addons

from scripts import odoo_env
from scripts.launcher.paths import Addon, Ground

if TYPE_CHECKING:
    from odoo.api import Environment

LANGUAGES = {"es": "nplurals=2; plural=(n != 1);"}
SAME = "The same in this language."
ALIKE = 0.85  # share of equal text from which an old translation is worth offering
SOURCES = ("models", "views", "controllers", "wizard", "static/src")


def translatable(addons: Iterable[Addon]) -> list[Addon]:
    """The addons that people meet, so that they have terms to translate."""
    return [
        addon
        for addon in addons
        if not addon.for_tests_only
        and any((addon.path / source).is_dir() for source in SOURCES)
    ]


def export_terms(env: Environment, addon: Addon) -> polib.POFile:
    """The addon's template: what Odoo's own export gives, in a stable order."""
    buffer = io.BytesIO()
    with _code_below(addon.path.parent):
        trans_export(None, [addon.name], buffer, "po", env)
    found = polib.pofile(buffer.getvalue().decode("utf-8"))
    for entry in found:
        entry.occurrences = sorted(set(entry.occurrences))
    return found


@contextmanager
def _code_below(folder: Path) -> Iterator[None]:
    """Let the export look for code in one folder of addons.

    It names a file's addon by the first addons path above it. Ours are nested, the root
    and ``addons/``, so it would take ``addons`` for an addon and lose what lies in it.
    """
    before = odoo.addons.__path__
    odoo.addons.__path__ = [str(folder)]
    try:
        yield
    finally:
        odoo.addons.__path__ = before


def merge(
    template: polib.POFile,
    old: polib.POFile,
    others: Iterable[polib.POFile],
    language: str,
) -> polib.POFile:
    """A catalog of the template's terms with what is known of their translations.

    A reworded term keeps its old translation as *fuzzy*; gone terms go.

    :param old: the language's catalog so far.
    :param others: catalogs of our other addons, which may know a term already.
    """
    known = _by_text(*others, old)
    merged = polib.POFile()
    merged.header = template.header
    merged.metadata = template.metadata | {
        "Language": language,
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": LANGUAGES[language],
    }
    for term in template:
        entry = polib.POEntry(
            msgid=term.msgid, comment=term.comment, occurrences=term.occurrences
        )
        _translate(entry, known)
        merged.append(entry)
    return merged


def _translate(entry: polib.POEntry, known: Mapping[str, polib.POEntry]) -> None:
    """Fill in what is known: of the same text, or of one like it to be looked at."""
    source = flat(entry.msgid)
    found = known.get(source)
    if found:
        entry.msgstr, entry.tcomment = found.msgstr, found.tcomment
        entry.flags = ["fuzzy"] if found.fuzzy else []
    elif close := difflib.get_close_matches(source, known, n=1, cutoff=ALIKE):
        entry.msgstr, entry.flags = known[close[0]].msgstr, ["fuzzy"]
    if entry.msgstr == entry.msgid:
        # OCA's format leaves such a translation out: the comment tells it from none.
        entry.msgstr, entry.tcomment = "", SAME


def _by_text(*catalogs: polib.POFile) -> dict[str, polib.POEntry]:
    """Translated entries by source text; later catalogs win."""
    return {
        flat(entry.msgid): entry
        for catalog in catalogs
        for entry in catalog
        if not entry.obsolete and (entry.msgstr or entry.tcomment == SAME)
    }


def flat(text: str) -> str:
    """Views are wrapped anew by the formatter: line breaks do not make a new term."""
    return " ".join(text.split())


def read(path: Path) -> polib.POFile:
    """The catalog in a file, or an empty one."""
    return polib.pofile(str(path)) if path.is_file() else polib.POFile()


def catalogs(env: Environment, addons: Iterable[Addon]) -> dict[Path, polib.POFile]:
    """Every file of translations as it should be, by its path."""
    made = {}
    ours = translatable(addons)
    for addon in ours:
        folder = addon.path / "i18n"
        template = export_terms(env, addon)
        made[folder / f"{addon.name}.pot"] = template
        for language in LANGUAGES:
            name = f"{language}.po"
            others = [read(a.path / "i18n" / name) for a in ours if a is not addon]
            made[folder / name] = merge(template, read(folder / name), others, language)
    return made


def changed(made: polib.POFile, path: Path) -> bool:
    """Whether a file lacks something; other dates in its head do not count."""
    return list(map(str, made)) != list(map(str, read(path)))


def waiting(catalog: polib.POFile) -> list[polib.POEntry]:
    """Terms that a translator must see."""
    return [
        entry
        for entry in catalog
        if entry.fuzzy or not (entry.msgstr or entry.tcomment == SAME)
    ]


def main() -> int:
    options = odoo_env.parser(__doc__).parse_args()
    odoo_env.configure(options.config, options.database)
    with odoo_env.open_env(options.database) as env:
        made = catalogs(env, Ground.from_environ().addons)
    answer = {
        "files": {str(p): str(po) for p, po in made.items() if changed(po, p)},
        "terms": {str(path): len(po) for path, po in made.items()},
        "waiting": {
            str(path): [entry.msgid for entry in waiting(po)]
            for path, po in made.items()
            if path.suffix == ".po"
        },
    }
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
