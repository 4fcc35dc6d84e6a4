"""Wrappers that spoil a right answer in one way each: the kinds of mistakes that pass a careless check.

Each saboteur is code that runs after a right answer, in the same cell, and replaces what the answer made by something
that is right in most cases and wrong in one way: rounded, a view, right once only, right for one size only, and so on.
Which of them the card of an exercise allows stands in equivalents/, with the reason.
"""

import ast
from dataclasses import dataclass

HEAD = """
import torch as _torch

def _map(change, value):
    if isinstance(value, _torch.Tensor):
        return change(value)
    if type(value) in (list, tuple):
        return type(value)(_map(change, part) for part in value)
    if type(value) is float:
        changed = change(_torch.tensor(value, dtype=_torch.float64))
        return changed.item() if changed.ndim == 0 else value
    return value

def _tensors(values):
    found = []
    for value in values:
        if isinstance(value, _torch.Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += _tensors(value)
    return found

def _is_float(x):
    return x.is_floating_point()
"""
# What is done to each tensor of a result. `x` is the tensor.
RESULTS = {
    "rounded to one decimal": "(x * 10).round() / 10 if _is_float(x) else x",
    "clamped to one": "x.clamp(-1, 1) if _is_float(x) else x",
    "negative values lost": "x.clamp(min=0) if _is_float(x) else x",
    "a hundredth too large": "x * 1.01 if _is_float(x) else x",
    "as float16": "x.to(_torch.float16) if _is_float(x) else x",
    "cut off from the graph": "x.detach()",
    "transposed where square": "x.T if x.ndim == 2 and x.shape[0] == x.shape[1] else x",
    "one more dimension": "x[None]",
    "the first dimension lost where it is one": "x[0] if x.ndim > 1 and len(x) == 1 else x",
    "the last entry left out": "x[:-1] if x.ndim and len(x) > 1 else x",
    "the last entry as the first": "_torch.cat([x[:-1], x[:1]]) if x.ndim and len(x) > 1 else x",
    "in reverse order": "x.flip(0) if x.ndim else x",
}
# What is done around a call. `call()` gives the right result; `args` and `state` (a dict that stays) can be used.
CALLS = {
    "right for the first call only": """
    state["calls"] = state.get("calls", 0) + 1
    if state["calls"] > 1:
        return state["result"]
    state["result"] = call()
    return state["result"]""",
    "right for the first size only": """
    sizes = [tuple(x.shape) for x in _tensors(args)]
    state.setdefault("sizes", sizes)
    result = call()
    return result if sizes == state["sizes"] else _map(_torch.zeros_like, result)""",
    "nan for large inputs": """
    large = any(_is_float(x) and x.numel() and x.detach().abs().max() > 60 for x in _tensors(args))
    result = call()
    return _map(lambda x: x * float("nan") if _is_float(x) else x, result) if large else result""",
    "input changed afterwards": """
    result = call()
    with _torch.no_grad():
        for x in _tensors(args)[:1]:
            x.zero_()
    return result""",
    "gradients left off": """
    result = call()
    _torch.set_grad_enabled(False)
    return result""",
    "reseeds": """
    result = call()
    _torch.manual_seed(0)
    return result""",
    "default dtype left at float64": """
    result = call()
    _torch.set_default_dtype(_torch.float64)
    return result""",
    "a name of the lesson overwritten": """
    result = call()
    globals()["DATA"] = None
    return result""",
    "models left in the other mode": """
    result = call()
    for thing in args:
        if isinstance(thing, _torch.nn.Module):
            thing.train(not thing.training)
    return result""",
    "parameters left frozen": """
    result = call()
    for thing in args:
        if isinstance(thing, _torch.nn.Module):
            thing.requires_grad_(False)
    return result""",
    "returns nothing": """
    call()""",
}
VALUES = {  # what is done to a tensor that the reader makes
    name: code
    for name, code in RESULTS.items()
    if name not in ("cut off from the graph", "as float16", "clamped to one", "negative values lost")
}


@dataclass(frozen=True)
class Saboteur:
    """A spoiled answer: the kind of mistake, the name that it spoils, and the whole code of the cell."""

    kind: str
    name: str
    code: str

    @property
    def change(self):
        """The saboteur in words: "layer: rounded to one decimal"."""
        return f"{self.name}: {self.kind}"


