"""Files an administrator puts into the list folder: parsed in processes that may be killed, cached between runs."""

from __future__ import annotations

import json
import os
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.checks.card import revocation
from kiosk.config.file_permissions import Exposure
from kiosk.domain.health import Finding
from kiosk.smartcard.revocation import CrlFolder, ListCache, RevocationStatus, Use, Verdict, report
from kiosk.smartcard.virtual.authority import VirtualAuthority
from tests.support.cards.malformed_der import SHA256_WITH_RSA, UNKNOWN_ALGORITHM, big_list
from tests.support.cards.revocation_lists import DAY, HOUR, NOW, SERIAL, Issuer, scope
from tests.support.wait import LIMIT, wait_until

SLOW = 600_000
"""Numbers that take at least a second to read."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "crl"
    place.mkdir(mode=0o700)
    return place


Open = Callable[..., CrlFolder]


@pytest.fixture
def opened(tmp_path: Path, folder: Path, issuer: Issuer) -> Open:
    """A counter that starts: what it read in its last run lies on its shelf."""

    def start(*, most: timedelta | None = DAY, limit: float = LIMIT) -> CrlFolder:
        return CrlFolder(folder, [issuer.authority], most, ListCache(tmp_path / "shelf"), limit=limit, beat=0.1)

    return start


def standing(lists: CrlFolder, issuer: Issuer) -> RevocationStatus:
    return lists.look_up(issuer.certificate, issuer.authority, NOW)


def told(lists: CrlFolder) -> dict[str, tuple[Verdict, Use]]:
    return {facts.file: (facts.verdict, facts.use) for facts in lists.facts()}


def children() -> list[int]:
    """Processes of this one, zombies too."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = path.read_text("ascii", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(after[1]) == os.getpid():
            found.append(int(path.parent.name))
    return found


@pytest.fixture
def no_child_left() -> Iterator[None]:
    before = set(children())
    yield
    assert set(children()) <= before


def wait_for_child(before: set[int]) -> None:
    wait_until(lambda: set(children()) - before, "the process that reads", LIMIT)


def slow_list(issuer: Issuer) -> bytes:
    name = issuer.root.certificate.subject.public_bytes()
    return big_list(issuer.root.key, name, range(1 << 24, (1 << 24) + SLOW), NOW - HOUR, NOW + DAY, number=9)


@pytest.mark.linux("named pipes")
def test_what_lies_in_the_folder_is_read_and_the_rest_is_named(opened: Open, folder: Path, issuer: Issuer) -> None:
    (folder / "good.crl").write_bytes(issuer.list(1, 2, number=4))
    (folder / "old.crl").write_bytes(issuer.list(SERIAL, number=3, begins=NOW - DAY))
    (folder / "strange.crl").write_bytes(issuer.list(root=VirtualAuthority.create(demo=False)))
    (folder / "unknown.crl").write_bytes(issuer.list(SERIAL).replace(SHA256_WITH_RSA, UNKNOWN_ALGORITHM))
    (folder / "\x1b[2J.crl").write_bytes(b"no list")
    (folder / ".hidden").write_bytes(b"being copied")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "nowhere").symlink_to("/nowhere/at/all")
    lists = opened()
    assert (standing(lists, issuer), set(lists.standings(NOW))) == (RevocationStatus.TOO_OLD, {RevocationStatus.TOO_OLD})
    assert lists.refresh(LIMIT)
    assert (standing(lists, issuer), set(lists.standings(NOW))) == (RevocationStatus.GOOD, {RevocationStatus.GOOD})
    assert told(lists) == {
        "good.crl": (Verdict.READ, Use.USED),
        "old.crl": (Verdict.READ, Use.OLDER),
        "strange.crl": (Verdict.STRANGER, Use.NONE),
        "unknown.crl": (Verdict.UNKNOWN_ALGORITHM, Use.NONE),
        "\\u{001B}[2J.crl": (Verdict.UNREADABLE, Use.NONE),
        "pipe": (Verdict.NOT_A_FILE, Use.NONE),
        "nowhere": (Verdict.NOT_A_FILE, Use.NONE),
    }
    assert lists.standings(NOW + 2 * DAY) == {RevocationStatus.TOO_OLD}


