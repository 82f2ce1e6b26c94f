"""The global random generators."""

from __future__ import annotations

import sys
from typing import Any

from .slot import Slot


class Random(Slot):
    name = "random"
    module = "random"

    def read(self) -> Any:
        return sys.modules["random"].getstate()

    def apply(self, packed: Any) -> None:
        sys.modules["random"].setstate(packed)


class NumpyRandom(Slot):
    name = "numpy.random"
    module = "numpy.random"

    def read(self) -> Any:
        return sys.modules["numpy.random"].get_state(legacy=False)

    def same(self, a: Any, b: Any) -> bool:
        return _key(a) == _key(b)

    def apply(self, packed: Any) -> None:
        sys.modules["numpy.random"].set_state(packed)


def _key(state: Any) -> Any:
    inner = state["state"]
    return (state["bit_generator"], state.get("has_gauss"), state.get("gauss"),
            {k: v.tobytes() if hasattr(v, "tobytes") else v for k, v in inner.items()})


class TorchRandom(Slot):
    name = "torch.random"
    module = "torch"

    def read(self) -> Any:
        return bytes(sys.modules["torch"].get_rng_state().numpy())

    def apply(self, packed: Any) -> None:
        torch = sys.modules["torch"]
        torch.set_rng_state(torch.frombuffer(bytearray(packed), dtype=torch.uint8))
