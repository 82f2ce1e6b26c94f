"""Runs programs whole and as steps, and says where the two differ: the last cell gathers in `seen` what is compared.

stdin: [{"cells": [source, ...], "steps": [{"replay": [source, ...], "inputs": [[name, step], ...], "outputs":
[name, ...]}, ...], "definitions": {name: [source, ...]}}, ...]; stdout: for each program null (equal, or the program itself fails) or what differs.

A step gets a copy of its inputs: all names that it takes from one step come out of one pickle, so that what they share
there stays shared; those of different steps are apart. Functions and classes are never copied, they are found by name.
"""

import io
import json
import pickle
import sys
import types

DEFINED = (types.FunctionType, type)


class Saver(pickle.Pickler):
    def persistent_id(self, obj):
        return obj.__name__ if isinstance(obj, DEFINED) and obj.__module__ == "notebook" else None


class Loader(pickle.Unpickler):
    def __init__(self, data, namespace, definitions):
        super().__init__(io.BytesIO(data))
        self.namespace = namespace
        self.definitions = definitions

    def persistent_load(self, name):
        # As the step runtime does with what an object turns out to need.
        if name not in self.namespace:
            for source in self.definitions[name]:
                exec(source, self.namespace)
        return self.namespace[name]


def shape(root):
    """What the value holds, with a number for each mutable object: equal for equal contents and equal sharing."""
    numbers = {}

    def of(value):
        if not isinstance(value, (list, dict, tuple, set)) and not hasattr(value, "__dict__"):
            return repr(value)
        if isinstance(value, tuple):
            return "(" + ", ".join(map(of, value)) + ")"
        if id(value) in numbers:
            return f"#{numbers[id(value)]}"
        numbers[id(value)] = len(numbers)
        head = f"#{numbers[id(value)]}="
        if isinstance(value, dict):
            return head + "{" + ", ".join(f"{key}: {of(item)}" for key, item in value.items()) + "}"
        if isinstance(value, set):
            return head + "{" + ", ".join(sorted(map(of, value))) + "}"
        if isinstance(value, list):
            return head + "[" + ", ".join(map(of, value)) + "]"
        return head + type(value).__name__ + of(vars(value))

    return of(root)


def fresh():
    return {"__name__": "notebook"}


def whole(cells):
    namespace = fresh()
    for cell in cells:
        exec(cell, namespace)
    return namespace


def stepwise(program):
    saved = []
    for cell, step in zip(program["cells"], program["steps"]):
        namespace = fresh()
        for source in step["replay"]:
            exec(source, namespace)
        wanted = {}
        for name, origin in step["inputs"]:
            wanted.setdefault(origin, []).append(name)
        for origin, names in sorted(wanted.items()):
            values = Loader(saved[origin], namespace, program["definitions"]).load()
            namespace.update((name, values[name]) for name in names if name in values)
        exec(cell, namespace)
        out = io.BytesIO()
        Saver(out).dump({name: namespace[name] for name in step["outputs"] if name in namespace})
        saved.append(out.getvalue())
    return namespace


def judge(program):
    try:
        right = shape(whole(program["cells"])["seen"])
    except Exception:
        return None
    try:
        got = shape(stepwise(program)["seen"])
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None if got == right else f"    is {got}\nshould {right}"


json.dump([judge(program) for program in json.load(sys.stdin)], sys.stdout)
