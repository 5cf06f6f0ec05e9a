"""Invented course packages, made in code."""

import io
import json
import zipfile
from html import escape
from pathlib import Path

PEERS = Path(__file__).parent / "data/peers"
PAGE = (
    "<!DOCTYPE html><html lang='en'><head><title>Lesson</title></head>"
    "<body>%s</body></html>"
)


def make_zip(files, **options):
    """Return the bytes of a ZIP of ``{path: text or bytes}``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def scorm12_manifest(items=(("Knife safety", "index.html", ""),), scheme="1.2"):
    """:param items: of (title, href, more XML inside the item)"""
    lines, resources = [], []
    for number, (title, href, more) in enumerate(items):
        lines.append(
            f"<item identifier='I{number}' identifierref='R{number}'>"
            f"<title>{escape(title)}</title>{more}</item>"
        )
        resources.append(
            f"<resource identifier='R{number}' type='webcontent'"
            f" adlcp:scormtype='sco' href='{escape(href)}'/>"
        )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        "<manifest identifier='M1' xmlns='http://www.imsproject.org/xsd/imscp_rootv1p1p2'"
        " xmlns:adlcp='http://www.adlnet.org/xsd/adlcp_rootv1p2'>"
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{scheme}</schemaversion>"
        "</metadata><organizations default='O1'><organization identifier='O1'>"
        f"<title>Kitchen basics</title>{''.join(lines)}</organization></organizations>"
        f"<resources>{''.join(resources)}</resources></manifest>"
    )


def make_scorm12(files=None, **manifest):
    content = {"index.html": PAGE % "Hello", **(files or {})}
    return make_zip({"imsmanifest.xml": scorm12_manifest(**manifest), **content})


MASTERY_80 = "<adlcp:masteryscore>80</adlcp:masteryscore>"


def cmi5_xml(units=(("https://courses.example.org/au/1", "au.html", "Completed", ""),)):
    """:param units: of (id, url, moveOn, more attributes)"""
    lines = "".join(
        f"<au id='{identifier}' moveOn='{move_on}' {more}><title>"
        f"<langstring lang='en-US'>Unit {number}</langstring></title><description>"
        f"<langstring lang='en-US'>-</langstring></description><url>{escape(url)}</url>"
        "</au>"
        for number, (identifier, url, move_on, more) in enumerate(units)
    )
    return (
        "<courseStructure xmlns='https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure"
        ".xsd'><course id='https://courses.example.org/course'><title>"
        "<langstring lang='es'>Primeros auxilios</langstring>"
        "<langstring lang='en-US'>First aid</langstring></title><description>"
        "<langstring lang='en-US'>What to do first</langstring></description></course>"
        f"<block id='https://courses.example.org/block'>{lines}</block>"
        "</courseStructure>"
    )


def make_cmi5(files=None, **manifest):
    content = {"au.html": PAGE % "AU", **(files or {})}
    return make_zip({"cmi5.xml": cmi5_xml(**manifest), **content})


TINCAN_XML = (
    "<tincan xmlns='http://projecttincan.com/tincan.xsd'><activities>"
    "<activity id='https://courses.example.org/tincan' type='http://adlnet.gov/expapi/"
    "activities/course'><name lang='en-US'>Playground watch</name>"
    "<description lang='en-US'>Where to stand</description>"
    "<launch lang='en-US'>start.html</launch></activity>"
    "<activity id='https://courses.example.org/tincan/q1' type='x:y'/>"
    "</activities></tincan>"
)


def make_tincan(files=None):
    content = {"start.html": PAGE % "Tin Can", **(files or {})}
    return make_zip({"tincan.xml": TINCAN_XML, **content})


def peer(name):
    """A library that real courses are made with (``tests/data/peers``)."""
    return (PEERS / name).read_text("utf-8")


def page(script, *libraries):
    """A page that loads libraries of the package and runs a script."""
    tags = "".join(f"<script src='{one}'></script>" for one in libraries)
    return PAGE % f"<p id='out'></p>{tags}<script>{script}</script>"


def dump(value):
    return json.dumps(value)
