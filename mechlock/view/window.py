"""The interactive window."""

from __future__ import annotations

from mechlock.view import scene as scenes
from mechlock.view.loading import Loaded


def show(loaded: Loaded, case: str | None, quantity: str, mode: int | None) -> None:
    """Open a window on the first result (or the parts) and wait until it is closed.

    Raises
    ------
    MissingExtra
        When nothing can be rendered here.
    """
    if not loaded.results:
        with scenes.plotter(loaded.parts_style, off_screen=False) as drawn:
            scenes.finish(drawn, loaded.parts_style, scenes.draw_parts(drawn, loaded.parts, loaded.title).heading)
            drawn.show()
        return
    modal = mode is not None or not any(result.cases for result in loaded.results)
    prepared = scenes.scene(loaded.result_with_modes() if modal else loaded.result_with(case))
    with scenes.plotter(prepared.style, off_screen=False) as drawn:
        if modal:
            shown = scenes.draw_mode(drawn, prepared, mode or 1)
        else:
            shown = scenes.draw_field(drawn, prepared, prepared.result.case(case), quantity)
        scenes.finish(drawn, prepared.style, shown.heading)
        drawn.show()
