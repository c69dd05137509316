"""Every sentence that exists once for each service is there for each service, and for no other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kiosk.commands.ils import key_of, needed
from kiosk.domain.model import Language, Service
from kiosk.service_texts import ServiceText, keys_of
from kiosk.text import knows
from tests.test_text import JAPANESE_PARTS, PATRON_PARTS, every_sentence

KIOSK = Path(__file__).parents[1] / "kiosk"
PARTS = tuple(f"{part}." for part in (*JAPANESE_PARTS, *PATRON_PARTS))


def languages(key: str) -> list[Language]:
    return [*Language] if key.partition(".")[0] in PATRON_PARTS else [Language.JAPANESE]


@pytest.mark.parametrize("service", Service)
def test_every_service_has_its_words_in_every_language_that_reads_them(service: Service) -> None:
    assert [(key, language) for key in keys_of(service) for language in languages(key) if not knows(key, language)] == []


def test_every_request_the_counter_needs_has_its_name_for_people() -> None:
    assert [request for request in needed() if not knows(key_of(request))] == []


def test_no_words_are_kept_for_a_service_that_has_no_use_for_them() -> None:
    held = {key for key, _, _ in every_sentence()}
    needed = {key for service in Service for key in keys_of(service)}
    assert held & {text.of(service) for service in Service for text in ServiceText} <= needed


def test_no_key_is_put_together_from_a_service_but_by_its_texts() -> None:
    """So that `keys_of` is every key the program may ask for about a service."""

    def names_service(piece: ast.expr) -> bool:
        return isinstance(piece, ast.FormattedValue) and ast.unparse(piece.value).endswith("service")

    found = [
        (source.name, ast.unparse(node))
        for source in sorted(KIOSK.rglob("*.py"))
        # The guided tour leaves a part's name out, and only names services that exist.
        if "demo" not in source.parts
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr) and any(map(names_service, node.values))
        if isinstance(node.values[0], ast.Constant) and str(node.values[0].value).startswith(PARTS)
    ]
    assert found == []
