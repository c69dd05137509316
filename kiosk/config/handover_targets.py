"""Writes targets of [handover] into a config that people write as well: what is theirs stays, and what is written was checked before."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from kiosk.config.atomic_write import replace_file
from kiosk.config.file_access import file_trouble, read_regular
from kiosk.config.handover_settings import HandoverTarget
from kiosk.config.reading import CONFIG
from kiosk.config.text_encoding import decoded
from kiosk.config.toml import lines_of
from kiosk.domain.errors import Code, Refused, Unavailable

_BLOCK = re.compile(r"\s*\[\[\s*handover\s*\.\s*target\s*\]\]")
_HEADING = re.compile(r"\s*\[+\s*[A-Za-z0-9_.\s-]+\]+\s*(#.*)?$")


def keep_target(path: Path, target: HandoverTarget) -> None:
    """Write this target, in place of one of its name. Raises Refused: config-invalid, where the config is wrong or would be; Unavailable:
    file-unusable.
    """
    before = _read(path)
    _write(path, before, with_target(before, target), target.name, 1)


def drop_target(path: Path, name: str) -> bool:
    """Remove the target of this name; False if there is none. Raises as `keep_target` does."""
    before = _read(path)
    if all(entry.get("name") != name for entry in _targets(before)):
        return False
    _write(path, before, without_target(before, name), name, 0)
    return True


def with_target(config: str, target: HandoverTarget) -> str:
    """The text of the config with this target, in place of one of its name. Everything else stays as it is, comments included."""
    lines = config.splitlines(keepends=True)
    block = _written(target)
    if (place := _block_of(lines, target.name)) is not None:
        return "".join(lines[: place[0]]) + block + "".join(lines[place[1] :])
    return config + ("" if config.endswith("\n") or not config else "\n") + "\n" + block


def without_target(config: str, name: str) -> str:
    """The text of the config without the target of this name; as it is, where its block cannot be told from the rest."""
    lines = config.splitlines(keepends=True)
    place = _block_of(lines, name)
    return config if place is None else "".join(lines[: place[0]] + lines[place[1] :])


def _read(path: Path) -> str:
    """The config as it is. Raises as `keep_target` does."""
    try:
        raw = read_regular(path)
    except OSError as error:
        raise Unavailable(Code.FILE_UNUSABLE, place=str(path), reason=file_trouble(error, path).value) from error
    for mistake in CONFIG.check_content(path, raw):
        raise mistake
    return decoded(raw)


def _write(path: Path, before: str, after: str, name: str, count: int) -> None:
    """`count`: how many targets of this name there are to be."""
    for mistake in CONFIG.check_content(path, after.encode()):
        raise mistake
    # What people write has more forms than `_block_of` knows: whatever that took for a block, all else has to read as before.
    (rest, _), (kept, of_name) = _without(before, name), _without(after, name)
    if rest != kept or of_name != count:
        line = lines_of(before).get("handover.target[0]", 1)
        raise Refused(
            Code.CONFIG_INVALID, file=str(path), line=line, key="handover.target", expected="[[handover.target]]", reason="target-by-hand"
        )
    try:
        replace_file(path, after.encode())
    except OSError as error:
        raise Unavailable(Code.FILE_UNUSABLE, place=str(path), reason=file_trouble(error, path).value) from error


def _targets(config: str) -> list[dict[str, Any]]:
    return list(tomllib.loads(config).get("handover", {}).get("target", []))


def _without(config: str, name: str) -> tuple[dict[str, Any], int]:
    """All that it says but for the targets of this name, and how many these are."""
    whole, targets = tomllib.loads(config), _targets(config)
    others = [target for target in targets if target.get("name") != name]
    return whole | {"handover": whole.get("handover", {}) | {"target": others}}, len(targets) - len(others)


def _block_of(lines: list[str], name: str) -> tuple[int, int] | None:
    """Where the target of this name begins and ends."""
    for start, end in _blocks(lines):
        try:
            (target,) = _targets("".join(lines[start:end]))
        except ValueError:
            continue
        if target.get("name") == name:
            return start, end
    return None


def _blocks(lines: list[str]) -> list[tuple[int, int]]:
    """Where each target begins and ends: at its last setting, so that the comment before the next heading stays."""
    found = []
    for start, line in enumerate(lines):
        if _BLOCK.match(line):
            end = start + 1
            while end < len(lines) and not _HEADING.match(lines[end]):
                end += 1
            while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
                end -= 1
            found.append((start, end))
    return found


def _written(target: HandoverTarget) -> str:
    settings = [
        f"{entry.name} = {_toml(getattr(target, entry.name))}\n" for entry in fields(target) if getattr(target, entry.name) != entry.default
    ]
    return "[[handover.target]]\n" + "".join(settings)


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_quoted, value))}]"
    return str(value) if isinstance(value, int) else _quoted(value)


def _quoted(text: str) -> str:
    # TOML's basic strings have JSON's escapes (TOML 1.0, String), as long as nothing is outside of the Basic Multilingual Plane as a pair.
    return json.dumps(text, ensure_ascii=False)
