"""Where the lessons compute: on a GPU only if there is one to use, and in numbers that every GPU knows."""

import ast

import nbformat
import pytest
import torch
from lessons import LESSONS, NOTEBOOKS, cell_runner
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import helper

PART1, run_part1 = cell_runner(LESSONS[0])
PART8, run_part8 = cell_runner(LESSONS[7])


@pytest.fixture
def built_for_cuda(monkeypatch):
    """Return a function that says whether there is a GPU, to a PyTorch that was built for NVIDIA's."""

    def there_is(available):
        def current_accelerator(check_available=False):
            return torch.device("cuda") if available or not check_available else None

        monkeypatch.setattr(torch.accelerator, "is_available", lambda: available)
        monkeypatch.setattr(torch.accelerator, "current_accelerator", current_accelerator)

    return there_is


def test_pytorch_does_what_part_1_says_of_it():
    """Without the check it may name a GPU that is not there; with it, it never does."""
    if torch.accelerator.is_available():
        assert torch.accelerator.current_accelerator(check_available=True) == torch.accelerator.current_accelerator()
    else:
        assert torch.accelerator.current_accelerator(check_available=True) is None
    kinds = torch._C._accelerator_getAccelerator()  # what this PyTorch was built for
    assert torch.accelerator.current_accelerator() == kinds


@pytest.mark.parametrize(("available", "device", "says"), [(False, "cpu", "no GPU here"), (True, "cuda", "cuda")])
def test_a_gpu_that_is_built_in_but_not_there_is_not_taken(available, device, says, built_for_cuda):
    built_for_cuda(available)
    assert helper.device() == torch.device(device)
    space = {"__name__": "lesson"}
    run_part1(space, "setup")
    assert space["device"] == torch.device(device)
    assert f"computing on: {device}" in run_part1(space, "versions")
    run_part8(space, "setup")
    assert says in run_part8(space, "gpu-device")


def test_part_1_moves_tensors_where_no_gpu_is(built_for_cuda):
    built_for_cuda(False)
    space = {"__name__": "lesson", "batch": torch.rand(64, 784), "W1": torch.rand(784, 32)}
    run_part1(space, "setup")
    assert "back on the CPU: cpu" in run_part1(space, "devices-show")
    assert run_part1(space, "devices-fix") == "(64, 32)\n"


def unchecked(source):
    """Return the lines that ask for the accelerator without asking whether it is there."""
    tree, lines = ast.parse(source), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("current_accelerator"):
            checks = any(keyword.arg == "check_available" for keyword in node.keywords)
            if not checks and "accelerator.is_available()" not in source:
                lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_lesson_takes_a_gpu_without_a_look_whether_it_is_there(path):
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    assert not [cell.id for cell in cells if "current_accelerator" in cell.source and unchecked(cell.source)]
    assert unchecked("device = torch.accelerator.current_accelerator()") == [1]


class NoFloat64(TorchDispatchMode):
    """Stop at the first operation that makes a float64 tensor: a Mac's GPU has none."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        tensors = [leaf for leaf in tree_leaves(made) if torch.is_tensor(leaf)]
        if any(tensor.dtype == torch.float64 for tensor in tensors):
            raise TypeError(f"{function} made a float64 tensor")
        return made


def test_a_planted_float64_is_found():
    with pytest.raises(TypeError, match="made a float64 tensor"), NoFloat64():
        torch.zeros(3) * torch.ones(3, dtype=torch.float64)


@pytest.fixture(scope="module")
def part8():
    """What the cells of Part 8 define, with a few random pictures."""
    torch.manual_seed(0)
    space = {"__name__": "lesson", "class_names": ["cat", "dog"]}
    run_part8(space, "setup", "setup-course")
    space["device"] = torch.device("cpu")  # it stands for any other one: what is trained there is the same
    space["x_train"] = space["x_valid"] = torch.zeros(2, 3, 64, 64, dtype=torch.uint8)
    run_part8(space, "scratch-network", "scratch-input-do", "scratch-loop-do", "scratch-fit", "frozen-head", "8.3")
    run_part8(space, "cache-head", "gpu-step-make", "8.6", "8.7", "8.8")
    space["x"] = torch.randint(0, 256, (60, 3, 64, 64), dtype=torch.uint8)
    space["y"] = torch.arange(60) // 30
    return space


TRAINED = {
    "fit": "fit(small_cnn(), x, y, torch.optim.SGD([p], 0.1), 64, to_augmented_input)",
    "cache_features": "cache_features(nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()), x)",
    "train_head": "train_head(torch.rand(60, 8), y, epochs=3)",
    "train_step": "train_step(small, torch.optim.SGD([p], 0.1), x, y)",
    "evaluate": "evaluate(small, x, y, 2)",
    "most_similar": "most_similar(torch.rand(4, 8), torch.rand(5, 8))",
}


@pytest.mark.parametrize("name", TRAINED)
def test_what_part_8_trains_and_asks_on_the_device_is_never_float64(name, part8):
    space = {**part8, "small": part8["small_cnn"](), "p": torch.nn.Parameter(torch.rand(3))}
    with NoFloat64():
        eval(TRAINED[name], space)
