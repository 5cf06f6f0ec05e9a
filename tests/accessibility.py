"""What is asked of every page that families and learners see."""

from axe_playwright_python.sync_playwright import Axe

WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def faults(page, context: str | None = None) -> list[str]:
    """Return what axe finds against WCAG 2.1 AA, as readable lines.

    :param context: the CSS selector of the part to look at; default: the page
    """
    options = {"runOnly": WCAG_AA, "resultTypes": ["violations"]}
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


def overflow(page) -> int:
    """Return by how many CSS pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
