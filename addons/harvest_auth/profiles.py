"""Quirks of products, as data with source and date (``profiles.json`` of each kind)."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def profiles_of(kind: str) -> dict[str, dict[str, Any]]:
    """Code → values of the products of a kind.

    :param kind: ``oidc`` or ``directory``
    """
    path = Path(__file__).parent / kind / "profiles.json"
    return json.loads(path.read_text("utf-8"))
