"""What a run began with is asked again at its end: is the endpoint still what it was?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evalkit import registry
from evalkit.backends.hearing import heard_of
from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Heard, Probe, Setting
from evalkit.probes.base import ALPHA, COLD, WARM, cold, completions, differ, finding, told, trimmed, warm

Kept = Mapping[str, Sequence[tuple[int, bytes]]]
"""Status and body of each answer that was kept, by the key of what was asked."""
_OK = 200
_NAMED = (
    ("system_fingerprint", "fingerprint", "fingerprint-changed"),
    ("model", "model", "model-changed"),
)


def canary_of(before: Kept) -> Probe:
    """Return the question whether answers are those that were kept before the run."""

    def asks(setting: Setting) -> Sequence[Ask]:
        answered = {key for key, kept in before.items() if any(status == _OK for status, _ in kept)}
        return [each for each in (cold(setting), warm(setting)) if each.key in answered]

    def judge(answers: Answers, setting: Setting) -> Sequence[Finding]:
        earlier = {each.name: [_heard(*kept) for kept in before[each.key]] for each in asks(setting)}
        return [*_texts(earlier, answers, setting), *_names(earlier, answers), *_obeys(answers, setting)]

    return Probe(name="canary", asks=asks, judge=judge, question="Whether the endpoint is what it was before the run.")


def _heard(status: int, raw: bytes) -> Heard:
    return heard_of(status, raw, started=0.0, done=0.0)


def _texts(earlier: Answers, later: Answers, setting: Setting) -> Iterator[Finding]:
    """Yield whether answers at the lowest temperature, or at the only one, changed."""
    name = COLD if COLD in earlier else WARM
    if name not in earlier:
        return
    at = setting.cold if name == COLD else setting.warm
    first, second = completions(earlier, name), completions(later, name)
    subject = f"answers at T = {at:g}"
    seen = f"before: {told(first)}; after: {told(second)}; {told([*first, *second])} together"
    seen += trimmed({"all": [*earlier[name], *later[name]]}, "all")
    p_value = differ(first, second, setting, "canary")
    test = "permutation test of answers before the run against those after it"
    if p_value is None:
        yield finding(subject, Conduct.UNKNOWN, seen, settle="two answers before and two after")
    elif p_value <= ALPHA:
        caution = Caution(
            slug="drift",
            fact=f"Equal requests at T = {at:g} got other answers after the run than before it ({seen}).",
            meaning="The endpoint is not what it was: part of what differs within the run may come from that.",
            remedy="Draw the run again in one go; pin the model's version if the provider lets you.",
        )
        yield finding(subject, Conduct.PARTLY, f"changed: {seen}", p_value=p_value, test=test, cautions=(caution,))
    elif len({*first, *second}) == 1:
        yield finding(subject, Conduct.HONOURED, f"the same text: {seen}", p_value=p_value, test=test)
    else:
        settle = "more repetitions before and after"
        yield finding(subject, Conduct.UNKNOWN, f"no change shown: {seen}", p_value=p_value, test=test, settle=settle)


def _names(earlier: Answers, later: Answers) -> Iterator[Finding]:
    """Yield whether the server names another configuration or another model than before."""
    for subject, attribute, slug in _NAMED:
        first, second = (_named(answers, attribute) for answers in (earlier, later))
        if not (first and second):
            continue
        seen = f"before: {', '.join(sorted(first))}; after: {', '.join(sorted(second))}"
        if first & second:
            yield finding(subject, Conduct.HONOURED, seen)
            continue
        caution = Caution(
            slug=slug,
            fact=f"The server named another {subject} after the run than before it ({seen}).",
            meaning="Samples of different systems may be mixed; part of the variation may come from that.",
            remedy="Pin the model's version, or draw the run again in one go.",
        )
        yield finding(subject, Conduct.PARTLY, seen, cautions=(caution,))


def _named(answers: Answers, attribute: str) -> set[str]:
    told = (getattr(heard, attribute) for some in answers.values() for heard in some if heard.ok)
    return {name[:60] for name in told if name}


def _obeys(answers: Answers, setting: Setting) -> Iterator[Finding]:
    """Yield whether temperature is obeyed after the run, where it was asked at two."""
    if COLD in answers and WARM in answers:
        yield from registry.find("probes", "temperature").judge(answers, setting)
