"""A connection to a directory: verified TLS, the first server that answers, an end.

What libldap would take from the machine (ldap.conf, ``LDAPTLS_REQCERT``) does not
count: each connection says itself whom it trusts. Sources: RFC 4511 §4.14 (StartTLS),
RFC 4513 §§3.1.3 (server identity), 5.1.2 (a bind without password is anonymous).
"""

import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import certifi
import ldap

from ..exceptions import IdentityRefused
from .settings import Settings, server_uri

# What the server says beside "invalid credentials" when the password was right
# (Active Directory, [MS-ADTS] 5.1.1.5 and the Win32 error codes it names).
_TELLING = {
    "532": "directory_password_expired",
    "773": "directory_password_expired",
    "533": "directory_disabled",
    "701": "directory_disabled",
    "775": "directory_locked",
}


@contextmanager
def connected(settings: Settings) -> Iterator[ldap.ldapobject.LDAPObject]:
    """A connection with the service account's rights; the first server that answers.

    :raise IdentityRefused: ``directory_unreachable`` none does; ``directory_tls`` its
        certificate is not believed; ``directory_bind`` the service account is refused
    """
    connection = _open_first(settings)
    try:
        try:
            connection.simple_bind_s(settings.bind_dn, settings.bind_password)
        except ldap.INVALID_CREDENTIALS as error:
            raise IdentityRefused("directory_bind") from error
        yield connection
    except ldap.LDAPError as error:
        raise _refusal(error) from error
    finally:
        close(connection)


def check_password(settings: Settings, dn: str, password: str) -> None:
    """Bind as a person, on a connection of its own.

    :raise IdentityRefused: ``directory_password`` and what a server tells besides;
        else as ``connected``
    """
    if not password or "\0" in password:
        # RFC 4513 §5.1.2: a server takes a bind without password for anonymous, and
        # says yes to it.
        raise IdentityRefused("directory_password")
    connection = _open_first(settings)
    try:
        connection.simple_bind_s(dn, password)
    except ldap.INVALID_CREDENTIALS as error:
        raise IdentityRefused(_reason(error)) from error
    except (ldap.UNWILLING_TO_PERFORM, ldap.INAPPROPRIATE_AUTH) as error:
        raise IdentityRefused("directory_password") from error
    except ldap.LDAPError as error:
        raise _refusal(error) from error
    finally:
        close(connection)


def close(connection: ldap.ldapobject.LDAPObject) -> None:
    with suppress(ldap.LDAPError):
        connection.unbind_s()


def _open_first(settings: Settings) -> ldap.ldapobject.LDAPObject:
    refusal = IdentityRefused("directory_unreachable", "no server is named")
    for address in settings.servers:
        uri = server_uri(address, settings.security)
        try:
            return _open(settings, uri)
        except ldap.LDAPError as error:
            refusal = _doubt(settings, uri) or _refusal(error, address)
    raise refusal


def _doubt(settings: Settings, uri: str) -> IdentityRefused | None:
    """What is wrong with a certificate; libldap only says that it got no connection."""
    where = urlsplit(uri)
    if where.scheme != "ldaps":
        return None
    context = ssl.create_default_context(cadata=settings.ca_pem.strip() or None)
    try:
        with (
            socket.create_connection(
                (where.hostname, where.port), settings.timeout
            ) as plain,
            context.wrap_socket(plain, server_hostname=where.hostname),
        ):
            return None
    except ssl.SSLCertVerificationError as error:
        return IdentityRefused("directory_tls", error.verify_message)
    except ssl.SSLError as error:
        return IdentityRefused("directory_tls", error.reason or "")
    except OSError:
        return None


def _open(settings: Settings, uri: str) -> ldap.ldapobject.LDAPObject:
    connection = ldap.initialize(uri, bytes_mode=False)
    connection.set_option(ldap.OPT_PROTOCOL_VERSION, ldap.VERSION3)
    connection.set_option(ldap.OPT_REFERRALS, ldap.OPT_OFF)
    connection.set_option(ldap.OPT_NETWORK_TIMEOUT, settings.timeout)
    connection.set_option(ldap.OPT_TIMEOUT, settings.timeout)
    with _authorities(settings.ca_pem) as path:
        connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
        connection.set_option(ldap.OPT_X_TLS_CACERTFILE, path)
        connection.set_option(
            ldap.OPT_X_TLS_PROTOCOL_MIN, ldap.OPT_X_TLS_PROTOCOL_TLS1_2
        )
        connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)  # last: it reads the others
        try:
            if uri.startswith("ldap:"):
                connection.start_tls_s()
            else:
                _connect(connection)
        except ldap.LDAPError:
            close(connection)
            raise
    return connection


def _connect(connection: ldap.ldapobject.LDAPObject) -> None:
    """libldap connects at the first word; "who am I" says nothing secret (RFC 4532)."""
    with suppress(ldap.PROTOCOL_ERROR, ldap.UNWILLING_TO_PERFORM):
        connection.whoami_s()


@contextmanager
def _authorities(ca_pem: str) -> Iterator[str]:
    """A file with the authorities, as libldap takes them from nowhere else."""
    if not ca_pem.strip():
        yield certifi.where()
        return
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as stream:
        stream.write(ca_pem)
        stream.flush()
        yield stream.name


def _refusal(error: ldap.LDAPError, address: str = "") -> IdentityRefused:
    told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    text = f"{told.get('desc', '')} {told.get('info', '')}".lower()
    is_tls = isinstance(error, ldap.CONNECT_ERROR) or any(
        word in text for word in ("tls", "certificate", "ssl")
    )
    code = "directory_tls" if is_tls else "directory_unreachable"
    detail = " ".join(part for part in (address, told.get("desc", "")) if part)
    return IdentityRefused(code, detail or type(error).__name__)


def _reason(error: ldap.INVALID_CREDENTIALS) -> str:
    told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    info = told.get("info", "")
    _before, _word, rest = info.partition("data ")
    return _TELLING.get(rest[:3].strip(" ,"), "directory_password")
