"""Files on an SFTP server, read only (``paramiko``)."""

import io
import logging
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import paramiko

from .errors import UnreadableFile
from .inbox import Entry, Inbox
from .net import NetError, NetPolicy, connect

_CHUNK = 1 << 18  # bytes
_PORT = 22
_KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
_PEM = "-----BEGIN"


class SftpInbox(Inbox):
    """A folder on an SFTP server.

    :param url: ``sftp://host`` or ``sftp://host:port``
    :param secret: a password, or a private key as OpenSSH or PEM text
    :param host_keys: fingerprints ``SHA256:…`` of the server, separated by spaces or
        line ends. A server that shows another one gets no credentials.
    """

    def __init__(
        self,
        url: str,
        folder: str,
        user: str,
        secret: str,
        host_keys: str,
        policy: NetPolicy,
    ) -> None:
        self._host, self._port = _address(url)
        self._folder = folder or "."
        self.place = PurePosixPath(self._folder).name or self._folder
        self._user = user
        self._secret = secret
        self._host_keys = {_fingerprint(key) for key in host_keys.split()}
        self._policy = policy
        self._client: paramiko.SFTPClient | None = None
        # Whatever fails becomes a problem that a person reads.
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)

    @contextmanager
    def connected(self) -> Iterator["SftpInbox"]:
        """Signed in as long as the context lasts.

        :raise NetError: not reached, another host key, or not let in
        """
        with self.reached() as transport:
            self._sign_in(transport)
            with _translated(self.place):
                self._client = paramiko.SFTPClient.from_transport(transport)
                self._client.get_channel().settimeout(self._policy.read_timeout)
            yield self

    @contextmanager
    def reached(self) -> Iterator[paramiko.Transport]:
        """Connected to the server that is meant, nothing said yet."""
        with _translated(self.place):
            sock = connect(self._host, self._port, self._policy)
            transport = paramiko.Transport(sock)
        try:
            with _translated(self.place):
                transport.start_client(timeout=self._policy.connect_timeout)
            self._check_host(transport.get_remote_server_key().fingerprint)
            yield transport
        finally:
            transport.close()

    def _check_host(self, shown: str) -> None:
        if not self._host_keys:
            raise NetError.of("host_key_missing", self.place, shown=shown)
        if shown not in self._host_keys:
            raise NetError.of("host_key_changed", self.place, shown=shown)

    def _sign_in(self, transport: paramiko.Transport) -> None:
        with _translated(self.place):
            if self._secret.lstrip().startswith(_PEM):
                transport.auth_publickey(self._user, _private_key(self._secret))
            else:
                transport.auth_password(self._user, self._secret)

    def list(self) -> Sequence[Entry]:
        with _translated(self.place):
            return [
                Entry(attr.filename, attr.st_size or 0, attr.st_mtime or 0)
                for attr in self._client.listdir_attr(self._folder)
                if stat.S_ISREG(attr.st_mode or 0) and not attr.filename.startswith(".")
            ]

    def read(self, entry: Entry) -> Iterator[bytes]:
        path = str(PurePosixPath(self._folder) / entry.name)
        with _translated(entry.name), self._client.open(path, "rb") as stream:
            stream.prefetch(entry.size)
            while chunk := stream.read(_CHUNK):
                yield chunk


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORT
    except ValueError:
        raise NetError.of("net_bad_address") from None
    if parts.username or parts.password:
        raise NetError.of("net_credentials_in_url")
    if parts.scheme != "sftp" or not parts.hostname:
        raise NetError.of("net_bad_address")
    return parts.hostname, port


def _fingerprint(text: str) -> str:
    """As OpenSSH writes it, whatever was left out or added."""
    return "SHA256:" + text.removeprefix("SHA256:").rstrip("=")


def _private_key(text: str) -> paramiko.PKey:
    for kind in _KEYS:
        try:
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
        except paramiko.PasswordRequiredException:
            raise NetError.of("key_locked") from None
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise NetError.of("key_unreadable")


@contextmanager
def _translated(place: str) -> Iterator[None]:
    """What goes wrong in the library, in our words."""
    try:
        yield
    except (NetError, UnreadableFile):
        raise
    except paramiko.AuthenticationException:
        raise NetError.of("sftp_refused", place) from None
    except FileNotFoundError:
        raise UnreadableFile.of("not_found", place) from None
    except PermissionError:
        raise UnreadableFile.of("cannot_open", place) from None
    except TimeoutError:
        raise NetError.of("net_timeout", place) from None
    except (paramiko.SSHException, EOFError, OSError):
        raise NetError.of("net_cut_off", place) from None
