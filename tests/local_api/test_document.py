"""The OpenAPI document: as it stands in the page for vendors, and as others draw requests from it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from kiosk.domain.local_client import LocalClient, fresh_token, token_hash
from kiosk.local_api.errors import LocalCode
from kiosk.local_api.openapi import document_text, openapi_document
from tests.support import ROOT
from tests.support.local_api.asking import PATH, ask
from tests.support.local_api.counter import NUMBER, CounterWithApi
from tests.support.local_api.unhurried import unhurried
from tests.support.ports import free_port

PAGE_FOR_VENDORS = ROOT / "docs" / "local-api.md"
CONFIG = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 413, 421]
[checks.positive_data_acceptance]
expected-statuses = [200, 204, 403, 405]
"""


def held(name: str, value: object) -> None:
    """Fails if it is not what the document says of this schema."""
    jsonschema_rs.validate({**openapi_document(), "$ref": f"#/components/schemas/{name}"}, value)


def test_the_page_for_vendors_holds_the_document_that_the_program_makes() -> None:
    page = PAGE_FOR_VENDORS.read_text("utf-8")
    assert page.partition("```json\n")[2].partition("\n```")[0] == document_text()


def test_the_page_for_vendors_names_every_error() -> None:
    page = PAGE_FOR_VENDORS.read_text("utf-8")
    assert [code for code in LocalCode if f"`{code.value}`" not in page or str(code.status) not in page] == []


def test_what_is_answered_is_as_the_document_says(counter: CounterWithApi) -> None:
    counter.serve()
    verified = ask(counter.port, counter.program_token).json
    held("CardVerified", verified)
    counter.leave()
    held("PatronLeft", ask(counter.port, counter.program_token, path=f"{PATH}?after={verified['mark']}").json)
    held("Error", ask(counter.port).json)
    held("Token", {"token": counter.program_token})
    with pytest.raises(jsonschema_rs.ValidationError):
        held("CardVerified", {**verified, "name": NUMBER.text})


@pytest.mark.trial
@pytest.mark.timeout(60)
def test_whatever_others_draw_from_the_document_is_answered_as_it_says(tmp_path: Path) -> None:
    port, token = free_port(), fresh_token()
    document, config = tmp_path / "openapi.json", tmp_path / "schemathesis.toml"
    document.write_text(document_text(), "utf-8")
    config.write_text(CONFIG)
    shown = ["--header", f"Authorization: Bearer {token}"]
    command: list[Any] = [Path(sys.executable).with_name("schemathesis"), "--config-file", config, "run", document]
    command += ["--url", f"http://127.0.0.1:{port}", *shown, "--phases", "coverage,fuzzing", "--max-examples", "40", "--seed", "11"]
    command += ["--warnings", "off", "--output-truncate", "true", "--request-timeout", "30"]
    with unhurried(port, [LocalClient("program", token_hash(token))], NUMBER.text):
        ran = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=tmp_path, timeout=50, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
