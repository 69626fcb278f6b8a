from __future__ import annotations

import errno
import io
import json
import os
import sys

import pytest

from fooler_gui.cli.output import OutputLost, Result, write_error, write_output, write_result

CODE_PAGES = ("ascii", "latin-1", "cp437", "cp932", "cp1252", "cp1256", "euc-jp", "gb18030", "utf-8", "utf-16")
SIGNS = "p ≥ .999 – 81.3 × · µ Größe 数字 אבג \udcff"


def stream_of(encoding: str, errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors)


@pytest.mark.parametrize("errors", ["strict", "ignore", "replace", "surrogateescape", "xmlcharrefreplace"])
@pytest.mark.parametrize("encoding", CODE_PAGES)
def test_no_sign_of_a_result_is_lost_to_a_code_page(monkeypatch, encoding, errors):
    stream = stream_of(encoding, errors)
    monkeypatch.setattr(sys, "stdout", stream)
    write_result(Result(facts={}, text=SIGNS), as_json=False)
    written = stream.buffer.getvalue().decode(encoding)
    plain = {"≥": ">=", "–": "-", "×": "x", "·": "-"}
    for sign in SIGNS:
        forms = (sign, plain.get(sign) or sign.encode("ascii", "backslashreplace").decode())
        assert any(text in written for text in forms), sign


def test_a_code_page_that_lacks_a_sign_gets_it_in_ascii(monkeypatch):
    stream = stream_of("cp437", "strict")
    monkeypatch.setattr(sys, "stdout", stream)
    write_output("≥ – × … 数 \udcff")
    assert stream.buffer.getvalue() == b"\xf2 - x ... \\u6570 \\udcff"


def test_json_is_ascii_and_read_back_as_it_was(monkeypatch):
    stream = stream_of("cp932", "strict")
    monkeypatch.setattr(sys, "stdout", stream)
    write_result(Result(facts={"run": SIGNS}, text=""), as_json=True)
    assert json.loads(stream.buffer.getvalue().decode("ascii")) == {"run": SIGNS}


class Broken(io.StringIO):
    """A stream that answers every flush with the error `number`."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def flush(self) -> None:
        raise OSError(self._number, os.strerror(self._number))


def test_a_reader_that_is_gone_is_no_failure(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Broken(errno.EPIPE))
    write_output("text")


def test_a_full_disk_behind_standard_output_is_told(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Broken(errno.ENOSPC))
    with pytest.raises(OutputLost, match="could not be written to standard output: No space left on device"):
        write_output("text")


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ENOSPC, errno.EIO])
def test_a_sentence_that_cannot_be_written_breaks_nothing(monkeypatch, number):
    monkeypatch.setattr(sys, "stderr", Broken(number))
    write_error("Nobody hears this.")
