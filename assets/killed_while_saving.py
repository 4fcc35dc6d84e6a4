"""Save a file over and over, and be killed in the middle of it: Part 6 runs this program to see what is left.

    python killed_while_saving.py OLD NEW FOLDER

OLD and NEW are two whole files. For each of two ways, "in place" and "beside", ten processes write the bytes of NEW
and OLD in turn to a file of their own, which holds OLD at first, until they are killed at random moments. What is left
stands in FOLDER: "in place 1.pt" to "in place 10.pt" and "beside 1.pt" to "beside 10.pt".

The processes write in small pieces with pauses, as to a slow disk. They write the bytes of files that `torch.save` has
made, because importing PyTorch would take each of them seconds.
"""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

KILLS = 10
PIECE = 32768  # bytes


def write_slowly(data, path, to_disk):
    """Write bytes to a file, piece by piece.

    Parameters
    ----------
    data : bytes
    path : Path
    to_disk : bool
        Whether to wait until the bytes are on the disk.
    """
    with path.open("wb") as file:
        for start in range(0, len(data), PIECE):
            file.write(data[start : start + PIECE])
            file.flush()
            time.sleep(0.001)
        if to_disk:
            os.fsync(file.fileno())


def save_over_and_over(way, path, old, new):
    """Save two versions of a file in turn, a hundred times each, unless the process is killed before.

    Parameters
    ----------
    way : str
        "in place" or "beside".
    path, old, new : Path
        Where to save, and the files that hold the two versions.
    """
    beside = path.with_name(path.name + ".part")
    versions = [new.read_bytes(), old.read_bytes()]
    print("ready", flush=True)
    for turn in range(200):
        if way == "in place":
            write_slowly(versions[turn % 2], path, to_disk=False)
        else:
            write_slowly(versions[turn % 2], beside, to_disk=True)
            beside.replace(path)


def kill_while_saving(way, old, new, folder):
    """Let processes save in one way, and kill each of them at a random moment.

    Parameters
    ----------
    way : str
        "in place" or "beside".
    old, new, folder : Path
        As for the program.
    """
    processes = []
    for number in range(1, KILLS + 1):
        path = folder / f"{way} {number}.pt"
        shutil.copy(old, path)
        command = [sys.executable, "-I", "-S", __file__, "--save", way, path, old, new]
        processes.append(subprocess.Popen(command, stdout=subprocess.PIPE))
    for process in processes:
        process.stdout.readline()  # it says when it begins
    for process in processes:
        time.sleep(random.uniform(0.005, 0.02))
        process.kill()  # no warning, and no chance to tidy up
        process.communicate()


if __name__ == "__main__":
    if sys.argv[1] == "--save":
        save_over_and_over(sys.argv[2], *map(Path, sys.argv[3:]))
    else:
        for way in ("in place", "beside"):
            kill_while_saving(way, *map(Path, sys.argv[1:]))
