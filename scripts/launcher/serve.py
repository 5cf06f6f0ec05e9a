"""``./harvest up`` and ``./harvest stop``: one Odoo served in the background."""

from __future__ import annotations

import ipaddress
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.launcher import ports, proc
from scripts.launcher.account import choose_account
from scripts.launcher.errors import GroundError
from scripts.launcher.paths import Ground
from scripts.launcher.postgres import Cluster
from scripts.launcher.prepare import Prepared, prepare
from scripts.launcher.steps import Steps
from scripts.launcher.suite import Suite, require_demo_size, require_name

START_SECONDS = 120  # until a served Odoo must answer
STOP_SECONDS = 20  # until a stopping Odoo is killed


@dataclass(frozen=True)
class Served:
    """A running server, as its state file tells."""

    pid: int
    host: str
    port: int
    database: str

    @property
    def address(self) -> str:
        shown = "localhost" if is_loopback(self.host) else self.host
        return f"http://{shown}:{self.port}"


@dataclass(frozen=True)
class UpOptions:
    """What ``up`` was asked for."""

    demo: str | None = None
    host: str = "127.0.0.1"
    port: int = 8069
    database: str = "harvest"


def up(ground: Ground, steps: Steps, options: UpOptions) -> int:
    """Serve the suite; print the address and who can log in."""
    require_demo_size(options.demo or "none")
    require_name(options.database)
    running = find_served(ground)
    if running is not None:
        print(
            f"Already serving database {running.database} at {running.address} "
            f"(process {running.pid}). ./harvest stop ends it."
        )
        return 0
    _refuse_public_demo(options.host, options.demo)
    ports.require_free(options.host, options.port)
    ready = prepare(ground, steps)
    suite = Suite(ready, options.database)
    demo = suite.ensure(options.demo)
    _refuse_public_demo(options.host, demo if demo != "none" else suite.demo_size())
    logins = suite.load_demo(demo)
    with steps.step(f"serve on port {options.port}"):
        served = _start(ready, options)
    _greet(served, suite, logins, steps)
    return 0


def stop(ground: Ground, steps: Steps) -> int:
    """Stop the server and the private cluster, if they run."""
    running = find_served(ground)
    if running is not None:
        with steps.step(f"stop Odoo (process {running.pid})"):
            _end(running.pid)
        state_file(ground).unlink(missing_ok=True)
    cluster = Cluster(ground, choose_account(ground), steps)
    if cluster.running():
        with steps.step("stop PostgreSQL"):
            cluster.stop()
    elif running is None:
        print("Nothing of this clone is running.")
    return 0


def state_file(ground: Ground) -> Path:
    return ground.state / "served.json"


def find_served(ground: Ground) -> Served | None:
    """The server that an earlier ``up`` started, when it still lives."""
    try:
        served = Served(**json.loads(state_file(ground).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    command = proc.command_line(served.pid)
    return served if "odoo" in command and str(ground.state) in command else None


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable(host: str) -> str:
    """The address at which we reach a server of ours that listens on ``host``."""
    return "127.0.0.1" if host in {"0.0.0.0", "localhost"} else host


def wait_until_healthy(process: subprocess.Popen, address: str, log: Path) -> None:
    """Wait until Odoo answers on its port.

    :raise GroundError: it ended, or does not answer in time; names the log.
    """
    url = f"{address}/web/health"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise GroundError(
                f"Odoo ended with exit code {process.returncode}\n{_tail(log)}",
                f"read {log}",
            )
        if _answers(url):
            return
        time.sleep(0.2)
    raise GroundError(
        f"Odoo did not answer within {START_SECONDS} s\n{_tail(log)}", f"read {log}"
    )


def _start(ready: Prepared, options: UpOptions) -> Served:
    ground = ready.ground
    log = ground.log / "odoo.log"
    config = ready.odoo.write_config(
        "odoo.conf",
        {
            "db_name": options.database,
            "dbfilter": f"^{options.database}$",
            "http_interface": options.host,
            "http_port": options.port,
            "logfile": log,
        },
    )
    with (ground.state / "odoo.out").open("w") as output:
        process = subprocess.Popen(
            ready.odoo.command(config),
            env=ready.odoo.environ(),
            cwd=ground.root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    served = Served(process.pid, options.host, options.port, options.database)
    state_file(ground).write_text(json.dumps(asdict(served)))
    address = f"http://{reachable(options.host)}:{options.port}"
    wait_until_healthy(process, address, log)
    return served


def _greet(served: Served, suite: Suite, logins: list[list[str]], steps: Steps) -> None:
    lines = [
        "",
        f"Harvest & Thrive is served at {served.address}  ({steps.total():.0f} s)",
        f"  database   {served.database}",
        f"  log        {suite.ground.log / 'odoo.log'}",
        "  log in as",
        f"    admin / {suite.admin_password()}   (administrator)",
    ]
    lines += [
        f"    {login} / {word}   ({role}: {what})" for login, word, role, what in logins
    ]
    lines.append(f"Open {served.address}/odoo first. ./harvest stop ends it.")
    print("\n".join(lines))


def _refuse_public_demo(host: str, demo: str | None) -> None:
    if demo and demo != "none" and not is_loopback(host):
        raise GroundError(
            f"demo users have passwords that everybody knows: not served on {host}",
            "serve the demo on 127.0.0.1, or an empty system: --demo none --db NAME",
        )


def _end(pid: int) -> None:
    """End a process: ask first, insist after a while."""
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not proc.command_line(pid):
                return
            time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _tail(log: Path) -> str:
    try:
        lines = log.read_text("utf-8", "replace").splitlines()[-proc.TAIL_LINES :]
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in lines)
