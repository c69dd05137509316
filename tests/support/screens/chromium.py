"""A real Chromium with a pretend library system: pages that report by HTTP what really stands in their fields."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit

from tests.support.screens.accessible_desktop import Desktop

TITLE = "図書館システム - 貸出"
LIMIT = 20.0
_REPORT = """
const values = () => Object.fromEntries([...fields()].map(f => [f.id, f.value]));
let said = 0;
const body = what => JSON.stringify({what, at: performance.timeOrigin, order: said++, values: values()});
const report = what => fetch('/report', {method: 'POST', body: body(what)});
let fields = () => document.querySelectorAll('input');
document.addEventListener('input', () => report('input'));
addEventListener('load', () => setTimeout(() => report('ready'), 0));
"""


class Pages:
    """Serves pages by name; `said` holds what they report."""

    def __init__(self, pages: dict[str, str]) -> None:
        """`pages`: bodies. Scripts in them may use `fields`, `report`."""
        self._pages = pages
        self.said: Queue[dict[str, Any]] = Queue()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = urlsplit(self.path).path.strip("/")
                head = f"<!doctype html><html lang=ja><meta charset=utf-8><title>{TITLE}</title><script>{_REPORT}</script>"
                body = head + outer._pages.get(name, "")
                self._answer(body.encode())

            def do_POST(self) -> None:
                outer.said.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address, while it lasts."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{self._server.server_address[1]}"
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def values(self, *, until: dict[str, str] | None = None) -> dict[str, str]:
        """The fields as last reported; waits until they are `until`."""
        last: dict[str, str] = {}
        latest = (0.0, 0)
        while True:
            try:
                report = self.said.get(timeout=LIMIT if until not in (None, last) else 0.3)
            except Empty:
                if until is not None and last != until:
                    raise AssertionError(f"the page reports {last}, not {until}") from None
                return last
            # Requests overtake one another.
            if (order := (report["at"], report["order"])) >= latest:
                latest, last = order, report["values"]

    def ready(self) -> None:
        """Wait for a page to have been loaded."""
        while self.said.get(timeout=LIMIT)["what"] != "ready":
            pass


class Chromium:
    def __init__(self, desktop: Desktop, folder: Path) -> None:
        self._desktop = desktop
        self._command = ["chromium", "--no-sandbox", "--no-first-run", "--disable-gpu", f"--user-data-dir={folder / 'chromium'}"]
        self._begun = False

    def open(self, address: str, *, accessible: bool = True) -> None:
        """Open a page: the first in a window, any other in place of what the tab in front shows."""
        if not self._begun:
            options = ["--force-renderer-accessibility"] if accessible else []
            self._desktop.start([*self._command, *options, address], "chromium")
            self._begun = True
            return
        self._desktop.keys("ctrl+l", delay=20)
        self._desktop._xdotool("type", "--delay", "2", address)
        self._desktop.keys("Return")

    def another_tab(self, address: str) -> None:
        self._desktop.start([*self._command, address], "chromium-tab")
