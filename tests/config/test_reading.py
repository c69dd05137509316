"""A configuration file yields settings, or every mistake in it is reported with its line and what was expected."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.config import CardSettings, Ils, RevocationSource, Settings, check_settings, counter_rules, read_settings
from kiosk.config.dependent_settings import NEEDS
from kiosk.config.reading import CONFIG
from kiosk.domain.circulation import Stop
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.model import LocalService
from kiosk.domain.rules import BarcodeRule, CheckDigit, StartStop
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import CounterRules, HandoverWhen, When
from kiosk.resource_files import resource
from kiosk.text import knows

DECIDED = '[card]\nrevocation = "none"\n'


def written(folder: Path, text: str) -> Path:
    (path := folder / "config.toml").write_text(text, encoding="utf-8")
    return path


def named(path: Path) -> list[tuple[object, ...]]:
    return [tuple(mistake.params[name] for name in ("line", "key", "expected", "reason")) for mistake in check_settings(path)]


def test_a_config_that_only_decides_about_revocation_gives_the_defaults(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, DECIDED))
    assert settings == Settings(CardSettings(RevocationSource.NONE))


def test_the_documented_config_says_every_setting_with_its_default(tmp_path: Path) -> None:
    text = resource("config.toml").read_text("utf-8")
    decided = text.replace('# revocation = "none"', 'revocation = "none"')
    assert read_settings(written(tmp_path, decided)) == Settings(CardSettings(RevocationSource.NONE))
    for section, shape in CONFIG.sections.items():
        part = text.partition(f"\n[{section}]\n")[2].partition("\n\n\n")[0]
        for entry in fields(shape):
            explained = [piece for piece in part.split("\n\n") if re.search(rf"^(# )?{entry.name} = ", piece, re.MULTILINE)]
            assert [piece.startswith("# ") for piece in explained] == [True], f"{section}.{entry.name}"


def test_the_documented_config_leaves_only_the_question_of_revocation_open() -> None:
    (mistake,) = check_settings(resource("config.toml"))
    assert (mistake.code, mistake.params["key"], mistake.params["reason"]) == (Code.CONFIG_INVALID, "card.revocation", "missing")
    line = resource("config.toml").read_text("utf-8").splitlines()[int(mistake.params["line"]) - 1]
    assert line == "[card]"


def test_settings_reach_the_machines(tmp_path: Path) -> None:
    text = """
        display.single = true
        local_api.on = true
        [lending]
        confirm_holder = "first-of-day"
        lending_pin = "always"
        end_on_lift = true
        [card]
        revocation = "crl"
        crl_max_age = 48
        [library_card]
        length = 10
        prefix = "2104"
        check_digit = "7dr"
        drop_check_digit = true
        start_stop = "keep"
        items_start_stop = "keep"
        [services]
        local = ["学習室", "視聴覚ブース"]
        [ils]
        system = "evergreen"
        host = "ils.example"
        user = "kiosk"
        stops = ["card-lost", "fines"]
        [handover]
        when = "on-tap"
        title = "貸出"
        target = [{ name = "貸出", title = "図書館システム", habit = "unchecked" }]
        [slip]
        to = "pdf"
        printer = "Front desk"
        default = "today"
        [session]
        idle_seconds = 120
        library_card_seconds = 600
        warning_seconds = 45
        done_seconds = 10
        card_left_seconds = 7
        staff_code = "0417"
    """
    settings = read_settings(written(tmp_path, text))
    rules, card = counter_rules(settings), settings.card
    assert (card.revocation, card.list_limit, card.accepts_stale_lists) == (RevocationSource.CRL, timedelta(hours=48), False)
    assert rules.barcode == BarcodeRule(10, "2104", CheckDigit.SEVEN_DR, StartStop.KEEP, drop_check_digit=True)
    assert rules.items_start_stop is StartStop.KEEP
    assert rules.local_services == (LocalService("学習室"), LocalService("視聴覚ブース"))
    assert (settings.ils.system, settings.ils.stops) == (Ils.EVERGREEN, (Stop.CARD_LOST, Stop.FINES))
    assert (rules.handover, rules.prints_slips, rules.slip) == (HandoverWhen.ON_TAP, True, SlipKind.TODAY)
    assert (rules.confirm_holder, rules.lending_pin, rules.end_on_lift) == (When.FIRST_OF_DAY, When.ALWAYS, True)
    assert (rules.single_display, rules.staff_code, rules.local_api) == (True, "0417", True)
    assert (rules.idle_seconds, rules.warning_seconds, rules.done_seconds, rules.card_left_seconds) == (120, 45, 10, 7)
    assert (rules.slip_printer, rules.library_card_seconds) == ("Front desk", 600)
    # A rule that stays as it is here has been forgotten in `counter_rules`, or in the text above. This one is not for libraries to set.
    assert {each.name for each in fields(rules) if getattr(rules, each.name) == getattr(CounterRules(), each.name)} == {"wait_seconds"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[session]\nwarning_seconds = 19", "warning_seconds = 20 … 600"),
        ("[session]\nwarning_seconds = 30.5", "warning_seconds = 20 … 600"),
        ('[session]\nidle_seconds = "60"', "idle_seconds = 20 … 3600"),
        ("[session]\nidle_seconds = true", "idle_seconds = 20 … 3600"),
        ('[session]\nstaff_code = "12"', 'staff_code = "" | "0000" … "99999999"'),
        ("[display]\nsingle = 1", "single = true | false"),
        ("[display]\npatron_width_mm = 30", "patron_width_mm = 0 | 150 … 2000"),
        ('[lending]\nconfirm_holder = "every_tap"', 'confirm_holder = "every-tap" | "first-of-day" | "off"'),
        ('[library_card]\nprefix = "A-1"', 'prefix = "0 … 9 A … Z"'),
        ('[library_card]\ncheck_digit = "mod43"', 'check_digit = "none" | "7dr" | "9dr" | "mod10-3-1" | "luhn" | "mod11-2-7"'),
        ('[counter]\nname = ""', 'name = "…" (1 … 40)'),
        ("[reader]\nname = 1", 'name = "…"'),
        ('[ils]\nexpiry_field = "pa"', 'expiry_field = "" | "PA"'),
        ('[ils]\nuser = "a|b"', 'user = "A-Z a-z 0-9"'),
        ('[ils]\npassword = "a"\nlocation = "東"', 'location = "A-Z a-z 0-9"'),
        ("[ils]\nport = 0", "port = 1 … 65535"),
        ('[services]\nlocal = "学習室"', 'local = ["…" (1 … 20), …] (0 … 8)'),
        ('[handover]\nwhen = "on_tap"\ntitle = "x"', 'when = "off" | "on-tap" | "on-choice"'),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(tmp_path: Path, line: str, expected: str) -> None:
    lines = line.split("\n")
    name = expected.partition(" ")[0]
    number = 4 + next(index for index, one in enumerate(lines) if one.startswith(f"{name} ="))
    assert named(written(tmp_path, f"{DECIDED}\n{line}\n")) == [(number, f"{lines[0].strip('[]')}.{name}", expected, "value")]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ('[ils]\nsystem = "koha"\nlogin = "none"', [(4, "ils.host", 'host = "…"', "ils-host")]),
        ('[ils]\nhost = " "\nlogin = "none"\nsystem = "generic"', [(4, "ils.host", 'host = "…"', "ils-host")]),
        ('[ils]\nsystem = "koha"\nhost = "h"', [(3, "ils.user", 'user = "A-Z a-z 0-9"', "ils-user")]),
        ('[ils]\nsystem = "koha"\nhost = "h"\nlogin = "93"', [(6, "ils.user", 'user = "A-Z a-z 0-9"', "ils-user")]),
        ('[ils]\nsystem = "koha"', [(3, "ils.user", 'user = "A-Z a-z 0-9"', "ils-user"), (4, "ils.host", 'host = "…"', "ils-host")]),
        ('[ils]\nsystem = "koha"\nhost = "h"\nuser = "u"', []),
        ('[ils]\nlogin = "93"', []),
        # A host that is wrong in itself is not also missing.
        ('[ils]\nsystem = "koha"\nhost = 5', [(5, "ils.host", 'host = "…"', "value")]),
        ('ils = { system = "koha", login = "none" }', [(3, "ils.host", 'host = "…"', "ils-host")]),
        ('[handover]\nwhen = "on-tap"', [(4, "handover.title", 'title = "…"', "handover-title")]),
        ('[handover]\nwhen = "on-choice"\ntitle = " "', [(5, "handover.title", 'title = "…"', "handover-title")]),
        ('[handover]\nwhen = "on-choice"\ntitle = "貸出"', []),
        ('[library_card]\ndrop_check_digit = true\ncheck_digit = "luhn"', []),
    ],
)
def test_a_setting_that_another_asks_for_is_named(tmp_path: Path, section: str, expected: list[tuple[object, ...]]) -> None:
    text = f"{DECIDED}{section}\n" if section.startswith("[") else f"{section}\n{DECIDED}"
    expected = expected if section.startswith("[") else [(1, *rest) for _, *rest in expected]
    assert named(written(tmp_path, text)) == expected
    if not expected:
        read_settings(tmp_path / "config.toml")


def test_a_check_digit_to_be_dropped_has_to_be_named(tmp_path: Path) -> None:
    ((line, key, expected, reason),) = named(written(tmp_path, f"{DECIDED}[library_card]\ndrop_check_digit = true\n"))
    assert (line, key, reason) == (4, "library_card.check_digit", "check-digit")
    assert expected == 'check_digit = "7dr" | "9dr" | "mod10-3-1" | "luhn" | "mod11-2-7"'


def test_every_need_is_explained_and_of_settings_there_are() -> None:
    for need in NEEDS:
        assert {need.name, need.because} <= {entry.name for entry in fields(CONFIG.sections[need.section])}
        assert knows(f"command.why.config-invalid.{need.reason}")


def test_unknown_names_are_named_with_what_was_probably_meant(tmp_path: Path) -> None:
    path = written(tmp_path, f"{DECIDED}[lendign]\nx = 1\n[session]\nidel_seconds = 3\n[keys]\nzzz = 1\n")
    assert named(path) == [
        (3, "lendign", "[lending]", "section"),
        (6, "session.idel_seconds", "idle_seconds", "unknown"),
        (8, "keys.zzz", "place | folder", "unknown"),
    ]


def test_a_name_that_is_empty_is_named(tmp_path: Path) -> None:
    assert named(written(tmp_path, f'"" = 1\n{DECIDED}'))[0][:2] == (1, '""')


def test_a_setting_outside_every_section_is_named(tmp_path: Path) -> None:
    assert named(written(tmp_path, f"idle_seconds = 60\n{DECIDED}"))[0][:2] == (1, "idle_seconds")


def test_what_is_no_toml_is_named_by_its_line_without_the_value(tmp_path: Path) -> None:
    path = written(tmp_path, f"{DECIDED}[session]\nstaff_code = 4711x\n")
    ((line, key, expected, reason),) = named(path)
    assert (line, key, reason) == (4, "staff_code", "syntax-rest")
    assert "4711" not in str(expected)


@pytest.mark.parametrize(
    ("text", "line", "key", "expected", "reason"),
    [
        ("[ils]\nport", 2, "port", "port = 1 … 65535", "equals"),
        ("[ils]\npassword ＝ “secret”", 2, "password", 'password = "A-Z a-z 0-9"', "equals"),
        ("[ils]\npassword：secret", 2, "password", 'password = "A-Z a-z 0-9"', "equals"),
        ("[card", 1, "[card", "[card]", "header"),
        ("[card]]", 1, "[card]]", "[card]", "rest"),
        ("[slip]\n[card]\n[slip]", 3, "[slip]", "[slip]", "header-twice"),
        ("[card]\nrevocation = none", 2, "revocation", 'revocation = "crl" | "none"', "value"),
        ("[ils]\nport = ６００１", 2, "port", "port = 1 … 65535", "value"),
        ('[ils]\nhost = "koha\nport = 6001', 2, "host", 'host = "…"', "quote"),
        ("[ils]\nhost = 'koha", 2, "host", 'host = "…"', "quote"),
        ('[ils]\npassword = """\n\nhunter2', 2, "password", 'password = "A-Z a-z 0-9"', "quote"),
        ("[ils]\npassword = '''\nhunter2\nport = 6001\n", 2, "password", 'password = "A-Z a-z 0-9"', "quote"),
        ('[ils]\npassword = """\nhunter2 \\q\n"""', 3, "…", 'name = "…" | 0 | true | false', "backslash"),
        ('[ils]\npassword = "\nhunter2"', 2, "password", 'password = "A-Z a-z 0-9"', "quote"),
        ("[ils]\npassword =\n[hunter2", 2, "password", 'password = "A-Z a-z 0-9"', "value"),
        ("[ils]\nport = 6001\n[hunter2", 3, "[…]", "[keys]", "header"),
        ("[ils]\nhunter2", 2, "…", 'name = "…" | 0 | true | false', "equals"),
        ('[ils]\nhost = "a\x07"', 2, "host", 'host = "…"', "character"),
        ("[ils]\nport = 1\nport = 2", 3, "port", "port = 1 … 65535", "twice"),
        ("[ils]\nport = 1 # one\n= 2", 3, "…", 'name = "…" | 0 | true | false', "name"),
        ("[ils]\n　port = 1", 2, "port", "port = 1 … 65535", "name"),
        ('[services]\nlocal = ["a"\n[ils]\nport = 1', 3, "[ils]", "[ils]", "list"),
        ('[services]\nlocal = ["a", \n\n', 2, "local", '["…" (1 … 20), …] (0 … 8)', "list"),
        ('[slip]\npdf_folder = "C:\\Users"', 2, "pdf_folder", 'pdf_folder = "…"', "backslash"),
        ('[slip]\npdf_folder = "D:\\slips"', 2, "pdf_folder", 'pdf_folder = "…"', "backslash"),
    ],
)
def test_each_slip_of_the_pen_has_its_line_its_reason_and_how_it_could_read(
    tmp_path: Path, text: str, line: int, key: str, expected: str, reason: str
) -> None:
    (mistake,) = named(written(tmp_path, text))
    assert mistake[:2] == (line, key)
    assert str(mistake[2]).endswith(expected)
    assert mistake[3] == f"syntax-{reason}"
    assert knows(f"command.why.config-invalid.syntax-{reason}")


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ('revocation = "none"', "[card]", "outside"),
        ("folder = 3", "[keys]", "outside"),
        ("[[card]]", "[card]", "heading"),
        ("session = 60", "[session]", "heading"),
        ("[cards]", "[card]", "section"),
    ],
)
def test_what_stands_in_no_section_is_told_where_it_belongs(tmp_path: Path, text: str, expected: str, reason: str) -> None:
    mistake = named(written(tmp_path, text))[0]
    assert (mistake[0], mistake[2], mistake[3]) == (1, expected, reason)
    assert knows(f"command.why.config-invalid.{reason}")


