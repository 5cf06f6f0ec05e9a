import io
import json
import shutil
import subprocess
import zipfile

import pytest

from odoo.addons.harvest_privacy import archive, archive_signing

KEY = archive_signing.generate()
PEM = archive_signing.public_pem(KEY)
ENTRIES = (
    archive.Entry("record.json", b'{"name": "Ana"}'),
    archive.Entry("files/1-letter.txt", "señal".encode()),
)


def packed(entries=ENTRIES, key=KEY):
    out = io.BytesIO()
    archive.write(out, entries, {"reference": "RR-1"}, "Check it", key)
    return out.getvalue()


def repacked(change):
    """The same archive with ``change(name, data)`` applied; None leaves a file out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed())) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return out.getvalue()


def test_what_was_written_is_verified():
    manifest = archive.verify(packed(), PEM)
    assert manifest["reference"] == "RR-1"
    assert [file["path"] for file in manifest["files"]] == [
        "README.txt",
        "record.json",
        "files/1-letter.txt",
    ]


def test_another_key_is_not_believed():
    with pytest.raises(archive.NotGenuine):
        archive.verify(packed(key=archive_signing.generate()), PEM)


def test_a_changed_file_is_found():
    forged = repacked(
        lambda name, data: data.replace(b"Ana", b"Eva") if "record" in name else data
    )
    with pytest.raises(archive.Altered):
        archive.verify(forged, PEM)


def test_a_changed_manifest_is_found():
    forged = repacked(
        lambda name, data: (
            data.replace(b"RR-1", b"RR-2") if name == archive.MANIFEST else data
        )
    )
    with pytest.raises(archive.NotGenuine):
        archive.verify(forged, PEM)


def test_an_added_file_is_found():
    out = io.BytesIO(packed())
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("files/2-strange.txt", b"strange")
    with pytest.raises(archive.Altered):
        archive.verify(out.getvalue(), PEM)


def test_a_file_twice_is_found():
    out = io.BytesIO(packed())
    with pytest.warns(UserWarning), zipfile.ZipFile(out, "a") as package:
        package.writestr("record.json", ENTRIES[0].data)
    with pytest.raises(archive.Altered):
        archive.verify(out.getvalue(), PEM)


@pytest.mark.parametrize("gone", ["record.json", archive.SIGNATURE])
def test_a_missing_file_is_found(gone):
    with pytest.raises(archive.ArchiveError):
        archive.verify(repacked(lambda name, data: None if name == gone else data), PEM)


def test_no_zip_is_not_an_archive():
    with pytest.raises(archive.NotAnArchive):
        archive.verify(b"no", PEM)


def test_a_name_cannot_leave_its_folder():
    assert archive.safe_name("../../etc/passwd") == "_.._etc_passwd"
    assert archive.safe_name("año 1.pdf") == "año 1.pdf"
    assert archive.safe_name("...") == "file"
    assert len(archive.safe_name("x" * 300 + ".pdf")) < 100


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not here")
def test_openssl_verifies_as_described(tmp_path):
    with zipfile.ZipFile(io.BytesIO(packed())) as package:
        package.extractall(tmp_path)
    command = (
        "openssl pkeyutl -verify -pubin -inkey key.pem -rawin"
        " -in manifest.json -sigfile manifest.json.sig"
    )
    done = subprocess.run(
        command.split(), cwd=tmp_path, capture_output=True, check=False, text=True
    )
    assert "Verified Successfully" in done.stdout
    assert json.loads((tmp_path / "manifest.json").read_text())["format"]
