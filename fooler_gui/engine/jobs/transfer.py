"""Opens classifiers beside the one in use, and asks them all about images: the transfer matrix."""

from __future__ import annotations

from collections.abc import Iterator

from fooler_gui.core.errors import LabError
from fooler_gui.core.jobs import MeasureTransfer, OpenOtherNets
from fooler_gui.core.messages import Message, Remark, TransferMeasured, Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.transfer import Answers, ImageSet, TransferReport
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.evaluation.image_sets import image_set
from fooler_gui.engine.in_use import InUse


def open_other_nets(contents: LabContents, job: OpenOtherNets) -> Iterator[Message]:
    """Opens the classifiers beside the one in use, and tells which are open.

    Raises:
        LabError: There is no classifier in use, or some cannot be used; the others are open all the same.
    """
    before = contents.others.infos
    yield Working(sentence="Opening other nets")
    problems = contents.open_others(job.nets)
    yield from (Remark(sentence=net.doubt) for net in contents.others.infos if net.doubt and net not in before)
    yield contents.others_ready()
    if problems:
        raise LabError(" ".join(problems))


def measure_transfer(contents: LabContents, job: MeasureTransfer, control: RunControl) -> Iterator[Message]:
    """Asks the classifier in use and all others about each set of images; a stop ends it without a result.

    Raises:
        LabError: There is no classifier in use, or images cannot be read or have another shape or other classes.
    """
    present = contents.require_present()
    nets = (present, *contents.others.beside(present))
    sets: list[ImageSet] = []
    answers: list[tuple[Answers, ...]] = []
    for place, source in enumerate(job.sources):
        if control.stop_requested:
            return
        read = image_set(source, present.info)
        yield from (Remark(sentence=f"{read.images.name}: {remark}") for remark in read.remarks)
        yield Working(sentence=f"Asking about {read.images.name}", fraction=place / len(job.sources))
        sets.append(read.images)
        answers.append(tuple(_answers(net, read.images) for net in nets))
    names = max((net.info.class_names for net in nets), key=len)
    report = TransferReport(
        nets=tuple(net.info for net in nets), class_names=names, sets=tuple(sets), answers=tuple(answers)
    )
    yield TransferMeasured(report=report)


def _answers(net: InUse, images: ImageSet) -> Answers:
    return Answers.of(net.classifier.probabilities(images.images), images.labels)