def test_a_text_without_end_is_named_at_its_last_line(tmp_path: Path) -> None:
    ((line, *_),) = named(written(tmp_path, f'{DECIDED}[counter]\nname = "窓口'))
    assert line == 4


def test_dotted_keys_are_found_in_their_line(tmp_path: Path) -> None:
    assert named(written(tmp_path, 'card.revocation = "none"\nlog.days = 0\n')) == [(2, "log.days", "days = 1 … 366", "value")]


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 100_000, "x = " + "1" * 10_000, "\1", "[card]\n[card]\n", 'x = "\\ud800"', "x = 2026-13-45"]
)
def test_strange_toml_is_a_mistake_like_any_other(tmp_path: Path, text: str) -> None:
    ((_, _, _, reason),) = named(written(tmp_path, text))
    assert str(reason).partition("-")[0] == "syntax"


@given(
    st.lists(
        st.sampled_from(
            [
                "[card]",
                "[session]",
                "[",
                "]",
                "=",
                '"',
                "'",
                "#",
                "\n",
                ".",
                "revocation",
                "idle_seconds",
                '"none"',
                "60",
                "true",
                "{",
                "}",
                ",",
                "[ils]",
                'system = "koha"',
                "窓口",
                "\0",
            ]
        )
    ).map("".join)
    | st.text()
)
def test_whatever_stands_there_is_taken_or_named(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        lines = text.count("\n") + text.count("\r") + 1
        for mistake in check_settings(path):
            assert mistake.code is Code.CONFIG_INVALID
            assert 1 <= int(mistake.params["line"]) <= lines + 1
            assert mistake.params["key"]


def test_a_byte_order_mark_and_windows_line_ends_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + '[counter]\r\nname = "東窓口"\r\n[card]\r\nrevocation = "none"\r\n'.encode())
    assert read_settings(path).counter.name == "東窓口"


