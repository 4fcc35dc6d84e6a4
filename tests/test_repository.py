"""The repository is in order: links lead somewhere, code is clean, the fixed names and the pages are there."""

import ast
import re
import shutil
import subprocess
import sys
import tokenize

import nbformat
import pytest
import yaml
from lessons import BONUS, LESSONS, NOTEBOOKS, ROOT, part_of

from tools import matrix
from tools.make_assets import draw_figures
from tools.parts import find

TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, timeout=60).stdout.split("\n")[
    :-1
]
GUIDES = ["README.md", "INSTRUCTORS.md", "CONTRIBUTING.md", "CHANGELOG.md"]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "assets").glob("*/README.md"))]


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["linted", "formatted"])
def test_code_and_lessons_are_clean(command):
    result = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stdout


def test_the_fixed_names_are_there():
    for name in (
        "README.md",
        "INSTRUCTORS.md",
        "environment.yml",
        "helper.py",
        "assets",
        "tests",
        "requirements.txt",
        "Makefile",
        "LICENSE",
    ):
        assert (ROOT / name).exists(), name
    assert [path.name for path in LESSONS] == [
        "Part1_Tensors.ipynb",
        "Part2_NeuralNetworks.ipynb",
        "Part3_Training.ipynb",
        "Part4_FashionMNIST.ipynb",
        "Part5_InferenceValidation.ipynb",
        "Part6_SaveLoad.ipynb",
        "Part7_LoadingImages.ipynb",
        "Part8_TransferLearning.ipynb",
    ]
    assert [path.name for path in BONUS] == [
        "1_InsideAResNet.ipynb",
        "2_SeveralGPUs.ipynb",
        "3_SmallerAndFaster.ipynb",
    ]


def anchors(text):
    """Return the names by which a link reaches the headings of a Markdown page."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)  # a comment in a block of code is no heading
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_of_the_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if target.startswith(("https://", "attachment:")):  # an attachment lies in a notebook
            continue
        name, _, anchor = target.partition("#")
        aim = page.parent / name if name else page
        assert aim.exists(), target
        assert not anchor or anchor in anchors(aim.read_text("utf-8")), target


def test_the_pages_name_every_command_and_lesson():
    """README.md itself the lessons and the first two commands; a reader's other wishes may stand in the guides."""
    readme, makefile = (ROOT / "README.md").read_text("utf-8"), (ROOT / "Makefile").read_text("utf-8")
    text = "\n".join((ROOT / name).read_text("utf-8") for name in GUIDES if (ROOT / name).exists())
    targets = set(re.findall(r"^(\w+):", makefile, re.M)) - {"help"}
    assert set(re.findall(r"make (\w+)", text)) >= targets and {"lab", "test"} <= set(re.findall(r"make (\w+)", readme))
    for path in NOTEBOOKS:
        assert f"]({path.relative_to(ROOT).as_posix()})" in readme
    programs = [ROOT / "helper.py", ROOT / "tests" / "conftest.py", *(ROOT / "tools").rglob("*.py")]
    variables = set(re.findall(r"COURSE_[A-Z]+", "\n".join(path.read_text("utf-8") for path in programs)))
    assert variables == set(re.findall(r"COURSE_[A-Z]+", text))


def test_the_readme_says_how_long_each_lesson_takes():
    text = (ROOT / "README.md").read_text("utf-8")
    for path in NOTEBOOKS:
        name = path.relative_to(ROOT).as_posix()
        told = re.search(r"\*\*Time\*\* (\d+) minutes", nbformat.read(path, 4).cells[0].source)[1]
        assert re.search(rf"^\| B?\d \| \[.+\]\({name}\) \| .+ \| {told} \|$", text, re.M), name


def test_the_readme_is_one_page_with_a_picture_and_leads_on():
    text = (ROOT / "README.md").read_text("utf-8")
    assert text.count("\n") <= 120
    for guide in GUIDES[1:]:
        assert f"]({guide})" in text
    pictures = re.findall(r"^!\[([^\]]+)\]\(([^)]+)\)$", text, re.M)
    assert [name for _, name in pictures] == ["assets/figures/course.png"]
    assert len(pictures[0][0].split()) > 20, "the picture needs a text for those who cannot see it"
    assert (ROOT / pictures[0][1]).stat().st_size < 150_000


