"""Tests of indexer.colour.told: files that tell their colours otherwise than by ICC, in every way that is followed."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

from indexer.decoding.decode import decode_picture
from tests.indexer.colour.making import (
    ADOBE_GAMMA,
    SAME,
    TO_ADOBE,
    TO_BT2020,
    TO_P3,
    Array,
    avif,
    bt709,
    chromaticity_chunk,
    error,
    gamma_chunk,
    heic,
    hlg,
    in_bits,
    jpeg,
    light_of,
    png,
    pq,
    scene,
    srgb,
    with_matrix,
)
from tests.indexer.decoding.saving import DISPLAY_P3, profile_of, saved

SDR = 3.0  # of 255: the mean difference that colours may have
Encode = Callable[[Array], Array]


def power(exponent: float) -> Encode:
    return lambda light: np.maximum(light, 0) ** (1 / exponent)


def encoded(matrix: Any, encode: Encode, bits: int = 16) -> Array:
    """Return the scene in another space."""
    return in_bits(encode(with_matrix(light_of(scene()), matrix)), bits)


# primaries, curve (both as in H.273), how it is encoded
NAMED: list[tuple[int, int, Any, Encode]] = [
    (12, 13, TO_P3, srgb),
    (9, 13, TO_BT2020, srgb),
    (9, 14, TO_BT2020, bt709),
    (9, 15, TO_BT2020, bt709),
    (1, 1, SAME, bt709),
    (1, 6, SAME, bt709),
    (1, 4, SAME, power(2.2)),
    (1, 5, SAME, power(2.8)),
    (12, 4, TO_P3, power(2.2)),
    (9, 8, TO_BT2020, power(1.0)),
    (1, 8, SAME, power(1.0)),
    (9, 16, TO_BT2020, lambda light: pq(light * 203)),
    (12, 16, TO_P3, lambda light: pq(light * 203)),
    (1, 16, SAME, lambda light: pq(light * 203)),
    (9, 18, TO_BT2020, lambda light: hlg(light * 203)),
]


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(("primary", "curve", "matrix", "encode"), NAMED)
def test_cicp_in_png(primary: int, curve: int, matrix: Any, encode: Encode, bits: int) -> None:
    file = png(encoded(matrix, encode, bits), [(b"cICP", bytes((primary, curve, 0, 1)))])
    allowed = SDR if bits == 8 else 1.0
    for smallest in (None, 32):
        assert error(file, "png", scene(), smallest) <= allowed


@pytest.mark.parametrize(("primary", "curve", "matrix", "encode"), NAMED)
def test_nclx_in_heic(primary: int, curve: int, matrix: Any, encode: Encode) -> None:
    assert error(heic(encoded(matrix, encode), primary, curve), "heic", scene()) <= SDR


@pytest.mark.parametrize(("primary", "curve", "matrix", "encode"), [row for row in NAMED if row[1] != 8])
def test_nclx_in_avif_and_in_heic_of_8_bits(primary: int, curve: int, matrix: Any, encode: Encode) -> None:
    samples = encoded(matrix, encode, 8)
    allowed = 6.0 if curve == 16 else SDR  # eight bits are few for PQ
    assert error(avif(samples, primary, curve), "avif", scene()) <= allowed
    assert error(heic(samples, primary, curve), "heic", scene()) <= allowed


def test_without_what_is_told_it_would_look_otherwise() -> None:
    for _, curve, matrix, encode in NAMED[:4]:
        plain = error(png(encoded(matrix, encode), []), "png", scene())
        assert plain > SDR or curve == 13


@pytest.mark.parametrize("peak", [400, 1000, 4000, 10_000])
@pytest.mark.parametrize(("curve", "encode"), [(16, pq), (18, hlg)])
def test_highlights_of_hdr(curve: int, encode: Encode, peak: int) -> None:
    luminance = with_matrix(light_of(scene()), TO_BT2020) * 150
    luminance[80:120, 60:100] = peak if curve == 16 else min(peak, 1000)  # HLG's display shows no more
    file = png(in_bits(encode(luminance)), [(b"cICP", bytes((9, curve, 0, 1)))])
    shown = np.asarray(decode_picture(file, "a.png").image)
    assert shown[90, 90].min() >= 250, "the lamp is white"
    grey = shown.mean(axis=-1)
    assert 60 < grey[120:].mean() < 220 and grey.std() > 25, "the rest is neither dark nor washed out"


def test_values_of_the_narrow_range() -> None:
    samples = in_bits((encoded(SAME, srgb) / 65535 * 219 + 16) / 255)
    assert error(png(samples, [(b"cICP", bytes((1, 13, 0, 0)))]), "png", scene()) <= 1


@pytest.mark.parametrize(
    "content", [bytes((2, 2, 0, 1)), bytes((9, 16, 9, 1)), b"", b"\x09", bytes((0, 3, 0, 1)), bytes((255, 255, 0, 1))]
)
def test_cicp_that_says_nothing(content: bytes) -> None:
    assert error(png(scene(), [(b"cICP", content)]), "png", scene()) == 0


GAMMAS = [0.8, 1.0, 1.4, 1.8, 2.0, 2.1, 2.4, 2.5, 2.8, 3.0]


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("exponent", GAMMAS)
def test_gamma_in_png(exponent: float, bits: int) -> None:
    file = png(encoded(SAME, power(exponent), bits), [gamma_chunk(exponent)])
    assert error(file, "png", scene()) <= SDR
    assert error(file, "png", scene(), 32) <= SDR


CHROMATICITIES = {
    "Adobe RGB": (TO_ADOBE, (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)),
    "Display P3": (TO_P3, (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)),
    "BT.2020": (TO_BT2020, (0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046)),
    "sRGB": (SAME, (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)),
}


@pytest.mark.parametrize("name", CHROMATICITIES)
def test_chromaticities_in_png(name: str) -> None:
    matrix, numbers = CHROMATICITIES[name]
    for exponent in (1.0, 1.8, ADOBE_GAMMA):
        curve = srgb if exponent == ADOBE_GAMMA else power(exponent)  # a gamma of about 2.2 stands for sRGB's curve
        file = png(encoded(matrix, curve), [gamma_chunk(exponent), chromaticity_chunk(*numbers)])
        assert error(file, "png", scene()) <= 1


def test_grey_and_transparency_in_png() -> None:
    grey = np.asarray(Image.fromarray(scene()).convert("L"))
    linear = in_bits(light_of(grey))
    expected = np.repeat(grey[..., None], 3, axis=-1)
    assert error(png(linear, [gamma_chunk(1.0)]), "png", expected) <= 1
    alpha = np.full_like(linear, 65535)
    assert error(png(np.dstack([linear, alpha]), [gamma_chunk(1.0)]), "png", expected) <= SDR
    colours = encoded(TO_BT2020, lambda light: pq(light * 203))
    alpha[:, :96] = 0
    shown = decode_picture(png(np.dstack([colours, alpha]), [(b"cICP", bytes((9, 16, 0, 1)))]), "a.png").image
    assert np.abs(np.asarray(shown, dtype=int)[:, 96:] - scene()[:, 96:]).mean() <= 1, "no brighter or darker for it"


P3_AS_ICC = (b"iCCP", b"name\0\0" + zlib.compress(DISPLAY_P3))
UNUSABLE_ICC = (b"iCCP", b"name\0\0" + zlib.compress(b"broken" * 30))
PLAIN, LINEAR = (b"sRGB", b"\0"), gamma_chunk(1.0)
P3_AS_CICP = (b"cICP", bytes((12, 13, 0, 1)))


@pytest.mark.parametrize(
    ("chunks", "matrix", "encode"),
    [
        ([P3_AS_CICP, P3_AS_ICC], TO_P3, srgb),
        ([P3_AS_CICP, PLAIN, LINEAR], TO_P3, srgb),
        ([LINEAR, P3_AS_ICC], TO_P3, power(2.2)),
        ([LINEAR, P3_AS_ICC, PLAIN], TO_P3, power(2.2)),
        ([LINEAR, PLAIN], SAME, srgb),
        ([PLAIN, LINEAR], SAME, srgb),
        ([UNUSABLE_ICC, LINEAR], SAME, power(1.0)),
        ([UNUSABLE_ICC, PLAIN], SAME, srgb),
        ([(b"gAMA", bytes(4))], SAME, srgb),
        ([(b"gAMA", b"\xff\xff\xff\xff")], SAME, srgb),
        ([(b"cHRM", bytes(32)), LINEAR], SAME, power(1.0)),
        ([(b"cHRM", b"\xff" * 32), LINEAR], SAME, power(1.0)),
        ([(b"iCCP", b"ITUR_2100_PQ_FULL\0\0" + P3_AS_ICC[1][6:])], TO_BT2020, lambda light: pq(light * 203)),
    ],
)
def test_what_counts_in_png(chunks: list[tuple[bytes, bytes]], matrix: Any, encode: Encode) -> None:
    assert error(png(encoded(matrix, encode), chunks), "png", scene()) <= SDR


def test_broken_chunks_are_no_error() -> None:
    random = np.random.default_rng(1)
    kinds = (b"cICP", b"gAMA", b"cHRM", b"iCCP", b"sRGB", b"tRNS")
    for number in range(300):
        length = int(random.integers(0, 40))
        content = bytes(random.integers(0, 256, length, dtype=np.uint8))
        kind = kinds[number % 5]
        if kind == b"cICP" and length > 4:
            content = content[:4]
        if kind in (b"gAMA", b"cHRM", b"sRGB", b"iCCP"):  # Pillow itself gives up on shorter ones
            content = content.ljust({b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"iCCP": 3}[kind], b"\0")
        if kind == b"iCCP":
            content = b"name\0\0" + content
        file = png(scene(64, 48), [(kind, content)])
        assert decode_picture(file, "a.png").width == 64


def exif(**tags: Any) -> Image.Exif:
    """Return EXIF with an index of interoperability, a colour space, and numbers of the picture's directory."""
    made = Image.Exif()
    details: dict[int, Any] = {}
    if "space" in tags:
        details[0xA001] = tags["space"]
    if "gamma" in tags:
        details[0xA500] = tags["gamma"]
    if "index" in tags:
        details[0xA005] = {1: tags["index"]}
    if details:
        made[0x8769] = details
    for name, number in (("white", 0x013E), ("primaries", 0x013F)):
        if name in tags:
            made[number] = tuple(IFDRational(Fraction(value).limit_denominator(10_000)) for value in tags[name])
    again = Image.Exif()
    again.load(made.tobytes())  # as the writer of TIFF wants it
    return again


