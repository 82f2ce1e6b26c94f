"""SIGINT and SIGTERM: the running cell gets a KeyboardInterrupt, as in Jupyter, and the step ends as cancelled."""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Any, Callable, Optional

from .places import Places


class Cancelling:
    def __init__(self, places: Places) -> None:
        self._places = places
        self.asked = False
        self.final = False
        self.interrupt_loop: Callable[[], bool] = lambda: False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._hear)
        os.register_at_fork(after_in_child=_as_always)

    def _hear(self, number: int, frame: Optional[FrameType]) -> Any:
        again, self.asked = self.asked, True
        if self.final:
            return  # the report is being written: let it be whole
        if not again and self._places.of_frame(frame) is None and self.interrupt_loop():
            return
        raise KeyboardInterrupt


def _as_always() -> None:
    """A process that the notebook forks (a pool's worker) ends by SIGTERM as any other."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
