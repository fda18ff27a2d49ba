"""Generated wrong answers: the reference solution with one small change, for each place where it can be made."""

import ast
import copy
import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

SWAPPED_OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitOr: ast.BitAnd}
SWAPPED_COMPARISONS = {ast.GtE: ast.Gt, ast.Gt: ast.GtE, ast.LtE: ast.Lt, ast.Lt: ast.LtE}
SWAPPED_NAMES = {"arrival_rate": "service_rate", "service_rate": "arrival_rate",
                 "arrival_times": "service_times", "service_times": "arrival_times"}


class Mutant(NamedTuple):
    """A changed program: what was changed, the program, and the names that it finds on its page."""

    change: str
    source: str
    page: dict[str, Any]

    @property
    def function(self):
        """The function or class that the program defines."""
        page = dict(self.page)
        exec(self.source, page)
        return page[ast.parse(self.source).body[0].name]


def mutants(function: Callable) -> list[Mutant]:
    """All different programs that one change makes of a function or class."""
    tree, page = ast.parse(inspect.getsource(function)), vars(inspect.getmodule(function))
    original = ast.unparse(tree)
    found = {}
    for place, node in enumerate(ast.walk(tree)):
        for number, (change, _) in enumerate(changes(node)):
            copied = copy.deepcopy(tree)
            same = list(ast.walk(copied))[place]
            list(changes(same))[number][1]()
            changed = ast.unparse(ast.fix_missing_locations(copied))
            if changed != original:
                found[changed] = f"line {getattr(node, 'lineno', 0)}: {change}"
    return [Mutant(change, changed, page) for changed, change in found.items()]


def changes(node: ast.AST) -> Iterator[tuple]:
    """Every change that can be made at a node: its name, and a function that makes it."""
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPPED_OPERATORS:
        other = SWAPPED_OPERATORS[type(node.op)]
        yield f"{type(node.op).__name__} to {other.__name__}", lambda: setattr(node, "op", other())
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED_COMPARISONS:
        other = SWAPPED_COMPARISONS[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} to {other.__name__}", lambda: setattr(node, "ops", [other()])
    if isinstance(node, ast.If):
        yield "the other branch", lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.BoolOp):
        other = ast.And if isinstance(node.op, ast.Or) else ast.Or
        yield f"{type(node.op).__name__} to {other.__name__}", lambda: setattr(node, "op", other())
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        for factor in (1000, 0.001):
            yield f"{node.value} times {factor}", lambda factor=factor: setattr(node, "value", node.value * factor)
    if isinstance(node, ast.Constant) and type(node.value) is int:
        for step in (1, -1):
            yield f"{node.value} off by {step}", lambda step=step: setattr(node, "value", node.value + step)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in SWAPPED_NAMES:
        yield f"{node.id} swapped", lambda: setattr(node, "id", SWAPPED_NAMES[node.id])
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        yield "mean and p99 swapped", lambda: node.value.elts.insert(0, node.value.elts.pop(1))
        for place, part in enumerate(node.value.elts):
            yield f"result {place} times 1000", lambda place=place, part=part: node.value.elts.__setitem__(
                place, ast.BinOp(part, ast.Mult(), ast.Constant(1000)))
    if isinstance(node, ast.keyword) and isinstance(node.value, ast.Name):
        yield f"{node.arg} off by 1", lambda: setattr(
            node, "value", ast.BinOp(node.value, ast.Add(), ast.Constant(1)))
    if isinstance(node, ast.keyword) and isinstance(node.value, ast.Tuple):
        for place in range(len(node.value.elts)):
            yield f"{node.arg} without part {place}", lambda place=place: node.value.elts.pop(place)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        yield "record times 1000", lambda: setattr(node, "value", ast.BinOp(node.value, ast.Mult(), ast.Constant(1000)))
    yield from changes_of_body(node)
    if inner := without_wrapper(node):
        yield f"'{ast.unparse(node)[:40]}' without its outside", lambda: become(node, inner)


def changes_of_body(node: ast.AST) -> Iterator[tuple]:
    """Statements left out, moved past the next, and workers that are never released."""
    body = getattr(node, "body", None)
    if not isinstance(body, list):
        return
    for place, statement in enumerate(body):
        if isinstance(statement, ast.Expr | ast.Assign | ast.If) and len(body) > 1:
            yield f"without '{ast.unparse(statement)[:40]}'", lambda place=place: body.pop(place)
        if isinstance(statement, ast.With):
            item = statement.items[0]
            claim = ast.Assign([ast.Name(item.optional_vars.id, ast.Store())], item.context_expr)
            yield "worker never released", lambda place=place, claim=claim, inner=statement.body: body.__setitem__(
                slice(place, place + 1), [claim, *inner])
            yield "last line moved out of the block", lambda place=place, inner=statement.body: body.insert(
                place + 1, inner.pop())


def become(node: ast.AST, other: ast.AST) -> None:
    """Put another node in a node's place."""
    node.__class__, node.__dict__ = other.__class__, other.__dict__


def without_wrapper(node: Any) -> Any:
    """What is inside a `not`, or inside a call of a named function with one argument."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    one = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords
    return node.args[0] if one else None
