from __future__ import annotations


class PackageError(Exception):
    """A package is refused.

    :param code: what is wrong, a key of the texts in ``explain.py``
    :param facts: what the text names, such as ``name`` of a file
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
