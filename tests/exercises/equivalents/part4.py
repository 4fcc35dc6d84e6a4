"""Changes of the answers of Part 4 that are right as well, each with its reason."""

NETWORK = "a network is no tensor: what is done to tensors does not touch it"
GENERATOR = "a generator is no tensor: what is done to tensors does not touch it"
NO_INPUT = "the function takes no arguments"
WHOLE = "the counts are whole numbers: what is done to floats does not touch them"
DICT = "a dict is no tensor: what is done to tensors does not touch it"
STANDARDIZED = "pictures are standardized: the card promises nothing for values above 60"
FLOATS = "a list of floats has no dimensions, no dtype and no graph"
SHARE = "a share lies between 0 and 1, is a float, and has no dimensions"

ORDER = "the two lines do not depend on each other"
LABEL = "the text beside the progress bar is free"
LONG = "refused as well, but after a whole training, for which the measure does not wait"
FREE = "how the network is trained is the reader's choice: what comes out is judged"
TRAINED = "a trained network may wait in eval mode, or frozen: the lesson does not train it further"
TENSOR_KINDS = r"(rounded|a hundredth|transposed|one more|the first|the last|in reverse|dict,) ?.*"
LIST_KINDS = r"(transposed where square|one more dimension|the first dimension .*|the last entry .*|in reverse order)"

