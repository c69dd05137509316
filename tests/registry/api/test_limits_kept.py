"""A server that is asked too much, too often or too slowly says so, and others do not notice."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import urllib3

from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.decide import Epochs
from kiosk.registry.api.limits import KIB, Limits
from kiosk.registry.head_row import HeadTable
from kiosk.registry.row_sums import RowHash
from kiosk.token_buckets import Rate
from tests.support.registry.sent_operations import Maker, batch, fresh_number, fresh_token
from tests.support.registry.sites import InProcess, in_process
from tests.support.wait import LIMIT, SOON, wait_until

SLOW = 0.3
TIGHT = Limits(
    batch_bytes=64 * KIB,
    body_bytes=KIB,
    head_seconds=SLOW,
    body_seconds=SLOW,
    under_way=3,
    counter=Rate(30, 0.5),
    sent=Rate(200 * KIB, KIB),
    stops=Rate(20, 0.5),
    address=Rate(20, 0.5),
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[InProcess]:
    with in_process("", tmp_path / "home", TIGHT) as opened:
        yield opened


@contextmanager
def connection(site: InProcess, **context_settings: ssl.TLSVersion) -> Iterator[ssl.SSLSocket]:
    context = ssl.create_default_context(cadata=site.authority.decode())
    for name, value in context_settings.items():
        setattr(context, name, value)
    with (
        socket.create_connection(("127.0.0.1", site.server.port), LIMIT) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as tls,
    ):
        yield tls


def head(path: str, secret: str | None = None, method: str = "POST", **headers: object) -> bytes:
    given = {"Host": "127.0.0.1"} | ({"Authorization": f"Bearer {secret}"} if secret else {})
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (given | headers).items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode()


def received(tls: ssl.SSLSocket) -> bytes:
    """Until the other end closes."""
    parts = []
    try:
        while part := tls.recv(65536):
            parts.append(part)
    except (ConnectionError, ssl.SSLError):
        # Given up without ceremony.
        pass
    return b"".join(parts)


def told(answer: bytes) -> tuple[int, object]:
    first, _, rest = answer.partition(b"\r\n")
    return int(first.split()[1]), json.loads(rest.partition(b"\r\n\r\n")[2])


def test_a_counter_that_asks_too_often_is_told_when_to_ask_again(site: InProcess) -> None:
    mad, other = site.counter(), site.counter()
    replies = [site.caller.ask("GET", "/v1/snapshot", mad.secret, patient=False) for _ in range(40)]
    refused = [reply for reply in replies if reply.status != 200]
    assert len(refused) >= 8
    assert {reply.error for reply in refused} == {(429, "too-many-requests")}
    assert {int(reply.headers["retry-after"]) for reply in refused} <= {1, 2}
    assert other.get("/v1/snapshot").status == 200


def test_a_counter_with_too_much_under_way_is_told_so_before_its_body_is_taken(site: InProcess) -> None:
    mad, other = site.counter(), site.counter()
    with ExitStack() as stack:
        for _ in range(TIGHT.under_way):
            begun = stack.enter_context(connection(site))
            begun.sendall(head("/v1/operations", mad.secret, Content_Length=100) + b"half")
        wait_until(lambda: site.caller.ask("GET", "/v1/stops?epoch=0&cursor=0", mad.secret, patient=False).status == 429, "all begun")
        assert other.get("/v1/stops", epoch=0, cursor=0).status == 200
    wait_until(lambda: mad.get("/v1/stops", epoch=0, cursor=0).status == 200, "room for another")


def test_a_counter_that_sends_too_much_is_told_so_before_its_body_is_read(site: InProcess) -> None:
    mad, other = site.counter(), site.counter()
    with connection(site) as tls:
        tls.sendall(head("/v1/operations", mad.secret, Content_Length=190 * KIB) + b"x" * 190 * KIB)
        tls.sendall(head("/v1/operations", mad.secret, Content_Length=60 * KIB) + b"x" * 60 * KIB)
        tls.sendall(head("/v1/health", method="GET", Connection="close"))
        answers = received(tls)
    assert [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]] == [b"413", b"429", b"200"]
    assert other.post("/v1/operations", batch(Maker(other.name).link())).status == 200


def test_a_counter_that_stops_one_card_after_the_other_is_slowed_down_and_told_of_once(
    site: InProcess, caplog: pytest.LogCaptureFixture
) -> None:
    mad, other = site.counter(), site.counter()
    maker = Maker(mad.name, mad.position())

    def send(*operations: object) -> int:
        body = json.dumps(batch(*operations)).encode()
        return site.caller.ask("POST", "/v1/operations", mad.secret, body=body, patient=False).status

    def replacement() -> object:
        return maker.replace(fresh_token(), fresh_number(), [])

    assert send(*(maker.unlink(fresh_number()) for _ in range(10))) == 200
    assert send(*(replacement() for _ in range(10))) == 200
    before = mad.position()
    assert [send(maker.unlink(fresh_number())), send(maker.link(), replacement())] == [429, 429]
    assert mad.position() == before
    assert send(*(maker.link() for _ in range(30))) == 200
    assert other.post("/v1/operations", batch(Maker(other.name).unlink(fresh_number()))).status == 200
    assert [record.getMessage() for record in caplog.records if record.name.endswith("operation_routes")] == [
        f"counter {mad.name} stops more cards than a counter does"
    ]


def test_what_a_new_epoch_waits_for_is_not_slowed_down(site: InProcess) -> None:
    """All that counters have stopped since the backup comes again, and links made before are deferred for a minute at most."""
    one, other = site.counter(), site.counter()
    maker = Maker(one.name, one.position())
    ledger, heads = site.registry.ledger, HeadTable(RowHash(site.registry.site_key.key))
    with ledger.database.writing() as database:
        row = heads.lock(database)
        heads.begin(database, row, Epochs(row.epoch + 1, ((row.epoch, row.cursor),)))

    def send(count: int) -> int:
        body = json.dumps(batch(*(maker.unlink(fresh_number()) for _ in range(count)))).encode()
        return site.caller.ask("POST", "/v1/operations", one.secret, body=body, patient=False).status

    assert [send(15) for _ in range(4)] == [200] * 4
    for counter in (one, other):
        epoch, cursor = counter.position()
        counter.get("/v1/feed", epoch=epoch, cursor=cursor)
    wait_until(lambda: send(15) == 429, "the end of the wait")


def test_a_computer_that_was_shut_out_takes_nothing_from_the_one_in_its_place(site: InProcess) -> None:
    lost = site.counter()
    site.revoke(lost.name)
    asked = [site.caller.ask("GET", "/v1/snapshot", lost.secret, patient=False).status for _ in range(40)]
    assert asked.count(403) < 22
    assert asked[-1] == 429


def test_an_address_that_guesses_is_slowed_down_and_its_counters_are_not(site: InProcess) -> None:
    counter = site.counter()
    guesses = [site.caller.ask("GET", "/v1/snapshot", fresh_secret(), patient=False).status for _ in range(30)]
    assert guesses.count(401) < 22
    assert guesses[-1] == 429
    assert site.caller.ask("GET", "/v1/health", patient=False).status == 429
    assert counter.get("/v1/snapshot").status == 200


@pytest.mark.parametrize("size", [KIB + 1, 16 * KIB])
def test_a_body_too_large_is_refused_and_the_connection_goes_on(site: InProcess, size: int) -> None:
    secret = site.counter().secret
    with connection(site) as tls:
        tls.sendall(head("/v1/links/find", secret, Content_Length=size) + b"x" * size)
        tls.sendall(head("/v1/health", method="GET", Connection="close"))
        answers = received(tls)
    assert answers.startswith(b"HTTP/1.1 413 ")
    assert b'{"error": "too-large"}HTTP/1.1 200 ' in answers


def test_a_body_without_a_declared_length_is_counted(site: InProcess) -> None:
    secret = site.counter().secret
    with connection(site) as tls:
        tls.sendall(head("/v1/operations", secret, Transfer_Encoding="chunked"))
        chunk = b"%x\r\n%s\r\n" % (KIB, b" " * KIB)
        tls.sendall(chunk * 80 + b"0\r\n\r\n" + head("/v1/health", method="GET", Connection="close"))
        assert b'{"error": "too-large"}HTTP/1.1 200 ' in received(tls)


def test_a_body_with_two_ends_is_not_taken(site: InProcess) -> None:
    secret = site.counter().secret
    with connection(site) as tls:
        tls.sendall(head("/v1/links/find", secret, Content_Length=5, Transfer_Encoding="chunked") + b"0\r\n\r\n")
        assert told(received(tls)) == (400, {"error": "unreadable"})


def test_a_body_that_is_declared_enormous_is_not_waited_for(site: InProcess) -> None:
    secret = site.counter().secret
    with connection(site) as tls:
        tls.sendall(head("/v1/operations", secret, Content_Length=1 << 40))
        assert told(received(tls)) == (413, {"error": "too-large"})


def test_a_body_that_never_ends_is_given_up(site: InProcess) -> None:
    secret = site.counter().secret
    with connection(site) as tls:
        tls.sendall(head("/v1/links/find", secret, Content_Length=100) + b"half")
        assert told(received(tls)) == (408, {"error": "too-slow"})


def test_half_a_body_and_an_end_is_nobodys_mistake(site: InProcess) -> None:
    counter = site.counter()
    position = counter.position()
    body = json.dumps(batch(Maker(counter.name, position).link())).encode()
    with connection(site) as tls:
        tls.sendall(head("/v1/operations", counter.secret, Content_Length=len(body)) + body[:-1])
    assert counter.position() == position


@pytest.mark.parametrize("begun", [b"", b"GET /v1/health HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_never_ends_is_given_up(site: InProcess, begun: bytes) -> None:
    with connection(site) as tls:
        tls.sendall(begun)
        began = time.monotonic()
        assert received(tls) == b""
        assert time.monotonic() - began < SOON


def test_a_head_byte_by_byte_gets_no_more_time(site: InProcess) -> None:
    with connection(site) as tls:
        tls.sendall(head("/v1/health", method="GET"))
        answer = b""
        while not answer.endswith(b"}"):
            answer += tls.recv(65536)
        tls.settimeout(SLOW / 10)
        for sent in range(100):
            try:
                tls.sendall(b"G")
                assert tls.recv(1) == b""
                break
            except TimeoutError:
                assert sent < 60
            except (ConnectionError, ssl.SSLError):
                break


@pytest.mark.parametrize(
    "sent", [b"\x00\x01\x02\r\n\r\n", b"GET /v1/health\r\n\r\n", b"G" * 20_000, head("/v1/health", Content_Length="x")]
)
def test_what_is_no_http_gets_an_error_of_the_protocol(site: InProcess, sent: bytes) -> None:
    with connection(site) as tls:
        tls.sendall(sent)
        assert told(received(tls)) == (400, {"error": "unreadable"})


def test_nobody_is_answered_in_the_clear(site: InProcess) -> None:
    with socket.create_connection(("127.0.0.1", site.server.port), LIMIT) as plain:
        plain.sendall(head("/v1/health", method="GET", Connection="close"))
        assert b"HTTP" not in plain.recv(65536)


def test_who_connects_and_never_speaks_is_given_up(site: InProcess) -> None:
    with socket.create_connection(("127.0.0.1", site.server.port), LIMIT) as silent:
        began = time.monotonic()
        assert silent.recv(1) == b""
        assert time.monotonic() - began < SOON


def test_one_address_has_so_many_connections_and_those_that_end_make_room(tmp_path: Path) -> None:
    with in_process("", tmp_path / "home", Limits(connections=2)) as site:
        place = "127.0.0.1", site.server.port
        with (
            socket.create_connection(place, LIMIT),
            socket.create_connection(place, LIMIT),
            socket.create_connection(place, LIMIT) as more,
        ):
            assert more.recv(1) == b""
        wait_until(lambda: _answers(site), "room for another")


def _answers(site: InProcess) -> bool:
    try:
        return site.caller.get("/v1/authority").status == 200
    except urllib3.exceptions.HTTPError:
        return False


def test_tls_begins_at_1_2(site: InProcess) -> None:
    for version, spoken in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
        with connection(site, minimum_version=version, maximum_version=version) as tls:
            assert tls.version() == spoken
    assert site.context.minimum_version is ssl.TLSVersion.TLSv1_2
