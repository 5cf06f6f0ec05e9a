"""Rosters fetched from a folder and from a real SFTP server (``asyncssh``)."""

import io
import os
import zipfile
from pathlib import Path

import asyncssh
import pytest

from odoo.addons.harvest_district.sis import RosterError, build_snapshot
from odoo.addons.harvest_district.sis.adapters import ADAPTERS
from odoo.addons.harvest_district.sis.errors import NothingNew
from odoo.addons.harvest_district.sis.inbox import (
    Collector,
    FolderInbox,
    InboxPolicy,
)
from odoo.addons.harvest_district.sis.net import Net, NetPolicy
from odoo.addons.harvest_district.sis.sftp import SftpInbox
from odoo.addons.harvest_district.sis.source import Settings

from ..doubles.district import make_district
from ..doubles.sftp import PASSWORD, USER, SftpDouble
from .rosters import AS_OF, hashes, small_roster, snapshot, to_files, to_zip

TRUSTED = NetPolicy(
    connect_timeout=5, read_timeout=5, trusted_hosts=frozenset({"127.0.0.1"})
)


def drop(folder: Path, name: str = "roster.zip", tables=None, day: int = 1) -> Path:
    path = folder / name
    path.write_bytes(to_zip(to_files(tables or small_roster())).getvalue())
    os.utime(path, (1_790_000_000 + day * 86_400,) * 2)
    return path


def source(path: str, server: SftpDouble | None = None, **settings):
    """A connection that does not really wait between two looks."""
    extra = {"folders": [path], **settings.pop("extra", {})}
    if server:
        settings = {
            "base_url": server.url,
            "client_id": USER,
            "secret": PASSWORD,
            **settings,
        }
        extra = {"host_key": server.fingerprint, **extra}
    adapter = settings.pop("adapter", "oneroster_files")
    sleep = settings.pop("sleep", lambda seconds: None)
    made = Settings(adapter, path=path, extra=extra, as_of=AS_OF, **settings)
    return ADAPTERS[adapter](made, Net(made.base_url, policy=TRUSTED, sleep=sleep))


@pytest.fixture
def server(tmp_path):
    (tmp_path / "out").mkdir()
    with SftpDouble(tmp_path) as double:
        yield double


def refused(pull) -> str:
    with pytest.raises(RosterError) as caught:
        pull()
    return caught.value.code


# FOLDERS


def test_the_district_from_a_folder_is_the_csv_snapshot(tmp_path):
    district = make_district()
    drop(tmp_path, tables=district)
    pulled = source(str(tmp_path)).pull()
    shot = build_snapshot(pulled.roster, as_of=AS_OF)
    assert hashes(shot) == hashes(snapshot(district))
    assert not pulled.is_delta


def test_loose_csv_files_of_a_folder_are_one_delivery(tmp_path):
    for name, data in to_files(small_roster()).items():
        (tmp_path / name).write_bytes(data)
    pulled = source(str(tmp_path), extra={"pattern": "*.csv"}).pull()
    assert len(pulled.roster.persons) == 26
    assert len(pulled.cursor["files"]) == 8


def test_the_newest_file_of_the_pattern_is_read(tmp_path):
    drop(tmp_path, "roster-1.zip", small_roster(2), day=1)
    drop(tmp_path, "roster-2.zip", small_roster(3), day=2)
    drop(tmp_path, "other.zip", small_roster(4), day=3)
    pulled = source(str(tmp_path), extra={"pattern": "Roster-*.zip"}).pull()
    assert pulled.cursor["files"][0][0] == "roster-2.zip"
    assert len(pulled.roster.persons) == 14


def test_a_file_is_read_once(tmp_path):
    path = drop(tmp_path)
    first = source(str(tmp_path)).pull()
    with pytest.raises(NothingNew):
        source(str(tmp_path)).pull(first.cursor)
    os.utime(path, (1_790_400_000,) * 2)  # the same bytes, copied again
    with pytest.raises(NothingNew):
        source(str(tmp_path)).pull(first.cursor)
    drop(tmp_path, tables=small_roster(3), day=9)
    assert source(str(tmp_path)).pull(first.cursor).cursor != first.cursor


def test_a_file_that_grows_between_two_looks_is_left_alone(tmp_path):
    path = drop(tmp_path)

    def grow(_seconds: float) -> None:
        with path.open("ab") as stream:
            stream.write(b"more")

    assert refused(source(str(tmp_path), sleep=grow).pull) == "still_arriving"


