"""What the lessons show and load: where the data is, the device, and views (plots and pictures).

A view returns what it draws, is shown by being the last line of a cell, and carries a sentence that describes it. It
leaves tensors, random numbers and matplotlib's settings as they were. Texts appear as they are: a `$` is a dollar sign.
"""

import atexit
import base64
import errno
import functools
import gzip
import io
import math
import os
import random
import shutil
import sys
import tempfile
import textwrap
import threading
import unicodedata
import warnings
import zlib
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError  # another class than TimeoutError on Python 3.10
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

if torch.torch_version.TorchVersion(torch.__version__) < "2.9":
    raise ImportError(
        f"The course needs PyTorch 2.9 or newer, and this is {torch.__version__}. Choose another kernel, or install "
        "what requirements.txt names."
    )

HERE = Path(__file__).resolve().parent
HEADLESS = bool(os.environ.get("COURSE_HEADLESS"))  # no progress bars: tests and stored outputs
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]  # of Okabe and Ito
GRAY = "#767676"
FASHION = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
DIGITS = list("0123456789")
UPLOAD_LIMIT = "At most 100 MB if `make lab` runs this notebook, else 10 MB. On a larger one, run this cell again."


# Data, device, random numbers, progress


def data_dir(edition=None, name=""):
    """Return the folder of the data.

    Parameters
    ----------
    edition : str or Path, optional
        "practice" (the data that come with the course), "full" (after `make data`), or the path of a folder of your
        own. Without it, what the environment variable COURSE_DATA says, or else "practice".
    name : str, optional
        A data set in it, such as "Cat_Dog_data". Your own pictures may stand in your folder right away.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If there is no such folder; the text says what to do.
    """
    spelling = "the spelling" if edition else "what COURSE_DATA says"
    edition = edition or os.environ.get("COURSE_DATA") or "practice"
    if edition == "practice":
        folder = _practice()
        expected = folder / name
        cure = "The folder assets/ is missing beside helper.py: run the first cell of the lesson, which fetches it"
        if folder.is_dir():
            cure = "Check the spelling of the data set"
    elif edition == "full":
        folder = HERE / "data"
        expected = folder / (name or "FashionMNIST")
        cure = f'Run `python course.py data` once in {HERE} to fetch it, or use helper.data_dir("practice")'
    else:
        folder = Path(edition).expanduser()
        expected = folder
        cure = f'Check {spelling}, or use helper.data_dir("practice")'
        if min(str(edition)) < " ":  # "D:\new" holds the sign for a new line
            cure = r'Python reads \n, \t and the like as signs of their own: write / in place of \, or r"D:\new"'
    if not expected.is_dir():
        raise FileNotFoundError(f"There is no data in {folder / name}. {cure}.")
    if (folder / name).is_dir():
        return folder / name
    return folder


@functools.cache
def _practice():
    """Return the folder of the practice data, unpacked: beside the packed files or, if that is read-only, elsewhere."""
    source = HERE / "assets" / "practice"
    try:
        _unpack(source, source)
        return source
    except OSError as error:  # not asked beforehand: Windows says of any folder that it can be written to
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
    target = Path(tempfile.mkdtemp(prefix="course-"))
    atexit.register(shutil.rmtree, target, ignore_errors=True)
    shutil.copytree(source / "Cat_Dog_data", target / "Cat_Dog_data")
    _unpack(source, target)
    return target


def _unpack(source, target):
    """Unpack the data of `source` into the same folders of `target`; what is there stays as it is."""
    for packed in sorted(source.glob("*/raw/*.gz")):
        unpacked = target / packed.relative_to(source).with_suffix("")
        if unpacked.exists() or _is_hidden(packed.name):
            continue
        unpacked.parent.mkdir(parents=True, exist_ok=True)
        content = packed.read_bytes()
        try:
            content = gzip.decompress(content)  # checks the checksum that is in the file
        except (OSError, EOFError, zlib.error) as error:
            raise OSError(f"{packed} is damaged ({error}). Delete it and get the course again.") from None
        # written under a name of its own and then renamed: another notebook may unpack the same file at this moment
        beginning = unpacked.with_suffix(f".{os.getpid()}")
        beginning.write_bytes(content)
        try:
            beginning.replace(unpacked)
        except PermissionError:  # on Windows, where the other notebook is reading what it has unpacked
            beginning.unlink()
            if not unpacked.exists():
                raise


def device():
    """Return the device to compute on.

    Returns
    -------
    torch.device
        The accelerator (CUDA, MPS, …) if there is one, else the CPU.
    """
    if torch.accelerator.is_available():
        return torch.accelerator.current_accelerator()
    return torch.device("cpu")


def track(steps, label=""):
    """Show how far a loop has come; in a headless run, show nothing.

    Parameters
    ----------
    steps : iterable
        What the loop iterates over.
    label : str
        What stands before the bar.

    Returns
    -------
    iterable
        The same steps, for the loop.
    """
    from tqdm.auto import tqdm  # here, since few lessons need it

    return tqdm(steps, desc=label, leave=False, disable=HEADLESS)


def wait_for(function, seconds):
    """Call a function that may never return, such as one that asks a server, and wait only so long.

    Parameters
    ----------
    function : callable
        It is called without arguments, in a thread of its own, which goes on when nobody waits for it any more.
    seconds : float
        The longest time to wait.

    Returns
    -------
    object
        What the function returns. An error that it raises is raised here.

    Raises
    ------
    TimeoutError
        If the function is still at work after so many seconds.
    """
    future = Future()

    def work():
        try:
            future.set_result(function())
        except BaseException as error:  # also sys.exit: nobody should wait for a thread that has ended
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()  # a daemon does not keep Python from ending
    try:
        return future.result(seconds)
    except FutureTimeoutError:
        if future.done():  # the function itself has raised it
            raise
        raise TimeoutError(f"no result after {seconds} seconds") from None


def seed(number=0):
    """Start the random numbers of Python, NumPy and PyTorch anew, so that the next run draws the same ones.

    Parameters
    ----------
    number : int
        Another number starts another sequence.
    """
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


# Photos of the reader

