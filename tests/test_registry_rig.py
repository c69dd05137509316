"""The rig that tries the library's server and its counters: the relay between them, and what is drawn."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.support.registry.agreement import LINK, REPLACE, UNLINK
from tests.support.registry.certificate import write_certificate
from tests.support.registry.library import Wishes
from tests.support.registry.relay import Records, Relay
from tests.support.registry.seeds import VARIABLE, drawn_seed
from tests.support.wait import LIMIT, wait_until

BROKEN = r"reset|EOF|[Bb]roken pipe"


class Echo:
    """Answers each line with the same line, over TLS, and remembers what it heard."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[bytes] = []
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(folder / "server.pem")
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._closing = Event()
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                accepted, _ = self._listening.accept()
                Thread(target=self._answer, args=(accepted,), daemon=True).start()

    def _answer(self, accepted: socket.socket) -> None:
        with suppress(OSError), accepted, self._context.wrap_socket(accepted, server_side=True) as talking:
            while line := talking.recv(100):
                self.heard.append(line)
                talking.sendall(line)

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[Echo]:
    write_certificate(tmp_path / "server.pem")
    server = Echo(tmp_path)
    yield server
    server.close()


@contextmanager
def connected(port: int) -> Iterator[ssl.SSLSocket]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.socket(), suppress_ragged_eofs=False) as talking:
        talking.settimeout(LIMIT)
        talking.connect(("127.0.0.1", port))
        yield talking


def asked(port: int, line: bytes) -> bytes:
    with connected(port) as talking:
        talking.sendall(line)
        return talking.recv(100)


def test_what_passes_arrives(echo: Echo) -> None:
    with Relay(echo.port) as relay:
        assert asked(relay.port, b"one") == b"one"
        relay.delay(0.02)
        assert asked(relay.port, b"late") == b"late"
        assert relay.lost == 0
        wait_until(lambda: relay.connections == 0, "the relay to forget what was closed")


def test_a_lost_answer_was_heard(echo: Echo) -> None:
    with Relay(echo.port) as relay:
        relay.lose(1)
        with pytest.raises(OSError, match=BROKEN):
            asked(relay.port, b"lost")
        wait_until(lambda: echo.heard == [b"lost"], "the server to hear what was asked")
        assert relay.lost == 1
        relay.mend()
        assert asked(relay.port, b"again") == b"again"


def test_a_cut_ends_connections_and_refuses_new_ones(echo: Echo) -> None:
    with Relay(echo.port) as relay, connected(relay.port) as talking:
        talking.sendall(b"one")
        assert talking.recv(100) == b"one"
        relay.cut()
        with pytest.raises(OSError, match=BROKEN):
            talking.recv(100)
        with pytest.raises(OSError, match=BROKEN):
            asked(relay.port, b"two")
        relay.mend()
        assert asked(relay.port, b"three") == b"three"
        assert (echo.heard, relay.cuts) == ([b"one", b"three"], 1)


def test_nothing_passes_while_frozen(echo: Echo) -> None:
    with Relay(echo.port) as relay, connected(relay.port) as talking:
        relay.freeze()
        talking.sendall(b"one")
        talking.settimeout(0.2)
        with pytest.raises(TimeoutError):
            talking.recv(100)
        assert echo.heard == []
        relay.mend()
        talking.settimeout(LIMIT)
        assert talking.recv(100) == b"one"


def test_a_server_that_is_away_is_a_connection_that_breaks() -> None:
    with ExitStack() as stack, socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
        nobody.close()
        relay = stack.enter_context(Relay(port))
        with pytest.raises(OSError, match=BROKEN):
            asked(relay.port, b"one")


def test_records_are_counted_however_they_are_cut() -> None:
    stream = bytes([22, 3, 3, 0, 2, 0, 0]) + bytes([23, 3, 3, 0, 1, 0]) + bytes([23, 3, 3, 1, 0]) + bytes(256)
    for size in (1, 4, 7, len(stream)):
        records = Records()
        for begin in range(0, len(stream), size):
            records.take(stream[begin : begin + size])
        assert records.count == 2


def test_the_same_seed_draws_the_same_acts() -> None:
    def acts(seed: int) -> list[tuple[str, str, bytes | None]]:
        wishes = Wishes(seed)
        return [wishes.next() for _ in range(200)]

    assert acts(7) == acts(7)
    assert acts(7) != acts(8)
    assert {kind for kind, _, _ in acts(7)} == {LINK, REPLACE, UNLINK}


def test_a_seed_is_printed_and_may_be_given(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    seed = drawn_seed()
    assert capsys.readouterr().out == f"{VARIABLE}={seed}\n"
    monkeypatch.setenv(VARIABLE, "1977896051")
    assert drawn_seed() == 1977896051
