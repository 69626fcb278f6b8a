"""``fooler train``: trains a classifier and writes its file."""

from __future__ import annotations

import argparse

from fooler_gui.cli.checks import given_data, new_file
from fooler_gui.cli.option_values import layers_or_none
from fooler_gui.cli.output import Result, facts_in_lines, write_error
from fooler_gui.cli.session import Session, begun_session
from fooler_gui.cli.shared_options import ARTICLE, given_settings
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.formats import format_seconds, format_share
from fooler_gui.core.jobs import Backwork, Train
from fooler_gui.core.messages import TrainingFinished
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_figures import RunFigures
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, no_penalties
from fooler_gui.core.topology import Topology
from fooler_gui.core.topology_size import size_of
from fooler_gui.core.training_presets import TRAINING_PRESETS, presets_for
from fooler_gui.core.work_time import training_work

ATTACK_STEPS = 300
"""How long images are driven to tell how easily the classifier is fooled."""


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used, or the training diverged.
        KeyboardInterrupt: Ctrl-C before the first step was finished.
    """
    conv = layers_or_none("--conv", options.conv)
    dense = layers_or_none("--dense", options.dense)
    path = new_file(options.out, ".keras", overwrite=options.overwrite)
    data = given_data(options)
    control = RunControl()
    with begun_session(data) as session:
        shape = session.lab.dataset.input_shape
        name = options.preset or presets_for(shape)[0]
        if options.preset is None and name != ARTICLE:
            write_error(f"The preset is {name}, which suits images of {' × '.join(map(str, shape))}.")
        preset = TRAINING_PRESETS[name]
        topology = Topology(
            convolutions=preset.topology.convolutions if conv is None else conv,
            dense=preset.topology.dense if dense is None else dense,
            maps=options.maps or preset.topology.maps,
        )
        settings = given_settings(options, preset.settings)
        size = size_of(topology, shape, len(session.lab.dataset.class_names))
        session.tell_time(training_work(settings, len(session.lab.dataset.train_images)), size.operations)
        job = Train(topology=topology, settings=settings, path=str(path))
        finished = session.answer(job, TrainingFinished, control)
        classifier = session.lab.classifier_info
        attacked = {}
        stopped = ""
        if control.stop_requested:
            stopped = f"Stopped after {finished.steps} steps; the weights so far are in {classifier.path}."
        elif options.attack is not None:
            attacked = _attacked(session, classifier, options.attack, settings.rng_seed)
            stopped = "" if attacked else f"Stopped during the attack; the classifier is in {classifier.path}."
    return Result(
        facts={
            "preset": name,
            "test_accuracy": finished.test_accuracy,
            "steps": finished.steps,
            "seconds": finished.seconds,
            "images_per_second": finished.images_per_second,
            "parameters": classifier.parameters,
            "file": classifier.path,
            "sha256": classifier.sha256,
            "stopped": finished.stopped,
            **attacked,
        },
        text=_text(finished, classifier, attacked),
        stopped=stopped,
    )


def _attacked(session: Session, classifier: ClassifierInfo, slots: int, seed: int) -> dict[str, float]:
    """Drives so many images of noise towards each label; returns how many fool and how soon, nothing if stopped."""
    spec = RunSpec(
        classifier=classifier.path,
        labels=tuple(range(len(classifier.label_names))),
        slots=slots,
        rng_seed=seed,
        descent=DescentSettings(max_steps=ATTACK_STEPS),
        coefficients=no_penalties(classifier.recorded_layers),
    )
    control, figures = RunControl.for_descent(spec.coefficients, spec.descent), RunFigures(spec.descent)
    for message in session.perform(Backwork(spec=spec), control, ATTACK_STEPS):
        if isinstance(message, Save):
            figures.add(message)
    return {} if control.stop_requested else figures.figures()


def _text(finished: TrainingFinished, classifier: ClassifierInfo, attacked: dict[str, float]) -> str:
    rate = f"{finished.images_per_second:,.0f} images a second"
    fooling = {}
    if attacked:
        share = f"{attacked['fooling']:,.0f} of {attacked['images']:,.0f} images of noise"
        fooling = {"Fooled": f"by {share}, driven for at most {ATTACK_STEPS} steps"}
    return facts_in_lines(
        {
            "Classifier": f"{classifier.topology}, {classifier.parameters:,} weights",
            "Trained": f"{finished.steps:,} steps in {format_seconds(finished.seconds)}, {rate}",
            "Test accuracy": format_share(finished.test_accuracy, 2),
            **fooling,
            "File": classifier.path,
        }
    )
