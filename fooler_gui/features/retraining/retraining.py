"""The retraining panel: retraining on found images, and its effect on the classifier."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.formats import format_seconds
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.messages import RetrainingFinished, TrainingProgress, Working
from fooler_gui.core.settings import RetrainingSettings
from fooler_gui.core.work_time import retraining_work
from fooler_gui.features.retraining.comparison_table import ComparisonTable
from fooler_gui.records.speeds import Speeds
from fooler_gui.session.found_images import ALL_RUNS, RUN
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.disclosure import Disclosure
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, column_of, fill, heading, row_of
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.time_label import TimeLabel
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_MAIN_SETTINGS = ("steps", "noise", "blanks", "from_start", "guarantee")
_FURTHER_SETTINGS = ("batch_size", "learning_rate", "rng_seed")
_NOTHING_FOUND = "No found images yet. Run the descent first."
_RUN_FOUND_NOTHING = "This run has found no images yet. Run the descent, or choose all runs since the start."
_CANDIDATE_WAITS = "First keep or discard the new classifier."
_NO_CANDIDATE = "There is no new classifier to decide on."
_FOUND_TIP = "A found image is over the threshold though it shows nothing of its label."


class RetrainingPanel(QWidget):
    """Starts and follows a retraining, compares, and asks whether to keep the result. Main thread only.

    Signals:
        retrain_requested: (object, str) `RetrainingSettings`, and which found images, as `session.found_images` names
            them.
        stop_requested: Stop the retraining and keep the present weights.
        keep_requested: Put the new classifier in use.
        discard_requested: Drop the new classifier.
    """

    retrain_requested = Signal(object, str)
    stop_requested = Signal()
    keep_requested = Signal()
    discard_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._lacks_dataset = LabState.STARTING, False
        self._candidate_waiting = False
        self._found = {RUN: 0, ALL_RUNS: 0}
        self._settings = RetrainingSettings()
        self._nothing_found = QuietLabel(_NOTHING_FOUND, self)
        self._nothing_found.setObjectName("nothing_found")
        self._which = {
            RUN: self._make_radio("found_this_run", f"Retrains on the images of the newest run. {_FOUND_TIP}"),
            ALL_RUNS: self._make_radio(
                "found_all_runs",
                "Retrains on the images of every run since the program started whose images and classes are those on "
                f"screen; of very many, the latest, up to a gigabyte. {_FOUND_TIP}",
            ),
        }
        self._which_group = QButtonGroup(self)
        for radio in self._which.values():
            self._which_group.addButton(radio)
        self._which[RUN].setChecked(True)
        self._main_form = SettingForm(self._settings, _MAIN_SETTINGS, self)
        self._further_form = SettingForm(self._settings, _FURTHER_SETTINGS, self)
        for form, names in ((self._main_form, _MAIN_SETTINGS), (self._further_form, _FURTHER_SETTINGS)):
            for name in names:
                form.editor(name).setObjectName(f"retraining_{name}")
        self._disclosure = Disclosure(
            "More settings",
            "retraining_disclosure",
            "Batch size, learning rate and random seed of the retraining.",
            self._further_form,
            self,
        )
        self._make_buttons()
        self._time = TimeLabel("retraining_time", self)
        self._speeds = Speeds()
        self._classifier: ClassifierInfo | None = None
        self._train_images = 0
        self._progress = ProgressLine("retraining_progress", "Retraining progress", self)
        self._result = QWidget(self)
        self._table = ComparisonTable(self._result)
        self._stale = QuietLabel("", self._result)
        self._stale.setObjectName("retraining_stale")
        self._compared = ""
        self._lay_out()
        self._show_found_counts()
        self._enable_controls()
        self._connect()

    def set_state(self, state: LabState, *, lacks_dataset: bool = False) -> None:
        """Enables what can be pressed while the lab is in `state`, and perhaps has no dataset."""
        if self._state is LabState.RETRAINING and state is not self._state and self._progress.is_running():
            self._progress.set_idle("The retraining ended early.")
        self._state, self._lacks_dataset = state, lacks_dataset
        self._enable_controls()

    def set_found_counts(self, this_run: int, all_runs: int) -> None:
        """Shows how many images were found by the newest run, and by all runs since the start."""
        self._found = {RUN: this_run, ALL_RUNS: all_runs}
        self._show_found_counts()
        self._enable_controls()

    def set_candidate_waiting(self, waiting: bool) -> None:
        """Sets whether to ask about keeping the new classifier."""
        self._candidate_waiting = waiting
        self._enable_controls()

    def set_speeds(self, speeds: Speeds, classifier: ClassifierInfo | None, train_images: int) -> None:
        """Tells from the measured `speeds` how long retraining will take.

        Args:
            speeds: The measured speeds.
            classifier: The classifier in use, if any.
            train_images: How many training images the dataset in use has.
        """
        self._speeds, self._classifier, self._train_images = speeds, classifier, train_images
        self._show_time()

    def settings(self) -> RetrainingSettings:
        """Returns the retraining settings as they are shown."""
        return self._settings

    def set_settings(self, settings: RetrainingSettings) -> None:
        """Shows the settings of the next retraining."""
        self._settings = settings
        self._main_form.set_value(settings)
        self._further_form.set_value(settings)
        self._show_time()

    def settings_visible(self) -> bool:
        """Returns whether the further settings are shown."""
        return self._disclosure.is_open()

    def set_settings_visible(self, visible: bool) -> None:
        """Shows or hides the further settings."""
        self._disclosure.set_open(visible)

    def result(self) -> QWidget:
        """Returns the part with the comparison and the choice of classifier."""
        return self._result

    def start_retraining(self) -> None:
        """Clears the last result for a new retraining."""
        self._result.hide()
        self._progress.set_progress(None, "Starting the retraining.")

    def set_latest(self, latest: Working | TrainingProgress) -> None:
        """Shows the progress of the retraining, including the work before and after the training itself."""
        if isinstance(latest, Working):
            self._progress.set_progress(latest.fraction, latest.sentence)
        else:
            self._progress.show_training(latest)

    def set_finished(self, finished: RetrainingFinished, before: str) -> None:
        """Shows how the retraining ended, and compares the former classifier, called `before`, with the new one."""
        steps, time = f"{finished.steps:,} steps", format_seconds(finished.seconds)
        done = f"Stopped after {steps}, {time}." if finished.stopped else f"Retrained {steps} in {time}."
        self._progress.set_idle(f"{done}\nFound images added: {finished.found_images:,}.")
        self._table.set_values(finished.before, finished.after)
        self._compared = f"{before} and {finished.candidate.name}"
        self._result.show()

    def set_in_use(self, other: str) -> None:
        """Says that the classifier in use, `other`, is neither of the compared ones; "" if it is."""
        self._stale.setText(f"This compares {self._compared}; {other} is in use." if other else "")
        self._stale.setVisible(bool(other))

    def _make_radio(self, name: str, tip: str) -> QRadioButton:
        radio = QRadioButton(self)
        radio.setObjectName(name)
        radio.setToolTip(paragraphs(tip))
        return radio

    def _make_buttons(self) -> None:
        self._retrain = ActionButton(
            "Retrain",
            "retrain_button",
            "Trains the classifier further with the found images added, labelled as no class in particular.",
            icon_name="retrain",
            parent=self,
        )
        self._stop = ActionButton(
            "Stop",
            "stop_retraining_button",
            "Stops the retraining after the present batch and compares the result so far.",
            icon_name="stop",
            parent=self,
        )
        self._keep = ActionButton(
            "Keep the new classifier",
            "keep_button",
            "Puts the new classifier in use. The present one remains available as the former.",
            parent=self,
        )
        self._discard = ActionButton(
            "Discard it", "discard_button", "Drops the new classifier; the present one stays in use.", parent=self
        )

    def _lay_out(self) -> None:
        label_width = max(self._main_form.label_width(), self._further_form.label_width())
        for form in (self._main_form, self._further_form):
            form.set_label_width(label_width)
        column_of(self._stale, self._table, row_of(fill(self._keep, 2), fill(self._discard)), on=self._result)
        self._result.hide()
        column_of(
            heading("Found images"),
            self._nothing_found,
            *self._which.values(),
            self._main_form,
            self._disclosure,
            row_of(fill(self._retrain, 2), fill(self._stop)),
            self._time,
            self._progress,
            self._result,
            STRETCH,
            on=self,
            margins=SPACING,
        )

    def _connect(self) -> None:
        self._which_group.buttonClicked.connect(self._enable_controls)
        self._main_form.changed.connect(self.set_settings)
        self._further_form.changed.connect(self.set_settings)
        self._retrain.clicked.connect(self._on_retrain_clicked)
        self._stop.clicked.connect(self.stop_requested)
        self._keep.clicked.connect(self.keep_requested)
        self._discard.clicked.connect(self.discard_requested)

    def _chosen(self) -> str:
        return RUN if self._which[RUN].isChecked() else ALL_RUNS

    def _show_found_counts(self) -> None:
        words = {RUN: "This run", ALL_RUNS: "All runs since the start"}
        any_found = any(self._found.values())
        self._nothing_found.setVisible(not any_found)
        for which, radio in self._which.items():
            radio.setText(f"{words[which]} ({self._found[which]:,})")
            radio.setAccessibleName(f"Found images of: {words[which]}")
            radio.setVisible(any_found)

    def _show_time(self) -> None:
        if self._classifier is not None:
            used = self._classifier
            work = retraining_work(
                self._settings, self._train_images, len(used.label_names), has_guarantee=used.has_guarantee
            )
            self._time.show_times({"Retrain": self._speeds.words(work, used.operations)})

    def _enable_controls(self) -> None:
        now = why_not_now(self._state)
        no_dataset = why_not_now(self._state, lacks_dataset=self._lacks_dataset)
        nothing = "" if self._found[self._chosen()] else _NOTHING_FOUND
        if nothing and self._found[ALL_RUNS]:
            nothing = _RUN_FOUND_NOTHING
        waiting = _CANDIDATE_WAITS if self._candidate_waiting else ""
        set_disabled_because(self._retrain, no_dataset or waiting or nothing)
        idle = self._state is not LabState.RETRAINING
        set_disabled_because(self._stop, "No retraining is running." if idle else "")
        for button in (self._keep, self._discard):
            set_disabled_because(button, now or ("" if self._candidate_waiting else _NO_CANDIDATE))

    def _on_retrain_clicked(self) -> None:
        self.retrain_requested.emit(self._settings, self._chosen())
