"""JupyterLab in a headless browser: what a learner does with keyboard and mouse, for tests and the benchmark."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any
from urllib.request import urlopen

CHROMIUM = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update")
SERVER = ("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--ServerApp.open_browser=False",
          "--ServerApp.allow_root=True", "--IdentityProvider.token=", "--ServerApp.password=",
          "--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly", "--LabApp.news_url=None",
          "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
READY = """() => {
    const shown = window.jupyterapp && window.jupyterapp.shell.currentWidget
    const kernel = shown && shown.sessionContext && shown.sessionContext.session && shown.sessionContext.session.kernel
    return !!kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle' && shown.context.isReady
}"""
SHOW_CELL = """text => {
    const notebook = window.jupyterapp.shell.currentWidget.content
    notebook.activeCellIndex = notebook.widgets.findIndex(cell => cell.model.sharedModel.source.includes(text))
    return notebook.scrollToItem(notebook.activeCellIndex, 'start')
}"""
PICTURE = "document.querySelector('.jupyter-widgets figure img')"
# Milliseconds from the key press until the frame after the new picture has been decoded.
TIME_A_PRESS = """() => new Promise(painted => {
    const before = PICTURE.src
    let pressed
    document.addEventListener('keydown', () => { pressed = performance.now() }, {capture: true, once: true})
    const look = () => {
        const picture = PICTURE
        if (!pressed || !picture || picture.src === before) return requestAnimationFrame(look)
        picture.decode().then(() => requestAnimationFrame(() => painted(performance.now() - pressed)))
    }
    look()
})""".replace("PICTURE", PICTURE)


@contextmanager
def jupyterlab(folder: Path, home: Path) -> Iterator[str]:
    """A server for the lessons in `folder` that knows nobody's settings; its address. Stopped at the end."""
    places = {"HOME": home, "JUPYTER_CONFIG_DIR": home / "config", "JUPYTER_DATA_DIR": home / "data",
              "JUPYTER_RUNTIME_DIR": home / "runtime", "JUPYTERLAB_SETTINGS_DIR": home / "settings",
              "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces", "IPYTHONDIR": home / "ipython"}
    home.mkdir(parents=True, exist_ok=True)
    with open(home / "server.log", "w", encoding="utf-8") as log:
        server = subprocess.Popen([sys.executable, "-m", "jupyterlab", *SERVER, f"--ServerApp.root_dir={folder}"],
                                  env={**os.environ, **{name: str(place) for name, place in places.items()}},
                                  cwd=folder, stdout=log, stderr=log)
        try:
            yield address(server, home)
        finally:
            server.terminate()
            server.wait(30)


def address(server: subprocess.Popen, home: Path, seconds: float = 60) -> str:
    """Where the server answers; raises RuntimeError with the end of its log if it does not."""
    note = home / "runtime" / f"jpserver-{server.pid}.json"
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            url = json.loads(note.read_text(encoding="utf-8"))["url"]
            urlopen(f"{url}api/status", timeout=2).close()
            return url
        except (OSError, ValueError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start: {(home / 'server.log').read_text(encoding='utf-8')[-800:]}")


@contextmanager
def browser_page(picture: Path) -> Iterator[Any]:
    """A page in a fresh browser; what it showed is kept as `picture` when the block fails."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=which("chromium"), args=list(CHROMIUM))
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(60_000)
        try:
            yield page
        except BaseException:
            picture.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=picture)
            raise
        finally:
            chromium.close()


def open_lesson(page: Any, url: str, path: str) -> None:
    """Open a notebook from the file browser, folder by folder, and wait for its kernel."""
    page.goto(f"{url}lab/workspaces/{path.replace('/', '-').removesuffix('.ipynb')}?reset")
    for name in path.split("/"):
        page.locator(".jp-DirListing-item", has_text=name).first.dblclick()
    page.wait_for_function(READY)


def run_all(page: Any) -> None:
    """Run every cell, as the menu does; returns when the last one is done or one has failed."""
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => 0)")


def slider(page: Any, cell: str, label: str) -> Any:
    """The handle of a slider in the output of the cell that contains the text `cell`, ready for the keyboard."""
    page.evaluate(SHOW_CELL, cell)
    page.wait_for_function(f"() => {PICTURE} && {PICTURE}.complete")
    handle = page.locator(".widget-inline-hbox", has_text=label).locator("[role=slider]").first
    handle.focus()
    return handle


def slider_times(page: Any, handle: Any, presses: int = 20) -> list[float]:
    """Milliseconds from each press of the right arrow key to the painted picture."""
    times = []
    for _ in range(presses):
        page.evaluate(f"() => {{ window.painted = ({TIME_A_PRESS})() }}")
        handle.press("ArrowRight")
        times.append(page.evaluate("() => window.painted"))
        page.wait_for_timeout(100)
    return times


def measure_slider(lesson: Path, cell: str, label: str, home: Path) -> list[float]:
    """`slider_times` of a slider in a lesson, in a server and a browser of its own."""
    with jupyterlab(lesson.parent, home) as url, browser_page(home / "failure.png") as page:
        open_lesson(page, url, lesson.name)
        run_all(page)
        return slider_times(page, slider(page, cell, label))


def validate(page: Any) -> str:
    """Press nbgrader's Validate button; the words of its answer."""
    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog")
    dialog.wait_for(timeout=300_000)
    return dialog.inner_text()
