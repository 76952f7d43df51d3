"""Which colours the thing in a picture has: pixels named in CIELAB, those of the thing counted most.

A pixel's colour name is a soft choice among prototypes, as in van de Weijer et al., "Learning Color Names for
Real-World Applications", IEEE Transactions on Image Processing 18, 2009; the prototypes here are our own. Where the
thing is, three signs say together: where the classifier sees what it names (Zhou et al., "Learning Deep Features for
Discriminative Localization", CVPR 2016, arXiv 1512.04150), what differs from the picture's border, and the middle.
All of it is plain arithmetic on tensors, so that it is exported with the network.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from indexer.builtin_space.colour_terms import COLOURS

if TYPE_CHECKING:
    import torch

CELL = 10  # pixels from one to the next that is named
MEAN = 5  # pixels on a side whose mean it is
BORDER_PARTS = 4  # colours that are taken of each side of the border
BORDER = 1  # cells
BORDER_DISTANCE = 8.0  # in CIELAB, at which a pixel is hardly taken for the border's any more
MIDDLE = 0.4  # deviation of the weight of the middle, where the border is at 1
LEAST_SEEN, LEAST_APART = 0.02, 0.03  # weights of what the classifier does not look at, and of the border's colours
WIDTH = 8.7  # deviation of a prototype, in CIELAB

# In CIELAB (D65). Set by hand, then moved a little by gradient descent so that some 600 colours that people named (the
# XKCD survey), lit less, hazed and tinted at random, get their names; 94% of CSS colours of those names do too.
PROTOTYPES = {
    "black": ((8, -1, 0), (16, -2, 0), (13, 1, -5)),
    "blue": ((22, 7, -31), (34, 25, -56), (47, 7, -41), (56, -7, -28), (74, -18, -11), (39, -6, -19)),
    "brown": ((26, 10, 16), (33, 16, 28), (47, 13, 41), (57, 2, 23)),
    "grey": ((28, -5, -1), (54, -10, -3), (68, -4, 0), (35, -9, -8)),
    "green": ((30, -19, 14), (45, -30, 28), (58, -36, 42), (72, -43, 61), (48, -15, 26), (58, -20, 12), (85, -24, 28)),
    "orange": ((55, 48, 56), (58, 24, 36), (72, 28, 61)),
    "pink": ((59, 54, 1), (70, 29, 1), (81, 20, 6), (61, 56, -20), (68, 39, -13)),
    "purple": ((31, 21, -13), (40, 45, -40), (54, 37, -34), (67, 20, -21)),
    "red": ((39, 51, 25), (43, 63, 42), (51, 73, 54), (36, 32, 14)),
    "white": ((79, 0, 3), (89, 1, 4), (101, 2, 0)),
    "yellow": ((72, -3, 47), (83, 0, 65), (87, -13, 71), (72, -2, 34), (93, -18, 84)),
}


def seen_colours(pixels: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """Return the shares of the colours, float (n, 11), each row of sum 1.

    `pixels` are 0..255, float (n, 3, side, side); `seen` says where the classifier looks, (n, 1, rows, columns).
    """
    import torch

    lab = _lab(torch.nn.functional.avg_pool2d(pixels, MEAN, CELL) / 255)
    side = int(lab.shape[2])  # a number also where it is traced
    weights = _seen(seen, side) * _apart(lab, side) * _middle(side).to(lab)
    named = _named(lab.flatten(2).transpose(1, 2))  # (n, cells, 11)
    weights = weights.flatten(1)
    shares: torch.Tensor = (weights.unsqueeze(1) @ named).squeeze(1)
    return shares / weights.sum(dim=1, keepdim=True)


def looked_at(features: torch.Tensor, probabilities: torch.Tensor, head: torch.Tensor) -> torch.Tensor:
    """Return where the classes are seen that a picture was given, (n, 1, rows, columns).

    `features` are (n, channels, rows, columns), `probabilities` (n, classes), `head` (classes, channels) the weights
    that make classes of channels.
    """
    weights = (probabilities @ head).unsqueeze(1)
    rows, columns = (int(length) for length in features.shape[2:])
    found: torch.Tensor = (weights @ features.flatten(2)).reshape(-1, 1, rows, columns)
    return found


def _seen(found: torch.Tensor, side: int) -> torch.Tensor:
    """Return the weight of each cell (n, 1, side, side) by where the classifier looks."""
    import torch

    positive = found.clamp(min=0)
    positive = positive / positive.amax(dim=(2, 3), keepdim=True).clamp(min=1e-6)
    grown = torch.nn.functional.interpolate(positive, size=(side, side), mode="bilinear", align_corners=False)
    return grown.square() + LEAST_SEEN


def _apart(lab: torch.Tensor, side: int) -> torch.Tensor:
    """Return the weight of each cell (n, 1, side, side) by how far its colour is from the border's colours."""
    import torch

    part = side // BORDER_PARTS
    turned = lab.transpose(2, 3)
    edges = (lab[:, :, :BORDER], lab[:, :, -BORDER:], turned[:, :, :BORDER], turned[:, :, -BORDER:])
    parts = [torch.nn.functional.avg_pool2d(edge, (BORDER, part)) for edge in edges]
    border = torch.cat(parts, dim=3).squeeze(2)  # (n, 3, parts)
    nearest = (lab.flatten(2).unsqueeze(3) - border.unsqueeze(2)).square().sum(dim=1).amin(dim=2)
    weights = 1 - torch.exp(nearest / (-2 * BORDER_DISTANCE**2))
    return (weights * (1 - LEAST_APART) + LEAST_APART).reshape(-1, 1, side, side)


@cache
def _middle(side: int) -> torch.Tensor:
    """Return the weight of each cell (side, side) by its distance to the middle."""
    import torch

    along = torch.exp(torch.linspace(-1, 1, side).square() / (-2 * MIDDLE**2))
    return along.unsqueeze(0) * along.unsqueeze(1)


def _named(lab: torch.Tensor) -> torch.Tensor:
    """Return the colour names of pixels (n, pixels, 3) as shares (n, pixels, 11)."""
    import torch

    prototypes = torch.tensor([place for colour in COLOURS for place in PROTOTYPES[colour]], dtype=torch.float32)
    names = torch.tensor([COLOURS.index(colour) for colour in COLOURS for _ in PROTOTYPES[colour]])
    prototypes = prototypes.to(lab.device)
    # -|x - p|^2 / 2w^2 without |x|^2, which is the same for all prototypes
    logits = (lab @ prototypes.T - prototypes.square().sum(dim=1) / 2) / WIDTH**2
    one_hot = torch.nn.functional.one_hot(names, len(COLOURS)).float().to(lab.device)
    found: torch.Tensor = logits.softmax(dim=2) @ one_hot
    return found


def _lab(srgb: torch.Tensor) -> torch.Tensor:
    """Return sRGB of 0..1 (n, 3, ...) as CIELAB (IEC 61966-2-1; CIE 15), with D65 as white."""
    import torch

    linear = torch.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    red, green, blue = linear.unbind(dim=1)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    values = torch.stack((x, y, z), dim=1)
    bent = torch.where(values > 216 / 24389, values.clamp(min=1e-6) ** (1 / 3), (24389 / 27 * values + 16) / 116)
    fx, fy, fz = bent.unbind(dim=1)
    return torch.stack((116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)), dim=1)
