"""An image tower on a GPU: a batch goes up while the one before it is computed.

Several threads may call one tower. Each call gets a lane: pinned host memory and room on the GPU, both allocated once,
and a stream for the copies. Computing has one stream for all lanes and is launched in turn, so that two batches in
flight need no more memory for what lies between the layers than one.

Without a GPU there are no streams and nothing is pinned, but all else is the same; so it is tested. On a GPU it was not
run yet: `benchmarks/gpu.py` measures it there.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.arrays import FloatArray
from indexer.models.preprocess import Pixels

if TYPE_CHECKING:
    import torch

LANES = 2  # batches in flight: one is computed, one goes up
# Whether full batches are recorded as CUDA graphs. A graph saves the time in which Python launches some 200 kernels;
# with two lanes that happens while the other batch is computed. So eager, until benchmarks/gpu.py shows a gain.
GRAPHS = False

Encode = Callable[["torch.Tensor"], "torch.Tensor"]


class CudaTower:
    """uint8 pictures to features, for as many threads at a time as there are lanes."""

    def __init__(
        self,
        encode: Encode,
        mean: Sequence[float],
        std: Sequence[float],
        dtype: torch.dtype,
        device: torch.device,
        *,
        graphs: bool = GRAPHS,
    ) -> None:
        """Take what encodes normalised pictures of a precision on a device, and the channels' mean and deviation."""
        import torch

        self._encode = encode
        self._mean, self._std = (255.0 * torch.tensor(values, device=device).view(1, 3, 1, 1) for values in (mean, std))
        self._dtype = dtype
        self._streams = Streams(device)
        self._computing = self._streams.new()
        self._launching = threading.Lock()
        self._graphs = graphs
        self._pool: Any = None  # the graphs' memory: they run one after another, so one memory does for all
        self._idle: queue.LifoQueue[Lane] = queue.LifoQueue()  # so that one thread alone fills one lane
        for _ in range(LANES):
            self._idle.put(Lane(self._streams))
        self._streams.synchronize()  # weights may still be on their way, in a stream that ours don't wait for

    def __call__(self, batch: Pixels) -> FloatArray:
        """Return the features (n, dim), float32, of pictures (n, height, width, 3); raises whatever torch raises.

        After an error the lane holds no memory, so that a smaller batch has room.
        """
        lane = self._idle.get()
        try:
            return self._through(lane, batch)
        except BaseException as error:
            self._graphs = False
            lane.release()
            if "ALLOC_FAILED" in str(error):  # cuBLAS and cuDNN have their own words for it
                raise MemoryError(f"out of memory: {error}") from error
            raise
        finally:
            self._idle.put(lane)

    def _through(self, lane: Lane, batch: Pixels) -> FloatArray:
        """Send a batch up, compute, and wait for the features; whoever has another lane goes on meanwhile."""
        import torch

        count = len(batch)
        lane.reserve(batch.shape)
        np.copyto(lane.host.numpy()[:count], batch)  # by this thread alone: torch would take the decoders' cores
        with self._streams.on(lane.stream):
            lane.pixels[:count].copy_(lane.host[:count], non_blocking=True)
        with self._launching, torch.inference_mode(), self._streams.on(self._computing):
            self._streams.follow(self._computing, lane.stream)
            features = self._compute(lane, count).to("cpu", non_blocking=True)  # into pinned memory of torch's
            done = self._streams.mark()
        if done is not None:
            done.synchronize()
        return np.asarray(features.numpy(), dtype=np.float32)

    def _compute(self, lane: Lane, count: int) -> torch.Tensor:
        """Launch the tower on the lane's first pictures, as a graph if it is full and that works."""
        if not self._graphs:
            lane.graph = lane.features = None
        elif count == len(lane.pixels) and lane.graph is None:
            self._record(lane)
        if lane.graph is None or count != len(lane.pixels):
            return self._features(lane.pixels[:count])
        lane.graph.replay()
        features: torch.Tensor = lane.features
        return features

    def _features(self, pixels: torch.Tensor) -> torch.Tensor:
        """Normalise in fp32 and encode."""
        # Permuted to (n, 3, height, width) the pictures are channels_last, the fastest layout for convolutions.
        values = pixels.permute(0, 3, 1, 2).float().sub_(self._mean).div_(self._std)
        return self._encode(values.to(self._dtype)).float()

    def _record(self, lane: Lane) -> None:
        """Record the tower for a full lane as a graph; whatever fails, the tower goes on without graphs.

        An error of the model or of memory comes again then, from where it is raised.
        """
        import torch

        try:
            self._features(lane.pixels)  # libraries load and choose kernels now, which can't be recorded
            self._pool = self._pool or torch.cuda.graph_pool_handle()
            graph = torch.cuda.CUDAGraph()
            # thread_local: other threads may allocate memory and copy meanwhile.
            with torch.cuda.graph(graph, self._pool, self._computing, capture_error_mode="thread_local"):
                lane.features = self._features(lane.pixels)
            lane.graph = graph
        except Exception:
            self._graphs = False
            lane.graph = lane.features = None


class Lane:
    """The way of one batch: host memory, room on the device, a stream for the copies, perhaps a graph."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self.stream = streams.new()
        self.host: Any = None
        self.pixels: Any = None
        self.graph: Any = None
        self.features: Any = None  # the graph's

    def reserve(self, shape: Sequence[int]) -> None:
        """Make room for a batch of a shape (n, height, width, 3), unless there is."""
        import torch

        if self.host is not None and len(self.host) >= shape[0] and self.host.shape[1:] == shape[1:]:
            return
        self.release()
        self.host = self._streams.pinned(shape)
        with self._streams.on(self.stream):  # so the allocator knows which stream writes here
            self.pixels = torch.empty(tuple(shape), dtype=torch.uint8, device=self._streams.device)

    def release(self) -> None:
        """Let go of all memory."""
        self.host = self.pixels = self.graph = self.features = None


class Streams:
    """A GPU's streams, events and pinned memory; elsewhere there are none, and everything happens in turn."""

    def __init__(self, device: torch.device) -> None:
        import torch

        self.device = device
        self._cuda: Any = torch.cuda if device.type == "cuda" else None

    def new(self) -> Any:
        """Return a new stream, None where there are none."""
        return None if self._cuda is None else self._cuda.Stream(self.device)

    def on(self, stream: Any) -> contextlib.AbstractContextManager[Any]:
        """Let this thread launch on a stream."""
        return contextlib.nullcontext() if self._cuda is None else self._cuda.stream(stream)

    def follow(self, stream: Any, other: Any) -> None:
        """Let a stream wait for what was launched on another."""
        if stream is not None:
            stream.wait_stream(other)

    def mark(self) -> Any:
        """Return an event after all that was launched on this thread's stream; None where nothing is to be waited for.

        Who waits for it sleeps: by default CUDA spins, on a core that a decoder needs.
        """
        if self._cuda is None:
            return None
        event = self._cuda.Event(blocking=True)
        event.record()
        return event

    def pinned(self, shape: Sequence[int]) -> torch.Tensor:
        """Return uint8 host memory that the GPU reads by itself, or ordinary memory where no more can be pinned."""
        import torch

        if self._cuda is not None:
            with contextlib.suppress(RuntimeError):
                return torch.empty(tuple(shape), dtype=torch.uint8, pin_memory=True)
        return torch.empty(tuple(shape), dtype=torch.uint8)

    def synchronize(self) -> None:
        """Wait for all streams of the device."""
        if self._cuda is not None:
            self._cuda.synchronize(self.device)
