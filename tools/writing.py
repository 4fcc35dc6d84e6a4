"""Write files so that nothing is lost: first beside the old one, under another name, and then in its place."""

import contextlib
import os
import shutil
import time


def write(path, text):
    """Give a file a new text. Until all of that is on the disk, the old file stays as it is.

    The file keeps its permissions, and a link to it stays a link. Another process that writes the same file at the same
    time does not disturb: the last one wins.

    Parameters
    ----------
    path : Path
        Where the text goes. The folder has to be there.
    text : str
        The new text. It is written as UTF-8, and its lines end as they end in the text.

    Raises
    ------
    OSError
        If the file cannot be written, for example because the disk is full.
    """
    place = path.resolve()
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8", newline="\n")
        if place.exists():
            shutil.copymode(place, beside)
        rename(beside, place)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def rename(path, target, seconds=15):
    """Give a file or folder another name, in the place of a file or of an empty folder of that name.

    Windows refuses that while another program has a file in it open, as a virus scanner or OneDrive has each new one
    for a moment: there it is tried again for some seconds.

    Parameters
    ----------
    path, target : Path
        The old and the new name, on one disk.
    seconds : float
        How long it is tried on Windows.

    Raises
    ------
    OSError
        If it cannot be renamed.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            path.replace(target)
            return
        except PermissionError:
            if os.name != "nt" or time.monotonic() > end:
                raise
        time.sleep(0.2)
