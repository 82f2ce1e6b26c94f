"""The global random generators.

Both are Mersenne Twisters, whose state is a block of 624 words and a place in it. A draw moves the place, and at the
block's end makes the next block; so whether a state came from another by draws alone can be found out by drawing.
"""

from __future__ import annotations

import sys
from typing import Any

from .slot import Slot

BLOCK = 624
BLOCKS = 500
"""So many blocks are drawn to find the state (a few ms); one that lies farther counts as seeded."""


class Random(Slot):
    name = "random"
    module = "random"

    def read(self) -> Any:
        return sys.modules["random"].getstate()

    def only_drawn(self, a: Any, b: Any) -> bool:
        if a[0] != b[0]:
            return False
        if a[1][:BLOCK] == b[1][:BLOCK]:
            return bool(a[1][BLOCK] <= b[1][BLOCK])
        generator = sys.modules["random"].Random()
        generator.setstate(a)
        count = BLOCK - a[1][BLOCK] + 1
        for _ in range(BLOCKS):
            generator.getrandbits(32 * count)
            if generator.getstate()[1][:BLOCK] == b[1][:BLOCK]:
                return True
            count = BLOCK
        return False

    def apply(self, packed: Any) -> None:
        sys.modules["random"].setstate(packed)


class NumpyRandom(Slot):
    name = "numpy.random"
    module = "numpy.random"

    def read(self) -> Any:
        return sys.modules["numpy.random"].get_state(legacy=False)

    def same(self, a: Any, b: Any) -> bool:
        return _key(a) == _key(b)

    def only_drawn(self, a: Any, b: Any) -> bool:
        if not a["bit_generator"] == b["bit_generator"] == "MT19937":
            return False
        first, last = a["state"], b["state"]
        if (first["key"] == last["key"]).all():
            return bool(first["pos"] <= last["pos"])
        generator = sys.modules["numpy.random"].MT19937()
        generator.state = a
        count = BLOCK - first["pos"] + 1
        for _ in range(BLOCKS):
            generator.random_raw(count, output=False)
            if (generator.state["state"]["key"] == last["key"]).all():
                return True
            count = BLOCK
        return False

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
