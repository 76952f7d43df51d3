"""A model as a step of scikit-learn's pipelines: pictures in, embeddings out. scikit-learn itself is not needed.

What scikit-learn asks of its estimators (https://scikit-learn.org/stable/developers/develop.html) is kept without its
base classes: the parameters are attributes as they were given, nothing is loaded before `transform`, and copies by
`clone`, pickle and joblib have the parameters alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from indexer.arguments import shown, text_of, whole_number
from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray
    from search.training.picture_rows import PictureRows

PARAMETERS = ("model", "device", "batch_size", "unreadable")
UNREADABLE = ("raise", "nan")


class ImageEncoder:
    """Turns pictures into unit-length embeddings, as a transformer of scikit-learn.

    `model` is a model's name, by default that of new libraries; `device` is "auto", "cpu", "cuda" or "mps";
    `batch_size` how many pictures are encoded at once. `unreadable` says what becomes of a picture that can't be read:
    "raise" raises PictureError, "nan" gives it a row of nan.
    """

    def __init__(
        self,
        model: str | None = None,
        device: str = "auto",
        batch_size: int | None = None,
        unreadable: Literal["raise", "nan"] = "raise",
    ) -> None:
        """Keep the parameters; they are looked at when they are needed."""
        self.model = model
        self.device = device
        self.batch_size = batch_size
        self.unreadable = unreadable

    def fit(self, X: Any = None, y: Any = None) -> ImageEncoder:
        """Return the encoder: there is nothing to learn."""
        self._check()
        return self

    def transform(self, X: Iterable[Any]) -> FloatArray:
        """Return the embeddings, float32 (n, dim), of pictures: paths, Pillow's images, arrays (h, w, 3) of 8 bits.

        Of a video it is the mean of its moments. Many paths are decoded in other processes. Raises PictureError for a
        picture that can't be read, unless `unreadable` is "nan", InvalidRequest for what is no picture, ModelError.
        """
        return self._rows(X).of(X, self.unreadable == "nan")

    def fit_transform(self, X: Iterable[Any], y: Any = None, **fit_params: Any) -> FloatArray:
        """Return what `transform` does."""
        return self.fit(X, y).transform(X)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters."""
        return {name: getattr(self, name) for name in PARAMETERS}

    def set_params(self, **params: Any) -> ImageEncoder:
        """Change parameters; raises ValueError for an unknown one."""
        for name, value in params.items():
            if name not in PARAMETERS:
                raise ValueError(f"Invalid parameter {name!r} for ImageEncoder; there are: {', '.join(PARAMETERS)}.")
            setattr(self, name, value)
        return self

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return a name for each column of `transform`; loads the model."""
        import numpy as np

        dim = self._rows(()).dim
        return np.array([f"imageencoder{column}" for column in range(dim)], dtype=object)

    def _rows(self, pictures: Any) -> PictureRows:
        """Return what encodes, loaded on first use and again if its parameters have changed."""
        if isinstance(pictures, str | bytes):
            raise InvalidRequest(f"Pictures come in a list, also a single one: [{shown(pictures)}].")
        self._check()
        parameters = (self.model, self.device, self.batch_size)
        kept: tuple[Any, PictureRows] | None = self.__dict__.get("_loaded")
        if kept is None or kept[0] != parameters:
            from search.training.picture_rows import PictureRows

            kept = self._loaded = (parameters, PictureRows(*parameters))
        return kept[1]

    def _check(self) -> None:
        """Raise InvalidRequest for parameters that make no sense."""
        if self.model is not None:
            text_of(self.model, "model")
        text_of(self.device, "device")
        if self.batch_size is not None:
            whole_number(self.batch_size, "batch_size", 1)
        if not isinstance(self.unreadable, str) or self.unreadable not in UNREADABLE:
            raise InvalidRequest(f'unreadable is "raise" or "nan", not {shown(self.unreadable)}.')

    def __getstate__(self) -> dict[str, Any]:
        return self.get_params()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(preserves_dtype=[]),
            input_tags=InputTags(two_d_array=False, string=True),
            requires_fit=False,
            no_validation=True,
        )

    def __repr__(self) -> str:
        return f"ImageEncoder({', '.join(f'{name}={value!r}' for name, value in self.get_params().items())})"
