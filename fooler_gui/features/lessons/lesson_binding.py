"""Offers the lessons in a menu and ticks their tasks as they are done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, SignalInstance, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from fooler_gui.features.lessons.lesson_panel import LessonPanel
from fooler_gui.features.lessons.lessons import LESSONS, Lesson
from fooler_gui.features.lessons.story import Story
from fooler_gui.session.model import SessionModel


class LessonBinding(QObject):
    """Begins a lesson from the menu and follows it.

    Args:
        parent: Owner.
        model: The session's model.
        menu: Gets an action for each lesson.
        panel: Shows the lesson.
        bring_forward: Shows the panel.
        inspected: The signal that an image on screen is inspected.
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        menu: QMenu,
        panel: LessonPanel,
        bring_forward: Callable[[], object],
        inspected: SignalInstance,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._bring_forward = bring_forward
        self._story = Story(model, self)
        self._lesson: Lesson | None = None
        self._done: list[bool] = []
        self._story.changed.connect(self._tick)
        inspected.connect(self._story.note_inspection)
        for number, lesson in enumerate(LESSONS, start=1):
            action = QAction(f"{number}. {lesson.title}", menu)
            action.setObjectName(f"lesson_{lesson.name}_action")
            action.setToolTip(f"{len(lesson.tasks)} tasks with questions, about {lesson.minutes} minutes")
            action.triggered.connect(lambda _checked, lesson=lesson: self.begin(lesson))
            menu.addAction(action)

    def begin(self, lesson: Lesson) -> None:
        """Shows `lesson` and ticks what is done from now on."""
        self._lesson, self._done = lesson, [False] * len(lesson.tasks)
        self._panel.show_lesson(lesson)
        self._bring_forward()
        self._story.begin()

    @Slot()
    def _tick(self) -> None:
        """Ticks what has been done; a tick stays."""
        if self._lesson is not None:
            self._done = [
                was or task.is_done(self._story) for was, task in zip(self._done, self._lesson.tasks, strict=True)
            ]
            self._panel.set_done(self._done)
