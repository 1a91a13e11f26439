"""`mechlock view RESULT...`: results and parts as a window, a picture, a page or an animation."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from mechlock.cli.output import Common, emit, progress, quantity, replace_file
from mechlock.errors import InputError

if TYPE_CHECKING:
    from mechlock.view.loading import Loaded
    from mechlock.view.picture import Picture


def view(
    *results: Path,
    screenshot: Path | None = None,
    html: Path | None = None,
    animate: Path | None = None,
    case: str | None = None,
    field: str = "von_mises",
    mode: int | None = None,
    section: str | None = None,
    web: Annotated[bool, Parameter(negative="")] = False,
    port: int = 0,
    common: Common = Common(),
) -> int:
    """Look at results: fields (.vtu, .vtkhdf), parts (.stl, .step), the folder of check, solve or build, a model's selectors.

    Example: ``mechlock view results/ --screenshot stress.png --case braking``

    Parameters
    ----------
    results
        Result files or folders; a model file shows which faces of its STEP file the selectors catch, or how the body on its
        mesh can still move (--mode chooses the motion). Without any of the options that write a file, a window opens.
    screenshot
        Write a picture to this PNG file; works without a display.
    html
        Write a page that turns in any browser and fetches nothing.
    animate
        Write an animation to this .gif or .mp4 file: of a mode, or of the load case that --case names.
    case
        Load case; default: the one nearest to its limit, or the first.
    field
        Field to colour by, such as von_mises or displacement.
    mode
        Number of the mode to show instead of a load case.
    section
        Cut the model open at this plane, such as "y=600 mm".
    web
        Serve the page to browsers on this machine until interrupted with Ctrl-C.
    port
        Where to serve it; default: a free port.
    """
    from mechlock.view.loading import load

    if not results:
        raise InputError("there is nothing to look at", mend="name a result file or folder: mechlock view RESULT")
    wanted = _Wanted(case, field, mode, section)
    _check_endings(screenshot, html, animate)
    files: dict[Path, str | bytes] = {}
    payload: dict[str, Any] = {}
    with progress(common) as report:
        report("reading")
        loaded = [load(path) for path in results]
        payload["results"] = [_contents(path, item) for path, item in zip(results, loaded, strict=True)]
        if screenshot is not None:
            report("drawing")
            pictures = [wanted.picture(item) for item in loaded]
            files[screenshot] = _side_by_side(pictures)
            payload.update(screenshot=str(screenshot), title="; ".join(picture.title for picture in pictures))
        if html is not None:
            report("writing the page")
            files[html], payload["html"] = _page(loaded, case), str(html)
        if animate is not None:
            report("animating")
            files[animate], payload["animate"] = wanted.animation(loaded[0], animate.suffix.lower()), str(animate)
        for path, data in files.items():
            replace_file(path, data)
        if not files and not common.json and not web:
            _window(wanted, loaded[0])
    if web:
        _serve(_page(loaded, case), port, common, payload)
        return 0
    emit(common, payload, "\n".join(str(path) for path in files))
    return 0


def _serve(page: str, port: int, common: Common, payload: dict[str, Any]) -> None:
    from mechlock.view.serve import server

    try:
        serving = server(page, port)
    except (OSError, OverflowError) as error:
        raise InputError(f"port {port} cannot be used ({error})", "--port", "leave it out to take a free one") from error
    address = f"http://127.0.0.1:{serving.server_port}/"
    emit(common, {**payload, "address": address}, f"{address} (Ctrl-C ends it)")
    sys.stdout.flush()
    with serving, contextlib.suppress(KeyboardInterrupt):
        serving.serve_forever()


def _check_endings(screenshot: Path | None, html: Path | None, animate: Path | None) -> None:
    from mechlock.view import motion

    for path, endings in ((screenshot, (".png",)), (html, (".html", ".htm")), (animate, motion.SUFFIXES)):
        if path is not None and path.suffix.lower() not in endings:
            raise InputError(f"the file must end in {' or '.join(endings)}", str(path))
    if animate is not None:
        motion.require_encoder(animate.suffix.lower())


class _Wanted:
    """What the options ask to see."""

    def __init__(self, case: str | None, field: str, mode: int | None, section: str | None) -> None:
        self.case, self.field, self.mode, self.section = case, field, mode, section

    def picture(self, loaded: Loaded) -> Picture:
        """Draw it."""
        from mechlock.view.render import field_picture, mode_picture, parts_picture, section_picture
        from mechlock.view.scene import scene

        cut = None if self.section is None else _plane(self.section)
        if loaded.both_sides:
            self._refuse_cut("what selectors catch is")
            from mechlock.view.selected import selected_picture

            return selected_picture(loaded.parts, loaded.title)
        if not loaded.results:
            return parts_picture(loaded.parts, loaded.title, style=loaded.parts_style, cut=cut)
        if self.mode is not None or not any(result.cases for result in loaded.results):
            self._refuse_cut("modes are")
            return mode_picture(scene(loaded.result_with_modes()), self.mode or 1)
        name = self.case or _nearest(loaded)
        prepared = scene(loaded.result_with(name))
        if cut is not None:
            return section_picture(prepared, *cut, name, self.field)
        return field_picture(prepared, name, self.field)

    def _refuse_cut(self, what: str) -> None:
        if self.section is not None:
            raise InputError(f"{what} shown whole", "--section", "leave it out")

    def animation(self, loaded: Loaded, suffix: str) -> bytes:
        """Animate it."""
        from mechlock.view import motion
        from mechlock.view.scene import Style, scene

        if not loaded.results:
            raise InputError("parts have nothing to animate", loaded.title, "name a result with displacements or modes")
        style = Style(size=(960, 680))
        if self.case is None and (self.mode is not None or any(result.modes for result in loaded.results)):
            frames = motion.mode_frames(scene(loaded.result_with_modes(), style), self.mode or 1)
        else:
            frames = motion.case_frames(scene(loaded.result_with(self.case), style), self.case, self.field)
        return motion.encode_animation(frames, suffix)


def _nearest(loaded: Loaded) -> str | None:
    from mechlock.view.pictures import nearest_cases

    known = {name for result in loaded.results for name in result.cases}
    return next((name for name in nearest_cases(loaded.summary) if name in known), None) or next(
        (name for result in loaded.results for name in result.cases), None
    )


def _plane(text: str) -> tuple[Any, float]:
    axis, equals, value = text.partition("=")
    if axis.strip() not in ("x", "y", "z") or not equals:
        raise InputError(f"{text!r} is not a plane", "--section", 'write it as "y=600 mm"')
    return axis.strip(), quantity(value, "length", "--section")


def _side_by_side(pictures: list[Picture]) -> bytes:
    if len(pictures) == 1:
        return pictures[0].data
    from mechlock.view.render import join

    return join(pictures)


def _page(loaded: list[Loaded], case: str | None) -> str:
    from mechlock.view.web import parts_page, results_page

    first = loaded[0]
    if any(item.results for item in loaded):
        return results_page([result for item in loaded for result in item.results], first.title, case or _nearest(first))
    return parts_page([part for item in loaded for part in item.parts], first.title)


def _contents(path: Path, loaded: Loaded) -> dict[str, Any]:
    return {
        "path": str(path),
        "title": loaded.title,
        "cases": {name: sorted(fields) for result in loaded.results for name, fields in result.cases.items()},
        "modes": [
            {"mode": number, "motion": result.motions[number - 1]}
            if result.motions
            else {"mode": number, "frequency_Hz": result.frequency(number)}
            for result in loaded.results
            for number in result.modes
        ],
        "parts": [name for name, _ in loaded.parts],
    }


def _window(wanted: _Wanted, loaded: Loaded) -> None:
    from mechlock.view.window import show

    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise InputError(
            "there is no display to open a window on", mend="write a picture with --screenshot or a page with --html"
        )
    show(loaded, wanted.case or _nearest(loaded), wanted.field, wanted.mode)
