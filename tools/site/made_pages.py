"""Parts of pages that are made when the site is built: `<!-- made: KIND ARGUMENTS -->` on a line of its own.

Nothing of it is kept, so that nothing of it can be out of date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from sphinx.application import Sphinx

from tools.site.command_reference import commands
from tools.site.config_reference import config
from tools.site.course_reference import tasks, timetable
from tools.site.file_reasons import file_reasons
from tools.site.messages import causes, findings, messages, notices

_MARKER = re.compile(r"^<!-- made: (\S+)((?: \S+)*) -->$", re.MULTILINE)
_KINDS: Mapping[str, Callable[..., Iterator[str]]] = {
    "causes": causes,
    "commands": commands,
    "config": config,
    "file-reasons": file_reasons,
    "findings": findings,
    "messages": messages,
    "notices": notices,
    "tasks": tasks,
    "timetable": timetable,
}


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", _fill_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def filled_in(source: str) -> str:
    """A page with what is made for it."""
    return _MARKER.sub(lambda found: "\n".join(_KINDS[found[1]](*found[2].split())), source)


def _fill_in(app: Sphinx, page: str, source: list[str]) -> None:
    source[0] = filled_in(source[0])
