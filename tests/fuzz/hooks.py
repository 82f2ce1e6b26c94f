"""Lets schemathesis ask for things that are there as well as for things that are not: ids come from CELLWAY_KNOWN."""

from __future__ import annotations

import json
import os

import schemathesis
from hypothesis import strategies as st

KNOWN: dict[str, list[str]] = json.loads(os.environ["CELLWAY_KNOWN"])


@schemathesis.hook
def flatmap_path_parameters(context, path_parameters):
    """Three of four times each parameter is one that is there."""
    if not path_parameters:
        return st.just(path_parameters)
    choices = {
        name: st.sampled_from([*KNOWN.get(name, []) * 3, value]) if KNOWN.get(name) else st.just(value)
        for name, value in path_parameters.items()
    }
    return st.fixed_dictionaries(choices)


@schemathesis.hook
def filter_body(context, body):
    """Runs are made by other tests: what might start one is not sent."""
    notebook = body.get("notebook") if isinstance(body, dict) else None
    content = notebook.get("content") if isinstance(notebook, dict) else None
    return not (isinstance(content, dict) and "cells" in content)


@schemathesis.check
def schemas_agree(context, response, case):
    """What the page allows passes the bridge's own validation; what is off beyond that has a code of its own."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 400:
        return
    code = response.json()["code"]
    assert code not in ("request-invalid", "request-malformed"), f"allowed by the page, refused as {code}"
