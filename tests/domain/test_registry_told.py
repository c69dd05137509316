"""What the windows know of the library's server beside its answers."""

from __future__ import annotations

from kiosk.domain.events import CounterRevoked, DifferenceSeen, LedgerDiffered, UnsentUnlinkingsFound
from kiosk.domain.machine import step
from kiosk.domain.model import RegistryCondition
from tests.support.domain.with_registry import AT, with_registry


def test_links_that_differed_are_told_until_staff_have_seen_it() -> None:
    told, _ = step(with_registry(RegistryCondition.CURRENT).counter, LedgerDiffered(AT))
    assert told.registry_differed == AT
    seen, _ = step(told, DifferenceSeen())
    assert seen.registry_differed is None


def test_a_counter_that_is_revoked_is_shut_out() -> None:
    revoked, _ = step(with_registry(RegistryCondition.CURRENT).counter, CounterRevoked())
    assert revoked.registry is RegistryCondition.SHUT_OUT


def test_unlinkings_that_wait_are_known() -> None:
    counter = with_registry(RegistryCondition.UNREACHABLE).counter
    assert step(counter, UnsentUnlinkingsFound(()))[0].unsent_unlinkings == ()
