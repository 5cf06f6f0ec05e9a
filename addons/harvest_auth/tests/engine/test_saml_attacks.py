"""Attacks on the reader of SAML responses; the run prints how many were refused.

The list: Somorovsky et al. 2012 (XSW), OWASP SAML cheat sheet, and what other service
providers once took (docs/architecture/identity.md). Every response is right in all
but one respect, and signed by the district's own key unless the case is about keys.
"""

import base64
from collections import Counter
from copy import deepcopy
from datetime import timedelta

import pytest
import xmlsec
from lxml import etree

from odoo.addons.harvest_auth.exceptions import IdentityRefused
from odoo.addons.harvest_auth.saml.names import (
    ASSERTION,
    EXCLUSIVE,
    MAX_BODY_BYTES,
    NS,
    SKEW_SECONDS,
)
from odoo.addons.harvest_auth.saml.verify import verify
from odoo.addons.harvest_auth.tests.saml_forge import (
    ACS,
    IDP,
    NOW,
    REQUEST,
    SP,
    Forge,
    der,
    forged_time,
    our_pair,
    pair,
    stamp,
    wrap,
)

FORGE = Forge()
PARTS = ("assertion", "response", "both")
CASES = {}
SCORE = Counter()


@pytest.fixture(scope="module", autouse=True)
def _clock():
    with forged_time():
        yield


def case(name, *reasons, expected=None, **parts):
    """Register an attack: a function without arguments that returns what is posted."""

    def register(make):
        CASES[name] = (make, frozenset(reasons), expected or {})
        return make

    return register


def signed(what="both", **changes):
    return FORGE.text(FORGE.signed(FORGE.build(**changes), what))


def said(name, reason, expected=None, **changes):
    """A response that says something wrong, rightly signed in each way."""
    for what in PARTS:
        case(f"{name}, {what} signed", reason, expected=expected)(
            lambda what=what: signed(what, **changes)
        )


# SIGNATURE WRAPPING
for part in PARTS:
    for number in range(1, 9):
        if (number <= 2 and part == "assertion") or (number > 2 and part == "response"):
            continue

        @case(f"XSW{number}, {part} signed")
        def _xsw(part=part, number=number):
            return FORGE.text(wrap(FORGE.signed(FORGE.build(), part), number))


# SIGNATURES AND KEYS
case("unsigned", "signature_missing")(lambda: FORGE.text(FORGE.build()))
for part in PARTS:

    @case(f"signature stripped, {part}", "signature_missing")
    def _strip(part=part):
        root = FORGE.signed(FORGE.build(), part)
        for signature in list(root.iter(f"{{{NS['ds']}}}Signature")):
            signature.getparent().remove(signature)
        return FORGE.text(root)

    @case(f"name tampered with, {part} signed", "signature_wrong")
    def _tamper(part=part):
        root = FORGE.signed(FORGE.build(), part)
        next(root.iter(f"{{{NS['saml']}}}NameID")).text = "administrator"
        return FORGE.text(root)

    @case(f"attribute tampered with, {part} signed", "signature_wrong")
    def _tamper_attribute(part=part):
        root = FORGE.signed(FORGE.build(), part)
        next(root.iter(f"{{{NS['saml']}}}AttributeValue")).text = "admins"
        return FORGE.text(root)

    @case(f"stranger's key with its certificate in KeyInfo, {part}", "signature_wrong")
    def _stranger(part=part):
        return FORGE.text(Forge(pair(2048, 77)).signed(FORGE.build(), part))

    @case(f"SHA-1, {part} signed", "algorithm")
    def _sha1(part=part):
        old = {"method": xmlsec.Transform.RSA_SHA1, "digest": xmlsec.Transform.SHA1}
        return FORGE.text(FORGE.signed(FORGE.build(), part, **old))

    @case(f"digest of SHA-1, {part} signed", "algorithm")
    def _digest(part=part):
        root = FORGE.signed(FORGE.build(), part)
        for method in root.iter(f"{{{NS['ds']}}}DigestMethod"):
            method.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")
        return FORGE.text(root)


@case("HMAC with their public key as the secret", "algorithm")
def _hmac():
    key = xmlsec.Key.from_binary_data(
        xmlsec.KeyData.HMAC, base64.b64decode(der(FORGE.certificate))
    )
    root = FORGE.build()
    assertion = root.find(ASSERTION)
    signature = xmlsec.template.create(
        assertion, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.HMAC_SHA256
    )
    assertion.insert(1, signature)
    reference = xmlsec.template.add_reference(
        signature, xmlsec.Transform.SHA256, uri=f"#{assertion.get('ID')}"
    )
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.template.ensure_key_info(signature)
    context = xmlsec.SignatureContext()
    context.key = key
    xmlsec.tree.add_ids(assertion, ["ID"])
    context.sign(signature)
    return FORGE.text(root)


