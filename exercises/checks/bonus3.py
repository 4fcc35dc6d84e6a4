"""The checks of bonus notebook 3, Smaller and faster."""

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

from exercises.checks.shared import as_pair, assert_values, call
from exercises.compare import describe, is_same, shares_memory
from exercises.judge import exercise

# B3.1

DISTILL_ERRORS = {
    "leaf Variable that requires grad": (
        "A line changes the given logits in place, as `/=`, `-=` and `div_()` do. Give the result a name of its "
        "own, as in `softened = student / T`."
    ),
    "bitwise_xor": "In Python, a power is written `T**2`, not `T ^ 2`.",
}


@exercise("B3.1")
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
    result = call(name, distill_loss, student, teacher, T, hints=DISTILL_ERRORS)
    text = f"{name}, should be a tensor without dimensions, but it is {describe(result)}."
    assert not isinstance(result, float), f"{text} Leave out .item() and float(): a number has no gradient."
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
        text = (
            "The loss is right for small logits, and wrong for large ones, up to 300: take log_softmax, which is exact "
            "for all. The log of a softmax with a small number added is not, and neither are logits that are clamped."
        )
        mistakes = {text: result.detach()}  # the cases before this one would have found any other
    assert_values(result.detach(), right, name, mistakes)
    text = "No gradient goes to the student: detach the teacher alone, and compute the loss outside of no_grad."
    assert result.requires_grad, text
    slope, other = torch.autograd.grad(result, [student, teacher], allow_unused=True)
    assert slope is not None, text
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
        "Sum over the classes, dim=1, and take the mean over the pictures, not the other way round.": (
            p * (log_p - log_q) * len(p) / p.shape[1]
        ),
        "The factor p of the formula is missing: each class counts by its probability.": log_p - log_q,
        "The loss has the wrong sign: it is log p less log q.": p * (log_q - log_p),
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


# B3.2


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


QUANTIZE_ERRORS = {
    r"shape .* is invalid for input of size 1$": (
        "A tensor of one number should get a shape for several. If it is the scale: flatten() makes one row of all "
        "weights, and flatten(1) makes a row for each output channel."
    ),
}


@exercise("B3.2")
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
        q, scale = as_pair(call(name, quantize, weight, hints=QUANTIZE_ERRORS), "the tensors q and scale")
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
        "The scale comes from the span of the channel, halved: take the largest weight by its size.": span / 254,
        "The scale comes from the sum of the weights: take the largest by its size.": weight.abs().sum(dim=1) / 127,
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
    is_abs = is_same(q, q.abs()) and is_same(q, exact.abs(), 0.51, 0) and not is_same(q, exact, 0.51, 0)
    assert not is_abs, "The signs of the weights are lost: abs() is for the scale alone."
    assert not (q * weight < 0).any(), "Some weights changed their sign. (Beyond 127, int8 begins again at -128.)"
    off = (q - exact).abs().max().item()
    at_ends = bool((q.abs().amax(dim=1) == 127).all())
    assert not (0.51 < off < 1.01), f"q is off by up to {off:.2f} steps: round() gives the nearest whole number."
    assert at_ends, "The largest weight of each channel, by its size, should become 127 or -127."
    assert off < 0.51, f"q should be the weights in steps of their scale, rounded, but it is off by {off:.2f} steps."


# B3.3

PRUNE_ERRORS = {
    "too many indices for tensor": "sort() returns values and indices. For the indices alone, there is argsort().",
}


@exercise("B3.3")
def prune_weights(prune):
    for shape, share in (((4, 5), 0.5), ((3, 2, 3, 3), 0.25), ((7,), 0.9), ((5, 5), 0.3)):
        judge_pruned(prune, torch.randn(shape), share)
    judge_pruned(prune, 100 * torch.randn(1, 6), 0.5)  # one row, and large weights
    judge_nothing_or_everything(prune, torch.randn(6, 6))
    judge_pruned(prune, torch.tensor([0.0, 3.0, -1.0, 0.0, 0.5, 2.0, 0.0, -2.5]), 0.5)  # some are 0 already
    for weight in (torch.ones(2, 3), torch.tensor([2.0, -1.0, 1.0, -2.0, 1.0, 2.0, -2.0, 3.0])):
        judge_equal_sizes(prune, weight, 0.5)


def without(weight, indices):
    """Return a copy of a tensor in which the entries at some flat indices are 0."""
    flat = weight.flatten().clone()
    flat[indices] = 0
    return flat.view_as(weight)


def pruned_rows(weight, share):
    """Return a copy of a tensor whose rows are pruned one by one."""
    rows = weight.flatten(1) if weight.ndim > 1 else weight[None]
    pruned = [without(row, row.abs().argsort()[: int(share * len(row))]) for row in rows]
    return torch.stack(pruned).view_as(weight)


