"""Where the program begins, for `kiosk` and `python -m kiosk`. Imports nothing of ours that could fail before somebody can be told."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

from kiosk import environment, last_resort, search_path, streams

_YOUNG_OBJECTS = 100_000
"""After so many new ones garbage is looked for among them: more than a start makes, which stay. Python's 700 took a tenth of it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 if fine, 1 if a problem was found, 2 if command line or configuration are wrong, 130 after Ctrl-C.

    1 also if nobody reads the output any more, unless something was done by then (`output.tell_done`): the exit code is that of the deed.
    """
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments is None:
            environment.keep_what_administrators_need()
            gc.set_threshold(_YOUNG_OBJECTS)
        streams.prepare()
        search_path.prepare()
        if (home := _home_to_keep(given)) is not None:
            from kiosk.keeper import keep

            return keep(home)
        from kiosk.command_line import carry_out

        return carry_out(given)
    except BrokenPipeError:
        # The reader of our output (`| head`, `| more`) has closed it.
        streams.write_no_more()
        return last_resort.PROBLEM
    except Exception as error:
        return last_resort.tell(error, given)


def _home_to_keep(given: Sequence[str]) -> list[str] | None:
    """Of `kiosk keep` in its plain form what it says of the home; None for all else. The commands are not loaded for it: they would double
    its memory, which lasts all day, and delay the counter's first page.
    """
    match [*given]:
        case ["keep"]:
            return []
        case ["keep", "--home", folder] | ["--home", folder, "keep"] if folder.strip():
            return ["--home", folder]
    return None


if __name__ == "__main__":
    sys.exit(main())
