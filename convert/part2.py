"""What leaves Part 2."""

REMOVE = ["proof-check"]

TEXT = {
    "ex-2-3": [
        (
            "not with PyTorch's own softmax.",
            "not with PyTorch's own `softmax` or `log_softmax`.",
        ),
    ],
    "ex-2-4": [
        (
            "three linear layers 784 → 128 → 64 → 10.",
            "three linear layers 784 → 128 → 64 → 10, each with biases, and no other parameters.",
        ),
        (
            "and returns logits `(N, 10)`.",
            "and returns logits `(N, 10)`. Leave the random starting values and the mode as they are made.",
        ),
    ],
    "ex-2-5": [
        (
            "It returns logits.",
            "It returns logits. Leave the biases, the random starting values and the mode as they are made.",
        ),
    ],
    "ex-2-7": [
        (
            "They must stay the *same* parameters: other parts of a program may hold on to them.",
            "They must stay the *same* parameters: other parts of a program may hold on to them. The numbers are "
            "copied: what happens to `weight` and `bias` later must not change the layer.",
        ),
    ],
    "ex-2-9": [
        (
            "an `nn.Sequential` for pictures `(N, 1, 28, 28)`: it flattens, then has a linear layer between each pair "
            "of widths,",
            "an `nn.Sequential` for pictures `(N, 1, H, W)`, where `H · W` is the first width: it flattens, then has a "
            "new linear layer (with biases) between each pair of widths,",
        ),
    ],
    "ex-2-9-answer": [("for pictures [N, 1, 28, 28]", "for pictures [N, 1, H, W]")],
    "ex-2-10": [
        (
            "that sets its parameters so, in place.",
            "that sets its parameters so, in place: every weight is drawn anew, whatever it was before.",
        ),
    ],
}
