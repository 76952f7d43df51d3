"""EXIF, XMP and IPTC made for tests."""

from __future__ import annotations

from typing import Any

from PIL import Image

NAMESPACES = {
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
}
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DECLARED = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in NAMESPACES.items())


def exif_of(
    main: dict[int, Any] | None = None, photo: dict[int, Any] | None = None, gps: dict[int, Any] | None = None
) -> Image.Exif:
    """Return EXIF with these tags in its three directories."""
    exif = Image.Exif()
    exif.update(main or {})
    exif.get_ifd(0x8769).update(photo or {})
    exif.get_ifd(0x8825).update(gps or {})
    return exif


def packet(body: str = "", **attributes: str) -> bytes:
    """Return an XMP packet whose description has attributes, written xmp__CreateDate, and elements."""
    written = " ".join(f'{name.replace("__", ":")}="{value}"' for name, value in attributes.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" {_DECLARED} {written}>{body}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def elements(**values: str) -> str:
    """Return properties as elements."""
    return "".join(
        f"<{name.replace('__', ':')}>{value}</{name.replace('__', ':')}>\n" for name, value in values.items()
    )


def iptc(*datasets: tuple[int, bytes]) -> bytes:
    """Return datasets of IPTC's application record."""
    return b"".join(b"\x1c\x02%c%b%b" % (number, len(value).to_bytes(2, "big"), value) for number, value in datasets)


def resources(content: bytes, number: int = 0x0404, name: bytes = b"") -> bytes:
    """Return Photoshop's image resources with one that holds this, after another."""

    def resource(number: int, name: bytes, content: bytes) -> bytes:
        pascal = bytes([len(name)]) + name
        pascal += b"\0" * (len(pascal) % 2)
        padding = b"\0" * (len(content) % 2)
        return b"8BIM" + number.to_bytes(2, "big") + pascal + len(content).to_bytes(4, "big") + content + padding

    return resource(0x03ED, b"odd", b"12345") + resource(number, name, content)
