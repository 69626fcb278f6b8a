"""``fooler certify``: what a classifier's guarantee promises of all images near some."""

from __future__ import annotations

import argparse

from fooler_gui.cli.checks import given_classifier, given_data, given_file
from fooler_gui.cli.output import Result, table, write_error
from fooler_gui.cli.session import begun_session
from fooler_gui.core.file_kind import OTHERS_IMAGES
from fooler_gui.core.formats import format_count, format_probability, format_seconds
from fooler_gui.core.guarantee import LEVELS, Certificate, distances_in_words, level_text
from fooler_gui.core.jobs import Certify
from fooler_gui.core.messages import Certified
from fooler_gui.data.labelled_images import read_labelled_images

_MOST_ROWS = 50


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used, or the classifier has no guarantee.
        KeyboardInterrupt: Ctrl-C before the images were certified.
    """
    path = given_file("--images", options.images, OTHERS_IMAGES)
    classifier = given_classifier(options)
    data = given_data(options)
    with begun_session(data) as session:
        info = session.open(classifier)
        read = read_labelled_images(path, info.input_shape)
        for remark in read.remarks:
            write_error(remark)
        certificate = session.answer(Certify(images=read.images, radius=options.radius), Certified).certificate
    return Result(facts=certificate.to_dict(), text=_text(certificate))


def _text(certificate: Certificate) -> str:
    levels = [f"r {level_text(level)}" for level in LEVELS]
    header = ("image", "confidence", *levels, f"bound at {certificate.radius:g}", "nearest")
    rows = [
        (
            str(number),
            format_probability(image.confidence),
            *(f"{radius:.2f}" for radius in image.radii),
            format_probability(image.bound),
            "–" if image.nearest is None else f"{image.nearest:.2f}",
        )
        for number, image in enumerate(certificate.images[:_MOST_ROWS], 1)
    ]
    rows.append(("median", "", *(f"{radius:.2f}" for radius in certificate.median_radii), "", ""))
    lines = [table(header, rows)]
    if len(certificate.images) > _MOST_ROWS:
        lines.append(f"The first {_MOST_ROWS} of {len(certificate.images):,} images; --json has all.")
    lines += [
        "No image whatsoever within the Euclidean distance r of one is given a confidence over the share beside r.",
        "Nearest is the Euclidean distance of the nearest training image.",
        "",
        f"{format_count(len(certificate.images), 'image')} certified in {format_seconds(certificate.seconds)}",
    ]
    if certificate.median_share is not None:
        lines.append(f"Median of r {level_text(certificate.least_level)} over nearest: {certificate.median_share:.3f}")
    return "\n".join([*lines, *distances_in_words(certificate.distances)])
