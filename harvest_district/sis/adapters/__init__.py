"""The district systems that are spoken to, one module each.

A new one: subclass ``Source``, feed a ``RosterBuilder``, and add it here.
"""

from ..source import Source

ADAPTERS: dict[str, type[Source]] = {}
