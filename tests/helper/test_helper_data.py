"""Where the data is, the device, random numbers, progress bars: the small services of helper.py."""

import errno
import gzip
import random
import subprocess
import sys

import numpy as np
import pytest
import torch

import helper


def test_practice_is_the_default(root):
    assert helper.data_dir() == helper.data_dir("practice") == root / "assets" / "practice"
    assert (helper.data_dir() / "MNIST" / "raw" / "train-images-idx3-ubyte").is_file()


def test_the_environment_names_an_edition(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert helper.data_dir() == tmp_path
    assert helper.data_dir("practice") != tmp_path


def test_a_folder_of_ones_own(tmp_path):
    assert helper.data_dir(tmp_path) == tmp_path
    assert helper.data_dir(str(tmp_path)) == tmp_path


def test_an_empty_variable_names_no_edition(monkeypatch, root):
    monkeypatch.setenv("COURSE_DATA", "")
    assert helper.data_dir() == root / "assets" / "practice"


def test_an_edition_that_is_asked_for_outweighs_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA", "full")
    assert helper.data_dir(tmp_path) == tmp_path
    monkeypatch.setattr(helper, "HERE", tmp_path)
    with pytest.raises(FileNotFoundError, match="course.py data"):
        helper.data_dir()


def test_a_folder_of_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "photos").mkdir()
    assert helper.data_dir("~/photos") == tmp_path / "photos"


def test_a_file_is_not_a_folder(tmp_path):
    (tmp_path / "photo.png").touch()
    with pytest.raises(FileNotFoundError, match="no data in .*photo.png"):
        helper.data_dir(tmp_path / "photo.png")


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="no data in .*nothing. Check the spelling, or use"):
        helper.data_dir(tmp_path / "nothing")


def test_full_data_that_is_not_there_yet(monkeypatch, tmp_path):
    monkeypatch.setattr(helper, "HERE", tmp_path)
    (tmp_path / "data" / "MNIST").mkdir(parents=True)  # the first of the sets alone is not the full data
    with pytest.raises(FileNotFoundError, match="Run `python course.py data` once in .* to fetch it"):
        helper.data_dir("full")
    (tmp_path / "data" / "FashionMNIST").mkdir()
    assert helper.data_dir("full") == tmp_path / "data"


