"""Shows a lesson: its tasks with ticks, and under each a question and what should be found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.features.lessons.lessons import LESSONS, Lesson, Task
from fooler_gui.widgets.disclosure import Disclosure
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, at, column_of, fill, heading, row_of

_OPEN, _DONE = "○", "✓"


class LessonPanel(QWidget):
    """Shows one lesson at a time. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson_panel")
        self._title = heading("")
        self._title.setObjectName("lesson_title")
        self._progress = QuietLabel("Choose a lesson in the Help menu.", self)
        self._progress.setObjectName("lesson_progress")
        self._minutes, self._is_last = 0, False
        self._rows: list[_TaskRow] = []
        self._tasks = column_of(gap=2 * SPACING)
        column_of(self._title, self._progress, self._tasks, STRETCH, on=self, margins=SPACING)

    def show_lesson(self, lesson: Lesson) -> None:
        """Shows `lesson`, nothing of it done."""
        self._title.setText(lesson.title)
        self._minutes, self._is_last = lesson.minutes, lesson == LESSONS[-1]
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = [_TaskRow(number, task, self) for number, task in enumerate(lesson.tasks, start=1)]
        for row in self._rows:
            self._tasks.addWidget(row)
        self.set_done([False] * len(self._rows))

    def set_done(self, done: Sequence[bool]) -> None:
        """Ticks the tasks that are `done`."""
        for row, is_done in zip(self._rows, done, strict=True):
            row.set_done(is_done)
        if all(done):
            after = "This was the last lesson." if self._is_last else "The next lesson is in the Help menu."
            self._progress.setText(f"All done. {after}")
        else:
            self._progress.setText(f"{sum(done)} of {len(done)} done · about {self._minutes} minutes")


class _TaskRow(QWidget):
    """A task, its tick and its question."""

    def __init__(self, number: int, task: Task, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = task.words
        self._sign = QLabel(_OPEN, self)
        self._sign.setObjectName(f"task_{number}_sign")
        self._sign.setFixedWidth(2 * SPACING)
        words = QLabel(task.words, self)
        words.setWordWrap(True)
        question = QuietLabel(task.question, self)
        answer = QuietLabel(task.answer)
        found = Disclosure(
            "What should be found", f"task_{number}_answer", "Think about the question first.", answer, self
        )
        column_of(
            row_of(at(Qt.AlignmentFlag.AlignTop, self._sign), fill(words)),
            row_of(2 * SPACING, fill(column_of(question, found, gap=0))),
            on=self,
            gap=2,
        )

    def set_done(self, is_done: bool) -> None:
        self._sign.setText(_DONE if is_done else _OPEN)
        self._sign.setAccessibleName(f"{'Done' if is_done else 'To do'}: {self._words}")
