import base64

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_date
from odoo.tools.image import image_data_uri, image_process

from odoo.addons.harvest_base.tagged_pdf import font_faces

from .. import certificate_pdf
from ..certificate_text import CODE_LENGTH, CODE_SIGNS, fill, show_code, with_check
from ..exceptions import CertificateDesignError

FONTS = "/harvest_base/static/fonts/"
SAMPLE_CODE = CODE_SIGNS[:CODE_LENGTH]
BADGE_SIZE = (512, 512)


class GrCertificatePrintMixin(models.AbstractModel):
    """A template's way to paper and to the screen; both show the same page."""

    _name = "gr.certificate.print.mixin"
    _description = "Certificate Printing"

    def _print(self, facts, code, base_url):
        """Return a certificate as PDF.

        :param facts: see ``_get_facts``
        :param str code: the certificate's secret, shown as QR code
        :param str base_url: where it is verified
        :raise CertificateDesignError: the design cannot be printed
        """
        self.ensure_one()
        html = self._render(facts, code, base_url)
        sheet = certificate_pdf.paper(self.paper, self.orientation)
        try:
            return certificate_pdf.render(html, sheet, made_of=facts["serial"])
        except certificate_pdf.TooLong:
            raise CertificateDesignError(
                self.env._(
                    "The text of “%(template)s” does not fit on its page. Shorten it,"
                    " or make the pictures smaller.",
                    template=self.name,
                )
            ) from None
        except certificate_pdf.StrangeAddress:
            raise CertificateDesignError(
                self.env._(
                    "A picture of “%(template)s” asks for a file on another server."
                    " Upload a picture that holds everything itself.",
                    template=self.name,
                )
            ) from None

    def _print_sample(self):
        """Return the PDF of somebody invented."""
        base_url = self.get_base_url()
        return self._in_language()._print(
            self._get_sample_facts(), SAMPLE_CODE, base_url
        )

    def _render_preview(self):
        """Return the page of somebody invented, for a frame in the browser."""
        template = self._in_language()
        sheet = certificate_pdf.paper(template.paper, template.orientation)
        return template._render(
            template._get_sample_facts(),
            SAMPLE_CODE,
            template.get_base_url(),
            Markup(sheet.css() + font_faces(FONTS)),
        )

    def _in_language(self, lang=None):
        """Return the template in the language that it is printed in (sudoed)."""
        # sudo: signatures are for designers, the printed page is for all
        return self.sudo().with_context(lang=self.lang or lang or self.env.lang)

    def _render(self, facts, code, base_url, more_css=""):
        place = base_url.split("//")[-1]
        verify_url = f"{base_url}/verify/{code}"
        svg = certificate_pdf.qr_svg(verify_url)
        return self.env["ir.qweb"]._render(
            "harvest_training.certificate_page",
            {
                "template": self,
                "language": (self.env.lang or "en_US").replace("_", "-"),
                "css": Markup(certificate_pdf.stylesheet()) + more_css,
                "title": " ".join(fill(self.title or "", facts)),
                "intro": " ".join(fill(self.intro or "", facts)),
                "lines": fill(self.body or "", facts),
                "facts": facts,
                "code": show_code(code),
                "place": f"{place}/verify",
                "qr": f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}",
                "picture": self._get_picture,
            },
        )

    def _get_picture(self, record, name):
        """Return an image field as ``data:`` address, or False."""
        image = record.with_context(bin_size=False)[name]
        return image_data_uri(image) if image else False

    def _get_facts(self, **values):
        """Return what the placeholders stand for, in the template's language.

        :param values: ``learner``, ``program``, ``district``, ``serial`` as text,
            ``date`` and ``expires`` as dates (or False), ``hours`` as number
        """
        return {
            **values,
            "date": self._format(values["date"]),
            "expires": self._format(values["expires"]),
            "hours": f"{values['hours']:g}" if values["hours"] else "",
        }

    def _format(self, day):
        return format_date(self.env, day, date_format="long") if day else ""

    def _get_sample_facts(self):
        today = fields.Date.context_today(self)
        return self._get_facts(
            learner="María Fernanda Ejemplo-Hernández",
            program=self.env._("Name of the Program"),
            district=(self.company_id or self.env.company).name,
            serial=with_check(f"HT-{today.year}-000123"),
            date=today,
            expires=today.replace(year=today.year + 1, day=1),
            hours=12,
        )

    def _get_badge_picture(self):
        """Return the badge's picture as PNG, without a credential."""
        # sudo: the picture is on every badge of this design
        image = self.sudo().with_context(bin_size=False).badge_image
        if not image:
            return (certificate_pdf.STATIC / "img/badge.png").read_bytes()
        return image_process(
            base64.b64decode(image), size=BADGE_SIZE, output_format="PNG"
        )
