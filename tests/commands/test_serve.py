"""kiosk serve as a process: alone it works at once, over TLS, and ends at a signal."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config.registry_home import RegistryHome
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.registry.authority import issue, new_authority
from kiosk.text import say
from tests.support import ROOT
from tests.support.commands.server import CODE, opened
from tests.support.postgres.cluster import PostgresCluster
from tests.support.wait import LIMIT, end, wait_until

pytestmark = pytest.mark.linux("signals")


class Serving:
    """`kiosk serve` with what it has printed so far."""

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str]) -> None:
        self._out, self._err = folder / "out", folder / "err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            command = [sys.executable, "-m", "kiosk", *arguments]
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=ROOT, env=environment)

    @property
    def out(self) -> str:
        return self._out.read_text("utf-8")

    @property
    def err(self) -> str:
        return self._err.read_text("utf-8")

    @property
    def address(self) -> str:
        """Of the server, once it listens."""
        wait_until(lambda: "https://" in self.out or self.child.poll() is not None, "the server", LIMIT)
        return next(word for word in self.out.split() if word.startswith("https://"))

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.child.send_signal(sign)
        return self.child.wait(LIMIT)


Start = Callable[..., Serving]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `kiosk …` with the default homes in the test's own folder."""
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    environment.pop("KIOSK_REGISTRY_HOME", None)
    started: list[Serving] = []

    def call(*arguments: str) -> Serving:
        folder = tmp_path / f"process {len(started)}"
        folder.mkdir()
        started.append(Serving(folder, *arguments, environment=environment))
        return started[-1]

    yield call
    for serving in started:
        end(serving.child)


@pytest.fixture
def home(tmp_path: Path) -> RegistryHome:
    """The default home, listening on any free port."""
    place = RegistryHome(tmp_path / "data" / "library-card-registry")
    place.folder.mkdir(parents=True)
    place.config.write_text("[server]\nport = 0\n[backup]\nevery_hours = 0\n", encoding="utf-8")
    return place


def asked(address: str, path: str, context: ssl.SSLContext, body: dict[str, str] | None = None, secret: str = "") -> bytes:
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {secret}"} if secret else {})}
    request = urllib.request.Request(address + path, data, headers)  # noqa: S310 - https
    with urllib.request.urlopen(request, timeout=LIMIT, context=context) as answer:  # noqa: S310 - https
        content: bytes = answer.read()
    return content


def fetched_authority(address: str) -> str:
    """What a counter fetches before it trusts anything."""
    return asked(address, "/v1/authority", unverified()).decode()


def unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.mark.timeout(120)
def test_alone_it_begins_by_itself_and_enrols_a_counter(start: Start, home: RegistryHome) -> None:
    home.config.write_text("[server]\nport = 0\n", encoding="utf-8")
    serving = start("serve")
    pem = fetched_authority(serving.address)
    code = opened(home).enrolment.open("中央1", ssl.PEM_cert_to_DER_cert(pem))
    assert code.names(ssl.PEM_cert_to_DER_cert(pem))
    trusting = ssl.create_default_context(cadata=pem)
    answer = json.loads(asked(serving.address, "/v1/enrol", trusting, {"code": code.secret, "secret": fresh_secret()}))
    assert (answer["counter"], len(answer["site_key"])) == ("中央1", 64)
    assert "新しく始めました" in serving.out
    assert say("command.registry.sheet.missing") in serving.err
    assert serving.stop() == 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_a_signal_and_begins_where_it_ended(start: Start, home: RegistryHome, sign: signal.Signals) -> None:
    first = start("serve")
    before = fetched_authority(first.address)
    assert first.stop(sign) == 0
    second = start("serve")
    assert fetched_authority(second.address) == before
    assert "新しく始めました" not in second.out
    assert second.stop(sign) == 0


@pytest.mark.timeout(120)
def test_a_second_one_on_the_same_home_is_refused(start: Start, home: RegistryHome) -> None:
    first = start("serve")
    assert first.address
    second = start("serve")
    assert second.child.wait(LIMIT) == 1
    assert "いま動いています" in second.err
    assert first.child.poll() is None


@pytest.mark.timeout(120)
def test_a_port_that_is_taken_is_told(start: Start, home: RegistryHome) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        home.config.write_text(f"[server]\nport = {taken.getsockname()[1]}\n", encoding="utf-8")
        serving = start("serve")
        assert serving.child.wait(LIMIT) == 1
        assert f"127.0.0.1:{taken.getsockname()[1]} では待てません" in serving.err
        assert str(home.config) in serving.err


