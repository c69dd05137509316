"""The controls of other programs over UI Automation, Windows' accessibility interface. Never run: Wine has none; tested with objects played
in place of COM's.

https://learn.microsoft.com/windows/win32/winauto/entry-uiauto-win32. Each question goes on a thread of its own, which belongs to the
multithreaded apartment, owns no window (https://learn.microsoft.com/windows/win32/winauto/uiauto-threading) and is abandoned when its
time is up. NVDA does not trust the interface for Win32's own edit fields and for all of Chromium: what a program tells is seen when its
field is taught.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from kiosk.library.handover.elements import Element, Field, Unknown
from kiosk.library.handover.page_address import page_address
from kiosk.library.handover.seat import ProgramWindow
from kiosk.thread_timeout import in_time

T = TypeVar("T")
CALL_SECONDS = 0.5
_LOOK_AGAIN = 0.01
_DEEPEST = 200
# https://learn.microsoft.com/windows/win32/winauto/uiauto-automation-element-propids and -controlpattern-propids
_CONTROL_TYPE, _NAME, _ENABLED, _IDENTIFIER = 30003, 30005, 30010, 30011
_PASSWORD, _WINDOW, _HAS_VALUE, _VALUE, _READ_ONLY = 30019, 30020, 30043, 30045, 30046
_OFFSCREEN = 30022
_CACHED = (_OFFSCREEN, _CONTROL_TYPE, _NAME, _ENABLED, _IDENTIFIER, _WINDOW, _HAS_VALUE, _VALUE, _READ_ONLY)
# https://learn.microsoft.com/windows/win32/winauto/uiauto-controltype-ids
_COMBO_BOX, _EDIT, _DOCUMENT = 50003, 50004, 50030
_ROLES = {_COMBO_BOX: "combo box", _EDIT: "edit", _DOCUMENT: "document"}
# https://learn.microsoft.com/windows/win32/winauto/uiauto-controlpattern-ids
_VALUE_PATTERN, _TEXT_PATTERN = 10002, 10014
_DESCENDANTS = 4
_ALL_OF_IT = -1
# https://learn.microsoft.com/windows/win32/winauto/uiauto-error-codes: UIA_E_ELEMENTNOTAVAILABLE, as a signed number.
_NOT_AVAILABLE = 0x80040201 - (1 << 32)
_PAGES = ("http://", "https://", "file://")


class UiaElements:
    """See `Elements`."""

    def __init__(self, automation: Any, patterns: Any, failure: type[Exception], end: float) -> None:
        """`automation`: IUIAutomation; `patterns`: has the interfaces of its control patterns; `failure`: what its calls raise."""
        self._automation, self._patterns, self._failure, self._end = automation, patterns, failure, end
        self._known: dict[tuple[str, str], Any] = {}

    def focused(self, window: ProgramWindow) -> Element | Unknown:
        def question() -> Element | Unknown:
            one = self._automation.GetFocusedElementBuildCache(self._request())
            # What is not there is a null pointer.
            if not one:
                return Unknown.NO_FOCUS
            found, windows = self._described(one)
            return found if window.handle in windows else Unknown.NO_FOCUS

        return self._ask(question)

    def has_focus(self, element: Element) -> bool | Unknown:
        """By the control, and by the interface; there are no events."""
        one = self._known[element.handle]
        return self._ask(
            lambda: bool(one.CurrentHasKeyboardFocus) and bool(self._automation.CompareElements(self._automation.GetFocusedElement(), one))
        )

    def text(self, element: Element) -> str | Unknown:
        one = self._known[element.handle]

        def question() -> str | Unknown:
            if one.GetCurrentPropertyValue(_PASSWORD):
                return Unknown.MASKED
            # A property that a control does not have reads as empty.
            if not one.GetCurrentPropertyValue(_HAS_VALUE):
                return Unknown.SILENT_PROGRAM
            return str(one.GetCurrentPropertyValue(_VALUE) or "")

        return self._ask(question)

    def is_free(self, element: Element) -> bool | Unknown:
        text = self.text(element)
        if isinstance(text, Unknown) or not text:
            return text if isinstance(text, Unknown) else True

        def question() -> bool | Unknown:
            pattern = self._known[element.handle].GetCurrentPattern(_TEXT_PATTERN)
            if not pattern:
                return Unknown.SILENT_PROGRAM
            ranges = pattern.QueryInterface(self._patterns.IUIAutomationTextPattern).GetSelection()
            return bool(ranges.Length == 1 and ranges.GetElement(0).GetText(_ALL_OF_IT) == text)

        return self._ask(question)

    def find(self, window: ProgramWindow, field: Field) -> Element | Unknown:
        def question() -> Element | Unknown:
            told = (_IDENTIFIER, field.identifier) if field.identifier else (_NAME, field.name)
            condition = self._automation.CreatePropertyCondition(*told)
            found = self._automation.ElementFromHandle(window.handle).FindAllBuildCache(_DESCENDANTS, condition, self._request())
            ones = [found.GetElement(number) for number in range(found.Length)]
            fitting = [(one, element) for one in ones if field.fits(element := self._described(one)[0])]
            if len(fitting) > 1:
                fitting = [pair for pair in fitting if not pair[0].GetCachedPropertyValue(_OFFSCREEN)] or fitting
            if len(fitting) != 1:
                return Unknown.AMBIGUOUS if fitting else Unknown.GONE
            return fitting[0][1]

        return self._ask(question)

    def give_focus(self, element: Element) -> None:
        self._ask(self._known[element.handle].SetFocus)

    def set_text(self, element: Element, text: str) -> bool | Unknown:
        def question() -> bool:
            pattern = self._known[element.handle].GetCurrentPattern(_VALUE_PATTERN)
            if not pattern:
                return False
            pattern.QueryInterface(self._patterns.IUIAutomationValuePattern).SetValue(text)
            return True

        return self._ask(question)

    def wait(self, seconds: float) -> float:
        began = time.monotonic()
        threading.Event().wait(min(seconds, _LOOK_AGAIN))
        return time.monotonic() - began

    def _request(self) -> Any:
        """What is to come with each control, in one answer."""
        request = self._automation.CreateCacheRequest()
        for number in _CACHED:
            request.AddProperty(number)
        return request

    def _described(self, one: Any) -> tuple[Element, set[int]]:
        """With the windows around it."""
        request, walker = self._request(), self._automation.ControlViewWalker
        has = _properties(one)
        address, windows = "", set()
        above = one
        for _ in range(_DEEPEST):
            if not above:
                break
            of = _properties(above)
            windows.add(int(of[_WINDOW] or 0))
            # A browser's document has its address as its value; other documents have their text.
            if not address and of[_CONTROL_TYPE] == _DOCUMENT and str(of[_VALUE]).startswith(_PAGES):
                address = page_address(str(of[_VALUE]))
            above = walker.GetParentElementBuildCache(above, request)
        handle = ("uia", ".".join(map(str, one.GetRuntimeId())))
        self._known[handle] = one
        kind = int(has[_CONTROL_TYPE])
        is_editable = bool(kind in _ROLES and has[_ENABLED] and has[_HAS_VALUE] and not has[_READ_ONLY])
        role = _ROLES.get(kind, str(kind))
        return Element(handle, role, str(has[_NAME] or ""), str(has[_IDENTIFIER] or ""), "", address, is_editable), windows

    def _ask(self, question: Callable[[], T]) -> T | Unknown:
        left = min(CALL_SECONDS, self._end - time.monotonic())
        if left <= 0:
            return Unknown.NO_ANSWER
        try:
            return in_time(question, left, "uia")
        except TimeoutError:
            return Unknown.NO_ANSWER
        except ValueError:
            # What comtypes raises for a method of a null pointer.
            return Unknown.GONE
        except self._failure as error:
            return Unknown.GONE if getattr(error, "hresult", None) == _NOT_AVAILABLE else Unknown.NO_ANSWER


def _properties(one: Any) -> dict[int, Any]:
    return {number: one.GetCachedPropertyValue(number) for number in _CACHED}
