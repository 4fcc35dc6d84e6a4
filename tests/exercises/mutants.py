"""Every small change of a piece of code that its syntax tree offers, one at a time.

Used to measure the checks: each of the course's answers is changed in one place, and must then be refused. What comes
out behaves differently in nearly all cases; the few that behave the same are listed with their reason in equivalents/.
"""

import ast
import copy
from dataclasses import dataclass

OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Mult],
    ast.Mod: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
COMPARISONS = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
SIBLINGS = [  # names that students take for one another
    ("sum", "mean"),
    ("max", "min"),
    ("argmax", "argmin"),
    ("std", "var"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("exp", "log"),
    ("sigmoid", "tanh"),
    ("softmax", "log_softmax"),
    ("Softmax", "LogSoftmax"),
    ("relu", "sigmoid"),
    ("ReLU", "Sigmoid"),
    ("train", "eval"),
    ("floor", "ceil"),
    ("sqrt", "abs"),
    ("square", "abs"),
    ("permute", "reshape"),
    ("append", "extend"),
    ("Resize", "CenterCrop"),
    ("keys", "values"),
    ("rand", "randn"),
]
SIBLING_OF = {one: two for one, two in SIBLINGS} | {two: one for one, two in SIBLINGS}


@dataclass(frozen=True)
class Mutant:
    """A piece of code with one change; `change` says which: "line 3: dim=1 -> dim=2"."""

    change: str
    code: str


def mutants(source):
    """Return all Mutants of a piece of code, each different from it and from the others."""
    tree = ast.parse(source)
    plain = ast.unparse(tree)
    found, seen = [], {plain}
    for position, node in enumerate(ast.walk(tree)):
        if _is_docstring_of_something(tree, node):
            continue
        for edit, words, *line in _edits(node):
            changed = copy.deepcopy(tree)
            target = _node_at(changed, position)
            edit(target)
            ast.fix_missing_locations(changed)
            try:
                code = ast.unparse(changed)
                compile(code, "<mutant>", "exec")
            except (SyntaxError, ValueError, TypeError, AttributeError):
                continue
            if code not in seen:
                seen.add(code)
                number = line[0] if line else getattr(node, "lineno", 0)
                found.append(Mutant(f"line {number}: {words}", code))
    return found


def _node_at(tree, position):
    return next(node for index, node in enumerate(ast.walk(tree)) if index == position)


def _is_docstring_of_something(tree, node):
    """Whether a node is the text of a docstring: changing it changes nothing."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    for parent in ast.walk(tree):
        body = getattr(parent, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and body[0].value is node:
            return True
    return False


def _edits(node):
    """Return the changes of one node: a function that changes it in place, words for it, and perhaps the line."""
    edits = []
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for other in OPERATORS.get(type(node.op), []):
            edits.append((_setter("op", other()), f"{type(node.op).__name__} -> {other.__name__}"))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow):
        edits.append((_swap("left", "right"), "the two sides swapped"))
    if isinstance(node, ast.UnaryOp):
        edits.append((_drop_sign, f"{type(node.op).__name__} dropped"))
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARISONS.get(type(node.ops[0]), []):
            edits.append((_set_comparison(other), f"{type(node.ops[0]).__name__} -> {other.__name__}"))
    if isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        edits.append((_setter("op", other()), f"{type(node.op).__name__} -> {other.__name__}"))
    if isinstance(node, ast.Constant):
        for value in _other_values(node.value):
            edits.append((_setter("value", value), f"{node.value!r} -> {value!r}"))
    if isinstance(node, ast.Attribute | ast.Name):
        field = "attr" if isinstance(node, ast.Attribute) else "id"
        name = getattr(node, field)
        if name in SIBLING_OF:
            edits.append((_setter(field, SIBLING_OF[name]), f"{name} -> {SIBLING_OF[name]}"))
    if isinstance(node, ast.Call):
        edits += _call_edits(node)
    if isinstance(node, ast.Tuple | ast.List) and len(node.elts) > 1:
        edits.append((_reverse("elts"), "two entries swapped"))
        edits.append((_pop("elts"), "the last entry dropped"))
    if isinstance(node, ast.Dict) and len(node.values) > 1:
        edits.append((_rotate_values, "values moved on by one entry"))
        edits.append((_drop_entry, "the last entry dropped"))
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        edits.append((_negate, "the condition turned round"))
    for field in ("body", "orelse", "finalbody"):
        body = getattr(node, field, None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            edits += _body_edits(node, field, body)
    return edits


def _call_edits(node):
    """Return the changes of a call: an argument dropped, two swapped."""
    edits = []
    for index, keyword in enumerate(node.keywords):
        edits.append((_pop("keywords", index), f"{keyword.arg}= dropped"))
    if len(node.args) > 1:
        edits.append((_reverse("args"), "arguments swapped"))
    if node.args:
        edits.append((_pop("args"), "the last argument dropped"))
    if isinstance(node.func, ast.Attribute) and not node.keywords and isinstance(node.func.value, ast.Call | ast.Name):
        edits.append((_skip_method, f".{node.func.attr}() dropped"))
    return edits


def _body_edits(node, field, body):
    """Return the changes of a block: a statement dropped, two neighbors swapped, a `with` opened."""
    edits = []
    for index, statement in enumerate(body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        words = ast.unparse(statement).splitlines()[0][:60]
        edits.append((_drop_statement(field, index), f"dropped: {words}", statement.lineno))
        if isinstance(statement, ast.With):
            edits.append((_open_block(field, index), f"without: {words}", statement.lineno))
        if index + 1 < len(body):
            edits.append((_swap_statements(field, index), f"after the next line: {words}", statement.lineno))
    return edits


def _setter(field, value):
    return lambda node: setattr(node, field, value)


def _swap(one, two):
    def edit(node):
        first, second = getattr(node, one), getattr(node, two)
        setattr(node, one, second)
        setattr(node, two, first)

    return edit


def _reverse(field):
    def edit(node):
        parts = getattr(node, field)
        parts[0], parts[1] = parts[1], parts[0]

    return edit


def _pop(field, index=-1):
    return lambda node: getattr(node, field).pop(index)


def _drop_sign(node):
    if isinstance(node.op, ast.Not):
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
    else:
        node.op = ast.UAdd()


def _set_comparison(other):
    def edit(node):
        node.ops = [other()]

    return edit


def _negate(node):
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _rotate_values(node):
    node.values = [*node.values[1:], node.values[0]]


def _drop_entry(node):
    node.keys.pop()
    node.values.pop()


def _skip_method(node):
    """Turn `x.method()` into `x`, written as a call that gives back what it gets."""
    inner = node.func.value
    node.func = ast.Lambda(
        ast.arguments(posonlyargs=[], args=[ast.arg("same")], kwonlyargs=[], kw_defaults=[], defaults=[]),
        ast.Name("same", ast.Load()),
    )
    node.args = [inner]


def _drop_statement(field, index):
    def edit(node):
        body = getattr(node, field)
        body[index] = ast.Pass()

    return edit


def _open_block(field, index):
    def edit(node):
        body = getattr(node, field)
        body[index : index + 1] = body[index].body

    return edit


def _swap_statements(field, index):
    def edit(node):
        body = getattr(node, field)
        body[index], body[index + 1] = body[index + 1], body[index]

    return edit


def _other_values(value):
    """Return the values that a constant could be mistaken for."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1] if value else [1, -1]
    if isinstance(value, float):
        return [value * 2, value / 2] if value else [1.0]
    if isinstance(value, str) and value:
        return [f"{value}_"]
    return []
