"""PostgreSQL under Patroni with etcd and HAProxy, by the configuration in resources/registry/ha, on addresses of this machine's loopback.

    with HighAvailability(tmp_path) as database:
        url = database.create_database()
        database.kill(database.primary())       # PostgreSQL and its agent, with kill -9

What is written there for 192.0.2.N holds here for 127.x.y.N. Each member is a PID namespace: whoever ends its first process ends all of it,
as the kernel does if the test's process dies. Missing programs are a failure.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg

from tests.support import ROOT
from tests.support.postgres.cluster import programs
from tests.support.wait import LIMIT, wait_until

CONFIGURATION = ROOT / "resources" / "registry" / "ha"
MEMBERS = {"one": 11, "two": 12, "three": 13}
"""The machines, and the last parts of their addresses. The third has an etcd only."""
_PASSWORDS = {"SUPERUSER": "postgres", "REPLICATION": "replicator", "REWIND": "rewinder"}
_BEGINS_WITHIN, _FAILS_OVER_WITHIN = 90.0, 60.0
_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class _Account:
    uid: int
    gid: int


class HighAvailability:
    def __init__(self) -> None:
        import pwd  # not on Windows

        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-ha-", dir="/tmp"))  # a socket's path must be short
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self._account = None if user is None else _Account(user.pw_uid, user.pw_gid)
        self._network = _free_network()
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        try:
            self._own(self.folder)
            for name in MEMBERS:
                self._start_etcd(name)
            for name in ("one", "two"):
                self.start(name)
            self._start_haproxy()
            self.await_step()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for name in list(self._children):
            self._kill(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what happens ---------------------------------------------------------------------------------------------------

    def start(self, member: str) -> None:
        """The agent of a member, which starts its PostgreSQL."""
        told = self._configured("patroni.yml", member)
        data = self.folder / member
        for path, here in (
            ("/usr/lib/postgresql/15/bin", programs()),
            ("/var/lib/postgresql/15/registry", data / "data"),
            ("/var/lib/postgresql/15/patroni.pgpass", data / "pgpass"),
            ("/var/run/postgresql", data),
        ):
            assert path in told, path
            told = told.replace(path, str(here))
        data.mkdir(exist_ok=True)
        self._own(data)
        passwords = {f"PATRONI_{role}_PASSWORD": f"password of {user}" for role, user in _PASSWORDS.items()}
        users = {f"PATRONI_{role}_USERNAME": user for role, user in _PASSWORDS.items()}
        self._begin(f"patroni-{member}", ["patroni", str(self._written(data / "config.yml", told))], environment=users | passwords)

    def kill(self, member: str) -> None:
        """PostgreSQL and its agent, at once."""
        self._kill(f"patroni-{member}")

    def primary(self) -> str:
        """Who says that it is. Raises LookupError if nobody does."""
        for member in ("one", "two"):
            if self._says(member, "/primary"):
                return member
        raise LookupError("no primary")

    def await_primary(self, but: str) -> str:
        """Another one than this, once there is one."""

        def there() -> bool:
            with suppress(LookupError):
                return self.primary() != but
            return False

        wait_until(there, f"another primary than {but}; {self.logs()}", _FAILS_OVER_WITHIN)
        return self.primary()

    def create_database(self, name: str = "registry") -> str:
        """A new, empty one; its URL, which leads to the primary, whoever it is."""
        with psycopg.connect(self._superuser(name="postgres"), autocommit=True) as connection:
            connection.execute("CREATE ROLE kiosk LOGIN PASSWORD 'password of kiosk'")
            connection.execute(f"CREATE DATABASE \"{name}\" OWNER kiosk TEMPLATE template0 ENCODING 'UTF8'")
        return f"postgresql://kiosk:password%20of%20kiosk@{self._address(1)}:5000/{name}"

    def execute(self, member: str, statement: str) -> list[tuple[Any, ...]]:
        """As PostgreSQL's superuser."""
        with psycopg.connect(self._superuser(member), autocommit=True) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    @contextmanager
    def holding(self, member: str, table: str) -> Iterator[None]:
        """Nobody can write to a table of the ledger meanwhile, as long as the member lives."""
        with psycopg.connect(self._superuser(member, "registry"), autocommit=True) as connection:
            connection.execute("BEGIN")
            connection.execute(f'LOCK TABLE "{table}" IN SHARE MODE')
            yield
            with suppress(psycopg.OperationalError):
                connection.execute("ROLLBACK")

    def logs(self) -> str:
        return "\n".join(f"{log.name} ends with:\n{log.read_text('utf-8', 'replace')[-1500:]}" for log in sorted(self.folder.glob("*.log")))

    # --- how it is begun ------------------------------------------------------------------------------------------------

    def _start_etcd(self, member: str) -> None:
        told = self._configured("etcd", member)
        settings = dict(line.split("=", 1) for line in told.splitlines() if line and not line.startswith("#"))
        data = self.folder / f"etcd-{member}"
        settings["ETCD_DATA_DIR"] = str(data)
        self._begin(f"etcd-{member}", ["etcd"], environment={**settings, "ETCD_UNSAFE_NO_FSYNC": "true"})

    def _start_haproxy(self) -> None:
        told = self._configured("haproxy.cfg", "one")
        # Whoever is not root cannot become another, and need not.
        told = re.sub(r"^ +(user|group) .*\n", "", told, flags=re.MULTILINE)
        self._begin("haproxy", ["haproxy", "-db", "-f", str(self._written(self.folder / "haproxy.cfg", told))])

    def _configured(self, name: str, member: str) -> str:
        """A file of the configuration as it is written for this member, on the addresses here."""
        told = (CONFIGURATION / name).read_text("utf-8")
        if member != "one":
            lines = told.splitlines(keepends=True)
            # What names the member itself; lists of all members stay.
            told = "".join(line if "192.0.2.12" in line else line.replace("192.0.2.11", f"192.0.2.{MEMBERS[member]}") for line in lines)
            told = re.sub(r"^(ETCD_NAME=|name: )one$", rf"\g<1>{member}", told, flags=re.MULTILINE)
        told = told.replace("192.0.2.0/24", "127.0.0.0/8").replace("127.0.0.1:", f"{self._address(1)}:")
        return told.replace("192.0.2.", f"{self._network}.")

    def _begin(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        if (program := shutil.which(command[0], path=f"{os.environ['PATH']}:/usr/sbin")) is None:
            raise AssertionError(f"{command[0]} is missing; on Debian: apt-get install patroni etcd-server haproxy")
        namespace = ["unshare", "--map-current-user", "--pid", "--fork", "--kill-child", "--mount-proc"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._children[name] = subprocess.Popen(
                [*namespace, program, *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **(environment or {})},
                preexec_fn=_end_with_parent,
                user=None if self._account is None else self._account.uid,
                group=None if self._account is None else self._account.gid,
                extra_groups=None if self._account is None else [],
            )

    def _kill(self, name: str) -> None:
        child = self._children.pop(name)
        child.send_signal(signal.SIGKILL)
        child.wait(LIMIT)

    def _written(self, path: Path, text: str) -> Path:
        path.write_text(text, "utf-8")
        path.chmod(0o600)
        self._own(path)
        return path

    def _own(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.uid, self._account.gid)

    # --- what is seen ---------------------------------------------------------------------------------------------------

    def _address(self, last: int) -> str:
        return f"{self._network}.{last}"

    def _superuser(self, member: str | None = None, name: str = "postgres") -> str:
        where = self._address(MEMBERS[member or self.primary()])
        return f"postgresql://postgres:password%20of%20postgres@{where}:5432/{name}?connect_timeout=5"

    def _says(self, member: str, path: str) -> bool:
        with suppress(OSError), _NO_PROXY.open(f"http://{self._address(MEMBERS[member])}:8008{path}", timeout=2) as answer:
            return bool(answer.status == 200)
        return False

    def await_step(self) -> None:
        """Until the standby has all that the primary has, and is waited for."""
        wait_until(self._is_in_step, f"a primary with a synchronous standby; {self.logs()}", _BEGINS_WITHIN)

    def _is_in_step(self) -> bool:
        for name, child in self._children.items():
            assert child.poll() is None, f"{name} ended; {self.logs()}"
        with suppress(OSError, LookupError, ValueError):
            where = f"http://{self._address(MEMBERS[self.primary()])}:8008/cluster"
            with _NO_PROXY.open(where, timeout=2) as answer:
                members = json.load(answer)["members"]
            return any(one["role"] == "sync_standby" and one["state"] in ("running", "streaming") for one in members)
        return False


def _free_network() -> str:
    """The first three parts of addresses of the loopback on which nobody listens."""
    draw = random.SystemRandom()
    while True:
        network = f"127.{draw.randrange(1, 255)}.{draw.randrange(256)}"
        with suppress(OSError), socket.create_server((f"{network}.1", 5000)):
            return network


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)
