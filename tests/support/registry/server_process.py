"""The library's server as a process: `kiosk serve` with a home of its own, on a loopback port that stays the same over restarts.

with RegistryProcess(folder, postgres.create_database()) as server:
    east = server.enrol("east")
    server.stop()              # kill -9
    server.start()
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import ssl
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.commands.output import PROBLEM
from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import read_registry_settings
from kiosk.domain.counter_secret import fresh_secret
from kiosk.registry.opening import OpenedRegistry, open_registry
from kiosk.registry.tls import server_context
from tests.support import ROOT
from tests.support.ports import free_port
from tests.support.registry.counter_process import Enrolled
from tests.support.registry.tables import Registry, read_registry
from tests.support.wait import LIMIT, wait_until

_HOST = "127.0.0.1"


class RegistryProcess:
    """`url` is that of the server, `port` where a relay forwards to."""

    def __init__(self, folder: Path, database: str = "", *, keys: Path | None = None, starts: bool = True) -> None:
        """`database`: a URL of PostgreSQL, or SQLite in the home. `keys`: of another server on the same database. Not `starts`: an empty
        machine, to restore a backup on.
        """
        self.home, self.port = RegistryHome(folder), free_port()
        folder.mkdir(mode=0o700, parents=True)
        (folder / "registry.toml").write_text(
            f'[server]\nport = {self.port}\n[database]\nurl = "{database}"\n[backup]\nevery_hours = 0\nkeep = 1\n', encoding="utf-8"
        )
        if keys is not None:
            shutil.copytree(keys, folder / "keys")
        self.database = database or f"sqlite:///{self.home.database}"
        self.log = folder / "output.log"
        self._child: subprocess.Popen[bytes] | None = None
        if starts:
            self.start()

    @property
    def url(self) -> str:
        return f"https://{_HOST}:{self.port}"

    @property
    def keys(self) -> Path:
        return self.home.folder / "keys"

    def start(self, *, waits: bool = True) -> None:
        """Returns once it answers, or at once if not `waits`."""
        assert self._child is None
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command("serve"), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, env=self._environment()
            )
        if waits:
            wait_until(self._answers, f"the server; {self.end_of_log()}", LIMIT)

    def stop(self, *, graceful: bool = False) -> None:
        """kill -9, unless `graceful`."""
        if (child := self._child) is not None:
            child.send_signal(signal.SIGTERM if graceful else signal.SIGKILL)
            try:
                child.wait(LIMIT)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(LIMIT)
                raise AssertionError(f"the server did not end; {self.end_of_log()}") from None
            self._child = None

    def keep_running(self) -> None:
        """Start it again if it has ended by itself, as a service manager does: it does not start while its database is away."""
        if self._child is None or (code := self._child.poll()) is None:
            return
        told = self.end_of_log()
        assert (code, "incident" in told) == (PROBLEM, False), f"the server ended with {code}; {told}"
        self._child = None
        self.start(waits=False)

    def has_ended(self) -> bool:
        """By itself."""
        return self._child is not None and self._child.poll() is not None

    def await_running(self) -> None:
        """Returns once it answers, however often it has to be started for that."""

        def answers() -> bool:
            self.keep_running()
            return self._answers()

        wait_until(answers, f"the server; {self.end_of_log()}", LIMIT)

    def restart(self, *, graceful: bool = False) -> None:
        self.stop(graceful=graceful)
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def administer(self, *arguments: str, limit: float = 60) -> str:
        """Run a command of the server's administrator, such as `backup`; return what it printed."""
        command = self._command("registry", *arguments)
        ran = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit, cwd=ROOT, env=self._environment(), check=False
        )
        assert ran.returncode == 0, f"{arguments}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    def break_off(self, *arguments: str, seconds: float) -> None:
        """Run a command, and end it by kill -9 if it has not ended by then."""
        command, quiet = self._command("registry", *arguments), subprocess.DEVNULL
        with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, cwd=ROOT, env=self._environment()) as child:
            with suppress(subprocess.TimeoutExpired):
                child.wait(seconds)
            child.kill()

    def enrol(self, *names: str) -> list[Enrolled]:
        """Enrol counters by code, as the commands do, without a process for each."""
        with closing(self._opened()) as opened:
            certificate = opened.tls.authority
            authority, der = certificate.public_bytes(Encoding.PEM).decode(), certificate.public_bytes(Encoding.DER)
            enrolled = []
            for name in names:
                code, secret = opened.enrolment.open(name, der), fresh_secret()
                got = opened.enrolment.enrol(code.secret, secret)
                enrolled.append(Enrolled(got.counter, secret, got.site_key, authority))
            return enrolled

    def context(self) -> ssl.SSLContext:
        """With the server's certificate: for whoever plays the server."""
        with closing(self._opened()) as opened:
            return server_context(opened.tls)

    def tables(self) -> Registry:
        return read_registry(self.database)

    def head(self) -> tuple[int, int]:
        """Epoch and cursor, as they lie in the database."""
        registry = self.tables()
        return registry.epoch, registry.cursor

    def end_of_log(self) -> str:
        files = [self.log, *sorted(self.home.logs.glob("*"))[-1:]]
        return "\n".join(f"{file} ends with:\n{file.read_text('utf-8', 'replace')[-3000:]}" for file in files if file.exists())

    def _opened(self) -> OpenedRegistry:
        return open_registry(self.home, read_registry_settings(self.home.config))

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "kiosk", "--home", str(self.home.folder), *arguments]

    def _environment(self) -> dict[str, str]:
        return os.environ | {"PYTHONFAULTHANDLER": "1"}

    def _answers(self) -> bool:
        assert self._child is not None
        assert self._child.poll() is None, f"the server ended; {self.end_of_log()}"
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with closing(http.client.HTTPSConnection(_HOST, self.port, timeout=5, context=context)) as connection:
            try:
                connection.request("GET", "/v1/health")
                return connection.getresponse().status == 200
            except OSError:
                return False
