"""Programs that may ask for a number: their names, origins and tokens."""

from __future__ import annotations

import pytest

from kiosk.domain.local_client import LocalClient, client_name, decode_clients, encode_clients, fresh_token, is_token, origin, token_hash

HASH = token_hash(fresh_token())
NO_HOST = ["", "*", "null", "lib.example.jp", "https://*.example.jp", "ftp://lib.example.jp", "file://", "https://図書館.example"]
MORE = [f"https://lib.example.jp{more}" for more in ("/opac", ":0", ":65536", " https://b.example", "?", "#")] + [
    "https://a@lib.example.jp"
]
ALMOST = [f'[{{"name": "a b", "hash": "{HASH}", "origins": []}}]', '[{"name": "a", "hash": "1", "origins": []}]']


@pytest.mark.parametrize(
    ("written", "browser"),
    [
        ("https://lib.example.jp", "https://lib.example.jp"),
        (" HTTPS://Lib.Example.JP:443/ ", "https://lib.example.jp"),
        ("https://lib.example.jp:08443", "https://lib.example.jp:8443"),
        ("http://10.0.0.7:80", "http://10.0.0.7"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[fd00::7]:8080", "http://[fd00::7]:8080"),
        ("https://xn--eckwd4c7c.example", "https://xn--eckwd4c7c.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(written: str, browser: str) -> None:
    assert origin(written) == browser


@pytest.mark.parametrize("written", [*NO_HOST, *MORE])
def test_what_names_more_or_less_than_one_origin_is_refused(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - it says what was given
        origin(written)


@pytest.mark.parametrize("name", ["", "図書館", "a b", "-a", "a" * 41, "a\n"])
def test_a_name_is_one_word_of_a_log(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - it says what was given
        client_name(name)


def test_clients_are_read_as_they_were_written() -> None:
    clients = (LocalClient("program", HASH), LocalClient("page", HASH, ("https://a.example", "http://b.example:8080")))
    assert decode_clients(encode_clients(clients)) == clients
    assert HASH not in repr(clients)


@pytest.mark.parametrize("note", ["", "{}", "[1]", '[{"name": "a"}]', *ALMOST])
def test_what_this_program_did_not_write_is_no_list_of_clients(note: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - it says what was given
        decode_clients(note)


def test_a_page_is_admitted_from_its_origins_alone_and_a_program_from_none() -> None:
    page, program = LocalClient("page", HASH, ("https://a.example",)), LocalClient("program", HASH)
    assert [page.admits(where) for where in ("https://a.example", "https://b.example", "null", None)] == [True, False, False, False]
    assert [program.admits(where) for where in ("https://a.example", None)] == [False, True]


def test_no_two_tokens_are_alike() -> None:
    token = fresh_token()
    assert is_token(token)
    assert token != fresh_token()
    assert not is_token(f"{token}a")
