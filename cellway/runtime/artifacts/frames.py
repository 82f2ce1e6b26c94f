"""
pandas objects: their blocks refer to memory like arrays do. Under copy-on-write pandas counts who shares a block's
memory; the count must be restored together with the sharing, or a change in one frame would show in another.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Optional

from . import rebuild


def handler_for(cls: type) -> Optional[Callable]:
    # A class of C code may have a descriptor there instead of a name (NumPy's Cython classes on Python 3.10).
    if not str(cls.__module__).startswith("pandas."):
        return None
    blocks = sys.modules.get("pandas.core.internals.blocks")
    if blocks is not None and issubclass(cls, blocks.Block) and hasattr(blocks.Block, "refs"):
        return _reduce_block
    managers = sys.modules.get("pandas.core.internals.managers")
    if managers is not None and cls is managers.SingleBlockManager and hasattr(blocks.Block, "refs"):
        return _reduce_single
    arrow = sys.modules.get("pandas.core.arrays.arrow.array")
    if arrow is not None and issubclass(cls, arrow.ArrowExtensionArray):
        return _reduce_arrow
    backed = sys.modules.get("pandas._libs.arrays")
    if backed is not None and issubclass(cls, backed.NDArrayBacked):
        return _reduce_backed
    return None


def _reduce_block(block: Any, pickler: Any) -> Any:
    holder = pickler.tokens.setdefault(("refs", id(block.refs)), {})
    return rebuild.block, (block.values, block.mgr_locs.indexer, block.ndim, holder)


def _reduce_single(manager: Any, pickler: Any) -> Any:
    """A Series' manager would otherwise pickle its values without their block, so without who shares them."""
    return rebuild.single_manager, (type(manager), manager.blocks[0], manager.axes[0])


def _reduce_arrow(array: Any, pickler: Any) -> Any:
    state = dict(vars(array))
    if "_cache" in state:
        state["_cache"] = {}
    # pandas joins the chunks first, which copies them all; a chunked array travels as it is.
    return rebuild.arrow_array, (type(array),), state, None, None, rebuild.set_dict


def _reduce_backed(array: Any, pickler: Any) -> Any:
    """Dates, periods, categories: without what they cache when somebody reads them."""
    func, args, state = array.__reduce__()
    if type(state) is tuple and len(state) == 3 and type(state[2]) is dict and "_cache" in state[2]:
        rest = {name: value for name, value in state[2].items() if name != "_cache"}
        state = (*state[:2], rest) if rest else state[:2]
    return func, args, state
