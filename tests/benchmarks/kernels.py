"""What a metric costs in other libraries: the same texts, the same value, in turns with evalkit."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.apart import BrokenOffError, asked
from benchmarks.environments import NotInstalledError, interpreter, versions
from benchmarks.line import Line, seconds, times

_ROUNDS = 3
_LIMIT_S = 150.0
_EQUAL = 1e-9
_SIZES = (100, 1_000, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A metric elsewhere."""

    name: str
    """What computes it."""
    what: str
    """What is computed."""
    way: str
    """Under `benchmarks.peers.metrics`."""
    metric: str
    """Ours."""
    most: int
    """Texts up to which it is measured: above, it takes more than a minute."""
    growth: float
    """With which power of the number of texts the rest is estimated."""
    sizes: tuple[int, ...] = _SIZES
    targets: dict[int, float] = field(default_factory=dict)
    """How many times less it is to cost here, by number of texts."""
    sampled: int | None = None
    """Texts above which evalkit looks at some of the pairs only; None where it never does."""
    equal: bool = True
    """Whether it has the same value."""
    environment: str = "metrics"


PEERS = (
    Peer(
        name="fast-bleu (C++)",
        what="self-BLEU-4",
        way="fast_bleu",
        metric="self_bleu",
        most=10_000,
        growth=1.0,
        targets=dict.fromkeys(_SIZES, 30.0),
        environment="fast_bleu",
    ),
    Peer(name="nltk", what="self-BLEU-4", way="nltk", metric="self_bleu", most=100, growth=2.0, sizes=(100, 1_000)),
    Peer(name="sacrebleu", what="self-BLEU-4", way="sacrebleu", metric="self_bleu", most=100, growth=2.0, sizes=(100,)),
    Peer(
        name="rouge-score",
        what="ROUGE-L of all pairs",
        way="rouge_score",
        metric="rouge_l_distance",
        sampled=3_000,
        most=100,
        growth=2.0,
    ),
    Peer(name="vendi-score", what="Vendi score", way="vendi", metric="vendi_score", most=1_000, growth=2.0),
    Peer(
        name="scikit-learn's matrix",
        what="TF-IDF cosine of all pairs",
        way="cosine",
        metric="vector_distance",
        most=10_000,
        growth=2.0,
    ),
    Peer(
        name="slices of a numpy matrix, 1,000 replicates",
        what="interval of a mean over pairs",
        way="slices",
        metric="slices",
        most=1_000,
        growth=2.0,
        equal=False,
    ),
    Peer(name="a counter", what="distinct-2", way="distinct", metric="distinct_n", most=10_000, growth=1.0),
    Peer(
        name="a loop over pairs",
        what="exact agreement",
        way="agreement",
        metric="exact_agreement",
        most=10_000,
        growth=2.0,
    ),
    Peer(
        name="a loop over pairs",
        what="first divergence",
        way="parting",
        metric="first_divergence",
        most=1_000,
        growth=2.0,
    ),
    Peer(
        name="zlib alone",
        what="compression ratio",
        way="compression",
        metric="compression_ratio",
        most=10_000,
        growth=1.0,
    ),
)
_BEST = ("fast_bleu", "vendi", "cosine", "slices", "distinct", "agreement", "parting", "compression")
_PAIRS = 3
"""Metrics of the usual ones that are means over pairs with an interval, and have a peer: so often it is resampled."""
_SETS = ({1_000: 100.0, 10_000: 300.0}, "-rouge_l_distance"), ({1_000: 100.0, 10_000: 300.0}, "")


def lines() -> Iterator[Line]:
    """Yield a line for each peer and number of texts, then the usual metrics against the sum of the best peers."""
    theirs: dict[tuple[str, int], tuple[float, bool]] = {}
    for peer in PEERS:
        for n in peer.sizes:
            yield _line(peer, n, theirs)
    yield Line(
        what="metrics against diversity 0.3.1",
        target="",
        ours="",
        others="",
        got="not measured: it asks for torch with 5 GB of libraries, and imports spacy, for which it does not ask",
        reached=None,
    )
    for targets, without in _SETS:
        for n, target in targets.items():
            yield _sum(n, target, without, theirs)