def saboteurs(source, made):
    """Return the Saboteurs of a right answer.

    Parameters
    ----------
    source : str
        The code of a right answer.
    made : list of str
        The names that the exercise judges.
    """
    body = ast.parse(source).body
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    classes = {node.name: node for node in body if isinstance(node, ast.ClassDef)}
    found = []
    for name in made:
        if name in functions:
            found += _of_function(source, name, functions[name])
        elif name in classes:
            found += _of_class(source, name)
        else:
            found += _of_value(source, name)
    return found


def _of_function(source, name, definition):
    """Return the saboteurs of a function."""
    found = []
    gives = any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(definition))
    wrapper = "\n_right_{0} = {0}\n\ndef {0}(*args, **kwargs):\n{1}\n"
    if gives:
        for kind, change in RESULTS.items():
            lines = f"    return _map(lambda x: {change}, _right_{name}(*args, **kwargs))"
            found.append(Saboteur(kind, name, source + HEAD + wrapper.format(name, lines)))
    for kind, lines in CALLS.items():
        if kind == "returns nothing" and not gives:
            continue
        start = f"    call = lambda: _right_{name}(*args, **kwargs)\n    state = _state_{name}"
        code = source + HEAD + f"\n_state_{name} = {{}}\n" + wrapper.format(name, start + lines)
        found.append(Saboteur(kind, name, code))
    for index, argument in enumerate(definition.args.args):
        lines = f"""    given = list(args)
    if len(given) > {index}:
        given[{index}] = _first_{name}.setdefault({index}, given[{index}])
    if {argument.arg!r} in kwargs:
        kwargs[{argument.arg!r}] = _first_{name}.setdefault({index}, kwargs[{argument.arg!r}])
    return _right_{name}(*given, **kwargs)"""
        code = source + HEAD + f"\n_first_{name} = {{}}\n" + wrapper.format(name, lines)
        found.append(Saboteur(f"always the first {argument.arg}", name, code))
    return found


def _of_class(source, name):
    """Return the saboteurs of a class: of a module by its forward pass, of any class by what it shares."""
    found = []
    base = f"\n_Right{name} = {name}\n\nclass {name}(_Right{name}):\n"
    for kind, change in RESULTS.items():
        lines = "    def __call__(self, *args, **kwargs):\n"
        lines += f"        return _map(lambda x: {change}, super().__call__(*args, **kwargs))\n"
        found.append(Saboteur(kind, name, source + HEAD + base + lines))
    lines = "    def __init__(self, *args, **kwargs):\n        _torch.manual_seed(0)\n"
    lines += "        super().__init__(*args, **kwargs)\n"
    found.append(Saboteur("reseeds", name, source + HEAD + base + lines))
    lines = "    _only = None\n\n    def __new__(cls, *args, **kwargs):\n        if cls._only is None:\n"
    lines += "            cls._only = super().__new__(cls)\n        return cls._only\n"
    found.append(Saboteur("all objects are one", name, source + HEAD + base + lines))
    return found


def _of_value(source, name):
    """Return the saboteurs of something else that the reader makes: a tensor, a dict, a list, a model."""
    found = []
    for kind, change in VALUES.items():
        code = f"{source}{HEAD}\n{name} = _map(lambda x: {change}, {name})\n"
        found.append(Saboteur(kind, name, code))
    for kind, lines in {
        "the last entry as the first": "{0}[list({0})[-1]] = {0}[list({0})[0]]",
        "the last entry left out": "{0}.pop(list({0})[-1])",
        "all values as text": "{0} = {{key: str(value) for key, value in {0}.items()}}",
    }.items():
        code = f"{source}\nif isinstance({name}, dict):\n    {lines.format(name)}\n"
        found.append(Saboteur(f"dict, {kind}", name, code))
    for kind, lines in {
        "left in the other mode": "{0}.train(not {0}.training)",
        "frozen": "{0}.requires_grad_(False)",
        "one layer zero": "next({0}.parameters()).data.zero_()",
    }.items():
        code = f"{source}{HEAD}\nif isinstance({name}, _torch.nn.Module):\n    {lines.format(name)}\n"
        found.append(Saboteur(f"model, {kind}", name, code))
    return found
