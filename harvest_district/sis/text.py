"""From bytes to rows: encodings, damage, quotes, line ends.

A file is looked through once before it is parsed, so that what makes it unreadable is
reported with its line, and parsing meets only text. RFC 4180 is read strictly in one
point: a quote that is not closed or not doubled refuses the file, because everything
after it could belong to another row.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from .bundle import Bundle
from .errors import UnreadableFile

UTF8 = "utf-8"
CP1252 = "cp1252"
_CHUNK = 1 << 20  # bytes
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins the same way
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class TextProfile(NamedTuple):
    """How a file is to be decoded, and what it looks like."""

    encoding: str
    empty: bool
    ends_with_newline: bool
    replacement_line: int  # first line with U+FFFD, 0: none


def inspect(bundle: Bundle, name: str, declared: str = UTF8) -> TextProfile:
    """Decode a file once from end to end.

    :param declared: encoding of files without a byte order mark: utf-8 or cp1252. A
        file that is declared cp1252 but is valid UTF-8 is read as UTF-8.
    :raise UnreadableFile: ``zip_damaged``, ``cannot_open``, ``not_utf8``,
        ``bad_encoding``, ``nul_byte``
    """
    file = bundle.file_name(name)
    try:
        with bundle.open(name) as stream:
            start = stream.read(4)
        marked = next((enc for mark, enc in _MARKS if start.startswith(mark)), None)
        if marked or declared == UTF8:
            return _scan(bundle, name, marked or UTF8)
        try:
            return _scan(bundle, name, UTF8)
        except UnreadableFile as error:
            if error.code != "not_utf8":
                raise
            return _scan(bundle, name, declared)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnreadableFile.of("zip_damaged", file) from error
    except OSError as error:
        raise UnreadableFile.of("cannot_open", file) from error


def _scan(bundle: Bundle, name: str, encoding: str) -> TextProfile:
    file = bundle.file_name(name)
    decoder = codecs.getincrementaldecoder(encoding)()
    line, last, lost = 1, "", 0
    with bundle.open(name) as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(error.encoding, "replace")
                raise _undecodable(file, encoding, line + _breaks(good, last)) from None
            if "\0" in text:
                before = text[: text.index("\0")]
                raise UnreadableFile.of(
                    "nul_byte", file, line=line + _breaks(before, last)
                )
            if not lost and "\ufffd" in text:
                lost = line + _breaks(text[: text.index("\ufffd")], last)
            line += _breaks(text, last)
            last = text[-1:] or last
            if not chunk:
                return TextProfile(encoding, not last, last in ("\r", "\n"), lost)


def _breaks(text: str, before: str) -> int:
    """Line ends in a text that follows ``before``; CR, LF and CRLF count one each."""
    count = text.count("\n") + text.count("\r") - text.count("\r\n")
    return count - (before == "\r" and text.startswith("\n"))


def _undecodable(file: str, encoding: str, line: int) -> UnreadableFile:
    if encoding == UTF8:
        return UnreadableFile.of("not_utf8", file, line=line)
    return UnreadableFile.of("bad_encoding", file, line=line, encoding=encoding)


def read_rows(
    bundle: Bundle, name: str, encoding: str, delimiter: str = ","
) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of every row that is not blank, header included.

    Rows are numbered as a spreadsheet does: from 1, blank rows counted.

    :raise UnreadableFile: ``csv_syntax``
    """
    number = 0
    with (
        bundle.open(name) as stream,
        io.TextIOWrapper(stream, encoding, newline="") as text,
    ):
        reader = csv.reader(text, strict=True, delimiter=delimiter)
        try:
            for number, cells in enumerate(reader, 1):
                if len(cells) > 1 or (cells and cells[0].strip()):
                    yield number, cells
        except csv.Error as error:
            raise UnreadableFile.of(
                "csv_syntax", bundle.file_name(name), number + 1, line=reader.line_num
            ) from error
