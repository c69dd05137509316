"""Checks of the disk that holds the data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.checks.disk import check_disk, check_keys_disk, check_ledger_disk, check_space, device_mapper


class Machine:
    """The parts of /proc and /sys that tell of disks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mounts = folder / "mountinfo"
        self.mounts.write_text("")
        self.system = folder / "sys"
        (self.system / "dev" / "block").mkdir(parents=True)
        (self.system / "class" / "block").mkdir(parents=True)

    def device(self, name: str, number: str, uuid: str = "", parts: tuple[str, ...] = (), of: str = "") -> None:
        """A block device; `of` makes it a partition of another."""
        place = self.system / "devices" / of / name
        place.mkdir(parents=True)
        (self.system / "dev" / "block" / number).symlink_to(place)
        (self.system / "class" / "block" / name).symlink_to(place)
        if of:
            (place / "partition").write_text("1\n")
        if uuid:
            (place / "dm").mkdir()
            (place / "dm" / "uuid").write_text(f"{uuid}\n")
        (place / "slaves").mkdir()
        for part in parts:
            (place / "slaves" / part).symlink_to((self.system / "class" / "block" / part).resolve())

    def mount(self, number: str, place: Path, kind: str = "ext4", source: str = "/dev/x") -> None:
        escaped = str(place).replace(" ", "\\040")
        with self.mounts.open("a") as file:
            file.write(f"36 35 {number} / {escaped} rw,noatime shared:1 - {kind} {source} rw\n")

    def encrypted(self, folder: Path) -> bool | None:
        return device_mapper(folder, self.mounts, self.system)


device_mapper_is_there = pytest.mark.linux("device-mapper")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "machine").mkdir()
    made = Machine(tmp_path / "machine")
    made.device("sda", "8:0")
    made.device("sda1", "8:1", of="sda")
    made.device("sda2", "8:2", of="sda")
    made.mount("8:1", Path("/"))
    return made


@device_mapper_is_there
def test_a_plain_partition_is_not_encrypted(machine: Machine, tmp_path: Path) -> None:
    assert machine.encrypted(tmp_path) is False


@device_mapper_is_there
def test_a_luks_volume_is(machine: Machine, tmp_path: Path) -> None:
    machine.device("dm-0", "253:0", "CRYPT-LUKS2-abc-home", ("sda2",))
    machine.mount("253:0", tmp_path)
    assert machine.encrypted(tmp_path / "data") is True


@device_mapper_is_there
@pytest.mark.parametrize(("parts", "expected"), [(("dm-0",), True), (("dm-0", "sda1"), False), ((), False)])
def test_volumes_on_it_are_when_all_their_parts_are(machine: Machine, tmp_path: Path, parts: tuple[str, ...], expected: bool) -> None:
    machine.device("dm-0", "253:0", "CRYPT-LUKS2-abc-pv", ("sda2",))
    machine.device("dm-1", "253:1", "LVM-xyz", parts)
    machine.mount("253:1", tmp_path)
    assert machine.encrypted(tmp_path) is expected


@device_mapper_is_there
def test_a_folder_with_a_space_and_a_numberless_file_system(machine: Machine, tmp_path: Path) -> None:
    place = tmp_path / "a b"
    place.mkdir()
    machine.device("dm-0", "253:0", "CRYPT-LUKS2-abc-x", ("sda2",))
    machine.mount("0:40", place, "btrfs", "/dev/dm-0")
    assert machine.encrypted(place) is True


@device_mapper_is_there
@pytest.mark.parametrize(
    ("kind", "source", "expected"), [("ecryptfs", "/home/.e", True), ("tmpfs", "tmpfs", None), ("zfs", "pool/x", None)]
)
def test_what_linux_does_not_tell_is_not_guessed(machine: Machine, tmp_path: Path, kind: str, source: str, expected: bool | None) -> None:
    machine.mount("0:50", tmp_path, kind, source)
    assert machine.encrypted(tmp_path) is expected


def test_without_proc_nothing_is_known(tmp_path: Path) -> None:
    assert device_mapper(tmp_path, tmp_path / "none", tmp_path) is None


def test_room_is_told_in_megabytes(tmp_path: Path) -> None:
    found = check_space(tmp_path)
    assert found.outcome in {"space.enough", "space.little", "space.none"}
    assert found.number("megabytes") is not None
    assert check_space(tmp_path / "none").outcome == "space.unknown"


@pytest.mark.linux("/proc and /sys")
def test_a_disk_says_whether_its_key_opens_to_whoever_takes_it(tmp_path: Path) -> None:
    """Where nothing is known of the disk (tmpfs, an overlay), that is said of either key."""
    account, machine = (check_disk(tmp_path, opens_to_all=opens).outcome for opens in (False, True))
    assert machine == (account if account == "disk.encrypted" else f"{account}-machine")


def test_keys_on_the_disk_of_the_data_are_not_told_twice(tmp_path: Path) -> None:
    assert check_keys_disk(tmp_path / "data", tmp_path / "keys" / "not there yet") == []
    assert check_keys_disk(tmp_path, None) == []


@pytest.mark.linux("a file system of the kernel")
def test_keys_on_another_disk_are_judged_by_that(tmp_path: Path) -> None:
    (found,) = check_keys_disk(tmp_path, Path("/proc/keys"))
    assert (found.outcome, found.params) == ("keys-disk.unknown", {"folder": "/proc/keys"})


def test_a_ledger_elsewhere_was_not_looked_at(tmp_path: Path) -> None:
    assert check_ledger_disk(tmp_path, is_elsewhere=True).outcome == "ledger-disk.elsewhere"
    assert check_ledger_disk(tmp_path, is_elsewhere=False).outcome == check_disk(tmp_path).outcome.replace("disk", "ledger-disk")
