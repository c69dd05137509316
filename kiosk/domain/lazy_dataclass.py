"""`dataclass` for what is declared in hundreds and of which a start uses dozens: the methods are made when they are called.

For `dataclass(frozen=True, slots=True)` the standard library compiles six methods, a quarter of a millisecond each time. Everything before
the counter's first page declares its values with this one instead; all other uses are passed on. To type checkers it is the standard one.
Of most there are so few instances that to compile even their `__init__` takes longer than to fill them in field by field.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, **options: bool) -> Any:
        def declare(declared: type) -> type:
            return _declare(declared) if options == {"frozen": True, "slots": True} else dataclasses.dataclass(**options)(declared)

        return declare if cls is None else declare(cls)


__all__ = ["dataclass"]

_LATE = "__init__", "__repr__", "__eq__", "__hash__"
_FEW = 32
"""So many instances of a class are filled in without compiling anything."""


def _declare(declared: type) -> type:
    own = [name for name in _LATE if declared.__dict__.get(name) is not None]
    if declared.__doc__ is None:
        # The standard library would write the signature there, for which it has to be found out.
        declared.__doc__ = declared.__qualname__
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(declared)
    for name in _LATE:
        if name not in own:
            setattr(made, name, _late_init(made) if name == "__init__" else _made_late(made, name))
    for method in (_setattr, _delattr, _getstate, _setstate):
        setattr(made, f"_{method.__name__}__", method)
    return made


def _late_init(made: type) -> Callable[..., None]:
    left = _FEW

    def method(self: object, /, *values: object, **named: object) -> None:
        nonlocal left
        left -= 1
        if left < 0 or not _filled(self, made, values, named):
            _make(made, "__init__")
            made.__init__(self, *values, **named)  # type: ignore[misc]

    method.is_late = True  # type: ignore[attr-defined]
    return method


def _filled(instance: object, made: Any, values: tuple[object, ...], named: dict[str, object]) -> bool:
    """Do as the standard `__init__`. False where that has more to do: to refuse what was given, or leave a field to `__post_init__`."""
    fields = dataclasses.fields(made)
    given = dict(zip([field.name for field in fields if not field.kw_only], values, strict=False)) | named
    if len(given) < len(values) + len(named) or not all(field.init for field in fields):
        return False
    for field in fields:
        if field.name in given:
            value = given.pop(field.name)
        elif field.default is not dataclasses.MISSING:
            value = field.default
        elif field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        else:
            return False
        object.__setattr__(instance, field.name, value)
    if given:
        return False
    if hasattr(made, "__post_init__"):
        made.__post_init__(instance)
    return True


def _made_late(made: type, name: str) -> Callable[..., object]:
    def method(self: object, *values: object, **named: object) -> object:
        _make(made, name)
        return getattr(made, name)(self, *values, **named)

    method.is_late = True  # type: ignore[attr-defined]
    return method


def _make(made: type, name: str) -> None:
    """Replace the method by the standard library's for the same fields; the others too, unless it is the one that every instance needs."""
    begins = name == "__init__"
    whole = dataclasses.make_dataclass(
        made.__qualname__,
        [(field.name, field.type, _like(field)) for field in dataclasses.fields(made)],
        init=begins,
        repr=not begins,
        eq=not begins,
        frozen=True,
        namespace={"__post_init__": made.__post_init__} if hasattr(made, "__post_init__") else {},
    )
    for other in _LATE:
        if other in whole.__dict__ and hasattr(made.__dict__[other], "is_late"):
            setattr(made, other, whole.__dict__[other])


def _like(field: dataclasses.Field[Any]) -> Any:
    """One of the same options: `dataclasses` notes in a field to which class it belongs."""
    options = {name: getattr(field, name) for name in ("default", "default_factory", "init", "repr", "hash", "compare", "kw_only")}
    return dataclasses.field(**options)


# --- the same for all ---------------------------------------------------------------------------------------------------------------------


def _setattr(self: object, name: str, value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(self: object, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[object]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _setstate(self: Any, state: list[object]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