MUTANTS = {
    "4.2": {r"line 3: ReLU -> Sigmoid|line \d+: 256 -> (255|257)": "any activation and any width from 64 on is right"},
    "4.3": {
        r"line 4: 200 -> (201|199)": "any number of steps that brings the loss below 0.05 is right",
        r"line 5: after the next line: optimizer.zero_grad\(\)": ORDER,
        r"line 8: after the next line: optimizer.step\(\)": ORDER,
    },
    "4.4": {
        r"line 3: after the next line: .*": ORDER,
        r"line (8|9|12|13): after the next line: .*": ORDER,
        r"line 4: 0 -> 1": "the fall may stand before or after the first step",
        r"line 3: lr= dropped": "the rate is set for every batch anyway",
        r"line 3: (fused= dropped|True -> False)": "only the speed changes",
        r"line 8: 0 -> -1": "there is one group of parameters: the first is the last",
        r"line 5: the last argument dropped|line 5: 'epochs' -> 'epochs_'": LABEL,
    },
    "4.5": {
        r"line 1: (dropped: .*|after the next line: .*|0 -> .*|\.manual_seed\(\) dropped)": "any seed is right",
        r"line 3: after the next line: train.*": ORDER,
        r"line 9: (strict= dropped|True -> False)": "the two have the same number of parts",
        r"line 9: \.item\(\) dropped": "a tensor with one number is a number as well",
    },
    "4.8": {r"line 7: Mult -> Div": "8 / 1 is 8 * 1 (the two others that have these words are refused)"},
    "4.10": {
        r"line 1: after the next line: .*|line (7|8|9|10): after the next line: .*": ORDER,
        r"line 1: 0.003 -> .*": "any rate that is not in the table is right",
        r"line 10: arguments swapped": "the larger of two numbers does not depend on their order",
        r"line 13: Gt -> GtE": "the difference is not 0 here: it is larger than the threshold",
    },
    "4.11": {
        r"line (3|14|15|21|24): after the next line: .*": ORDER,
        r"line 4: (padding= dropped|3 -> 2)|line 14: (9 -> 8|64 -> 6[35])": FREE,
        r"line 4: 1 -> 0": "without padding, 26 pixels come to 13 after the pool, and to 7 all the same (the other "
        "change that has these words is refused)",
        r"line (7|10): ReLU -> Sigmoid": FREE,
        r"line 15: (fused= dropped|True -> False)": "only the speed changes",
        r"line 16: arguments swapped": "there are as many labels as pictures",
        r"line 17: 0\.01 -> .*|line 25: (dropped: .*|\.step\(\) dropped)": FREE,
        r"line 18: 'epochs' -> 'epochs_'": LABEL,
        r"line 18: the last argument dropped": LABEL + " (the other change that has these words is refused)",
        r"line 18: arguments swapped": "the word has six letters, so this trains for six epochs: " + FREE,
        r"line 20: (Lt -> .*|0\.5 -> .*|rand -> randn)|line 21: (dropped: .*|3 -> 2)": FREE,
        r"line 20: the last argument dropped": "this turns whole batches, and not single pictures: "
        + FREE
        + " (the other change that has these words is refused)",
        r"line 22: (dropped: .*|\.zero_grad\(\) dropped)": FREE,
        r"line 23: (label_smoothing= dropped|0\.1 -> .*)": FREE,
        r"line 26: dropped: .*|line 3: the last argument dropped|line 12: 10 -> 11|line 14: two entries swapped": LONG,
        r"line (22|23): after the next line: .*|line 23: (\.backward\(\) dropped|dropped: .*)": LONG,
        r"line 24: (dropped: .*|\.step\(\) dropped)|line [48]: 3 -> 4|line 14: 9 -> 10": LONG,
    },
}
SABOTEURS = {
    "4.1": {r"batches: (right for the first size only|nan for large inputs)": GENERATOR},
    "4.2": {
        r"make_mlp: (rounded to one decimal|clamped to one|negative values lost)": NETWORK,
        r"make_mlp: (a hundredth too large|as float16)": NETWORK,
        r"make_mlp: (cut off from the graph|transposed where square|one more dimension|in reverse order)": NETWORK,
        r"make_mlp: (the (first dimension|last entry) .*)": NETWORK,
        r"make_mlp: (right for the first size only|nan for large inputs|input changed afterwards)": NO_INPUT,
    },
    "4.3": {
        r"memorize: cut off from the graph": FLOATS,
        r"memorize: " + LIST_KINDS: FLOATS,
        r"memorize: negative values lost": "no loss is negative",
        r"memorize: nan for large inputs": STANDARDIZED,
    },
    "4.4": {
        r"train: cut off from the graph": FLOATS,
        r"train: " + LIST_KINDS: FLOATS,
        r"train: negative values lost": "no loss is negative",
        r"train: nan for large inputs": STANDARDIZED,
    },
    "4.5": {
        r"mlp: " + TENSOR_KINDS: NETWORK,
        r"mlp: model, (left in the other mode|frozen)": TRAINED,
        r"accuracy: (clamped to one|negative values lost|cut off from the graph)": SHARE,
        r"accuracy: " + LIST_KINDS: SHARE,
    },
    "4.6": {
        r"confusion: (rounded to one decimal|clamped to one|negative values lost|a hundredth too large)": WHOLE,
        r"confusion: (as float16|cut off from the graph|nan for large inputs)": WHOLE,
    },
    "4.9": {
        r"make_cnn: (rounded to one decimal|clamped to one|negative values lost)": NETWORK,
        r"make_cnn: (a hundredth too large|as float16)": NETWORK,
        r"make_cnn: (cut off from the graph|transposed where square|one more dimension|in reverse order)": NETWORK,
        r"make_cnn: (the (first dimension|last entry) .*)": NETWORK,
        r"make_cnn: (right for the first size only|nan for large inputs|input changed afterwards)": NO_INPUT,
    },
    "4.10": {
        r"make_row: (rounded to one decimal|clamped to one|negative values lost|a hundredth too large)": DICT,
        r"make_row: (as float16|cut off from the graph)": DICT,
        r"make_row: " + LIST_KINDS: DICT,
        r"make_row: (right for the first size only|nan for large inputs|input changed afterwards)": (
            "the function is given no tensors"
        ),
    },
    "4.12": {r"convolve: cut off from the graph": "the card asks for numbers, not for gradients"},
    "4.11": {
        r"train_best: (rounded to one decimal|clamped to one|negative values lost)": NETWORK,
        r"train_best: (a hundredth too large|as float16)": NETWORK,
        r"train_best: (cut off from the graph|transposed where square|one more dimension|in reverse order)": NETWORK,
        r"train_best: (the (first dimension|last entry) .*)": NETWORK,
        r"train_best: (right for the first (size|call) only|nan for large inputs)": "it is called once",
    },
}
