"""What is embedded for a query's text: itself, its templates, or its parts if it is too long."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from search.texts.languages import foreign_language
from search.texts.long_texts import parts_of, surely_fits
from search.texts.model_limits import EXAMPLE, english_only, known_context
from search.texts.query_templates import BARE, templates_for


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of one text; its embedding is the normalised weighted mean of their unit embeddings."""

    texts: tuple[str, ...]
    weights: tuple[float, ...]
    parts: int = 1  # into which the text was cut

    @classmethod
    def bare(cls, text: str) -> Prompts:
        """Return the text as it is."""
        return cls((text,), (1.0,))


class Tokens(Protocol):
    """Counts a model's tokens, start and end included."""

    @property
    def context_length(self) -> int:
        """How many tokens the model reads."""

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has, before anything is cut off."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How a model reads texts; it is loaded only if a text may be too long."""

    name: str
    tokens: Callable[[], Tokens]
    logit_bias: float | None = None  # of sigmoid models
    described: bool = True  # whether the model's folder may be looked at, if its name is one

    @property
    def _limits(self) -> str:
        """The name by which is looked up what the model reads."""
        return self.name if self.described or not self.name.startswith("local-dir:") else ""

    @property
    def reads_english_only(self) -> bool:
        """Whether the model reads English only, as far as its name says."""
        return english_only(self._limits)

    def prompts_of(self, text: str, raw: bool = False) -> Prompts:
        """Return what is embedded for a text; with `raw` without templates."""
        if not surely_fits(text, known_context(self._limits)):
            tokens = self.tokens()
            parts = parts_of(text, tokens.context_length, tokens.token_counts)
            if len(parts) > 1:
                weights = tuple(float(number) for _, number in parts)
                return Prompts(tuple(part for part, _ in parts), weights, len(parts))
        if raw:
            return Prompts.bare(text)
        prompts = prompts_for(text, self._limits, self.logit_bias)
        return Prompts(prompts, (1.0 / len(prompts),) * len(prompts))

    def notes(self, texts: Iterable[str]) -> list[str]:
        """Return notes for the user on how this model reads the texts of a query; a sentence or two each."""
        texts = list(dict.fromkeys(texts))
        foreign = _foreign(texts, self._limits)
        notes = [_language_note(_subject(text, texts), language, self.name) for text, language in foreign]
        return [*notes, *self._length_notes(texts)]

    def notes_on_classes(self, prompts: Iterable[str]) -> list[str]:
        """Return a note for the user on the first prompt of classes that this model can't understand."""
        foreign = _foreign(prompts, self._limits)
        notes = (_language_note(f"The class {_short(text)!r}", language, self.name) for text, language in foreign)
        return list(itertools.islice(notes, 1))

    def _length_notes(self, texts: Sequence[str]) -> list[str]:
        cut = [(text, self.prompts_of(text, raw=True).parts) for text in texts]
        return [
            f"{_subject(text, texts)} is longer than the model reads ({self.tokens().context_length} tokens): "
            f"it was read in {parts} parts."
            for text, parts in cut
            if parts > 1
        ]


def prompts_for(text: str, model_name: str, logit_bias: float | None = None) -> tuple[str, ...]:
    """Return the prompts, at least one, whose unit embeddings are averaged for a text that is not too long."""
    templates = templates_for(text.strip(), model_name, logit_bias, english_only(model_name))
    if templates == [BARE]:
        return (text,)
    return tuple(dict.fromkeys(template.replace("{}", text.strip()) for template in templates))


def _foreign(texts: Iterable[str], model_name: str) -> Iterator[tuple[str, str]]:
    """Yield each text that is not English, with its language, if the model reads English only."""
    if english_only(model_name):
        yield from ((text, language) for text in texts if (language := foreign_language(text)))


def _language_note(subject: str, language: str, model_name: str) -> str:
    return (
        f"{subject} seems to be {language}, but {model_name} understands English only: ask in English, "
        f"or change to a multilingual model, such as: clipsearch index --model {EXAMPLE}"
    )


def _subject(text: str, texts: Sequence[str]) -> str:
    """Name the text: "The query" if there is no other."""
    return "The query" if len(texts) == 1 else f"The text {_short(text)!r}"


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:27]}..."
