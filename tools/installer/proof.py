"""
Prove that an environment holds what files of requirements ask for. It runs in that environment's own Python:

    .venv/bin/python -I tools/installer/proof.py [--import] requirements.txt …

Looks at each package that they name, and at all that those need in turn: it is there in a fitting version, and no file
of it is missing or cut short (except compiled ones, which Python makes again). With --import the packages that the
first file names are imported, too. The exit status is 0 when all is well; else each line says what is wrong.
"""

import csv
import importlib
import importlib.metadata
import sys
from pathlib import Path

try:
    from packaging.requirements import Requirement
except ImportError:  # also in an environment that is only half there
    try:
        from pip._vendor.packaging.requirements import Requirement
    except ImportError:
        Requirement = None


def requirements_in(path):
    """Return the requirements of a file, and of the files that it includes."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        line = line.partition(" #")[0].strip()
        if line.startswith("-r "):
            found += requirements_in(path.parent / line[3:].strip())
        elif line and not line.startswith(("#", "-")):
            found.append(Requirement(line))
    return found


def damage(distribution):
    """Return what is wrong with the files of an installed package; "" when nothing is."""
    record = distribution.read_text("RECORD")
    if record is None:
        return "was installed by half"
    # read here, since from Python 3.12 on `distribution.files` leaves out the files that are missing
    for row in csv.reader(record.splitlines()):
        if not row:
            continue
        name, size = row[0], row[2] if len(row) > 2 else ""
        if name.startswith(".."):  # scripts: their first line holds the path of the environment
            continue
        if Path(name).parent.name == "__pycache__":  # compiled files: Python makes them again where they are missing
            continue
        try:
            there = Path(distribution.locate_file(name)).stat().st_size
        except OSError:
            return f"lacks its file {name}"
        if size and there < int(size):
            return f"has a file that was cut short, {name}"
    return ""


def faults(requirements):
    """Return what is wrong with the packages that are required, and with those that they require, as sentences."""
    waiting, seen, wrong = list(requirements), set(), []
    while waiting:
        requirement = waiting.pop()
        key = (requirement.name.lower(), str(requirement.specifier), tuple(sorted(requirement.extras)))
        if key in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(key)
        try:
            distribution = importlib.metadata.distribution(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is not installed")
            continue
        try:
            version = distribution.version
        except (OSError, KeyError):  # from Python 3.15 on, where its metadata are missing
            wrong.append(f"{requirement.name} was installed by half")
            continue
        if not version or not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement.name} {version} is installed, and {requirement} is needed")
        known = any(name == key[0] for name, *_ in seen - {key})
        fault = "" if known else damage(distribution)
        if fault:
            wrong.append(f"{requirement.name} {fault}")
        for line in distribution.requires or ():
            needed = Requirement(line)
            extras = ["", *requirement.extras]
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                needed.marker = None  # judged already, with the extras that it is wanted for
                waiting.append(needed)
    return wrong


def module_of(name):
    """Return the name under which an installed package is imported; None when it has no module."""
    files = importlib.metadata.distribution(name).files or ()
    modules = {file.parts[0] for file in files if len(file.parts) == 2 and file.parts[1] == "__init__.py"}
    modules |= {file.stem for file in files if len(file.parts) == 1 and file.suffix == ".py"}
    modules = sorted(module for module in modules if not module.startswith("_"))
    same = [module for module in modules if module.lower() == name.lower().replace("-", "_")]
    return (same or modules or [None])[0]


def import_faults(requirements):
    """Import the packages that are required and installed; return what went wrong, as sentences."""
    wrong = []
    for requirement in requirements:
        try:
            module = module_of(requirement.name)
            if module:
                importlib.import_module(module)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is not installed")
        except Exception as error:
            wrong.append(f"{requirement.name} cannot be imported: {type(error).__name__}: {error}")
    return wrong


def main(arguments):
    """Prove what the command line names; return the exit status."""
    paths = [Path(argument) for argument in arguments if not argument.startswith("--")]
    if Requirement is None:
        print("packaging is not installed")
        return 1
    if "--only-import" in arguments:
        wrong = import_faults(requirements_in(paths[0]))
    else:
        wrong = faults([requirement for path in paths for requirement in requirements_in(path)])
        if "--import" in arguments and not wrong:
            wrong = import_faults(requirements_in(paths[0]))
    for line in wrong:
        print(line)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