WEAK = Forge(pair(1024, 500))
EXPIRED = Forge(pair(2048, -1))
NEW = Forge(pair(2048, 901))
case(
    "weak key of 1024 bits",
    "certificate_weak",
    expected={"certificates": (der(WEAK.certificate),)},
)(lambda: WEAK.text(WEAK.signed(WEAK.build())))
case(
    "certificate that has ended",
    "certificate_expired",
    expected={"certificates": (der(EXPIRED.certificate),)},
)(lambda: EXPIRED.text(EXPIRED.signed(EXPIRED.build())))
case(
    "ended certificate beside a good one",
    "signature_wrong",
    expected={"certificates": (der(EXPIRED.certificate), der(NEW.certificate))},
)(lambda: EXPIRED.text(EXPIRED.signed(EXPIRED.build())))
case(
    "certificate that was rolled over",
    "signature_wrong",
    expected={"certificates": (der(NEW.certificate),)},
)(signed)
case(
    "assertion unsigned where it must be signed",
    "signature_missing",
    expected={"signed": "assertion"},
)(lambda: signed("response"))
case(
    "response unsigned where both must be signed",
    "signature_missing",
    expected={"signed": "both"},
)(lambda: signed("assertion"))

for name, algorithm in {
    "XSLT": "http://www.w3.org/TR/1999/REC-xslt-19991116",
    "XPath": "http://www.w3.org/TR/1999/REC-xpath-19991116",
    "XPath filter 2": "http://www.w3.org/2002/06/xmldsig-filter2",
    "base64": "http://www.w3.org/2000/09/xmldsig#base64",
    "inclusive c14n with comments": (
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
    ),
    "unknown": "urn:example:transform",
}.items():

    @case(f"{name} transform", "signature_transform")
    def _transform(algorithm=algorithm):
        root = FORGE.signed(FORGE.build())
        transforms = next(root.iter(f"{{{NS['ds']}}}Transforms"))
        transforms[1].set("Algorithm", algorithm)
        return FORGE.text(root)


@case("a third transform", "signature_transform")
def _third_transform():
    root = FORGE.signed(FORGE.build())
    transforms = next(root.iter(f"{{{NS['ds']}}}Transforms"))
    transforms.append(deepcopy(transforms[1]))
    return FORGE.text(root)


@case("style sheet inside of a harmless transform", "signature_transform")
def _hidden_style_sheet():
    root = FORGE.signed(FORGE.build())
    transform = next(root.iter(f"{{{NS['ds']}}}Transform"))
    etree.SubElement(transform, "{http://www.w3.org/1999/XSL/Transform}stylesheet")
    return FORGE.text(root)


@case("canonicalization with comments", "algorithm")
def _c14n_comments():
    root = FORGE.signed(FORGE.build())
    method = next(root.iter(f"{{{NS['ds']}}}CanonicalizationMethod"))
    method.set("Algorithm", f"{EXCLUSIVE}WithComments")
    return FORGE.text(root)


for uri in ("", "#_response1", "#xpointer(/)", "#_assertion1 ", "file:///etc/passwd"):

    @case(f"reference to {uri!r}", "signature_reference")
    def _reference(uri=uri):
        root = FORGE.signed(FORGE.build())
        next(root.iter(f"{{{NS['ds']}}}Reference")).set("URI", uri)
        return FORGE.text(root)


@case("two references", "signature_reference")
def _two_references():
    root = FORGE.signed(FORGE.build())
    info = next(root.iter(f"{{{NS['ds']}}}SignedInfo"))
    info.append(deepcopy(info.find("ds:Reference", NS)))
    return FORGE.text(root)


@case("reference in a manifest", "signature_reference")
def _manifest():
    root = FORGE.signed(FORGE.build())
    signature = next(root.iter(f"{{{NS['ds']}}}Signature"))
    holder = etree.SubElement(signature, f"{{{NS['ds']}}}Object")
    manifest = etree.SubElement(holder, f"{{{NS['ds']}}}Manifest")
    manifest.append(deepcopy(next(root.iter(f"{{{NS['ds']}}}Reference"))))
    return FORGE.text(root)


