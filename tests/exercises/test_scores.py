"""The scores of the checks, as `make scores` stored them, belong to today's checks and are good enough."""

import pytest
import scores
from mutants import mutants
from saboteurs import saboteurs

from exercises.answers import answers_of, parts


@pytest.mark.parametrize("part", parts())
def test_the_scores_are_those_of_todays_checks(part):
    states, rows = scores.stored()
    assert states.get(part) == scores.state(part), "a check or an answer has changed: run make scores, commit the table"
    assert set(answers_of(part)) <= set(rows)


def test_the_scores_are_good_enough():
    """What the project promises of its checks; the bars stand in scores.py."""
    _, rows = scores.stored()
    assert rows, "there is no table yet: run make scores, commit the table"
    for number, (of_mutants, of_saboteurs) in rows.items():
        tried = of_mutants.tried + of_saboteurs.tried
        share = (of_mutants.refused + of_saboteurs.refused) / tried
        assert share >= scores.EXERCISE_BAR, f"{number} refuses {share:.1%}"
    of_mutants, of_saboteurs = scores.totals([score for both in rows.values() for score in both])
    assert of_mutants.share >= scores.MUTANT_BAR
    assert of_saboteurs.share >= scores.SABOTEUR_BAR
    named, refused = of_mutants.named + of_saboteurs.named, of_mutants.refused + of_saboteurs.refused
    assert named / refused >= scores.NAMED_BAR


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
