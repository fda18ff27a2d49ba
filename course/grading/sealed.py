"""What of the course a learner's kernel gets to see while it is graded: all but what knows a right answer."""

import os
import shutil
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontManager

from ..data import FOLDERS, PACKAGE

KEPT_BACK = ("grading", "blanks.py", "build.py", "release.py", "lesson.py", "bank", "bench*")
IMPORTED = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "IPython.extensions.storemagic",
            "IPython.core.completerlib", "IPython.core.oinspect", "IPython.core.logger", "tornado.platform.asyncio",
            "matplotlib_inline.backend_inline", "matplotlib.pyplot", "pandas.io.formats.style", "ipywidgets", "simpy",
            "joblib")
BYTECODE = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
PLACE = "sealed"    # where a sandbox shows the folder
START = Path(__file__).with_name("kernel.py")


def seal(folder: Path) -> Path:
    """Fill `folder` with the package, its data, and what starts a kernel; return it, ready to be on a kernel's path."""
    shutil.copytree(PACKAGE, folder / "course", ignore=_kept_back)
    for data in FOLDERS:
        if data.is_dir():
            shutil.copytree(data, folder / "course" / "data_files", dirs_exist_ok=True)
    shutil.copy2(START, folder)
    _copy_fonts(folder / "matplotlib")
    _compile(folder.absolute())
    return folder


def _kept_back(folder, names):
    kept_back = KEPT_BACK if Path(folder) == PACKAGE else ()
    ignored = shutil.ignore_patterns(*kept_back, "__pycache__")(folder, names)
    if Path(folder) == PACKAGE / "checks":
        ignored |= {name for name in names if name != "__init__.py"}
    return ignored


def _copy_fonts(folder):
    """The list of fonts, which every kernel would make anew otherwise: that takes seconds."""
    folder.mkdir()
    fonts = Path(matplotlib.get_cachedir()) / f"fontlist-v{FontManager.__version__}.json"
    if fonts.is_file():
        shutil.copy2(fonts, folder)


def _compile(folder):
    """Bytecode of what lessons import: a kernel may write none, and without any it compiles for seconds."""
    environment = {name: value for name, value in os.environ.items() if name not in BYTECODE}
    if not Path(cache_from_source(matplotlib.__file__)).exists():   # an environment without any, as uv makes it
        environment |= {"PYTHONPATH": str(folder), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
        code = f"import sys; sys.modules['debugpy'] = None; import {', '.join(IMPORTED)}"
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)
        (folder / "bytecode" / PLACE).symlink_to(folder.relative_to(folder.anchor))
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder / "course")], env=environment, check=True)
