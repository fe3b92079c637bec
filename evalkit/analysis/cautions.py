"""What may mislead the reader: looks at the data before you do."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from evalkit.nouns import Caution, CellOutcomes, Counts, Mode, Sample, Suite
from evalkit.text.levels import whitespace

FEW_SAMPLES = 10
"""Below, a cell's interval is wide and its lower digits are noise."""
FEW_PROMPTS = 10
"""Below, an interval over prompts hangs on each of them."""
_NOTABLE_SHARE = 0.05  # of cut texts, and of losses above those of the best temperature
_LONG = 10  # words; that short answers agree says nothing
_MOST_NAMES = 20
_MOST_WORDS = 160  # letters of what a server said
_HOT = 1.0
_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(slots=True)
class _Seen:
    """What was seen at one temperature."""

    n_cells: int = 0
    n_absent: int = 0
    n_few: int = 0
    n_wanted: int = 0
    n_samples: int = 0
    n_truncated: int = 0
    n_refused: int = 0
    n_empty: int = 0
    n_null: int = 0
    n_calling: int = 0
    n_error: int = 0
    n_unsupported: int = 0
    words: str = ""
    n_differing: int = 0
    n_differing_in_words: int = 0
    n_long: int = 0
    n_long_identical: int = 0
    n_same_answer: int = 0

    @property
    def n_missing(self) -> int:
        """Wanted draws without a sample that could have one."""
        return self.n_wanted - self.n_samples - self.n_unsupported

    @property
    def is_refused(self) -> bool:
        """Whether the endpoint refuses the temperature, and nothing was sampled before it did."""
        return self.n_unsupported > 0 and not self.n_samples

    @property
    def lost(self) -> float:
        """Share of the wanted draws without a sample."""
        return 1.0 - self.n_samples / self.n_wanted if self.n_wanted else 0.0


_ByTemperature = Mapping[float, _Seen]


@dataclass(slots=True)
class _Names:
    """Names a server gave, the first twenty of them."""

    seen: Counter[str] = field(default_factory=Counter)

    def add(self, name: str | None) -> None:
        if name is not None and (name in self.seen or len(self.seen) < _MOST_NAMES):
            self.seen[name] += 1

    def shown(self) -> str:
        named = [f"{name[:60]!a} ({count:,})" for name, count in self.seen.most_common(4)]
        return ", ".join([*named, *(["..."] if len(self.seen) > len(named) else [])])


