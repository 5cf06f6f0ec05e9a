"""An identity provider for attacks: signs whatever it is told to, with keys of its own.

forge = Forge()
text = forge.text(forge.signed(forge.build(audience="https://other"), "assertion"))
"""

import base64
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from freezegun import freeze_time
from lxml import etree

from ..saml.expected import Expected
from ..saml.keys import make_pair
from ..saml.names import ASSERTION, NS, PERSISTENT, SUCCESS

IDP = "https://idp.musd.example/metadata"
SP = "https://thrive.example/auth/saml/1/metadata"
ACS = "https://thrive.example/auth/saml/1/acs"
REQUEST = "_request1"
NOW = datetime.now(UTC).replace(microsecond=0)  # the toolkit asks the clock
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_TEMPLATE = """<samlp:Response xmlns:samlp="{samlp}" xmlns:saml="{saml}"
 ID="_response1" Version="2.0" IssueInstant="{issued}"{destination}{in_response_to}>\
{response_issuer}\
<samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>\
<saml:Assertion ID="{assertion_id}" Version="2.0" IssueInstant="{issued}">\
{assertion_issuer}\
<saml:Subject><saml:NameID Format="{name_format}">{name_id}</saml:NameID>\
<saml:SubjectConfirmation Method="{method}">\
<saml:SubjectConfirmationData{recipient}{confirmed_request}{confirmed_until}/>\
</saml:SubjectConfirmation></saml:Subject>\
{conditions}\
<saml:AuthnStatement AuthnInstant="{issued}" SessionIndex="_session1"{session_until}>\
<saml:AuthnContext><saml:AuthnContextClassRef>\
urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\
</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
<saml:AttributeStatement>\
<saml:Attribute Name="groups"><saml:AttributeValue>aides</saml:AttributeValue>\
</saml:Attribute>\
<saml:Attribute Name="mail">\
<saml:AttributeValue>aide@musd.example</saml:AttributeValue></saml:Attribute>\
</saml:AttributeStatement></saml:Assertion></samlp:Response>"""


def forged_time():
    """Let it be the time at which responses are forged, however late a test runs.

    The toolkit asks the clock; a response is too old after some minutes.
    """
    return freeze_time(NOW, tick=True)


