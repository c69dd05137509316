"""How one Python of ours starts another. Standard library only."""

from __future__ import annotations

import sys


def isolation() -> str:
    """The option of Python with which a child believes its surroundings no more than we do.

    Never the current folder, which anybody may write to; isolated if we are: then no variable says where modules are, nor does a folder of
    the account, and ours were found without. https://docs.python.org/3/using/cmdline.html#cmdoption-I
    """
    return "-I" if sys.flags.isolated else "-P"