class Observer:
    """Counts over the cells of a run, seen once and not kept; and the cautions they give."""

    def __init__(self, suite: Suite) -> None:
        """Remember what was asked for."""
        self._suite = suite
        ids = [prompt.id for prompt in suite.prompts]
        self._wanted = {
            (i, each.temperature): n for each in suite.standings for i, n in zip(ids, each.sizes, strict=True)
        }
        self._at: defaultdict[float, _Seen] = defaultdict(_Seen)
        self._prompts: set[str] = set()
        self._models, self._fingerprints = _Names(), _Names()

    def see(self, outcomes: CellOutcomes) -> None:
        """Count one cell."""
        samples, counts = outcomes.samples, self._at[outcomes.cell.temperature]
        counts.n_cells += 1
        wanted = self._wanted.get((outcomes.cell.prompt.id, outcomes.cell.temperature), self._suite.samples)
        counts.n_wanted += max(wanted, len(samples))
        counts.n_samples += len(samples)
        unsupported = [failure for failure in outcomes.failures if failure.unsupported]
        counts.n_unsupported += len(unsupported)
        counts.words = counts.words or next((failure.message for failure in unsupported), "")
        counts.n_error += len(outcomes.failures) - len(unsupported)
        counts.n_absent += not samples and not unsupported
        counts.n_few += 0 < len(samples) < FEW_SAMPLES
        if samples:
            self._prompts.add(outcomes.cell.prompt.id)
        for sample in samples:
            counts.n_truncated += sample.truncated
            counts.n_refused += sample.refused
            counts.n_empty += not sample.text.strip()
            counts.n_null += sample.is_null
            counts.n_calling += sample.tool_calls is not None and not sample.text.strip()
            self._models.add(sample.model)
            self._fingerprints.add(sample.system_fingerprint)
        _compare(samples, counts)
        if outcomes.cell.mode is not Mode.CHOICES:
            counts.n_same_answer += _served_again(samples)

    def counts(self) -> tuple[Counts, ...]:
        """Return what became of the draws, by ascending temperature."""
        return tuple(
            Counts(
                temperature=temperature,
                n_wanted=seen.n_wanted,
                n_samples=seen.n_samples,
                n_error=seen.n_error,
                n_unsupported=seen.n_unsupported,
                n_empty=seen.n_empty,
                n_truncated=seen.n_truncated,
                n_refused=seen.n_refused,
            )
            for temperature, seen in sorted(self._at.items())
        )

    def cautions(self) -> tuple[Caution, ...]:
        """Return what may mislead the reader, the gravest first."""
        at = {temperature: self._at[temperature] for temperature in sorted(self._at)}
        asked = {temperature: counts for temperature, counts in at.items() if not counts.is_refused}
        sent = self._suite.send_temperature
        found = (
            *_unsent(at, sent=sent),
            *_unsupported(at),
            *_survivors(asked),
            *_alike(at),
            *(_ignored(at) if sent else ()),
            *_changed(self._models, self._fingerprints),
            *_other(self._models, self._suite.endpoint.model),
            *_incomplete(at),
            *_texts(at),
            *_whitespace(at),
            *_few_samples(at),
            *_few_prompts(len(self._prompts)),
        )
        return found if sent else tuple(map(_without_place, found))


def _compare(samples: tuple[Sample, ...], counts: _Seen) -> None:
    """Count whether a cell's texts differ, and whether they differ in more than white space."""
    kinds = {sample.text for sample in samples}
    if len(samples) < 2:  # noqa: PLR2004 - a pair
        return
    if len(kinds) > 1:
        counts.n_differing += 1
        first, *others = kinds
        counts.n_differing_in_words += any(whitespace(text) != whitespace(first) for text in others)
    long = all(len(text.split(maxsplit=_LONG)) >= _LONG for text in kinds)
    counts.n_long += long
    counts.n_long_identical += long and len(kinds) == 1


def _served_again(samples: tuple[Sample, ...]) -> int:
    """Return how many samples carry the name and the text of another one.

    A server that gives the same name to different texts does not name its answers: then nothing follows.
    """
    named = [(sample.response_id, sample.text) for sample in samples if sample.response_id]
    answers = set(named)
    return len(named) - len(answers) if len({name for name, _ in answers}) == len(answers) else 0


def _without_place(caution: Caution) -> Caution:
    return replace(caution, fact=caution.fact.replace("T = 1", "the model's own temperature"), temperatures=())


def _unsent(at: _ByTemperature, *, sent: bool) -> Iterator[Caution]:
    if at and not sent:
        yield Caution(
            slug="temperature-not-sent",
            fact="No temperature was sent.",
            meaning="What is shown is how much repetitions differ at the model's own setting, which nobody chose; where"
            " a table has T = 1, that is meant.",
            remedy="Compare it with runs that send none only.",
        )


def _unsupported(at: _ByTemperature) -> Iterator[Caution]:
    where = {t: counts for t, counts in at.items() if counts.n_unsupported}
    if not where:
        return
    alike: dict[str, tuple[str, list[str]]] = {}  # by the words without the number, which is the temperature's own
    for temperature, counts in where.items():
        before = f" (after {counts.n_samples:,} samples)" if counts.n_samples else ""
        _, named = alike.setdefault(_NUMBER.sub("", counts.words), (counts.words, []))
        named.append(f"{temperature:g}{before}")
    told = "; ".join(f"T = {', '.join(named)}: {words[:_MOST_WORDS]!a}" for words, named in alike.values())
    yield Caution(
        slug="temperature-unsupported",
        fact=f"The endpoint refuses {len(where)} of {len(at)} temperatures ({told}).",
        meaning="Nothing more was sent there after the first refusal: what is shown is of the other temperatures only.",
        remedy="Ask for temperatures that the model takes; where it takes none, measure repetition with temperatures:"
        " none or --without-temperature.",
        temperatures=tuple(where),
    )