def stamp(seconds: int = 0, now: datetime = NOW) -> str:
    return (now + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def pair(bits: int = 2048, days: int = 3650) -> tuple[bytes, bytes]:
    """A private key and its certificate, PEM; made once a run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=5000))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    return private, certificate.public_bytes(pem)


def der(certificate: bytes) -> str:
    return "".join(certificate.decode().splitlines()[1:-1])


@cache
def our_pair() -> tuple[str, str]:
    return make_pair("thrive.example", NOW)


class Forge:
    """Builds and signs responses.

    :param keys: private key and certificate, PEM; the district's by default
    """

    def __init__(self, keys=None, now=NOW, idp=IDP, sp=SP, acs=ACS):
        self.key, self.certificate = keys or pair()
        self.now, self.idp, self.sp, self.acs = now, idp, sp, acs

    def expected(self, **changes) -> Expected:
        key, certificate = our_pair()
        values = {
            "sp_entity_id": self.sp,
            "acs_url": self.acs,
            "idp_entity_id": self.idp,
            "certificates": (der(self.certificate),),
            "request_id": REQUEST,
            "signed": "any",
            "sp_key": key,
            "sp_certificate": certificate,
            "now": self.now,
        }
        return Expected(**values | changes)

    def build(self, **changes) -> etree._Element:
        """An unsigned response that is right, but for the changes.

        A change to None leaves the thing out.
        """
        return etree.fromstring(self.source(**changes).encode())

    def source(self, **changes) -> str:
        values = {
            "destination": self.acs,
            "in_response_to": REQUEST,
            "response_issuer": self.idp,
            "assertion_issuer": self.idp,
            "status": SUCCESS,
            "assertion_id": "_assertion1",
            "issued": stamp(-5, self.now),
            "name_format": PERSISTENT,
            "name_id": "teacher-7f3a",
            "method": _BEARER,
            "recipient": self.acs,
            "confirmed_request": REQUEST,
            "confirmed_until": stamp(300, self.now),
            "conditions": self.conditions(),
            "session_until": None,
        }
        values |= changes
        if "request" in changes:
            values["in_response_to"] = values["confirmed_request"] = changes["request"]
        for name, attribute in (
            ("destination", "Destination"),
            ("in_response_to", "InResponseTo"),
            ("recipient", "Recipient"),
            ("confirmed_request", "InResponseTo"),
            ("confirmed_until", "NotOnOrAfter"),
            ("session_until", "SessionNotOnOrAfter"),
        ):
            text = values[name]
            values[name] = "" if text is None else f' {attribute}="{text}"'
        for name in ("response_issuer", "assertion_issuer"):
            text = values[name]
            values[name] = "" if text is None else f"<saml:Issuer>{text}</saml:Issuer>"
        values["conditions"] = values["conditions"] or ""
        return _TEMPLATE.format(**values, **NS)

    def conditions(self, first=-30, last=300, audiences=None) -> str:
        """Conditions; ``audiences``: a list of restrictions, each a list of names."""
        restrictions = "".join(
            "<saml:AudienceRestriction>"
            + "".join(f"<saml:Audience>{name}</saml:Audience>" for name in names)
            + "</saml:AudienceRestriction>"
            for names in ([[self.sp]] if audiences is None else audiences)
        )
        begin, end = stamp(first, self.now), stamp(last, self.now)
        return (
            f'<saml:Conditions NotBefore="{begin}" NotOnOrAfter="{end}">'
            f"{restrictions}</saml:Conditions>"
        )

    def signed(self, root, what="assertion", **how) -> etree._Element:
        """Sign the ``assertion``, the ``response``, or ``both``."""
        if what in ("assertion", "both"):
            self.sign(root.find(ASSERTION), **how)
        if what in ("response", "both"):
            self.sign(root, **how)
        # Names that xmlsec made are not found by lxml until they are read anew.
        return etree.fromstring(etree.tostring(root))

    def sign(
        self,
        node,
        method=xmlsec.Transform.RSA_SHA256,
        digest=xmlsec.Transform.SHA256,
        key=None,
    ):
        """Put an enveloped signature after the issuer."""
        signature = xmlsec.template.create(node, xmlsec.Transform.EXCL_C14N, method)
        issuer = node.find("saml:Issuer", NS)
        node.insert(0 if issuer is None else 1, signature)
        reference = xmlsec.template.add_reference(
            signature, digest, uri=f"#{node.get('ID')}"
        )
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        info = xmlsec.template.ensure_key_info(signature)
        xmlsec.template.add_x509_data(info)
        context = xmlsec.SignatureContext()
        context.key = key or self._load()
        xmlsec.tree.add_ids(node, ["ID"])
        context.sign(signature)
        return signature

    def _load(self):
        key = xmlsec.Key.from_memory(self.key, xmlsec.KeyFormat.PEM)
        key.load_cert_from_memory(self.certificate, xmlsec.KeyFormat.PEM)
        return key

    def encrypt(self, root, certificate=None, transport=None):
        """Put the assertion into an ``EncryptedAssertion`` for us."""
        assertion = root.find(ASSERTION)
        manager = xmlsec.KeysManager()
        public = (certificate or our_pair()[1]).encode()
        key = xmlsec.Key.from_memory(public, xmlsec.KeyFormat.CERT_PEM)
        manager.add_key(key)
        template = xmlsec.template.encrypted_data_create(
            root,
            xmlsec.Transform.AES128,
            type=xmlsec.EncryptionType.ELEMENT,
            ns="xenc",
        )
        xmlsec.template.encrypted_data_ensure_cipher_value(template)
        info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="ds")
        wrapped = xmlsec.template.add_encrypted_key(
            info, transport or xmlsec.Transform.RSA_OAEP
        )
        xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
        context = xmlsec.EncryptionContext(manager)
        context.key = xmlsec.Key.generate(
            xmlsec.KeyData.AES, 128, xmlsec.KeyDataType.SESSION
        )
        holder = etree.Element(f"{{{NS['saml']}}}EncryptedAssertion")
        root.replace(assertion, holder)
        holder.append(assertion)
        context.encrypt_xml(template, assertion)
        return etree.fromstring(etree.tostring(root))

    @staticmethod
    def text(root) -> str:
        xml = root if isinstance(root, bytes) else etree.tostring(root)
        return base64.b64encode(xml).decode()


def wrap(root, case: int):
    """Signature wrapping, XSW 1 to 8 (Somorovsky et al. 2012, table 1).

    1 and 2 wrap a signed response; 3 to 8 a signed assertion. The forged one names an
    administrator.
    """
    return (_wrap_response if case <= 2 else _wrap_assertion)(root, case)


def _evil(node):
    copy = deepcopy(node)
    for signature in copy.findall("ds:Signature", NS):
        copy.remove(signature)
    copy.set("ID", "_evil")
    for name in copy.iter(f"{{{NS['saml']}}}NameID"):
        name.text = "administrator"
    return copy


def _wrap_response(root, case: int):
    evil = _evil(root)
    signature = root.find("ds:Signature", NS)
    for assertion in evil.findall(ASSERTION):
        for inner in assertion.findall("ds:Signature", NS):
            assertion.remove(inner)
    if case == 1:  # the signature in the forged one holds the original
        original = deepcopy(root)
        original.remove(original.find("ds:Signature", NS))
        moved = deepcopy(signature)
        evil.insert(1, moved)
        moved.append(original)
        return evil
    original = deepcopy(root)  # the original stands before the signature, detached
    moved = original.find("ds:Signature", NS)
    original.remove(moved)
    evil.insert(1, original)
    evil.insert(2, moved)
    return evil


def _wrap_assertion(root, case: int):
    original = root.find(ASSERTION)
    signature = original.find("ds:Signature", NS)
    evil = _evil(original)
    if case == 3:  # forged before the original
        root.insert(root.index(original), evil)
    elif case == 4:  # the original inside of the forged
        root.replace(original, evil)
        evil.append(original)
    elif case == 5:  # the signature in the forged, the original at the end
        original.remove(signature)
        evil.insert(1, signature)
        root.insert(root.index(original), evil)
    elif case == 6:  # the original in the signature in the forged
        original.remove(signature)
        root.replace(original, evil)
        evil.insert(1, signature)
        signature.append(original)
    elif case == 7:  # the forged one in Extensions
        extensions = etree.Element(f"{{{NS['samlp']}}}Extensions")
        extensions.append(evil)
        root.insert(root.index(original), extensions)
    else:  # 8: the original in an Object of the signature, the forged around it
        original.remove(signature)
        root.replace(original, evil)
        evil.insert(1, signature)
        holder = etree.SubElement(signature, f"{{{NS['ds']}}}Object")
        holder.append(original)
    return root
