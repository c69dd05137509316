"""The demo's cards. Serial numbers are fixed and keys are persisted, so that links from yesterday's run still work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from kiosk.config.atomic_write import replace_file
from kiosk.config.file_access import read_regular
from kiosk.config.file_lock import held
from kiosk.config.private_files import make_folder
from kiosk.smartcard.virtual.authority import Leaf, PrivateKey, VirtualAuthority, ecdsa_key, rsa_key
from kiosk.smartcard.virtual.card import VirtualCard

PIN = b"1234"
CERTIFICATE_SIZE = 1429
"""Size of a real certificate, so that a tap takes as many commands."""
_LOCK_SECONDS = 10.0
_HOLDER = "9A7794E9AGCIEG13221003A"
_CHILD = "3C5518B2KFDHAM15100007A"
_FAR, _SOON, _GONE = timedelta(days=1200), timedelta(days=40), timedelta(days=-60)


@dataclass(frozen=True)
class Recipe:
    """The properties of one demo card."""

    serial: int | None
    """None for a card without a certificate."""
    holder: str = _HOLDER
    tries: int = 3
    ends_in: timedelta = _FAR
    applet: bool = True
    phone: bool = False
    foreign: bool = False
    """Issued by an untrusted authority."""
    copied: bool = False
    """Carries the certificate of `fine` with another key."""
    curve: bool = False
    """ECDSA P-384, as announced for the next card generation."""


RECIPES: dict[str, Recipe] = {
    "fine": Recipe(0x0705D990),
    "two-tries": Recipe(0x0705D9A1, "4B8820C7MHRDKE15100011A", tries=2),
    "one-try": Recipe(0x0705D9A2, "5D1931F3PLBGNC15202001A", tries=1),
    "locked": Recipe(0x0705D9A3, "6E2042A8QJCHOD15203009A", tries=0),
    "no-pin": Recipe(0x0705D9A4, "7F3153B9RKDIPE15204004A", tries=0),
    "expired": Recipe(0x0701A0B5, "8A4264CASLEJQF15205002A", ends_in=_GONE),
    "about-to-expire": Recipe(0x0702B1C6, "9B5375DBTMFKRG15206008A", ends_in=_SOON),
    "no-certificate": Recipe(None),
    "not-my-number-card": Recipe(None, applet=False),
    "phone": Recipe(0x0705D9A7, "1C6486ECUNGLSH15208005A", phone=True),
    "child": Recipe(0x0705D9A8, _CHILD),
    "renewed": Recipe(0x07A1E2D9),
    "copy": Recipe(0x0705D990, copied=True),
    "unknown-authority": Recipe(0x0705D9AA, "2D7597FDVOHMTI15209006A", foreign=True),
    "next-generation": Recipe(0x0812C3EB, "3E86A80EWPINUJ15210003A", curve=True),
}


class Deck:
    """Named cards of one throw-away authority, created on first use."""

    def __init__(self, folder: Path | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC), *, demo: bool = True) -> None:
        """`folder` persists the keys between runs; None keeps them in memory. `demo` marks the authority as the demo's.

        Several programs may share a folder. Raises OSError, as does every method that creates a card.
        """
        self._folder, self._clock = folder, clock
        self._keys: dict[str, PrivateKey] = {}
        self.authority = self._open_authority("authority", demo)
        self._foreign: VirtualAuthority | None = None
        self._cards: dict[str, VirtualCard] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(RECIPES)

    def card(self, name: str) -> VirtualCard:
        """The card of that name, always the same instance. Raises KeyError."""
        if name not in self._cards:
            self._cards[name] = self._make(name, RECIPES[name])
        return self._cards[name]

    def fresh(self, name: str) -> VirtualCard:
        """The card reset to its initial state."""
        self._cards.pop(name, None)
        return self.card(name)

    def leaf(self, name: str) -> Leaf:
        """The certificate fields of that card. Raises ValueError for a card without a certificate."""
        recipe = RECIPES[name]
        if recipe.serial is None:
            raise ValueError(f"{name} has no certificate")
        # 23:59:59 in Japan, as for real certificates.
        end = (self._clock() + recipe.ends_in).replace(hour=14, minute=59, second=59, microsecond=0)
        return Leaf(recipe.serial, recipe.holder, end - timedelta(days=1700), end, size=None if recipe.curve else CERTIFICATE_SIZE)

    def _authority_for(self, recipe: Recipe) -> VirtualAuthority:
        if not recipe.foreign:
            return self.authority
        self._foreign = self._foreign or self._open_authority("foreign", True)
        return self._foreign

    def _make(self, name: str, recipe: Recipe) -> VirtualCard:
        if recipe.serial is None:
            return VirtualCard(name, None, applet=recipe.applet, authority=self.authority.der)
        key = self._open_key(name, ecdsa_key if recipe.curve else rsa_key)
        issued_for = self._open_key("fine", rsa_key) if recipe.copied else key
        authority = self._authority_for(recipe)
        return VirtualCard(
            name,
            authority.issue(issued_for, self.leaf(name)),
            key,
            pin=PIN,
            tries=recipe.tries,
            label=b"JPKIAPGPSETOKEN" if recipe.phone else b"JPKIAPICCTOKEN2",
            certificate_needs_pin=recipe.phone,
            authority=authority.der,
        )

    # --- keeping --------------------------------------------------------------------------------------------------------

    def _open_key(self, name: str, create: Callable[[], PrivateKey]) -> PrivateKey:
        path = None if self._folder is None else self._folder / f"{name}.key.pem"
        if path is None:
            if name not in self._keys:
                self._keys[name] = create()
            return self._keys[name]
        with _alone(path.parent):
            # An unusable key is replaced: nothing depends on it but links to a card that does not exist.
            with suppress(FileNotFoundError, ValueError):
                return cast(PrivateKey, load_pem_private_key(read_regular(path), password=None))
            key = create()
            replace_file(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            return key

    def _open_authority(self, name: str, demo: bool) -> VirtualAuthority:
        key = self._open_key(name, rsa_key)
        if self._folder is None:
            return VirtualAuthority.create(key=key, demo=demo)
        path = self._folder / f"{name}.cer"
        with _alone(path.parent):
            with suppress(FileNotFoundError, ValueError):
                certificate = x509.load_der_x509_certificate(read_regular(path))
                if certificate.public_key() == key.public_key():
                    return VirtualAuthority(key, certificate)
            authority = VirtualAuthority.create(key=key, demo=demo)
            replace_file(path, authority.der)
            return authority


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: one program at a time creates missing files."""
    make_folder(folder)
    with held(folder / "lock", _LOCK_SECONDS):
        yield
