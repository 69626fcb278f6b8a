"""The benchmarks by name, in the order they are reported. Light: nothing that measures is imported here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One group of rows.

    Attributes:
        name: Its name for ``--only``.
        work: What is measured, in a few words.
        module: The module of this package that measures it.
        functions: Its functions that return rows, each called in its own process.
        on_engine: Whether to load TensorFlow before the module is imported.
    """

    name: str
    work: str
    module: str
    functions: tuple[str, ...] = ("measure",)
    on_engine: bool = True


BENCHMARKS = (
    Benchmark(name="step-direct", work="a step against the direct formula", module="step_direct"),
    Benchmark(
        name="step-net", work="a step against the net alone", module="step_net", functions=("measure_one_label",)
    ),
    Benchmark(
        name="all-labels",
        work="a step of all ten labels against the net alone",
        module="step_net",
        functions=("measure_all_labels",),
    ),
    Benchmark(
        name="many-slots",
        work="a step of 800 images against the net alone",
        module="step_net",
        functions=("measure_many_slots",),
    ),
    Benchmark(name="terms", work="another term of the cost", module="step_net", functions=("measure_terms",)),
    Benchmark(name="peers", work="a step against other libraries", module="peers"),
    Benchmark(
        name="attacks",
        work="the least change against the known attacks",
        module="attacks",
        functions=("measure_least_change", "measure_budgets"),
    ),
    Benchmark(name="training", work="training against Keras", module="training"),
    Benchmark(name="training-torch", work="training against PyTorch", module="training_torch"),
    Benchmark(
        name="commands",
        work="whole commands",
        module="commands",
        functions=("measure_figure", "measure_evaluation", "measure_rounds"),
        on_engine=False,
    ),
    Benchmark(name="first-figure", work="the article's first figure", module="first_figure"),
    Benchmark(name="evolution", work="evaluations until it is sure, gradients beside evolution", module="evolution"),
    Benchmark(name="ensemble", work="static of several nets, shown to another one", module="ensemble"),
    Benchmark(
        name="memory",
        work="memory",
        module="memory",
        functions=("measure_one_label", "measure_all_labels", "measure_rounds", "measure_growth"),
    ),
    Benchmark(
        name="window",
        work="the window",
        module="window",
        functions=("measure_starting", "measure_frames", "measure_late"),
        on_engine=False,
    ),
    Benchmark(
        name="first-image",
        work="a press of Run to the first moving image",
        module="window_first_image",
        on_engine=False,
    ),
    Benchmark(
        name="inspector",
        work="a run while a slot is inspected",
        module="inspector",
        functions=("measure_one_label", "measure_all_labels"),
    ),
    Benchmark(
        name="recording",
        work="recording a run, and reading it",
        module="recording",
        functions=("measure_one_label", "measure_all_labels", "measure_reading"),
    ),
    Benchmark(
        name="colour-net",
        work="nets of colour images",
        module="colour_net",
        functions=("measure_small_net", "measure_large_net"),
    ),
    Benchmark(
        name="sweeps",
        work="sweeps by two workers",
        module="sweeps",
        functions=("measure_workers", "measure_quick_net", "measure_cluster"),
        on_engine=False,
    ),
    Benchmark(
        name="sweep-growth",
        work="sweeps of very many cells",
        module="sweep_growth",
        functions=("measure_memory", "measure_leading", "measure_results", "measure_size", "measure_summary"),
        on_engine=False,
    ),
    Benchmark(
        name="sweep-window",
        work="the page of sweeps",
        module="window_sweeps",
        functions=("measure_late", "measure_table"),
        on_engine=False,
    ),
    Benchmark(
        name="growth",
        work="how time and memory of a step grow",
        module="growth",
        functions=("measure_slots", "measure_labels", "measure_references", "measure_layers", "measure_sizes"),
    ),
)

NAMES = tuple(benchmark.name for benchmark in BENCHMARKS)


def chosen(names: list[str] | None) -> tuple[Benchmark, ...]:
    """Returns the benchmarks called `names`, each once and in catalogue order; None for all."""
    return tuple(benchmark for benchmark in BENCHMARKS if names is None or benchmark.name in names)


def called(name: str) -> Benchmark:
    """Returns the benchmark called `name`.

    Raises:
        KeyError: There is none.
    """
    return {benchmark.name: benchmark for benchmark in BENCHMARKS}[name]
