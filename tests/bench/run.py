"""Measures every performance target and prints it as a ratio to its baseline, both taken in the same run. Usage: make bench

Absolute figures of one machine mean little elsewhere; ratios do. Everything runs on a screen of its own.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    # Started as a script; from here on the modules are named from the root of the checkout.
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.bench import registry_https, registry_import, registry_stops, registry_storage, registry_wakeups
from tests.bench.codec import measure as measure_codec
from tests.bench.handover import told as told_of_handover
from tests.bench.lookup import measure as measure_lookup
from tests.bench.snapshot import measure as measure_snapshot
from tests.bench.snapshot import told as told_of_snapshot
from tests.bench.starts import starts
from tests.support.registry.sites import as_process
from tests.support.screens.accessible_desktop import Desktop

ROOT = Path(__file__).resolve().parents[2]
LIMIT, UNDER_WINE = 120.0, 900.0
LINKS, SNAPSHOT, LOADED, LOANS = 200_000, 2_000_000, 450_000, 500
COUNTERS = 20
"""With a store each."""
DAYS, SESSIONS, LISTED = 7, 5, 120
"""How often a day of loans is measured; and with how many loans each of how many patrons comes."""
TAP, STALL, START, LOOKUP, CODEC, LIST_MB = 1.15, 0.050, 2.0, 1.5, 0.001, 100
"""What must be reached: times card I/O, seconds, times a bare window, times a bare select, seconds, megabytes."""
BEYOND = 0.016
"""A frame, in seconds: so much longer than a bare window beside them the windows may stand still at most."""


def figures(what: str, folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """What `counter.py` measures in a process of its own."""
    return _measured("counter", (what, str(folder)), environment, LIMIT)


def whole_taps(folder: Path, environment: Mapping[str, str]) -> list[tuple[float, float]]:
    """Of each tap, in seconds: from the return of the wait that saw the card to the paint of its number, and pure card I/O."""
    return [(whole, card) for whole, card in figures("tap", folder, environment)["taps"]]


def taps(folder: Path, environment: Mapping[str, str]) -> list[float]:
    """The one by the other."""
    return [whole / card for whole, card in whole_taps(folder, environment)]


@dataclass(frozen=True, slots=True)
class ListFigures:
    ratio: float
    """Median tap while a list of a million numbers is replaced, by the usual one of the same run."""
    grown: float
    """Megabytes that the counter grew by, at most."""
    reading: float
    """Megabytes that the process took at most which read the list."""


def lists(folder: Path, environment: Mapping[str, str]) -> ListFigures:
    measured = figures("lists", folder, environment)
    ratio = statistics.median(measured["replacing"]) / statistics.median(measured["usual"])
    return ListFigures(ratio, max(measured["grown"], measured["peak"]), measured["reading"])


def patrons(folder: Path, environment: Mapping[str, str]) -> list[float]:
    """The same until the patron stands there, by the larger of card I/O and (until the serial number is known + library system)."""
    measured = figures("patron", folder, environment)
    return [shown / max(card, known + measured["library"]) for shown, card, known in measured["taps"]]


def stalls(folder: Path, environment: Mapping[str, str], *, silent: bool) -> tuple[float, float]:
    """The longest time, in seconds, that the windows stood still while a card was slow or silent, and when that was over."""
    measured = figures("silent" if silent else "slow", folder, environment)
    return float(measured["longest"]), float(measured["after"])


def loans(count: int, a_session: int, folder: Path, environment: Mapping[str, str], limit: float = LIMIT) -> dict[str, Any]:
    """What `lending.py` measures in a process of its own."""
    return _scanned("lending", count, a_session, folder, environment, limit)


def listings(folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """What `listing.py` measures in a process of its own."""
    return _scanned("listing", SESSIONS, LISTED, folder, environment, LIMIT)


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """While a snapshot is taken over, in seconds; `beat`: for which the windows stood still at most, but for waits for a processor."""

    beat: float
    tap: float
    """Median, as a ratio to the usual one of the same run."""
    act: float
    """Median of an unlinking."""
    longest_act: float

    def told(self, links: int) -> str:
        of = f"while a snapshot of {links:,} links is taken over"
        acts = f"an unlinking {self.act * 1000:.0f} ms, at most {self.longest_act * 1000:.0f}"
        return f"{of}: longest stall {self.beat * 1000:.0f} ms (limit {STALL * 1000:.0f}); tap / usual tap {self.tap:.3f}; {acts}"


def loading(links: int, folder: Path, environment: Mapping[str, str]) -> WindowFigures:
    """What `snapshot_window.py` measures in a process of its own."""
    told = _measured("snapshot_window", (str(links), str(folder)), environment, LIMIT)
    ratio = statistics.median(told["loads"]) / statistics.median(told["usual"])
    return WindowFigures(told["loads beat"], ratio, statistics.median(told["acts"]), max(told["acts"]))


def crowded(seconds: float, folder: Path, environment: Mapping[str, str]) -> float:
    """The longest time, in seconds, that the windows stood still while a hundred programs misbehaved at the interface for others, but for
    waits for a processor. What `local_api_window.py` measures in a process of its own.
    """
    return float(_measured("local_api_window", (str(seconds), str(folder)), environment, LIMIT)["crowded beat"])


def _scanned(what: str, count: int, each: int, folder: Path, environment: Mapping[str, str], limit: float) -> dict[str, Any]:
    return _measured(what, (str(count), str(each), str(folder)), environment, limit)


def _measured(what: str, arguments: tuple[str, ...], environment: Mapping[str, str], limit: float) -> dict[str, Any]:
    command = [sys.executable, "-m", f"tests.bench.{what}", *arguments]
    ran = subprocess.run(command, env=dict(environment), cwd=ROOT, capture_output=True, text=True, timeout=limit)
    if ran.returncode != 0:
        raise RuntimeError(ran.stderr)
    measured: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return measured


def stall_of(measured: dict[str, Any]) -> float:
    """The longest time, in seconds, that the windows stood still beyond what a bare one did that ran beside."""
    return float(max(part["longest"] for part in measured["parts"]) - measured["bare"])


def beats_of(measured: list[dict[str, Any]]) -> str:
    ours = statistics.median(max(part["longest"] for part in one["parts"]) for one in measured)
    bare = statistics.median(one["bare"] for one in measured)
    beyond = statistics.median(map(stall_of, measured))
    told = f"{ours * 1000:.0f} ms, a bare window {bare * 1000:.0f} ms; beyond it {beyond * 1000:.0f} ms (limit {BEYOND * 1000:.0f})"
    return f"{told}; medians of {len(measured)}"


def fresh(folder: Path, number: int) -> Path:
    made = folder / str(number)
    made.mkdir(parents=True)
    return made


def starts_under_wine(folder: Path) -> tuple[float, float]:
    """The same by Python for Windows under Wine, on a screen of its own; what is missing there is laid out first."""
    wine = [str(ROOT / "tools" / "wine"), "-m", "tests.bench.starts", "Z:" + str(folder).replace("/", "\\")]
    # Nothing at the keyboard, and no screen: there is one for each.
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    ran = subprocess.run(wine, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, timeout=UNDER_WINE)
    told: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return told["ours"], told["bare"]


def told_of_starts(ours: float, bare: float, where: str = "") -> str:
    return (
        f"start to first usable screen / bare window{where}: {ours / bare:.2f} ({ours * 1000:.0f} ms / {bare * 1000:.0f} ms; limit {START})"
    )


def screen(desktop: Desktop) -> dict[str, str]:
    """The desktop's environment, without anybody who listens on the accessibility bus."""
    return desktop.environment | {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "0"}


