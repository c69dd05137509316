"""The process that speaks HTTP: what the counter finds of it, and that it never outlives the counter."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from kiosk.domain.health import Finding
from tests.support.local_api.asking import ask, closed, opened, told
from tests.support.local_api.counter import NUMBER, PAGE, CounterWithApi, counter_with_api
from tests.support.wait import LIMIT, wait_for_end


def process_of(counter: CounterWithApi) -> int:
    """The one that was started for this port."""
    asked = f"\0kiosk.local_api\0{counter.port}\0".encode()
    (found,) = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and asked in _line(path))
    return found


def _line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with counter_with_api(tmp_path, listens=False, port=port) as counter:
            assert counter.found() == Finding("local-api.taken", {"port": port})


def test_without_clients_it_is_told_and_with_the_first_it_is_on(tmp_path: Path) -> None:
    with counter_with_api(tmp_path) as counter:
        counter.store.revoke_local_client("page")
        assert counter.found() == Finding("local-api.on", {"port": counter.port, "count": 1})
        counter.store.revoke_local_client("program")
        assert counter.found() == Finding("local-api.no-clients", {"port": counter.port})


@pytest.mark.linux("/proc")
def test_a_process_that_is_killed_is_told_and_begun_again(counter: CounterWithApi) -> None:
    counter.serve()
    os.kill(process_of(counter), signal.SIGKILL)
    assert counter.found() == Finding("local-api.broken")
    assert counter.found().outcome == "local-api.on"
    with opened(counter.port, counter.page_token, PAGE) as page:
        assert told(page)["number"] == NUMBER.text


@pytest.mark.linux("/proc")
def test_it_ends_with_the_counter_and_its_clients_are_told(tmp_path: Path) -> None:
    with counter_with_api(tmp_path) as counter:
        process = process_of(counter)
        with opened(counter.port, counter.page_token, PAGE) as page:
            counter.serve()
            assert told(page)["number"] == NUMBER.text
            counter.api.stop(LIMIT)
            assert told(page)["event"] == "patron-left"
        wait_for_end(process)
    with pytest.raises(ConnectionRefusedError):
        ask(counter.port)


def test_who_is_revoked_is_shut_out_without_anything_to_tell(counter: CounterWithApi) -> None:
    with opened(counter.port, counter.page_token, PAGE) as page:
        counter.store.revoke_local_client("page")
        assert closed(page) == (4401, "token-unknown")