@case("two signatures in one place", "signature_place")
def _two_signatures():
    root = FORGE.signed(FORGE.build())
    assertion = root.find(ASSERTION)
    assertion.insert(1, deepcopy(assertion.find("ds:Signature", NS)))
    return FORGE.text(root)


@case("signature in the status", "signature_place")
def _signature_elsewhere():
    root = FORGE.signed(FORGE.build(), "response")
    root.find("samlp:Status", NS).append(root.find("ds:Signature", NS))
    return FORGE.text(root)


# SHAPE
@case("two assertions, both signed", "assertion_count")
def _two_assertions():
    root = FORGE.signed(FORGE.build())
    second = FORGE.signed(FORGE.build(assertion_id="_assertion2")).find(ASSERTION)
    root.append(second)
    return FORGE.text(root)


@case("no assertion", "assertion_count")
def _no_assertion():
    root = FORGE.build()
    root.remove(root.find(ASSERTION))
    return FORGE.text(FORGE.signed(root, "response"))


for place in ("Extensions", "Status"):

    @case(f"assertion in {place}", "assertion_place")
    def _misplaced(place=place):
        root = FORGE.signed(FORGE.build())
        holder = root.find(f"samlp:{place}", NS)
        if holder is None:
            holder = etree.Element(f"{{{NS['samlp']}}}{place}")
            root.insert(1, holder)
        holder.append(root.find(ASSERTION))
        return FORGE.text(root)


for spelling in ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id"):

    @case(f"duplicate ID as {spelling}", "id_duplicate")
    def _duplicate(spelling=spelling):
        root = FORGE.signed(FORGE.build())
        root.find("samlp:Status", NS).set(spelling, "_assertion1")
        return FORGE.text(root)


@case("no ID", "id_missing", "signature_reference")
def _no_id():
    root = FORGE.signed(FORGE.build())
    del root.attrib["ID"]
    return FORGE.text(root)


@case("assertion of another namespace", "assertion_count")
def _other_namespace():
    xml = etree.tostring(FORGE.signed(FORGE.build()))
    return FORGE.text(xml.replace(NS["saml"].encode(), b"urn:example:assertion"))


@case("namespace redefined on the assertion", "assertion_count")
def _redefined():
    xml = etree.tostring(FORGE.signed(FORGE.build()))
    return FORGE.text(
        xml.replace(b"<saml:Assertion ", b'<saml:Assertion xmlns:saml="urn:other" ')
    )


@case("SAML 1.1", "version")
def _version():
    root = FORGE.build()
    root.set("Version", "1.1")
    return FORGE.text(FORGE.signed(root))


@case("a request in place of a response", "not_a_response")
def _not_a_response():
    root = FORGE.build()
    root.tag = f"{{{NS['samlp']}}}LogoutRequest"
    return FORGE.text(root)


# READERS OF XML
for name, inserted in {
    "comment in the name": b"teacher-7f3a<!-- x -->.evil",
    "processing instruction in the name": b"teacher-7f3a<?x y?>.evil",
}.items():

    @case(name, "xml_comment")
    def _inserted(inserted=inserted):
        xml = etree.tostring(FORGE.signed(FORGE.build()))
        return FORGE.text(xml.replace(b"teacher-7f3a", inserted))


def _prefixed(prefix):
    return FORGE.text(prefix + etree.tostring(FORGE.signed(FORGE.build())))


for name, prefix in {
    "plain DOCTYPE": b"<!DOCTYPE r>",
    "lower case doctype": b"<!doctype r>",
    "XXE": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external DTD": b'<!DOCTYPE r SYSTEM "http://evil.example/x.dtd">',
    "billion laughs": (
        b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;">]>'
    ),
    "parameter entity": b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://evil.example">%p;]>',
}.items():
    case(name, "xml_doctype")(lambda prefix=prefix: _prefixed(prefix))

case("comment before the response", "xml_comment")(lambda: _prefixed(b"<!-- x -->"))
case("declared as UTF-7", "xml_encoding")(
    lambda: _prefixed(b'<?xml version="1.0" encoding="UTF-7"?>')
)
case("declared as Latin-1", "xml_encoding")(
    lambda: _prefixed(b"<?xml version='1.0' encoding = 'iso-8859-1' ?>")
)
for encoding in ("utf-16", "utf-16-be", "utf-32", "cp037"):

    @case(f"sent as {encoding}", "xml_encoding", "xml_malformed")
    def _encoded(encoding=encoding):
        doctype = "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
        return FORGE.text((doctype + FORGE.source()).encode(encoding))


