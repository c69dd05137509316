"""Sample counters for 番号を入れる欄: one for each step of it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.errors import Code
from kiosk.domain.field_targets import FieldTarget, SeenField, TaughtField, WayIn
from kiosk.domain.model import LocalService, Ticket
from kiosk.domain.states import Counter, CounterRules, FieldAct, FieldDone, Fields, HandoverWhen, Problem, Section, Waiting
from tests.support.windows.patron_samples import counter

RULES = CounterRules(local_services=(LocalService("学習室"),), handover=HandoverWhen.ON_CHOICE)
PAGE = "https://library.example/lend"
LENDING = FieldTarget("貸出", "図書館システム", "chromium", ("loan",), "entry", "利用者番号", "card", "input", PAGE, suffix="enter")
ROOM = replace(
    LENDING, name="学習室", title="リモート デスクトップ", program="mstsc", services=("学習室",), habit="unchecked", in_force=False
)
ROOM = replace(ROOM, habit="unchecked", label="", id="", address="", suffix="none", prefix="f2", way=WayIn.SCAN_CODES, pause_ms=30)
SEEN = SeenField("chromium", "貸出 - 図書館システム - Chromium", "entry", "利用者番号", "card", PAGE, is_editable=True)
TAUGHT = replace(LENDING, name="", title=SEEN.title, services=(), suffix="none")


def fields(page: Fields, **around: object) -> Counter:
    around = {"rules": RULES, "cards": ()} | around
    return counter(Waiting(), beside=Section.FIELDS, fields=page, **around)


def fields_scenes() -> dict[str, Counter]:
    ticket, targets = Ticket(3), (LENDING, ROOM)
    unseen = Problem(Code.HANDOVER_FIELD_UNSEEN, (("reason", "silent-program"),))
    return {
        "fields-reading": fields(Fields(ticket=ticket)),
        "fields-known": fields(Fields(FieldAct.NOTHING, targets=targets), rules=replace(RULES, handover_targets=(LENDING,))),
        "fields-watching": fields(Fields(FieldAct.WATCHING, ticket, targets, seen=SEEN)),
        "fields-typing": fields(Fields(FieldAct.TYPING, ticket, targets, seen=SEEN, number="2104123456")),
        "fields-taught": fields(Fields(FieldAct.TAUGHT, targets=targets, taught=TaughtField(TAUGHT, is_noticed=False))),
        "fields-kept": fields(Fields(FieldAct.NOTHING, targets=targets, name="貸出", done=FieldDone.KEPT)),
        "fields-failed": fields(Fields(FieldAct.NOTHING, targets=(), problem=unseen), rules=replace(RULES, handover=HandoverWhen.OFF)),
    }
