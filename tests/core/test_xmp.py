from __future__ import annotations

from xml.etree import ElementTree as ET

from fooler_gui.core.xmp import DESCRIPTION, PACKET_BEGIN, xmp_packet

DC = "{http://purl.org/dc/elements/1.1/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def tree_of(packet: bytes) -> ET.Element:
    return ET.fromstring(packet)  # noqa: S314 - written by this program a moment ago


def test_a_packet_is_xml_with_the_properties_of_dublin_core():
    tree = tree_of(xmp_packet("application/pdf", "a < b", "0 & \u00e9"))
    (properties,) = tree.iter(f"{RDF}Description")
    assert [entry.tag.removeprefix(DC) for entry in properties] == ["format", "title", "description"]
    assert ["".join(entry.itertext()) for entry in properties] == ["application/pdf", "a < b", "0 & \u00e9"]


def test_a_packet_begins_and_ends_as_scanners_look_for_it():
    packet = xmp_packet("image/svg+xml", "", "")
    assert packet.startswith(PACKET_BEGIN + b'"\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n')
    assert packet.endswith(b'<?xpacket end="w"?>\n')


def test_the_description_lies_where_it_is_said_to_lie():
    entry = tree_of(xmp_packet("application/pdf", "title", "told"))
    names = ["{" + name.replace(" ", "}") for name in DESCRIPTION]
    assert entry.tag == names[0]
    assert entry.findtext("/".join(names[1:])) == "told"
