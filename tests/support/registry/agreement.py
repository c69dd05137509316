"""Whether a library's server and all its counters agree at the end, judged from what was done and from what lies in their databases.

It knows what an operation means, in its own words, and nothing of the program's code: the accepted operations are carried out once more, in
the order of the feed, and must give the links that stand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.support.registry.tables import Fed, Link, Registry

LINK, REPLACE, UNLINK = "link", "replace", "unlink"


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did at a counter."""

    uuid: str
    counter: str
    kind: str
    number: str
    token: bytes | None
    """Of an unlinking: the card that was shown with the number."""
    sequence: int | None = None
    known: tuple[int, int] | None = None
    """Epoch and cursor that the counter knew. None, like the sequence, where it was killed before it could say."""
    generation: int = 0
    """Of the site key that `token` is under."""


@dataclass(slots=True)
class Log:
    """What was done, and what the counters told of the answers."""

    acts: dict[str, Act] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)

    def add(self, act: Act) -> None:
        self.acts[act.uuid] = act


def disagreements(registry: Registry, stores: Mapping[str, Sequence[Link]], log: Log, *, was_restored: bool = False) -> list[str]:
    """Everything that is wrong, each in one sentence. `was_restored`: what was confirmed may have been refused since, and what was refused
    be forgotten.
    """
    found = list(_of_stores(registry, stores))
    found += _of_the_feed(registry)
    found += _of_answers(registry, log, was_restored)
    replayed = _Replayed(registry, log)
    found += _of_links(registry, replayed)
    found += _of_stops(registry, replayed, log)
    return found


def _of_stores(registry: Registry, stores: Mapping[str, Sequence[Link]]) -> Iterator[str]:
    there = {link[0]: link for link in registry.links}
    for name, links in stores.items():
        here = {link[0]: link for link in links}
        if len(here) != len(links):
            yield f"{name} has a token twice"
        for token in sorted(there.keys() | here.keys()):
            if there.get(token) != here.get(token):
                yield f"{name} has {here.get(token)}, the server {there.get(token)}"
    if registry.count != len(registry.links):
        yield f"the head counts {registry.count} links, there are {len(registry.links)}"
    for column, what in ((0, "token"), (1, "number")):
        twice = [value for value, times in Counter(link[column] for link in registry.links).items() if times > 1]
        if twice:
            yield f"linked twice: {what} {twice}"


def _of_the_feed(registry: Registry) -> Iterator[str]:
    cursors = [entry.cursor for entry in registry.feed]
    if cursors != list(range(registry.floor + 1, registry.cursor + 1)):
        yield f"the feed has a gap: {len(cursors)} entries between {registry.floor} and {registry.cursor}"
    for what, values in (
        ("operation", [entry.operation for entry in registry.feed]),
        ("sequence", [(entry.counter, entry.sequence) for entry in registry.feed]),
    ):
        twice = [value for value, times in Counter(values).items() if times > 1]
        if twice:
            yield f"{what} twice in the feed: {twice[:3]}"


def _of_answers(registry: Registry, log: Log, was_restored: bool) -> Iterator[str]:
    fed = {entry.operation: entry for entry in registry.feed}
    for uuid in sorted(log.confirmed - (log.refused.keys() if was_restored else set())):
        answer = registry.answers.get(uuid)
        if not isinstance(answer, int) or uuid not in fed or fed[uuid].cursor != answer:
            yield f"confirmed, and yet the server says {answer} of {log.acts.get(uuid)}"
    for uuid, code in log.refused.items():
        # What was refused is not sent again: a restored server may have forgotten it.
        if registry.answers.get(uuid) not in ((code, None) if was_restored else (code,)):
            yield f"refused for {code}, and yet the server says {registry.answers.get(uuid)} of {log.acts.get(uuid)}"
    for uuid in sorted(fed.keys() - log.acts.keys()):
        yield f"in the feed, and nobody did it: {fed[uuid]}"
    for uuid in sorted(log.acts.keys() & fed.keys()):
        act, entry = log.acts[uuid], fed[uuid]
        if (act.counter, act.sequence or entry.sequence) != (entry.counter, entry.sequence):
            yield f"{entry} is not {act}"
    known = log.confirmed | log.refused.keys() | registry.answers.keys()
    waiting = [act for uuid, act in log.acts.items() if act.sequence is not None and uuid not in known]
    if waiting:
        yield f"{len(waiting)} were never answered, such as {waiting[0]}"


class _Replayed:
    """What the operations in the feed mean, carried out in its order."""

    def __init__(self, registry: Registry, log: Log) -> None:
        self.by_token: dict[bytes, tuple[str, str, int]] = {}
        """Number, operation and position of each link."""
        self.in_the_way: list[str] = []
        self.stops: dict[bytes | str, list[Fed]] = defaultdict(list)
        """Of each token and number, what closed it."""
        self._by_number: dict[str, bytes] = {}
        for entry in registry.feed:
            if (act := log.acts.get(entry.operation)) is not None:
                self._take(entry, act)

    def _take(self, entry: Fed, act: Act) -> None:
        if act.token is not None and act.kind != UNLINK and self.by_token.get(act.token, ("",))[0] == act.number:
            return
        if act.kind != LINK:
            self._close(act.token, act.number, entry)
        if act.kind == UNLINK:
            self.stops[act.number].append(entry)
            if act.token is not None:
                self.stops[act.token].append(entry)
        else:
            assert act.token is not None
            if act.token in self.by_token or act.number in self._by_number:
                self.in_the_way.append(f"accepted although something was in the way: {act} at {entry.cursor}")
            self.by_token[act.token] = (act.number, act.uuid, entry.cursor)
            self._by_number[act.number] = act.token

    def _close(self, token: bytes | None, number: str, entry: Fed) -> None:
        for one in {token, self._by_number.get(number)}:
            if one is not None and one in self.by_token:
                closed, _, _ = self.by_token.pop(one)
                del self._by_number[closed]
                self.stops[one].append(entry)
                self.stops[closed].append(entry)


def _of_links(registry: Registry, replayed: _Replayed) -> Iterator[str]:
    yield from replayed.in_the_way
    there = {token: (number, operation, position) for token, number, _, _, operation, position in registry.links}
    differing = [token for token in replayed.by_token.keys() | there.keys() if replayed.by_token.get(token) != there.get(token)]
    if registry.floor == 0 and differing:
        yield f"{len(differing)} links are not what the feed makes of them, such as {there.get(differing[0])}"


def _of_stops(registry: Registry, replayed: _Replayed, log: Log) -> Iterator[str]:
    """A stopped card is alive if what linked it was made without knowing of a stop that stood before it."""
    for token, number, _, counter, operation, position in registry.links:
        act = log.acts.get(operation)
        if act is None or act.known is None or act.sequence is None:
            continue
        known = _really_known(registry, act.known)
        for stop in [*replayed.stops[token], *replayed.stops[number]]:
            is_own = stop.counter == counter and stop.sequence < act.sequence
            if known < stop.cursor < position and not is_own:
                yield f"alive although stopped at {stop.cursor}: linked at {position} by {act}"


def _really_known(registry: Registry, known: tuple[int, int]) -> int:
    epoch, cursor = known
    if epoch != registry.epoch and epoch not in dict(registry.cuts):
        return 0
    return min([cursor, *(cut for number, cut in registry.cuts if number >= epoch)])
