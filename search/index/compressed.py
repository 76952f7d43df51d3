"""The compressed FAISS index of a large library: inverted lists of RaBitQ codes, which name candidates.

A code keeps 3 bits of each dimension after a random rotation (Gao et al., "Practical and Asymptotically Optimal
Quantization of High-Dimensional Vectors in Euclidean Space for Approximate Nearest Neighbor Search", SIGMOD 2025);
the lists are those of k-means (Sivic and Zisserman, "Video Google", ICCV 2003). The scores are estimates, so
vector_index.py ranks the candidates again by the stored vectors. FAISS ids are SQLite ids.

A file that is searched is mapped into memory and only read: FAISS ends the process if something is added to it.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, Ids

CODE_BITS = 3  # for each dimension
SAMPLE_PER_LIST = 64  # vectors to train k-means with
ROUNDS = 10  # of k-means
SEED = 5
QUERY_BITS = 4  # the query is quantised too, so that a comparison only counts bits


class CompressedIndex:
    """An open FAISS index, which names candidates."""

    def __init__(self, index: Any) -> None:
        """Take a faiss.IndexPreTransform around an IndexIVFRaBitQ; raises RuntimeError for any other."""
        import faiss

        if not _has_our_form(index):
            raise RuntimeError("the file holds another kind of index")
        self._index = index
        self._lists = cast(Any, faiss.downcast_index(index.index))
        self._lists.qb = QUERY_BITS

    @classmethod
    def trained(cls, sample: FloatArray, rows: int) -> CompressedIndex:
        """Return an empty index for so many rows, its lists trained with a sample (n, dim) of them."""
        import faiss

        dim = sample.shape[1]
        rotation = faiss.RandomRotationMatrix(dim, dim)
        rotation.init(SEED)
        centres = faiss.IndexFlatIP(dim)
        lists = faiss.IndexIVFRaBitQ(centres, dim, lists_for(rows), faiss.METRIC_INNER_PRODUCT, True, CODE_BITS)
        lists.cp.niter, lists.cp.spherical, lists.cp.seed = ROUNDS, True, SEED
        lists.cp.max_points_per_centroid, lists.cp.min_points_per_centroid = SAMPLE_PER_LIST, 1
        index = faiss.IndexPreTransform(rotation, lists)
        for part in (centres, lists, rotation):  # the index owns and frees its parts
            part.this.disown()  # type: ignore[union-attr]
        index.own_fields = lists.own_fields = True
        index.train(sample)
        return cls(index)

    @classmethod
    def opened(cls, path: Path, *, to_change: bool = False) -> CompressedIndex:
        """Open a file: mapped, in milliseconds, or `to_change` read as a whole. Raises RuntimeError for a bad one."""
        import faiss

        if not _faiss_can_open(path):
            return cls(faiss.deserialize_index(np.fromfile(path, np.uint8)))
        return cls(faiss.read_index(str(path), 0 if to_change else faiss.IO_FLAG_MMAP_IFC))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def ids(self) -> Ids:
        """Return all ids, ascending."""
        import faiss

        lists = self._lists.invlists
        sizes = [int(lists.list_size(number)) for number in range(self.lists)]
        parts = [faiss.rev_swig_ptr(lists.get_ids(number), size) for number, size in enumerate(sizes) if size]
        return np.sort(np.concatenate(parts).astype(np.int64)) if parts else np.empty(0, np.int64)

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return int(self._index.d)

    @property
    def lists(self) -> int:
        """The number of inverted lists."""
        return int(self._lists.nlist)

    @property
    def imbalance(self) -> float:
        """How much longer a search takes than with lists of equal length, 1 or more."""
        return float(self._lists.invlists.imbalance_factor())

    def write(self, path: Path) -> None:
        """Write the index to a file."""
        import faiss

        if _faiss_can_open(path):
            faiss.write_index(self._index, str(path))
        else:
            faiss.serialize_index(self._index).tofile(path)

    def add(self, ids: Ids, vectors: FloatArray) -> None:
        """Add vectors (n, dim) whose ids are not in the index."""
        self._index.add_with_ids(np.ascontiguousarray(vectors, np.float32), ids)

    def remove(self, ids: Ids) -> None:
        """Remove the ids, as far as they are there."""
        import faiss

        self._lists.remove_ids(faiss.IDSelectorBatch(np.ascontiguousarray(ids, np.int64)))

    def candidates(self, vectors: FloatArray, count: int, probes: int, allowed: NDArray[np.bool_] | None = None) -> Ids:
        """Return the ids (n, count) that are probably nearest to vectors (n, dim), -1 where there are too few.

        Searches `probes` lists. `allowed`, indexed by id, limits the answer; ids beyond its end are not allowed.
        """
        import faiss

        parameters = faiss.IVFRaBitQSearchParameters()
        parameters.nprobe, parameters.qb = min(probes, self.lists), QUERY_BITS
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            parameters.sel = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
        count = max(1, min(count, len(self)))
        with _threads(1 if len(vectors) == 1 else faiss.omp_get_max_threads()):
            rotated = self._index.chain.at(0).apply(np.ascontiguousarray(vectors, np.float32))
            _, ids = self._lists.search(rotated, count, params=parameters)
        return np.asarray(ids, dtype=np.int64)


def _has_our_form(index: Any) -> bool:
    """Return whether an index is one that `trained` makes, and its parts fit together.

    A file can come from someone else, and with any kind of index in it: FAISS takes each part at its word and
    searches with the lengths of another one.
    """
    faiss: Any = importlib.import_module("faiss")  # whose types leave out much of this
    if type(index) is not faiss.IndexPreTransform or index.chain.size() != 1:
        return False
    rotation, lists = faiss.downcast_VectorTransform(index.chain.at(0)), faiss.downcast_index(index.index)
    if type(rotation) is not faiss.RandomRotationMatrix or type(lists) is not faiss.IndexIVFRaBitQ:
        return False
    centres, inverted = faiss.downcast_index(lists.quantizer), faiss.downcast_InvertedLists(lists.invlists)
    if type(centres) is not faiss.IndexFlatIP or type(inverted) is not faiss.ArrayInvertedLists:
        return False
    ours = faiss.RaBitQuantizer(index.d, faiss.METRIC_INNER_PRODUCT, CODE_BITS)
    dims = {index.d, rotation.d_in, rotation.d_out, lists.d, centres.d, lists.rabitq.d}
    return (
        len(dims) == 1
        and (rotation.A.size(), rotation.b.size(), rotation.have_bias) == (index.d**2, 0, False)
        and 0 < lists.nlist == inverted.nlist == centres.ntotal
        and index.ntotal == lists.ntotal == inverted.compute_ntotal()
        and lists.code_size == inverted.code_size == lists.rabitq.code_size == ours.code_size
        and lists.rabitq.nb_bits == CODE_BITS
        and {index.metric_type, lists.metric_type, lists.rabitq.metric_type} == {faiss.METRIC_INNER_PRODUCT}
    )


def _faiss_can_open(path: Path) -> bool:
    """Return whether FAISS can open a name: it hands UTF-8 to fopen, and that of Windows understands only ASCII."""
    try:
        str(path).encode("ascii" if os.name == "nt" else "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def lists_for(rows: int) -> int:
    """Return how many lists suit so many rows: a power of two near their square root."""
    return int(min(8192, max(16, 2 ** round(math.log2(max(rows, 1)) / 2))))


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let FAISS use so many threads in the with-block: for one query, waking others takes longer than the search."""
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
