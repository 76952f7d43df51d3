"""How each benchmark is run on a tiny size, and the rows that its output must have.

In arguments, {work} is a folder that the runs share, {model} a tiny model, {stamps} a folder like Tux Paint's stamps,
{samples} the sample images, {rcc} resource files like GCompris'.
"""

from __future__ import annotations

from dataclasses import dataclass

WORK = "--work {work} --tiny"


@dataclass(frozen=True, slots=True)
class Smoke:
    """A tiny run: the arguments, and how lines that must be there begin; `{}` is any number."""

    arguments: str
    rows: tuple[str, ...]


SMOKE = {
    "builtin_model": Smoke(
        "{stamps} --model {model}",
        ("{} captioned photos", "retrieval by caption: R@1 {}", "6-way labeling of 8: {}", "fitted logit scale: {}"),
    ),
    "builtin_colours": Smoke(
        "{stamps} --model {model}",
        ("captioned photos: R@1 {} of 2", "sample images: R@1 {} of 24"),
    ),
    "duplicates": Smoke(
        "--pictures 1 --members 1 --model {model}",
        (
            "1 pictures, 26 copies",
            "hashing took {} ms",
            "| JPEG quality 30 | 1 |",
            "| mirrored | 1 |",
            "| **all copies**",
        ),
    ),
    "encoding": Smoke(
        "--tiny --rounds 1 --batch-size 2",
        (
            "| torch fp32 | {} |",
            "| packed fp32 | {} |",
            "| onnxruntime fp32 | {} |",
            "| onnxruntime int8, dynamic | {} |",
        ),
    ),
    "agents": Smoke(
        "--runs 1 --calls 1",
        (
            "| a process that imports the SDK | {} | {} | {} |",
            "| `clipsearch mcp` to its first answer, text cached | {} | {} | {} |",
            "| contact_sheet of 20 | {} | {} |",
            "| view_photo, 1,024 pixels | {} | {} |",
            "Memory of the server after that: {} MB",
        ),
    ),
    "datasets": Smoke(
        WORK.removesuffix(" --tiny")
        + " --vectors 2000 --queries 5 --rows 2000 --engine-tiny --engine-few 32 --engine-pictures 64"
        + " --photos 4 --runs 1 --way bucket-bucket",
        (
            "## Stores: 2,000 embeddings of 512 dimensions",
            "| Lance | all | {} | 10 | {} | {} | {} |",
            "| Lance | 2% | | 100 | {} | {} | {} |",
            "| SQLite | 10% | | 200 | {} | {} | {} |",
            "| Lance | {} s, {}/s | {} s | {} | {} MB | {} MB |",
            "## Engines: 64 pictures in tars of 32",
            "| local | {} | {} | 1.00 | {} | {} |",
            "| Ray, 2 actors | {} | {} | {} | {} | {} |",
            "## Files: 2,000 embeddings of 512 dimensions",
            "| Lance | Parquet | {} rows/s | {}% | {} + {} MB | {} rows/s | {}% | {} + {} MB |",
            "| SQLite | clip-retrieval | {} rows/s | {}% | {} + {} MB | {} rows/s | {}% | {} + {} MB |",
            "| bucket-bucket | {} s | {} | {} s |",
        ),
    ),
    "places": Smoke(
        "1000", ("| make the files | {} |", "| find Paris | {} |", "| 1,000 points around 300 towns | {} |")
    ),
    "filters": Smoke("2000", ("| a year | {} | {} | {} |", "| a place and JPEG | {} | {} | {} |")),
    "serve_library": Smoke("{work}/served 300", ("| pictures | {} |", "| bytes a picture | {} |")),
    "gcompris": Smoke("{rcc} {work}/photos", ()),
    "indexing": Smoke(
        WORK + " --files 3 --few 2 --library 4 --tree 20 --repeat 1 --skip-rclip",
        (
            "| one new picture in a library of 4, whole command |",
            "| 2 new pictures in a library of 4, whole command |",
            "| 3 new pictures in a library of 4, whole command |",
            "| 2 pictures into a new library |",
            "| pictures/s without start-up |",
            "| pictures/s without start-up, of the bound of its parts |  | {} of {} |",
            "| peak memory (PSS), one new picture |  | {} MB |",
            "| peak memory (PSS), 3 new pictures |  | {} MB |",
            "| `similar FILE`, not in the library |  | {} s |",
            "| `query --like FILE`, not in the library |  | {} s |",
            "| `label FILE`, not in the library |  | {} s |",
            "| they import torch or open_clip |",
            "| a new text, 4 pictures |  | {} s |",
            "| first index of the sample images, weights on disk, empty cache |  | {} s |",
            "| unchanged pass, 20 files |  | {} s |",
        ),
    ),
    "labeling": Smoke(
        "--pictures 2000 --classes 5 --store",
        ("2 classes and other: {} s", "2,000 x 5: {} s", "  with storing the labels: {} s"),
    ),
    "other": Smoke("{samples}", ("samples: 16 tasks, {} pictures: precision {}, recall {}",)),
    "query_languages": Smoke(
        "{stamps} --sample 20", ("## ours: loads in {} s", "queries, de {} of 12", "captions, de {} of")
    ),
    "query_templates": Smoke("{stamps} --model {model}", ("  bare R@1 {}", "longer: {} queries", "all: 8 queries")),
    "check": Smoke(
        WORK + " --pictures 100 --repeat 1",
        (
            "| `clipsearch check`, 100 | {} | {} | {} |",
            "| a text that was asked before | {} | {} | {} |",
            "hashing the index file {} s, memory {} MB",
        ),
    ),
    "search": Smoke(
        WORK + " --pictures 100 --repeat 1 --skip-rclip",
        (
            "| cold, text cached, 100 | {} s, {} MB |",
            "| cold, new text, 100 | {} s |",
            "| cold, new text, 100 | {} s, {} MB |",
            "| warm, 100 | p50 {} ms, p95 {} ms, recall@10 {} |",
            "| bytes on disk a picture | {} |",
            "| labels, 100 x 100 classes | {} s |",
        ),
    ),
    "search_quality": Smoke(
        "--most 50",
        tuple(
            f"| {name} | 34 | {{}} |"
            for name in ("samples, tuning", "samples, held out", "simulated CLIP, 34 pictures")
        ),
    ),
    "serve": Smoke(
        "--work {work} --pictures 300 --starts 1 --seconds 1 --rate 5 --requests 10 --skip-browser",
        (
            "| from the command to the first answer | {} s |",
            "| search of a cached text, 5 a second, p95 | {} ms | <= 50 ms |",
            "| memory over 10 requests | {} ",
            "| the layout of all, by date | {} s, {} MB |",
        ),
    ),
    "thumbnails": Smoke(
        "--photos 3 --kept 500 --rounds 1 --tiny --model {model}",
        (
            "| decode | {} |",
            "| WebP | {} |",
            "| without | {} |",
            "| with --thumbnails | {} |",
            "| of known pictures, afterwards | {} |",
            "| look one up | {} | {} | {} | {} |",
            "| keep one more, and make room | {} | {} | {} | {} |",
            "room {} MB, taken {} MB",
        ),
    ),
    "startup": Smoke(
        "--runs 1",
        ("| `import torch` | {} |", "| `clipsearch --help` | {} |", "| `clipsearch query`, text cached | {} |"),
    ),
}
