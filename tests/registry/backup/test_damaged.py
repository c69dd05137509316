"""A damaged backup is refused, wherever it is damaged, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.domain.errors import Code, Refused
from kiosk.ledger.sealed_records import read_records, write_records
from kiosk.registry.backup.document import End, Page, decode, encode
from kiosk.registry.backup.reading import manifest_of, verify
from kiosk.registry.migrations import VERSION
from tests.registry.conftest import NewMachine
from tests.support.backup.server_machine import SITE_KEY, ServerMachine


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("machine")
    machine = ServerMachine(folder, f"sqlite:///{folder / 'registry.db'}").found()
    machine.enrol("中央1")
    machine.link(*range(1, 30))
    machine.unlink(3)
    path = machine.back_up().path
    machine.close()
    return path.read_bytes()


def reason(content: bytes, folder: Path) -> str:
    path = folder / "tried.backup"
    path.write_bytes(content)
    with pytest.raises(Refused) as caught:
        verify(path, SITE_KEY)
    assert caught.value.code is Code.REGISTRY_BACKUP_UNUSABLE
    assert caught.value.params["place"] == str(path)
    return str(caught.value.params["reason"])


CHANGES = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(1, 255)), min_size=1, max_size=3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(CHANGES)
def test_changed_bytes(whole: bytes, tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(whole)
    for place, value in changes:
        changed[place % len(whole)] ^= value
    if bytes(changed) != whole:
        assert reason(bytes(changed), tmp_path) in ("damaged", "foreign")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.integers(0, 1 << 20), st.integers(0, 1 << 20), st.binary(max_size=40))
def test_a_part_cut_out_or_put_in(whole: bytes, tmp_path: Path, first: int, last: int, added: bytes) -> None:
    begin, end = sorted((first % (len(whole) + 1), last % (len(whole) + 1)))
    changed = whole[:begin] + added + whole[end:]
    if changed != whole:
        assert reason(changed, tmp_path) in ("damaged", "foreign")


def test_every_64th_byte_and_each_of_the_first_hundred(whole: bytes, tmp_path: Path) -> None:
    for place in [*range(100), *range(100, len(whole), 64), len(whole) - 1]:
        changed = bytearray(whole)
        changed[place] ^= 0x10
        assert reason(bytes(changed), tmp_path) == ("foreign" if place < 8 else "damaged"), place


def resealed(whole: bytes, folder: Path, change: object) -> bytes:
    """The backup as somebody who has the key would write it, with records changed."""
    (folder / "whole.backup").write_bytes(whole)
    with (folder / "whole.backup").open("rb") as file:
        records = [decode(record) for record in read_records(file, SITE_KEY)]
    records = change(records)  # type: ignore[operator]
    with (folder / "other.backup").open("wb") as file:
        write_records(file, SITE_KEY, map(encode, records))
    return (folder / "other.backup").read_bytes()


def test_what_contradicts_itself_under_the_right_key_is_told_as_altered(whole: bytes, tmp_path: Path) -> None:
    def without_a_link(records: list[object]) -> list[object]:
        return [Page(one.table, one.columns, one.rows[1:]) if isinstance(one, Page) and one.table == "link" else one for one in records]

    def without_its_count(records: list[object]) -> list[object]:
        changed = without_a_link(records)
        last = changed[-1]
        assert isinstance(last, End)
        return [*changed[:-1], End({**last.rows, "link": last.rows["link"] - 1})]

    for change in (
        without_a_link,
        without_its_count,
        lambda records: records[:-1],
        lambda records: [*records, records[-1]],
        lambda records: records[1:],
        lambda records: [records[0], *records],
        lambda records: [*records[:-1], Page("links", ("token",), [(b"x",)]), records[-1]],
    ):
        assert reason(resealed(whole, tmp_path, change), tmp_path) in ("altered", "damaged")


def test_a_later_schema_is_told_as_newer_also_by_the_first_record_alone(whole: bytes, tmp_path: Path) -> None:
    from dataclasses import replace

    newer = resealed(whole, tmp_path, lambda records: [replace(records[0], schema=VERSION + 1), *records[1:]])
    assert reason(newer, tmp_path) == "newer"
    with pytest.raises(Refused) as caught:
        manifest_of(tmp_path / "tried.backup", SITE_KEY)
    assert (caught.value.params["version"], caught.value.params["known"]) == (VERSION + 1, VERSION)


def test_a_record_that_is_none_of_ours_is_damage(whole: bytes, tmp_path: Path) -> None:
    for record in (b"", b"[]", b"{}", b'{"end": 5}', b'{"table": "link", "columns": 1}', b'{"manifest": {"library": 5}}', b"\xff"):
        with (tmp_path / "tried.backup").open("wb") as file:
            write_records(file, SITE_KEY, [record])
        assert reason((tmp_path / "tried.backup").read_bytes(), tmp_path) == "damaged"


def test_nothing_changes_on_a_machine_that_tries(whole: bytes, new_machine: NewMachine) -> None:
    machine = new_machine().found()
    machine.link(1)
    before = machine.rows()
    path = machine.folder / "tried.backup"
    for damaged in (whole[:-20], whole[: len(whole) // 2] + whole[len(whole) // 2 + 1 :], whole + b"\0", b"", bytes(5000)):
        path.write_bytes(damaged)
        with pytest.raises(Refused):
            machine.restore(path)
        assert machine.rows() == before
