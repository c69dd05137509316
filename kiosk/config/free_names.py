"""Names for what is kept beside something that takes its place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import chain, count
from pathlib import Path


def free_name(names: Iterable[str], *folders: Path) -> str:
    """The first of the names, which do not end, that nothing has in any of the folders."""
    return next(name for name in names if not any(os.path.lexists(folder / name) for folder in folders))


def name_before(config: Path, *elsewhere: Path) -> Path:
    """What a config that is replaced is called: `config.toml.before`, with a number if it has to be, free here and in the folders
    `elsewhere`.
    """
    before = f"{config.name}.before"
    names = chain([before], (f"{before}-{number}" for number in count(2)))
    return config.with_name(free_name(names, config.parent, *elsewhere))
