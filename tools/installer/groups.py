"""The groups of requirements: which files each one reads, and how to tell that they have changed."""

from tools.installer.place import fingerprint

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


def announced(size):
    """Return how much comes, in parentheses; "" where it is little."""
    if size.download < 0.05:
        return ""
    return f" (about {size.download:.1f} GB to download, {size.installed:.1f} GB of disk)"
