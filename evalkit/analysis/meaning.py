"""Whether log-probabilities mean what a metric takes them for, and why not."""

from __future__ import annotations

from collections.abc import Iterable

from evalkit.nouns import CellOutcomes, Conduct, LogprobMeaning, Metric, Probing, Reads

_PROBE = "logprobs"
_DETAIL = "meaning"
_NONE = (
    "no answer came with log-probabilities; ask for them by the decoding's extra fields, logprobs and top_logprobs, of"
    " an endpoint that gives them"
)
_COLD = (
    "at T = 0 nothing is left of a distribution after temperature, and what is told there instead is not known; another"
    " temperature has a value"
)
_GREEDY = "at T = 0 the likeliest token is taken, and log-probabilities of temperature 1 do not tell what else varies"
_NOT_SENT = "no temperature was sent, so it is not known which one the answers were sampled at"
_BY_TEMPERATURE = {"before": {Reads.SAMPLED, Reads.CONVERTED}, "after": {Reads.ODDS}, None: set[Reads]()}
"""What a metric can not make of log-probabilities without the temperature that was sampled."""
_OF_LIST = (
    "the probabilities in each list add up to 1, so nothing is told of how much lies outside; fork_margin can do"
    " without that"
)
_NOT_KNOWN = {
    LogprobMeaning.UNASKED: "nobody asked the endpoint of which distribution its log-probabilities are; `evalkit probe"
    " SUITE --store STORE` finds out and keeps it with the run, or say it: meaning: before, or after",
    LogprobMeaning.UNKNOWN: "the probe could not tell of which distribution the log-probabilities are; say it where you"
    " know: meaning: before, or after",
    LogprobMeaning.ANOTHER: "the log-probabilities are neither of temperature 1 nor of the one that was asked for",
    LogprobMeaning.UNLIKE: "the two runs' log-probabilities are of different distributions, so their values are not of"
    " one thing",
}


def meaning_of(probings: Iterable[Probing]) -> LogprobMeaning:
    """Return of which distribution an endpoint's log-probabilities are, as the newest probing that asked has it.

    Args:
        probings: What was found out about the endpoint, oldest first.
    """
    found = LogprobMeaning.UNASKED
    known = {each.value: each for each in LogprobMeaning}
    for probing in probings:
        for finding in probing.findings:
            if finding.probe == _PROBE and (told := dict(finding.details).get(_DETAIL)) is not None:
                found = known.get(told, LogprobMeaning.UNKNOWN)
            elif finding.probe == _PROBE and finding.subject == _PROBE and finding.conduct is not Conduct.HONOURED:
                found = LogprobMeaning.UNKNOWN
    return found


def refused_meaning(metric: Metric, outcomes: CellOutcomes) -> str | None:
    """Return why a metric that reads log-probabilities has no value for a cell, and the way on; None where it may have.

    Args:
        metric: What is measured, with what is known of the log-probabilities.
        outcomes: The cell.
    """
    if metric.reads is None:
        return None
    if not any(sample.logprobs for sample in outcomes.samples):
        return _NONE
    if metric.meaning.temperature is None:
        return _NOT_KNOWN[metric.meaning]
    if metric.meaning.of_list and metric.reads is not Reads.ODDS:
        return _OF_LIST
    return _refused_at(outcomes.cell.decoding.temperature, metric.meaning, metric.reads)


def _refused_at(temperature: float | None, meaning: LogprobMeaning, reads: Reads) -> str | None:
    """Return why there is no value at a temperature; None for the temperature is for requests that carried none."""
    if temperature is None:
        return _NOT_SENT if reads in _BY_TEMPERATURE[meaning.temperature] else None
    if temperature == 0.0:
        return _COLD if meaning.temperature == "after" else _GREEDY if reads in _BY_TEMPERATURE["before"] else None
    if meaning.temperature == "after" or temperature == 1.0 or reads is not Reads.SAMPLED:
        return None
    return (
        f"the log-probabilities are those of temperature 1 and T = {temperature:g} was sampled, so their mean is a"
        " cross-entropy; token_entropy:of=drawn,per=text estimates the entropy of the answers"
    )
