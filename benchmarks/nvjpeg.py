"""JPEGs decoded and scaled on the GPU: nvJPEG by way of torchvision. For benchmarks/gpu.py; not the product's path.

What it can't do, and indexer/decoding does. Whoever makes it the product's path needs an answer to each:

- It does not tell damage. A file that nvJPEG refuses fails the whole batch, with a number for a reason; one that is cut
  or flipped may come back partly grey without a word. libjpeg-turbo's warnings, which become notes, are not there.
- CMYK and YCCK (Adobe), 12 bits, lossless and arithmetic JPEG: refused, or colours that are wrong.
- ICC profiles, and what EXIF says of colours, are left aside: a picture in Display P3 looks paler than it is.
- EXIF orientation: `apply_exif_orientation` works on the CPU only, so whoever calls must turn the pictures.
- Only baseline JPEG runs on the decoding units of the card (from A100 on). Progressive ones, and all on cards without
  such units, are decoded one after another by the CPU and ordinary kernels.
- It decodes to the full size: 36 MB for 12 megapixels, where the CPU's decoder scales on the way and takes 0.6 MB.
- torchvision has one decoder for a process, behind a lock, and deprecates it since 0.29: torchcodec 0.16 has one for
  each thread, and turns by EXIF.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import avg_pool2d, interpolate


def read(path: Path) -> torch.Tensor:
    """Return a file's bytes, on the CPU, as nvJPEG takes them."""
    return torch.from_numpy(np.fromfile(path, np.uint8))


def decoded(files: Sequence[torch.Tensor], device: torch.device) -> list[torch.Tensor]:
    """Return files as RGB, each uint8 (3, height, width) on the device.

    The decoder writes in a stream of its own, which does not wait for the caller's: synchronise that one first.
    """
    from torchvision.io import ImageReadMode, decode_jpeg

    pictures: list[torch.Tensor] = decode_jpeg(list(files), mode=ImageReadMode.RGB, device=device)
    return pictures


def fitted(picture: torch.Tensor, side: int) -> torch.Tensor:
    """Return the middle of a picture (3, height, width), its shorter side scaled to the model's: (side, side, 3)."""
    height, width = picture.shape[1:]
    shorter = min(height, width)
    values = picture.unsqueeze(0).to(torch.float16 if picture.is_cuda else torch.float32)
    if (factor := shorter // (2 * side)) > 1:
        values = avg_pool2d(values, factor)  # as a JPEG decoder that scales; the rest has few pixels
    size = (int(side * height / shorter), int(side * width / shorter))
    values = interpolate(values.float(), size, mode="bicubic", antialias=True, align_corners=False)
    top, left = (round((length - side) / 2) for length in size)
    middle = values[0, :, top : top + side, left : left + side]
    return middle.clamp(0, 255).round().to(torch.uint8).permute(1, 2, 0)


def pixels(paths: Sequence[Path], side: int, device: torch.device) -> torch.Tensor:
    """Return JPEG files as a model's input, uint8 (n, side, side, 3), on the device and finished."""
    pictures = decoded([read(path) for path in paths], device)
    batch = torch.stack([fitted(picture, side) for picture in pictures])
    if device.type == "cuda":
        torch.cuda.current_stream(device).synchronize()
    return batch
