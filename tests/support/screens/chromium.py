"""A real Chromium with a pretend library system: one page, which shows what it is given and tells what really stands in its fields."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

from tests.support.screens.accessible_desktop import Desktop
from tests.support.wait import LIMIT

TITLE = "図書館システム - 貸出"
_PAGE = """
let shown = 0, answered = 0;
let fields = () => document.querySelectorAll('input');
const say = (about) => fetch('/said', {method: 'POST', body: JSON.stringify(about)});
const look = async () => {
    const now = await (await fetch('/now')).json();
    if (now.shown > shown) {
        shown = now.shown;
        fields = () => document.querySelectorAll('input');
        document.body.innerHTML = now.html;
        new Function(now.script)();
    }
    if (now.asked > answered) {
        answered = now.asked;
        say({answered, values: Object.fromEntries([...fields()].map(field => [field.id, field.value]))});
    }
};
setInterval(look, 20);
"""
_FRAME = "<label>{label} <input id={id}></label><script>parent.framed(document.querySelector('input'))</script>"


class LibraryPage:
    """The page, served; `show` gives it another content."""

    def __init__(self) -> None:
        self._now: dict[str, Any] = {"shown": 0, "asked": 0, "html": "", "script": ""}
        self._said: Queue[dict[str, Any]] = Queue()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                if path == "/now":
                    self._answer(json.dumps(outer._now), "application/json")
                elif path == "/frame":
                    self._answer(_FRAME.format(label="利用者番号", id=self.path.partition("?")[2]), "text/html")
                else:
                    script = _PAGE if path == "/" else ""
                    self._answer(
                        f"<!doctype html><html lang=ja><title>{TITLE}</title><script>{script}</script><body><input id=other>", "text/html"
                    )

            def do_POST(self) -> None:
                outer._said.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self._answer("", "text/plain")

            def _answer(self, text: str, kind: str) -> None:
                body = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
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
            yield f"http://127.0.0.1:{self._server.server_address[1]}/"
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def show(self, html: str, script: str) -> None:
        """Show this. The script may set `fields`, a function that lists the fields."""
        self._now = {**self._now, "shown": self._now["shown"] + 1, "html": html, "script": script}
        self.values()

    def values(self) -> dict[str, str]:
        """What stands in the fields, by their ids."""
        self._now = {**self._now, "asked": self._now["asked"] + 1}
        while True:
            said = self._said.get(timeout=LIMIT)
            if said["answered"] == self._now["asked"]:
                values: dict[str, str] = said["values"]
                return values


class Chromium:
    def __init__(self, desktop: Desktop, folder: Path) -> None:
        self._desktop = desktop
        profile = f"--user-data-dir={folder / 'chromium'}"
        self._command = ["chromium", "--no-sandbox", "--no-first-run", "--disable-gpu", "--force-renderer-accessibility", profile]
        self._tabs = 0

    def open(self, address: str) -> None:
        """Open a page in a window; a further one in a tab of its own, in front."""
        self._tabs += 1
        self._desktop.start([*self._command, address], f"chromium-{self._tabs}")
