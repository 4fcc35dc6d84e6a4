"""The checks of Part 8, Transfer learning."""

import copy
import math
import re
import traceback
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode

from exercises import compare
from exercises.compare import as_number, assert_predictions, assert_same, describe, is_same, shares_memory
from exercises.judge import Hint, exercise
from exercises.surroundings import fingerprint


def call(what, function, *arguments, hints=None):
    """Call something of the reader's, so that whatever goes wrong in it is told as an error of the reader.

    An error in a line of the reader passes on, since the engine shows that line. One without such a line (a class of
    PyTorch in place of a function, a module without `forward`) becomes a hint.

    Parameters
    ----------
    what : str
        What is called, as the reader knows it: "Block(4, 8)".
    function : callable
        What to call with the arguments.
    hints : dict, optional
        Regular expression -> hint, for messages of PyTorch that leave one cause only.
    """
    try:
        result = function(*arguments)
    except Hint:
        raise
    except Exception as error:
        text = _first_line(error)
        for pattern, hint in (hints or {}).items():
            assert not re.search(pattern, str(error)), f"{hint} PyTorch says: {text}"
        if _in_notebook(error):
            raise
        raise AssertionError(f"{what} stops with {type(error).__name__}: {text}") from None
    finally:
        gradients, dtype = torch.is_grad_enabled(), torch.get_default_dtype()
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
    text = "Your code leaves gradients switched off for all cells to come: use `with torch.no_grad():`."
    assert gradients, text
    assert dtype == torch.float32, f"Your code leaves {dtype} as PyTorch's default dtype: the next cells would suffer."
    for part in result if isinstance(result, tuple | list) else [result]:
        if isinstance(part, torch.Tensor):
            is_plain = part.layout == torch.strided and not part.is_quantized and not part.is_complex()
            assert is_plain, f"{what} gives a sparse, quantized or complex tensor. Return an ordinary one."
    return result


def _first_line(error):
    return str(error).strip().partition("\n")[0] or "no message"


def _in_notebook(error):
    """Whether an error came up in, or below, a line of a notebook: its cells are no files on the disk."""
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return any(not file.startswith("<frozen") and not Path(file).exists() for file in files)


def assert_values(got, want, name, mistakes=None, atol=1e-5, rtol=1e-4):
    """Assert as `compare.assert_values` does, and say also where the right values stand in other rows."""
    hints = dict(mistakes or {})
    hints[f"{name}: the right values stand in other rows."] = lambda: want[one_by_one_order(got, want)]
    compare.assert_values(got, want, name, hints, atol, rtol)


def one_by_one_order(one, two):
    """Return for each row of a tensor the row of another one that is closest, so that another order can be told."""
    distances = torch.cdist(one.detach().double().reshape(len(one), -1), two.double().reshape(len(two), -1))
    order = distances.argmin(dim=1)
    is_order = len(order.unique()) == len(order)
    return order if is_order else torch.arange(len(order))


def as_pair(result, what):
    """Return the two parts of a result; say so where there are not two."""
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    assert is_pair, f"Return two things, {what}. What comes back is {describe(result)}."
    return result


# 8.1


@exercise("8.1", seconds=20)
def residual_block(Block):
    for inputs, outputs, stride in ((4, 4, 1), (4, 8, 1), (4, 4, 2), (6, 3, 2), (3, 5, 3), (7, 7, 1)):
        arguments = (inputs, outputs) if stride == 1 else (inputs, outputs, stride)
        name = f"Block{arguments}"
        block = call(name, Block, *arguments)
        assert isinstance(block, nn.Module), f"{name} should be an nn.Module, but it is {describe(block)}."
        x = torch.randn(3, inputs, 12, 6)
        convolutions = judge_layers(name, block, x, outputs, stride)
        judge_block_values(name, block, convolutions, x, stride)
        other = call(name, Block, *arguments)
        assert other is not block, f"Two calls of {name} give the same object: each should make a new block."
        judge_block_values(name, block, convolutions, 5 * torch.randn(1, inputs, 5, 9), stride)