def test_while_a_newer_file_arrives_the_older_one_is_read(tmp_path):
    drop(tmp_path, "a.zip", small_roster(2), day=1)
    late = drop(tmp_path, "b.zip", day=2)

    def grow(_seconds: float) -> None:
        late.write_bytes(late.read_bytes() + b"more")

    pulled = source(str(tmp_path), sleep=grow).pull()
    assert pulled.cursor["files"][0][0] == "a.zip"


def test_with_a_marker_only_marked_files_are_complete(tmp_path):
    drop(tmp_path)
    marked = {"marker": ".done"}
    assert refused(source(str(tmp_path), extra=marked).pull) == "still_arriving"
    (tmp_path / "roster.zip.done").touch()
    waits = []
    pulled = source(str(tmp_path), extra=marked, sleep=waits.append).pull()
    assert pulled.roster.persons and not waits


def test_a_set_of_which_one_file_arrives_is_left_alone(tmp_path):
    for name, data in to_files(small_roster()).items():
        (tmp_path / name).write_bytes(data)

    def grow(_seconds: float) -> None:
        with (tmp_path / "users.csv").open("ab") as stream:
            stream.write(b"s1")

    pull = source(str(tmp_path), extra={"pattern": "*.csv"}, sleep=grow).pull
    assert refused(pull) == "still_arriving"


def test_a_file_that_changes_while_it_is_fetched_is_not_read(tmp_path):
    path = drop(tmp_path)
    inbox = FolderInbox(str(tmp_path))
    honest = inbox.read

    def read(entry):
        yield from honest(entry)
        path.write_bytes(b"PK")

    inbox.read = read
    with pytest.raises(RosterError) as caught:
        with Collector(inbox, InboxPolicy(), lambda seconds: None).fetch():
            pass
    assert caught.value.code == "still_arriving"


def test_a_file_that_is_too_large_is_not_fetched(tmp_path):
    drop(tmp_path)
    inbox = FolderInbox(str(tmp_path))
    inbox.read = None  # it would fail
    with pytest.raises(RosterError) as caught:
        policy = InboxPolicy(max_bytes=100)
        with Collector(inbox, policy, lambda seconds: None).fetch():
            pass
    assert caught.value.code == "download_too_large"


def test_links_out_of_the_folder_are_refused(tmp_path):
    (tmp_path / "in").mkdir()
    secret = drop(tmp_path, "secret.zip")
    (tmp_path / "in" / "roster.zip").symlink_to(secret)
    assert refused(source(str(tmp_path / "in")).pull) == "path_unsafe"


@pytest.mark.parametrize("allowed", [(), ("",), ("/srv/rosters",)])
def test_only_allowed_folders_of_the_server_are_read(tmp_path, allowed):
    drop(tmp_path)
    pull = source(str(tmp_path), extra={"folders": allowed}).pull
    assert refused(pull) == "folder_not_allowed"
    around = source(f"{tmp_path}/x/../../..", extra={"folders": [str(tmp_path)]})
    assert refused(around.pull) == "folder_not_allowed"
    inside = source(str(tmp_path), extra={"folders": [str(tmp_path.parent)]})
    assert inside.pull().roster.persons


def test_places_without_files_say_so(tmp_path):
    assert refused(source(str(tmp_path / "no")).pull) == "not_found"
    assert refused(source(str(tmp_path)).pull) == "inbox_empty"


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temp))
    drop(tmp_path)
    source(str(tmp_path)).pull()
    (tmp_path / "roster.zip").write_bytes(b"PK no zip")
    assert refused(source(str(tmp_path)).pull) == "zip_damaged"
    assert not list(temp.iterdir())


def test_another_format_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "sds.zip", "w") as archive:
        archive.writestr("School.csv", "SIS ID,Name\n1,A\n")
        archive.writestr("Student.csv", "SIS ID,School SIS ID\n1,1\n")
    with pytest.raises(RosterError) as caught:
        source(str(tmp_path)).pull()
    assert caught.value.code == "other_dialect"
    assert "Microsoft School Data Sync" in caught.value.problem.message


# SFTP


def test_the_district_by_sftp_is_the_csv_snapshot(server, tmp_path):
    district = make_district()
    drop(tmp_path / "out", tables=district)
    pulled = source("out", server).pull()
    shot = build_snapshot(pulled.roster, as_of=AS_OF)
    assert hashes(shot) == hashes(snapshot(district))
    with pytest.raises(NothingNew):
        source("out", server).pull(pulled.cursor)
    assert (tmp_path / "out" / "roster.zip").exists() and not server.changed


