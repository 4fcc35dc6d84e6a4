"""The checks of Part 6, Saving and loading."""

import collections.abc
import contextlib
import copy
import errno
import functools
import inspect
import io
import os
import random
import stat
import sys
import tempfile
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from exercises.compare import (
    as_number,
    assert_on_device,
    assert_predictions,
    assert_same,
    describe,
    is_same,
    shares_memory,
)
from exercises.judge import Hint, exercise

# What the checks of this lesson share


@contextlib.contextmanager
def new_folder():
    """Give an empty folder of the check's own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        yield Path(place).resolve()


def read_file(path):
    """Return what a file holds, without running code, and the error if torch.load refuses it."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True), None
    except Exception as error:  # which one depends on where a file is broken
        return None, error


def assert_loads(path, which):
    """Assert that torch.load accepts a file; return what it holds."""
    content, error = read_file(path)
    if error is None:
        return content
    assert zipfile.is_zipfile(path), f"torch.load refuses {which}: it is not written by torch.save, or not to its end."
    is_module = "torch.nn.modules" in str(error)
    assert not is_module, f"torch.load refuses {which}: it holds the module itself. Save its state_dict()."
    raise AssertionError(f"torch.load refuses {which}: it may hold plain values and tensors, no module or NumPy array.")


def named_keys(keys):
    """Return keys as a reader writes them: 'the key "mean"', 'the keys "mean", "std"'."""
    return f"the key{'s' if len(keys) > 1 else ''} " + ", ".join(f'"{key}"' for key in keys)


