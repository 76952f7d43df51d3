"""Take the photos out of GCompris' resource files, for benchmarks on pictures that nothing was chosen on.

    apt-get download gcompris-qt-data && dpkg -x gcompris-qt-data_*.deb gcompris
    python -m benchmarks.gcompris gcompris/usr/share/gcompris-qt/rcc photos

Writes photos/fishes, photos/tools and so on: some 200 photos by their subject. The format is that of Qt's resource
compiler (Qt's sources: qresource.cpp): a tree of nodes, names in UTF-16, and the files, some compressed by zlib.
"""

from __future__ import annotations

import argparse
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

NODE = 22  # bytes, from version 2 on
COMPRESSED, FOLDER = 1, 2
PHOTOS = {
    "categorization": ("fishes", "monuments", "others", "renewable", "tools"),
    "explore_farm_animals": ("animals",),
    "explore_world_animals": ("animals",),
    "erase": ("resource",),
}


def files_in(content: bytes) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield (path, content) of the files in a resource file's bytes; raises ValueError if it is none."""
    magic, version, tree, files, names = struct.unpack_from(">4sIIII", content)
    if magic != b"qres" or version < 2:
        raise ValueError("This is no resource file of Qt 5 or later.")

    def name_of(node: int) -> str:
        place = names + struct.unpack_from(">I", content, node)[0]
        (letters,) = struct.unpack_from(">H", content, place)
        return content[place + 6 : place + 6 + 2 * letters].decode("utf-16-be")

    def below(node: int, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, bytes]]:
        (flags,) = struct.unpack_from(">H", content, node + 4)
        if flags & FOLDER:
            count, first = struct.unpack_from(">II", content, node + 6)
            for child in range(tree + first * NODE, tree + (first + count) * NODE, NODE):
                yield from below(child, path / name_of(child))
            return
        place = files + struct.unpack_from(">I", content, node + 10)[0]
        (size,) = struct.unpack_from(">I", content, place)
        found = content[place + 4 : place + 4 + size]
        yield path, zlib.decompress(found[4:]) if flags & COMPRESSED else found

    yield from below(tree, PurePosixPath())


def main() -> None:
    """Write the photos."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("resources", type=Path)
    parser.add_argument("photos", type=Path)
    arguments = parser.parse_args()
    for activity, folders in PHOTOS.items():
        for path, content in files_in((arguments.resources / f"{activity}.rcc").read_bytes()):
            if path.suffix == ".webp" and path.parent.name in folders:
                folder = path.parent.name if len(folders) > 1 else activity
                target = arguments.photos / folder / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)


if __name__ == "__main__":
    main()
