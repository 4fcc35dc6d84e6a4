"""What the pages for contributors promise holds: the forms ask, the hooks' commands are there, the example works."""

import importlib
import re
import shlex
from types import SimpleNamespace

import nbformat
import pytest
import scores
import try_answers
import yaml
from bench import Bench
from lessons import NOTEBOOKS, ROOT
from mutants import mutants
from nbformat.v4 import new_code_cell, new_markdown_cell
from saboteurs import saboteurs
from test_judge import ODD
from test_repository import TRACKED
from test_structure import has_whole_exercises

from exercises import answers, judge, record
from exercises.checks import part1
from tools import commands

ASKED = ["lesson", "cell", "seen", "expected", "versions"]
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
NUMBER = "1.12"


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def version():
    return re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)[1]


def slug(heading):
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


# The forms and the settings


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_what_a_report_needs(path):
    form = read_yaml(path)
    assert {"name", "description", "body"} <= set(form)
    fields = {field["id"]: field for field in form["body"] if field["type"] != "markdown"}
    assert [name for name in fields if name in ASKED] == ASKED
    for name, field in fields.items():
        assert field["type"] in ("dropdown", "input", "textarea"), name
        assert field["attributes"]["label"] and field["validations"] == {"required": True}, name
    titles = [nbformat.read(lesson, 4).cells[0].source.split("\n")[0] for lesson in NOTEBOOKS]
    assert [f"# {option}" for option in fields["lesson"]["attributes"]["options"]] == titles


def test_there_are_forms_and_an_issue_without_one():
    assert {path.stem for path in FORMS} == {"lesson", "check"}
    assert read_yaml(".github/ISSUE_TEMPLATE/config.yml") == {"blank_issues_enabled": True}


def test_the_line_about_versions_is_the_one_that_lessons_print():
    for form in FORMS:
        assert 'which begins with "PyTorch"' in " ".join(form.read_text("utf-8").split())
    for lesson in NOTEBOOKS:
        source = next(cell.source for cell in nbformat.read(lesson, 4).cells if cell.id == "versions")
        assert source.startswith('print(f"PyTorch {torch.__version__}'), lesson.name


def test_dependabot_looks_at_all_requirements_and_at_the_workflow():
    settings = read_yaml(".github/dependabot.yml")
    assert settings["version"] == 2
    pip, actions = settings["updates"]
    assert (pip["package-ecosystem"], actions["package-ecosystem"]) == ("pip", "github-actions")
    folders = {f"/{(ROOT / name).parent.relative_to(ROOT).as_posix()}".removesuffix(".") for name in TRACKED}
    with_requirements = {folder for folder in folders if any((ROOT / folder[1:]).glob("requirements*.txt"))}
    assert set(pip["directories"]) == with_requirements
    assert {update["schedule"]["interval"] for update in settings["updates"]} == {"monthly"}, "CONTRIBUTING.md says so"


def test_the_hooks_call_what_the_tests_install():
    settings = read_yaml(".pre-commit-config.yaml")
    assert [source["repo"] for source in settings["repos"]] == ["local"], "nothing is downloaded"
    hooks = {hook["id"]: hook for hook in settings["repos"][0]["hooks"]}
    assert set(hooks) == {"ruff-check", "ruff-format", "check"}
    assert {hook["language"] for hook in hooks.values()} == {"system"}
    assert hooks.pop("check")["entry"] == "python course.py check" and "python course.py check" in GUIDE
    assert all((ROOT / name).exists() for name in [*commands.FAST, commands.ANSWERS])
    for hook in hooks.values():
        assert shlex.split(hook["entry"])[:3] == ["python", "-m", "ruff"]
    assert re.search(r"^ruff\b", (ROOT / "tests" / "requirements.txt").read_text("utf-8"), re.M)


def test_the_citation_has_what_the_format_asks_for():
    citation = read_yaml("CITATION.cff")
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "software"
    assert citation["title"] == (ROOT / "README.md").read_text("utf-8").splitlines()[0].removeprefix("# ")
    assert citation["message"] and citation["authors"]
    assert citation["version"] == version()
    assert f"Copyright (c) 2026 {citation['authors'][0]['name']}" in (ROOT / "LICENSE").read_text("utf-8")


def test_the_changelog_begins_with_what_is_not_released():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    editions = re.findall(r"^## (.+)$", text, re.M)
    assert editions[0] == "[Unreleased]" and f", {version()}, " in text
    assert all(re.fullmatch(r"\d+\.\d+ – \d{4}-\d\d-\d\d", edition) for edition in editions[1:])
    kinds = set(re.findall(r"^### (.+)$", text, re.M))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    commands = re.findall(r"`make (\w+)", text)
    assert set(commands) <= set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.M))


# The guide


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md"])
def test_links_lead_somewhere(name):
    text = (ROOT / name).read_text("utf-8")
    anchors = {slug(heading) for heading in re.findall(r"^#+ (.+)$", re.sub(r"(?s)```.*?```", "", text), re.M)}
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        known = target[1:] in anchors if target.startswith("#") else (ROOT / target).exists()
        assert target.startswith("https://") or known, target


def test_the_guide_names_what_there_is():
    for path in re.findall(r"(?:tests|tools|exercises|assets)/[\w/.]*\.(?:py|md|png)", GUIDE):
        assert "partN" in path or (ROOT / path).exists(), path
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"(?:^|`)(?:make|python course\.py) (\w+)", GUIDE, re.M)) <= targets


