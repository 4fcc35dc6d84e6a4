"""Changes of the answers of Part 5 that are right as well."""

WHOLE = "the parts hold whole numbers, of which it changes none"
ORDER = "the order within a part is free"
NUMBER = "the result is one number between 0 and 1"
SCALAR = "the result is one number, without dimensions"
NO_TENSORS = "the function is given no tensors"
NOT_CALLED = "an object of the class is not called"

MUTANTS = {
    "5.1": {r"line 3: after the next line: .*": "the two lines need nothing of each other"},
    "5.3": {
        r"line 4: without: with torch\.inference_mode\(\):": "the card says that nothing needs a gradient, not more",
        r"line 3: two entries swapped": "both are 0",
        r"line 6: after the next line: .*": "the two lines need nothing of each other",
        r"line 6: \.item\(\) dropped": "a tensor of shape () is allowed",
    },
    "5.4": {r"line 3: dim= dropped": "topk goes over the last dimension by itself"},
    "5.7": {
        r"line 3: after the next line: .*": "the docstring has no effect",
        r"line 5: GtE -> Gt": "rand_like gives exactly p almost never",
    },
    "5.8": {
        r"line [47]: after the next line: def .*": "the docstring has no effect",
        r"line 10: after the next line: .*": "the two lines need nothing of each other",
        r"line 5: 0 -> -?1": "the first loss is lower than math.inf and sets the count to 0",
    },
    "5.11": {r"line 4: USub dropped": "the result of a network has two dimensions: 1 is the last one"},
}

SABOTEURS = {
    "5.1": {
        r"split: (rounded to one decimal|clamped to one|negative values lost|a hundredth too large)": WHOLE,
        r"split: (as float16|cut off from the graph|transposed where square)": WHOLE,
        r"split: the first dimension lost where it is one": "the parts have one dimension",
        r"split: in reverse order": ORDER,
        r"split: (right for the first size only|nan for large inputs|input changed afterwards)": NO_TENSORS,
    },
    "5.3": {
        r"accuracy: (clamped to one|negative values lost)": NUMBER,
        r"accuracy: cut off from the graph": "a share has no gradient",
        r"accuracy: (transposed where square|one more dimension|in reverse order)": SCALAR,
        r"accuracy: the (first dimension lost where it is one|last entry left out|last entry as the first)": SCALAR,
    },
    "5.4": {
        r"top_k: (clamped to one|negative values lost)": NUMBER,
        r"top_k: cut off from the graph": "a share has no gradient",
        r"top_k: (transposed where square|in reverse order)": SCALAR,
        r"top_k: the (first dimension lost where it is one|last entry left out|last entry as the first)": SCALAR,
    },
    "5.7": {},
    "5.8": {
        r"EarlyStopping: (rounded to one decimal|clamped to one|negative values lost)": NOT_CALLED,
        r"EarlyStopping: (a hundredth too large|as float16)": NOT_CALLED,
        r"EarlyStopping: (cut off from the graph|transposed where square|one more dimension)": NOT_CALLED,
        r"EarlyStopping: (the first dimension lost where it is one|in reverse order)": NOT_CALLED,
        r"EarlyStopping: the last entry (left out|as the first)": NOT_CALLED,
    },
    "5.9": {
        r"best_temperature: negative values lost": "temperatures are positive",
        r"best_temperature: cut off from the graph": "the candidates have no gradient",
        r"best_temperature: (transposed where square|in reverse order)": SCALAR,
        r"best_temperature: the (first dimension lost where it is one|last entry left out)": SCALAR,
        r"best_temperature: the last entry as the first": SCALAR,
    },
    "5.10": {
        r"folds: (rounded to one decimal|clamped to one|negative values lost|a hundredth too large)": WHOLE,
        r"folds: (as float16|cut off from the graph|transposed where square)": WHOLE,
        r"folds: the first dimension lost where it is one": "the parts have one dimension",
        r"folds: in reverse order": ORDER,
        r"folds: (right for the first size only|nan for large inputs|input changed afterwards)": NO_TENSORS,
    },
    "5.11": {
        r"ensemble: (clamped to one|negative values lost)": "probabilities lie between 0 and 1",
        r"ensemble: cut off from the graph": "the card asks for a result without a gradient record",
    },
}
