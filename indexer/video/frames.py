"""Which frames of a video are decoded and looked at, each with its time.

Key frames alone where they come often enough, as encoders put one at each cut; from the first long gap on, every
frame is decoded. What frames show is not judged here: that is video_scenes.py.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Generator, Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from indexer.errors import PictureError
from indexer.video.container import Footage

if TYPE_CHECKING:
    from av import Packet, VideoFrame, VideoStream

    VideoPacket = Packet[VideoStream]

RARE = 12.0  # seconds without a key frame: more than the 250 frames x264 lets pass in a scene without cuts
CLIP = 4  # a short clip should have as many key frames, or every frame of it is decoded: that costs little
KEY_STEP = 0.25  # seconds: not every frame of ProRes or MJPEG, in which all are key frames
FRAME_STEP = 1.0  # seconds between the frames looked at where all are decoded

SAY_HOW_LONG = ("asf", "flv")  # but not in a place easily found how many bytes they should have
MISSING = 30.0  # seconds of those that may be missing at the end, or a tenth
CUT_SHORT = "the video is truncated or damaged"


class Timed(NamedTuple):
    """A decoded frame and its time."""

    at: float  # seconds from the start
    frame: VideoFrame


class Frames:
    """The frames of a video that are looked at, in order of time; to be gone through once."""

    def __init__(self, footage: Footage) -> None:
        self.footage = footage
        self.decoder = footage.stream.codec_context
        self.clock = _Clock(footage)

    def __iter__(self) -> Iterator[Timed]:
        """Yield key frames while they come often, from the first gap on all frames, a second apart."""
        seconds = self.footage.seconds
        seen = yield from self._key_frames(_patience(seconds or math.inf))
        if seen is not None:
            yield from self._all_frames(seen)
        ends_early = seconds - self.clock.latest > max(MISSING, seconds / 10)
        if ends_early and self.footage.container.format.name in SAY_HOW_LONG:
            raise PictureError(CUT_SHORT)

    def _key_frames(self, patience: float) -> Generator[Timed, None, float | None]:
        """Yield key frames; return the time of the last one before a gap, or None at the end."""
        self.decoder.skip_frame = "NONKEY"  # some containers call every frame a key frame
        seen = sent = -math.inf
        broken = False
        for packet in self.footage.packets():
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
                yield Timed(at, frame)
        if self.clock.latest - max(0.0, seen) > _patience(self.clock.latest):
            return seen
        if broken:
            raise PictureError(CUT_SHORT)
        return None

    def _alone(self, packet: VideoPacket) -> list[VideoFrame] | None:
        """Decode a key frame by itself; None if it is damaged."""
        from av import FFmpegError

        try:
            # Asked for all it has, the decoder does not hold the frame back until later ones are there.
            frames = self.decoder.decode(packet) + self.decoder.decode(None)
        except FFmpegError:
            return None
        finally:
            self.decoder.flush_buffers()
        return None if any(frame.is_corrupt for frame in frames) else frames

    def _all_frames(self, after: float) -> Iterator[Timed]:
        """Decode everything after a time; yield a frame every FRAME_STEP, or less often where the picture stands."""
        self.decoder.skip_frame = "DEFAULT"
        self.decoder.flush_buffers()
        due = after + FRAME_STEP
        held: Timed | None = None
        for timed in self._decoded(self._from(max(0.0, after))):
            if timed.at < due:
                held = timed
                continue
            if held is not None and held.at > after and timed.at - held.at >= FRAME_STEP:
                yield held  # shown for long, as the last change in a recording of a screen is
            yield timed
            after, due, held = timed.at, timed.at + FRAME_STEP, None
        if held is not None and held.at > after:
            yield held

    def _from(self, at: float) -> Iterable[VideoPacket]:
        """Return the packets from a key frame on, or from an earlier one."""
        # Where there is no index FFmpeg guesses, and may land a little late; before the start is always the start.
        packets: Iterator[VideoPacket] = iter(())
        for target in (at, at - 10.0, -10.0):
            self.clock.latest = max(0.0, target)
            self.footage.container.seek(self.clock.stamp(target), stream=self.footage.stream)
            packets = self.footage.packets()
            first = next(packets, None)
            if first is None:
                continue
            packets = itertools.chain([first], packets)
            stamp = _stamp(first)
            landed = math.inf if stamp is None else self.clock.time(stamp)
            if landed < at or (first.is_keyframe and landed < at + self.clock.frame / 2):
                break
        return packets

    def _decoded(self, packets: Iterable[VideoPacket]) -> Iterator[Timed]:
        """Decode packet by packet; damage is passed over where sound frames follow soon."""
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
                if broken and at - sound > RARE:
                    raise PictureError(CUT_SHORT)
                broken, sound = False, at
                yield Timed(at, frame)
        if broken:
            raise PictureError(CUT_SHORT)


class _Clock:
    """Time stamps of the stream as seconds from the start of the video, as players count."""

    def __init__(self, footage: Footage) -> None:
        self.base = footage.stream.time_base or Fraction(1, 1000)
        self.frame = 1 / float(footage.stream.average_rate or 25)
        self.start = footage.start
        self.latest = 0.0

    def time(self, stamp: int | None) -> float:
        """Return seconds; a frame without a stamp follows the one before."""
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
    return min(RARE, seconds / CLIP)
