from __future__ import annotations

import pytest

from fooler_gui.exports.xml_text import text_at

PATH = ("urn:a outer", "urn:a inner")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<outer xmlns='urn:a'><inner>told</inner></outer>", "told"),
        ("<a:outer xmlns:a='urn:a'><a:inner>told</a:inner>", "told"),
        ("<outer xmlns='urn:a'><inner>a &lt;&#98;&gt;<![CDATA[&c;]]></inner></outer>", "a <b>&c;"),
        ("<outer xmlns='urn:a'><inner>to<more>not</more>ld</inner></outer>", "told"),
        ("<outer xmlns='urn:a'><x><inner>not</inner></x><inner>told</inner><inner>late</inner></outer>", "told"),
        ("<outer xmlns='urn:a'><inner/></outer>", ""),
        ("<outer xmlns='urn:b'><inner>other</inner></outer>", None),
        ("<other xmlns='urn:a'><outer><inner>not</inner></outer></other>", None),
        ("<outer xmlns='urn:a'><inner>cut", None),
        ("<outer xmlns='urn:a'><inner>broken &none; told</inner></outer>", None),
        ("<outer xmlns='urn:a'></inner>", None),
        ("<!DOCTYPE outer><outer xmlns='urn:a'><inner>told</inner></outer>", None),
        ("", None),
        ("no markup", None),
    ],
)
def test_the_text_at_a_path_is_found(content, text):
    assert text_at(content.encode(), PATH) == text


@pytest.mark.parametrize("content", [b"\xff", "\ud800".encode(errors="surrogatepass"), b"\0", b"\x01"])
def test_what_is_no_text_is_no_xml(content):
    assert text_at(b"<outer xmlns='urn:a'><inner>" + content + b"</inner></outer>", PATH) is None


@pytest.mark.parametrize(
    "content",
    [
        b"<a>" * 400_000,
        b"<a b='" + b"x" * 1_000_000,
        b"<a " + b" ".join(b"b%d=''" % number for number in range(100_000)) + b"/>",
        b"<a " + b" ".join(b"xmlns:b%d='c'" % number for number in range(60_000)) + b"/>",
        b"<a" + b":a" * 500_000 + b"/>",
        b"<outer xmlns='urn:a'><inner>" + b"&amp;" * 200_000,
        b"<outer xmlns='urn:a'><inner>" + b"<!---->" * 150_000,
    ],
    ids=["deep", "long", "attributes", "namespaces", "colons", "references", "comments"],
)
@pytest.mark.timeout(30)
def test_a_million_bytes_of_anything_come_to_an_end(content):
    assert text_at(content, PATH) is None
