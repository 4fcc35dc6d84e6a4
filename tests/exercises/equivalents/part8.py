"""Changes of right answers to the exercises of Part 8 that are right as well, with the reason."""

NO_TENSOR = "what it returns is no tensor, so nothing is changed"
NUMBER = "the loss is one number, which has no rows"
ONE_AXIS = "the change is for matrices that are square, and there is none"
ORDER = "the two lines do not depend on each other"
GIVEN_PICTURES = "all inputs are whole numbers, none is a large float"

TENSOR_CHANGES = "|".join(
    [
        "rounded to one decimal",
        "clamped to one",
        "negative values lost",
        "a hundredth too large",
        "as float16",
        "cut off from the graph",
        "transposed where square",
        "one more dimension",
        "the first dimension lost where it is one",
        "the last entry left out",
        "the last entry as the first",
        "in reverse order",
        "right for the first size only",
        "nan for large inputs",
        "input changed afterwards",
    ]
)
ROW_CHANGES = "|".join(
    [
        "transposed where square",
        "the first dimension lost where it is one",
        "the last entry left out",
        "the last entry as the first",
        "in reverse order",
    ]
)

MUTANTS = {
    "8.1": {
        "line [45689]: after the next line: .*": ORDER,
    },
    "8.4": {
        r"line 5: \.cpu\(\) dropped": "no effect where there is no GPU",
        "line 5: 25 -> 2[46]": "any number up to 50 is right",
    },
    "8.2": {"line .: two entries swapped": "the order of the words does not matter"},
    "8.5": {"line 4: after the next line: head = .*": ORDER},
    "8.6": {
        "line [34]: after the next line: (x = .*|model.to.*)": ORDER,
        r"line 4: \.float\(\) dropped": "a division by 127.5 makes floats of whole numbers",
    },
    "8.7": {
        "line 6: 25 -> 2[46]": "any number up to 50 is right",
        r"line 7: \.cpu\(\) dropped": "no effect where there is no GPU",
        "line 8: after the next line: model.train.*": ORDER,
    },
    "8.9": {
        "line (8|10): 0 -> -1": "of one picture, one layer and one gradient the first is the last",
        "line (9|10): (mean -> sum|sum -> mean)": "any scale is right",
        "line 9: two entries swapped": "the order of dimensions does not matter in a mean",
        "line 6: the last argument dropped": "requires_grad_() is requires_grad_(True)",
        "line [37]: after the next line: (noted = .*|hook.remove.*)": ORDER,
        "line 5: without: with torch.enable_grad.*": "gradients are on wherever a lesson calls it",
    },
    "8.10": {
        "line 3: after the next line: log_q = .*": ORDER,
        "line [34]: dim= dropped": "of a matrix, log_softmax takes dim=1 by itself, with a warning",
    },
    "8.11": {
        "line .: 1e-12 -> .*": "any number near 0 keeps the scale away from it",
        r"line .: \.detach\(\) dropped": "the weights that are given are detached",
    },
}

SABOTEURS = {
    "8.1": {
        "Block: negative values lost": "after relu nothing is below 0",
        "Block: transposed where square": "the change is for matrices, and maps have four dimensions",
    },
    "8.3": {f"swap_head: ({TENSOR_CHANGES})": NO_TENSOR},
    "8.4": {
        "cache_features: (models left in the other mode|parameters left frozen)": "the card leaves this open",
        "cache_features: transposed where square": ONE_AXIS,
        "cache_features: (cut off from the graph|nan for large inputs)": "no graph is wanted, and no input is a float",
    },
    "8.5": {f"two_groups: ({TENSOR_CHANGES})": NO_TENSOR},
    "8.6": {
        f"batch_loss: ({ROW_CHANGES})": NUMBER,
        "batch_loss: nan for large inputs": GIVEN_PICTURES,
        "batch_loss: negative values lost": "a cross-entropy is never below 0",
    },
    "8.7": {
        "evaluate: (cut off from the graph|nan for large inputs)": "no graph is wanted, and no input is a float",
        "evaluate: the first dimension lost where it is one": "there are two classes or more",
        "evaluate: negative values lost": "counts and losses are never below 0",
    },
    "8.9": {
        "grad_cam: nan for large inputs": "a prepared picture is not large",
        "grad_cam: (a hundredth too large|cut off from the graph|negative values lost)": (
            "any scale is right, no graph is wanted, and after relu nothing is below 0"
        ),
    },
    "8.11": {
        "quantize: (negative values lost|cut off from the graph)": "scales are not below 0, and no graph is wanted",
    },
    "8.10": {
        f"distill_loss: ({ROW_CHANGES})": NUMBER,
        "distill_loss: negative values lost": "a divergence is never below 0",
    },
}