PHOTO_SUFFIXES = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm"}
PART_NAMES = {"train": ["train", "training"], "test": ["test", "testing", "val", "valid", "validation"]}
SMALLEST_SIDE = 8  # in pixels: what is smaller is a dot or a line of a web page, and no photo
HEIC_KINDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")  # as the files themselves say
_one_at_a_time = threading.Lock()  # Python has one list of warnings to ignore, for all threads


def open_photo(path, side=None):
    """Open a photo of any kind as an upright RGB image.

    It is turned as its EXIF data say, and what is transparent becomes white. Gray of 16 or 32 bits and floats (X-rays,
    microscopes) are scaled to 8 bits, so that the darkest pixel becomes 0 and the brightest 255.

    Parameters
    ----------
    path : str or Path
    side : int, optional
        Where a small picture will do: a JPEG file may be decoded at a half, a quarter or an eighth of its size, as long
        as both sides keep so many pixels. That is several times faster.

    Returns
    -------
    PIL.Image.Image
        With the mode RGB.

    Raises
    ------
    OSError
        If it cannot be read (missing, empty, torn, HEIC, no picture at all), has more than `Image.MAX_IMAGE_PIXELS`
        pixels or a side of less than 8. The text is a sentence that begins with the name of the file.
    """
    path = Path(path).expanduser()
    try:
        with _one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about EXIF data and the like
            warnings.simplefilter("error", Image.DecompressionBombWarning)  # this warning is a no
            with Image.open(path) as image:
                if image.format in ("EPS", "WMF"):  # to read these, Pillow starts another program
                    raise UnidentifiedImageError
                if min(image.size) < SMALLEST_SIDE:
                    raise ValueError(f"{image.width} x {image.height} pixels are too few for a photo")
                if side:
                    image.draft(None, (side, side))
                image.load()
                return _upright_rgb(image)
    except Exception as error:  # broken files make Pillow raise almost anything
        raise OSError(f"{path.name}: {_why_unreadable(path, error)}.") from None


def _upright_rgb(image):
    """Return a Pillow image of any mode upright, in 8 bits, on white, as RGB."""
    try:
        image = ImageOps.exif_transpose(image)
    except Exception:  # the EXIF data are broken, but the pixels are whole: they were read before
        image = image.copy()
    return _rgb(image)


def _rgb(image):
    """Return a Pillow image of any mode in 8 bits, on white, as RGB."""
    if image.mode.startswith("I") or image.mode == "F":
        image = _to_eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _to_eight_bits(image):
    """Scale a gray image of whole numbers or floats so that it fills the range from 0 to 255."""
    values = np.asarray(image, dtype=float)
    if not np.isfinite(values).all():
        raise ValueError("some of its pixels are nan or infinite")
    darkest = values.min()
    spread = values.max() - darkest or 1  # 1 if all pixels are equal
    return Image.fromarray((255 * (values - darkest) / spread).round().astype(np.uint8))


def _why_unreadable(path, error):
    """Return the reason why a photo cannot be read, in words for a reader."""
    if path.is_dir():
        return "this is a folder"
    if not path.is_file():
        return "there is no such file"
    if isinstance(error, Image.DecompressionBombWarning | Image.DecompressionBombError):
        return f"it has more than {Image.MAX_IMAGE_PIXELS / 1e6:.0f} million pixels"
    if isinstance(error, UnidentifiedImageError):
        with path.open("rb") as file:
            head = file.read(12)
        if not head:
            return "the file is empty"
        if head[4:8] == b"ftyp" and head[8:12] in HEIC_KINDS:
            return "this is a HEIC file, whatever its name says; export it as JPEG"
        return "this is not a picture that Pillow can read"
    return str(error).strip().rstrip(".").splitlines()[0] if str(error).strip() else type(error).__name__


class PhotoFolder(NamedTuple):
    """What `photo_folder` found; `print` shows it in a few lines.

    Attributes
    ----------
    classes : list of str
        The names of the class folders, sorted.
    train, test : list of (Path, int)
        The photos that can be read, each with the index of its class in `classes`, in the order of their names.
    skipped : list of (Path, str)
        The files that were left out, each with the reason.
    notes : list of str
        Sentences about what was taken for what, such as `val` for `test`.
    """

    classes: list
    train: list
    test: list
    skipped: list
    notes: list

    def __str__(self):
        lines = [f"{len(self.classes)} classes: {_listed(self.classes)}"]
        lines.append(f"{len(self.train)} photos for training, {len(self.test)} for testing")
        lines += self.notes
        if self.skipped:
            lines.append(f"skipped {len(self.skipped)}:")
            lines += [f"    {path.parent.name}/{path.name}: {reason}" for path, reason in self.skipped[:10]]
        if len(self.skipped) > 10:
            lines.append(f"    and {len(self.skipped) - 10} more")
        # a name from an old archive may hold bytes that are no letters, which cannot be printed
        return "\n".join(lines).encode("utf-8", "backslashreplace").decode("utf-8")


def photo_folder(root):
    """Check a folder of photos, and list those that can be read.

    Expected is a folder `train` and a folder `test`, and in both the same class folders. Also taken are other
    capitals, `training`, `val`, `valid` and `validation`, and a folder that was unzipped into a folder. Hidden files
    and folders are left out, such as `.ipynb_checkpoints`, `._photo.jpg` and `__MACOSX`. Each photo is read once.

    Parameters
    ----------
    root : str or Path

    Returns
    -------
    PhotoFolder
        A named tuple: classes, train, test, skipped, notes.

    Raises
    ------
    FileNotFoundError
        If there is no folder for training or for testing; the text says what was expected and what was found.
    ValueError
        If both parts do not have the same classes, or there are fewer than two; the text names the folders.
    """
    root = Path(root).expanduser().absolute()
    folder_of, notes = _find_parts(root)
    samples = {}
    skipped = []
    for part, folder in folder_of.items():
        samples[part] = []
        for path in track(_files_in(folder), f"checking {part}"):
            reason = _why_skipped(path, folder)
            if reason:
                skipped.append((path, reason))
            else:
                samples[part].append((path, _class_name(path, folder)))

    names = {part: {name for _, name in samples[part]} for part in samples}
    only_train = sorted(names["train"] - names["test"])
    only_test = sorted(names["test"] - names["train"])
    why = ""
    if skipped:
        path, reason = skipped[0]
        why = f" Skipped {len(skipped)}, such as {path.parent.name}/{path.name}: {reason}."
    if only_train or only_test:
        differences = [f"{_listed(only_train)} only in {folder_of['train'].name}"] if only_train else []
        differences += [f"{_listed(only_test)} only in {folder_of['test'].name}"] if only_test else []
        cure = "Each class needs a folder of the same name, with a photo that can be read, in both"
        raise ValueError(f"The classes in {root.name} differ: {'; '.join(differences)}. {cure}.{why}")
    classes = sorted(names["train"])
    if len(classes) < 2:
        found = f"only {classes[0]} has a photo" if classes else "no photo can be read"
        raise ValueError(f"At least two classes are needed, but in {root.name} {found}.{why}")
    folders = [folder for part in folder_of.values() for folder in _visible_folders(part)]
    without_photo = {_one_letter(folder.name) for folder in folders} - set(classes)
    notes += [f"{name} was left out: it has no photo that can be read" for name in sorted(without_photo)]
    numbered = {part: [(path, classes.index(name)) for path, name in samples[part]] for part in samples}
    return PhotoFolder(classes, numbered["train"], numbered["test"], skipped, notes)


