"""From a video to the moments worth embedding: about one per scene, each with its time.

Key frames alone are decoded where they come often enough, as encoders put one at each cut; where they are rare, every
frame is. Nothing here embeds or stores. HDR is not tone-mapped. No file but the one given is read.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import re
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np
from PIL import Image

from indexer.decode import LONGEST
from indexer.errors import PictureError, UnreachablePicture
from indexer.metadata import Metadata

if TYPE_CHECKING:
    from av import Packet, VideoFrame, VideoStream
    from av.container import InputContainer

_Cells = np.ndarray[Any, np.dtype[np.float32]]  # (SIDE, SIDE, 3), 0..255

MIN_GAP = 2.0  # seconds between two moments, on average: what flashes by is no scene
MAX_GAP = 30.0  # seconds after which a smaller change is enough
MOST = 500  # moments of one video; the gaps of a longer one grow
RARE = 12.0  # seconds without a key frame: more than the 250 frames x264 lets pass in a scene without cuts
CLIP = 4  # a short clip should have as many key frames, or every frame of it is decoded: that costs little
KEY_STEP = 0.25  # seconds: not every frame of ProRes or MJPEG, in which all are key frames
FRAME_STEP = 1.0  # seconds between the frames looked at where all are decoded

# Mean absolute difference of two pictures, 0..255, as SIDE x SIDE cells of RGB: coarse, so that it forgives movement.
# Measured on the sample images: two different ones are 25 or more apart (median 51), a camera turned by a tenth of the
# picture 16 (by a fifth, 27), and one image and its JPEG of quality 25 at most 1.5.
SIDE = 8
CUT = 18.0
STILL = 3.0
BLACK = 24  # of 255: no cell of a black frame is lighter
REMEMBERED = 8  # latest moments a new one is compared to, so that a dialogue does not give one moment per answer

# FFmpeg would take a text file for a list of other files or addresses to open; these formats hold what they show.
FORMATS = "mov,matroska,avi,asf,flv,mpegts,mpeg,mpegvideo,m4v,ogg,mxf,dv,rm,wtv,ivf"
SHORT = {"matroska": "MKV", "asf": "WMV", "mpegts": "TS", "mpegvideo": "MPEG", "m4v": "MPEG"}
# From the signs of the display matrix (a, b, c, d), which takes the point (x, y) to (ax + cy, bx + dy).
TURNS = {
    (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM,
    (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
    (0, -1, 1, 0): Image.Transpose.ROTATE_90,
    (0, 1, -1, 0): Image.Transpose.ROTATE_270,
    (0, 1, 1, 0): Image.Transpose.TRANSPOSE,
    (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
}
BOXES = tuple(b"ftyp moov mdat free skip wide moof mfra sidx styp uuid meta pnot".split())
APPLE = "com.apple.quicktime."
SAY_HOW_LONG = ("asf", "flv")  # but not in a place easily found how many bytes they should have
MICROSECONDS = 1_000_000  # of FFmpeg, for whole containers
CUT_SHORT = "the video is truncated or damaged"


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture of a video."""

    at_ms: int  # milliseconds from the start of the video
    image: Image.Image  # RGB, upright; its shorter side is at least 2 * smallest where the video's is


@dataclass(frozen=True, slots=True)
class Video:
    """What is known of a video before its moments."""

    width: int  # pixels as shown: upright, with square pixels
    height: int
    format: str  # the container, such as MP4, MKV or WEBM
    metadata: Metadata


def open_video(source: BinaryIO, name: str, smallest: int | None = None) -> tuple[Video, Iterator[Moment]]:
    """Open a video and return what it is, and its moments in order of time, decoded as they are asked for.

    With smallest, images are reduced, the shorter side to twice that at least. Opening and iterating raise PictureError
    if it is no video, truncated, encrypted, without pictures, or PyAV is not there. The source stays open.
    """
    with _as_picture_errors():
        head = _head(source)
        container = _open(source)
        stream = _stream_of(container)
        frames = _frames(container, stream)
        try:
            first = next(frames)
        except StopIteration:
            raise PictureError("no frame of this video can be decoded; it may be encrypted or damaged") from None
        shape = _Shape(stream, smallest)
        width, height = shape.upright(first.frame)
        video = Video(width, height, _format(container, head), _metadata(container, stream))
        moments = _moments(_shots(first, frames, shape), _seconds_long(container, stream))
        return video, _to_the_end(container, moments)


