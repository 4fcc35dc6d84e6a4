"""Download the full MNIST, Fashion-MNIST and pet photos into data/: python -m tools.data.download_data (or: make data).

What to fetch, from where, and the checksums come from torchvision. An interrupted download goes on where it stopped; a
set appears in data/ only when it is whole and verified. COURSE_MIRROR=URL takes the files from a server in the
classroom: URL/MNIST/train-images-idx3-ubyte.gz, URL/Cat_Dog_data/images.tar.gz and so on.
"""

import argparse
import contextlib
import errno
import gzip
import hashlib
import http.client
import os
import shutil
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from torchvision import datasets
from torchvision.datasets.utils import check_integrity
from tqdm.auto import tqdm

from tools.data import oxford_pets
from tools.installer.words import Wish, typed
from tools.writing import rename

DATA = Path(__file__).resolve().parents[2] / "data"
LARGEST = 200 * 2**20  # bytes of an unpacked file; the largest real one has 47 million
LARGEST_DOWNLOAD = 2 * 2**30  # bytes of a file as it is sent; the largest real one has 0.8 * 10**9
BLOCK = 2**16  # bytes that are read at a time
SUMS = "SHA256SUMS"
EXAMPLE = "http://server/folder"


class DownloadError(Exception):
    """A set could not be fetched; the text says why."""


class NetworkError(DownloadError):
    """There was no answer, or the connection broke off; another try may help."""


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


def address_of(mirror):
    """Return the address that COURSE_MIRROR names, with letters such as ü as a server takes them.

    Raises
    ------
    DownloadError : it is no address.
    """
    wrong = DownloadError(
        f"COURSE_MIRROR is {mirror!r}, which is no address of a server. An address begins with http:// or https://, "
        f"for example: {EXAMPLE}"
    )
    try:
        parts = urllib.parse.urlsplit(mirror.strip())
        host = (parts.hostname or "").encode("idna")
        has_port = parts.port != 0  # to ask for it raises an error where it is no number
    except ValueError:
        raise wrong from None
    known = parts.scheme in ("http", "https", "ftp") and host and has_port
    if not known and parts.scheme != "file":
        raise wrong
    path = urllib.parse.quote(parts.path, safe="/%:@!$&'()*+,;=")
    return parts._replace(path=path).geturl()


def sources(mirror=None):
    """Return the data sets as torchvision describes them; `mirror` is asked in place of torchvision's servers."""
    mirror = address_of(mirror) if mirror else None
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
    OSError : the file cannot be written here; no other try would cure that.
    """
    part = target.with_name(f"{target.name}.part")
    failure = None
    for number in range(tries):
        if number:
            time.sleep(pause * 2 ** (number - 1))
        try:
            _read(url, part)
        except urllib.error.HTTPError as error:
            failure = DownloadError(f"{url} answers {error.code} {error.reason}")
            if error.code == 416:  # what we have is longer than the file
                part.unlink(missing_ok=True)
            elif error.code < 500:
                break
            continue
        except NetworkError as error:
            failure = error
            continue
        if check_integrity(part, md5):
            part.replace(target)
            return
        part.unlink()
        failure = DownloadError(f"{url} is not the file that it should be (its checksum differs)")
    raise failure


@contextlib.contextmanager
def _network(url):
    """Tell errors of the network from those of the disk: both are OSError in Python."""
    try:
        yield
    except urllib.error.HTTPError:
        raise
    except (http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", error)
        raise NetworkError(f"{url}: {str(reason) or type(error).__name__}") from error


def _read(url, part):
    """Append to `part` what is missing of a file; begin anew where the server cannot continue."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    limit = f"{LARGEST_DOWNLOAD:,} bytes"
    too_large = DownloadError(f"{url} has more than {limit}, so it is not the file that it should be")
    with _network(url):
        reply = urllib.request.urlopen(request, timeout=30)
    with reply:
        have = have if reply.status == 206 else 0
        total = have + int(reply.headers.get("Content-Length") or 0)
        if total > LARGEST_DOWNLOAD:
            raise too_large
        bar = tqdm(total=total or None, initial=have, unit="B", unit_scale=True, desc=part.stem, leave=False)
        with part.open("ab" if have else "wb") as file, bar:
            for block in _blocks(reply, url):
                file.write(block)
                bar.update(len(block))
                if file.tell() > LARGEST_DOWNLOAD:
                    break
    have = part.stat().st_size
    if have > LARGEST_DOWNLOAD:
        part.unlink()
        raise too_large
    if have < total:
        raise NetworkError(f"{url}: the connection broke off after {have:,} of {total:,} bytes")


