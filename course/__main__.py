"""The command `course`: start the lessons, build them, grade a class, measure the engine, print the evidence."""

import argparse
import socket
import sys
from importlib import import_module
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; what goes wrong is a sentence on standard error and the exit code 2."""
    chosen = understood(arguments)
    try:
        chosen.run(chosen)
    except ModuleNotFoundError as missing:
        return refuse(f"'course {chosen.command}' needs the package {missing.name}; in a copy of the course, "
                      f"{sys.executable} -m pip install -e '.[{chosen.extra}]' brings it")
    except (ValueError, OSError) as problem:
        return refuse(str(problem))
    except KeyboardInterrupt:
        return 130
    return 0


def commands() -> argparse.ArgumentParser:
    """The subcommands; each imports its tools only when it is run."""
    parser = argparse.ArgumentParser(prog="course", description="Architecture patterns of AI systems, in notebooks.")
    add = parser.add_subparsers(dest="command", required=True, metavar="COMMAND").add_parser
    command = add("lab", help="open the lessons in JupyterLab; takes its options too")
    command.add_argument("--port", type=int, help="the port to listen on; else the first free one from 8888")
    command.add_argument("--folder", type=Path, help="the folder of the lessons; else the one of this course")
    command.set_defaults(run=lab, extra="lab")
    command = add("build", help="make the notebooks from the scripts in solutions/")
    command.add_argument("names", nargs="*", metavar="NAME", help="a lesson, such as 01-monolith; else all")
    command.add_argument("--check", action="store_true", help="write nothing, and fail if a notebook is out of date")
    command.set_defaults(run=build_lessons, extra="test")
    command = add("release", help="pack a lesson for students, without answers")
    command.add_argument("name", metavar="NAME", help="a lesson, such as 01-monolith")
    command.add_argument("--to", type=Path, metavar="FOLDER", default=Path("classroom/handouts"),
                         help="where the zip goes; else classroom/handouts")
    command.set_defaults(run=hand_out, extra="grade")
    command = add("grade", help="grade what a class handed in, and write marks and feedback to classroom/")
    command.add_argument("source", nargs="?", type=Path, metavar="DIR_OR_ZIP",
                         help="what students handed in; else what lies in classroom/submitted")
    command.add_argument("--workers", type=int, help="how many notebooks run side by side; else one for each processor")
    command.add_argument("--again", action="store_true", help="grade anew what has been graded already")
    command.add_argument("--unsafe", action="store_true",
                         help="run submissions without a sandbox: their code can then read and change all your files")
    command.add_argument("--canvas", action="append", default=[], metavar="LESSON=NUMBER",
                         help="Canvas's number of the assignment of a lesson; remembered from then on")
    command.set_defaults(run=grade, extra="grade")
    command = add("bank", help="print what the judges say to known wrong and right answers")
    command.add_argument("items", nargs="*", metavar="ITEM", help="an exercise, such as 1C; else all, in some minutes")
    command.set_defaults(run=bank, extra="test")
    command = add("bench", help="measure the engine against its peers")
    command.add_argument("--quick", action="store_true", help="a few seconds, to see that it works")
    command.add_argument("--grading", metavar="LESSON", help="measure instead what grading a class of 200 costs")
    command.set_defaults(run=bench, extra="bench")
    command = add("claims", help="print what the course claims, with the evidence")
    command.add_argument("--measure", action="store_true", help="compute the evidence anew, and store it, first")
    command.add_argument("--missing", action="store_true", help="compute only what is not stored, and store it, first")
    command.set_defaults(run=claims, extra="lab")
    command = add("choose", help="print which pattern wins in each use case, and where the answer changes")
    command.add_argument("--measure", action="store_true", help="tune all of them anew, and store it, first")
    command.add_argument("--map", action="store_true", help="compute the choice map anew instead, and store it")
    command.set_defaults(run=choose, extra="lab")
    command = add("five", help="print all five patterns on the same requests: times, shares, and bills")
    command.add_argument("--measure", action="store_true", help="measure anew, and store it, first")
    command.set_defaults(run=five, extra="lab")
    return parser


def understood(arguments: list[str] | None) -> argparse.Namespace:
    """What was asked for; options that only JupyterLab knows are kept for it."""
    parser = commands()
    chosen, options = parser.parse_known_args(arguments)
    chosen.options = options
    if options and chosen.command != "lab":
        parser.error(f"unknown option {options[0]}")
    return chosen


def lab(chosen: argparse.Namespace) -> None:
    """Start JupyterLab with the lessons' folder as its root."""
    from jupyterlab.labapp import main as jupyterlab

    options = [] if chosen.port is None else [f"--ServerApp.port={usable(chosen.port)}", "--ServerApp.port_retries=0"]
    jupyterlab([str(lessons(chosen.folder)), *options, *chosen.options])


