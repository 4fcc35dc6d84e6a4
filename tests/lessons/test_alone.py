"""A lesson without its course (Colab, Kaggle, a file by mail) finds it, fetches it, or says in a sentence what to do.

Nothing here needs the network: a server in this process plays the part of the course's address.
"""

import ast
import http.server
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile

import nbformat
import pytest
from lessons import LESSONS, NOTEBOOKS, ROOT, Notebook, copy_course, shown
from nbclient.exceptions import CellExecutionError
from test_lessons import read_only

LESSON = nbformat.read(LESSONS[0], 4)
CELLS = {cell.id: cell.source for cell in LESSON.cells}
ARCHIVE = "/ada/pytorch/archive/HEAD.zip"
RUNNER = """
import json, os, sys
from importlib.util import find_spec
from IPython.core.error import UsageError
cell, absent = json.loads(sys.stdin.read())
for name in absent:
    sys.modules[name] = None
before = list(sys.path), os.getcwd()
try:
    exec(compile(cell, "find-course", "exec"), globals())
except UsageError as error:
    print("UsageError:", error)
else:
    helper = find_spec("helper")
    print(helper.origin)
    print((list(sys.path), os.getcwd()) == before)
"""


class Server:
    """The course's address on the web: answers of one's choice, by path, and a list of what was asked for."""

    def __init__(self):
        self.answers, self.asked = {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                answer = outer.answers.get(self.path)
                if callable(answer):
                    answer(self)
                elif answer is None:
                    self.send_error(404)
                else:
                    self.send(answer, len(answer))

            def send(self, body, length):
                self.send_response(200)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.block_on_close = False  # an answer that hangs holds nobody up
        self.address = f"http://127.0.0.1:{self.server.server_port}/ada/pytorch"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        """Answer nobody any more."""
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def server():
    """A server that knows nothing yet."""
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A copy of the course, as an archive holds it."""
    folder = copy_course(tmp_path_factory.mktemp("alone") / "the course")
    shutil.copy(ROOT / "requirements.txt", folder)
    return folder


def packed(folder, top="pytorch-0a1b2c3", **more):
    """Return a folder as a ZIP file with one folder at its top, as GitHub packs a repository; and more members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"{top}/{path.relative_to(folder).as_posix()}")
        for name, text in more.items():
            archive.writestr(name, text)
    return file.getvalue()


@pytest.fixture(scope="session")
def archive(course):
    """The course as one ZIP file."""
    return packed(course)


def find_course(address="", kaggle=None):
    """Return the code of the cell find-course with an address, and with another folder for Kaggle's input."""
    code = CELLS["find-course"]
    assert code.count('ADDRESS = "') == 1 and code.count('Path("/kaggle/input")') == 1
    line = next(line for line in code.splitlines() if line.startswith("ADDRESS = "))
    code = code.replace(line, f"ADDRESS = {str(address)!r}")
    return code.replace('"/kaggle/input"', repr(str(kaggle or "/nowhere")))


