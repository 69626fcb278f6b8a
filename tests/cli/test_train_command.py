from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile

import keras
import numpy as np
import pytest

KEYS = {"test_accuracy", "steps", "seconds", "images_per_second", "parameters", "file"}
TINY = ("--conv", "5x5x2", "--dense", "8", "--validation-images", "100")


def test_training_writes_a_file_that_stock_keras_loads_and_tells_about_it_in_json(fooler, tmp_path):
    path = tmp_path / "own.keras"
    outcome = fooler("train", "--out", path, *TINY, "--steps", 12, "--batch-size", 10, "--json")
    facts = json.loads(outcome.out)
    assert (outcome.code, outcome.err) == (0, "")
    assert facts.keys() >= KEYS
    assert (facts["steps"], facts["file"], facts["stopped"]) == (12, str(path), False)
    network = keras.saving.load_model(path, compile=False)
    assert network.count_params() == facts["parameters"]
    assert 0 <= facts["test_accuracy"] <= 1


def test_an_attack_after_training_tells_how_many_images_fool_and_how_soon(fooler, tmp_path):
    training = ("train", *TINY, "--steps", 100, "--learning-rate", 0.01, "--batch-size", 10)
    facts = json.loads(fooler(*training, "--out", tmp_path / "a.keras", "--attack", 2, "--json").out)
    assert facts["images"] == 20
    assert 0 < facts["fooling"] <= 20
    assert 1 <= facts["steps_to_999"] <= 300
    text = fooler(*training, "--out", tmp_path / "b.keras", "--attack", 2).out
    assert f"by {facts['fooling']:.0f} of 20 images of noise, driven for at most 300 steps" in text
    refused = fooler(*training, "--out", tmp_path / "c.keras", "--attack", 0)
    assert refused.code == 2
    assert "--attack must be a whole number from 1 to 1024; received 0." in refused.err


def test_from_the_second_training_on_the_time_is_told_beforehand(fooler, tmp_path):
    training = ("train", *TINY, "--batch-size", 2, "--steps")
    first = fooler(*training, 100, "--out", tmp_path / "first.keras")
    second = fooler(*training, 1, "--out", tmp_path / "second.keras")
    assert (first.err, second.err) == ("", "This takes a few seconds.\n")


def test_the_text_names_file_and_accuracy(fooler, tmp_path):
    path = tmp_path / "own.keras"
    outcome = fooler("train", "--out", path, *TINY, "--steps", 1, "--batch-size", 10)
    assert outcome.code == 0
    assert str(path) in outcome.out
    assert "Test accuracy" in outcome.out


def test_no_layers_at_all_leave_the_softmax_alone(fooler, tmp_path):
    outcome = fooler(
        "train", "--out", tmp_path / "s.keras", "--conv", "none", "--dense", "none", "--steps", 1, "--json"
    )
    assert json.loads(outcome.out)["parameters"] == 28 * 28 * 10 + 10


def small_colours(tmp_path):
    rng = np.random.default_rng(0)
    labels = np.arange(40, dtype=np.uint8) % 4
    images = (rng.integers(0, 80, (40, 16, 16, 3)) + 40 * labels[:, None, None, None]).astype(np.uint8)
    path = tmp_path / "colours.npz"
    np.savez(path, train_images=images, train_labels=labels, test_images=images, test_labels=labels)
    return path


def test_the_preset_suits_the_dataset_and_is_told(fooler, tmp_path):
    path = tmp_path / "own.keras"
    outcome = fooler(
        "train", "--data", small_colours(tmp_path), "--out", path, "--steps", 2, "--batch-size", 8, "--json"
    )
    facts = json.loads(outcome.out)
    assert (outcome.code, facts["preset"]) == (0, "deep")
    assert "The preset is deep, which suits images of 16 × 16 × 3." in outcome.err
    network = keras.saving.load_model(path, compile=False)
    assert network.get_layer("conv2_norm").moving_variance.shape == (128,)
    record = (tmp_path / "own.training" / "run.toml").read_text(encoding="utf-8")
    assert 'initialisation = "he"' in record


