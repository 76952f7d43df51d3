"""A video's container, opened with FFmpeg: the one stream that is shown, its packets, its duration and its name.

Opens no other file and no address, whatever the file says, and prints nothing. Decodes nothing: that is frames.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from indexer.errors import PictureError

if TYPE_CHECKING:
    from av import Packet, VideoStream
    from av.container import InputContainer

# FFmpeg would read a text file as a list of other files or addresses to open; these formats hold what they show.
FORMATS = "mov,matroska,avi,asf,flv,mpegts,mpeg,mpegvideo,m4v,ogg,mxf,dv,rm,wtv,ivf"
SHORT = {"matroska": "MKV", "asf": "WMV", "mpegts": "TS", "mpegvideo": "MPEG", "m4v": "MPEG"}
MICROSECONDS = 1_000_000  # a second, as FFmpeg counts for whole containers
ENCRYPTED = "the video is encrypted"


class Container:
    """An open container: FFmpeg's input, and the stream of it that is shown."""

    def __init__(self, source: BinaryIO) -> None:
        """Open; raises PictureError if there is no PyAV or nothing to show, and FFmpeg's own errors."""
        self._source = source
        self.input = _open(source)
        self.stream = _shown(self.input)
        if self.stream.codec_context.codec_tag in ("encv", "drmi"):
            raise PictureError(ENCRYPTED)
        # There is one process per core already.
        self.stream.codec_context.thread_count = 1
        self.stream.codec_context.thread_type = "AUTO"
        _discard_others(self.input, self.stream)

    def rewound(self) -> Container:
        """Return the same container opened anew, for files in which FFmpeg can't seek."""
        return Container(self._source)

    @property
    def seconds(self) -> float:
        """The stated duration, 0 if there is none."""
        if self.stream.duration and self.stream.time_base:
            return max(0.0, float(self.stream.duration * self.stream.time_base))
        return max(0.0, (self.input.duration or 0) / MICROSECONDS)

    @property
    def start(self) -> float | None:
        """The time of the start in seconds, where sound may begin before pictures; some formats state none."""
        start = self.input.start_time
        return start / MICROSECONDS if start is not None else None

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """Yield the stream's packets from here on, without the empty one that PyAV ends with."""
        for packet in self.input.demux(self.stream):
            # Decoding an encrypted packet may give pictures of noise. Older PyAV can't detect one.
            if hasattr(packet, "has_sidedata") and packet.has_sidedata("encryption_info"):
                raise PictureError(ENCRYPTED)
            if packet.size:
                yield packet

    def format_name(self, head: bytes) -> str:
        """Return the format's short name, given the file's first bytes; FFmpeg has one name for some families."""
        family = self.input.format.name.split(",")[0]
        if family == "mov":
            brand = self.input.metadata.get("major_brand", "")
            return "MOV" if brand.startswith("qt") else "3GP" if brand.startswith("3g") else "MP4"
        if family == "matroska":
            return "WEBM" if b"webm" in head else "MKV"
        return SHORT.get(family, family.upper())


def _open(source: BinaryIO) -> InputContainer:
    """Open a container, with nothing printed and no other file or address in reach."""
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
    """Return the largest video stream; a song's cover does not count."""
    from av.stream import Disposition

    streams = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if not streams:
        raise PictureError("no video in it, only sound or other streams")
    known = [stream for stream in streams if stream.codec_context is not None]
    if not known:
        raise PictureError("its video has a codec that FFmpeg does not know, or is damaged")
    return max(known, key=lambda stream: stream.width * stream.height)


def _discard_others(container: InputContainer, stream: VideoStream) -> None:
    """Have FFmpeg skip sound and other streams, where this PyAV can."""
    others: list[Any] = [other for other in container.streams if other.index != stream.index]
    for other in others:
        if hasattr(other, "discard"):
            other.discard = type(other.discard).all
