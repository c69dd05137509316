"""A real Chromium without a screen, driven by its own protocol (https://chromedevtools.github.io/devtools-protocol/)."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.wait import LIMIT, end, wait_until

_PORT = re.compile(r"ws://127\.0\.0\.1:([0-9]+)/")


class Tab:
    """One page. What the browser complains of is kept in `complaints`."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._numbers = socket, count(1)
        self.complaints: list[str] = []
        for domain in ("Page", "Log", "Runtime", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv(timeout=LIMIT))
            if told.get("id") == number:
                assert "error" not in told, told
                result: dict[str, Any] = told["result"]
                return result
            self._hear(told)

    def _hear(self, told: dict[str, Any]) -> None:
        if told.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
            self.complaints.append(json.dumps(told["params"], ensure_ascii=False))

    def open(self, url: str) -> None:
        assert "errorText" not in (gone := self.ask("Page.navigate", url=url)), gone
        self.await_page()

    def await_page(self) -> None:
        wait_until(lambda: self.value("document.readyState") == "complete", "the page")

    def value(self, expression: str) -> Any:
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def type(self, field: str, text: str) -> None:
        self.value(f"document.getElementById({json.dumps(field)}).focus()")
        self.ask("Input.insertText", text=text)

    def press(self, selector: str) -> None:
        """Press a button that leads to another page, and wait for that."""
        self.value(f"window.before = true, document.querySelector({json.dumps(selector)}).click()")
        wait_until(lambda: self.value("window.before === undefined && document.readyState === 'complete'"), "the next page")

    def picture(self, path: Path, width: int, height: int) -> None:
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def printed(self) -> bytes:
        return base64.b64decode(self.ask("Page.printToPDF", printBackground=False)["data"])


@contextmanager
def tab(folder: Path, *, trusted: bytes) -> Iterator[Tab]:
    """`trusted`: SHA-256 of the public key (SubjectPublicKeyInfo) of the one server whose certificate is taken."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", f"--user-data-dir={folder / 'chromium'}"]
    options += [f"--ignore-certificate-errors-spki-list={base64.b64encode(trusted).decode()}", "about:blank"]
    child = subprocess.Popen(["chromium", *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    watchdog = threading.Timer(LIMIT, child.kill)
    watchdog.start()
    try:
        port = next((found[1] for line in child.stderr if (found := _PORT.search(line))), None)
        assert port is not None, "Chromium did not begin"
        watchdog.cancel()
        # Whatever else it says is of no use, and must not fill the pipe.
        threading.Thread(target=child.stderr.read, daemon=True).start()
        with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=LIMIT) as answer:
            (page,) = [one for one in json.load(answer) if one["type"] == "page"]
        with connect(page["webSocketDebuggerUrl"], max_size=None) as socket:
            yield Tab(socket)
    except ConnectionClosed as error:
        raise AssertionError("Chromium went away") from error
    finally:
        watchdog.cancel()
        end(child)
        child.stderr.close()
