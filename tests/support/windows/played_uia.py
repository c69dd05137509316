"""Objects in place of UI Automation's own, with the methods that COM has there: a window with two fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

WINDOW = 7
CONTROL_TYPE, NAME, ENABLED, IDENTIFIER, PASSWORD, HANDLE, HAS_VALUE, VALUE, READ_ONLY = (
    *(30003, 30005, 30010, 30011, 30019),
    *(30020, 30043, 30045, 30046),
)
OFFSCREEN = 30022
PATTERNS = SimpleNamespace(IUIAutomationTextPattern=None, IUIAutomationValuePattern=None)
EDIT, DOCUMENT, PANE = 50004, 50030, 50033
ADDRESS = "https://library.example/lend"


class ComFailure(Exception):
    """As comtypes raises it."""

    def __init__(self, hresult: int) -> None:
        self.hresult = hresult


@dataclass(eq=False)
class PlayedElement:
    """IUIAutomationElement; also a value pattern, a text pattern and the range that is selected, which is all of it or nothing."""

    automation: PlayedAutomation
    number: int
    has: dict[int, object]
    parent: PlayedElement | None = None
    selected: bool = False

    def GetCachedPropertyValue(self, number: int) -> object:
        self.automation.asked()
        return self.has.get(number, "")

    GetCurrentPropertyValue = GetCachedPropertyValue

    def GetRuntimeId(self) -> tuple[int, ...]:
        return 42, self.number

    @property
    def CurrentHasKeyboardFocus(self) -> int:
        self.automation.asked()
        return int(self.automation.focus is self)

    def SetFocus(self) -> None:
        self.automation.focus = self

    def FindAllBuildCache(self, scope: int, condition: tuple[int, object], request: object) -> PlayedElements:
        self.automation.asked()
        number, value = condition
        assert scope == 4
        return PlayedElements([one for one in self.automation.fields.values() if one.has.get(number) == value])

    def GetCurrentPattern(self, number: int) -> PlayedElement:
        assert number in (10002, 10014)
        return self

    def SetValue(self, text: str) -> None:
        self.has[VALUE] = text

    def QueryInterface(self, interface: object) -> PlayedElement:
        return self

    def GetSelection(self) -> PlayedElements:
        return PlayedElements([self])

    def GetText(self, most: int) -> str:
        assert most == -1
        return str(self.has[VALUE]) if self.selected else ""


@dataclass
class PlayedElements:
    """IUIAutomationElementArray, or the ranges of a text."""

    of: list[PlayedElement]

    @property
    def Length(self) -> int:
        return len(self.of)

    def GetElement(self, number: int) -> PlayedElement:
        return self.of[number]


@dataclass
class PlayedAutomation:
    """IUIAutomation, its tree walker and its cache requests."""

    asked: Callable[[], object] = lambda: None
    """Called at each question: what it raises the question raises, and the answer comes when it returns."""
    focus: PlayedElement | None = None
    fields: dict[str, PlayedElement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        window = PlayedElement(self, 1, {CONTROL_TYPE: PANE, HANDLE: WINDOW})
        page = PlayedElement(self, 2, {CONTROL_TYPE: DOCUMENT, HAS_VALUE: True, VALUE: f"{ADDRESS}?patron=1#card", HANDLE: 0}, window)
        for number, (name, label) in enumerate({"card": "利用者番号", "note": "備考"}.items(), 3):
            has = {CONTROL_TYPE: EDIT, NAME: label, IDENTIFIER: name, ENABLED: True, HAS_VALUE: True, VALUE: "", READ_ONLY: False}
            self.fields[name] = PlayedElement(self, number, has, page)
        self.focus = self.fields["card"]

    @property
    def ControlViewWalker(self) -> PlayedAutomation:
        return self

    def GetParentElementBuildCache(self, one: PlayedElement, request: object) -> PlayedElement | None:
        return one.parent

    def CreateCacheRequest(self) -> PlayedAutomation:
        return self

    def AddProperty(self, number: int) -> None:
        """All are told."""

    def GetFocusedElement(self) -> PlayedElement | None:
        self.asked()
        return self.focus

    def GetFocusedElementBuildCache(self, request: object) -> PlayedElement | None:
        return self.GetFocusedElement()

    def CompareElements(self, one: PlayedElement, other: PlayedElement) -> int:
        return int(one is other)

    def ElementFromHandle(self, handle: int) -> PlayedElement:
        assert handle == WINDOW
        return self.fields["card"]

    def CreatePropertyCondition(self, number: int, value: object) -> tuple[int, object]:
        return number, value
