"""Binds the invitation on the empty stage to what the next run starts from."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.class_words import class_name, class_word, classes_word
from fooler_gui.core.ground import draws_on_dark
from fooler_gui.core.lab_state import NO_DATASET, no_images
from fooler_gui.core.run_spec import NOISE, is_made
from fooler_gui.core.sentences import HELD_BACK
from fooler_gui.core.start_words import start_name
from fooler_gui.features.run.starts.invitation import Invitation
from fooler_gui.features.run.starts.start_binding import StartBinding
from fooler_gui.kept_starts import is_kept
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.start_file import StartFile

_NO_TEST_IMAGES = "The dataset in use has no test images."


class InvitationBinding(QObject):
    """Shows the invitation until there are images, and makes its pictures starts.

    Args:
        parent: Owner.
        model: The session's model.
        start_file: Knows the image that the next run starts from.
        starts: Chooses what the next run starts from.
        invitation: Shows it.
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        start_file: StartFile,
        starts: StartBinding,
        invitation: Invitation,
    ) -> None:
        super().__init__(parent)
        self._model, self._start_file, self._starts, self._invitation = model, start_file, starts, invitation
        invitation.noise_requested.connect(self._choose_noise)
        invitation.gallery_requested.connect(starts.open_gallery)
        invitation.drawing_requested.connect(starts.open_drawing)
        bind(self._show, model.state_changed, model.run_changed, model.classifier_changed)
        bind(self.synchronise, starts.shown_changed)

    @Slot()
    def synchronise(self) -> None:
        """Shows what can be chosen, what is chosen, and what will come of it."""
        model, starts, invitation = self._model, self._starts, self._invitation
        others = [image for label, image in enumerate(model.examples) if label not in model.setup.labels]
        example = others[-1] if others else None
        invitation.show_pictures(starts.previews.get(NOISE), example, dark=draws_on_dark(model.examples))
        dataset = model.dataset
        word = "" if dataset is None else class_word(dataset.class_names)
        reason = ""
        if dataset is None or not dataset.has_images:
            reason = NO_DATASET
        elif not any(dataset.test):
            reason = _NO_TEST_IMAGES
        invitation.set_gallery("A digit" if word == "digit" else "A test image", reason)
        choice, image = starts.choice(), self._start_file.image
        if choice and image is not None:
            invitation.show_own(choice, image)
        is_held_back = is_kept(model.setup.start) and model.setup.coefficients.has_penalties
        advice = HELD_BACK if is_held_back else ""
        invitation.show_start(NOISE if model.setup.start == NOISE else choice, self._sentence(), advice)

    @Slot()
    def _show(self) -> None:
        model = self._model
        empty = model.shown is None and model.classifier is not None
        self._invitation.setVisible(empty and not no_images(model.state))

    @Slot()
    def _choose_noise(self) -> None:
        self._model.change_setup(start=NOISE)
        self._model.tell_done(f"The next run starts from {start_name(NOISE)}. Press Space to run.")

    def _sentence(self) -> str:
        model, start = self._model, self._model.setup.start
        what = start_name(start) if is_made(start) else f"“{start_name(start)}”"
        dataset, classifier = model.dataset, model.classifier
        names = classifier.class_names if classifier is not None else dataset.class_names if dataset else ()
        labels = model.setup.labels
        label = class_name(names, labels[0]) if len(labels) == 1 else f"each of {len(labels)} {classes_word(names)}"
        what = f"{what[0].upper()}{what[1:]}"
        return f"{what} will change until the net takes it for {label}.\nPress Space or Run to start."
