"""SimpleSAMLphp as the district's identity provider; all people are invented.

Debian's package, with a configuration, a state and a key of the test's own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from .processes import free_port, running

HOME = Path("/usr/share/simplesamlphp")
PASSWORD = "correct horse 9"
PACKAGES = ("simplesamlphp", "php-cli", "php-cgi", "php-xml", "php-mbstring")
_NS = {
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
_PEOPLE = {
    # login: (key, name, groups, codes of schools)
    "teacher": ("a7f3-teacher", "Tess Teacher", ["after-school"], ["101"]),
    "pupil": ("b81c-pupil", "Pia Pupil", ["pupils"], ["101"]),
    "it": ("c002-it", "Ivo IT", ["it-staff"], []),
}
_CONFIG = """<?php
$config = [
    'baseurlpath' => '{url}/',
    'certdir' => '{folder}/cert/',
    'datadir' => '{folder}/data/',
    'tempdir' => '{folder}/tmp/',
    'loggingdir' => '{folder}/log/',
    'logging.handler' => 'file',
    'secretsalt' => '{salt}',
    'auth.adminpassword' => '{salt}',
    'admin.protectindexpage' => true,
    'technicalcontact_email' => 'na@example.org',
    'timezone' => 'UTC',
    'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'saml' => true, 'core' => true],
    'store.type' => 'phpsession',
    'session.cookie.name' => 'SimpleSAMLSessionID',
    'session.phpsession.cookiename' => 'SimpleSAML',
    'session.phpsession.savepath' => '{folder}/sessions',
    'session.cookie.secure' => false,
    'trusted.url.domains' => null,
    'language.default' => 'en',
    'metadata.sources' => [['type' => 'flatfile', 'directory' => '{folder}/metadata']],
    'metadata.sign.enable' => true,
    'metadata.sign.privatekey' => 'idp.key',
    'metadata.sign.certificate' => 'idp.crt',
    'metadata.sign.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
];
"""
_HOSTED = """<?php
$metadata['{url}/idp'] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'idp.key',
    'certificate' => 'idp.crt',
    'auth' => 'district',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'saml20.sign.response' => true,
    'saml20.sign.assertion' => true,
    'sign.logout' => true,
    'validate.logout' => true,
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    'authproc' => [
        3 => [
            'class' => 'saml:AttributeNameID',
            'attribute' => 'key',
            'Format' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        ],
    ],
];
"""


@dataclass(frozen=True)
class SimpleSamlPhp:
    """A running provider."""

    url: str
    folder: Path

    @property
    def metadata_url(self) -> str:
        return f"{self.url}/saml2/idp/metadata.php"

    def trust(self, metadata: bytes) -> None:
        """What their administrator does with our metadata."""
        root = etree.fromstring(metadata)
        entity = {
            "AssertionConsumerService": _location(root, "AssertionConsumerService"),
            "SingleLogoutService": _location(root, "SingleLogoutService"),
            "certData": root.findtext(".//ds:X509Certificate", namespaces=_NS),
            "validate.authnrequest": True,
            "redirect.validate": True,
        }
        text = f"<?php\n$metadata[{_php(root.get('entityID'))}] = {_php(entity)};\n"
        (self.folder / "metadata/saml20-sp-remote.php").write_text(text)


def missing() -> str:
    """Why it cannot be started here; empty: it can."""
    lacking = [name for name in ("php", "openssl") if not shutil.which(name)]
    if not HOME.is_dir():
        lacking.append("simplesamlphp")
    return f"{', '.join(lacking)} is not installed: ./harvest peers" if lacking else ""


@contextmanager
def simplesamlphp(folder: Path) -> Iterator[SimpleSamlPhp]:
    """Serve the district's sign-in on loopback."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    for name in ("config", "cert", "data", "tmp", "log", "sessions", "metadata"):
        (folder / name).mkdir()
    values = {"url": url, "folder": folder, "salt": os.urandom(16).hex()}
    _write(folder / "config/config.php", _CONFIG, values)
    _write(folder / "metadata/saml20-idp-hosted.php", _HOSTED, values)
    sources = {"district": {0: "exampleauth:UserPass"} | _people()}
    (folder / "config/authsources.php").write_text(f"<?php\n$config = {_php(sources)};")
    _make_key(folder / "cert")
    env = {
        "SIMPLESAMLPHP_CONFIG_DIR": str(folder / "config"),
        "PATH": "/usr/bin:/bin",
    }
    quiet = ("-d", "display_errors=0", "-d", f"session.save_path={folder}/sessions")
    argv = ["php", *quiet, "-S", f"127.0.0.1:{port}", "-t", HOME / "www"]
    with running(argv, folder, port, env=env):
        yield SimpleSamlPhp(url, folder)


def _people() -> dict:
    return {
        f"{login}:{PASSWORD}": {
            "key": [key],
            "displayName": [name],
            "mail": [f"{login}@musd.test"],
            "groups": groups,
            "schools": schools,
        }
        for login, (key, name, groups, schools) in _PEOPLE.items()
    }


def _write(path: Path, text: str, values: dict) -> None:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    path.write_text(text)


def _make_key(folder: Path) -> None:
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-sha256",
            "-days",
            "400",
            "-subj",
            "/CN=district",
            "-keyout",
            "idp.key",
            "-out",
            "idp.crt",
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def _location(root: etree._Element, name: str) -> str:
    return root.find(f".//md:{name}", _NS).get("Location")


def _php(value: object) -> str:
    """A value as PHP writes it."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{_php(k)} => {_php(v)}" for k, v in value.items())
        return f"[{pairs}]"
    if isinstance(value, list):
        return f"[{', '.join(map(_php, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("$", "\\$")
    return json.dumps(value)
