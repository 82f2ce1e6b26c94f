"""
Classes made in the notebook. One that the reader already has under the same name with the same definition is that one,
so instances of it are instances of the reader's class; one that can be replayed is replayed; else it is built again from
its parts: first an empty class (so that its methods and instances can refer to it), then its attributes.
"""

from __future__ import annotations

import collections
import enum
import hashlib
import types
from typing import Any, Optional

from .context import current
from .functions import digest_of_function, look_up, need_found

#: Made by `type` or `abc` anew for every class, or given to it when it is made.
MADE_ANEW = frozenset({"__dict__", "__weakref__", "_abc_impl", "__module__", "__qualname__", "__slots__", "__classcell__"})


def digest_of_class(cls: type) -> str:
    """Over the names of bases and the code of what the class body defined; class attributes that are data do not count."""
    parts: list[Any] = [cls.__qualname__, [f"{b.__module__}.{b.__qualname__}" for b in cls.__bases__], type(cls).__qualname__]
    for name in sorted(vars(cls)):
        codes = [digest_of_function(f) for f in functions_of(vars(cls)[name])]
        if codes:
            parts.append((name, codes))
    parts.append(sorted(_slots(cls) or ()))
    if isinstance(cls, enum.EnumMeta):
        parts.append([(name, type(m.value).__name__) for name, m in cls.__members__.items()])
    if is_named_tuple(cls):
        parts.append(cls._fields)
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def constants_of(cls: type) -> dict:
    """Attributes that a class body sets to a plain constant, as text. They tell two definitions of a name apart."""
    return {n: repr(v) for n, v in vars(cls).items() if isinstance(v, (int, float, str, bytes, type(None))) and not n.startswith("__")}


def _digest_with(digest: str, constants: dict) -> str:
    return f"{digest} {sorted(constants.items())!r}"


def functions_of(attribute: Any) -> list:
    """The functions behind a class attribute."""
    if isinstance(attribute, types.FunctionType):
        return [attribute]
    if isinstance(attribute, (staticmethod, classmethod)):
        return functions_of(attribute.__func__)
    if isinstance(attribute, property):
        return [f for f in (attribute.fget, attribute.fset, attribute.fdel) if isinstance(f, types.FunctionType)]
    wrapped = getattr(attribute, "func", None) if type(attribute).__module__ == "functools" else None
    return [wrapped] if isinstance(wrapped, types.FunctionType) else []


def is_named_tuple(cls: type) -> bool:
    return cls.__bases__ == (tuple,) and isinstance(vars(cls).get("_fields"), tuple) and "_make" in vars(cls)


def _slots(cls: type) -> Optional[tuple]:
    slots = vars(cls).get("__slots__")
    if slots is None:
        return None
    return (slots,) if isinstance(slots, str) else tuple(slots)


# -- reading ------------------------------------------------------------------------------------------------------

def _found(known_as: Optional[str], digest: str, constants: Optional[dict] = None) -> Optional[type]:
    """
    The reader's own class: bound, replayed, or rebuilt by an earlier load. One that was made from source and has other
    `constants` is a later or earlier definition of the same name.
    """
    load = current()
    if known_as is not None:
        found = look_up(load.namespace, known_as)
        if found is None and load.definitions is not None and known_as.split(".")[0] not in load.namespace:
            load.definitions.replay(known_as.split(".")[0])
            found = look_up(load.namespace, known_as)
        rebuilt = rebuilt_in(load.namespace)
        if not isinstance(found, type) or digest_of_class(found) != digest:
            found = rebuilt.get((known_as, digest))
        elif constants is not None and constants != constants_of(found) and not any(found is c for c in rebuilt.values()):
            found = rebuilt.get((known_as, _digest_with(digest, constants)))
        if isinstance(found, type):
            load.found[id(found)] = found
            return found
    return None


def _remember(cls: type, known_as: Optional[str], digest: str) -> type:
    if known_as is not None:
        rebuilt_in(current().namespace)[known_as, digest] = cls
    return cls