def test_layers_are_normalised_dropped_out_and_averaged_as_asked(fooler, tmp_path):
    path = tmp_path / "own.keras"
    outcome = fooler(
        "train", "--preset", "quick", "--out", path, "--conv", "5x5x2/4,batchnorm,dropout=0.25",
        "--dense", "8,batchnorm",
        "--maps", "average", "--steps", 2, "--batch-size", 8, "--validation-images", 0,
    )  # fmt: skip
    assert outcome.code == 0
    network = keras.saving.load_model(path, compile=False)
    assert [layer.name for layer in network.layers] == [
        "inputs", "conv0_filters", "conv0_norm", "conv0_relu", "conv0", "conv0_dropout", "average", "fc", "fc_norm",
        "fc_relu", "logits", "softmax",
    ]  # fmt: skip


def test_layers_that_would_shrink_the_images_to_nothing_are_refused(fooler, tmp_path):
    outcome = fooler("train", "--out", tmp_path / "a.keras", "--conv", *["5x5x2/4"] * 4, "--steps", 1)
    assert outcome.code == 2
    assert outcome.err.startswith("conv3: the pool must get maps of more than 1 × 1 units, and earlier pools")
    assert not (tmp_path / "a.keras").exists()


def test_a_training_that_diverges_exits_with_1_and_writes_nothing(fooler, tmp_path):
    # The first step of Adam moves every weight by about the rate, so that the loss overflows in a few steps.
    outcome = fooler(
        "train", "--out", tmp_path / "d.keras", "--conv", "5x5x2", "--dense", *[64] * 16, "--learning-rate", 1,
        "--steps", 40, "--batch-size", 10, "--validation-images", 0,
    )  # fmt: skip
    assert outcome.code == 1
    assert "no longer a finite number" in outcome.err
    assert outcome.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process there")
def test_ctrl_c_keeps_the_weights_so_far(tmp_path):
    path = tmp_path / "stopped.keras"
    steps = 1_000_000
    # Progress is only shown to terminals, so the test watches the training through a hook of its own.
    script = (
        "import sys; from fooler_gui.cli import main, session\n"
        "show = session.ProgressLine.show\n"
        "def shown(self, message, *rest):\n"
        "    show(self, message, *rest)\n"
        "    if type(message).__name__ == 'TrainingProgress': open(sys.argv[1], 'w').close()\n"
        "session.ProgressLine.show = shown\n"
        "sys.exit(main(sys.argv[2:]))"
    )
    sign = tmp_path / "training"
    command = [sys.executable, "-c", script, str(sign), "train", "--out", str(path), *TINY, "--steps", str(steps)]
    process = subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not sign.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert sign.exists(), process.stderr.read() if process.poll() is not None else "no progress in 60 s"
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    facts = json.loads(out)
    assert process.returncode == 130
    assert err.count("\n") == 1
    assert 0 < facts["steps"] < steps
    assert facts["stopped"]
    assert keras.saving.load_model(path, compile=False).count_params() == facts["parameters"]
    assert zipfile.is_zipfile(path)


def test_a_training_is_recorded_beside_its_classifier_and_exported(fooler, tmp_path):
    path = tmp_path / "net.keras"
    assert fooler("train", "--out", path, *TINY, "--steps", 20, "--batch-size", 10).code == 0
    assert {entry.name for entry in tmp_path.iterdir()} == {"net.keras", "net.training"}
    assert fooler("export", tmp_path / "net.training", "--to", tmp_path / "course.json").code == 0
    course = json.loads((tmp_path / "course.json").read_text())
    assert course["about"]["ended"] is True
    assert course["about"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert course["about"]["checkpoint"] == course["points"][-1]["step"] == 20
    refused = fooler("backwork", "--repeat", tmp_path / "net.training")
    assert refused.code == 2
    assert "holds a training; its classifier is net.keras beside it." in refused.err
