"""What a command says of a file of ours that another program does not let go."""

from __future__ import annotations

from typing import Any

from kiosk.config import Home
from kiosk.text import say
from tests.support.held_file import held_by_another


def test_the_file_is_named_and_that_another_program_has_it_open(kiosk: Any, home: Home) -> None:
    pinned = home.trust / f"{'ab' * 32}.cer"
    pinned.write_bytes(b"a certificate")
    with held_by_another(pinned):
        said = kiosk("trust", "remove", "abababab")
    assert said.code == 1
    assert say("command.why.file.held") in said.err
    assert str(pinned) in said.err
    assert pinned.read_bytes() == b"a certificate"
    assert kiosk("trust", "remove", "abababab").code == 0
