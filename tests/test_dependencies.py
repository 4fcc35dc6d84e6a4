"""What imports what: requirements are what is imported, and the parts of the course use each other one way only."""

import ast
import functools
import re
import sys

import nbformat
import pytest
from lessons import NOTEBOOKS, ROOT

NAMES = {  # imported under another name than installed
    "PIL": "pillow",
    "yaml": "pyyaml",
    "IPython": "ipython",
    "fontTools": "fonttools",
    "axe_playwright_python": "axe-playwright-python",
    "xdist": "pytest-xdist",
}
OTHERWISE = {  # declared, and used in another way than by an import
    "ipykernel": "runs the cells of every lesson",
    "django-static-mathjax": "MathJax, which sets the formulas of slides and site",
    "sphinx-revealjs": "reveal.js, which shows the slides, and its font",
    "jupyterlab-slideshow": "live slides in JupyterLab: make lab SLIDESHOW=1",
    "notebook": "Notebook 7, in which a lesson is run once",
    "nbval": "compares the outputs of lessons in make test",
    "pytest-cov": "counts coverage in make test",
    "pytest-timeout": "ends a test, or the whole suite, that waits for ever",
    "ruff": "checks the code in this file",
}


def declared(path):
    """Return the packages that a requirements file names itself."""
    lines = (ROOT / path).read_text("utf-8").splitlines()
    return {re.match(r"[\w-]+", line)[0].lower() for line in lines if re.match(r"[A-Za-z]", line)}


@functools.cache
def imported(source):
    """Return the packages from elsewhere that a piece of code imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.split(".")[0])
    return {NAMES.get(name, name) for name in found - set(sys.stdlib_module_names)}


@functools.cache
def sources(*patterns):
    return [path.read_text("utf-8") for pattern in patterns for path in sorted(ROOT.glob(pattern))]


@functools.cache
def lesson_sources():
    cells = [cell for path in NOTEBOOKS for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
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


LIBRARIES = {"numpy", "torch", "pillow", "matplotlib", "tqdm", "ipython", "anywidget", "ipywidgets", "traitlets"}
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
