"""Metadata of a document in Adobe's Extensible Metadata Platform, XMP (ISO 16684-1)."""

from __future__ import annotations

from html import escape

PACKET_BEGIN = b"<?xpacket begin="
"""Marks a packet in a file of any format, whose other content need not be understood."""

_DC = "http://purl.org/dc/elements/1.1/"
_META = "adobe:ns:meta/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

DESCRIPTION = (
    f"{_META} xmpmeta",
    f"{_RDF} RDF",
    f"{_RDF} Description",
    f"{_DC} description",
    f"{_RDF} Alt",
    f"{_RDF} li",
)
"""Path of the description in a packet, from the outermost element in, each as namespace, space and name."""

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="{meta}">
<rdf:RDF xmlns:rdf="{rdf}">
<rdf:Description rdf:about="" xmlns:dc="{dc}">
<dc:format>{kind}</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


def xmp_packet(kind: str, title: str, description: str) -> bytes:
    """Returns the UTF-8 packet for a document of media type `kind`. The texts must have no control characters."""
    return _PACKET.format(
        meta=_META,
        rdf=_RDF,
        dc=_DC,
        kind=kind,
        title=escape(title, quote=False),
        description=escape(description, quote=False),
    ).encode()
