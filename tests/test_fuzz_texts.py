"""Fuzzing of texts: mutated and nasty ignore files, sidecars, tables, dates and the like do no harm to any parser.

Each kind is parsed in a process of its own with a bound in memory; a case that takes too long is named by its number.
`pytest tests/test_fuzz_texts.py --fuzz-cases 100000 --fuzz-seed 7` tries more. A case is made anew from its kind, the
seed and its number alone, so what a failure names can be tried again: `print(case(KINDS["YAML"], "YAML", 1, 17))`.
"""

from __future__ import annotations

import io
import json
import math
import multiprocessing
import os
import random
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.search.sidecars.samples import DARKTABLE, DIGIKAM, IMMICH, LIGHTROOM
from tests.test_fuzz import exif, mutated

PATIENCE = 900.0  # seconds for all cases of a kind, on a busy machine
SECONDS = 3.0  # of the processor for one case
MEMORY = 1024**3  # bytes beyond what the process has when it begins
LONGEST = 200_000  # bytes of a case
CITING = 10_000  # characters of a sentence that cites names of classes
MOST_TOLD = 10  # of a kind; what is told must fit into a pipe


class Kind(NamedTuple):
    """A parser, and sound texts for it."""

    parse: Callable[[bytes, Path], None]  # raises for what no text may do; a folder to write to
    seeds: Sequence[bytes]
    nasty: Sequence[bytes] = ()  # parts of which nasty texts are built


def check(holds: object, what: str = "") -> None:
    assert holds, what


def is_storable(text: object) -> bool:
    """Return whether SQLite and a terminal can take a text or None."""
    return text is None or (isinstance(text, str) and text.isprintable() and len(text) <= 100 and bool(text.encode()))


def check_readings(readings: Sequence[Any]) -> None:
    from indexer.metadata.metadata import combined

    known = combined(readings)
    texts = (known.taken_at, known.camera_make, known.camera_model, known.lens, known.taken_from)
    check(all(map(is_storable, texts)), f"texts: {known}")
    for degrees, limit in ((known.latitude, 90), (known.longitude, 180)):
        check(degrees is None or (math.isfinite(degrees) and abs(degrees) <= limit), f"a place: {known}")
    check(known.taken_ms is None or known.taken_ms in range(1000), f"milliseconds: {known}")


def refused(parse: Callable[[], object], *documented: type[Exception], longest: int = 1000) -> None:
    """Parse; what is raised must be documented and a sentence that people can read."""
    try:
        parse()
    except documented as reason:
        check(0 < len(str(reason)) <= longest, f"a sentence: {str(reason)[:2000]!r}")


def parse_ignore_file(content: bytes, folder: Path) -> None:
    from indexer.files.ignore import IGNORE_FILE, Ignore

    (folder / IGNORE_FILE).write_bytes(content)
    reports: list[str] = []
    rules = Ignore().with_file_in("x", str(folder), lambda path, reason: reports.append(reason))
    check(len(reports) <= 13 and all(len(report) < 300 for report in reports), str(reports)[:1000])
    names = [
        "a.jpg",
        "IMG_1.jpg",
        "a" * 250,
        "ab" * 120,
        "\u00e4\u0308" * 60,
        os.fsdecode(b"\xff\xe9.jpg"),
        "[x]",
        "a\nb",
        " ",
    ]
    for inner in ("x/", "x/y/", "x/" + "a/" * 500):
        for level in rules.levels:
            touched = level.touched(inner, names)
            for name in names:
                verdicts = [level.verdict(inner, name, is_folder) for is_folder in (False, True)]
                check(name in touched or verdicts == [None, None], f"{name!r} is decided but not touched")


def parse_excludes(content: bytes, folder: Path) -> None:
    from indexer.files.ignore import Ignore

    lines = content.decode("utf-8", "surrogateescape").split("\n")[:50]
    rules = Ignore().with_excludes(lines, lambda reason: check(len(reason) < 300, reason[:500]))
    for name in ("a.jpg", "b" * 255):
        rules.leaves_out("a/b", name, False)


def read_sidecar(content: bytes, folder: Path) -> None:
    from indexer.metadata.beside import metadata_beside
    from indexer.metadata.metadata import Reading

    (folder / "a.jpg.xmp").write_bytes(content)
    check_readings([Reading.of(metadata_beside(folder / "a.jpg"))])


