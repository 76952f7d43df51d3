"""A video's container, opened with FFmpeg: its one stream that is shown, its packets, its duration and its name.

Opens no other file and no address, whatever the file says, and prints nothing. Decodes nothing: that is
video_frames.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from indexer.errors import PictureError

if TYPE_CHECKING:
    from av import Packet, VideoStream
    from av.container import InputContainer

# FFmpeg would take a text file for a list of other files or addresses to open; these formats hold what they show.
FORMATS = "mov,matroska,avi,asf,flv,mpegts,mpeg,mpegvideo,m4v,ogg,mxf,dv,rm,wtv,ivf"
SHORT = {"matroska": "MKV", "asf": "WMV", "mpegts": "TS", "mpegvideo": "MPEG", "m4v": "MPEG"}
MICROSECONDS = 1_000_000  # of FFmpeg, for whole containers
ENCRYPTED = "the video is encrypted"


class Footage:
    """An open container, and the stream of it that is shown."""

    def __init__(self, source: BinaryIO) -> None:
        """Open; raises PictureError if there is no PyAV or nothing to show, and FFmpeg's own errors."""
        self.container = _open(source)
        self.stream = _shown(self.container)
        if self.stream.codec_context.codec_tag in ("encv", "drmi"):
            raise PictureError(ENCRYPTED)
        # One process per core decodes already.
        self.stream.codec_context.thread_count = 1
        self.stream.codec_context.thread_type = "AUTO"
        _leave_out_others(self.container, self.stream)

    @property
    def seconds(self) -> float:
        """The stated duration, 0 if there is none."""
        if self.stream.duration and self.stream.time_base:
            return max(0.0, float(self.stream.duration * self.stream.time_base))
        return max(0.0, (self.container.duration or 0) / MICROSECONDS)

    @property
    def start(self) -> float | None:
        """Where time counts from, in seconds: sound may start first. Some formats state no start at all."""
        start = self.container.start_time
        return start / MICROSECONDS if start is not None else None

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """Yield what the stream holds from here on, without the empty packet that PyAV ends with."""
        for packet in self.container.demux(self.stream):
            # Decoded as it is, it would at times give pictures of noise. Older PyAV can't tell.
            if hasattr(packet, "has_sidedata") and packet.has_sidedata("encryption_info"):
                raise PictureError(ENCRYPTED)
            if packet.size:
                yield packet

    def format_name(self, head: bytes) -> str:
        """Return the container's short name, given its first bytes; FFmpeg reads some families as one."""
        family = self.container.format.name.split(",")[0]
        if family == "mov":
            brand = self.container.metadata.get("major_brand", "")
            return "MOV" if brand.startswith("qt") else "3GP" if brand.startswith("3g") else "MP4"
        if family == "matroska":
            return "WEBM" if b"webm" in head else "MKV"
        return SHORT.get(family, family.upper())


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


def _shown(container: InputContainer) -> VideoStream:
    """Return the largest video stream; the cover of a song is none."""
    from av.stream import Disposition

    streams = [one for one in container.streams.video if not one.disposition & Disposition.attached_pic]
    if not streams:
        raise PictureError("no video in it, only sound or other streams")
    known = [one for one in streams if one.codec_context is not None]
    if not known:
        raise PictureError("its video has a codec that FFmpeg does not know, or is damaged")
    return max(known, key=lambda one: one.width * one.height)


def _leave_out_others(container: InputContainer, stream: VideoStream) -> None:
    """Save the reading of sound, where this PyAV can."""
    others: list[Any] = [other for other in container.streams if other.index != stream.index]
    for other in others:
        if hasattr(other, "discard"):
            other.discard = type(other.discard).all
