"""The PIN on its way from the pad to one VERIFY."""

from __future__ import annotations

import copy
import pickle
import threading

import pytest

from kiosk.domain.pin import Pin


def test_it_prints_as_stars() -> None:
    pin = Pin("1357")
    for shown in (str(pin), repr(pin), f"{pin}", repr([pin]), repr({"pin": pin})):
        assert "1357" not in shown
        assert "****" in shown


def test_it_is_taken_once() -> None:
    pin = Pin("1357")
    assert pin.take() == b"1357"
    with pytest.raises(ValueError, match="has been used"):
        pin.take()


def test_full_width_digits_become_ascii() -> None:
    assert Pin("１３５７").take() == b"1357"


@pytest.mark.parametrize("text", ["", "135", "13579", "13 7", "135x", "一三五七", "١٣٥٧", "1357\n", "①③⑤⑦x", "\ud800135"])
def test_what_is_no_pin_never_becomes_one(text: str) -> None:
    with pytest.raises(ValueError, match="four digits") as caught:
        Pin(text)
    assert text == "" or text not in str(caught.value)


def test_wiping_overwrites_the_digits_of_the_pad() -> None:
    digits = bytearray(b"1357")
    pin = Pin(digits)
    pin.wipe()
    assert digits == bytes(4)
    pin.wipe()
    with pytest.raises(ValueError, match="has been used"):
        pin.take()


def test_what_was_taken_is_the_takers_to_wipe() -> None:
    digits = bytearray(b"1357")
    pin = Pin(digits)
    taken = pin.take()
    pin.wipe()
    assert taken is digits
    assert taken == b"1357"


def test_it_is_never_copied() -> None:
    pin = Pin("1357")
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="never copied"):
            attempt(pin)
    assert pin.take() == b"1357"


def test_it_takes_no_further_attributes() -> None:
    with pytest.raises(AttributeError):
        Pin("1357").note = "1357"  # type: ignore[attr-defined]


def test_of_many_threads_one_gets_it() -> None:
    for _ in range(50):
        pin, got, gate = Pin("1357"), list[bytes](), threading.Barrier(4)

        def grab(pin: Pin = pin, got: list[bytes] = got, gate: threading.Barrier = gate) -> None:
            gate.wait()
            try:
                got.append(bytes(pin.take()))
            except ValueError:
                return

        threads = [threading.Thread(target=grab) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got == [b"1357"]