def _to_the_end(container: InputContainer, moments: Iterator[Moment]) -> Iterator[Moment]:
    """Close the container after the last moment, or when no more are asked for."""
    with _as_picture_errors(), container:
        yield from moments


@contextlib.contextmanager
def _as_picture_errors() -> Iterator[None]:
    """Turn what the decoders raise into the error of this one file."""
    try:
        yield
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError("too large for the memory of this machine") from error
    except Exception as error:
        # FFmpeg's errors have numbers too, but only the system's own may be otherwise at the next try.
        system = isinstance(error, OSError) and error.errno and not type(error).__module__.startswith("av.")
        kind = UnreachablePicture if system else PictureError
        raise kind(_reason(error)) from error


def _reason(error: Exception) -> str:
    """Say in a few words why a video could not be decoded."""
    match type(error).__name__:
        case "InvalidDataError" | "ArgumentError":
            return "not a video in a known format, or damaged"
        case "EOFError":
            return CUT_SHORT
        case "PermissionError":
            return "no permission to read it"
    return " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__


class _Timed(NamedTuple):
    at: float  # seconds from the start
    frame: VideoFrame


class _Shot(NamedTuple):
    at: float
    image: Image.Image
    cells: _Cells


def _moments(shots: Iterator[_Shot], seconds: float) -> Iterator[Moment]:
    """Choose from the frames looked at: what is new, not too often, and black only if there is nothing else."""
    kept = _Kept(seconds)
    black: _Shot | None = None
    waiting: _Shot | None = None  # new, but too soon; it may be all there is of a scene without another key frame
    for shot in shots:
        if shot.cells.max() < BLACK:
            black = black or shot
            continue
        if waiting is not None and shot.at >= kept.due:
            yield kept.add(waiting)
            waiting = None
        if kept.has_like(shot):
            continue
        if shot.at >= kept.due:
            yield kept.add(shot)
        else:
            waiting = shot
    last = waiting if kept.latest else waiting or black
    if last is not None:
        yield kept.add(last)


class _Kept:
    """The latest moments, and when the next one is due."""

    def __init__(self, seconds: float) -> None:
        self.latest: deque[tuple[float, _Cells]] = deque(maxlen=REMEMBERED)
        self.due = -math.inf
        self.gap = max(MIN_GAP, seconds / MOST)
        self.count = 0

    def add(self, shot: _Shot) -> Moment:
        """Remember it, and make a moment of it."""
        self.latest.append((shot.at, shot.cells))
        self.count += 1
        if self.count % MOST == 0:  # longer than stated, or nothing was
            self.gap *= 2
        # What had to wait comes with the time it was on the screen, but the next one is not due sooner for that.
        self.due = max(shot.at, self.due) + self.gap
        return Moment(max(0, round(shot.at * 1000)), shot.image)

    def has_like(self, shot: _Shot) -> bool:
        """Say whether one of the latest shows the same, or, after a while, very nearly the same."""
        return any(
            float(np.abs(shot.cells - cells).mean()) < (CUT if shot.at - at < MAX_GAP else STILL)
            for at, cells in self.latest
        )


class _Shape:
    """How the frames of one video become upright pictures of a useful size."""

    def __init__(self, stream: VideoStream, smallest: int | None) -> None:
        from av.video.reformatter import Colorspace, VideoReformatter

        # One for all frames: it keeps its tables.
        self.reformatter = VideoReformatter()
        self.colourspace = Colorspace
        self.aspect = _pixel_aspect(stream)
        self.smallest = smallest

    def upright(self, frame: VideoFrame) -> tuple[int, int]:
        """Return width and height as shown."""
        width, height = self._shown(frame)
        turn = _turn(frame)
        sideways = turn is not None and turn not in (
            Image.Transpose.FLIP_LEFT_RIGHT,
            Image.Transpose.FLIP_TOP_BOTTOM,
            Image.Transpose.ROTATE_180,
        )
        return (height, width) if sideways else (width, height)

    def picture(self, frame: VideoFrame) -> Image.Image:
        """Reduce, convert and turn; of a very thin frame the middle, as of a very thin picture."""
        width, height = self._shown(frame)
        if self.smallest is not None:
            scale = min(1.0, 2 * self.smallest / min(width, height))
            width, height = math.ceil(width * scale), math.ceil(height * scale)
        # FFmpeg takes unmarked video for standard definition; unmarked high definition is BT.709 in practice.
        unmarked = frame.colorspace == 2 and frame.height >= 720
        colours = self.colourspace.ITU709 if unmarked else None
        small: Any = self.reformatter.reformat(frame, width, height, "rgb24", colours, interpolation="AREA")
        image: Image.Image = small.to_image()
        turn = _turn(frame)
        return _middle(image if turn is None else image.transpose(turn))

    def _shown(self, frame: VideoFrame) -> tuple[int, int]:
        if frame.width * frame.height > (Image.MAX_IMAGE_PIXELS or math.inf):
            raise PictureError("more pixels than Pillow's limit against decompression bombs allows")
        return max(1, round(frame.width * self.aspect)), frame.height


