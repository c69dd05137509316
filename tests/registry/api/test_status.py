"""The pages of administrators over HTTPS: who gets in, who does not, and what a browser is told to keep to."""

from __future__ import annotations

import os
import re
import socket
import ssl
from pathlib import Path

import pytest

from kiosk.registry.api.limits import Limits
from kiosk.text import say
from tests.support.registry.administrator import PASSWORD, Browser, Person
from tests.support.registry.sites import AtHome, Site, in_process
from tests.support.wait import LIMIT

FORM = "application/x-www-form-urlencoded"
POLICY = re.compile(
    r"default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", re.ASCII
)
SESSION = "__Host-kiosk-status"


@pytest.fixture(scope="session")
def home(site: Site) -> AtHome:
    if not isinstance(site, AtHome):
        pytest.skip("an installed server's administrators are its own")
    return site


@pytest.fixture
def browser(home: AtHome) -> Browser:
    return Browser(home.caller)


@pytest.fixture(scope="session", autouse=True)
def somebody(home: AtHome) -> Person:
    """There is an administrator, so there are pages."""
    return Person.added(home.registry, f"somebody{os.getpid()}")


@pytest.fixture
def person(home: AtHome) -> Person:
    return Person.added(home.registry, f"admin{home.fresh_name().encode().hex()[-20:]}")


def test_there_is_no_page_until_there_is_an_administrator(tmp_path: Path) -> None:
    with in_process("", tmp_path / "home") as alone:
        browser = Browser(alone.caller)
        asked = [browser.ask("GET", path) for path in ("/status", "/status/login")]
        asked += [browser.post(path, {"name": "x"}) for path in ("/status/login", "/status/logout")]
        assert {reply.status for reply in asked} == {404}
        assert all("kiosk registry admin add" in reply.body.decode() for reply in asked)
        person = Person.added(alone.registry, "tanaka")
        assert browser.ask("GET", "/status").headers["location"] == "/status/login"
        assert browser.log_in(person).status == 303
        # What nobody has looked at is not said to be nothing, or well.
        page = browser.ask("GET", "/status").body.decode()
        assert page.count(f"<p>{say('status.not-looked')}</p>") == 2
        assert say("status.attention.not-looked") in page
        assert say("status.attention.none") not in page
        assert say("status.counters.none") in page


def test_who_logs_in_sees_the_counters_and_is_gone_when_he_leaves(home: AtHome, browser: Browser, person: Person) -> None:
    counter = home.counter()
    answer = browser.log_in(person)
    assert (answer.status, answer.headers["location"]) == (303, "/status")
    assert set(browser.cookies) == {SESSION}
    assert {part.strip().lower() for part in browser.kept_as[SESSION].split(";")} == {"httponly", "path=/", "samesite=strict", "secure"}
    page = browser.ask("GET", "/status")
    assert page.status == 200
    assert re.search(rf"<th scope=\"row\">{counter.name}</th><td>使用中</td><td>まだ報告がありません</td><td>不明</td>", page.body.decode())
    kept = dict(browser.cookies)
    assert browser.post("/status/logout", {"form": "0" * 64}).headers["location"] == "/status"
    assert browser.ask("GET", "/status").status == 200
    assert browser.post("/status/logout", {"form": browser.form("/status")}).status == 200
    assert SESSION not in browser.cookies
    assert Browser(home.caller, kept).ask("GET", "/status").headers["location"] == "/status/login"


def test_every_page_keeps_a_browser_to_itself(browser: Browser, person: Person) -> None:
    pages = [browser.ask("GET", "/status"), browser.ask("GET", "/status/login"), browser.ask("PUT", "/status")]
    pages += [browser.log_in(person, code="000000"), browser.log_in(person), browser.ask("GET", "/status")]
    for page in pages:
        policy = page.headers["content-security-policy"]
        assert re.fullmatch(
            r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            policy,
        )
        told = {name: page.headers[name] for name in ("cache-control", "x-content-type-options", "x-frame-options")}
        assert told == {"cache-control": "no-store", "x-content-type-options": "nosniff", "x-frame-options": "DENY"}
        assert b"<script" not in page.body