def content_of(path):
    """Return the bytes of a file, None if there is none."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def error_of(function, *given):
    """Return the error that a call raises, None if it raises none."""
    try:
        function(*given)
    except Hint:  # it came back without a result, so it raised nothing
        return None
    except Exception as error:
        return error
    return None


def is_equal(one, two):
    """Whether two things are equal to the last bit: tensors, and containers of them; nan equals nan."""
    if isinstance(one, torch.Tensor) or isinstance(two, torch.Tensor):
        tensors = isinstance(one, torch.Tensor) and isinstance(two, torch.Tensor)
        return tensors and one.dtype == two.dtype and is_same(one, two, atol=0, rtol=0)
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(is_equal(one[key], two[key]) for key in two)
    if isinstance(one, list | tuple) and isinstance(two, list | tuple):
        return len(one) == len(two) and all(map(is_equal, one, two))
    try:
        return bool(one == two)
    except Exception:  # an array, or an object with an equality of its own
        return False


def copy_of(state):
    """Return a copy of a state_dict, which stays as it is when the network changes."""
    return {name: value.detach().clone() for name, value in state.items()}


def mode_of(model):
    """Return the mode of a network in words."""
    return "train" if any(module.training for module in model.modules()) else "eval"


def is_trainable(model):
    """Return for each parameter whether gradients are computed for it."""
    return [parameter.requires_grad for parameter in model.parameters()]


def look_at(model):
    """Return what a function that only saves a network must leave as it is, by its name."""
    gradients = [None if parameter.grad is None else parameter.grad.clone() for parameter in model.parameters()]
    return {
        "mode": mode_of(model),
        "the numbers": copy_of(model.state_dict()),
        "requires_grad": is_trainable(model),
        "the gradients": gradients,
    }


def assert_untouched(model, before, name):
    """Assert that a function left a network as it was looked at before."""
    now = look_at(model)
    assert now["mode"] == before["mode"], (
        f"`{name}` switched a network in {before['mode']} mode to {now['mode']} mode: leave its mode as it is."
    )
    for what, value in before.items():
        assert is_equal(now[what], value), f"`{name}` changes {what} of the network: leave them as they are."


def assert_normal(model, name):
    """Assert that a network which a function filled can be trained on, as far as inference mode goes."""
    tensors = [*model.parameters(), *model.buffers()]
    assert not any(tensor.is_inference() for tensor in tensors), (
        f"`{name}` makes the network in inference mode, so it can't be trained on: leave inference_mode out there."
    )


def give_gradients(model):
    """Give a network gradients, as after backward()."""
    for parameter in model.parameters():
        parameter.grad = torch.rand_like(parameter)


def spoil(model):
    """Change all numbers of a network in place."""
    with torch.no_grad():
        for tensor in [*model.parameters(), *model.buffers()]:
            tensor.add_(3)


def assert_loaded(found, wanted, before, which):
    """Assert that the state_dict of a network is the wanted one; `before` is what it was before it was filled."""
    assert list(found) == list(wanted), f"{which} should have the entries {list(wanted)}, but it has {list(found)}."
    assert_on_device(found, wanted, which)
    wrong = [name for name in wanted if not is_equal(found[name], wanted[name])]
    if not wrong:
        return
    untouched = all(is_equal(found[name], before[name]) for name in wrong)
    is_buffer = {name: name.split(".")[-1].startswith(("running_", "num_batches")) for name in wanted}
    if untouched and all(is_buffer[name] for name in wrong):
        raise AssertionError(f"The buffers are lost, such as {wrong[0]}: save and load the whole state_dict().")
    how = "is still that of a new one" if untouched else "differs"
    raise AssertionError(f"{which} does not hold the weights that were saved: {wrong[0]} {how}.")


def run_after_sizes(function, *given, hint):
    """Call a function of the reader; say the hint where the sizes of file and network do not fit."""
    try:
        return function(*given)
    except RuntimeError as error:
        assert "size mismatch" not in str(error), hint
        raise


def move_to_a_gpu(path):
    """Let a file say that its tensors were saved on a GPU which no computer has, so only map_location can load it."""
    content, _ = read_file(path)
    torch.save(content, path)  # as PyTorch writes strings by default, whatever the reader's function did
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data.replace(b"X\x03\0\0\0cpu", b"X\x07\0\0\0cuda:99"))


def run_without_gpu(function, *given):
    """Call a function of the reader that loads a file; say so where the tensors of the file want to go to a GPU."""
    try:
        return function(*given)
    except RuntimeError as error:
        assert "deserialize object on" not in str(error), (
            "The file may come from a GPU that this computer does not have, and then torch.load fails: "
            'load to the CPU with map_location="cpu".'
        )
        raise


# 6.1


@exercise("6.1")
def predict_the_bytes(sizes):
    x = torch.zeros(1000)
    things = {
        "x": x,
        "x.half()": x.half(),
        "x[:10]": x[:10],
        "x[:10].clone()": x[:10].clone(),
        "[x, x]": [x, x],
        "[x, x + 1]": [x, x + 1],
    }
    elements = dict(zip(things, (1000, 1000, 10, 10, 1000, 2000), strict=True))
    hints = {
        "x": "it has 1,000 elements. How many bits does a float32 have, and how many bytes are these?",
        "x.half()": "how many bits does a float16 have, and how many bytes are these?",
        "x[:10]": "a slice is a view. What is saved is its storage, whole.",
        "x[:10].clone()": "a clone has a storage of its own. How long is it?",
        "[x, x]": "this is one storage, named twice. How often is it saved?",
        "[x, x + 1]": "is the sum in the storage of x, or in a new one?",
    }

    def hint(code, size, right):
        if size == elements[code]:
            return "that is the number of elements. How many bytes does each of them take?"
        if size == 8 * right:
            return "these are bits. A byte has 8 of them."
        if size * 1000 == right:
            return "these are kilobytes: write bytes."
        return hints[code]

    def read(size):
        number = as_number(size)
        if number is None:
            raise ValueError
        return number

    truth = {code: float(data_bytes(thing)) for code, thing in things.items()}
    assert_predictions(sizes, truth, hint, read, "the number of bytes, such as 400")


def data_bytes(thing):
    """Return how many bytes the storages of a thing take in a file of torch.save."""
    file = io.BytesIO()
    torch.save(thing, file)
    with zipfile.ZipFile(file) as archive:
        return sum(entry.file_size for entry in archive.infolist() if "/data/" in entry.filename)


# 6.2


@exercise("6.2", may_change_inputs=True)
def save_and_restore(save, restore):
    def with_norm():
        return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))

    def wide():
        return nn.Linear(2, 7).double()

    def nested():
        return nn.Sequential(nn.Conv2d(1, 2, 3), nn.ModuleDict({"norm": nn.BatchNorm2d(2), "relu": nn.PReLU()}))

    with new_folder() as folder:
        for make in (with_norm, wide, nested):
            judge_save_and_restore(save, restore, make, folder)


def judge_save_and_restore(save, restore, make, folder):
    """Save two networks of a kind, change them, move the files, and restore both."""
    saved = []
    for name, mode in (("one.pt", True), ("another one.pth", False)):
        model, path = make().train(mode), folder / name
        with torch.no_grad():
            for tensor in [*model.parameters(), *model.buffers()]:
                tensor.add_(torch.randint(1, 9, tensor.shape))
        next(model.parameters()).data.view(-1)[:2] = torch.tensor([1e30, torch.nan])
        state = copy_of(model.state_dict())
        if not mode:
            torch.save(make().state_dict(), path)  # of an earlier save, to be written over
        judge_save(save, model, path)
        moved = folder / f"moved-{name}"
        path.replace(moved)
        spoil(model)  # what is done to the network later must not matter
        saved.append((moved, state))
    restored = []
    for (path, state), mode in zip([*saved, saved[0], saved[0]], (True, False, False, True), strict=True):
        if len(restored) == 3:
            move_to_a_gpu(path)
        model = make().train(mode)
        list(model.parameters())[-1].requires_grad_(False)
        judge_restore(restore, model, path, state)
        restored.append(model)
    spoil(restored[0])
    assert is_equal(restored[2].state_dict(), saved[0][1]), (
        "Two networks that are restored from one file share their tensors: read the file anew for each of them."
    )


def judge_save(save, model, path):
    """Judge that a network is written to a file, and stays as it is."""
    give_gradients(model)
    before, old = look_at(model), content_of(path)
    save(model, path)
    assert_untouched(model, before, "save")
    assert path.is_file(), f"There is no file at the path after save(model, Path({path.name!r}))."
    assert content_of(path) != old, "The file that was at the path is still there: `save` should write over it."
    content = assert_loads(path, "the file")
    assert content is not None, "The file holds None: what should torch.save write?"


def judge_restore(restore, model, path, state):
    """Judge that a new network is filled from a file, switched to eval mode and returned."""
    before, trainable = copy_of(model.state_dict()), is_trainable(model)
    content = path.read_bytes()
    try:
        result = run_without_gpu(restore, model, path)
    except (RuntimeError, AttributeError) as error:
        assert "hidden" not in str(error), (
            "Your code takes the network of the lesson: save and fill the `model` that is given, of whatever kind."
        )
        raise
    assert not hasattr(result, "missing_keys"), (
        "`restore` returns the report of load_state_dict. Return the network itself."
    )
    assert not isinstance(result, dict), "`restore` returns a dictionary, as torch.load does: fill the network with it."
    assert isinstance(result, nn.Module), f"`restore` should return the network, but it is {describe(result)}."
    assert_loaded(result.state_dict(), state, before, "The network that `restore` returns")
    assert result is model, "`restore` returns another network than the one it was given. Fill that one and return it."
    assert mode_of(result) == "eval", "The restored network is in train mode, with dropout at work: eval() is missing."
    assert is_trainable(result) == trainable, "`restore` changes requires_grad of the parameters: leave it as it is."
    assert_normal(result, "restore")
    assert path.is_file() and path.read_bytes() == content, "`restore` changes the file: it should only read it."


# 6.3

KEYS = ["version", "config", "state", "classes", "mean", "std"]


@exercise("6.3", may_change_inputs=True)
def file_that_explains_itself(save_model, load_model, *, make_network):
    cases = [
        ({"hidden": 5, "outputs": 3, "dropout": 0.5}, ["sun", "moon", "star"], 0.25, 0.5),
        ({"outputs": 4, "hidden": 6}, ["d", "b", "a", "c"], 0.1307, 120.3081),
        ({"hidden": 7}, [str(number) for number in range(10)], -1.52, 1),
        ({}, [f"class {number}" for number in range(10)], 0, 3.75),
    ]
    with new_folder() as folder:
        saved = []
        for number, (config, classes, mean, std) in enumerate(cases):
            model, path = make_network(**config).train(number % 2 == 0), folder / f"file {number}.pt"
            model.hidden.bias.data[:2] = torch.tensor([1e30, -7.25])
            content = {"version": 1, "config": config, "state": copy_of(model.state_dict())}
            content |= {"classes": classes, "mean": mean, "std": std}
            if number == 2:
                torch.save({"version": 1}, path)  # of an earlier save, to be written over
            judge_save_model(save_model, path, model, content)
            saved.append((path, content))
            spoil(model)
        for number, (path, content) in enumerate(saved):
            judge_load_model(load_model, path.replace(folder / f"moved {number}.pt"), content, make_network)
        judge_versions(load_model, folder / "by hand.pt", saved[0][1], make_network)


def judge_save_model(save_model, path, model, content):
    """Judge that a file with the six entries is written, and that the network stays as it is."""
    config, classes = dict(content["config"]), list(content["classes"])
    give_gradients(model)
    before, old = look_at(model), content_of(path)
    save_model(path, model, config, classes, content["mean"], content["std"])
    assert_untouched(model, before, "save_model")
    unchanged = config == content["config"] and classes == content["classes"]
    assert unchanged, "`save_model` changes the config or the classes that it is given: leave them as they are."
    assert path.is_file(), "`save_model` wrote no file at the path."
    assert content_of(path) != old, "The file that was at the path is still there: `save_model` should write over it."
    judge_content(assert_loads(path, "the file"), content, "The file")


def judge_content(found, content, which):
    """Judge that a dictionary has the six entries, as they were given."""
    assert isinstance(found, dict), f"{which} should hold one dictionary, but it holds {describe(found)}."
    lacking = [key for key in KEYS if key not in found]
    assert not lacking, f"{which} lacks {named_keys(lacking)}."
    assert as_number(found["version"]) == 1, f'"version" should be the number 1, but it is {found["version"]!r:.60}.'
    assert isinstance(found["config"], dict), f'"config" should be a dictionary, but it is {describe(found["config"])}.'
    assert is_equal(found["config"], content["config"]), (
        f'"config" should be {content["config"]}, as it was given, but it is {found["config"]!r:.100}.'
    )
    assert isinstance(found["state"], dict), f'"state" should be the state_dict, but it is {describe(found["state"])}.'
    assert found["state"].keys() == content["state"].keys(), (
        f'"state" should be the state_dict with the names {list(content["state"])}, not {list(found["state"])}.'
    )
    for name, value in content["state"].items():
        assert is_equal(found["state"][name], value), f'"state": {name} is not as it is in the network.'
    names = found["classes"]
    assert isinstance(names, list | tuple), f'"classes" should be a list, but it is {describe(names)}.'
    assert sorted(map(str, names)) != sorted(content["classes"]) or list(names) == content["classes"], (
        f'"classes" should be in the order that was given, {content["classes"]}, not {list(names)}.'
    )
    assert list(names) == content["classes"], f'"classes" should be {content["classes"]}, as given, not {list(names)}.'
    for key, other in (("mean", "std"), ("std", "mean")):
        number = found[key]
        assert as_number(number) is not None, f'"{key}" should be a number, but it is {describe(number)}.'
        assert isinstance(number, int | float), (
            f'"{key}" should be the number {content[key]}, as it was given, but it is {describe(number)}.'
        )
        if number != content[key]:
            assert number != content[other], f"mean and std are swapped in {which[0].lower()}{which[1:]}."
            raise AssertionError(f'{which} holds {number!r} as "{key}", and {content[key]} was given.')


def judge_load_model(load_model, path, content, make_network):
    """Judge the network and the dictionary that come out of a file."""
    hint = "The network that `load_model` builds has other sizes than the config says: make_network(**config)."
    results, before = [], content_of(path)
    for _ in range(2):
        try:
            result = run_after_sizes(functools.partial(run_without_gpu, load_model), path, hint=hint)
        except KeyError as error:
            key = error.args[0] if error.args else ""
            assert not isinstance(key, str) or key not in ("hidden", "outputs", "dropout"), (
                f"`load_model` looks for {key!r}, but config may be {content['config']} alone: pass on what it has."
            )
            raise
        assert isinstance(result, tuple | list) and len(result) == 2, (
            f"`load_model` returns two things, the network and the dictionary. Here it is {describe(result)}."
        )
        network, found = result
        assert not (isinstance(network, dict) and isinstance(found, nn.Module)), (
            "`load_model` returns the dictionary before the network: first the network, then the dictionary."
        )
        assert isinstance(network, nn.Module), f"First the network should be returned, but it is {describe(network)}."
        assert isinstance(found, dict), f"Second the dictionary should be returned, but it is {describe(found)}."
        results.append(network)
        assert content_of(path) == before, "`load_model` changes the file: it should only read it."
    for network in results:
        wanted = make_network(**content["config"])
        loaded = {name: value.shape for name, value in network.state_dict().items()}
        assert loaded == {name: value.shape for name, value in wanted.state_dict().items()}, hint
        assert_on_device(network.state_dict(), content["state"], "The network that `load_model` returns")
        lost = "The weights are not those of the file: load_state_dict is missing, or it got something else."
        assert is_equal(network.state_dict(), content["state"]), lost
        dropout = [module.p for module in network.modules() if isinstance(module, nn.Dropout)]
        right = [module.p for module in wanted.modules() if isinstance(module, nn.Dropout)]
        assert dropout == right, (
            f"The dropout of the network is {dropout}, and {right} by the config: pass on all of the config."
        )
        assert mode_of(network) == "eval", "The loaded network is in train mode: eval() is missing."
        assert all(is_trainable(network)), (
            "The parameters of the loaded network have requires_grad=False: it should be possible to train them on."
        )
        assert_normal(network, "load_model")
    judge_content(found, content, "The dictionary that `load_model` returns")
    spoil(results[0])
    assert is_equal(results[1].state_dict(), content["state"]), "Two calls of `load_model` share one network."


def judge_versions(load_model, path, content, make_network):
    """Judge files that were not written by the reader's function: of version 1, from a GPU, and of other versions."""
    torch.save({key: content[key] for key in reversed(KEYS)}, path)
    judge_load_model(load_model, path, content, make_network)
    move_to_a_gpu(path)
    judge_load_model(load_model, path, content, make_network)
    strange = {"layers": [784, 5, 3], "version": 2, "weights": torch.zeros(3)}
    other = content | {"version": 3, "config": {"width": 5}}
    files = [content | {"version": version} for version in (0, 2, -1, 17)]
    for found in [*files, other, strange]:
        torch.save(found, path)
        error = error_of(load_model, path)
        version = found["version"]
        assert error is not None, (
            f"A file of version {version} should raise a ValueError, but `load_model` raises nothing."
        )
        late = "Look at the version before you use anything else of the file. " if found in (other, strange) else ""
        assert isinstance(error, ValueError), (
            f"A file of version {version} should raise a ValueError. {late}"
            f"Yours raises {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        )


# 6.4


@exercise("6.4", may_change_inputs=True)
def load_what_fits(load_fitting):
    def make(classes):
        layers = {"hidden": nn.Linear(4, 6), "norm": nn.BatchNorm1d(6), "output": nn.Linear(6, classes)}
        model = nn.Sequential(OrderedDict(layers))
        model(torch.randn(8, 4))  # moves the running mean of the batch norm
        return model

    extra = {"extra.weight": torch.zeros(2)}
    other = copy_of(make(10).state_dict())
    backwards = extra | dict(reversed(list(copy_of(make(5).state_dict()).items())))
    judge_fitting(load_fitting, make(3).eval(), other | extra)
    judge_fitting(load_fitting, make(10), other | extra)
    judge_fitting(load_fitting, make(10), other)
    judge_fitting(load_fitting, make(5), backwards)
    judge_fitting(load_fitting, make(7).eval(), OrderedDict(backwards))
    judge_fitting(load_fitting, make(2), {})
    judge_fitting(load_fitting, make(3), {f"net.{name}": value for name, value in other.items()})
    square = nn.Linear(5, 5)
    square.bias.requires_grad_(False)
    judge_fitting(load_fitting, square, {"weight": torch.randn(5, 5), "bias": torch.randn(5)})
    judge_fitting(load_fitting, nn.Linear(4, 6), {"weight": torch.randn(4, 6), "bias": torch.randn(6, 1)})
    judge_fitting(load_fitting, nn.Linear(4, 6), {"weight": torch.randn(1, 4), "bias": torch.randn(1)})
    judge_fitting(load_fitting, nn.Linear(4, 6), {"bias": torch.randn(6).double(), "weight": torch.randn(24)})
    judge_fitting(load_fitting, nn.BatchNorm1d(1), {"num_batches_tracked": torch.tensor([3]), "bias": torch.ones(())})


def judge_fitting(load_fitting, model, state):
    """Judge what is loaded into a network, and which names are returned."""
    give_gradients(model)
    gradients = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    before, mode, trainable = copy_of(model.state_dict()), mode_of(model), is_trainable(model)
    fitting = [name for name in state if name in before and state[name].shape == before[name].shape]
    left = [name for name in state if name not in fitting]
    given = list(state)
    copies = copy_of(state)
    hint = (
        "load_state_dict stops at a size mismatch: strict=False forgives names, not shapes. "
        "Choose the entries whose names and whole shapes fit first."
    )
    result = run_after_sizes(load_fitting, model, state, hint=hint)
    assert list(state) == given, "The function changes the dictionary `state` that it is given: build a new one."
    assert all(state[name] is not None and is_equal(state[name], copies[name]) for name in given), (
        "The function changes tensors of `state`: copy FROM them into the network."
    )
    now = model.state_dict()
    judge_names(result, left, fitting, state, before)
    assert list(now) == list(before), f"The network should keep its entries {list(before)}, but it has {list(now)}."
    for name in before:
        judge_entry(name, now[name], before[name], state, fitting, all(is_equal(now[n], before[n]) for n in fitting))
        assert not (name in fitting and shares_memory(now[name], state[name])), (
            f"{name} of the network shares its memory with `state`: copy the values."
        )
    assert mode_of(model) == mode, (
        f"The network was in {mode} mode, and the function leaves it in {mode_of(model)} mode."
    )
    assert is_trainable(model) == trainable, "The function changes requires_grad of the parameters: leave it as it is."
    for name, parameter in model.named_parameters():
        assert name in fitting or is_equal(parameter.grad, gradients[name]), (
            f"{name} does not fit, but its gradient changed. Leave it as it is."
        )
    assert_normal(model, "load_fitting")
    spoil(model)
    assert all(is_equal(state[name], copies[name]) for name in given), (
        "What is done to the network later changes `state`: copy the values."
    )


def judge_names(result, left, fitting, state, before):
    """Judge the list of names that were left out."""
    assert not hasattr(result, "missing_keys"), "Return a list of names, not the report of load_state_dict."
    is_listed = isinstance(result, list | tuple | collections.abc.Set)
    assert is_listed, f"The function should return a list of names, but it is {describe(result)}."
    names = list(result)
    assert all(isinstance(name, str) for name in names), "The list should hold names, and nothing else."
    if sorted(names) == sorted(left):
        return
    twice = [name for name in names if names.count(name) > 1]
    assert not twice, f"{twice[0]!r} stands twice in the list."
    assert not fitting or sorted(names) != sorted(fitting), (
        f"{names} were loaded. Return the names in `state` that were left out."
    )
    empty = [name for name in before if name not in fitting]
    lost = [name for name in left if name not in names]
    assert not names or sorted(names) != sorted(empty), (
        "The list has the names of the network for which nothing was loaded, its missing keys. "
        f"Return the names in `state` that were left out{f', such as {lost[0]}' if lost else ''}."
    )
    foreign = [name for name in names if name not in state]
    assert not foreign, f"{foreign[0]!r} is a name of the network, not of `state`. Return those of `state` left out."
    loaded = [name for name in names if name in fitting]
    buffers = [name for name in fitting if name.split(".")[-1].startswith(("running", "num_"))]
    assert not loaded or loaded != [name for name in names if name in buffers] or len(loaded) < len(buffers), (
        f"The buffer {buffers[0]} fits too. Look in state_dict(), not among the parameters alone."
    )
    assert not loaded, f"{loaded[0]} fits by name and shape, but it is in the list of those left out."
    name = lost[0]
    why = f"its shape is {tuple(state[name].shape)}" if name in before else "the network has no such name"
    wanted = f", and the network has {tuple(before[name].shape)} there" if name in before else ""
    raise AssertionError(f"{name} does not fit, so it should be in the list of those left out: {why}{wanted}.")


def judge_entry(name, now, before, state, fitting, is_nothing_loaded):
    """Judge one entry of the network: loaded if it fits, else as before."""
    assert now.shape == before.shape, (
        f"{name} of the network should keep the shape {tuple(before.shape)}, but it has {tuple(now.shape)}."
    )
    assert now.dtype == before.dtype, f"{name} of the network was of dtype {before.dtype}, and is {now.dtype} now."
    if name not in fitting:
        assert is_equal(now, before), f"{name} does not fit, but it changed. Leave it as it is."
        return
    if is_equal(now, state[name].to(before.dtype)):
        return
    assert not is_nothing_loaded, f"Nothing was loaded: {name}, for one, would fit."
    assert not is_equal(now, before), f"{name} was not loaded, but it would fit."
    raise AssertionError(f"{name} was loaded, but with other values than those in `state`.")


# 6.5

PARTS = ["model", "optimizer", "scheduler", "order", "random", "epoch", "history"]
OBJECTS = {  # of a run -> how to fill the one that it has
    "model": "load_state_dict: the optimizer holds the parameters of that one",
    "optimizer": "load_state_dict: the scheduler drives that one",
    "scheduler": "load_state_dict",
    "order": "set_state",
}


@exercise("6.5", seconds=60, may_seed=True)
def resume_exactly(snapshot, resume, *, Run):
    x, y = torch.randn(120, 1, 28, 28), torch.randint(10, (120,))
    with new_folder() as folder:
        files = []
        for number, (epochs, history) in enumerate([(2, [2 / 3, 5 / 9]), (0, []), (3, [8 / 9, 4 / 7, 3 / 7])]):
            whole = run_of(Run, epochs, history, x, y)
            files.append(folder / f"run {number}.pt")
            judge_snapshot(snapshot, whole, files[-1])
            judge_resume(resume, Run, files[-1], whole, x, y)
        judge_keys(resume, Run, files[0], files[2])


def run_of(Run, epochs, history, x, y):
    """Return a run after some epochs, with random states that no seed of the lesson leads to."""
    run = Run()
    torch.manual_seed(epochs + 11)
    random.seed(epochs + 12)
    np.random.seed(epochs + 13)
    run.order.manual_seed(epochs + 14)
    for _ in range(epochs):
        one_epoch(run, x, y)
    run.history = list(history)
    random.gauss(0, 1)  # Python and NumPy keep the second of two such numbers: it is part of their states
    np.random.randn()
    return run


def one_epoch(run, x, y):
    """Train for one epoch. Every source of random numbers has its say."""
    run.model.train()
    for picked in torch.randperm(len(x), generator=run.order).split(50):
        scale = 0.5 + random.random() + np.random.rand()
        loss = F.cross_entropy(run.model(x[picked] * scale), y[picked])
        run.optimizer.zero_grad()
        loss.backward()
        run.optimizer.step()
    run.scheduler.step()
    run.epoch += 1


def random_states():
    """Return the states of the three sources of random numbers."""
    name, numbers, *rest = np.random.get_state()
    return {"Python": random.getstate(), "NumPy": [name, numbers.tolist(), *rest], "PyTorch": torch.get_rng_state()}


def set_random_states(states):
    """Put the states of `random_states` back."""
    name, numbers, *rest = states["NumPy"]
    random.setstate(states["Python"])
    np.random.set_state((name, np.array(numbers, dtype=np.uint32), *rest))
    torch.set_rng_state(states["PyTorch"])


def parts_of(run):
    """Return copies of the parts of a run, and of the random states of now, by the keys of the card."""
    parts = {"model": run.model.state_dict(), "optimizer": run.optimizer.state_dict()}
    parts |= {"scheduler": run.scheduler.state_dict(), "order": run.order.get_state()}
    parts |= {"random": random_states(), "epoch": run.epoch, "history": run.history}
    return copy.deepcopy(parts)


def judge_objects(run, own, name):
    """Judge that a run still has its own objects, `own`, after a function was called."""
    for part, how in OBJECTS.items():
        assert getattr(run, part, None) is own[part], (
            f"`{name}` puts something else in the place of run.{part}. Keep what the run has, and fill it with {how}."
        )
    held = [id(parameter) for group in run.optimizer.param_groups for parameter in group["params"]]
    assert held == [id(parameter) for parameter in run.model.parameters()], (
        "The optimizer holds other parameters than the model has now: copy the values into those that were there."
    )


def judge_values(run, name):
    """Judge that the history and the epoch are of the right kind after a function was called."""
    assert torch.is_grad_enabled(), f"`{name}` leaves gradients switched off, for the rest of the lesson as well."
    history, epoch = getattr(run, "history", None), getattr(run, "epoch", None)
    assert isinstance(history, list), f"run.history should be a list after `{name}`, but it is {describe(history)}."
    assert as_number(epoch) is not None, f"run.epoch should be a number after `{name}`, but it is {describe(epoch)}."


def judge_snapshot(snapshot, run, path):
    """Judge the dictionary of a run, write it to a file, and judge that the run is as it was."""
    before, network, own = parts_of(run), look_at(run.model), dict(vars(run))
    checkpoint = snapshot(run)
    judge_objects(run, own, "snapshot")
    judge_values(run, "snapshot")
    after = parts_of(run)
    assert is_equal(after["random"], before["random"]), (
        "`snapshot` changes the random state, so the run itself goes another way. It should only look."
    )
    changed = [part for part in PARTS if not is_equal(after[part], before[part])]
    assert not changed, f"`snapshot` changes run.{changed[0]}. It should only look."
    assert_untouched(run.model, network, "snapshot")
    assert isinstance(checkpoint, dict), f"`snapshot` should return a dictionary, but it is {describe(checkpoint)}."
    lacking = [part for part in PARTS if part not in checkpoint]
    assert not lacking, f"The dictionary of `snapshot` lacks {named_keys(lacking)}."
    advice = {
        "order": "save its get_state().",
        "random": "np.random.get_state() holds a NumPy array, so take random_state().",
        "epoch": "save the plain number.",
        "history": "save a list of plain numbers.",
    }
    for part in [*PARTS, "the whole dictionary"]:
        assert not inspect.ismethod(checkpoint.get(part)), f"{part!r} is a method: its parentheses, (), are missing."
        try:
            torch.save(checkpoint.get(part, checkpoint), path)
            torch.load(path, weights_only=True)
        except Exception:
            raise AssertionError(
                f"torch.load refuses {part!r}, which may hold tensors and plain values, no objects: "
                f"{advice.get(part, 'save its state_dict().')}"
            ) from None


def judge_resume(resume, Run, file, whole, x, y):
    """Judge a new run that takes the place of another one: part by part, and by one more epoch of training."""
    wanted = parts_of(whole)
    states = wanted["random"]
    late = Run()  # this seeds the random numbers
    torch.manual_seed(0)
    random.seed(1)
    np.random.seed(2)
    own, new = dict(vars(late)), parts_of(late)
    call_resume(resume, late, torch.load(file, weights_only=True))
    judge_objects(late, own, "resume")
    judge_values(late, "resume")
    got = parts_of(late)
    changed = [part for part in PARTS if part != "random" and not is_equal(got[part], new[part])]
    assert changed, "The run that `resume` was given is still as new: put the parts into it, not into another run."
    assert is_equal(got["epoch"], wanted["epoch"]), (
        f"run.epoch should be {wanted['epoch']}, since it counts what is done, but run.epoch is {got['epoch']!r:.40}."
    )
    assert is_equal(got["history"], wanted["history"]), (
        f"run.history is not restored: it should be {wanted['history']}, but it is {got['history']!r:.80}."
    )
    assert_on_device(got["model"], wanted["model"], "After `resume`, run.model")
    assert is_equal(got["model"], wanted["model"]), "The weights are not restored: run.model has others than the saved."
    assert got["optimizer"]["state"] or not wanted["optimizer"]["state"], (
        "The optimizer is not restored: its running averages are empty. Load its state."
    )
    judge_scheduler(late, whole)
    for part in ("optimizer", "scheduler"):
        entries = [key for key in wanted[part] if not is_equal(got[part].get(key), wanted[part][key])]
        assert not entries, f"The {part} is not restored: {entries[0]!r} of its state_dict() is not as it was saved."
    assert is_equal(got["order"], wanted["order"]), (
        "The order of the pictures is not restored: run.order has another state than the saved one."
    )
    lost = [name for name in states if not is_equal(got["random"][name], states[name])]
    assert not lost, f"The random state of {', '.join(lost)} is not restored."
    ends = []
    for run in (whole, late):
        set_random_states(states)
        try:
            one_epoch(run, x, y)
        except Exception as error:
            raise AssertionError(f"The resumed run can't be trained on: {type(error).__name__}: {error}") from None
        ends.append(parts_of(run))
    assert is_equal(*ends), "After one more epoch, the resumed run differs from the one that was not interrupted."


def call_resume(resume, run, checkpoint):
    """Call `resume`; say so where it writes the random state of now into the checkpoint."""
    saved = copy.deepcopy(checkpoint["random"])
    try:
        resume(run, checkpoint)
    except Hint:
        assert is_equal(checkpoint.get("random"), saved), (
            '`resume` changes checkpoint["random"]. It is the other way round: set_random_state(checkpoint["random"]).'
        )
        raise


def judge_scheduler(late, whole):
    """Judge the steps of a scheduler that was restored, and the learning rate."""
    steps, done = late.scheduler.last_epoch, whole.scheduler.last_epoch
    assert steps or not done, "The scheduler is not restored: its cosine begins anew. Load its state."
    assert steps == done, f"The scheduler has made {steps} steps, not {done}: load its state, and nothing more."
    rate, right = (run.optimizer.param_groups[0]["lr"] for run in (late, whole))
    assert rate == right, f"The learning rate should be {right:.6f}, as saved, but it is {rate:.6f}."


def judge_keys(resume, Run, one, two):
    """Judge that each part stands under its own key: resume with one part of another checkpoint at a time."""

    def resumed(checkpoint):
        run = Run()
        resume(run, checkpoint)
        return parts_of(run)

    def load(file):
        return torch.load(file, weights_only=True)

    of_one, of_two = resumed(load(one)), resumed(load(two))
    for part in PARTS:
        wanted = of_one | {part: of_two[part]}
        got = resumed(load(one) | {part: load(two)[part]})
        wrong = [name for name in PARTS if not is_equal(got[name], wanted[name])]
        assert not wrong, (
            f"Each part should be under its own key, but another run's checkpoint[{part!r}] "
            f"leads to a wrong {wrong[0]!r}."
        )


# 6.6

WORDS = ("names", "shapes", "device", "latest", "noisy", "repeats", "fine")


@exercise("6.6")
def what_breaks(outcomes):
    truth = {"A": "names", "B": "latest", "C": "noisy", "D": "repeats", "E": "device"}
    hints = {
        "A": "The file holds seven keys. Which names does the network look for?",
        "B": "Does best hold a copy, or the tensors that are being trained?",
        "C": "Everything is loaded. Which line is missing before the predictions?",
        "D": "What does helper.seed do to the state that resume has put back?",
        "E": "torch.load comes first. On which device does it want to put the tensors?",
    }

    def hint(letter, word, right):
        if word == "fine":
            return f"something goes wrong there. {hints[letter]}"
        return f"{word!r} is not what happens. {hints[letter]}"

    def read(word):
        if word.strip().lower() not in WORDS:
            raise ValueError
        return word.strip().lower()

    assert_predictions(outcomes, truth, hint, read, f"one of {', '.join(WORDS)}")


# 6.7


HALF = b"a file that is half written"


class Witness:
    """Stands in what is saved, and notes what the file at the path holds while torch.save is at work.

    It can also be saved by itself. It has a state_dict, which nobody asked for.
    """

    def __init__(self, path, during):
        self.path, self.during = path, during

    def __reduce__(self):  # torch.save calls this
        self.during.append(content_of(self.path))
        return OrderedDict, ()

    def state_dict(self):
        """Return something else than the Witness."""
        return {"x": torch.zeros(1)}


_at_work = []  # the Watch that looks on now


class Watch:
    """Looks on while a function saves to a path: what is forced to disk, what is renamed, and in which order.

    Parameters
    ----------
    path : Path
        Where the function saves to.
    function : callable
        The function of the reader. In the names of its notebook, os.fsync may stand under another name.
    broken : str, optional
        What shall fail: "fsync" or "rename".

    Attributes
    ----------
    during : list
        What the file at the path held while torch.save was at work.
    forced : dict
        Number of a file on its disk (inode) -> its bytes when it was forced to disk.
    moves : list of Move
        The renames to the path.
    elsewhere : list of Path
        Where other renames led.
    is_moved_away : bool
        Whether one of these took the file away that was at the path.
    """

    def __init__(self, path, function, broken=""):
        self.path, self.broken = path, broken
        self.during, self.forced, self.moves, self.elsewhere = [], {}, [], []
        self.is_moved_away = False
        self._real = [getattr(os, name) for name in ("fsync", "fdatasync") if hasattr(os, name)]
        self._own = [functools.partial(self._force, real) for real in self._real]
        function = inspect.unwrap(function)
        names = [getattr(function, "__globals__", {}), getattr(function, "__kwdefaults__", None) or {}]
        modules = [sys.modules[name] for name in ("os", "posix", "nt") if name in sys.modules]
        self._places = [names for names in [*map(vars, modules), *names] if isinstance(names, dict)]
        self._undo = []

    def __enter__(self):
        listen_to_renames()
        for names in self._places:
            for name, value in list(names.items()):
                if self._replacement(value) is not None:
                    self._undo.append((names, name, value))
                    names[name] = self._replacement(value)
        _at_work.append(self)
        return self

    def __exit__(self, *error):
        _at_work.remove(self)
        for names, name, value in self._undo:
            names[name] = value

    def _replacement(self, value):
        """Return what stands in for os.fsync, under whatever name; None for anything else."""
        for real, own in zip(self._real, self._own, strict=True):
            if value is real:
                return own
            if isinstance(value, functools.partial) and value.func is real:
                return functools.partial(own, *value.args, **value.keywords)
        return None

    def _force(self, real, fd):
        """Force a file to disk, and note what it holds."""
        number = fd if isinstance(fd, int) else fd.fileno()
        about = os.fstat(number)
        if self.broken == "fsync" and stat.S_ISREG(about.st_mode):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(fd)
        for file in self.path.parent.iterdir():
            if file.is_file() and file.stat().st_ino == about.st_ino:
                self.forced[about.st_ino] = file.read_bytes()

    def before_rename(self, source, target, source_folder, target_folder):
        """Note a rename to the path, just before it is done."""
        source, target = self._place(source, source_folder), self._place(target, target_folder)
        if target.parent.resolve() / target.name != self.path:
            self.elsewhere.append(target)
            self.is_moved_away |= source.parent.resolve() / source.name == self.path
            return
        if self.broken == "rename":
            raise OSError(errno.EACCES, "Permission denied")
        with contextlib.suppress(OSError):  # there is no such file: the rename itself will say so
            inside = source.parent.resolve() == self.path.parent
            self.moves.append(Move(source, inside, content_of(self.path), content_of(source), source.stat().st_ino))
            self.moves[-1].forced = self.forced.get(source.stat().st_ino)

    def _place(self, name, folder):
        """Return the path of a name that is given to os.rename, in an open folder or not."""
        path = Path(os.fsdecode(name))
        if folder not in (-1, None) and os.path.samestat(os.fstat(folder), self.path.parent.stat()):
            return self.path.parent / path
        return path


@dataclass
class Move:
    """A rename to the path: what stood there, what came, and what of it was on the disk."""

    source: Path
    inside: bool  # whether it comes from the folder of the path
    old: bytes | None
    new: bytes
    inode: int
    forced: bytes | None = None


@functools.cache
def listen_to_renames():
    """Be told by Python of every rename, whoever does it and by whatever function. This cannot be undone."""

    def hook(event, given):
        if event == "os.rename" and _at_work:
            _at_work[-1].before_rename(*given)

    sys.addaudithook(hook)


@exercise("6.7", seconds=60)
def save_atomically(atomic_save):
    with new_folder() as folder:
        for name in ("run/model.pt", "a b/epoch-12"):
            path = folder / name
            path.parent.mkdir()
            torch.save({"x": torch.zeros(50_000)}, path)
            neighbor = path.parent / "other.pt"
            neighbor.write_bytes(b"of somebody else")
            judge_save_to(atomic_save, {"x": torch.ones(50_000), "model": {}, "state": {}, "epoch": 3}, path)
            move = judge_save_to(atomic_save, {"y": [torch.arange(3), 2.5, "text", None]}, path)
            move.source.write_bytes(HALF * 100_000)  # as a crash may have left it
            judge_save_to(atomic_save, OrderedDict(z=torch.randn(3, 2).double()), path)
            judge_failures(atomic_save, path)
            judge_save_to(atomic_save, {"after": "errors"}, path)
            judge_save_to(atomic_save, [1, torch.tensor(2)], path.with_name("new.pt"))
            judge_save_to(atomic_save, None, path)
            assert content_of(neighbor) == b"of somebody else", "Another file of the folder is gone or changed."


def with_witness(what, witness):
    """Return a dictionary or list with a witness in it, or the witness alone."""
    if isinstance(what, dict):
        return what | {"witness": witness}
    return witness if what is None else [*what, witness]


def judge_save_to(atomic_save, what, path):
    """Judge one save of something with a witness in it; return its Move."""
    old = content_of(path)
    with Watch(path, atomic_save) as seen:
        try:
            atomic_save(with_witness(what, Witness(path, seen.during)), path)
        except FileExistsError as error:
            if error.filename2 is not None:  # as from `rename` on Windows
                raise AssertionError(
                    "At the path is a file, and your way to give the new one its name stops at that: "
                    f"`replace` takes its place, on every system. ({error})"
                ) from None
            raise AssertionError(
                "A half-written file of an earlier save is still there, and yours stops at it: write over it, "
                f"with the mode 'wb'. ({error})"
            ) from None
    assert seen.during or content_of(path) != old, "Nothing was saved: call torch.save(what, file)."
    assert seen.during, "The new file does not hold what was given: save all of `what`, as it is."
    for content in seen.during:
        assert content is not None or old is None, (
            "While the new file is written, there is no file at the path: the old one must stay."
        )
        assert content == old, "It writes in place: while torch.save is at work, the old file is already spoiled."
    new = content_of(path)
    assert new is not None or not seen.is_moved_away, (
        "The rename goes the wrong way, and takes the old file away from the path: beside.replace(path)."
    )
    assert new is not None, "After the save, there is no file at the path: the rename to it is missing."
    elsewhere = f"it goes to {seen.elsewhere[-1]}" if seen.elsewhere else "it is missing"
    assert new != old, f"The path still holds the old file. Look at the rename: {elsewhere}."
    assert seen.moves, "The file at the path is written over, which is in place: write another one, and rename it."
    for move in seen.moves:
        judge_move(move, seen, old)
    last = seen.moves[-1]
    assert new == last.new, "After the rename, the file at the path is written once more, which is in place."
    assert HALF not in new, (
        "A half-written file of an earlier save was there, and what it held is still in yours: "
        "the mode 'wb' begins with an empty file."
    )
    content = assert_loads(path, "the file at the path")
    right = with_witness(what, OrderedDict())
    is_right = is_equal(content, right) and type(content) is type(right)
    assert is_right, "The file at the path does not hold what was given: save all of `what`, as it is."
    return last


def judge_move(move, seen, old):
    """Judge a rename to the path."""
    assert move.inside, "The new file is written in another folder: write it beside, in the folder of the path."
    assert move.old is not None or old is None, (
        "The old file is removed before the rename, so for a moment there is none. replace does both at once."
    )
    assert move.old == old, "The old file is written over before the rename, which is in place."
    if move.forced == move.new:
        return
    late = seen.forced.get(move.inode)
    assert late is None or move.forced is not None, (
        "Renamed before all of it was on the disk: fsync comes first, then the rename."
    )
    assert move.forced is not None, "The new file is never forced to disk: os.fsync(file.fileno())."
    assert late == move.forced, "Renamed before all of it was on the disk: fsync comes first, then the rename."
    raise AssertionError("When fsync came, not all was written, or it was in Python's buffer: save and flush() first.")


def judge_failures(atomic_save, path):
    """Judge saves that go wrong: the old file stays, and the error is raised."""
    old = content_of(path)
    unsavable = {"x": torch.zeros(500), "bad": (part for part in "ab")}
    for what, broken, story in (
        (unsavable, "", "torch.save fails"),
        ({"x": torch.zeros(3)}, "fsync", "fsync fails, as on a full disk"),
        ({"x": torch.zeros(3)}, "rename", "the rename fails"),
    ):
        with Watch(path, atomic_save, broken):
            error = error_of(atomic_save, what, path)
        in_place = (
            "When the rename fails, yours writes in place instead, as shutil.move does, too: let the error through."
        )
        assert broken != "rename" or content_of(path) == old, in_place
        assert error is not None, f"When {story}, nobody is told: let errors through."
        assert content_of(path) == old, f"When {story}, the old file should stay at the path, unharmed."


# 6.8


@exercise("6.8")
def average_checkpoints(average):
    def with_norm(count):
        net = nn.Sequential(nn.Linear(2, 6), nn.BatchNorm1d(6))
        for _ in range(count):
            net(torch.randn(4, 2))
        return net.state_dict()

    same = nn.Linear(1, 1).state_dict()
    plain = [
        {
            "steps": torch.tensor([number, 300, -1], dtype=torch.int32),
            "scale": torch.tensor(float(number)),
            "large": torch.tensor([1e30 * number, -2e20]),
            "double": torch.tensor([number, 0.5]).double(),
            "half": torch.tensor([number, 0.5]).half(),
            "empty": torch.zeros(0),
        }
        for number in (1, 8, 3)
    ]
    first = [with_norm(count) for count in (1, 2, 3)]
    others = [
        [with_norm(count) for count in (2, 9, 1, 5, 3)],
        [with_norm(count) for count in (7, 4)],
        [with_norm(4)],
        [nn.Conv2d(1, 2, 3).state_dict() for _ in range(4)],
        [copy_of(same) for _ in range(3)],
        plain,
    ]
    judge_average(average, first)
    for states in others:
        judge_average(average, states, first)


def judge_average(average, states, first=()):
    """Judge the mean of several state_dicts; `first` are those of the first call."""
    before = [copy_of(state) for state in states]
    result = average(states)
    which = f"the average of {len(states)} state_dicts" if len(states) > 1 else "the average of one state_dict"
    for state, old in zip(states, before, strict=True):
        assert is_equal(state, old), "A given state changed: work on copies."
    assert isinstance(result, dict), f"Return a dictionary, name -> mean; yours is {describe(result)}."
    assert not any(result is state for state in states), "Return a new dictionary, not one of those that were given."
    lacking = [name for name in states[0] if name not in result]
    assert not lacking, f"The entry {lacking[0]!r} is missing: the result should have all names of the given states."
    more = [name for name in result if name not in states[0]]
    assert not more, f"The result has an entry {more[0]!r}, which the given states don't have."
    for name, value in states[-1].items():
        each = [state[name] for state in states]
        entry = f"In {which}, {name}"
        if not value.is_floating_point():
            judge_whole_numbers(result[name], each, name)
            continue
        total = sum(each)
        mistakes = {
            f"{name} is the sum: divide by how many states there are.": total,
            f"{name}, of {value.dtype}, is that of the last state alone: take the mean.": each[-1],
            f"{name} is that of the first state alone.": each[0],
            f"{name} is the mean of the first and the last state alone.": (each[0] + each[-1]) / 2,
            f"{name} is the mean without the last state.": lambda each=each: torch.stack(each[:-1]).mean(dim=0),
            f"{name} is the mean of the last three states: take all of them.": torch.stack(each[-3:]).mean(dim=0),
            f"{name} is the mean of the first three states: take all of them.": torch.stack(each[:3]).mean(dim=0),
            f"{name} weighs later states more: divide once, by how many there are.": functools.reduce(
                lambda one, two: (one + two) / 2, each
            ),
            f"{name} is the mean without the first state.": lambda each=each: torch.stack(each[1:]).mean(dim=0),
            f"{name} is divided by 3 always: divide by how many states there are.": total / 3,
            f"{name} is the sum divided by one less than there are states.": lambda total=total: (
                total / (len(states) - 1)
            ),
            f"{name} is the median: the mean is wanted.": torch.stack(each).median(dim=0).values,
            f"{name} is one mean over all numbers: take it over the states alone, dim=0.": torch.stack(each).mean(),
            f"{name} is a mean over dimension 1: in the stack, the states are dimension 0.": lambda each=each: (
                torch.stack(each).mean(dim=1)
            ),
        }
        if first and name in first[0]:
            once = torch.stack([state[name] for state in first]).mean(dim=0)
            mistakes[f"{name} is the mean of the states of an earlier call: compute it anew each time."] = once
        rounding = max(1e-4, 8 * torch.finfo(value.dtype).eps)
        assert_same(result[name], torch.stack(each).mean(dim=0), entry, mistakes, rtol=rounding)


def judge_whole_numbers(found, each, name):
    """Judge an entry of whole numbers: that of the last state."""
    assert isinstance(found, torch.Tensor), f"{name} should be a tensor, as in the states, but it is {describe(found)}."
    assert found.dtype == each[-1].dtype, (
        f"{name} should stay {each[-1].dtype}, but it is {found.dtype}: take the whole numbers of the last state."
    )
    mistakes = {
        f"{name} is that of the first state: take the whole numbers from the last state.": each[0],
        f"{name} is the sum: take the whole numbers from the last state.": sum(each),
        f"{name} is the largest one: take the whole numbers from the last state.": torch.stack(each).amax(dim=0),
        f"{name} is a mean: take the whole numbers from the last state.": torch.stack(each).double().mean(0).long(),
    }
    assert_same(found, each[-1], name, mistakes)


# 6.9


class Surprise:
    """An object whose pickle makes a folder when it is read."""

    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return os.mkdir, (self.marker,)


@exercise("6.9")
def newest_that_loads(newest):
    with new_folder() as folder:
        empty = folder / "empty"
        empty.mkdir()
        expect(newest, empty, None, "An empty folder holds no checkpoint")
        (empty / "epoch-notes.txt").write_text("hello", "utf-8")
        (empty / "epoch-13.pt.part").write_bytes(b"half")
        expect(newest, empty, None, "A folder without checkpoints")
        judge_by_number(newest, folder / "run")
        judge_broken(newest, folder / "crash")
        judge_code(newest, folder / "gift")
        judge_contents(newest, folder / "other")


def write_epochs(folder, *numbers):
    """Write checkpoints in this order, so that the last one has the latest date."""
    folder.mkdir(exist_ok=True)
    for place, number in enumerate(numbers):
        path = folder / f"epoch-{number}.pt"
        torch.save({"epoch": number, "weights": torch.ones(2)}, path)
        os.utime(path, (1_700_000_000 + place, 1_700_000_000 + place))


def expect(newest, folder, name, story, hints=None):
    """Judge what `newest` returns: the path of the file of this name, or None."""
    before = {path: content_of(path) for path in folder.rglob("*")}
    try:
        result = newest(folder)
    except Hint as hint:
        if "returns nothing" not in str(hint):
            raise
        result = None  # which may be right here
    except (ValueError, IndexError) as error:
        assert name is not None, f"{story}: return None. Yours raises {type(error).__name__}: {error}"
        raise
    after = {path: content_of(path) for path in folder.rglob("*")}
    assert after == before and folder.is_dir(), "`newest` changes the files of the folder: it should only look."
    if name is None:
        assert result is None, f"{story}: return None, and not {result!r:.60}."
        return
    wanted = f"{story}: the newest that loads is {name}"
    assert result is not None, f"{wanted}, but `newest` returns None."
    assert isinstance(result, str | os.PathLike), f"`newest` should return a path, but it is {describe(result)}."
    found = Path(result).name
    hint = (hints or {}).get(found)
    assert not hint, hint
    assert found == name, f"{wanted}, but `newest` returns {found or result!r}."
    assert Path(result).resolve() == folder / name, f"Return the whole path of {name}, not only the name."


def expect_among(newest, folder, name, other, story):
    """Judge what `newest` returns where the folder holds another file that does not matter."""
    try:
        expect(newest, folder, name, story)
    except (ValueError, IndexError, TypeError, OSError) as error:
        raise AssertionError(
            f"`newest` stops at {other}, which is not epoch-N.pt: leave such files out before you sort. "
            f"({type(error).__name__}: {error})"
        ) from None


def judge_by_number(newest, folder):
    """Judge that the number decides, not the text nor the date, and that other files do not matter."""
    write_epochs(folder, 3, 2, 1)
    story = "The folder holds the epochs 1 to 3"
    lowest = "epoch-1.pt has the lowest number. The highest is wanted, whatever the dates of the files."
    expect(newest, folder, "epoch-3.pt", story, {"epoch-1.pt": lowest})
    write_epochs(folder, 12, 9, 10, 11)
    texts = "9 is not the newest, 10 to 12 are there, too. Compare numbers, not texts, and take numbers of any length."
    dates = "11 was written last, but 12 is the newest: dates change when files are copied."
    hints = {"epoch-9.pt": texts, "epoch-11.pt": dates, "epoch-1.pt": "1 is the oldest: sort the other way round."}
    expect(newest, folder, "epoch-12.pt", "The folder holds the epochs 1 to 3 and 9 to 12", hints)
    others = ["old-epoch-50.pt", "epoch-notes.txt", "epoch-13.pt.part", "last.pt", "epoch-best.pt", "epoch-last.pt"]
    for other in others:
        torch.save({"other": torch.ones(2)}, folder / other)
        expect_among(newest, folder, "epoch-12.pt", other, f"{other} is not epoch-N.pt: leave it out")
    write_epochs(folder / "older", 77)
    expect_among(newest, folder, "epoch-12.pt", "older/epoch-77.pt", "A folder in the folder does not matter")
    write_epochs(folder, 123456789, 5000)
    story = "A number may have any length. Do not count, look which files the folder holds"
    expect(newest, folder, "epoch-123456789.pt", story, {"epoch-5000.pt": "123456789 is greater than 5000."})


def judge_broken(newest, folder):
    """Judge that files which do not load are passed over, whatever is wrong with them."""
    write_epochs(folder, *range(4, 10))
    whole = (folder / "epoch-4.pt").read_bytes()
    (folder / "epoch-10.pt").write_bytes(whole[:-9])
    expect_whole(newest, folder, "epoch-10.pt", "is torn")
    (folder / "epoch-11.pt").write_bytes(b"")
    expect_whole(newest, folder, "epoch-11.pt", "is empty")
    halves = whole[len(whole) // 2 :], whole[: len(whole) // 2]
    contents = (b"half", b"hello", b"abc", b"Gr\xc3\xbc\xc3\x9fe", bytes(range(256)), *halves)
    for number, content in enumerate(contents, 20):
        (folder / f"epoch-{number}.pt").write_bytes(content)
        expect_whole(newest, folder, f"epoch-{number}.pt", "is torn" if content in halves else f"holds {content[:8]!r}")
    with zipfile.ZipFile(folder / "epoch-30.pt", "w") as archive:
        archive.writestr("data.txt", "not of torch.save")
    expect_whole(newest, folder, "epoch-30.pt", "is another zip archive")
    (folder / "epoch-40.pt").mkdir()
    expect_whole(newest, folder, "epoch-40.pt", "is a folder")
    for number in range(4, 10):
        (folder / f"epoch-{number}.pt").write_bytes(whole[: number * 20])
    expect(newest, folder, None, "No file of the folder loads")


def expect_whole(newest, folder, broken, what):
    """Judge that `newest` passes over a file and goes on to the next one."""
    try:
        hints = {broken: f"{broken} {what}, and does not load: go back to epoch-9.pt."}
        expect(newest, folder, "epoch-9.pt", f"{broken} {what}", hints)
    except (AssertionError, Hint):
        raise
    except Exception as error:
        raise AssertionError(
            f"`newest` ends with {type(error).__name__} at {broken}, which {what}. "
            "Go on to the next one, whatever error torch.load raises."
        ) from None


def judge_code(newest, folder):
    """Judge that a file which holds code is passed over, and that the code does not run."""
    write_epochs(folder, 3, 4)
    marker = folder.parent / "marker"
    torch.save({"gift": Surprise(marker)}, folder / "epoch-14.pt")
    hint = " is refused by torch.load with weights_only=True: go on to the next one."
    try:
        expect(newest, folder, "epoch-4.pt", "14 holds code", {"epoch-14.pt": f"epoch-14.pt holds code and{hint}"})
    finally:
        assert not marker.exists(), "epoch-14.pt held code, and it ran: load with weights_only=True."
    torch.save(nn.Linear(1, 1), folder / "epoch-15.pt")
    expect(newest, folder, "epoch-4.pt", "15 holds a module", {"epoch-15.pt": f"epoch-15.pt holds a module and{hint}"})


def judge_contents(newest, folder):
    """Judge that what torch.load accepts is taken, whatever it holds: what counts as False, or as neither."""
    write_epochs(folder, 1)
    whole = "Whatever torch.load accepts is wanted: compare with `is not None`."
    for number, (content, what) in enumerate((({}, "an empty dictionary"), (torch.ones(2), "a tensor")), 2):
        path = folder / f"epoch-{number}.pt"
        torch.save(content, path)
        story = f"{path.name} holds {what}"
        try:
            expect(newest, folder, path.name, story, {f"epoch-{number - 1}.pt": f"{story}. {whole}"})
        except RuntimeError:
            raise AssertionError(f"{story}, and `newest` stops at it. {whole}") from None