def _blocks(reply, url):
    """Yield what a server sends, piece by piece."""
    while True:
        with _network(url):
            block = reply.read(BLOCK)
        if not block:
            return
        yield block


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
    wanted = _noted(folder)
    try:
        return bool(wanted) and all(_sum(folder / name) == digest for name, digest in wanted.items())
    except OSError:
        return False


def _noted(folder):
    """Return the checksums that were noted when a set was made, name -> checksum; none where there is no such note."""
    noted = {}
    try:
        for line in (folder / SUMS).read_text("utf-8").splitlines():
            digest, name = line.split(maxsplit=1)
            noted[name] = digest
    except (OSError, ValueError):
        return {}
    return noted


def _sum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def install(source, data=DATA, tries=4, pause=1.0):
    """Bring a set into `data` unless it is there and whole; return sentences that say what was done."""
    final, work = data / source.name, data / ".partial" / source.name
    if is_whole(final):
        shutil.rmtree(work, ignore_errors=True)  # a download that was not ended, and is not needed any more
        return f"{source.name}: already here, verified."
    if not is_whole(work):  # it is where the last step, the renaming, was refused the last time
        _make(source, work, tries, pause)
    kept = _make_room(final)  # before what was downloaded is deleted: a folder that is in use stops it here
    raw = work / "raw"
    for name, _ in source.files:
        (raw / name).unlink(missing_ok=True)
    if raw.is_dir() and not any(raw.iterdir()):
        raw.rmdir()
    rename(work, final, seconds=60)
    done = f"{source.name}: downloaded, verified."
    if kept:
        done += f"\n{final} held other files than those of the set. They are now in {kept}."
    return done


def _make(source, work, tries, pause):
    """Download what is missing of a set, make its files from that, and note their checksums."""
    raw = work / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, md5 in source.files:
        if not check_integrity(raw / name, md5):
            _fetch_from_any(source, name, raw / name, md5, tries, pause)
    made = source.make(work, [name for name, _ in source.files])
    (work / SUMS).write_text("".join(f"{_sum(work / name)}  {name}\n" for name in made), "utf-8")


def _make_room(folder):
    """Delete a set that is not whole; what is not of our making is renamed, and its new path returned."""
    if not os.path.lexists(folder):
        return None
    if _is_our_own(folder):
        shutil.rmtree(folder)
        return None
    beside = folder.with_name(f"{folder.name}-before")
    number = 2
    while os.path.lexists(beside):
        beside = folder.with_name(f"{folder.name}-before{number}")
        number += 1
    rename(folder, beside)
    return beside


