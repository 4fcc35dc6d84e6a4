"""Sort the photos of the Oxford-IIIT Pet data set into folders, out of its two archives as they are published.

Parkhi and others 2012, https://www.robots.ox.ac.uk/~vgg/data/pets/ (CC BY-SA 4.0). Which photos are for training and
which for the test, and whether it shows a cat or a dog, is told by the lists in the second archive. Nothing is written
under a name that an archive chooses: only photos that the lists name, into the folder that the species gives.
"""

import io
import shutil
import tarfile
import warnings
import zlib
from pathlib import PurePosixPath

from PIL import Image
from tqdm.auto import tqdm

LISTS = {"train": "annotations/trainval.txt", "test": "annotations/test.txt"}
SPECIES = {"1": "cat", "2": "dog"}
LARGEST_PHOTO = 20 * 2**20  # bytes; the largest real one has less than 1 million
LARGEST_SIDE = 10_000  # pixels
LARGEST_ALL = 4 * 2**30  # bytes of all files of an archive


class ArchiveError(Exception):
    """An archive is not what it should be; the text says why."""


def members(path):
    """Yield (archive, member) of all files in a .tar.gz, after a look at all of them for what does not belong there."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            size = 0
            for member in archive:
                size += member.size
                _refuse(path, member, size)
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                if member.isfile():
                    yield archive, member
    except (tarfile.TarError, zlib.error, OSError, EOFError) as error:
        raise ArchiveError(f"{path.name} cannot be unpacked: {error}") from None


def _refuse(path, member, size):
    name = PurePosixPath(member.name.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in member.name:
        raise ArchiveError(f"{path.name} is not safe to unpack: {member.name!r} leads out of its folder.")
    if not (member.isfile() or member.isdir()):
        raise ArchiveError(f"{path.name} is not safe to unpack: {member.name!r} is a link or a device.")
    if size > LARGEST_ALL:
        raise ArchiveError(f"{path.name} is not safe to unpack: it holds more than {LARGEST_ALL:,} bytes.")


def read_lists(path):
    """Return where each photo belongs: {"Abyssinian_1": "train/cat"}."""
    texts, places = {}, {}
    for archive, member in members(path):
        if member.name in LISTS.values():
            texts[member.name] = archive.extractfile(member).read().decode("utf-8")
    for part, name in LISTS.items():
        if name not in texts:
            raise ArchiveError(f"{path.name} holds no {name}.")
        for line in texts[name].splitlines():
            try:
                photo, _, species, _ = line.split()
                places[photo] = f"{part}/{SPECIES[species]}"
            except (ValueError, KeyError):
                raise ArchiveError(f"{path.name}: a line of {name} is not as it should be: {line[:80]!r}.") from None
    return places


def sort_photos(photos, lists, folder):
    """Write all photos that can be read to `folder`/{train,test}/{cat,dog}.

    Parameters
    ----------
    photos, lists : Path of images.tar.gz and annotations.tar.gz
    folder : Path; train/ and test/ in it are made anew

    Returns
    -------
    (written, skipped) : names "train/cat/Abyssinian_1.jpg", and sentences on the photos that cannot be read

    Raises
    ------
    ArchiveError : an archive is broken or not safe, or lacks a photo of the lists.
    """
    places, written, skipped = read_lists(lists), [], []
    for part in LISTS:
        shutil.rmtree(folder / part, ignore_errors=True)
        for species in SPECIES.values():
            (folder / part / species).mkdir(parents=True)
    bar = tqdm(total=len(places), desc="photos", unit=" photos", leave=False)
    for archive, member in members(photos):
        path = PurePosixPath(member.name)
        if path.parts[:-1] != ("images",) or path.suffix != ".jpg" or path.stem not in places:
            continue
        name = f"{places.pop(path.stem)}/{path.name}"
        bar.update()
        data = archive.extractfile(member).read() if member.size <= LARGEST_PHOTO else b""
        if reason := unreadable(data):
            skipped.append(f"{path.name} is skipped: {reason}.")
            continue
        (folder / name).write_bytes(data)
        written.append(name)
    bar.close()
    if places:
        raise ArchiveError(f"{photos.name} lacks {len(places):,} photos of the lists, {min(places)}.jpg among them.")
    return written, skipped


def unreadable(data):
    """Return why the bytes of a file are not a whole picture, or an empty text."""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as image:
            warnings.simplefilter("ignore")  # Pillow warns of odd but harmless notes in the files
            if max(image.size) > LARGEST_SIDE:
                return f"{image.width:,} by {image.height:,} pixels are too many"
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return f"it is not a picture that can be read ({error})" if data else "it is too large or empty"
    return ""
