"""How district systems let us in. Tokens live in memory, for one pull."""

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import requests
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256
from requests_oauthlib import OAuth1

from .net import Auth, Net, NetError

_EARLY = 90  # seconds before its end at which a token is renewed
_LIFE = 300  # seconds that a token is used when the server does not say
_LONGEST = 366 * 24 * 3600  # seconds


class HeaderAuth(Auth):
    """A fixed header: ``AERIES-CERT``, or a bearer token that does not expire."""

    def __init__(self, name: str, value: str) -> None:
        self._header = {name: value}

    def sign(self, net: Net, request: requests.Request) -> None:
        request.headers |= self._header


def bearer(token: str) -> HeaderAuth:
    """RFC 6750 §2.1."""
    return HeaderAuth("Authorization", f"Bearer {token}")


def basic(user: str, password: str) -> HeaderAuth:
    """RFC 7617, UTF-8."""
    return HeaderAuth("Authorization", _basic(user, password))


class OAuth1Auth(Auth):
    """OAuth 1.0a without a token (RFC 5849 §3.4): OneRoster 1.1 and ClassLink.

    :param method: ``HMAC-SHA1`` (OneRoster 1.1) or ``HMAC-SHA256`` (ClassLink)
    """

    def __init__(self, key: str, secret: str, method: str = "HMAC-SHA1") -> None:
        methods = {
            "HMAC-SHA1": SIGNATURE_HMAC_SHA1,
            "HMAC-SHA256": SIGNATURE_HMAC_SHA256,
        }
        self._key, self._secret, self._method = key, secret, methods[method]

    def sign(self, net: Net, request: requests.Request) -> Any:
        return OAuth1(
            self._key, client_secret=self._secret, signature_method=self._method
        )


class ClientCredentials(Auth):
    """OAuth 2.0 client credentials (RFC 6749 §4.4).

    :param style: where the client's id and secret go, ``basic`` or ``body``
    :param extra: more form fields, where a vendor wants them
    """

    def __init__(
        self,
        token_url: str,
        client_id: str,
        secret: str,
        *,
        scope: str = "",
        style: str = "basic",
        extra: dict[str, str] | None = None,
    ) -> None:
        self._url, self._id, self._secret = token_url, client_id, secret
        self._form = {"grant_type": "client_credentials", **(extra or {})}
        if scope:
            self._form["scope"] = scope
        self._style = style
        self._token = ""
        self._ends = 0.0

    def prepare(self, net: Net) -> None:
        if not self._token or net.now() >= self._ends:
            self._fetch(net)

    def sign(self, net: Net, request: requests.Request) -> None:
        request.headers["Authorization"] = f"Bearer {self._token}"

    def renew(self, net: Net) -> bool:
        old = self._token
        self._fetch(net)
        return self._token != old

    def _fetch(self, net: Net) -> None:
        """:raise NetError: ``token_refused``, ``token_missing``, ``net_*``"""
        for headers, form in self._asking():
            answer = net.request(
                "POST",
                self._url,
                signed=False,
                data=form,
                headers=headers,
                ok=(200, 201, 400, 401, 403),
            )
            if answer.status < 400:
                self._keep(net, answer)
                return
        raise NetError.of("token_refused", answer.place, status=answer.status)

    def _asking(self) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
        """Headers and form of each way to say who we are.

        RFC 6749 §2.3.1 has both parts form-encoded before they become Basic; most
        systems take them as they are. It matters for secrets with ``=``, ``+``, ``/``.
        """
        if self._style == "body":
            yield (
                {},
                self._form | {"client_id": self._id, "client_secret": self._secret},
            )
            return
        plain = _basic(self._id, self._secret)
        encoded = _basic(quote_plus(self._id), quote_plus(self._secret))
        for value in dict.fromkeys((plain, encoded)):
            yield {"Authorization": value}, self._form

    def _keep(self, net: Net, answer: Any) -> None:
        token = answer.json()
        if not isinstance(token, dict) or not token.get("access_token"):
            raise NetError.of("token_missing", answer.place)
        self._token = str(token["access_token"])
        life = _seconds(token.get("expires_in"))
        self._ends = net.now() + max(life - _EARLY, life / 2)


def _seconds(value: Any) -> float:
    """``expires_in`` is a number, a text (PowerSchool), missing or no time at all."""
    try:
        life = float(value)
    except (TypeError, ValueError):
        return _LIFE
    return life if 0 < life < _LONGEST else _LIFE


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