@case("10,000 elements deep", "xml_size", "xml_malformed")
def _deep():
    return FORGE.text(b"<a>" * 10000 + b"</a>" * 10000)


@case("100 elements deep", "xml_size")
def _deeper_than_needed():
    root = FORGE.build()
    node = root
    for _level in range(100):
        node = etree.SubElement(node, "a")
    return FORGE.text(FORGE.signed(root))


@case("10,000 elements", "xml_size")
def _wide():
    return FORGE.text(b"<a>" + b"<b/>" * 10000 + b"</a>")


@case("huge text", "too_large")
def _huge():
    return signed(name_id="x" * MAX_BODY_BYTES)


for name, text in {
    "nothing": "",
    "not base64": "<samlp:Response/>",
    "base64 with a stranger in it": "PGEv*Pg==",
    "base64 without its end": "PGEvPg",
    "base64 of another alphabet": "PGEvPg-_",
    "other than ASCII": "PGEvé",
    "bytes that are no text": base64.b64encode(b"\xff\xfe\xfd").decode(),
    "text that is no XML": base64.b64encode(b"hello").decode(),
    "an unfinished element": base64.b64encode(b"<a").decode(),
    "a null byte": base64.b64encode(b"<a>\x00</a>").decode(),
}.items():
    case(name, "not_base64", "xml_malformed", "xml_encoding")(lambda text=text: text)

# WHAT IT SAYS
said("request of another sign-in", "request_wrong", request="_request2")
said("no InResponseTo at all", "request_missing", request=None)
said("no InResponseTo on the response", "request_missing", in_response_to=None)
said("no InResponseTo in the confirmation", "request_missing", confirmed_request=None)
said("other InResponseTo on the response", "request_wrong", in_response_to="_x")
said("other InResponseTo in the confirmation", "request_wrong", confirmed_request="_x")
said(
    "answers a request though they began",
    "request_wrong",
    expected={"request_id": None},
)
said(
    "no audience",
    "audience_missing",
    conditions=FORGE.conditions(audiences=[]),
)
for label, audiences in {
    "other audience": [["https://other.example"]],
    "audience with a slash": [[f"{SP}/"]],
    "audience in capitals": [[SP.upper()]],
    "two restrictions, one without us": [[SP], ["https://other.example"]],
    "empty restriction": [[]],
}.items():
    said(label, "audience_wrong", conditions=FORGE.conditions(audiences=audiences))
VARIANTS = {
    "another host": "https://evil.example/auth/saml/1/acs",
    "another provider": ACS.replace("/1/", "/2/"),
    "capitals": ACS.replace("thrive", "THRIVE"),
    "a port": ACS.replace(".example", ".example:443"),
    "a slash at the end": f"{ACS}/",
    "a longer path": f"{ACS}.evil.example",
    "plain http": ACS.replace("https:", "http:"),
    "a query": f"{ACS}?x=1",
}
for label, address in VARIANTS.items():
    said(f"recipient: {label}", "recipient_wrong", recipient=address)
    said(f"destination: {label}", "destination_wrong", destination=address)
said("recipient missing", "recipient_missing", recipient=None)
said("recipient empty", "recipient_missing", recipient="")
said("destination missing", "destination_missing", destination=None)
said("destination empty", "destination_missing", destination="")
said("no conditions", "audience_missing", conditions=None)
PAST, FUTURE = -SKEW_SECONDS - 1, SKEW_SECONDS + 1
said("conditions ended", "expired", conditions=FORGE.conditions(-600, PAST))
said("conditions begin later", "not_yet_valid", conditions=FORGE.conditions(FUTURE))
said("confirmation ended", "expired", confirmed_until=stamp(PAST))
said("confirmation without end", "time_missing", confirmed_until=None)
said("end that is no time", "time_malformed", confirmed_until="tomorrow")
said("end without a zone", "time_malformed", confirmed_until="2099-01-01T00:00:00")
said("issued in the future", "not_yet_valid", issued=stamp(FUTURE))
said("session ended", "session_expired", session_until=stamp(PAST))
said("issuer of the assertion", "issuer_wrong", assertion_issuer="https://evil.example")
said("issuer of the response", "issuer_wrong", response_issuer="https://evil.example")
said("issuer with a blank", "issuer_wrong", assertion_issuer=f"{IDP} ")
said("no issuer of the assertion", "issuer_missing", assertion_issuer=None)
for status in ("Responder", "Requester", "AuthnFailed"):
    said(
        f"status {status}",
        "status",
        status=f"urn:oasis:names:tc:SAML:2.0:status:{status}",
    )
