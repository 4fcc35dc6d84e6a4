"""Changes of right answers to the exercises of bonus notebook 1 that are right as well, with the reason."""

from equivalents.part8 import NO_TENSOR, ORDER, TENSOR_CHANGES

MUTANTS = {
    "B1.1": {
        "line [45689]: after the next line: .*": ORDER,
    },
    "B1.2": {
        "line (7|8|10): 0 -> -1": "of one picture, one layer and one gradient the first is the last",
        "line (9|10): (mean -> sum|sum -> mean)": "any scale is right",
        "line 9: two entries swapped": "the order of dimensions does not matter in a mean",
        "line [56]: the last argument dropped": "requires_grad_() is requires_grad_(True)",
        "line [36]: after the next line: (found = .*|hook.remove.*)": ORDER,
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
    "B1.3": {
        f"start_as_identity: ({TENSOR_CHANGES})": NO_TENSOR,
    },
}