def _pixel_aspect(stream: VideoStream) -> float:
    """Return the width of a pixel by its height; nonsense counts as square."""
    aspect = float(stream.sample_aspect_ratio or 1)
    return aspect if 0.2 <= aspect <= 5 else 1.0


def _turn(frame: VideoFrame) -> Image.Transpose | None:
    """Return what brings the frame upright, from its display matrix: 16.16 numbers, native byte order."""
    side_data: Any = frame.side_data  # PyAV's stubs know of motion vectors only
    matrix = side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return None
    numbers = np.frombuffer(bytes(matrix), np.int32)
    a, b, c, d = (round(float(numbers[place]) / 65536) for place in (0, 1, 3, 4))
    return TURNS.get((a, b, c, d))


def _middle(image: Image.Image) -> Image.Image:
    longest = LONGEST * min(image.size)
    left, top = max(0, image.width - longest) // 2, max(0, image.height - longest) // 2
    if not left and not top:
        return image
    return image.crop((left, top, image.width - left, image.height - top))


def _shots(first: _Timed, rest: Iterator[_Timed], shape: _Shape) -> Iterator[_Shot]:
    for at, frame in itertools.chain([first], rest):
        image = shape.picture(frame)
        cells = image.resize((SIDE, SIDE), Image.Resampling.BOX)
        yield _Shot(at, image, np.asarray(cells, dtype=np.float32))


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[_Timed]:
    """Yield key frames while they come often, from the first gap on all frames, a second apart."""
    clock = _Clock(container, stream)
    seconds = _seconds_long(container, stream)
    seen = yield from _key_frames(container, stream, clock, _patience(seconds or math.inf))
    if seen is not None:
        yield from _all_frames(container, stream, clock, seen)
    if container.format.name in SAY_HOW_LONG and seconds - clock.latest > max(MAX_GAP, seconds / 10):
        raise PictureError(CUT_SHORT)


def _patience(seconds: float) -> float:
    """Return how many seconds without a key frame may pass in a video of this length."""
    return min(RARE, seconds / CLIP)


def _key_frames(
    container: InputContainer, stream: VideoStream, clock: _Clock, patience: float
) -> Generator[_Timed, None, float | None]:
    """Yield key frames; return the time of the last one before a gap, or None at the end."""
    context = stream.codec_context
    context.skip_frame = "NONKEY"  # some containers call every frame a key frame
    seen = sent = -math.inf
    broken = False
    for packet in _packets(container, stream):
        at = clock.time(packet.pts if packet.pts is not None else packet.dts)
        if at - max(0.0, seen) > patience:
            return seen
        if not packet.is_keyframe or at - sent < KEY_STEP:
            continue
        sent = at
        frames = _alone(stream, packet)
        broken = frames is None
        for frame in frames or ():
            seen = at
            yield _Timed(at, frame)
    if clock.latest - max(0.0, seen) > _patience(clock.latest):
        return seen
    if broken:
        raise PictureError(CUT_SHORT)
    return None


def _alone(stream: VideoStream, packet: Packet[VideoStream]) -> list[VideoFrame] | None:
    """Decode a key frame by itself; None if it is damaged."""
    from av import FFmpegError

    try:
        # Asked for all it has, the decoder does not hold the frame back until later ones are there.
        frames = stream.codec_context.decode(packet) + stream.codec_context.decode(None)
    except FFmpegError:
        return None
    finally:
        stream.codec_context.flush_buffers()
    return None if any(frame.is_corrupt for frame in frames) else frames


def _all_frames(container: InputContainer, stream: VideoStream, clock: _Clock, after: float) -> Iterator[_Timed]:
    """Decode everything after a time, and yield a frame every FRAME_STEP, or less often where the picture stands."""
    stream.codec_context.skip_frame = "DEFAULT"
    stream.codec_context.flush_buffers()
    packets = _from(container, stream, clock, max(0.0, after))
    due = after + FRAME_STEP
    held: _Timed | None = None
    for timed in _decoded(packets, stream, clock):
        if timed.at < due:
            held = timed
            continue
        if held is not None and held.at > after and timed.at - held.at >= FRAME_STEP:
            yield held  # shown for long, as the last change in a recording of a screen is
        yield timed
        after, due, held = timed.at, timed.at + FRAME_STEP, None
    if held is not None and held.at > after:
        yield held


