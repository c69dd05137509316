"""python -m kiosk.local_api PORT: the process for HTTP."""

from __future__ import annotations

from kiosk.local_api.server import main

if __name__ == "__main__":
    main()
