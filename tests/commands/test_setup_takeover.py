"""`kiosk setup --machine --config FILE --enrolment FILE`: mass installation. On Linux with real accounts, beside a real server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.commands.output import words
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.enrolment_file import EnrolmentFile
from kiosk.text import say
from tests.support.commands.computer import found_by
from tests.support.registry.sites import InProcess

pytestmark = [pytest.mark.root, pytest.mark.timeout(150)]
NAME = "中央館1番"
CONFIG = '[card]\nrevocation = "none"\n\n[counter]\nname = "中央館"\n'


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """What lies beside the installer."""
    place = tmp_path / "share"
    place.mkdir()
    (place / "kiosk.toml").write_text(CONFIG, "utf-8")
    return place


def written(site: InProcess, path: Path, *, name: str = NAME, address: str = "", life: timedelta = timedelta(hours=12)) -> EnrolmentFile:
    code = site.registry.enrolment.open(name, site.registry.tls.authority.public_bytes(Encoding.DER), life=life)
    file = EnrolmentFile(address or site.url, name, code, datetime.now(UTC) + life)
    path.write_text(file.formatted(explained=""), "utf-8")
    return file


def written_for_many(site: InProcess, path: Path) -> None:
    """For three counters, of which one is enrolled already."""
    certificate, life = site.registry.tls.authority.public_bytes(Encoding.DER), timedelta(hours=12)
    new = site.registry.enrolment.prepare_many("中央館", 3, certificate, life=life)
    assert site.registry.enrolment.put_in_force(new)
    site.registry.enrolment.enrol(new.code.secret, fresh_secret())
    file = EnrolmentFile(site.url, new.name, new.code, datetime.now(UTC) + life, new.uses)
    path.write_text(file.formatted(explained=""), "utf-8")


def found(what: str, here: Path) -> Any:
    return found_by("takeover", what, here)


def test_a_config_and_an_enrolment_file_make_a_counter_and_once_more_nothing(here: Path, site: InProcess) -> None:
    file = written(site, here / "kiosk.enrolment")
    written(site, here / "another.enrolment", name="中央館2番")
    (here / "other.toml").write_text(CONFIG.replace("中央館", "東館"), "utf-8")
    told = found("taken-over", here)
    assert (told["dry"][0], told["nothing"]) == (0, [])
    assert words("setup.would-enrol", name=NAME, url=site.url) in told["dry"][1]
    assert told["made"][0] == 0, told["made"][1]
    assert words("setup.enrolment-original") in told["made"][1]
    assert told["enrolled"] == {"registry": site.url, "counter": NAME}
    assert (told["config"], told["modes"]) == (True, ["file 54300 0660", "folder 54300 2770"])
    assert (told["again"][0], told["plain"][0], told["same"], told["copies"], told["original"]) == (0, 0, True, [], True)
    for sentence in (words("setup.config-same"), words("enrol.already", name=NAME, url=site.url)):
        assert sentence in told["again"][1]
    assert (told["other"][0], told["kept"]) == (0, True)
    # A file that anybody has laid there keeps nobody's settings from them.
    assert (told["linked"][0], told["taken"]) == (1, True), told["linked"][1]
    assert words("setup.other-names", files="/var/lib/library-card-kiosk/named") in told["linked"][1]
    # The file of another computer: enrolling with it would end as if it were done.
    assert (told["another"][0], told["still"]) == (1, told["enrolled"])
    assert words("why.enrolment-file-unusable.name", name=NAME, file="中央館2番") in told["another"][1]
    assert file.code.secret not in str(told)


def test_files_that_cannot_be_used_change_nothing(here: Path, site: InProcess) -> None:
    good = written(site, here / "kiosk.enrolment")
    for name, text in {
        "wrong-newer.toml": f"{CONFIG}\n[hologram]\non = true\n",
        "wrong-value.toml": CONFIG.replace('"none"', '"perhaps"'),
        "wrong-form.enrolment": good.formatted(explained="").replace("kiosk-enrolment = 1", "kiosk-enrolment = 9"),
        "wrong-code.enrolment": good.formatted(explained="").replace(good.code.formatted(), good.code.formatted()[1:]),
        "wrong-time.enrolment": EnrolmentFile(site.url, "desk\x1b[2J", good.code, datetime.now(UTC) - timedelta(hours=1)).formatted(
            explained=""
        ),
        "wrong-url.enrolment": good.formatted(explained="").replace("https:", "http:"),
    }.items():
        (here / name).write_text(text, "utf-8")
    # Its name is another's to choose.
    named = EnrolmentFile(site.url, "desk\x1b[2J", good.code, datetime.now(UTC) + timedelta(hours=1))
    (here / "named.enrolment").write_text(named.formatted(explained=""), "utf-8")
    (here / "wrong-utf16.toml").write_bytes(CONFIG.encode("utf-16"))
    told = found("refused", here)
    assert told.pop("left") == []
    assert words("setup.would-enrol", name="desk\\u{001B}[2J", url=site.url) in told.pop("named")[1]
    sentences = {
        "wrong-newer": say("command.setup.config-newer").partition("{")[0],
        "wrong-value": "revocation",
        "wrong-utf16": say("command.why.file.utf-16"),
        "wrong-form": words("why.enrolment-file-unusable.newer"),
        "wrong-code": words("why.enrolment-file-unusable.damaged"),
        "wrong-time": words("why.enrolment-file-unusable.expired").partition("(")[0].format(name="desk\\u{001B}[2J"),
        "wrong-url": say("refusal.registry-url.staff-next"),
        "missing": words("why.file.missing"),
        "undecided": words("setup.config-none"),
        "account": words("why.setup-impossible.not-administrator"),
    }
    assert told.keys() == sentences.keys()
    for what, sentence in sentences.items():
        code, said = told[what]
        assert code in (1, 2), what
        assert sentence in said, (what, said)
        assert "何も変えていません" in said, what
        assert good.code.secret not in said


def test_a_counter_whose_server_is_away_is_enrolled_later_by_one_command(here: Path, site: InProcess) -> None:
    """With the file of many counters: it gets the next name."""
    written_for_many(site, here / "other.enrolment")
    (here / "kiosk.enrolment").write_text((here / "other.enrolment").read_text("utf-8").replace(site.url, "https://127.0.0.1:1"), "utf-8")
    told = found("later", here)
    assert (told["away"][0], told["config"], told["copy"], told["twice"]) == (1, True, "file 54300 0660", 1)
    assert told["comment"] == words("registry.enrol.in-file-of-many").splitlines()
    for sentence in (say("command.why.registry-unreachable.refused"), words("setup.enrolment-kept").partition("{")[0]):
        assert sentence.partition("{")[0] in told["away"][1]
    assert (told["back"][0], told["left"], told["enrolled"]["counter"]) == (0, False, "中央館-2"), told["back"][1]
    assert [code.uses for code in site.registry.enrolment.open_codes()] == [1]


def test_a_code_that_was_used_elsewhere_is_told_and_its_copy_erased(here: Path, site: InProcess) -> None:
    file = written(site, here / "kiosk.enrolment")
    site.registry.enrolment.enrol(file.code.secret, fresh_secret())
    told = found("used", here)
    assert (told["used"][0], told["left"], told["then"]) == (1, False, 0)
    for sentence in (words("why.enrolment-code-refused.used"), words("setup.enrolment-dropped")):
        assert sentence in told["used"][1]


def test_a_counter_is_enrolled_only_if_its_server_still_says_so(here: Path, site: InProcess) -> None:
    file = written(site, here / "kiosk.enrolment")
    old = EnrolmentFile(site.url, NAME, EnrolmentCode.fresh(b"of a server before"), datetime.now(UTC) - timedelta(hours=1))
    (here / "old.enrolment").write_text(old.formatted(explained=""), "utf-8")
    told = found("doubted", here)
    assert (told["expired"][0], told["mended"]) == (1, "folder 54300 2770"), told["expired"][1]
    assert words("why.enrolment-file-unusable.expired").partition("(")[0].format(name=NAME) in told["expired"][1]
    assert told["revoked"][0] == 0, told["revoked"][1]
    assert (told["then"][0], words("why.enrolment-code-refused.unknown") in told["then"][1]) == (1, True), told["then"][1]
    assert file.code.secret not in str(told)


def test_a_place_that_waits_for_its_server_alone_is_given_back(here: Path, site: InProcess) -> None:
    written(site, here / "kiosk.enrolment", address="https://127.0.0.1:1")
    told = found("pending", here)
    assert (told["away"][0], told["copy"]) == (1, ["enrolment.toml"])
    assert (told["back"][0], told["left"]) == (0, []), told["back"][1]


def test_what_lies_where_the_copy_would_be_stops_nothing_and_what_stays_is_told(here: Path) -> None:
    told = found("strays", here)
    assert (told["unused"][0], told["modes"]) == (0, ["0600", "0700"])
    assert (told["setup"][0], told["then"]) == (0, []), told["setup"][1]
    code, said = told["erased"]
    assert (code, told["left"]) == (0, ["0123456789abcdef.machine.bak"]), said
    for sentence in (
        words("setup.keys-left", folder="/var/lib/library-card-kiosk-keys", files="0123456789abcdef.machine.bak"),
        words("erase.unused", places="/var/lib/library-card-kiosk-unused-1"),
    ):
        assert sentence in said
