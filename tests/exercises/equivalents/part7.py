"""Changes of the answers of Part 7 that are right as well."""

APART = "the two lines need nothing of each other"
DOCSTRING = "the docstring has no effect"
PRECISION = "no dtype is asked for, and float32 is precise enough for pictures"
NO_GRAPH = "nothing that is given needs a gradient"
NOT_A_TENSOR = "the result holds no tensors"
NO_TENSORS = "the function is given no tensors"
NO_SQUARE = "the result is no square matrix"
NOT_CALLED = "an object of the class is not called"
MESSAGE = "the words of a message are free, but for the name of the file"

RESULT = (
    r"(rounded to one decimal|clamped to one|negative values lost|a hundredth too large|as float16|"
    r"cut off from the graph|transposed where square|one more dimension|"
    r"the first dimension lost where it is one|the last entry left out|the last entry as the first|in reverse order)"
)
INPUT = r"(right for the first size only|nan for large inputs|input changed afterwards)"

MUTANTS = {
    "7.2": {
        r"line [67]: after the next line: .*": APART,
        r"line 3: two entries swapped": "both are zeros of the same kind",
        r"line 3: dtype= dropped": PRECISION,
        r"line 5: \.double\(\) dropped": PRECISION,
        r"line 10: \.float\(\) dropped": "no dtype is asked for",
    },
    "7.4": {
        r"line 5: replacement= dropped": "True is the default",
        r"line 4: 1 -> 2": "only the ratios of the weights count",
    },
    "7.6": {
        r"line 2: after the next line: .*": APART,
        r"line 3: two entries swapped": "the card allows the order in which a piece is taken, mirrored and recolored",
        r"line 1: \.tolist\(\) dropped": "Normalize takes tensors as well",
        r"line 3: the last argument dropped": "ColorJitter is an extra, which the card allows",
        r"line 3: 0\.2 -> 0\.[14]": "ColorJitter is an extra, which the card allows",
        r"line 3: 1\.0 -> (2\.0|0\.5)": "a piece has half of the area or more",
    },
    "7.7": {
        r"line (4|10): after the next line: def .*": DOCSTRING,
        r"line 7: after the next line: .*": APART,
        r"line 5: newline= dropped": "no entry of the tables holds a line break",
        r"line 5: encoding= dropped": "UTF-8 is the default of many computers, and these tables hold ASCII",
        r"line 5: 'utf-8' -> 'utf-8_'": "Python knows this spelling as well",
    },
    "7.8": {
        r"line 3: two entries swapped": "both are empty lists",
        r"line (8|10): the last argument dropped": MESSAGE,
        r"line (8|10|14): '.*' -> '.*'": MESSAGE,
    },
    "7.10": {
        r"line 6: after the next line: .*": APART,
        r"line 8: after the next line: .*": APART,
    },
}

SABOTEURS = {
    "7.2": {
        r"channel_stats: cut off from the graph": NO_GRAPH,
        r"channel_stats: transposed where square": NO_SQUARE,
        r"channel_stats: the first dimension lost where it is one": "there are always three channels",
    },
    "7.3": {
        r"denormalize: (clamped to one|negative values lost)": "the values that are wanted lie from 0 to 1",
        r"denormalize: cut off from the graph": NO_GRAPH,
        r"denormalize: transposed where square": NO_SQUARE,
    },
    "7.4": {
        rf"balanced_sampler: {RESULT}": NOT_A_TENSOR,
        rf"balanced_sampler: {INPUT}": NO_TENSORS,
    },
    "7.6": {r"(train|test)_transform: model, left in the other mode": "a transform has no modes"},
    "7.7": {rf"CsvPictures: {RESULT}": NOT_CALLED},
    "7.8": {
        rf"read_pictures: {RESULT}": NOT_A_TENSOR,
        rf"read_pictures: {INPUT}": NO_TENSORS,
    },
    "7.9": {r"mixup: cut off from the graph": NO_GRAPH},
    "7.10": {
        rf"split: {RESULT}": "the parts hold whole numbers, not tensors",
        rf"split: {INPUT}": NO_TENSORS,
    },
}