def _survivors(at: _ByTemperature) -> Iterator[Caution]:
    least = min((counts.lost for counts in at.values()), default=0.0)
    worst = {t: counts for t, counts in at.items() if counts.lost > least + _NOTABLE_SHARE}
    if worst:
        shares = ", ".join(
            f"T = {t:g}: {c.n_cells - c.n_absent} of {c.n_cells} prompts, {c.n_samples:,} of {c.n_wanted:,} samples"
            for t, c in worst.items()
        )
        yield Caution(
            slug="survivors-only",
            fact=f"More is missing at some temperatures than at others ({shares}).",
            meaning="What is left there is what succeeded, perhaps the easy prompts and the short answers: part of the"
            " curve's course may be theirs.",
            remedy="Draw what is missing, or compare only prompts that are complete at every temperature.",
            temperatures=tuple(worst),
        )


def _alike(at: _ByTemperature) -> Iterator[Caution]:
    where = {t: counts.n_same_answer for t, counts in at.items() if counts.n_same_answer}
    if where:
        yield Caution(
            slug="too-alike-to-be-random",
            fact=f"{sum(where.values()):,} samples carry the response id and the text of another sample.",
            meaning="A cache may have answered instead of the model; such samples are copies, not draws.",
            remedy="Switch the cache off, or send something that makes each request its own.",
            temperatures=tuple(where),
        )


def _ignored(at: _ByTemperature) -> Iterator[Caution]:
    hot = {t: counts for t, counts in at.items() if t >= _HOT and counts.n_long}
    n_long = sum(counts.n_long for counts in hot.values())
    if n_long > 1 and all(counts.n_long_identical == counts.n_long for counts in hot.values()):
        yield Caution(
            slug="temperature-ignored",
            fact=f"All samples are identical in each of {n_long} cells of long answers at T = 1 and above.",
            meaning="At such temperatures long answers hardly ever repeat: the server may ignore the temperature, or a"
            " cache may answer.",
            remedy="Ask the provider which parameters the model takes; look at the raw requests and answers.",
            temperatures=tuple(hot),
        )


def _changed(models: _Names, fingerprints: _Names) -> Iterator[Caution]:
    for slug, names, what in (
        ("model-changed", models, "models"),
        ("fingerprint-changed", fingerprints, "system fingerprints"),
    ):
        if len(names.seen) > 1:
            yield Caution(
                slug=slug,
                fact=f"The server named different {what}: {names.shown()}.",
                meaning="Samples of different systems are mixed; part of the variation may come from that.",
                remedy="Pin the model's version, or draw the run again in one go.",
            )


def _other(models: _Names, asked: str) -> Iterator[Caution]:
    # Servers answer an alias with the dated name behind it, or leave out the maker before a slash.
    own = asked.casefold()
    others = [name for name in models.seen if name.casefold() not in own and own not in name.casefold()]
    if others:
        n = sum(models.seen[name] for name in others)
        yield Caution(
            slug="other-model",
            fact=f"{n:,} samples came with another model's name than the one asked for, {asked[:60]!a}:"
            f" {models.shown()}.",
            meaning="It may not be the model that answered.",
            remedy="Look at the server's list of models; a gateway may have answered with another.",
        )


def _incomplete(at: _ByTemperature) -> Iterator[Caution]:
    where = {t: counts for t, counts in at.items() if counts.n_missing > 0}
    if where:
        missing = sum(counts.n_missing for counts in where.values())
        wanted = sum(counts.n_wanted for counts in at.values())
        yield Caution(
            slug="incomplete",
            fact=f"{missing:,} of {wanted:,} draws have no sample; {sum(c.n_absent for c in at.values()):,} cells have"
            " none at all.",
            meaning="Values rest on fewer samples there, and some prompts may be absent from a mean.",
            remedy="Run the same suite again under the same label: it draws only what is missing.",
            temperatures=tuple(where),
        )


