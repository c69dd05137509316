"""The check of the interface for other programs, from beside a running counter and without one."""

from __future__ import annotations

import http.server
import socket
import threading
from pathlib import Path

import pytest

from kiosk.checks.local_api import check_local_api
from kiosk.config import LocalApiSettings
from kiosk.domain.health import Finding
from tests.support.local_api.counter import counter_with_api
from tests.support.ports import free_port


def test_off_is_well_whatever_else_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert check_local_api(LocalApiSettings(on=False, port=other.getsockname()[1]), 0) == Finding("local-api.off")


def test_a_port_that_is_free_is_ready_if_there_are_clients() -> None:
    port = free_port()
    settings = LocalApiSettings(on=True, port=port)
    assert check_local_api(settings, 3) == Finding("local-api.ready", {"port": port, "count": 3})
    assert check_local_api(settings, 0) == Finding("local-api.no-clients", {"port": port})


def test_beside_a_running_counter_it_is_on(tmp_path: Path) -> None:
    with counter_with_api(tmp_path) as counter:
        settings = LocalApiSettings(on=True, port=counter.port)
        assert check_local_api(settings, 2) == Finding("local-api.on", {"port": counter.port, "count": 2})
        assert check_local_api(settings, 0) == Finding("local-api.no-clients", {"port": counter.port})


@pytest.mark.parametrize("speaks", [True, False], ids=["a web server", "something silent"])
def test_a_port_of_another_program_is_taken(speaks: bool) -> None:
    if speaks:
        with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as other:
            threading.Thread(target=other.handle_request, daemon=True).start()
            port = other.server_port
            assert check_local_api(LocalApiSettings(on=True, port=port), 1) == Finding("local-api.taken", {"port": port})
    else:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            assert check_local_api(LocalApiSettings(on=True, port=port), 1) == Finding("local-api.taken", {"port": port})
