"""Programs that are copies of each other or are not, and changes that reach one copy later, for exercise 4E."""

import ast

import numpy as np

# Each as Python itself would print it, so that a renamed copy differs from it in names alone.
PROGRAMS = (
    """def total(rows):
    found = {}
    for row in rows:
        found[row.day] = found.get(row.day, 0) + row.cents
    return found
""",
    """def smooth(values, weight):
    level = values[0]
    levels = [level]
    for value in values[1:]:
        level = weight * value + (1 - weight) * level
        levels.append(level)
    return levels
""",
    """def parse(line):
    try:
        name, text = line.split(',')
        return (name.strip(), float(text))
    except ValueError:
        return None
""",
    """def sessions(times, pause):
    count = 1
    for earlier, later in zip(times, times[1:]):
        if later - earlier > pause:
            count = count + 1
    return count
""",
    """def search(keys, wanted):
    low, high = (0, len(keys))
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low
""",
    """def label(amount):
    if amount < 0:
        return 'refund'
    if amount < 1000:
        return 'small'
    return 'large' if amount < 50000 else 'huge'
""",
    """def best(scores, count):
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    chosen = ranked[:count]
    return [name for name, score in chosen if score > 0]
""",
    """def write(path, rows):
    with open(path, 'w') as file:
        for row in rows:
            file.write('%s %d\\n' % (row.user, row.cents))
            file.flush()
""",
    """def overlap(first, second):
    common = set(first) & set(second)
    union = set(first) | set(second)
    return len(common) / len(union)
""",
)
WORDS = ("amber", "birch", "cobalt_blue", "dune", "elm", "fjord_of_the_north", "gorse", "heron", "iris", "jay")
WEEKS = 52
FORGOTTEN = 0.05            # of the changes; the others reach the second copy after two days on average
USUAL, LONG = 2, 30         # days


def renamed(source: str, shift: int = 0) -> str:
    """The program with other names, taken from the words at some place on."""
    tree, place = ast.parse(source), shift % len(WORDS)
    names = dict(zip(own_names(tree), WORDS[place:] + WORDS[:place]))
    for part in ast.walk(tree):
        for field in ("name", "arg", "id"):
            if getattr(part, field, None) in names:
                setattr(part, field, names[getattr(part, field)])
    return ast.unparse(tree) + "\n"


def own_names(tree: ast.AST) -> list[str]:
    """The names that a program gives, in alphabetical order."""
    parts = list(ast.walk(tree))
    return sorted({part.name for part in parts if isinstance(part, ast.FunctionDef)}
                  | {part.arg for part in parts if isinstance(part, ast.arg)}
                  | {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)})


def commented(source: str) -> str:
    """The program with comments and empty lines."""
    return "\n".join(f"{line}    # step {place}\n" for place, line in enumerate(source.splitlines()))


def changed(source: str) -> str:
    """The program with its shortest line twice."""
    short = min((line for line in source.splitlines() if not line.endswith(":")), key=len)
    return source.replace(f"{short}\n", f"{short}\n{short}\n", 1)


def changes(seed: int, weeks: int = WEEKS, slower: float = 1) -> list[list[int]]:
    """One change a week, on day 7, 14, ...: the days on which it reaches the batch copy and the speed copy."""
    rng = np.random.default_rng(seed)
    mean = np.where(rng.random(weeks) < FORGOTTEN, LONG, USUAL * slower)
    later = np.rint(rng.exponential(mean)).astype(int)
    pairs = [(7 * week + 7, 7 * week + 7 + int(days)) for week, days in enumerate(later)]
    return [list(pair if batch_first else pair[::-1]) for pair, batch_first in zip(pairs, rng.random(weeks) < 0.5)]


def apart(pairs: list[list[int]], days: int) -> set[int]:
    """The days, counted from 0, on which a change is in one copy only."""
    return {day for pair in pairs for day in range(min(pair), min(max(pair), days))}