_rebuilt: dict[int, tuple] = {}


def rebuilt_in(namespace: dict) -> dict:
    """Classes that loads made for this namespace, so that two bundles with instances of one class agree on it."""
    kept = _rebuilt.get(id(namespace))
    if kept is None or kept[0] is not namespace:
        kept = _rebuilt[id(namespace)] = (namespace, {})
    return kept[1]


def plain_class(known_as: Optional[str], digest: str, meta: type, name: str, bases: tuple, body: dict, constants: Optional[dict] = None) -> type:
    found = _found(known_as, digest, constants)
    if found is not None:
        return found
    with _no_hooks(bases):
        made = types.new_class(name, bases, {"metaclass": meta} if meta is not type else {}, lambda ns: ns.update(body))
    if constants is not None and known_as is not None:
        _remember(made, known_as, _digest_with(digest, constants))
        if known_as in current().namespace:  # another definition has the name
            return made
    return _remember(made, known_as, digest)


def enum_class(known_as: Optional[str], digest: str, meta: type, name: str, bases: tuple, body: dict, members: list) -> type:
    found = _found(known_as, digest)
    if found is not None:
        return found
    namespace = meta.__prepare__(name, bases)
    namespace.update(body)
    for member, value in members:
        namespace[member] = value
    return _remember(meta.__new__(meta, name, bases, namespace), known_as, digest)


def named_tuple_class(known_as: Optional[str], digest: str, name: str, fields: tuple, body: dict) -> type:
    found = _found(known_as, digest)
    if found is not None:
        return found
    made = collections.namedtuple(name, fields, module=body["__module__"])
    made.__qualname__ = body["__qualname__"]
    return _remember(made, known_as, digest)


class _no_hooks:
    """The empty class must not run `__init_subclass__` of notebook-made bases: it ran when the class was defined."""

    def __init__(self, bases: tuple) -> None:
        self.owners = [c for base in bases for c in base.__mro__ if c.__module__ == "__main__" and "__init_subclass__" in vars(c)]

    def __enter__(self) -> None:
        self.hooks = [vars(c)["__init_subclass__"] for c in self.owners]
        for owner in self.owners:
            type.__setattr__(owner, "__init_subclass__", classmethod(lambda cls, **_: None))

    def __exit__(self, *_: object) -> None:
        for owner, hook in zip(self.owners, self.hooks):
            type.__setattr__(owner, "__init_subclass__", hook)


def class_state(made: type, state: dict) -> None:
    load = current()
    if state["attributes"] is None:
        need_found(made, state)
        return
    if id(made) in load.found and state["known_as"] not in load.names:
        return
    attributes = state["attributes"]
    for name in [n for n in vars(made) if n not in attributes and n not in state["kept"]]:
        type.__delattr__(made, name)
    for name, value in attributes.items():
        type.__setattr__(made, name, value)
    abstract = attributes.get("__abstractmethods__")
    if abstract is not None:
        made.__abstractmethods__ = abstract


# -- writing ------------------------------------------------------------------------------------------------------

def reduce_class(cls: type, pickler: Any) -> Any:
    reduced = _reduce_class(cls, pickler)
    if isinstance(reduced, tuple) and len(reduced) > 2 and pickler.without_state(reduced[2]["known_as"]):
        return (*reduced[:2], {"known_as": reduced[2]["known_as"], "attributes": None}, *reduced[3:])
    return reduced


