"""Part 8's way to a GPU, followed without one: on the device meta, and by a look at every tensor of every operation."""

import copy
import time

import nbformat
import pytest
import torch
from lessons import ROOT
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

LESSON = ROOT / "Part8_TransferLearning.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(LESSON, 4).cells}
NAMES = ["gpu-network-make", "gpu-scaler-dtype", "gpu-step-make", "gpu-time-honest", "gpu-table-make"]
NAMES += ["several-start-make", "several-main"]
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
    space = {"__name__": "lesson", "train_x": pictures[0], "train_y": pictures[1]}
    exec(compile(code.replace(old, new), "lesson", "exec"), space)
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


def step_on_meta(space, pictures, network=None):
    """Take one step of the lesson on meta, with a batch that begins on the CPU; return the loss and what happened."""
    network = (network or space["make_small"]()).to("meta", memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.9)
    scaler = torch.amp.GradScaler("cpu", enabled=False)
    x, y = (part[:8] for part in pictures)
    with Follow() as seen:
        loss = space["train_step"](network, optimizer, scaler, x, y, space["short_dtype"](META))
    assert all(state["momentum_buffer"].device == META for state in optimizer.state.values())
    return loss, seen


def test_every_tensor_of_a_step_is_on_the_device(pictures):
    loss, seen = step_on_meta(lesson(pictures), pictures)
    assert loss.device == META and not loss.requires_grad
    moved = [name for name, given, made in seen.calls if "cpu" in given and "meta" in made]
    print(f"{len(seen.calls)} operations on meta, {len(moved)} moves")
    assert len(seen.calls) > 30 and len(moved) == 2, "the pictures and the labels are moved, once each"
    assert seen.strays() == []


def test_the_network_of_the_table_and_the_one_of_section_8_too(pictures):
    space = lesson(pictures)
    with Follow() as seen:
        run = space["resnet_step"](META, True)
        seen.calls.clear()  # a network begins on the CPU, and is moved
        assert run().device == META
    assert seen.strays() == [] and len(seen.calls) > 300
    network, optimizer, history = space["begin"](ROOT / "no such file", META)
    scaler = torch.amp.GradScaler("cpu", enabled=False)
    assert space["train_step"](network, optimizer, scaler, pictures[0][:8], pictures[1][:8]).device == META
    assert history == []


@pytest.mark.parametrize(
    "old, new",
    [
        ("labels.to(device, non_blocking=True)", "labels"),
        ("pictures.to(device, non_blocking=True, memory_format=torch.channels_last)", "pictures"),
        (" / 127.5 - 1  # from", " / torch.full((3, 1, 1), 127.5) - 1  # from"),
        ("F.cross_entropy(network(x), y)", "F.cross_entropy(network(x), y, weight=torch.ones(2))"),
        ("return loss.detach()", "return loss.item()"),
    ],
)
def test_a_planted_tensor_on_the_cpu_raises(old, new, pictures):
    with pytest.raises(RuntimeError, match="not on the expected device|meta tensors"):
        step_on_meta(lesson(pictures, old, new), pictures)


def test_one_that_does_not_raise_is_seen_all_the_same(pictures):
    """A single number on the CPU may meet tensors of a GPU: slow, but allowed."""
    space = lesson(pictures, "F.cross_entropy(network(x), y)", "F.cross_entropy(network(x), y) + torch.tensor(0.0)")
    assert step_on_meta(space, pictures)[1].strays()


def test_autocast_computes_in_16_bits_and_trains_the_same_network(pictures):
    space, losses = lesson(pictures), {}
    for short in (None, torch.bfloat16):
        torch.manual_seed(0)
        network = space["make_small"]()
        optimizer, seen = torch.optim.SGD(network.parameters(), lr=0.02), []
        network[0].register_forward_hook(lambda module, given, made, seen=seen: seen.append(made.dtype))
        scaler = torch.amp.GradScaler("cpu", enabled=False)
        for _ in range(3):
            losses[short] = space["train_step"](network, optimizer, scaler, pictures[0][:16], pictures[1][:16], short)
        assert set(seen) == {short or torch.float32}
        assert (
            {p.dtype for p in network.parameters()} == {p.grad.dtype for p in network.parameters()} == {torch.float32}
        )
    assert abs(losses[None] - losses[torch.bfloat16]) < 0.02


@pytest.mark.parametrize("overflow", [False, True])
def test_the_scaler_changes_no_step_and_leaves_out_those_that_overflow(overflow, pictures):
    space = lesson(pictures)
    network = space["make_small"]()
    plain, before = copy.deepcopy(network), copy.deepcopy(network)
    if overflow:
        network[0].weight.register_hook(lambda grad: grad * float("inf"))
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16)
    for net, used in ((network, scaler), (plain, torch.amp.GradScaler("cpu", enabled=False))):
        space["train_step"](net, torch.optim.SGD(net.parameters(), lr=0.1), used, pictures[0][:16], pictures[1][:16])
    assert scaler.get_scale() == 2.0 ** (15 if overflow else 16)
    torch.testing.assert_close(network.state_dict(), (before if overflow else plain).state_dict())
    assert not torch.equal(plain[0].weight, before[0].weight)


@pytest.mark.parametrize("bfloat16", [True, False])
def test_the_short_numbers_fit_the_device(bfloat16, pictures, monkeypatch):
    short = lesson(pictures)["short_dtype"]
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: bfloat16 or including_emulation
    )
    assert short(torch.device("cuda", 0)) == (torch.bfloat16 if bfloat16 else torch.float16)
    assert short(torch.device("mps")) == short(torch.device("xpu")) == torch.bfloat16
    assert short(torch.device("cpu")) is None


@pytest.mark.parametrize("old, honest", [("", True), ("torch.accelerator.synchronize(device)", False)])
def test_the_clock_waits_for_the_device(old, honest, pictures, monkeypatch):
    """A device whose work takes 20 ms after the call: the lesson's clock sees them, one that does not wait does not."""
    monkeypatch.setattr(torch.accelerator, "synchronize", lambda device: time.sleep(0.02))
    space = lesson(pictures, old, "pass" if old else "")
    assert (space["milliseconds"](lambda: None, META) >= 19) == honest


@pytest.mark.parametrize("gpus, index, wanted", [(0, 0, "cpu"), (1, 1, "cpu"), (2, 1, "cuda:1"), (4, 0, "cuda:0")])
def test_each_process_gets_a_gpu_or_all_stay_on_the_cpu(gpus, index, wanted, pictures, monkeypatch):
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("cuda"))
    assert lesson(pictures)["place_of"](index, 2) == torch.device(wanted)


def test_on_the_gpu_itself(pictures):
    if not torch.accelerator.is_available():
        pytest.skip("no GPU here")
    space, device, losses = lesson(pictures), torch.accelerator.current_accelerator(), []
    for place, short in ((torch.device("cpu"), None), (device, None), (device, space["short_dtype"](device))):
        torch.manual_seed(0)
        network = space["make_small"]().to(place, memory_format=torch.channels_last)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.9)
        scaler = torch.amp.GradScaler(place.type, enabled=short == torch.float16)
        for _ in range(5):
            loss = space["train_step"](network, optimizer, scaler, pictures[0][:16], pictures[1][:16], short)
        losses.append(loss.item())
    assert max(losses) - min(losses) < 0.05