def _find_parts(root):
    """Return the folders for training and testing, {"train": Path, "test": Path}, and notes on what was taken."""
    if not root.is_dir():
        raise FileNotFoundError(f"There is no folder {root}. Check the spelling.")
    notes = []
    places = [root]
    for depth in range(3):  # unzipped into a folder, the parts lie deeper
        complete = [place for place in places if _part_of(place, "train") and _part_of(place, "test")]
        if len(complete) > 1:
            names = _listed([str(place.relative_to(root)) for place in complete])
            raise FileNotFoundError(
                f"{root} holds more than one folder with train and test: {names}. Name one of them."
            )
        if complete:
            folder_of = {part: _part_of(complete[0], part) for part in PART_NAMES}
            if depth:
                notes.append(f"train and test were found in the folder {complete[0].relative_to(root)}")
            notes += [
                f"{folder.name} was taken for {part}" for part, folder in folder_of.items() if folder.name != part
            ]
            return folder_of, notes
        places = [folder for place in places for folder in _visible_folders(place)]
    found = _listed([folder.name for folder in _visible_folders(root)]) or "no folder"
    expected = "a folder train and a folder test, and in each of them one folder for each class"
    raise FileNotFoundError(f"In {root}, expected were {expected}; found was: {found}.")


def _part_of(place, part):
    """Return the folder in a place that is meant for training or testing, or None."""
    folders = _visible_folders(place)
    for name in PART_NAMES[part]:
        matching = [folder for folder in folders if folder.name.lower() == name]
        exact = [folder for folder in matching if folder.name == name]  # train comes before Train
        if matching:
            return (exact or matching)[0]
    return None


def _visible_folders(place):
    """Return the folders in a folder, sorted, without hidden ones and without what macOS adds to an archive."""
    try:
        folders = [path for path in place.iterdir() if path.is_dir()]
    except PermissionError:  # such as lost+found on a stick
        return []
    return sorted(folder for folder in folders if not _is_hidden(folder.name))


def _is_hidden(name):
    return name.startswith(".") or name.lower() in ("__macosx", "desktop.ini", "thumbs.db")


def _files_in(folder):
    """Return the files in a folder and in its class folders (which may be links), sorted, without what is hidden."""
    paths = [*folder.iterdir()]
    for class_folder in _visible_folders(folder):
        paths += class_folder.rglob("*")
    return sorted(path for path in paths if _is_visible_file(path, folder))


def _is_visible_file(path, folder):
    """Return whether this is a file, or a link to none, and neither it nor a folder on the way to it is hidden."""
    is_broken_link = path.is_symlink() and not path.exists()
    is_file = path.is_file() or is_broken_link
    return is_file and not any(_is_hidden(name) for name in path.relative_to(folder).parts)


def _class_name(path, folder):
    """Return the name of the class folder of a photo."""
    return _one_letter(path.relative_to(folder).parts[0])


def _one_letter(name):
    """Return a name with each letter and its accent as one (macOS stores them as two)."""
    return unicodedata.normalize("NFC", name)


def _why_skipped(path, folder):
    """Return the reason to leave a file out, or None if it is a photo that can be read."""
    suffix = path.suffix.lower()
    if path.parent == folder:
        return "it lies beside the class folders, in none of them"
    if suffix in (".heic", ".heif"):
        return "this is a HEIC file; export it as JPEG"
    if suffix not in PHOTO_SUFFIXES:
        return f"{suffix or 'no suffix'} is not the suffix of a photo"
    try:
        open_photo(path, side=64)
    except OSError as error:
        return str(error).removeprefix(f"{path.name}: ").removesuffix(".")
    return None


def _listed(names):
    """Return names in one line, of many only the first ten."""
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more


# Pictures


def imshow(image, ax=None, title=None):
    """Show one picture.

    Parameters
    ----------
    image : torch.Tensor, np.ndarray or PIL.Image.Image
        A tensor [H, W], [1, H, W] or [3, H, W], an array [H, W] or [H, W, 3], or a Pillow image: uint8 from 0 to 255
        or numbers from 0 to 1. Others (normalized pictures, weights) are stretched to fill the range. What is
        transparent in a Pillow image becomes white.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new one without it.
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If it is no picture, or if a pixel is nan or infinite; the text says what to try.
    """
    if ax is None:
        _, (ax,) = _figure(title or "A picture", 2.6, 2.6)
    ax.imshow(_pixels(image), cmap="gray", vmin=0, vmax=1)
    ax.set_axis_off()
    if title:
        ax.set_title(title)
    _take_texts_as_they_are(ax)
    return ax


