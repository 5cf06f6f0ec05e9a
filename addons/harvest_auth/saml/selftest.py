"""Whether the XML libraries that are installed refuse what they must refuse.

lxml and xmlsec are two wheels with a libxml2 each. A pair that does not fit may be
imported and then believe the wrong thing, so each process looks once: one signed
response is believed, and nothing that was made of it is (reference/security.md §1.1).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import xmlsec
from lxml import etree

from ..exceptions import IdentityRefused
from .expected import Expected
from .names import ASSERTION
from .parsing import decode, parse
from .structure import check_ids, check_one_assertion, check_signatures
from .toolkit import check_seals

_FILE = Path(__file__).parents[1] / "data" / "saml_selftest.json"
_BROKEN = (xmlsec.Error, etree.LxmlError, RuntimeError, TypeError, ValueError)
_NAME, _END = b"person-1", b"</saml:AttributeStatement>"
_MORE = b"""<saml:Attribute Name="groups"><saml:AttributeValue>leads\
</saml:AttributeValue></saml:Attribute>"""


@dataclass(frozen=True)
class Sample:
    """A response that was signed once, and the clock of that day.

    :param signer: certificate of the key that signed it, base64 of DER
    :param stranger: certificate of another key
    """

    xml: bytes
    signer: str
    stranger: str
    date: datetime


@cache
def problems() -> tuple[str, ...]:
    """Names of what went wrong, once for a process; none: SAML may be used.

    ``genuine`` (what is right was refused), ``altered``, ``extended``, ``stranger``,
    ``wrapped``, ``doubled`` (what is wrong was believed)
    """
    sample = _read()
    found = () if _is_taken(_whole, sample.xml, sample.signer, sample) else ("genuine",)
    return found + tuple(
        name
        for name, (check, xml, certificate) in _forged(sample).items()
        if _is_taken(check, xml, certificate, sample)
    )


def _forged(sample: Sample) -> dict[str, tuple[Callable, bytes, str]]:
    """What must be refused: name → how it is looked at, message, certificate.

    The first ones are for xmlsec alone. A forged assertion beside a signed one is not
    its affair: our own checks of structure refuse it, before.
    """
    altered = sample.xml.replace(_NAME, b"person-2")
    extended = sample.xml.replace(_END, _MORE + _END)
    return {
        "altered": (_seals, altered, sample.signer),
        "extended": (_seals, extended, sample.signer),
        "stranger": (_seals, sample.xml, sample.stranger),
        "doubled": (_seals, _wrap(sample.xml, same_id=True), sample.signer),
        "wrapped": (_whole, _wrap(sample.xml, same_id=False), sample.signer),
    }


def _wrap(xml: bytes, *, same_id: bool) -> bytes:
    """Put a forged assertion first; with the signature, if it has the signed ID."""
    root = etree.fromstring(xml)
    signed = root.find(ASSERTION)
    forged = etree.fromstring(etree.tostring(signed).replace(_NAME, b"person-2"))
    if same_id:
        for signature in signed.findall("{*}Signature"):
            signed.remove(signature)
    else:
        forged.set("ID", "_forged")
        for signature in forged.findall("{*}Signature"):
            forged.remove(signature)
    signed.addprevious(forged)
    return etree.tostring(root)


def _whole(root: etree._Element, expected: Expected) -> None:
    check_one_assertion(root)
    check_ids(root)
    check_signatures(root, expected.signed)
    check_seals(root, root, expected)


def _seals(root: etree._Element, expected: Expected) -> None:
    check_seals(root, root, expected)


def _is_taken(check: Callable, xml: bytes, certificate: str, sample: Sample) -> bool:
    try:
        check(parse(xml), _expected(certificate, sample))
    except (IdentityRefused, *_BROKEN):  # refused, or broken: nobody gets in by it
        return False
    return True


def _expected(certificate: str, sample: Sample) -> Expected:
    """What seals are measured by; addresses and our keys are not looked at."""
    return Expected(
        sp_entity_id="",
        acs_url="",
        idp_entity_id="",
        certificates=(certificate,),
        request_id=None,
        signed="any",
        sp_key="",
        sp_certificate="",
        now=sample.date,
    )


def _read() -> Sample:
    values = json.loads(_FILE.read_text(encoding="utf-8"))
    return Sample(
        xml=decode(values["response"]),
        signer=values["signer"],
        stranger=values["stranger"],
        date=datetime.fromisoformat(values["date"]),
    )
