"""Changes of the answers of Part 2 that are right as well."""

NO_TENSOR = "the result is an int, which has neither dimensions nor decimals"
NO_TENSORS = "the function is given no tensors"
MODULE = "the result is a network, not a tensor"
NOT_A_TENSOR = "named is a network, neither a tensor nor a dict"
NO_RESULT = "the function returns nothing that could be spoiled"
PROBABILITIES = "probabilities lie between 0 and 1"
NO_GRADIENT = "the card asks for the values only; gradients come in Part 3"
LENGTHS = "the two lists are equally long"
ORDER = "the two lines need nothing of each other"

MUTANTS = {
    "2.3": {r"line [34]: USub dropped": "logits have two dimensions: 1 is the last one"},
    "2.6": {
        r"line 4: strict= dropped": LENGTHS,
        r"line 4: True -> False": LENGTHS,
    },
    "2.4": {
        r"line 2: after the next line: def __init__\(self\):": ORDER,
        r"line [45]: after the next line: self\.fc[12] = nn\.Linear\(\d+, \d+\)": ORDER,
    },
    "2.7": {r"line 4: after the next line: layer\.weight\.copy_\(weight\)": ORDER},
    "2.9": {
        r"line 4: strict= dropped": LENGTHS,
        r"line 4: True -> False": LENGTHS,
    },
    "2.10": {r"line 4: after the next line: layer\.weight\.normal_.*": ORDER},
}

TENSOR_KINDS = (
    "(rounded to one decimal|clamped to one|negative values lost|a hundredth too large|as float16"
    "|cut off from the graph|transposed where square|one more dimension|the first dimension lost where it is one"
    "|the last entry left out|the last entry as the first|in reverse order)"
)
INPUT_KINDS = "(right for the first size only|nan for large inputs|input changed afterwards)"

SABOTEURS = {
    "2.1": {r"flatten_batch: cut off from the graph": NO_GRADIENT},
    "2.3": {
        r"softmax: (clamped to one|negative values lost)": PROBABILITIES,
        r"softmax: cut off from the graph": NO_GRADIENT,
    },
    "2.5": {
        rf"named: {TENSOR_KINDS}": NOT_A_TENSOR,
        r"named: dict, (the last entry as the first|the last entry left out|all values as text)": NOT_A_TENSOR,
    },
    "2.6": {
        rf"count_parameters: {TENSOR_KINDS}": NO_TENSOR,
        rf"count_parameters: {INPUT_KINDS}": NO_TENSORS,
    },
    "2.7": {r"set_layer: (right for the first size only|nan for large inputs)": NO_RESULT},
    "2.9": {
        rf"deep_network: {TENSOR_KINDS}": MODULE,
        rf"deep_network: {INPUT_KINDS}": NO_TENSORS,
    },
    "2.10": {
        r"he_init: (right for the first size only|nan for large inputs)": NO_RESULT,
        r"he_init: input changed afterwards": NO_TENSORS,
    },
}
