"""What `kiosk setup --machine --policies` does to a computer with Debian, and undoing it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from kiosk.config.machine_policies import set_policies, undo_policies
from kiosk.domain.policies.debian import ASIDE, POLICIES
from tests.support.commands.accounts import GROUP, HANAKO, TARO, Told, called, finding, killed_at, mount

SET = ("--machine", "--group", GROUP, "--policies")
UNDO = ("--no-policies",)
THEIRS = "[Sleep]\nAllowSuspend=yes\n"


def _own_etc() -> None:
    """With a file of somebody else's that bears the name of one of ours, and one beside it."""
    ours = Path("/home/etc")
    shutil.copytree("/etc", ours, symlinks=True)
    for policy in POLICIES:
        if not policy.is_folder_shared:
            shutil.rmtree(ours.parent / policy.path.parent, ignore_errors=True)
        else:
            (ours.parent / policy.path.parent).mkdir(parents=True, exist_ok=True)
    mount("--bind", str(ours), "/etc")
    _sleep().parent.mkdir()
    _sleep().write_text(THEIRS)
    _sleep().with_name("others.conf").write_text("# others")


def _sleep() -> Path:
    return next(Path("/", policy.path) for policy in POLICIES if policy.name == "sleep")


def _etc() -> dict[str, str]:
    """All that lies where our files go."""
    folders = {Path("/", policy.path).parent for policy in POLICIES}
    files = (path for folder in folders if folder.is_dir() for path in folder.iterdir())
    return {str(path): path.read_text() for path in files} | {str(folder): "" for folder in folders if folder.is_dir()}


def policies() -> Told:
    _own_etc()
    before = _etc()
    told: Told = {"none": finding(TARO, "policies")["outcome"]}
    told["of-account"] = called(HANAKO, "setup", *UNDO)[0]
    told["dry"] = [called(None, "setup", *SET, "--dry-run"), _etc() == before]
    told["set"] = called(None, "setup", *SET)
    told["modes"] = sorted({oct(Path("/", policy.path).stat().st_mode) for policy in POLICIES})
    told["found"] = finding(TARO, "policies")["outcome"]
    after = _etc()
    told["aside"] = after[f"{_sleep()}{ASIDE}"]
    told["again"] = [called(None, "setup", *SET), _etc() == after]
    # A start-up script that does not say it leaves them.
    told["unsaid"] = [called(None, "setup", *SET[:-1])[0], _etc() == after]
    idle = next(Path("/", policy.path) for policy in POLICIES if policy.name == "idle")
    idle.write_text(idle.read_text() + "IdleAction=suspend\n")
    told["changed"] = finding(TARO, "policies")["facts"]
    told["would-undo"] = [called(None, "setup", *UNDO, "--dry-run")[0], _sleep().read_text() != THEIRS]
    told["undone"] = [called(None, "setup", *UNDO), _etc() == before]
    told["undone-again"] = [called(None, "setup", *UNDO), _etc() == before]
    called(None, "setup", *SET)
    told["erased"] = [called(None, "erase", "--yes"), _etc() == before, sorted(path.name for path in Path("/var/lib").iterdir())]
    return told


def killed() -> Told:
    """Each is killed at each of its operations in turn; then the same goes on, and the other way takes it back."""
    _own_etc()
    before = _files()
    set_policies()
    after = _files()
    faults: list[str] = []
    killed = 0
    for act, end, back, start in ((undo_policies, before, set_policies, after), (set_policies, after, undo_policies, before)):
        for point in range(1, 200):
            if killed_at(point, lambda act=act: {"names": act()}):  # type: ignore[misc]
                break
            killed += 1
            for each, result in ((act, end), (back, start)):
                each()
                if _files() != result:
                    faults.append(f"{act.__name__} killed at {point}, then {each.__name__}")
        act()
    return {"faults": faults, "killed": killed}


def _files() -> dict[str, str]:
    """Without what a kill may leave and nothing reads: drafts, and folders that are empty."""
    return {path: content for path, content in _etc().items() if not Path(path).name.startswith(".") and Path(path).is_file()}


SCENARIOS: dict[str, Callable[[], Told]] = {"policies": policies, "policies-killed": killed}
