"""The runner: it stores outputs that a second run leaves alone, and says in a sentence what is wrong with a lesson."""

import base64
import io
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
import run_notebooks
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image
from run_notebooks import LessonError, find, main, normalize, run, table


def write(path, *sources, tags=None):
    """Write a notebook; `tags` maps the position of a cell to its tags."""
    cells = [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    for i, names in (tags or {}).items():
        cells[i].metadata["tags"] = names
    nbformat.write(new_notebook(cells=cells), path)
    return path


def stored(path):
    return nbformat.read(path, 4).cells


def test_a_second_run_changes_nothing(tmp_path):
    path = write(
        tmp_path / "Part1_A.ipynb",
        "import time, random\nprint('one')\nprint('two')",
        "time.perf_counter()",
        "raise ValueError('meant')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('t');",
        "import os; print(os.environ['COURSE_HEADLESS'], os.environ['OMP_NUM_THREADS'], hash('a') == hash('a'))",
        tags={1: ["nbval-ignore-output"], 2: ["raises-exception"]},
    )
    assert run(path)[-1] == "ok, stored anew"
    before = path.read_bytes()
    row = run(path)
    assert row[-1] == "ok" and row[1] == 5 and row[2] > 0
    if sys.platform != "win32":
        assert 20 < row[3] < 3000  # MB
    assert path.read_bytes() == before
    assert run(path, check=True)[-1] == "ok"
    cells = stored(path)
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4, 5]
    assert cells[0].outputs[0].text == "one\ntwo\n"
    assert cells[2].outputs[0].traceback == ["----> 1 raise ValueError('meant')", "", "ValueError: meant"]
    assert "image/png" in cells[3].outputs[0].data
    assert cells[4].outputs[0].text == "1 1 True\n"
    assert not [name for name in tmp_path.iterdir() if name != path]


def test_fresh_renews_what_differs_from_run_to_run(tmp_path):
    path = write(tmp_path / "a.ipynb", "import time; time.time()", tags={0: ["nbval-ignore-output"]})
    run(path)
    before = path.read_bytes()
    assert run(path, fresh=True)[-1] == "ok, stored anew"
    assert path.read_bytes() != before


def test_a_changed_cell_renews_the_volatile_ones_after_it(tmp_path):
    tags = {1: ["nbval-ignore-output"]}
    path = write(tmp_path / "a.ipynb", "x = 1", "print(x)", tags=tags)
    run(path)
    nb = nbformat.read(path, 4)
    nb.cells[0].source = "x = 2"
    nbformat.write(nb, path)
    run(path)
    assert stored(path)[1].outputs[0].text == "2\n"


def test_check_names_the_stale_cell_and_writes_nothing(tmp_path):
    path = write(tmp_path / "a.ipynb", "1", "2")
    run(path)
    nb = nbformat.read(path, 4)
    nb.cells[1].outputs[0].data["text/plain"] = "3"
    nbformat.write(nb, path)
    before = path.read_bytes()
    assert run(path, check=True)[-1] == "stale: cell cell-1"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1\n1 / 0", "a.ipynb, cell cell-0: ZeroDivisionError: division by zero"),
        ("import sys; print('oh', file=sys.stderr)", "its output holds an error message \\(oh\\)"),
        ("object()", "its output holds a memory address \\(0x"),
        ("print('/home' + '/ada')", "its output holds a path of this machine \\(/home/a\\)"),
        ("print('12.3it' + '/s')", "its output holds a speed"),
        ("import ipywidgets; display(ipywidgets.IntSlider())", "its output holds a widget"),
        ("import os; os._exit(1)", "a.ipynb, cell cell-0: "),
    ],
)
def test_what_must_not_be_stored_is_said(tmp_path, source, says):
    path = write(tmp_path / "a.ipynb", source)
    before = path.read_bytes()
    verdict = run(path)[-1]
    assert re.search(f"failed: .*{says}", verdict, re.S), verdict
    assert path.read_bytes() == before


def test_a_cell_that_takes_too_long(tmp_path, monkeypatch):
    real = run_notebooks.NotebookClient
    monkeypatch.setattr(run_notebooks, "NotebookClient", lambda nb, **given: real(nb, **given | {"timeout": 1}))
    verdict = run(write(tmp_path / "a.ipynb", "import time; time.sleep(30)"))[-1]
    assert verdict.startswith("failed: a.ipynb, cell cell-0: ")


