"""What leaves Part 5."""

REMOVE = [
    "opening-check",
    "leak-check",
    "topk-check",
    "classes-check",
    "modes-dropout-check",
    "inference-forgotten-check",
    "inference-check",
    "overfit-check",
    "cures-check",
    "stopping-mark",
    "stopping-check",
    "schedule-check",
    "temperature-check",
    "strangers-check",
    "speed-batches-check",
    "speed-table-check",
    "final-choice-check",
    "final-check",
    "ex-5-11-gain-check",
]

TEXT = {
    "setup": [("from torch.utils.data import DataLoader\n", "")],
    "stopping-notes": [
        (
            "Let the room count it on the list of losses in the check.",
            "Let the room count it on these losses: 4, 3, 3.5, 2, 2.2, 2.1, 2. (It stops at the last: equal is not "
            "lower.)",
        ),
    ],
    "ex-5-1": [
        (
            "and the same split each time for the same seed.",
            "and the same split each time for the same seed, another one for another seed. PyTorch's own random "
            "numbers are not reseeded: other cells draw from them, so use a generator of your own.",
        ),
        (
            "returns two tensors of indices, first",
            "returns two one-dimensional tensors of whole numbers, first",
        ),
    ],
    "ex-5-3": [
        (
            "`batches`, which yields pairs of pictures and labels, the last one smaller.",
            "`batches`, which yields pairs of pictures and labels, the last one smaller: a list, a `DataLoader` or a "
            "generator, which has no length and can be gone through only once.",
        ),
    ],
    "ex-5-7": [
        (
            "`x` itself stays unchanged.",
            "The result has the shape and the dtype of `x`, gradients flow back through it, and `x` itself stays "
            "unchanged.",
        ),
    ],
    "ex-5-8": [
        (
            "the weights, and the running averages of a batch norm, too.",
            "the weights, and the running averages of a batch norm, too. It changes neither the mode of the model nor "
            "`requires_grad`, and works as often as it is called. `update` leaves the model as it is.",
        ),
    ],
    "ex-5-10": [
        (
            "The indices are shuffled by the seed;",
            "The indices are shuffled by the seed, without reseeding PyTorch's own random numbers;",
        ),
    ],
    "ex-5-11": [
        (
            "computed in `eval()` mode.",
            "computed in `eval()` mode. Afterwards each network is in `eval()` mode, or in the mode in which it came.",
        ),
    ],
}
