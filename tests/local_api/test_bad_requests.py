"""What strangers, mistaken clients and hostile pages are answered. It changes nothing, and hands out nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from kiosk.domain.local_client import fresh_token
from tests.support.local_api.asking import PATH, ask, closed, opened, raw
from tests.support.local_api.counter import PAGE, CounterWithApi

ELSEWHERE = "https://elsewhere.example"
UPGRADE = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
MEANINGLESS = ["after", "after=1", "before=00000000-1", "after=00000000-1&after=00000000-1", "%ff", "after=00000000-%d9%a1"]


@pytest.fixture
def counter(lasting: CounterWithApi) -> Iterator[CounterWithApi]:
    """While somebody is served."""
    lasting.serve()
    before = lasting.hand_outs()
    yield lasting
    assert lasting.hand_outs() == before
    lasting.leave()


@pytest.mark.parametrize("token", ["", "kioskv-", fresh_token(), "\xe3\x83\x88"], ids=["none", "short", "other", "bytes"])
def test_without_a_token_of_a_client(counter: CounterWithApi, token: str) -> None:
    answer = ask(counter.port, token)
    assert answer.error == (401, "token-unknown")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("is_page", "origin"), [(True, ELSEWHERE), (True, None), (True, "null"), (False, ELSEWHERE), (False, PAGE)])
def test_from_an_origin_that_is_not_the_clients_own(counter: CounterWithApi, is_page: bool, origin: str | None) -> None:
    told = {} if origin is None else {"Origin": origin}
    answer = ask(counter.port, counter.page_token if is_page else counter.program_token, told)
    assert answer.error == (403, "origin-not-allowed")
    assert answer.headers.get("access-control-allow-origin") == (PAGE if origin == PAGE else None)


@pytest.mark.parametrize("host", ["lib.example.jp:{port}", "127.0.0.1", "127.0.0.1.example.jp:{port}", "[::1]:{port}", "0:{port}", ""])
def test_under_a_name_that_was_made_to_lead_here(counter: CounterWithApi, host: str) -> None:
    """DNS rebinding, with everything else right."""
    answer = ask(counter.port, counter.page_token, {"Host": host.format(port=counter.port), "Origin": PAGE})
    assert answer.error == (421, "host-not-allowed")
    assert "access-control-allow-origin" not in answer.headers


def test_a_page_may_ask_whether_it_may_ask(counter: CounterWithApi) -> None:
    """The preflight of CORS, and the header of Private Network Access."""
    wanted = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    network = {"Access-Control-Request-Private-Network": "true"}
    answer = ask(counter.port, headers={"Origin": PAGE} | wanted | network, method="OPTIONS")
    assert (answer.status, answer.body) == (204, b"")
    assert {name: value for name, value in answer.headers.items() if name.startswith("access-control-") or name == "vary"} == {
        "access-control-allow-origin": PAGE,
        "access-control-allow-methods": "GET",
        "access-control-allow-headers": "Authorization",
        "access-control-allow-private-network": "true",
        "access-control-max-age": "600",
        "vary": "Origin",
    }
    assert "access-control-allow-private-network" not in ask(counter.port, headers={"Origin": PAGE} | wanted, method="OPTIONS").headers
    refused = ask(counter.port, headers={"Origin": ELSEWHERE} | wanted | network, method="OPTIONS")
    assert refused.error == (403, "origin-not-allowed")
    assert not any(name.startswith("access-control-") for name in refused.headers)


def test_a_page_may_read_what_is_wrong(counter: CounterWithApi) -> None:
    answer = ask(counter.port, fresh_token(), {"Origin": PAGE})
    assert (answer.error, answer.headers["access-control-allow-origin"]) == ((401, "token-unknown"), PAGE)


@pytest.mark.parametrize("method", ["POST", "DELETE", "HEAD", "TRACE", "OPTIONS", "BREW"])
def test_by_another_method(counter: CounterWithApi, method: str) -> None:
    answer = ask(counter.port, counter.program_token, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, OPTIONS")


@pytest.mark.parametrize("path", ["/", "/v1/events/", "/v1/patrons", "/v1//events", "*"])
def test_for_anything_else(counter: CounterWithApi, path: str) -> None:
    assert ask(counter.port, counter.program_token, path=path).error == (404, "unknown-route")


@pytest.mark.parametrize("query", MEANINGLESS)
def test_with_a_query_that_means_nothing(counter: CounterWithApi, query: str) -> None:
    assert ask(counter.port, counter.program_token, path=f"{PATH}?{query}").error == (400, "unreadable")


@pytest.mark.parametrize("size", [1, 10_000_000])
def test_with_a_body(counter: CounterWithApi, size: int) -> None:
    assert ask(counter.port, counter.program_token, body=bytes(size)).error == (413, "too-large")


@pytest.mark.parametrize(
    "said",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nA: " + bytes(20_000),
        b"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:1\r\nOrigin: https://a.example\r\nOrigin: https://b.example\r\n\r\n",
    ],
    ids=["no-http", "tls", "large-head", "two-origins"],
)
def test_what_is_no_request(counter: CounterWithApi, said: bytes) -> None:
    head, _, body = raw(counter.port, said).partition(b"\r\n\r\n")
    assert (head.split()[1], body) == (b"400", b'{"error": "unreadable"}')


@pytest.mark.parametrize(
    ("path", "told", "status"),
    [
        (PATH, {"Origin": ELSEWHERE}, b"403"),
        (PATH, {"Host": "lib.example.jp", "Origin": PAGE}, b"421"),
        (PATH + "?after=00000000-1", {}, b"400"),
        ("/v1/else", {}, b"404"),
    ],
    ids=["origin", "host", "query", "path"],
)
def test_a_websocket_is_refused_before_it_is_one(counter: CounterWithApi, path: str, told: dict[str, str], status: bytes) -> None:
    headers = "".join(f"{name}: {value}\r\n" for name, value in ({"Host": f"127.0.0.1:{counter.port}"} | told).items())
    answered = raw(counter.port, f"GET {path} HTTP/1.1\r\n{headers}{UPGRADE}\r\n".encode())
    assert answered.split()[1] == status
    assert b'{"error": ' in answered


def test_a_websocket_of_a_page_of_another_origin_is_never_opened(counter: CounterWithApi) -> None:
    asked = f"ws://127.0.0.1:{counter.port}{PATH}"
    with pytest.raises(InvalidStatus), connect(asked, origin=Origin(ELSEWHERE), proxy=None):
        pass


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ("{}", 4400, "unreadable"),
        ("[" * 900, 4400, "unreadable"),
        (b"\x00", 4400, "unreadable"),
        ('{"token": "kioskv-"}', 4401, "token-unknown"),
        ("x" * 10_000, 1009, None),
    ],
    ids=["empty", "deep", "bytes", "token", "large"],
)
def test_a_websocket_whose_first_message_is_no_token(counter: CounterWithApi, said: str | bytes, code: int, reason: str | None) -> None:
    with opened(counter.port, None) as socket:
        socket.send(said)
        answered = closed(socket)
    assert answered[0] == code
    assert reason in (None, answered[1])


def test_a_websocket_with_the_token_of_another(counter: CounterWithApi) -> None:
    with opened(counter.port, counter.program_token, PAGE) as socket:
        assert closed(socket) == (4403, "origin-not-allowed")
    with opened(counter.port, counter.page_token) as socket:
        assert closed(socket) == (4403, "origin-not-allowed")


def test_whoever_says_nothing_is_not_waited_for(counter: CounterWithApi) -> None:
    with opened(counter.port, None) as socket:
        assert raw(counter.port, b"GET /v1/ev") == b""
        assert closed(socket) == (4408, "too-slow")


def test_nothing_else_can_be_asked(lasting: CounterWithApi) -> None:
    with opened(lasting.port, lasting.program_token) as socket:
        socket.send('{"ask": "patron"}')
        assert closed(socket) == (4400, "unreadable")


def test_a_client_has_few_connections_that_wait(lasting: CounterWithApi) -> None:
    with ExitStack() as rest:
        for _ in range(6):
            rest.enter_context(opened(lasting.port, lasting.program_token))
        with opened(lasting.port, lasting.program_token) as seventh:
            assert closed(seventh) == (4429, "too-many-requests")
