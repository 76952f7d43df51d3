"""Write a rendered PNG as the final picture file: format, turned pixels, EXIF date and place."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image
from pillow_heif import register_heif_opener

from scenes.picture import Picture

TURNS = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""EXIF orientation -> how the upright picture is turned before it is stored."""


def exif_of(picture: Picture) -> Image.Exif:
    """Make the EXIF block: camera, orientation, and the date and place where the picture has them."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "clipsearch"
    exif[ExifTags.Base.Model] = "render.py"
    exif[ExifTags.Base.Orientation] = picture.orientation
    if picture.taken:
        moment = datetime.fromisoformat(picture.taken)
        stamp, offset = moment.strftime("%Y:%m:%d %H:%M:%S"), moment.isoformat()[-6:]
        exif[ExifTags.Base.DateTime] = stamp
        details = exif.get_ifd(ExifTags.IFD.Exif)
        details[ExifTags.Base.DateTimeOriginal] = details[ExifTags.Base.DateTimeDigitized] = stamp
        details[ExifTags.Base.OffsetTime] = details[ExifTags.Base.OffsetTimeOriginal] = offset
    if picture.gps:
        latitude, longitude = picture.gps
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSVersionID] = b"\x02\x03\x00\x00"
        place[ExifTags.GPS.GPSLatitudeRef] = "N" if latitude >= 0 else "S"
        place[ExifTags.GPS.GPSLatitude] = sexagesimal(latitude)
        place[ExifTags.GPS.GPSLongitudeRef] = "E" if longitude >= 0 else "W"
        place[ExifTags.GPS.GPSLongitude] = sexagesimal(longitude)
    return exif


def sexagesimal(angle: float) -> tuple[float, float, float]:
    """Split an angle into degrees, minutes and seconds (two decimals)."""
    hundredths = round(abs(angle) * 360000)
    return float(hundredths // 360000), float(hundredths // 6000 % 60), hundredths % 6000 / 100


def options(picture: Picture) -> dict[str, Any]:
    """Give Pillow's save options for the picture's format."""
    match Path(picture.name).suffix:
        case ".jpg":
            return {"quality": picture.quality, "optimize": True, "progressive": True}
        case ".png":
            return {"optimize": True}
        case ".webp":
            return {"quality": picture.quality, "method": 6}
        case ".tif":
            return {"compression": "tiff_adobe_deflate", "tiffinfo": {317: 2}}  # 317: predict from the left pixel
        case ".gif":
            return {"optimize": True}
        case ".heic" | ".avif":
            return {"quality": picture.quality}
    raise ValueError(f"{picture.name}: no such picture format")


def save(rendered: Path, picture: Picture, folder: Path) -> Path:
    """Convert a rendered PNG to the picture's final file in a folder; give its path."""
    register_heif_opener()
    target = folder / picture.name
    with Image.open(rendered) as image:
        final = image.convert("RGBA" if picture.transparent else "RGB")
    turn = TURNS[picture.orientation]
    if turn is not None:
        final = final.transpose(turn)
    described = picture.taken or picture.gps or picture.orientation != 1
    extra = {"exif": exif_of(picture)} if described else {}
    if target.suffix == ".gif":
        palette = final.quantize(256, Image.Quantize.MAXCOVERAGE)
        final = final.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    final.save(target, **options(picture), **extra)
    return target
