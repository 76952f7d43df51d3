"""Tests of search.sidecars.document: byte offsets of elements, and what can't be changed safely."""

from __future__ import annotations

import pytest

from search.sidecars.document import Document, Name, NotMergeable
from tests.search.sidecars.merged import is_kept, merge
from tests.search.sidecars.samples import DARKTABLE, RDF, TERSE, around

TWO_THINGS = f"<rdf:RDF {RDF}><rdf:Description rdf:about='a'/><rdf:Description rdf:about='b'/></rdf:RDF>"


def test_namespaces_are_told_by_their_names_not_their_prefixes() -> None:
    """A prefix dc that is something else, and Dublin Core by another one."""
    old = TERSE.replace("xmlns:core=", 'xmlns:dc="urn:mine/" dc:subject="mine" xmlns:core=').encode()
    new = merge(old, "cup")
    assert is_kept(old, new) and b"<li>Rome</li><li>cup</li>" in new


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "well-formed"),
        (b"not XML", "well-formed"),
        (DARKTABLE.encode()[:-20], "well-formed"),
        (around("&undefined;"), "well-formed"),
        (around('<dc:subject rdf:resource="x"/>'), "unusual form"),
        (around('<dc:subject rdf:parseType="Collection"><rdf:Bag/></dc:subject>'), "unusual form"),
        (around("<dc:subject><rdf:Bag/></dc:subject>" * 2), "twice"),
        (f"<rdf:RDF {RDF}><x:Thing xmlns:x='urn:x'/></rdf:RDF>".encode(), "something else"),
        (TWO_THINGS.encode(), "several things"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no single rdf:RDF"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + around("&a;"), "document type"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + around("") , "ISO-8859-1"),
        (DARKTABLE.replace('encoding="UTF-8"', "").encode("utf-16"), "UTF-8"),
        (DARKTABLE.encode("latin-1"), "UTF-8"),
    ],
)  # fmt: skip
def test_what_can_not_be_merged_safely_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(NotMergeable, match=reason):
        merge(content, "cup")


def test_elements_know_their_bytes() -> None:
    content = around("<dc:subject><rdf:Bag><rdf:li>a</rdf:li>\n  <rdf:li/></rdf:Bag></dc:subject>")
    document = Document(content)
    (subject,) = document.properties(Name("http://purl.org/dc/elements/1.1/", "subject"))
    (bag,) = subject.children
    first, second = bag.children
    assert content[first.start : first.end] == b"<rdf:li>a</rdf:li>" and content[first.inner : first.inner_end] == b"a"
    assert content[second.start : second.end] == b"<rdf:li/>" and second.is_empty and not first.is_empty
    assert document.indent(second.start) == b"\n  " and document.indent(first.start) == b""
    assert document.holds_only(bag, bag.children) and not document.holds_only(bag, [second])


def test_edits_change_nothing_else() -> None:
    content = around("<dc:subject><rdf:Bag><rdf:li>a</rdf:li>\n  <rdf:li/></rdf:Bag></dc:subject>")
    document = Document(content)
    bag = document.descriptions[0].children[0].children[0]
    first, second = bag.children
    assert document.edited([]) == content
    assert document.edited([document.cut(second)]) == content.replace(b"\n  <rdf:li/>", b"")
    filled = document.edited(
        [document.append(bag, b"<rdf:li>b</rdf:li>"), document.append(second, b"c"), document.cut(first)]
    )
    assert filled == content.replace(b"<rdf:li>a</rdf:li>", b"").replace(
        b"<rdf:li/>", b"<rdf:li>c</rdf:li><rdf:li>b</rdf:li>"
    )
