"""What a right answer must leave as it found it: switches of PyTorch, random numbers, names of the lesson, its inputs.

An answer that returns the right numbers and switches gradients off for the rest of the lesson is not right. The engine
looks at these things before and after each check, so that no check has to.
"""

import contextlib
import os
import random

import numpy as np
import torch

# What every notebook changes by itself, or what may change without harm
VOLATILE = {"In", "Out", "_", "__", "___", "exit", "quit", "get_ipython"}


class Surroundings:
    """The state of PyTorch and of the notebook around a check.

    Parameters
    ----------
    namespace : dict
        The names of the notebook.
    made : collection of str
        The names that the reader makes: these may change.
    """

    def __init__(self, namespace, made=()):
        self._namespace = namespace
        self._made = set(made)
        self._states = random.getstate(), np.random.get_state(), torch.get_rng_state()
        self._switches = read_switches()
        self._names = self._read_names()
        self._seed = None

    def seed(self, number=1729):
        """Start the random numbers anew, so that each check judges with the same ones.

        The seed is one that no lesson uses, so that an answer which sets its own is seen.
        """
        random.seed(number)
        np.random.seed(number)
        torch.default_generator.manual_seed(number)  # of the CPU: those of a GPU could not be put back so easily
        self._seed = torch.initial_seed()

    def problem(self, may_seed=False):
        """Return what is not as it was, as a sentence for the reader; "" when all is.

        Parameters
        ----------
        may_seed : bool
            Whether the exercise is about seeds, so that reseeding PyTorch is no mistake.
        """
        left = switch_left(self._switches)
        if left:
            return left
        if not may_seed and self._seed is not None and torch.initial_seed() != self._seed:
            return "Your code seeds PyTorch's random numbers for the whole notebook. Leave the seed as it is."
        names = self._read_names()
        for name, identity in self._names.items():
            if name not in names:
                return f"Your code deletes `{name}`, which the lesson needs."
            if names[name] != identity:
                return f"Your code puts something else in the lesson's `{name}`. Use a name of your own."
        return ""

    def restore(self):
        """Put back the random state, the switches of PyTorch and the working folder."""
        python, array, tensor = self._states
        random.setstate(python)
        np.random.set_state(array)
        torch.set_rng_state(tensor)
        torch.set_grad_enabled(self._switches["gradients"])
        torch.set_default_dtype(self._switches["the default dtype"])
        if torch.get_num_threads() != self._switches["the number of threads"]:
            torch.set_num_threads(self._switches["the number of threads"])
        if torch.get_default_device() != self._switches["the default device"]:
            torch.set_default_device(self._switches["the default device"])
        if torch.are_deterministic_algorithms_enabled() != self._switches["deterministic algorithms"]:
            torch.use_deterministic_algorithms(self._switches["deterministic algorithms"])
        if _working_folder() != self._switches["the working folder"]:
            with contextlib.suppress(OSError):  # it may be gone
                os.chdir(self._switches["the working folder"])

    def _read_names(self):
        names = {}
        for name, value in list(self._namespace.items()):
            is_name = isinstance(name, str) and not name.startswith("_")
            if is_name and name not in VOLATILE and name not in self._made:
                names[name] = id(value)
        return names


def read_switches():
    """Return the switches of PyTorch that an answer might leave at another value."""
    return {
        "gradients": torch.is_grad_enabled(),
        "inference mode": torch.is_inference_mode_enabled(),
        "the default dtype": torch.get_default_dtype(),
        "the default device": torch.get_default_device(),
        "the working folder": _working_folder(),
        "the number of threads": torch.get_num_threads(),
        "deterministic algorithms": torch.are_deterministic_algorithms_enabled(),
    }


def _working_folder():
    """Return the folder that relative paths start from; "" when it has been deleted."""
    try:
        return os.getcwd()  # noqa: PTH109 - asked twice for each call of an answer, and Path is slower
    except FileNotFoundError:
        return ""


def switch_left(before):
    """Return which of these switches is at another value now, as a sentence for the reader; "" when none is."""
    now = read_switches()
    for name, value in before.items():
        if now[name] != value:
            left = f"Your code leaves {name} at {now[name]}; before, it was {value}."
            return f"{left} The rest of the lesson would suffer."
    return ""


def fingerprint(thing, depth=0):
    """Return something that differs from what it was before if a tensor, a module, an array or a container changed.

    Tensors by their values, shape, dtype and `requires_grad`; modules by parameters, buffers and mode; lists, tuples,
    sets and dicts by their parts. Other things count as never changed.
    """
    if isinstance(thing, torch.nn.Module):
        parts = [fingerprint(value, depth + 1) for value in [*thing.parameters(), *thing.buffers()]]
        modes = tuple(module.training for module in thing.modules())
        return hash((tuple(parts), modes))
    if isinstance(thing, torch.Tensor):
        if thing.is_meta or thing.layout != torch.strided:
            return hash((tuple(thing.shape), thing.dtype))
        values = (
            thing.detach().cpu().resolve_conj().resolve_neg().flatten().clone(memory_format=torch.contiguous_format)
        )
        content = values.view(torch.uint8).numpy().tobytes() if values.numel() else b""
        return hash((tuple(thing.shape), str(thing.dtype), thing.requires_grad, content))
    if isinstance(thing, np.ndarray) and thing.dtype != object:
        return hash((thing.shape, str(thing.dtype), thing.tobytes()))
    if isinstance(thing, list | tuple) and depth < 4:
        return type(thing).__name__, tuple(fingerprint(part, depth + 1) for part in thing)
    if isinstance(thing, set | frozenset) and depth < 4:
        return type(thing).__name__, frozenset(fingerprint(part, depth + 1) for part in thing)
    if isinstance(thing, dict) and depth < 4:
        return type(thing).__name__, tuple((str(key), fingerprint(part, depth + 1)) for key, part in thing.items())
    if isinstance(thing, int | float | str | bytes | bool | type(None)):
        return type(thing).__name__, thing  # not its hash: -1 and -2 have the same
    return 0
