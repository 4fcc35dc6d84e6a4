"""Divide a paragraph into its first sentence, which carries its point, and the rest, which a speaker says.

It works on the inline tokens of mistune, so that a dot inside of code, of a formula or of an address ends nothing.
"""

import re

OPAQUE = "\ufffc"  # takes the place of code, a formula, a link or a picture while the end of the sentence is sought
END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)")
NO_END = re.compile(r"(?:^|[\s(“\"])(?:e\.g|i\.e|vs|cf|ca|approx|resp|incl|al|Dr|Mr|Mrs|Ms|Prof|St)\.$")
NO_END_BEFORE_A_NUMBER = re.compile(r"(?:^|[\s(])(?:[Ff]igs?|[Ee]qs?|[Ss]ecs?|[Cc]h|[Nn]o|[Vv]ol|pp?)\.$")
INITIAL = re.compile(r"(?:^|\b[A-Z][\w.]* )[A-Z]\.$")  # Donald E. Knuth


def flat(tokens):
    """Return the text of inline tokens; each that is no text counts as one character."""
    parts = []
    for token in tokens:
        if token["type"] == "text":
            parts.append(token["raw"])
        elif token["type"] in ("strong", "emphasis", "strikethrough"):
            parts.append(flat(token["children"]))
        elif token["type"] in ("softbreak", "linebreak"):
            parts.append("\n")
        else:
            parts.append(OPAQUE)
    return "".join(parts)


def is_end(before, after):
    """Whether a sentence ends between two pieces of a text, the first of which ends with a dot or the like."""
    following = after.lstrip()[:1]
    if not following or following.islower():
        return False
    if NO_END.search(before) or INITIAL.search(before):
        return False
    if NO_END_BEFORE_A_NUMBER.search(before) and (following.isdigit() or following == OPAQUE):
        return False
    in_brackets = before.count("(") > before.count(")")
    in_quotes = before.count('"') % 2 or before.count("“") > before.count("”")
    return not in_brackets and not in_quotes


def end_of_first_sentence(text):
    """Return where the first sentence of a text ends."""
    for found in END.finditer(text):
        if is_end(text[: found.end()], text[found.end() :]):
            return found.end()
    return len(text)


def cut(tokens, length):
    """Return the inline tokens before and after a place of their flat text."""
    before, after = [], []
    for token in tokens:
        size = len(flat([token]))
        if length >= size:
            before.append(token)
        elif length <= 0:
            after.append(token)
        elif token["type"] == "text":
            before.append({**token, "raw": token["raw"][:length]})
            after.append({**token, "raw": token["raw"][length:]})
        else:
            inner_before, inner_after = cut(token["children"], length)
            before.append({**token, "children": inner_before})
            after.append({**token, "children": inner_after})
        length -= size
    return before, after


def first_sentence(tokens):
    """Return the inline tokens of the first sentence and those of the rest, which may be none."""
    text = flat(tokens)
    end = end_of_first_sentence(text)
    spaces = len(text[end:]) - len(text[end:].lstrip())
    sentence, _ = cut(tokens, end)
    _, rest = cut(tokens, end + spaces)
    return sentence, rest
