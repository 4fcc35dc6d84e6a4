"""Download the full MNIST, Fashion-MNIST and pet photos into data/: python -m tools.data.download_data (or: make data).

What to fetch, from where, and the checksums come from torchvision. An interrupted download goes on where it stopped; a
set appears in data/ only when it is whole and verified. COURSE_MIRROR=URL takes the files from a server in the
classroom: URL/MNIST/train-images-idx3-ubyte.gz, URL/Cat_Dog_data/images.tar.gz and so on.
"""

import argparse
import gzip
import hashlib
import http.client
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from torchvision import datasets
from torchvision.datasets.utils import check_integrity
from tqdm.auto import tqdm

from tools.data import oxford_pets

DATA = Path(__file__).resolve().parents[2] / "data"
LARGEST = 200 * 2**20  # bytes of an unpacked file; the largest real one has 47 million
SUMS = "SHA256SUMS"
PASSING = (urllib.error.URLError, http.client.HTTPException, OSError)  # what another try may cure


class DownloadError(Exception):
    """A set could not be fetched; the text says why."""


def make_idx(work, names):
    """Unpack the .gz files in `work`/raw, and return the names of what is in them."""
    raw = work / "raw"
    for name in names:
        unpack(raw / name, raw / name.removesuffix(".gz"))
    made = [name.removesuffix(".gz") for name in names]
    _check_pairs(raw, made)
    return [f"raw/{name}" for name in made]


def make_pets(work, names):
    """Sort the photos in the archives in `work`/raw into folders, and return their names; say which are skipped."""
    try:
        made, skipped = oxford_pets.sort_photos(*(work / "raw" / name for name in names), work)
    except oxford_pets.ArchiveError as error:
        raise DownloadError(str(error)) from None
    print(*skipped, sep="\n", end="\n" if skipped else "", flush=True)
    return made


@dataclass(frozen=True)
class Source:
    """A data set: its name, its files with their MD5 sums, servers to ask in turn, and what makes folders of files."""

    name: str
    files: tuple
    mirrors: tuple
    make: Callable = make_idx


def sources(mirror=None):
    """Return the data sets as torchvision describes them; `mirror` is asked in place of torchvision's servers."""
    found = [
        Source(dataset.__name__, tuple(dataset.resources), tuple(dataset.mirrors))
        for dataset in (datasets.MNIST, datasets.FashionMNIST)
    ]
    pets = [(url.rpartition("/"), md5) for url, md5 in datasets.OxfordIIITPet._RESOURCES]
    files = tuple((name, md5) for (_, _, name), md5 in pets)
    found.append(Source("Cat_Dog_data", files, (f"{pets[0][0][0]}/",), make_pets))
    return [
        replace(source, mirrors=(f"{mirror.rstrip('/')}/{source.name}/",)) if mirror else source for source in found
    ]


def fetch(url, target, md5, tries=4, pause=1.0):
    """Download one file, verified, as `target`; what an earlier try has left in `target`.part is used.

    Raises
    ------
    DownloadError : the server has no such file, sends other bytes than it should, or fails in every try.
    """
    part, reason = target.with_name(f"{target.name}.part"), ""
    for number in range(tries):
        if number:
            time.sleep(pause * 2 ** (number - 1))
        try:
            _read(url, part)
        except urllib.error.HTTPError as error:
            reason = f"{url} answers {error.code} {error.reason}"
            if error.code == 416:  # what we have is longer than the file
                part.unlink(missing_ok=True)
            elif error.code < 500:
                break
            continue
        except PASSING as error:
            reason = f"{url}: {getattr(error, 'reason', None) or error or type(error).__name__}"
            continue
        if check_integrity(part, md5):
            part.replace(target)
            return
        part.unlink()
        reason = f"{url} is not the file that it should be (its checksum differs)"
    raise DownloadError(reason)


