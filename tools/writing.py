"""Write files so that nothing is lost: first beside the old one, under another name, and then in its place."""

import contextlib
import os
import shutil


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
        beside.replace(place)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
