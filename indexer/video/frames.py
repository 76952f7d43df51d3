"""Which frames of a video are decoded and looked at, each with its time.

Only key frames where they come often enough, as encoders put one at each cut; from the first long gap on, every
frame is decoded. scenes.py judges what the frames show.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Generator, Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from indexer.errors import PictureError
from indexer.video.container import Container

if TYPE_CHECKING:
    from av import Packet, VideoFrame, VideoStream

    VideoPacket = Packet[VideoStream]

LONGEST_GAP = 12.0  # seconds without a key frame: more than x264's 250 frames in a scene without cuts
LEAST_KEY_FRAMES = 4  # of a short clip, or every frame of it is decoded, which costs little
KEY_STEP = 0.25  # seconds between key frames at least: in ProRes or MJPEG all frames are key frames
FRAME_STEP = 1.0  # seconds between the frames looked at where all are decoded

STATE_SECONDS = ("asf", "flv")  # formats that state their duration, but not where it is easy to find how many bytes
MAY_BE_MISSING = 30.0  # seconds at the end of those, or a tenth
CUT_SHORT = "the video is truncated or damaged"


class TimedFrame(NamedTuple):
    """A decoded frame and its time."""

    at: float  # seconds from the start
    frame: VideoFrame


class SampledFrames:
    """The frames of a video that are looked at, in order of time; can be iterated once."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self.decoder = container.stream.codec_context
        self.clock = _Clock(container)

    def __iter__(self) -> Iterator[TimedFrame]:
        """Yield key frames while they come often; from the first gap on any frames, a second apart."""
        seconds = self.container.seconds
        seen = yield from self._key_frames(_patience(seconds or math.inf))
        if seen is not None:
            yield from self._all_frames(seen)
        ends_early = seconds - self.clock.latest > max(MAY_BE_MISSING, seconds / 10)
        if ends_early and self.container.input.format.name in STATE_SECONDS:
            raise PictureError(CUT_SHORT)

    def from_time(self, at: float) -> Iterator[TimedFrame]:
        """Yield every frame from the key frame at or before a time on, instead of those that are looked at."""
        if self.clock.start is None:  # times count from the first packet
            self.clock.time(next((_stamp(packet) for packet in self.container.packets()), None))
        self.decoder.skip_frame = "DEFAULT"
        yield from self._decoded(self._from(at))

    def _key_frames(self, patience: float) -> Generator[TimedFrame, None, float | None]:
        """Yield key frames; return the time of the last one before a gap, or None at the end."""
        self.decoder.skip_frame = "NONKEY"  # some containers call every frame a key frame
        seen = sent = -math.inf
        broken = False
        for packet in self.container.packets():
            at = self.clock.time(_stamp(packet))
            if at - max(0.0, seen) > patience:
                return seen
            if not packet.is_keyframe or at - sent < KEY_STEP:
                continue
            sent = at
            frames = self._alone(packet)
            broken = frames is None
            for frame in frames or ():
                seen = at
                yield TimedFrame(at, frame)
        if self.clock.latest - max(0.0, seen) > _patience(self.clock.latest):
            return seen
        if broken:
            raise PictureError(CUT_SHORT)
        return None

    def _alone(self, packet: VideoPacket) -> list[VideoFrame] | None:
        """Decode a key frame by itself; None if it is damaged."""
        from av import FFmpegError

        try:
            # Flushed, the decoder does not hold the frame back until later ones come.
            frames = self.decoder.decode(packet) + self.decoder.decode(None)
        except FFmpegError:
            return None
        finally:
            self.decoder.flush_buffers()
        return None if any(frame.is_corrupt for frame in frames) else frames

    def _all_frames(self, after: float) -> Iterator[TimedFrame]:
        """Decode everything after a time; yield a frame every FRAME_STEP, or less often where there are few frames."""
        self.decoder.skip_frame = "DEFAULT"
        self.decoder.flush_buffers()
        due = after + FRAME_STEP
        held: TimedFrame | None = None
        for timed in self._decoded(self._from(max(0.0, after))):
            if timed.at < due:
                held = timed
                continue
            if held is not None and held.at > after and timed.at - held.at >= FRAME_STEP:
                yield held  # shown for long, as after the last change in a screen recording
            yield timed
            after, due, held = timed.at, timed.at + FRAME_STEP, None
        if held is not None and held.at > after:
            yield held

    def _from(self, at: float) -> Iterable[VideoPacket]:
        """Return the packets from a key frame on, or from an earlier one."""
        # Without an index FFmpeg guesses, and may land a little late; a time before the start leads to the start.
        from av import FFmpegError

        packets: Iterator[VideoPacket] = iter(())
        for target in (at, at - 10.0, -10.0):
            self.clock.latest = max(0.0, target)
            try:
                self.container.input.seek(self.clock.stamp(target), stream=self.container.stream)
            except (OSError, FFmpegError):  # an index without entries that it needs; FFmpeg calls that "not permitted"
                self._rewind()
                return self.container.packets()
            packets = self.container.packets()
            first = next(packets, None)
            if first is None:
                continue
            packets = itertools.chain([first], packets)
            stamp = _stamp(first)
            landed = math.inf if stamp is None else self.clock.time(stamp)
            if landed < at or (first.is_keyframe and landed < at + self.clock.frame / 2):
                break
        return packets

    def _rewind(self) -> None:
        """Start again at the beginning, with a decoder that decodes all."""
        self.container = self.container.rewound()
        self.decoder = self.container.stream.codec_context
        self.decoder.skip_frame = "DEFAULT"
        self.clock.latest = 0.0

    def _decoded(self, packets: Iterable[VideoPacket]) -> Iterator[TimedFrame]:
        """Decode packet by packet; damage is skipped where sound frames follow soon."""
        from av import FFmpegError

        broken, sound = False, math.inf
        for packet in itertools.chain(packets, [None]):
            try:
                frames = self.decoder.decode(packet)
            except FFmpegError:
                broken = True
                continue
            for frame in frames:
                if frame.is_corrupt:
                    continue
                at = self.clock.time(frame.pts)
                if broken and at - sound > LONGEST_GAP:
                    raise PictureError(CUT_SHORT)
                broken, sound = False, at
                yield TimedFrame(at, frame)
        if broken:
            raise PictureError(CUT_SHORT)


class _Clock:
    """Converts the stream's time stamps to seconds from the start of the video, as players count."""

    def __init__(self, container: Container) -> None:
        self.base = container.stream.time_base or Fraction(1, 1000)
        self.frame = 1 / float(container.stream.average_rate or 25)
        self.start = container.start
        self.latest = 0.0

    def time(self, stamp: int | None) -> float:
        """Return the seconds of a time stamp; without one, a frame comes right after the one before."""
        if stamp is None:
            at = self.latest + self.frame
        else:
            at = float(stamp * self.base)
            if self.start is None:
                self.start = at
            at -= self.start
        self.latest = max(self.latest, at)
        return at

    def stamp(self, at: float) -> int:
        """Return the time stamp of a time."""
        return int((at + (self.start or 0.0)) / self.base)


def _stamp(packet: VideoPacket) -> int | None:
    return packet.pts if packet.pts is not None else packet.dts


def _patience(seconds: float) -> float:
    """Return how many seconds without a key frame may pass in a video of this length."""
    return min(LONGEST_GAP, seconds / LEAST_KEY_FRAMES)
