"""Sets a sweep up: the job, what it varies, what all cells share, how cells are done, and the folder."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from fooler_gui.core.errors import LabError
from fooler_gui.core.formats import format_count
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.features.sweeps.options_editor import OptionsEditor
from fooler_gui.features.sweeps.sweep_process import SweepOptions
from fooler_gui.features.sweeps.sweep_words import GOING, title_of, value_text
from fooler_gui.features.sweeps.varied_rows import VariedRows
from fooler_gui.sweeps.grouping import SEED
from fooler_gui.sweeps.job_setup import BACKWORK, BUILT_JOBS, JobSetup
from fooler_gui.sweeps.kept_runs import KeptRuns
from fooler_gui.sweeps.sweep_spec import SweepError, SweepSpec
from fooler_gui.sweeps.sweep_text import source_text
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.breaking import breakable
from fooler_gui.widgets.disclosure import Disclosure
from fooler_gui.widgets.number_fields import ChoiceBox
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill, heading, row_of
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_SEEDS = tuple(range(5))
_WAITS = "What the window shows can be varied once a classifier is ready."
_NOTHING_VARIED = "Vary a setting, or several seeds."
_NEW_FOLDER = "a new one"
_NAME_WIDTH = 163
_LONGEST_VALUE = 300


class SweepSetup(QWidget):
    """Edits a sweep that is not begun. Main thread only.

    Signals:
        changed: Something of the sweep, of how its cells are done or the folder was changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setups: Mapping[str, JobSetup] = {}
        self._opened: SweepSpec | None = None
        self._spec: SweepSpec | None = None
        self._why_none = ""
        self._folder = self._continued = self._going = ""
        self._job = ChoiceBox(self)
        self._job.setObjectName("sweep_job")
        self._job.setAccessibleName("Job")
        self._job.setToolTip(paragraphs("What every cell of the sweep does."))
        self._rows = VariedRows(self)
        self._from_screen = ActionButton(
            "Take from the window",
            "sweep_from_screen",
            "Takes what all cells share from the window, in place of what this sweep has, for a sweep of its own.",
            parent=self,
        )
        self._fixed = QuietLabel("", self)
        self._fixed.setObjectName("sweep_fixed")
        self._fixed.setTextFormat(Qt.TextFormat.PlainText)
        content = QWidget(self)
        column_of(self._fixed, on=content, margins=(3 * SPACING, 0, 0, 0))
        self._disclosure = Disclosure(
            "Fixed",
            "sweep_fixed_heading",
            "What all cells share: what the main window shows, or what the sweep that was begun or opened has.",
            content,
            self,
        )
        self._cells = QLabel(self)
        self._cells.setObjectName("sweep_count")
        self._cells.setWordWrap(True)
        self._cells.setTextFormat(Qt.TextFormat.PlainText)
        self._how = OptionsEditor(self)
        self._folder_name = QLabel(self)
        self._folder_name.setObjectName("sweep_folder")
        self._folder_name.setTextFormat(Qt.TextFormat.PlainText)
        self._choose = ActionButton("Choose…", "choose_sweep_folder", "Chooses the folder of the sweep.", parent=self)
        self._lay_out()
        self._show_jobs()
        self._rows.set_varied({SEED: _SEEDS})
        self._show()
        self._job.activated.connect(self._on_job_chosen)
        self._rows.changed.connect(self._on_changed)
        self._from_screen.clicked.connect(self._on_from_screen)
        self._how.changed.connect(self._on_changed)
        self._choose.clicked.connect(self._on_choose)

    def set_setups(self, setups: Mapping[str, JobSetup]) -> None:
        """Takes the jobs as they are set up in the window, by name."""
        self._setups = setups
        self._show()
        self.changed.emit()

    def open(self, spec: SweepSpec) -> None:
        """Shows the sweep of a file, or one that was begun."""
        self._opened, self._folder = spec, ""
        self._show_jobs()
        self._offer()
        self._rows.set_varied(spec.vary)
        self._on_changed()

    def vary(self, job: str, name: str) -> bool:
        """Sets up a sweep of `job` as it is in the window that varies the option `name` with the values proposed.

        Returns whether the job has that option.
        """
        if job not in self._setups or name not in self._setups[job].offered:
            return False
        if self.job() != job or self._opened is not None:
            self._take_from_window(job)
            self._rows.set_varied({SEED: _SEEDS})
        self._rows.vary(name)
        self._on_changed()
        return True

    def job(self) -> str:
        """Returns the job."""
        return str(self._job.currentData())

    def spec(self) -> SweepSpec:
        """Returns the sweep.

        Raises:
            LabError: It cannot be made as it is set up.
        """
        if self._spec is None:
            raise SweepError(self._why_none)
        return self._spec

    def options(self) -> SweepOptions:
        """Returns how its cells are done.

        Raises:
            LabError: It cannot be made as it is set up, or not so.
        """
        options = self._how.options()
        KeptRuns(keep=options.keep).check(self.spec())
        return options

    def settings(self) -> dict[str, Any]:
        """Returns what is remembered."""
        return self._how.settings()

    def set_settings(self, table: Mapping[str, Any]) -> None:
        """Shows the settings in `table`; bad ones keep their defaults."""
        self._how.set_settings(table)

    def folder(self) -> str:
        """Returns the chosen folder; "" for a new one."""
        return self._folder

    def set_folder(self, folder: str) -> None:
        """Shows the folder; "" for a new one."""
        self._folder = folder
        self._show()

    def set_continued(self, folder: str) -> None:
        """Shows the folder of a sweep that is continued, in place of the chosen one; "" for none."""
        if folder != self._continued:
            self._continued = folder
            self._show()

    def set_going(self, going: bool) -> None:
        """Disables what cannot change while the window's sweep is in progress, or enables it again."""
        self._going = GOING if going else ""
        self._rows.set_disabled_because(self._going)
        self._how.set_disabled_because(self._going)
        for control in (self._job, self._from_screen, self._choose):
            set_disabled_because(control, self._going)

    def _lay_out(self) -> None:
        job, folder = QLabel("Job", self), QLabel("Folder", self)
        job.setBuddy(self._job)
        for label in (job, folder):
            label.setMinimumWidth(self._how.label_width())
        column_of(
            row_of(job, fill(self._job)),
            heading("Varied"),
            self._rows,
            self._disclosure,
            self._from_screen,
            self._cells,
            self._how,
            row_of(folder, fill(self._folder_name), self._choose),
            on=self,
        )

    def _show_jobs(self) -> None:
        jobs = dict(BUILT_JOBS)
        if self._opened is not None:
            jobs.setdefault(self._opened.job, title_of(self._opened.job))
        wanted = self._opened.job if self._opened is not None else (self._job.currentData() or BACKWORK)
        with QSignalBlocker(self._job):
            self._job.clear()
            for name, title in jobs.items():
                self._job.addItem(title, name)
            self._job.setCurrentIndex(max(0, self._job.findData(wanted)))

    def _on_job_chosen(self) -> None:
        self._take_from_window(self.job())
        self._rows.set_varied({SEED: _SEEDS})
        self._on_changed()

    def _on_from_screen(self) -> None:
        self._take_from_window(self.job())
        self._on_changed()

    def _take_from_window(self, job: str) -> None:
        self._opened, self._folder = None, ""
        self._show_jobs()
        self._job.setCurrentIndex(self._job.findData(job))
        self._offer()

    def _on_changed(self) -> None:
        self._show()
        self.changed.emit()

    def _offer(self) -> None:
        setup = self._setups.get(self.job())
        self._rows.set_offered({} if setup is None else setup.offered)

    def _set_spec(self) -> None:
        """Makes the sweep, once at every change, as it may have a million values."""
        try:
            self._spec, self._why_none = self._made(), ""
        except LabError as error:
            self._spec, self._why_none = None, str(error)

    def _made(self) -> SweepSpec:
        varied = self._rows.varied()
        if self._opened is not None:
            fixed = {name: value for name, value in self._opened.fixed.items() if name not in varied}
            return dataclasses.replace(self._opened, fixed=fixed, vary=varied)
        setup = self._setups.get(self.job())
        if setup is None or setup.why_not:
            raise SweepError(_WAITS if setup is None else setup.why_not)
        if not varied:
            raise SweepError(_NOTHING_VARIED)
        fixed = {name: value for name, value in setup.options.items() if name not in varied}
        return SweepSpec(job=setup.job, fixed=fixed, vary=varied, draw={})

    def _show(self) -> None:
        self._offer()
        self._set_spec()
        opened = self._opened
        self._rows.set_drawn("" if opened is None else _drawn_words(opened))
        self._from_screen.setVisible(opened is not None and opened.job in BUILT_JOBS)
        setup = self._setups.get(self.job())
        fixed = opened.fixed if opened is not None else {} if setup is None else setup.options
        lines = [f"{title_of(name)}: {_value_words(value)}" for name, value in fixed.items()]
        varied = self._rows.names()
        lines = [line for line, name in zip(lines, fixed, strict=True) if name not in varied]
        self._fixed.setText(breakable("\n".join(lines)) or "Everything else is as usual.")
        self._cells.setText(breakable(self._count_words()))
        folder = self._continued or self._folder
        name = path_of(folder).name if folder else _NEW_FOLDER
        self._folder_name.setText(self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_WIDTH))
        self._folder_name.setToolTip(paragraphs(folder or "The sweep gets a new folder in your data folder."))

    def _count_words(self) -> str:
        try:
            spec = self.spec()
            self.options()
        except LabError as error:
            return str(error)
        numbers = [len(values) for values in spec.vary.values() if len(values) > 1]
        numbers += [spec.draws] if spec.draw else []
        product = " × ".join(f"{number:,}" for number in numbers)
        cells = format_count(math.prod(numbers), "cell")
        return f"{product} = {cells}" if len(numbers) > 1 else cells

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, "Choose the folder of the sweep")
        dialog.setObjectName("sweep_folder_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._on_folder_chosen)
        dialog.open()

    def _on_folder_chosen(self, folder: str) -> None:
        self.set_folder(text_of(Path(folder)))
        self.changed.emit()


def _drawn_words(spec: SweepSpec) -> str:
    lines = [f"{title_of(name)}: {_shortened(source_text(source, spec.draws))}" for name, source in spec.draw.items()]
    return "\n".join(lines)


def _value_words(value: object) -> str:
    values = value[:_LONGEST_VALUE] if isinstance(value, list | tuple) else [value]
    return _shortened(", ".join(map(value_text, values)))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