def test_the_example_of_a_claim_is_one_of_the_claims():
    example = re.search(r"```\n(@claim.*?)```", GUIDE, re.S)[1]
    assert example in (ROOT / "tests" / "claims" / "part1.py").read_text("utf-8")


def test_the_bars_in_the_guide_are_those_of_the_scores():
    text = " ".join(GUIDE.split())
    for bar, words in (
        (scores.MUTANT_BAR, "of all must be refused. - *Saboteurs*"),
        (scores.SABOTEUR_BAR, "of all must be refused. Each"),
        (scores.EXERCISE_BAR, "of its own"),
        (scores.NAMED_BAR, "of all refusals"),
    ):
        assert f"{bar:.0%} {words}" in text
    assert f"longer than {judge.SECONDS} seconds" in text


# The example: an exercise, added as the guide says


def blocks():
    """Return the parts of the example: its card, its stub, and what goes into a file, by the file's name."""
    section = GUIDE.partition("\n## Add an exercise\n")[2].partition("\n## Commands for contributors\n")[0]
    found = re.findall(r"```(markdown|python)\n(.*?)```", section, re.S)
    (kind, card), (_, stub), *files = found
    assert kind == "markdown" and {kind for kind, _ in found[1:]} == {"python"}
    return card, stub, {code.split("\n")[0].removeprefix("# "): code for _, code in files}


@pytest.fixture
def example(tmp_path, monkeypatch):
    """The exercise of the guide in a course of its own: a bench with its notebook, listed answers and reasons."""
    card, stub, files = blocks()
    assert list(files) == [
        "exercises/answers/part1.py",
        "exercises/checks/part1.py",
        "tests/exercises/answers/part1.py",
        "tests/exercises/equivalents/part1.py",
    ]
    key, check, listed, equal = files.values()
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "part1.py").write_text(key, "utf-8")
    monkeypatch.setattr(answers, "HERE", tmp_path / "answers")
    answers.answers_of.cache_clear()
    monkeypatch.setattr(judge, "_checks", {})
    monkeypatch.setattr(record, "_verdicts", {})
    monkeypatch.setattr(record, "_solved", set())

    exec(compile(check, str(ROOT / "exercises" / "checks" / "example.py"), "exec"), dict(vars(part1)))
    given = vars(importlib.import_module("answers.part1")) | {"ANSWERS": {}}
    exec(listed, given)
    reasons = {"SABOTEURS": {}, "MUTANTS": {}}
    exec(equal, reasons)

    name = f"ex-{NUMBER.replace('.', '-')}"
    cells = [
        new_code_cell("import torch\n\nDATA = 'assets/practice'", id="setup"),
        new_markdown_cell(card, id=name),
        new_code_cell(stub, id=f"{name}-answer", metadata={"tags": ["exercise"]}),
        new_code_cell(f'exercises.check("{NUMBER}")', id=f"{name}-check", metadata={"tags": ["check"]}),
        new_code_cell(f'exercises.solution("{NUMBER}")', id=f"{name}-solution", metadata={"tags": ["solution"]}),
        new_markdown_cell("## Summary", id="summary"),
    ]
    cells[3].metadata["slideshow"] = {"slide_type": "skip"}
    path = tmp_path / "Part1_Example.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    yield SimpleNamespace(path=path, bench=Bench(path), listed=given["ANSWERS"][NUMBER], reasons=reasons)
    answers.answers_of.cache_clear()


def test_the_example_is_a_whole_exercise(example):
    found = list(has_whole_exercises(nbformat.read(example.path, 4), example.path))
    assert found == ["there are 1 exercises, and there should be 6 to 10"]


def test_the_stub_and_the_answers_of_the_example_are_judged_as_listed(example):
    counts, faults = try_answers.try_exercise(example.bench, NUMBER, example.listed)
    assert not faults, "\n\n".join(faults)
    assert counts["wrong"] >= 4 and counts["right"] >= 3


def test_the_check_of_the_example_refuses_all_small_changes_and_saboteurs(example, monkeypatch):
    used = set()

    def reason_for(kind, number, change):
        for pattern, reason in example.reasons[kind.upper()].get(number, {}).items():
            if re.fullmatch(pattern, change):
                used.add(pattern)
                return reason
        return ""

    monkeypatch.setattr(scores, "reason_for", reason_for)
    example.bench.go_to(NUMBER)
    answer = answers.answers_of("1")[NUMBER]
    changed = [(mutant.change, mutant.code) for mutant in mutants(answer.source)]
    spoiled = [(s.change, s.code) for s in saboteurs(answer.source, judge.find(NUMBER).made)]
    spoiled = [pair for pair in spoiled if not scores._is_harmless(example.bench, NUMBER, *pair)]
    found = []
    for kind, changes in (("mutants", changed), ("saboteurs", spoiled)):
        score = scores.measure(example.bench, NUMBER, kind, changes, verbose=True)
        assert score.tried == score.refused, f"{kind}: some pass"
        found.append(score)
    named = sum(score.named for score in found) / sum(score.refused for score in found)
    assert named >= scores.NAMED_BAR
    listed = [pattern for kind in ("MUTANTS", "SABOTEURS") for pattern in example.reasons[kind][NUMBER]]
    assert used == set(listed), "each reason that is listed is needed"


def test_the_check_of_the_example_survives_whatever_is_returned(example):
    example.bench.go_to(NUMBER)
    for thing in ODD:
        example.bench.namespace["THING"] = thing
        found = example.bench.judge(NUMBER, "mean_where = lambda values, mask: THING")
        assert found.kind in ("try again", "not yet"), f"{thing!r}: {found}"
