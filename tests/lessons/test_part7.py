"""Part 7 keeps its promises: bombs, messy files, workers of every kind, and a folder of real photos."""

import contextlib
import multiprocessing
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from lessons import ROOT, Notebook, cell_runner, shown, solutions, tags
from photos import add_rubbish, first_photos, make_folder, make_photo
from PIL import Image, ImageOps
from torch.utils.data import ConcatDataset, DataLoader, Dataset

from tools.make_assets import draw_pets

LESSON = ROOT / "Part7_LoadingImages.ipynb"
CELLS, run = cell_runner(LESSON)
READ = f"from PIL import Image, ImageOps\n\n{CELLS['messy-convert']}\n\n{solutions('7')['7.8'][1]}\n\n"
MESSY = draw_pets.OUT / "messy"
CONVERTED = ["cmyk.jpg", "grey.jpg", "palette.png", "sideways.jpg", "transparent.png"]
SKIPPED = ["dot.png", "empty.jpg", "text.jpg", "truncated.jpg"]
FOLDERS = ["setup", "opening-show", "opening-raises", "folder-make", "own-class"]
LOADERS = [*FOLDERS, "folder-look-run", "transforms-steps", "stats-read", "7.2", "stats-use", "loader-order"]
LOADERS += ["workers-same", "workers-same-all"]


def python(code, *arguments):
    """Run a program in a process of its own; return what has happened."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def reader():
    namespace = {}
    exec(READ, namespace)
    return namespace


def test_the_messy_files_are_these():
    assert sorted(path.name for path in MESSY.iterdir()) == sorted(CONVERTED + SKIPPED)
    assert all(name in CELLS["messy-raises-text"] for name in CONVERTED + SKIPPED)


@pytest.mark.parametrize("name", CONVERTED)
def test_a_messy_picture_is_converted(name, reader):
    (picture,), messages = reader["read_pictures"]([MESSY / name])
    assert picture.mode == "RGB" and messages == []
    with Image.open(MESSY / name) as image:
        assert picture.size == ImageOps.exif_transpose(image).size


def test_what_is_transparent_becomes_white_and_what_lies_stands(reader):
    (faded, upright), _ = reader["read_pictures"]([MESSY / "transparent.png", MESSY / "sideways.jpg"])
    assert faded.getpixel((0, 0)) == (255, 255, 255)
    with Image.open(MESSY / "sideways.jpg") as image:
        turned = image.convert("RGB").transpose(Image.Transpose.ROTATE_270)
    assert upright.tobytes() == turned.tobytes()


@pytest.mark.parametrize("name", SKIPPED)
def test_a_messy_file_is_skipped_by_name(name, reader):
    pictures, (message,) = reader["read_pictures"]([MESSY / name])
    assert pictures == [] and message.startswith(f"{name}: ") and len(message) > len(name) + 4


def test_one_bad_file_does_not_keep_the_others_out(reader):
    pictures, messages = reader["read_pictures"]([MESSY / name for name in SKIPPED + CONVERTED + ["lost.jpg"]])
    assert len(pictures) == len(CONVERTED)
    assert [message.split(":")[0] for message in messages] == [*SKIPPED, "lost.jpg"]


BOMB = r"""
import re, sys, warnings
from pathlib import Path


def peak():  # in MB; getrusage would also count that of the program which started this one
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


good, bomb = map(Path, sys.argv[1:3])
warnings.simplefilter("ignore")
read_pictures([good])
before = peak()
if sys.argv[3] != "as it is":
    Image.MAX_IMAGE_PIXELS = int(sys.argv[3])
pictures, messages = read_pictures([bomb])
print(len(pictures), messages, round(peak() - before))
if sys.argv[3] == "as it is":  # does this program see what it looks for?
    Image.open(bomb).load()
    assert peak() - before > 90, peak() - before
