from __future__ import annotations

import pytest
from foreign_files import LFS_POINTER, WEB_PAGE

from fooler_gui.core.toml_file import MAXIMUM_BYTES, TomlFileError, read_toml


def written(tmp_path, content: bytes):
    path = tmp_path / "file.toml"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_file_is_read_with_or_without_a_byte_order_mark_and_whatever_ends_its_lines(tmp_path, mark, end):
    path = written(tmp_path, mark + end.join((b"a = 1", b"[b]", b"c = 'd'", b"")))
    assert read_toml(path) == {"a": 1, "b": {"c": "d"}}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a = 1\nb = = 2", "line 2, column 5: invalid value"),
        (b"[a.b]\n[a.b]\n", "line 2, column 5: cannot declare 'a.b' twice"),
        (b"a = 'x", "end of document: "),
        (b"a = '\xe4'", "it is not UTF-8 text"),
        ("a = 1".encode("utf-16"), "it is a text file in UTF-16 or UTF-32; save it in UTF-8"),
        ("a = 1".encode("utf-16-le"), "it is a text file in UTF-16 or UTF-32; save it in UTF-8"),
        (LFS_POINTER, "it is a Git LFS pointer in place of the file, which `git lfs pull` fetches"),
        (WEB_PAGE, "it is a web page, saved in place of the file"),
    ],
)
def test_what_is_not_written_in_toml_is_told_with_the_reason(tmp_path, content, sentence):
    with pytest.raises(TomlFileError) as caught:
        read_toml(written(tmp_path, content))
    assert str(caught.value).startswith(f"file.toml must be written in TOML; {sentence}")
    assert str(caught.value).endswith(".")


def test_a_folder_is_told_as_one(tmp_path):
    with pytest.raises(TomlFileError, match="must be written in TOML; it is a folder"):
        read_toml(tmp_path)


def test_the_limit_of_one_mebibyte_is_the_true_one(tmp_path):
    line = b"a = 1\n"
    full = line + b"#" * (MAXIMUM_BYTES - len(line))
    assert read_toml(written(tmp_path, full)) == {"a": 1}
    with pytest.raises(TomlFileError, match="at most 1 MiB; it is larger"):
        read_toml(written(tmp_path, full + b"#"))


def test_the_limit_of_dots_is_the_true_one(tmp_path):
    assert read_toml(written(tmp_path, b"#" + b"." * 1_000)) == {}
    with pytest.raises(TomlFileError, match="at most 1,000 dots in a line"):
        read_toml(written(tmp_path, b"#" + b"." * 1_001))
