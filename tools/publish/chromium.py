"""Find a browser that works without a window (Chromium, Chrome or Edge), and install one on Debian."""

import os
import shutil
import subprocess
from pathlib import Path

from tools.installer.log import say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
CURE = "Install Chromium or Chrome (Debian: sudo apt install chromium)."
FLAGS = (  # asks nothing of the network; works in a container, too
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)


def find():
    """Return the path of a browser, or None."""
    found = [*map(shutil.which, NAMES), *(place for place in PLACES if Path(place).exists())]
    return next(filter(None, found), None)


def install():
    """Install Chromium with apt where it is missing and we may; return whether there is a browser now."""
    if find():
        return True
    if not shutil.which("apt-get"):
        say(f"There is no Chromium: tests in a browser will be skipped. {CURE}")
        return False
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    before = [] if root else ["sudo", "-n"]  # without a question for a password
    say("Installing Chromium for the tests in a browser ...")
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        try:
            result = subprocess.run([*before, *command], capture_output=True, text=True)
            failed = result.returncode and (result.stderr or result.stdout).strip().splitlines()[-1:]
        except OSError as error:  # no sudo
            failed = [str(error)]
        if failed and "install" in command:
            say(f"That failed ({failed[0]}): tests in a browser will be skipped. {CURE}")
    return bool(find())
