"""The panel of the cost's coefficients: a row for each, presets, reset, undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from fooler_gui.core.coefficient_presets import (
    ARTICLE,
    DESCENT_OF_PRESETS,
    PRESET_TITLES,
    SCALED,
    coefficient_presets,
)
from fooler_gui.core.formats import format_number
from fooler_gui.core.settings import LAYER_PREFIX, CostCoefficients, DescentSettings
from fooler_gui.core.terms import known_terms
from fooler_gui.features.run.coefficient_row import SHARE_TIP, CoefficientRow
from fooler_gui.features.run.coefficient_undo import CoefficientChange, CoefficientState
from fooler_gui.widgets.debounce import Debounce
from fooler_gui.widgets.panel_layout import (
    LABEL_SIDE,
    SPACING,
    STRETCH,
    QuietLabel,
    VerticalScrollArea,
    column_of,
    empty_grid,
    fill,
    heading,
    row_of,
)
from fooler_gui.widgets.preset_box import PresetBox
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_SESSION_MILLISECONDS = 1000
_PRESET_TIP = (
    "Sets all coefficients at once. Your changes are marked beside their values.",
    "scaled to this net: the costs have the proportions of the article's. Classifiers for which the article's values "
    "are not made begin with it. It is each layer's article value times the mean squared distance between training "
    "images of a class there, over that in the article's net.",
    "strong penalties: the inputs count so much that the images turn black and white. With the article's values the "
    "eye cannot tell penalties from none.",
    "recognisable: images come to show the label, so that other nets see it, too. It also sets objective, steps and "
    "robustness in the Descent panel.",
    "static: what the net takes for the label stays noise to the eye. It sets all that other presets change to the "
    "article's values.",
    "Nguyen 2015: images are bred without gradients or penalties, in 200 generations of 200. It sets steps "
    "and robustness in the Descent panel.",
)
_POINT = "Point at a coefficient to read what more of it will do."
_EFFECT_LINES = 3
_NO_LAYERS = "The recorded layers appear here once a classifier is ready."


class CoefficientsPanel(QWidget):
    """Edits the coefficients of the cost, also during a run. Main thread only.

    Args:
        undo_stack: Gets an entry for each drag, text edit, preset and reset.
        parent: Owner.

    Signals:
        coefficients_changed: (object) The new `CostCoefficients`, at most every 50 ms, also after undo and
            redo; never by `set_coefficients` or `set_recorded_layers`.
        descent_requested: (object) Settings of the descent by name, which a preset or its undo also sets.
    """

    coefficients_changed = Signal(object)
    descent_requested = Signal(object)

    def __init__(self, undo_stack: QUndoStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._undo_stack = undo_stack
        self._layers: tuple[str, ...] = ()
        self._distances: tuple[float, ...] = ()
        self._presets = self._numbers_of_presets()
        self._preset = ARTICLE
        self._rows: dict[str, CoefficientRow] = {}
        self._edits = count()
        self._edit = next(self._edits)
        self._edited_row = ""
        self._edit_timer = QTimer(self)
        self._edit_timer.setSingleShot(True)
        self._edit_timer.setInterval(_SESSION_MILLISECONDS)
        self._debounce = Debounce(self)
        self._numbers = dict(self._presets[ARTICLE])
        self._descent = DescentSettings()
        self._build()
        self._rebuild_rows()
        self._show()
        self._preset_box.preset_requested.connect(self.use_preset)
        self._reset_button.clicked.connect(self._on_reset_all)
        self._edit_timer.timeout.connect(self._on_edit_timeout)
        self._debounce.value_changed.connect(self.coefficients_changed)

    def set_recorded_layers(self, layers: Iterable[str], distances: Sequence[float] = (), note: str = "") -> None:
        """Shows a row for each of `layers`.

        The preset stays, unless it is the one that the former classifier began with: then it is the one that this
        classifier begins with. Changed values of layers in both stay if the preset does; those of terms always stay.
        Undo entries of other layers or presets are removed, because nothing could apply them.

        Args:
            layers: The recorded layers of the classifier in use.
            distances: The mean squared distances in them that the preset *scaled to this net* scales by; () without it.
            note: What to say about the presets; "" for nothing.
        """
        layers, distances = tuple(layers), tuple(distances)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        if (layers, distances) == (self._layers, self._distances):
            return
        has_other_rows, has_other_presets = layers != self._layers, bool(distances) != bool(self._distances)
        if has_other_rows or has_other_presets:
            self._undo_stack.clear()
        self._debounce.cancel()
        self._end_edit()
        former, former_preset = self._presets[self._preset], self._preset
        changed = {name: number for name, number in self._numbers.items() if number != former[name]}
        if self._preset == self._usual_preset():
            self._preset = SCALED if distances else ARTICLE
        self._layers, self._distances = layers, distances
        self._presets = self._numbers_of_presets()
        numbers = self._presets[self._preset]
        stays = self._preset == former_preset
        self._numbers = numbers | {
            name: number
            for name, number in changed.items()
            if name in numbers and (stays or not name.startswith(LAYER_PREFIX))
        }
        if has_other_presets:
            self._preset_box.set_presets({name: PRESET_TITLES[name] for name in self._presets})
        if has_other_rows:
            self._rebuild_rows()
        self._show()

    def coefficients(self) -> CostCoefficients:
        """Returns the coefficients."""
        return CostCoefficients.from_flat(self._numbers, self._layers)

    def set_coefficients(self, coefficients: CostCoefficients) -> None:
        """Shows `coefficients`, without those of layers that the panel does not have, and the nearest preset's name."""
        self._debounce.cancel()
        self._end_edit()
        self._numbers |= {name: number for name, number in coefficients.flat().items() if name in self._numbers}
        self._preset = min(self._presets, key=lambda name: (self._changed_from(name), name != self._preset))
        self._show()

    def set_descent(self, descent: DescentSettings) -> None:
        """Takes `descent` as the present settings, which some presets set, too."""
        if descent != self._descent:
            self._descent = descent
            self._show()

    def change_coefficients(self, coefficients: CostCoefficients, descent: Mapping[str, Any] | None = None) -> None:
        """Changes the values to `coefficients`, of the same layers, as an edit that can be undone.

        Args:
            coefficients: The new values.
            descent: Settings of the descent by name that go with them; None for none.
        """
        self._end_edit()
        self._push(self._preset, coefficients.flat(), descent or {})

    def use_preset(self, preset: str) -> None:
        """Changes the values to those of `preset`, as an edit that can be undone.

        Settings of the descent that the former preset set, and nobody has changed since, become the usual ones again.
        """
        self._end_edit()
        usual = DescentSettings()
        former = DESCENT_OF_PRESETS.get(self._preset, {})
        back = {name: getattr(usual, name) for name, set_to in former.items() if getattr(self._descent, name) == set_to}
        self._push(preset, self._presets[preset], {**back, **DESCENT_OF_PRESETS.get(preset, {})})

    def set_applied(self, text: str) -> None:
        """Shows `text`, such as "Applied at step 37.", at the bottom; "" clears it."""
        self._applied.setText(text)

    def set_shares(self, shares: Mapping[str, float]) -> None:
        """Shows the share of the total cost, 0 to 1, that each coefficient has; none for those not in `shares`."""
        for name, row in self._rows.items():
            row.set_share(shares.get(name))

    def _changed_from(self, preset: str) -> int:
        """Returns how many coefficients and settings of the descent differ from those of `preset`."""
        numbers = self._presets[preset]
        changed = sum(number != numbers[name] for name, number in self._numbers.items())
        return changed + len(self._descent_changes(DESCENT_OF_PRESETS.get(preset, {})))

    def _descent_changes(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Returns those of the `wanted` settings of the descent that differ from the present ones."""
        return {name: value for name, value in wanted.items() if value != getattr(self._descent, name)}

    def _build(self) -> None:
        self._preset_box = PresetBox({name: PRESET_TITLES[name] for name in self._presets})
        self._preset_box.setObjectName("coefficient_preset")
        self._preset_box.setAccessibleName("Preset of the coefficients")
        self._preset_box.setToolTip(paragraphs(*_PRESET_TIP))
        self._reset_button = QPushButton("Reset all")
        self._reset_button.setObjectName("reset_coefficients_button")
        self._reset_button.setAccessibleName("Reset all coefficients")
        self._reset_button.setToolTip(paragraphs("Resets every coefficient to the preset's value."))
        keep_space(self._reset_button)
        preset_label = QLabel("Preset")
        preset_label.setBuddy(self._preset_box)
        self._note = QuietLabel("")
        self._note.setObjectName("coefficients_note")
        self._note.setWordWrap(True)
        self._note.hide()
        self._effect = QuietLabel(_POINT)
        self._effect.setObjectName("coefficient_effect")
        self._effect.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._effect.setFixedHeight(_EFFECT_LINES * self._effect.fontMetrics().lineSpacing())
        self._applied = QuietLabel(" ")
        self._applied.setObjectName("coefficients_applied")
        self._applied.setMinimumHeight(self._applied.sizeHint().height())
        column_of(
            row_of(preset_label, fill(self._preset_box), self._reset_button),
            self._note,
            fill(VerticalScrollArea(self._build_content())),
            self._applied,
            on=self,
            margins=SPACING,
        )

    def _build_content(self) -> QWidget:
        content = QWidget()
        self._grid = empty_grid(gap=SPACING // 2)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(heading("Costs"), 0, 0, 1, 2)
        shares_heading = QuietLabel("share now")
        shares_heading.setToolTip(paragraphs(SHARE_TIP))
        shares_heading.setWordWrap(False)
        shares_heading.setAlignment(LABEL_SIDE)
        self._grid.addWidget(shares_heading, 0, 2, 1, 2)
        gap = len(known_terms()) + 1
        self._grid.setRowMinimumHeight(gap, SPACING // 2)
        self._grid.addWidget(heading("Layers"), gap + 1, 0, 1, -1)
        self._no_layers = QuietLabel(_NO_LAYERS)
        self._first_layer_line = gap + 2
        self._grid.addWidget(self._no_layers, self._first_layer_line, 0, 1, -1)
        column_of(self._grid, self._effect, STRETCH, on=content)
        return content

    def _rebuild_rows(self) -> None:
        for row in self._rows.values():
            row.remove()
        self._rows = {}
        for line, term in enumerate(known_terms().values(), start=1):
            self._rows[term.coefficient_name] = self._make_row(term.coefficient_name, line)
        for line, layer in enumerate(self._layers, start=self._first_layer_line):
            self._rows[LAYER_PREFIX + layer] = self._make_row(LAYER_PREFIX + layer, line)
        self._no_layers.setVisible(not self._layers)

    def _make_row(self, name: str, line: int) -> CoefficientRow:
        row = CoefficientRow(name, self._grid, line, self._grid.parentWidget())
        row.number_changed.connect(lambda number: self._on_row_edited(name, number))
        row.edit_end_requested.connect(self._end_edit)
        row.reset_requested.connect(lambda: self._on_row_reset(name))
        row.effect_requested.connect(lambda: self._effect.setText(row.effect))
        return row

    def _on_row_edited(self, name: str, number: float) -> None:
        if name != self._edited_row:
            self._end_edit()
        self._edited_row = name
        self._push(self._preset, {name: number}, edit=self._edit)
        self._edit_timer.start()

    def _on_row_reset(self, name: str) -> None:
        self._end_edit()
        self._push(self._preset, {name: self._presets[self._preset][name]})

    def _on_reset_all(self) -> None:
        self.use_preset(self._preset)

    def _on_edit_timeout(self) -> None:
        if self._rows[self._edited_row].is_dragged():
            self._edit_timer.start()
        else:
            self._end_edit()

    def _end_edit(self) -> None:
        self._edit = next(self._edits)
        self._edited_row = ""
        self._edit_timer.stop()

    def _push(
        self, preset: str, numbers: dict[str, float], descent: Mapping[str, Any] | None = None, edit: int | None = None
    ) -> None:
        changed = {name: number for name, number in numbers.items() if number != self._numbers[name]}
        set_too = self._descent_changes(descent or {})
        if not changed and not set_too and preset == self._preset:
            return
        before = CoefficientState(
            preset=self._preset,
            numbers={name: self._numbers[name] for name in changed},
            descent={name: getattr(self._descent, name) for name in set_too},
        )
        after = CoefficientState(preset=preset, numbers=changed, descent=set_too)
        change = CoefficientChange(before, after, apply=self._apply, describe=self._describe, edit=edit)
        self._undo_stack.push(change)

    def _apply(self, state: CoefficientState) -> None:
        self._preset = state.preset
        self._numbers |= state.numbers
        self._descent = replace(self._descent, **state.descent)
        self._show()
        if state.descent:
            self.descent_requested.emit(state.descent)
        self._debounce.submit(self.coefficients())

    def _describe(self, before: CoefficientState, after: CoefficientState) -> str:
        if before.preset != after.preset:
            return f"coefficients {PRESET_TITLES[before.preset]} → {PRESET_TITLES[after.preset]}"
        if len(after.numbers) != 1:
            return "reset all coefficients"
        name, number = next(iter(after.numbers.items()))
        former = format_number(before.numbers[name])
        return f"{self._rows[name].title} coefficient {former} → {format_number(number)}"

    def _show(self) -> None:
        preset_numbers = self._presets[self._preset]
        for name, row in self._rows.items():
            row.set_preset_number(preset_numbers[name])
            row.set_number(self._numbers[name])
        is_changed = self._changed_from(self._preset) > 0
        if is_changed:
            self._preset_box.show_other(f"{PRESET_TITLES[self._preset]}, changed")
        else:
            self._preset_box.show_preset(self._preset)
        set_disabled_because(self._reset_button, "" if is_changed else "Nothing differs from the preset.")

    def _usual_preset(self) -> str:
        return SCALED if self._distances else ARTICLE

    def _numbers_of_presets(self) -> dict[str, dict[str, float]]:
        presets = coefficient_presets(self._layers, self._distances)
        return {name: coefficients.flat() for name, coefficients in presets.items()}
