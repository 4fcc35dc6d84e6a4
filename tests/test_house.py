"""The house is in order: imports are declared, declarations used, links lead somewhere, code is clean."""

import ast
import re
import shutil
import subprocess
import sys
import tokenize

import nbformat
import pytest
import yaml
from lessons import LESSONS, ROOT

from tools import matrix
from tools.make_assets import draw_figures

NAMES = {  # imported under another name than installed
    "PIL": "pillow",
    "yaml": "pyyaml",
    "IPython": "ipython",
    "fontTools": "fonttools",
    "axe_playwright_python": "axe-playwright-python",
}
OTHERWISE = {  # declared, and used in another way than by an import
    "jupyterlab": "make lab opens it",
    "ipykernel": "runs the cells of every lesson",
    "django-static-mathjax": "MathJax, which sets the formulas of slides and site",
    "sphinx-revealjs": "reveal.js, which shows the slides, and its font",
    "jupyterlab-slideshow": "live slides in JupyterLab: make lab SLIDESHOW=1",
    "notebook": "Notebook 7, in which a lesson is run once",
    "nbval": "compares the outputs of lessons in make test",
    "pytest-cov": "counts coverage in make test",
    "pytest-timeout": "ends a test, or the whole suite, that waits for ever",
    "pytest-xdist": "runs make test on two cores",
    "ruff": "checks the code in this file",
}
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, timeout=60).stdout.split("\n")[
    :-1
]
GUIDES = ["README.md", "INSTRUCTORS.md", "CONTRIBUTING.md", "CHANGELOG.md"]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "assets").glob("*/README.md"))]


def declared(path):
    """Return the packages that a requirements file names itself."""
    lines = (ROOT / path).read_text("utf-8").splitlines()
    return {re.match(r"[\w-]+", line)[0].lower() for line in lines if re.match(r"[A-Za-z]", line)}


def imported(source):
    """Return the packages from elsewhere that a piece of code imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.split(".")[0])
    return {NAMES.get(name, name) for name in found - set(sys.stdlib_module_names)}


def sources(*patterns):
    return [path.read_text("utf-8") for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def lesson_sources():
    cells = [cell for path in LESSONS for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    return [cell.source for cell in cells]


OURS = {"helper", "exercises", "course", "answers", "claims", "equivalents"}
OURS |= {"tools", *(path.stem for path in ROOT.glob("tests/**/*.py") if "stubs" not in path.parts)}
MAKE_ASSETS, SLIDES = "tools/make_assets/requirements.txt", "tools/publish/requirements-slides.txt"
WITH_PIP = {"pip", "packaging"}  # every environment has pip, and packaging comes along with it or with JupyterLab


def test_the_lessons_requirements_are_what_is_imported():
    used = set().union(
        *map(
            imported,
            [*lesson_sources(), *sources("helper.py", "exercises/**/*.py", "tools/**/*.py")],
        )
    )
    used -= OURS | WITH_PIP | declared(MAKE_ASSETS) | declared(SLIDES)
    assert used == declared("requirements.txt") - set(OTHERWISE)


def test_the_requirements_of_slides_are_what_is_imported():
    used = set().union(*map(imported, sources("tools/**/*.py"))) - OURS - WITH_PIP - declared(MAKE_ASSETS)
    slides = declared(SLIDES)
    assert used <= slides | declared("requirements.txt")
    assert slides - set(OTHERWISE) <= used


def test_the_tests_requirements_are_what_is_imported():
    used = set().union(*map(imported, sources("tests/**/*.py"))) - OURS
    both = declared("requirements.txt") | declared("tests/requirements.txt") | declared(SLIDES)
    assert used <= both | {"mlxtend", "coverage"}
    assert declared("tests/requirements.txt") - set(OTHERWISE) <= used


def test_the_authors_requirements_are_what_is_imported():
    used = set().union(*map(imported, sources("tools/**/*.py")))
    assert declared(MAKE_ASSETS) <= used


def test_the_list_of_other_uses_is_not_stale():
    files = ["requirements.txt", "tests/requirements.txt", *map(str, (ROOT / "tools").rglob("requirements*.txt"))]
    assert set(OTHERWISE) <= set().union(*map(declared, files))


LIBRARIES = {"numpy", "torch", "pillow", "matplotlib", "tqdm", "ipython", "anywidget", "traitlets"}
MAY_USE = {  # what each part of the house may use of the others
    "helper": set(),
    "exercises": {"helper", "exercises"},
    "lessons": {"helper", "exercises"},
    "tools": {"tools"},
}


def house():
    """Return the sources of each part of the house."""
    return {
        "helper": sources("helper.py"),
        "exercises": sources("exercises/**/*.py"),
        "lessons": lesson_sources(),
        "tools": sources("tools/**/*.py"),
    }


@pytest.mark.parametrize("part", MAY_USE)
def test_dependencies_point_one_way(part):
    """Lessons use exercises, exercises use the helper, the helper uses libraries; none uses tools or tests."""
    for source in house()[part]:
        assert imported(source) & OURS <= MAY_USE[part], source[:200]


def test_the_helper_needs_few_libraries():
    for source in house()["helper"]:
        assert imported(source) <= LIBRARIES


def test_what_makes_assets_is_used_by_nothing_that_a_student_runs():
    """Beside itself, tools/make_assets is used by tests only; tools/publish by no runner of lessons."""
    for path in (ROOT / "tools").rglob("*.py"):
        if path.parent.name != "make_assets":
            assert "tools.make_assets" not in path.read_text("utf-8"), path.name
    assert "tools.publish" not in (ROOT / "tools" / "run_notebooks.py").read_text("utf-8")


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


def anchors(text):
    """Return the names by which a link reaches the headings of a Markdown page."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)  # a comment in a block of code is no heading
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_of_the_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if target.startswith("https://"):
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
    for path in LESSONS:
        assert f"]({path.name})" in readme
    variables = set(re.findall(r"COURSE_[A-Z]+", "\n".join(sources("helper.py", "tools/**/*.py", "tests/conftest.py"))))
    assert variables == set(re.findall(r"COURSE_[A-Z]+", text))


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
        r"^\| (\d) \| (\d+) \| ([\d: ·]+) \| ([\d. ]+) \|$", text, re.M
    ):
        cells = nbformat.read(next(ROOT.glob(f"Part{lesson}_*.ipynb")), 4).cells
        cards = {cell.id: re.search(r"●+ · (\d+) minutes", cell.source) for cell in cells}
        headings = {found[1] for cell in cells if (found := re.match(r"## (\d+) · ", cell.source))}
        talk = dict(re.findall(r"(\d+): (\d+)", sections))
        doing = sum(int(cards[f"ex-{number.replace('.', '-')}"][1]) for number in chosen.split())
        assert sum(map(int, talk.values())) + doing == int(minutes), f"lesson {lesson}, {minutes} minutes"
        assert set(talk) <= headings and (minutes == "45" or set(talk) == headings)
        planned.add((lesson, minutes))
    assert planned == {(path.name[4], minutes) for path in LESSONS for minutes in ("75", "45")}


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
            "test_house.py",
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
