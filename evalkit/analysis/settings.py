"""In what two runs differ before any answer is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from evalkit.nouns import Run, Sample, SettingDifference

_MOST = 60  # letters of one value
_MOST_NAMES = 3


@dataclass(slots=True)
class Named:
    """Names that a server gave with its answers."""

    models: dict[str, None] = field(default_factory=dict)
    """The models it says it used."""
    fingerprints: dict[str, None] = field(default_factory=dict)
    """Marks of its own configuration."""

    def see(self, samples: Collection[Sample]) -> None:
        """Note the names of some samples."""
        self.models.update(dict.fromkeys(s.model for s in samples if s.model))
        self.fingerprints.update(dict.fromkeys(s.system_fingerprint for s in samples if s.system_fingerprint))


def setting_differences(
    baseline: Run, candidate: Run, named: tuple[Named, Named], prompts: Collection[str]
) -> tuple[SettingDifference, ...]:
    """Return every setting in which two runs differ, what changes answers most first.

    Args:
        baseline: The earlier run.
        candidate: The later run.
        named: What the servers of both called themselves.
        prompts: Ids of the prompts in common: which of them are worded differently is a difference, too.
    """
    pairs = zip(_settings(baseline, named[0]), _settings(candidate, named[1]), strict=True)
    found = [
        SettingDifference(name=name, baseline=_short(before), candidate=_short(after))
        for (name, before), (_, after) in pairs
        # As they are written down: 1 and 1.0 are equal in Python.
        if repr(before) != repr(after)
    ]
    first, second = ({p.id: p for p in run.suite.prompts} for run in (baseline, candidate))
    changed = [each for each in prompts if each in first and first[each].messages != second[each].messages]
    judged = [each for each in prompts if each in first and first[each].reference != second[each].reference]
    for name, which in (("prompts, worded differently", changed), ("references of prompts", judged)):
        if which:
            words = _names(which)
            found.append(SettingDifference(name=name, baseline=words, candidate="the same ids, other words"))
    return tuple(found)


def _settings(run: Run, named: Named) -> Iterator[tuple[str, object]]:
    suite = run.suite
    yield from (
        ("model", suite.endpoint.model),
        ("address", suite.endpoint.base_url),
        ("backend", suite.endpoint.backend),
        ("top_p", suite.decoding.top_p),
        ("max_tokens", suite.decoding.max_tokens),
        ("seed", suite.decoding.seed),
        ("stop", list(suite.decoding.stop)),
        ("extra", dict(suite.decoding.extra)),
        ("mode", suite.mode.value),
        ("samples", suite.samples),
        ("temperatures", list(suite.temperatures) if suite.send_temperature else "not sent"),
        ("number of prompts", len(suite.prompts)),
        ("model named by the server", sorted(named.models)),
        ("system fingerprint", sorted(named.fingerprints)),
        ("evalkit", run.provenance.evalkit_version),
        ("source", run.provenance.source),
    )


def _names(names: Collection[str]) -> str:
    shown = ", ".join(_short(name) for name in list(names)[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else f"{shown} and {len(names) - _MOST_NAMES} more"


def _short(value: object) -> str:
    if value is None or value == []:
        return "not set"
    text = value if isinstance(value, str) else repr(value)
    text = ascii(text)[1:-1]  # shows what a terminal would obey
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
