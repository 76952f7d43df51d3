"""What a browser is told of a picture's bytes, by the format that they were found to be in."""

from __future__ import annotations

UNKNOWN = "application/octet-stream"
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "DIB": "image/bmp",
    "JPEG2000": "image/jp2",
    "JXL": "image/jxl",
    "PPM": "image/x-portable-anymap",
    "DNG": "image/x-adobe-dng",
    "MP4": "video/mp4",
    "M4V": "video/mp4",
    "MOV": "video/quicktime",
    "3GP": "video/3gpp",
    "MKV": "video/x-matroska",
    "WEBM": "video/webm",
    "AVI": "video/x-msvideo",
    "MPEG": "video/mpeg",
    "TS": "video/mp2t",
    "OGG": "video/ogg",
    "WMV": "video/x-ms-wmv",
    "FLV": "video/x-flv",
}


def media_type(form: str) -> str:
    """Return the media type of a format as the library names it; never one that a browser runs."""
    return MEDIA_TYPES.get(form, UNKNOWN)
