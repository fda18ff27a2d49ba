"""A function as a new process has it: the page as it stands, and nothing that an earlier process has kept."""

import builtins
from copy import deepcopy
from functools import cache
from types import CellType, FunctionType, MethodType
from typing import Any

from .probe import names_in

Made = dict[int, Any]
names = cache(names_in)


def restarted(function: Any) -> Any:
    """A copy that shares no data with the original: not what it reads of its page, nor its defaults and attributes."""
    page = getattr(getattr(function, "__func__", function), "__globals__", {})
    return copied(function, {id(page): {"__builtins__": builtins}})


def copied(value: Any, made: Made) -> Any:
    """A copy of a value, also of a function of the page; what cannot be copied is taken as it is."""
    if isinstance(value, FunctionType) and id(value.__globals__) in made:
        return made[id(value)] if id(value) in made else copied_function(value, made)
    if isinstance(value, MethodType):
        return MethodType(copied(value.__func__, made), copied(value.__self__, made))
    try:
        return deepcopy(value, made)
    except Exception:
        return value


def copied_function(function: FunctionType, made: Made) -> FunctionType:
    """The same code with copies of all that it refers to."""
    page, original = made[id(function.__globals__)], function.__globals__
    cells = tuple(CellType() for _ in function.__closure__ or ())
    new = FunctionType(function.__code__, page, function.__name__, copied(function.__defaults__, made), cells)
    made[id(function)] = new
    new.__kwdefaults__ = copied(function.__kwdefaults__, made)
    new.__dict__.update(copied(function.__dict__, made))
    for mine, cell in zip(cells, function.__closure__ or ()):
        fill(mine, cell, made)
    for name in names(function.__code__):
        if name in original and name not in page:
            page[name] = copied(original[name], made)
    return new


def fill(mine: CellType, cell: CellType, made: Made) -> None:
    """Put a copy of what a cell holds into another; one that is still empty stays empty."""
    try:
        mine.cell_contents = copied(cell.cell_contents, made)
    except ValueError:
        return
