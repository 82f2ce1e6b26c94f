"""`python -m cellway.verify reference|compare SPEC.json`: what `cellway verify` runs in the notebook's own Python."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path


def main(argv: "list[str]") -> int:
    # Deep values are compared by recursion: on a thread whose stack is large enough for it.
    threading.stack_size(512 * 2**20)
    sys.setrecursionlimit(100_000)
    answer: "list[int]" = []
    thread = threading.Thread(target=lambda: answer.append(_run(argv)))
    thread.start()
    thread.join()
    return answer[0] if answer else 1


def _run(argv: "list[str]") -> int:
    what, spec = argv[0], json.loads(Path(argv[1]).read_text("utf-8"))
    if what == "reference":
        from .reference import run_reference

        run_reference(spec)
    else:
        from .compare import compare

        Path(spec["answer"]).write_text(json.dumps(compare(spec), ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
