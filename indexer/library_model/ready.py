"""An encoder that is ready at once: its exports encode the first pictures, and a faster way takes over.

Loading torch takes as long as some dozens of pictures, so only a larger job does it, while the first pictures are being
decoded and, if it takes long, encoded. Both ways give the same embeddings (cosine >= 0.999), so that nothing shows
where one followed the other.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from indexer.errors import ClipsearchError
from indexer.image_tower.tower import PACKED_INT8, About, close_towers, open_tower
from indexer.library_model.fast_ways import packed_name, rate_of_fast_way
from indexer.library_model.judging import JUDGED, Judge, Verdict

if TYPE_CHECKING:
    import torch

    from indexer.arrays import FloatArray
    from indexer.library_model.fast_ways import Way
    from indexer.models.encoder import Encoder, TextModule
    from indexer.models.preprocess import Pixels
    from indexer.packed_tower.vit import PackedViT

MANY = 6  # pictures from which on it pays to pack the weights
LOAD_SECONDS = {"packed": 1.25, "full": 5.0}  # of the time that the run could have encoded in
LEAST_GAIN = 1.2  # times as fast a way must be to be loaded
PATIENT_JOB = 8  # times as many pictures as are judged: then that takes but a few percent of the time
Result = TypeVar("Result")


class ReadyEncoder:
    """A model by way of its exports, as an Encoder. Pictures need no torch; what else is asked loads the model."""

    def __init__(
        self,
        name: str,
        about: About,
        load: Callable[[], Encoder],
        faster: Callable[[str], Sequence[Way]],
        gpu_seats: int = 0,
    ) -> None:
        """Take what was exported of a model, and how to load it.

        `faster` loads the fastest way in "exact" or "int8" precision: one or more ways that may work at the same time.
        `gpu_seats` is how many these may be on the GPUs that there seem to be.
        """
        self.name = name
        self.about = about
        self.fingerprint, self.dim = about.fingerprint, about.dim
        self.logit_scale, self.logit_bias = about.logit_scale, about.logit_bias
        self.batch_size = about.batch_size
        self.preprocess = about.preprocessing
        self.context_length = about.context
        self._load = load
        self._faster = faster
        self._gpu_seats = gpu_seats
        self._seat = 0  # which of the faster ways this encoder takes
        self._int8 = False
        self._judge: Judge | None = None
        self.verdict: Verdict | None = None  # on int8, once there is one
        self._full: Encoder | None = None
        self._opening: Future[Way] | None = None
        self._coming: Future[Sequence[Way]] | None = None  # the faster ways
        self._way: Way | None = None
        self._precision = ""  # of the last pictures; after a verdict the next ones are encoded in another way
        self._many = False  # whether the exports are open for many pictures
        self._is_fast = False  # whether there is nothing faster to come

    @property
    def device(self) -> str:
        """The device that computes most of what is expected."""
        return "cuda" if self._gpu_seats and self._coming is not None else "cpu"

    @property
    def precision(self) -> str:
        """What the last pictures were encoded in."""
        return self._precision or self._first_precision

    @property
    def _first_precision(self) -> str:
        return "int8" if self._int8 else "fp32"

    @property
    def _goal(self) -> str:
        """The precision of the faster way."""
        return "int8" if self._int8 else "exact"

    def use_int8(self, good: bool) -> None:
        """Use int8 from the start if it was found `good` enough for these pictures, and there is such an export."""
        self._int8 = good and "int8" in self.about.least_cosines

    def judge_int8(self) -> None:
        """Find out whether int8 is good enough for the next pictures, and use it if so."""
        if "int8" in self.about.least_cosines and not self._int8:
            self._judge = Judge()

    def expect(self, pictures: int) -> None:
        """Open the files meanwhile, and for a large job load the faster way too."""
        if pictures < self._enough_to_judge:
            self._judge = None
        if self._is_fast:
            return
        large, many = pictures >= self.large_job, pictures >= MANY
        if large and self._coming is None:
            self._coming = _in_thread(lambda: self._faster(self._goal))
        if self._way is None or (many and not self._many):
            self._way, self._many = None, many
            self._opening = None if large and self._comes_soon else _in_thread(lambda: self._opened(many))

    @property
    def _enough_to_judge(self) -> int:
        """The size of a job in which int8 is judged: any that is long enough, if it then goes faster itself."""
        return JUDGED if packed_name(self.about, "int8") == PACKED_INT8 else PATIENT_JOB * JUDGED

    @property
    def large_job(self) -> float:
        """The number of pictures from which on the faster way pays."""
        slow = self.about.rates.get(self._first_precision, 0)
        fast = math.inf if self._gpu_seats else rate_of_fast_way(self.about, self._goal)
        if not slow or fast < LEAST_GAIN * slow:
            return math.inf
        seconds = LOAD_SECONDS["packed" if self._comes_soon else "full"]
        return math.ceil(seconds / (1 / slow - 1 / fast))

    def encode_images(self, batch: Pixels) -> FloatArray:
        """Return unit rows, shape (n, dim), of uint8 pictures, shape (n, height, width, 3)."""
        self._way = self._best_way()
        rows = self._encoded(batch)
        self._precision = self._way.precision
        if self._judge is not None and math.isfinite(float(rows.sum())):  # else the run is about to stop
            self._compare(batch, rows)
        return rows

    def _encoded(self, batch: Pixels) -> FloatArray:
        """Encode pictures in the present way, or if it fails by the model itself."""
        assert self._way is not None
        try:
            return self._way.encode_images(batch)
        except (MemoryError, ClipsearchError):
            raise
        except Exception:
            if self._way is self._full:
                raise
            # Whatever onnxruntime raises, the model itself can do it.
            self._way, self._coming, self._is_fast = self._model(), None, True
            return self._way.encode_images(batch)

    @property
    def _comes_soon(self) -> bool:
        """Whether the faster way is read from a packed tower, which takes but a second or two."""
        return not self._gpu_seats and packed_name(self.about, self._goal) is not None

    def _best_way(self) -> Way:
        """Return the faster way once it is loaded, until then the exports; if these are damaged, the model."""
        if self._coming is not None and (self._comes_soon or self._coming.done()):
            coming, self._coming = self._coming, None
            if coming.exception() is None:  # waits for what comes soon: meanwhile the decoders have work for all cores
                self._opening, self._is_fast = None, True
                close_towers()  # their memory is not needed any more
                return coming.result()[self._seat % len(coming.result())]
        if self._way is not None:
            return self._way
        opening, self._opening = self._opening, None
        return self._opened(self._many) if opening is None else opening.result()

    def _opened(self, many: bool) -> Way:
        return open_tower(self.about, self._first_precision, many) or self._model()

    def _compare(self, batch: Pixels, rows: FloatArray) -> None:
        """Encode pictures in int8 too, and decide when there are enough."""
        assert self._judge is not None
        tower = open_tower(self.about, "int8", many=True)
        try:
            self.verdict = self._judge.add(rows, tower.encode_images(batch)) if tower is not None else None
        except Exception:
            tower = None  # whatever onnxruntime raises, this run goes on without int8
        if tower is None or self.verdict is not None:
            self._judge = None
        if self.verdict is not None and self.verdict.is_good:
            self._int8 = True
            if not self._is_fast and self._coming is None:
                self._way = tower

    def _model(self) -> Encoder:
        """Return the model itself."""
        if self._full is None:
            self._full = self._load()
        return self._full

    def use_threads(self, threads: int) -> None:
        """Pass on to a way that can."""
        if self._way is self._full and self._full is not None:
            self._full.use_threads(threads)

    def replicas(self) -> Sequence[ReadyEncoder]:
        """Return this encoder alone, or on GPUs one for each seat, which goes over to a replica of the model."""
        if not self._gpu_seats or self._coming is None:
            return [self]
        self._judge = None  # int8 is for CPUs
        encoders = [self, *(copy.copy(self) for _ in range(1, self._gpu_seats))]
        for seat, encoder in enumerate(encoders):
            encoder._seat = seat
        return encoders

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Return unit rows (n, dim) by the model itself, which is loaded for it."""
        return self._model().encode_texts(texts)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has; the model is loaded for it."""
        return self._model().token_counts(texts)

    def text_module(self) -> TextModule | None:
        """Return the model's text side; the model is loaded for it."""
        return self._model().text_module()

    def packed_tower(self) -> PackedViT | None:
        """Return the model's packed image side; the model is loaded for it."""
        return self._model().packed_tower()

    def image_module(self) -> torch.nn.Module | None:
        """Return the model's image side; the model is loaded for it."""
        return self._model().image_module()


def _in_thread(work: Callable[[], Result]) -> Future[Result]:
    """Start work in a thread of its own."""
    executor = ThreadPoolExecutor(1, "opening")
    future = executor.submit(work)
    executor.shutdown(wait=False)
    return future
