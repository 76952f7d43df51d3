"""One run of `clipsearch eval`: each model in turn measures the same pictures, with each set of templates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from indexer.errors import InvalidRequest, LibraryError, LibraryMissing
from indexer.indexing.listener import Listener
from indexer.models.agreement import agree
from indexer.models.names import parse_model_name
from indexer.paths import readable
from indexer.store.models import remember_temperature, temperature_of
from search.evaluation.calibration import Calibration, calibrate
from search.evaluation.classification import Evaluation, TruthPictures, cosines, embed_truth, evaluate
from search.evaluation.retrieval import Retrieval, evaluate_retrieval
from search.evaluation.truth import Captions, Truth
from search.labels.classes import NamedClass, named_classes
from search.labels.make_recipe import make_recipe
from search.library.library import Library, open_library, temporary_library
from search.texts.class_templates import TEMPLATE_SETS

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class EvalRequest:
    """What to measure."""

    library: Path
    truth: Truth | None = None
    captions: Captions | None = None
    overrides: tuple[str, ...] = ()  # NAME=PROMPT|PROMPT
    templates: tuple[str, ...] = tuple(TEMPLATE_SETS)  # the first one is calibrated with
    models: tuple[str, ...] = ()  # none: the library's
    device: str = "auto"
    calibrate: bool = False


@dataclass(slots=True)
class EvalReport:
    """What was measured."""

    evaluations: list[Evaluation] = field(default_factory=list)
    retrievals: list[Retrieval] = field(default_factory=list)
    calibration: Calibration | None = None
    not_calibrated: str = ""  # why no temperature could be fitted
    unread: int = 0  # pictures that are missing or could not be read


def measure(request: EvalRequest, listener: Listener, tell: Tell) -> EvalReport:
    """Measure what is requested; with `calibrate` a temperature is fitted and stored in the library.

    Raises ModelError if a model can't be loaded or fails, PictureError if no picture can be read, InvalidRequest
    for a request that makes no sense, LibraryMissing if there is no library to calibrate.
    """
    if request.calibrate:
        _check_calibration(request)
    run = _Run(request, listener, tell)
    for name in dict.fromkeys(request.models) or [None]:
        run.over(name)  # lets go of its model before the next one is loaded
    return run.report


class _Run:
    """The state of one run; pictures that one model can't read are not given to the next."""

    def __init__(self, request: EvalRequest, listener: Listener, tell: Tell) -> None:
        self.request = request
        sources = (request.truth, request.captions)
        self.report = EvalReport(unread=sum(source.missing for source in sources if source is not None))
        self._listener = listener
        self._tell = tell
        self._truth = request.truth
        self._captions = request.captions
        self._classes = named_classes(self._truth.classes, request.overrides) if self._truth else []
        if self._classes:
            make_recipe(self._classes)  # raises before any work is done

    def over(self, name: str | None) -> None:
        """Measure one model."""
        with _library_with(self.request.library, name, self.request.device, self._tell) as library:
            if self._truth is not None:
                self._truth = self._classify(library, self._truth)
            if self._captions is not None:
                self._captions = self._retrieve(library, self._captions)

    def _classify(self, library: Library, truth: Truth) -> Truth:
        pictures = embed_truth(library, truth, self._listener)
        self.report.unread += pictures.unread
        if not self.report.evaluations:
            self._tell_contradictions(pictures.contradictions)
        self.report.evaluations += evaluate(library, pictures, self._classes, self.request.templates)
        if self.request.calibrate:
            try:
                self.report.calibration = _calibrated(library, pictures, self._classes, self.request.templates[0])
            except InvalidRequest as error:  # what was measured is still worth showing
                self.report.not_calibrated = str(error)
        return pictures.truth

    def _tell_contradictions(self, pairs: list[tuple[Path, Path]]) -> None:
        if pairs:
            first, second = (readable(path) for path in pairs[0])
            more = f", and {len(pairs) - 1:,} more" if len(pairs) > 1 else ""
            self._tell(f"The same picture in two classes, so one is wrong: {first} and {second}{more}.")

    def _retrieve(self, library: Library, captions: Captions) -> Captions:
        retrieval, kept = evaluate_retrieval(library, captions, self._listener)
        self.report.unread += len(captions.paths) - len(kept.paths)
        self.report.retrievals.append(retrieval)
        return kept


def _library_with(folder: Path, model: str | None, device: str, tell: Tell) -> Library:
    """Open the library if it has this model, or if none is named; else a temporary one with the model."""
    try:
        library = open_library(folder, device=device)
    except LibraryMissing:
        return temporary_library(model, device, tell)
    if model is None or str(parse_model_name(model)) == library.model.name:
        if model is not None:
            agree(library.model.name)
        return library
    library.store.close()
    return temporary_library(model, device, tell)


def reset_calibration(folder: Path) -> tuple[str, float]:
    """Forget the temperature of a library's model; return the model's name and the temperature it had."""
    with open_library(folder) as library:
        before = temperature_of(library.store, library.model)
        remember_temperature(library.store, library.model, None)
        return library.model.name, before


def _check_calibration(request: EvalRequest) -> None:
    """Raise, before any work is done, if a calibration can't be made or stored."""
    if request.truth is None:
        raise InvalidRequest("Only pictures with known classes can calibrate; name a folder per class or a CSV file.")
    with open_library(request.library) as library:
        own = library.model.name
        if library.store.read_only:
            raise LibraryError("The library can't be written to, so it can't be calibrated; check its folder.")
    if any(str(parse_model_name(name)) != own for name in request.models):
        raise InvalidRequest(f"The library's own model is calibrated, {own}; leave --model out.")


def _calibrated(library: Library, pictures: TruthPictures, classes: list[NamedClass], templates: str) -> Calibration:
    """Fit the library's temperature and store it."""
    before = temperature_of(library.store, library.model)
    scores = cosines(library, pictures, classes, templates)
    fitted = calibrate(scores, pictures.truth.labels, library.model, before)
    remember_temperature(library.store, library.model, fitted.temperature)
    return fitted