def test_reading_a_wrong_config_raises_its_first_mistake(tmp_path: Path) -> None:
    path = written(tmp_path, f"{DECIDED}[log]\ndays = 0\nlevel = 1\n")
    with pytest.raises(Refused) as caught:
        read_settings(path)
    assert (caught.value.code, caught.value.params["line"], caught.value.params["file"]) == (Code.CONFIG_INVALID, 4, str(path))


def test_a_config_that_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        read_settings(tmp_path / "config.toml")
    place = str(tmp_path / "config.toml")
    assert (caught.value.code, caught.value.params) == (Code.CONFIG_UNREADABLE, {"place": place, "reason": "missing"})


# --- how old a revocation list may be -----------------------------------------------------------------------------------


def test_with_crl_the_age_of_a_list_has_to_be_decided(tmp_path: Path) -> None:
    path = written(tmp_path, '[card]\nrevocation = "crl"\n')
    assert named(path) == [(2, "card.crl_max_age", 'crl_max_age = 1 … 8760 | "unlimited"', "crl-max-age")]
    path = written(tmp_path, '[card]\nrevocation = "crl"\ncrl_max_age = "unlimited"\n')
    card = read_settings(path).card
    assert (card.list_limit, card.accepts_stale_lists) == (None, True)
    card = read_settings(written(tmp_path, DECIDED)).card
    assert card.accepts_stale_lists is False


