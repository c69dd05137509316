"""Options of `kiosk setup` that do not fit together: wrong usage, said before anything else is looked at."""

from __future__ import annotations

import pytest

from kiosk.__main__ import main
from kiosk.commands.output import words

# No group or account of any computer: where these are not refused, nothing is made on the one that runs this.
GROUP, ACCOUNT = "kiosk-no-such-group", "kiosk-no-such-account"


@pytest.mark.parametrize(
    "options",
    [["--group", GROUP], ["--from", "old"], ["--to", "new"], ["--yes"], ["--policies"], ["--group", GROUP, "--from", "old", "--dry-run"]],
)
def test_what_is_to_be_set_up_has_to_be_said(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", *options]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.strip()) == ("", words("setup.which"))


@pytest.mark.parametrize(
    ("options", "one", "other"),
    [
        (["--machine", "--account", ACCOUNT, "--to", "new"], "--machine", "--account"),
        (["--machine", "--account"], "--machine", "--account"),
        (["--machine", "--group", GROUP, "--to", "new"], "--machine", "--to"),
        (["--account", ACCOUNT, "--group", GROUP], "--account", "--group"),
        (["--account", "--from", "old"], "--account", "--from"),
        (["--call-off", "--machine"], "--call-off", "--machine"),
        (["--machine", "--yes"], "--machine", "--yes"),
        (["--machine", "--group", GROUP, "--home", "place"], "setup", "--home"),
        (["--home", "place"], "setup", "--home"),
        (["--machine", "--policies", "--no-policies"], "--policies", "--no-policies"),
        (["--account", "--no-policies"], "--account", "--no-policies"),
    ],
)
def test_options_that_contradict_each_other(options: list[str], one: str, other: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", *options]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.strip()) == ("", words("setup.not-together", one=one, other=other))


def test_a_home_that_is_chosen_by_the_environment_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It would be used before the computer's."""
    monkeypatch.setenv("KIOSK_HOME", "/elsewhere")
    assert main(["setup", "--machine", "--group", GROUP]) == 2
    assert capsys.readouterr().err.strip() == words("setup.home-chosen", folder="/elsewhere")


@pytest.mark.parametrize(("wrong", "meant"), [("--groop", "--group"), ("--machin", "--machine"), ("--nothing-like-it", None)])
def test_a_slip_in_an_option_is_told_with_the_usage_of_the_command(
    wrong: str, meant: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["setup", wrong])
    said = capsys.readouterr().err
    assert (ended.value.code, "kiosk setup" in said, wrong in said) == (2, True, True)
    assert (words("parser.meant", options=meant) in said) if meant else ("もしかして" not in said)
