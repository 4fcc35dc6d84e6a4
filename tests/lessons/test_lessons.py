"""Every lesson runs: with the course's answers, on blank stubs, far from home, and where nothing can be written."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
import torch
from lessons import LESSONS, Notebook, copy_course, part_of, shown, solutions, tags

from tools.run_notebooks import cells_with_claims, claim_code


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


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_courses_answers_pass_every_check(path):
    lesson = Notebook(path, environment={"COURSE_STRICT": "1"})
    answers = solutions(part_of(path))
    for cell in lesson.notebook.cells:
        if "exercise" in tags(cell):
            _, part, number, _ = cell.id.split("-")
            cell.source = answers[f"{part}.{number}"][1]
    with lesson:
        assert run_all(lesson) == []
    for cell in lesson.notebook.cells:
        if "check" in tags(cell):
            assert re.search(r"✔ Exercise \d+\.\d+: done", shown(cell)), shown(cell)
        if "solution" in tags(cell):
            assert "your answer is right and is kept" in shown(cell)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_blank_stubs_alone_in_a_folder_with_two_threads(path, tmp_path):
    """A space and an umlaut in the path, only the lesson, helper.py and assets; exact outputs as with one thread."""
    folder = copy_course(tmp_path / "Kurs für alle", [path])
    shutil.rmtree(folder / "tools")
    lesson = Notebook(folder / path.name, environment={"OMP_NUM_THREADS": "2"})
    stored = nbformat.read(path, 4)
    with lesson:
        assert run_all(lesson) == []
    for cell, before in zip(lesson.notebook.cells, stored.cells, strict=True):
        if "check" in tags(cell):
            assert "not yet\nReplace the `...`" in shown(cell)
        if "solution" in tags(cell):
            assert "the course's answer is used from here on" in shown(cell)
        if cell.cell_type == "code" and not set(tags(cell)) & {"nbval-ignore-output", "raises-exception"}:
            assert shown(cell) == shown(before), cell.id
    assert not (folder / ".course_progress.json").exists()


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


def stored_by_this_version():
    """Whether the stored outputs were made with the PyTorch and on the kind of system that run this test."""
    versions = next(cell for cell in nbformat.read(LESSONS[0], 4).cells if cell.id == "versions")
    return f"PyTorch {torch.__version__}," in shown(versions) and sys.platform == "linux"


def test_a_read_only_checkout_runs_and_would_be_stored_again_byte_for_byte(tmp_path):
    """Nothing can be written there. (With another PyTorch or system, pictures and messages may differ a little.)

    The oldest PyTorch warns where later ones do not; such a warning is named, and not stored.
    """
    folder = copy_course(tmp_path / "checkout")
    probe = [sys.executable, "-c", "open('probe', 'w')"]
    assert "Read-only file system" in (error := read_only(folder, probe).stderr) or "Permission denied" in error
    result = read_only(folder, [sys.executable, "-m", "tools.run_notebooks", "--check"])
    for path in LESSONS:
        verdict = "ok" if stored_by_this_version() else r"(ok|ok \(a library warns.+|stale: .+)"
        assert re.search(rf"{path.stem} .* {verdict}$", result.stdout, re.M), result.stdout + result.stderr
