"""Changes of right answers in Part 3 that are right as well, each with its reason."""

ONE_NUMBER = "the result is one number: it has no dimensions to turn, and no second entry"
NOTHING = "a step returns nothing, and this replaces the result alone"
NO_TENSORS = "a training loop is given no tensors, so this does nothing"
FLOAT = "the result is a float: it has no record, no dimensions and no second entry"
ORDER = "these two lines do not depend on each other"

MUTANTS = {
    "3.1": {
        r"line 3: USub dropped": "dim=1 is the last dimension of logits [N, K]",
    },
    "3.7": {
        r"line 3: two entries swapped": "both names start at zero",
        r"line 5: after the next line: .*": "the gradients are cleared before backward all the same",
        r"line 8: after the next line: .*": ORDER,
        r"line 9: after the next line: .*": ORDER,
    },
    "3.9": {
        r"line 4: (strict= dropped|True -> False)": "the card promises two lists of the same length",
    },
    "3.10": {
        r".*": "the card asks for 97.5%, by any recipe: a change of the recipe that reaches it is right, another is "
        "refused for what it reaches",
    },
}

SABOTEURS = {
    "3.1": {
        r"cross_entropy: negative values lost": "a cross-entropy is never below 0",
        r"cross_entropy: (transposed where square|the first dimension lost where it is one)": ONE_NUMBER,
        r"cross_entropy: (the last entry left out|the last entry as the first|in reverse order)": ONE_NUMBER,
    },
    "3.2": {
        r"gradient: cut off from the graph": "slopes by formula are numbers; nobody derives them again",
        r"gradient: (transposed where square|the first dimension lost where it is one)": "the shape is always (2,)",
    },
    "3.4": {
        r"sgd_step: (right for the first size only|nan for large inputs)": NOTHING,
    },
    "3.6": {
        r"accuracy: (clamped to one|negative values lost)": "a share lies between 0 and 1",
        r"accuracy: cut off from the graph": "`argmax` and `==` record nothing",
        r"accuracy: (transposed where square|the first dimension lost where it is one)": ONE_NUMBER,
        r"accuracy: (the last entry left out|the last entry as the first|in reverse order)": ONE_NUMBER,
    },
    "3.7": {
        r"train_epoch: (cut off from the graph|transposed where square|one more dimension)": FLOAT,
        r"train_epoch: (the first dimension lost where it is one|the last entry left out)": FLOAT,
        r"train_epoch: (the last entry as the first|in reverse order)": FLOAT,
        r"train_epoch: (right for the first size only|nan for large inputs|input changed afterwards)": NO_TENSORS,
    },
    "3.9": {
        r"momentum_step: (right for the first size only|nan for large inputs)": NOTHING,
    },
    "3.10": {
        r"best: (?!model, one layer).*": "it does nothing to a network, or sets a mode or freezes it, which the card "
        "leaves open: `best` is judged in `eval` mode",
    },
}