def write_sidecar(content: bytes, folder: Path) -> None:
    from search.sidecars.document import NotMergeable
    from search.sidecars.xmp import merge_labels

    def merge() -> None:
        first = merge_labels(content, "kitchen", ["cup", "a|b", "Cup"])
        again = merge_labels(first.content, "kitchen", ["cup", "a|b", "Cup"])
        check(again.content == first.content and not again.added, "merging again changes nothing")
        merge_labels(first.content, "kitchen", ["cup"])
        merge_labels(first.content, "kitchen", [], forget=True)

    refused(merge, NotMergeable)


def parse_takeout(content: bytes, folder: Path) -> None:
    from indexer.metadata.takeout import read_takeout

    check_readings([read_takeout(content)])


def parse_classes(suffix: str) -> Callable[[bytes, Path], None]:
    def parse(content: bytes, folder: Path) -> None:
        from indexer.errors import InvalidRequest
        from search.labels.class_files import read_classes
        from search.labels.classes import check_classes

        refused(lambda: check_classes(read_classes(content, f"c{suffix}")), InvalidRequest, longest=CITING)

    return parse


def parse_listed_classes(content: bytes, folder: Path) -> None:
    from indexer.errors import InvalidRequest
    from search.labels.make_recipe import make_recipe

    text = content.decode("utf-8", "replace")
    refused(lambda: make_recipe(text), InvalidRequest, longest=CITING)
    refused(lambda: make_recipe("cup,car", templates=text), InvalidRequest)


def parse_truth(content: bytes, folder: Path) -> None:
    from indexer.errors import FolderError, InvalidRequest
    from search.evaluation.truth import read_captions, read_truth

    file = folder / "truth.csv"
    file.write_bytes(content)
    for name in ("a.jpg", "b.jpg"):
        (folder / name).touch()
    for read in (read_truth, read_captions):
        refused(lambda read=read: read(file, lambda _: None), InvalidRequest, FolderError, longest=6000)


def parse_dates(content: bytes, folder: Path) -> None:
    from indexer.errors import InvalidRequest
    from indexer.metadata.clocks import clock_of, milliseconds, offset_of
    from indexer.metadata.file_names import time_in_name
    from indexer.metadata.spellings import parse_timestamp
    from search.filters.dates import parse_date

    parse_timestamp(content)
    text = content.decode("utf-8", "replace")
    for when in (parse_timestamp(text), time_in_name(text)):
        check(when is None or (is_storable(when.text) and (when.ms is None or when.ms in range(1000))), str(when))
    clock_of(text), clock_of(text, is_free=True), offset_of(text), milliseconds(text)
    refused(lambda: parse_date(text), InvalidRequest)


def parse_places(content: bytes, folder: Path) -> None:
    from indexer.errors import InvalidRequest
    from indexer.metadata.places import angle, place_of
    from search.filters.coordinates import parse_coordinates, parse_radius
    from search.filters.sizes import parse_size

    text = content.decode("utf-8", "replace")
    for value in (content, text):
        degrees = angle(value, text[-1:], "NS", needs_reference=False)
        check(degrees is None or math.isfinite(degrees))
        place_of(degrees, degrees)
    for parse in (parse_coordinates, parse_radius, parse_size):
        refused(lambda parse=parse: parse(text), InvalidRequest)


def parse_exif(content: bytes, folder: Path) -> None:
    from indexer.metadata.exif import loaded_exif, read_exif
    from indexer.metadata.texts import or_none

    known = or_none(lambda: loaded_exif(content))  # raises what Pillow raises
    if known is not None:
        check_readings(read_exif(known))


def parse_packets(content: bytes, folder: Path) -> None:
    from indexer.metadata.boxes import canon_exif, xmp_in_file
    from indexer.metadata.iptc import iptc_of_resources, read_iptc
    from indexer.metadata.png_text import profile_exif, read_png_text
    from indexer.metadata.texts import or_none
    from indexer.metadata.xmp import read_xmp

    packets = [xmp_in_file(io.BytesIO(content), name) for name in ("JXL", "JPEG2000", "GIF")]
    check_readings([read_xmp(packet, "xmp") for packet in packets])
    check_readings([read_iptc(content), read_iptc(iptc_of_resources(content))])
    text = content.decode("latin-1")
    key, _, value = text.partition("\0")
    info = {key: value, "Raw profile type iptc": text, "Raw profile type APP1": text, "Creation Time": text}
    check_readings(read_png_text(info))
    or_none(lambda: profile_exif(info))
    or_none(lambda: canon_exif(io.BytesIO(content)))


