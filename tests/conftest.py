"""What all tests share: a headless environment with the same numbers each time, and nbval with full cell histories."""

import gzip
import os
import signal
import sys
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent
for folder in (*(ROOT / "tests" / name for name in ("exercises", "lessons", "support")), ROOT):
    sys.path.insert(0, str(folder))

from tools.publish import chromium  # noqa: E402
from tools.run_notebooks import ENVIRONMENT, SKETCHES, cells_with_claims, claim_code, same_picture  # noqa: E402

os.environ.update(ENVIRONMENT)  # before the exercises are imported: a reader's record is not read and not written
import lessons  # noqa: E402

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.pop("COURSE_STRICT", None)
os.environ.pop("COURSE_DATA", None)
for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"):  # of the `make test` that started this
    os.environ.pop(name, None)
# nohup and `make test &` let a program ignore the stop button. Some tests press it, so it works here as usual.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

IN_BROWSER, HEADLESS = "test_a_student_works_through_a_lesson", "test_all_answers_far_from_home"
# What takes longest begins first, so that no worker has to wait for it at the end.
LONGEST = ["test_jupyterlab.py", "test_answers.py", "test_slides.py", "Part8_TransferLearning.ipynb", "test_site.py"]
LONGEST += ["test_part8.py", "test_part7.py", "test_run_notebooks.py", "test_install.py", "test_lessons.py"]


def pytest_configure(config):
    """Let nbval run cells as a reader's notebook does: with a history (`;` hides a value)."""
    from nbval import kernel

    def execute_cell_input(self, cell_input, allow_stdin=None):
        if not cell_input:
            raise ValueError("There is nothing to run in this cell.")
        return self.kc.execute(cell_input, allow_stdin=allow_stdin, store_history=True, stop_on_error=False)

    kernel.RunningKernel.execute_cell_input = execute_cell_input


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    """Where nbval has run a cell of a lesson, compare its pictures as well, and judge what is claimed about it."""
    cell = getattr(item, "cell", None)
    if cell is None:  # no cell of a notebook
        yield
        return
    if not hasattr(item.parent, "draws_sketches"):  # the first cell: from here on, pictures can be compared
        item.parent.draws_sketches = True
        item.parent.kernel.kc.execute(SKETCHES, silent=True, store_history=False)
    outcome = yield
    if outcome.excinfo is not None:
        return
    faults = []
    if lessons.stored_by_this_version() and "nbval-ignore-output" not in cell.metadata.get("tags", []):
        faults += faults_of_pictures(cell.outputs, item.test_outputs)
    if cell.get("id") in cells_with_claims(item.path):
        faults += faults_of_claims(item.path, cell.id, item.parent.kernel.kc)
    if faults:
        outcome.force_exception(AssertionError("; ".join(faults)))


def faults_of_pictures(stored, shown):
    """Return what is wrong with the pictures that a cell shows, beside those that are stored."""
    before, now = [
        [output for output in outputs if output.get("data", {}).get("image/png")] for outputs in (stored, shown)
    ]
    if len(before) != len(now):
        return [f"{len(now)} pictures are shown, and {len(before)} are stored"]
    faults = []
    for old, new in zip(before, now, strict=True):
        if not same_picture(new, old):
            faults.append("a picture differs from the one that is stored")
        if new["metadata"].get("image/png", {}).get("alt") != old["metadata"].get("image/png", {}).get("alt"):
            faults.append("the text that describes a picture differs from the one that is stored")
    return faults


def faults_of_claims(path, name, client):
    """Return the claims about a cell that do not hold in the kernel that has just run it."""
    wanted = {"claim": f"exec({claim_code(path, name)!r})"}
    message = client.execute("", silent=True, store_history=False, user_expressions=wanted)
    while True:
        reply = client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == message:
            break
    result = reply["content"].get("user_expressions", {}).get("claim", {"status": "error", "evalue": "no reply"})
    return [] if result["status"] == "ok" else [f"a claim does not hold: {result['evalue']}"]


class ByFileAndLesson(LoadScopeScheduling):
    """Give a file's tests to one worker, since they share what their fixtures make.

    A file whose tests are about one lesson each is divided by lessons: one worker alone would need too long for it.
    """

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        _, bracket, case = test.partition("[")
        divided = file.rpartition("/")[2] in ("test_jupyterlab.py", "test_answers.py", "test_slides.py")
        return f"{file}::{case}" if divided and bracket else file


@pytest.hookimpl(optionalhook=True)  # nobody asks where xdist is switched off
def pytest_xdist_make_scheduler(config, log):
    """Divide the tests among the workers where they go by files (`--dist loadfile`)."""
    return ByFileAndLesson(config, log) if config.option.dist == "loadfile" else None


def pytest_collection_modifyitems(config, items):
    """Put what takes longest first.

    Some of its tests run several lessons or start from a fixture that builds all slides, and have half an hour. A
    lesson that a student works through in JupyterLab, with all answers, is not run with all answers once more.
    """
    in_browser = {item.callspec.id for item in items if getattr(item, "originalname", "") == IN_BROWSER}
    if chromium.find():
        twice = [i for i in items if getattr(i, "originalname", "") == HEADLESS and i.callspec.id in in_browser]
        config.hook.pytest_deselected(items=twice)
        items[:] = [item for item in items if item not in twice]
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
    for item in items:
        if item.path.name in LONGEST:
            item.add_marker(pytest.mark.timeout(1800))


def pytest_collection_finish(session):
    """Let coverage leave alone the programs that tests start, which it makes slower by half.

    It finds out from the environment. Tests of the tools let it measure theirs (tests/tools/conftest.py); what kernels
    would add is tested in this process as well.
    """
    session.config.coverage_of_programs = os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


def pytest_terminal_summary(terminalreporter):
    """List what the browser saw (slides visited, cells run, pages judged), which Pythons were found, and all skips."""
    reports = [report for listed in terminalreporter.stats.values() for report in listed]
    properties = [pair for report in reports for pair in getattr(report, "user_properties", ())]
    for name, title in (("seen", "seen in a browser"), ("found", "Pythons of this machine")):
        texts = [text for kind, text in properties if kind == name]
        if texts:
            terminalreporter.section(title)
            for text in dict.fromkeys(texts):
                terminalreporter.write_line(text)
    terminalreporter.write_line(f"{len(terminalreporter.stats.get('skipped', []))} tests were skipped.")


@pytest.fixture
def root():
    """The folder of the course."""
    return ROOT


@pytest.fixture(scope="session")
def test_data():
    """The folder with the complete data sets; skips, and says so, where there is none."""
    folder = Path(os.environ.get("COURSE_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the complete data sets are not here: name their folder in COURSE_TEST_DATA")
    return folder


@pytest.fixture
def complete_fashion(test_data, tmp_path):
    """A folder with the complete Fashion-MNIST, unpacked; skips, and says so, where there is none."""
    packed = sorted((test_data / "full" / "FashionMNIST" / "raw").glob("*.gz"))
    if not packed:
        pytest.skip(f"there is no complete Fashion-MNIST in {test_data}")
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for path in packed:
        (raw / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    return tmp_path
