"""Starting with something wrong: exit status, cause and next step on stderr, and existing files are not touched."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.errors import Code
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.equipment import keys_of, open_repository
from kiosk.smartcard.trust import TrustStore
from kiosk.smartcard.virtual.authority import VirtualAuthority, ecdsa_key
from kiosk.store.cipher import open_file
from kiosk.store.keys import open_keys
from kiosk.store.migrations import VERSION
from kiosk.text import plain, say
from tests.support import ROOT, SUPPORT
from tests.support.wait import LIMIT

CONFIG = '[card]\nrevocation = "none"\n[keys]\nplace = "file"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A counter with one link."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    place = Home(tmp_path / "home")
    place.prepare()
    place.config.write_text(CONFIG, encoding="utf-8")
    with open_repository(place, read_settings(place.config))[0] as repository:
        repository.save_link(uuid.UUID(int=1), LinkToken(bytes(32)), LibraryCardNumber("2104067851"), revocation=Revocation.GOOD)
    return place


def start(home: Home, stack: ExitStack, *before: str) -> subprocess.Popen[str]:
    """`kiosk run`, as its icon starts it. `before`: Python to be carried out first."""
    program = ["-c", "\n".join((*before, "import sys", "from kiosk.__main__ import main", "sys.exit(main())"))]
    arguments = [sys.executable, *(program if before else ["-m", "kiosk"]), "--home", str(home.folder), "run"]
    child = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    stack.callback(_end, child)
    return child


def _end(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        child.terminate()
    child.communicate(timeout=LIMIT)


def refused(home: Home, *before: str) -> tuple[int, str]:
    """Exit status and what was said of a start that must fail."""
    with ExitStack() as stack:
        child = start(home, stack, *before)
        out, err = child.communicate(timeout=LIMIT)
        assert out == ""
        assert "Traceback" not in err
        return child.returncode, err


SAYS_WHEN_BEGUN = """
from kiosk import app
start = app.Program.start
def say_when_begun(program):
    start(program)
    program.conductor
    print("begun", flush=True)