P3_NUMBERS = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
ADOBE_NUMBERS = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
D65 = (0.3127, 0.3290)
EXIFS: list[tuple[dict[str, Any], Any, Encode]] = [
    ({"index": "R03"}, TO_ADOBE, power(ADOBE_GAMMA)),
    ({"index": "R03", "space": 0xFFFF}, TO_ADOBE, power(ADOBE_GAMMA)),
    ({"index": b"R03\0"}, TO_ADOBE, power(ADOBE_GAMMA)),
    ({"index": "R03", "space": 0xFFFF, "gamma": IFDRational(22, 10), "white": D65}, TO_ADOBE, power(ADOBE_GAMMA)),
    ({"space": 2}, TO_ADOBE, power(ADOBE_GAMMA)),
    ({"space": 2, "index": "R98"}, TO_ADOBE, power(ADOBE_GAMMA)),
    ({"primaries": P3_NUMBERS, "white": D65}, TO_P3, srgb),
    ({"primaries": P3_NUMBERS}, TO_P3, srgb),
    ({"primaries": ADOBE_NUMBERS, "white": D65, "gamma": IFDRational(22, 10), "space": 0xFFFF}, TO_ADOBE, srgb),
    ({"gamma": IFDRational(18, 10), "space": 0xFFFF}, SAME, power(1.8)),
    ({"gamma": IFDRational(22, 10)}, SAME, srgb),
    # what says sRGB, or nothing that makes sense
    ({"space": 1, "index": "R98"}, SAME, srgb),
    ({"space": 1, "primaries": P3_NUMBERS}, SAME, srgb),
    ({"space": 0xFFFF}, SAME, srgb),
    ({"gamma": IFDRational(0, 0)}, SAME, srgb),
    ({"primaries": (0,) * 6, "white": (0, 0)}, SAME, srgb),
    ({"primaries": (0.64, 0.33)}, SAME, srgb),
    ({"index": "THM"}, SAME, srgb),
]


