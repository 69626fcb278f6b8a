"""The training panel: the classifier in use, and training a new one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.formats import format_seconds, format_share
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.messages import TrainingFinished, TrainingProgress
from fooler_gui.core.settings import SettingError, TrainingSettings
from fooler_gui.core.topology import Topology
from fooler_gui.core.topology_size import size_of
from fooler_gui.core.training_presets import TRAINING_PRESETS, preset_of, presets_for
from fooler_gui.core.work_time import training_work
from fooler_gui.features.training.classifier_box import ClassifierBox
from fooler_gui.features.training.topology_editor import TopologyEditor
from fooler_gui.records.speeds import Speeds
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.disclosure import Disclosure
from fooler_gui.widgets.panel_layout import (
    LABEL_SIDE,
    SPACING,
    STRETCH,
    QuietLabel,
    column_of,
    form_of,
    heading,
    row_of,
    separator_line,
)
from fooler_gui.widgets.preset_box import PresetBox
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.time_label import TimeLabel
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

if TYPE_CHECKING:
    from fooler_gui.features.training.training_plot import TrainingPlot

_OWN = "own"
_FURTHER_SETTINGS = ("batch_size", "learning_rate", "validation_images", "initialisation", "rng_seed")
_DIGITS = (28, 28, 1)
_TEN = 10
_IDLE = "Train starts from new weights; Continue starts from those of the classifier in use."


class TrainingPanel(QWidget):
    """Shows the classifier in use, and trains one. Main thread only.

    Signals:
        open_requested: (str) The path of a classifier to put in use.
        save_requested: (str) The path to write the classifier in use to.
        use_former_requested: Put the former classifier back in use.
        layers_requested: Show the layers that the classifier in use can record.
        input_range_requested: (str) Give the classifier in use pixels in this range; "" for the proposed one.
        output_requested: (str) Open the classifier with this one of its outputs.
        train_requested: (object, object) A `Topology` and `TrainingSettings`.
        continue_requested: (object) `TrainingSettings`.
        stop_requested: Stop the training and keep the present weights.
    """

    open_requested = Signal(str)
    save_requested = Signal(str)
    use_former_requested = Signal()
    layers_requested = Signal()
    input_range_requested = Signal(str)
    output_requested = Signal(str)
    train_requested = Signal(object, object)
    continue_requested = Signal(object)
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._lacks_dataset = LabState.STARTING, False
        self._settings = TrainingSettings()
        self._classifier_box = ClassifierBox(self)
        self._shape, self._classes, self._train_images = _DIGITS, _TEN, 0
        self._preset = PresetBox({}, self)
        self._preset.setObjectName("training_preset")
        self._preset.setAccessibleName("Training preset")
        self._offer_presets()
        self._built = QuietLabel("", self)
        self._built.setObjectName("training_built")
        self._speeds, self._operations, self._operations_in_use = Speeds(), 0, 0
        self._time = TimeLabel("training_time", self)
        self._steps_form = SettingForm(self._settings, ("steps",), self)
        self._further_form = SettingForm(self._settings, _FURTHER_SETTINGS, self)
        for form, names in ((self._steps_form, ("steps",)), (self._further_form, _FURTHER_SETTINGS)):
            for name in names:
                form.editor(name).setObjectName(f"training_{name}")
        self._topology_editor = TopologyEditor(self)
        self._misfit = ""
        self._disclosure = self._make_disclosure()
        self._train, self._stop, self._continue = self._make_buttons()
        self._progress = ProgressLine("training_progress", "Training progress", self)
        self._progress.set_idle(_IDLE)
        self._lay_out()
        self._show_preset()
        self._enable_buttons()
        self._connect()

    def set_classifier(self, info: ClassifierInfo | None, former: ClassifierInfo | None) -> None:
        """Shows the classifier in use, if any, and offers the former one, if any."""
        self._classifier_box.set_classifier(info, former)
        self._operations_in_use = 0 if info is None else info.operations
        self._show_time()

    def set_speeds(self, speeds: Speeds) -> None:
        """Tells from the measured `speeds` how long a training will take."""
        self._speeds = speeds
        self._show_time()

    def set_dataset(self, dataset: DatasetInfo | None) -> None:
        """Offers what suits the images and classes of `dataset`, MNIST's if None; own layers and settings stay."""
        shape = _DIGITS if dataset is None else dataset.image_shape
        classes = _TEN if dataset is None else len(dataset.class_names)
        self._train_images = 0 if dataset is None else sum(dataset.train)
        self._lacks_dataset = dataset is not None and not dataset.has_images
        self._enable_buttons()
        self._show_time()
        if (shape, classes) == (self._shape, self._classes):
            return
        self._shape, self._classes = shape, classes
        self._offer_presets()
        shown, offered = preset_of(self.topology(), self._settings), presets_for(shape)
        if shown and shown not in offered:
            self._on_preset_chosen(offered[0])
        else:
            self._show_preset()

    def set_state(self, state: LabState) -> None:
        """Enables what can be pressed while the lab is in `state`."""
        if self._state is LabState.TRAINING and state is not self._state and self._progress.is_running():
            self._progress.set_idle("The training ended early.")
        self._state = state
        self._classifier_box.set_state(state)
        self._enable_buttons()

    def ask_what_to_open(self) -> None:
        """Asks for the file of a classifier to put in use."""
        self._classifier_box.ask_what_to_open()

    def ask_which_output(self, outputs: Sequence[str]) -> None:
        """Asks which of several outputs of a classifier to use."""
        self._classifier_box.ask_which_output(outputs)

    def ask_where_to_save(self) -> None:
        """Asks for the file to write the classifier in use to."""
        self._classifier_box.ask_where_to_save()

    def topology(self) -> Topology:
        """Returns the layers as they are shown."""
        return self._topology_editor.topology()

    def settings(self) -> TrainingSettings:
        """Returns the training settings as they are shown."""
        return self._settings

    def set_training(self, topology: Topology, settings: TrainingSettings) -> None:
        """Shows the layers and settings of the next training."""
        self._topology_editor.set_topology(topology)
        self._take_settings(settings)

    def settings_visible(self) -> bool:
        """Returns whether layers and further settings are shown."""
        return self._disclosure.is_open()

    def set_settings_visible(self, visible: bool) -> None:
        """Shows or hides layers and further settings."""
        self._disclosure.set_open(visible)

    @cached_property
    def _plot(self) -> TrainingPlot:
        """The plot of loss and accuracy; pyqtgraph takes time to load, so it comes with the first training."""
        from fooler_gui.features.training.training_plot import TrainingPlot

        plot = TrainingPlot(self)
        self._place_of_plot.addWidget(plot)
        plot.show()  # now, so that it can be scrolled to
        return plot

    def live_plot(self) -> QWidget:
        """Returns the plot of loss and accuracy."""
        return self._plot

    def start_training(self) -> None:
        """Clears the curves for a new training."""
        self._plot.clear()
        self._progress.set_progress(None, "Starting the training.")

    def add_progress(self, progress: list[TrainingProgress]) -> None:
        """Adds points to the curves and shows the progress."""
        self._plot.add(progress)
        if progress:
            self._progress.show_training(progress[-1])

    def set_finished(self, finished: TrainingFinished) -> None:
        """Shows how the training ended."""
        self._plot.redraw()
        steps, time = f"{finished.steps:,} steps", format_seconds(finished.seconds)
        done = f"Stopped after {steps}, {time}; weights kept." if finished.stopped else f"Trained {steps} in {time}."
        self._progress.set_idle(f"{done}\nTest accuracy {format_share(finished.test_accuracy)}.")

    def _make_disclosure(self) -> Disclosure:
        content = QWidget(self)
        column_of(self._topology_editor, self._further_form, on=content)
        tip = "The layers of the classifier to train, and how it is trained."
        return Disclosure("Layers and settings", "training_disclosure", tip, content, self)

    def _make_buttons(self) -> tuple[ActionButton, ActionButton, ActionButton]:
        train = ActionButton(
            "Train",
            "train_button",
            "Trains a new classifier with these layers and puts it in use.",
            icon_name="train",
            parent=self,
        )
        stop = ActionButton(
            "Stop",
            "stop_training_button",
            "Stops the training after the present batch and keeps the weights.",
            icon_name="stop",
            parent=self,
        )
        go_on = ActionButton(
            "Continue",
            "continue_button",
            "Trains the classifier in use for this many more steps; its layers stay as they are.",
            icon_name="run",
            parent=self,
        )
        return train, stop, go_on

    def _lay_out(self) -> None:
        self._place_of_plot = column_of()
        preset_label = QLabel("Preset", self)
        preset_label.setBuddy(self._preset)
        label_width = self._further_form.label_width()
        preset_label.setMinimumWidth(label_width)
        preset_label.setAlignment(LABEL_SIDE)
        for form in (self._steps_form, self._further_form):
            form.set_label_width(label_width)
        column_of(
            self._classifier_box,
            separator_line(self),
            heading("Training"),
            form_of((preset_label, self._preset)),
            self._steps_form,
            self._built,
            self._disclosure,
            row_of(self._train, self._stop, self._continue),
            self._time,
            self._progress,
            self._place_of_plot,
            STRETCH,
            on=self,
            margins=SPACING,
        )

    def _connect(self) -> None:
        self._classifier_box.open_requested.connect(self.open_requested)
        self._classifier_box.save_requested.connect(self.save_requested)
        self._classifier_box.use_former_requested.connect(self.use_former_requested)
        self._classifier_box.layers_requested.connect(self.layers_requested)
        self._classifier_box.input_range_requested.connect(self.input_range_requested)
        self._classifier_box.output_requested.connect(self.output_requested)
        self._preset.preset_requested.connect(self._on_preset_chosen)
        self._steps_form.changed.connect(self._take_settings)
        self._further_form.changed.connect(self._take_settings)
        self._topology_editor.topology_changed.connect(self._show_preset)
        self._train.clicked.connect(self._on_train_clicked)
        self._stop.clicked.connect(self.stop_requested)
        self._continue.clicked.connect(self._on_continue_clicked)

    def _enable_buttons(self) -> None:
        lacks_dataset = self._lacks_dataset
        now = why_not_now(self._state, needs_classifier=False, lacks_dataset=lacks_dataset)
        set_disabled_because(self._train, now or self._misfit)
        set_disabled_because(self._continue, why_not_now(self._state, lacks_dataset=lacks_dataset))
        idle = self._state is not LabState.TRAINING
        set_disabled_because(self._stop, "No training is running." if idle else "")

    def _take_settings(self, settings: TrainingSettings) -> None:
        self._settings = settings
        self._steps_form.set_value(settings)
        self._further_form.set_value(settings)
        self._show_preset()

    def _show_preset(self) -> None:
        """Names the preset of the layers and settings shown, and tells what they build."""
        name = preset_of(self.topology(), self._settings)
        if name in presets_for(self._shape):
            self._preset.show_preset(name)
        else:
            self._preset.show_other(name or _OWN)
        self._show_built()

    def _show_built(self) -> None:
        size = " × ".join(map(str, self._shape))
        try:
            built = size_of(self.topology(), self._shape, self._classes)
        except SettingError as error:
            self._misfit, self._operations = str(error), 0
            self._built.setText(f"For images of {size}. {error}")
        else:
            self._misfit, self._operations = "", built.operations
            self._built.setText(f"{self._classes:,} classes, images of {size}: {built.parameters:,} weights.")
        self._show_time()
        self._enable_buttons()

    def _show_time(self) -> None:
        work = training_work(self._settings, self._train_images)
        nets = {"Train": self._operations, "Continue": self._operations_in_use}
        self._time.show_times({what: self._speeds.words(work, net) for what, net in nets.items() if net})

    def _offer_presets(self) -> None:
        offered = presets_for(self._shape)
        self._preset.set_presets({name: name for name in offered})
        words = [f"{name}: {TRAINING_PRESETS[name].words}." for name in offered]
        self._preset.setToolTip(paragraphs(*words, f"{_OWN}: your own changes."))

    def _on_preset_chosen(self, name: str) -> None:
        preset = TRAINING_PRESETS[name]
        seed = self._settings.rng_seed
        self.set_training(preset.topology, dataclasses.replace(preset.settings, rng_seed=seed))

    def _on_train_clicked(self) -> None:
        self.train_requested.emit(self.topology(), self._settings)

    def _on_continue_clicked(self) -> None:
        self.continue_requested.emit(self._settings)