def test_a_misspelled_set_and_a_stray_variable_are_said(monkeypatch, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no data in .*Cat_Dog_dat\. Check the spelling of the data set\."):
        helper.data_dir("practice", "Cat_Dog_dat")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nothing"))
    with pytest.raises(FileNotFoundError, match="Check what COURSE_DATA says"):
        helper.data_dir(name="Cat_Dog_data")


def test_torn_practice_data_are_named(monkeypatch, tmp_path):
    packed = tmp_path / "assets" / "practice" / "MNIST" / "raw" / "digits.gz"
    packed.parent.mkdir(parents=True)
    monkeypatch.setattr(helper, "HERE", tmp_path)
    for content in (gzip.compress(bytes(9000))[:-9], b"<html>please log in</html>"):
        packed.write_bytes(content)
        helper._practice.cache_clear()
        with pytest.raises(OSError, match=r"digits\.gz is damaged .* Delete it and get the course again"):
            helper.data_dir("practice")
    helper._practice.cache_clear()


def packed_course(folder):
    """Make a course with one packed file; return that file."""
    packed = folder / "assets" / "practice" / "MNIST" / "raw" / "digits.gz"
    packed.parent.mkdir(parents=True)
    packed.write_bytes(gzip.compress(b"digits"))
    return packed


def test_what_macos_adds_to_a_copied_course_is_left_alone(monkeypatch, tmp_path):
    packed = packed_course(tmp_path)
    packed.with_name("._digits.gz").write_bytes(b"what the Finder knows of a file")
    monkeypatch.setattr(helper, "HERE", tmp_path)
    helper._practice.cache_clear()
    assert (helper.data_dir("practice") / "MNIST" / "raw" / "digits").read_bytes() == b"digits"
    helper._practice.cache_clear()


def test_a_file_that_another_notebook_has_just_unpacked_and_reads_is_taken(monkeypatch, tmp_path):
    """Windows does not let it be replaced at this moment."""
    packed, replaced = packed_course(tmp_path), []

    def in_use(path, target):
        target.write_bytes(b"digits")
        replaced.append(target)
        raise PermissionError(errno.EACCES, "in use", str(target))

    monkeypatch.setattr(helper, "HERE", tmp_path)
    monkeypatch.setattr(helper.Path, "replace", in_use)
    helper._practice.cache_clear()
    assert helper.data_dir("practice") == tmp_path / "assets" / "practice"
    helper._practice.cache_clear()
    assert replaced == [packed.with_suffix("")]
    assert sorted(path.name for path in packed.parent.iterdir()) == ["digits", "digits.gz"]


def test_a_path_of_windows_whose_backslashes_were_read_as_signs_is_told():
    with pytest.raises(FileNotFoundError, match=r"signs of their own: write / in place of"):
        helper.data_dir("D:\new\train")


def test_data_that_may_not_be_read_are_not_called_damaged(monkeypatch, tmp_path):
    packed = packed_course(tmp_path)
    read = helper.Path.read_bytes

    def refuse(path):
        if path.suffix == ".gz":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read(path)

    (tmp_path / "assets" / "practice" / "Cat_Dog_data").mkdir()
    monkeypatch.setattr(helper, "HERE", tmp_path)
    monkeypatch.setattr(helper.Path, "read_bytes", refuse)
    helper._practice.cache_clear()
    with pytest.raises(PermissionError, match=packed.name):
        helper.data_dir("practice")
    helper._practice.cache_clear()


def test_a_set_by_its_name(monkeypatch, root, tmp_path):
    """Pictures of one's own may stand right in the folder; the full edition must hold the set that is asked for."""
    assert helper.data_dir(name="Cat_Dog_data") == root / "assets" / "practice" / "Cat_Dog_data"
    assert helper.data_dir(tmp_path, "Cat_Dog_data") == tmp_path
    (tmp_path / "data" / "Cat_Dog_data").mkdir(parents=True)
    assert helper.data_dir(tmp_path / "data", "Cat_Dog_data") == tmp_path / "data" / "Cat_Dog_data"
    monkeypatch.setattr(helper, "HERE", tmp_path)
    assert helper.data_dir("full", "Cat_Dog_data") == tmp_path / "data" / "Cat_Dog_data"
    (tmp_path / "data" / "Cat_Dog_data").rename(tmp_path / "data" / "FashionMNIST")
    with pytest.raises(FileNotFoundError, match="no data in .*Cat_Dog_data. Run `python course.py data` once"):
        helper.data_dir("full", "Cat_Dog_data")


def test_two_notebooks_may_unpack_at_once(root, tmp_path):
    """Several processes start on the packed data together; each finds whole files."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "helper.py").write_bytes((root / "helper.py").read_bytes())
    for path in (root / "assets" / "practice").glob("*/raw/*.gz"):
        target = tmp_path / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    code = "import helper; raw = helper.data_dir() / 'MNIST' / 'raw'; "
    code += "print(*[path.stat().st_size for path in sorted(raw.glob('train-*-ubyte'))])"
    sizes = f"{16 + 4000 * 784} {8 + 4000}".encode()  # in bytes: a head, then 784 for a picture and 1 for a label
    started = [subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE) for _ in range(3)]
    assert [process.communicate(timeout=300)[0].strip() for process in started] == [sizes] * 3
    assert not list(tmp_path.glob("assets/practice/*/raw/*.[0-9]*"))


@pytest.mark.parametrize("reason", [errno.EACCES, errno.EROFS])
def test_a_read_only_checkout_unpacks_elsewhere(monkeypatch, root, reason):
    """Also on Windows, where os.access says of any folder that it can be written to."""
    write = helper.Path.write_bytes

    def write_elsewhere(path, content):
        if root in path.parents:
            raise OSError(reason, "refused", str(path))
        return write(path, content)

    exists = helper.Path.exists
    monkeypatch.setattr(helper.Path, "exists", lambda path: path.suffix == ".gz" and exists(path))
    monkeypatch.setattr(helper.Path, "write_bytes", write_elsewhere)
    helper._practice.cache_clear()
    folder = helper.data_dir()
    monkeypatch.undo()
    helper._practice.cache_clear()
    assert folder != root / "assets" / "practice"
    assert (folder / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").stat().st_size == 1008
    assert len(list((folder / "Cat_Dog_data" / "train").glob("*/*.jpg"))) == 400


@pytest.mark.parametrize(("version", "works"), [("2.5.1+cu124", False), ("2.9.0", True), ("2.14.1+cpu", True)])
def test_a_pytorch_that_is_too_old_is_named(root, version, works):
    code = f"import torch; torch.__version__ = {version!r}; import helper"
    result = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=120)
    says = f"ImportError: The course needs PyTorch 2.9 or newer, and this is {version}. Choose another kernel"
    assert (result.returncode == 0) == works and (says in result.stderr) != works, result.stderr


def test_device_is_one_that_works():
    assert torch.ones(2, device=helper.device()).sum().item() == 2


def test_the_accelerator_is_taken_where_there_is_one(monkeypatch):
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("cuda"))
    assert helper.device() == torch.device("cuda")
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    assert helper.device() == torch.device("cpu")


def drawn(*seeds):
    helper.seed(*seeds)
    return random.random(), np.random.rand(), torch.rand(1).item()


def test_seed_starts_all_random_numbers_anew():
    assert drawn(5) == drawn(5)
    assert drawn() == drawn(0)
    assert not set(drawn(5)) & set(drawn(6))


def test_track_counts_steps_and_is_silent_in_headless_runs(capsys):
    assert list(helper.track(range(3), "epochs")) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_track_shows_a_bar_to_a_reader(monkeypatch, capsys):
    monkeypatch.setattr(helper, "HEADLESS", False)
    assert len(list(helper.track(range(3), "epochs"))) == 3
    shown = capsys.readouterr()
    assert "epochs" in shown.out + shown.err
