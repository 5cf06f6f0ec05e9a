"""Names, algorithms and limits of SAML 2.0 as we take it.

Sources: SAML core, bindings and profiles (OASIS, 2005, with errata 05); algorithms:
NIST SP 800-131A rev. 2 (SHA-1 and RSA below 2048 bits are not for signatures).
"""

NS = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xenc": "http://www.w3.org/2001/04/xmlenc#",
}
RESPONSE = f"{{{NS['samlp']}}}Response"
ASSERTION = f"{{{NS['saml']}}}Assertion"
ENCRYPTED = f"{{{NS['saml']}}}EncryptedAssertion"
SIGNATURE = f"{{{NS['ds']}}}Signature"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
ENTITY = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
RSA_SHA256 = f"{_MORE}rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SIGNATURE_METHODS = frozenset(
    {
        RSA_SHA256,
        f"{_MORE}rsa-sha384",
        f"{_MORE}rsa-sha512",
        f"{_MORE}ecdsa-sha256",
    }
)
DIGEST_METHODS = frozenset(
    {
        SHA256,
        f"{_MORE}sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    }
)
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
TRANSFORMS = frozenset({EXCLUSIVE, ENVELOPED})
_XENC11 = "http://www.w3.org/2009/xmlenc11#"
_XENC = "http://www.w3.org/2001/04/xmlenc#"
ENCRYPTIONS = frozenset(  # no rsa-1_5 (Bleichenbacher), no triple DES
    {
        f"{_XENC}rsa-oaep-mgf1p",
        f"{_XENC11}rsa-oaep",
        f"{_XENC11}aes128-gcm",
        f"{_XENC11}aes256-gcm",
        f"{_XENC}aes128-cbc",
        f"{_XENC}aes256-cbc",
    }
)

MAX_BODY_BYTES = 256 * 1024
MAX_ELEMENTS = 5000
MAX_DEPTH = 60
SKEW_SECONDS = 120  # how far two clocks may be apart
MIN_RSA_BITS = 2048
