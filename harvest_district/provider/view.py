"""What one client may see of the published roster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# What only some clients get: a switch of the client each.
STATE_ID = "state_id"
CONTACTS = "contacts"


@dataclass(frozen=True)
class View:
    """The rows and parts of rows that a client may read.

    :param sites: ids of the sites it may see; None: every site of the district
    :param former: ids of sites that it could see once and may not see any more
    :param grants: of ``STATE_ID`` and ``CONTACTS``
    :param since: when the client's rights changed last (UTC); nothing looks older to
        it, so that its next delta brings all that it sees differently now
    :param hidden: sourcedIds of people that the client may not see: students whose
        families have not consented to its purpose, and their families
    :param keep_from: deletions before this moment (UTC) are not told any more
    """

    company_id: int
    sites: frozenset[int] | None
    former: frozenset[int] = frozenset()
    grants: frozenset[str] = frozenset()
    since: datetime | None = None
    hidden: frozenset[str] = frozenset()
    keep_from: datetime | None = None

    @property
    def site_keys(self) -> frozenset[str] | None:
        """The sites as payloads name them."""
        return None if self.sites is None else frozenset(map(str, self.sites))

    def shows(self, element: Mapping[str, Any]) -> bool:
        """Whether a part of an object (a role, a reference) is for this client."""
        if "grant" in element and element["grant"] not in self.grants:
            return False
        if element.get("id") in self.hidden:
            return False
        keys = self.site_keys
        if keys is None or "sites" not in element:
            return True
        return not keys.isdisjoint(element["sites"])
