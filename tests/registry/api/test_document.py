"""The OpenAPI document says what is taken and answered. It is held against real answers, and others draw requests from it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from pydantic import BaseModel, TypeAdapter, ValidationError

from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.outbox import FATES
from kiosk.domain.wire import Operation, encode
from kiosk.registry.api import schemas
from kiosk.registry.api.access import ALLOWED
from kiosk.registry.api.errors import ApiCode
from kiosk.registry.api.limits import Limits
from kiosk.token_buckets import Rate
from tests.support.ledger.drawn_operations import OPERATIONS
from tests.support.registry.caller import Reply
from tests.support.registry.sent_operations import Maker, batch, fresh_number, fresh_token
from tests.support.registry.sites import EnrolledCounter, Site, in_process

OPERATION: TypeAdapter[object] = TypeAdapter(schemas.Operation)
NOT_HELD = "positive_data_acceptance"
"""That a day is in the calendar, and a counter the one that asks, no schema can say."""
CONFIG = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 409, 413, 422]
"""


def validated(model: type[BaseModel], reply: Reply) -> BaseModel:
    return model.model_validate_json(reply.body, strict=True)


def test_every_answer_is_as_the_document_says(site: Site, counter: EnrolledCounter) -> None:
    position, token, number = counter.position(), fresh_token(), fresh_number()
    maker = Maker(counter.name, position)
    link = maker.link(token, number)
    replace = maker.replace(fresh_token(), number, [link["uuid"]])
    stops = maker.unlink(number, token), maker.unlink(fresh_number())
    reused = {**maker.link(), "uuid": link["uuid"]}
    for sent in (batch(link, replace, *stops), batch(reused, maker.link())):
        validated(schemas.Answers, counter.post("/v1/operations", sent))
    where = {"epoch": position[0], "cursor": position[1]}
    validated(schemas.Feed, counter.get("/v1/feed", **where))
    validated(schemas.Stops, counter.get("/v1/stops", **where))
    validated(schemas.Snapshot, counter.get("/v1/snapshot"))
    validated(schemas.Found, counter.post("/v1/links/find", {"tokens": [], "number": number.text}))
    validated(schemas.Error, counter.get("/v1/feed", epoch=0, cursor=0))
    validated(schemas.Error, counter.post("/v1/operations", batch({**link, "wire": 9})))
    validated(schemas.Error, counter.post("/v1/leave"))
    site.retire(counter.name)
    validated(schemas.Left, counter.post("/v1/leave"))
    validated(schemas.Error, counter.post("/v1/leave"))
    validated(schemas.Health, site.caller.get("/v1/health"))
    code = site.code(site.fresh_name()).secret
    validated(schemas.Enrolment, site.caller.post("/v1/enrol", body={"code": code, "secret": fresh_secret()}))
    validated(schemas.Error, site.caller.post("/v1/enrol", body={"code": code, "secret": fresh_secret()}))


@given(OPERATIONS)
def test_every_operation_is_as_the_document_says(operation: Operation) -> None:
    encoded = encode(operation)
    OPERATION.validate_json(encoded)
    fields = json.loads(encoded)
    for name in fields:
        with pytest.raises(ValidationError):
            OPERATION.validate_python({key: value for key, value in fields.items() if key != name})
    with pytest.raises(ValidationError):
        OPERATION.validate_python(fields | {"name": "山田"})


def test_every_code_is_told_where_it_may_come(site: Site) -> None:
    paths = site.caller.get("/v1/openapi.json").json["paths"]
    told = {
        (status, code)
        for path, methods in paths.items()
        for method in methods
        if (method.upper(), path) in ALLOWED
        for status, answer in methods[method]["responses"].items()
        if status != "200"
        for code in answer["description"].split(", ")
    }
    beside_routes = {ApiCode.UNKNOWN_ROUTE, ApiCode.WRONG_METHOD}
    assert told == {(str(code.status), code.value) for code in ApiCode if code not in beside_routes}


def test_counters_know_what_to_do_at_each_code() -> None:
    at_enrolling = {ApiCode.ENROLMENT_CODE_REFUSED}
    assert {(code.status, code.value) for code in ApiCode if code not in at_enrolling} <= FATES.keys()


def asked_by_others(site: Site, folder: Path, *arguments: str) -> None:
    """Fails with what schemathesis found."""
    authority, config = folder / "authority.pem", folder / "schemathesis.toml"
    authority.write_bytes(site.authority)
    config.write_text(CONFIG)
    program = Path(sys.executable).with_name("schemathesis")
    shown = ["--header", f"Authorization: Bearer {site.counter().secret}", "--tls-verify", str(authority), "--rate-limit", "auto"]
    command = [str(program), "--config-file", str(config), "run", f"{site.url}/v1/openapi.json", *shown]
    quiet = ["--exclude-checks", NOT_HELD, "--warnings", "off", "--output-truncate", "true", "--request-timeout", "30", "--seed", "11"]
    ran = subprocess.run([*command, *quiet, *arguments], capture_output=True, text=True, cwd=folder, timeout=1000, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.timeout(120)
def test_what_others_draw_from_the_document_is_answered_as_it_says(tmp_path: Path) -> None:
    unhurried = Rate(100_000, 10_000)
    with in_process("", tmp_path / "home", Limits(counter=unhurried, address=unhurried)) as site:
        asked_by_others(site, tmp_path, "--phases", "coverage")


@pytest.mark.trial
def test_whatever_others_draw_from_the_document_is_answered_as_it_says(site: Site, tmp_path: Path) -> None:
    asked_by_others(site, tmp_path, "--phases", "coverage,fuzzing", "--max-examples", "50")