def test_yesterdays_list_over_todays_lets_no_stopped_card_through(opened: Open, folder: Path, issuer: Issuer, tmp_path: Path) -> None:
    path = folder / "a.crl"
    yesterday, today = issuer.list(number=1, begins=NOW - 20 * HOUR), issuer.list(SERIAL, number=2)
    path.write_bytes(today)
    lists = opened()
    lists.refresh(LIMIT)
    assert standing(lists, issuer) is RevocationStatus.REVOKED
    path.write_bytes(yesterday)
    lists.refresh(LIMIT)
    assert (standing(lists, issuer), told(lists)) == (RevocationStatus.REVOKED, {"a.crl": (Verdict.READ, Use.WENT_BACK)})
    # Nor after a start.
    again = opened()
    assert standing(again, issuer) is RevocationStatus.REVOKED
    again.refresh(LIMIT)
    assert (standing(again, issuer), told(again)) == (RevocationStatus.REVOKED, {"a.crl": (Verdict.READ, Use.WENT_BACK)})
    # Nor when its numbers are gone: then nothing tells, and that is not "good".
    for numbers in (tmp_path / "shelf").glob("*.numbers"):
        numbers.write_bytes(b"damaged")
    bereft = opened()
    bereft.refresh(LIMIT)
    assert standing(bereft, issuer) is RevocationStatus.TOO_OLD
    path.write_bytes(today)
    bereft.refresh(LIMIT)
    assert standing(bereft, issuer) is RevocationStatus.REVOKED
    assert standing(opened(), issuer) is RevocationStatus.REVOKED


def test_a_damaged_file_or_none_leaves_what_was_read_before(opened: Open, folder: Path, issuer: Issuer) -> None:
    path = folder / "a.crl"
    path.write_bytes(issuer.list(SERIAL, number=2))
    lists = opened()
    lists.refresh(LIMIT)
    path.write_bytes(b"half")
    lists.refresh(LIMIT)
    assert (standing(lists, issuer), told(lists)) == (RevocationStatus.REVOKED, {"a.crl": (Verdict.UNREADABLE, Use.NONE)})
    path.unlink()
    lists.refresh(LIMIT)
    assert (standing(lists, issuer), told(lists)) == (RevocationStatus.REVOKED, {})
    assert [one.head.number for one in lists.held] == [2]
    folder.rmdir()
    lists.refresh(LIMIT)
    assert standing(lists, issuer) is RevocationStatus.REVOKED


def test_a_start_reads_nothing_anew(opened: Open, folder: Path, issuer: Issuer, tmp_path: Path) -> None:
    (folder / "a.crl").write_bytes(issuer.list(number=2))
    opened().refresh(LIMIT)
    began = time.monotonic()
    again = opened(limit=0.0)
    assert standing(again, issuer) is RevocationStatus.GOOD
    # With no time for any process at all.
    again.refresh(LIMIT)
    assert told(again) == {"a.crl": (Verdict.READ, Use.USED)}
    assert time.monotonic() - began < LIMIT


def test_what_a_command_has_read_nobody_goes_back_behind(opened: Open, folder: Path, issuer: Issuer) -> None:
    path = folder / "a.crl"
    yesterday, today = issuer.list(number=1, begins=NOW - 20 * HOUR), issuer.list(SERIAL, number=2)
    counter, command = opened(), opened()
    path.write_bytes(today)
    command.refresh(LIMIT)
    path.write_bytes(yesterday)
    # Neither a counter that begins then, nor one that ran meanwhile and did not see it.
    for lists in (opened(), counter, opened()):
        lists.refresh(LIMIT)
        assert standing(lists, issuer) is RevocationStatus.REVOKED
        assert told(lists) == {"a.crl": (Verdict.READ, Use.WENT_BACK)}