def _texts(at: _ByTemperature) -> Iterator[Caution]:
    total = sum(counts.n_samples for counts in at.values())
    cut = {t: c for t, c in at.items() if c.n_truncated > _NOTABLE_SHARE * c.n_samples}
    if cut:
        worst = max(cut, key=lambda t: cut[t].n_truncated / cut[t].n_samples)
        yield Caution(
            slug="truncated",
            fact=f"{sum(c.n_truncated for c in at.values()):,} of {total:,} texts were cut by the token limit; at"
            f" T = {worst:g}, {cut[worst].n_truncated / cut[worst].n_samples:.0%}.",
            meaning="They count as they stand: their lengths are the limit, and what would have followed is not seen.",
            remedy="Raise max_tokens.",
            temperatures=tuple(cut),
        )
    refused = {t: c.n_refused for t, c in at.items() if c.n_refused}
    if refused:
        yield Caution(
            slug="refusals",
            fact=f"{sum(refused.values()):,} of {total:,} answers are refusals or were filtered.",
            meaning="They count as texts; refusals are alike, and make answers look less varied than they are.",
            remedy="Look at them; leave out prompts that are refused, or measure them by themselves.",
            temperatures=tuple(refused),
        )
    empty = {t: c.n_empty for t, c in at.items() if c.n_empty}
    if empty:
        n_null, n_calling = sum(c.n_null for c in at.values()), sum(c.n_calling for c in at.values())
        null = f", {n_null:,} of them null" if n_null else ""
        calling = f", {n_calling:,} ask for a tool instead" if n_calling else ""
        yield Caution(
            slug="empty-texts",
            fact=f"{sum(empty.values()):,} of {total:,} texts are empty{null}{calling}.",
            meaning="They count as texts: two of them are equal, and differ from every other.",
            remedy="Look for the reason in the raw answers; a reasoning model may have used up max_tokens.",
            temperatures=tuple(empty),
        )


def _whitespace(at: _ByTemperature) -> Iterator[Caution]:
    # Nearly all is enough: a few texts that truly differ do not make the others differ.
    where = {
        t: c for t, c in at.items() if c.n_differing and c.n_differing_in_words <= 2 * _NOTABLE_SHARE * c.n_differing
    }
    if where:
        shares = ", ".join(
            f"T = {t:g}: {c.n_differing} cells differ as bytes, {c.n_differing_in_words} beyond white space"
            for t, c in where.items()
        )
        yield Caution(
            slug="whitespace-only",
            fact=f"Disagreement is one of white space ({shares}).",
            meaning="Byte for byte the answers differ, to a reader they do not.",
            remedy="Ask for exact_agreement with level: whitespace.",
            temperatures=tuple(where),
        )


def _few_samples(at: _ByTemperature) -> Iterator[Caution]:
    where = {t: counts.n_few for t, counts in at.items() if counts.n_few}
    if where:
        yield Caution(
            slug="few-samples",
            fact=f"{sum(where.values()):,} cells hold fewer than {FEW_SAMPLES} samples.",
            meaning="What varies rarely is not seen at all: a text of chance 0.9 comes up five times in five more often"
            " than not.",
            remedy="Draw 20 samples or more for each prompt and temperature.",
            temperatures=tuple(where),
        )


def _few_prompts(n_prompts: int) -> Iterator[Caution]:
    if 0 < n_prompts < FEW_PROMPTS:
        yield Caution(
            slug="few-prompts",
            fact=f"The run has {'1 prompt' if n_prompts == 1 else f'{n_prompts} prompts'}.",
            meaning="Results hold for these prompts; for others they are a guess, and intervals over so few are wide.",
            remedy=f"Use {FEW_PROMPTS} prompts or more of the kind you care about.",
        )
