"""The promises of ``net`` and ``auth``, on a server on loopback that breaks them."""

import base64
import gzip
import hashlib
import hmac
import logging
import socket
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.wrappers import Request, Response

from odoo.addons.harvest_base.guarded_http import ForbiddenAddress, guard
from odoo.addons.harvest_district.sis import net as net_module
from odoo.addons.harvest_district.sis.auth import (
    ClientCredentials,
    HeaderAuth,
    OAuth1Auth,
    basic,
    bearer,
)
from odoo.addons.harvest_district.sis.net import (
    Answer,
    Net,
    NetError,
    NetPolicy,
    http_date,
)

from ..doubles import server as s

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC).timestamp()
CLIENT = "client-1"
SECRET = "s3cret-do-not-log"


def _app(request: Request) -> Response:
    """Echoes the credentials; gives tokens at ``/token``, asks for one below /safe."""
    if request.path == "/token":
        token = TOKENS.give()
        return s.answer_json({"access_token": token, "expires_in": "3600"})
    if request.path.startswith("/safe") and not TOKENS.take(request):
        return s.answer_json({"error": "invalid_token"}, 401)
    return s.answer_json({"rows": [1, 2, 3]})


TOKENS = s.Tokens()


@pytest.fixture
def double():
    TOKENS.__init__()
    with s.Double(_app) as running:
        yield running


class Clock:
    """Sleeps by moving on; ``slept`` are the waits in seconds."""

    def __init__(self) -> None:
        self.at = NOW
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def make_net(double, auth=None, base: str = "", **policy) -> Net:
    clock = Clock()
    policy = {"trusted_hosts": frozenset({double.host}), "wait_budget": 300, **policy}
    made = Net(
        base or double.url,
        auth or net_module.Auth(),
        NetPolicy(**policy),
        sleep=clock.sleep,
        now=clock.now,
    )
    made.clock = clock
    return made


def refused(code: str, made: Net, url: str = "rows", **how) -> NetError:
    with pytest.raises(NetError) as caught:
        made.get(url, **how).json()
    assert caught.value.code == code, caught.value
    return caught.value


def test_an_answer_comes_with_status_headers_and_place(double):
    made = make_net(double, base=double.url + "/api/")
    answer = made.get("rows", {"limit": 3})
    assert answer.json() == {"rows": [1, 2, 3]}
    assert (answer.status, answer.place) == (200, "/api/rows")
    assert double.seen[0].args == {"limit": "3"}
    assert double.seen[0].headers["Accept"] == "application/json"


# WHO MAY BE ASKED


@pytest.mark.parametrize(
    ("base", "code"),
    [
        ("http://sis.example.org", "net_not_https"),
        ("ftp://sis.example.org", "net_not_https"),
        ("file:///etc/passwd", "net_not_https"),
        ("", "net_not_https"),
        ("https://user:pass@sis.example.org", "net_credentials_in_url"),
        ("https://sis.example.org:99999", "net_bad_address"),
        ("https://[::1", "net_bad_address"),
        ("https://", "net_bad_address"),
    ],
)
def test_an_address_must_be_whole_and_https(base, code):
    with Net(base, policy=NetPolicy(attempts=1)) as made:
        refused(code, made)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "0x7f000001", "0.0.0.0"],
)
def test_no_address_inside_is_asked_whatever_its_name(host, monkeypatch):
    """The guard looks at the connection itself, before anything is sent on it."""
    monkeypatch.setattr(Net, "_check_target", lambda *_args: None)  # http for once
    with s.Double(_app) as double:
        port = double.host.rpartition(":")[2]
        with Net(f"http://{host}:{port}", policy=NetPolicy(attempts=1)) as made:
            refused("net_private_address", made)
        assert not double.seen