def test_two_that_save_at_once_lose_nothing(folder: Path, tmp_path: Path, issuer: Issuer) -> None:
    folders = [folder, tmp_path / "second"]
    folders[1].mkdir(mode=0o700)
    points = ("http://one.example/", "http://two.example/")
    several = []
    for place, point, serial in zip(folders, points, (SERIAL, SERIAL + 1), strict=True):
        (place / "a.crl").write_bytes(issuer.list(serial, number=2, extensions=scope(full_name=[x509.UniformResourceIdentifier(point)])))
        several.append(CrlFolder(place, [issuer.authority], DAY, ListCache(tmp_path / "shelf")))
    threads = [threading.Thread(target=lists.refresh, args=(LIMIT,)) for lists in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    kept = CrlFolder(tmp_path / "none", [issuer.authority], DAY, ListCache(tmp_path / "shelf"))
    assert {point.partition(":")[2] for one in kept.held for point in one.head.points or ()} == set(points)


def test_other_authorities_have_the_files_read_anew(opened: Open, folder: Path, issuer: Issuer, tmp_path: Path) -> None:
    newcomer = Issuer()
    (folder / "a.crl").write_bytes(newcomer.list(number=2))
    lists = opened()
    lists.refresh(LIMIT)
    assert told(lists) == {"a.crl": (Verdict.STRANGER, Use.NONE)}
    both = CrlFolder(folder, [issuer.authority, newcomer.authority], DAY, ListCache(tmp_path / "shelf"))
    both.refresh(LIMIT)
    assert standing(both, newcomer) is RevocationStatus.GOOD


def test_each_authority_is_told_for_itself(folder: Path, issuer: Issuer) -> None:
    other = Issuer()
    (folder / "a.crl").write_bytes(issuer.list(number=2))
    lists = CrlFolder(folder, [issuer.authority, other.authority], DAY)
    lists.refresh(LIMIT)
    assert lists.standings(NOW) == {RevocationStatus.GOOD, RevocationStatus.TOO_OLD}
    assert report(lists, NOW).outcome == "partly"
    assert (standing(lists, issuer), standing(lists, other)) == (RevocationStatus.GOOD, RevocationStatus.TOO_OLD)


def test_where_nothing_can_be_kept_the_lists_serve_all_the_same(folder: Path, issuer: Issuer, tmp_path: Path) -> None:
    (tmp_path / "shelf").write_bytes(b"a file, and no folder")
    (folder / "a.crl").write_bytes(issuer.list(SERIAL, number=2))
    lists = CrlFolder(folder, [issuer.authority], DAY, ListCache(tmp_path / "shelf"))
    lists.refresh(LIMIT)
    assert standing(lists, issuer) is RevocationStatus.REVOKED


def test_a_folder_that_cannot_be_looked_into_is_named_while_what_is_remembered_serves(opened: Open, folder: Path, issuer: Issuer) -> None:
    """A share that is gone: no new list would come, and nobody would know."""
    (folder / "a.crl").write_bytes(issuer.list(number=2))
    lists = opened()
    lists.refresh(LIMIT)
    assert report(lists, NOW).files == ()
    (folder / "a.crl").unlink()
    folder.rmdir()
    for change in (lambda: None, lambda: folder.write_bytes(b"a file")):
        change()
        for seen in (lists, opened()):
            seen.refresh(LIMIT)
            assert standing(seen, issuer) is RevocationStatus.GOOD
            told_now = report(seen, NOW)
            assert (told_now.outcome, told_now.files) == ("files", ((str(folder), "no-folder"),))
    folder.unlink()
    folder.mkdir(mode=0o700)
    lists.refresh(LIMIT)
    assert report(lists, NOW).files == ()


@pytest.mark.linux("file modes")
def test_nothing_is_taken_from_a_shelf_that_others_may_write_to(opened: Open, folder: Path, issuer: Issuer, tmp_path: Path) -> None:
    (folder / "a.crl").write_bytes(issuer.list(number=2))
    opened().refresh(LIMIT)
    assert standing(opened(), issuer) is RevocationStatus.GOOD
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "shelf").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "shelf").stat().st_mode) == 0o700
    (tmp_path / "shelf").chmod(0o777)
    assert standing(opened(), issuer) is RevocationStatus.TOO_OLD


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_damaged_shelf_is_an_empty_one(opened: Open, folder: Path, issuer: Issuer, tmp_path: Path, data: st.DataObject) -> None:
    index = tmp_path / "shelf" / "held.json"
    if not (tmp_path / "whole").exists():
        (folder / "a.crl").write_bytes(issuer.list(SERIAL, number=2))
        opened().refresh(LIMIT)
        (tmp_path / "whole").write_bytes(index.read_bytes())
    whole = (tmp_path / "whole").read_bytes()
    begins, length = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 60))
    index.write_bytes(whole[:begins] + data.draw(st.binary(max_size=10)) + whole[begins + length :])
    assert standing(opened(), issuer) in {RevocationStatus.REVOKED, RevocationStatus.TOO_OLD}


@pytest.mark.parametrize("name", ["version", "authorities", "held", "files"])
@pytest.mark.parametrize("becomes", ["gone", "another kind"])
def test_a_shelf_that_lacks_a_part_is_an_empty_one(
    opened: Open, folder: Path, issuer: Issuer, tmp_path: Path, name: str, becomes: str
) -> None:
    (folder / "a.crl").write_bytes(issuer.list(SERIAL, number=2))
    opened().refresh(LIMIT)
    index = tmp_path / "shelf" / "held.json"
    told = json.loads(index.read_bytes())
    told = {key: value for key, value in told.items() if key != name} | ({} if becomes == "gone" else {name: 7})
    index.write_text(json.dumps(told))
    assert standing(opened(), issuer) is RevocationStatus.TOO_OLD


