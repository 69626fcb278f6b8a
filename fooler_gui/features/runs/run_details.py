"""The details of one recorded run, with its name and notes. Used by the run browser."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QImage, QPalette, QTextCursor
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

from fooler_gui.core.formats import (
    format_bytes,
    format_count,
    format_moment,
    format_probability,
    format_seconds,
    setting_text,
)
from fooler_gui.core.run_differences import further_in_words
from fooler_gui.core.run_spec import BRANCH
from fooler_gui.core.run_summary import IN_PROGRESS, LONGEST_NAME, LONGEST_NOTES, RunSummary, labels_in_words
from fooler_gui.core.sentences import change_sentence
from fooler_gui.core.settings import DescentSettings, method_name
from fooler_gui.core.start_words import start_in_full
from fooler_gui.features.runs.run_table import run_title
from fooler_gui.widgets.breaking import breakable
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, column_of, empty_grid, heading
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.thumbnails import thumbnail_mosaic
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_ACROSS = 4
_NOTES_LINES = 5
_FACTS = {
    "Labels": "The classes that the images are driven towards, and how many images each has.",
    "Found": "How many images of the last save are over the run's threshold.",
    "Probability": "The lowest and the mean correct classification probability in the last save.",
    "Start": "The images before the first step.",
    "Seed": "The random seed of the noise. The same seed gives the same images.",
    "Started": "When the run started.",
    "Duration": "The number of steps, and the time they took without pauses.",
    "Method": "The article's method, or that of the 2016 program.",
    "Settings": "The descent settings at the start that differ from the article's.",
    "Coefficients": "The coefficients at the start.",
    "Changed": "Changes of coefficients and settings during the run, each with the first step that it applied to.",
    "Classifier": "The classifier's file and its layers.",
    "Further classifiers": "The files of the other classifiers of an ensemble, and the weights of their objectives.",
    "Size": "The size of the run on disk.",
    "Id": "Identifies the run, even if its folder is moved.",
    "Folder": "The run's folder.",
}
_WRAPPED = ("Classifier", "Further classifiers", "Folder")
"""Facts with invisible characters at which a line may wrap; they cannot be copied."""
_ID_LETTERS = 12
_MOST_CHANGES = 12


class RunDetails(QWidget):
    """Shows one run; its name and notes can be edited. Main thread only.

    Signals:
        rename_requested: (str, str) The run's folder and its new name.
        notes_changed: (str, str) The run's folder and its new notes.
        run_requested: (str) Show the run with this id, from which this one was branched.
    """

    rename_requested = Signal(str, str)
    notes_changed = Signal(str, str)
    run_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: RunSummary | None = None
        self._saved_notes = ""
        """The notes on disk, as the editor returns them."""
        self._name = QLineEdit(self)
        self._name.setObjectName("run_name")
        self._name.setAccessibleName("Name")
        self._name.setToolTip(paragraphs("The run's name."))
        self._name.setMaxLength(LONGEST_NAME)
        self._sentence = QuietLabel("", self)
        self._sentence.setObjectName("run_sentence")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._picture = PixelPicture(margin=SPACING // 2, parent=self)
        self._picture.setObjectName("run_picture")
        self._labels = {name: self._make_label(name) for name in _FACTS}
        self._facts = {name: self._make_fact(name) for name in _FACTS}
        self._notes = QPlainTextEdit(self)
        self._notes.setObjectName("run_notes")
        self._notes.setAccessibleName("Notes")
        self._notes.setToolTip(paragraphs("Your notes on the run. They are saved when you leave the field."))
        self._notes.setPlaceholderText("What is worth remembering about this run?")
        self._notes.setTabChangesFocus(True)
        self._notes.setAcceptDrops(False)
        self._notes.setFixedHeight(_NOTES_LINES * self.fontMetrics().lineSpacing() + 2 * SPACING)
        self._notes.installEventFilter(self)
        self._notes.textChanged.connect(self._limit_notes)
        self._lay_out()

        self._name.editingFinished.connect(self._on_name_edited)
        self._facts["Start"].linkActivated.connect(self.run_requested)

    def show_run(self, run: RunSummary, name_of: Callable[[str], str | None]) -> None:
        """Shows `run`; a name and notes that are still being typed are kept.

        Args:
            run: The run.
            name_of: Returns the name of the run with an id; None if it is unknown.
        """
        is_other = self._run is None or self._run.folder != run.folder
        if is_other:
            self.commit_edits()
        self._run = run
        if is_other or not self._name.isModified():
            self._name.setText(run.name)
        self._show_notes(run.notes, replace=is_other)
        self._name.setPlaceholderText(run_title(run))
        why_not = "Name and notes can be edited once the run has ended." if run.state == IN_PROGRESS else ""
        for field in (self._name, self._notes):
            set_disabled_because(field, why_not or ("" if run.spec is not None else "The run is damaged."))
        self._sentence.setText(run.sentence)
        picture = thumbnail_mosaic(run.thumbnails, _ACROSS)
        self._picture.set_image(picture)
        self._picture.setVisible(picture != QImage())
        self._picture.setAccessibleName(f"{len(run.thumbnails)} images of the last save")
        texts = _texts(run, name_of)
        for name, label in self._facts.items():
            label.setText(texts.get(name, ""))
            for part in (self._labels[name], label):
                part.setVisible(name in texts)
        self._column.activate()

    def commit_edits(self) -> None:
        """Applies a name and notes that are still being typed."""
        self._on_name_edited()
        if self._run is not None and self._notes.toPlainText() != self._saved_notes:
            self.notes_changed.emit(self._run.folder, self._notes.toPlainText())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Applies the notes when their field loses the focus."""
        if watched is self._notes and event.type() == QEvent.Type.FocusOut:
            self.commit_edits()
        return super().eventFilter(watched, event)

    def _on_name_edited(self) -> None:
        name = self._name.text().strip()
        if self._run is not None and self._name.isModified():
            self._name.setModified(False)
            if name != self._run.name:
                self.rename_requested.emit(self._run.folder, name)

    def _show_notes(self, notes: str, *, replace: bool) -> None:
        written = self._notes.toPlainText()
        if written == notes:
            self._saved_notes = written
        elif replace or written == self._saved_notes:
            self._notes.setPlainText(notes)
            self._saved_notes = self._notes.toPlainText()

    def _limit_notes(self) -> None:
        if self._notes.document().characterCount() > LONGEST_NOTES + 1:
            self._notes.setPlainText(self._notes.toPlainText()[:LONGEST_NOTES])
            self._notes.moveCursor(QTextCursor.MoveOperation.End)

    def _make_label(self, name: str) -> QLabel:
        label = QLabel(name, self)
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        return label

    def _make_fact(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(f"run_fact_{name.lower()}")
        label.setFont(tabular_font(label.font()))
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText if name == "Start" else Qt.TextFormat.PlainText)
        flags = Qt.TextInteractionFlag
        label.setTextInteractionFlags(
            flags.LinksAccessibleByMouse | flags.LinksAccessibleByKeyboard
            if name == "Start"
            else flags.NoTextInteraction
            if name in _WRAPPED
            else flags.TextSelectableByMouse
        )
        label.setToolTip(paragraphs(_FACTS[name]))
        return label

    def _lay_out(self) -> None:
        grid = empty_grid()
        grid.setColumnStretch(1, 1)
        for row, (name, fact) in enumerate(self._facts.items()):
            label = self._labels[name]
            label.setToolTip(fact.toolTip())
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            grid.addWidget(fact, row, 1)
        self._column = column_of(
            self._name, self._sentence, self._picture, heading("Notes"), self._notes, grid, STRETCH, on=self
        )


