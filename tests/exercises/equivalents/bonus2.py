"""Changes of right answers to the exercises of bonus notebook 2 that are right as well, with the reason."""

from equivalents.part8 import NO_TENSOR, ORDER, TENSOR_CHANGES

EQUAL_LENGTHS = "the two are of the same length"

MUTANTS = {
    "B2.1": {
        "line 3: after the next line: total = .*": ORDER,
        "line [56]: (strict= dropped|True -> False)": EQUAL_LENGTHS,
        "line 6: (two entries|arguments) swapped": "the two factors of a product change places",
    },
    "B2.2": {
        "line 4: (strict= dropped|True -> False)": EQUAL_LENGTHS,
    },
}

SABOTEURS = {
    "B2.1": {
        "average: cut off from the graph": "the gradients that are given have no graph",
    },
    "B2.2": {
        "accumulate: (right for the first size only|nan for large inputs)": "it returns nothing that could be changed",
    },
    "B2.3": {
        f"share: ({TENSOR_CHANGES})": NO_TENSOR,
    },
}
