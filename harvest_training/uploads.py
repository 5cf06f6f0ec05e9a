"""Which files are taken in; without a database.

The name is what a person sees, the content is what a program opens. Both must be of a
kind that is allowed, and of the same one.
"""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

MEGABYTE = 1024 * 1024  # bytes


class Refused(ValueError):
    """A file is not taken.

    :ivar reason: ``empty``, ``size``, ``type`` or ``content``
    """

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def extension(name: str) -> str:
    """Return a file's extension, in small letters and without the dot."""
    return PurePath(name.strip()).suffix.lower().removeprefix(".")


def check(
    name: str,
    size: int,
    mimetype: str,
    max_bytes: int,
    types: Mapping[str, Sequence[str]],
) -> None:
    """Refuse a file that is not allowed.

    :param mimetype: what its content looks like, whatever the name says
    :param types: ``{extension: [kinds of content that such a file may have]}``
    :raise Refused: with the reason
    """
    if size <= 0:
        raise Refused("empty")
    if size > max_bytes:
        raise Refused("size")
    allowed = types.get(extension(name))
    if allowed is None:
        raise Refused("type")
    if mimetype not in allowed:
        raise Refused("content")