app.Program.start = say_when_begun
"""


def started(home: Home, stack: ExitStack) -> subprocess.Popen[str]:
    """A counter whose windows are there, and all that works behind them."""
    child = start(home, stack, SAYS_WHEN_BEGUN)
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    return child


def sentences(code: Code, **params: str | int) -> list[str]:
    return [plain(say(f"refusal.{code}.{part}")).format(**params) for part in ("staff", "staff-next")]


def links(home: Home) -> int:
    with open_repository(home, read_settings(home.config))[0] as repository:
        assert repository.verify_audit() is None
        return repository.count_links()


def test_a_second_counter_on_the_same_home(home: Home) -> None:
    with ExitStack() as stack:
        first = started(home, stack)
        status, said = refused(home)
        assert (status, said.splitlines()) == (1, sentences(Code.ALREADY_RUNNING))
        assert first.poll() is None
    # A counter that was ended, however, lets the next one in.
    with ExitStack() as stack:
        assert started(home, stack).poll() is None
    assert links(home) == 1


def test_a_store_of_a_newer_version(home: Home) -> None:
    keys = open_keys(keys_of(home, read_settings(home.config)), home.store)
    with closing(open_file(home.store, keys.database)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = home.store.read_bytes()
    status, said = refused(home)
    cause, following = sentences(Code.STORE_NEWER, version=VERSION + 1, known=VERSION)
    assert (status, said.splitlines()) == (1, [cause, say("command.place", place=str(home.store)), following])
    assert home.store.read_bytes() == before
    assert not list(home.data.glob("*backup*"))


@pytest.mark.parametrize(("content", "code"), [(b"no store at all", Code.STORE_DAMAGED), (None, Code.STORE_KEY_WRONG)], ids=["text", "key"])
def test_a_store_that_cannot_be_read(content: bytes | None, code: Code, home: Home, tmp_path: Path) -> None:
    if content is None:
        # The store of another counter was copied here.
        other = Home(tmp_path / "other")
        other.prepare()
        other.config.write_text(CONFIG, encoding="utf-8")
        open_repository(other, read_settings(other.config))[0].close()
        content = other.store.read_bytes()
    home.store.write_bytes(content)
    status, said = refused(home)
    lines = said.splitlines()
    assert (status, lines[0], lines[-1]) == (1, *sentences(code))
    assert home.store.read_bytes() == content


@pytest.mark.linux("accounts")
def test_the_store_of_another_user(home: Home) -> None:
    """Only root could give a file away: here the program takes itself for somebody else."""
    before = home.store.read_bytes()
    status, said = refused(home, "import os", "real = os.geteuid()", "os.geteuid = lambda: real + 1000")
    lines = said.splitlines()
    assert (status, lines[0], lines[-1]) == (1, *sentences(Code.STORE_FOREIGN))
    assert home.store.read_bytes() == before
    assert links(home) == 1


def test_a_config_with_unknown_keys(home: Home) -> None:
    home.config.write_text(CONFIG + "[display]\nsinlge = true\n[colour]\nblue = 1\n", encoding="utf-8")
    status, said = refused(home)
    assert status == 2
    assert "「display.sinlge」" in said
    assert "single" in said
    assert links_with(home) == 1


def links_with(home: Home) -> int:
    """After the config was put right."""
    home.config.write_text(CONFIG, encoding="utf-8")
    return links(home)


def test_a_trust_file_that_is_no_certificate_does_not_keep_the_counter_closed(home: Home) -> None:
    (home.trust / "authority.cer").write_bytes(b"\x30\x82\xff\xff no certificate")
    with ExitStack() as stack:
        assert started(home, stack).poll() is None


def test_a_counter_with_revocation_lists_reads_them_at_its_start_and_leaves_no_process_behind(home: Home) -> None:
    root = VirtualAuthority.create(key=ecdsa_key(), demo=False)
    TrustStore(home.trust).add(root.der)
    (home.crl / "a.crl").write_bytes(root.revoke((7,), datetime.now(UTC) - timedelta(hours=1), timedelta(days=1)))
    home.config.write_text(CONFIG.replace('"none"', '"crl"\ncrl_max_age = 48'), encoding="utf-8")
    with ExitStack() as stack:
        child = started(home, stack)
        assert [path.suffix for path in sorted(home.held_lists.iterdir()) if path.name != "lock"] == [".numbers", ".json"]
        child.terminate()
        # On Windows nobody is asked: https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess
        assert child.wait(LIMIT) == (1 if os.name == "nt" else 0)


def test_without_a_decision_on_the_age_of_lists_nothing_starts(home: Home) -> None:
    home.config.write_text(CONFIG.replace('"none"', '"crl"'), encoding="utf-8")
    status, said = refused(home)
    assert status == 2
    assert 'crl_max_age = 1 … 8760 | "unlimited"' in said
    assert links_with(home) == 1


@pytest.mark.linux("file modes")
def test_a_config_that_others_may_write(home: Home) -> None:
    home.config.chmod(0o666)
    status, said = refused(home)
    cause, following = sentences(Code.CONFIG_EXPOSED, file=str(home.config))
    assert (status, said.splitlines()) == (1, [cause, say("command.why.config-exposed.writable", place=str(home.config)), following])


@pytest.mark.linux("mount")
def test_a_read_only_disk(tmp_path: Path) -> None:
    status, said, heard = on_a_small_disk("read-only", tmp_path)
    assert (status, said) == (0, ["code:1", "untouched:True"])
    cause, following = sentences(Code.STORE_READ_ONLY)
    assert (heard[0], heard[-1]) == (cause, following)
    assert str(tmp_path / "disk") in "".join(heard[1:-1])


@pytest.mark.linux("mount")
def test_a_disk_that_fills_up_while_the_program_runs(tmp_path: Path) -> None:
    """Both windows say it, what was linked serves on, and with room again the next registration is saved."""
    status, said, heard = on_a_small_disk("full", tmp_path)
    assert status == 0, heard
    expected = ["refused:store-full", "links:1", "lent:ConfirmingHolder", "use:records.wrong"]
    expected += ["then:registered", "links:2", "lent:ConfirmingHolder", "use:records.fine"]
    assert said == [*expected, "audit:None", "both:True"]
    assert "Traceback" not in "".join(heard)


def on_a_small_disk(what: str, folder: Path) -> tuple[int, list[str], list[str]]:
    """What only root can set up is tried in a child in name and mount spaces of its own, which an ordinary user may make, too."""
    child = str(SUPPORT / "counter" / "on_small_disk.py")
    places = {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder / "config"), "QT_QPA_PLATFORM": "offscreen"}
    (folder / "disk").mkdir()
    command = ["unshare", "--map-root-user", "--mount", sys.executable, child, what, str(folder / "disk")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, env={**os.environ, **places})
    return ran.returncode, ran.stdout.split(), [line for line in ran.stderr.splitlines() if "propagateSizeHints" not in line]
