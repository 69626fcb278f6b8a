"""The first five minutes, station by station. What follows is waited for, however fast the machine is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from person import Missed, Person

THEMES = ("light", "dark")
_SLIDER = "reference_cost_coeff_slider"
_FIELD = "reference_cost_coeff"
_SEVEN = ((0.28, 0.24), (0.72, 0.24), (0.44, 0.82))
"""The corners of a drawn 7, as shares of the pad."""
_FEW = "60"
"""Steps of a retraining that is over soon."""
_PIECES = 12
"""Into how many straight moves of the mouse each of its strokes is divided."""


def choose_theme(person: Person, theme: str) -> None:
    """Chooses a theme while the net is loading."""
    person.see("the tour", lambda: person.is_shown("tour_callout"))
    person.command(f"theme {theme}")


def take_the_tour(person: Person) -> None:
    """Does what each of the six steps asks for, and sees the next one come."""
    _see_the_net_load(person)
    _fool_it(person)
    _ask_for_an_opinion(person)
    _change_the_rules(person)
    _mend_it(person)


def begin(person: Person) -> None:
    """The shortest walk: the net loads, is fooled, and is asked about an image."""
    _see_the_net_load(person)
    _fool_it(person)
    _ask_for_an_opinion(person)
    person.click("tour_leave")
    person.see("the tour closed", lambda: not person.is_shown("tour_callout"))


def look_inside(person: Person) -> None:
    """Double-clicks an image."""
    person.move_into(person.slots()[1]["place"])
    person.screen.click(2)
    person.see("what the inspector shows", lambda: person.is_shown("inspector_picture"))
    person.see("nothing being computed", person.is_idle)
    person.photograph("inspector")


def draw_the_start(person: Person) -> None:
    """Draws a 7, sees what the net sees in it, and runs from it."""
    person.click("start_button")
    person.see("the menu of starts", lambda: person.ask("entry", "start_drawing_action"))
    person.photograph("starts")
    person.choose("start_drawing_action")
    person.reach("drawing_pad")
    left, top, width, height = person.ask("widget", "drawing_pad")["place"]
    corners = [(left + x * width, top + y * height) for x, y in _SEVEN]
    person.drag(list(_line(corners)))
    person.see("a 7", lambda: person.text("drawing_sentence").startswith("The net: 7"))
    person.photograph("drawing")
    person.click("use_drawing_button")
    person.see("the pad closed", lambda: not person.is_shown("drawing_pad"))
    _choose_preset(person, "no penalties")
    _run(person)
    assert any(slot["done"] for slot in person.slots()), person.slots()
    person.photograph("from-the-drawing")
    _choose_preset(person, "article")


def see_a_show_piece(person: Person) -> None:
    """Starts a demonstration and reads how it ends."""
    person.click("show_button")
    person.see("the menu of show-pieces", lambda: person.ask("entry", "show_other_action"))
    person.photograph("show-pieces")
    person.choose("show_other_action")
    person.read("caption_text", "Watch the net change its mind")
    person.see("images between", lambda: any(0.2 < slot["probability"] < 0.95 for slot in person.slots()))
    person.photograph("show-piece")
    person.read("caption_text", "Still a 7 to the eye")
    person.photograph("show-piece-ended")
    person.click("caption_close_button")


def turn_a_coefficient(person: Person) -> None:
    """Turns a coefficient by keys during a run, and takes that back."""
    person.click("start_button")
    person.choose("start_noise_action")
    person.bring_forward("Coefficients")
    _begin_run(person)
    person.enter(_FIELD)
    before = _number(person)
    person.screen.key("Up")
    person.see("another coefficient", lambda: _number(person) != before)
    person.photograph("coefficient-turned")
    person.screen.key("Tab", "ctrl+z")
    person.see("the coefficient of before", lambda: _number(person) == before)
    person.see("the end of the run", person.is_idle)
    person.photograph("coefficient-undone")


def export_the_images(person: Person) -> None:
    """Writes the found images to a file."""
    path = Path(person.home, "found.npz")
    person.screen.key("ctrl+shift+e")
    person.see("the file dialog", lambda: person.is_shown("fileNameEdit"))
    person.screen.key("ctrl+a")
    person.screen.type(str(path))
    person.read("fileNameEdit", str(path))
    person.photograph("export")
    person.screen.key("Return")
    person.see("the file", path.is_file)
    person.read("status_sentence", "Wrote ")


def run_from_other_noise(person: Person) -> None:
    """Runs again from other noise."""
    person.screen.key("ctrl+shift+n")
    person.see("a run", lambda: not person.is_idle())
    person.see("its end", person.is_idle)
    person.photograph("other-noise")


def read_the_guide(person: Person) -> None:
    """Opens the guide and searches in it."""
    person.screen.key("F1")
    person.see("the guide", lambda: person.ask("windows")[0].startswith("Guide"))
    person.photograph("guide")
    person.screen.key("ctrl+f")
    person.see("the search", lambda: person.ask("widget", "guide_search")["focus"])
    person.screen.type("reinitialised")
    person.read("guide_found", "pages")
    person.photograph("guide-search")
    person.screen.key("Escape")
    person.see("no search", lambda: not person.is_shown("guide_found"))
    person.screen.key("Escape")
    person.see("the guide closed", lambda: not person.is_shown("guide_page"))


def present(person: Person) -> None:
    """Shows the images on the full screen, and comes back."""
    person.screen.key("F11")
    person.see("images alone", lambda: not person.is_shown("run_toolbar"))
    person.photograph("presentation")
    person.screen.key("Escape")
    person.see("the window", lambda: person.is_shown("run_toolbar"))
    person.photograph("after-the-presentation")


def find_a_command(person: Person) -> None:
    """Finds a command by a part of its name."""
    person.screen.key("ctrl+shift+p")
    person.see("the list of commands", lambda: person.is_shown("command_search"))
    person.screen.type("round")
    person.read("command_search", "round")
    person.photograph("commands")
    person.screen.key("Escape")
    person.see("the list closed", lambda: not person.is_shown("command_search"))


def close(person: Person) -> None:
    """Closes the window: the program ends by itself, with status 0, and leaves no process behind."""
    person.screen.key("ctrl+q")
    status = person.program.wait(timeout=60)
    if status:
        raise Missed(f"an exit status of 0, but {status}")
    try:
        os.killpg(person.program.pid, 0)
    except ProcessLookupError:
        return
    raise Missed("an end of every process that was started")


WALK: tuple[Callable[[Person], None], ...] = (
    take_the_tour, look_inside, draw_the_start, see_a_show_piece, turn_a_coefficient, export_the_images,
    run_from_other_noise, read_the_guide, present, find_a_command, close,
)  # fmt: skip
"""All stations, in order."""


def _see_the_net_load(person: Person) -> None:
    person.see("the tour", lambda: person.is_shown("tour_callout"))
    person.photograph("first-start")
    person.read("tour_title", "Fool it")
    person.see("the net ready", person.is_idle)
    person.photograph("ready")


def _fool_it(person: Person) -> None:
    person.click("run_button")
    person.read("tour_title", "Watch the net become sure")
    person.see("images between", lambda: any(0.3 < slot["probability"] < 0.95 for slot in person.slots()))
    person.photograph("running")
    person.read("tour_title", "Ask for a second opinion")
    images = person.see("the end of the run", lambda: person.is_idle() and person.slots())
    assert all(slot["done"] and slot["label"] == 3 for slot in images), images
    person.photograph("all-are-3")


def _ask_for_an_opinion(person: Person) -> None:
    person.move_into(person.slots()[5]["place"])
    person.screen.click()
    person.read("tour_title", "Change the rules")
    person.read("net_sentence", "The net: 3")
    person.read("net_sentence_beside", "second")
    person.photograph("second-opinion")


def _change_the_rules(person: Person) -> None:
    person.reach(_SLIDER)
    left, top, width, height = person.ask("widget", _SLIDER)["place"]
    before, y = _number(person), top + height // 2
    person.drag([(x, y) for x in range(left + width // 2, left + width)], until=lambda: _number(person) >= 2 * before)
    _run(person)
    person.read("tour_title", "Mend it")
    person.photograph("other-rules")


def _mend_it(person: Person) -> None:
    person.enter("retraining_steps")
    person.screen.key("ctrl+a")
    person.screen.type(_FEW)
    person.screen.key("Tab")
    person.see("few steps", lambda: person.ask("widget", "retraining_steps")["value"] == int(_FEW))
    person.click("retrain_button")
    person.see("training images", lambda: not person.is_idle())
    person.photograph("retraining")
    person.read("tour_title", "You have seen it all")
    person.photograph("retrained")
    person.click("tour_leave")
    person.see("the tour closed", lambda: not person.is_shown("tour_callout"))
    person.click("keep_button")
    person.see("the retrained net in use", lambda: person.ask("windows")[0].startswith("Fooler – retrained"))
    person.see("the net ready", person.is_idle)
    person.photograph("kept")


def _number(person: Person) -> float:
    return float(person.ask("widget", _FIELD)["value"])


def _choose_preset(person: Person, name: str) -> None:
    person.bring_forward("Coefficients")
    person.click("coefficient_preset")
    person.see("the presets", lambda: person.ask("popup"))
    person.screen.type(name[:2])
    person.screen.key("Return")
    person.read("coefficient_preset", name)


def _begin_run(person: Person) -> None:
    """Presses Run and waits for images."""
    person.click("run_button")
    person.see("a run", lambda: not person.is_idle())
    person.see("images", lambda: any(slot["step"] for slot in person.slots()))


def _run(person: Person) -> None:
    _begin_run(person)
    person.see("the end of the run", person.is_idle)


def _line(corners: list[tuple[float, float]]) -> Iterator[tuple[int, int]]:
    """Yields points from corner to corner."""
    for (x, y), (to_x, to_y) in pairwise(corners):
        for piece in range(_PIECES + 1):
            part = piece / _PIECES
            yield round(x + part * (to_x - x)), round(y + part * (to_y - y))