def told() -> dict[str, str]:
    """Return the versions of the libraries."""
    return versions("fast_bleu") | versions("metrics")


def _line(peer: Peer, n: int, theirs: dict[tuple[str, int], tuple[float, bool]]) -> Line:
    target = peer.targets.get(n)
    some = " (of some here)" if peer.sampled and n > peer.sampled else ""
    what, wanted = f"{peer.what}{some}, {n:,} texts, against {peer.name}", f"{target:g} x" if target else ""
    ours: list[float] = []
    there: list[float] = []
    apart: float | None = None
    try:
        for _ in range(_ROUNDS if n <= peer.most and n < max(_SIZES) else 1):
            here = asked("here", n, peer.metric, limit_s=_LIMIT_S)
            ours.append(here["cpu"])
            if n > peer.most:
                continue
            found = asked("peers.metrics", peer.way, n, python=interpreter(peer.environment), limit_s=_LIMIT_S)
            there.append(found["cpu"])
            apart = None if here["value"] is None else abs(here["value"] - found["value"])
    except NotInstalledError as error:
        return _gap(what, wanted, ours, f"not installed: {error}")
    except BrokenOffError as error:
        return _gap(what, wanted, ours, str(error))
    ratios = [b / a for a, b in zip(ours, there, strict=False)]
    if not there:
        if (peer.way, peer.most) not in theirs:
            return _gap(what, wanted, ours, "nothing to estimate it from")
        there = [theirs[peer.way, peer.most][0] * (n / peer.most) ** peer.growth]
        ratios = [there[0] / ours[0]]
    theirs[peer.way, n] = statistics.median(there), n > peer.most
    estimated = f", estimated from {peer.most:,}, growth n^{peer.growth:g}" if n > peer.most else ""
    equal = "" if apart is None or not peer.equal else f", {apart:.0g} apart"
    ratio = statistics.median(ratios)
    same = apart is None or not peer.equal or apart <= _EQUAL
    return Line(
        what=what,
        target=wanted or ("the same value" if equal else ""),
        ours=seconds(statistics.median(ours)),
        others=f"{seconds(statistics.median(there))}{estimated}",
        got=f"{times(ratio)}{equal}",
        reached=(ratio >= target and same) if target else (same if equal else None),
    )


def _gap(what: str, target: str, ours: list[float], why: str) -> Line:
    return Line(
        what=what,
        target=target,
        ours=seconds(statistics.median(ours)) if ours else "",
        others="",
        got=why,
        reached=None,
    )


def _sum(n: int, target: float, without: str, theirs: dict[tuple[str, int], tuple[float, bool]]) -> Line:
    ways = _BEST if without else (*_BEST, "rouge_score")
    usual = f"the usual metrics{', but ROUGE-L,' if without else ''} with intervals"
    what = f"{usual}, {n:,} texts, against the sum of the best"
    wanted = f"{target:g} x"
    missing = [way for way in ways if (way, n) not in theirs]
    try:
        cpu = float(asked("here", n, "usual", *filter(None, [without]), limit_s=_LIMIT_S)["cpu"])
    except BrokenOffError as error:
        return _gap(what, wanted, [], str(error))
    often = {"slices": _PAIRS - bool(without)}
    total = sum(often.get(way, 1) * theirs[way, n][0] for way in ways if way not in missing)
    guessed = sum(often.get(way, 1) * theirs[way, n][0] for way in ways if way not in missing and theirs[way, n][1])
    return Line(
        what=what,
        target=wanted,
        ours=seconds(cpu),
        others=seconds(total)
        + (f", {seconds(guessed)} of it estimated" if guessed else "")
        + (f", without {', '.join(missing)}" if missing else ""),
        got=times(total / cpu),
        reached=total >= target * cpu,
    )
