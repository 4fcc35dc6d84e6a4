"""Changes of the answers of Part 6 that are right as well, each with its reason."""

# The functions that return something, and all functions
GIVES = "(restore|load_model|load_fitting|snapshot|average|newest)"
TAKES = "(save|save_model|resume|atomic_save|restore|load_model|load_fitting|snapshot|average|newest)"
RETURNS_NO_TENSOR = "they return networks, dictionaries, names or paths, no tensor and no list of tensors to be changed"
TAKES_NO_TENSOR = "they take networks, dictionaries and paths, no tensor and no list of tensors to go by"
ORDER = "the order of the two lines has no effect"

MUTANTS = {
    "6.2": {
        r"line 1: after the next line: def save\(.*": ORDER,
    },
    "6.3": {
        r"line 1: after the next line: def save_model\(.*": ORDER,
        r"line 12: the last argument dropped": "the card wants a ValueError, whatever it says",
        r"line 12: '(This file|, and only) .*": "the card wants a ValueError, whatever it says",
    },
    "6.5": {
        r"line 1: after the next line: def snapshot\(.*": ORDER,
        r"line 1[0-4]: after the next line: .*": ORDER,
    },
    "6.7": {
        r"line 5: after the next line: torch.save\(what, file\)": "torch.save flushes at its end",
        r"line 6: dropped: file.flush\(\)": "torch.save flushes at its end",
        r"line 6: after the next line: file.flush\(\)": "torch.save flushes at its end",
        r"line 6: .flush\(\) dropped": "torch.save flushes at its end",
        r"line 3: '.part' -> '.part_'": "any other name beside will do",
        r"line 7: .fileno\(\) dropped": "os.fsync takes the open file as well as its number",
    },
    "6.8": {r"line 8: .clone\(\) dropped": "the card does not say that the whole numbers must be copies"},
    "6.9": {r"line 8: dropped: return None": "a function without a return gives None"},
}

SABOTEURS = {
    "*": {
        f"{GIVES}: (rounded to one decimal|clamped to one|negative values lost)": RETURNS_NO_TENSOR,
        f"{GIVES}: (a hundredth too large|as float16|cut off from the graph)": RETURNS_NO_TENSOR,
        f"{GIVES}: (transposed where square|one more dimension|in reverse order)": RETURNS_NO_TENSOR,
        f"{GIVES}: (the first dimension lost where it is one)": RETURNS_NO_TENSOR,
        f"{GIVES}: (the last entry left out|the last entry as the first)": RETURNS_NO_TENSOR,
        f"{TAKES}: (right for the first size only|nan for large inputs|input changed afterwards)": TAKES_NO_TENSOR,
    },
}
