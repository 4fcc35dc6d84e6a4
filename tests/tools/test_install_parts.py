"""The parts of the installer: causes of failures, room on disks, progress, tools, what an environment holds."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.installer import causes as install_causes
from tools.installer import environment as install_build
from tools.installer import groups as install_groups
from tools.installer import interpreter as install_python
from tools.installer import lock as install_lock
from tools.installer import log as install_log
from tools.installer import place as install_place
from tools.installer import programs as install_tool
from tools.installer import proof as install_proof
from tools.installer import space as install_space
from tools.installer import words as install_words
from tools.installer.causes import SENTENCES, Problem, cause_of, detail_of, from_system, package_of, sentence
from tools.installer.words import Wish, elsewhere, other_python, typed

pytest_plugins = ["installing"]
RETRY = "WARNING: Retrying (Retry(total={}, connect=None)) after connection broken by 'NewConnectionError': /simple/x/"
NONE = "ERROR: Could not find a version that satisfies the requirement torch>=2.9 (from versions: none)\n"
NO_RUNTIME = """Microsoft Visual C++ Redistributable is not installed, this may lead to the DLL load failure.
It can be downloaded at https://aka.ms/vs/17/release/vc_redist.x64.exe
torchvision cannot be imported: OSError: [WinError 126] The specified module could not be found."""
NO_MATCH = "ERROR: No matching distribution found for torch>=2.9\n"
OUTPUTS = [  # what pip and uv print, word for word, and the cause
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n", "disk"),
    (RETRY.format(0) + "\nERROR: [Errno 28] No space left on device", "disk"),
    ("error: failed to write to file `/x`: No space left on device (os error 28)", "disk"),
    (
        "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:\\\\x'\n"
        "HINT: This error might have occurred since this system does not have Windows Long Path support enabled.",
        "path",
    ),
    ("error: failed to copy file\n  Caused by: The filename or extension is too long. (os error 206)", "path"),
    (NO_RUNTIME, "runtime"),
    ("OSError: [WinError 112] There is not enough space on the disk", "disk"),
    ("OSError: [Errno 122] Disk quota exceeded: '/home/ada/.venv/lib'", "disk"),
    (RETRY.format(0) + "\n" + NONE + NO_MATCH, "network"),
    (RETRY.format(4) + "\n" + NONE + NO_MATCH, "version"),
    (RETRY.format(4) + "\n" + NONE.replace("none", "1.0, 2.0") + NO_MATCH, "version"),
    (NONE + NO_MATCH, "version"),
    ("  x No solution found when resolving dependencies:\n  Because there are no versions of torch", "version"),
    ("ERROR: Package 'x' requires a different Python: 3.15.0 not in '<3.15'", "version"),
    ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))\n" + RETRY.format(0), "certificate"),
    ("error: error sending request for url\n  Caused by: invalid peer certificate: UnknownIssuer", "certificate"),
    ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))\n" + RETRY.format(0), "proxy"),
    ("ERROR: Missing dependencies for SOCKS support.", "proxy"),
    ("error: Request failed after 3 retries\n  Caused by: dns error: failed to lookup address information", "network"),
    ("pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.", "network"),
    ("ERROR: HTTP error 403 while getting http://x\n", "server"),
    ("ERROR: 503 Server Error: Service Unavailable for url: http://x", "server"),
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "damaged"),
    ("ERROR: Failed building wheel for pillow\nerror: subprocess-exited-with-error", "build"),
    ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'", "permission"),
    ("OSError: [WinError 32] The process cannot access the file because it is being used", "permission"),
    ("OSError: [Errno 30] Read-only file system: '/x'", "permission"),
    ("MemoryError", "memory"),
    ("ERROR: something new", "other"),
    ("", "other"),
]


@pytest.mark.parametrize(("output", "cause"), OUTPUTS)
def test_causes_are_told_apart(output, cause):
    assert cause_of(output, 1) == cause


def test_only_a_missing_connection_is_called_one():
    words = {"again": "make lab", "elsewhere": "make lab COURSE_VENV=/x", "other_python": "make lab PYTHON=python3.12"}
    for output, cause in OUTPUTS:
        text = sentence(cause, output, Path("install.log"), python="3.15", **words)
        assert ("Connect to the network" in text) == (cause == "network")
        assert "make lab" in text and text.endswith("The whole log: install.log")
        assert text.isascii() and "{" not in text
    assert {cause for _, cause in OUTPUTS} | {"killed"} == set(SENTENCES)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("status", [-9, 137])
def test_a_killed_pip_is_no_other_cause(status):
    assert cause_of("Installing collected packages: torch", status) == "killed"


def test_the_package_and_the_line_that_tell_most():
    assert package_of(NONE + NO_MATCH) == "torch"
    assert package_of("ERROR: Failed building wheel for pillow") == "pillow"
    assert package_of("nothing") == "a package"
    assert detail_of("other", "Collecting x\nERROR: something new.\nWARNING: notice") == "something new"
    assert detail_of("permission", "a\nERROR: [Errno 13] Permission denied: '/x'\nb").endswith("denied: '/x'")
    assert detail_of("other", "") == "it printed nothing"


@pytest.mark.parametrize(
    ("computer", "reason"),
    [
        ("Linux", ""),
        ("Mac with Apple's processor", ""),
        ("Mac with Intel's processor", "2.2 was its last release for Macs with an Intel processor"),
        ("Alpine Linux", "has the C library musl"),
        ("32-bit Python", "64-bit Pythons only"),
    ],
)
def test_another_python_is_not_proposed_where_pytorch_has_no_build_at_all(monkeypatch, computer, reason):
    words = {"again": "make lab", "elsewhere": "make lab COURSE_VENV=/x", "other_python": "make lab PYTHON=python3.12"}
    machine = "arm64" if "Apple" in computer else "x86_64"
    with monkeypatch.context() as patch:
        patch.setattr(install_causes.sys, "platform", "darwin" if "Mac" in computer else "linux")
        patch.setattr(install_causes.sys, "maxsize", 2**31 - 1 if "32" in computer else 2**63 - 1)
        patch.setattr(install_causes.platform, "machine", lambda: machine)
        library = "musl" if computer == "Alpine Linux" else "gnu"
        patch.setattr(install_causes.sysconfig, "get_config_var", lambda _: f"x86_64-pc-linux-{library}")
        of_torch = sentence("version", NONE + NO_MATCH, Path("log"), python="3.12", **words)
        of_others = sentence("version", NO_MATCH.replace("torch", "numpy"), Path("log"), python="3.12", **words)
    assert reason in of_torch and ("Take another Python" in of_torch) == (not reason)
    assert "Take another Python" in of_others


@pytest.mark.parametrize(("number", "cause"), [("ENOSPC", "disk"), ("EROFS", "permission"), ("EIO", "other")])
def test_what_the_system_refuses_to_the_installer_itself(number, cause):
    error = OSError(getattr(errno, number), os.strerror(getattr(errno, number)), "file")
    problem = from_system(error, Path("log"), again="make lab", elsewhere="x", python="3.12", other_python="y")
    assert isinstance(problem, Problem) and problem.cause == cause


@pytest.mark.parametrize(
    ("system", "wanted"),
    [
        ("posix", "make lab PYTHON=python3.12 COURSE_VENV='/my disk/env'"),
        ("nt", '--python python3.12 --venv "/my disk/env"'),
    ],
)
def test_what_to_type_can_be_typed_where_a_path_has_blanks(monkeypatch, system, wanted):
    with monkeypatch.context() as patch:
        patch.setattr(install_words.os, "name", system)
        with_blanks, plain = typed(Wish(venv="/my disk/env"), python="python3.12"), elsewhere(Wish())
    assert with_blanks.endswith(wanted)
    assert plain.endswith(("COURSE_VENV=/large/disk/pytorch-course", r"--venv D:\pytorch-course"))


@pytest.mark.parametrize("launcher", [True, False])
def test_on_windows_the_launcher_knows_the_name_of_a_version(monkeypatch, launcher):
    """So that what is to be typed, such as --python python3.12, works there too."""
    with monkeypatch.context() as patch:
        patch.setattr(install_python.os, "name", "nt")
        patch.setattr(install_python.shutil, "which", lambda name: name if launcher and name == "py" else None)
        commands = [install_python.command_of(name) for name in ("python3.12", "pypy3")]
    assert commands == [["py", "-3.12"] if launcher else ["python3.12"], ["pypy3"]]


@pytest.mark.parametrize(("system", "wanted"), [("posix", "make lab PYTHON=python3.12 CPU=1"), ("nt", None)])
def test_what_to_type(monkeypatch, system, wanted):
    monkeypatch.setattr(install_words.os, "name", system)
    text = typed(Wish(cpu=True), python="python3.12")
    assert text == (wanted or "python course.py lab --python python3.12 --cpu")
    assert ("COURSE_VENV=" in elsewhere(Wish())) == (system == "posix")
    assert "3.13" in other_python(Wish(), "3.12") and "3.12" in other_python(Wish(), "3.15")


def test_the_packages_of_a_group_are_noted(tmp_path):
    (tmp_path / "requirements.txt").write_text("torch>=2.9\nJupyter_Lab[all] >= 4\nabsent; sys_platform == 'none'\n")
    site = "lib/python3.12/site-packages"
    for name in ("torch-2.9.1", "torch_geometric-2.0", "jupyter.lab-4.2", "numpy-2.0"):
        (tmp_path / "env" / site / f"{name}.dist-info").mkdir(parents=True)
    found = install_groups.noted_packages(tmp_path, tmp_path / "env", "lessons")
    assert found == [f"{site}/jupyter.lab-4.2.dist-info", f"{site}/torch-2.9.1.dist-info"]


def test_packages_in_lib64_are_noted_and_none_twice(tmp_path):
    """From Python 3.15 on, it is a folder of its own; before, a link."""
    (tmp_path / "requirements.txt").write_text("torch>=2\n")
    (tmp_path / "env" / "lib64" / "python3.15" / "site-packages" / "torch-2.15.0.dist-info").mkdir(parents=True)
    found = install_groups.noted_packages(tmp_path, tmp_path / "env", "lessons")
    assert found == ["lib64/python3.15/site-packages/torch-2.15.0.dist-info"]
    if os.name != "nt":  # there, links need a permission
        (tmp_path / "env" / "lib64").rename(tmp_path / "env" / "lib")
        (tmp_path / "env" / "lib64").symlink_to("lib")
        found = install_groups.noted_packages(tmp_path, tmp_path / "env", "lessons")
        assert found == ["lib/python3.15/site-packages/torch-2.15.0.dist-info"]


def test_a_package_without_metadata_was_installed_by_half(monkeypatch):
    """Python 3.15 raises an error where earlier ones say that there is no version."""

    class Half:
        @property
        def version(self):
            raise FileNotFoundError("METADATA")

    monkeypatch.setattr(install_proof.importlib.metadata, "distribution", lambda name: Half())
    assert install_proof.faults([install_proof.Requirement("numpy>=1")]) == ["numpy was installed by half"]


def place_on(tmp_path):
    return install_place.Place(tmp_path, str(tmp_path / "env"))


@pytest.mark.parametrize("is_disk", [True, False])
def test_a_whole_disk_is_refused_on_every_python(tmp_path, monkeypatch, is_disk):
    def is_mount(path):
        raise NotImplementedError("Path.is_mount() is unsupported on this system")  # Windows before Python 3.12

    monkeypatch.setattr(Path, "is_mount", is_mount)
    monkeypatch.setattr(install_place.os.path, "ismount", lambda path: is_disk)
    if is_disk:
        with pytest.raises(Problem, match="env is a whole disk. Name a folder on it: make lab"):
            place_on(tmp_path).check("make lab")
    else:
        place_on(tmp_path).check("make lab")


def test_a_missing_runtime_of_windows_is_named_with_its_address(tmp_path):
    work = install_build.Work(place_on(tmp_path), "lessons", Wish())
    work.python_version = "3.12"
    problem = work.broken(NO_RUNTIME)
    assert problem.cause == "runtime"
    assert "It can be downloaded at https://aka.ms/vs/17/release/vc_redist.x64.exe. Then type again:" in str(problem)
    problem = work.broken("one\nnumpy cannot be imported: ImportError: x")
    assert str(problem).startswith("The new installation does not work: numpy cannot be imported: ImportError: x\n")


def test_the_new_name_is_as_long_as_the_old_one(tmp_path):
    for name in (".venv", "env_", "x"):
        place = install_place.Place(tmp_path, name)
        assert place.new != place.env and len(str(place.new)) == len(str(place.env))


def test_a_cache_is_used_only_where_it_has_room(tmp_path, monkeypatch):
    place, size = place_on(tmp_path), install_space.Size(3, 5, 100)
    for room, keep in ((12, True), (10, False)):
        monkeypatch.setattr(install_space, "free", lambda _, room=room: room)
        assert install_space.cache_has_room(tmp_path / "cache", place, size, "pip") is keep
    monkeypatch.setattr(install_space, "free", lambda _: 9)
    assert install_space.cache_has_room(tmp_path / "cache", place, size, "uv")  # links take no room
    monkeypatch.setattr(install_space.os, "access", lambda *_: False)
    assert not install_space.cache_has_room(tmp_path / "cache", place, size, "uv")


def test_where_caches_are(monkeypatch):
    home = {"HOME": "/home/ada"}
    monkeypatch.setattr(install_space.sys, "platform", "linux")
    assert install_space.cache_of("pip", home) == Path("/home/ada/.cache/pip")
    assert install_space.cache_of("uv", home | {"XDG_CACHE_HOME": "/x"}) == Path("/x/uv")
    assert install_space.cache_of("uv", home | {"UV_CACHE_DIR": "/y"}) == Path("/y")
    monkeypatch.setattr(install_space.sys, "platform", "darwin")
    assert install_space.cache_of("pip", home) == Path("/home/ada/Library/Caches/pip")


def test_sizes(tmp_path, root):
    usual, cpu = (install_space.size_of(root, "lessons", cpu) for cpu in (False, True))
    assert cpu.download < usual.download or not install_space.has_large_build()
    assert install_space.size_of(root, "tests", False, ["lessons"]).installed < 0.5
    (tmp_path / "requirements.txt").write_text("torchlight\nnumpy\n")
    assert install_space.size_of(tmp_path, "lessons", False) == install_space.NOTHING
    assert install_space.free(tmp_path / "not" / "yet" / "there") > 0


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self):
        return True


def progress(tmp_path, arrived, stream):
    size = install_space.Size(0.1, 0.2, 30)
    return install_log.Progress(size, lambda: arrived[0], tmp_path, stream)


def test_a_bar_grows_and_never_goes_back(tmp_path):
    arrived, stream = [0], Terminal()
    bar = progress(tmp_path, arrived, stream)
    bar.started -= 60
    seen = []
    for arrived[0] in (0, 50_000_000, 99_000_000):
        bar.looked_at = 0
        bar.look()
        seen.append(bar.text())
        assert len(bar.text()) < 80 and bar.text().isascii()
    assert "50/100 MB" in seen[1] and "min to go" in seen[1] and "downloading 30 packages" in seen[1]
    bar.read("Installing collected packages: one, two, three")
    (tmp_path / "file").write_bytes(bytes(100_000_000))
    bar.looked_at = 0
    bar.look()
    assert "unpacking 3 packages, 100/200 MB" in bar.text()
    bar.read("Collecting four")
    shares = [int(text.partition("]")[2].split("%")[0]) for text in [*seen, bar.text()]]
    assert shares == sorted(shares) and shares[-1] > shares[0]
    bar.show()
    bar.clear()
    assert stream.getvalue().endswith("\r")


def test_without_a_terminal_a_line_comes_now_and_then(tmp_path, capsys):
    bar = progress(tmp_path, [0], io.StringIO())
    bar.show()
    assert capsys.readouterr().out == ""
    bar.shown_at -= install_log.LINE_EVERY + 1
    bar.show()
    bar.show()
    assert capsys.readouterr().out.count("\n") == 1


def test_the_whole_output_is_in_the_log(tmp_path):
    log = tmp_path / "log"
    code = "import sys; print('one é'); print('two', file=sys.stderr); sys.exit(3)"
    variables = dict(os.environ, PYTHONUTF8="1")
    status, output = install_log.run([sys.executable, "-c", code], log, variables)
    assert status == 3
    assert "one é" in output and "two" in output
    text = log.read_text("utf-8")
    assert "one é\n" in text and "two\n" in text and "$ " in text


def test_a_command_that_asks_gets_no_answer_and_does_not_wait(tmp_path):
    status, output = install_log.run([sys.executable, "-c", "input('password: ')"], tmp_path / "log", dict(os.environ))
    assert status and "EOFError" in output


@pytest.mark.parametrize("how", ["variable", "file", "not at all"])
def test_uv_is_not_taken_where_pip_is_configured(tmp_path, monkeypatch, how):
    (tmp_path / "bin").mkdir()
    uv = tmp_path / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    uv.write_text("")
    uv.chmod(0o755)
    monkeypatch.setattr(install_tool, "pip_files", lambda given: [tmp_path / "pip.conf"])
    variables = {"PATH": str(tmp_path / "bin")}
    if how == "variable":
        variables["PIP_EXTRA_INDEX_URL"] = "https://mirror.example/simple"
    elif how == "file":
        (tmp_path / "pip.conf").write_text("[install]\nfind-links = /packages\n")
    found = install_tool.find_uv(variables)
    assert found == ([str(uv)] if how == "not at all" else None)


def test_the_files_of_pip_that_are_looked_at():
    files = install_tool.pip_files({"HOME": "/home/ada", "PIP_CONFIG_FILE": "/own.conf"})
    names = {str(path) for path in files}
    assert {"/home/ada/.config/pip/pip.conf", "/etc/pip.conf", "/own.conf"} <= names or os.name == "nt"


def test_a_home_that_can_be_written_to_is_used(tmp_path):
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    variables = install_tool.child_environment(tmp_path / "env", home)
    assert "IPYTHONDIR" not in variables and variables["HOME"] == str(tmp_path)
    variables = install_tool.child_environment(tmp_path / "env", {"HOME": "/missing", "USERPROFILE": "/missing"})
    inside = str(tmp_path / "env" / "home")
    assert all(variables[name].startswith(inside) for name in install_tool.OF_HOME)
    assert variables["HOME"] == inside or os.name == "nt"


@pytest.mark.skipif(os.name == "nt", reason="on Windows, each user has a folder of temporary files")
@pytest.mark.parametrize("made_by_others", ["not there", "a link", "a file", "open to others", "somebody else's"])
def test_a_folder_among_those_of_all_users_is_taken_only_if_it_is_ones_own(tmp_path, monkeypatch, made_by_others):
    shared, trap = tmp_path / "shared", tmp_path / "trap"
    for folder in (shared, trap):
        folder.mkdir(mode=0o700)
    monkeypatch.setattr(install_tool.tempfile, "gettempdir", lambda: str(shared))
    expected = shared / f"pytorch-course-{os.getuid()}"
    if made_by_others == "a link":
        expected.symlink_to(trap, target_is_directory=True)
    elif made_by_others == "a file":
        expected.touch()
    elif made_by_others == "open to others":
        expected.mkdir()
        expected.chmod(0o777)
    elif made_by_others == "somebody else's":
        expected.mkdir(mode=0o700)
        monkeypatch.setattr(install_tool.os, "getuid", lambda: 12345)
        expected = expected.rename(shared / "pytorch-course-12345")
    blocked = Path(os.devnull) / "env"  # where nothing can be written, either
    homes = [Path(install_tool.child_environment(blocked, {"HOME": "/missing"})["HOME"]) for _ in range(2)]
    assert homes[0] == homes[1]
    assert (homes[0] == expected) == (made_by_others == "not there")
    assert homes[0].parent == shared and homes[0].stat().st_mode & 0o777 == 0o700
    assert not list(trap.iterdir())


def test_an_interpreter_is_asked(tmp_path):
    found = install_python.ask(sys.executable)
    assert found == install_python.this_python() and found.able
    assert install_python.ask(tmp_path / "missing") is None
    assert install_python.is_new_enough("3.10") and not install_python.is_new_enough("3.9")
    assert install_python.is_this(sys.executable) and not install_python.is_this("python3.99")


@pytest.mark.skipif(os.name == "nt", reason="on Windows, links need a permission")
def test_an_interpreter_is_asked_whatever_letters_its_path_has(tmp_path, monkeypatch):
    python = tmp_path / "Jörg" / "python3"
    python.parent.mkdir()
    python.symlink_to(install_python.this_python().path)
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")  # as on Windows, where a pipe has the code page of the system
    assert install_python.ask(python).path == str(python)


def test_what_ends_another_installation_on_windows(tmp_path, monkeypatch):
    lock = tmp_path / "lock"
    lock.write_text("12 34 2026-11-29 10:00")
    monkeypatch.setattr(install_lock.os, "name", "nt")
    said = install_lock.waiting_text(lock, ".venv")
    monkeypatch.undo()
    assert said.endswith("to end the other one, type: taskkill /F /T /PID 12")


def test_the_proof_sees_what_is_wrong(tmp_path, installed):
    env = installed / ".venv"
    python = install_place.venv_python(env)

    def prove(text, *options):
        path = tmp_path / "requirements.txt"
        path.write_text(text)
        command = [python, "-I", install_proof.__file__, *options, path]
        result = subprocess.run(command, capture_output=True, text=True)
        return result.returncode, result.stdout

    assert prove("tinylesson>=1\n", "--import") == (0, "")
    assert prove("tinylesson>=2\n") == (1, "tinylesson 1.0 is installed, and tinylesson>=2 is needed\n")
    assert prove("# a comment\nabsent # another\n") == (1, "absent is not installed\n")
    assert prove("absent; python_version < '3'\n") == (0, "")


def test_the_proof_in_this_environment(root, capsys):
    """The packages of the tests are whole, as pip has installed them; the names of modules are found."""
    wanted = install_proof.requirements_in(root / "requirements.txt")
    assert {"torch", "jupyterlab"} <= {requirement.name for requirement in wanted}
    assert install_proof.faults(wanted) == []
    assert install_proof.module_of("pillow") == "PIL" and install_proof.module_of("ipython") == "IPython"
    assert install_proof.import_faults(wanted[2:3]) == []
    broken = [install_proof.Requirement("absent")]
    assert install_proof.import_faults(broken) == ["absent is not installed"]


def test_a_file_that_is_cut_short_is_seen(tmp_path, monkeypatch):
    info = tmp_path / "cut-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cut\nVersion: 1.0\n")
    (info / "RECORD").write_text("cut.py,,10\ngone.py,,\ncut-1.0.dist-info/METADATA,,\n")
    (tmp_path / "cut.py").write_text("1")
    monkeypatch.syspath_prepend(tmp_path)
    assert install_proof.faults([install_proof.Requirement("cut")]) == ["cut has a file that was cut short, cut.py"]
    (tmp_path / "cut.py").write_text("1" * 10)
    assert install_proof.faults([install_proof.Requirement("cut")]) == ["cut lacks its file gone.py"]
    (info / "RECORD").unlink()
    assert install_proof.faults([install_proof.Requirement("cut")]) == ["cut was installed by half"]


def test_compiled_files_may_be_missing(tmp_path, monkeypatch):
    """Python makes them again, so cleaning them away is no damage."""
    info = tmp_path / "lean-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lean\nVersion: 1.0\n")
    (info / "RECORD").write_text("lean.py,,1\n__pycache__/lean.cpython-312.pyc,,\n../../../bin/lean,,9\n")
    (tmp_path / "lean.py").write_text("1")
    monkeypatch.syspath_prepend(tmp_path)
    assert install_proof.faults([install_proof.Requirement("lean")]) == []


@pytest.mark.parametrize(
    ("download", "configured", "fetched", "used"),
    [(3.1, False, True, True), (3.1, False, False, False), (0.1, False, True, False), (3.1, True, True, False)],
    ids=["fetched", "cannot be fetched", "not worth it", "pip is configured"],
)
def test_uv_is_fetched_for_a_large_installation(tmp_path, monkeypatch, download, configured, fetched, used):
    """It comes into the folder of temporary files; where it cannot be had, pip does the work."""
    place = install_place.Place(tmp_path, None)
    place.temporary.mkdir(parents=True)
    work = install_build.Work(place, "lessons", Wish())
    monkeypatch.setattr(install_tool, "is_pip_configured", lambda variables: configured)
    asked = []

    def run(command, variables, progress=None):
        asked.append(command)
        if fetched:
            folder = Path(command[command.index("--target") + 1]) / "bin"
            folder.mkdir(parents=True)
            (folder / "uv").write_text("")
        return (0 if fetched else 1), ""

    monkeypatch.setattr(work, "run", run)
    found = work.fetch_uv(place.new, install_space.Size(download, 6.0, 130), {})
    assert bool(found) == used and len(asked) == (download > 1 and not configured)
    if used:
        assert place.temporary in Path(found[0]).parents
        assert any(part.startswith("uv>=") for part in asked[0])
