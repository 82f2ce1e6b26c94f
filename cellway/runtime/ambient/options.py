"""Options of libraries: pandas, matplotlib, NumPy, decimal."""

from __future__ import annotations

import sys
import warnings
from typing import Any, Dict

from .slot import Slot

BACKEND = ("backend", "backend_fallback", "interactive", "toolbar", "datapath")
"""Which backend draws is the runtime's choice, not the notebook's."""


class PandasOptions(Slot):
    """All options that do not have their default."""

    name = "pandas.options"
    module = "pandas"

    def read(self) -> Any:
        config = sys.modules["pandas._config.config"]
        found: Dict[str, Any] = {}
        for key, option in config._registered_options.items():
            node: Any = config._global_config
            for part in key.split("."):
                node = node[part]
            if node is not option.defval and node != option.defval:
                found[key] = node
        return found

    def apply(self, packed: Dict[str, Any]) -> None:
        pandas = sys.modules["pandas"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for key in self.read():
                if key not in packed:
                    pandas.reset_option(f"^{key}$")
            for key, value in packed.items():
                pandas.set_option(key, value)


class RcParams(Slot):
    name = "matplotlib.rcParams"
    module = "matplotlib"

    def read(self) -> Any:
        params = sys.modules["matplotlib"].rcParams
        return {key: list(value) if isinstance(value, list) else value
                for key, value in dict.items(params) if key not in BACKEND}

    def apply(self, packed: Dict[str, Any]) -> None:
        params = sys.modules["matplotlib"].rcParams
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for key, value in packed.items():
                if key in params:
                    params[key] = value


class PrintOptions(Slot):
    name = "numpy.printoptions"
    module = "numpy"

    def read(self) -> Any:
        return sys.modules["numpy"].get_printoptions()

    def apply(self, packed: Dict[str, Any]) -> None:
        packed = dict(packed)
        override = packed.pop("override_repr", None)
        sys.modules["numpy"].set_printoptions(**packed, **({"override_repr": override} if override else {}))


class ErrState(Slot):
    name = "numpy.errstate"
    module = "numpy"

    def read(self) -> Any:
        numpy = sys.modules["numpy"]
        return (numpy.geterr(), numpy.geterrcall())

    def apply(self, packed: Any) -> None:
        numpy = sys.modules["numpy"]
        numpy.seterr(**packed[0])
        numpy.seterrcall(packed[1])


class Decimal(Slot):
    """The context of the main thread."""

    name = "decimal"
    module = "decimal"

    def read(self) -> Any:
        context = sys.modules["decimal"].getcontext()
        # Flags say what happened, not what holds: a rounded division is no change of state.
        return (context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp,
                tuple(signal for signal, trapped in context.traps.items() if trapped))

    def apply(self, packed: Any) -> None:
        module = sys.modules["decimal"]
        prec, rounding, low, high, capitals, clamp, traps = packed
        module.setcontext(module.Context(prec, rounding, low, high, capitals, clamp, traps=list(traps)))
