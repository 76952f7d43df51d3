"""Tests of search.sidecars.tag_lists: items are added and removed as the list is written."""

from __future__ import annotations

from search.sidecars.document import Document
from search.sidecars.list_edits import edits_of
from search.sidecars.tag_lists import read_list
from search.sidecars.xmp import HIERARCHY, PREFIXES, SUBJECT
from tests.search.sidecars.merged import merge, texts
from tests.search.sidecars.samples import DIGIKAM, EMPTY_LIST, IMMICH, LIGHTROOM, RDF, around


def test_digikams_list_is_only_added_to_where_there_is_one() -> None:
    for sample in (DIGIKAM, IMMICH):
        new = merge(sample.encode(), "mug/cup")
        assert texts(new, "TagsList")[1:] == ["clipsearch/kitchen/mug-cup"]
        assert merge(new) == sample.encode()
    assert b"TagsList" not in merge(LIGHTROOM.encode(), "cup")


def test_empty_lists_are_filled() -> None:
    for form in ("<rdf:Bag/>", "<rdf:Bag />", "<rdf:Bag></rdf:Bag>", "<rdf:Bag> </rdf:Bag>", "<rdf:Seq/>"):
        assert texts(merge(around(f"<dc:subject>{form}</dc:subject>"), "cup"), "subject") == ["cup"]
    assert texts(merge(EMPTY_LIST.encode(), "cup"), "TagsList") == ["clipsearch/kitchen/cup"]


def test_an_rdf_without_descriptions_is_filled() -> None:
    for form in (f"<rdf:RDF {RDF}/>", f"<rdf:RDF {RDF}></rdf:RDF>"):
        assert texts(merge(form.encode(), "cup"), "subject") == ["cup"]


def test_items_with_structure_comments_or_languages_stay() -> None:
    subject = "<rdf:li xml:lang='en'>tea</rdf:li><!-- mine --><rdf:li><rdf:Description/></rdf:li>"
    subject += "<rdf:li>a<![CDATA[&]]>b</rdf:li>"
    old = around(f"<dc:subject><rdf:Bag>{subject}</rdf:Bag></dc:subject>")
    new = merge(old, "tea", "a&b", "cup")
    assert new.count(b"tea<") == 3 and new.count(b"<rdf:li>cup</rdf:li>") == 2, "in dc:subject and our own list"
    assert merge(new) == old


def test_a_list_and_its_changes() -> None:
    document = Document(around("<dc:subject><rdf:Bag><rdf:li> a </rdf:li><rdf:li>b</rdf:li></rdf:Bag></dc:subject>"))
    tags = read_list(document, SUBJECT)
    assert (tags.values, tags.wanted, tags.removed()) == (["a", "b"], ["a", "b"], [])
    tags.add, tags.remove = ["c"], {"a"}
    assert tags.wanted == ["b", "c"] and [item.text for item in tags.removed()] == [" a "]
    edited = document.edited(edits_of(document, [tags], PREFIXES))
    assert read_list(Document(edited), SUBJECT).values == ["b", "c"]
    assert read_list(document, HIERARCHY).element is None and read_list(document, HIERARCHY).values == []