@pytest.mark.timeout(120)
def test_a_home_that_was_named_and_has_nothing_is_not_begun(start: Start, tmp_path: Path) -> None:
    """It may be a typing mistake."""
    serving = start("serve", "--home", str(tmp_path / "elsewhere"))
    assert serving.child.wait(LIMIT) == 1
    assert say("command.why.home-unusable.registry-not-begun") in serving.err
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.timeout(120)
def test_nothing_secret_stands_in_log_output_or_command_line(start: Start, home: RegistryHome) -> None:
    serving = start("serve")
    pem = fetched_authority(serving.address)
    trusting = ssl.create_default_context(cadata=pem)
    registry = opened(home)
    code, secret = registry.enrolment.open("中央1", ssl.PEM_cert_to_DER_cert(pem)), fresh_secret()
    for wrong in ("0000000000", code.secret):
        with suppress(OSError):
            asked(serving.address, "/v1/enrol", trusting, {"code": wrong, "secret": secret})
    command = Path(f"/proc/{serving.child.pid}/cmdline").read_bytes() if sys.platform == "linux" else b""
    assert serving.stop() == 0
    told = serving.out + serving.err + command.decode() + "".join(path.read_text("utf-8") for path in home.logs.iterdir())
    assert "/v1/enrol" in told
    for word in (code.secret, code.formatted(), secret, registry.site_key.key.hex(), *code.formatted().split("-")):
        assert word not in told


@pytest.mark.timeout(120)
def test_a_counter_that_is_revoked_is_shut_out_at_once(start: Start, home: RegistryHome) -> None:
    serving = start("serve")
    pem = fetched_authority(serving.address)
    trusting, secret = ssl.create_default_context(cadata=pem), fresh_secret()
    code = opened(home).enrolment.open("中央1", ssl.PEM_cert_to_DER_cert(pem))
    asked(serving.address, "/v1/enrol", trusting, {"code": code.secret, "secret": secret})
    assert b"status" in asked(serving.address, "/v1/snapshot", trusting, secret=secret)
    revoking = start("registry", "revoke", "中央1", "--yes")
    assert revoking.child.wait(LIMIT) == 0
    with pytest.raises(urllib.error.HTTPError) as refused:
        asked(serving.address, "/v1/snapshot", trusting, secret=secret)
    assert refused.value.code == 403
    assert json.loads(refused.value.read()) == {"error": "counter-revoked", "counter": "中央1"}
    refused.value.close()


@pytest.mark.timeout(120)
def test_the_librarys_own_certificate_is_shown_and_its_authority_named(start: Start, home: RegistryHome) -> None:
    authority = new_authority("0" * 32, datetime.now(UTC))
    (home.folder / "server.pem").write_bytes(issue(authority, ("localhost",), datetime.now(UTC)).encoded())
    pem = authority.certificate.public_bytes(Encoding.PEM)
    (home.folder / "ca.pem").write_bytes(pem)
    files = 'certificate = "server.pem"\nkey = "server.pem"\nauthority = "ca.pem"\n'
    home.config.write_text(f'[server]\nport = 0\nnames = ["localhost"]\n[tls]\n{files}', encoding="utf-8")
    serving = start("serve")
    address = serving.address
    assert address.startswith("https://localhost:")
    assert fetched_authority(address).encode() == pem
    assert b"healthy" in asked(address, "/v1/health", ssl.create_default_context(cadata=pem.decode()))
    enrolling = start("registry", "enrol", "中央1")
    assert enrolling.child.wait(LIMIT) == 0
    found = CODE.search(enrolling.out)
    assert found is not None
    assert EnrolmentCode.parse(found[0]).names(authority.certificate.public_bytes(Encoding.DER))
    assert not (home.folder / "keys" / "authority.pem").exists()


def test_the_code_of_the_command_line_is_the_one_the_server_takes(start: Start, home: RegistryHome) -> None:
    serving = start("serve")
    pem = fetched_authority(serving.address)
    enrolling = start("registry", "enrol", "中央1")
    assert enrolling.child.wait(LIMIT) == 0
    found = CODE.search(enrolling.out)
    assert found is not None
    code = EnrolmentCode.parse(found[0])
    assert code.names(ssl.PEM_cert_to_DER_cert(pem))
    trusting = ssl.create_default_context(cadata=pem)
    answer = json.loads(asked(serving.address, "/v1/enrol", trusting, {"code": code.secret, "secret": fresh_secret()}))
    assert answer["counter"] == "中央1"


@pytest.mark.timeout(120)
def test_on_postgresql_the_password_is_read_from_its_file(start: Start, home: RegistryHome, postgres: PostgresCluster) -> None:
    (home.folder / "password").write_text("hunter2 &=?#\n", encoding="utf-8")
    url = postgres.create_database()
    home.config.write_text(f'[server]\nport = 0\n[database]\nurl = "{url}"\npassword_file = "password"\n', encoding="utf-8")
    serving = start("serve")
    assert json.loads(asked(serving.address, "/v1/health", unverified())) == {"healthy": True}
    assert not home.database.exists()
    command = Path(f"/proc/{serving.child.pid}/cmdline").read_bytes() if sys.platform == "linux" else b""
    assert serving.stop() == 0
    told = serving.out + serving.err + command.decode() + "".join(path.read_text("utf-8") for path in home.logs.iterdir())
    assert "hunter2" not in told
