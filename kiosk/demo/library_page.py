"""A pretend library system that runs in a browser: one page on loopback, which looks up the patron whose number is entered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from string import Template
from urllib.parse import parse_qs, urlsplit

from kiosk.demo.ils import opening
from kiosk.demo.ils.server import HOST, now_in_japan
from kiosk.library.handover.elements import Field
from kiosk.library.handover.target import Key, Target
from kiosk.text import plain, say

_FIELD = "user-number"
_PAGE = Template("""<!doctype html><html lang="ja" translate="no"><meta charset="utf-8"><title>$title</title><style>
* { box-sizing: border-box }
body { margin: 0; font: 20px/1.6 "Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic", sans-serif; background: #eef1f4; color: #1d2733 }
header { display: flex; justify-content: space-between; padding: 14px 32px; background: #1f4e6b; color: #fff; font-size: 22px }
nav { display: flex; padding: 0 24px; background: #fff; border-bottom: 1px solid #c3ccd5 }
nav span { padding: 12px 24px }
nav .here { border-bottom: 4px solid #1f4e6b; font-weight: bold }
main { max-width: 1080px; margin: 28px auto; padding: 0 32px }
form, section { margin-bottom: 24px; padding: 22px 28px; background: #fff; border: 1px solid #c3ccd5; border-radius: 6px }
form { display: flex; align-items: center; gap: 18px }
input { width: 300px; padding: 8px 12px; font: inherit; font-size: 24px; border: 2px solid #1f4e6b; border-radius: 4px; outline: none }
button { padding: 9px 26px; font: inherit; color: #fff; background: #1f4e6b; border: 0; border-radius: 4px }
h2 { margin: 0 0 10px; font-size: 26px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 28px; margin: 0 0 16px }
dt { color: #51606f }
dd { margin: 0 }
table { width: 100%; border-collapse: collapse }
th, td { padding: 6px 12px; text-align: left; border-bottom: 1px solid #d9dfe5 }
th { background: #f5f7f9; font-weight: normal; color: #51606f }
</style>
<header><span>$system</span><span>$library</span></header>
<nav><span class="here">$lending</span><span>$returning</span><span>$holds</span><span>$patrons</span><span>$items</span></nav>
<main>
<form><label for="$field">$number</label><input id="$field" autocomplete="off" autofocus><button>$search</button></form>
<div id="patron"></div>
</main>
<script>
const field = document.getElementById('$field');
document.forms[0].onsubmit = async event => {
    event.preventDefault();
    const about = '?number=' + encodeURIComponent(field.value);
    document.getElementById('patron').innerHTML = await (await fetch('/patron' + about)).text();
    // Drawn, and on the screen.
    requestAnimationFrame(() => setTimeout(() => fetch('/shown' + about), 250));
};
</script></html>""")
_PATRON = Template("""<section><h2>$name</h2>
<dl><dt>$number</dt><dd>$digits</dd><dt>$until</dt><dd>$last</dd></dl>
<table><tr><th>$item</th><th>$title</th><th>$due</th></tr>$loans</table></section>""")


class LibraryPage:
    """Use `served`."""

    def __init__(self) -> None:
        self._shown: Queue[str] = Queue()
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, number = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query).get("number", [""])[0]
                if path == "/shown":
                    page._shown.put(number)
                answer = (_page() if path == "/" else _patron(number) if path == "/patron" else "").encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://{HOST}:{self._server.server_address[1]}/"
        field = Field(role="entry", name=plain(say("demo.system.number")), identifier=_FIELD, tag="input", address=self.address)
        self.target = Target(plain(say("demo.system.title")), suffix=Key.ENTER, field=field)
        """Where the number goes."""

    @contextmanager
    def served(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="library-page")
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def shows(self, number: str, seconds: float) -> bool:
        """Whether it shows, within that time, what was looked up by this number."""
        with suppress(Empty):
            return self._shown.get(timeout=seconds) == number
        return False


def _page() -> str:
    return _PAGE.substitute(
        field=_FIELD,
        title=_text("demo.system.title"),
        system=_text("demo.system.name"),
        library=_text("demo.system.library"),
        lending=_text("demo.system.lending"),
        returning=_text("demo.system.returning"),
        holds=_text("demo.system.holds"),
        patrons=_text("demo.system.patrons"),
        items=_text("demo.system.items"),
        number=_text("demo.system.number"),
        search=_text("demo.system.search"),
    )


def _patron(number: str) -> str:
    library = opening(now_in_japan().date())
    borrower = library.borrower(number)
    if borrower is None:
        return f"<section>{_text('demo.system.unknown')}</section>"
    sooner_first = sorted(library.loans_of(number), key=lambda loan: loan.due)
    loans = [(loan.item, library.copies[loan.item].title, _day(loan.due)) for loan in sooner_first]
    return _PATRON.substitute(
        name=escape(f"{borrower.family} {borrower.given}"),
        number=_text("demo.system.number"),
        digits=escape(number),
        until=_text("demo.system.until"),
        last="" if borrower.until is None else _day(borrower.until),
        item=_text("demo.system.item"),
        title=_text("demo.system.item-title"),
        due=_text("demo.system.due"),
        loans="".join("<tr>" + "".join(f"<td>{escape(part)}</td>" for part in loan) + "</tr>" for loan in loans),
    )


def _day(day: date) -> str:
    return f"{day:%Y/%m/%d}"


def _text(key: str) -> str:
    return escape(plain(say(key)))