def view_classify(image, probs, classes=DIGITS):
    """Show a picture and a bar with the probability of each class.

    Of more than 12 classes, only the 10 most probable have a bar, in falling order; a gray bar below them says how many
    others there are, and how probable they are together.

    Parameters
    ----------
    image : torch.Tensor, np.ndarray or PIL.Image.Image
        As for `imshow`.
    probs : torch.Tensor or sequence of float
        A probability for each class, from 0 to 1; they add up to 1. The shape is [K] or [1, K].
    classes : sequence of str, optional
        The K names; without it, the ten digits.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are not as many probabilities as classes, or they do not add up to 1.
    """
    probs = torch.as_tensor(_array(probs)).flatten()
    classes = [str(name) for name in classes]
    _check_probabilities(probs, len(classes))
    best = int(probs.argmax())
    shown = range(len(classes))
    if len(classes) > 12:
        shown = probs.argsort(descending=True, stable=True)[:10].tolist()
    names = [_shortened(classes[index]) for index in shown]
    lengths = [float(probs[index]) for index in shown]
    colors = [COLORS[1] if index == best else COLORS[0] for index in shown]
    if len(classes) > 12:
        names.append(f"{len(classes) - 10} others")
        lengths.append(max(0, 1 - sum(lengths)))
        colors.append(GRAY)

    headline = f"Most probable: {classes[best]} ({probs[best]:.0%})"
    width = 6 if max(map(len, names)) <= 12 else 7
    fig, (left, right) = _figure(f"A picture and a bar for each class. {headline}", width, 3, 2)
    _set_headline(fig, headline)
    imshow(image, left)
    bars = right.barh(range(len(names)), lengths, color=colors)
    right.bar_label(bars, [f"{length:.0%}" for length in lengths], padding=2)
    right.set(xlim=(0, 1.2), xticks=[0, 0.5, 1], xlabel="probability")
    right.set_yticks(range(len(names)), names)
    right.invert_yaxis()
    _take_texts_as_they_are(right)
    return fig


def _check_probabilities(probs, count):
    """Raise a ValueError unless this tensor holds the probabilities of so many classes; its text says what to try."""
    found = f"Expected {count} probabilities, but got {len(probs)} numbers"
    if len(probs) != count or count == 0:
        raise ValueError(f"{found}. Pass one row of them, such as probs[0], and the names of all classes.")
    if probs.isnan().any():
        raise ValueError(f"{found}, some of them nan. Look where nan comes up first: in the logits, or before.")
    if probs.min() < 0 or abs(probs.sum() - 1) > 0.01:
        raise ValueError(f"{found} that add up to {probs.sum():.2f}. Try logits.softmax(dim=-1).")


def view_batch(images, captions=None, columns=8, size=72):
    """Show pictures as a contact sheet.

    Parameters
    ----------
    images : torch.Tensor or list
        A tensor [N, C, H, W] or [N, H, W], or a list of what `imshow` takes.
    captions : list, optional
        N texts or numbers, one above each picture. A text may have several lines; each of them is cut to the width of
        its picture. The sentence that describes the sheet has the whole texts.
    columns : int
        Pictures in a row.
    size : int
        The width of each picture, in pixels; its height follows.

    Returns
    -------
    PIL.Image.Image

    Raises
    ------
    ValueError
        If there is no picture, or not a caption for each.
    """
    captions = [] if captions is None else [_caption(value) for value in captions]
    if len(images) == 0:
        raise ValueError("There is no picture to show: the batch is empty.")
    if len(captions) not in (0, len(images)):
        raise ValueError(f"{len(images)} pictures and {len(captions)} captions: there should be one for each.")
    tiles = [_tile(image, size) for image in images]
    lines_of = [caption.splitlines() for caption in captions]
    gap = 6  # between pictures, in pixels
    line_height = 18
    above = line_height * max(map(len, lines_of), default=0)  # room for captions
    across = size + gap
    down = above + max(tile.height for tile in tiles) + gap
    columns = min(columns, len(tiles))
    rows = math.ceil(len(tiles) / columns)
    sheet = Image.new("RGB", (columns * across + gap, rows * down + gap), "white")
    draw = ImageDraw.Draw(sheet)
    for index, tile in enumerate(tiles):
        x = gap + index % columns * across
        y = gap + index // columns * down + above
        sheet.paste(tile, (x, y))
        lines = lines_of[index] if captions else []
        for number, line in enumerate(lines):
            middle = y - line_height * (len(lines) - number - 0.5)
            text = _cut(line, size)
            draw.text((x + size / 2, middle), text, "black", _caption_font(), "mm")
    described = ", ".join(" ".join(lines) for lines in lines_of)
    sheet.alt = f"Contact sheet of {len(tiles)} pictures: {described or 'without captions'}"
    return sheet


def _tile(image, width):
    """Return a picture as a Pillow image of this width, its pixels sharp."""
    if isinstance(image, Image.Image) and image.mode in ("L", "RGB"):  # at once small: a photo has millions of pixels
        image = _resized(image, width)
    tile = Image.fromarray((_pixels(image) * 255).round().astype(np.uint8))
    return _resized(tile, width)


def _resized(image, width):
    """Return a Pillow image in another width, its pixels sharp; the height follows."""
    height = max(1, round(width * image.height / image.width))
    return image.resize((width, height), Image.Resampling.NEAREST)


def _caption(value):
    """Return a caption as text; of a tensor or array, the number in it."""
    return str(value.tolist() if hasattr(value, "tolist") else value)


@functools.cache
def _caption_font():
    """Return DejaVu Sans, which matplotlib brings: unlike Pillow's own font, it has ß, ł, Greek and "…"."""
    import matplotlib  # here, since it takes a while

    # not findfont, which may search the whole computer and come back with another version
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return ImageFont.truetype(path, 12)


def _cut(text, width):
    """Return as much of a line of text as is at most so many pixels wide, with "…" if something is left out."""
    font = _caption_font()
    if font.getlength(text) <= width:
        return text
    beginning = ""
    for letter in text:
        if font.getlength(beginning + letter + "…") > width:
            break
        beginning += letter
    return beginning.rstrip() + "…" if beginning else ""


# Draw a digit