def test_a_name_that_leads_inside_is_not_asked_over_https(monkeypatch):
    real = socket.getaddrinfo
    with s.Double(_app, tls=True) as double:
        port = int(double.host.rpartition(":")[2])
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *rest, **how: real("127.0.0.1", *rest, **how),
        )
        with Net(f"https://sis.example.org:{port}") as made:
            refused("net_private_address", made)
        assert not double.seen


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("8.8.8.8", False),
        ("10.1.2.3", True),
        ("169.254.169.254", True),
        ("100.64.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("::ffff:10.0.0.1", True),
        ("::ffff:8.8.8.8", False),
        ("2002:a00:1::", True),  # 6to4 of 10.0.0.1
        ("64:ff9b::a9fe:a9fe", True),  # NAT64 of 169.254.169.254
        ("2606:4700::1111", False),
    ],
)
def test_which_addresses_are_inside(address, inside):
    class Socket:
        closed = False

        def getpeername(self):
            return (address, 443)

        def close(self):
            self.closed = True

    found = Socket()
    if inside:
        with pytest.raises(ForbiddenAddress):
            guard(found, False)
        assert found.closed
    assert guard(found, True) is found


def test_a_trusted_host_is_trusted_on_its_port_only(double):
    port = int(double.host.rpartition(":")[2])
    trusted = frozenset({f"127.0.0.1:{port + 1}"})
    refused("net_not_https", make_net(double, trusted_hosts=trusted))
    assert make_net(double, trusted_hosts=frozenset({"127.0.0.1"})).get("a").status


def test_credentials_go_to_the_configured_origin_only(double):
    with s.Double(_app) as other:
        trusted = frozenset({double.host, other.host})
        made = make_net(double, bearer(SECRET), trusted_hosts=trusted)
        refused("net_other_host", made, other.url + "/rows")
        assert not other.seen and not double.seen
        made.request("GET", other.url + "/rows", signed=False)
        assert "Authorization" not in other.seen[0].headers


def test_redirects_are_not_followed(double):
    with s.Double(_app) as other:
        double.faults.add("/rows", s.redirect(other.url + "/rows"))
        refused("net_redirect", make_net(double, bearer(SECRET)))
        assert not other.seen


def test_proxies_and_netrc_of_the_machine_do_not_count(double, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    make_net(double).get("rows")
    assert "Authorization" not in double.seen[0].headers


def test_a_certificate_of_its_own_is_refused():
    with s.Double(_app, tls=True) as double:
        refused("net_certificate", make_net(double, base=double.url, attempts=1))


# PATIENCE


def _date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(NOW + seconds, UTC), usegmt=True)


@pytest.mark.parametrize(
    ("status", "headers", "clock", "least", "most"),
    [
        (429, {"Retry-After": "7"}, 0, 7, 7),
        (503, {"Retry-After": "7"}, 0, 7, 7),
        (429, {"Retry-After": _date(20)}, 0, 20, 20),
        # the server's clock is an hour behind, and is the one that counts
        (429, {"Retry-After": _date(-3580)}, -3600, 20, 20),
        (429, {"Retry-After": _date(-20)}, 0, 0.5, 1),
        (429, {"Retry-After": "soon"}, 0, 0.5, 1),
        (429, {"Retry-After": "0"}, 0, 0.5, 1),
        (429, {"X-RateLimit-Reset": f"{NOW + 30:.0f}"}, 0, 30, 30),
        (429, {"X-RateLimit-Reset": "30"}, 0, 0.5, 1),
        (503, {"X-RateLimit-Reset": f"{NOW + 30:.0f}"}, 0, 0.5, 1),
        (429, {}, 0, 0.5, 1),
        (500, {}, 0, 0.5, 1),
        (502, {}, 0, 0.5, 1),
        (504, {}, 0, 0.5, 1),
    ],
)
def test_a_busy_server_is_waited_for(double, status, headers, clock, least, most):
    double.clock = lambda: NOW + clock
    double.faults.add("/rows", s.status(status, headers))
    made = make_net(double)
    assert made.get("rows").json()
    assert len(made.clock.slept) == 1
    assert least <= made.clock.slept[0] <= most
    assert made.requests_sent == 2


def test_waits_grow_and_end(double):
    double.faults.add("/rows", s.status(503), times=s.ALWAYS)
    made = make_net(double)
    error = refused("net_server_error", made)
    assert error.problem.params["status"] == 503
    assert made.requests_sent == 6
    bounds = zip(made.clock.slept, (1, 2, 4, 8, 16), strict=True)
    assert all(most / 2 <= wait <= most for wait, most in bounds)


def test_the_waits_of_one_pull_have_a_budget_together(double):
    double.faults.add("/rows", s.status(429, {"Retry-After": "140"}), times=3)
    made = make_net(double)
    assert made.get("first").status == 200
    refused("net_busy", made)  # the third wait would make 420 s
    assert made.waited == sum(made.clock.slept) == 280
    double.faults.clear()
    assert made.get("rows").status == 200


