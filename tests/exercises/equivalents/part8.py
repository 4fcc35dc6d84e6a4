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
    "8.3": {
        r"line 5: \.cpu\(\) dropped": "no effect where there is no GPU",
        "line 5: 25 -> 2[46]": "any number up to 50 is right",
    },
    "8.1": {"line .: two entries swapped": "the order of the words does not matter"},
    "8.4": {"line 4: after the next line: head = .*": ORDER},
    "8.5": {
        "line [34]: after the next line: (x = .*|model.to.*)": ORDER,
        r"line 4: \.float\(\) dropped": "a division by 127.5 makes floats of whole numbers",
    },
    "8.6": {
        "line 6: 25 -> 2[46]": "any number up to 50 is right",
        r"line 7: \.cpu\(\) dropped": "no effect where there is no GPU",
        "line 8: after the next line: model.train.*": ORDER,
    },
    "8.7": {"line 4: after the next line: weights = .*": ORDER},
    "8.8": {"line 3: dim= dropped": "normalize takes dim=1 by itself"},
}

SABOTEURS = {
    "8.2": {f"swap_head: ({TENSOR_CHANGES})": NO_TENSOR},
    "8.3": {
        "cache_features: models left in the other mode": "the card leaves this open",
        "cache_features: transposed where square": ONE_AXIS,
        "cache_features: (cut off from the graph|nan for large inputs)": "no graph is wanted, and no input is a float",
    },
    "8.4": {f"two_groups: ({TENSOR_CHANGES})": NO_TENSOR},
    "8.5": {
        f"batch_loss: ({ROW_CHANGES})": NUMBER,
        "batch_loss: nan for large inputs": GIVEN_PICTURES,
        "batch_loss: negative values lost": "a cross-entropy is never below 0",
    },
    "8.6": {
        "evaluate: (cut off from the graph|nan for large inputs)": "no graph is wanted, and no input is a float",
        "evaluate: the first dimension lost where it is one": "there are two classes or more",
        "evaluate: negative values lost": "counts and losses are never below 0",
    },
    "8.7": {f"decay_groups: ({TENSOR_CHANGES})": NO_TENSOR},
    "8.8": {
        "most_similar: (cut off from the graph|transposed where square)": "no graph is wanted, and there is one axis",
        "most_similar: clamped to one": "a cosine is never above 1",
        "most_similar: the first dimension lost where it is one": "what it returns has one dimension alone",
    },
}
