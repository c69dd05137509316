"""The policies of Windows: values below HKEY_LOCAL_MACHINE, which hold for every account, and what setting and undoing one has to do.

They are those that Microsoft's administrative templates write, so that a group policy of the domain still has the last word: it writes its
own value at the next refresh, and `doctor` says so. No LocalDumps: a key for our program there would begin what it is to prevent
(https://learn.microsoft.com/windows/win32/wer/collecting-user-mode-dumps). What else Ctrl+Alt+Del offers is a policy of each account, not
of the computer: https://learn.microsoft.com/windows/client-management/mdm/policy-csp-admx-ctrlaltdel
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.policies import Standing

DWORD = 4
"""https://learn.microsoft.com/windows/win32/sysinfo/registry-value-types"""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the registry, of whatever type."""

    kind: int
    data: object


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    key: str
    value_name: str
    number: int
    page: str
    """Microsoft's, below https://learn.microsoft.com/windows/."""

    @property
    def wanted(self) -> Value:
        return Value(DWORD, self.number)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was there before: None, if nothing was."""

    before: Value | None


_WINDOWS = r"SOFTWARE\Policies\Microsoft\Windows"
_PLUGGED_IN = "ACSettingIndex"
_POWER = r"SOFTWARE\Policies\Microsoft\Power\PowerSettings"
_SYSTEM = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
_CARDS = "security/identity-protection/smart-cards/smart-card-group-policy-and-registry-settings"
_CSP = "client-management/mdm/policy-csp-"
_LOGON = f"{_CSP}windowslogon"
_ERRORS = rf"{_WINDOWS}\Windows Error Reporting"

POLICIES = (
    # A My Number Card is nobody's to sign in with: Windows looks for a driver of each card, and copies certificates, while we read it.
    Policy("card-plug-and-play", rf"{_WINDOWS}\ScPnP", "EnableScPnP", 0, _CARDS),
    Policy("certificate-propagation", rf"{_WINDOWS}\CertProp", "CertPropEnabled", 0, _CARDS),
    # The copied library card number.
    Policy("clipboard-history", rf"{_WINDOWS}\System", "AllowClipboardHistory", 0, f"{_CSP}experience#allowclipboardhistory"),
    Policy("cloud-clipboard", rf"{_WINDOWS}\System", "AllowCrossDeviceClipboard", 0, f"{_CSP}privacy#allowcrossdeviceclipboard"),
    Policy("edge-swipes", rf"{_WINDOWS}\EdgeUI", "AllowEdgeSwipe", 0, f"{_CSP}lockdown#allowedgeswipe"),
    # A report may hold the stacks of a crashed counter (kiosk.memory_dumps), and its window would stand before the patron.
    Policy("error-reports", _ERRORS, "Disabled", 1, f"{_CSP}errorreporting#disablewindowserrorreporting"),
    Policy("error-windows", _ERRORS, "DontShowUI", 1, f"{_CSP}errorreporting#preventcriticalerrordisplay"),
    # Seconds until then, plugged in; zero is never.
    Policy("sleep", rf"{_POWER}\29F6C1DB-86DA-48C5-9FDB-F2B67B1F44DA", _PLUGGED_IN, 0, f"{_CSP}power#standbytimeoutpluggedin"),
    Policy("hibernation", rf"{_POWER}\9D7815A6-7EE4-497E-8888-515A05F02364", _PLUGGED_IN, 0, f"{_CSP}power#hibernatetimeoutpluggedin"),
    Policy("display-off", rf"{_POWER}\3C0BC021-C8A8-4E07-A973-6B14CBCB2B7E", _PLUGGED_IN, 0, f"{_CSP}power#displayofftimeoutpluggedin"),
    # On the screen for signing in, in Start and in Task Manager; on the screen for signing in; before it.
    Policy("user-switching", _SYSTEM, "HideFastUserSwitching", 1, f"{_LOGON}#hidefastuserswitching"),
    Policy("network-choice", rf"{_WINDOWS}\System", "DontDisplayNetworkSelectionUI", 1, f"{_LOGON}#dontdisplaynetworkselectionui"),
    Policy("lock-picture", rf"{_WINDOWS}\Personalization", "NoLockScreen", 1, f"{_CSP}admx-controlpaneldisplay"),
)


@dataclass(frozen=True, slots=True)
class ToSet:
    """In this order."""

    note: Kept | None
    """None: the note that is there stands."""
    is_written: bool


def to_set(policy: Policy, present: Value | None, kept: Kept | None) -> ToSet:
    """`kept`: as it was noted; None, if it was not. What somebody has written since then is what will be put back."""
    is_written = present != policy.wanted
    if kept is None or (is_written and present != kept.before):
        return ToSet(Kept(present), is_written)
    return ToSet(None, is_written)


def is_put_back(policy: Policy, present: Value | None, kept: Kept) -> bool:
    """Whether undoing puts back what was there before. What is not ours any more stays as it is."""
    return present == policy.wanted != kept.before


def standing(policy: Policy, present: Value | None, kept: Kept | None) -> Standing:
    if kept is None:
        return Standing.NOT_ASKED_FOR
    return Standing.SET if present == policy.wanted else Standing.DIFFERS