def judge_pruned(prune, weight, share):
    """Judge one pruned tensor, whose entries near the limit have different sizes."""
    name = f"For a weight of shape {tuple(weight.shape)}, prune(weight, {share:g})"
    count, total = int(share * weight.numel()), weight.numel()
    by_size = weight.abs().flatten().argsort()
    by_value = weight.flatten().argsort()
    nonzero = int(share * (weight != 0).sum())
    want = without(weight, by_size[:count])
    mistakes = {
        "The largest entries are set to 0: the smallest should be.": without(weight, by_size[total - count :]),
        "share is how much is set to 0, not how much is kept.": without(weight, by_size[: int((1 - share) * total)]),
        "-3 is a large weight: sort by the absolute value, abs().": without(weight, by_value[:count]),
        "Those with the largest values are set to 0: sort by abs(), and take the smallest.": without(
            weight, by_value[total - count :]
        ),
        "Entries that are 0 already count as well: they are the smallest.": without(weight, by_size[:nonzero]),
        f"One entry too many is set to 0: int({share:g} * {total}) is {count}.": without(weight, by_size[: count + 1]),
        f"One entry too few is set to 0: int({share:g} * {total}) is {count}.": without(
            weight, by_size[: max(0, count - 1)]
        ),
        "The smallest entries of each row are set to 0: take the smallest of the whole tensor.": pruned_rows(
            weight, share
        ),
        "argsort() sorts each row of a tensor for itself: flatten the tensor before.": without(
            weight, weight.abs().argsort().flatten()[:count]
        ),
        "len(weight) is the number of rows: count all entries, weight.numel().": without(
            weight, by_size[: int(share * len(weight))]
        ),
        "The first entries are set to 0: the smallest should be.": without(weight, slice(count)),
        "The entries are sorted: those that stay should stay in their places.": without(
            weight.flatten()[by_size].view_as(weight), slice(count)
        ),
        "The limit is a share of the largest entry: share is how many of the entries are set to 0.": torch.where(
            weight.abs() < share * weight.abs().max(), 0, weight
        ),
        "The entries that stay have lost their sign.": want.abs(),
        "The entries that stay should keep their values, and they are 1: multiply by weight.": (want != 0).to(want),
        "The small entries are kept and the large ones are 0: turn that round.": weight - want,
        "Nothing is set to 0.": weight,
        "Everything is set to 0.": torch.zeros_like(weight),
    }
    result = pruned_by(prune, weight, share, name)
    assert_values(result, want, name, mistakes)
    nearly = result[(want == 0) & (result != 0)]
    assert not len(nearly), f"{name}: an entry should be 0, but it is {nearly[0].item():g}. A small number is not 0."
    assert is_same(result, want, 0, 0), f"{name}: the entries that stay should keep their values, to the last digit."


def pruned_by(prune, weight, share, name):
    """Return what the reader's function gives, a tensor."""
    result = call(name, prune, weight, share, hints=PRUNE_ERRORS)
    assert isinstance(result, torch.Tensor), f"{name} should be a tensor, but it is {describe(result)}."
    return result


def judge_nothing_or_everything(prune, weight):
    """Judge the shares 0 and 1, where an index such as -1 or a slice such as [-0:] takes what it should not."""
    total = weight.numel()
    result = pruned_by(prune, weight, 0.0, "prune(weight, 0)")
    assert not shares_memory(result, weight), "For the share 0, weight itself comes back: return a new tensor."
    zeros = int((result == 0).sum())
    text = (
        f"For the share 0 nothing should be set to 0, but {zeros} of {total} entries are. Is an index n - 1 below 0, "
        "or is there a slice [-0:], which is everything?"
    )
    assert not zeros, text
    assert is_same(result, weight, 0, 0), "For the share 0, the result should be a copy of weight, and it is not."
    result = pruned_by(prune, weight, 1.0, "prune(weight, 1)")
    rest = int((result != 0).sum())
    text = f"For the share 1 all entries should be 0, but {rest} of {total} are not. (The slice [-0:] is everything.)"
    assert not rest, text
    assert result.shape == weight.shape, "For the share 1, the result should have the shape of weight, and it has not."


def judge_equal_sizes(prune, weight, share):
    """Judge a tensor with entries of equal size at the limit: any of these may be set to 0, but only so many."""
    listed = [f"{value:g}" for value in weight.flatten().tolist()]
    name = f"For a weight with the entries {', '.join(listed)}, prune(weight, {share:g})"
    count = int(share * weight.numel())
    result = pruned_by(prune, weight, share, name)
    assert result.shape == weight.shape, f"{name} should have the shape {tuple(weight.shape)}."
    zeros = int((result == 0).sum())
    text = (
        f"{name} should set {count} entries to 0, but it sets {zeros}. A limit cannot tell entries of equal size apart"
    )
    assert zeros == count, f"{text}: take indices, as argsort() returns them."
    stays = result != 0
    assert is_same(result[stays], weight[stays], 0, 0), f"{name}: the entries that stay should keep their values."
    smallest = weight.abs()[stays].min()
    assert (weight.abs()[~stays] <= smallest).all(), f"{name} should set the smallest entries to 0, and it sets others."