def _from(container: InputContainer, stream: VideoStream, clock: _Clock, at: float) -> Iterator[Packet[VideoStream]]:
    """Return the packets from a key frame on, or from an earlier one."""
    # Where there is no index FFmpeg guesses, and may land a little late; before the start is always the start.
    packets: Iterator[Packet[VideoStream]] = iter(())
    for target in (at, at - 10.0, -10.0):
        clock.latest = max(0.0, target)
        container.seek(clock.stamp(target), stream=stream)
        packets = _packets(container, stream)
        first = next(packets, None)
        if first is None:
            continue
        packets = itertools.chain([first], packets)
        stamp = first.pts if first.pts is not None else first.dts
        landed = math.inf if stamp is None else clock.time(stamp)
        if landed < at or (first.is_keyframe and landed < at + clock.frame / 2):
            break
    return packets


def _decoded(packets: Iterator[Packet[VideoStream]], stream: VideoStream, clock: _Clock) -> Iterator[_Timed]:
    """Decode packet by packet; damage is passed over where sound frames follow soon."""
    from av import FFmpegError

    broken, sound = False, math.inf
    for packet in itertools.chain(packets, [None]):
        try:
            frames = stream.codec_context.decode(packet)
        except FFmpegError:
            broken = True
            continue
        for frame in frames:
            if frame.is_corrupt:
                continue
            at = clock.time(frame.pts)
            if broken and at - sound > RARE:
                raise PictureError(CUT_SHORT)
            broken, sound = False, at
            yield _Timed(at, frame)
    if broken:
        raise PictureError(CUT_SHORT)


def _packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """Yield what the stream holds, without the empty packet that PyAV ends with."""
    for packet in container.demux(stream):
        # Decoded as it is, it would at times give pictures of noise. Older PyAV can't tell.
        if hasattr(packet, "has_sidedata") and packet.has_sidedata("encryption_info"):
            raise PictureError("the video is encrypted")
        if packet.size:
            yield packet


class _Clock:
    """Time stamps of the stream as seconds from the start of the video."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self.base = stream.time_base or Fraction(1, 1000)
        self.frame = 1 / float(stream.average_rate or 25)
        # Sound may start first: players count from there. Some formats state no start at all.
        start = container.start_time
        self.start = start / MICROSECONDS if start is not None else None
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


def _seconds_long(container: InputContainer, stream: VideoStream) -> float:
    """Return the stated duration, 0 if there is none."""
    if stream.duration and stream.time_base:
        return max(0.0, float(stream.duration * stream.time_base))
    return max(0.0, (container.duration or 0) / MICROSECONDS)


def _open(source: BinaryIO) -> InputContainer:
    """Open the container, with nothing printed and no other file or address in reach."""
    try:
        import av
    except ImportError as error:
        raise PictureError("needs the extra: pip install 'clipsearch[video]'") from error
    av.logging.set_level(None)
    source.seek(0)
    return av.open(
        source,
        "r",
        container_options={"format_whitelist": FORMATS, "protocol_whitelist": "none"},
        metadata_errors="replace",
    )


def _stream_of(container: InputContainer) -> VideoStream:
    """Return the stream to show; the cover of a song is none."""
    from av.stream import Disposition

    streams = [one for one in container.streams.video if not one.disposition & Disposition.attached_pic]
    if not streams:
        raise PictureError("no video in it, only sound or other streams")
    known = [one for one in streams if one.codec_context is not None]
    if not known:
        raise PictureError("its video has a codec that FFmpeg does not know, or is damaged")
    stream = max(known, key=lambda one: one.width * one.height)
    if stream.codec_context.codec_tag in ("encv", "drmi"):
        raise PictureError("the video is encrypted")
    # One process per core decodes already.
    stream.codec_context.thread_count = 1
    stream.codec_context.thread_type = "AUTO"
    _leave_out_others(container, stream)
    return stream


def _leave_out_others(container: InputContainer, stream: VideoStream) -> None:
    """Save the reading of sound, where this PyAV can."""
    others: list[Any] = [other for other in container.streams if other.index != stream.index]
    for other in others:
        if hasattr(other, "discard"):
            other.discard = type(other.discard).all


def _format(container: InputContainer, head: bytes) -> str:
    """Return the container's short name; FFmpeg reads some families as one."""
    family = container.format.name.split(",")[0]
    if family == "mov":
        brand = container.metadata.get("major_brand", "")
        return "MOV" if brand.startswith("qt") else "3GP" if brand.startswith("3g") else "MP4"
    if family == "matroska":
        return "WEBM" if b"webm" in head else "MKV"
    return SHORT.get(family, family.upper())


