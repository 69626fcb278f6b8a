"""The pages of the lab. The feature of a page is imported when it is first shown, so that the window opens sooner."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.shell.pages import Page
from fooler_gui.widgets.vary_offer import VaryOffer


class LabPages:
    """Makes the pages of rounds, guarantee, evaluation, other nets, least change, figures and the guide.

    Args:
        model: The session's model.
        controller: Carries out what the pages request.
        memory: Holds their settings.
        vary: Sets up a sweep of a job that varies one of its options.
    """

    def __init__(
        self,
        model: SessionModel,
        controller: Controller,
        memory: UserSettings,
        vary: Callable[[str, str], object],
    ) -> None:
        self._model, self._controller, self._memory, self._vary = model, controller, memory, vary

    def table(self) -> dict[str, Page]:
        """Returns the pages by name."""
        return {
            "rounds": self._page("Rounds", "rounds", _rounds, job="rounds"),
            "guarantee": self._page("Guarantee", "guarantee", _guarantee, QSize(560, 640)),
            "evaluation": self._page("Evaluation", "evaluation", _evaluation),
            "other_nets": self._page("Other nets", "other-nets", _other_nets),
            "least_change": self._page("Least change", "least-change", _least_change),
            "figures": self._page("Figures", "figures", _figures, QSize(1360, 930)),
            "guide": Page(title="Guide", make=_make_guide, size=QSize(1200, 800)),
        }

    def _page(
        self, title: str, help_page: str, feature: Callable[[], ModuleType], size: QSize = Page.size, job: str = ""
    ) -> Page:
        """Returns the page that `feature`, a module with `make_page` and `remember`, makes.

        Its settings can be varied if they are options of a `job`.
        """

        def make(owner: QWidget) -> QWidget:
            page: QWidget = feature().make_page(owner, self._model, self._controller, self._memory)
            if job:
                VaryOffer(page, job).requested.connect(self._vary)
            return page

        return Page(
            title=title,
            make=make,
            remember=lambda page: feature().remember(page, self._memory),
            help=help_page,
            size=size,
        )


def _rounds() -> ModuleType:
    from fooler_gui.features.rounds import rounds_feature

    return rounds_feature


def _guarantee() -> ModuleType:
    from fooler_gui.features.guarantee import guarantee_feature

    return guarantee_feature


def _evaluation() -> ModuleType:
    from fooler_gui.features.evaluation import evaluation_feature

    return evaluation_feature


def _other_nets() -> ModuleType:
    from fooler_gui.features.other_nets import other_nets_feature

    return other_nets_feature


def _least_change() -> ModuleType:
    from fooler_gui.features.least_change import least_change_feature

    return least_change_feature


def _figures() -> ModuleType:
    from fooler_gui.features.figures import figures_feature

    return figures_feature


def _make_guide(owner: QWidget) -> QWidget:
    from fooler_gui.features.guide.guide import GuidePage

    return GuidePage(owner)
