"""What ``fooler terms`` and ``fooler starts`` write: every entry of a registry, and what was left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fooler_gui.cli.output import Result, facts_in_lines
from fooler_gui.core.plug_ins import Entry, Registry


def listing(
    plural: str,
    registry: Registry[Entry],
    facts_of: Callable[[Entry], Mapping[str, Any]],
    text_of: Callable[[Entry], tuple[str, Mapping[str, str]]],
) -> Result:
    """Returns every entry of `registry` with its package, and what was left out with the reason.

    Args:
        plural: What the entries are called in JSON.
        registry: The registry to list.
        facts_of: Returns an entry's facts for JSON.
        text_of: Returns an entry's heading and the named lines below it.
    """
    entries = registry.known().values()
    texts = []
    for entry in entries:
        heading, facts = text_of(entry)
        lines = facts_in_lines({**facts, "Package": registry.package_of(entry.name)}).splitlines()
        texts.append("\n".join([heading, *(f"  {line}" for line in lines)]))
    return Result(
        facts={
            plural: [{**facts_of(entry), "package": registry.package_of(entry.name)} for entry in entries],
            "left_out": list(registry.left_out()),
        },
        text="\n\n".join([*texts, *registry.left_out()]),
    )
