"""The inspector: what the classifier, its layers and others see in the selected slot, live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.done_words import measure_text, over_what
from fooler_gui.core.formats import format_probability
from fooler_gui.core.inspection import Inspection
from fooler_gui.core.lab_state import NO_CLASSIFIER
from fooler_gui.core.milestones import Milestone
from fooler_gui.core.net_words import by_net_sentence
from fooler_gui.core.save import Save
from fooler_gui.features.inspector.certified_view import CertifiedView
from fooler_gui.features.inspector.inspector_layers import LayersView
from fooler_gui.features.inspector.inspector_milestones import MilestoneTable
from fooler_gui.features.inspector.inspector_opinions import OpinionsView
from fooler_gui.features.inspector.salience_view import PICTURE_MARGIN, PICTURE_PART, REST_PART, SalienceView
from fooler_gui.session.run_series import Numbers
from fooler_gui.widgets.class_bars import ClassBars
from fooler_gui.widgets.debounce import Debounce
from fooler_gui.widgets.disclosure import Disclosure
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, column_of, fill, heading, row_of
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.slot_images import image_from_array
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

NOTHING_SELECTED = "Select an image in the grid to inspect it."
NOT_LOOKED_YET = "Inspecting …"
if TYPE_CHECKING:
    from fooler_gui.features.inspector.slot_plot import SlotPlot

_NUMBERS_MS = 100
"""Numbers that change more often are not legible."""
_LONGEST_NAME_BESIDE = 6
"""With longer class names the bars are below the image."""
_AS_OF_TIP = (
    "Inspecting takes time, so during a run it is done only now and then. The image, its probability, the plot and the "
    "milestones follow every save; the rest is as of the step named here."
)
_BY_NET_TIP = (
    "How sure each net of the ensemble is of the label. The image is done once all are; its probability is the least "
    "of theirs. What follows is by the first one."
)
_SECTIONS = {
    "nearest": (
        "Nearest training images and costs",
        "The label's training image nearest to the image in each recorded layer, and its costs.",
    ),
    "salience": ("Salient features", "Which pixels raise or lower the probability of the label."),
    "guarantee": (
        "Guarantee",
        "How near an image must be to this one for its confidence to be bounded, whatever it shows.",
    ),
    "opinions": ("Second opinion", "What an independent net and the nearest training images see in the image."),
    "milestones": (
        "Milestones",
        "When the label first became the top class and first passed each threshold, and what the image was like then.",
    ),
}


class InspectorPanel(QWidget):
    """Follows one slot of a run. Main thread only. It draws nothing while hidden.

    Call `show_slot` first; history, milestones and inspections then belong to that slot.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector_panel")
        self._made_for: ClassifierInfo | None = None
        self._in_use: ClassifierInfo | None = None
        self._names: tuple[str, ...] = ()
        self._nets: tuple[str, ...] = ()
        self._slot: tuple[int, int] | None = None
        self._save: Save | None = None
        self._inspection: Inspection | None = None
        self._inspection_is_new = False
        self._history = (np.empty(0), np.empty(0))
        self._milestones: Mapping[str, Milestone] = {}
        self._message = QuietLabel(NOTHING_SELECTED, self)
        self._message.setObjectName("inspector_message")
        self._build()
        self._due = Debounce(self, _NUMBERS_MS)

        self._due.value_changed.connect(self._show_numbers)
        self.clear(NOTHING_SELECTED)

    def set_classifiers(self, made_for: ClassifierInfo, in_use: ClassifierInfo | None) -> None:
        """Sets the classifiers that the numbers come from.

        Args:
            made_for: The classifier that the images were made for; source of probability, plot and milestones.
            in_use: The one that inspects them; source of everything else.
        """
        if (made_for, in_use) == (self._made_for, self._in_use):
            return
        self._made_for, self._in_use = made_for, in_use
        self._sections["guarantee"].setVisible(in_use is not None and in_use.has_guarantee)
        self._inspection, self._inspection_is_new = None, True
        self._set_class_names(made_for.class_names if in_use is None else in_use.class_names)

    def set_net_names(self, names: Sequence[str]) -> None:
        """Sets the names of the nets that the images are driven to fool."""
        self._nets = tuple(names)

    def _set_class_names(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        beside = max(map(len, names), default=0) <= _LONGEST_NAME_BESIDE
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._image_and_bars.setDirection(direction)
        self._show_all()

    def show_slot(self, save: Save, label: int, slot: int) -> None:
        """Shows the image of a slot; for another slot or run, clears everything else.

        Args:
            save: The save on screen.
            label: One of the save's labels.
            slot: Its number among the label's slots, from 0.

        Raises:
            ValueError: There is no such slot in the save.
        """
        if label not in save.labels or not 0 <= slot < save.images.shape[1]:
            raise ValueError(f"The slot must be one of the save's; received label {label}, slot {slot}.")
        before = self._save
        goes_on = self._slot == (label, slot) and before is not None and _goes_on(before, save)
        self._save, self._slot = save, (label, slot)
        if not goes_on:
            self._forget()
            self._message.hide()
            self._body.show()
            self._show_all()
        elif self.isVisible():
            self._show_image()
            self._due.submit(None)

    def set_history(self, steps: Numbers, probabilities: Numbers) -> None:
        """Shows the slot's `probabilities` (n,) over its saves at `steps` (n,), which ascend."""
        self._history = (steps, probabilities)
        if self.isVisible():
            self._due.submit(None)

    def set_milestones(self, milestones: Mapping[str, Milestone]) -> None:
        """Shows the milestones that the slot's image has reached, by the names in `core.milestones`."""
        self._milestones = milestones
        if self.isVisible():
            self._milestone_table.set_milestones(milestones)

    def show_inspection(self, inspection: Inspection) -> None:
        """Shows an inspection of the slot; ignores those of other slots."""
        if (inspection.label, inspection.slot) != self._slot:
            return
        first, self._inspection, self._inspection_is_new = self._inspection is None, inspection, True
        if first:
            self._show_all()
        elif self.isVisible():
            self._due.submit(None)

    def clear(self, message: str = NOTHING_SELECTED) -> None:
        """Shows only `message`, which says what to do."""
        self._slot = self._save = None
        self._forget()
        self._body.hide()
        self._message.setText(message)
        self._message.show()

    def salience_settings(self) -> dict[str, Any]:
        """Returns the settings of the salient features as plain values."""
        return self._salience.settings()

    def set_salience_settings(self, settings: Mapping[str, Any]) -> None:
        """Applies `settings` to the salient features; missing or invalid ones get their defaults."""
        self._salience.set_settings(settings)

    def open_sections(self) -> tuple[str, ...]:
        """Returns the open sections: some of "nearest", "salience", "guarantee", "opinions", "milestones"."""
        return tuple(name for name, section in self._sections.items() if section.is_open())

    def set_open_sections(self, names: Iterable[str]) -> None:
        """Opens the sections `names` and closes the others."""
        wanted = set(names)
        for name, section in self._sections.items():
            section.set_open(name in wanted)

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what came while it was hidden."""
        super().showEvent(event)
        self._show_all()

    def _forget(self) -> None:
        """Forgets everything about the slot except its save."""
        self._due.cancel()
        self._inspection, self._inspection_is_new = None, True
        self._history = (np.empty(0), np.empty(0))
        self._milestones = {}

    def _show_all(self) -> None:
        if self._save is not None and self.isVisible():
            self._show_image()
            self._milestone_table.set_milestones(self._milestones)
            self._show_numbers()

    def _show_image(self) -> None:
        self._picture.set_image(image_from_array(self._live_image()))

    def _show_numbers(self) -> None:
        """Shows what need not follow every save."""
        if self._save is None or self._slot is None:
            return
        save, (label, slot) = self._save, self._slot
        place = save.labels.index(label), slot
        self._title.setText(f"{self._name(label)} · slot {slot + 1} of {save.images.shape[1]}")
        over = f" · over {over_what(save)}" if save.done[place] else ""
        pinned = " · pinned" if save.pinned[place] else ""
        probability = format_probability(float(save.probabilities[place]))
        whose = f"made for {self._made_for.name}: " if self._is_of_another and self._made_for is not None else "p "
        if save.activations is not None:
            whose = f"activation {measure_text(save, float(save.activations[place]))}{over} · {whose}"
            over = ""
        self._numbers.setText(f"Step {save.step:,} · {whose}{probability}{over}{pinned}")
        by_net = by_net_sentence(self._nets, save, place)
        self._by_net.setText(by_net)
        self._by_net.setVisible(bool(by_net))
        self._picture.setAccessibleDescription(f"{self._title.text()}. {self._numbers.text()}")
        self._plot.draw(*self._history)
        if self._inspection_is_new:
            self._inspection_is_new = False
            self._show_inspection(label)

    @cached_property
    def _plot(self) -> SlotPlot:
        """The plot of the slot's probability; pyqtgraph takes time to load, so it comes with the first slot."""
        from fooler_gui.features.inspector.slot_plot import SlotPlot

        plot = SlotPlot(self)
        self._place_of_plot.addWidget(plot)
        return plot

    def _show_inspection(self, label: int) -> None:
        inspection = self._inspection
        if inspection is None:
            self._as_of.setText(self._why_no_look(label))
            self._bars.show_classes(self._names, None, label)
            self._layers.blank()
            self._salience.blank()
            self._certified.blank()
            self._opinions.blank()
        else:
            self._as_of.setText(self._words_of(inspection))
            self._bars.show_classes(self._names, inspection.probabilities, label)
            self._layers.set_layers(inspection.layers, inspection.terms)
            self._salience.set_gradient(inspection.image, inspection.gradient)
            if inspection.certified is not None:
                self._certified.set_certified(inspection.certified, float(inspection.probabilities.max()))
            self._opinions.set_opinions(inspection.opinions, label, self._names)
            self._opinions.set_fooled(inspection.fooled)

    @property
    def _is_of_another(self) -> bool:
        """Whether the images were made for another classifier than the one that inspects them."""
        made_for, in_use = self._made_for, self._in_use
        return made_for is not None and in_use is not None and made_for.sha256 != in_use.sha256

    def _why_no_look(self, label: int) -> str:
        in_use = self._in_use
        if in_use is None:
            return NO_CLASSIFIER
        if not self._is_of_another or self._save is None:
            return NOT_LOOKED_YET
        if in_use.takes(self._save.images.shape[2:], label):
            return NOT_LOOKED_YET
        return f"{in_use.name}, in use now, cannot inspect this image: its input shape or its classes differ."

    def _words_of(self, inspection: Inspection) -> str:
        if not self._is_of_another or self._in_use is None:
            return f"Inspected at step {inspection.step:,}."
        probability = format_probability(float(inspection.probabilities[inspection.label]))
        return f"Inspected with {self._in_use.name}, in use now: {probability} at step {inspection.step:,}."

    def _live_image(self) -> FloatArray:
        assert self._save is not None
        assert self._slot is not None
        image: FloatArray = self._save.images[self._save.labels.index(self._slot[0]), self._slot[1]]
        return image

    def _words_at(self, row: int, column: int) -> str:
        values = ", ".join(f"{value:.2f}" for value in self._live_image()[row, column])
        return f"Row {row + 1}, column {column + 1}: {values}"

    def _name(self, label: int) -> str:
        names = self._names if self._made_for is None else self._made_for.class_names
        return class_name(names, label)

    def _build(self) -> None:
        self._title = heading("")
        self._title.setObjectName("inspector_title")
        self._numbers = QLabel(self)
        self._numbers.setObjectName("inspector_numbers")
        self._numbers.setFont(tabular_font(self._numbers.font()))
        self._by_net = QLabel(self)
        self._by_net.setObjectName("inspector_by_net")
        self._by_net.setFont(tabular_font(self._by_net.font()))
        self._by_net.setToolTip(paragraphs(_BY_NET_TIP))
        for label in (self._title, self._numbers, self._by_net):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._picture = PixelPicture(PICTURE_MARGIN, self)
        self._picture.setObjectName("inspector_picture")
        self._picture.setAccessibleName("The image, enlarged")
        self._picture.set_words_at(self._words_at)
        self._bars = ClassBars(self)
        self._image_and_bars = row_of(fill(self._picture, PICTURE_PART), fill(self._bars, REST_PART))
        self._as_of = QuietLabel(NOT_LOOKED_YET, self)
        self._as_of.setObjectName("inspector_as_of")
        self._as_of.setToolTip(paragraphs(_AS_OF_TIP))
        self._place_of_plot = column_of()
        # Without a parent, so that Tab reaches their headings first.
        self._layers, self._salience = LayersView(), SalienceView()
        self._certified, self._opinions, self._milestone_table = CertifiedView(), OpinionsView(), MilestoneTable()
        contents = (self._layers, self._salience, self._certified, self._opinions, self._milestone_table)
        self._sections = {
            name: Disclosure(title, f"inspector_{name}_disclosure", tip, content, self, strong=True)
            for (name, (title, tip)), content in zip(_SECTIONS.items(), contents, strict=True)
        }
        self.set_open_sections(_SECTIONS)
        self._sections["guarantee"].hide()
        self._body = QWidget(self)
        column_of(
            self._title,
            self._numbers,
            self._by_net,
            self._image_and_bars,
            self._as_of,
            heading("Probability over the saves"),
            self._place_of_plot,
            *self._sections.values(),
            on=self._body,
        )
        column_of(self._message, self._body, STRETCH, on=self, margins=SPACING)


def _goes_on(before: Save, save: Save) -> bool:
    """Returns whether `save` may continue the run of the save `before` it."""
    return save.step >= before.step and save.images.shape == before.images.shape and save.labels == before.labels