def test_the_time_plans_add_up():
    """The minutes of the sections and of the exercises' cards make the minutes of the plan, for every lesson."""
    text, planned = (ROOT / "INSTRUCTORS.md").read_text("utf-8"), set()
    for lesson, minutes, sections, chosen in re.findall(
        r"^\| (B?\d) \| (\d+) \| ([\d: ·]+) \| ([B\d. ]+) \|$", text, re.M
    ):
        cells = nbformat.read(find(lesson, ROOT)[0], 4).cells
        cards = {cell.id: re.search(r"●+ · (\d+) minutes", cell.source) for cell in cells}
        headings = {found[1] for cell in cells if (found := re.match(r"## (\d+) · ", cell.source))}
        talk = dict(re.findall(r"(\d+): (\d+)", sections))
        doing = sum(int(cards[f"ex-{number.lower().replace('.', '-')}"][1]) for number in chosen.split())
        assert sum(map(int, talk.values())) + doing == int(minutes), f"lesson {lesson}, {minutes} minutes"
        section, section_of = "0", {}
        for cell in cells:
            heading = re.match(r"## (\d+) · ", cell.source)
            section = heading[1] if heading else section
            section_of[cell.id] = section
        done_in = {section_of[f"ex-{number.lower().replace('.', '-')}"] for number in chosen.split()}
        assert done_in <= set(talk), f"lesson {lesson}, {minutes} minutes: an exercise of a section that is left out"
        assert set(talk) <= headings and (minutes == "45" or set(talk) == headings)
        planned.add((lesson, minutes))
    wanted = {(part_of(path), minutes) for path in LESSONS for minutes in ("75", "45")}
    assert planned == wanted | {(part_of(path), "45") for path in BONUS}


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make on this computer")
def test_make_without_a_target_lists_the_commands():
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, timeout=60).stdout
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert re.findall(r"^make (\w+)", shown, re.M) == [target for target in targets if target != "help"]


def test_environment_yml_leaves_versions_to_requirements_txt():
    content = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    python, pip, packages = content["dependencies"]
    assert python.startswith("python=3.") and pip == "pip"
    assert packages == {"pip": ["-r requirements.txt"]}


def test_ci_calls_the_readmes_test_command_and_nothing_else():
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "make test"]


def test_the_workflow_covers_systems_and_versions():
    content = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    job = content["jobs"]["test"]
    assert set(job["strategy"]["matrix"]["os"]) == {"ubuntu-latest", "macos-latest", "windows-latest"}
    assert set(job["strategy"]["matrix"]["python"]) == {"3.10", "3.11", "3.12", "3.13", "3.14"}
    steps = [step.get("run", "") for step in job["steps"]]
    assert any(step.startswith("make test") for step in steps)
    assert any(step.startswith("python course.py test") for step in steps), "the command for Windows"
    versions = content["jobs"]["versions"]
    assert {row["pytorch"] for row in versions["strategy"]["matrix"]["include"]} == {"oldest", "newest", "nightly"}
    written = "\n".join(step.get("run", "") for step in versions["steps"])
    for pin in matrix.OLDEST:
        assert pin in written
    commands = "\n".join(step.get("run", "") for job in content["jobs"].values() for step in job["steps"])
    for module in re.findall(r"python3? -m (tools\S+)", commands):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
    assert "tools.fresh_machine" in commands and "links" in content["jobs"]
    assert "schedule" in content[True]  # YAML reads the key `on` as true


def test_nothing_speaks_of_one_machine():
    """No tracked text holds a home folder, a private address or a secret-looking key."""
    forbidden = re.compile(r"/(root|work)/|/home/(?!ada/)[a-z]+/|\b(10|192\.168|172\.16)\.\d+\.\d+|BEGIN .*PRIVATE KEY")
    for name in TRACKED:
        path = ROOT / name
        if path.suffix in {".gz", ".png", ".jpg", ".safetensors"} or path.name in {
            "test_repository.py",
            "test_structure.py",
            "run_notebooks.py",
        }:
            continue
        found = forbidden.search(path.read_text("utf-8"))
        assert not found, f"{name}: {found[0]}"


def test_no_large_file_is_tracked():
    for name in TRACKED:
        limit = 25 if name == "assets/weights/resnet18.safetensors" else 5
        assert (ROOT / name).stat().st_size < limit * 1_000_000, name


def test_figures_are_drawn_by_code(tmp_path, monkeypatch, capsys):
    """Drawing them again gives the same pictures that are stored."""
    monkeypatch.setattr(draw_figures, "FIGURES", tmp_path)
    draw_figures.main()
    stored = sorted((ROOT / "assets" / "figures").glob("*.svg"))
    assert [path.name for path in stored] == sorted(path.name for path in tmp_path.iterdir())
    for path in stored:
        assert re.findall(r"<g id=\"(\w+)\"", path.read_text()) == re.findall(
            r"<g id=\"(\w+)\"", (tmp_path / path.name).read_text()
        )


def test_public_functions_are_documented():
    for path in [ROOT / "helper.py", *(ROOT / "tools").rglob("*.py")]:
        with tokenize.open(path) as file:
            tree = ast.parse(file.read())
        assert ast.get_docstring(tree), path.name
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"