# Pillow can't write an index of interoperability into a TIFF
IN_FILES = [
    (suffix, *row) for suffix in ("jpg", "webp", "tif") for row in EXIFS if suffix != "tif" or "index" not in row[0]
]


@pytest.mark.parametrize(("suffix", "tags", "matrix", "encode"), IN_FILES)
def test_exif(suffix: str, tags: dict[str, Any], matrix: Any, encode: Encode) -> None:
    samples = encoded(matrix, encode, 8)
    options: dict[str, Any] = {"jpg": {"quality": 95, "subsampling": 0}, "webp": {"lossless": True}}.get(suffix, {})
    for smallest in (None, 32):
        file = saved(Image.fromarray(samples), suffix, exif=exif(**tags), **options)
        assert error(file, suffix, scene(), smallest) <= SDR


def test_a_profile_counts_more_than_exif() -> None:
    samples = encoded(TO_P3, power(2.2), 8)
    assert error(jpeg(samples, exif(index="R03"), icc_profile=DISPLAY_P3), "jpg", scene()) <= SDR
    adobe = encoded(TO_ADOBE, power(ADOBE_GAMMA), 8)
    for broken in (b"broken", DISPLAY_P3[:200], ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()):
        assert error(jpeg(adobe, exif(index="R03"), icc_profile=broken), "jpg", scene()) <= SDR


