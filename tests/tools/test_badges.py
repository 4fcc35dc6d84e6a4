"""`make badges REPO=owner/name` writes the address and the badges, and `--remove` takes away exactly that."""

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
from urllib.parse import parse_qs, urlparse

import nbformat
import pytest
from lessons import LESSONS, NOTEBOOKS, ROOT

from tools import run_notebooks
from tools.parts import part_of, title_of
from tools.publish import badges

REPOSITORY = "ada-l/pytorch.course_2"
ADDRESS = f"https://github.com/{REPOSITORY}"
FILES = ["README.md", "pyproject.toml", *(path.relative_to(ROOT).as_posix() for path in NOTEBOOKS)]


def contents(folder):
    """Return the bytes of all files that badges may touch."""
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def without_badges(tmp_path_factory):
    """A copy of the files that badges may touch, without badges, and the tool beside them."""
    folder = tmp_path_factory.mktemp("badges") / "course"
    (folder / "tools" / "publish").mkdir(parents=True)
    for name in [*FILES, "tools/publish/badges.py"]:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    badges.write("", folder)
    return folder


@pytest.fixture
def course(tmp_path, without_badges):
    """A course of one's own without badges."""
    return shutil.copytree(without_badges, tmp_path / "course")


def run(folder, *words):
    """Run the tool on a course; return its exit status and what it prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        status = badges.main(list(words), folder)
    return status, printed.getvalue().strip()


def links(text):
    """Return the badges of a text: what each says, its picture, where it leads."""
    return re.findall(r"\[!\[([^\]]+)\]\((\S+?)\)\]\((\S+?)\)", text)


def cells(folder, name):
    """Return the cells of a notebook by their ids."""
    return {cell.id: cell for cell in nbformat.read(folder / name, 4).cells}


def test_the_notebooks_hold_the_address_that_pyproject_holds():
    address = badges.address(ROOT)
    for path in badges.notebooks(ROOT):
        found = cells(ROOT, path.relative_to(ROOT))
        assert f'\nADDRESS = "{address}"' in found["find-course"].source, path.name
        stored = [line for line in found["title"].source.split("\n") if line.startswith("[![")]
        expected = [badges.lesson_badges(address, path.relative_to(ROOT).as_posix())] if address else []
        assert stored == expected, path.name
    readme = (ROOT / "README.md").read_text("utf-8")
    assert bool(links(readme)) == bool(address)


def test_every_lesson_gets_three_badges_that_lead_to_itself(course):
    assert run(course, REPOSITORY) == (0, f"{len(FILES)} files changed.")
    for path in NOTEBOOKS:
        name = path.relative_to(ROOT).as_posix()
        heading, blank, line, *_ = cells(course, name)["title"].source.split("\n")
        assert heading.startswith(f"# {title_of(part_of(path))} · ") and blank == ""
        colab, kaggle, binder = links(line)
        assert colab[2] == f"https://colab.research.google.com/github/{REPOSITORY}/blob/HEAD/{name}"
        assert urlparse(kaggle[2]).netloc == "kaggle.com" and urlparse(kaggle[2]).path == "/kernels/welcome"
        assert parse_qs(urlparse(kaggle[2]).query) == {"src": [f"{ADDRESS}/blob/HEAD/{name}"]}
        assert urlparse(binder[2])[:3] == ("https", "mybinder.org", f"/v2/gh/{REPOSITORY}/HEAD")
        assert parse_qs(urlparse(binder[2]).query) == {"urlpath": [f"lab/tree/{name}"]}
        assert all(len(text.split()) >= 5 for text, _, _ in links(line))
        assert f'ADDRESS = "{ADDRESS}"' in cells(course, name)["find-course"].source
    assert badges.address(course) == ADDRESS


def test_the_readme_gets_its_badges_under_the_heading_and_keeps_its_introduction(course):
    before = (course / "README.md").read_text("utf-8")
    run(course, REPOSITORY)
    text = (course / "README.md").read_text("utf-8")
    targets = [target for _, _, target in links(text)]
    assert targets[0] == f"{ADDRESS}/actions/workflows/ci.yml"
    assert (ROOT / ".github" / "workflows" / "ci.yml").is_file()
    assert f"https://mybinder.org/v2/gh/{REPOSITORY}/HEAD?urlpath=lab" in targets
    assert text.split("\n\n")[1:] == before.split("\n\n")[1:]
    assert text.count("[![") == before.count("[![") + 4  # pictures that are links


@pytest.mark.parametrize("marks", ["none", "marks"])
def test_remove_leaves_every_byte_as_it_was(course, marks):
    readme = course / "README.md"
    text = re.sub(r"<!-- /?badges -->\n", "", readme.read_text("utf-8"))
    if marks == "marks":
        heading, rest = text.split("\n", 1)
        text = f"{heading}\n<!-- badges -->\n<!-- /badges -->\n{rest}"
    readme.write_text(text, "utf-8", newline="\n")
    before = contents(course)
    assert run(course, REPOSITORY)[0] == 0
    assert all(contents(course)[name] != before[name] for name in FILES)
    assert run(course, "--remove")[0] == 0
    assert contents(course) == before
    assert run(course, "--remove") == (0, "Everything was so already: no file changed.")


def test_a_second_run_changes_nothing_and_another_repository_takes_the_place_of_the_first(course):
    run(course, REPOSITORY)
    first = contents(course)
    assert run(course, REPOSITORY) == (0, "Everything was so already: no file changed.")
    assert contents(course) == first
    run(course, "grace/hopper")
    for text in contents(course).values():
        assert b"grace/hopper" in text and REPOSITORY.encode() not in text
    run(course, f"{ADDRESS}.git")  # as it is copied from a browser
    assert contents(course) == first


def test_nothing_but_the_title_and_the_address_changes_in_a_notebook(course):
    before = {name: json.loads((course / name).read_text("utf-8")) for name in FILES[2:]}
    run(course, REPOSITORY)
    for name, old in before.items():
        new = json.loads((course / name).read_text("utf-8"))
        changed = [one["id"] for one, two in zip(new["cells"], old["cells"], strict=True) if one != two]
        assert changed == ["title", "find-course"]
        for one, two in zip(new["cells"], old["cells"], strict=True):
            assert {**one, "source": 0} == {**two, "source": 0}


def test_a_copy_of_a_lesson_is_left_alone(course):
    copy = course / LESSONS[0].name.replace(".ipynb", "-Copy1.ipynb")
    shutil.copy(course / LESSONS[0].name, copy)
    before = copy.read_bytes()
    assert run(course, REPOSITORY) == (0, f"{len(FILES)} files changed.")
    assert copy.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_permissions_of_a_lesson_stay(course):
    path = course / LESSONS[0].name
    path.chmod(0o664)
    run(course, REPOSITORY)
    assert path.stat().st_mode & 0o777 == 0o664


def test_the_stored_outputs_still_count_as_those_of_this_code(course):
    """Else `make run` would take all outputs that differ from run to run for stale."""
    path = course / LESSONS[0].name
    notebook = nbformat.read(path, 4)
    run_notebooks.normalize(notebook, notebook, path.name)
    run_notebooks.save(nbformat.writes(notebook) + "\n", path, path.read_bytes())
    run(course, REPOSITORY)
    written = nbformat.read(path, 4)
    stored = written.metadata["course"]
    assert stored != notebook.metadata["course"]
    run_notebooks.normalize(written, written, path.name)
    assert written.metadata["course"] == stored


@pytest.mark.parametrize(
    "words",
    [
        ["owner"],
        ["owner/name/more"],
        ["/name"],
        ["owner/"],
        ["owner/.."],
        ["../name"],
        ["own er/name"],
        ["owner/name", "more"],
        ["owner/na me"],
        ["owner/näme"],
        ['owner/"name'],
        ["https://example.org/owner/name"],
        ["owner/name?"],
        [],
        [""],
        ["owner/name", "--remove"],
    ],
    ids=" ".join,
)
def test_nonsense_is_refused_in_a_sentence_and_nothing_is_written(course, words):
    before = contents(course)
    status, said = run(course, *words)
    assert status == 1 and "make badges REPO=" in said and "\n" not in said
    assert contents(course) == before


@pytest.mark.parametrize(("name", "text"), [("README.md", "no heading\n"), ("pyproject.toml", "[tool.ruff]\n")])
def test_a_file_without_a_place_for_badges_is_named_and_nothing_is_written(course, name, text):
    (course / name).write_text(text, "utf-8", newline="\n")
    before = contents(course)
    status, said = run(course, REPOSITORY)
    assert status == 1 and said.startswith(name) and said.endswith("try again.")
    assert contents(course) == before


def test_the_command_needs_nothing_but_the_standard_library(course):
    command = [sys.executable, "-I", "-S", str(course / "tools" / "publish" / "badges.py")]
    result = subprocess.run([*command, REPOSITORY], capture_output=True, text=True, encoding="utf-8")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{len(FILES)} files changed.\n", "")
    assert badges.address(course) == ADDRESS
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert result.returncode == 1 and "make badges REPO=owner/name" in result.stdout and result.stderr == ""


def test_a_file_that_cannot_be_written_is_named(course, monkeypatch):
    def refuse(text, path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(badges, "save", refuse)
    status, said = run(course, REPOSITORY)
    assert status == 1 and "Permission denied" in said and "pyproject.toml" in said
