"""A server of the library that tests ask over HTTPS: in this process, as a process of its own, or installed anywhere.

For an installed one the environment says where it is and how to administer it:

    KIOSK_REGISTRY_URL        https://host:port
    KIOSK_REGISTRY_COMMAND    what `enrol NAME`, `retire NAME` and `revoke --yes NAME` are appended to, such as
                              "ssh registry kiosk --home /srv/registry registry"
"""

from __future__ import annotations

import json
import os
import re
import select
import shlex
import socket
import ssl
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import read_registry_settings
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.registry.api.backend import Library
from kiosk.registry.api.limits import DEFAULT, Limits
from kiosk.registry.opening import OpenedRegistry, open_registry
from kiosk.registry.server import RegistryServer
from kiosk.registry.status.status_page import StatusPage
from kiosk.registry.tls import authority_pem, server_context
from tests.support import ROOT
from tests.support.registry.caller import Caller, Reply
from tests.support.wait import LIMIT, end

URL, COMMAND = "KIOSK_REGISTRY_URL", "KIOSK_REGISTRY_COMMAND"
_CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}\b")
_LISTENING = re.compile(rb"https://127\.0\.0\.1:([0-9]+)")
_LIMIT = 60


@dataclass(frozen=True, slots=True)
class EnrolledCounter:
    """A counter of a site, as the server knows it."""

    name: str
    secret: str
    caller: Caller

    def get(self, path: str, **query: object) -> Reply:
        return self.caller.get(path, self.secret, **query)

    def post(self, path: str, body: object = None) -> Reply:
        return self.caller.post(path, self.secret, body)

    def position(self) -> tuple[int, int]:
        """Where the ledger is now."""
        head = self.get("/v1/feed", epoch=0, cursor=0).json["status"]["head"]
        return head["epoch"], head["cursor"]


class Site(ABC):
    """A running server, and its administrator."""

    def __init__(self, url: str, authority: bytes) -> None:
        self.url, self.authority = url, authority
        self.caller = Caller(url, authority)
        self._numbers, self._run = count(1), uuid4().hex[:6]

    @abstractmethod
    def code(self, name: str) -> EnrolmentCode:
        """What the administrator gets for a new counter."""

    @abstractmethod
    def retire(self, name: str) -> None: ...

    @abstractmethod
    def revoke(self, name: str) -> None: ...

    def fresh_name(self) -> str:
        return f"窓口{self._run}-{next(self._numbers)}"

    def counter(self) -> EnrolledCounter:
        """A new counter, enrolled as every counter is."""
        name, secret = self.fresh_name(), fresh_secret()
        reply = self.caller.post("/v1/enrol", body={"code": self.code(name).secret, "secret": secret})
        assert reply.status == 200, reply.body
        return EnrolledCounter(name, secret, self.caller)


class AtHome(Site):
    """One whose home is here: administered beside the running server, as the commands do."""

    def __init__(self, registry: OpenedRegistry, port: int, process: int) -> None:
        self.registry, self.process = registry, process
        super().__init__(f"https://127.0.0.1:{port}", authority_pem(registry.tls))

    def code(self, name: str) -> EnrolmentCode:
        return self.registry.enrolment.open(name, self.registry.tls.authority.public_bytes(Encoding.DER))

    def retire(self, name: str) -> None:
        self.registry.counters.retire(name)

    def revoke(self, name: str) -> None:
        self.registry.counters.revoke(name)


class InProcess(AtHome):
    """On a thread of this process."""

    def __init__(self, registry: OpenedRegistry, limits: Limits) -> None:
        registry.tls.renew(registry.clock())
        self.context = server_context(registry.tls)
        self.status = StatusPage.of(registry)
        administered = registry.counters, registry.enrolment
        library = Library(registry.ledger, *administered, authority_pem(registry.tls), registry.clock, status=self.status)
        self.server = RegistryServer(library, self.context, "127.0.0.1", 0, limits)
        self.server.start()
        super().__init__(registry, self.server.port, os.getpid())

    @property
    def waiting(self) -> int:
        """How many counters wait for news."""
        return self.server.waiting


class ByCommand(Site):
    """Somewhere else, administered by commands."""

    def __init__(self, url: str, command: list[str]) -> None:
        self._command = command
        super().__init__(url, fetched_authority(url))

    def code(self, name: str) -> EnrolmentCode:
        told = _CODE.search(self._call("enrol", name))
        assert told is not None
        code = EnrolmentCode.parse(told[0])
        assert code.names(x509.load_pem_x509_certificate(self.authority).public_bytes(Encoding.DER))
        return code

    def retire(self, name: str) -> None:
        self._call("retire", name)

    def revoke(self, name: str) -> None:
        self._call("revoke", "--yes", name)

    def close(self) -> None:
        self.caller.close()

    def _call(self, *arguments: str) -> str:
        ran = subprocess.run([*self._command, *arguments], capture_output=True, text=True, timeout=_LIMIT, input="", check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


def fetched_authority(url: str) -> bytes:
    """As a counter fetches it before it trusts anybody."""
    host, _, port = url.removeprefix("https://").partition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((host, int(port or 443)), LIMIT) as plain, context.wrap_socket(plain, server_hostname=host) as tls:
        tls.sendall(f"GET /v1/authority HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: tls.recv(65536), b""))
    return answer.partition(b"\r\n\r\n")[2]


@contextmanager
def in_process(url: str, folder: Path, limits: Limits = DEFAULT) -> Iterator[InProcess]:
    """A new library's server over a new, empty database; SQLite in its home for an empty `url`."""
    with _begun(url, folder) as registry:
        site = InProcess(registry, limits)
        try:
            yield site
        finally:
            site.caller.close()
            site.server.stop()


@contextmanager
def as_process(url: str, folder: Path) -> Iterator[AtHome]:
    """The same as `kiosk serve`."""
    with _begun(url, folder) as registry, (folder / "stderr").open("wb") as errors:
        command = [sys.executable, "-m", "kiosk", "--home", str(folder), "serve"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT)
        try:
            site = AtHome(registry, _port_told(server, folder / "stderr"), server.pid)
            yield site
            site.caller.close()
        finally:
            end(server)
            assert server.stdout is not None
            server.stdout.close()
        assert server.returncode == 0, (folder / "stderr").read_text("utf-8")


@contextmanager
def _begun(url: str, folder: Path) -> Iterator[OpenedRegistry]:
    home = RegistryHome(folder)
    folder.mkdir(mode=0o700, exist_ok=True)
    home.config.write_text(f"[server]\nport = 0\n[database]\nurl = {json.dumps(url)}\n", "utf-8")
    home.prepare()
    registry = open_registry(home, read_registry_settings(home.config), begins=True)
    try:
        yield registry
    finally:
        registry.close()


def _port_told(server: subprocess.Popen[bytes], errors: Path) -> int:
    """From what it says once it listens."""
    assert server.stdout is not None
    said = b""
    while not (told := _LISTENING.search(said)):
        readable, _, _ = select.select([server.stdout], [], [], _LIMIT)
        part = os.read(server.stdout.fileno(), 4096) if readable else b""
        assert part, errors.read_text("utf-8")
        said += part
    return int(told[1])


@contextmanager
def installed() -> Iterator[ByCommand]:
    """The one that the environment names."""
    site = ByCommand(os.environ[URL], shlex.split(os.environ[COMMAND]))
    try:
        yield site
    finally:
        site.close()
