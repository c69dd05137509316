"""Keys that belong to the computer, not to an account: for a home that several accounts use (`kiosk setup --machine`)."""

from __future__ import annotations

import sys

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.credentials import named_error, unusable
from kiosk.store.key_file import FileKeyStore
from kiosk.store.keys import Description, KeyRecord

KIND = "machine"
_LOCAL_MACHINE, _UI_FORBIDDEN = 0x4, 0x1
"""CRYPTPROTECT_LOCAL_MACHINE, CRYPTPROTECT_UI_FORBIDDEN."""
_NAME = "library-card-kiosk"


class MachineKeyStore(FileKeyStore):
    """A file in a folder of those who work at the counter; on Windows sealed so that it opens on this computer alone.

    No account of the computer lacks anything to open it: whoever may read the file has the keys, and so has who takes the disk. The folder
    keeps other accounts out, the encryption of the disk keeps thieves out.
    """

    def try_out(self) -> None:
        """Seal nothing and open it again. Raises Unavailable: credential-store-unusable, store-key-unreadable."""
        if self._opened(self._sealed(b"probe")) != b"probe":
            raise unusable(KIND, "differs", str(self._path))

    def describe(self) -> Description:
        return Description(KIND, str(self._path))

    def _encoded(self, record: KeyRecord) -> bytes:
        return self._sealed(super()._encoded(record))

    def _decoded(self, content: bytes) -> KeyRecord:
        return super()._decoded(self._opened(content))

    def _sealed(self, content: bytes) -> bytes:
        """Tie it to this computer where the system can: any account here opens it then (CRYPTPROTECT_LOCAL_MACHINE), and none elsewhere.

        https://learn.microsoft.com/windows/win32/api/dpapi/nf-dpapi-cryptprotectdata
        """
        if sys.platform == "win32":
            import pywintypes
            import win32crypt

            try:
                return bytes(win32crypt.CryptProtectData(content, _NAME, None, None, None, _LOCAL_MACHINE | _UI_FORBIDDEN))
            except pywintypes.error as error:
                raise unusable(KIND, named_error(error), str(self._path)) from error
        return content

    def _opened(self, content: bytes) -> bytes:
        """What `_sealed` returned here; anything altered, or of another computer, is refused.

        What is sealed says itself that it is the computer's: CRYPTPROTECT_LOCAL_MACHINE is no flag of
        https://learn.microsoft.com/windows/win32/api/dpapi/nf-dpapi-cryptunprotectdata
        """
        if sys.platform == "win32":
            import pywintypes
            import win32crypt

            try:
                return bytes(win32crypt.CryptUnprotectData(content, None, None, None, _UI_FORBIDDEN)[1])
            except pywintypes.error as error:
                what = named_error(error)
                raise Unavailable(Code.STORE_KEY_UNREADABLE, place=str(self._path), reason="not-of-this-computer", error=what) from error
        return content