def judge_layers(name, block, x, outputs, stride):
    """Judge of which layers a block consists; return its 3 × 3 convolutions as they are called, then its projection."""
    inputs, kept = x.shape[1], x.clone()
    projects = inputs != outputs or stride != 1
    calls, result, error = run_watched(block.eval(), x)  # first of all, since lazy layers are made by it
    found = [layer for layer in block.modules() if isinstance(layer, nn.Conv2d)]
    norms = [layer for layer in block.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert found, f"There are no convolutions in {name}: make them in __init__, as self.something = nn.Conv2d(...)."

    large = [layer for layer in found if layer.kernel_size == (3, 3)]
    small = [layer for layer in found if layer.kernel_size == (1, 1)]
    other = [layer for layer in found if layer not in large and layer not in small]
    assert not other, f"{name} has a convolution of kernel size {other and other[0].kernel_size}, not (3, 3) or (1, 1)."
    assert len(large) == 2, f"{name} should have two 3 × 3 convolutions, and it has {len(large)}: look at the table."
    with_bias = [layer for layer in found if layer.bias is not None]
    assert not with_bias, f"A convolution of {name} has a bias: bias=False, since batch norm takes it away again."
    reason = "the channels differ" if inputs != outputs else "its stride makes the maps smaller"
    assert small or not projects, f"{name} needs a projection in its shortcut, a 1 × 1 convolution: {reason}."
    assert projects or not small, f"The shortcut of {name} should be x itself, and it has a 1 × 1 convolution."
    assert len(small) <= 1, f"{name} should have one 1 × 1 convolution, and it has {len(small)}."
    for layer in norms:
        assert layer.affine, "Batch norm should also scale and shift by learned numbers: leave affine as it is."
        assert layer.running_mean is not None, "Batch norm should keep running statistics for eval()."
    want = 3 if projects else 2
    text = f"{name} should have {want} batch norms, one after each convolution, and it has {len(norms)}."
    assert len(norms) == want, text + (" The projection has one as well." if projects else "")

    rows, columns = (math.ceil(side / stride) for side in x.shape[2:])
    shape = (len(x), outputs, rows, columns)
    branch = [layer for layer, _ in calls if layer in large]
    parts = {"first 3 × 3 convolution": branch[:1], "second 3 × 3 convolution": branch[1:2], "projection": small}
    for part, layers in parts.items():
        came = next((tuple(output.shape) for layer, output in calls if layers and layer is layers[0]), shape)
        advice = "padding=1 keeps height and width, a stride divides them"
        if part == "first 3 × 3 convolution":
            advice = "padding=1, and it has the stride"
        if part == "second 3 × 3 convolution":
            advice = "padding=1, and no stride"
        if part == "projection":
            advice = "no padding, and the same stride as the branch"
        start = f"{name}: from {tuple(x.shape)} the {part} should make {shape}, but it makes {came}"
        assert came == shape, f"{start}. It needs {outputs} output channels, {advice}."
    if error is not None:
        call(name, _raise, error)
    assert x.equal(kept), f"{name} changes the x that it is given: no in-place operation on it."
    assert result is not None, "`forward` returns nothing. Does it end with `return`?"
    assert isinstance(result, torch.Tensor), f"`forward` should return a tensor, but it returns {describe(result)}."
    came = tuple(result.shape)
    assert came == shape, f"{name} should turn {tuple(x.shape)} into {shape}, but it gives {came}."
    assert result.dtype == x.dtype, f"{name} turns {x.dtype} into {result.dtype}: keep the dtype."
    judge_use(name, block, x, [*found, *norms])
    return [*branch[:2], *small]


def _raise(error):
    raise error


def run_watched(block, x):
    """Run a block; return its convolutions with their outputs as they were called, what it returned, and its error."""
    calls, hooks = [], []
    for layer in block.modules():
        if isinstance(layer, nn.Conv2d):
            hooks.append(layer.register_forward_hook(lambda layer, given, output: calls.append((layer, output))))
    result, error = None, None
    try:
        result = block(x)
    except Exception as raised:
        error = raised
    for hook in hooks:
        hook.remove()
    return calls, result, error


def judge_use(name, block, x, layers):
    """Judge whether a block uses all of its parameters, and has none but those of its layers."""
    known = {id(p) for layer in layers for p in layer.parameters()}
    extra = [called for called, p in block.named_parameters() if id(p) not in known]
    assert not extra, f"{name} has parameters that the table does not have: {', '.join(extra)}."
    block.train()
    result = block(x)
    assert result.requires_grad, f"The result of {name} carries no gradient: the block could not learn."
    call(f"The way back through {name}", result.square().sum().backward)
    idle = [called for called, p in block.named_parameters() if p.grad is None]
    text = f"Made in {name}, but no gradient reaches it: {', '.join(idle)}. Use each layer, with its own batch norm."
    assert not idle, text
    block.zero_grad()


def fill_block(block):
    """Give a block random convolutions without biases, and batch norm as new."""
    for layer in block.modules():
        if isinstance(layer, nn.Conv2d):
            layer.weight.data = torch.randn(layer.weight.shape) / 4
        if isinstance(layer, nn.BatchNorm2d):
            layer.weight.data.fill_(1)
            layer.bias.data.zero_()
            layer.reset_running_stats()


def norm(x, training):
    """Return what a new batch norm gives."""
    if training:
        return F.batch_norm(x, None, None, training=True)
    return F.batch_norm(x, torch.zeros(x.shape[1]), torch.ones(x.shape[1]))


def judge_block_values(name, block, convolutions, x, stride):
    """Judge the numbers that a block gives, in eval() and in train(), and the gradient that goes through it."""
    fill_block(block)
    kept = x.clone()
    w1, w2, *projection = (layer.weight.detach() for layer in convolutions)

    if not projection:
        with torch.no_grad():
            zero = ReplacedWeights(convolutions).run(block, x)
        text = f"With all its convolutions 0, {name}"
        assert x.equal(kept), f"{name} changes the x that it is given: no in-place operation on it."
        assert not (zero == 0).all(), f"{text} gives 0: the shortcut is missing. Add x."
        assert not is_same(zero, x), f"{text} gives x, with its negative numbers: ReLU comes last, after the sum."

    for training in (False, True):
        mode = "train()" if training else "eval()"

        def shortcut(x, training=training):
            return norm(F.conv2d(x, projection[0], stride=stride), training) if projection else x

        def first(x, training=training):
            return norm(F.conv2d(x, w1, stride=stride, padding=1), training)

        def second(x, training=training):
            return norm(F.conv2d(x, w2, padding=1), training)

        start = x.clone().requires_grad_()
        short, branch = shortcut(start), second(first(start).relu())
        want = (branch + short).relu()
        mistakes = {
            "ReLU between the two convolutions is missing.": (second(first(x)) + short).relu(),
            "The last ReLU is on the branch alone: ReLU comes last, after the sum.": branch.relu() + short,
            "There should be no ReLU at the end of the branch, only after the sum.": (branch.relu() + short).relu(),
            "There should be no ReLU on the shortcut, only after the sum.": (branch + short.relu()).relu(),
            "The last ReLU is missing: it comes after the sum.": branch + short,
            "There is one ReLU alone, after the sum is missing, and the branch lacks one.": second(first(x)) + short,
            "The shortcut is missing: add it to what the branch gives.": branch.relu(),
            "What came out is the shortcut alone: add the branch.": short.relu(),
            "Add branch and shortcut: a difference came out.": (branch - short).relu(),
            "Add branch and shortcut: their product came out.": (branch * short).relu(),
            "Add branch and shortcut: their mean came out.": ((branch + short) / 2).relu(),
            "After the sum comes ReLU, not sigmoid.": (branch + short).sigmoid(),
            "Between the two convolutions comes ReLU, not sigmoid.": (second(first(x).sigmoid()) + short).relu(),
            "Batch norm comes before ReLU, not after it.": lambda: (
                second(norm(F.conv2d(x, w1, stride=stride, padding=1).relu(), training)) + short
            ).relu(),
            "Batch norm comes after each convolution, not before it.": lambda: (
                F.conv2d(norm(F.conv2d(norm(x, training), w1, None, stride, 1).relu(), training), w2, None, 1, 1)
                + short
            ).relu(),
            "Batch norm after the first convolution is left out.": lambda: (
                second(F.conv2d(x, w1, stride=stride, padding=1).relu()) + short
            ).relu(),
            "The projection should have the stride itself: there is no pooling.": lambda: (
                branch + norm(F.conv2d(F.avg_pool2d(x, stride), projection[0]), training)
            ).relu(),
            "The projection is not followed by batch norm.": lambda: (
                branch + F.conv2d(x, projection[0], stride=stride)
            ).relu(),
        }
        block.train(training)
        leaf = x.clone().requires_grad_()
        given = leaf * 1
        result = block(given)
        what = f"{name} in {mode} mode, for x of shape {tuple(x.shape)}: output"
        assert given.detach().equal(kept), f"{name} changes the x that it is given: no in-place operation on it."
        assert_values(result, want, what, mistakes, atol=1e-3, rtol=1e-3)
        again = block(given)
        assert is_same(again, want, 1e-3, 1e-3), (
            f"{name} in {mode} mode gives other numbers when it is called again with the same x."
        )
        weight = torch.randn(want.shape)
        text = f"{name}: the gradient that reaches x is not that of relu(x + f(x)). Is a part of it detached?"
        assert result.requires_grad, text
        (want_slope,) = torch.autograd.grad((want * weight).sum(), start)
        slope = call(f"The way back through {name}", slope_of, (result * weight).sum(), leaf)
        assert is_same(slope, want_slope, 1e-2, 1e-2), text


def slope_of(value, x):
    """Return the gradient of a value with respect to x, None where there is none."""
    return torch.autograd.grad(value, x, allow_unused=True)[0]


class ReplacedWeights:
    """Runs a block with all of its convolutions 0, and puts their weights back."""

    def __init__(self, convolutions):
        self.convolutions = convolutions

    def run(self, block, x):
        kept = [layer.weight.data for layer in self.convolutions]
        for layer in self.convolutions:
            layer.weight.data = torch.zeros_like(layer.weight)
        result = block.eval()(x)
        for layer, weight in zip(self.convolutions, kept, strict=True):
            layer.weight.data = weight
        return result


# 8.2

PARTS = "weights", "statistics", "head"


@exercise("8.2")
def predict_what_moves(moves):
    truth = {letter: what_moves(letter) for letter in "ABCDE"}
    reasons = {
        "weights": "do the weights of the backbone get gradients, and does the optimizer hold them?",
        "statistics": "the mode decides, since in train() every batch shifts the running statistics.",
        "head": "is the head that the network has in the end in the optimizer's list?",
    }

    def hint(letter, words, right):
        part = next(part for part in PARTS if (part in words) != (part in right))
        return f'look at "{part}" again: {reasons[part]}'

    def read(words):
        if not isinstance(words, list | tuple | set | frozenset):
            raise TypeError
        words = frozenset(word.strip().lower() for word in words)
        if not words <= set(PARTS):
            raise ValueError
        return words

    form = 'a list with some of the words "weights", "statistics" and "head", such as ["head"] or []'
    assert_predictions(moves, truth, hint, read, form)


class Small(nn.Module):
    """A network with a convolution, batch norm and a head `fc`, for pictures of any size."""

    def __init__(self, width=4, classes=2):
        super().__init__()
        self.conv, self.bn, self.fc = nn.Conv2d(3, width, 3), nn.BatchNorm2d(width), nn.Linear(width, classes)

    def forward(self, x):
        return self.fc(self.bn(self.conv(x)).relu().mean(dim=(2, 3)))


def what_moves(letter):
    """Make a step with a small network, prepared as the table says; return what it has moved."""
    model = Small(4, 2).train(letter in "ABD")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    if letter in "BC":
        model.requires_grad_(False)
        model.fc.requires_grad_(True)
    if letter in "CE":
        model.fc = nn.Linear(4, 2)
    if letter in "CD":
        optimizer = torch.optim.SGD(model.fc.parameters(), lr=0.1)
    parts = {"weights": model.conv.weight, "statistics": model.bn.running_mean, "head": model.fc.weight}
    before = {name: part.clone() for name, part in parts.items()}
    F.cross_entropy(model(torch.randn(8, 3, 6, 6)), torch.arange(8) % 2).backward()
    optimizer.step()
    return frozenset(name for name, part in parts.items() if not torch.equal(part, before[name]))


# 8.3


@exercise("8.3", may_change_inputs=True)
def swap_head(swap_head):
    results = []
    for width, old_classes, classes, prepare in (
        (4, 2, 3, lambda network: network),
        (6, 5, 2, lambda network: network.eval()),
        (7, 3, 3, lambda network: network.requires_grad_(False)),
        (6, 5, 4, lambda network: network.eval().requires_grad_(False)),
    ):
        network = Small(width, old_classes)
        network(torch.randn(8, 3, 6, 6))  # statistics that are not fresh
        prepare(network)
        what = f"swap_head(network, {classes}), for a network with {width} features,"
        judge_swapped(what, swap_head, network, classes)
        results.append(network)


def judge_swapped(what, swap_head, network, classes):
    """Judge one call of swap_head."""
    before, kept = fingerprint(network), copy.deepcopy(network)
    old_head, width = network.fc, network.fc.in_features
    result = call(what, swap_head, network, classes)
    model, optimizer = as_pair(result, "the network and the optimizer")
    right = isinstance(model, nn.Module) and isinstance(optimizer, torch.optim.Optimizer)
    assert right, "Return first the network, then the optimizer."

    head = getattr(model, "fc", None)
    if isinstance(head, nn.LazyLinear):  # it takes its size from the first batch
        head(torch.zeros(2, width))
    judge_given_network(network, kept, model, before, old_head)
    assert isinstance(head, nn.Linear), f"`fc` of the copy should be a linear layer, but it is {describe(head)}."
    model.to("cpu")
    came, want = tuple(head.weight.shape), (classes, width)
    assert came[0] == classes, f"{what} should have a head for {classes} classes, but it has one for {came[0]}."
    text = f"{what} should have a head for {width} features (network.fc.in_features), but it takes {came[1]}."
    assert came == want, text
    is_old = head.weight.shape == old_head.weight.shape and torch.equal(head.weight, old_head.weight)
    assert not is_old, "The head of the copy is the old one: make a new linear layer, even for as many classes."

    frozen = [name for name, p in head.named_parameters() if not p.requires_grad]
    text = "The new head is frozen too: freeze all first, then make the head."
    assert not frozen, text if len(frozen) > 1 else f"{text} This is about its {frozen[0]}."
    own = {id(p) for p in head.parameters()}
    learning = [name for name, p in model.named_parameters() if p.requires_grad and id(p) not in own]
    assert not learning, f"These can still learn: {', '.join(learning)}. Only the head should."
    judge_optimizer(optimizer, model, own)
    judge_copy(model, kept)
    judge_step(model, optimizer, kept)


def judge_given_network(network, kept, model, before, old_head):
    """Judge whether the network that was given is as it was, and shares nothing with its copy."""
    advice = "copy it first, with copy.deepcopy, and work on the copy."
    assert model is not network, f"What comes back is the network that was given, not a copy: {advice}"
    assert network.fc is old_head, f"The network that was given has another head now: {advice}"
    assert network.training == kept.training, (
        f"The network that was given is in {_mode(network)} mode now, and was in {_mode(kept)} mode: {advice}"
    )
    learns = [p.requires_grad for p in network.parameters()] == [p.requires_grad for p in kept.parameters()]
    assert learns, f"The network that was given is frozen or thawed now: {advice}"
    assert fingerprint(network) == before, f"The network that was given is changed: {advice}"
    old = [*network.parameters(), *network.buffers()]
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        shared = any(shares_memory(value, other) for other in old)
        assert not shared, f"The copy shares `{name}` with the network that was given: copy.deepcopy copies all of it."


def _mode(network):
    return "train()" if network.training else "eval()"


def judge_optimizer(optimizer, model, own):
    """Judge the optimizer of a swapped head, whose parameters have these ids."""
    assert isinstance(optimizer, torch.optim.AdamW), f"AdamW, please, not {type(optimizer).__name__}."
    name_of = {id(p): name for name, p in model.named_parameters()}
    held = {id(p): group["lr"] for group in optimizer.param_groups for p in group["params"]}
    text = "The optimizer does not hold the new head: make it last, over the parameters of the new `fc`."
    assert own & set(held), text
    lacking = [name_of[key] for key in own if key not in held]
    assert not lacking, f"The optimizer does not hold all of the head: {', '.join(sorted(lacking))} is missing."
    others = [name_of.get(key, "a parameter of another network") for key in held if key not in own]
    assert not others, f"The optimizer holds more than the head: {', '.join(sorted(set(others)))}."
    rates = {rate for rate in held.values() if not is_near(rate, 0.01)}
    assert not rates, f"The learning rate should be 0.01, and it is {next(iter(rates))}."


def is_near(number, want):
    """Whether a number, or a tensor of one, is the wanted one but for rounding."""
    value = as_number(number)
    return value is not None and abs(value - want) <= 1e-6 * abs(want)


def judge_copy(model, kept):
    """Judge whether all but the head of a swapped network is what it was."""
    state = model.state_dict()
    lost = []
    for name, value in kept.state_dict().items():
        if not name.startswith("fc.") and not is_same(state.get(name), value, 0, 0):
            lost.append(name)
    assert not lost, (
        f"{', '.join(lost)} of the copy differ from the network's: copy.deepcopy takes all, statistics too."
    )
    x = torch.randn(4, 3, 7, 5)
    want = copy.deepcopy(kept).eval()
    want.fc = copy.deepcopy(model.fc)
    got = call("The copy of the network", copy.deepcopy(model).eval(), x)
    assert is_same(got, want(x)), "The copy computes something else than the network, apart from its head."


def judge_step(model, optimizer, kept):
    """Judge what one training step moves in a swapped network."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    loss = F.cross_entropy(model(torch.randn(8, 3, 6, 6)), torch.zeros(8, dtype=torch.int64))
    loss.backward()
    optimizer.step()
    moved = [name for name, value in model.state_dict().items() if not torch.equal(value, before[name])]
    statistics = [name for name in moved if name.startswith("bn.") and name in dict(model.named_buffers())]
    text = f"A training step moves statistics of batch norm ({', '.join(statistics)}): the copy needs eval() mode."
    assert not statistics, text
    assert any(name.startswith("fc.") for name in moved) or len(before["fc.weight"]) == 1, "The head does not move."


# 8.4 and 8.7: a network that notes what it is asked


class Log:
    """What a network was asked. Copies of the network write into the same log."""

    def __init__(self):
        self.batches, self.modes = [], []
        self.alive = self.most_alive = 0

    def __deepcopy__(self, memo):
        return self


class Mark:
    """Lies in the graph of one batch, and so tells how many of these graphs are still there."""

    def __init__(self, log):
        self.log = log
        log.alive += 1

    def __del__(self):
        self.log.alive -= 1


class Marked(torch.autograd.Function):
    """Gives back what it is given, with a Mark in the graph."""

    @staticmethod
    def forward(ctx, x, log):
        ctx.mark = Mark(log)
        return x.clone()

    @staticmethod
    def backward(ctx, slope):
        return slope, None


class Asked(nn.Module):
    """A network with batch norm that notes each batch it is asked about, its mode, and the graphs that are kept."""

    def __init__(self, outputs, scale=1.0):
        super().__init__()
        self.conv, self.bn, self.fc = nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.Linear(12, outputs)
        self.fc.weight.data = scale * torch.randn(outputs, 12)
        self.fc.bias.data = scale * torch.randn(outputs) / 2
        self.log = Log()

    def forward(self, x):
        self.log.batches.append(x.detach().clone())
        self.log.modes.append(self.training or self.bn.training)
        self.log.most_alive = max(self.log.most_alive, self.log.alive)
        maps = self.bn(self.conv(x.float()))  # float(), so that the check can tell what is wrong with whole numbers
        parts = maps.mean(dim=(2, 3)), maps.square().mean(dim=(2, 3)).sqrt()
        return Marked.apply(self.fc(torch.cat(parts, dim=1)), self.log)


def random_pictures(count, height, width):
    """Return random pictures, uint8, each with a brightness and a contrast of its own."""
    noise = torch.rand(count, 3, height, width)
    low, span = 0.6 * torch.rand(count, 3, 1, 1), 0.4 * torch.rand(count, 1, 1, 1)
    return (255 * (low + span * noise)).to(torch.uint8)


def new_asked(outputs, scale, to_input):
    """Return a network that has seen some pictures in train() mode, on the device of `to_input`."""
    pictures = random_pictures(40, 8, 8)
    x = to_input(pictures)
    network = Asked(outputs, scale).to(x.device)
    with torch.no_grad():
        for _ in range(3):
            network(x)
    network.log = Log()
    return network


def right_outputs(network, pictures, to_input):
    """Return what a network says of pictures in eval() mode, on the CPU, without a note in its log."""
    twin = copy.deepcopy(network).eval()
    twin.log = Log()
    with torch.no_grad():
        return torch.cat([twin(to_input(batch)).cpu() for batch in pictures.split(500)])


def judge_asking(network, pictures, to_input, what):
    """Judge how a network was asked about pictures: in batches of at most 50, standardized, without kept graphs."""
    log = network.log
    assert log.batches, f"The {what} that is given was never asked."
    assert all(batch.is_floating_point() for batch in log.batches), (
        f"The {what} got {log.batches[0].dtype}: it wants the floats that to_input(batch) makes."
    )
    largest = max(len(batch) for batch in log.batches)
    assert largest <= 50, f"{largest} of {len(pictures)} pictures went through the {what} at once: at most 50."
    text = (
        f"The graphs of all batches are kept until the end: ask the {what} under torch.no_grad() or inference_mode()."
    )
    assert log.most_alive <= 3, text
    came = sum(len(batch) for batch in log.batches)
    text = f"The {what} was asked about {came} of {len(pictures)} pictures. Is the smaller batch at the end left out?"
    assert came >= len(pictures), text
    text = f"The {what} gets other numbers than to_input(batch) gives: no `vary` and no other scaling here."
    right = to_input(pictures).cpu()
    assert all(batch.shape[1:] == right.shape[1:] for batch in log.batches), text
    fed = torch.cat(log.batches).cpu().mean(dim=0)  # in any order
    assert came != len(pictures) or is_same(fed, right.mean(dim=0), 0.01), text


def assert_near(got, want, name, mistakes, atol):
    """Assert that a tensor is right but for the rounding of 16-bit convolutions, which the lesson uses as well."""
    assert_values(got, want, name, mistakes, atol=atol, rtol=0.02)
    if want.numel() < 50:
        return
    factor = ((got.detach().double() * want).sum() / want.double().square().sum()).item()
    assert abs(factor - 1) < 0.004, f"{name}: all values are {factor:.4g} times what it should be."


# 8.4


@exercise("8.4", seconds=20, may_change_inputs=True)
def cache_features(cache_features, *, to_input):
    for count, height, width, scale, training in (
        (53, 7, 9, 0.02, True),
        (2605, 4, 4, 0.02, True),
        (100, 8, 6, 4.0, False),
        (1, 6, 6, 1.0, True),
    ):
        backbone = new_asked(512, scale, to_input).train(training)
        judge_features(cache_features, backbone, random_pictures(count, height, width), to_input)


def judge_features(cache_features, backbone, pictures, to_input):
    """Judge the features of some pictures."""
    name = f"cache_features(backbone, pictures), for {len(pictures)} pictures,"
    kept, before = pictures.clone(), {key: value.clone() for key, value in backbone.state_dict().items()}
    want = right_outputs(backbone, pictures, to_input)
    result = call(name, cache_features, backbone, pictures)
    assert isinstance(result, torch.Tensor), f"Return one tensor of all features, not {describe(result)}."
    assert torch.equal(pictures, kept), "The pictures that were given are changed."
    moved = [key for key, value in backbone.state_dict().items() if not torch.equal(value, before[key])]
    in_train = any(backbone.log.modes)
    statistics = [key for key in moved if key.startswith("bn.running") or key.endswith("tracked")]
    text = "The backbone was asked in train() mode, so features depend on their batch: backbone.eval() comes first."
    assert not statistics, f"The statistics of batch norm moved. {text}"
    assert not moved, f"{', '.join(moved)} of the backbone are changed: compute features only."
    assert not in_train, text
    assert all(p.grad is None for p in backbone.parameters()), "Gradients are left in the backbone: no backward() here."
    assert not result.requires_grad, "The features carry a graph: use torch.inference_mode() or torch.no_grad()."
    judge_asking(backbone, pictures, to_input, "backbone")
    assert result.device.type == "cpu", f"The features should be on the CPU, but they are on {result.device}: .cpu()."
    came, shape = tuple(result.shape), tuple(want.shape)
    text = f"The features of {len(pictures)} pictures should have the shape {shape}, not {came}."
    more = " Take the pictures that are given, and no others." if came[:1] > shape[:1] else ""
    assert came == shape, text + more
    assert result.dtype == torch.float32, f"The features should be float32, but they are {result.dtype}."
    atol = 0.02 * want.abs().max().item()
    if not is_same(result, want, atol, 0.02):
        again = call(name, cache_features, backbone, pictures)
        assert is_same(again, result), "Two calls give different features: something is drawn at random."
    mistakes = {"Each row is divided by its length: return the features as they are.": F.normalize(want)}
    assert_near(result, want, f"For {len(pictures)} pictures, features", mistakes, atol)


# 8.5


class Branched(nn.Module):
    """A network whose head `fc` is not its last layer; `fcn` is another layer."""

    def __init__(self, width):
        super().__init__()
        self.conv, self.bn, self.fc = nn.Conv2d(3, width, 3), nn.BatchNorm2d(width), nn.Linear(width, 2)
        self.fcn = nn.Linear(width, width)

    def forward(self, x):
        return self.fc(self.fcn(self.bn(self.conv(x)).relu().mean(dim=(2, 3))))


@exercise("8.5", may_change_inputs=True)
def two_learning_rates(two_groups):
    backbone = {"conv.weight", "conv.bias", "bn.weight", "bn.bias", "fcn.weight", "fcn.bias"}
    for lr, factor, frozen in (
        (0.2, 10, {"fcn.bias"}),
        (0.3, 4, {"fc.bias", "conv.weight"}),
        (0.001, 10, set()),
        (0.05, 100, backbone),
    ):
        model = Branched(4 + len(frozen))
        for name, p in model.named_parameters():
            p.requires_grad_(name not in frozen)
        judge_groups(two_groups, model.train(len(frozen) < 2), lr, factor, frozen)


def judge_groups(two_groups, model, lr, factor, frozen):
    """Judge the groups of one network."""
    name = f"two_groups(model, lr={lr:g}, factor={factor:g})"
    before, mode = copy.deepcopy(model.state_dict()), model.training
    compares = "`in` or `==` compares tensors number by number: compare names, or the id of each parameter."
    hints = {"Boolean value of Tensor": compares, "size of tensor": compares}
    result = call(name, two_groups, model, lr, factor, hints=hints)
    is_list = isinstance(result, list | tuple)
    text = 'a list of two dictionaries, {"params": ..., "lr": ...}'
    assert is_list, f"{name} should return {text}, but it returns {describe(result)}."
    assert len(result) == 2, f"{name} should return {text}, but it returns {len(result)} entries."
    for group in result:
        assert isinstance(group, dict), (
            f"Each group should be a dictionary with `params` and `lr`, not {describe(group)}."
        )
        for key in ("params", "lr"):
            assert key in group, f'A group has no "{key}": each needs the keys "params" and "lr".'

    for key, p in model.named_parameters():
        assert p.requires_grad == (key not in frozen), (
            f"{key} was {'thawed' if key in frozen else 'frozen'} on the way."
        )
        assert p.grad is None, f"A gradient is left at {key}."
    assert model.training == mode, f"The model is in {_mode(model)} mode now, and was not before: leave its mode."
    changed = [key for key, value in model.state_dict().items() if not torch.equal(value, before[key])]
    assert not changed, f"{', '.join(changed)} of the model are changed: only read them."

    listed = [as_parameters(group["params"]) for group in result]
    assert all(part is not None for part in listed), '"params" of a group should be a list of parameters.'
    name_of = {id(p): key for key, p in model.named_parameters()}
    names = [[name_of.get(id(p), "something else") for p in part] for part in listed]
    judge_names(model, *names)
    low, high = (group["lr"] for group in result)
    swapped = is_near(low, lr) and is_near(high, lr / factor)
    assert not swapped, "The rates are swapped: the backbone learns slowly, with lr / factor."
    same = is_near(low, lr) and is_near(high, lr)
    assert not same, "Both groups have the learning rate lr: that of the backbone is lr / factor."
    assert is_near(low, lr / factor), f"{name}: the rate of the backbone should be {lr / factor:g}, and it is {low}."
    assert is_near(high, lr), f"{name}: the rate of the head should be {lr:g}, and it is {high}."


def as_parameters(params):
    """Return the "params" of a group as a list of parameters, as an optimizer reads them; None if it could not."""
    if isinstance(params, torch.Tensor):
        return [params]
    if isinstance(params, str | bytes | dict) or not hasattr(params, "__iter__"):
        return None
    parameters = []
    for part in params:
        if isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], str):  # with its name, as PyTorch allows
            part = part[1]
        if not isinstance(part, torch.Tensor):
            return None
        parameters.append(part)
    return parameters


def judge_names(model, low, high):
    """Judge which parameters are in the two groups, by their names."""
    is_head = {key: key.startswith("fc.") for key, _ in model.named_parameters()}
    foreign = [key for key in low + high if key not in is_head]
    assert not foreign, "A group holds something that is no parameter of the model."
    both = [key for key in low if key in high]
    assert not both, f"{both[0]} is in both groups: leave the head out of the first one."
    twice = [key for part in (low, high) for key in part if part.count(key) > 1]
    assert not twice, f"{twice[0]} is twice in a group."
    frozen = [key for key, p in model.named_parameters() if not p.requires_grad and key in low + high]
    assert not frozen, f"{frozen[0]} is frozen, so it belongs in no group: take only what requires_grad."
    own = [key for key in low + high if is_head[key]]
    swapped = own and not any(is_head[key] for key in high) and not any(not is_head[key] for key in low)
    assert not swapped, "The order of the groups is turned round: first the backbone, then the head."
    wrong = [key for key in high if not is_head[key]]
    text = 'belongs to the backbone: the names of the head begin with "fc.", with the dot.'
    assert not wrong, f"{wrong[0] if wrong else ''} is in the second group, but it {text}"
    wrong = [key for key in low if is_head[key]]
    assert not wrong, f"{wrong[0] if wrong else ''} is in the first group, but it belongs to the head."
    lacking = [key for key, p in model.named_parameters() if p.requires_grad and key not in low + high]
    text = "A generator can be read only once: was it?" if not low + high else "It can learn."
    assert not lacking, f"Missing in the groups: {', '.join(lacking)}. {text}"


# 8.6


def new_classifier(channels):
    """Return a small network for color pictures of any size and two classes; each parameter has a gradient of 1."""
    network = nn.Sequential(nn.Conv2d(3, channels, 3), nn.GELU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    network.append(nn.Linear(channels, 2))
    network[4].weight.data *= 10
    for p in network.parameters():
        p.grad = torch.ones_like(p)
    return network


@exercise("8.6", may_change_inputs=True)
def loss_on_the_device(batch_loss):
    cpu = torch.device("cpu")
    for count, height, width, labels, training in (
        (6, 9, 7, [0, 1, 1, 0, 1, 0], True),
        (5, 8, 8, [1, 0, 0, 0, 0], False),
        (1, 12, 5, [1], True),
    ):
        model = new_classifier(4 + count).train(training)
        if count == 1:
            model[4].bias.data = torch.tensor([3.0, -3.0])  # a loss well above 1
        pictures = random_pictures(count, height, width)
        judge_loss(batch_loss, model, pictures, torch.tensor(labels), cpu)
        judge_moves(batch_loss, model, pictures, torch.tensor(labels))


def pytorch_says(error):
    """Return what PyTorch says, with a word on the device of which a reader has never heard."""
    text = f"PyTorch says: {_first_line(error)}"
    return f"{text} (`meta` is a device for trying things out, which this check gives.)" if "meta" in text else text


def run_loss(batch_loss, model, pictures, labels, device):
    """Run the reader's function on copies; return the loss and None, or None and the error."""
    twin = copy.deepcopy(model)
    try:
        return call("batch_loss", batch_loss, twin, pictures.clone(), labels.clone(), device), None
    except Hint:
        raise
    except Exception as error:
        return None, error


def judge_loss(batch_loss, model, pictures, labels, device):
    """Judge the loss of a batch where everything is on the CPU."""
    name = f"the loss of {len(labels)} pictures on the CPU"
    far = torch.device("meta")
    for place in (device, far):  # a kind of GPU that is written into the function is not there, or not the one given
        moved = [thing.to(place) for thing in (copy.deepcopy(model), pictures, labels)]
        _, error = run_loss(batch_loss, *moved, place)
        kinds = re.search(r"\b(cuda|nvidia|mps|xpu|hip)\b", str(error).lower()) if error else None
        assert not kinds, (
            f"One kind of GPU is written into the function; use `device`. PyTorch says: {_first_line(error)}"
        )
    kept = [pictures.clone(), labels.clone()]
    x = pictures.float() / 127.5 - 1
    logits = model(x)
    weight = torch.tensor([1.0, 3.0])
    terms = F.cross_entropy(logits, labels, reduction="none")
    want = F.cross_entropy(logits, labels, weight=weight)
    swapped = F.cross_entropy(logits, labels, weight=weight.flip(0))
    mistakes = {
        "The weights 1 and 3 are swapped: class 1, the dogs, has 3.": swapped,
        "The weights 1 and 3 are lost: that is the plain cross-entropy.": terms.mean(),
        "That is the sum of the weighted losses, and not their weighted mean.": (terms * weight[labels]).sum(),
        "The sum of the weighted losses is divided by the number of pictures, not by the sum of their weights.": (
            (terms * weight[labels]).mean()
        ),
        "The model gets pictures from 0 to 1, and not from -1 to 1.": lambda: F.cross_entropy(
            model(pictures / 255), labels, weight=weight
        ),
        "The model gets pictures from 0 to 255, and not from -1 to 1.": lambda: F.cross_entropy(
            model(pictures.float()), labels, weight=weight
        ),
        "The model gets pictures from 0 to 2: subtract 1.": lambda: F.cross_entropy(
            model(pictures / 127.5), labels, weight=weight
        ),
        "The model gets pictures from 1 to 3: subtract 1.": lambda: F.cross_entropy(
            model(pictures / 127.5 + 1), labels, weight=weight
        ),
    }
    want_slopes = torch.autograd.grad(want, list(model.parameters()))
    mode = model.training
    result = call("batch_loss", batch_loss, model, pictures, labels, device)
    judge_touched(model, mode, [pictures, labels], kept)
    text = f"Return the loss as a tensor, not {describe(result)}: a number would make the program wait for the GPU."
    assert isinstance(result, torch.Tensor), text
    assert result.device == device, f"Given the CPU, the loss is on {result.device}: use the device that is given."
    assert_values(result, want.detach(), name, mistakes)
    text = "The loss carries no gradient for the model that is given: no detach, no no_grad, no copy of the model here."
    assert result.requires_grad, text
    slopes = torch.autograd.grad(result, list(model.parameters()), allow_unused=True)
    assert all(is_same(slope, right, 1e-4, 1e-3) for slope, right in zip(slopes, want_slopes, strict=True)), text


def judge_touched(model, mode, given, kept):
    """Judge whether a network and a batch are as they were: its gradients were all 1."""
    assert model.training == mode, f"The model is in {_mode(model)} mode now, and was not before: leave its mode."
    learns = all(p.requires_grad for p in model.parameters())
    assert learns, "Parameters of the model are frozen now: leave requires_grad as it is."
    ones = all(p.grad is not None and bool((p.grad == 1).all()) for p in model.parameters())
    assert ones, "The gradients of the model changed: zero_grad() and backward() come later, in the training loop."
    for name, now, before in zip(("pictures", "labels"), given, kept, strict=True):
        assert is_same(now, before), f"The {name} that were given are changed."


def judge_moves(batch_loss, model, pictures, labels):
    """Judge whether everything moves to a device that is not the CPU: `meta` refuses company as a GPU does."""
    far = torch.device("meta")
    far_model = copy.deepcopy(model).to(far)
    far_pictures, far_labels = pictures.to(far), labels.to(far)

    result, error = run_loss(batch_loss, far_model, far_pictures, far_labels, far)  # all is on the device already
    told = str(error) if error else ""
    back = "no data" in told or "item()" in told
    assert not back, "Something goes back to the CPU: use the device that is given, and leave the loss there."
    seen = []
    far_model.register_forward_pre_hook(lambda module, given: seen.extend(x.device.type for x in given))
    result_x, error_x = run_loss(batch_loss, far_model, pictures, far_labels, far)
    text = "The pictures stay behind: pictures.to(device) returns the moved tensor, so keep what it returns."
    assert "cpu" not in seen, text
    text = "A tensor that is made inside the function stays behind: make `weight` on the device, or move it there."
    assert error is None, f"{text} {pytorch_says(error)}"
    assert error_x is None, f"With the pictures on the CPU it fails. {pytorch_says(error_x)}"
    _, error = run_loss(batch_loss, far_model, far_pictures, labels, far)
    text = "The labels stay behind: labels.to(device) returns the moved tensor, so keep what it returns."
    assert error is None, f"{text} {pytorch_says(error)}"
    _, error = run_loss(batch_loss, model, far_pictures, far_labels, far)
    assert error is None, f"The model stays behind: model.to(device). {pytorch_says(error)}"
    result, error = run_loss(batch_loss, model, pictures, labels, far)
    assert error is None, f"With everything on the CPU and another device given, it fails. {pytorch_says(error)}"
    for loss in (result, result_x):
        came = loss.device if isinstance(loss, torch.Tensor) else describe(loss)
        assert came == far, f"The loss should be on the device that is given, {far}, but it is on {came}."


# 8.7


@exercise("8.7", seconds=20, may_change_inputs=True)
def write_the_evaluation(evaluate, *, to_input):
    for count, height, width, classes, true, training, scale in (
        (53, 7, 9, 4, 3, True, 3),
        (2605, 4, 4, 3, 2, True, 3),
        (150, 8, 6, 2, 2, False, 300),  # large logits
        (1, 6, 6, 6, 6, True, 3),
    ):
        model = new_asked(classes, scale, to_input).train(training)
        pictures = random_pictures(4 * count, height, width)
        best = right_outputs(model, pictures, to_input).topk(2, dim=1).values
        clear = (best[:, 0] - best[:, 1]).argsort(descending=True)[:count]  # no doubt about the class, on any device
        pictures = pictures[clear.sort().values]
        labels = torch.randint(true, (count,))
        judge_evaluation(evaluate, model, pictures, labels, classes, to_input, 0.01 * scale)


def judge_evaluation(evaluate, model, x, y, classes, to_input, atol):
    """Judge the evaluation of one network on some pictures; `atol` is how far a loss may be off."""
    name = f"evaluate(model, x, y, {classes}), for {len(x)} pictures,"
    mode, kept = model.training, [x.clone(), y.clone()]
    before = {key: value.clone() for key, value in model.state_dict().items()}
    logits = right_outputs(model, x, to_input)
    result = call(name, evaluate, model, x, y, classes)
    counts, losses = as_pair(result, "the tensors `counts` and `losses`")
    for part, value in (("counts", counts), ("losses", losses)):
        assert isinstance(value, torch.Tensor), f"`{part}` should be a tensor, but it is {describe(value)}."

    for part, now, was in zip("xy", (x, y), kept, strict=True):
        assert is_same(now, was), f"Your code changed the {part} that it was given."
    changed = [key for key, value in model.state_dict().items() if not torch.equal(value, before[key])]
    in_train = any(model.log.modes)
    moved = " The statistics of batch norm moved." if changed else ""
    assert not in_train, f"The model was asked in train() mode: call model.eval() first.{moved}"
    assert not changed, f"{', '.join(changed)} of the model are changed."
    now = _mode(model)
    is_back = model.training == model.bn.training == mode
    text = f"The model was in {'train()' if mode else 'eval()'} mode before, and is in {now} mode now: put it back."
    assert is_back, text
    learns = all(p.requires_grad and p.grad is None for p in model.parameters())
    assert learns, "Leave requires_grad and the gradients of the model as they are."
    assert not losses.requires_grad, "`losses` carries a graph: use torch.inference_mode() or torch.no_grad()."
    judge_asking(model, x, to_input, "model")
    for part, value in (("counts", counts), ("losses", losses)):
        assert value.device.type == "cpu", f"`{part}` should be on the CPU, but it is on {value.device}: .cpu()."

    shape, came = (classes, classes), tuple(counts.shape)
    text = f"`counts` should have the shape {shape}, also for a class that never occurs, but it has {came}."
    assert came == shape, text
    shape, came = tuple(y.shape), tuple(losses.shape)
    text = f'`losses` should have the shape {shape}, a loss for each picture (reduction="none"), but it has {came}.'
    assert came == shape, text
    whole = not counts.is_floating_point() and not counts.is_complex() and counts.dtype != torch.bool
    assert whole, f"`counts` should hold whole numbers, but its dtype is {counts.dtype}."
    total = int(counts.sum())
    text = f"The counts add up to {total}, and there are {len(y)} pictures."
    more = " counts[rows, columns] += 1 counts a pair once, however often it comes." if total < len(y) else ""
    assert total == len(y), text + more
    judge_counts(counts, logits, y, classes)
    judge_losses(losses, logits, y, [len(batch) for batch in model.log.batches], atol)


def judge_counts(counts, logits, y, classes):
    """Judge how often each class was answered for each true class."""
    right = torch.zeros(classes, classes, dtype=torch.int64)
    other = torch.zeros(classes, classes, dtype=torch.int64)
    for truth, answer, worst in zip(
        y.tolist(), logits.argmax(dim=1).tolist(), logits.argmin(dim=1).tolist(), strict=True
    ):
        right[truth, answer] += 1
        other[truth, worst] += 1
    mistakes = {
        "Rows and columns of `counts` are swapped: the row is the true class.": right.T,
        "`counts` counts the smallest logit: the answer is argmax.": other,
        "`counts` is in reverse order.": right.flip(0),
    }
    text = f"For {len(y)} pictures, counts"
    assert_same(counts, right, text, mistakes)


def judge_losses(losses, logits, y, sizes, atol):
    """Judge the loss of each picture; the network was asked in batches of these sizes."""
    want = F.cross_entropy(logits, y, reduction="none")
    name = f"For {len(y)} pictures, losses"
    mistakes = {
        "The loss should be computed from logits: softmax came before cross_entropy.": (
            F.cross_entropy(logits.softmax(dim=1), y, reduction="none")
        ),
        "All losses are their mean: one for each picture.": want.mean().expand_as(want),
        'All losses of a batch are their mean: reduction="none" leaves one for each picture.': lambda: torch.cat(
            [part.mean().expand_as(part) for part in want.split(sizes)]
        ),
        "The losses are those of the predicted class: take the true class y.": (
            F.cross_entropy(logits, logits.argmax(dim=1), reduction="none")
        ),
        "The losses stand in another order than the pictures.": lambda: want[
            one_by_one_order(losses[:, None], want[:, None])
        ],
    }
    assert losses.dtype == torch.float32, f"`losses` should be float32, but its dtype is {losses.dtype}."
    text = "A loss is nan or infinite, since the logits are large: take log_softmax, not the log of softmax."
    assert losses.isfinite().all(), text
    assert_near(losses, want, name, mistakes, atol)


# 8.8


@exercise("8.8")
def shapes_of_grad_cam(shapes):
    maps = torch.empty(1, 512, 224 // 32, 224 // 32)
    weights = maps.mean(dim=(2, 3), keepdim=True)
    truth = {
        "maps of layer4": maps,
        "their gradient": maps,
        "weights, with keepdim=True": weights,
        "weights times maps": weights * maps,
        "the sum over the channels, dim=1": (weights * maps).sum(dim=1),
    }
    truth = {line: tuple(tensor.shape) for line, tensor in truth.items()}
    hints = {
        "maps of layer4": "1 picture, 512 channels, and sides that are 32 times smaller than the picture's.",
        "their gradient": "there is one number for each number of the maps.",
        "weights, with keepdim=True": "it is the mean over height and width, and keepdim leaves a 1 in their place.",
        "weights times maps": "broadcasting stretches the dimensions of size 1 (Part 1).",
        "the sum over the channels, dim=1": "that dimension is gone, and the others stay.",
    }

    def hint(line, shape, right):
        if line == "maps of layer4" and shape == (1, 512, 4, 4):
            return "that is for a picture of 128 × 128, and here it is 224 × 224."
        return hints[line]

    def read(shape):
        if not isinstance(shape, list | tuple | torch.Tensor):
            raise TypeError
        sizes = [float(size) for size in shape]
        if any(size != int(size) for size in sizes):
            raise ValueError
        return tuple(int(size) for size in sizes)

    assert_predictions(shapes, truth, hint, read, "a tuple of whole numbers, such as (1, 512, 4, 4)")


# 8.9


class Heated(nn.Module):
    """A network for one picture, with dropout and batch norm, whose layer `middle` makes maps that are not square."""

    def __init__(self, maps, height, width, classes, scale):
        super().__init__()
        self.start = nn.Conv2d(3, 4, 3, padding=1)
        self.middle = nn.Sequential(nn.Conv2d(4, maps, 3), nn.BatchNorm2d(maps), nn.Tanh())
        self.last = nn.Sequential(nn.Conv2d(maps, 5, (1, 3)), nn.Tanh(), nn.Dropout(0.5), nn.Flatten())
        self.fc = nn.Linear(5 * (height - 2) * (width - 4), classes)
        self.scale = scale

    def forward(self, x):
        maps = self.middle(self.start(x).tanh())
        return self.scale * self.fc(self.last(maps))


@exercise("8.9", may_change_inputs=True)
def heat_map(grad_cam):
    for maps, height, width, classes, label, scale, frozen in (
        (6, 9, 8, 3, 1, 1.0, False),
        (6, 9, 8, 3, 2, 30.0, False),
        (4, 7, 10, 5, 4, 1000.0, True),
        (9, 7, 7, 2, 0, 1.0, True),
        (5, 3, 8, 3, 1, 1.0, False),  # maps with a height of 1
    ):
        model = Heated(maps, height, width, classes, scale)
        for p in model.parameters():
            p.data = torch.randn(p.shape) / 3
        model(torch.randn(16, 3, height, width))
        model.eval()
        for p in model.parameters():
            p.requires_grad_(not frozen)
            p.grad = None if frozen else torch.ones_like(p)
        x = torch.randn(1, 3, height, width)
        judge_heat(grad_cam, model, "middle", x, label, frozen)
        judge_heat(grad_cam, model, "start", torch.randn(1, 3, height, width), (label + 1) % classes, frozen)
        model.fc.weight.data[label] = 0
        judge_no_heat(grad_cam, model, x, label)


def judge_no_heat(grad_cam, model, x, label):
    """Judge the heat map for a class whose logit does not depend on the picture."""
    name = f"grad_cam(model, layer, x, {label})"
    result = call(name, grad_cam, model, model.middle, x, label)
    text = "Where nothing speaks for the class, the heat map should be 0 everywhere, but it is"
    assert not result.isnan().any(), f"{text} nan: heat / heat.max() is 0 / 0 there."
    assert not result.any(), f"{text} not."


def judge_heat(grad_cam, model, layer_name, x, label, frozen):
    """Judge the heat map of one layer, one picture and one class."""
    name = f"grad_cam(model, layer, x, {label})"
    maps, slopes = maps_and_slopes(model, layer_name, x)
    heat = (slopes[label].mean(dim=(1, 2), keepdim=True) * maps).sum(dim=0)
    if heat.max() < -heat.min() / 3:  # hardly a place speaks for the class: turn that round
        model.fc.weight.data[label] *= -1
        maps, slopes = maps_and_slopes(model, layer_name, x)
    before, kept = copy.deepcopy(model), x.clone()
    hints = {}
    if frozen:
        text = "It fails for a frozen network, which makes no graph unless its input, a copy of x, requires a gradient."
        hints = {"does not require grad|not have been used in the graph|no gradient": text}
    result = call(name, grad_cam, model, getattr(model, layer_name), x, label, hints=hints)
    assert isinstance(result, torch.Tensor), f"Return the heat map as a tensor, not {describe(result)}."
    judge_left(model, before, x, kept)
    assert not result.requires_grad, "The heat map carries a graph: detach() it."
    shape, came = tuple(maps.shape[1:]), tuple(result.shape)
    text = f"The heat map should have the shape {shape}, the height and width of the layer's maps, but it has {came}."
    assert came == shape, text
    judge_map(result, maps, slopes, label)


def maps_and_slopes(model, layer_name, x):
    """Return the maps of a layer for a picture, and gradients with respect to them, by what they are gradients of."""
    model, kept = copy.deepcopy(model), []
    model.get_submodule(layer_name).register_forward_hook(lambda layer, given, maps: kept.append(maps))
    logits = model(x.clone().requires_grad_())[0]
    values = {label: logits[label] for label in range(len(logits))}
    values["all"] = logits.sum()
    values |= {f"probability {label}": logits.softmax(dim=0)[label] for label in range(len(logits))}
    slopes = {key: torch.autograd.grad(value, kept[0], retain_graph=True)[0][0] for key, value in values.items()}
    return kept[0][0].detach(), slopes


def judge_left(model, before, x, kept):
    """Judge what a call has left behind in a network and a picture."""
    for layer in model.modules():
        hooks = [layer._forward_hooks, layer._forward_pre_hooks, layer._backward_hooks, layer._backward_pre_hooks]
        assert not any(hooks), "A hook is left at a layer: call its remove()."
    modes = [layer.training for layer in model.modules()] == [layer.training for layer in before.modules()]
    assert modes, "The model, or a layer of it, is in another mode now: leave eval() as it is."
    learns = [p.requires_grad for p in model.parameters()] == [p.requires_grad for p in before.parameters()]
    assert learns, "The model is frozen or thawed now: leave requires_grad of its parameters as it is."
    advice = "torch.autograd.grad touches no `.grad`"
    gone = [p for p in model.parameters() if p.requires_grad and (p.grad is None or not p.grad.any())]
    assert not gone, f"The model had gradients before, and zero_grad() or None has thrown them away: {advice}."
    left = [p for p in model.parameters() if p.grad is not None and bool((p.grad != int(p.requires_grad)).any())]
    assert not left, f"Gradients are left in the model: {advice}."
    same = fingerprint(model) == fingerprint(before)
    assert same, "The weights or statistics of the model are changed."
    assert not x.requires_grad, "x itself requires a gradient now: work with x.clone()."
    assert is_same(x, kept, 0, 0), "Your code changed x, the picture that it was given."


def judge_map(result, maps, slopes, label):
    """Judge the numbers of a heat map; any scale above 0 is right."""

    def weighted(slope):
        return (slope.mean(dim=(1, 2), keepdim=True) * maps).sum(dim=0)

    own = slopes[label]
    want = weighted(own).relu()
    others = [other for other in slopes if isinstance(other, int) and other != label]
    mistakes = {
        "Negative values are still there: relu comes at the end.": weighted(own),
        "abs makes what speaks against the class look as if it spoke for it: use relu.": weighted(own).abs(),
        "The sign is turned round: that is what speaks against the class.": (-weighted(own)).relu(),
        "sigmoid is not relu: only what speaks for the class counts.": weighted(own).sigmoid(),
        **{f"That is the map for class {k}, and label is {label}.": weighted(slopes[k]).relu() for k in others},
        "The maps are added without their weights.": maps.sum(dim=0).relu(),
        "The gradient is not averaged: there should be one weight for each map.": (own * maps).sum(dim=0).relu(),
        "That is the gradient alone: it weighs the maps.": own.sum(dim=0).relu(),
        "relu comes after the sum over the maps, not before it.": (
            (own.mean(dim=(1, 2), keepdim=True) * maps).relu().sum(dim=0)
        ),
        "The gradient is averaged over the maps: average it over height and width.": (own.mean(0) * maps).sum(0).relu(),
        "The gradient is averaged over the height alone: average over height and width.": (
            (own.mean(dim=1, keepdim=True) * maps).sum(dim=0).relu()
        ),
        "The gradient is averaged over the width alone: average over height and width.": (
            (own.mean(dim=2, keepdim=True) * maps).sum(dim=0).relu()
        ),
        "The weights went through relu: that comes at the end alone.": (
            (own.mean(dim=(1, 2), keepdim=True).relu() * maps).sum(dim=0).relu()
        ),
        "The largest gradient of each map is taken, not the mean.": (own.amax(dim=(1, 2), keepdim=True) * maps)
        .sum(0)
        .relu(),
        "That is the gradient of all logits together: take that of one.": weighted(slopes["all"]).relu(),
        "That is the gradient of the probability, or of its logarithm: take that of the logit.": (
            weighted(slopes[f"probability {label}"]).relu()
        ),
        "That is the gradient of the loss, with its other sign: take that of the logit.": (
            (-weighted(slopes[f"probability {label}"])).relu()
        ),
        "The heat map stands on its head.": want.flip(0),
        "Weights and maps are added: multiply them.": (own.mean(dim=(1, 2), keepdim=True) + maps).sum(dim=0).relu(),
        "The maps are divided by the weights, or the other way round: multiply them.": (
            (own.mean(dim=(1, 2), keepdim=True) / maps).sum(dim=0).relu()
        ),
    }
    scaled = {hint: to_unit(value) for hint, value in mistakes.items()}
    hint = f"The heat map for class {label} is not relu of the sum of weight times map: heat / heat.max()"
    assert_values(to_unit(result), to_unit(want), hint, scaled, atol=1e-4, rtol=1e-4)


def to_unit(heat):
    """Return a heat map in float32 whose largest value, by its size, is 1."""
    if heat.is_complex() or heat.is_quantized or heat.is_meta:
        return heat
    heat = heat.detach().cpu().float()
    return heat / heat.abs().max().clamp(min=1e-12)


# 8.10


@exercise("8.10")
def distillation_loss(distill_loss):
    plain, wide = 3 * torch.randn(6, 5), 3 * torch.randn(6, 5)
    cases = [
        (plain, wide, 3.0),
        (plain, wide, 2.0),
        (torch.randn(4, 4), 5 * torch.randn(4, 4), 1.0),
        (8 * torch.randn(1, 3), 8 * torch.randn(1, 3), 5),
        (0.3 * torch.randn(7, 2), 0.3 * torch.randn(7, 2), 0.5),
        (torch.tensor([[300.0, -300.0, 0.0], [-300.0, 0.0, 300.0]]), torch.tensor([[0.0, 300.0, -300.0]] * 2), 2.0),
        (torch.tensor([[300.0, -300.0, 0.0]]), torch.tensor([[300.0, -300.0, 0.0]]), 1.0),
    ]
    for student, teacher, temperature in cases:
        judge_distillation(distill_loss, student, teacher, temperature)


def judge_distillation(distill_loss, student, teacher, T):
    """Judge the loss, and where its gradients go."""
    name = f"distill_loss(student, teacher, T={T:g}), for logits of shape {tuple(student.shape)}"
    right, mistakes = distillation(student, teacher, T)
    student, teacher = student.clone().requires_grad_(), teacher.clone().requires_grad_()
    want, _ = distillation(student, teacher.detach(), T)
    (want_slope,) = torch.autograd.grad(want, student)
    result = call(name, distill_loss, student, teacher, T)
    text = f"{name}, should be one number, a tensor without dimensions, but it is {describe(result)}."
    assert isinstance(result, torch.Tensor) and result.ndim == 0, text
    assert teacher.requires_grad, "The teacher that was given is changed: detach(), without the underscore."
    large = student.detach().abs().max() > 100
    is_nan = bool(result.detach().isnan()) if not result.is_meta else False
    text = f"{name} is nan"
    assert not (is_nan and large), (
        f"{text}, since the logits are large, up to 300: take log_softmax, not the log of softmax."
    )
    assert not is_nan, f"{text}. F.kl_div needs log_target=True where its target holds logarithms."
    if large:
        assert not result.detach().isinf(), f"{name} is infinite, since the logits are large: take log_softmax."
    assert_values(result.detach(), right, name, mistakes)
    assert result.requires_grad, "No gradient goes to the student: detach the teacher alone."
    slope, other = torch.autograd.grad(result, [student, teacher], allow_unused=True)
    assert slope is not None, "No gradient goes to the student: detach the teacher alone."
    assert other is None or not other.any(), "A gradient goes to the teacher: use teacher.detach()."
    text = f"The loss is right, but its gradient for the student is not, for T={T:g}. Is a part of it detached?"
    assert is_same(slope, want_slope, 1e-4, 1e-3), text


def distillation(student, teacher, T):
    """Return the right loss, and what mistakes lead to: hint -> loss."""
    log_q, log_p = F.log_softmax(student / T, dim=1), F.log_softmax(teacher / T, dim=1)
    hot_q, hot_p = F.log_softmax(student, dim=1), F.log_softmax(teacher, dim=1)
    over_q, over_p = F.log_softmax(student / T, dim=0), F.log_softmax(teacher / T, dim=0)
    p, q, hot = log_p.exp(), log_q.exp(), hot_p.exp()
    sums = {
        "": p * (log_p - log_q),
        "Without softening: divide both logits by T first.": hot * (hot_p - hot_q),
        "Only the teacher is softened: divide both logits by T.": p * (log_p - hot_q),
        "Only the student is softened: divide both logits by T.": hot * (hot_p - log_q),
        "Teacher and student are swapped: p is the teacher.": q * (log_q - log_p),
        "The student should go in as log_softmax, not as softmax.": p * (log_p - q),
        "The teacher goes in as softmax, but log_target=True says that it is a logarithm.": p.exp() * (p - log_q),
        "That is the cross-entropy: the log p of the teacher is missing.": -p * log_q,
        "The teacher's answer is taken as one class, by argmax: take all its probabilities.": (
            -F.one_hot(teacher.argmax(dim=1), teacher.shape[1]) * log_q
        ),
        "That is the sum over the pictures, not the mean.": p * (log_p - log_q) * len(p),
        "That is the mean over the classes too: sum over those.": p * (log_p - log_q) / p.shape[1],
        "The softmax goes over the pictures: it should go over the classes, dim=1.": over_p.exp() * (over_p - over_q),
        "The student's softmax goes over the pictures: use dim=1.": p * (log_p - over_q),
        "The teacher's softmax goes over the pictures: use dim=1.": over_p.exp() * (over_p - log_q),
        "The logits are multiplied by T: divide them.": (
            F.log_softmax(teacher * T, dim=1).exp()
            * (F.log_softmax(teacher * T, dim=1) - F.log_softmax(student * T, dim=1))
        ),
        "The student's logits are multiplied by T: divide them.": p * (log_p - F.log_softmax(student * T, dim=1)),
        "The teacher's logits are multiplied by T: divide them.": (
            F.log_softmax(teacher * T, dim=1).exp() * (F.log_softmax(teacher * T, dim=1) - log_q)
        ),
    }
    values = {hint: terms.sum(dim=1).mean() for hint, terms in sums.items()}
    right = values.pop("")
    mistakes = {
        "The factor T squared is missing.": right,
        "The loss should be times T squared, and it is times T.": T * right,
        "The loss should be times T squared, and it is times 2 T.": 2 * T * right,
        "The loss should be times T squared, and it is divided by it.": right / T**2,
        "The loss should be times T squared, and that is added.": right + T**2,
        "The loss should be times T squared, and it is times T cubed.": right * T**3,
    }
    for hint, value in values.items():
        mistakes[hint] = T**2 * value
    for other in (2, 3, 4, 5, 8, 10):
        if other != T:
            mistakes[f"The divergence is multiplied by {other**2}, whatever T is: use T."] = other**2 * right
            softened = F.log_softmax(student / other, dim=1), F.log_softmax(teacher / other, dim=1)
            value = F.kl_div(*softened, log_target=True, reduction="batchmean")
            mistakes[f"The logits are divided by {other}, whatever T is: use T."] = T**2 * value
            mistakes[f"{other} stands in place of T: use the T that is given."] = other**2 * value
    for hint, value in values.items():
        mistakes[f"{hint} And times T squared."] = value
    return T**2 * right, mistakes


# 8.11


class NanWatch(TorchFunctionMode):
    """Notes whether nan is turned into int8: which number that gives differs from computer to computer."""

    def __init__(self):
        super().__init__()
        self.found = False

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        target = args[0] if getattr(function, "__name__", "") == "__setitem__" else result
        if isinstance(target, torch.Tensor) and target.dtype == torch.int8:
            for value in args:
                if isinstance(value, torch.Tensor) and value.is_floating_point():
                    self.found = self.found or bool(value.detach().isnan().any())
        return result


@exercise("8.11")
def quantize_weights(quantize):
    wide = torch.randn(4, 3, 3, 3) * torch.tensor([1e-4, 1, 10, 0]).view(4, 1, 1, 1)
    wide[1, 0, 0, 0] = -5
    flat = torch.randn(5, 7)
    flat[2, 3] = -5
    square = 100 * torch.randn(6, 6)
    for weight in (wide, flat, square, torch.randn(1, 9), torch.randn(3, 2, 5), torch.zeros(2, 3)):
        judge_quantized(quantize, weight)


def judge_quantized(quantize, weight):
    """Judge the whole numbers and scales of one layer."""
    name = f"quantize(weight), for weights of shape {tuple(weight.shape)},"
    with NanWatch() as watch:
        q, scale = as_pair(call(name, quantize, weight), "the tensors q and scale")
    for part, value in (("q", q), ("scale", scale)):
        assert isinstance(value, torch.Tensor), f"{part} should be a tensor, but it is {describe(value)}."
        assert not value.requires_grad, f"{part} carries a graph: detach the weights."
    assert scale.dtype != torch.int8, "Return first q, the whole numbers, then scale."
    assert q.dtype == torch.int8, f"q should be of dtype torch.int8, but it is {q.dtype}."
    came, shape = tuple(q.shape), tuple(weight.shape)
    assert came == shape, f"q should keep the shape {shape}, but it has {came}."
    count, came = len(weight), tuple(scale.shape)
    text = f"There is one scale for all weights: each of the {count} output channels should have its own."
    assert scale.numel() != 1 or count == 1, text
    text = f"scale should have the shape ({count},), a number for each output channel, but it has {came}."
    assert came == (count,), text
    assert scale.dtype == torch.float32, f"scale should be of dtype torch.float32, but it is {scale.dtype}."
    assert scale.device == q.device == weight.device, "q and scale should be where the weights are."
    assert bool(scale.isfinite().all()), "A scale is nan or infinite. What about a channel of zeros?"
    text = (
        "In a channel of zeros you divide 0 by 0: that is nan, and no int8 stands for it. Keep the scale away from 0."
    )
    assert not watch.found, text
    judge_numbers(q, scale, weight.flatten(1), name)


def judge_numbers(q, scale, weight, name):
    """Judge whole numbers and scales; the weights are [outputs, weights of one channel]."""
    live = weight.any(dim=1)
    q = q.flatten(1).int()
    assert not q[~live].any(), "A channel of zeros should become zeros."
    q, scale, weight = q[live], scale[live], weight[live]
    if not len(weight):
        return
    largest = weight.abs().amax(dim=1)
    signed = weight.amax(dim=1)
    span = signed - weight.amin(dim=1)
    mistakes = {
        "A scale comes from the largest weight by its value: take its size, abs(), since it may be negative.": signed
        / 127,
        "The scale is the largest weight: divide it by 127.": largest,
        "The scale should be the largest weight / 127, and it is 127 / the largest.": 127 / largest,
        "The scale should be the largest weight / 127, and it is 1 / that.": 127 / largest,
        "The largest weight is divided by 128, but int8 has 127 steps to that side.": largest / 128,
        "The largest weight is divided by 255, but int8 has 127 steps to each side.": largest / 255,
        "The largest weight is divided by 126: take 127.": largest / 126,
        "The largest weight is multiplied by 127: divide it.": largest * 127,
        "127 is added to the largest weight: divide by it.": largest + 127,
        "The scale comes from the span of the channel: take the largest weight by its size.": span / 255,
        "The scale comes from the smallest weight: take the largest by its size.": weight.abs().amin(dim=1) / 127,
        "The scale comes from the mean weight: take the largest by its size.": weight.abs().mean(dim=1) / 127,
        "There is the same scale for all channels: each should have its own.": (largest.max() / 127).expand_as(largest),
    }
    small = (scale > 2 * largest / 127) & (largest < 1e-2)
    text = "A channel of small weights got too large a scale: keep the scale away from 0, but only from 0."
    assert not (small.any() and is_same(scale[~small], largest[~small] / 127)), text
    assert_values(
        scale, largest / 127, f"{name.replace('quantize(weight), for', 'For')} scale", mistakes, atol=1e-9, rtol=1e-5
    )

    exact = weight.double() / (largest.double() / 127)[:, None]
    assert not (q * weight < 0).any(), "Some weights changed their sign. Beyond 127, int8 begins again at -128."
    off = (q - exact).abs().max().item()
    at_ends = bool((q.abs().amax(dim=1) == 127).all())
    assert not (0.51 < off < 1.01), f"q is off by up to {off:.2f} steps: round() to the nearest one, do not cut off."
    assert at_ends, "The largest weight of each channel, by its size, should become 127 or -127."
    assert off < 0.51, f"q should be the weights in steps of their scale, rounded, but it is off by {off:.2f} steps."
