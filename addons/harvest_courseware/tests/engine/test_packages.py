"""Packages are read, and hostile ones are refused, each for its own reason."""

import contextlib
import io
import stat
import struct
import warnings
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_courseware.packages import (
    Limits,
    PackageError,
    open_archive,
    read_package,
)
from odoo.addons.harvest_courseware.tests.builder import (
    MASTERY_80,
    TINCAN_XML,
    cmi5_xml,
    make_cmi5,
    make_scorm12,
    make_tincan,
    make_zip,
    scorm12_manifest,
)

LIMITS = Limits()
HTML = "<html></html>"


def read(data, limits=LIMITS):
    archive = open_archive(io.BytesIO(data), limits)
    package = read_package(archive, limits)
    archive.verify()
    return package


def refusal(data, limits=LIMITS):
    with pytest.raises(PackageError) as caught:
        read(data, limits)
    return caught.value.code


def test_scorm_12_is_read():
    items = [("One", "a/index.html?x=1", MASTERY_80), ("Two", "b.htm", "")]
    package = read(make_scorm12({"a/index.html": HTML, "b.htm": HTML}, items=items))

    assert (package.standard, package.title) == ("scorm12", "Kitchen basics")
    first, second = package.units
    assert (first.href, first.query, first.mastery) == ("a/index.html", "?x=1", 80)
    assert (first.kind, first.identifier) == ("sco", "I0")
    assert (second.title, second.mastery) == ("Two", None)


def test_items_are_read_as_deep_as_they_are_nested():
    inner = "<item identifier='IN' identifierref='R0'><title>In</title></item>"
    package = read(make_scorm12(items=[("Out", "index.html", inner)]))

    assert [unit.title for unit in package.units] == ["Out", "In"]


def test_parameters_of_an_item_are_added_to_its_address():
    manifest = scorm12_manifest(items=[("One", "index.html?a=1", "")]).replace(
        "identifier='I0'", "identifier='I0' parameters='?b=2'"
    )
    package = read(make_zip({"imsmanifest.xml": manifest, "index.html": HTML}))

    assert package.units[0].query == "?a=1&b=2"


def test_xml_base_leads_to_the_files():
    manifest = scorm12_manifest().replace("<resources>", "<resources xml:base='web/'>")
    package = read(make_zip({"imsmanifest.xml": manifest, "web/index.html": HTML}))

    assert package.units[0].href == "web/index.html"


def test_an_asset_is_told_from_a_lesson():
    manifest = scorm12_manifest().replace("scormtype='sco'", "scormtype='asset'")
    package = read(make_zip({"imsmanifest.xml": manifest, "index.html": HTML}))

    assert package.units[0].kind == "asset"


def test_cmi5_is_read():
    units = [
        (
            "https://courses.example.org/1",
            "au.html?p=1",
            "Passed",
            "masteryScore='0.8'",
        ),
        ("https://courses.example.org/2", "au.html", "CompletedAndPassed", ""),
    ]
    package = read(make_cmi5(units=units))

    assert (package.standard, package.title) == ("cmi5", "First aid")
    assert package.identifier == "https://courses.example.org/course"
    first = package.units[0]
    assert (first.mastery, first.move_on, first.query) == (0.8, "Passed", "?p=1")
    assert first.blocks == ("https://courses.example.org/block",)


def test_cmi5_without_move_on_is_not_applicable():
    xml = cmi5_xml().replace("moveOn='Completed'", "")
    package = read(make_zip({"cmi5.xml": xml, "au.html": HTML}))

    assert package.units[0].move_on == "NotApplicable"


def test_tincan_is_read():
    package = read(make_tincan())

    assert (package.standard, package.title) == ("xapi", "Playground watch")
    assert [unit.href for unit in package.units] == ["start.html"]
    assert package.identifier == "https://courses.example.org/tincan"


def test_cmi5_wins_over_the_tincan_xml_beside_it():
    package = read(make_cmi5({"tincan.xml": TINCAN_XML, "start.html": HTML}))

    assert package.standard == "cmi5"


def test_names_in_utf_8_are_found_even_if_the_zip_does_not_say_so():
    name = "leçon.html"
    manifest = scorm12_manifest(items=[("One", "le%C3%A7on.html", "")])
    data = make_zip({"imsmanifest.xml": manifest, name: HTML})
    # take the flag away, as old tools do: the name stays UTF-8
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature, data.index(signature) + 4)
        flags = struct.unpack_from("<H", data, at + offset)[0] & ~0x800
        data = data[: at + offset] + struct.pack("<H", flags) + data[at + offset + 2 :]

    assert read(data).units[0].href == name


def test_the_case_of_a_file_does_not_matter():
    package = read(make_scorm12(items=[("One", "INDEX.HTML", "")]))

    assert package.units[0].href == "index.html"


@pytest.mark.parametrize(
    "name",
    ["../evil.html", "/etc/evil.html", "a/../../b.html", "C:/x.html", "..\\x.html"],
)
def test_a_file_that_leads_outside_is_refused(name):
    assert refusal(make_scorm12({name: HTML})) == "unsafe_path"


def test_a_link_is_refused():
    info = zipfile.ZipInfo("link.html")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    stream = io.BytesIO(make_scorm12())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(info, "/etc/passwd")

    assert refusal(stream.getvalue()) == "unsafe_path"


