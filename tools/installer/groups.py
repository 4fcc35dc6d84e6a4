"""The groups of requirements: which files each one reads, and how to tell that they have changed."""

import re

from tools.installer.place import fingerprint
from tools.installer.programs import requirements_text

SETTINGS = "tools/installer/jupyterlab.json"  # Markdown is shown, not edited; nothing is asked of the network
GROUPS = {  # name -> its file of requirements, and the files that this one includes
    "lessons": ["requirements.txt"],
    "slides": ["tools/publish/requirements-slides.txt", "requirements.txt"],
    "slideshow": ["tools/publish/requirements-slideshow.txt", "requirements.txt"],
    "tests": [
        "tests/requirements.txt",
        "requirements.txt",
        "tools/publish/requirements-slides.txt",
        "tools/publish/requirements-slideshow.txt",
    ],
}
WHAT = {
    "lessons": "PyTorch, JupyterLab and what they need",
    "slides": "the course and what makes slides of it",
    "slideshow": "the course and slides for JupyterLab",
    "tests": "the course and its test tools",
}


def wanted(root, group):
    """Return the fingerprint of a group of requirements."""
    return fingerprint(root, [*GROUPS[group], SETTINGS])


def normal(name):
    """Return the name of a package as it is compared: in small letters, with one sign between its words."""
    return re.sub(r"[-_.]+", "-", name).lower()


def noted_packages(root, env, group):
    """
    Return where an environment notes the packages that a group of requirements names.

    Parameters
    ----------
    root : pathlib.Path
        The course.
    env : pathlib.Path
        The environment.
    group : str
        A key of `GROUPS`.

    Returns
    -------
    list of str
        Folders inside of the environment, such as "lib/python3.12/site-packages/torch-2.9.1.dist-info". When one of
        them is gone, its package was removed or exchanged by hand.
    """
    names = set()
    for line in requirements_text(root / GROUPS[group][0]):
        name = re.match(r"\w[\w.-]*", line)
        if name:
            names.add(normal(name[0]))
    places = ["lib/python*/site-packages", "Lib/site-packages"]
    if not (env / "lib64").is_symlink():  # up to Python 3.14, it is a link to lib
        places.append("lib64/python*/site-packages")
    folders = []
    for place in places:
        for folder in env.glob(f"{place}/*.dist-info"):
            if normal(folder.name.partition("-")[0]) in names:
                folders.append(folder.relative_to(env).as_posix())
    return sorted(folders)


def announced(size):
    """Return how much comes, in parentheses; "" where it is little."""
    if size.download < 0.05:
        return ""
    return f" (about {size.download:.1f} GB to download, {size.installed:.1f} GB of disk)"