def _head(source: BinaryIO) -> bytes:
    """Return the first bytes; raise PictureError if the file is empty or shorter than it says."""
    size = source.seek(0, os.SEEK_END)
    if size == 0:
        raise PictureError("the file is empty")
    head = _read(source, 0, 64)
    if head[4:8] in BOXES:
        ends = _boxes(source, size)
    elif head.startswith(b"RIFF"):
        ends = _riffs(source, size)
    else:
        ends = _segment(head)
    if max(ends, default=0) > size:
        raise PictureError("the file is truncated")
    return head


def _read(source: BinaryIO, place: int, count: int) -> bytes:
    source.seek(place)
    return source.read(count)


def _boxes(source: BinaryIO, size: int) -> Iterator[int]:
    """Yield where the parts of an MP4 or QuickTime file end (ISO 14496-12, 4.2)."""
    place = 0
    while place < size:
        header = _read(source, place, 16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        # What some cameras append is no box, and the last box may have no length.
        if header[4:8] not in BOXES or length < 8:
            return
        place += length
        yield place


def _riffs(source: BinaryIO, size: int) -> Iterator[int]:
    """Yield where the parts of an AVI file end; long ones have several. An unfinished recording has length 0."""
    place = 0
    while (header := _read(source, place, 8)).startswith(b"RIFF") and place < size:
        place += 8 + int.from_bytes(header[4:8], "little")
        yield place


def _segment(head: bytes) -> Iterator[int]:
    """Yield where the one segment of a Matroska file ends, if it says so (RFC 8794)."""
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return
    place, length = _vint(head, 4)
    place += length or 0
    if head[place : place + 4] == b"\x18\x53\x80\x67":
        start, length = _vint(head, place + 4)
        if length is not None:
            yield start + length


def _vint(head: bytes, place: int) -> tuple[int, int | None]:
    """Return where a variable-length number ends, and the number; None for the one that means unknown."""
    width = 9 - head[place].bit_length()
    number = int.from_bytes(head[place : place + width], "big") & ((1 << 7 * width) - 1)
    return place + width, None if number == (1 << 7 * width) - 1 else number


def _metadata(container: InputContainer, stream: VideoStream) -> Metadata:
    """Return what the container says of the recording; nonsense is left out."""
    tags = {key.lower(): value.strip() for key, value in {**stream.metadata, **container.metadata}.items()}
    latitude, longitude = _place(_first(tags, f"{APPLE}location.iso6709", "location", "location-eng"))
    return Metadata(
        taken_at=_moment_of(tags.get(f"{APPLE}creationdate")) or _moment_of(tags.get("creation_time")),
        camera_make=_first(tags, f"{APPLE}make", "make"),
        camera_model=_first(tags, f"{APPLE}model", "model"),
        latitude=latitude,
        longitude=longitude,
    )


def _first(tags: dict[str, str], *keys: str) -> str | None:
    return next((tags[key] for key in keys if tags.get(key)), None)


def _moment_of(text: str | None) -> str | None:
    """Return ISO 8601 with the offset, UTC where none is stated; None for nonsense and for clocks never set."""
    # Python 3.10 reads neither Z nor +0200, nor fractions of any length.
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?", text or "")
    if match is None:
        return None
    day, time, offset = match.groups()
    offset = "+00:00" if offset in (None, "Z") else f"{offset[:3]}:{offset[-2:]}"
    with contextlib.suppress(ValueError):
        taken = datetime.fromisoformat(f"{day}T{time}{offset}")
        # QuickTime counts from 1904, most else from 1970.
        return taken.isoformat() if taken.year > 1970 else None
    return None


def _place(text: str | None) -> tuple[float | None, float | None]:
    """Return latitude and longitude from ISO 6709 in degrees; 0, 0 is a receiver without a fix."""
    match = re.match(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?![\d.])", text or "")
    if match is None:
        return None, None
    latitude, longitude = float(match[1]), float(match[2])
    if abs(latitude) > 90 or abs(longitude) > 180 or (latitude, longitude) == (0.0, 0.0):
        return None, None
    return latitude, longitude
