"""One connection: limits on silence, size and time, and which of two ends has closed it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.outbox import FATES
from kiosk.registry.api.errors import ApiCode
from kiosk.store.sync import connection as limits_of
from kiosk.store.sync.bell import Bell
from kiosk.store.sync.connection import Connection, Limits
from kiosk.store.sync.server_url import ServerUrl
from tests.support.sync.scripted_registry import Asked, Cut, Say, Script, ScriptedRegistry
from tests.support.wait import LIMIT, SOON, wait_until

SHORT = Limits(connect=LIMIT, silence=0.6, whole=3.0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedRegistry]:
    with ScriptedRegistry(tmp_path, script=lambda asked: Say(200, b"yes")) as server:
        yield server


@pytest.fixture
def connection(server: ScriptedRegistry) -> Iterator[Connection]:
    with closing(Connection.verified(ServerUrl.parse(server.url), server.authority, SHORT)) as opened:
        yield opened


@pytest.fixture
def never(server: ScriptedRegistry) -> Iterator[Script]:
    """Answers nothing for longer than any limit here."""
    over = threading.Event()

    def script(asked: Asked) -> Say:
        over.wait(LIMIT)
        return Say(200, b"late")

    yield script
    over.set()


def test_a_silent_server_is_given_up_and_the_next_request_is_new(server: ScriptedRegistry, connection: Connection, never: Script) -> None:
    server.script = never
    begun = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        connection.ask("GET", "/v1/health")
    assert raised.value.code is Code.REGISTRY_UNREACHABLE
    assert time.monotonic() - begun < SOON
    server.script = lambda asked: Say(200, b"yes")
    assert connection.ask("GET", "/v1/health").body == b"yes"


def answering_after(seconds: float) -> Script:
    def script(asked: Asked) -> Say:
        threading.Event().wait(seconds)
        return Say(200, b"yes")

    return script


def test_an_answer_may_take_longer_than_a_connection_may(server: ScriptedRegistry) -> None:
    server.script = answering_after(1.3)
    with closing(Connection.verified(ServerUrl.parse(server.url), server.authority, Limits(connect=1.0, silence=8.0))) as patient:
        assert patient.ask("GET", "/v1/health").body == b"yes"
        # Also on a connection that is open already.
        assert patient.ask("GET", "/v1/health").body == b"yes"


def test_an_answer_that_was_asked_to_wait_may_take_longer_by_that_and_the_next_may_not(server: ScriptedRegistry, never: Script) -> None:
    limits = Limits(connect=LIMIT, silence=0.6)
    with closing(Connection.verified(ServerUrl.parse(server.url), server.authority, limits)) as connection:
        server.script = answering_after(1.3)
        connection.send("GET", "/v1/feed")
        assert connection.receive(8.0).body == b"yes"
        server.script = never
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            connection.ask("GET", "/v1/health")
        assert time.monotonic() - begun < SOON


def test_silence_is_not_taken_for_a_closed_connection(server: ScriptedRegistry, connection: Connection, never: Script) -> None:
    """What waits for the answer would wait twice."""
    connection.ask("GET", "/v1/health")
    server.script = never
    with pytest.raises(Unavailable):
        connection.ask("GET", "/v1/health")
    assert len(server.asked) == 2


def test_an_answer_has_one_limit_in_all_also_where_the_server_hangs_up_before_it_falls_silent(
    server: ScriptedRegistry, never: Script
) -> None:
    limits = Limits(connect=LIMIT, silence=LIMIT, whole=2.0)
    with closing(Connection.verified(ServerUrl.parse(server.url), server.authority, limits)) as connection:
        connection.ask("GET", "/v1/health")
        answered = len(server.asked)

        def late_and_cut(asked: Asked) -> Say:
            if len(server.asked) > answered + 1:
                never(asked)
            raise Cut

        server.script = late_and_cut
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            connection.ask("GET", "/v1/health")
        assert len(server.asked) == answered + 2
        assert time.monotonic() - begun < SOON


def test_a_wait_that_breaks_is_left_to_whoever_waits(server: ScriptedRegistry, connection: Connection) -> None:
    """Sent again in here, nothing could end it."""
    connection.ask("GET", "/v1/health")

    def cut(asked: Asked) -> Say:
        raise Cut

    server.script = cut
    connection.send("GET", "/v1/feed")
    with pytest.raises(Unavailable):
        connection.receive(25.0)
    assert server.paths() == ["/v1/health", "/v1/feed"]


def test_a_wait_can_begin_on_a_connection_that_the_server_has_closed_meanwhile(server: ScriptedRegistry, connection: Connection) -> None:
    connection.ask("GET", "/v1/health")
    assert connection.is_warm
    server.hang_up()
    wait_until(lambda: not connection.is_warm, "the end of the connection")
    connection.send("GET", "/v1/feed")
    assert connection.receive(1.0).body == b"yes"


def test_an_answer_that_is_no_http_is_none(server: ScriptedRegistry, connection: Connection) -> None:
    server.script = lambda asked: Say(200, b"", {"X-Long": "a" * 100_000})
    with pytest.raises(Unavailable):
        connection.ask("GET", "/v1/health")


def test_a_connection_that_the_server_has_closed_meanwhile_is_opened_again(server: ScriptedRegistry, connection: Connection) -> None:
    server.script = lambda asked: Say(200, b"yes", {"Connection": "close"})
    assert connection.ask("GET", "/v1/health").status == 200
    assert connection.ask("GET", "/v1/health").status == 200
    cuts = [True]

    def cut_once(asked: Asked) -> Say:
        if cuts:
            cuts.clear()
            raise Cut
        return Say(200, b"yes")

    server.script = lambda asked: Say(200, b"yes")
    connection.ask("GET", "/v1/health")
    server.script = cut_once
    assert connection.ask("GET", "/v1/health").body == b"yes"


def test_a_server_that_cuts_every_request_is_unreachable(server: ScriptedRegistry, connection: Connection) -> None:
    def cut(asked: Asked) -> Say:
        raise Cut

    server.script = cut
    for _ in range(3):
        with pytest.raises(Unavailable):
            connection.ask("GET", "/v1/health")


def test_a_body_without_end_is_not_read(server: ScriptedRegistry, connection: Connection) -> None:
    server.script = lambda asked: Say(200, bytes(limits_of.LARGEST + 1))
    with pytest.raises(Unavailable):
        connection.ask("GET", "/v1/health")


@pytest.mark.parametrize("is_warm", [False, True])
def test_another_thread_can_end_a_wait(server: ScriptedRegistry, never: Script, is_warm: bool) -> None:
    with closing(Connection.verified(ServerUrl.parse(server.url), server.authority)) as patient:
        if is_warm:
            patient.ask("GET", "/v1/health")
        server.script = never
        begun, ended = len(server.asked), list[Code]()

        def wait() -> None:
            try:
                patient.ask("GET", "/v1/stops")
            except Unavailable as error:
                ended.append(error.code)

        waiting = threading.Thread(target=wait)
        waiting.start()
        wait_until(lambda: len(server.asked) > begun, "the question")
        patient.abort()
        waiting.join(LIMIT)
        assert ended == [Code.REGISTRY_UNREACHABLE]
        assert len(server.asked) == begun + 1


@pytest.mark.parametrize("end", [Connection.abort, Connection.interrupt])
def test_who_ends_a_wait_leaves_the_socket_to_who_waits(
    server: ScriptedRegistry, connection: Connection, end: Callable[[Connection], None]
) -> None:
    """Its number would be that of the next one opened: of the library system, for instance."""
    connection.ask("GET", "/v1/health")
    server.script = answering_after(1.0)
    connection.send("GET", "/v1/feed")
    waited_for = connection.socket
    assert waited_for is not None
    number = waited_for.fileno()
    end(connection)
    assert waited_for.fileno() == number
    with closing(Bell()) as bell:
        bell.wait(0, waited_for)
    with pytest.raises(Unavailable):
        connection.receive(5.0)
    assert not connection.is_warm


def test_another_thread_can_end_a_handshake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = ServerUrl.parse(f"https://127.0.0.1:{mute.getsockname()[1]}")
        with closing(Connection.unverified(url, Limits(connect=20.0))) as patient:
            ended = list[Code]()

            def wait() -> None:
                try:
                    patient.ask("GET", "/v1/health")
                except Unavailable as error:
                    ended.append(error.code)

            waiting = threading.Thread(target=wait)
            waiting.start()
            accepted, _ = mute.accept()
            with accepted:
                assert accepted.recv(1), "the client's first word"
                patient.abort()
                waiting.join(LIMIT)
                assert ended == [Code.REGISTRY_UNREACHABLE]
            waiting.join()


def test_a_server_of_another_authority_is_not_trusted(server: ScriptedRegistry, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with ScriptedRegistry(elsewhere) as other:
        with (
            closing(Connection.verified(ServerUrl.parse(server.url), other.authority, SHORT)) as wrong,
            pytest.raises(Unavailable) as raised,
        ):
            wrong.ask("GET", "/v1/health", headers={"Authorization": "Bearer secret"})
    assert raised.value.code is Code.REGISTRY_NOT_TRUSTED
    assert server.asked == []


def test_a_certificate_that_is_only_out_of_date_is_told_as_that(tmp_path: Path) -> None:
    """By far most often it is this computer's clock."""
    with ScriptedRegistry(tmp_path, issued_at=datetime.now(UTC) - timedelta(days=4000)) as server:
        with (
            closing(Connection.verified(ServerUrl.parse(server.url), server.authority, SHORT)) as late,
            pytest.raises(Unavailable) as raised,
        ):
            late.ask("GET", "/v1/health")
    assert (raised.value.code, raised.value.params) == (Code.REGISTRY_NOT_TRUSTED, {"reason": "date"})


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("https://registry.example", "https://registry.example"),
        (" https://registry.example:8443/ ", "https://registry.example:8443"),
        ("https://registry.example:443/kiosk/", "https://registry.example/kiosk"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("HTTPS://Registry.Example", "https://registry.example"),
    ],
)
def test_an_address_is_read_as_people_write_it(typed: str, read: str) -> None:
    assert str(ServerUrl.parse(typed)) == read
    assert ServerUrl.parse(read) == ServerUrl.parse(typed)


@pytest.mark.parametrize("typed", ["", "http://a", "ftp://a", "https://a/?b", "https://a/#b", "https://a b", "https://:1"])
def test_anything_else_is_no_address(typed: str) -> None:
    with pytest.raises(Refused) as raised:
        ServerUrl.parse(typed)
    assert raised.value.code is Code.REGISTRY_URL


def test_every_error_that_the_server_can_say_to_a_counter_has_its_row() -> None:
    to_others = {ApiCode.ENROLMENT_CODE_REFUSED}
    assert {(code.status, code.value) for code in set(ApiCode) - to_others} <= FATES.keys()