def as_digit(drawing):
    """Scale and center a drawing as the digits of MNIST are.

    The ink is fitted into a box of 20 × 20 pixels, its proportions kept, and put into a picture of 28 × 28 so that its
    center of mass lies at row and column 14, as Y. LeCun, C. Cortes and C. Burges describe it (The MNIST database of
    handwritten digits).

    Parameters
    ----------
    drawing : torch.Tensor, np.ndarray or PIL.Image.Image
        As for `imshow`: white ink on black.

    Returns
    -------
    torch.Tensor
        [1, 28, 28], float32 from 0 (paper) to 1 (ink); all 0 if nothing is drawn.
    """
    ink = _pixels(drawing)
    if ink.ndim == 3:
        ink = ink[:, :, :3].mean(axis=2)  # without the opacity, if there is one
    digit = np.zeros((28, 28), np.float32)
    rows, columns = np.nonzero(ink > 0.1)
    if len(rows) == 0:
        return torch.from_numpy(digit)[None]
    box = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = 20 / max(box.shape)
    height, width = (max(1, round(side * scale)) for side in box.shape)
    small = Image.fromarray(box.astype(np.float32)).resize((width, height), Image.Resampling.BOX)
    small = np.asarray(small)
    weight = small.sum()
    middle_row = (small.sum(axis=1) @ np.arange(height)) / weight
    middle_column = (small.sum(axis=0) @ np.arange(width)) / weight
    top = min(max(round(14 - middle_row), 0), 28 - height)
    left = min(max(round(14 - middle_column), 0), 28 - width)
    digit[top : top + height, left : left + width] = small
    return torch.from_numpy(digit)[None]


def draw_digit(predict):
    """Let the reader draw a digit with the mouse or a finger, and show live what a network reads.

    Parameters
    ----------
    predict : callable
        Takes a digit, a tensor [1, 28, 28] of floats from 0 to 1 (see `as_digit`), and returns ten probabilities.

    Returns
    -------
    anywidget.AnyWidget or matplotlib.figure.Figure
        A place to draw; where nobody can draw (a headless run, or without anywidget) an example with its bars.
    """
    try:
        import anywidget  # here, since only one lesson draws
        import traitlets
    except ImportError:
        anywidget = None
    if HEADLESS or anywidget is None:
        digit = as_digit(_example_drawing())
        return view_classify(digit, predict(digit))

    class DigitPad(anywidget.AnyWidget):
        """A place to draw, and ten bars. The page's half is assets/draw_digit.js."""

        _esm = (HERE / "assets" / "draw_digit.js").read_text("utf-8")
        drawing = traitlets.Unicode().tag(sync=True)  # a PNG as the page writes it, "" for an empty place
        picture = traitlets.Unicode().tag(sync=True)  # what the network sees
        confidence = traitlets.List().tag(sync=True)
        problem = traitlets.Unicode().tag(sync=True)

        @traitlets.observe("drawing")
        def _read(self, change):
            """Predict anew after each stroke."""
            problem, confidence, picture = "", [], ""
            if change.new:
                drawing = Image.open(io.BytesIO(base64.b64decode(change.new.partition(",")[2])))
                digit = as_digit(drawing.getchannel("A"))
                picture = _as_page_picture(digit)
                try:
                    probs = torch.as_tensor(_array(predict(digit))).flatten()
                    _check_probabilities(probs, 10)
                    confidence = probs.tolist()
                except Exception as error:  # shown where the reader looks
                    problem = f"predict stopped with {type(error).__name__}: {error}"
            with self.hold_sync():
                self.confidence, self.picture, self.problem = confidence, picture, problem

    return DigitPad()


def _example_drawing():
    """Return a drawing of a 3, as somebody might draw it with the mouse."""
    sheet = Image.new("L", (280, 280))
    points = [(85, 70), (130, 45), (185, 65), (180, 115), (130, 138), (185, 160), (190, 215), (140, 240), (85, 220)]
    ImageDraw.Draw(sheet).line(points, fill=255, width=22, joint="curve")
    return sheet


def _as_page_picture(digit):
    """Return a digit as an address of a picture that a page can show."""
    file = io.BytesIO()
    Image.fromarray((digit[0].numpy() * 255).astype(np.uint8)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def upload_photo(predict):
    """Let the reader upload a photo, and show what a function returns for it.

    The verdict on a photo goes before the next one is chosen: no reader takes an old one for that on a photo which is
    still on its way, or which was too large to come.

    Parameters
    ----------
    predict : callable
        Takes the path of the photo, and returns what is shown below its name.

    Returns
    -------
    ipywidgets.VBox
        An upload button; where nobody can click (a headless run) what `predict` returns for one of the course's photos.
    """
    if HEADLESS:
        return predict(data_dir("practice", "Cat_Dog_data") / "messy" / "sideways.jpg")
    import ipywidgets  # here, since only one lesson takes photos
    from IPython.display import display

    limit = ipywidgets.Label(UPLOAD_LIMIT)
    verdict = ipywidgets.Output()
    another = ipywidgets.Button(description="Another photo")
    panel = ipywidgets.VBox()

    def when_uploaded(change):
        uploads = change["new"]
        if isinstance(uploads, dict):  # of ipywidgets 7, on Colab: name -> upload
            ((name, upload),) = uploads.items()
        else:
            (upload,) = uploads
            name = upload["name"]
        panel.children = [another, verdict]
        with verdict, tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(name).name
            path.write_bytes(upload["content"])
            display(path.name, predict(path))

    def start_again(_=None):
        verdict.clear_output()
        box = ipywidgets.FileUpload(accept="image/*", multiple=False, description="Your photo")
        box.observe(when_uploaded, "value")  # a new box, to which the same photo is news
        panel.children = [box, limit]

    another.on_click(start_again)
    start_again()
    return panel


# Curves and numbers


def view_history(history, title="Training"):
    """Plot what was noted in every epoch, losses and accuracies apart.

    Parameters
    ----------
    history : dict
        Name -> values, such as {"train loss": [...], "test accuracy": [...]}. A name with "acc" is of an accuracy.
    title : str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are no values, or not as many of one name as of another.
    """
    if not history or not all(len(values) for values in history.values()):
        raise ValueError("There is nothing to plot: a name without values, or no name at all. Was no epoch run?")
    ends = [f"{name} from {values[0]:.3g} to {values[-1]:.3g}" for name, values in history.items()]
    losses = {name: values for name, values in history.items() if "acc" not in name.lower()}
    accuracies = {name: values for name, values in history.items() if "acc" in name.lower()}
    plots = [(curves, ylabel) for curves, ylabel in ((losses, "loss"), (accuracies, "accuracy")) if curves]
    fig, axes = _figure(f"{title}: {', '.join(ends)}", 4 * len(plots), 3, len(plots))
    for ax, (curves, ylabel) in zip(axes, plots, strict=True):
        first_curve = next(iter(curves.values()))
        view_lines(range(1, 1 + len(first_curve)), curves, title, "epoch", ylabel, ax=ax)
        ax.xaxis.get_major_locator().set_params(integer=True)
    return fig


def view_lines(x, curves, title="", xlabel="x", ylabel="", points=None, ax=None, **settings):
    """Plot curves, and points if there are any.

    Parameters
    ----------
    x : sequence of float or torch.Tensor
        N numbers.
    curves : dict
        Label -> N values over `x`.
    title, xlabel, ylabel : str
    points : tuple, optional
        Data to draw as dots: (x, y).
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new one without it.
    **settings
        Of the axes, such as `xscale="log"`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If a curve does not have one value for each number of `x`.
    """
    for name, y in curves.items():
        if len(y) != len(x):
            raise ValueError(f"{name} has {len(y)} values, and there are {len(x)} of {xlabel}: one for each is needed.")
    if ax is None:
        _, (ax,) = _figure(f"{title or 'Curves'}: {', '.join(curves)} over {xlabel}", 6, 3.2)
    if points is not None:
        ax.scatter(_array(points[0]), _array(points[1]), s=14, color=GRAY, label="data")
    markers = "osD^vPX"
    dashes = ["-", "--", ":", "-."]
    for index, (name, y) in enumerate(curves.items()):
        # told apart without color: by markers where there is room for them, else by dashes
        if len(y) <= 30:
            style = {"marker": markers[index % len(markers)]}
        else:
            style = {"linestyle": dashes[index % len(dashes)]}
        ax.plot(_array(x), _array(y), color=COLORS[index % len(COLORS)], label=name, **style)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel, **settings)
    ax.grid(alpha=0.3)
    ax.legend()
    _take_texts_as_they_are(ax)
    return ax.figure