def lessons(folder: Path | None) -> Path:
    """The given folder, or that of this copy of the course; raises ValueError unless lessons are there."""
    folder = folder or Path(__file__).resolve().parents[1] / "notebooks"
    if not any(folder.glob("**/*.ipynb")):
        raise ValueError(f"there are no lessons in {folder}; download the course with its notebooks, and name their "
                         "folder: course lab --folder notebooks")
    return folder


def usable(port: int) -> int:
    """`port` itself; raises ValueError unless this computer lets us listen on it."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError):
        raise ValueError(f"port {port} cannot be used: another program has it, or it is not free for all; choose "
                         "another, such as course lab --port 8899") from None
    return port


def build_lessons(chosen: argparse.Namespace) -> None:
    """Build the named lessons, or compare them with what would be built."""
    from .build import build, check

    (check if chosen.check else build)(tuple(chosen.names))


def hand_out(chosen: argparse.Namespace) -> None:
    """Pack a lesson for students, and say where it is."""
    from .handout import hand_out as packed

    try:
        print(packed(Path.cwd(), chosen.name, chosen.to))
    except OSError as problem:
        raise ValueError(f"nothing can be written to {chosen.to} ({problem.strerror}): name another folder with --to"
                         ) from problem


def grade(chosen: argparse.Namespace) -> None:
    """Grade what a class handed in."""
    from .grading.whole_class import Wish, grade as whole_class

    whole_class(Path.cwd(), Wish(chosen.source, chosen.workers, chosen.again, chosen.unsafe,
                                 tuple(chosen.canvas)))


def bank(chosen: argparse.Namespace) -> None:
    """Print the kill matrix, which lies with the tests: it is full of answers, and no learner's copy has it."""
    tests = Path(__file__).resolve().parents[1] / "tests"
    if not tests.is_dir():
        raise ValueError("the bank of answers lies in tests/, and is not here: use a full copy of the course")
    sys.path.insert(0, str(tests))
    import_module("bank.matrix").kill_matrix(chosen.items)


def bench(chosen: argparse.Namespace) -> None:
    """Print the tables of the benchmark, of the engine or of grading."""
    if chosen.grading:
        return grading(chosen)
    from .bench import FULL, QUICK, main as measure

    measure(QUICK if chosen.quick else FULL)


def grading(chosen: argparse.Namespace) -> None:
    """Print what grading a class costs."""
    chosen.extra = "grade"
    from . import bench_grading

    bench_grading.main(chosen.grading, bench_grading.QUICK if chosen.quick else bench_grading.FULL)


def claims(chosen: argparse.Namespace) -> None:
    """Print each claim with its evidence."""
    from .choosing.advice import EVERYTHING
    from .claims import complete, measure, print_ledger

    if chosen.measure:
        measure(EVERYTHING)
    elif chosen.missing:
        complete(EVERYTHING)
    print_ledger(EVERYTHING)


def choose(chosen: argparse.Namespace) -> None:
    """Print the answer in each use case, or a new choice map."""
    if chosen.map:
        from .choosing.charting import measure as compute

        return print(compute().told())
    from .choosing.measuring import measure
    from .choosing.winners import stored, told

    print(*map(told, (measure() if chosen.measure else stored()).values()), sep="\n")


def five(chosen: argparse.Namespace) -> None:
    """Print the five default designs side by side."""
    from .five import measure, stored

    table = measure() if chosen.measure else stored()
    print(table.T.to_string(float_format="%.4g", na_rep=""))


def refuse(sentence: str) -> int:
    """Say what is wrong; the exit code."""
    print(f"course: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
