"""Every PC/SC result code is mapped to one of ours, and pyscard's own exceptions never get through."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from smartcard import scard

from kiosk.domain.errors import Code
from kiosk.smartcard.pcsc import PcscReaders, code_of
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.pcscd.rig import SLOTS, PcscdRig
from tests.support.wait import LIMIT

ABOUT_FILES_AND_KEYS = {
    *("BAD_SEEK", "CANT_DISPOSE", "CERTIFICATE_UNAVAILABLE", "DIR_NOT_FOUND", "DUPLICATE_READER", "FILE_NOT_FOUND", "ICC_CREATEORDER"),
    *("ICC_INSTALLATION", "INSUFFICIENT_BUFFER", "INVALID_ATR", "INVALID_CHV", "INVALID_PARAMETER", "INVALID_TARGET", "INVALID_VALUE"),
    *("NO_DIR", "NO_FILE", "NO_KEY_CONTAINER", "NO_SUCH_CERTIFICATE", "PCI_TOO_SMALL", "UNEXPECTED", "UNKNOWN_RES_MNG"),
    *("UNSUPPORTED_FEATURE", "WRITE_TOO_MANY", "UNKNOWN_ERROR", "WAITED_TOO_LONG", "CANCELLED_BY_USER", "CARD_NOT_AUTHENTICATED"),
    *("CHV_BLOCKED", "EOF", "WRONG_CHV"),
}
"""What no call of ours can lead to; should it come all the same, it is `otherwise`, and a new context is made."""


@pytest.mark.parametrize("negative", [False, True], ids=["pcsc-lite", "Windows"])
def test_every_result_has_a_name_of_ours(negative: bool) -> None:
    unnamed = set()
    for name in (name for name in dir(scard) if name.startswith(("SCARD_E_", "SCARD_W_", "SCARD_F_", "SCARD_P_"))):
        result = getattr(scard, name) & 0xFFFFFFFF
        if code_of(result - (1 << 32) if negative else result) is None:
            unnamed.add(name.partition("_")[2].partition("_")[2])
    assert unnamed == ABOUT_FILES_AND_KEYS


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (scard.SCARD_E_NO_SERVICE, Code.READER_SERVICE_MISSING),
        (scard.SCARD_E_SERVICE_STOPPED, Code.READER_SERVICE_MISSING),
        (scard.SCARD_E_INVALID_HANDLE, Code.READER_SERVICE_MISSING),
        (scard.SCARD_E_SHARING_VIOLATION, Code.CARD_IN_USE),
        (scard.SCARD_W_REMOVED_CARD, Code.CARD_REMOVED),
        (scard.SCARD_W_RESET_CARD, Code.CARD_INTERRUPTED),
        (scard.SCARD_E_NOT_TRANSACTED, Code.CARD_INTERRUPTED),
        (scard.SCARD_E_COMM_DATA_LOST, Code.CARD_INTERRUPTED),
        (scard.SCARD_E_NO_SMARTCARD, Code.CARD_REMOVED),
        (scard.SCARD_W_UNRESPONSIVE_CARD, Code.CARD_UNREADABLE),
        (scard.SCARD_W_UNPOWERED_CARD, Code.CARD_UNREADABLE),
        (scard.SCARD_W_UNSUPPORTED_CARD, Code.CARD_UNREADABLE),
        (scard.SCARD_E_NO_ACCESS, Code.READER_DENIED),
        (scard.SCARD_W_SECURITY_VIOLATION, Code.READER_DENIED),
        (scard.SCARD_E_READER_UNAVAILABLE, Code.READER_MISSING),
        (scard.SCARD_E_UNKNOWN_READER, Code.READER_MISSING),
        (scard.SCARD_E_NO_READERS_AVAILABLE, Code.READER_MISSING),
        (0x8010ABCD, None),
    ],
)
def test_what_each_result_means(result: int, code: Code | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert code_of(result) is code


def test_without_a_service_there_is_a_name_for_it(tmp_path: Path) -> None:
    """In a process of its own: pcsc-lite reads the name of the service's socket once."""
    program = "import kiosk.smartcard.pcsc as p\ntry: p.PcscReaders()\nexcept Exception as e: print(repr(e))"
    nowhere = os.environ | {"PCSCLITE_CSOCK_NAME": str(tmp_path / "nowhere.comm")}
    done = subprocess.run([sys.executable, "-c", program], env=nowhere, capture_output=True, text=True, timeout=LIMIT, check=True)
    assert done.stdout.strip() == "Unavailable('reader-service-missing')"


@pytest.mark.pcscd
def test_no_list_of_a_command_outlives_its_transmit(pcscd: PcscdRig, tray: Deck) -> None:
    """The lists of numbers pyscard wants are emptied, however the command ends."""
    import gc

    pcscd.lay(tray.fresh("fine"))
    readers = PcscReaders()
    connection = readers.connect(SLOTS[0])
    marked = bytes.fromhex("00A4040C10") + os.urandom(16)
    connection.transmit(marked)
    numbers = list(marked)
    held = [found for found in gc.get_objects() if isinstance(found, list) and found == numbers and found is not numbers]
    assert held == []
    connection.close()
    readers.release()