def _reduce_class(cls: type, pickler: Any) -> Any:
    from . import rebuild
    from .functions import importable

    if cls.__module__ != "__main__" and (importable(cls) or not cls.__flags__ & (1 << 9)):
        return NotImplemented
    if cls in (type(None), type(Ellipsis), type(NotImplemented)):
        return type, ({type(None): None, type(Ellipsis): Ellipsis}.get(cls, NotImplemented),)
    if not cls.__flags__ & (1 << 9):  # not a heap type: only built into the interpreter, found by pickle by its name
        return NotImplemented
    known_as, digest = pickler.known_as(cls), digest_of_class(cls)
    body = {"__module__": cls.__module__, "__qualname__": cls.__qualname__}
    attributes = {n: v for n, v in vars(cls).items() if n not in MADE_ANEW and not _descriptor_of(cls, v)}
    if isinstance(cls, enum.EnumMeta):
        return _reduce_enum(cls, known_as, digest, body, attributes)
    if is_named_tuple(cls):
        kept = set(vars(collections.namedtuple("_", cls._fields))) | set(vars(cls))
        own = {n: v for n, v in attributes.items() if n not in _TUPLE_MADE and n not in cls._fields}
        state = {"known_as": known_as, "kept": kept, "attributes": own}
        defaults = cls.__new__.__defaults__
        state["new_defaults"] = defaults
        return (rebuild.named_tuple_class, (known_as, digest, cls.__name__, cls._fields, body), state, None, None, rebuild.named_tuple_state)
    slots = _slots(cls)
    if slots is not None:
        body["__slots__"] = slots
        own = [n for n in slots if n not in ("__dict__", "__weakref__")]
    else:
        own = []
    kept = set(MADE_ANEW) | set(own) | {_mangled(cls, n) for n in own} | {"__doc__"}
    attributes = {n: v for n, v in attributes.items() if n not in kept or n == "__doc__"}
    if cls.__init_subclass__ is not object.__init_subclass__ or "__orig_bases__" in attributes:
        body.update({n: attributes[n] for n in ("__orig_bases__",) if n in attributes})
    state = {"known_as": known_as, "kept": kept, "attributes": attributes}
    return rebuild.plain_class, (known_as, digest, type(cls), cls.__name__, cls.__bases__, body, constants_of(cls)), state, None, None, rebuild.class_state


#: What `collections.namedtuple` itself makes.
_TUPLE_MADE = frozenset({"__new__", "_make", "_replace", "__repr__", "_asdict", "__getnewargs__", "_fields", "_field_defaults", "__match_args__", "__replace__"})


def _reduce_enum(cls: type, known_as: Optional[str], digest: str, body: dict, attributes: dict) -> Any:
    from . import rebuild

    members = [(name, m._value_) for name, m in cls.__members__.items()]
    made_by_enum = set(vars(enum.Enum)) | set(vars(enum.Flag)) | set(cls.__members__) | {
        "_member_names_", "_member_map_", "_value2member_map_", "_member_type_", "_value_repr_", "_use_args_", "_unhashable_values_",
        "_unhashable_values_map_", "_hashable_values_", "_new_member_", "__new_member__", "__new__", "__reduce_ex__", "__set_name__"}
    own = {n: v for n, v in attributes.items() if n not in made_by_enum or isinstance(v, types.FunctionType) and v.__module__ == "__main__"}
    own = {n: v for n, v in own.items() if n not in cls.__members__}
    if "__new__" in own:  # how members were made; their values are known by now
        del own["__new__"]
    state = {"known_as": known_as, "kept": set(vars(cls)) | made_by_enum, "attributes": own}
    return (rebuild.enum_class, (known_as, digest, type(cls), cls.__name__, cls.__bases__, body, members), state, None, None, rebuild.class_state)


def _descriptor_of(cls: type, value: Any) -> bool:
    return isinstance(value, (types.MemberDescriptorType, types.GetSetDescriptorType)) and value.__objclass__ is cls


def _mangled(cls: type, name: str) -> str:
    stripped = cls.__name__.lstrip("_")
    return f"_{stripped}{name}" if name.startswith("__") and not name.endswith("__") and stripped else name


def named_tuple_state(made: type, state: dict) -> None:
    class_state(made, state)
    if state.get("new_defaults"):
        made.__new__.__defaults__ = state["new_defaults"]
        made._field_defaults = dict(zip(made._fields[-len(state["new_defaults"]):], state["new_defaults"]))
