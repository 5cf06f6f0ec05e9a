"""Certificates on paper: tagged, one page, every name, and nothing fetched."""

import base64
import io
import socket

import pypdf
import pytest
from PIL import Image

from odoo.tools import mute_logger

from odoo.addons.harvest_training import certificate_pdf

LETTER = certificate_pdf.paper("letter", "landscape")
LONG_NAME = (
    "María Guadalupe Fernández-Villaseñor de la Concepción "
    "Etchegarayzábal y Ybarrondo viuda de Güemes"
)


def page(holder="Ana Núñez", words="terminó el programa.", more="", face="Sans"):
    code = base64.b64encode(certificate_pdf.qr_svg("https://example.org/v/1")).decode()
    return f"""<html lang="es"><head><title>Certificado de {holder}</title>
    <style>{certificate_pdf.stylesheet()}
    :root {{ --accent: #1b5e3f; --face: 'Harvest {face}' }}</style></head>
    <body><main class="sheet framed">
    <div class="words"><h1>Certificado</h1><p class="holder">{holder}</p>
    <p>{words}</p>{more}</div>
    <div class="foot"><div class="signatories"><div class="signatory">
    <p class="name">Directora</p></div></div>
    <div class="proof"><img alt="Verificar"
    src="data:image/svg+xml;base64,{code}"/><p>HT-2026-000001-5</p></div></div>
    </main></body></html>"""


def read(html, sheet=LETTER):
    return pypdf.PdfReader(io.BytesIO(certificate_pdf.render(html, sheet)))


def words_of(reader):
    return " ".join(reader.pages[0].extract_text().split())


@pytest.fixture(scope="module")
def reader():
    return read(page())


def test_it_is_tagged_for_readers(reader):
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "es"
    assert root["/StructTreeRoot"]["/K"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert reader.metadata.title == "Certificado de Ana Núñez"


def test_headings_and_pictures_are_told_to_readers(reader):
    kinds, texts = set(), set()

    def walk(node):
        if isinstance(node, pypdf.generic.IndirectObject):
            node = node.get_object()
        if isinstance(node, list):
            return [walk(one) for one in node]
        if isinstance(node, dict):
            kinds.add(node.get("/S"))
            texts.add(node.get("/Alt"))
            walk(node.get("/K"))
        return None

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])

    assert {"/H1", "/P", "/Figure"} <= kinds
    assert "Verificar" in texts


def test_every_font_is_inside(reader):
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    descendants = [font.get_object()["/DescendantFonts"][0] for font in fonts]

    assert len(descendants) == 2  # regular and bold
    for font in descendants:
        assert "/FontFile2" in font.get_object()["/FontDescriptor"]
        assert "Harvest" in font.get_object()["/BaseFont"]


@pytest.mark.parametrize(
    "name",
    [
        "Núñez Ávila",
        "Nguyễn Thị Hương",
        "Paj Ntaub Xyooj",
        "Łukasz Čížek",
        "Анна Петренко",
        "O’Brien & Sons <b>",
    ],
)
@pytest.mark.parametrize("face", ["Sans", "Serif"])
def test_names_are_printed_as_they_are_written(name, face):
    escaped = name.replace("&", "&amp;").replace("<", "&lt;")

    assert name in words_of(read(page(escaped, face=face)))


@pytest.mark.parametrize("size", ["letter", "a4"])
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
@pytest.mark.parametrize("name", [LONG_NAME, "X" * 120])
def test_long_names_stay_on_the_one_page(size, orientation, name):
    sheet = certificate_pdf.paper(size, orientation)

    reader = read(page(name), sheet)

    box = reader.pages[0].mediabox
    inside = []

    def place(text, frame, matrix, _font, _size):
        if text.strip():
            left = matrix[4] * frame[0] + frame[4]
            height = matrix[5] * frame[3] + frame[5]
            inside.append(0 < left < box.width and 0 < height < box.height)

    reader.pages[0].extract_text(visitor_text=place)
    assert len(reader.pages) == 1
    assert (float(box.width), float(box.height)) == pytest.approx(
        (sheet.width * 72, sheet.height * 72), abs=0.1
    )
    assert inside
    assert all(inside)
    assert name.replace(" ", "") in words_of(reader).replace(" ", "")


def test_long_words_are_set_smaller():
    words = "Aprendió a vigilar el patio. " * 45

    reader = read(page(words=words))

    assert len(reader.pages) == 1
    assert words_of(reader).count("vigilar") == 45


def test_what_fits_in_no_size_is_refused():
    with pytest.raises(certificate_pdf.TooLong):
        read(page(words="Demasiado largo. " * 2000))


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/logo.png",
        "http://127.0.0.1:8069/web/image",
        "//example.org/logo.png",
        "file:///etc/passwd",
        "/etc/passwd",
        "../certificate_pdf.py",
        "ftp://example.org/x",
        "font:../../certificate_pdf.py",
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        '<img alt="x" src="%s"/>',
        '<p style="background: url(%s)">x</p>',
        "<style>@import url('%s');</style>",
        '<link rel="stylesheet" href="%s"/>',
        '<object data="%s"></object>',
    ],
)
def test_nothing_is_fetched(form, address, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(certificate_pdf.StrangeAddress):
        read(page(more=form % address))


def test_a_picture_in_a_picture_is_not_fetched_either(tmp_path):
    file = tmp_path / "secret.png"
    Image.new("RGB", (9, 9), "red").save(file)
    inner = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        f'<image href="{file.as_uri()}" width="9" height="9"/></svg>'
    )
    code = base64.b64encode(inner.encode()).decode()
    more = f'<img alt="x" src="data:image/svg+xml;base64,{code}"/>'

    with mute_logger("weasyprint"):
        assert not read(page(more=more)).pages[0].images


def test_a_picture_inside_the_page_is_printed():
    out = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(out, "png")
    code = base64.b64encode(out.getvalue()).decode()

    reader = read(page(more=f'<img alt="x" src="data:image/png;base64,{code}"/>'))

    assert len(reader.pages[0].images) == 1


def test_the_same_certificate_is_the_same_file():
    one, two = (
        certificate_pdf.render(page(), LETTER, made_of="HT-2026-000001-5")
        for _time in range(2)
    )

    assert one == two
