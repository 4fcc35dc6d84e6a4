"""Changes of the answers of Part 1 that are right as well."""

APART = "the two lines need nothing of each other"
SIGMOIDS = "a sigmoid lies between 0 and 1"

MUTANTS = {
    "1.3": {r"line 2: after the next line: board\[::2, 1::2\] = 1": APART},
    "1.4": {r"line 3: after the next line: mean = batch\.mean\(dim=1, keepdim=True\)": APART},
    "1.5": {r"line 3: \.float\(\) dropped": "a division makes float32 of uint8"},
    "1.7": {r"line 3: the two sides swapped": "a dot product is the same in both orders"},
    "1.10": {
        r"line 3: the two sides swapped": "the square of a difference is the same in both orders",
        r"line 3: the last entry dropped": "an index takes all of the dimensions that it does not name",
    },
}

SABOTEURS = {
    "*": {r"\w+: cut off from the graph": "gradients are a subject of Part 3: nothing in Part 1 asks for one"},
    "1.5": {
        r"to_chw: (clamped to one|negative values lost)": "the values lie between 0 and 1",
        r"to_chw: transposed where square": "a picture has three dimensions",
        r"to_chw: the first dimension lost where it is one": "there are always three channels",
        r"to_chw: (right for the first size only|nan for large inputs|input changed afterwards)": (
            "the function is given an array, and these act on tensors only"
        ),
    },
    "1.6": {r"sigmoid: (clamped to one|negative values lost)": SIGMOIDS},
    "1.7": {
        r"neuron: (clamped to one|negative values lost)": SIGMOIDS,
        r"neuron: (transposed where square|in reverse order)": "the result is one number, without dimensions",
        r"neuron: the (first dimension lost where it is one|last entry left out|last entry as the first)": (
            "the result is one number, without dimensions"
        ),
    },
    "1.8": {r"layer: (clamped to one|negative values lost)": SIGMOIDS},
    "1.9": {r"network: (clamped to one|negative values lost)": SIGMOIDS},
    "1.10": {r"distances: negative values lost": "a distance is never negative"},
    "1.11": {r"einsum_layer: (clamped to one|negative values lost)": SIGMOIDS},
}