def _texts(run: RunSummary, name_of: Callable[[str], str | None]) -> dict[str, str]:
    texts = {"Started": format_moment(run.begun), "Size": format_bytes(run.bytes), "Folder": breakable(run.folder)}
    spec = run.spec
    if spec is None:
        return texts
    if not math.isnan(run.lowest):
        texts["Found"] = f"{run.found:,} of {run.images:,}"
        texts["Probability"] = f"lowest {format_probability(run.lowest)} · mean {format_probability(run.mean)}"
    changes = "\n".join(f"step {change.step:,}: {change.text}" for change in run.changes[:_MOST_CHANGES])
    if len(run.changes) > _MOST_CHANGES:
        changes += f"\nand {len(run.changes) - _MOST_CHANGES:,} more"
    slots = f"{format_count(run.slots, 'image')}{' each' if len(run.labels) > 1 else ''}"
    return texts | {
        "Labels": f"{labels_in_words(run.label_names)} · {slots}",
        "Start": _start(run, name_of),
        "Seed": str(spec.rng_seed),
        "Duration": f"{format_count(run.steps, 'step')} · {format_seconds(run.seconds)}",
        "Method": {"article": "the article's", "2016": "2016 program"}.get(method_name(spec.method), "custom"),
        "Settings": _settings(spec.descent),
        "Coefficients": change_sentence(spec.coefficients.flat()),
        **({"References": run.references.words} if run.references else {}),
        **({"Changed": changes} if changes else {}),
        "Classifier": f"{breakable(spec.classifier)}\n{run.topology}",
        **{name: breakable(words) for name, words in further_in_words(spec).items()},
        "Id": run.id[:_ID_LETTERS],
    }


def _start(run: RunSummary, name_of: Callable[[str], str | None]) -> str:
    assert run.spec is not None, "called only for runs with a specification"
    parent = run.parent
    if run.spec.start != BRANCH or parent is None:
        return html.escape(start_in_full(run.spec))
    name = name_of(parent.run)
    if name is None:
        link = f"run {html.escape(parent.run[:_ID_LETTERS])}, which is not listed,"
    else:
        link = f'<a href="{html.escape(parent.run)}">{html.escape(name)}</a>'
    return f"branched from {link} at step {parent.step:,}"


def _settings(descent: DescentSettings) -> str:
    usual = DescentSettings()
    others = [
        _setting(DescentSettings.info(name).label, value, DescentSettings.info(name).unit)
        for name, value in descent.to_dict().items()
        if value != getattr(usual, name)
    ]
    return " · ".join(others) or "the article's"


def _setting(label: str, value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return label if value else f"{label}: off"
    return f"{label} {setting_text(value)} {unit}".strip()
