"""A bad ground is told in one sentence, with what to do about it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.launcher import account, disk, doctor, links, ports, system
from scripts.launcher.account import Account, choose_account
from scripts.launcher.database import Databases
from scripts.launcher.errors import (
    CannotEnter,
    DatabaseDown,
    GroundError,
    PortTaken,
    UsageError,
)
from scripts.launcher.odoo_home import find_odoo
from scripts.launcher.paths import Ground
from scripts.launcher.postgres import Cluster
from scripts.launcher.serve import UpOptions, up
from scripts.launcher.server_settings import (
    SOCKET_LIMIT,
    Server,
    named_server,
    socket_fits,
    socket_path,
)
from scripts.launcher.steps import Steps
from scripts.launcher.suite import require_demo_size, require_name
from scripts.launcher.system import Need
from scripts.launcher.venv import require_python

ME = Account("me", os.getuid(), os.getgid(), Path("/nowhere"))


@pytest.fixture
def ground(tmp_path) -> Ground:
    return Ground(root=tmp_path / "clone", cache=tmp_path / "cache")


@pytest.fixture
def steps() -> Steps:
    with Path(os.devnull).open("w") as stream:
        yield Steps(stream)


@pytest.fixture
def taken():
    """A port that this very process listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def fake(folder: Path, name: str, body: str) -> None:
    """Put a command of ours before the system's."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_xml_libraries_that_believe_forgeries_are_told(ground, monkeypatch):
    fake(ground.python.parent, ground.python.name, "printf altered; exit 1")
    monkeypatch.setattr(doctor.Venv, "stale", lambda _self, _name: False)

    [found] = doctor._saml(ground)

    assert found.state == doctor.BROKEN
    assert found.detail.endswith("altered")
    assert "./harvest up" in found.remedy


def test_xml_libraries_of_this_environment_refuse_forgeries(repo):
    script = str(repo / "scripts/check_saml.py")

    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_taken_port_names_the_process_and_another_port(taken):
    with pytest.raises(PortTaken) as caught:
        ports.require_free("127.0.0.1", taken)

    assert f"port {taken}" in caught.value.message
    assert f"process {os.getpid()}" in caught.value.message
    assert f"--port {taken + 1}" in caught.value.remedy


def test_free_port_is_not_refused():
    ports.require_free("127.0.0.1", ports.free_port())


def test_up_refuses_a_taken_port_before_it_does_any_work(ground, steps, taken):
    ground.state.mkdir(parents=True)

    with pytest.raises(PortTaken):
        up(ground, steps, UpOptions(port=taken))

    assert list(ground.state.iterdir()) == []


def test_full_disk_says_how_much_is_needed_and_where(tmp_path):
    with pytest.raises(GroundError) as caught:
        disk.require_space(
            tmp_path, 900_000_000, "unpacking Odoo", free=lambda folder: 20_000_000
        )

    assert "disk full: unpacking Odoo needs 900 MB" in caught.value.message
    assert "20 MB are free" in caught.value.message
    assert "free some space" in caught.value.remedy


def test_free_space_is_measured_where_the_folder_will_be_made(tmp_path):
    assert disk.free_bytes(tmp_path / "a/b/c") == shutil.disk_usage(tmp_path).free


def test_old_python_is_refused():
    with pytest.raises(GroundError) as caught:
        require_python((3, 10))

    assert "Python 3.10 is too old" in caught.value.message
    assert "HARVEST_PYTHON" in caught.value.remedy
    require_python((3, 11))


def test_launcher_says_which_python_it_needs(repo, tmp_path):
    """The bootstrap itself, with a Python that is too old and no other in reach."""
    fake(tmp_path / "bin", "old-python", "exit 1")
    env = {"PATH": os.environ["PATH"]} | {
        "HARVEST_PYTHON": str(tmp_path / "bin/old-python")
    }
    done = subprocess.run(
        [str(repo / "harvest"), "doctor"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "is not a Python 3.11 or later" in done.stderr
    assert "remedy: name another one" in done.stderr


def test_database_that_is_down_is_told_without_a_traceback(ground, tmp_path):
    server = Server(host=str(tmp_path), port=5432, user="harvest")

    with pytest.raises(DatabaseDown) as caught:
        Databases(ground, ME, server).names()

    assert "PostgreSQL does not let us in" in caught.value.message
    assert "HARVEST_DB_HOST" in caught.value.remedy


def test_database_that_refuses_us_repeats_its_reason(ground, tmp_path, monkeypatch):
    refusal = "psql: error: connection to server failed: FATAL: no pg_hba.conf entry"
    fake(tmp_path / "bin", "psql", f"echo '{refusal}' >&2; exit 2")
    monkeypatch.setattr(
        "scripts.launcher.database._psql", lambda: str(tmp_path / "bin/psql")
    )

    with pytest.raises(DatabaseDown) as caught:
        Databases(ground, ME, Server("db", 5432, "harvest")).names()

    assert "no pg_hba.conf entry" in caught.value.message


def test_cluster_that_does_not_start_shows_its_log(ground, tmp_path, steps):
    fake(tmp_path / "bin", "pg_ctl", "echo 'waiting for server'; exit 1")
    cluster = Cluster(ground, ME, steps)
    cluster.bin = tmp_path / "bin"
    ground.log.mkdir(parents=True)
    cluster.log_file.write_text("LOG: starting\nFATAL: data folder is damaged\n")
    ground.pg.mkdir(parents=True)
    (ground.pg / "harvest.made").touch()

    with pytest.raises(DatabaseDown) as caught:
        cluster.ensure()

    assert "FATAL: data folder is damaged" in caught.value.message
    assert str(cluster.log_file) in caught.value.remedy


def test_missing_postgresql_names_the_package(ground, steps):
    cluster = Cluster(ground, ME, steps)
    cluster.bin = None
    ground.state.mkdir(parents=True)

    with pytest.raises(GroundError) as caught:
        cluster.ensure()

    assert "PostgreSQL 15 or later is not installed" in caught.value.message
    assert "apt-get install postgresql" in caught.value.remedy


def test_old_postgresql_is_not_taken(tmp_path):
    for version in ("13", "14"):
        fake_bin = tmp_path / version / "bin"
        fake_bin.mkdir(parents=True)
        (fake_bin / "initdb").touch()
    assert "13" not in str(system.postgres_bin(tmp_path) or "")

    (tmp_path / "17/bin").mkdir(parents=True)
    (tmp_path / "17/bin/initdb").touch()
    assert system.postgres_bin(tmp_path) == tmp_path / "17/bin"


def test_long_path_moves_the_socket_to_a_short_folder(tmp_path, steps):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    short = Ground(root=Path("/srv/harvest"), cache=tmp_path)
    long = Ground(root=deep, cache=tmp_path)

    assert Cluster(short, ME, steps).socket_folder == short.run
    folder = Cluster(long, ME, steps).socket_folder
    assert not folder.is_relative_to(deep)
    assert len(os.fsencode(socket_path(folder))) <= SOCKET_LIMIT


def test_socket_limit_is_the_kernels(tmp_path):
    """The longest path that we accept can be bound, and one byte more cannot."""
    base = Path("/tmp")
    room = SOCKET_LIMIT - len(os.fsencode(socket_path(base / "")))
    fits, does_not = base / ("s" * (room - 1)), base / ("s" * room)

    assert socket_fits(fits)
    assert not socket_fits(does_not)
    with pytest.raises(OSError, match="AF_UNIX path too long"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(socket_path(does_not))


def test_socket_folder_of_someone_else_is_refused(tmp_path, steps, monkeypatch):
    deep = Ground(tmp_path / ("d" * 60) / ("e" * 60), tmp_path)
    other = Account("other", os.getuid() + 1, os.getgid(), Path("/nowhere"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    cluster = Cluster(deep, other, steps)

    with pytest.raises(GroundError) as caught:
        cluster._own_socket_folder()

    cluster.socket_folder.rmdir()
    assert "belongs to someone else" in caught.value.message


@pytest.mark.parametrize("size", ["medium", "SMALL", ""])
def test_unknown_demo_size_lists_the_known_ones(size):
    with pytest.raises(UsageError) as caught:
        require_demo_size(size)

    assert repr(size) in caught.value.message
    assert "small, pilot, none" in caught.value.remedy


@pytest.mark.parametrize("name", ["postgres", "harvest_test_a", "a;b", "Harvest", "9a"])
def test_database_names_that_are_reserved_or_need_quotes_are_refused(name):
    with pytest.raises(UsageError):
        require_name(name)

    require_name("harvest")


def test_account_that_cannot_enter_is_told_and_not_worked_around(ground, monkeypatch):
    """As root, in a container without the right to lend."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "_can_read", lambda prefix, path: False)
    monkeypatch.setattr(account, "has_capability", lambda bit: False)

    with pytest.raises(CannotEnter) as caught:
        choose_account(ground)

    assert str(ground.root) in caught.value.message
    assert "/srv" in caught.value.remedy