def view_tensor(x, title=None, ax=None):
    """Show a tensor as a grid of numbers.

    Parameters
    ----------
    x : torch.Tensor or np.ndarray
        [W] or [H, W], at most 32 numbers a side.
    title : str, optional
        Without it, the shape.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new one without it.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the tensor has another shape.
    """
    grid = np.atleast_2d(_array(x))
    if grid.ndim > 2 or max(grid.shape) > 32 or not grid.size:
        limit = "A grid of numbers needs one or two dimensions of at most 32"
        zeros = ", ".join(["0"] * (x.ndim - 2))
        part = {1: "x[:32]", 2: "x[:8, :8]"}.get(x.ndim, f"x[{zeros}]")
        cure = f"Show a part, such as {part}." if grid.size else "There is no number to show."
        raise ValueError(f"{limit}; the shape is {tuple(x.shape)}. {cure}")
    title = title or f"shape {list(x.shape)}"
    rows, columns = grid.shape
    if ax is None:
        cell = min(0.5, 7.5 / columns, 3.6 / rows)  # its side, in inches
        _, (ax,) = _figure(f"Grid of numbers, {title}", 0.5 + columns * cell, 0.4 + rows * cell)
    # only the light half of the blues, so that black numbers can be read
    ax.imshow(grid, cmap="Blues", vmin=grid.min(), vmax=grid.min() + 2 * np.ptp(grid) + 1e-9)
    _write_numbers(ax, grid, 10 if max(grid.shape) <= 12 else 6)
    ax.set(xticks=[], yticks=[], title=title)
    _take_texts_as_they_are(ax)
    return ax.figure


def _write_numbers(ax, grid, font_size, with_zeros=True):
    """Write each number of a grid into its cell."""
    for (row, column), value in np.ndenumerate(grid):
        if value == 0 and not with_zeros:
            continue
        digits = 5 if value.is_integer() else 3
        ax.text(column, row, f"{value:.{digits}g}", size=font_size, ha="center", va="center")


def view_confusion(counts, classes=FASHION):
    """Show a confusion matrix; only the mistakes are colored.

    For more than 12 classes, the figure is up to 8 inches high, and a 0 is not written. For more than 40, there is no
    room for numbers: the colors alone tell, and not every class is named.

    Parameters
    ----------
    counts : torch.Tensor or np.ndarray
        [K, K], whole numbers, a row for each true class, a column for each predicted class.
    classes : sequence of str
        The K names.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are not as many names as rows and columns, or the numbers are no counts.
    """
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.ticker import MaxNLocator

    size = len(classes)
    if list(counts.shape) != [size, size] or size == 0:
        found = f"the shape is {tuple(counts.shape)}"
        raise ValueError(f"{size} classes need as many rows and columns; {found}. Pass the names of all classes.")
    counts = _array(counts)
    if not (counts >= 0).all() or (counts % 1).any():
        raise ValueError("A confusion matrix holds whole numbers from 0, the counts. Show it before you divide them.")
    mistakes = counts * (1 - np.eye(size))
    most = mistakes.max()
    true, predicted = divmod(int(mistakes.argmax()), size)
    headline = "No mistakes"
    if most > 0:
        headline = f"Most often: {classes[true]} taken for {classes[predicted]} ({most:.0f} times)"

    is_large = size > 12
    width, height = (8, min(8, 1.8 + 0.17 * size)) if is_large else (6.4, 3.7)
    fig, (ax,) = _figure(f"Confusion matrix. {headline}", width, height)
    _set_headline(fig, headline)
    colors = LinearSegmentedColormap.from_list("mistakes", ["white", COLORS[4]])
    image = ax.imshow(mistakes, cmap=colors, vmin=0, vmax=max(1, most), aspect="auto")
    fig.colorbar(image, label="mistakes (only these are colored)", ticks=MaxNLocator(5, integer=True))
    if size <= 40:
        cell = 72 * (width - 2.5) / size  # its width, in points
        digits = len(f"{counts.max():.0f}")
        _write_numbers(ax, counts, min(10, cell / (0.7 * digits)), with_zeros=not is_large)
    named = range(0, size, math.ceil(size / 40))
    names = [_shortened(classes[index]) for index in named]
    font_size = 8 if is_large else 10
    turned = {"rotation": 90, "va": "center"} if is_large else {"rotation": 30, "va": "top"}
    ax.set_xticks(named, names, size=font_size, ha="right", rotation_mode="anchor", **turned)
    ax.set_yticks(named, names, size=font_size)
    ax.set(xlabel="predicted class", ylabel="true class")
    _take_texts_as_they_are(ax)
    return fig