@pytest.mark.parametrize("value", ["0", "-1", "8761", "true", '""', '"48"', "48.0", '"UNLIMITED"', "[48]"])
def test_the_age_of_a_list_is_hours_or_one_word(tmp_path: Path, value: str) -> None:
    path = written(tmp_path, f'[card]\nrevocation = "crl"\ncrl_max_age = {value}\n')
    assert named(path) == [(3, "card.crl_max_age", 'crl_max_age = 1 … 8760 | "unlimited"', "value")]


# --- who may write to it ------------------------------------------------------------------------------------------------


@pytest.mark.linux("file modes")
@pytest.mark.parametrize(("file", "folder", "taken"), [(0o666, 0o755, False), (0o644, 0o777, False), (0o644, 0o1777, True)])
def test_a_config_that_others_may_write_is_not_read(tmp_path: Path, file: int, folder: int, taken: bool) -> None:
    place = tmp_path / "place"
    place.mkdir()
    path = written(place, DECIDED)
    path.chmod(file)
    place.chmod(folder)
    if taken:
        assert read_settings(path).card.revocation is RevocationSource.NONE
        return
    for read in (read_settings, check_settings):
        with pytest.raises(Refused) as refusal:
            read(path)
        where = str(path if file & 0o002 else place)
        assert (refusal.value.code, refusal.value.params) == (
            Code.CONFIG_EXPOSED,
            {"file": str(path), "place": where, "reason": "writable"},
        )


@pytest.mark.root
def test_a_config_of_another_user_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path, DECIDED)
    os.chown(path, 4711, 4711)
    with pytest.raises(Unavailable) as trouble:
        read_settings(path)
    assert trouble.value.code is Code.STORE_FOREIGN