def report(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    measured = whole_taps(folder / "tap", environment)
    ratios = [whole / card for whole, card in measured]
    yield f"tap to paint / card I/O: median {statistics.median(ratios):.3f}, {min(ratios):.3f} … {max(ratios):.3f} (limit {TAP})"
    beyond = sorted((whole - card) * 1000 for whole, card in measured)
    told = f"median {statistics.median(beyond):.1f} ms, {beyond[0]:.1f} … {beyond[-1]:.1f}"
    yield f"what a card costs beyond its own I/O: {told} (a frame: 16.7)"
    ratios = patrons(folder / "patron", environment)
    told = f"median {statistics.median(ratios):.3f}, {min(ratios):.3f} … {max(ratios):.3f} (limit {TAP})"
    yield f"tap to patron, library system of 300 ms / larger of card I/O and serial + library system: {told}"
    for silent, kind in ((False, "slow"), (True, "silent")):
        longest, after = stalls(folder / kind, environment, silent=silent)
        yield f"longest stall while a card is {kind}: {longest * 1000:.0f} ms (limit {STALL * 1000:.0f}); after it: {after * 1000:.0f} ms"
    days = [loans(LOANS, 20, fresh(folder / "lending", day), environment) for day in range(DAYS)]
    yield f"longest beat of a day of {LOANS} loans: {beats_of(days)}"
    days = [listings(fresh(folder / "listing", day), environment) for day in range(DAYS)]
    yield f"longest beat of {SESSIONS} sessions with {LISTED} loans each: {beats_of(days)}"
    weight = lists(folder / "lists", environment)
    yield f"tap while a list of 1,000,000 numbers is replaced / usual tap: {weight.ratio:.3f} (limit {TAP})"
    yield f"counter grows by at most {weight.grown:.0f} MB by it (limit {LIST_MB}); the process that reads it takes {weight.reading:.0f} MB"
    yield told_of_starts(*starts(folder / "start", environment))
    yield told_of_starts(*starts_under_wine(folder / "start-under-wine"), ", by Python for Windows under Wine")
    lookup = dict(measure_lookup(folder / "lookup", LINKS))
    yield f"look-up among {LINKS:,} links / bare select, p99: {lookup['ratio p99']:.2f} (limit {LOOKUP})"
    yield from told_of_snapshot(measure_snapshot(folder / "snapshot", SNAPSHOT), SNAPSHOT)
    yield loading(LOADED, folder / "loading", environment).told(LOADED)
    for of, took in _measured("handover", (str(folder / "handover"),), environment, LIMIT).items():
        yield told_of_handover(of, took)
    longest, exchanges = measure_codec()
    yield f"longest time in the codec, of {exchanges} exchanges: {longest * 1000:.3f} ms (limit {CODEC * 1000:.0f})"
    for extended, most in ((True, 4), (False, 9)):
        yield f"APDUs of a tap, {'extended' if extended else 'short'}: {commands(extended=extended)} (limit {most}; OpenSC 14)"


def registry(folder: Path) -> Iterator[str]:
    """The library's server, and what its counters have of it."""
    taken = dict(registry_https.measure(folder / "https"))
    told = f"{taken['ratio']:.2f} ({taken['ms of a batch']:.1f} ms / {taken['ms of the script']:.1f} ms; limit {registry_https.LIMIT:g})"
    yield f"100 operations over HTTPS / a script of set-based statements under the same lock: {told}"
    merged = registry_storage.measure()["merged"]
    yield f"single operations of 20 counters, merged / a sequence without a lock: {merged:.2f} (at least {registry_storage.MERGED:g})"
    for pause, weather in ((0.5, "quiet"), (0.0, "under load")):
        with as_process("", folder / weather) as site:
            yield f"{weather}: {registry_wakeups.measure(site, 200, 20, pause).told()}"
    yield from registry_import.measure(folder / "lists of links")
    yield registry_stops.told(registry_stops.measure(folder / "stops", COUNTERS), COUNTERS)


def commands(*, extended: bool) -> int:
    from kiosk.equipment import now
    from kiosk.smartcard.authority import Authority
    from kiosk.smartcard.judge import CardJudge
    from kiosk.smartcard.revocation import NoRevocation
    from kiosk.smartcard.tap import tap
    from kiosk.smartcard.virtual.demo_cards import Deck
    from kiosk.smartcard.virtual.reader import READER, VirtualReaders

    deck, readers = Deck(), VirtualReaders(extended=extended)
    readers.lay(deck.card("fine"))
    judge = CardJudge([Authority(deck.authority.der)], NoRevocation(), bytes(32), now, allow_test=True)
    return tap(readers.readers(), READER, judge).commands


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in (
            "tap",
            "patron",
            "slow",
            "silent",
            "lending",
            "lists",
            "start",
            "start-under-wine",
            "lookup",
            "snapshot",
            "loading",
            "handover",
            "desktop",
        ):
            (Path(folder) / name).mkdir()
        with Desktop(Path(folder) / "desktop") as desktop:
            for line in report(Path(folder), os.environ | screen(desktop)):
                print(line, flush=True)
        for line in registry(Path(folder)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
