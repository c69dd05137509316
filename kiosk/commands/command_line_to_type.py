"""A command as somebody types or pastes it into the shell they have in front of them."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence


def to_type(words: Sequence[str]) -> str:
    if sys.platform == "win32":
        # cmd and PowerShell alike leave alone what stands in double quotes, save %NAME% and $NAME, for which they have no common way; and
        # before a closing one the C run-time takes two backslashes for one. A file name holds no double quote.
        # https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/cmd (special characters),
        # https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_quoting_rules
        # https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments
        return " ".join(word if re.fullmatch("[A-Za-z0-9-]+", word) else '"' + re.sub(r"(\\+)$", r"\1\1", word) + '"' for word in words)
    return shlex.join(words)
