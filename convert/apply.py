"""Bring a lesson into its second form: checks, claims and their parts leave the notebook. Applied once.

python convert/apply.py 3          change the notebook
python convert/apply.py 3 --try    change a copy, run it on blank stubs and with the course's answers, count lines
"""

import importlib.util
import re
import sys
from pathlib import Path

import nbformat

LEFT = re.compile(r"^.*(?:\bassert |for the check|helper\.(?:check|solution|progress|is_same|assert_same)).*$", re.M)
ROOT = Path(__file__).resolve().parent.parent


def load(part):
    spec = importlib.util.spec_from_file_location(f"convert_part{part}", ROOT / "convert" / f"part{part}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def code_lines(nb):
    lines = 0
    for cell in nb.cells:
        if cell.cell_type == "code":
            lines += sum(1 for line in cell.source.splitlines() if line.strip() and not line.strip().startswith("#"))
    return lines


def convert(nb, rules):
    remove, replace, text = (
        getattr(rules, name, default) for name, default in (("REMOVE", []), ("REPLACE", {}), ("TEXT", {}))
    )
    known = {cell.id for cell in nb.cells}
    unknown = {*remove, *replace, *text} - known
    assert not unknown, f"no such cells: {unknown}"
    nb.cells = [cell for cell in nb.cells if cell.id not in remove]
    for cell in nb.cells:
        if cell.id in replace:
            cell.source = replace[cell.id]
        for old, new in text.get(cell.id, []):
            assert old in cell.source, f"{cell.id}: {old!r} is not there"
            cell.source = cell.source.replace(old, new)
        tags = cell.metadata.get("tags", [])
        if "check" in tags:
            number = cell.id.removeprefix("ex-").removesuffix("-check").replace("-", ".")
            cell.source = f'exercises.check("{number}")'
        if "solution" in tags:
            cell.source = cell.source.replace("helper.solution(", "exercises.solution(")
        if cell.cell_type == "code":
            cell.source = cell.source.replace("helper.progress()", "exercises.progress()")
        else:
            cell.source = cell.source.replace("helper.progress()", "exercises.progress()")
        if cell.id == "setup" and "import exercises" not in cell.source:
            cell.source = re.sub(r"^import helper$", "import exercises\nimport helper", cell.source, flags=re.M)
    return nb


def main():
    part = sys.argv[1]
    path = next(ROOT.glob(f"Part{part}_*.ipynb"))
    nb = nbformat.read(path, 4)
    before = code_lines(nb), len(nb.cells)
    convert(nb, load(part))
    print(f"Part {part}: code lines {before[0]} -> {code_lines(nb)}, cells {before[1]} -> {len(nb.cells)}")
    for cell in nb.cells:
        found = LEFT.search(cell.source) if cell.cell_type == "code" else None
        if found:
            print(f"  look at {cell.id}: {found[0].strip()}")
    if "--try" not in sys.argv:
        path.write_text(nbformat.writes(nb) + "\n", "utf-8", newline="\n")
        return
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "exercises")]
    import os

    os.environ["COURSE_HEADLESS"] = "1"
    os.environ.setdefault("MPLBACKEND", "agg")
    os.chdir(ROOT)
    from bench import Bench

    from exercises import judge as engine
    from exercises import record
    from exercises.answers import answers_of

    record.show = lambda sign, head, text, more="": print(f"   {sign} {head}: {text}")
    for solved in (False, True):
        record._verdicts.clear()
        bench = Bench(path)
        bench.cells = nb.cells
        session = bench.session
        engine._session = lambda session=session: session
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            tags = cell.metadata.get("tags", [])
            source = cell.source
            if solved and "exercise" in tags:
                number = cell.id.removeprefix("ex-").removesuffix("-answer").replace("-", ".")
                source = answers_of(part)[number].source
            error = bench.run(source)
            if error is not None and "raises-exception" not in tags:
                print(f"   {cell.id}: {type(error).__name__}: {error}")
        kinds = list(record._verdicts.values())
        print(f"{'with the answers' if solved else 'blank stubs'}: {len(kinds)} exercises, {sorted(set(kinds))}")


if __name__ == "__main__":
    main()
