"""Part 8's way to a GPU, followed without one: on the device meta, and by a look at every tensor of every operation."""

import contextlib

import nbformat
import pytest
import torch
from lessons import ROOT
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

LESSON = ROOT / "Part8_TransferLearning.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(LESSON, 4).cells}
NAMES = ["scratch-network", "gpu-step-make"]
META = torch.device("meta")


@pytest.fixture(scope="module")
def pictures():
    chance = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (400, 3, 128, 128), generator=chance, dtype=torch.uint8)
    return x, torch.randint(0, 2, (400,), generator=chance)


def lesson(pictures, old="", new=""):
    """Return what the lesson's cells define; one piece of their code may be replaced by another."""
    code = "\n\n".join([CELLS["setup"], *(CELLS[name] for name in NAMES)])
    assert old in code, f"the lesson no longer says {old!r}"
    space = {"__name__": "lesson", "class_names": ["cat", "dog"]}
    exec(compile(code.replace(old, new), "<lesson>", "exec"), space)
    return space


class Follow(TorchDispatchMode):
    """Note for every operation on which devices its tensors are, and which of them it makes."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        given, made_on = ({t.device.type for t in tree_leaves(x) if torch.is_tensor(t)} for x in ((args, kwargs), made))
        self.calls.append((function.overloadpacket.__name__, given, made_on))
        return made

    def strays(self):
        """Return the operations that made something on the CPU, and those that met it there without moving it."""
        return [name for name, given, made in self.calls if "cpu" in made or ("cpu" in given and name != "_to_copy")]


def step_on_meta(space, pictures):
    """Take one step of the lesson on meta, with a batch that begins on the CPU; return the loss and what happened."""
    network = space["small_cnn"]().to("meta", memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.9)
    x, y = (part[:8] for part in pictures)
    autocast = torch.autocast
    torch.autocast = lambda *given, **options: contextlib.nullcontext()  # there is none for meta
    try:
        with Follow() as seen:
            loss = space["train_step"](network, optimizer, x, y)
    finally:
        torch.autocast = autocast
    assert all(state["momentum_buffer"].device == META for state in optimizer.state.values())
    return loss, seen


def test_every_tensor_of_a_step_is_on_the_device(pictures):
    loss, seen = step_on_meta(lesson(pictures), pictures)
    assert loss.device == META and not loss.requires_grad
    moved = [name for name, given, made in seen.calls if "cpu" in given and "meta" in made]
    print(f"{len(seen.calls)} operations on meta, {len(moved)} moves")
    assert len(seen.calls) > 30 and len(moved) == 2, "the pictures and the labels are moved, once each"
    assert seen.strays() == []


@pytest.mark.parametrize(
    "old, new",
    [
        ("targets.to(device, non_blocking=True)", "targets"),
        ("batch.to(device, non_blocking=True, memory_format=torch.channels_last)", "batch"),
        (" / 127.5 - 1", " / torch.full((3, 1, 1), 127.5) - 1"),
        ("F.cross_entropy(model(x), y)", "F.cross_entropy(model(x), y, weight=torch.ones(2))"),
        ("return loss.detach()", "return loss.item()"),
    ],
)
def test_a_planted_tensor_on_the_cpu_raises(old, new, pictures):
    with pytest.raises(RuntimeError, match="not on the expected device|meta tensors"):
        step_on_meta(lesson(pictures, old, new), pictures)


def test_one_that_does_not_raise_is_seen_all_the_same(pictures):
    """A single number on the CPU may meet tensors of a GPU: slow, but allowed."""
    space = lesson(pictures, "F.cross_entropy(model(x), y)", "F.cross_entropy(model(x), y) + torch.tensor(0.0)")
    assert step_on_meta(space, pictures)[1].strays()


@pytest.mark.parametrize("bfloat16", [True, False])
def test_bfloat16_is_used_where_a_gpu_has_it(bfloat16, pictures, monkeypatch):
    has_fast_bfloat16 = lesson(pictures)["has_fast_bfloat16"]
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: bfloat16 or including_emulation
    )
    assert has_fast_bfloat16(torch.device("cuda", 0)) == bfloat16
    assert has_fast_bfloat16(torch.device("mps")) and has_fast_bfloat16(torch.device("xpu"))
    assert not has_fast_bfloat16(torch.device("cpu"))


def test_autocast_computes_in_16_bits_and_trains_the_same_network(pictures):
    space, losses = lesson(pictures), {}
    for short in (False, True):
        torch.manual_seed(0)
        network, seen = space["small_cnn"](), []
        space["has_fast_bfloat16"] = lambda place, short=short: short
        optimizer = torch.optim.SGD(network.parameters(), lr=0.02)
        network[0].register_forward_hook(lambda module, given, made, seen=seen: seen.append(made.dtype))
        for _ in range(3):
            losses[short] = space["train_step"](network, optimizer, pictures[0][:16], pictures[1][:16])
        assert set(seen) == {torch.bfloat16 if short else torch.float32}
        assert {p.dtype for p in network.parameters()} == {torch.float32}
    assert abs(losses[False] - losses[True]) < 0.05


def test_on_the_gpu_itself(pictures):
    if not torch.accelerator.is_available():
        pytest.skip("no GPU here")
    space, losses = lesson(pictures), []
    for place in (torch.device("cpu"), torch.accelerator.current_accelerator()):
        torch.manual_seed(0)
        network = space["small_cnn"]().to(place, memory_format=torch.channels_last)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.9)
        for _ in range(5):
            loss = space["train_step"](network, optimizer, pictures[0][:16], pictures[1][:16])
        losses.append(loss.item())
    assert max(losses) - min(losses) < 0.05
