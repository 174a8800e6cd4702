"""How a guard is taken away from the tree of its module, kind by kind."""

from __future__ import annotations

import ast
from collections.abc import Callable

Change = Callable[[ast.AST], None]
"""Take a guard away, in a copy of its node."""


def halves(node: ast.Compare) -> list[ast.Compare]:
    """Return ``a < b`` and ``b < c`` of ``a < b < c``."""
    sides = [node.left, *node.comparators]
    return [
        ast.Compare(left=left, ops=[op], comparators=[right])
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
    ]


def put(field: str, *, value: bool | None) -> Change:
    """Put a constant in the place of a field, or nothing where the field is a limit."""

    def change(node: ast.AST) -> None:
        before = getattr(node, field)
        setattr(node, field, None if field == "upper" else _always(before, value=value))

    return change


def put_at(field: str, index: int, *, value: bool) -> Change:
    """Put a constant in the place of one of several."""

    def change(node: ast.AST) -> None:
        values = getattr(node, field)
        values[index] = _always(values[index], value=value)

    return change


def _always(before: ast.expr, *, value: bool | None) -> ast.expr:
    """Return something that is always so; what stood there stays, for its names, and is not run."""
    operator = ast.Or() if value else ast.And()
    return ast.BoolOp(op=operator, values=[ast.Constant(value), before])


def without_half(index: int) -> Change:
    """Leave the other halves of a comparison."""

    def change(node: ast.AST) -> None:
        if isinstance(node, ast.Compare):
            left = halves(node)
            del left[index]
            node.left = left[0].left
            node.ops = [half.ops[0] for half in left]
            node.comparators = [half.comparators[0] for half in left]

    return change


def without_option(name: str | None) -> Change:
    """Say the opposite where an option is a yes or a no, and nothing where it is more."""

    def change(node: ast.AST) -> None:
        if not isinstance(node, ast.Call):
            return
        option = next(one for one in node.keywords if one.arg == name)
        if isinstance(option.value, ast.Constant) and isinstance(option.value.value, bool):
            option.value = ast.Constant(not option.value.value)
        else:
            node.keywords.remove(option)

    return change


def raise_again(node: ast.AST) -> None:
    """Let somebody else's error out."""
    if isinstance(node, ast.ExceptHandler):
        node.body = [ast.Raise()]


def emptied(node: ast.AST) -> None:
    """Leave nothing of a function."""
    if isinstance(node, ast.FunctionDef):
        node.body = [ast.Pass()]
