"""OpenLDAP's server with a small district in it; all people are invented."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .certificates import Authority
from .processes import free_port, running

BASE = "dc=musd,dc=test"
SERVICE_DN = f"cn=reader,{BASE}"
SERVICE_PASSWORD = "reader-secret-7Q"
PASSWORD = "correct horse 9"
# libldap takes "localhost" for the name of the machine when it reads a certificate.
HOST = "127.0.0.1"
MODULES = Path("/usr/lib/ldap")

_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
moduleload memberof
TLSCACertificateFile {ca}
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
disallow bind_anon
pidfile {folder}/slapd.pid
database mdb
maxsize 10485760
suffix "{base}"
rootdn "cn=admin,{base}"
rootpw admin-secret
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
"""

_PEOPLE = {
    # uid: (given name, family name, description; "off" is switched off)
    "teacher": ("Tess", "Teacher", "on"),
    "coordinator": ("Cora", "Coordinator", "on"),
    "former": ("Fred", "Former", "off"),
    "nobody": ("Nora", "Nobody", "on"),
}
_GROUPS = {
    "after-school": [f"uid=teacher,ou=people,{BASE}"],
    "staff": [f"cn=after-school,ou=groups,{BASE}", f"uid=former,ou=people,{BASE}"],
    "everyone": [f"cn=staff,ou=groups,{BASE}"],
    "leads": [f"uid=coordinator,ou=people,{BASE}"],
}


@dataclass(frozen=True)
class Slapd:
    """A running server; ``host`` is the name its certificate has."""

    host: str
    ldaps_port: int
    ldap_port: int
    ca_pem: str
    folder: Path

    def modify(self, ldif: str) -> None:
        """Change the directory as its administrator."""
        self._tool("ldapmodify", ldif)

    def switch(self, uid: str, *, on: bool) -> None:
        self.modify(
            f"dn: uid={uid},ou=people,{BASE}\nchangetype: modify\n"
            f"replace: description\ndescription: {'on' if on else 'off'}\n"
        )

    def delete(self, uid: str) -> None:
        self.modify(f"dn: uid={uid},ou=people,{BASE}\nchangetype: delete\n")

    def _tool(self, name: str, ldif: str) -> None:
        uri = f"ldaps://127.0.0.1:{self.ldaps_port}"
        argv = [name, "-x", "-H", uri, "-D", f"cn=admin,{BASE}", "-w", "admin-secret"]
        env = {"LDAPTLS_REQCERT": "never", "PATH": "/usr/bin:/bin"}  # our own child
        subprocess.run(
            argv, input=ldif, text=True, check=True, capture_output=True, env=env
        )


def missing() -> str:
    """Why it cannot be started here; empty: it can."""
    if not shutil.which("slapd", path="/usr/sbin:/usr/bin"):
        return "slapd is not installed: ./harvest peers"
    if not shutil.which("ldapmodify"):
        return "ldap-utils is not installed: ./harvest peers"
    return ""


@contextmanager
def slapd(folder: Path, host: str = HOST) -> Iterator[Slapd]:
    """Serve the district.

    :param host: the name in its certificate; it always listens on HOST
    """
    authority = Authority()
    ca, certificate, key = authority.write(folder, host)
    (folder / "data").mkdir()
    config = folder / "slapd.conf"
    config.write_text(
        _CONFIG.format(
            modules=MODULES,
            ca=ca,
            certificate=certificate,
            key=key,
            folder=folder,
            base=BASE,
        )
    )
    _load(config)
    ldap_port, ldaps_port = free_port(), free_port()
    uris = f"ldap://127.0.0.1:{ldap_port} ldaps://127.0.0.1:{ldaps_port}"
    argv = ["/usr/sbin/slapd", "-f", config, "-h", uris, "-d", "0"]
    with running(argv, folder, ldaps_port):
        yield Slapd(host, ldaps_port, ldap_port, authority.pem, folder)


def _load(config: Path) -> None:
    subprocess.run(
        ["/usr/sbin/slapadd", "-f", str(config)],
        input=_ldif(),
        text=True,
        check=True,
        capture_output=True,
    )


def _ldif() -> str:
    entries = [
        (
            f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\n"
            "o: Musterfield USD\ndc: musd\n"
        ),
        f"dn: ou=people,{BASE}\nobjectClass: organizationalUnit\nou: people\n",
        f"dn: ou=groups,{BASE}\nobjectClass: organizationalUnit\nou: groups\n",
        (
            f"dn: {SERVICE_DN}\nobjectClass: organizationalRole\n"
            f"objectClass: simpleSecurityObject\ncn: reader\n"
            f"userPassword: {SERVICE_PASSWORD}\n"
        ),
    ]
    for uid, (given, family, state) in _PEOPLE.items():
        entries.append(
            f"dn: uid={uid},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: {uid}\n"
            f"cn: {given} {family}\ngivenName: {given}\nsn: {family}\n"
            f"mail: {uid}@musd.test\ndescription: {state}\n"
            f"departmentNumber: OAK\nuserPassword: {PASSWORD}\n"
        )
    for name, members in _GROUPS.items():
        lines = "".join(f"member: {member}\n" for member in members)
        entries.append(
            f"dn: cn={name},ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: {name}\n"
            f"{lines}"
        )
    return "\n".join(entries)
