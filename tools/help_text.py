"""The list of commands that `make` and `python course.py` show."""

LIST = [  # command, what it does, more by make, more by python course.py
    ("lab", "open the lessons in JupyterLab", 'LAB="--no-browser": options for JupyterLab', "options go to JupyterLab"),
    ("run", "run every lesson without a browser", 'PARTS="1 B2" runs some', "run 1 B2 runs some"),
    ("slides", "turn the lessons into slides: build/slides/", 'PARTS="1 3" for some', "slides 1 3 for some"),
    ("pdf", "make PDF files of the slides", "SOLUTIONS=1 with the answers", "--solutions with the answers"),
    ("site", "turn the lessons and slides into a site: build/site/", "", ""),
    ("check", "the quick checks before a commit", "", ""),
    ("test", "run all tests", 'TESTS="tests/test_repository.py" runs some', "test tests/test_repository.py runs some"),
    ("matrix", "run lessons and tests on every Python of this computer", "", ""),
    (
        "scores",
        "measure how many spoiled answers the checks refuse",
        "SCORES=--again: all anew",
        "scores --again: all anew",
    ),
    ("bench", "compare speeds, side by side", "", ""),
    ("data", "download the full data sets into data/", "SETS=Cat_Dog_data: photos", "data Cat_Dog_data: photos"),
    ("badges", "write links to Colab, Kaggle and Binder", "REPO=owner/name", "badges owner/name"),
    ("clean", "remove what was built; keeps .venv, data/ and your record", "", ""),
]
FOR_ALL = """
For all but matrix, badges and clean: {python} takes another Python,
{cpu} PyTorch's smaller build for computers without a GPU,
{venv} installs there and not into .venv. {slideshow}: lab with live slides."""


def help_text(by_make):
    """Return the list of commands, as `make` or as `python course.py` takes them."""
    lines = []
    for name, does, more_make, more_python in LIST:
        more = more_make if by_make else more_python
        start = f"make {name}" if by_make else f"python course.py {name}"
        lines.append(f"{start:{14 if by_make else 25}}  {does}{'; ' if more else ''}{more}")
    if by_make:
        words = {"python": "PYTHON=python3.12", "cpu": "CPU=1", "venv": "COURSE_VENV=/large/disk/course"}
        words["slideshow"] = "SLIDESHOW=1"
    else:
        words = {"python": "--python python3.12", "cpu": "--cpu", "venv": "--venv FOLDER", "slideshow": "--slideshow"}
    return "\n".join(lines) + "\n" + FOR_ALL.format(**words)
