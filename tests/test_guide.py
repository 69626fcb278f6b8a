"""What README and the guide point at exists: files, headings, commands and modules; so does what the code cites."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from fooler_gui.cli import command_options
from fooler_gui.cli.arguments import read_arguments

TESTS = Path(__file__).resolve().parent
PROJECT = TESTS.parent
PACKAGE = PROJECT / "fooler_gui"
GUIDE = PROJECT / "resources" / "guide"
README = PROJECT / "README.md"
PAGES = [README, *sorted(GUIDE.glob("*.md"))]
COMMAND = re.compile(r"^(?:fooler|python main\.py) (\w.*)$", re.M)
COMMANDS = sorted({line for page in PAGES for line in COMMAND.findall(page.read_text(encoding="utf-8"))})
CODE_BLOCK = re.compile(r"^```.*?^```$", re.M | re.S)
OF_OTHER_PROGRAMS = {"--dist", "--check", "--host", "--nthreads", "--nworkers"}
"""Options of pytest, ruff and Dask."""


def text_of(page: Path) -> str:
    return CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))


def headings_of(page: Path) -> list[str]:
    return [heading.replace("*", "") for heading in re.findall(r"^#+ (.*)$", text_of(page), re.M)]


def anchors_of(page: Path) -> set[str]:
    """Returns what GitHub calls the headings of `page` in links."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings_of(page)}


def options_of(command: str) -> set[str]:
    parser = argparse.ArgumentParser()
    next(add for name, _, add in command_options.COMMANDS if name == command)(parser)
    return {"--json", "--debug", "--help"} | set(re.findall(r"--[a-z][\w-]*", parser.format_help()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading_that_exist(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if re.match(r"\w+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.is_file(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors_of(target), f"{page.name} links to {link}"


def test_readme_links_every_page_of_the_guide_and_is_short() -> None:
    linked = set(re.findall(r"\]\(resources/guide/([^)#]+)", text_of(README)))
    assert linked == {path.name for path in GUIDE.iterdir()}
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 120


def test_every_screenshot_is_shown_on_a_page_of_the_guide() -> None:
    shown = {name for page in GUIDE.glob("*.md") for name in re.findall(r"\]\(\.\./screenshots/(.+?)\)", text_of(page))}
    assert shown == {path.name for path in (PROJECT / "resources" / "screenshots").iterdir()}


def test_pages_of_the_guide_link_only_to_each_other_and_to_pictures() -> None:
    links = {link for page in GUIDE.glob("*.md") for link in re.findall(r"\]\(([^)#\s]+)", text_of(page))}
    assert {link for link in links if not re.fullmatch(r"[\w-]+\.md|\.\./screenshots/\w+\.(png|webp)", link)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_that_is_named_exists(page: Path) -> None:
    known = {option for name, *_ in command_options.COMMANDS for option in options_of(name)}
    named = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", page.read_text(encoding="utf-8")))
    assert named - known - OF_OTHER_PROGRAMS == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_in_a_sentence_exists(page: Path) -> None:
    named = set(re.findall(r"`(?:fooler|python main\.py) ([\w-]+)", text_of(page)))
    assert named - {"COMMAND"} - {name for name, *_ in command_options.COMMANDS} == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_is_shown_is_understood(command: str) -> None:
    words = shlex.split(command, comments=True)
    assert read_arguments(words).command == words[0]


def test_every_command_that_there_is_is_shown() -> None:
    assert {command.split()[0] for command in COMMANDS} == {name for name, *_ in command_options.COMMANDS}


def test_every_module_and_folder_that_the_page_on_the_code_names_exists() -> None:
    named = re.findall(r"`([\w./]+(?:/|\.py|\.toml))`", text_of(GUIDE / "inside.md"))
    assert {"core/", "terms/", "session/model.py", "pyproject.toml"} <= set(named)
    assert [name for name in named if not ((PROJECT / name).exists() or (PACKAGE / name).exists())] == []


def test_every_name_of_the_code_that_a_page_sets_as_code_exists() -> None:
    files = [file for root in (PACKAGE, TESTS) for file in root.rglob("*.py")]
    known = {word for file in files for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))}
    known |= {file.stem for file in files}
    named = {(page.name, name) for page in PAGES for name in re.findall(r"`([a-z]\w*_\w+)`", text_of(page))}
    assert ("method.md", "reinitialise_below") in named
    assert [(page, name) for page, name in named if name not in known] == []


def test_the_page_on_the_code_names_every_room() -> None:
    rooms = re.findall(r"^\| `(\w+)/` \|", text_of(GUIDE / "inside.md"), re.M)
    assert sorted(rooms) == sorted(file.parent.name for file in PACKAGE.glob("*/__init__.py"))


def test_every_part_of_the_method_that_the_code_cites_is_a_heading_of_it() -> None:
    headings = tuple(headings_of(GUIDE / "method.md"))
    code = "".join(file.read_text(encoding="utf-8") for root in (PACKAGE, TESTS) for file in root.rglob("*.py"))
    cited = set(re.findall(r"method\.md, ([A-Z]\w*(?: [a-z]+)*)", code))
    assert "Cost of a batch" in cited
    assert [part for part in cited if not any(heading.startswith(part) for heading in headings)] == []
