"""What running a cell gives, whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional


@dataclass(frozen=True)
class Ran:
    """`error` is None when the cell succeeded; `result` is the value of its last expression, None without one."""

    error: Optional[BaseException]
    result: Any