def view_broadcast(a, b):
    """Show how two tensors are stretched to one shape and added; cells that repeat others are hatched.

    Parameters
    ----------
    a, b : torch.Tensor
        Of at most two dimensions, with at most 32 numbers a side.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the shapes do not broadcast, or are too large to be shown; the text says the rule.
    """
    try:
        shape = torch.broadcast_shapes(a.shape, b.shape)
    except RuntimeError:
        rule = "counted from the right, two sizes must be equal, or one of them 1 or missing"
        raise ValueError(f"{tuple(a.shape)} and {tuple(b.shape)} do not broadcast: {rule}.") from None
    if len(shape) > 2 or max(shape, default=1) > 32:
        limit = "at most two dimensions of at most 32 can be shown"
        raise ValueError(f"{tuple(a.shape)} and {tuple(b.shape)} broadcast to {tuple(shape)}: {limit}.")
    fig, axes = _figure(f"{list(a.shape)} + {list(b.shape)} = {list(shape)}; hatched cells are repeated", 8, 2.6, 3)
    hatched = {"facecolor": "none", "edgecolor": "#00000050", "hatch": "///", "linewidth": 0}
    for ax, x, sign in zip(axes, (a, b, a + b), ("", "+ ", "= "), strict=True):
        view_tensor(x.expand(shape), f"{sign}{list(x.shape)}", ax)
        element = torch.arange(x.numel()).reshape(x.shape).expand(shape)  # which one each cell shows
        seen = set()
        for (row, column), number in np.ndenumerate(np.atleast_2d(element)):
            if number in seen:
                ax.fill_between([column - 0.5, column + 0.5], row - 0.5, row + 0.5, **hatched)
            seen.add(number)
    return fig


# Networks


def view_network(network):
    """Draw the linear layers of a network to scale, with their numbers of parameters; the network is not run.

    Parameters
    ----------
    network : torch.nn.Module or list of int
        A module with linear layers, or the widths, such as [784, 256, 10].

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is no linear layer, or one does not take what the one before it gives.
    """
    if isinstance(network, torch.nn.Module):
        layers = [module for module in network.modules() if isinstance(module, torch.nn.Linear)]
        widths = [layer.in_features for layer in layers[:1]] + [layer.out_features for layer in layers]
        counts = [sum(p.numel() for p in layer.parameters()) for layer in layers]
        for layer, after in pairwise(layers):
            if layer.out_features != after.in_features:
                found = f"one gives {layer.out_features} numbers, and the next takes {after.in_features}"
                raise ValueError(f"Only linear layers that follow one another can be drawn; here {found}.")
    else:
        widths = list(network)
        counts = [(inputs + 1) * outputs for inputs, outputs in pairwise(widths)]  # 1 for the bias
    if not counts:
        raise ValueError("There is no linear layer to draw: pass a module with nn.Linear layers, or a list of widths.")
    title = f"{' - '.join(map(str, widths))}: {sum(counts):,} parameters"
    fig, (ax,) = _figure(f"The layers of a network, {title}", 7, 3)
    for x, (inputs, outputs) in enumerate(pairwise(widths)):
        corners = [inputs / 2, outputs / 2, -outputs / 2, -inputs / 2]
        ax.fill([x, x + 1, x + 1, x], corners, color=COLORS[5], alpha=0.35)
        ax.text(x + 0.5, 0, f"{counts[x]:,}\nparameters", ha="center", va="center")
    for x, width in enumerate(widths):
        ax.bar(x, width, 0.12, -width / 2, color=COLORS[0])
        ax.text(x, -width / 2 - max(widths) * 0.03, f"{width:,}", ha="center", va="top")
    ax.set(title=title, xticks=[], yticks=[], frame_on=False)
    return fig


def view_graph(result, **names):
    """Draw the graph of `grad_fn` that autograd recorded for a tensor.

    Parameters
    ----------
    result : torch.Tensor
        What was computed, such as a loss.
    **names : torch.Tensor
        Leaves by the name that they shall have in the drawing: `view_graph(loss, w=w)`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If autograd recorded nothing, or more than 60 operations and leaves.
    """
    if result.grad_fn is None:
        reason = "nothing that it comes from has requires_grad=True, or it was computed under no_grad, or detached"
        if result.requires_grad:
            reason = "it is a leaf, which was not computed from anything"
        raise ValueError(f"This tensor has no graph (no grad_fn): {reason}.")
    depth_of, edges = _graph_of(result.grad_fn)
    if len(depth_of) > 60:
        raise ValueError(f"This graph has {len(depth_of)} boxes, too many to be read. Show that of a smaller network.")
    name_of = {id(tensor): name for name, tensor in names.items()}
    fig, (ax,) = _figure("", 8, 3.2)
    position_of = {}
    box_of = {}
    texts = []
    for node, depth in depth_of.items():
        column = [other for other in depth_of if depth_of[other] == depth]
        y = (column.index(node) - (len(column) - 1) / 2) * min(1, 3 / len(column))
        position_of[node] = (-depth, y)
        text = node.name().removesuffix("Backward0")
        color = "white"
        leaf = getattr(node, "variable", None)
        if leaf is not None:
            text = f"{name_of.get(id(leaf), 'leaf')}\n{list(leaf.shape)}"
            color = "#cfe8f7"
        box = {"boxstyle": "round", "facecolor": color}
        box_of[node] = ax.text(-depth, y, text, ha="center", va="center", bbox=box)
        texts.append(text.replace("\n", " "))
    for node, child in edges:
        rims = {"patchA": box_of[child].get_bbox_patch(), "patchB": box_of[node].get_bbox_patch()}
        ax.annotate("", position_of[node], position_of[child], arrowprops={"arrowstyle": "->", **rims})
    half_height = 0.6 + max(abs(y) for _, y in position_of.values())
    fig.set_figheight(2.1 * half_height)
    ax.set(
        xlim=(-max(depth_of.values()) - 0.5, 0.5),
        ylim=(-half_height, half_height),
        xticks=[],
        yticks=[],
        frame_on=False,
    )
    _take_texts_as_they_are(ax)
    fig.alt = f"The graph of {len(texts)} boxes, from the result back to the leaves: {', '.join(texts)}"
    return fig


