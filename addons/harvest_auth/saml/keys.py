"""Keys and certificates: ours are made here, theirs are looked at here."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ..exceptions import IdentityRefused
from .names import MIN_RSA_BITS

_OUR_BITS = 3072  # NIST SP 800-57 part 1 rev. 5: 128 bits of security
_OUR_YEARS = 5
_CURVES = ("secp256r1", "secp384r1", "secp521r1")


def make_pair(name: str, now: datetime) -> tuple[str, str]:
    """Make our key and a certificate that only carries it.

    :return: private key and certificate, PEM
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=_OUR_BITS)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * _OUR_YEARS))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(pem).decode()


def end_of(certificate: str) -> str:
    """When our certificate (PEM) ends, as SAML writes times."""
    found = x509.load_pem_x509_certificate(certificate.encode())
    return found.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def look_at(certificate: str) -> tuple[str, datetime]:
    """Return fingerprint (SHA-256, hexadecimal) and end of a certificate of theirs.

    :param certificate: base64 of DER, blanks allowed
    :raise IdentityRefused: ``certificate_malformed`` | ``certificate_weak``
    """
    try:
        der = base64.b64decode("".join(certificate.split()), validate=True)
        found = x509.load_der_x509_certificate(der)
        key = found.public_key()
    except (ValueError, binascii.Error) as error:
        raise IdentityRefused("certificate_malformed") from error
    is_rsa = isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS
    is_ec = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES
    if not (is_rsa or is_ec):
        raise IdentityRefused("certificate_weak", type(key).__name__)
    return sha256(der).hexdigest(), found.not_valid_after_utc.astimezone(UTC)


def usable(certificates: tuple[str, ...], now: datetime) -> list[str]:
    """Return the certificates whose time has not ended.

    :raise IdentityRefused: ``certificate_expired`` | ``certificate_malformed`` |
        ``certificate_weak``
    """
    found = [text for text in certificates if look_at(text)[1] > now]
    if not found:
        raise IdentityRefused("certificate_expired", f"{len(certificates)} known")
    return found
