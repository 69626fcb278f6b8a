"""Binds grid, timeline and plots to the run on screen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.lab_state import no_images
from fooler_gui.core.net_words import net_names
from fooler_gui.core.save import Save
from fooler_gui.features.run.batch_grid import BatchGrid
from fooler_gui.features.run.plots import PlotsPanel
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.run_view import RunView
from fooler_gui.widgets.timeline import TimelinePanel


class GridBinding(QObject):
    """Shows the save on screen and the selected slot in the grid, in which slots are selected.

    Args:
        parent: Owner.
        model: The session's model.
        grid: Shows it.
        made_with: Names the classifier that the images were made with, if it is no longer in use.
    """

    def __init__(self, parent: QWidget, model: SessionModel, grid: BatchGrid, made_with: QLabel) -> None:
        super().__init__(parent)
        self._model = model
        self._grid = grid
        self._made_with = made_with
        self._run: RunView | None = None
        self._save: Save | None = None
        self._place = -1
        grid.selection_changed.connect(lambda label, slot: model.select((label, slot)))
        bind(
            self.synchronise, model.state_changed, model.run_changed, model.saves_changed, model.cursor_changed,
            model.selection_changed, model.classifier_changed, model.working_changed,
        )  # fmt: skip

    @Slot()
    def synchronise(self) -> None:
        """Shows the save on screen and the selection, or what is prepared; notes what was reinitialised in between."""
        model, run, grid = self._model, self._model.run, self._grid
        save = model.shown
        if model.preparing:
            self._save = None
            grid.clear(f"Preparing the run.\n{model.preparing} …")
        elif run is None or save is None:
            grid.clear(no_images(model.state))
        else:
            if run is not self._run:
                self._run, self._place = run, -1
                grid.set_class_names(run.classifier.class_names)
                grid.set_net_names(net_names(run.spec))
            if save is not self._save:
                self._show(run, save)
            if run.selected is not None and run.selected != grid.selected():
                grid.set_selected(*run.selected)
        follows = run is not None and run.cursor is None
        grid.set_slot_actions_enabled(
            model.run_is_active and model.starting is None and follows, takes_starts=not model.run_is_active
        )
        self._show_made_with()

    def _show(self, run: RunView, save: Save) -> None:
        self._save = save
        if run.cursor is None:
            for passed in run.saves.since(self._place)[:-1]:
                if passed.reinitialised.any():
                    self._grid.note_reinitialised(passed)
        self._place = len(run.saves) - 1
        self._grid.show_save(save)

    def _show_made_with(self) -> None:
        model = self._model
        is_of_another = model.run_is_of_another
        if is_of_another and model.run is not None and model.classifier is not None:
            self._made_with.setText(
                f"These images and numbers are from {model.run.classifier.name}; {model.classifier.name} is in use."
            )
        self._made_with.setVisible(is_of_another)


class TimelineBinding(QObject):
    """Shows the saves of the run on screen in the timeline, which chooses the one on screen.

    Args:
        parent: Owner.
        model: The session's model.
        timeline: Shows them.
    """

    def __init__(self, parent: QWidget, model: SessionModel, timeline: TimelinePanel) -> None:
        super().__init__(parent)
        self._model = model
        self._timeline = timeline
        self._run: RunView | None = None
        self._shown = (0, 0)
        self._cursor: int | None = None
        timeline.place_changed.connect(model.look_at)
        timeline.live_requested.connect(lambda: model.look_at(None))
        bind(
            self.synchronise, model.state_changed, model.run_changed, model.saves_changed, model.cursor_changed
        )  # fmt: skip

    @Slot()
    def synchronise(self) -> None:
        """Shows the saves, and which of them is on screen."""
        run, timeline = self._model.run, self._timeline
        going = self._model.run_is_active and self._model.starting is None
        if run is not None:
            self._show_saves(run, going=going)
        timeline.set_run_going(going)
        if run is not None and run.cursor != self._cursor:
            self._cursor = run.cursor
            if run.cursor is None:
                timeline.go_live()
            elif run.cursor != timeline.place():
                timeline.set_place(run.cursor)

    def _show_saves(self, run: RunView, *, going: bool) -> None:
        saves, timeline = run.saves, self._timeline
        if run is not self._run:
            self._run, self._shown, self._cursor = run, (0, 0), None
            timeline.clear("")
            timeline.set_run_going(going)
        there = len(saves), len(run.marks)
        if there == self._shown:
            return
        first, marked = self._shown
        self._shown = there
        if going and there[0] > first:
            changes = [(saves.place_from(mark.step), mark.text) for mark in run.marks[marked:]]
            timeline.add_saves(saves.steps[first:], saves.reinitialised[first:], changes)
        else:
            changes = [(saves.place_from(mark.step), mark.text) for mark in run.marks]
            timeline.set_index(saves.steps, saves.reinitialised, changes)


class PlotsBinding(QObject):
    """Shows the numbers of the run on screen in the plots, with the cursor.

    Args:
        parent: Owner.
        model: The session's model.
        plots: Show them.
    """

    def __init__(self, parent: QWidget, model: SessionModel, plots: PlotsPanel) -> None:
        super().__init__(parent)
        self._model = model
        self._plots = plots
        self._run: RunView | None = None
        bind(self.synchronise, model.run_changed, model.saves_changed, model.cursor_changed)

    @Slot()
    def synchronise(self) -> None:
        """Shows the numbers, marks and cursor."""
        run, plots = self._model.run, self._plots
        if run is None:
            return
        if run is not self._run:
            self._run = run
            plots.show_run(run.series, run.classifier.class_names, run.references)
        plots.refresh()
        plots.set_marks(run.marks)
        shown = None if run.cursor is None else run.shown
        plots.set_cursor(None if shown is None else shown.step)
