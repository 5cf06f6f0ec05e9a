"""A badge is a picture that carries its own proof (§5.3.1, PNG).

The credential sits in an ``iTXt`` chunk with the keyword ``openbadgecredential``, not
compressed, exactly one a picture. Chunks are exchanged, the picture's own data stays as
it is, byte by byte.
"""

import io
from collections.abc import Iterator

import png

from .exceptions import MalformedCredential, NoBadgeInPicture, NotAPicture

CHUNK = b"iTXt"
KEYWORD = b"openbadgecredential"
# keyword, NUL, compression flag 0 and method 0, language and translated keyword: empty
PREFIX = KEYWORD + b"\0\0\0\0\0"
MOST_BYTES = 5 * 1024 * 1024


def bake(picture: bytes, credential: str) -> bytes:
    """Return the PNG with this credential in it, and no other.

    :raise NotAPicture: it is not a PNG picture
    """
    baked = []
    for kind, data in _chunks(picture):
        if kind == b"IEND":
            baked.append((CHUNK, PREFIX + credential.encode()))
        if not _is_badge(kind, data):
            baked.append((kind, data))
    out = io.BytesIO()
    png.write_chunks(out, baked)
    return out.getvalue()


def extract(picture: bytes) -> str:
    """Return the credential in a PNG: a compact JWS, or JSON with a proof in it.

    :raise NotAPicture: it is not a PNG picture
    :raise NoBadgeInPicture: there is none in it
    :raise MalformedCredential: more than one, or not written as the standard says
    """
    found = [data for kind, data in _chunks(picture) if _is_badge(kind, data)]
    if not found:
        raise NoBadgeInPicture("This picture carries no Open Badges 3.0 credential.")
    if len(found) > 1:
        raise MalformedCredential("This picture carries more than one credential.")
    if not found[0].startswith(PREFIX[: len(KEYWORD) + 3]):
        raise MalformedCredential("The credential in this picture is compressed.")
    try:
        # Languages may be named; the text begins after them.
        return found[0].split(b"\0", 5)[5].decode()
    except (IndexError, UnicodeDecodeError) as error:
        raise MalformedCredential(
            "The credential in the picture is cut off."
        ) from error


def _is_badge(kind: bytes, data: bytes) -> bool:
    return kind == CHUNK and data.startswith(KEYWORD + b"\0")


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(picture) > MOST_BYTES:
        raise NotAPicture("This picture is too large for a badge.")
    try:
        yield from list(png.Reader(bytes=picture).chunks())
    except (png.Error, EOFError) as error:
        raise NotAPicture("This is not a PNG picture, or it is damaged.") from error