@pytest.mark.linux("file modes")
def test_files_that_others_may_change_are_told(opened: Open, folder: Path, issuer: Issuer) -> None:
    for name in ("closed.crl", "open.crl"):
        (folder / name).write_bytes(issuer.list(number=2))
    (folder / "closed.crl").chmod(0o644)
    (folder / "open.crl").chmod(0o666)
    lists = opened()
    lists.refresh(LIMIT)
    assert {facts.file: facts.exposure for facts in lists.facts()} == {"closed.crl": None, "open.crl": Exposure.WRITABLE}
    folder.chmod(0o777)
    assert {facts.exposure for facts in lists.facts()} == {Exposure.WRITABLE}


# --- the process that reads ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_child_left")
def test_a_process_that_comes_to_no_end_is_ended(opened: Open, folder: Path, issuer: Issuer) -> None:
    (folder / "a.crl").write_bytes(issuer.list(SERIAL, number=1))
    lists = opened()
    lists.refresh(LIMIT)
    (folder / "a.crl").write_bytes(slow_list(issuer))
    hurried = opened(limit=0.3)
    assert hurried.refresh(LIMIT)
    assert told(hurried) == {"a.crl": (Verdict.FAILED, Use.NONE)}
    assert standing(hurried, issuer) is RevocationStatus.REVOKED
    # That was trouble, and no property of the file.
    later = opened()
    later.refresh(LIMIT)
    assert told(later) == {"a.crl": (Verdict.READ, Use.USED)}
    assert standing(later, issuer) is RevocationStatus.GOOD


@pytest.mark.usefixtures("no_child_left")
def test_the_old_list_serves_until_the_new_one_is_read_and_a_killed_process_changes_nothing(
    opened: Open, folder: Path, issuer: Issuer
) -> None:
    (folder / "a.crl").write_bytes(issuer.list(SERIAL, number=1))
    lists = opened()
    lists.refresh(LIMIT)
    before = set(children())
    (folder / "a.crl").write_bytes(slow_list(issuer))
    assert not lists.refresh(0.0)
    wait_for_child(before)
    assert standing(lists, issuer) is RevocationStatus.REVOKED
    for child in set(children()) - before:
        os.kill(child, signal.SIGKILL)
    # One look waits for the other, and finds that it is too early to try again.
    assert lists.refresh(LIMIT)
    assert told(lists) == {"a.crl": (Verdict.FAILED, Use.NONE)}
    assert standing(lists, issuer) is RevocationStatus.REVOKED
    # Touched, as by the next copy: it need not wait until it is tried again by itself.
    os.utime(folder / "a.crl", ns=(1, 1))
    lists.refresh(LIMIT)
    assert standing(lists, issuer) is RevocationStatus.GOOD


@pytest.mark.usefixtures("no_child_left")
def test_a_counter_notices_by_itself_and_stops_at_once(opened: Open, folder: Path, issuer: Issuer) -> None:
    lists = opened()
    threads = threading.active_count()
    with lists.watching():
        (folder / "a.crl").write_bytes(issuer.list(number=2))
        wait_until(lambda: standing(lists, issuer) is RevocationStatus.GOOD, "the list to be read", LIMIT)
        before = set(children())
        (folder / "a.crl").write_bytes(slow_list(issuer))
        wait_for_child(before)
        began = time.monotonic()
    assert time.monotonic() - began < 2.0
    assert threading.active_count() == threads
    assert standing(lists, issuer) is RevocationStatus.GOOD


def test_a_bug_while_reading_is_told_by_its_number_until_reading_works_again(
    folder: Path, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    broken = threading.Event()
    broken.set()

    def clock() -> datetime:
        if broken.is_set():
            raise RuntimeError("a clock without hands")
        return NOW

    (folder / "a.crl").write_bytes(issuer.list(number=2))
    lists = CrlFolder(folder, [issuer.authority], DAY, beat=0.1, clock=clock)
    with lists.watching():
        wait_until(lambda: bool(lists.incident), "the bug to be told", LIMIT)
        assert revocation(lists, folder, NOW) == Finding("revocation.bug", {"incident": lists.incident, "closed": 1})
        assert f"incident {lists.incident}\n" in caplog.text
        broken.clear()
        wait_until(lambda: not lists.incident, "reading to work again", LIMIT)
        assert revocation(lists, folder, NOW).outcome == "revocation.fresh"


def test_whoever_waits_for_the_lists_is_told_of_a_bug(folder: Path, issuer: Issuer) -> None:
    def clock() -> datetime:
        raise RuntimeError("a clock without hands")

    (folder / "a.crl").write_bytes(issuer.list(number=2))
    with pytest.raises(RuntimeError):
        CrlFolder(folder, [issuer.authority], DAY, clock=clock).refresh(LIMIT)