def test_other_refusals_are_not_repeated(double):
    for status, code in (
        (400, "net_bad_request"),
        (403, "net_forbidden"),
        (404, "net_not_found"),
        (413, "net_bad_request"),
        (501, "net_not_offered"),
        (418, "net_server_error"),
    ):
        double.faults.add("/rows", s.status(status, body="<p>no</p>"))
        made = make_net(double)
        assert refused(code, made).file == "/rows"
        assert made.requests_sent == 1


def test_an_expected_status_is_an_answer(double):
    double.faults.add("/rows", s.status(404))
    assert make_net(double).get("rows", ok=(200, 404)).status == 404


def test_a_broken_connection_is_tried_again(double):
    double.faults.add("/rows", s.drop())
    made = make_net(double)
    assert made.get("rows").json()
    double.faults.add("/rows", s.drop(), times=s.ALWAYS)
    refused("net_cut_off", made)


def test_a_slow_server_times_out(double):
    double.faults.add("/rows", s.slow(0.4), times=s.ALWAYS)
    refused("net_timeout", make_net(double, read_timeout=0.1, attempts=2))
    assert len(double.seen) == 2


def test_an_answer_that_stalls_times_out(double):
    def stalling(request, app):
        def body():
            yield b"{"
            s.time.sleep(0.4)
            yield b"}"

        return Response(body(), headers={"Content-Length": "2"})

    double.faults.add("/rows", stalling)
    refused("net_timeout", make_net(double, read_timeout=0.1, attempts=1))


def test_a_host_that_is_not_there(double):
    double.close()
    made = make_net(double, attempts=3)
    refused("net_unreachable", made)
    assert made.requests_sent == 3


def test_a_name_that_is_not_there(monkeypatch):
    def unknown(*_args, **_how):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with Net("https://sis.example.invalid") as made:
        refused("net_unknown_host", made)
        assert made.requests_sent == 1


# WHAT COMES BACK


@pytest.mark.parametrize("fault", [s.html(), s.html(203)])
def test_a_web_page_is_no_empty_list(double, fault):
    double.faults.add("/rows", fault)
    refused("net_html", make_net(double), ok=(200, 203))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\xef\xbb\xbf\r\n <html>", "net_html"),
        (b"", "net_json"),
        (b'{"rows": [', "net_json"),
        (b'{"name": "\xf1"}', "net_json"),
        (b"[" * 100_000, "net_json"),
        (b'{"n": ' + b"9" * 5000 + b"}", "net_json"),
    ],
)
def test_what_is_no_json_is_refused(double, body, code):
    double.faults.add("/rows", s.status(200, body=body))
    refused(code, make_net(double))


def test_json_may_begin_with_a_byte_order_mark():
    answer = Answer(200, {}, b'\xef\xbb\xbf{"name": "Pe\xc3\xb1a"}', "", "")
    assert answer.json() == {"name": "Peña"}


def test_cut_json_is_refused(double):
    double.faults.add("/rows", s.truncated())
    refused("net_json", make_net(double))


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_has_a_largest_size(double, packed):
    body = b" " * 3_000_000
    headers = {"Content-Encoding": "gzip"} if packed else {}
    body = gzip.compress(body) if packed else body
    double.faults.add("/rows", s.status(200, headers, body))
    refused("net_too_large", make_net(double, max_bytes=1 << 20))


@given(st.binary(max_size=40), st.sampled_from(["", "text/html", "application/json"]))
def test_no_body_breaks_anything_but_by_a_net_error(body, kind):
    try:
        Answer(200, {"Content-Type": kind}, body, "", "").json()
    except NetError as error:
        assert error.code in ("net_html", "net_json")


@given(st.text(max_size=30))
def test_no_date_breaks_anything(text):
    http_date(Answer(200, {"Date": text}, b"", "", ""))
    asked = Answer(429, {"Retry-After": text}, b"", "", "")
    assert (net_module._asked_to_wait(asked, NOW) or 1) > 0


# CREDENTIALS


def _oauth2(double, **how) -> Net:
    auth = ClientCredentials(double.url + "/token", CLIENT, SECRET, **how)
    return make_net(double, auth)


