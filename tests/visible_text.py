"""Text that people see but Odoo's export does not: it could never be translated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

VISIBLE = frozenset(
    [
        *("alt", "aria-label", "aria-placeholder", "confirm", "data-tooltip"),
        *("help", "label", "placeholder", "string", "title"),
    ]
)
HIDDEN_ELEMENTS = frozenset({"script", "style", "attribute"})
# A literal in an expression that reads like a word: not a class, a key or a state.
LITERAL = re.compile(r"""(?P<quote>['"`])(?P<text>[A-Z][\w ,.:!?%-]*)(?P=quote)""")
JAVASCRIPT = re.compile(
    r"""(?:\b(?:title|body|message|label|placeholder|confirmLabel|cancelLabel)\s*:\s*"""
    r"""|\.add\(\s*|\bError\(\s*)(?P<quote>["'`])(?P<text>[A-Z][^"'`]*)(?P=quote)"""
)


def flat(text: str) -> str:
    return " ".join(text.split())


def in_templates(root: etree._Element) -> Iterator[str]:
    """Visible texts of the views and templates in a file, one by one."""
    for part in _visible_parts(root):
        for node in part.iter(etree.Element):
            if any(above.tag in HIDDEN_ELEMENTS for above in node.iterancestors()):
                continue
            yield from _texts(node, is_root=node is part)


def _visible_parts(root: etree._Element) -> list[etree._Element]:
    if root.tag == "templates":
        return list(root)
    return [
        *root.findall(".//record/field[@name='arch']"),
        *root.findall("./template"),
        *root.findall("./data/template"),
    ]


def _texts(node: etree._Element, *, is_root: bool) -> Iterator[str]:
    if node.tag == "attribute":
        if node.get("name") in VISIBLE:
            yield flat(node.text or "")
    elif node.tag not in HIDDEN_ELEMENTS:
        yield flat(node.text or "")
    if not is_root:
        yield flat(node.tail or "")
    for name, value in node.attrib.items():
        bare = name.removeprefix("t-att-").removeprefix("t-attf-")
        if bare.removesuffix(".translate") in VISIBLE and bare == name:
            yield flat(value)
        elif (bare != name and bare in VISIBLE) or name in ("t-esc", "t-out"):
            yield from (match["text"] for match in LITERAL.finditer(value))


def in_javascript(code: str) -> Iterator[str]:
    """Literals in places where people read them, outside of ``_t()``."""
    return (match["text"] for match in JAVASCRIPT.finditer(code))


def unknown(texts: Iterator[str], terms: set[str]) -> list[str]:
    """Texts with a word in them that are no term, nor a part of one.

    :param terms: flat source texts of the template.
    """
    everything = "\n".join(terms)
    return [
        text
        for text in texts
        if re.search(r"[^\W\d_]{2}", text) and text not in everything
    ]