"""


@pytest.mark.parametrize("limit", ["as it is", "50000000"])
def test_a_bomb_is_refused_by_name_and_takes_no_memory(limit, tmp_path):
    if not Path("/proc/self/status").exists():
        pytest.skip("peak memory is read from /proc, which only Linux has")
    draw_pets.make_bomb(tmp_path / "bomb.jpg")
    result = python(READ + BOMB, MESSY / "cmyk.jpg", tmp_path / "bomb.jpg", limit)
    assert result.returncode == 0, result.stderr
    count, message, grown = result.stdout[0], result.stdout[2:].rsplit(" ", 1)[0], int(result.stdout.split()[-1])
    assert count == "0" and message.startswith("['bomb.jpg: ")
    assert grown < 20
    assert ("12000 x 9000" in message) == (limit == "as it is")  # else Pillow itself refuses it


def test_verify_does_not_notice_a_torn_jpeg():
    """As the notes for the instructor say."""
    with Image.open(MESSY / "truncated.jpg") as image:
        image.verify()


@pytest.fixture(scope="module")
def loaders():
    """A namespace in which the cells up to the workers have run."""
    namespace = {}
    for name in LOADERS:
        with contextlib.suppress(RuntimeError) if name == "opening-raises" else contextlib.nullcontext():
            run(namespace, name)
    source = CELLS["workers-seeds-run"]
    exec(source[: source.index("once, again, alone")], namespace)  # the set that rotates at random
    return namespace


def started_by(method):
    """Return a DataLoader whose workers are started in this way."""

    def loader(*given, num_workers=0, **options):
        if num_workers:
            options["multiprocessing_context"] = method
        return DataLoader(*given, num_workers=num_workers, **options)

    return loader


def one_epoch(loaders, workers):
    """Return the pictures of an epoch: those that are the same each time, and those that are rotated at random.

    One loader gives both, since a worker may take seconds to start.
    """
    both = ConcatDataset([loaders["small_files"], loaders["rotated"]])
    order = loaders["all_of"]([(index, 0) for index in range(len(both))], 0)
    pictures = loaders["all_of"](both, workers)
    is_rotated = order >= len(loaders["small_files"])
    return pictures[~is_rotated], pictures[is_rotated]


@pytest.fixture(scope="module")
def without_workers(loaders):
    return one_epoch(loaders, 0)


@pytest.fixture(scope="module")
def with_workers(loaders):
    """An epoch with two workers that are started as this system does it."""
    return one_epoch(loaders, 2)


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_workers_bring_the_same_pictures_however_they_are_started(
    method, loaders, without_workers, with_workers, monkeypatch
):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system does not start processes by {method}")
    monkeypatch.setitem(loaders, "DataLoader", started_by(method))
    same, rotated = one_epoch(loaders, 2)
    assert torch.equal(same, without_workers[0])
    assert torch.equal(rotated, with_workers[1])  # the same draws in a second epoch, and by every method
    assert not torch.equal(rotated, without_workers[1])


class NotebookClass(Dataset):
    """Stands here, but says that it stands in the program itself, as a class of a notebook does."""

    __module__ = "__main__"

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return torch.zeros(2)


def test_a_fresh_worker_does_not_find_a_class_that_stands_in_no_file(monkeypatch, capfd):
    """As the box on workers says."""
    monkeypatch.setattr(sys.modules["__main__"], "NotebookClass", NotebookClass, raising=False)
    loader = DataLoader(NotebookClass(), num_workers=1, multiprocessing_context="spawn")
    with pytest.raises(RuntimeError, match="exited unexpectedly"):
        list(loader)
    said = capfd.readouterr().err  # up to Python 3.13 the first of these, then the second
    assert re.search(r"(Can't get|has no) attribute 'NotebookClass'", said), said


@pytest.mark.parametrize("name", ["folder-make", "folder-break-show", "folder-check-show", "speed-phone", "messy-mix"])
def test_a_cell_that_makes_folders_can_run_twice(name, loaders):
    namespace = dict(loaders)
    run(namespace, "folder-break-show")
    namespace["test_transform"] = namespace["prepare"]
    run(namespace, name, name)


def test_no_cell_changes_the_limit_of_pillow():
    assert not any("MAX_IMAGE_PIXELS =" in source for source in CELLS.values())


@pytest.fixture(scope="module")
def kernel():
    """The lesson in a kernel that runs it on one folder after the other: to start one takes longer than a run."""
    with Notebook(LESSON) as lesson:
        yield lesson


def start_on(kernel, folder):
    """Forget all names, as after a restart, and take the photos of a folder from now on."""
    shows = kernel.run(f"%reset -f\nimport os\nos.environ['COURSE_DATA'] = {str(folder)!r}")
    assert "Error" not in shows, shows
    kernel.at = 0


def run_on(kernel, folder):
    """Run the whole lesson on the pictures of a folder; return the cells that fail, and what each shows, by id."""
    start_on(kernel, folder)
    raised, printed = [], {}
    for index, cell in enumerate(kernel.notebook.cells):
        if cell.cell_type == "code":
            kernel.client.execute_cell(cell, index)
            failed = any(output.output_type == "error" for output in cell.outputs)
            if failed and "raises-exception" not in tags(cell):  # photos of one size do not raise in the opening
                raised.append(f"{cell.id}: {shown(cell)[-500:]}")
            printed[cell.id] = shown(cell)
    return raised, printed


def test_the_whole_lesson_runs_on_an_untidy_folder(kernel, tmp_path):
    """Five classes, all suffixes, one name twice, other names of the parts, unzipped twice, rubbish in between."""
    root = make_folder(
        tmp_path / "photos", 5, 8, 4, [".JPG", ".jpeg", ".png", ".webp", ".jfif", ".TIFF", ".bmp", ".gif"]
    )
    make_photo(root / "train" / "kind 00" / "photo 0.png")  # beside photo 0.JPG
    bad = add_rubbish(root)
    (root / "train").rename(root / "Training")
    (root / "test").rename(root / "val")
    raised, printed = run_on(kernel, tmp_path)
    assert raised == []
    told = printed["folder-check-show"]
    assert "5 classes" in told and "41 photos for training, 20 for testing" in told
    assert kernel.run("print(len(files))").strip() == "41"  # of the lesson's small copy
    assert "Training was taken for train" in told and "val was taken for test" in told
    assert f"skipped {len(bad)}:" in told and all(name in told for name in bad)


@pytest.mark.parametrize(
    "classes, train, test",
    [
        (2, 40, 2),  # forty of each, four test pictures
        (3, 10, 1),  # thirty in all
        (2, 6, 1),  # twelve in all
        (11, 2, 1),
        (37, 1, 1),
    ],
)
def test_the_whole_lesson_runs_on_few_photos_and_many_classes(classes, train, test, kernel, tmp_path):
    raised, printed = run_on(kernel, make_folder(tmp_path, classes, train, test))
    assert raised == []
    assert f"{classes} classes" in printed["folder-check-show"]


def test_the_whole_lesson_runs_where_one_class_has_a_single_photo(kernel, tmp_path):
    root = make_folder(tmp_path, 3, 6, 2)
    for path in sorted((root / "train" / "kind 01").iterdir())[1:]:
        path.unlink()
    raised, printed = run_on(kernel, root)
    assert raised == []
    assert "13 photos for training" in printed["folder-check-show"]
    assert "kind 01: 8% of photos" in printed["balanced-use"]  # the one photo is drawn, among twelve others


def test_the_lesson_stops_with_a_sentence_where_the_classes_differ(kernel, tmp_path):
    root = make_folder(tmp_path, 3)
    (root / "test" / "kind 01").rename(root / "test" / "Kind 01")
    start_on(kernel, root)
    kernel.run_until("opening-show")
    printed = kernel.run(kernel.cells["opening-show"].source)
    assert "kind 01 only in train; Kind 01 only in test" in printed


def test_the_whole_lesson_runs_on_real_photos_by_the_environment_alone(kernel, test_data, tmp_path):
    if not (photos := test_data / "photos").is_dir():
        pytest.skip(f"no real photos in {test_data}")
    raised, printed = run_on(kernel, first_photos(photos, tmp_path, train=420, test=50))
    assert raised == []
    assert "2 classes: cat, dog\n840 photos for training, 100 for testing" in printed["folder-check-show"]
