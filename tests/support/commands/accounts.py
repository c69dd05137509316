"""A computer with two accounts of one group, and one outside it, in a mount namespace of its own: who does what there, and what is found
afterwards. For `shared_computer`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from kiosk.__main__ import main
from kiosk.config import Home, default_home, read_settings
from kiosk.config.acting_account import account_named
from kiosk.config.admission import admitted_to
from kiosk.domain.errors import KioskError
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.equipment import open_repository
from tests.support.wait import LIMIT

HANAKO, TARO, SOTO = "kiosk-hanako", "kiosk-taro", "kiosk-soto"
GROUP = "kiosk-madoguchi"
_ACCOUNTS = {HANAKO: 54301, TARO: 54302, SOTO: 54303}
LINKS = 3
Told = dict[str, object]


def furnish(tmp: Path) -> None:
    """Give this namespace the accounts, with homes, and an empty /var/lib."""
    for name, lines in (
        ("passwd", [f"{name}:x:{number}:{number}::/home/{name}:/bin/sh" for name, number in _ACCOUNTS.items()]),
        ("group", [*(f"{name}:x:{number}:" for name, number in _ACCOUNTS.items()), f"{GROUP}:x:54300:{HANAKO},{TARO}"]),
    ):
        ours = tmp / name
        ours.write_text(Path("/etc", name).read_text("utf-8") + "\n".join(lines) + "\n", "utf-8")
        mount("--bind", str(ours), f"/etc/{name}")
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/var/lib")
    # Not below `tmp`, where other test runs keep accounts from passing through.
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/home")
    for name, number in _ACCOUNTS.items():
        Path("/home", name).mkdir(mode=0o700)
        os.chown(f"/home/{name}", number, number)


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, timeout=LIMIT)


def called(
    name: str | None, *arguments: str, umask: int = 0o022, watched: Callable[[str, tuple[object, ...]], None] | None = None
) -> tuple[int, str]:
    """Call `kiosk` as an account (None: root), in a process of its own, whose operations are `watched`. Returns exit code and all that was
    said.
    """

    def call() -> Told:
        said = io.StringIO()
        os.umask(umask)
        if watched is not None:
            sys.addaudithook(watched)
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = main(arguments)
        return {"code": code, "said": said.getvalue()}

    found = apart(name, call)
    return int(str(found["code"])), str(found["said"])


def apart(name: str | None, work: Callable[[], Told]) -> Told:
    """What `work` found, done as an account for good in a process of its own; empty if that was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _become(name)
        try:
            told = work()
        except KioskError as error:
            told = {"code": error.code.value, "reason": str(error.params.get("reason", ""))}
        with os.fdopen(writing, "w") as output:
            json.dump(told, output)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return dict(json.loads(text)) if text else {}


def _become(name: str | None) -> None:
    for variable in [variable for variable in os.environ if variable.startswith(("XDG_", "KIOSK_"))]:
        del os.environ[variable]
    account = None if name is None else account_named(name)
    if account is not None:
        os.environ["HOME"] = str(account.folder)
        os.initgroups(account.name, account.group)
        os.setgid(account.group)
        os.setuid(account.number)


def link(*numbers: int, home: Home | None = None) -> Told:
    """Link cards as the counter would, and say what is linked afterwards."""
    place = home or default_home()
    os.umask(admitted_to(place.folder).umask)
    repository, _ = open_repository(place, read_settings(place.config))
    with repository:
        for number in numbers:
            repository.save_link(
                UUID(int=number), LinkToken(number.to_bytes(32, "big")), LibraryCardNumber(f"{number:010}"), revocation=Revocation.GOOD
            )
        return {"links": sorted(int(one.number) for one in repository.list_links(masked=False)), "doubt": repository.doubt is not None}


def decide(home: Home) -> None:
    """The one thing that a library has to decide before its counter starts."""
    home.config.write_text(home.config.read_text("utf-8").replace('# revocation = "none"', 'revocation = "none"'), "utf-8")


def own_home(name: str) -> Home:
    account = account_named(name)
    assert account is not None
    return Home(account.folder / ".local" / "share" / "library-card-kiosk")


def begin_own(name: str) -> Home:
    """A counter of one account, with some links."""
    home = own_home(name)

    def begin() -> Told:
        home.prepare()
        decide(home)
        return link(*range(1, LINKS + 1), home=home)

    assert apart(name, begin)["links"] == list(range(1, LINKS + 1))
    return home


def modes(*folders: Path) -> dict[str, str]:
    """Group and mode of everything below."""
    found = {}
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            about = path.lstat()
            kind = "folder" if path.is_dir() else "file"
            found[str(path)] = f"{kind} {about.st_gid} {about.st_mode & 0o7777:04o}"
    return found


def finding(name: str | None, check: str, *options: str) -> Told:
    _, said = called(name, *options, "doctor", "--json")
    document, _ = json.JSONDecoder().raw_decode(said)
    (found,) = (one for one in document["checks"] if one["check"] == check)
    return {"outcome": found["outcome"], "facts": found["facts"]}


def killed_at(point: int, work: Callable[[], Told]) -> Told:
    """As `apart` as root, killed at the file system's operation of that number; with the fault `code` of none if it was not reached."""

    def counting() -> Told:
        done = 0

        def look(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal done
            if event in _OPERATIONS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES):
                done += 1
                if done == point:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(look)
        return work()

    return apart(None, counting)


_OPERATIONS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.symlink", "os.utime", "os.truncate"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def setting_up(*arguments: str) -> Callable[[], Told]:
    def call() -> Told:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return {"code": main(["setup", *arguments])}

    return call


def opens(name: str, home: Home) -> list[int] | None:
    """What is linked at the home as the account finds it; None if it cannot be opened."""
    found = apart(name, lambda: link(home=home) if home.has_store() else {})
    links = found.get("links")
    return [int(number) for number in links] if isinstance(links, list) else None
