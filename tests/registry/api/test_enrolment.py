"""How a counter comes, and how it goes."""

from __future__ import annotations

import pytest

from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.registry_json import read_enrolment
from tests.support.registry.sent_operations import Maker, batch
from tests.support.registry.sites import EnrolledCounter, Site


def test_anybody_may_ask_for_the_authority_and_for_the_servers_health(site: Site) -> None:
    assert site.caller.get("/v1/authority").body == site.authority
    assert site.authority.startswith(b"-----BEGIN CERTIFICATE-----")
    assert b"PRIVATE" not in site.authority
    health = site.caller.get("/v1/health")
    assert (health.status, health.json) == (200, {"healthy": True})


def test_a_code_is_good_for_one_secret_and_a_repeat_is_answered_alike(site: Site) -> None:
    name, secret = site.fresh_name(), fresh_secret()
    asked = {"code": site.code(name).secret, "secret": secret}
    first, again = (site.caller.post("/v1/enrol", body=asked) for _ in range(2))
    told = read_enrolment(first.json)
    assert (told.counter, len(told.site_key)) == (name, 32)
    assert read_enrolment(again.json).site_key == told.site_key
    other = site.caller.post("/v1/enrol", body={**asked, "secret": fresh_secret()})
    assert (other.status, other.json) == (403, {"error": "enrolment-code-refused", "reason": "used"})
    assert site.caller.get("/v1/snapshot", secret).status == 200


def test_the_answer_is_kept_by_nobody_on_the_way(site: Site) -> None:
    reply = site.caller.post("/v1/enrol", body={"code": site.code(site.fresh_name()).secret, "secret": fresh_secret()})
    assert reply.headers["cache-control"] == "no-store"


def test_a_code_that_never_was(site: Site) -> None:
    reply = site.caller.post("/v1/enrol", body={"code": "0000000000", "secret": fresh_secret()})
    assert (reply.status, reply.json) == (403, {"error": "enrolment-code-refused", "reason": "unknown"})


def test_wrong_tries_close_a_code(site: Site) -> None:
    code = site.code(site.fresh_name()).secret
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    reasons = [site.caller.post("/v1/enrol", body={"code": wrong, "secret": fresh_secret()}).json["reason"] for _ in range(6)]
    assert (reasons[0], reasons[-1]) == ("unknown", "closed")
    assert site.caller.post("/v1/enrol", body={"code": code, "secret": fresh_secret()}).json["reason"] == "closed"


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"code": "0000000000"},
        {"secret": fresh_secret()},
        {"code": 1, "secret": fresh_secret()},
        {"code": "０００", "secret": fresh_secret()},
        {"code": "0000000000", "secret": "kioskc-short"},
        {"code": "0000000000", "secret": fresh_secret() + "\n"},
    ],
    ids=["nothing", "an empty object", "no secret", "no code", "a number", "full width", "a short secret", "a line end"],
)
def test_what_cannot_be_a_code_and_a_secret(site: Site, body: object) -> None:
    assert site.caller.post("/v1/enrol", body=body).error == (400, "unreadable")


def test_a_counter_leaves_once_it_was_told_to(site: Site, counter: EnrolledCounter) -> None:
    maker = Maker(counter.name, counter.position())
    assert counter.post("/v1/leave").error == (409, "not-retiring")
    site.retire(counter.name)
    # What it holds it still delivers.
    assert counter.post("/v1/operations", batch(maker.link())).json["status"]["retiring"] is True
    assert counter.post("/v1/leave").json["status"]["sequence"] == 1
    assert counter.post("/v1/leave").error == (403, "counter-retired")


def test_a_revoked_counter_is_shut_out_at_once(site: Site, counter: EnrolledCounter, other: EnrolledCounter) -> None:
    maker = Maker(counter.name, counter.position())
    assert counter.post("/v1/operations", batch(maker.link())).status == 200
    known = other.position()
    site.revoke(counter.name)
    assert counter.post("/v1/operations", batch(maker.link())).error == (403, "counter-revoked")
    assert counter.post("/v1/operations", batch()).error == (403, "counter-revoked")
    assert other.position() == known
