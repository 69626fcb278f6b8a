"""Registries of terms and of kinds of images: one per module, extended by other packages through entry points."""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, ModuleType
from typing import Generic, Protocol, TypeVar


class PlugInError(ValueError):
    """What is offered cannot be used. Its text can be shown as it is."""


class Listed(Protocol):
    """What a registry can hold: something with a name and a rank."""

    @property
    def name(self) -> str:
        """The name in files and code, unique in a registry."""

    @property
    def rank(self) -> int:
        """Entries are listed by rank, then by name."""


Entry = TypeVar("Entry", bound=Listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[Entry]):
    """The contents of a registry.

    Attributes:
        entries: By name, in listing order.
        packages: The package of each entry that is not the program's own.
        left_out: A sentence for each entry of another package that cannot be used.
    """

    entries: Mapping[str, Entry]
    packages: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


class Registry(Generic[Entry]):
    """The program's own entries and those of other packages, looked up on first use.

    Args:
        noun: The word for an entry in sentences, such as "term".
        group: The entry-point group of other packages.
        package: The package whose modules hold the program's own.
        own: Returns the entries of a module.
        kind: The class of an entry.
        check: Raises a `PlugInError` for what only the program's own entries may do.
    """

    def __init__(
        self,
        noun: str,
        group: str,
        package: str,
        own: Callable[[ModuleType], Iterable[Entry]],
        kind: type[Entry],
        check: Callable[[Entry], None],
    ) -> None:
        self._noun, self._group, self._package = noun, group, package
        self._own, self._kind, self._check = own, kind, check
        self._found: Found[Entry] | None = None
        self._unusable: dict[str, str] = {}

    def known(self) -> Mapping[str, Entry]:
        """Returns the entries by name, in listing order."""
        entries = self.find().entries
        if not self._unusable:
            return entries
        return {name: entry for name, entry in entries.items() if name not in self._unusable}

    def left_out(self) -> tuple[str, ...]:
        """Returns a sentence for each entry of another package that cannot be used."""
        return (*self.find().left_out, *self._unusable.values())

    def package_of(self, name: str) -> str:
        """Returns the package that the entry called `name` comes from."""
        return self.find().packages.get(name, "fooler-gui")

    def leave_out_unusable(self, problem_of: Callable[[Entry], str]) -> None:
        """Leaves out, from now on, entries of other packages for which `problem_of` returns a reason."""
        for name, entry in self.known().items():
            problem = problem_of(entry) if name in self.find().packages else ""
            if problem:
                self._unusable[name] = self._sentence(name, self.package_of(name), problem)

    def find(self) -> Found[Entry]:
        """Returns the contents, as found on first use."""
        if self._found is None:
            self._found = self._look()
        return self._found

    def look_again(self) -> None:
        """Forgets the contents, so that packages installed or removed since are noticed."""
        self._found = None
        self._unusable = {}

    def _look(self) -> Found[Entry]:
        own = importlib.import_module(self._package)
        modules = (f"{self._package}.{module.name}" for module in pkgutil.iter_modules(own.__path__))
        entries = [entry for module in modules for entry in self._own(importlib.import_module(module))]
        names, packages, left_out = {entry.name for entry in entries}, dict[str, str](), list[str]()
        for point in importlib.metadata.entry_points(group=self._group):
            package = point.dist.name if point.dist is not None else point.value
            try:
                entry = self._loaded(point)
                if entry.name in names:
                    raise PlugInError(f"there is a {self._noun} called {entry.name} already")
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever another package's module does at import
                left_out.append(self._sentence(point.name, package, _reason(error)))
            else:
                entries.append(entry)
                names.add(entry.name)
                packages[entry.name] = package
        entries.sort(key=lambda entry: (entry.rank, entry.name))
        by_name = MappingProxyType({entry.name: entry for entry in entries})
        return Found(entries=by_name, packages=MappingProxyType(packages), left_out=tuple(left_out))

    def _loaded(self, point: importlib.metadata.EntryPoint) -> Entry:
        entry = point.load()
        if not isinstance(entry, self._kind):
            raise PlugInError(f"{point.value} must be of the class {self._kind.__name__}, and is not")
        self._check(entry)
        return entry

    def _sentence(self, name: str, package: str, reason: str) -> str:
        return f"The {self._noun} {name} of {package} is left out: {reason}."


def _reason(error: BaseException) -> str:
    words = "" if isinstance(error, SystemExit) else " ".join(str(error).split()).removesuffix(".")
    return words or "it cannot be loaded"