def _is_our_own(folder):
    """Whether a folder holds nothing but files that were noted when a set was made there."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    known = {SUMS, *_noted(folder)}
    for path in folder.rglob("*"):
        is_folder = path.is_dir() and not path.is_symlink()
        if not is_folder and path.relative_to(folder).as_posix() not in known:
            return False
    return True


def _fetch_from_any(source, name, packed, md5, tries, pause):
    failures = []
    for mirror in source.mirrors:
        try:
            return fetch(mirror + name, packed, md5, tries, pause)
        except DownloadError as error:
            failures.append(error)
    nobody_answered = all(isinstance(failure, NetworkError) for failure in failures)
    kind = NetworkError if nobody_answered else DownloadError
    raise kind("; ".join(map(str, failures)))


def _check_pairs(raw, names):
    """Make sure that every part of a set has as many labels as pictures."""
    counts = {name: int.from_bytes((raw / name).read_bytes()[4:8], "big") for name in names}
    for name, count in counts.items():
        partner = name.replace("images-idx3", "labels-idx1")
        if counts[partner] != count:
            raise DownloadError(f"{name} holds {count:,} pictures, and {partner} holds {counts[partner]:,} labels.")


def explain(name, error, into, mirror=None):
    """Return what to say of a set that is not there: why, and what to do next.

    Parameters
    ----------
    name : str
        The set.
    error : DownloadError or OSError
        What went wrong; an OSError is about a file of this computer.
    into : Path
        The folder that the set was to be written to.
    mirror : str, optional
        What COURSE_MIRROR names.

    Returns
    -------
    str
    """
    again = typed(Wish(command="data"))
    goes_on = f"Then run `{again}` again, it goes on where it stopped."
    if isinstance(error, OSError):
        lines = [f"{name} could not be stored: {_fault_of_disk(error, into)} {goes_on}"]
    else:
        lines = [f"{name} could not be downloaded: {str(error).rstrip('.')}."]
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            lines.append(f"{_certificate()} {goes_on}")
        elif isinstance(error, NetworkError):
            lines.append(f"Is this computer on the network? {goes_on}")
        if mirror:
            lines.append(f"This server is asked because COURSE_MIRROR is {mirror}. Is that right?")
        elif os.name == "nt":
            lines.append(
                f'A server in the classroom is named so, in PowerShell: $env:COURSE_MIRROR = "{EXAMPLE}"; {again}'
            )
        else:
            lines.append(f"A server in the classroom is named so: COURSE_MIRROR={EXAMPLE} {again}")
    lines.append("The practice data works without any of this.")
    return "\n".join(lines)


def _certificate():
    """Return a sentence on a server whose certificate was not accepted."""
    if sys.platform == "darwin":  # Python's own installer for macOS brings the certificates, but does not install them
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return f"Open the folder Applications/Python {version} and double-click on Install Certificates.command."
    return "Behind a firewall that opens encrypted connections, name its certificate file in SSL_CERT_FILE."


def _fault_of_disk(error, into):
    """Return sentences on a file that could not be written or read, and on what can be done."""
    elsewhere = "name another folder: python course.py data --into FOLDER"
    place = error.filename or into.resolve()
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk of {into.resolve()} is full. Free some space there, or {elsewhere}."
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return (
            f"{place} may not be written to ({error.strerror}). End programs that use it, take away its write "
            f"protection, or {elsewhere}."
        )
    return f"{place}: {error.strerror or error}. Look at this file or folder, or {elsewhere}."


def main(arguments=None, pause=1.0, known=sources):
    """Download what is missing; return the exit status."""
    try:
        return _download(arguments, pause, known)
    except KeyboardInterrupt:
        again = typed(Wish(command="data"))
        print(f"\nStopped. What has arrived is kept: run `{again}` again, it goes on there.")
        return 130


def _download(arguments, pause, known):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="of sets: MNIST FashionMNIST Cat_Dog_data (default: all)")
    parser.add_argument("--into", type=Path, default=DATA, help="folder to write to (default: data/)")
    options = parser.parse_args(arguments)
    mirror = os.environ.get("COURSE_MIRROR")
    try:
        wanted = known(mirror)
    except DownloadError as error:
        print(error)
        return 1
    if strange := {*options.names} - {source.name for source in wanted}:
        parser.error(f"there is no set {min(strange)}; there are: {' '.join(source.name for source in wanted)}")
    for source in wanted:
        if options.names and source.name not in options.names:
            continue
        try:
            print(install(source, options.into, pause=pause), flush=True)
        except (DownloadError, OSError) as error:
            print(explain(source.name, error, options.into, mirror))
            return 1
    with contextlib.suppress(OSError):  # not empty: what was interrupted of another set waits there
        (options.into / ".partial").rmdir()
    print('Switch a lesson to the full data with DATA = helper.data_dir("full"), Parts 7 and 8 with')
    print('DATA = helper.data_dir("full", "Cat_Dog_data").')
    return 0


if __name__ == "__main__":
    sys.exit(main())
