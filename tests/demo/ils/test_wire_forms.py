"""Messages on the wire, byte for byte where a dialect differs in bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from unicodedata import normalize

import pytest

from kiosk.demo.ils import EVERGREEN, ITEMS, KOHA, PATRONS, PLAIN, Dialect, LibraryServer
from tests.demo.ils.conftest import Serve
from tests.support.ils.raw_sip2_client import OWN, STAMP, Wire, checkout, hold, information, numbered, patron, renewal, values

Dial = Callable[[LibraryServer], Wire]
NONE = " " * 14


def test_koha_to_the_byte(serve: Serve, dial: Dial) -> None:
    wire = dial(serve(KOHA))
    assert wire.ask(f"23000{STAMP}AOCHUO|AA{OWN}|") == f"24{NONE}000{STAMP}AE芸子 竹内|AA{OWN}|BLY|AFGreetings from Koha. |AOCHUO|"
    assert wire.ask(patron(OWN, "  Y       ", "AD0000|")) == (
        f"64{NONE}000{STAMP}000000000003000000000000AOCHUO|AA{OWN}|AE芸子 竹内|CC1000|BLY|CQY|"
        "AU1103000210|AU1103000228|AU1103000236|BD中央市榎町1-2 ポスト前|PB19800401|AFGreetings from Koha. |"
    )
    assert wire.ask(checkout(OWN, "1103000012")) == (f"121NNY{STAMP}AOCHUO|AA{OWN}|AB1103000012|AJ竹の橋をわたる日|AH20261207    235900|")
    assert wire.ask(renewal(OWN, "1103000012")) == (f"301YNN{STAMP}AA{OWN}|AB1103000012|AJ竹の橋をわたる日|AH20261221    235900|AOCHUO|")
    assert wire.ask(renewal(OWN, "1103000012")) == (
        f"300NNN{STAMP}AA{OWN}|AB1103000012|AJ竹の橋をわたる日|AH|AFItem has reached maximum renewals|BLY|AOCHUO|"
    )
    assert wire.ask(checkout(OWN, "9999999999")) == f"120NUN{STAMP}AOCHUO|AA{OWN}|AB9999999999|AJ|AH|AFInvalid Item|BLY|"
    assert wire.ask(information("1103000012")) == (f"18040201{STAMP}AH20261221    235900|AB1103000012|AJ竹の橋をわたる日|CK001|AQCHUO|")
    assert wire.ask(information("9999999999")) == f"18010201{STAMP}AB9999999999|AJ|"
    assert wire.ask(hold(OWN, "1103000020")) == f"161N{STAMP}AA{OWN}|BSCHUO|AB1103000020|AJポストのある坂道|AOCHUO|"
    assert wire.ask(f"65{STAMP}AOCHUO|AA{OWN}|") == (f"66100010003{STAMP}AOCHUO|BM1103000210|BN1103000228|BN1103000236|BN1103000012|")
    assert wire.ask(f"35{STAMP}AOCHUO|AA{OWN}|") == f"36Y{STAMP}AOCHUO|AA{OWN}|"
    assert wire.ask("9900802.00").startswith(f"98YYYYNN100005{STAMP}2.00AOCHUO|BX")


def test_evergreen_sends_kana_apart_titles_for_numbers_and_the_last_day(serve: Serve, dial: Dial) -> None:
    wire = dial(serve(EVERGREEN))
    reply = wire.ask(patron(PATRONS["busy"], "  Y       "))
    assert reply.startswith(f"64  Y{' ' * 11}000{STAMP}000200010005000000000000AOCHUO|AA{PATRONS['busy']}|AE𠮷野 花子|")
    assert values(reply, "PA") == ["20281023"]
    apart = normalize("NFD", "小さな庭の一年")
    assert "\u3099" in normalize("NFD", "がんばれ、ぱんやのぺんた")
    assert values(reply, "AU")[1] == apart
    assert values(wire.ask(checkout(OWN, ITEMS["baker"].number)), "AJ") == [normalize("NFD", "がんばれ、ぱんやのぺんた")]
    assert values(wire.ask(information(ITEMS["baker"].number)), "AH") == ["2026-12-07 23:59:00"]


def test_plain_says_its_limits_and_calls_an_expired_card_not_valid(serve: Serve, dial: Dial) -> None:
    wire = dial(serve(PLAIN))
    reply = wire.ask(patron(PATRONS["expired"]))
    assert reply.startswith(f"64YY Y{' ' * 10}000")
    assert values(reply, "BL") == ["N"]
    assert values(reply, "AF") == ["利用カードの有効期限が切れています。"]
    assert values(reply, "CB") == ["0010"]
    assert values(wire.ask(patron(OWN)), "BL") == ["Y"]


def test_cp932_has_the_bar_in_its_second_bytes(serve: Serve, dial: Dial) -> None:
    wire = dial(serve(PLAIN, encoding="cp932"))
    wire.send(patron(OWN).encode() + b"\r")
    assert b"|AE\x92\x7c\x93\xe0 \x8c\x7c\x8e\x71|" in wire.line()
    wire.send(patron(PATRONS["other"]).encode() + b"\r")
    assert "|AE髙﨑 五郎|".encode("cp932") in wire.line()
    # 𠮷 has no place in it.
    wire.send(patron(PATRONS["busy"]).encode() + b"\r")
    assert "|AE?野 花子|".encode("cp932") in wire.line()
    wire.send(information(ITEMS["statistics"].number).encode() + b"\r")
    assert "|AJ①からはじめる統計 Ⅱ ～表とグラフ～|".encode("cp932") in wire.line()


def test_evergreen_in_cp932_loses_every_mark(serve: Serve, dial: Dial) -> None:
    wire = dial(serve(EVERGREEN, encoding="cp932"))
    wire.send(information(ITEMS["baker"].number).encode() + b"\r")
    assert "|AJか?んは?れ、は?んやのへ?んた|".encode("cp932") in wire.line()


def test_a_bar_in_a_value_goes_out_escaped(serve: Serve, dial: Dial) -> None:
    wire = dial(serve())
    assert "|BD中央市本町7-8&#124;3階|" in wire.ask(patron(PATRONS["bar"]))
    assert "|AJ縦&#124;横 紙面のデザイン|" in wire.ask(information(ITEMS["design"].number))


def test_long_values_are_cut_where_the_system_cuts() -> None:
    long = "長" * 300
    assert EVERGREEN.value(long) == "長" * 255
    assert KOHA.value(long) == long


FLAGS = {
    # which patron: Koha, Evergreen, plain
    "own": ("", "2", ""),
    "owing-little": ("", "2", ""),
    "soon": ("", "2", ""),
    "expired": ("0123", "2", "013"),
    "stopped": ("0123", "01236", "0136"),
    "lost": ("01234", "01234", "0134"),
    "owing": ("0123", "2a", "013a"),
    "full": ("", "025", "05"),
    "unknown": ("0123", "0123", "0123"),
}


@pytest.mark.parametrize(("place", "dialect"), [(0, KOHA), (1, EVERGREEN), (2, PLAIN)], ids=["koha", "evergreen", "plain"])
def test_what_stops_a_patron_is_flagged_as_the_system_flags_it(serve: Serve, dial: Dial, place: int, dialect: Dialect) -> None:
    wire = dial(serve(dialect))
    seen = {}
    for name in FLAGS:
        reply = wire.ask(patron(PATRONS[name]))
        status = reply[2:16]
        assert wire.ask(f"23000{STAMP}AOCHUO|AA{PATRONS[name]}|")[2:16] == status
        seen[name] = "".join(f"{flag:x}" for flag, mark in enumerate(status) if mark == "Y")
    assert seen == {name: flags[place] for name, flags in FLAGS.items()}


def test_why_a_patron_is_stopped_is_said_in_words(serve: Serve, dial: Dial) -> None:
    wire = dial(serve(KOHA))
    said = {name: values(wire.ask(patron(PATRONS[name])), "AF") for name in ("expired", "lost", "owing")}
    assert said == {
        "expired": ["Greetings from Koha. PATRON EXPIRED"],
        "lost": ["Greetings from Koha. Borrower's card reported lost."],
        "owing": ["Greetings from Koha. Patron owes 1500.00"],
    }


def test_a_patron_nobody_knows(serve: Serve, dial: Dial) -> None:
    number = PATRONS["unknown"]
    assert dial(serve(KOHA)).ask(patron(number)) == f"64YYYY{' ' * 10}000{STAMP}{'0' * 24}AOCHUO|AA{number}|AE|CC1000|BLN|"


def test_a_card_that_was_replaced_is_answered_with_the_new_number(serve: Serve, dial: Dial) -> None:
    wire = dial(serve())
    assert values(wire.ask(patron(PATRONS["replaced"])), "AA") == [PATRONS["replacement"]]
    item = ITEMS["bamboo"].number
    assert values(wire.ask(checkout(PATRONS["replaced"], item)), "AA") == [PATRONS["replacement"]]


@pytest.mark.parametrize(("more", "expected"), [("", []), ("AD0000|", ["Y"]), ("AD1111|", ["N"]), ("AD|", ["N"])])
def test_a_password_is_judged_where_one_was_sent(serve: Serve, dial: Dial, more: str, expected: list[str]) -> None:
    assert values(dial(serve()).ask(patron(OWN, more=more)), "CQ") == expected


def test_lists_come_as_asked_for(serve: Serve, dial: Dial) -> None:
    wire = dial(serve())
    busy, other = PATRONS["busy"], PATRONS["other"]
    loans = [ITEMS[name].number for name in ("busy-overdue", "busy-1", "busy-2", "busy-3", "busy-4")]
    ready = [ITEMS[name].number for name in ("busy-ready-1", "busy-ready-2")]
    whole = wire.ask(patron(busy, "  Y       "))
    assert whole[37:61] == "000200010005000000000000"
    assert values(whole, "AU") == loans
    assert values(wire.ask(patron(busy, "  Y       ", "BP2|BQ3|")), "AU") == loans[1:3]
    assert values(wire.ask(patron(busy, "  Y       ", "BP4|")), "AU") == loans[3:]
    assert values(wire.ask(patron(busy, "Y         ")), "AS") == ready
    assert values(wire.ask(patron(busy, " Y        ")), "AT") == loans[:1]
    assert values(wire.ask(patron(other, "     Y    ")), "CD") == [ITEMS["queue"].number]
    assert values(wire.ask(patron(PATRONS["owing"], "   Y      ")), "AV") == ["1500.00 JPY"]
    both = wire.ask(patron(busy, "Y Y       "))
    assert (values(both, "AS"), values(both, "AU")) == (ready, [])
    assert values(wire.ask(patron(busy)), "AU") == []


def test_long_lists_are_cut_and_go_on_where_the_system_pages(serve: Serve, dial: Dial) -> None:
    busy, loans = PATRONS["busy"], [ITEMS[name].number for name in ("busy-overdue", "busy-1", "busy-2", "busy-3", "busy-4")]
    cut = dial(serve(replace(PLAIN, longest_list=2)))
    assert values(cut.ask(patron(busy, "  Y       ")), "AU") == loans[:2]
    assert values(cut.ask(patron(busy, "  Y       ", "BP3|BQ102|")), "AU") == loans[2:4]
    assert values(cut.ask(patron(busy, "  Y       ", "BP5|BQ104|")), "AU") == loans[4:]
    deaf = dial(serve(replace(PLAIN, longest_list=2, pages=False)))
    assert values(deaf.ask(patron(busy, "  Y       ", "BP3|BQ102|")), "AU") == loans[:2]
    counted = dial(serve(replace(PLAIN, lists_loans=False))).ask(patron(busy, "  Y       "))
    assert (counted[45:49], values(counted, "AU")) == ("0005", [])


def test_what_belongs_to_an_item_and_what_is_noted_of_a_patron_is_told(serve: Serve, dial: Dial) -> None:
    wire = dial(serve(PLAIN))
    assert values(wire.ask(checkout(PATRONS["other"], ITEMS["piano"].number)), "CH") == ["楽譜1冊つき"]
    assert values(wire.ask(checkout(PATRONS["other"], ITEMS["stars"].number)), "CH") == []
    assert values(wire.ask(patron(PATRONS["bar"])), "AF") == ["忘れ物(傘)をお預かりしています"]


def test_the_state_of_each_item(serve: Serve, dial: Dial) -> None:
    wire = dial(serve())
    names = ("bamboo", "on-loan", "queue", "shelf", "reference", "missing", "piano")
    replies = {name: wire.ask(information(ITEMS[name].number)) for name in names}
    assert {name: reply[2:4] for name, reply in replies.items()} == {
        "bamboo": "03",
        "on-loan": "04",
        "queue": "04",
        "shelf": "08",
        "reference": "01",
        "missing": "12",
        "piano": "03",
    }
    assert values(replies["queue"], "CF") == ["3"]
    assert values(replies["bamboo"], "CF") == []
    assert values(replies["piano"], "CK") == ["005"]


# --- error detection --------------------------------------------------------------------------------------------------------------


def test_number_and_checksum_come_back_as_long_as_they_are_sent(serve: Serve, dial: Dial) -> None:
    wire = dial(serve(PLAIN))
    wire.send(numbered(patron(OWN), 7) + b"\r")
    reply = wire.line()
    assert reply == numbered(reply.decode().rpartition("AY")[0], 7)
    assert "AE竹内 芸子|" in reply.decode()
    assert wire.ask(f"35{STAMP}AOCHUO|AA{OWN}|") == f"36Y{STAMP}AOCHUO|AA{OWN}|"
    wire.send(numbered("9900802.00", 3) + b"\r")
    assert b"AY3AZ" in wire.line()


def test_the_checksum_is_over_the_bytes_that_are_sent(serve: Serve, dial: Dial) -> None:
    wire = dial(serve(PLAIN, encoding="cp932"))
    wire.send(numbered(patron(OWN), 2) + b"\r")
    reply = wire.line()
    assert reply == numbered(reply.decode("cp932").rpartition("AY")[0], 2, "cp932")


def test_a_wrong_checksum_is_asked_for_again_and_changes_nothing(serve: Serve, dial: Dial) -> None:
    server = serve()
    wire = dial(server)
    good = numbered(checkout(OWN, ITEMS["bamboo"].number), 1)
    wire.send(good.replace(b"1103000012", b"1103000020") + b"\r")
    assert wire.line() == b"96"
    assert server.snapshot().executed.total() == 0
    wire.send(good + b"\r")
    assert wire.line().startswith(b"121")


@pytest.mark.parametrize("line", ["7720261123    095031", "xx", "63000", "37 20261123    0950310100JPYBV5|", "9900802.00 no field"])
def test_what_is_not_understood_is_asked_for_again(serve: Serve, dial: Dial, line: str) -> None:
    assert dial(serve()).ask(line) == "96"


def test_some_hang_up_at_what_they_do_not_know(serve: Serve, dial: Dial) -> None:
    wire = dial(serve(EVERGREEN))
    wire.send(b"7720261123    095031\r")
    assert wire.rest() == b""


def test_the_last_reply_can_be_had_again_without_its_number(serve: Serve, dial: Dial) -> None:
    server = serve()
    wire = dial(server)
    wire.send(numbered(checkout(OWN, ITEMS["bamboo"].number), 1) + b"\r")
    reply = wire.line().decode()
    assert wire.ask("97") == reply.rpartition("AY")[0]
    assert server.snapshot().executed.total() == 1


# --- lines --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theirs", [b"\r", b"\r\n"])
@pytest.mark.parametrize("ours", [b"\r", b"\r\n"])
def test_both_ends_of_lines(serve: Serve, ours: bytes, theirs: bytes) -> None:
    with Wire(serve(login=None, end=theirs).port) as wire:
        for _ in range(3):
            wire.send(b"9900802.00" + ours)
            assert wire.line(theirs).startswith(b"98YYYYNN")
        wire.socket.shutdown(1)
        assert wire.rest() == b""


def test_lines_in_pieces_and_two_at_once(serve: Serve, dial: Dial) -> None:
    wire = dial(serve())
    asked = f"35{STAMP}AOCHUO|AA{OWN}|\r".encode()
    for byte in asked[:-1]:
        wire.send(bytes([byte]))
    wire.send(asked[-1:] + asked + b"9900802.00\r")
    assert [wire.line()[:2] for _ in range(3)] == [b"36", b"36", b"98"]


# --- login --------------------------------------------------------------------------------------------------------------------


def test_nothing_is_told_before_the_login(serve: Serve) -> None:
    server = serve()
    with Wire(server.port) as wire:
        wire.send(patron(OWN).encode() + b"\r")
        assert wire.rest() == b""
    with Wire(server.port) as wire:
        assert wire.ask("9300CNkiosk|COwrong|CPCOUNTER1|") == "940"
        wire.send(patron(OWN).encode() + b"\r")
        assert wire.rest() == b""


def test_a_wrong_login_may_be_put_right_and_the_fourth_is_not_heard(serve: Serve) -> None:
    server = serve()
    with Wire(server.port) as wire:
        assert [wire.ask("9300CNkiosk|COwrong|") for _ in range(2)] == ["940", "940"]
        wire.log_in()
        assert wire.ask(patron(OWN)).startswith("64")
    with Wire(server.port) as wire:
        assert [wire.ask("9300CNkiosk|COwrong|") for _ in range(3)] == ["940"] * 3
        wire.send(b"9300CNkiosk|COkioskpwd|\r")
        assert wire.rest() == b""


def test_without_a_login_one_may_begin_at_once_or_log_in_as_anybody(serve: Serve) -> None:
    with Wire(serve(login=None).port) as wire:
        assert wire.ask(patron(OWN)).startswith("64")
        assert wire.ask("9300CNanybody|COanything|") == "941"


# --- holds ---------------------------------------------------------------------------------------------------------------------


def test_a_hold_at_a_place_that_does_not_exist(serve: Serve, dial: Dial) -> None:
    server = serve(KOHA)
    assert dial(server).ask(hold(OWN, ITEMS["post"].number, pickup="NOWHERE")).startswith("161")
    assert server.snapshot().holds_of(OWN) == frozenset()
    server = serve(EVERGREEN)
    assert dial(server).ask(hold(OWN, ITEMS["post"].number, pickup="NOWHERE")).startswith("160")
    assert server.snapshot().holds_of(OWN) == frozenset()


def test_an_empty_password_spoils_a_hold_with_koha(serve: Serve, dial: Dial) -> None:
    server = serve(KOHA)
    wire = dial(server)
    assert values(wire.ask(hold(OWN, ITEMS["post"].number, more="AD|")), "AF") == ["Invalid Patron"]
    assert wire.ask(hold(OWN, ITEMS["post"].number)).startswith("161")
    assert dial(serve(EVERGREEN)).ask(hold(OWN, ITEMS["post"].number, more="AD|")).startswith("161")


def test_a_hold_says_its_place_in_the_queue_and_can_be_taken_back(serve: Serve, dial: Dial) -> None:
    server = serve(PLAIN)
    wire = dial(server)
    assert values(wire.ask(hold(OWN, ITEMS["queue"].number)), "BR") == ["4"]
    assert server.snapshot().holds_of(OWN) == {ITEMS["queue"].number}
    assert wire.ask(hold(OWN, ITEMS["queue"].number)).startswith("160")
    assert wire.ask(hold(OWN, ITEMS["queue"].number, mode="-")).startswith("161")
    assert wire.ask(hold(OWN, ITEMS["queue"].number, mode="-")).startswith("160")
    assert wire.ask(hold(OWN, ITEMS["queue"].number, mode="*")).startswith("160")
    assert server.snapshot().holds_of(OWN) == frozenset()
