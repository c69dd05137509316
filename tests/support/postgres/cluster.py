"""A PostgreSQL of the tests' own, in a temporary folder, on a unix socket. Missing PostgreSQL is a failure.

    with PostgresCluster() as postgres:
        url = postgres.create_database()
        postgres.crash(); postgres.start()     # as after a power failure; `stop` ends all connections first
    postgres.keep(); …; postgres.fail_over()    # to a standby that had heard no more

As root its programs run as the user `postgres`, since they refuse root. The kernel ends the server if the test's process dies.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.support.wait import LIMIT, wait_until

_FOLDERS = ("/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin")
_SETTINGS = ("listen_addresses=", "unix_socket_permissions=0700", "max_connections=60", "shared_buffers=64MB", "log_min_messages=fatal")
_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class PostgresMissing(AssertionError):
    """PostgreSQL's programs are not here; the message says what to install."""


class PostgresCluster:
    def __init__(self, *, is_durable: bool = False) -> None:
        """`is_durable`: wait for the disk at each commit, as a real server does; for measurements."""
        self._programs = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-pg-", dir="/tmp"))  # a socket's path must be short
        self._data, self._standby, self._numbers = self.folder / "data", self.folder / "standby", count(1)
        self._settings = (*_SETTINGS, *(() if is_durable else ("fsync=off", "full_page_writes=off")))
        import pwd  # not on Windows, where nothing is run that needs a PostgreSQL

        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self._uid = None if user is None else user.pw_uid
        self._gid = None if user is None else user.pw_gid
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._server: subprocess.Popen[bytes] | None = None
        try:
            made = self._run("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--username=kiosk", "--pgdata", str(self._data))
            made.check_returncode()
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Returns once it answers."""
        settings = [part for setting in self._settings for part in ("-c", setting)]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-k", str(self.folder), *settings]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                command, stdout=log, stderr=log, preexec_fn=_end_with_parent, cwd=self.folder, user=self._uid, group=self._gid
            )
        wait_until(self._answers, f"PostgreSQL (its log: {self.folder / 'log'})", 30)

    def stop(self) -> None:
        """End all connections and the server."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End it as it stands, as a power failure would: what was committed is in its log."""
        self._end(signal.SIGQUIT)

    def keep(self) -> None:
        """Keep what it holds now, as a standby would that hears nothing from then on. It restarts for that."""
        self.stop()
        shutil.rmtree(self._standby, ignore_errors=True)
        self._copy(self._data, self._standby)
        self.start()

    def fail_over(self) -> None:
        """It dies, and what was kept is promoted in its place: a new timeline, without all that was committed since."""
        self.become_standby()
        self.promote()

    def become_standby(self) -> None:
        """It dies, and what was kept can be read in its place."""
        self.crash()
        shutil.rmtree(self._data)
        self._copy(self._standby, self._data)
        (self._data / "standby.signal").touch()
        self.start()

    def promote(self) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute("SELECT pg_promote()")

    def close(self) -> None:
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://kiosk@/{database}?host={quote(str(self.folder), safe='')}"

    def create_database(self, encoding: str = "UTF8") -> str:
        """A new, empty one; its URL."""
        name = f"registry{next(self._numbers)}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE template0 LOCALE 'C' ENCODING {}")
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(made.format(sql.Identifier(name), sql.Literal(encoding)))
        return self.url(name)

    def connections(self, url: str) -> int:
        """How many there are to a database; one that was closed is counted until its process has ended."""
        of_it = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            [(count,)] = connection.execute(of_it, (conninfo_to_dict(url)["dbname"],)).fetchall()
            return int(count)

    def disconnect_all(self, url: str | None = None) -> int:
        """End all connections to a database, or to all, as a network failure would; return how many there were."""
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE %s"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            return len(connection.execute(ended, ("registry%" if url is None else conninfo_to_dict(url)["dbname"],)).fetchall())

    def __enter__(self) -> PostgresCluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _end(self, sign: signal.Signals) -> None:
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(sign)
            self._server.wait(LIMIT)
        self._server = None

    def _copy(self, folder: Path, copy: Path) -> None:
        """With owners and modes."""
        subprocess.run(["cp", "--archive", str(folder), str(copy)], timeout=60, check=True)

    def _answers(self) -> bool:
        assert self._server is not None
        assert self._server.poll() is None, (self.folder / "log").read_text()
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(self._programs / program), *arguments],
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            timeout=60,
            check=False,
            user=self._uid,
            group=self._gid,
        )


def programs() -> Path:
    for folder in _FOLDERS:
        if (Path(folder) / "postgres").exists():
            return Path(folder)
    raise PostgresMissing("PostgreSQL is missing; on Debian: apt-get install postgresql")


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGQUIT)
