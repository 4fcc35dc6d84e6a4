"""Write the course's address and its badges: python -m tools.publish.badges owner/name (or: --remove).

Needs only the standard library. The address goes into pyproject.toml ([project.urls], the one place) and from there,
as a copy, into the cell find-course of every notebook; the badges (Open in Colab, in Kaggle, on Binder) go into the
README and into the title of every notebook. Another owner/name takes the place of the first; --remove leaves every
byte as it was before.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GITHUB = "https://github.com/"
REPOSITORY = re.compile(r"(?P<owner>[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))/(?P<name>(?!\.{1,2}$)[A-Za-z0-9._-]{1,100})")
URLS = re.compile(r'(?<=^\[project\.urls\]\n)(?:Repository = "([^"]*)"\n)?', re.MULTILINE)
NOTEBOOK = re.compile(r"(Part\w+|\d+)_\w+\.ipynb")  # as in tools/parts.py
MARKS = re.compile(r"<!-- badges(?P<added> added)? -->\n(?:.*\n)?<!-- /badges -->\n")
COLAB_IMAGE = "https://colab.research.google.com/assets/colab-badge.svg"
KAGGLE_IMAGE = "https://kaggle.com/static/images/open-in-kaggle.svg"
BINDER_IMAGE = "https://mybinder.org/badge_logo.svg"


class BadgesError(Exception):
    """Nothing was written; the text says why, and what to type instead."""


def address_of(repository):
    """Return the address of a repository on GitHub.

    Parameters
    ----------
    repository : str
        ``owner/name``, or the whole address as it is copied from a browser or from git.
    """
    short = repository.strip().removeprefix(GITHUB).rstrip("/").removesuffix(".git")
    if not REPOSITORY.fullmatch(short):
        raise BadgesError(
            f"{repository!a} is no repository on GitHub: it takes owner/name, for example: make badges REPO=ada/pytorch"
        )
    return GITHUB + short


def address(root=ROOT):
    """Return the address of the course that pyproject.toml holds, or "" where there is none."""
    found = URLS.search((root / "pyproject.toml").read_text("utf-8"))
    return (found[1] or "") if found else ""


def badge(text, image, target):
    """Return one badge in Markdown: a picture that is a link."""
    return f"[![{text}]({image})]({target})"


def colab(address, notebook):
    """Return where a notebook of the repository opens in Google Colab."""
    return f"https://colab.research.google.com/github/{address.removeprefix(GITHUB)}/blob/HEAD/{notebook}"


def kaggle(address, notebook):
    """Return where a notebook of the repository opens in Kaggle."""
    return f"https://kaggle.com/kernels/welcome?src={address}/blob/HEAD/{notebook}"


def binder(address, notebook=""):
    """Return where the repository opens in JupyterLab on Binder, with one of its notebooks or without."""
    start = f"lab/tree/{notebook}" if notebook else "lab"
    return f"https://mybinder.org/v2/gh/{address.removeprefix(GITHUB)}/HEAD?urlpath={start}"


def lesson_badges(address, notebook):
    """Return the line of badges that stands in the title of a notebook."""
    badges = [
        badge("Open this lesson in Google Colab", COLAB_IMAGE, colab(address, notebook)),
        badge("Open this lesson in Kaggle", KAGGLE_IMAGE, kaggle(address, notebook)),
        badge("Launch this lesson on Binder", BINDER_IMAGE, binder(address, notebook)),
    ]
    return " ".join(badges)


def readme_badges(address, notebook):
    """Return the line of badges of the README: the tests, the first notebook in Colab and Kaggle, all on Binder."""
    tests = f"{address}/actions/workflows/ci.yml"
    badges = [
        badge("Do the tests pass?", f"{tests}/badge.svg", tests),
        badge("Open Part 1 in Google Colab", COLAB_IMAGE, colab(address, notebook)),
        badge("Open Part 1 in Kaggle", KAGGLE_IMAGE, kaggle(address, notebook)),
        badge("Launch the course on Binder", BINDER_IMAGE, binder(address)),
    ]
    return " ".join(badges)


def new_pyproject(text, address):
    """Return pyproject.toml with the address in it, or without one."""
    if not URLS.search(text):
        raise BadgesError(
            "pyproject.toml has no line [project.urls], where the address goes: put it back and try again."
        )
    line = f'Repository = "{address}"\n' if address else ""
    return URLS.sub(lambda found: line, text, count=1)


def new_readme(text, address, notebook):
    """Return the README with its badges between the two marks; where it has no marks, they go under its heading."""
    found = MARKS.search(text)
    if not address:
        if not found:
            return text
        return text.replace(found[0], "" if found["added"] else "<!-- badges -->\n<!-- /badges -->\n")
    line = readme_badges(address, notebook)
    if found:
        first = found[0].split("\n")[0]
        return text.replace(found[0], f"{first}\n{line}\n<!-- /badges -->\n")
    heading = re.search(r"^# .+\n", text, re.MULTILINE)
    if not heading:
        raise BadgesError("README.md has no heading to put the badges under: give it one and try again.")
    block = f"<!-- badges added -->\n{line}\n<!-- /badges -->\n"
    return text[: heading.end()] + block + text[heading.end() :]


def new_title(source, address, notebook):
    """Return the text of a title cell with its line of badges under the heading, or without it."""
    heading, *rest = source.split("\n")
    if len(rest) > 1 and rest[1].startswith("[!["):
        rest = rest[2:]
    line = ["", lesson_badges(address, notebook)] if address else []
    return "\n".join([heading, *line, *rest])


def course_code(notebook):
    """Return the sum over a notebook's code that tools/run_notebooks.py keeps with its outputs."""
    code = "\0".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return hashlib.sha256(code.encode()).hexdigest()