def test_a_bomb_is_refused_before_it_is_unpacked():
    assert refusal(make_scorm12({"zeros.bin": b"\0" * 4_000_000})) == "bomb"


def test_sizes_are_limited():
    data = make_scorm12({"a.bin": bytes(range(256)) * 40})

    assert refusal(data, Limits(files=2)) == "too_many_files"
    assert refusal(data, Limits(unpacked=10_000)) == "too_large"
    assert refusal(data, Limits(file=10_000)) == "file_too_large"
    assert refusal(data, Limits(manifest=100)) == "manifest_too_large"


def test_a_size_that_lies_is_found_out():
    """The directory says that a bomb is small: no more than that is unpacked."""
    data = make_scorm12({"zeros.bin": b"\0" * 4_000_000})
    data = data.replace(struct.pack("<L", 4_000_000), struct.pack("<L", 4_000))

    assert refusal(data) == "damaged"


def test_a_duplicate_is_refused():
    stream = io.BytesIO(make_scorm12())
    with zipfile.ZipFile(stream, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("index.html", "other")

    assert refusal(stream.getvalue()) == "duplicate"


def test_a_password_is_refused():
    data = bytearray(make_scorm12())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1

    assert refusal(bytes(data)) == "encrypted"


def test_a_rare_compression_is_refused():
    data = bytearray(make_scorm12())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.index(signature) + offset
        data[at : at + 2] = struct.pack("<H", 1)  # “shrunk”, of the year 1989

    assert refusal(bytes(data)) == "compression"


def test_damage_is_found():
    data = make_scorm12({"a.txt": "A sentence that will be cut." * 20})
    at = data.index(b"a.txt") + 12
    broken = (
        data[:at] + bytes(byte ^ 0xFF for byte in data[at : at + 4]) + data[at + 4 :]
    )

    assert refusal(broken) == "damaged"
    assert refusal(data[: len(data) // 2]) == "not_zip"
    assert refusal(b"") == "not_zip"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "empty"),
        ({"a.html": HTML}, "no_manifest"),
        ({"course/imsmanifest.xml": scorm12_manifest()}, "nested"),
        ({"imsmanifest.xml": "<manifest"}, "bad_xml"),
        ({"imsmanifest.xml": ""}, "bad_xml"),
        (
            {"imsmanifest.xml": b"<?xml version='1.0'?><manifest>\xe9</manifest>"},
            "bad_xml",
        ),
        ({"imsmanifest.xml": scorm12_manifest()}, "missing_file"),
        ({"imsmanifest.xml": "<manifest/>"}, "no_units"),
        ({"cmi5.xml": "<course/>"}, "bad_root"),
        ({"tincan.xml": "<course/>"}, "bad_root"),
        (
            {"cmi5.xml": cmi5_xml().replace("au.html", "https://other.example.org/x")},
            "other_host",
        ),
        (
            {"cmi5.xml": cmi5_xml().replace("au.html", "a.pdf"), "a.pdf": "x"},
            "not_page",
        ),
        ({"imsmanifest.xml": scorm12_manifest(scheme="2004 4th Edition")}, "scorm2004"),
        ({"imsmanifest.xml": scorm12_manifest(scheme="CAM 1.3")}, "scorm2004"),
    ],
)
def test_what_is_wrong_with_a_manifest_is_said(files, code):
    assert refusal(make_zip(files)) == code


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("moveOn", "Sometimes"), ("masteryScore", "8"), ("masteryScore", "x")],
)
def test_values_outside_of_cmi5_are_refused(attribute, value):
    xml = cmi5_xml().replace("moveOn='Completed'", f"{attribute}='{value}'")

    assert refusal(make_zip({"cmi5.xml": xml, "au.html": HTML})) == "bad_value"


def test_a_lesson_is_named_once():
    unit = ("https://courses.example.org/1", "au.html", "Passed", "")

    assert refusal(make_cmi5(units=[unit, unit])) == "duplicate_unit"


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE manifest SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE manifest [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE manifest [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>",
    ],
)
def test_entities_never_read_a_file(doctype):
    manifest = scorm12_manifest(items=[("&x;&b;", "index.html", "")])
    manifest = manifest.replace("&amp;", "&").replace(
        "?><manifest", f"?>{doctype}<manifest"
    )

    assert refusal(make_zip({"imsmanifest.xml": manifest, "index.html": HTML})) in (
        "doctype",
        "bad_xml",
    )


def test_every_refusal_has_a_text():
    """What the engine can say and what ``explain`` can tell are the same."""
    import ast
    import inspect
    import pathlib

    from odoo.addons.harvest_courseware import explain
    from odoo.addons.harvest_courseware.packages import reader

    folder = pathlib.Path(inspect.getfile(reader)).parent
    raised = {
        node.args[0].value
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "PackageError"
        and node.args
    }

    class Env:
        _ = staticmethod(lambda text: text)

    told = explain._container_texts(Env) | explain._manifest_texts(Env)
    assert raised | {"archive_too_large"} == told.keys()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_makes_another_error(data):
    """Whatever bytes are turned, it is read or refused, and nothing else happens."""
    package = bytearray(make_cmi5())
    for _turn in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(package) - 1))
        package[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(PackageError):
        read(bytes(package))
