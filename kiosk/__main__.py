"""Where the program begins, for `kiosk` and `python -m kiosk`. Imports nothing of ours that could fail before somebody can be told."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from kiosk import environment, last_resort, search_path, streams


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 if fine, 1 if a problem was found, 2 if command line or configuration are wrong, 130 after Ctrl-C.

    1 also if nobody reads the output any more, unless something was done by then (`output.tell_done`): the exit code is that of the deed.
    """
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments is None:
            environment.keep_what_setup_needs(given)
        streams.prepare()
        search_path.prepare()
        from kiosk.command_line import carry_out

        return carry_out(given)
    except BrokenPipeError:
        # The reader of our output (`| head`, `| more`) has closed it.
        streams.write_no_more()
        return last_resort.PROBLEM
    except Exception as error:
        return last_resort.tell(error, given)


if __name__ == "__main__":
    sys.exit(main())
