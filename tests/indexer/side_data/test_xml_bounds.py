"""Tests of indexer.side_data.xml_bounds: sidecars are read and merged into within bounds, or refused in a sentence."""

from __future__ import annotations

import pytest

from indexer.metadata.metadata import Reading
from indexer.metadata.unread import hearing_unread
from indexer.metadata.xmp import read_xmp
from search.sidecars.document import NotMergeable
from tests.bounded import grows_linearly, run_bounded
from tests.search.sidecars.merged import merge
from tests.search.sidecars.samples import around

HEAD = """
from indexer.metadata.xmp import read_xmp
from search.sidecars.document import NotMergeable
from search.sidecars.xmp import merge_labels
from tests.search.sidecars.samples import around
XMLNS = 'xmlns:clipsearch="urn:clipsearch:1.0/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"'

def listed(name, items):
    inner = "".join(f"<rdf:li>{item}</rdf:li>" for item in items)
    return f"<{name} {XMLNS}><rdf:Bag>{inner}</rdf:Bag></{name}>"

def both(content):
    read_xmp(content, "sidecar")
    try:
        merge_labels(content, "kitchen", ["cup"])
        merge_labels(content, "kitchen", [], forget=True)
    except NotMergeable as reason:
        assert len(str(reason)) < 200
"""
WITHIN = {
    "elements": "lambda n: around('<x:b xmlns:x=\"urn:x\"/>' * n)",
    "text in pieces": "lambda n: around('<dc:title>' + 'abcdefgh<dc:b/>' * n + '</dc:title>')",
    "one long text": "lambda n: around('<dc:title>' + 'a' * 200 * n + '</dc:title>')",
    "sections": "lambda n: around('<dc:title>' + '<![CDATA[x]]>y' * n + '</dc:title>')",
    "namespaces": "lambda n: around('<dc:b ' + ' '.join(f'xmlns:p{i}=\"urn:{i}\"' for i in range(n)) + '/>')",
    "attributes": "lambda n: around('<dc:b ' + ' '.join(f'a{i}=\"\"' for i in range(n)) + '/>')",
    "labels of ours": "lambda n: around(listed('clipsearch:labels', (f'clipsearch|kitchen|x{i}' for i in range(n)))"
    " + listed('clipsearch:subjects', (f'x{i}' for i in range(n)))"
    " + listed('dc:subject', (f'x{i}' for i in range(n))))",
    "numbered items": "lambda n: around(listed('dc:subject', range(n)).replace('rdf:li', 'rdf:_1'))",
    "indented items": "lambda n: around(listed('clipsearch:labels', (f'clipsearch|kitchen|x{i}' for i in range(n)))"
    ".replace('<rdf:li>', '\\n' + ' ' * 200 + '<rdf:li>'))",
}  # each made trees of gigabytes, or took the square of its length


@pytest.mark.parametrize("kind", WITHIN)
def test_work_grows_with_the_length(kind: str) -> None:
    assert grows_linearly(f"{HEAD}\ncompare({WITHIN[kind]}, both, 9_000)")


BEYOND = {
    "20 MB of elements": ("b'<a>' + b'<b/>' * 5_000_000", "larger than 16 MiB"),
    "a million elements": ("around('<b/>' * 1_000_000)", "200,000 elements"),
    "a million attributes": (
        "around('<b ' + ' '.join(f'a{i}=\"\"' for i in range(1_000_000)) + '/>')",
        "200,000 elements and attributes",
    ),
    "depth": ("around('<b>' * 50_000)", "100 elements inside each other"),
    "a long namespace": (
        "around('<b xmlns:p=\"' + 'u' * 4_000_000 + '\" ' + ' '.join(f'p:a{i}=\"\"' for i in range(90_000)) + '/>')",
        "a namespace of more than",
    ),
    "laughs": (
        "b'<!DOCTYPE x [<!ENTITY a \"' + b'a' * 99 + b'\">'"
        " + b''.join(b'<!ENTITY %c \"%b\">' % (98 + i, b'&%c;' % (97 + i) * 9) for i in range(20))"
        " + b']>' + around('&u;')",
        "document type",
    ),
    "a quadratic blow-up": (
        "b'<!DOCTYPE x [<!ENTITY a \"' + b'a' * 100_000 + b'\">]>'"
        " + around('<dc:title>' + '&a;' * 100_000 + '</dc:title>')",
        "document type",
    ),
}  # each took minutes, or more memory than machines have, or both


@pytest.mark.parametrize("kind", BEYOND)
def test_what_is_beyond_the_bounds_is_refused_at_once(kind: str) -> None:
    content, reason = BEYOND[kind]
    said = run_bounded(
        f"""{HEAD}
from indexer.metadata.unread import hearing_unread
content = {content}
with hearing_unread() as heard:
    start = time.process_time()
    read_xmp(content, "sidecar", "its sidecar a.xmp")
    try:
        merge_labels(content, "kitchen", ["cup"])
    except NotMergeable as refusal:
        print(*heard, refusal, sep="\\n")
    assert time.process_time() - start < 5
""",
        512,
    )
    heard, refusal = said.splitlines()
    assert heard.startswith("its sidecar a.xmp ") and heard.endswith("; nothing in it was read")
    assert reason in heard and reason in refusal


def test_a_document_type_in_another_encoding_is_none_either() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        content = ("<!DOCTYPE x>" + around("").decode()).encode(encoding)
        with hearing_unread() as heard:
            assert read_xmp(content, "sidecar") == Reading()
        assert "document type" in heard[0]
    head = b'<?xml version="1.0" encoding="cp037"?>'
    hidden = head + ("<!DOCTYPE x [<!ENTITY a 'b'>]>" + around("<b/>" * 5000).decode()).encode("cp037")
    with hearing_unread() as heard:
        assert read_xmp(hidden, "sidecar") == Reading()
    assert "is in cp037" in heard[0]


def test_nobody_has_to_listen() -> None:
    assert read_xmp(b"<!DOCTYPE x>", "sidecar") == Reading()


def test_what_real_programs_write_is_within_the_bounds() -> None:
    masks = "".join(f"<dc:li>d {number} 0.5 0.5</dc:li>" for number in range(90_000))  # strokes of a brush
    history = f'<dc:history data="{"0" * 8_000_000}"/>'
    new = merge(around(masks + history), "cup")
    assert new.count(b"<dc:li>") == 90_000 and b"cup" in new


def test_long_texts_and_many_labels_come_out_right() -> None:
    labels = [f"label {number}" for number in range(3000)]
    content = merge(around("<dc:title>" + "x<dc:b/>" * 3 + "</dc:title>"), *labels)
    fewer = merge(content, *labels[:10])
    assert fewer.count(b"clipsearch|kitchen|label ") == 20, "ten in the hierarchy, ten in our own list"
    with pytest.raises(NotMergeable, match="a namespace of more than"):
        merge(around(f'<x:b xmlns:x="{"u" * 300}">{"x" * 20_000}</x:b>'), "cup")
