"""The checks of Part 8, Transfer learning."""

import copy
import re

import torch
import torch.nn.functional as F
from torch import nn

from exercises.checks.shared import as_pair, assert_values, call, first_line, one_by_one_order
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
from exercises.surroundings import fingerprint

# 8.1

PARTS = "weights", "statistics", "head"


@exercise("8.1")
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


# 8.2


@exercise("8.2", may_change_inputs=True)
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


# 8.3 and 8.6: a network that notes what it is asked


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
    text = f"The {what} was asked about {came} of {len(pictures)} pictures."
    if len(log.batches) == 1:
        text += " Does `return` stand inside the loop, so that the first batch is the last one?"
    elif len(pictures) - came < largest:
        text += " Is the smaller batch at the end left out?"
    assert came >= len(pictures), text
    text = f"The {what} gets other numbers than to_input(batch) gives: no `augment` and no other scaling here."
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


# 8.3


@exercise("8.3", seconds=20, may_change_inputs=True)
def cache_features(cache_features, *, to_input):
    for count, height, width, scale, training in (
        (103, 7, 9, 0.02, True),
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
    assert_on_device(backbone.state_dict(), before, "After the call, the backbone")
    moved = [key for key, value in backbone.state_dict().items() if not torch.equal(value, before[key])]
    in_train = any(backbone.log.modes)
    statistics = [key for key in moved if key.startswith("bn.running") or key.endswith("tracked")]
    text = "The backbone was asked in train() mode, so features depend on their batch: backbone.eval() comes first."
    assert not statistics, f"The statistics of batch norm moved. {text}"
    assert not moved, f"{', '.join(moved)} of the backbone are changed: compute features only."
    assert not in_train, text
    assert all(p.grad is None for p in backbone.parameters()), "Gradients are left in the backbone: no backward() here."
    text = (
        "The backbone is frozen now, and section 5 trains a part of it: torch.no_grad() leaves requires_grad as it is."
    )
    assert all(p.requires_grad for p in backbone.parameters()), text
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


# 8.4


class Branched(nn.Module):
    """A network whose head `fc` is not its last layer; `fcn` is another layer."""

    def __init__(self, width):
        super().__init__()
        self.conv, self.bn, self.fc = nn.Conv2d(3, width, 3), nn.BatchNorm2d(width), nn.Linear(width, 2)
        self.fcn = nn.Linear(width, width)

    def forward(self, x):
        return self.fc(self.fcn(self.bn(self.conv(x)).relu().mean(dim=(2, 3))))


@exercise("8.4", may_change_inputs=True)
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
    result, names = call_for_groups(name, two_groups, model, [lr, factor], "lr", frozen)
    judge_names(model, *names)
    low, high = (group["lr"] for group in result)
    swapped = is_near(low, lr) and is_near(high, lr / factor)
    assert not swapped, "The rates are swapped: the backbone learns slowly, with lr / factor."
    same = is_near(low, lr) and is_near(high, lr)
    assert not same, "Both groups have the learning rate lr: that of the backbone is lr / factor."
    assert is_near(low, lr / factor), f"{name}: the rate of the backbone should be {lr / factor:g}, and it is {low}."
    assert is_near(high, lr), f"{name}: the rate of the head should be {lr:g}, and it is {high}."


def call_for_groups(name, function, model, arguments, setting, frozen):
    """Call a function that makes two parameter groups; return them, and the names of the parameters in each."""
    before, mode = copy.deepcopy(model.state_dict()), model.training
    compares = "`in` or `==` compares tensors number by number: compare names, or the id of each parameter."
    hints = {"Boolean value of Tensor": compares, "size of tensor": compares}
    result = call(name, function, model, *arguments, hints=hints)
    is_list = isinstance(result, list | tuple)
    text = f'a list of two dictionaries, {{"params": ..., "{setting}": ...}}'
    assert is_list, f"{name} should return {text}, but what it returns is {describe(result)}."
    assert len(result) == 2, f"{name} should return {text}, but it returns {len(result)} entries."
    for group in result:
        is_dictionary = isinstance(group, dict)
        assert is_dictionary, f"Each group should be a dictionary with `params` and `{setting}`, not {describe(group)}."
        for key in ("params", setting):
            assert key in group, f'A group has no "{key}": each needs the keys "params" and "{setting}".'

    for key, p in model.named_parameters():
        assert p.requires_grad == (key not in frozen), (
            f"{key} was {'thawed' if key in frozen else 'frozen'} on the way."
        )
        assert p.grad is None, f"A gradient is left at {key}."
    assert model.training == mode, f"The model is in {_mode(model)} mode now, and was not before: leave its mode."
    changed = [key for key, value in model.state_dict().items() if not torch.equal(value, before[key])]
    assert not changed, f"{', '.join(changed)} of the model are changed: only read them."

    has_set = any(isinstance(group["params"], set) for group in result)
    assert not has_set, (
        '"params" of a group is a set, which an optimizer refuses, because it has no order: make a list.'
    )
    listed = [as_parameters(group["params"]) for group in result]
    assert all(part is not None for part in listed), '"params" of a group should be a list of parameters.'
    name_of = {id(p): key for key, p in model.named_parameters()}
    names = [[name_of.get(id(p), "something else") for p in part] for part in listed]
    return result, names


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
    judge_members(model, low, high, "leave the head out of the first one")
    own = [key for key in low + high if is_head[key]]
    swapped = own and not any(is_head[key] for key in high) and not any(not is_head[key] for key in low)
    assert not swapped, "The order of the groups is turned round: first the backbone, then the head."
    wrong = [key for key in high if not is_head[key]]
    text = 'belongs to the backbone: the names of the head begin with "fc.", with the dot.'
    assert not wrong, f"{wrong[0] if wrong else ''} is in the second group, but it {text}"
    wrong = [key for key in low if is_head[key]]
    assert not wrong, f"{wrong[0] if wrong else ''} is in the first group, but it belongs to the head."
    judge_complete(model, low, high)


def judge_members(model, first, second, advice):
    """Judge whether two groups hold parameters that can learn, each of them once."""
    known = dict(model.named_parameters())
    foreign = [key for key in first + second if key not in known]
    assert not foreign, "A group holds something that is no parameter of the model."
    both = [key for key in first if key in second]
    assert not both, f"{both[0]} is in both groups: {advice}."
    twice = [key for part in (first, second) for key in part if part.count(key) > 1]
    assert not twice, f"{twice[0]} is twice in a group."
    frozen = [key for key in first + second if not known[key].requires_grad]
    assert not frozen, f"{frozen[0]} is frozen, so it belongs in no group: take only what requires_grad."


def judge_complete(model, first, second):
    """Judge whether no parameter that can learn is missing in the groups."""
    lacking = [key for key, p in model.named_parameters() if p.requires_grad and key not in first + second]
    text = "It can learn." if len(lacking) == 1 else "They can learn."
    if not first or not second:
        layers = ", ".join(name for name, _ in model.named_children())
        text += " One group is empty: was a generator read twice? The second time, nothing comes."
        text += f" Or does your condition fit no parameter of this model? Its layers are called {layers}."
    elif any("." not in key for key in lacking):
        text += " A name without a dot is a parameter of the network itself, outside of all its layers."
    assert not lacking, f"Missing in the groups: {', '.join(lacking)}. {text}"


# 8.5


IMAGENET_MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
IMAGENET_STD = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def new_classifier(channels):
    """Return a small network for color pictures of any size and two classes; each parameter has a gradient of 1."""
    network = nn.Sequential(nn.Conv2d(3, channels, 3), nn.GELU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    network.append(nn.Linear(channels, 2))
    network[4].weight.data *= 10
    for p in network.parameters():
        p.grad = torch.ones_like(p)
    return network


@exercise("8.5", may_change_inputs=True)
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
    """Return what PyTorch says, with a word on the device `meta`, which the reader did not choose."""
    text = f"PyTorch says: {first_line(error)}"
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
            f"One kind of GPU is written into the function; use `device`. PyTorch says: {first_line(error)}"
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
        "The model gets pictures as `to_input` makes them: here keep `/ 127.5 - 1`.": lambda: F.cross_entropy(
            model((pictures / 255 - IMAGENET_MEAN) / IMAGENET_STD), labels, weight=weight
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
    assert not back, "Something is sent to the CPU: use the device that is given everywhere, and leave the loss there."
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
    assert error is None, text  # PyTorch's own words name the two devices the wrong way round here
    _, error = run_loss(batch_loss, model, far_pictures, far_labels, far)
    assert error is None, f"The model stays behind: model.to(device). {pytorch_says(error)}"
    result, error = run_loss(batch_loss, model, pictures, labels, far)
    assert error is None, f"With everything on the CPU and another device given, it fails. {pytorch_says(error)}"
    for loss in (result, result_x):
        came = loss.device if isinstance(loss, torch.Tensor) else describe(loss)
        assert came == far, f"The loss should be on the device that is given, {far}, but it is on {came}."


# 8.6


@exercise("8.6", seconds=20, may_change_inputs=True)
def write_the_evaluation(evaluate, *, to_input):
    for count, height, width, classes, true, training, scale in (
        (103, 7, 9, 4, 3, True, 3),
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
    ends_early = "If that is a `bincount`: it ends with the largest number that occurs, without minlength=classes**2."
    hints = {r"shape '\[\d+, \d+\]' is invalid for input of size": ends_early}
    result = call(name, evaluate, model, x, y, classes, hints=hints)
    counts, losses = as_pair(result, "the tensors `counts` and `losses`")
    for part, value in (("counts", counts), ("losses", losses)):
        assert isinstance(value, torch.Tensor), f"`{part}` should be a tensor, but it is {describe(value)}."

    for part, now, was in zip("xy", (x, y), kept, strict=True):
        assert is_same(now, was), f"Your code changed the {part} that it was given."
    assert_on_device(model.state_dict(), before, "After the call, the model")
    changed = [key for key, value in model.state_dict().items() if not torch.equal(value, before[key])]
    in_train = any(model.log.modes)
    text = "The model was asked in train() mode from a later batch on: put the mode back after the loop, not inside it."
    assert not in_train or model.log.modes[0], text
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
    is_share = counts.is_floating_point() and counts.nan_to_num().max() <= 1 < len(y)
    text = f"`counts` should be an integer tensor, but its dtype is {counts.dtype}."
    more = " Its largest number is at most 1: return counts, not shares." if is_share else ""
    assert whole, text + more
    sizes = [len(batch) for batch in model.log.batches]
    judge_counts(counts, logits, y, classes, sizes)
    judge_losses(losses, logits, y, sizes, atol)


def count_pairs(rows, columns, classes):
    """Return how often each pair of a row and a column occurs, [classes, classes]."""
    return torch.bincount(rows * classes + columns, minlength=classes**2).reshape(classes, classes)


def judge_counts(counts, logits, y, classes, sizes):
    """Judge how often each class was predicted for each true class; the network was asked in batches of these sizes."""
    predicted = logits.argmax(dim=1)
    right = count_pairs(y, predicted, classes)
    other = count_pairs(y, logits.argmin(dim=1), classes)
    once_a_batch = torch.zeros_like(right)
    if sum(sizes) == len(y):
        for rows, columns in zip(y.split(sizes), predicted.split(sizes), strict=True):
            once_a_batch += count_pairs(rows, columns, classes).clamp(max=1)
    once_a_pair = "counts[rows, columns] += 1 counts a pair once, however often it comes."
    mistakes = {
        once_a_pair: right.clamp(max=1),
        f"In each batch, {once_a_pair}": once_a_batch if once_a_batch.any() else None,
        "`counts` holds the hits alone. A wrong prediction counts, too, beside the diagonal.": right.diag().diag(),
        "Rows and columns of `counts` are swapped: the row is the true class.": right.T,
        "`counts` counts the smallest logit: the prediction is argmax.": other,
        "`counts` is in reverse order.": right.flip(0),
    }
    total = int(counts.sum())
    mistakes[f"The counts add up to {total}, and there are {len(y)} pictures."] = counts if total != len(y) else None
    assert_same(counts, right, f"For {len(y)} pictures, counts", mistakes)


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


# 8.7


class Shapes(Branched):
    """A network whose parameters have 0 to 4 dimensions; their names do not tell their shapes."""

    def __init__(self, width):
        super().__init__(width)
        self.weight = nn.Parameter(torch.tensor(1.0))
        self.norm_mix = nn.Linear(width, width)
        self.again = nn.Linear(width, width, bias=False)
        self.again.weight = self.norm_mix.weight  # one parameter of two layers
        self.bias = nn.Parameter(torch.rand(width, 1, 1))


@exercise("8.7", may_change_inputs=True)
def spare_biases_and_norms(decay_groups):
    weights = {"conv.weight", "fc.weight", "fcn.weight", "norm_mix.weight", "bias"}
    for weight_decay, frozen in (
        (0.05, {"fcn.bias", "fc.weight"}),
        (0.3, set()),
        (0.01, weights),
        (0.2, {"conv.weight", "bn.bias", "weight"}),
    ):
        model = Shapes(4 + len(frozen))
        for name, p in model.named_parameters():
            p.requires_grad_(name not in frozen)
        judge_decay(decay_groups, model.train(len(frozen) < 3), weight_decay, frozen, weights)


def judge_decay(decay_groups, model, weight_decay, frozen, weights):
    """Judge the two groups of one network."""
    name = f"decay_groups(model, weight_decay={weight_decay:g})"
    arguments = [weight_decay]
    result, (first, second) = call_for_groups(name, decay_groups, model, arguments, "weight_decay", frozen)
    judge_members(model, first, second, "each parameter belongs to one")
    dimensions = {key: p.ndim for key, p in model.named_parameters()}
    listed = first + second
    is_swapped = listed and not weights & set(first) and not set(second) - weights
    assert not is_swapped, "The order of the groups is turned round: first the weights, then biases and norms."
    for key in sorted(first, key=lambda key: dimensions[key] == 0):  # a single number is the rarest case
        text = f"{key} is in the first group, which is for two or more dimensions. It has {dimensions[key]}."
        more = f" {key} is a single number, a parameter of the network itself." if not dimensions[key] else ""
        assert key in weights, text + more
    for key in second:
        text = f"{key} is in the second group, but it belongs to the first: its dimensions are {dimensions[key]}."
        assert key not in weights, text
    judge_complete(model, first, second)
    got, spared = (group["weight_decay"] for group in result)
    is_turned = is_near(spared, weight_decay) and as_number(got) == 0
    assert not is_turned, "The weight decays are swapped: the first group decays, the second does not."
    assert as_number(spared) == 0, f"{name}: the second group should have a weight decay of 0, and it has {spared}."
    text = f"{name}: the first group should have a weight decay of {weight_decay:g}, and it has {got}."
    assert is_near(got, weight_decay), text


# 8.8


@exercise("8.8")
def find_the_most_similar(most_similar):
    long, short = 5 * torch.randn(7, 4) + 1, torch.randn(9, 4)
    scaled = short * torch.linspace(0.1, 6, 9)[:, None]  # the longest row is not the most similar one
    wide = torch.randn(6, 6)
    with_zeros, zeros = torch.randn(5, 3), torch.zeros(4, 3)
    with_zeros[2] = 0
    same = torch.randn(8, 16)
    a_zero_row = torch.rand(4, 3) + 0.1
    a_zero_row[1] = 0
    for features, others in (
        (long, scaled),
        (wide, 3 * torch.randn(6, 6)),
        (with_zeros, torch.randn(11, 3)),
        (same[2:5] * 4, same),
        (-torch.rand(3, 5), torch.rand(4, 5)),  # all similarities are below 0
        (torch.rand(1, 2), torch.rand(1, 2)),
        (torch.randn(3, 3), zeros),
        (torch.rand(5, 3) + 0.1, a_zero_row),  # never the most similar row
        (torch.rand(3, 3) * torch.tensor([[1], [-1], [1]]), a_zero_row),  # once the most similar row
        (1000 * torch.randn(4, 5), torch.randn(6, 5)),
    ):
        judge_similar(most_similar, features, others)


def judge_similar(most_similar, features, others):
    """Judge the nearest rows, and how similar they are."""
    name = f"most_similar(features, others), for shapes {tuple(features.shape)} and {tuple(others.shape)},"
    kept = [features.clone(), others.clone()]
    nearest, similarity = as_pair(call(name, most_similar, features, others), "the indices and the similarities")
    for what, now, before in zip(("features", "others"), (features, others), kept, strict=True):
        assert is_same(now, before, 0, 0), f"The {what} that were given are changed."
    for part, value in (("the indices", nearest), ("the similarities", similarity)):
        assert isinstance(value, torch.Tensor), f"{part.capitalize()} should be a tensor, not {describe(value)}."
        assert not value.is_complex(), f"{part.capitalize()} should not be complex."
        text = f"{part.capitalize()} should be on the device of the features, {features.device}, not on {value.device}."
        assert value.device == features.device, text
        came, shape = tuple(value.shape), (len(features),)
        assert came == shape, f"{name} should return {part} in the shape {shape}, but it has {came}."
    is_turned = nearest.is_floating_point() and not similarity.is_floating_point()
    assert not is_turned, "Return first the indices, then the similarities."
    is_whole = not nearest.is_floating_point() and nearest.dtype != torch.bool
    assert is_whole, f"The indices should be whole numbers, but their dtype is {nearest.dtype}."
    text = (
        "A similarity is nan. What about a row of zeros? Cure it before `max`, since nan counts as the largest there."
    )
    assert not similarity.isnan().any(), text
    assert not similarity.requires_grad, "The similarities carry a graph."

    products = features @ others.T
    distances = torch.cdist(features, others)
    lengths = features.norm(dim=1, keepdim=True), others.norm(dim=1)
    every = F.normalize(features, dim=1) @ F.normalize(others, dim=1).T
    want = every.max(dim=1).values
    by_hand = every.gather(1, nearest.long().clamp(0, len(others) - 1)[:, None])[:, 0]
    is_zero = others.norm(dim=1) == 0
    where_zero = "With a row of zeros among the others," if is_zero.any() else ""
    mistakes = {
        f"{where_zero} all similarities are 0. Was a nan replaced after `max`? There it counts as the largest.": (
            torch.zeros_like(want) if where_zero else None
        ),
        f"{where_zero} its similarity of 0 is left out: it is the largest where all others are negative.": lambda: (
            every[:, ~is_zero].amax(dim=1) if where_zero else None
        ),
        "Those are the products of the rows: divide them by both lengths.": products.max(dim=1).values,
        "The products are divided by one length alone: divide by those of both rows.": lambda: (
            products / lengths[0].clamp(min=1e-12)
        ).amax(dim=1),
        "The products are divided by the length of the other row alone.": lambda: (
            products / lengths[1].clamp(min=1e-12)
        ).amax(dim=1),
        "Those are the smallest similarities: take the largest.": every.amin(dim=1),
        "Those are distances: the cosine similarity is wanted.": distances.amin(dim=1),
        "Those are the similarities of the mean: take the largest.": every.mean(dim=1),
        "The size of a similarity is taken: a negative one stays negative.": want.abs(),
        "The largest similarity by its size is taken: -1 is the opposite of similar.": every.abs().amax(dim=1),
        "No similarity is below 0. A search for the largest must not start at 0.": want.clamp(min=0),
        "`dim=0` divides each column by its length: the rows need dim=1.": lambda: (
            F.normalize(features, dim=0) @ F.normalize(others, dim=0).T
        ).amax(dim=1),
        "All rows are divided by the length of the whole tensor: each has a length of its own.": lambda: (
            products / (features.norm() * others.norm())
        ).amax(dim=1),
        "The length of a row is the root of the sum of its squares, and not the sum of their sizes.": lambda: (
            F.normalize(features, p=1, dim=1) @ F.normalize(others, p=1, dim=1).T
        ).amax(dim=1),
        "The length of a row is the root of the sum of its squares, and not the sum of its numbers.": lambda: (
            products / (features.sum(dim=1, keepdim=True) * others.sum(dim=1))
        ).amax(dim=1),
        "The products are divided by the squares of the lengths: take the root.": lambda: (
            products / (lengths[0] * lengths[1]).square().clamp(min=1e-12)
        ).amax(dim=1),
        "Softmax makes shares of the similarities: return the cosine itself.": every.softmax(dim=1).amax(dim=1),
        "Those are the similarities to the rows at the smallest distance: take the largest similarity.": lambda: (
            every.gather(1, distances.argmin(dim=1, keepdim=True))[:, 0]
        ),
    }
    assert_values(
        similarity, want, f"For shapes {tuple(features.shape)} and {tuple(others.shape)}, similarity", mistakes
    )
    inside = bool(((nearest >= 0) & (nearest < len(others))).all())
    assert inside, f"An index is not one of a row of `others`, which has {len(others)} rows."
    text = "The similarities are right, but an index is not that of the most similar row of `others`."
    more = " Were rows of zeros taken out? Then all later rows have other indices." if is_zero.any() else ""
    assert is_same(by_hand, want, 1e-5, 1e-4), text + more
