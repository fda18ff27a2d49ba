"""The command `course`: start the lessons, build them, measure the engine, print the evidence."""

import argparse
import socket
import sys
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
    command = add("bench", help="measure the engine against its peers")
    command.add_argument("--quick", action="store_true", help="a few seconds, to see that it works")
    command.set_defaults(run=bench, extra="bench")
    command = add("claims", help="print what the course claims, with the evidence")
    command.set_defaults(run=claims, extra="lab")
    command = add("five", help="print all five patterns on the same requests: times, shares, and bills")
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


def bench(chosen: argparse.Namespace) -> None:
    """Print the tables of the benchmark."""
    from .bench import FULL, QUICK, main as measure

    measure(QUICK if chosen.quick else FULL)


def claims(chosen: argparse.Namespace) -> None:
    """Print each claim with its evidence."""
    from .claims import print_ledger

    print_ledger()


def five(chosen: argparse.Namespace) -> None:
    """Print the five default designs side by side."""
    from .five import side_by_side

    print(side_by_side().T.to_string(float_format="%.4g", na_rep=""))


def refuse(sentence: str) -> int:
    """Say what is wrong; the exit code."""
    print(f"course: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
