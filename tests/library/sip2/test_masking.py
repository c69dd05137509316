"""What the log shows of a SIP2 message: enough to understand a fault, and nothing about anybody."""

from __future__ import annotations

import pytest

from kiosk.library.sip2 import Message, decode, masked
from tests.support.ils.recordings import LINES

SECRET = [
    "kioskpwd",
    "6789",
    "0123456789",
    "D0000000",
    "nobody",
    "花子",
    "山田",
    "竹内",
    "芸子",
    "紛失",
    "hanako",
    "03-0000",
    "本町",
    "19800401",
]
SECRET += ["1100000000", "吾輩", "ローマ", "坊っ", "owes", "checked out"]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:2].decode())
def test_nothing_that_names_anybody_is_shown(line: bytes) -> None:
    for length in range(len(line) + 1):
        for shown in (masked(line[:length]), masked(line[:length], encoding="cp932")):
            assert not [secret for secret in SECRET if secret in shown]
    assert masked(line) == repr(decode(line)) == masked(decode(line)) == masked(line.decode()) == str(decode(line))


def test_what_one_needs_to_understand_a_fault_is_shown() -> None:
    line = b"64YYYY  Y       00020261123    185032000000000000000000000002"
    line += b"AOKENRITSU|AAD0123456789|AE|BLY|CQN|PA20501231|AF\xe3\x82\xab|AY3AZ0000"
    assert masked(line) == (
        "64YYYY  Y       00020261123    185032000000000000000000000002AOKENRITSU|AA*11|AE*0|BLY|CQN|PA*8|AF*1|AY3 checksum wrong"
    )
    assert masked(b"9300CNkiosk|COkioskpwd|CPCOUNTER1|AY0AZF2C7\r") == "9300CN*5|CO*8|CPCOUNTER1|AY0"


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"\xff\xfe",
        b"login: hanako",
        b"64 hanako yamada",
        b"12 Hanako Street, Chuo City, D0123456789|AOX|",
        b"77hanako|AAhanako|",
        b"770123456789",
        b"12Hanako Street 3 ChuoABAO|",
        b"12 0123456789 Hanako 12AO|",
        b"64 hanako yamad00020261123    185032000000000000000000000000AOX|",
    ],
)
def test_noise_is_told_by_its_length(noise: bytes) -> None:
    assert "anako" not in masked(noise)
    assert "0123456789" not in masked(noise)


def test_a_message_in_a_traceback_names_nobody() -> None:
    message = Message("99", {"status_code": "0", "max_print_width": "080", "protocol_version": "2.00"}, (("AA", "D0123456789"),))
    assert f"{message} {message!r} {[message]}".count("0123456789") == 0