def _graph_of(start):
    """Return the nodes of a graph with the longest way to each from the start, and its edges (node, child)."""
    depth_of = {start: 0}
    edges = set()
    queue = [start]
    for node in queue:  # a node comes up again when a longer way leads to it
        for child, _ in node.next_functions:
            if child is None:
                continue
            edges.add((node, child))
            if depth_of.get(child, 0) <= depth_of[node]:
                depth_of[child] = depth_of[node] + 1
                queue.append(child)
    return depth_of, edges


# How values become pictures, and pictures become outputs


def _figure(alt, width, height, columns=1):
    """Return a new Figure with alt text and its Axes. It is not pyplot's: nobody has to close it."""
    from matplotlib.figure import Figure  # here, since it takes a third of a second

    fig = Figure((width, height), layout="constrained")
    fig.alt = alt
    return fig, fig.subplots(1, columns, squeeze=False)[0]


def _set_headline(fig, text):
    """Write a title over the whole figure, in as many lines as it needs."""
    letters = int(9 * fig.get_figwidth())
    fig.suptitle(textwrap.fill(text, letters), size="large", parse_math=False)


def _take_texts_as_they_are(ax):
    """Let a `$` in titles, labels and names be a dollar sign: else matplotlib reads "$5 and $10" as a formula."""
    from matplotlib.ticker import FixedFormatter, FuncFormatter

    texts = [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
    if ax.get_legend():
        texts += ax.get_legend().get_texts()
    for axis in (ax.xaxis, ax.yaxis):
        if isinstance(axis.get_major_formatter(), FixedFormatter | FuncFormatter):  # names, which somebody has written
            texts += axis.get_ticklabels()
    for text in texts:
        text.set_parse_math(False)


def _shortened(name):
    """Return the name of a class, cut to 30 letters, so that there is room for a drawing beside it."""
    name = str(name)
    return name if len(name) <= 30 else f"{name[:29].rstrip()}…"


def _array(x):
    """Return a tensor, array or sequence as an array of floats."""
    if isinstance(x, torch.Tensor):
        return x.detach().cpu().double().numpy()
    if isinstance(x, list | tuple):  # such as losses that were noted as tensors
        x = [value.detach().cpu() if isinstance(value, torch.Tensor) else value for value in x]
    return np.asarray(x, dtype=float)


def _pixels(image):
    """Return a picture as an array [H, W] or [H, W, 3] of floats from 0 to 1."""
    is_tensor = isinstance(image, torch.Tensor)
    if is_tensor:
        x = image.detach().cpu()
    else:
        if isinstance(image, Image.Image) and image.mode not in ("1", "L", "RGB", "I", "I;16", "F"):
            image = _rgb(image)
        x = torch.from_numpy(np.array(image, order="C"))
    if x.ndim == 4 and len(x) == 1:  # a batch of one
        x = x[0]
    channels = (1, 3) if is_tensor else (1, 3, 4)  # an array may have the opacity as a fourth
    is_channels_last = x.ndim == 3 and x.shape[-1] in channels and not is_tensor
    if x.ndim == 3 and not is_channels_last:
        x = x.permute(1, 2, 0)
    is_picture = x.ndim == 2 or (x.ndim == 3 and x.shape[2] in channels)
    if not is_picture or not x.numel():
        cure = "Try reshape, permute(2, 0, 1) or one picture of the batch."
        raise ValueError(f"The shape {list(np.shape(image))} is not [H, W], [1, H, W] or [3, H, W]. {cure}")
    x = x.float() / (255 if x.dtype == torch.uint8 else 1)
    if not x.isfinite().all():
        raise ValueError(f"{(~x.isfinite()).sum()} pixels are nan or infinite. Was something divided by 0 before?")
    if x.min() < -0.001 or x.max() > 1.001:  # resizing and rounding lead a little beyond the range
        x = (x - x.min()) / (x.max() - x.min()).clamp(min=1e-9)
    if x.ndim == 3 and x.shape[2] == 1:
        x = x[:, :, 0]
    return x.clamp(0, 1).numpy()


def _bundle(picture):
    """Return what a notebook shows for a Figure, Axes or Pillow image: a PNG that carries its alt text."""
    picture = getattr(picture, "figure", None) or picture  # Axes are shown as their Figure
    file = io.BytesIO()
    if isinstance(picture, Image.Image):
        alt = getattr(picture, "alt", "A picture")
        width, height = picture.size
        if picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
            picture = _rgb(picture)
        picture.save(file, "PNG")
    else:
        titles = [ax.get_title() for ax in picture.axes if ax.get_title()]
        alt = getattr(picture, "alt", ", ".join(titles) or "A plot")
        picture.savefig(file, dpi=144, bbox_inches=None if picture.get_layout_engine() else "tight")
        width, height = (round(side * 96 / 144) for side in Image.open(file).size)
    data = {"image/png": file.getvalue(), "text/plain": alt}
    return data, {"image/png": {"alt": alt, "width": width, "height": height}}


def _show_pictures_with_alt_text(shell):
    """Let a notebook show figures and pictures by `_bundle`."""
    shell.config.InlineBackend.figure_formats = set()  # else pyplot's backend takes over, and crops
    kinds = [("matplotlib.figure", "Figure"), ("matplotlib.axes._axes", "Axes"), ("PIL.Image", "Image")]
    for module, kind in kinds:
        shell.display_formatter.mimebundle_formatter.for_type_by_name(module, kind, _bundle)
    jpeg = shell.display_formatter.formatters["image/jpeg"]
    jpeg.for_type_by_name("PIL.Image", "Image", lambda image: None)  # one picture is enough


if "IPython" in sys.modules and sys.modules["IPython"].get_ipython():
    _show_pictures_with_alt_text(sys.modules["IPython"].get_ipython())
