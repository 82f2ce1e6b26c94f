"""How alike the outputs of one cell are."""

from __future__ import annotations

import base64
import re
from typing import Any, Dict, List

from .values import ABSOLUTE, DIFFERENT, RELATIVE, ROUNDING, SAME, Grade, worst

_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
#: What no two runs share and nobody reads a result from: times that IPython's magics print, and the counters by which
#: scikit-learn tells the HTML of its estimators apart within a process.
_BY_ITSELF = re.compile(r"^(?:CPU times: .*|Wall time: .*|.* per loop(?: \(mean .*\))?|The slowest run took .*)$|(?<=sk-container-id-)\d+|(?<=sk-estimator-id-)\d+", re.M)


def compare_outputs(a: "List[Dict[str, Any]]", b: "List[Dict[str, Any]]") -> Grade:
    """Streams are compared each as one text (Jupyter does not fix their order inside a cell), all else in order."""
    grades = [_texts(_stream(a, name), _stream(b, name), name) for name in ("stdout", "stderr")]
    rich_a, rich_b = ([o for o in outputs if o["output_type"] != "stream"] for outputs in (a, b))
    if len(rich_a) != len(rich_b):
        grades.append(Grade(DIFFERENT, "outputs", f"{len(rich_a)} in the notebook, {len(rich_b)} in the run"))
    grades += [_rich(x, y) for x, y in zip(rich_a, rich_b)]
    return worst(grades)


def _stream(outputs: "List[Dict[str, Any]]", name: str) -> str:
    text = "".join(_joined(o["text"]) for o in outputs if o["output_type"] == "stream" and o["name"] == name)
    # A progress bar overwrites its line: what stands in the end counts.
    return "\n".join(line.rsplit("\r", 1)[-1] if not line.endswith("\r") else line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def _rich(a: "Dict[str, Any]", b: "Dict[str, Any]") -> Grade:
    if a["output_type"] != b["output_type"]:
        return Grade(DIFFERENT, "outputs", f"{a['output_type']} in the notebook, {b['output_type']} in the run")
    if a["output_type"] == "error":
        if (a["ename"], a["evalue"]) != (b["ename"], b["evalue"]):
            return Grade(DIFFERENT, "error", f"{a['ename']}: {a['evalue']} in the notebook, {b['ename']}: {b['evalue']} in the run")
        return SAME
    kinds_a, kinds_b = set(a["data"]), set(b["data"])
    if kinds_a != kinds_b:
        return Grade(DIFFERENT, "outputs", f"{', '.join(sorted(kinds_a ^ kinds_b))} only on one side")
    # A picture's text is its size or an address; the picture itself is compared.
    kinds = [k for k in sorted(kinds_a) if not (k == "text/plain" and any(i.startswith("image/") for i in kinds_a))]
    return worst([_mime(kind, a["data"][kind], b["data"][kind]) for kind in kinds])


def _mime(kind: str, a: Any, b: Any) -> Grade:
    if kind in ("image/png", "image/jpeg"):
        return _pictures(_joined(a), _joined(b), kind)
    if isinstance(a, (dict, list)) and not kind.startswith("text/"):
        return SAME if a == b else Grade(DIFFERENT, kind, "the data differ")
    return _texts(_joined(a), _joined(b), kind)


def _pictures(a: str, b: str, kind: str) -> Grade:
    if a.strip() == b.strip() or base64.b64decode(a) == base64.b64decode(b):
        return SAME
    pixels = [_pixels(base64.b64decode(x)) for x in (a, b)]
    if pixels[0] is not None and pixels[0] == pixels[1]:
        return SAME
    return Grade(DIFFERENT, kind, "the pictures differ")


def _pixels(data: bytes) -> Any:
    try:
        from PIL import Image
    except ImportError:
        return None
    import io

    with Image.open(io.BytesIO(data)) as image:
        return image.size, image.convert("RGBA").tobytes()


def _texts(a: str, b: str, where: str) -> Grade:
    a, b = _ANSI.sub("", a), _ANSI.sub("", b)
    if a == b or _BY_ITSELF.sub("#", a) == _BY_ITSELF.sub("#", b):
        return SAME
    a, b = _BY_ITSELF.sub("#", a), _BY_ITSELF.sub("#", b)
    if _NUMBER.sub("#", a) == _NUMBER.sub("#", b) and all(_near(x, y) for x, y in zip(_NUMBER.findall(a), _NUMBER.findall(b))):
        return Grade(ROUNDING, where, "numbers differ in the last digits")
    lines = [x.split("\n") for x in (a, b)]
    unlike = [Grade(DIFFERENT, f"{where} line {at}", f"{x[:80]!r} in the notebook, {y[:80]!r} in the run")
              for at, (x, y) in enumerate(zip(*lines), 1) if x != y]
    if len(lines[0]) != len(lines[1]):
        unlike.append(Grade(DIFFERENT, where, f"{len(lines[0])} lines in the notebook, {len(lines[1])} in the run"))
    return worst(unlike)


def _near(x: str, y: str) -> bool:
    if x == y:
        return True
    if "." not in x + y and "e" not in (x + y).lower():
        return False
    return abs(float(x) - float(y)) <= max(ABSOLUTE, RELATIVE * max(abs(float(x)), abs(float(y))))