def run(folder, code, absent=(), environment=None, prefix=()):
    """Run the cell in a folder, in a Python of its own and without some packages.

    Returns its sentence; or where it finds helper.py, and whether the search for imports is as it was.
    """
    result = subprocess.run(
        [*prefix, sys.executable, "-c", RUNNER],
        input=json.dumps([code, list(absent)]),
        cwd=folder,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout.splitlines()


def alone(tmp_path):
    """Return an empty folder, in an empty folder."""
    folder = tmp_path / "mail" / "attachments"
    folder.mkdir(parents=True)
    return folder


def names(folder):
    """Return the names of what lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_beside_its_course_the_cell_changes_nothing_and_shows_nothing(course):
    before = names(course)
    found, unchanged = run(course, find_course())
    assert found == str(course / "helper.py") or found == "helper.py"
    assert unchanged == "True"
    assert names(course) == before


@pytest.mark.parametrize("start", [".", "beside", "the course/bonus"], ids=["parent", "sibling", "subfolder"])
def test_a_kernel_that_was_started_in_another_folder_finds_the_course(course, tmp_path, start):
    shutil.copytree(course, tmp_path / "the course")
    (tmp_path / "another project" / "assets").mkdir(parents=True)
    (tmp_path / "another project" / "helper.py").touch()
    (tmp_path / start).mkdir(exist_ok=True)
    before = names(tmp_path)
    found, _ = run(tmp_path / start, find_course("http://127.0.0.1:9/ada/pytorch"))
    assert found == str(tmp_path / "the course" / "helper.py")
    assert names(tmp_path) == before


def test_folders_that_may_not_be_read_are_passed_by(course, tmp_path):
    prefix = []
    if os.name == "nt":
        pytest.skip("a folder is not closed on Windows by its permissions")
    if os.geteuid() == 0:  # root reads everything, unless that is taken away from it
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        if not shutil.which("setpriv") or subprocess.run([*prefix, "true"], capture_output=True).returncode:
            pytest.skip("root may read everything, and setpriv cannot take that away here")
    folder = alone(tmp_path)
    shutil.copytree(course, tmp_path / "mail" / "the course")
    closed = [folder / "closed", tmp_path / "mail" / "closed"]
    for path in closed:
        path.mkdir()
        path.chmod(0)
    try:
        found, _ = run(folder, find_course(), prefix=prefix)
    finally:
        for path in closed:
            path.chmod(0o700)
    assert found == str(tmp_path / "mail" / "the course" / "helper.py")


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_on_kaggle_the_course_may_be_attached_as_a_data_set(course, tmp_path, depth):
    attached = tmp_path.joinpath("input", *["datasets", "ada", "pytorch"][:depth])
    shutil.copytree(course, attached)
    working = alone(tmp_path)
    found, _ = run(working, find_course(kaggle=tmp_path / "input"))
    assert found == str(attached / "helper.py")
    assert names(working) == []


def test_a_read_only_data_set_on_kaggle_is_enough_to_run_a_lesson(course, tmp_path):
    shutil.copytree(course, tmp_path / "input" / "pytorch")
    working, attached = alone(tmp_path), sorted((tmp_path / "input").rglob("*"))
    code = find_course(kaggle=tmp_path / "input")
    script = tmp_path / "lesson.py"
    lines = [
        "import os",
        f"os.chdir({str(working)!r})",
        code,
        CELLS["setup"],
        "print(DATA, (DATA / 'FashionMNIST').is_dir())",
    ]
    script.write_text("\n\n".join(lines), "utf-8")
    result = read_only(tmp_path / "input", [sys.executable, str(script)])
    assert result.returncode == 0, result.stderr
    data, is_there = result.stdout.rsplit(maxsplit=1)
    assert is_there == "True" and not data.startswith(str(tmp_path))
    assert sorted((tmp_path / "input").rglob("*")) == attached
    assert names(working) == []


def test_in_an_empty_folder_the_course_is_fetched_once_and_the_lesson_runs(server, archive, tmp_path):
    folder = alone(tmp_path)
    shutil.copy(LESSONS[0], folder)
    server.answers[ARCHIVE] = archive
    lesson = Notebook(folder / LESSONS[0].name)
    lesson.cells["find-course"].source = find_course(server.address)
    code = [(index, cell) for index, cell in enumerate(lesson.notebook.cells) if cell.cell_type == "code"]
    with lesson:
        for index, cell in code[:10]:
            lesson.client.execute_cell(cell, index)
            assert not [output for output in cell.outputs if output.output_type == "error"], shown(cell)
    assert shown(lesson.cells["find-course"]) == ""
    with Notebook(folder / LESSONS[0].name) as again:
        assert again.run(find_course(server.address)) == ""
        helper_found = again.run("import importlib.util\nprint(importlib.util.find_spec('helper').origin)")
    assert helper_found == f"{folder / 'pytorch-course' / 'helper.py'}\n"
    assert server.asked == [ARCHIVE]
    assert names(folder) == [LESSONS[0].name, "pytorch-course"]


def half(handler, archive, pause=0):
    """Send half of an archive, then (after a while) no more."""
    handler.send(archive[: len(archive) // 2], len(archive))
    handler.wfile.flush()
    time.sleep(pause)


def test_an_interrupted_download_leaves_nothing_behind_and_can_be_started_again(server, archive, tmp_path):
    folder = alone(tmp_path)
    server.answers[ARCHIVE] = lambda handler: half(handler, archive)
    [said] = run(folder, find_course(server.address))
    assert said.startswith("UsageError: The course is not here.") and "ContentTooShortError" in said
    assert names(folder) == []
    server.answers[ARCHIVE] = archive
    found, _ = run(folder, find_course(server.address))
    assert found == str(folder / "pytorch-course" / "helper.py")


def test_a_kernel_that_dies_while_it_downloads_leaves_no_half_course(server, archive, tmp_path):
    folder = alone(tmp_path)
    server.answers[ARCHIVE] = lambda handler: half(handler, archive, pause=60)
    kernel = subprocess.Popen([sys.executable, "-c", find_course(server.address)], cwd=folder)
    while not server.asked:
        time.sleep(0.05)
    kernel.kill()
    kernel.wait()
    server.answers[ARCHIVE] = archive
    found, _ = run(folder, find_course(server.address))
    assert found == str(folder / "pytorch-course" / "helper.py")
    assert len(server.asked) == 2


def test_an_archive_writes_nothing_outside_its_folder_and_makes_no_links(server, course, tmp_path):
    folder = alone(tmp_path)
    link = zipfile.ZipInfo("pytorch-0a1b2c3/link")
    link.external_attr = 0o120777 << 16
    evil = packed(course, **{"../evil": "e", "pytorch-0a1b2c3/../../evil": "e", str(tmp_path / "evil"): "e"})
    file = io.BytesIO(evil)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(link, str(tmp_path))
    server.answers[ARCHIVE] = file.getvalue()
    found, _ = run(folder, find_course(server.address))
    assert found == str(folder / "pytorch-course" / "helper.py")
    assert list(tmp_path.rglob("evil")) == []
    assert names(tmp_path) == ["mail"] and names(folder) == ["pytorch-course"]
    assert not any(path.is_symlink() for path in folder.rglob("*"))


def spoiled(archive):
    """Return an archive with one byte changed in the middle."""
    middle = len(archive) // 2
    return archive[:middle] + bytes([archive[middle] ^ 255]) + archive[middle + 1 :]


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("nobody", "refused"),
        ("not found", "404"),
        ("login page", "is not a zip file"),
        ("spoiled", "Bad CRC-32"),
        ("no course", "StopIteration"),
    ],
)
def test_a_download_that_fails_is_told_in_one_sentence_with_its_cause(server, archive, tmp_path, answer, cause):
    folder, other = alone(tmp_path), tmp_path / "other"
    (other / "assets").mkdir(parents=True)
    (other / "helper.py").touch()
    answers = {"login page": b"<html>Log in</html>", "spoiled": spoiled(archive), "no course": packed(other)}
    server.answers[ARCHIVE] = answers.get(answer)
    if answer == "nobody":
        server.close()
    said = run(folder, find_course(server.address))
    assert len(said) == 1 and said[0].startswith("UsageError: The course is not here. Get its folder from ")
    assert server.address in said[0] and cause in said[0] and said[0].endswith("and open the lesson in it.")
    assert names(folder) == []


def test_where_nothing_can_be_written_a_sentence_says_so(server, archive, tmp_path):
    server.answers[ARCHIVE] = archive
    folder = alone(tmp_path)
    script = tmp_path / "cell.py"
    script.write_text(find_course(server.address), "utf-8")
    last = read_only(folder, [sys.executable, str(script)]).stderr.splitlines()[-1]
    assert "UsageError: The course is not here." in last
    assert "Read-only file system" in last or "Permission denied" in last


@pytest.mark.parametrize("first", ["usual", "as on Colab"])
def test_helper_without_assets_does_not_stand_in_the_way(server, archive, tmp_path, first):
    """Somebody uploaded helper.py, too. Colab looks for imports in the lesson's folder before all others."""
    folder = alone(tmp_path)
    shutil.copy(ROOT / "helper.py", folder)
    server.answers[ARCHIVE] = archive
    environment = {"PYTHONPATH": str(folder)} if first == "as on Colab" else {}
    found, _ = run(folder, find_course(server.address), environment=environment)
    assert found == str(folder / "pytorch-course" / "helper.py")


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_the_address_may_be_a_folder(course, tmp_path, scheme):
    if scheme and os.name == "nt":
        pytest.skip("on Windows, a folder is named without file://")
    folder = alone(tmp_path)
    found, _ = run(folder, find_course(f"{scheme}{course}"))
    assert found == str(course / "helper.py")
    assert names(folder) == []


def test_another_folder_of_the_same_name_is_left_alone(server, archive, tmp_path):
    folder = alone(tmp_path)
    (folder / "pytorch-course").mkdir()
    (folder / "pytorch-course" / "mine.txt").write_text("mine", "utf-8")
    server.answers[ARCHIVE] = archive
    [said] = run(folder, find_course(server.address))
    assert said.startswith("UsageError: ") and "pytorch-course" in said
    assert names(folder) == ["pytorch-course"] and names(folder / "pytorch-course") == ["mine.txt"]


@pytest.mark.parametrize("with_helper", [False, True], ids=["nothing", "helper.py"])
def test_without_an_address_run_all_ends_with_one_sentence(tmp_path, with_helper):
    folder = alone(tmp_path)
    if with_helper:
        shutil.copy(ROOT / "helper.py", folder)
    shutil.copy(LESSONS[0], folder)
    lesson = Notebook(folder / LESSONS[0].name)
    lesson.cells["find-course"].source = find_course()
    code = [cell for cell in lesson.notebook.cells if cell.cell_type == "code"]
    for cell in code:
        cell.outputs = []
    lesson.client.allow_errors = False  # the first error ends the run, as it does for *Run All*
    with pytest.raises(CellExecutionError):
        lesson.client.execute()
    sentence = "The course is not here. Get its folder from whoever sent the lesson and open the lesson in it."
    said = {cell.id: shown(cell) for cell in code}
    assert said.pop("find-course") == f"UsageError: {sentence}\n"
    assert set(said.values()) == {""}


def test_a_package_that_is_missing_is_named_with_what_to_type(course):
    [said] = run(course, find_course(), absent=["safetensors", "torchvision"])
    assert said.startswith("UsageError: Missing: ['torchvision', 'safetensors']. Change the kernel or %pip install -r ")
    assert said.endswith(f'"{course / "requirements.txt"}"') and (course / "requirements.txt").is_file()


def test_every_package_that_a_lesson_imports_is_looked_for():
    used, brought_along = set(), {"torch", "numpy", "PIL", "IPython"}  # by torchvision and by the kernel
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "code" and cell.id != "find-course":
                for node in ast.walk(ast.parse(cell.source)):
                    if isinstance(node, ast.Import):
                        used |= {alias.name.split(".")[0] for alias in node.names}
                    elif isinstance(node, ast.ImportFrom):
                        used.add(node.module.split(".")[0])
    used -= {*sys.stdlib_module_names, "helper", "exercises"}
    constants = {node.value for node in ast.walk(ast.parse(CELLS["find-course"])) if isinstance(node, ast.Constant)}
    assert used - brought_along <= constants
