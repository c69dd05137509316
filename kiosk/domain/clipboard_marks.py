"""Formats of a clipboard that say: this is not to be kept."""

from __future__ import annotations

from collections.abc import Mapping

KDE_HINT, KDE_SECRET = "x-kde-passwordManagerHint", b"secret"
"""KDE's convention, honoured by other clipboard managers."""
EXCLUDED, IN_HISTORY, IN_CLOUD = "ExcludeClipboardContentFromMonitorProcessing", "CanIncludeInClipboardHistory", "CanUploadToCloudClipboard"
"""https://learn.microsoft.com/windows/win32/dataxchg/clipboard-formats#cloud-clipboard-and-clipboard-history-formats"""
_NO = bytes(4)
"""A DWORD of 0."""
WINDOWS_MARKS = dict.fromkeys((EXCLUDED, IN_HISTORY, IN_CLOUD), _NO)
MARKS = {KDE_HINT: KDE_SECRET} | WINDOWS_MARKS
"""What excludes a content from clipboard histories and clouds, each on its platform and ignored on the others."""


def is_confidential(formats: Mapping[str, bytes]) -> bool:
    """Whether Windows' histories are to leave this content alone: its owner takes it away again, which it could not once it is ours."""
    return EXCLUDED in formats or formats.get(IN_HISTORY) == _NO
