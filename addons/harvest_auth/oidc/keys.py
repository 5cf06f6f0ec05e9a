"""A provider's public keys (JWKS, RFC 7517), kept for a while and fetched again.

An unknown key id makes one new fetch, because providers roll keys without asking. Who
floods us with made-up ids makes no more than one fetch in ``REFETCH_SECONDS``.
"""

import threading
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

from ..exceptions import IdentityRefused

# RFC 9864 would have us say Ed25519, but providers still say EdDSA; the size of keys we
# look at ourselves.
for _text in ("EdDSA is deprecated", "Key size should be"):
    warnings.filterwarnings("ignore", message=_text, category=SecurityWarning)

TTL_SECONDS = 3600
REFETCH_SECONDS = 60
MIN_RSA_BITS = 2048  # NIST SP 800-131A Rev. 2 §3
_MAX_KEYS = 100

Key = RSAKey | ECKey | OKPKey
_KINDS: dict[str, type] = {"RS256": RSAKey, "ES256": ECKey, "EdDSA": OKPKey}
_CURVES = {"ES256": "P-256", "EdDSA": "Ed25519"}


class KeySource:
    """The keys behind one address.

    :param fetch: returns the JWKS document
    :param clock: seconds that only grow
    """

    def __init__(
        self,
        fetch: Callable[[], Mapping[str, Any]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: list[dict[str, Any]] = []
        self._fetched: float | None = None

    def find(self, algorithm: str, kid: str | None) -> Key:
        """The key for a signature.

        :param kid: only ever compared; None: there must be exactly one that fits
        :raise IdentityRefused: ``key_unknown``, ``key_weak``, ``provider_unreachable``
        """
        with self._lock:
            if self._age() > TTL_SECONDS:
                self._refresh()
            found = self._matching(algorithm, kid)
            if not found and self._age() >= REFETCH_SECONDS:
                self._refresh()
                found = self._matching(algorithm, kid)
        if len(found) != 1:
            raise IdentityRefused("key_unknown")
        return _strong(found[0])

    def _age(self) -> float:
        return float("inf") if self._fetched is None else self._clock() - self._fetched

    def _refresh(self) -> None:
        keys = self._fetch().get("keys")
        if not isinstance(keys, list) or len(keys) > _MAX_KEYS:
            raise IdentityRefused("key_unknown", "JWKS malformed")
        self._keys = [key for key in keys if isinstance(key, dict)]
        self._fetched = self._clock()

    def _matching(self, algorithm: str, kid: str | None) -> list[Key]:
        fitting = (
            _import(jwk, algorithm)
            for jwk in self._keys
            if kid is None or jwk.get("kid") == kid
        )
        return [key for key in fitting if key]


def _import(jwk: dict[str, Any], algorithm: str) -> Key | None:
    """The key when it is made for this algorithm, and for signatures."""
    kind = _KINDS[algorithm]
    named = "EdDSA" if jwk.get("alg") == "Ed25519" else jwk.get("alg", algorithm)
    if (
        jwk.get("kty") != kind.key_type
        or jwk.get("use", "sig") != "sig"
        or named != algorithm
        or jwk.get("crv") != _CURVES.get(algorithm)
    ):
        return None
    public = {name: value for name, value in jwk.items() if name not in _PRIVATE}
    try:
        return kind.import_key(public)
    except (JoseError, ValueError, TypeError):
        return None


# A careless provider's private parts are of no use to us (RFC 7518 §6).
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "key_ops"})


def _strong(key: Key) -> Key:
    if isinstance(key, RSAKey) and key.public_key.key_size < MIN_RSA_BITS:
        raise IdentityRefused("key_weak")
    return key