def new_notebook(text, address, name):
    """Return the text of a notebook's file with the address in its cell find-course and the badges in its title."""
    notebook = json.loads(text)
    course = notebook["metadata"].get("course", {})
    outputs_belong = course.get("code") == course_code(notebook)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["id"] == "find-course":
            source = re.sub(r'^ADDRESS = "[^"]*"', f'ADDRESS = "{address}"', source, flags=re.MULTILINE)
        elif cell["id"] == "title":
            source = new_title(source, address, name)
        cell["source"] = source.splitlines(keepends=True)
    if outputs_belong:  # the address changes no output: what is stored goes on to belong to this code
        course["code"] = course_code(notebook)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def notebooks(root=ROOT):
    """Return the paths of all notebooks of the course, the lessons first; copies and others are the reader's."""
    found = [*sorted(root.glob("Part*.ipynb")), *sorted(root.glob("bonus/*.ipynb"))]
    return [path for path in found if NOTEBOOK.fullmatch(path.name)]


def read(path):
    """Return the text of a file, its ends of lines as they are."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def save(text, path):
    """Write a file beside its place and rename it, so that an interrupted run leaves the old one whole.

    Its permissions stay, and a link to it stays a link. (As tools/writing.py does it: this file stands alone.)
    """
    place = path.resolve()
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8", newline="\n")
        shutil.copymode(place, beside)
        beside.replace(place)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def write(address, root=ROOT):
    """Write the address and the badges everywhere, or remove them (address ""); return the paths that changed."""
    paths = notebooks(root)
    first = paths[0].relative_to(root).as_posix()
    pyproject, readme = root / "pyproject.toml", root / "README.md"
    texts = {pyproject: new_pyproject(read(pyproject), address), readme: new_readme(read(readme), address, first)}
    for path in paths:
        texts[path] = new_notebook(read(path), address, path.relative_to(root).as_posix())
    changed = [path for path, text in texts.items() if text != read(path)]
    for path in changed:
        save(texts[path], path)
    return changed


def main(arguments=None, root=ROOT):
    """Do what the command line asks for in the course at `root`; return the exit status."""
    parser = argparse.ArgumentParser(prog="make badges", description=__doc__.splitlines()[0])
    parser.add_argument("repository", nargs="*", help="where the course is on GitHub: owner/name")
    parser.add_argument("--remove", action="store_true", help="take the badges and the address out again")
    options = parser.parse_args(arguments)
    try:
        repository = " ".join(options.repository)
        if bool(repository) == options.remove:
            raise BadgesError("Say where the course is on GitHub: make badges REPO=owner/name (or, to undo: --remove).")
        changed = write("" if options.remove else address_of(repository), root)
    except BadgesError as error:
        print(error)
        return 1
    except OSError as error:
        print(f"The badges could not be written ({error.strerror}: {error.filename}). Mend that, and try again.")
        return 1
    print(f"{len(changed)} files changed." if changed else "Everything was so already: no file changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
