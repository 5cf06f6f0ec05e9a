"""Paper that everybody can read: HTML to tagged PDF (PDF/UA-1, ISO 14289-1).

Nothing is fetched: fonts come from this addon, pictures are inside the HTML as
``data:`` addresses. An address of any other kind stops the rendering, so that neither a
design nor a picture in it can reach into the network or the server's files.
"""

import hashlib
import logging
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

# Seven lines for each document otherwise.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)

FONTS = Path(__file__).parent / "static/fonts"
FONT_SCHEME = "font:"
VARIANT = "pdf/ua-1"
FACES = tuple(
    (f"Harvest {style}", weight, f"Noto{style}-{name}.ttf")
    for style in ("Sans", "Serif")
    for name, weight in (("Regular", 400), ("Bold", 700))
)


class StrangeAddress(Exception):
    """The page asks for a file that is not part of it."""


class _Nothing(URLFetcher):
    """Gives what the page carries itself, and our fonts; refuses all else."""

    def __init__(self):
        super().__init__(allowed_protocols={"data"}, fail_on_errors=True)

    def fetch(self, url, headers=None):
        if url.startswith("data:"):
            return super().fetch(url, headers)
        name = url.removeprefix(FONT_SCHEME)
        if url != name and name in {file for _family, _weight, file in FACES}:
            data = (FONTS / name).read_bytes()
            return URLFetcherResponse(url, data, {"Content-Type": "font/ttf"})
        raise ValueError("not a part of the document")


def lay_out(html: str, css: str) -> Document:
    """Return the pages of a whole HTML page with ``lang`` and ``<title>``.

    Both are announced by readers, and PDF/UA asks for them.

    :raise StrangeAddress: it names a file that is not part of it
    """
    fonts, nothing = FontConfiguration(), _Nothing()
    faces = CSS(string=font_faces(FONT_SCHEME), font_config=fonts, url_fetcher=nothing)
    try:
        return HTML(string=html, base_url="", url_fetcher=nothing).render(
            stylesheets=[faces, CSS(string=css)],
            font_config=fonts,
            pdf_variant=VARIANT,
        )
    except FatalURLFetchingError as error:
        raise StrangeAddress(str(error)) from error


def write(document: Document, made_of: str) -> bytes:
    """Return the file; the same pages and the same ``made_of`` give the same file."""
    identifier = hashlib.sha256(made_of.encode()).digest()[:16]
    return document.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier)


def font_faces(place: str) -> str:
    """Return the CSS of our fonts.

    :param place: what comes before a font's file name: an address of this server for a
        browser, ``FONT_SCHEME`` for paper
    """
    return "\n".join(
        f"@font-face {{ font-family: '{family}'; font-weight: {weight};"
        f" src: url('{place}{file}') format('truetype'); }}"
        for family, weight, file in FACES
    )