def _read(url, part):
    """Append to `part` what is missing of a file; begin anew where the server cannot continue."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=30) as reply:
        have = have if reply.status == 206 else 0
        total = have + int(reply.headers.get("Content-Length") or 0)
        bar = tqdm(total=total or None, initial=have, unit="B", unit_scale=True, desc=part.stem, leave=False)
        with part.open("ab" if have else "wb") as file, bar:
            while block := reply.read(1 << 16):
                file.write(block)
                bar.update(len(block))
    if total and part.stat().st_size < total:
        raise http.client.HTTPException(f"the connection broke off after {part.stat().st_size:,} of {total:,} bytes")


def unpack(packed, target):
    """Unpack a .gz with an IDX file, exactly as long as its own header says, as `target`."""
    beside = target.with_name(f"{target.name}.part")
    try:
        with gzip.open(packed) as file:
            head = file.read(4)
            sizes = [int.from_bytes(file.read(4), "big") for _ in range(head[3])]
            length = 1
            for size in sizes:
                length *= size
            if head[:3] != b"\0\0\x08" or length > LARGEST:
                raise DownloadError(f"{packed.name} does not hold an IDX file of bytes.")
            body = file.read(length + 1)
    except (OSError, EOFError, IndexError) as error:
        raise DownloadError(f"{packed.name} cannot be unpacked: {error}") from None
    if len(body) != length:
        raise DownloadError(f"{packed.name} holds {len(body):,} bytes of data, and its header says {length:,}.")
    beside.write_bytes(head + b"".join(size.to_bytes(4, "big") for size in sizes) + body)
    beside.replace(target)


def is_whole(folder):
    """Whether a set in `folder` is complete, with the checksums that were noted when it was made."""
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
        wanted = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
        return bool(wanted) and all(_sum(folder / name) == digest for name, digest in wanted.items())
    except (OSError, ValueError):
        return False


def _sum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def install(source, data=DATA, tries=4, pause=1.0):
    """Bring a set into `data` unless it is there and whole; return a sentence that says what was done."""
    final, work = data / source.name, data / ".partial" / source.name
    if is_whole(final):
        return f"{source.name}: already here, verified."
    raw = work / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, md5 in source.files:
        if not check_integrity(raw / name, md5):
            _fetch_from_any(source, name, raw / name, md5, tries, pause)
    made = source.make(work, [name for name, _ in source.files])
    (work / SUMS).write_text("".join(f"{_sum(work / name)}  {name}\n" for name in made), "utf-8")
    for name, _ in source.files:
        (raw / name).unlink()
    if not any(raw.iterdir()):
        raw.rmdir()
    if final.exists():
        shutil.rmtree(final)
    work.replace(final)
    return f"{source.name}: downloaded, verified."


def _fetch_from_any(source, name, packed, md5, tries, pause):
    reasons = []
    for mirror in source.mirrors:
        try:
            return fetch(mirror + name, packed, md5, tries, pause)
        except DownloadError as error:
            reasons.append(str(error))
    raise DownloadError("; ".join(reasons))


def _check_pairs(raw, names):
    """Make sure that every part of a set has as many labels as pictures."""
    counts = {name: int.from_bytes((raw / name).read_bytes()[4:8], "big") for name in names}
    for name, count in counts.items():
        partner = name.replace("images-idx3", "labels-idx1")
        if counts[partner] != count:
            raise DownloadError(f"{name} holds {count:,} pictures, and {partner} holds {counts[partner]:,} labels.")


def main(arguments=None, pause=1.0, known=sources):
    """Download what is missing; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="of sets: MNIST FashionMNIST Cat_Dog_data (default: all)")
    parser.add_argument("--into", type=Path, default=DATA, help="folder to write to (default: data/)")
    options = parser.parse_args(arguments)
    wanted = known(os.environ.get("COURSE_MIRROR"))
    if strange := {*options.names} - {source.name for source in wanted}:
        parser.error(f"there is no set {min(strange)}; there are: {' '.join(source.name for source in wanted)}")
    for source in wanted:
        if options.names and source.name not in options.names:
            continue
        try:
            print(install(source, options.into, pause=pause), flush=True)
        except (DownloadError, OSError) as error:
            print(
                f"{source.name} could not be downloaded: {error}.\nIs this computer on the network? Then run "
                "`make data` again, it goes on where it stopped. A server in the classroom is named so: "
                "COURSE_MIRROR=http://server/folder make data. The practice data works without any of this."
            )
            return 1
    shutil.rmtree(options.into / ".partial", ignore_errors=True)
    print('Switch a lesson to the full data with DATA = helper.data_dir("full"), Parts 7 and 8 with')
    print('DATA = helper.data_dir("full", "Cat_Dog_data").')
    return 0


if __name__ == "__main__":
    sys.exit(main())