def test_a_private_key_lets_us_in(server, tmp_path):
    drop(tmp_path / "out")
    assert source("out", server, secret=server.private_key).pull().roster.persons


@pytest.mark.parametrize(
    ("secret", "code"),
    [
        ("wrong", "sftp_refused"),
        ("-----BEGIN OPENSSH PRIVATE " + "KEY-----\nnonsense", "key_unreadable"),
        (
            asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode(),
            "sftp_refused",
        ),
        (
            asyncssh.generate_private_key("ecdsa-sha2-nistp256")
            .export_private_key(passphrase="secret")
            .decode(),
            "key_locked",
        ),
    ],
)
def test_wrong_credentials_are_told(server, secret, code):
    assert refused(source("out", server, secret=secret).pull) == code


def test_another_host_key_gets_no_credentials(server, tmp_path):
    drop(tmp_path / "out")
    other = asyncssh.generate_private_key("ssh-ed25519").get_fingerprint()
    wrong = source("out", server, extra={"host_key": other})
    steps = list(wrong.check())
    assert [step.code for step in steps] == ["settings", "reach"]
    assert steps[-1].problem.code == "host_key_changed"
    unknown = source("out", server, extra={"host_key": ""})
    with pytest.raises(RosterError) as caught:
        unknown.pull()
    assert caught.value.code == "host_key_missing"
    assert server.fingerprint in caught.value.problem.message
    both = source("out", server, extra={"host_key": f"{other}\n{server.fingerprint}"})
    assert both.pull().roster.persons


def test_a_missing_folder_is_told(server):
    steps = list(source("no", server).check())
    assert [step.code for step in steps] == ["settings", "reach", "token", "folder"]
    assert steps[-1].problem.code == "not_found"


def test_a_connection_test_goes_through(server, tmp_path):
    drop(tmp_path / "out")
    steps = list(source("out", server).check())
    assert not any(step.problem for step in steps)
    assert {step.code: step.count for step in steps} == {
        "settings": None,
        "reach": None,
        "token": None,
        "folder": 1,
        "file": 1,
        "schools": 2,
    }
    missing = list(source("", server).check())
    assert missing[-1].problem.code == "setting_missing"


def test_a_half_uploaded_file_by_sftp_is_left_alone(server, tmp_path):
    path = drop(tmp_path / "out")

    def grow(_seconds: float) -> None:
        path.write_bytes(path.read_bytes()[:-10])

    assert refused(source("out", server, sleep=grow).pull) == "still_arriving"


def test_a_line_that_goes_dead_applies_nothing(server, tmp_path, monkeypatch):
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temp))
    with zipfile.ZipFile(tmp_path / "out" / "big.zip", "w") as archive:
        archive.writestr("users.csv", os.urandom(1 << 20))
    server.cut_after = 1 << 18
    assert refused(source("out", server).pull) == "net_cut_off"
    assert not list(temp.iterdir())


def test_a_server_that_is_not_there(server):
    dead = Settings("oneroster_files", base_url="sftp://127.0.0.1:1", path="out")
    made = ADAPTERS["oneroster_files"](
        Settings(
            dead.adapter,
            base_url=dead.base_url,
            path="out",
            client_id=USER,
            secret=PASSWORD,
        ),
        Net(dead.base_url, policy=TRUSTED),
    )
    assert refused(made.pull) == "net_unreachable"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sftp://127.0.0.1", "net_private_address"),
        ("https://example.org", "net_bad_address"),
        ("sftp://me:secret@example.org", "net_credentials_in_url"),
        ("sftp://example.org:no", "net_bad_address"),
    ],
)
def test_addresses_that_are_not_asked(url, code, server):
    def pull():
        target = server.url if code == "net_private_address" else url
        inbox = SftpInbox(target, "out", USER, PASSWORD, "x", NetPolicy())
        with inbox.connected():
            pass

    assert refused(pull) == code
    assert not server.opened


def test_a_truncated_upload_is_a_damaged_zip(tmp_path):
    data = to_zip(to_files(small_roster())).getvalue()
    reader = source(str(tmp_path))
    assert refused(lambda: reader.read(io.BytesIO(data[:-50]))) == "zip_damaged"