said("holder of key", "confirmation", method="urn:oasis:names:tc:SAML:2.0:cm:sender")
for label, name in {
    "empty": "",
    "blanks": "   ",
    "a blank before": " teacher-7f3a",
    "a blank after": "teacher-7f3a ",
    "a line after": "teacher-7f3a\n",
    "a tab inside": "teacher\t7f3a",
    "a zero width space": "teacher\u200b-7f3a",
    "a change of direction": "teacher\u202e-7f3a",
    "a soft hyphen": "teacher\u00ad-7f3a",
    "too long": "x" * 300,
    "an element inside": "<saml:Audience>x</saml:Audience>teacher-7f3a",
}.items():
    said(f"name: {label}", None, name_id=name)


# ENCRYPTION
def _encrypted(**how):
    root = FORGE.signed(FORGE.build(), "assertion")
    return FORGE.encrypt(root, **how)


@case("encrypted for another key", "decryption")
def _wrong_key():
    return FORGE.text(_encrypted(certificate=pair(2048, 55)[1].decode()))


@case("key transport of PKCS 1.5", "encryption_algorithm")
def _bleichenbacher():
    return FORGE.text(_encrypted(transport=xmlsec.Transform.RSA_PKCS1))


for position in (0, 16, -1):

    @case(f"ciphertext altered at {position}", "decryption", "signature_wrong")
    def _padding(position=position):
        root = _encrypted()
        value = list(root.iter(f"{{{NS['xenc']}}}CipherValue"))[-1]
        data = bytearray(base64.b64decode(value.text))
        data[position] ^= 1
        value.text = base64.b64encode(bytes(data)).decode()
        return FORGE.text(root)


@case("encrypted and unsigned", "signature_missing")
def _encrypted_unsigned():
    return FORGE.text(FORGE.encrypt(FORGE.build()))


@case("encrypted twice", "id_missing")
def _encrypted_twice():
    inner = _encrypted()
    holder = inner.find("saml:EncryptedAssertion", NS)
    holder.tag = ASSERTION
    return FORGE.text(FORGE.encrypt(inner))


@case("a comment inside of what is encrypted", "xml_comment")
def _encrypted_comment():
    root = FORGE.signed(FORGE.build(), "assertion")
    name = next(root.iter(f"{{{NS['saml']}}}NameID"))
    name.text, comment = "teacher", etree.Comment("x")
    name.append(comment)
    comment.tail = "-7f3a"
    return FORGE.text(FORGE.encrypt(root))


@case("encrypted beside a plain one", "assertion_count")
def _encrypted_and_plain():
    root = _encrypted()
    root.append(FORGE.signed(FORGE.build(assertion_id="_other")).find(ASSERTION))
    return FORGE.text(root)


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused(name):
    make, reasons, changes = CASES[name]
    SCORE["total"] += 1
    with pytest.raises(IdentityRefused) as caught:
        verify(make(), FORGE.expected(**changes))
    SCORE["refused"] += 1
    named = reasons - {None}
    assert not named or caught.value.code in named, caught.value


def test_the_score_is_complete(tell):
    tell(f"SAML attacks refused {SCORE['refused']}/{SCORE['total']}")
    assert SCORE["refused"] == SCORE["total"]


@pytest.mark.parametrize("seconds", [-SKEW_SECONDS + 20, SKEW_SECONDS - 20])
def test_clocks_may_differ_a_little(seconds):
    text = signed("both")
    moved = NOW + timedelta(seconds=seconds)
    assert verify(text, FORGE.expected(now=moved)).name_id


@pytest.mark.parametrize(
    "name",
    ["teacher\u2010" + "7f3a", "t\u0435acher-7f3a", "<![CDATA[teacher-7f3a.x]]>"],
)
def test_a_name_that_looks_like_another_is_another(name):
    assert verify(signed(name_id=name), FORGE.expected()).name_id != "teacher-7f3a"


def test_a_sign_in_that_they_began_has_no_request():
    text = signed(request=None)
    assert verify(text, FORGE.expected(request_id=None))
    with pytest.raises(IdentityRefused):
        verify(signed(request=REQUEST), FORGE.expected(request_id=None))


def test_our_own_certificate_is_none_of_theirs():
    forge = Forge((our_pair()[0].encode(), our_pair()[1].encode()))
    with pytest.raises(IdentityRefused):
        verify(forge.text(forge.signed(forge.build())), FORGE.expected())