def test_a_profile_counts_more_than_nclx() -> None:
    samples = encoded(TO_P3, power(2.2), 8)
    for profile, expected in ((DISPLAY_P3, samples), (b"broken", encoded(TO_BT2020, srgb, 8))):
        file = io.BytesIO()
        Image.fromarray(expected).save(file, "AVIF", quality=95, subsampling="4:4:4", icc_profile=profile)
        content = file.getvalue().replace(b"colrnclx\0\2\0\2", b"colrnclx\0\11\0\15")
        assert content != file.getvalue()
        assert error(io.BytesIO(content), "avif", scene()) <= SDR


TABLE = tuple(round(65535 * (value / 255) ** 1.5) for value in range(256))


@pytest.mark.parametrize("table", [TABLE, TABLE * 3])
def test_a_tiffs_transfer_function(table: tuple[int, ...]) -> None:
    samples = encoded(SAME, power(1.5), 8)
    assert error(saved(Image.fromarray(samples), "tif", tiffinfo={301: table}), "tif", scene()) <= SDR


@pytest.mark.parametrize("table", [(1,), TABLE[:100], TABLE[::-1], (0,) * 256, TABLE * 2])
def test_a_transfer_function_that_makes_no_sense(table: tuple[int, ...]) -> None:
    assert error(saved(Image.fromarray(scene()), "tif", tiffinfo={301: table}), "tif", scene()) == 0


def hdr_profile(curve: int) -> bytes:
    """Return a profile with the tag cicp; its other tags would make a dark picture of HDR."""
    content = b"cicp\0\0\0\0" + bytes((9, curve, 0, 1))
    tags = [(DISPLAY_P3[at : at + 4], DISPLAY_P3[at + 4 : at + 12]) for at in range(132, 132 + 12 * 8, 12)]
    table = struct.pack(">I", len(tags) + 1)
    for tag, place in tags:
        offset, size = struct.unpack(">II", place)
        table += tag + struct.pack(">II", offset + 12, size)
    body = DISPLAY_P3[132 + 12 * 8 :]
    table += b"cicp" + struct.pack(">II", 128 + len(table) + 12 + len(body), len(content))
    whole = DISPLAY_P3[4:128] + table + body + content
    return struct.pack(">I", len(whole) + 4) + whole


@pytest.mark.parametrize(("curve", "encode"), [(16, pq), (18, hlg)])
@pytest.mark.parametrize("suffix", ["avif", "heic", "tif", "webp"])
def test_a_profile_that_says_hdr(suffix: str, curve: int, encode: Encode) -> None:
    samples = in_bits(encode(with_matrix(light_of(scene()), TO_BT2020) * 203), 8)
    options: dict[str, Any] = {"quality": 95} if suffix in ("avif", "heic") else {}
    if suffix == "webp":
        options = {"lossless": True}
    file = saved(Image.fromarray(samples), suffix, icc_profile=hdr_profile(curve), **options)
    assert error(file, suffix, scene()) <= 6.0  # in eight bits, some with halved chroma


