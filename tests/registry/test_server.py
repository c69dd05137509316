"""The server as a whole: its beginning and its end, a renewed certificate, a second server, a database that is away, and what it logs."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from kiosk import log
from kiosk.config import LogSettings
from kiosk.domain.outbox import Fate, fate
from kiosk.ledger.database import ask
from kiosk.registry.api.backend import Library
from kiosk.registry.server import RegistryServer
from kiosk.registry.tls import OwnAuthority, authority_pem
from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.caller import Caller, Reply
from tests.support.registry.sent_operations import Maker, batch, fresh_number, fresh_token
from tests.support.registry.sites import EnrolledCounter, InProcess, in_process
from tests.support.wait import SOON, wait_until


@pytest.fixture
def site(tmp_path: Path) -> Iterator[InProcess]:
    with in_process("", tmp_path / "home") as opened:
        yield opened


def wait_for_news(counter: EnrolledCounter, seconds: int = 25) -> Reply:
    epoch, cursor = counter.position()
    return counter.get("/v1/feed", epoch=epoch, cursor=cursor, wait=seconds)


def second(site: InProcess, *, starts: bool = True) -> RegistryServer:
    """Another server over the same database."""
    registry = site.registry
    library = Library(registry.ledger, registry.counters, registry.enrolment, authority_pem(registry.tls), registry.clock)
    server = RegistryServer(library, site.context, "127.0.0.1")
    if starts:
        server.start()
    return server


def test_it_ends_at_once_although_counters_wait_and_lets_them_go(tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as threads:
        with in_process("", tmp_path / "home") as site:
            waits = [threads.submit(wait_for_news, site.counter()) for _ in range(3)]
            wait_until(lambda: site.waiting == 3, "three who wait")
            began = time.monotonic()
        assert time.monotonic() - began < SOON
        replies = [wait.result(SOON) for wait in waits]
    assert [(reply.status, reply.json["entries"]) for reply in replies] == [(200, [])] * 3


def test_it_ends_at_once_although_a_connection_says_nothing_and_reads_nothing(tmp_path: Path) -> None:
    with in_process("", tmp_path / "home") as site:
        context = ssl.create_default_context(cadata=site.authority.decode())
        plain = socket.create_connection(("127.0.0.1", site.server.port), SOON)
        idle = context.wrap_socket(plain, server_hostname="127.0.0.1")
        idle.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
    assert time.monotonic() - began < SOON
    idle.close()


def test_one_that_is_ended_before_it_runs_begins_and_ends(site: InProcess) -> None:
    """Whoever guards the ledger may say so at any moment: nothing is left of it, and the program goes on to say why."""
    before = set(threading.enumerate())
    server = second(site, starts=False)
    server.end()
    running = threading.Thread(target=server.run)
    running.start()
    running.join(SOON)
    assert not running.is_alive()
    server.end()
    server.stop()
    assert set(threading.enumerate()) - before == set()


def test_what_was_begun_is_finished_at_the_end(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        with in_process("", tmp_path / "home") as site:
            counters = [site.counter() for _ in range(8)]
            makers = [Maker(counter.name, counter.position()) for counter in counters]
            sent = [batch(*(maker.link() for _ in range(100))) for maker in makers]
            replies = [threads.submit(counter.post, "/v1/operations", body) for counter, body in zip(counters, sent, strict=True)]
            replies[0].result(SOON * 4)
        answered = 0
        for future in replies:
            answered += _accepted(future)
    with in_process("", tmp_path / "home") as site:
        assert site.counter().position()[1] >= answered >= 100


def _accepted(future: Future[Reply]) -> int:
    try:
        reply = future.result(SOON * 4)
    except Exception:
        # The connection was not accepted any more.
        return 0
    return len(reply.json["answers"]) if reply.status == 200 else 0


def test_a_renewed_certificate_is_shown_from_the_next_connection_on(site: InProcess) -> None:
    def shown() -> str:
        context = ssl.create_default_context(cadata=site.authority.decode())
        with socket.create_connection(("127.0.0.1", site.server.port), SOON) as plain:
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                certificate = tls.getpeercert()
                assert certificate is not None
                return str(certificate["serialNumber"])

    counter, before = site.counter(), shown()
    with ThreadPoolExecutor(1) as threads:
        wait = threads.submit(wait_for_news, counter, 2)
        wait_until(lambda: site.waiting == 1, "one who waits")
        assert isinstance(site.registry.tls, OwnAuthority)
        site.registry.tls.path.unlink()
        assert site.registry.tls.renew(site.registry.clock())
        site.registry.tls.load(site.context)
        assert shown() != before
        assert wait.result(SOON).status == 200


def test_of_two_servers_over_one_database_each_tells_what_the_other_accepted(site: InProcess) -> None:
    counter, there = site.counter(), second(site)
    caller = Caller(f"https://127.0.0.1:{there.port}", site.authority)
    try:
        listener = site.counter()
        elsewhere = EnrolledCounter(listener.name, listener.secret, caller)
        maker = Maker(counter.name, counter.position())
        with ThreadPoolExecutor(1) as threads:
            wait = threads.submit(wait_for_news, elsewhere)
            wait_until(lambda: there.waiting == 1, "one who waits")
            began = time.monotonic()
            unlink = maker.unlink(fresh_number())
            counter.post("/v1/operations", batch(unlink))
            assert [entry["operation"] for entry in wait.result(SOON).json["entries"]] == [unlink["uuid"]]
            assert time.monotonic() - began < SOON
        # Whoever has heard of a position from one is not sent for a snapshot by the other, which has not looked since.
        with ThreadPoolExecutor(1) as threads:
            for _ in range(5):
                head = counter.post("/v1/operations", batch(maker.link())).json["status"]["head"]
                wait = threads.submit(elsewhere.get, "/v1/feed", **head, wait=25)
                wait_until(lambda wait=wait: wait.done() or there.waiting == 1, "one who waits, or an answer")  # type: ignore[misc]
                counter.post("/v1/operations", batch(maker.link()))
                assert wait.result(SOON).status == 200
    finally:
        caller.close()
        there.stop()


def test_a_database_that_is_away_is_told_and_found_again(tmp_path: Path) -> None:
    with PostgresCluster() as postgres, in_process(postgres.create_database(), tmp_path / "home") as site:
        counter = site.counter()
        maker = Maker(counter.name, counter.position())
        postgres.crash()
        asked = {
            "/v1/health": site.caller.get("/v1/health"),
            "/v1/feed": counter.get("/v1/feed", epoch=maker.known[0], cursor=maker.known[1]),
            "/v1/snapshot": counter.get("/v1/snapshot"),
            "/v1/operations": counter.post("/v1/operations", batch(link := maker.link())),
        }
        assert {path: reply.error for path, reply in asked.items()} == dict.fromkeys(asked, (503, "database-unavailable"))
        assert all(int(reply.headers["retry-after"]) >= 1 for reply in asked.values())
        postgres.start()
        assert site.caller.get("/v1/health").status == 200
        told = counter.post("/v1/operations", batch(link)).json
        assert told["answers"][0]["accepted"]["cursor"] == maker.known[1] + 1


def test_a_damaged_row_is_told_apart_and_only_what_needs_it_is_not_taken(site: InProcess) -> None:
    counter = site.counter()
    maker = Maker(counter.name, counter.position())
    counter.post("/v1/operations", batch(maker.link(token := fresh_token())))
    ask(site.registry.ledger.database.database, "UPDATE link SET since = 'x'")
    reply = counter.post("/v1/operations", batch(maker.link(), maker.link(token)))
    assert reply.error == (500, "ledger-damaged")
    assert fate(*reply.error) is Fate.HALVED
    assert counter.post("/v1/operations", batch(maker.link())).status == 200
    assert counter.get("/v1/snapshot").error == (500, "ledger-damaged")


class BrokenClock(Exception):
    """Its text is told to nobody."""


def test_a_bug_is_told_by_its_number_and_not_by_its_text(tmp_path: Path) -> None:
    with in_process("", tmp_path / "home") as site:
        counter = site.counter()

        def clock() -> datetime:
            raise BrokenClock(f"a text that quotes {counter.secret}")

        registry = site.registry
        library = Library(registry.ledger, registry.counters, registry.enrolment, b"", clock)
        server = RegistryServer(library, site.context, "127.0.0.1")
        with log.kept_in(tmp_path / "logs", LogSettings(), "registry"):
            server.start()
            caller = Caller(f"https://127.0.0.1:{server.port}", site.authority)
            reply = caller.get("/v1/snapshot", counter.secret)
            caller.close()
            server.stop()
        assert (reply.status, reply.json.keys(), reply.json["error"]) == (500, {"error", "incident"}, "incident")
        written = (tmp_path / "logs" / "registry.log").read_text("utf-8")
        assert f"incident {reply.json['incident']}" in written
        assert "BrokenClock" in written
        assert counter.secret not in written


def test_the_log_names_routes_and_counters_and_nothing_that_was_asked(tmp_path: Path) -> None:
    token, number = fresh_token().digest.hex(), fresh_number().text
    with log.kept_in(tmp_path / "logs", LogSettings(level="debug"), "registry"), in_process("", tmp_path / "home") as site:
        counter = site.counter()
        maker = Maker(counter.name, counter.position())
        counter.get("/v1/snapshot", after=token)
        counter.get(f"/v1/{number}/{token}", number=number)
        counter.get("/v1/feed", epoch=token, cursor=number)
        counter.post("/v1/links/find", {"tokens": [token], "number": number})
        counter.post("/v1/operations", batch({**maker.link(), "token": token, "number": number}, {**maker.link(), "number": "山田"}))
        site.caller.ask("POST", "/v1/enrol", body=f'{{"code":"{number}","secret":"{counter.secret}"}}'.encode())
        site.caller.ask("GET", "/v1/feed", headers={"Authorization": f"Bearer {token}", "X-Forwarded-For": number})
    written = (tmp_path / "logs" / "registry.log").read_text("utf-8")
    assert "GET /v1/snapshot 200" in written
    assert f"counter {counter.name}\n" in written
    assert "POST /v1/operations 422" in written
    assert "- unknown route 404" in written
    assert [secret for secret in (token, number, counter.secret, "山田", "after=", "127.0.0.1") if secret in written] == []


def test_what_a_counter_says_of_itself_is_kept(site: InProcess) -> None:
    counter = site.counter()
    epoch, cursor = counter.position()
    counter.get("/v1/feed", epoch=epoch, cursor=cursor, pending=3, version="1.2.3", differs=1)

    def heard() -> bool:
        known = site.registry.counters.named(counter.name).heard
        return known is not None and (known.version, known.pending, known.differs, known.known.cursor) == ("1.2.3", 3, True, cursor)

    wait_until(heard, "the contact to be written")


def test_answers_are_not_held_back_by_the_network(site: InProcess) -> None:
    """By Nagle's algorithm, until the other end acknowledges their first half: 40 ms on Linux."""
    counter, seconds = site.counter(), []
    for _ in range(20):
        began = time.monotonic()
        counter.get("/v1/snapshot")
        seconds.append(time.monotonic() - began)
    assert min(seconds) < 0.035


def test_a_port_that_is_taken_is_an_error_at_the_start(site: InProcess) -> None:
    registry = site.registry
    library = Library(registry.ledger, registry.counters, registry.enrolment, b"", registry.clock)
    with pytest.raises(OSError, match="in use"):
        RegistryServer(library, site.context, "127.0.0.1", site.server.port)
