"""Changes of right answers to the exercises of bonus notebook 3 that are right as well, with the reason."""

NUMBER = "the loss is one number, which has no rows"
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
    "B3.1": {
        "line 3: after the next line: log_q = .*": "the two lines do not depend on each other",
        "line [34]: dim= dropped": "of a matrix, log_softmax takes dim=1 by itself, with a warning",
    },
    "B3.2": {
        "line .: 1e-12 -> .*": "any number near 0 keeps the scale away from it",
        r"line .: \.detach\(\) dropped": "the weights that are given are detached",
    },
    "B3.3": {
        "line 4: abs -> square": "squares stand in the same order as absolute values",
    },
}

SABOTEURS = {
    "B3.1": {
        f"distill_loss: ({ROW_CHANGES})": NUMBER,
        "distill_loss: negative values lost": "a divergence is never below 0",
    },
    "B3.2": {
        "quantize: (negative values lost|cut off from the graph)": "scales are not below 0, and no graph is wanted",
    },
    "B3.3": {
        "prune: cut off from the graph": "the weights that are given have no graph",
    },
}
