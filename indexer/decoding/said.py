"""What a file says of its samples, read before they are decoded and followed after."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from PIL import Image

from indexer.colour.deep_samples import DeepSamples, clear_colour, deep_samples
from indexer.colour.description import ColourDescription
from indexer.colour.heif_boxes import Box, properties
from indexer.colour.jp2_profile import jp2_profile
from indexer.colour.told import colours_of
from indexer.decoding.avif_turns import turned
from indexer.decoding.colour import described_to_srgb, hdr_of_profile, profile_serves


@dataclass(frozen=True, slots=True)
class Said:
    """What counts besides the decoded picture; nothing of an ordinary one."""

    colours: ColourDescription | None = None  # None for sRGB, or if an ICC profile counts
    samples: DeepSamples | None = None  # to be taken instead of the decoded ones
    boxes: list[Box] = field(default_factory=list)
    profile: bytes | None = None  # an ICC profile that the decoder does not tell

    def counting_profile(self, image: Image.Image) -> bytes | None:
        """Return the ICC profile that says what the colours of a decoded picture are."""
        profile = self.profile or image.info.get("icc_profile")
        return profile if self.colours is None and isinstance(profile, bytes) else None

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the samples."""
        return None if self.samples is None else (self.samples.shape[1], self.samples.shape[0])

    def is_decoded(self, opened: Image.Image) -> bool:
        """Return whether the samples are all that is wanted of a file; a PNG may tell something behind them."""
        return self.samples is not None and opened.format == "HEIF"

    def turned(self, image: Image.Image) -> Image.Image | None:
        """Return the picture cropped and upright where its decoder would not do it, else None."""
        return turned(image, self.boxes) if self.boxes else None

    def in_srgb(self, samples: Image.Image | DeepSamples) -> Image.Image:
        """Return the picture, perhaps reduced, with its colours as they are told, transparency kept."""
        if self.colours is not None:
            return described_to_srgb(samples, self.colours)
        if isinstance(samples, Image.Image):
            return samples
        return Image.fromarray((samples >> 8).astype(np.uint8))


NOTHING = Said()


def what_is_said(source: BinaryIO, opened: Image.Image) -> Said:
    """Return what a file says of its samples; `opened` is not decoded yet."""
    beside = jp2_profile(source) if opened.format == "JPEG2000" else None
    profile = beside or opened.info.get("icc_profile")
    colours = colours_of(source, opened, profile_serves(profile, opened.mode)) or hdr_of_profile(profile, opened.mode)
    samples = clear_colour(source, opened)
    if samples is None and colours is not None:
        samples = deep_samples(source, opened)
    return Said(colours, samples, properties(source) if opened.format == "AVIF" else [], beside)


def what_a_preview_says(preview: Image.Image, exif: Image.Exif) -> Said:
    """Return what a RAW file's preview says of its samples, or else the RAW file's own EXIF."""
    if preview.format != "JPEG":
        return NOTHING  # developed, and in sRGB
    serves = profile_serves(preview.info.get("icc_profile"), preview.mode)
    return Said(colours_of(io.BytesIO(), preview, serves, exif))