def with_curve(light: Array) -> bytes:
    """Return a profile of BT.2020 with a curve as a table, as Adobe's and Google's of HDR have."""
    body = [(0.6734, 0.2790, -0.0019), (0.1656, 0.6753, 0.0300), (0.1251, 0.0457, 0.7969)]  # XYZ of D50
    curve = b"curv\0\0\0\0" + struct.pack(f">I{len(light)}H", len(light), *in_bits(light))
    return profile_of(body, curve=curve)


@pytest.mark.parametrize(("curve", "encode"), [(16, pq), (18, hlg)])
@pytest.mark.parametrize("suffix", ["heic", "avif", "tif", "webp", "png"])
def test_a_profile_of_hdr_without_the_tag(suffix: str, curve: int, encode: Encode) -> None:
    values = np.linspace(0, 1, 1024)
    light = np.interp(
        values, encode(np.linspace(0, 1, 200_000)[:, None].repeat(3, 1) * 10_000)[:, 0], np.linspace(0, 1, 200_000)
    )
    if curve == 18:  # a profile has the scene's light
        light = np.where(values <= 0.5, values**2 / 3, (np.exp((values - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    samples = in_bits(encode(with_matrix(light_of(scene()), TO_BT2020) * 203), 8)
    options: dict[str, Any] = {"webp": {"lossless": True}, "heic": {"quality": 95}, "avif": {"quality": 95}}.get(
        suffix, {}
    )
    file = saved(Image.fromarray(samples), suffix, icc_profile=with_curve(light), **options)
    assert error(file, suffix, scene()) <= 6.0


@pytest.mark.parametrize("exponent", [1.0, 1.4, 1.8, 2.2, 2.6, 3.0])
def test_no_ordinary_profile_is_taken_for_hdr(exponent: float) -> None:
    profile = with_curve(np.linspace(0, 1, 1024) ** exponent)
    samples = encoded(TO_BT2020, power(exponent), 8)
    assert error(saved(Image.fromarray(samples), "tif", icc_profile=profile), "tif", scene()) <= (
        4 if exponent < 1.5 else SDR
    )


def test_ordinary_pictures_are_not_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    import indexer.decoding.colour as decoding

    monkeypatch.setattr(decoding, "srgb_samples", lambda *_: pytest.fail("converted"))
    picture = Image.fromarray(scene())
    for suffix in ("jpg", "png", "webp", "tif", "heic", "avif", "gif", "bmp"):
        decode_picture(saved(picture, suffix), f"a.{suffix}", 32)
    srgb_chunks = [gamma_chunk(2.2), chromaticity_chunk(*CHROMATICITIES["sRGB"][1])]
    decode_picture(png(scene(), srgb_chunks), "a.png", 32)


@pytest.mark.parametrize(("primary", "curve", "encode"), [(9, 16, pq), (9, 18, hlg), (12, 16, pq)])
def test_hdr_is_the_same_to_the_model(primary: int, curve: int, encode: Encode) -> None:
    from indexer.models.loading import load_encoder
    from tests.conftest import SAMPLES

    encoder = load_encoder("builtin", "cpu")
    matrix = TO_BT2020 if primary == 9 else TO_P3
    for name in ("car-red.jpg", "guitar.jpg", "pizza.heic"):
        with (SAMPLES / name).open("rb") as source:
            plain = decode_picture(source, name, 224).image
        samples = in_bits(encode(with_matrix(light_of(np.asarray(plain)), matrix) * 203))
        versions = [
            decode_picture(file, "a", 224).image
            for file in (png(samples, [(b"cICP", bytes((primary, curve, 0, 1)))]), heic(samples, primary, curve))
        ]
        rows = encoder.encode_images(np.stack([encoder.preprocess(image) for image in (plain, *versions)]))
        assert (rows[1:] @ rows[0]).min() >= 0.99
