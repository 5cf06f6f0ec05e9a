"""A certificate on paper: HTML to one page of tagged PDF.

The page fetches nothing; ``harvest_base.tagged_pdf`` says how.
"""

from dataclasses import dataclass
from pathlib import Path

import qrcode
from qrcode.image.svg import SvgPathImage
from weasyprint.document import Document

from odoo.addons.harvest_base import tagged_pdf

STATIC = Path(__file__).parent / "static"
NO_FOOT = ".foot { display: none }"
# A design that is too long for its page is set smaller, in these steps (percent).
SIZES = (100, 94, 88, 82, 76, 70, 64)
# Short and long edge, inches: ANSI/ASME Y14.1, ISO 216.
SHEETS = {"letter": (8.5, 11), "a4": (8.268, 11.693)}
LANDSCAPE_FOOT = 2.35  # one row of three signatures
PORTRAIT_FOOT = 3.3  # two rows


class CertificateError(Exception):
    """Base of what keeps a certificate from being printed."""


class StrangeAddress(CertificateError):
    """The design asks for a file that is not part of it."""


class TooLong(CertificateError):
    """The text does not fit on one page, not even in the smallest size."""


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
                document = _lay_out(html, sheet, size)
                return tagged_pdf.write(document, made_of or html)
    except tagged_pdf.StrangeAddress as error:
        raise StrangeAddress(str(error)) from error
    raise TooLong


def _lay_out(html: str, sheet: Paper, size: int, more: str = "") -> Document:
    scale = f"html {{ font-size: {16 * size / 100}px }}"
    return tagged_pdf.lay_out(html, f"{sheet.css()} {scale} {more}")


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
