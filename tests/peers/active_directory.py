"""A real Active Directory (Samba) with a small district; all people are invented."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import ldap
from ldap.modlist import addModlist

from .certificates import Authority
from .processes import running

REALM = "MUSD.TEST"
BASE = "DC=musd,DC=test"
PEOPLE = f"CN=Users,{BASE}"
ADMIN_PASSWORD = "Admin.Secret-7Q"
SERVICE_LOGIN = "reader@musd.test"
SERVICE_PASSWORD = "Reader.Secret-7Q"
PASSWORD = "Correct.Horse-9"
# libldap takes "localhost" for the name of the machine when it reads a certificate.
HOST = "127.0.0.1"
SYSTEM_PYTHON = "/usr/bin/python3"
START_SECONDS = 90  # provisioning writes 20,000 rows

ENABLED, DISABLED = b"512", b"514"  # userAccountControl, [MS-ADTS] 2.2.16
_PEOPLE = ("reader", "teacher", "coordinator", "former", "nobody")
_GROUPS = {
    # nested: teacher is in After School, that is in Staff, that is in Everyone Here
    "After School": [f"CN=teacher,{PEOPLE}"],
    "Staff": [f"CN=After School,{PEOPLE}", f"CN=former,{PEOPLE}"],
    "Everyone Here": [f"CN=Staff,{PEOPLE}"],
    "Site Leads": [f"CN=coordinator,{PEOPLE}"],
}


@dataclass(frozen=True)
class ActiveDirectory:
    """A running domain controller, reached at ``HOST``."""

    ldaps_port: int
    ldap_port: int
    ca_pem: str
    folder: Path

    @contextmanager
    def administer(self) -> Iterator[ldap.ldapobject.LDAPObject]:
        connection = ldap.initialize(f"ldaps://{HOST}:{self.ldaps_port}")
        connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
        connection.set_option(ldap.OPT_X_TLS_CACERTFILE, str(self.folder / "ca.pem"))
        connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
        connection.set_option(ldap.OPT_REFERRALS, ldap.OPT_OFF)
        connection.simple_bind_s(f"Administrator@{REALM}", ADMIN_PASSWORD)
        try:
            yield connection
        finally:
            connection.unbind_s()

    def switch(self, name: str, *, on: bool) -> None:
        value = ENABLED if on else DISABLED
        with self.administer() as connection:
            connection.modify_s(
                _dn(name), [(ldap.MOD_REPLACE, "userAccountControl", [value])]
            )

    def rename(self, name: str, login: str) -> None:
        with self.administer() as connection:
            change = [(ldap.MOD_REPLACE, "sAMAccountName", [login.encode()])]
            connection.modify_s(_dn(name), change)

    def expire_password(self, name: str, *, expired: bool) -> None:
        value = b"0" if expired else b"-1"
        with self.administer() as connection:
            connection.modify_s(_dn(name), [(ldap.MOD_REPLACE, "pwdLastSet", [value])])


def missing() -> str:
    """Why it cannot be started here; empty: it can."""
    if not shutil.which("samba", path="/usr/sbin:/usr/bin"):
        return "Samba is not installed: ./harvest peers"
    probe = subprocess.run(
        [SYSTEM_PYTHON, "-c", "import samba.provision"],
        capture_output=True,
        check=False,
    )
    if probe.returncode:
        return "Samba's Python modules are not installed: ./harvest peers"
    probe = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", "true"],
        capture_output=True,
        check=False,
    )
    return "this system forbids user namespaces" if probe.returncode else ""


@contextmanager
def active_directory(folder: Path) -> Iterator[ActiveDirectory]:
    authority = Authority()
    authority.write(folder, HOST, "dc1.musd.test")
    doors = {name: _Door(folder / name) for name in ("ldaps.sock", "ldap.sock")}
    script = Path(__file__).with_name("samba_process.py")
    argv = ["unshare", "--user", "--map-root-user", "--net", SYSTEM_PYTHON, script]
    argv += [folder, REALM, ADMIN_PASSWORD]
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    try:
        ports = [door.port for door in doors.values()]
        # Its own session, so that Samba ends with the script.
        with running(argv, folder, ports[0], env=env):
            served = ActiveDirectory(*ports, authority.pem, folder)
            _wait(served)
            _populate(served)
            yield served
    finally:
        for door in doors.values():
            door.close()


class _Door:
    """A port on the host's loopback that leads to a Unix socket."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                outer, _address = self._socket.accept()
                threading.Thread(target=self._join, args=(outer,), daemon=True).start()

    def _join(self, outer: socket.socket) -> None:
        inner = socket.socket(socket.AF_UNIX)
        try:
            inner.connect(str(self._path))
        except OSError:
            outer.close()
            return
        for source, target in ((inner, outer), (outer, inner)):
            threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _wait(served: ActiveDirectory) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with served.administer():
                return
        except ldap.LDAPError as error:
            if time.monotonic() > until:
                log = (served.folder / "peer.log").read_text()
                raise RuntimeError(f"Samba did not start:\n{log[-3000:]}") from error
            time.sleep(0.3)


def _populate(served: ActiveDirectory) -> None:
    with served.administer() as connection:
        for name in _PEOPLE:
            secret = SERVICE_PASSWORD if name == "reader" else PASSWORD
            entry = {
                "objectClass": [b"user"],
                "sAMAccountName": [name.encode()],
                "userPrincipalName": [f"{name}@musd.test".encode()],
                "displayName": [name.title().encode()],
                "mail": [f"{name}@musd.test".encode()],
                "department": [b"OAK"],
                "unicodePwd": [f'"{secret}"'.encode("utf-16-le")],
                "userAccountControl": [DISABLED if name == "former" else ENABLED],
            }
            connection.add_s(_dn(name), addModlist(entry))
        for name, members in _GROUPS.items():
            entry = {
                "objectClass": [b"group"],
                "sAMAccountName": [name.encode()],
                "member": [member.encode() for member in members],
            }
            connection.add_s(_dn(name), addModlist(entry))


def _dn(name: str) -> str:
    return f"CN={name},{PEOPLE}"
