"""Changes of right answers to the exercises of bonus notebook 1 that are right as well, with the reason."""

ORDER = "the two lines do not depend on each other"

MUTANTS = {
    "B1.1": {
        "line [45689]: after the next line: .*": ORDER,
    },
    "B1.2": {
        "line (8|10): 0 -> -1": "of one picture, one layer and one gradient the first is the last",
        "line (9|10): (mean -> sum|sum -> mean)": "any scale is right",
        "line 9: two entries swapped": "the order of dimensions does not matter in a mean",
        "line 6: the last argument dropped": "requires_grad_() is requires_grad_(True)",
        "line [37]: after the next line: (noted = .*|hook.remove.*)": ORDER,
        "line 5: without: with torch.enable_grad.*": "gradients are on wherever a lesson calls it",
    },
    "B1.3": {
        "line .: after the next line: .*": ORDER,
    },
}

SABOTEURS = {
    "B1.1": {
        "Block: negative values lost": "after relu nothing is below 0",
        "Block: transposed where square": "the change is for matrices, and maps have four dimensions",
    },
    "B1.2": {
        "grad_cam: nan for large inputs": "a prepared picture is not large",
        "grad_cam: (a hundredth too large|cut off from the graph|negative values lost)": (
            "any scale is right, no graph is wanted, and after relu nothing is below 0"
        ),
    },
}
