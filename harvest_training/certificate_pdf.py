"""A certificate on paper: HTML to one page of tagged PDF (PDF/UA-1, ISO 14289-1).

Nothing is fetched: fonts come from this addon, pictures are inside the HTML as
``data:`` addresses. An address of any other kind stops the rendering, so that neither a
design nor a picture in it can reach into the network or the server's files.
"""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

import qrcode
from qrcode.image.svg import SvgPathImage
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

# Seven lines for each certificate otherwise.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)

STATIC = Path(__file__).parent / "static"
FONT_SCHEME = "font:"
VARIANT = "pdf/ua-1"
NO_FOOT = ".foot { display: none }"
# A design that is too long for its page is set smaller, in these steps (percent).
SIZES = (100, 94, 88, 82, 76, 70, 64)
# Short and long edge, inches: ANSI/ASME Y14.1, ISO 216.
SHEETS = {"letter": (8.5, 11), "a4": (8.268, 11.693)}
LANDSCAPE_FOOT = 2.35  # one row of three signatures
PORTRAIT_FOOT = 3.3  # two rows
FACES = tuple(
    (f"Harvest {style}", weight, f"Noto{style}-{name}.ttf")
    for style in ("Sans", "Serif")
    for name, weight in (("Regular", 400), ("Bold", 700))
)


class CertificateError(Exception):
    """Base of what keeps a certificate from being printed."""


class StrangeAddress(CertificateError):
    """The design asks for a file that is not part of it."""


class TooLong(CertificateError):
    """The text does not fit on one page, not even in the smallest size."""


class _Nothing(URLFetcher):
    """Gives what the page carries itself, and our fonts; refuses all else."""

    def __init__(self):
        super().__init__(allowed_protocols={"data"}, fail_on_errors=True)

    def fetch(self, url, headers=None):
        if url.startswith("data:"):
            return super().fetch(url, headers)
        name = url.removeprefix(FONT_SCHEME)
        if url != name and name in {file for _family, _weight, file in FACES}:
            data = (STATIC / "fonts" / name).read_bytes()
            return URLFetcherResponse(url, data, {"Content-Type": "font/ttf"})
        raise ValueError("not a part of the certificate")


@dataclass(frozen=True, slots=True)
class Paper:
    """A size of paper, inches; ``foot`` is kept for signatures and the QR code."""

    width: float
    height: float
    foot: float

    def css(self) -> str:
        return (
            f"@page {{ size: {self.width}in {self.height}in; margin: 0 }}"
            f":root {{ --paper-width: {self.width}in;"
            f" --paper-height: {self.height}in }}"
        )

    def without_foot(self) -> "Paper":
        return Paper(self.width, self.height - self.foot, 0)


def paper(size: str, orientation: str) -> Paper:
    """Return the paper of a name (``letter``, ``a4``) and ``portrait`` or not."""
    short, long = SHEETS[size]
    if orientation == "portrait":
        return Paper(short, long, PORTRAIT_FOOT)
    return Paper(long, short, LANDSCAPE_FOOT)


def render(html: str, sheet: Paper, *, made_of: str = "") -> bytes:
    """Return the certificate as PDF.

    :param html: a whole page with ``lang`` and ``<title>``; both are announced by
        readers, and PDF/UA asks for them
    :param made_of: what identifies the document, e.g. its serial: the same certificate
        gives the same file
    :raise StrangeAddress: it names a file that is not part of it
    :raise TooLong: it does not fit on one page
    """
    try:
        for size in SIZES:
            words = _lay_out(html, sheet.without_foot(), size, NO_FOOT)
            if len(words.pages) == 1:
                return _write(_lay_out(html, sheet, size), made_of or html)
    except FatalURLFetchingError as error:
        raise StrangeAddress(str(error)) from error
    raise TooLong


def _write(document: Document, made_of: str) -> bytes:
    identifier = hashlib.sha256(made_of.encode()).digest()[:16]
    return document.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier)


def _lay_out(html: str, sheet: Paper, size: int, more: str = "") -> Document:
    fonts, nothing = FontConfiguration(), _Nothing()
    faces = CSS(string=font_faces(FONT_SCHEME), font_config=fonts, url_fetcher=nothing)
    scale = f"html {{ font-size: {16 * size / 100}px }}"
    return HTML(string=html, base_url="", url_fetcher=nothing).render(
        stylesheets=[faces, CSS(string=f"{sheet.css()} {scale} {more}")],
        font_config=fonts,
        pdf_variant=VARIANT,
    )


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


def stylesheet() -> str:
    """Return the CSS that all certificates share."""
    return (STATIC / "src/certificate/certificate.css").read_text()


def qr_svg(text: str) -> bytes:
    """Return a QR code as SVG; a quarter of it may be soiled (level Q)."""
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_Q, border=2, box_size=10
    )
    code.add_data(text)
    return code.make_image(image_factory=SvgPathImage).to_string()
