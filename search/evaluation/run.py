"""One run of `clipsearch eval`: each model in turn over the same pictures, each set of templates with each model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from indexer.errors import InvalidRequest, LibraryError, LibraryMissing
from indexer.indexing.listener import Listener
from indexer.models.names import parse_model_name
from indexer.paths import readable
from search.evaluation.calibration import Calibration, calibrate, remember_temperature, temperature_of
from search.evaluation.evaluation import (
    Evaluation,
    Pictures,
    Retrievals,
    cosines,
    embed_truth,
    evaluate,
    evaluate_retrieval,
)
from search.evaluation.truth import Captions, Truth
from search.labels.classes import NamedClass, named_classes
from search.labels.make_recipe import make_recipe
from search.library.library import Library, open_library, temporary_library
from search.texts.template_sets import TEMPLATE_SETS

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be measured."""

    library: Path
    truth: Truth | None = None
    captions: Captions | None = None
    overrides: tuple[str, ...] = ()  # NAME=PROMPT|PROMPT
    templates: tuple[str, ...] = tuple(TEMPLATE_SETS)  # the first is the one that is calibrated
    models: tuple[str, ...] = ()  # none: the library's
    device: str = "auto"
    calibrate: bool = False


@dataclass(slots=True)
class Report:
    """What was measured."""

    evaluations: list[Evaluation] = field(default_factory=list)
    retrievals: list[Retrievals] = field(default_factory=list)
    calibration: Calibration | None = None
    not_calibrated: str = ""  # why no temperature could be fitted
    unread: int = 0  # pictures that are not there or could not be read


def measure(request: Request, listener: Listener, tell: Tell) -> Report:
    """Measure what was asked for; with `calibrate` a temperature is fitted and stored in the library.

    Raises ModelError if a model can't be loaded or fails, PictureError if no picture can be read, InvalidRequest
    for what makes no sense, LibraryMissing if there is no library to calibrate.
    """
    if request.calibrate:
        _check_calibration(request)
    run = _Run(request, listener, tell)
    for name in dict.fromkeys(request.models) or [None]:
        run.over(name)  # whose model is let go before the next one is loaded
    return run.report


class _Run:
    """The state of one run; what a model can't read is not asked of the next one."""

    def __init__(self, request: Request, listener: Listener, tell: Tell) -> None:
        self.request = request
        missing = sum(known.missing for known in (request.truth, request.captions) if known is not None)
        self.report = Report(unread=missing)
        self._listener = listener
        self._tell = tell
        self._truth = request.truth
        self._captions = request.captions
        self._classes = named_classes(self._truth.classes, request.overrides) if self._truth else []
        if self._classes:
            make_recipe(self._classes)  # refuses senseless ones before any work

    def over(self, name: str | None) -> None:
        """Measure one model."""
        with library_of(self.request.library, name, self.request.device, self._tell) as library:
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
            except InvalidRequest as error:  # what was measured is worth showing all the same
                self.report.not_calibrated = str(error)
        return pictures.truth

    def _tell_contradictions(self, pairs: list[tuple[Path, Path]]) -> None:
        if pairs:
            first, second = (readable(path) for path in pairs[0])
            more = f", and {len(pairs) - 1:,} more" if len(pairs) > 1 else ""
            self._tell(f"The same picture in two classes, so one is wrong: {first} and {second}{more}.")

    def _retrieve(self, library: Library, captions: Captions) -> Captions:
        found, kept = evaluate_retrieval(library, captions, self._listener)
        self.report.unread += len(captions.paths) - len(kept.paths)
        self.report.retrievals.append(found)
        return kept


def library_of(place: Path, model: str | None, device: str, tell: Tell) -> Library:
    """Open the library if it is of this model, or of any if none is named; else a temporary one with the model."""
    try:
        library = open_library(place, device=device)
    except LibraryMissing:
        return temporary_library(model, device, tell)
    if model is None or str(parse_model_name(model)) == library.model.name:
        return library
    library.store.close()
    return temporary_library(model, device, tell)


def reset_calibration(place: Path) -> tuple[str, float]:
    """Take the temperature of a library's model back, and return the model's name and what it was."""
    with open_library(place) as library:
        before = temperature_of(library.store, library.model)
        remember_temperature(library.store, library.model, None)
        return library.model.name, before


def _check_calibration(request: Request) -> None:
    """Refuse to calibrate what can't be stored, before any work is done."""
    if request.truth is None:
        raise InvalidRequest("Only pictures with known classes can calibrate; name a folder per class or a CSV file.")
    with open_library(request.library) as library:
        own = library.model.name
        if library.store.read_only:
            raise LibraryError("The library can't be written to, so it can't be calibrated; check its folder.")
    if any(str(parse_model_name(name)) != own for name in request.models):
        raise InvalidRequest(f"The library's own model is calibrated, {own}; leave --model out.")


def _calibrated(library: Library, pictures: Pictures, classes: list[NamedClass], templates: str) -> Calibration:
    """Fit the library's temperature and store it."""
    before = temperature_of(library.store, library.model)
    found = cosines(library, pictures, classes, templates)
    fitted = calibrate(found, pictures.truth.labels, library.model, before)
    remember_temperature(library.store, library.model, fitted.temperature)
    return fitted