def png(value, size=(4, 4)):
    file = io.BytesIO()
    Image.fromarray(np.full((*size, 3), value, np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [(png(100), png(102), True), (png(100), png(120), False), (png(9), png(9, (5, 5)), False), (png(9), png(9), True)],
    ids=["rounding", "another picture", "another size", "equal"],
)
def test_a_picture_is_kept_while_its_pixels_are_the_same(old, new, kept):
    def lesson(data):
        output = new_output("display_data", {"image/png": data})
        return new_notebook(cells=[new_code_cell("x", id="a", outputs=[output])])

    notebook = lesson(new)
    normalize(notebook, lesson(old), "a")
    assert (notebook.cells[0].outputs[0].data["image/png"] == old) == kept


def test_metadata_is_reduced_to_what_readers_need():
    cell = new_code_cell("x", id="a", metadata={"tags": ["t"], "collapsed": True, "execution": {"a": "1"}})
    notebook = new_notebook(
        cells=[cell], metadata={"widgets": {}, "kernelspec": {"name": "other", "display_name": "Other"}}
    )
    normalize(notebook, new_notebook(), "a")
    assert notebook.cells[0].metadata == {"tags": ["t"]}
    assert set(notebook.metadata) == {"kernelspec", "language_info", "course"}
    assert notebook.metadata.kernelspec.name == "python3"


def test_lessons_are_found_by_number_and_path(tmp_path):
    one, three = (write(tmp_path / name, "1") for name in ("Part1_A.ipynb", "Part3_C.ipynb"))
    assert find([], tmp_path) == [one, three]
    assert find(["3"], tmp_path) == [three]
    assert find([str(one)], tmp_path) == [one]
    for name in ("2", "nothing.ipynb"):
        with pytest.raises(LessonError, match=f"There is no lesson '{name}'. Name a part"):
            find([name], tmp_path)


def test_the_command_prints_a_table(tmp_path, capsys):
    good, bad = write(tmp_path / "Part1_A.ipynb", "1"), write(tmp_path / "Part2_B.ipynb", "1 / 0")
    assert main([str(good)]) == 0
    assert re.search(r"part +cells +seconds +peak MB +verdict\nPart1_A +1 +\d+\.\d", capsys.readouterr().out)
    assert main([str(good), str(bad)]) == 1
    out = capsys.readouterr().out
    assert re.search(r"^Part1_A .* ok$", out, re.M) and re.search(r"^Part2_B .* failed: ", out, re.M)
    assert re.search(r"^all +2 ", out, re.M)
    assert "ZeroDivisionError" in out.splitlines()[-3] or "ZeroDivisionError" in out
    assert main(["99"]) == 1
    assert "There is no lesson '99'" in capsys.readouterr().out


def test_the_table_without_a_count_of_memory():
    shown = table([("Part1", 3, 1.5, None, "ok"), ("Part2", 4, 2.5, None, "ok")], 2.75)
    assert re.search(r"Part1 +3 +1\.5 +- +ok", shown)
    assert re.search(r"all +7 +2\.8$", shown)  # two at a time: less than the sum


def test_memory_is_left_out_where_the_system_does_not_count_it(tmp_path, monkeypatch):
    monkeypatch.setattr(run_notebooks, "PEAK", "__import__('nothing_of_this_name')")
    assert run(write(tmp_path / "a.ipynb", "1"))[3] is None


def test_it_runs_from_any_folder(tmp_path, root):
    path = write(tmp_path / "Part1_A.ipynb", "import os; print(os.path.basename(os.getcwd()))")
    command = [sys.executable, str(root / "tools" / "run_notebooks.py"), str(path)]
    result = subprocess.run(command, cwd="/", capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert stored(path)[0].outputs[0].text == f"{tmp_path.name}\n"


def test_nbval_compares_outputs_under_our_settings(tmp_path, root):
    """A lesson whose stored output is wrong fails; a semicolon hides a value; a tag leaves an output out."""
    sources = ["1 + 1", "3 + 3;", "import time; time.time()", "print('a')"]
    path = write(tmp_path / "Part1_A.ipynb", *sources, tags={2: ["nbval-ignore-output"]})
    run(path)
    flags = ["--nbval", "--nbval-current-env", "-q", "-p", "no:cacheprovider", "-c", str(root / "pyproject.toml")]
    command = [sys.executable, "-m", "pytest", *flags, "--confcutdir", str(root), "-p", "conftest", str(path)]
    environment = {**run_notebooks.os.environ, "PYTHONPATH": str(root / "tests")}
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert "4 passed" in result.stdout, result.stdout
    nb = nbformat.read(path, 4)
    nb.cells[3].outputs[0].text = "b\n"
    nbformat.write(nb, path)
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert "1 failed, 3 passed" in result.stdout, result.stdout
