"""Find every single guard of the modules that decide whom to believe, and take one away.

A guard is whatever refuses: an ``if`` that raises or returns nothing, one operand of its condition,
a row of a table of rules, a call that only looks, an option of a parser, a limit, a filter, and the
place where somebody else's error becomes one of the library. A guard is named by its module, its
function and its own text, so that it keeps its name when lines move.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path

import attrs

from guard_changes import (
    Change,
    emptied,
    halves,
    put,
    put_at,
    raise_again,
    without_half,
    without_option,
)

PACKAGE = "registrazione.adapters."
WRITERS = {
    "saml": frozenset(
        {
            *("certificates", "faults", "keys", "metadata", "profiles", "requests"),
            *("settings", "settings_reading"),
        }
    ),
    "oidc": frozenset({"asking", "federation.entity", "given", "opening"}),
}
"""The modules of each adapter that write only, or read what its operator has set."""

_OPTIONS = frozenset(
    {
        "Client",
        "JWERegistry",
        "JWSRegistry",
        "SignatureConfiguration",
        "XMLParser",
        "b64decode",
        "decrypt_compact",
        "loads",
        "validate_compact",
        "verify",
    }
)
"""Calls whose options are guards: parsers, verifiers, and who asks others."""
_ACTS = frozenset(
    {
        *(
            "add",
            "append",
            "debug",
            "execute",
            "extend",
            "info",
            "insert",
            "set",
            "shuffle",
            "update",
        ),
        *("pop", "warning", "ensure_kid", "__init__"),
    }
)
"""Statements that are a call and do something else than look."""
_WRITE = frozenset({"build", "sign"})
"""Functions of these modules that decide nothing."""
_SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


@attrs.frozen(kw_only=True, eq=False)
class Guard:
    """One guard.

    Args:
        name: Module, function and text; once among all.
        file: Where it stands.
        tree: All of the file.
        node: What is changed.
        change: Takes it away, in a copy of the node.
        lines: The lines that the condition takes.
        inner: The lines that are reached when it refuses.
        row: The name of a row of a table, which is emptied where it stands.
        module: The last part of the name of its module, such as ``saml.opening``.
    """

    name: str
    file: Path
    tree: ast.Module = attrs.field(repr=False)
    node: ast.AST = attrs.field(repr=False)
    change: Change = attrs.field(repr=False)
    lines: range
    inner: range = range(0)
    row: str = ""
    module: str = ""

    @property
    def adapter(self) -> str:
        """Which adapter it is of."""
        return self.name.partition(".")[0]

    def without(self) -> ast.Module:
        """Return all of the file without it."""
        seen: dict[int, object] = {}
        tree = deepcopy(self.tree, seen)
        copied = seen[id(self.node)]
        if not isinstance(copied, ast.AST):
            raise TypeError("a node was copied into something else")
        self.change(copied)
        return ast.fix_missing_locations(tree)


def guards(adapter: str) -> list[Guard]:
    """Return the guards of an adapter, module by module.

    Args:
        adapter: Such as ``saml``.
    """
    spec = find_spec(PACKAGE + adapter)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(adapter)
    folder = Path(spec.origin).parent
    found: list[Guard] = []
    for file in sorted(folder.rglob("*.py")):
        module = ".".join(file.relative_to(folder).with_suffix("").parts)
        if module not in WRITERS[adapter] and file.stem != "__init__":
            found += _of_module(f"{adapter}.{module}", file)
    return found


def _of_module(module: str, file: Path) -> Iterator[Guard]:
    finder = _Finder(file, file.read_text(encoding="utf-8"))
    finder.visit(finder.tree)
    times: Counter[str] = Counter()
    for one in finder.found:
        name = f"{module}.{one.name}"
        times[name] += 1
        if times[name] > 1:
            name = f"{name} ({times[name]})"
        yield attrs.evolve(one, name=name, module=module)


class _Finder(ast.NodeVisitor):
    """Walk through a module and keep each guard."""

    def __init__(self, file: Path, source: str) -> None:
        self.file, self.source, self.tree = file, source, ast.parse(source)
        self.found: list[Guard] = []
        self.place: list[str] = []
        self.answers = False
        self.functions = {n.name: n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)}
        self.seen: set[int] = set()

    def _text(self, node: ast.AST) -> str:
        """Return what is written there, in one line and without the traces of several."""
        written = ast.get_source_segment(self.source, node) or ""
        line = " ".join(re.sub(r"  # .*", "", written).split())
        return re.sub(r",? ([)\]}])", r"\1", re.sub(r"([(\[{]) ", r"\1", line))

    def _keep(
        self,
        text: str,
        node: ast.AST,
        change: Change,
        *,
        lines: ast.AST | None = None,
        inner: ast.AST | None = None,
        row: str = "",
    ) -> None:
        where = ".".join(self.place)
        guard = Guard(
            name=f"{where}: {text}" if where else text,
            file=self.file,
            tree=self.tree,
            node=node,
            change=change,
            lines=_lines(lines or node),
            inner=_lines(inner),
            row=row,
        )
        self.found.append(guard)

    # -- where we are ------------------------------------------------------------------------

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Go into a class; a protocol has nothing in it."""
        if not any(_name(base) == "Protocol" for base in node.bases):
            self.place.append(node.name)
            self.generic_visit(node)
            self.place.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Go into a function."""
        if node.name not in _WRITE:
            self.place.append(node.name)
            self.answers = isinstance(node.returns, ast.Name) and node.returns.id == "bool"
            self.generic_visit(node)
            self.answers = False
            self.place.pop()

    # -- statements --------------------------------------------------------------------------

    def visit_If(self, node: ast.If) -> None:
        """Keep an ``if`` that refuses, and the operands of each condition."""
        last = node.body[-1]
        if _refuses(last):
            text = f"if {self._text(node.test)}: {self._text(last)}"
            self._keep(text, node, put("test", value=False), lines=node.test, inner=last)
        self._operands(node.test, inner=last)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Keep a call that is a whole statement: it looks, and raises."""
        if isinstance(node.value, ast.Call) and _name(node.value.func) not in _ACTS:
            self._keep(self._text(node), node, put("value", value=None))
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Keep where an error of somebody else becomes one of the library, or a no."""
        kind = self._text(node.type) if node.type else ""
        self._keep(f"except {kind}", node, raise_again, inner=node.body[0])
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        """Keep what a function answers that says yes or no."""
        if node.value is not None and self.answers:
            if not isinstance(node.value, ast.Constant):
                for always in (True, False):
                    text = f"return {self._text(node.value)} -> {always}"
                    self._keep(text, node, put("value", value=always))
            self._operands(node.value)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Look at what several conditions make together, and at lists of checks."""
        self._assigned(node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Look at annotated ones, too."""
        self._assigned(node.value)
        if _name(node.target) == "CHECKS" and isinstance(node.value, ast.Tuple):
            for listed in node.value.elts:
                function = self.functions[_name(listed)]
                self._keep(f"CHECKS: {function.name}", function, emptied, lines=function)
        self.generic_visit(node)

    def _assigned(self, value: ast.expr | None) -> None:
        if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.And):
            self._operands(value)

    # -- expressions -------------------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> None:
        """Keep rows of tables, and options of parsers and verifiers."""
        called = _name(node.func)
        if called == "Guard" and not self.place:
            self._row(node)
        if called == "_needs":
            self._operands(node.args[0])
        if called in _OPTIONS:
            for keyword in node.keywords:
                text = f"{called}({self._text(keyword)})"
                self._keep(text, node, without_option(keyword.arg))
        self.generic_visit(node)

    def _row(self, node: ast.Call) -> None:
        row, holds = node.args[:2]
        name = str(row.value) if isinstance(row, ast.Constant) else ""
        self.place.append(name)
        self._keep("the whole row", node, lambda _: None, lines=holds, row=name)
        if isinstance(holds, ast.Lambda):
            self._operands(holds.body)
        self.place.pop()

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """Keep a value that is left out unless it is sound."""
        if _is_nothing(node.orelse):
            self._keep(self._text(node), node, put("test", value=True))
        self._operands(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """Keep a filter."""
        for index, condition in enumerate(node.ifs):
            text = f"for {self._text(node.target)} if {self._text(condition)}"
            self._keep(text, node, put_at("ifs", index, value=True), lines=condition)
            self._operands(condition)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Keep a limit on how many are looked at."""
        upper = node.slice.upper if isinstance(node.slice, ast.Slice) else None
        names = (_name(one) for one in ast.walk(upper)) if upper is not None else ()
        if any(one.lstrip("_").startswith(("MOST", "LONGEST")) for one in names):
            self._keep(self._text(node), node.slice, put("upper", value=None))
        self.generic_visit(node)

    def _operands(self, condition: ast.expr, inner: ast.AST | None = None) -> None:
        """Keep each operand in a condition, and each half of ``a < b < c``."""
        for node in ast.walk(condition):
            if id(node) in self.seen:
                continue
            self.seen.add(id(node))
            if isinstance(node, ast.BoolOp) and not _is_nothing(node.values[-1]):
                neutral = isinstance(node.op, ast.And)
                for index, operand in enumerate(node.values):
                    text = f"{self._text(operand)} <- {self._text(condition)}"
                    change = put_at("values", index, value=neutral)
                    self._keep(text, node, change, lines=condition, inner=inner)
            elif isinstance(node, ast.Compare) and len(node.ops) > 1:
                for index in range(len(node.ops)):
                    half = halves(node)[index]
                    sign = _SIGNS[type(half.ops[0])]
                    left, right = self._text(half.left), self._text(half.comparators[0])
                    text = f"{left} {sign} {right} <- {self._text(condition)}"
                    self._keep(text, node, without_half(index), lines=condition, inner=inner)


# -- what is looked at -----------------------------------------------------------------------


def _lines(node: ast.AST | None) -> range:
    if node is None:
        return range(0)
    if isinstance(node, ast.comprehension):
        node = node.iter
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    return range(first, (last or first) + 1)


def _name(node: ast.AST) -> str:
    """Return the last part of a name."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _name(value)
        case _:
            return ""


def _is_nothing(node: ast.expr | None) -> bool:
    match node:
        case ast.Constant(value=value):
            return not value
        case ast.Tuple(elts=[]) | ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case _:
            return False


def _refuses(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return):
        return _is_nothing(statement.value)
    return isinstance(statement, ast.Raise | ast.Continue)
