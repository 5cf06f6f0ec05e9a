"""Zip archives and folders: what must be refused and what must not (hazard 21)."""

import io
import warnings
import zipfile

import pytest

from odoo.addons.harvest_district.sis import (
    Limits,
    ReadOptions,
    RosterError,
    UnreadableFile,
    UnsafeFile,
    read_oneroster,
)

from .rosters import read, small_roster, to_files, to_zip


@pytest.fixture(scope="module")
def files():
    return to_files(small_roster())


def test_one_common_folder_is_tolerated(files):
    roster = read({f"export/{name}": data for name, data in files.items()})
    assert len(roster.persons) == 26


def test_clutter_of_a_mac_is_ignored(files):
    extra = {"__MACOSX/._users.csv": b"\0\1", ".DS_Store": b"\0", "readme.txt": b"hi"}
    roster = read(files | extra)
    assert [p.file for p in roster.problems if p.code == "file_ignored"] == [
        "readme.txt"
    ]


def test_a_folder_reads_as_its_zip(files, tmp_path):
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert read_oneroster(tmp_path).persons == read(files).persons


@pytest.mark.parametrize(
    "name",
    ["../users.csv", "/etc/users.csv", "a/../../b.csv", "..\\x.csv", "C:\\x.csv"],
)
def test_a_path_that_leads_outside_is_refused(files, name):
    with pytest.raises(UnsafeFile) as caught:
        read(files | {name: b"x"})
    assert caught.value.code == "path_unsafe"


@pytest.mark.parametrize("name", ["Users.csv", "USERS.CSV", "users .csv"])
def test_names_that_differ_in_case_only_are_refused(files, name):
    with pytest.raises(UnsafeFile) as caught:
        read(files | {name: files["users.csv"]})
    assert caught.value.code == "name_twice"


def test_the_same_name_twice_is_refused(files):
    buffer = to_zip(files)
    with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("users.csv", "sourcedId\r\n")
    with pytest.raises(UnsafeFile) as caught:
        read_oneroster(buffer)
    assert (caught.value.code, caught.value.file) == ("name_twice", "users.csv")


@pytest.mark.parametrize("name", ["old/users.csv", "a/b/users.csv"])
def test_files_in_several_folders_are_refused(files, name):
    with pytest.raises(UnsafeFile) as caught:
        read(files | {name: b"sourcedId\r\n"})
    assert caught.value.code == "nested_folders"


def test_a_link_out_of_the_folder_is_refused(files, tmp_path):
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "results.csv").symlink_to("/etc/hostname")
    with pytest.raises(UnsafeFile):
        read_oneroster(tmp_path)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(files=3), "too_many_files"),
        (Limits(total_bytes=1000), "too_large"),
        (Limits(ratio=20), "ratio_too_high"),
    ],
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(files, limits, code):
    bomb = files | {"results.csv": b"0" * (2 << 20)}
    with pytest.raises(UnsafeFile) as caught:
        read(bomb, ReadOptions(limits=limits))
    assert caught.value.code == code


def test_a_zip_cut_anywhere_is_named_as_such(files):
    data = to_zip(files).getvalue()
    for cut in range(0, len(data), 97):
        with pytest.raises(UnreadableFile) as caught:
            read_oneroster(io.BytesIO(data[:cut]))
        assert caught.value.code == "zip_damaged"


def test_a_damaged_byte_in_a_zip_never_changes_data(files):
    data = to_zip(files).getvalue()
    whole = read(files).persons
    for place in range(0, len(data), 61):
        damaged = bytearray(data)
        damaged[place] ^= 0x55
        try:
            assert read_oneroster(io.BytesIO(bytes(damaged))).persons == whole
        except RosterError as error:
            assert str(error)


def test_an_encrypted_zip_says_so(files):
    data = bytearray(to_zip(files).getvalue())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    with pytest.raises(UnreadableFile) as caught:
        read_oneroster(io.BytesIO(bytes(data)))
    assert caught.value.code == "zip_encrypted"


def test_what_is_not_there_says_so(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        read_oneroster(tmp_path / "nothing.zip")
    assert caught.value.code == "not_found"