def parse_query(content: bytes, folder: Path) -> None:
    from indexer.errors import InvalidRequest
    from search.query.terms import make_query, split_file_weight, split_weight
    from search.texts.languages import foreign_language
    from search.texts.long_texts import LONGEST_TEXT, parts_of
    from search.texts.query_templates import templates_for

    text = content.decode("utf-8", "surrogateescape")
    for parse in (split_weight, split_file_weight, lambda text: make_query(plus=[split_weight(text)])):
        refused(lambda parse=parse: parse(text), InvalidRequest, longest=len(text) * 10 + 1000)
    refused(lambda: make_query(text), InvalidRequest)
    if len(text) <= LONGEST_TEXT:
        foreign_language(text), templates_for(text, "ViT-B-32")
        parts = parts_of(text, 77, lambda texts: [2 + len(text.split()) + len(text) // 4 for text in texts])
        check(len(parts) <= len(text) + 1)


def parse_configuration(content: bytes, folder: Path) -> None:
    from search.texts.model_limits import is_multilingual, known_context

    (folder / "open_clip_config.json").write_bytes(content)
    is_multilingual(f"local-dir:{folder}")
    known_context(f"local-dir:{folder}")


TAKEOUT = json.dumps(
    {
        "title": "a.jpg",
        "photoTakenTime": {"timestamp": "1562236205", "formatted": "4 Jul 2019, 10:30:05 UTC"},
        "geoData": {"latitude": 47.375, "longitude": 8.55, "altitude": 1e2},
    }
).encode()
TABLE = 'path,class\na.jpg,cup\n"b.jpg","a, b"\r\n\r\nc.jpg;x,é\n'.encode()
DATES = (
    *(
        "2019:07:04 12:30:05.25+02:00",
        "2019-07-04T12:30:05Z",
        "04.07.2019 12.30",
        "Jul 4, 2019 2:30 PM",
        "1562236205123",
    ),
    *(
        "D:20190704123005+02'00'",
        "Thu Jul  4 12:30:05 2019",
        "2019年7月4日 12時30分",
        "IMG_20190704_123005.jpg",
        "ca. 1920",
    ),
    *("Screenshot 2021-01-11 at 12.30.05.png", "WIN_20190704_12_30_05_Pro", "yesterday", "4 July 2021", "07/2021"),
)
PLACES = (
    "48.85,2.35",
    "48°51'24\"N 2°21'3\"E",
    "+48.85+002.35/",
    "47,22.5N",
    "N 47.375",
    "5km",
    "3 mi",
    "1920x1080",
    "2mp",
)
QUERIES = (
    "red envelope",
    "ratio 16:9:1",
    "grass:0.5",
    "Äpfel auf dem Tisch",
    "красный шар",
    "a, b. c! d;\ne" * 20,
    "&amp;é",
)
IGNORED = (
    *(
        "*.tmp.jpg\n/private/\n**/drafts\nyear/*/raw/**\n!year/*/raw/keep.jpg\n",
        "[!a-y]*.jpg\nfoo**bar.jpg\n# a\n\\#b\n",
    ),
    *("a\\ \n\\!b\n*[[:digit:]]?\n", "*a*a*a*a*b\n**/a/**/a/**/b\n", "caf\u00e9*\n[\u00e4\u00f6]\n"),
)
XML_NASTY = (
    b"<b/>", b"<b>", b"</b>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&amp;", b"&#0;", b"&#x10FFFF;", b"&a;", b"<?a",
    b"?>", b"<!DOCTYPE a [<!ENTITY a 'bbbbbbbbbbbbbbbb'>]>", b' xmlns:p="u"', b' a="', b"'", b"\0", b"\xff\xfe",
    b"\xef\xbb\xbf", b"<rdf:li>clipsearch|kitchen|cup</rdf:li>", b"<rdf:_1>", b' rdf:parseType="Resource"',
    b' xml:lang="x"', b"\xed\xa0\x80",
)  # fmt: skip
YAML_NASTY = (
    b"[", b"{", b"- ", b"? ", b": ", b"&a ", b"*a", b"!!python/object/apply:os.system ", b"<<: ", b"|\n", b">",
    b"%TAG !a! x\n", b"---\n", b"...\n", b"'", b'"', b"\\x", b"# ", b"\t", b"1e999999", b"0x" + b"f" * 50, b"~", b"@",
    b"`", b"\xc2\x85", b"]", b"}",
)  # fmt: skip
JSON_NASTY = (
    b"[", b"{", b'{"a":', b"]", b"}", b",", b'"', b"9", b"-", b"1e999", b"NaN", b"-Infinity", b"null", b"\\ud800",
    b"\\u0000", b"true", b'"photoTakenTime":', b'"timestamp":', b'"geoData":', b'"latitude":',
    b'"model_cfg":{"text_cfg":{"context_length":', b"\xff", b"\0",
)  # fmt: skip
CSV_NASTY = (
    b",", b";", b"\t", b'"', b'""', b"\r", b"\n", b"\r\n", b"\0", b"sep=;\n", b"path", b"class", b"prompt",
    b"caption", b"a.jpg", b"~/", b"../", b"\\", b"=", b"|", b"\xff\xfe", b"\xfe\xff\0", b"\xef\xbb\xbf", b" ", b"# ",
    "\u0345\u0334".encode(), b"x" * 1000,
)  # fmt: skip
TEXT_NASTY = (
    b"1", b"0", b"2019", b" ", b"  ", b"-", b"/", b".", b":", b",", b"T", b"pm", b"a", b"at ", b"of ", b"jul",
    b"+02:00", b"N", b"'", b'"', "年".encode(), "上午".encode(), "ﷺ".encode(), "İ".encode(), "٣".encode(), "²".encode(),
    "°".encode(), "\u0345\u0334".encode(), b"\xff", b"\0", b"x", b"e", b"not ", b"{}", b"\n", b"&amp;", b"&#",
    "Ã©".encode(), "中".encode(), b"|", b"=", b"\\",
)  # fmt: skip
GLOB_NASTY = (
    b"*", b"**", b"**/", b"/**", b"?", b"[", b"]", b"[!", b"[a-z]", b"[[:alpha:]]", b"[z-a]", b"\\", b"/", b"!", b"#",
    b" ", b"\n", b"a", b"*a", b"a*/", b"\r\n", b"\xff", "\u0308".encode(), "ä".encode(), b"\0", b"-", b"^", b"{",
    b"(", b"+", b"$", b"|",
)  # fmt: skip
TABLES = (TABLE, TABLE.replace(b"class", b"caption"), TABLE.decode().encode("utf-16"))
CONFIGURATION = b'{"model_cfg": {"text_cfg": {"context_length": 77, "hf_tokenizer_name": "xlm-roberta"}}}'
SIDECARS = tuple(text.encode() for text in (DARKTABLE, DIGIKAM, IMMICH, LIGHTROOM))
IPTC = b"\x1c\x02\x37\x00\x0820190704\x1c\x02\x3c\x00\x0b123005+0200"
RESOURCES = b"8BIM\x04\x04\0\0\0\0\0" + bytes([len(IPTC)]) + IPTC
GIF = b"GIF89a" + b"\x21\xff\x0bXMP DataXMP" + SIDECARS[0]
JXL = b"\0\0\0\x0cJXL \r\n\x87\n" + (len(SIDECARS[0]) + 8).to_bytes(4, "big") + b"xml " + SIDECARS[0]

KINDS = {
    "ignore files": Kind(parse_ignore_file, [text.encode() for text in IGNORED], GLOB_NASTY),
    "excludes": Kind(parse_excludes, [text.encode() for text in IGNORED], GLOB_NASTY),
    "sidecars read": Kind(read_sidecar, SIDECARS, XML_NASTY),
    "sidecars written": Kind(write_sidecar, SIDECARS, XML_NASTY),
    "Takeout": Kind(parse_takeout, [TAKEOUT], JSON_NASTY),
    "class lists": Kind(
        parse_listed_classes, [b'cup,"a, b",crane=a tower|a bird', b"a {} photo"], CSV_NASTY + TEXT_NASTY
    ),
    "text classes": Kind(parse_classes(".txt"), [b"cup\n# b\n\\#c\ncrane=a tower|a bird\n"], CSV_NASTY + TEXT_NASTY),
    "CSV classes": Kind(
        parse_classes(".csv"), [b"class,prompt\ncup,a cup|a mug\ncar,\n", b"sep=;\nclass;a\nb;c"], CSV_NASTY
    ),
    "YAML": Kind(
        parse_classes(".yaml"), [b"crane: [a tower, 'a bird']\nno:\n", b"- &a cup\n- *a\n- |\n  b\n"], YAML_NASTY
    ),
    "JSON": Kind(parse_classes(".json"), [b'{"crane": ["a tower", "a bird"], "no": null}', b'["cup"]'], JSON_NASTY),
    "truths": Kind(parse_truth, TABLES, CSV_NASTY),
    "dates": Kind(parse_dates, [text.encode() for text in DATES], TEXT_NASTY),
    "places": Kind(parse_places, [text.encode() for text in PLACES], TEXT_NASTY),
    "EXIF": Kind(parse_exif, [exif()]),
    "packets": Kind(parse_packets, [RESOURCES, IPTC, GIF, JXL, b"\nexif\n 4\n" + RESOURCES.hex().encode()], XML_NASTY),
    "queries": Kind(parse_query, [text.encode() for text in QUERIES], TEXT_NASTY),
    "configurations": Kind(parse_configuration, [CONFIGURATION], JSON_NASTY),
}


def case(kind: Kind, name: str, seed: int, number: int) -> bytes:
    """Return the content of a case: a sound text that is broken, one with nasty parts, or one of nasty parts alone."""
    chance = random.Random(f"{seed} {name} {number}")
    content = kind.seeds[number % len(kind.seeds)]
    way = chance.randrange(4) if kind.nasty else 0
    if way < 2:
        content = mutated(content, chance)
    if way > 0:
        parts = b"".join(_nasty(kind.nasty, chance) for _ in range(chance.randint(1, 4)))
        at = chance.randrange(len(content) + 1) if way < 3 else 0
        content = content[:at] + parts + (content[at:] if way < 3 else b"")
    return content[:LONGEST]


def _nasty(parts: Sequence[bytes], chance: random.Random) -> bytes:
    """Return a few parts, many times over: a row of them, or each by itself."""
    chosen = [chance.choice(parts) for _ in range(chance.randint(1, 3))]
    times = chance.choice((1, 2, 10, 100, 1000, 20_000))
    if chance.random() < 0.5:
        return b"".join(chosen) * times
    return b"".join(part * times for part in chosen)


def parse_all(name: str, seed: int, count: int, folder: Path, current: Any, wrong: Any) -> None:
    """Parse the sound texts of a kind and all its cases, in a process of its own; put what is wrong into a queue."""
    kind = KINDS[name]
    for sound in kind.seeds:
        kind.parse(sound, folder)  # and import all of it
    _limit_memory()
    told = 0
    for number in range(count):
        current.value = number
        content, before = case(kind, name, seed, number), time.process_time()
        try:
            kind.parse(content, folder)
            taken = time.process_time() - before
            reason = None if taken < SECONDS else f"took {taken:.1f} seconds"
        except Exception:
            reason = traceback.format_exc(limit=-3)
        if reason and (told := told + 1) <= MOST_TOLD:
            wrong.put(f"{name}, seed {seed}, case {number}: {reason[-2000:]}")
    current.value = count
    wrong.put(None)


def _limit_memory() -> None:
    """Limit what this process may take; where the system can't, the cases still run."""
    try:
        import resource

        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, resource.RLIM_INFINITY))
    except (ImportError, OSError, ValueError):
        pass


@pytest.mark.parametrize("name", KINDS)
def test_nasty_texts_of_every_kind_do_no_harm(name: str, tmp_path: Path, fuzz_cases: int, fuzz_seed: int) -> None:
    context = multiprocessing.get_context("spawn")
    current, wrong = context.Value("q", -1), context.Queue()
    count = math.ceil(fuzz_cases / len(KINDS))
    process = context.Process(target=parse_all, args=(name, fuzz_seed, count, tmp_path, current, wrong), daemon=True)
    process.start()
    process.join(PATIENCE * max(1.0, count / 200))
    is_stuck = process.is_alive()
    if is_stuck:
        process.kill()
        process.join()
    number = current.value
    assert not is_stuck, f"{name}, seed {fuzz_seed}, case {number} does not end"
    assert process.exitcode == 0 and number == count, f"{name}, seed {fuzz_seed}, case {number} ends the process"
    found = list(iter(wrong.get, None))
    assert not found, "\n".join(found)
