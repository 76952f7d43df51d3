"""From pictures to the built-in model's space: ConSE over a classifier, and the colours of what it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.builtin_space.joined import SEEN, THINGS
from indexer.builtin_space.recipe import MOST_CLASSES, TEMPERATURE
from indexer.builtin_space.seen_colours import looked_at, seen_colours

if TYPE_CHECKING:
    import torch


def picture_network(classifier: Any, classes: torch.Tensor) -> torch.nn.Module:
    """Return a network of pictures, uint8 (n, side, side, 3), that gives unit rows (n, dim + 11).

    `classifier` is timm's EfficientNet, `classes` holds its classes' embeddings (1000, dim).
    """
    import torch

    class PictureNetwork(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.classifier = classifier
            self.classes: torch.Tensor
            self.register_buffer("classes", classes)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            values = pixels.permute(0, 3, 1, 2).float()
            features = self.classifier.forward_features((values - 127.5) / 127.5)
            weights = _class_weights(self.classifier.forward_head(features).float())
            seen = looked_at(features.float(), weights, self.classifier.get_classifier().weight)
            things = torch.nn.functional.normalize(weights @ self.classes, dim=1)
            colours = torch.nn.functional.normalize(seen_colours(values, seen), dim=1)
            return torch.cat((THINGS * things, SEEN * colours), dim=1)

    return PictureNetwork().eval()


def _class_weights(logits: torch.Tensor) -> torch.Tensor:
    """Return the probabilities of the best classes, and 0 for the others, both (n, classes)."""
    probabilities = (logits / TEMPERATURE).softmax(dim=1)
    least = probabilities.topk(MOST_CLASSES, dim=1).values[:, -1:]
    weights: torch.Tensor = probabilities * (probabilities >= least)
    return weights
