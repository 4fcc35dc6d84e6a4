"""Every lesson runs with the course's answers, far from home, and where nothing can be written.

On blank stubs, cell by cell beside the stored outputs, it is run by nbval (make test).
"""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from lessons import (
    LESSONS,
    NOTEBOOKS,
    ROOT,
    Notebook,
    copy_course,
    differs_from_stored,
    names,
    part_of,
    shown,
    stored_by_this_version,
    tags,
    write_answers,
)

from tools.run_notebooks import cells_with_claims, claim_code, normalize


def run_all(lesson):
    """Run all code cells of an open lesson; return the ids of those that raised without being meant to."""
    raised, claimed = [], cells_with_claims(lesson.path)
    for index, cell in enumerate(lesson.notebook.cells):
        if cell.cell_type == "code":
            lesson.client.execute_cell(cell, index)
            if any(o.output_type == "error" for o in cell.outputs) and "raises-exception" not in tags(cell):
                raised.append(f"{cell.id}: {shown(cell)[-500:]}")
            if cell.id in claimed:
                said = lesson.run(claim_code(lesson.path, cell.id))
                if said:
                    raised.append(f"a claim does not hold: {said[-500:]}")
    return raised


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_all_answers_far_from_home(path, tmp_path):
    """With a space and an umlaut in the path, and only the lesson, helper, exercises and assets there.

    The outputs are exactly those of blank stubs. (In JupyterLab, tests/browser does the same.)
    """
    folder = copy_course(tmp_path / "Kurs für alle", [path])
    lesson = Notebook(folder / path.relative_to(ROOT), environment={"COURSE_STRICT": "1"})
    write_answers(lesson.notebook, part_of(path))
    before = names(folder), names(lesson.path.parent)
    with lesson:
        assert run_all(lesson) == []
    for cell in lesson.notebook.cells:
        if "check" in tags(cell):
            assert re.search(r"✔ Exercise B?\d+\.\d+: done", shown(cell)), shown(cell)
        if "solution" in tags(cell):
            assert "your answer is right and is kept" in shown(cell)
    assert differs_from_stored(lesson.notebook.cells, nbformat.read(path, 4).cells) == []
    assert (names(folder), names(lesson.path.parent)) == before, "a lesson leaves no file beside itself"


def read_only(folder, command):
    """Run a command where a folder cannot be written; skip, and say so, where that cannot be arranged."""
    if os.name == "nt":
        pytest.skip("a folder is not made read-only on Windows by its permissions")
    if os.geteuid() == 0:  # permissions do not hold root back: mount the folder read-only, in a namespace of its own
        mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"'
        if (
            not shutil.which("unshare")
            or subprocess.run(["unshare", "-m", "sh", "-c", mount, folder], timeout=60).returncode
        ):
            pytest.skip("root may write everywhere, and mounting a folder read-only is not allowed here")
        command = ["unshare", "-m", "sh", "-c", f'{mount} && cd "$0" && exec "$@"', folder, *command]
    else:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(path.stat().st_mode & ~0o222)
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1700)
    finally:
        if os.geteuid():
            for path in [folder, *folder.rglob("*")]:
                path.chmod(path.stat().st_mode | 0o200)


READERS = [path for path in LESSONS if part_of(path) in "167"]  # what reads and unpacks, saves and opens most


def test_a_read_only_checkout_runs_and_would_be_stored_again_byte_for_byte(tmp_path, monkeypatch):
    """Nothing can be written there, and two threads compute: the outputs are exactly those of one.

    (With another PyTorch or system, pictures and messages may differ a little.)
    The oldest PyTorch warns where later ones do not; such a warning is named, and not stored.
    """
    folder = copy_course(tmp_path / "checkout", READERS)
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    probe = [sys.executable, "-c", "open('probe', 'w')"]
    assert "Read-only file system" in (error := read_only(folder, probe).stderr) or "Permission denied" in error
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    result = read_only(folder, [sys.executable, "-m", "tools.run_notebooks", "--check", "--jobs", "1"])
    for path in READERS:
        verdict = "ok" if stored_by_this_version() else r"(ok|ok \(a library warns.+|stale: .+)"
        assert re.search(rf"{path.stem} .* {verdict}$", result.stdout, re.M), result.stdout + result.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_is_stored_in_the_form_in_which_it_would_be_stored_again(path):
    notebook, stored = nbformat.read(path, 4), nbformat.read(path, 4)
    normalize(notebook, stored, path.name)
    assert nbformat.writes(notebook) + "\n" == path.read_text("utf-8")
