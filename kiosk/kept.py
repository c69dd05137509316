"""`python -m kiosk.kept ARGUMENTS…`: `kiosk ARGUMENTS…` as the child of `kiosk keep`, which it tells that it has ended in order."""

from __future__ import annotations

from typing import NoReturn

from kiosk import orderly_end
from kiosk.__main__ import main


def end_in_order() -> NoReturn:
    orderly_end.sign_from_now_on()
    try:
        code = main()
    except SystemExit as ended:
        # argparse's, after it has printed a help or a mistake.
        code = ended.code if isinstance(ended.code, int) else 0
    orderly_end.leave(code)


if __name__ == "__main__":
    end_in_order()