def test_a_wrong_code_a_used_code_and_another_form_open_nothing(home: AtHome, browser: Browser, person: Person) -> None:
    assert browser.log_in(person, code="12345x").status == 403
    assert browser.log_in(person, password=PASSWORD[:-1]).status == 403
    code = person.code()
    for wrong in ({}, {"form": "0" * 64}, {"form": Browser(home.caller).form()}):
        browser.form()
        answer = browser.post("/status/login", {**person.fields(code=code), **wrong})
        assert (answer.status, say("status.login.form-old") in answer.body.decode()) == (403, True)
    assert browser.log_in(person, code=code).status == 303
    again = Browser(home.caller)
    answer = again.log_in(person, code=code)
    assert (answer.status, say("status.login.wrong") in answer.body.decode(), SESSION in again.cookies) == (403, True, False)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}]
)
def test_another_site_cannot_send_the_form(browser: Browser, person: Person, headers: dict[str, str]) -> None:
    fields = {"form": browser.form(), **person.fields()}
    assert browser.post("/status/login", fields, **headers).status == 403
    assert SESSION not in browser.cookies


@pytest.mark.parametrize("forged", ["", "x", "A" * 43, "../../etc/passwd", "'; DROP TABLE meta;--", "ÿ" * 40, "x" * 6000])
def test_a_forged_cookie_is_nobodys(home: AtHome, forged: str) -> None:
    answer = home.caller.ask("GET", "/status", headers={"Cookie": f"{SESSION}={forged}"})
    assert (answer.status, answer.headers["location"]) == (303, "/status/login")


def test_what_is_typed_never_comes_back(browser: Browser) -> None:
    for typed in ("<script>alert(1)</script>", "x\r\nSet-Cookie: a=b", "\x00", "田中"):
        answer = browser.post("/status/login", {"form": browser.form(), "name": typed, "password": typed, "code": typed})
        assert answer.status in (403, 429)
        assert "a=b" not in str(answer.headers)
        assert typed.encode() not in answer.body


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"name": "x"}', "application/json"),
        (b"name=x", "text/plain"),
        (b"name=%ff", FORM),
        ("name=田".encode(), FORM),
        (b"name=x&name=y", FORM),
        (b"&".join(b"a%d=1" % number for number in range(50)), FORM),
        (b"", FORM),
        (b"=", FORM),
        (b"name=\xff", "multipart/form-data; boundary=x"),
    ],
)
def test_a_body_that_is_no_form_is_refused_in_words(browser: Browser, body: bytes, kind: str) -> None:
    answer = browser.ask("POST", "/status/login", body, Content_Type=kind)
    assert answer.status in (400, 403)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_other_methods_and_huge_bodies_are_refused_in_words(browser: Browser) -> None:
    for method, path, allowed in (("PUT", "/status", "GET"), ("DELETE", "/status/login", "GET, POST"), ("GET", "/status/logout", "POST")):
        answer = browser.ask(method, path)
        assert (answer.status, answer.headers["allow"]) == (405, allowed)
        assert say("status.error.title") in answer.body.decode()
    assert browser.ask("HEAD", "/status").status == 405
    answer = browser.ask("POST", "/status/login", b"name=" + b"x" * 100_000, Content_Type=FORM)
    assert (answer.status, say("status.error.request") in answer.body.decode()) == (413, True)


def test_ten_megabytes_and_a_body_that_never_comes_end_the_connection(home: AtHome) -> None:
    context = ssl.create_default_context(cadata=home.authority.decode())
    host, port = home.url.removeprefix("https://").split(":")
    head = f"POST /status/login HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nContent-Length: {10 << 20}\r\n\r\n"
    with socket.create_connection((host, int(port)), LIMIT) as plain, context.wrap_socket(plain, server_hostname=host) as tls:
        tls.sendall(head.encode())
        answer = b"".join(iter(lambda: tls.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer


def test_a_browser_that_sends_too_slowly_is_told_so_in_words(tmp_path: Path) -> None:
    with in_process("", tmp_path / "home", Limits(body_seconds=0.3)) as slow:
        context = ssl.create_default_context(cadata=slow.authority.decode())
        head = f"POST /status/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\nContent-Length: 100\r\n\r\nname=x"
        with socket.create_connection(("127.0.0.1", slow.server.port), LIMIT) as plain:
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                tls.sendall(head.encode())
                answer = b"".join(iter(lambda: tls.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert say("status.error.title").encode() in answer


def test_a_status_page_is_no_counters(home: AtHome, person: Person) -> None:
    """A counter's secret opens no page, and an administrator's session no route of counters."""
    counter, browser = home.counter(), Browser(home.caller)
    assert counter.get("/status").headers["location"] == "/status/login"
    assert browser.log_in(person).status == 303
    assert browser.ask("GET", "/v1/snapshot").status == 401
