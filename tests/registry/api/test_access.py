"""Who may ask what: every route of the document and of the list, with every kind of secret that is not the right one."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from kiosk.domain.counter_secret import fresh_secret
from kiosk.registry.api.access import ALLOWED, Asker, Who
from kiosk.registry.api.gate import Gate
from kiosk.registry.api.limits import DEFAULT
from kiosk.registry.api.trouble import Troubles
from kiosk.registry.models import CounterState
from tests.support.registry.sent_operations import Maker, batch
from tests.support.registry.sites import EnrolledCounter, Site

OF_COUNTERS = sorted(route for route, who in ALLOWED.items() if who is Who.COUNTER)
PUBLIC = {("GET", "/v1/health"), ("GET", "/v1/authority"), ("GET", "/v1/openapi.json"), ("POST", "/v1/enrol")}
OF_BROWSERS = {("GET", "/status"), ("GET", "/status/login"), ("POST", "/status/login"), ("POST", "/status/logout")}
QUERY = {"epoch": 0, "cursor": 0}
WRONG = {
    "none": None,
    "none that was given": fresh_secret(),
    "another form": "kioskc-short",
    "empty": "",
    "not ASCII": "kioskc-" + "ÿ" * 43,
}


def test_the_public_routes_are_these_and_no_others() -> None:
    assert {route for route, who in ALLOWED.items() if who is Who.ANYBODY} == PUBLIC
    assert {route for route, who in ALLOWED.items() if who is Who.BROWSER} == OF_BROWSERS


def test_the_document_names_what_the_list_names(site: Site) -> None:
    paths = site.caller.get("/v1/openapi.json").json["paths"]
    documented = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert documented | {("GET", "/v1/openapi.json")} | OF_BROWSERS == set(ALLOWED)
    secured = {(method.upper(), path) for path, methods in paths.items() for method, told in methods.items() if told["security"]}
    assert secured == set(OF_COUNTERS)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(("method", "path"), OF_COUNTERS)
def test_no_route_of_counters_answers_another_secret(site: Site, method: str, path: str, wrong: str) -> None:
    reply = site.caller.ask(method, path, WRONG[wrong], query=QUERY if method == "GET" else None)
    assert reply.json == {"error": "secret-unknown"}
    assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("header", ["Basic {}", "Bearer  {}", "bearer{}", "{}", "Bearer {} {}"])
def test_the_secret_is_shown_in_one_way(site: Site, counter: EnrolledCounter, header: str) -> None:
    headers = {"Authorization": header.format(counter.secret, counter.secret)}
    assert site.caller.ask("GET", "/v1/feed", query=QUERY, headers=headers).error == (401, "secret-unknown")


@pytest.mark.parametrize(("method", "path"), OF_COUNTERS)
def test_a_revoked_counter_is_told_so_by_name_on_every_route(site: Site, revoked: EnrolledCounter, method: str, path: str) -> None:
    reply = site.caller.ask(method, path, revoked.secret, query=QUERY if method == "GET" else None)
    assert (reply.status, reply.json) == (403, {"error": "counter-revoked", "counter": revoked.name})


@pytest.mark.parametrize(("method", "path"), OF_COUNTERS)
def test_a_counter_that_has_left_is_told_so(site: Site, retired: EnrolledCounter, method: str, path: str) -> None:
    reply = site.caller.ask(method, path, retired.secret, query=QUERY if method == "GET" else None)
    assert (reply.status, reply.json) == (403, {"error": "counter-retired", "counter": retired.name})


def test_with_another_counters_secret_one_is_that_counter(site: Site, counter: EnrolledCounter, other: EnrolledCounter) -> None:
    maker = Maker(counter.name, counter.position())
    assert other.post("/v1/operations", batch(maker.link())).error == (422, "operation-of-another-counter")


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "allow"),
    [
        ("GET", "/", 404, "unknown-route", None),
        ("GET", "/docs", 404, "unknown-route", None),
        ("GET", "/openapi.json", 404, "unknown-route", None),
        ("GET", "/v2/feed", 404, "unknown-route", None),
        ("GET", "/v1/feed/", 404, "unknown-route", None),
        ("GET", "/v1//feed", 404, "unknown-route", None),
        ("GET", "/v1/../v1/feed/x", 404, "unknown-route", None),
        ("POST", "/v1/feed", 405, "wrong-method", "GET"),
        ("HEAD", "/v1/health", 405, None, "GET"),
        ("OPTIONS", "/v1/operations", 405, "wrong-method", "POST"),
        ("DELETE", "/v1/links/find", 405, "wrong-method", "POST"),
        ("TRACE", "/v1/health", 405, "wrong-method", "GET"),
    ],
)
def test_what_is_not_on_the_list_is_refused_with_any_secret(
    site: Site, counter: EnrolledCounter, method: str, path: str, status: int, code: str | None, allow: str | None
) -> None:
    for secret in (None, counter.secret):
        reply = site.caller.ask(method, path, secret)
        assert (reply.status, reply.headers.get("allow")) == (status, allow)
        assert code is None or reply.json == {"error": code}


@pytest.fixture(scope="module")
def revoked(site: Site) -> EnrolledCounter:
    counter = site.counter()
    site.revoke(counter.name)
    return counter


@pytest.fixture(scope="module")
def retired(site: Site) -> EnrolledCounter:
    counter = site.counter()
    site.retire(counter.name)
    assert counter.post("/v1/leave").status == 200
    return counter


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "get"])
@pytest.mark.parametrize("path", ["/v1/added-later", "/v1", "", "/v1/feed\x00", "/V1/feed"])
def test_a_route_that_somebody_adds_is_refused_until_it_is_on_the_list(method: str, path: str) -> None:
    """The routes behind this gate answer everything."""
    told: list[Message] = []

    async def answer_everything(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(b"{}")(scope, receive, send)

    async def know_everybody(secret_hash: bytes, _: bool) -> Asker | None:
        return Asker("窓口1", CounterState.ACTIVE, 0, secret_hash)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    headers = [(b"authorization", f"Bearer {fresh_secret()}".encode())]
    scope: Scope = {"type": "http", "method": method, "path": path, "headers": headers, "client": ("192.0.2.1", 5), "state": {}}
    asyncio.run(Gate(answer_everything, know_everybody, DEFAULT, Troubles())(scope, receive, send))
    assert told[0]["status"] == 404