def test_account_is_lent_the_right_to_read_only_when_it_needs_it(ground, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "has_capability", lambda bit: True)
    monkeypatch.setattr(account, "_can_read", lambda prefix, path: True)
    assert not choose_account(ground).lent_read

    monkeypatch.setattr(
        account,
        "_can_read",
        lambda prefix, path: "--ambient-caps=+dac_read_search" in prefix,
    )
    lent = choose_account(ground)
    assert lent.lent_read
    assert "--bounding-set=-all,+dac_read_search" in lent.prefix


def test_odoo_variables_of_the_host_do_not_steer_ours(ground):
    base = {"ODOO_RC": "x", "PGHOST": "x", "PYTHONPATH": "x", "PATH": "/bin", "CI": "1"}

    env = ME.environ(ground, base)

    assert not {"ODOO_RC", "PGHOST", "PYTHONPATH"} & env.keys()
    assert env["CI"] == "1"
    assert env["PATH"].endswith(":/bin")


def test_dangling_asset_link_names_the_package_that_mends_it(tmp_path):
    static = tmp_path / "odoo/addons/web/static/lib"
    static.mkdir(parents=True)
    (static / "jquery.js").symlink_to("../../usr/share/javascript/jquery/jquery.js")

    with pytest.raises(GroundError) as caught:
        links.require_links(tmp_path)

    assert "1 asset links of Odoo dangle" in caught.value.message
    assert "jquery.js" in caught.value.message
    assert caught.value.remedy.startswith("libjs-jquery mends it")


