"""A sweep: one function over many cases on every core, each result stored as it comes, so that it can be stopped."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any


def sweep(function: Callable[[Any], Any], cases: Iterable[Any], store: str | Path, recipe: str = "") -> list[Any]:
    """What `function` makes of each case, in their order; `store` gets a line for each that is finished.

    Cases and results are what JSON can hold. A case that is in the store is not run again, so that a sweep which was
    stopped goes on; another `recipe` than the store's raises ValueError. It goes through joblib: every core here, or a
    cluster inside `with joblib.parallel_config(backend="dask")`.
    """
    cases, path = list(cases), Path(store)
    known = begun(path, recipe)
    waiting = list({key(case): case for case in cases if key(case) not in known}.values())
    with open(path, "a", encoding="utf-8", newline="\n") as file:
        for case, result in finished(function, waiting, len(known), path):
            file.write(line(case, result))
            file.flush()
            known[key(case)] = json.loads(json.dumps(result))   # the same whether it was stored or has just come
    return [known[key(case)] for case in cases]


def finished(function: Callable, cases: Sequence, before: int, path: Path) -> Iterable[tuple[Any, Any]]:
    """Cases with their results, as they come, while a line on the screen tells how long it will take."""
    from joblib import Parallel, delayed

    if not cases:
        return
    began, count = monotonic(), 0
    results = Parallel(n_jobs=-1, return_as="generator_unordered")(delayed(tell)(function, case) for case in cases)
    try:
        for count, found in enumerate(results, 1):
            say(f"{before + count} of {before + len(cases)} done, {left(monotonic() - began, count, len(cases))} left")
            yield found
    except KeyboardInterrupt:
        say(f"stopped: {before + count} of {before + len(cases)} are in {path}, and the same call goes on from there")
        raise
    finally:
        results.close()
        print()


def tell(function: Callable, case: Any) -> tuple[Any, Any]:
    """The case beside its result, for they come in any order."""
    return case, function(case)


def begun(path: Path, recipe: str) -> dict[str, Any]:
    """Results by key that are stored already; what an end in mid-line left behind is cut off, and a new store begun."""
    first = line("recipe", recipe)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
    whole = [text for text in lines if text.endswith("\n")] or [first]
    if whole[0] != first:
        raise ValueError(f"{path} holds results of another recipe, {whole[0].strip()}: delete it, or name another file")
    if whole != lines:
        draft = path.with_name(f".{path.name}.new")
        draft.write_text("".join(whole), encoding="utf-8", newline="\n")
        os.replace(draft, path)
    return {key(case): result for case, result in map(json.loads, whole[1:])}


def key(case: Any) -> str:
    """A case as text; equal cases have equal texts."""
    return json.dumps(case, sort_keys=True)


def line(case: Any, result: Any) -> str:
    """A line of the store."""
    return json.dumps([case, result], ensure_ascii=False) + "\n"


def left(seconds: float, done: int, cases: int) -> str:
    """How long the others will take, when so many took so many seconds, as minutes and seconds."""
    minutes, rest = divmod(round(seconds / done * (cases - done)), 60)
    return f"{minutes}:{rest:02}"


def say(sentence: str) -> None:
    """Write over the line on the screen."""
    print(f"\r{sentence:<78}", end="", flush=True)
