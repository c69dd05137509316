"""Frozen dataclasses that cost a third of the time to make.

For a frozen dataclass the standard library compiles six methods. The program has some three hundred such classes, nearly all of them needed
before the first window: making them took an eighth of a second of every start. Here `__init__` alone is compiled, and the other methods
are written once for all. To a reader, a type checker, `match`, `fields`, `replace` and `asdict` such a class is a dataclass like any other.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True, repr=True, **others):
        """As `dataclasses.dataclass`, which makes whatever is not frozen, has no slots or asks for more.

        Raises TypeError where one kind is derived from the other, and for a frozen class with fields that `__init__` does not set.
        """

        def make(plain):
            if others or not (frozen and slots):
                return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, repr=repr, **others)(plain)
            return _frozen(plain, eq=eq, repr=repr)

        return make if cls is None else make(cls)


def _frozen(plain: type[Any], *, eq: bool, repr: bool) -> type[Any]:
    # Where there is no docstring, dataclasses would compose one from the signature, which takes as long as all the rest.
    plain.__doc__ = plain.__doc__ or plain.__name__
    # What the class defines itself stays. (`__hash__ = None` is Python's, of a class that defines `__eq__` alone.)
    own = {name for name, value in plain.__dict__.items() if value is not None}
    made: Any = dataclasses.dataclass(slots=True, init=False, eq=False, repr=False)(plain)
    methods = {"__init__": _initializer(made), "__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    # For copies and pickles, which would set what must not be set.
    methods |= {"__getstate__": _values, "__setstate__": _restore}
    if repr:
        methods["__repr__"] = _represent
    if eq:
        methods |= _comparison(made)
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made  # type: ignore[no-any-return]


def _initializer(made: Any) -> Any:
    """`__init__` as dataclasses would compile it, but straight into the slots."""
    scope: dict[str, Any] = {"_absent": dataclasses.MISSING}
    parameters, lines = ["self"], []
    for field in dataclasses.fields(made):
        name = value = field.name
        if not field.init or field.kw_only:
            raise TypeError(f"{made.__name__}.{name}: not for a frozen dataclass")
        scope[f"_set_{name}"] = getattr(made, name).__set__
        if field.default_factory is not dataclasses.MISSING:
            scope[f"_make_{name}"] = field.default_factory
            parameters.append(f"{name}=_absent")
            value = f"_make_{name}() if {name} is _absent else {name}"
        elif field.default is not dataclasses.MISSING:
            scope[f"_default_{name}"] = field.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f" _set_{name}(self, {value})")
    if hasattr(made, "__post_init__"):
        lines.append(" self.__post_init__()")
    exec("\n".join([f"def __init__({', '.join(parameters)}):", *lines, " pass"]), scope)  # noqa: S102
    initializer = scope["__init__"]
    initializer.__annotations__ = {field.name: field.type for field in dataclasses.fields(made)}
    initializer.__module__, initializer.__qualname__ = made.__module__, f"{made.__qualname__}.__init__"
    return initializer


def _comparison(made: Any) -> dict[str, Any]:
    names = [field.name for field in dataclasses.fields(made) if field.compare]
    values: Any = attrgetter(*names) if names else _nothing

    def equal(self: object, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    return {"__eq__": equal, "__hash__": hashed}


def _nothing(_: object) -> tuple[()]:
    return ()


def _represent(self: Any) -> str:
    shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({shown})"


def _values(self: Any) -> list[object]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, values: list[object]) -> None:
    for field, value in zip(dataclasses.fields(self), values, strict=True):
        object.__setattr__(self, field.name, value)


def _refuse_to_set(self: object, name: str, value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
