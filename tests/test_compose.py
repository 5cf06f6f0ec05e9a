"""Production on Docker: the compose file, Odoo's settings, and the proxy for real."""

from __future__ import annotations

import configparser
import http.server
import json
import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
import requests
import yaml

from scripts.launcher.ports import free_port


@pytest.fixture(scope="module")
def compose(repo):
    return yaml.safe_load((repo / "docker-compose.yml").read_text("utf-8"))


def test_compose_file_is_valid_by_the_specification(repo, compose):
    schema = repo / "tests/data/compose_spec/compose-spec.json"

    validator = jsonschema.Draft201909Validator(json.loads(schema.read_text("utf-8")))

    assert [error.message for error in validator.iter_errors(compose)] == []


def test_only_the_proxy_is_reachable_from_outside(compose):
    published = [name for name, it in compose["services"].items() if it.get("ports")]

    assert published == ["proxy"]
    assert compose["networks"]["back"]["internal"] is True
    assert compose["services"]["db"]["networks"] == ["back"]


def test_each_service_is_checked_restarted_and_keeps_no_secret(compose):
    for name, service in compose["services"].items():
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name
        for variable, value in service.get("environment", {}).items():
            if "PASSWORD" in variable:
                assert value.startswith("${"), (name, variable)


def test_every_addon_is_mounted_read_only_where_odoo_looks(repo, compose, addons):
    mounts = [mount.split(":") for mount in compose["services"]["odoo"]["volumes"]]
    targets = {source: (target, mode) for source, target, *mode in mounts}
    roots = {addon.name for addon in addons if addon.path.parent == repo}

    for name in roots:
        assert targets[f"./{name}"] == (f"/mnt/extra-addons/{name}", ["ro"])
    assert targets["./addons"] == ("/mnt/extra-addons/addons", ["ro"])


def test_named_volumes_and_files_of_the_compose_file_exist(repo, compose):
    for service in compose["services"].values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            if source.startswith("./deploy/") or source.endswith(".conf"):
                assert (repo / source).is_file(), source
            elif not source.startswith((".", "$")):
                assert source in compose["volumes"], source
    assert (repo / compose["services"]["odoo"]["build"]["dockerfile"]).is_file()


def test_every_variable_of_the_compose_file_is_in_the_example(repo):
    text = (repo / "docker-compose.yml").read_text("utf-8")
    used = {part.split("}")[0].split(":")[0] for part in text.split("${")[1:]}
    lines = (repo / "deploy/.env.example").read_text("utf-8").splitlines()
    offered = {line.split("=")[0] for line in lines if "=" in line and line[0] != "#"}

    assert used == offered


def test_odoo_settings_are_those_of_a_system_behind_a_proxy(repo):
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(repo / "odoo.conf")
    options = parser["options"]

    assert options.getboolean("proxy_mode") is True
    assert options.getboolean("list_db") is False
    assert options.getint("workers") >= 2
    assert "queue_job" in options["server_wide_modules"].split(",")
    assert options["addons_path"] == "/mnt/extra-addons,/mnt/extra-addons/addons"
    assert parser["queue_job"]["channels"]


@dataclass(frozen=True)
class Proxy:
    """A running nginx: its addresses, and a client that knows its certificate."""

    plain: str
    tls: str
    session: requests.Session
    log: Path


class Upstream(http.server.BaseHTTPRequestHandler):
    """Stands for Odoo: answers with the headers it was sent, and a session cookie."""

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Set-Cookie", "session_id=x; Path=/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *words):
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def upstream():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


