"""What leaves Part 1."""

REMOVE = ["vectorize-check"]

TEXT = {
    "ex-1-3": [
        (
            "Make a checkerboard without a loop. A slice `start::2` takes every second entry.",
            "Make a checkerboard by assigning to slices: no loop is needed. A slice `start::2` takes every second "
            "entry.",
        ),
    ],
    "ex-1-4": [
        (
            "float, shape `(N, F)`, one picture in each row.",
            "float, shape `(N, F)`, one picture in each row, none of them constant.",
        ),
        (
            "has mean 0 and standard deviation 1. No loop;",
            "has mean 0 and standard deviation 1, whether you divide by `F` or by `F - 1` in it. No loop;",
        ),
    ],
    "ex-1-5": [
        (
            "`float32`, with values from 0 to 1.",
            "`float32`, with values from 0 to 1: 0 becomes 0 and 255 becomes 1, however dark the picture is.",
        ),
    ],
    "ex-1-6": [
        (
            "a tensor of the same shape. (`torch.sigmoid` exists; today you build it.)",
            "a tensor of the same shape. (`torch.sigmoid` exists, but today you build it, so don't call it.)",
        ),
    ],
    "ex-1-7": [
        (
            "a tensor of shape `()`, a single number.",
            "a tensor of shape `()`, a single number, for any number of inputs.",
        ),
    ],
    "ex-1-10": [
        (
            "Use broadcasting, no loop.",
            "No loop; broadcasting is one way. The distance of two equal points is 0, not nan (a rounding error of "
            "a few thousandths is fine).",
        ),
    ],
    "ex-1-11": [
        (
            "with `torch.einsum` in place of `@`.",
            "with `torch.einsum` in place of `@`: no other matrix product.",
        ),
    ],
}
