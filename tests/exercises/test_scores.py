"""The scores of the checks, as `make scores` stored them, belong to today's checks and are good enough."""

import re

import scores
from mutants import mutants
from saboteurs import saboteurs

from exercises.answers import answers_of, parts


def stored():
    """Return the rows of the stored table: exercise -> numbers."""
    text = scores.TABLE.read_text("utf-8")
    rows = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 10 and re.fullmatch(r"B?\d+\.\d+|all", cells[0]):
            rows[cells[0]] = [int(cell) for cell in cells[1:9]]
    return text, rows


def test_the_scores_are_those_of_todays_checks():
    text, rows = stored()
    assert scores.state() in text, "a check or an answer has changed: run tests/exercises/scores.py and commit the table"
    assert list(rows) == [number for part in parts() for number in answers_of(part)] + ["all"]


def test_the_scores_are_good_enough():
    """What the project promises of its checks; the bars stand in scores.py."""
    _, rows = stored()
    for number, row in rows.items():
        mutants_tried, mutants_refused, mutants_named, _, tried, refused, named, _ = row
        share = (mutants_refused + refused) / (mutants_tried + tried)
        assert share >= scores.EXERCISE_BAR, f"{number} refuses {share:.1%}"
        if number == "all":
            assert mutants_refused / mutants_tried >= scores.MUTANT_BAR
            assert refused / tried >= scores.SABOTEUR_BAR
            assert (mutants_named + named) / (mutants_refused + refused) >= scores.NAMED_BAR


def test_mutants_are_small_changes():
    found = {
        mutant.change
        for mutant in mutants('def f(x, dim=1):\n    """Text."""\n    return x.sum(dim, keepdim=True) - 2')
    }
    assert {
        "line 3: sum -> mean",
        "line 3: True -> False",
        "line 3: Sub -> Add",
        "line 3: 2 -> 3",
        "line 1: 1 -> 2",
        "line 3: keepdim= dropped",
        "line 3: dropped: return x.sum(dim, keepdim=True) - 2",
    } <= found
    assert not any("Text" in change for change in found)


def test_every_mutant_and_saboteur_of_the_answers_is_a_program():
    for part in parts():
        for number, found in answers_of(part).items():
            changed = mutants(found.source)
            assert len({mutant.code for mutant in changed}) == len(changed) > 0, number
            for spoiled in saboteurs(found.source, list(found.definitions)):
                compile(spoiled.code, number, "exec")


def test_a_saboteur_spoils_in_one_way():
    source = "import torch\ndef double(x):\n    return 2 * x\n"
    by_kind = {spoiled.kind: spoiled.code for spoiled in saboteurs(source, ["double"])}
    namespace = {}
    exec(by_kind["rounded to one decimal"], namespace)
    assert namespace["double"](namespace["torch"].tensor([0.123])).tolist() == [namespace["torch"].tensor(0.2).item()]
    exec(by_kind["right for the first call only"], namespace)
    first, second = (namespace["double"](namespace["torch"].tensor(value)).item() for value in (1, 2))
    assert (first, second) == (2, 2)