def test_whole_links_and_the_known_dangling_one_are_accepted(tmp_path):
    (tmp_path / "a.js").touch()
    (tmp_path / "b.js").symlink_to("a.js")
    (tmp_path / "Inconsolata.otf").symlink_to("nowhere")

    links.require_links(tmp_path)

    assert links.dangling_links(tmp_path) == []


def test_missing_system_package_without_root_gives_the_apt_line(steps, monkeypatch):
    monkeypatch.setattr(system, "_root_prefix", lambda: None)
    need = Need("Pango", ("libpango-1.0-0", "libpangoft2-1.0-0"), lambda: False)

    with pytest.raises(GroundError) as caught:
        system.ensure_packages([need], steps)

    assert "missing on this system: Pango" in caught.value.message
    assert caught.value.remedy == (
        "as root: apt-get install --no-install-recommends "
        "libpango-1.0-0 libpangoft2-1.0-0"
    )


@pytest.mark.parametrize("version", [None, "18, 0", "20, 0"])
def test_named_folder_without_odoo_19_is_refused(ground, steps, tmp_path, version):
    release = tmp_path / "odoo/release.py"
    release.parent.mkdir()
    if version:
        release.write_text(f"version_info = ({version}, 0, 'final', 0, '')\n")

    with pytest.raises(GroundError) as caught:
        find_odoo(ground, steps, {"HARVEST_ODOO": str(tmp_path)})

    assert str(tmp_path) in caught.value.message
    assert "HARVEST_ODOO" in caught.value.remedy


def test_source_tree_is_taken_with_the_addons_beside_it(ground, steps, tmp_path):
    release = tmp_path / "odoo/release.py"
    release.parent.mkdir()
    release.write_text("version_info = (19, 0, 0, 'final', 0, '')\n")
    (tmp_path / "addons").mkdir()

    home = find_odoo(ground, steps, {"HARVEST_ODOO": str(tmp_path)})

    assert (home.folder, home.addons) == (tmp_path, (tmp_path / "addons",))
    assert not home.packaged


def test_server_is_named_by_environment_before_the_file(tmp_path):
    conf = tmp_path / "odoo.conf"
    conf.write_text("[options]\ndb_host = file.example\ndb_port = 5433\n")

    assert named_server(conf, {}).host == "file.example"
    named = named_server(conf, {"HARVEST_DB_HOST": "env.example"})
    assert (named.host, named.port) == ("env.example", 5433)
    conf.write_text("[options]\ndb_host = False\n")
    assert named_server(conf, {}) is None


def test_unknown_command_and_option_end_with_two(repo):
    for words in (["dance"], ["up", "--nonsense"], ["up", "--demo", "huge"]):
        argv = [sys.executable, str(repo / "scripts/launcher"), *words]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)

        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr
