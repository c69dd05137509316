"""Which events have consequences (`events.about`): whoever changes what a tapped key may trigger changes it here as well."""

from __future__ import annotations

from typing import get_args

from kiosk.domain.events import (
    ApplicantChosen,
    CardLeftSeen,
    CardStopAnswered,
    CrashesSeen,
    DifferenceSeen,
    DisplayTaken,
    EndedSeen,
    Event,
    GuardianCheckSet,
    HandoverAsked,
    HoldConfirmed,
    HolderConfirmed,
    HolderDenied,
    LastTryChosen,
    LateSeen,
    LeavePressed,
    LeavingConfirmed,
    LinkAgreed,
    MoreTimePressed,
    NextPatronCalled,
    NextPatronDenied,
    RefusalSeen,
    RenewalChosen,
    ReplacementChosen,
    ServiceChosen,
    SlipTroubleSeen,
    StoreAccepted,
    StraySeen,
    TakenBack,
    TargetForgotten,
    TargetKept,
    TargetTryPressed,
    TeachPressed,
    UnclearSeen,
    UnlinkConfirmed,
    UnlinkReasonChosen,
)
from kiosk.domain.events.about import Acting, By, Harmless

ALWAYS = {
    # What staff attest, or choose for the patron.
    *(ApplicantChosen, GuardianCheckSet, UnlinkReasonChosen, CardStopAnswered, HolderConfirmed, HolderDenied),
    *(UnlinkConfirmed, ReplacementChosen, LinkAgreed, LastTryChosen, DisplayTaken, TakenBack),
    *(NextPatronCalled, NextPatronDenied, HoldConfirmed, RenewalChosen, HandoverAsked, StoreAccepted, MoreTimePressed),
    # What is not told again once it has been read.
    *(LateSeen, UnclearSeen, RefusalSeen, SlipTroubleSeen, CardLeftSeen, StraySeen, EndedSeen, DifferenceSeen, CrashesSeen),
    # What is lost has been said.
    LeavingConfirmed,
    # What types into other programs, or writes the configuration.
    *(TeachPressed, TargetKept, TargetTryPressed, TargetForgotten),
}


def with_acting(acting: Acting) -> set[type]:
    return {event for event in get_args(Event) if event.about.acting is acting}


def test_what_decides_is_never_said_by_a_key_that_is_only_tapped() -> None:
    assert with_acting(Acting.ALWAYS) == ALWAYS
    assert with_acting(Acting.WITH_OPEN_WORK) == {LeavePressed}
    assert with_acting(Acting.WITH_HANDOVER) == {ServiceChosen}


def test_whatever_else_people_can_say_has_its_reason() -> None:
    said = [event.about.acting for event in get_args(Event) if event.about.by is not By.NOBODY]
    reasons = [acting.because for acting in said if isinstance(acting, Harmless)]
    assert reasons
    assert all(reasons)
