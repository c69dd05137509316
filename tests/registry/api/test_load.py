"""What is under way at this moment: of one asker, and in bytes of all."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from kiosk.registry.api.errors import ApiCode, ApiError
from kiosk.registry.api.load import Load


def is_refused(load: Load, asker: str, size: int = 0) -> bool:
    try:
        with load.one_more(asker, 2, size):
            return False
    except ApiError:
        return True


def test_who_is_refused_is_told_to_come_back() -> None:
    with pytest.raises(ApiError) as refused, Load(0).one_more("a", 1, 1):
        pass
    assert (refused.value.code, refused.value.retry_after) == (ApiCode.TOO_MANY_REQUESTS, 1)


def test_one_asker_has_so_many_at_a_time_and_another_its_own() -> None:
    load = Load(100)
    with load.one_more("a", 2, 0):
        with load.one_more("a", 2, 0):
            assert (is_refused(load, "a"), is_refused(load, "b")) == (True, False)
        assert not is_refused(load, "a")


def test_all_together_hold_so_many_bytes_and_who_sends_none_is_not_kept_out() -> None:
    load = Load(100)
    with ExitStack() as stack:
        for asker in "ab":
            stack.enter_context(load.one_more(asker, 2, 50))
        assert [is_refused(load, "c", size) for size in (1, 0)] == [True, False]
    assert not is_refused(load, "c", 100)


def test_what_ends_in_an_error_has_ended() -> None:
    load = Load(100)
    with pytest.raises(KeyError), load.one_more("a", 1, 100):
        raise KeyError
    assert not is_refused(load, "a", 100)