def test_a_token_is_asked_for_once_and_used(double):
    made = _oauth2(double, scope="roster.readonly other")
    for _ in range(3):
        made.get("safe/rows")
    assert double.paths() == ["/token", "/safe/rows", "/safe/rows", "/safe/rows"]
    asked = double.seen[0]
    assert asked.form == {
        "grant_type": "client_credentials",
        "scope": "roster.readonly other",
    }
    assert _basic_of(asked) == f"{CLIENT}:{SECRET}"


def _basic_of(seen: s.Seen) -> str:
    sent = seen.headers["Authorization"].removeprefix("Basic ")
    return base64.b64decode(sent).decode()


def test_a_system_that_wants_the_secret_encoded_gets_it_so(double):
    """RFC 6749 §2.3.1; most do not, and a secret often ends in an equals sign."""
    double.faults.add("/token", s.status(401))
    auth = ClientCredentials(double.url + "/token", "ïd", "a+b/c=")
    made = make_net(double, auth)
    assert made.get("safe/rows").json()
    assert [_basic_of(seen) for seen in double.seen[:2]] == [
        "ïd:a+b/c=",
        "%C3%AFd:a%2Bb%2Fc%3D",
    ]


def test_a_plain_secret_is_asked_with_once(double):
    double.faults.add("/token", s.status(401), times=s.ALWAYS)
    auth = ClientCredentials(double.url + "/token", "id", SECRET)
    refused("token_refused", make_net(double, auth))
    assert double.paths() == ["/token"]


def test_the_client_may_stand_in_the_body(double):
    _oauth2(double, style="body", extra={"username": "u"}).get("safe/rows")
    asked = double.seen[0]
    assert "Authorization" not in asked.headers
    assert asked.form == {
        "grant_type": "client_credentials",
        "username": "u",
        "client_id": CLIENT,
        "client_secret": SECRET,
    }


def test_a_token_is_renewed_before_its_end(double):
    made = _oauth2(double)
    made.get("safe/rows")
    made.clock.at += 3600 - 91
    made.get("safe/rows")
    assert TOKENS.given == 1
    made.clock.at += 2
    made.get("safe/rows")
    assert TOKENS.given == 2


@pytest.mark.parametrize(
    ("life", "used"),
    [(100, 49), ("3600", 3509), (None, 209), ("soon", 209), (0, 209), ("NaN", 209)],
)
def test_a_token_lives_as_long_as_the_server_says(double, life, used):
    double.faults.add("/token", s.edited(lambda token: {**token, "expires_in": life}))
    made = _oauth2(double)
    made.get("safe/rows")
    made.clock.at += used
    made.get("safe/rows")
    assert TOKENS.given == 1
    made.clock.at += 2
    made.get("safe/rows")
    assert TOKENS.given == 2


def test_a_token_that_ends_early_is_renewed_in_the_middle(double):
    TOKENS.uses = 2
    made = _oauth2(double)
    for _ in range(5):
        assert made.get("safe/rows").json()
    assert TOKENS.given == 3


def test_the_same_token_again_ends_the_run(double):
    """A revoked token that the server hands out again must not loop (hazard 4)."""
    fixed = s.edited(lambda token: {**token, "access_token": "always-this"})
    double.faults.add("/token", fixed, times=s.ALWAYS)
    refused("net_unauthorized", _oauth2(double), "safe/rows")
    assert double.paths() == ["/token", "/safe/rows", "/token"]


def test_a_second_refusal_ends_the_run(double):
    double.faults.add("/safe", s.status(401), times=s.ALWAYS)
    refused("net_unauthorized", _oauth2(double), "safe/rows")
    assert double.paths() == ["/token", "/safe/rows", "/token", "/safe/rows"]


def test_a_fixed_credential_cannot_be_renewed(double):
    made = make_net(double, bearer(SECRET))
    refused("net_unauthorized", made, "safe/rows")
    assert double.seen[0].headers["Authorization"] == f"Bearer {SECRET}"
    assert len(double.seen) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (s.status(400, body='{"error":"invalid_scope"}'), "token_refused"),
        (s.status(401), "token_refused"),
        (s.status(403), "token_refused"),
        (s.status(404), "net_not_found"),
        (s.html(), "net_html"),
        (s.without_key("access_token"), "token_missing"),
        (s.edited(lambda _token: []), "token_missing"),
        (s.redirect("https://login.example.org"), "net_redirect"),
    ],
)
def test_a_token_that_is_not_given(double, fault, code):
    double.faults.add("/token", fault)
    refused(code, _oauth2(double), "safe/rows")
    assert double.paths() == ["/token"]


