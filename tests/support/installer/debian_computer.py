"""A computer with a bare Debian: its files in a folder, its processes and its mounts its own, our network.

What the smallest Debian has is fetched once a machine, and kept (CACHE), with the packages that are fetched later. No systemd runs in it,
and nothing of it is seen outside.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

from tests.support.wait import end
from tools.installer.debian_release import BOOKWORM, CACHE, Release, bare

LIMIT = 300.0
_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}
# A trial is not there any more after a power cut, and half of dpkg's time is spent on waiting for the disk.
_HURRY = "force-unsafe-io\n"


class DebianComputer:
    """Use as a context manager. `root` is its root folder."""

    def __init__(self, folder: Path, release: Release = BOOKWORM) -> None:
        self.root, self._release, self._ends = folder / "debian", release, ExitStack()

    def __enter__(self) -> Self:
        _copy(bare(self._release), self.root)
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        (self.root / "etc/dpkg/dpkg.cfg.d/trial").write_text(_HURRY, encoding="ascii")
        # The process with which its namespaces begin and end.
        holder = "echo here; exec sleep infinity"
        unshared = ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "sh", "-c", f"{self._mounts()} && {holder}"]
        self._holder = subprocess.Popen(unshared, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self._ends.callback(shutil.rmtree, self.root)
        self._ends.callback(end, self._holder)
        assert self._holder.stdout is not None
        self._ends.callback(self._holder.stdout.close)
        assert self._holder.stdout.readline() == b"here\n"
        (child,) = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children").read_text(encoding="ascii").split()
        self._inside = ["nsenter", "--target", child, "--mount", "--pid", "--ipc"]
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def start(self, *command: str, account: str = "root", display: str = "") -> subprocess.Popen[bytes]:
        """Start a program there, as root or as an account of its; to be waited for, or killed (`kill`)."""
        home = "/root" if account == "root" else f"/home/{account}"
        environment = _ENVIRONMENT | {"HOME": home} | ({"DISPLAY": display} if display else {})
        process = subprocess.Popen(
            [*self._inside, "chroot", f"--userspec={account}", str(self.root), "env", "-C", home, *command],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # What it starts is killed with it.
            start_new_session=True,
        )
        self._ends.callback(_finish, process)
        return process

    def run(self, *command: str, account: str = "root", given: str = "") -> tuple[int, str]:
        """Run a program there to its end; its exit code, and what it printed."""
        running = self.start(*command, account=account)
        printed, _ = running.communicate(given.encode(), timeout=LIMIT)
        return running.returncode, printed.decode("utf-8", "replace")

    def install(self, *packages: str) -> tuple[int, str]:
        """As an administrator does, without being asked; a package's file by its path there."""
        get = ("apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0", "--no-install-recommends", "install", *packages)
        fetched = self.root / "var/cache/apt/archives"
        _add_packages(CACHE / "archives", fetched)
        code, printed = self.run(*get)
        if code and "404" in printed:
            # The list of packages is older than the mirror's.
            assert self.run("apt-get", "-q", "update")[0] == 0
            code, printed = self.run(*get)
        _add_packages(fetched, CACHE / "archives")
        return code, printed

    def put(self, file: Path) -> str:
        """Lay a file down there; its path."""
        shutil.copy(file, self.root / "srv" / file.name)
        return f"/srv/{file.name}"

    def files(self) -> set[Path]:
        """All that lies on its disk, folders as well."""
        found = set[Path]()
        for place, folders, names in os.walk(self.root):
            at = Path(place).relative_to(self.root)
            if at == Path():
                folders[:] = [name for name in folders if name not in {"proc", "dev", "sys", "tmp", "run"}]
            found |= {at / name for name in (*folders, *names)}
        return found

    def _mounts(self) -> str:
        screens = Path("/tmp/.X11-unix")  # noqa: S108 - the X server's own place
        theirs, memory = self.root / "tmp" / screens.name, self.root / "dev" / "shm"
        screens.mkdir(exist_ok=True)
        theirs.mkdir()
        lines = ["mount --make-rprivate /", f"mount -t proc proc {self.root}/proc", f"mount -t tmpfs -o mode=1777 shm {memory}"]
        lines.append(f"mount --bind {screens} {theirs}")
        return " && ".join(lines)


def _copy(source: Path, target: Path) -> None:
    """With owners and devices."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True, timeout=LIMIT)


def _add_packages(source: Path, target: Path) -> None:
    """Other computers may do so at the same time."""
    target.mkdir(exist_ok=True)
    for package in source.glob("*.deb"):
        if not (target / package.name).exists():
            with tempfile.NamedTemporaryFile(dir=target, delete=False) as new:
                shutil.copyfile(package, new.name)
            Path(new.name).chmod(0o644)
            Path(new.name).rename(target / package.name)


def kill(process: subprocess.Popen[bytes]) -> None:
    """The program and all that it has started, from one moment to the next."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(LIMIT)


def _finish(process: subprocess.Popen[bytes]) -> None:
    kill(process)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