@pytest.fixture(scope="module")
def proxy(repo, upstream, tmp_path_factory):
    """nginx with our settings, on free ports and before the stand-in; its addresses."""
    nginx = os.environ.get("HARVEST_NGINX")
    if not nginx:
        pytest.skip("nginx is neither installed nor could it be fetched")
    folder = tmp_path_factory.mktemp("nginx")
    plain, tls = free_port(), free_port()
    config = _adapted(repo, folder, plain, tls, upstream)
    check = [nginx, "-t", "-p", str(folder), "-c", str(config), "-e", "stderr"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    argv = [*check[:1], *check[2:], "-g", "daemon off;"]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait(f"http://127.0.0.1:{plain}/")
        with requests.Session() as session:
            session.verify = str(folder / "fullchain.pem")
            session.trust_env = False
            yield Proxy(
                f"http://127.0.0.1:{plain}",
                f"https://127.0.0.1:{tls}",
                session,
                folder / "access.log",
            )
    finally:
        process.terminate()
        process.wait(10)


def _adapted(repo, folder, plain, tls, upstream):
    """Our file with this machine's ports and folders: every rule stays as it is."""
    _make_certificate(folder)
    (folder / "mime.types").write_text("types { text/html html; }\n")
    text = (repo / "deploy/nginx.conf").read_text("utf-8")
    changes = {
        "/etc/nginx/mime.types": f"{folder}/mime.types",
        "/etc/nginx/tls/": f"{folder}/",
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "/dev/stdout": f"{folder}/access.log",
        "/dev/stderr": f"{folder}/error.log",
        "listen 80 default_server": f"listen 127.0.0.1:{plain} default_server",
        "listen 443 ssl": f"listen 127.0.0.1:{tls} ssl",
        "server odoo:8069": f"server 127.0.0.1:{upstream}",
        "server odoo:8072": f"server 127.0.0.1:{upstream}",
        "http {\n": "http {\n"
        + "".join(
            f"    {kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        ),
    }
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    config = folder / "nginx.conf"
    config.write_text(text)
    return config


def _make_certificate(folder):
    openssl = shutil.which("openssl")
    argv = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    argv += ["-addext", "subjectAltName=IP:127.0.0.1", "-subj", "/CN=localhost"]
    argv += ["-keyout", str(folder / "privkey.pem")]
    argv += ["-out", str(folder / "fullchain.pem")]
    subprocess.run(argv, check=True, capture_output=True)


def _wait(url):
    for _ in range(100):
        try:
            return requests.get(url, timeout=5, allow_redirects=False)
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError(f"nginx does not answer at {url}")


def test_plain_http_is_sent_to_https(proxy):
    url = f"{proxy.plain}/web?a=1"
    answer = proxy.session.get(url, allow_redirects=False, timeout=5)

    assert answer.status_code == 308
    assert answer.headers["Location"] == "https://127.0.0.1/web?a=1"


def test_answers_carry_the_security_headers_and_a_hardened_cookie(proxy):
    answer = proxy.session.get(f"{proxy.tls}/web", timeout=5)

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    cookie = answer.headers["Set-Cookie"].lower()
    assert {"secure", "httponly", "samesite=lax"} <= set(cookie.split("; "))


def test_odoo_is_told_who_asks_and_a_client_cannot_lie_about_it(proxy):
    lie = {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "http"}
    answer = proxy.session.get(f"{proxy.tls}/web", headers=lie, timeout=5)

    seen = answer.json()
    assert seen["X-Forwarded-For"] == "127.0.0.1"
    assert seen["X-Forwarded-Proto"] == "https"


@pytest.mark.parametrize("place", ["c", "fetch"])
def test_keys_of_course_packages_and_questions_are_not_logged(proxy, place):
    path = f"/harvest/courseware/{place}"
    proxy.session.get(
        f"{proxy.tls}{path}/opaque-{place}/index.html?q=secret", timeout=5
    )

    for _ in range(100):  # written after the answer
        if f"{path}/" in proxy.log.read_text():
            break
        time.sleep(0.05)
    assert f'"GET {path}/***" 200' in proxy.log.read_text()
    assert f"opaque-{place}" not in proxy.log.read_text()
    assert "secret" not in proxy.log.read_text()


@pytest.mark.parametrize(
    "path",
    ["/web/database/manager", "/web/database", "/xmlrpc/2/common", "/jsonrpc"],
)
def test_dangerous_pages_do_not_exist_outside(proxy, path):
    assert proxy.session.get(proxy.tls + path, timeout=5).status_code == 404


def test_a_body_over_50_megabytes_is_refused(proxy):
    # Asked before it is sent: nginx closes the connection of one who sends anyway.
    too_large = {"Content-Length": str(50 * 1024 * 1024 + 1)}
    allowed = b"x" * (1024 * 1024)

    assert proxy.session.post(f"{proxy.tls}/web", allowed, timeout=30).ok
    refused = proxy.session.post(f"{proxy.tls}/web", headers=too_large, timeout=5)
    assert refused.status_code == 413


def test_guessing_passwords_is_slowed_down_and_reading_the_page_is_not(proxy):
    url = f"{proxy.tls}/web/login"

    posts = [proxy.session.post(url, timeout=5).status_code for _ in range(30)]
    reads = [proxy.session.get(url, timeout=5).status_code for _ in range(30)]

    assert posts.count(200) >= 20
    assert posts[-1] == 429
    assert set(reads) == {200}