def test_a_token_server_that_is_down_is_not_tried_squared(double):
    double.faults.add("/token", s.drop(), times=s.ALWAYS)
    made = _oauth2(double)
    refused("net_cut_off", made, "safe/rows")
    assert made.requests_sent == 6


def test_other_credentials(double):
    make_net(double, HeaderAuth("AERIES-CERT", SECRET)).get("rows")
    make_net(double, basic("usér", "pä:ss")).get("rows")
    assert double.seen[0].headers["Aeries-Cert"] == SECRET
    assert _basic_of(double.seen[1]) == "usér:pä:ss"


# OAUTH 1


def _enc(text: str) -> str:
    return quote(text, safe="~")


def _signature(url, pairs, key: str, method: str) -> str:
    """RFC 5849 §3.4, written down once more, to judge ours by."""
    sorted_pairs = sorted((_enc(name), _enc(value)) for name, value in pairs)
    parameters = "&".join(f"{name}={value}" for name, value in sorted_pairs)
    text = "&".join(("GET", _enc(url), _enc(parameters)))
    digest = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}[method]
    return base64.b64encode(
        hmac.new(key.encode(), text.encode(), digest).digest()
    ).decode()


def test_the_signature_that_we_judge_by_gives_the_known_example():
    pairs = [
        ("file", "vacation.jpg"),
        ("size", "original"),
        ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
        ("oauth_token", "nnch734d00sl2jdk"),
        ("oauth_nonce", "kllo9940pd9333jh"),
        ("oauth_timestamp", "1191242096"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_version", "1.0"),
    ]
    key = "kd94hf93k423kf44&pfkkdhi9sl3r4s00"
    url = "http://photos.example.net/photos"
    assert _signature(url, pairs, key, "HMAC-SHA1") == "tR3+Ty81lMeYAr/Fid0kMTYa/WM="


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"limit": "100", "offset": "0"},
        {"filter": "dateLastModified>'2026-09-01T00:00:00.000Z' AND x='ñ’ +&%'"},
    ],
)
def test_requests_are_signed_by_oauth_1(double, method, params):
    made = make_net(double, OAuth1Auth("kéy", "sécret&", method))
    made.get("ims/oneroster/v1p1/users", params)
    seen = double.seen[0]
    sent = requests.utils.parse_dict_header(
        seen.headers["Authorization"].removeprefix("OAuth ")
    )
    oauth = {name: requests.utils.unquote(value) for name, value in sent.items()}
    signature = oauth.pop("oauth_signature")
    assert oauth["oauth_signature_method"] == method
    assert seen.args == params
    pairs = [*params.items(), *oauth.items()]
    url = double.url + "/ims/oneroster/v1p1/users"
    assert signature == _signature(url, pairs, _enc("sécret&") + "&", method)


def test_a_try_again_is_signed_anew(double):
    double.faults.add("/rows", s.status(503))
    make_net(double, OAuth1Auth("key", SECRET)).get("rows")
    first, second = (seen.headers["Authorization"] for seen in double.seen)
    assert first != second


# SILENCE


@pytest.mark.parametrize("make", [_oauth2, None])
def test_no_secret_and_no_question_reaches_a_log_or_a_message(double, make, caplog):
    caplog.set_level(logging.DEBUG)
    auth = OAuth1Auth("key", SECRET)
    made = make(double) if make else make_net(double, auth)
    made.get("safe/rows" if make else "rows", {"filter": "familyName='Peña'"})
    double.faults.add("/rows", s.status(400, body="familyName='Peña'"), times=s.ALWAYS)
    error = refused("net_bad_request", made, params={"filter": "familyName='Peña'"})
    texts = [caplog.text, str(error), repr(error.problem), repr(made.auth), repr(made)]
    for text in texts:
        assert SECRET not in text
        assert "Peña" not in text and "Pe%C3%B1a" not in text
        assert "token-1" not in text
