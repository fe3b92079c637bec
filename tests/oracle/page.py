"""The page of the reference values: how many, how far off at most, and what was left out for which reason."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from string import Template
from typing import Any

from oracle.accounts import Accounts, Line
from oracle.groups import GROUPS, group_of

_PAGE = Template("""\
# Reference values

A number of this project is what the literature's own tools would give, or the difference is known by name. To hold it
to that there is a file of values computed with other people's libraries, each checked by a second one or by brute
force. Every single value in it is accounted for here: either code of the product computes it and is compared, or it
is an exception with a reason. A test fails when one is left over, deviates, or is no longer compared.

```console
$$ make oracle
```

The command writes this page; it takes seconds, and needs the file beside the checkout (`../shared/oracles`). The code
is [`tests/oracle`](../tests/oracle). Metrics are asked by name for a cell of samples, as in any run; where no metric
gives a value, the function of statistics or text that is named below does. What is computed and why, says
[statistics](statistics.md).

$libraries

## What came out

$all values in all: $compared computed and compared, $excused exceptions, of which $given are inputs and notes of how
the values were made. Deviation is absolute, relative where the reference is above 1, and is allowed to be what stands
in brackets. A value that does not exist on either side counts as equal.

| group | values | compared | largest deviation (allowed) | exceptions |
| --- | ---: | ---: | --- | ---: |
$rows

## Exceptions

| group | values | reason |
| --- | ---: | --- |
$exceptions

## By which code

| group | code, and how many values |
| --- | --- |
$code
""")
_NOT_RESULTS = ("goes into a computation", "says how the reference was made")


def page(accounts: Accounts, meta: Mapping[str, Any]) -> str:
    """Return the page as Markdown."""
    given = sum(reason.startswith(_NOT_RESULTS) for reason in accounts.excused.values())
    return _PAGE.substitute(
        libraries=_libraries(meta),
        all=f"{len(accounts.leaves):,}",
        compared=f"{len(accounts.compared):,}",
        excused=f"{len(accounts.excused):,}",
        given=f"{given:,}",
        rows="\n".join(_rows(accounts)),
        exceptions="\n".join(_exceptions(accounts)),
        code="\n".join(_code(accounts)),
    )


def _libraries(meta: Mapping[str, Any]) -> str:
    named = ", ".join(f"{name} {version}" for name, version in sorted(meta["packages"].items()))
    told = f"The libraries behind the values: {named}; Python {meta['python']}, zlib {meta['zlib_runtime']}."
    return textwrap.fill(told, 120, break_on_hyphens=False)


def _rows(accounts: Accounts) -> Iterator[str]:
    every, left = (Counter(map(group_of, found)) for found in (accounts.leaves, accounts.excused))
    lines = _by_group(accounts)
    for title in GROUPS:
        of_group = lines[title]
        yield f"| {title} | {every[title]:,} | {len(of_group):,} | {_largest(of_group)} | {left[title]:,} |"


def _largest(lines: list[Line]) -> str:
    worst: dict[str, float] = {}
    for line in lines:
        worst[line.tolerance.words] = max(worst.get(line.tolerance.words, 0.0), line.deviation)
    return "; ".join(f"{found:.1g} ({allowed})" for allowed, found in sorted(worst.items()))


def _exceptions(accounts: Accounts) -> Iterator[str]:
    counted = Counter((group_of(where), reason) for where, reason in accounts.excused.items())
    for (title, reason), n in sorted(counted.items(), key=lambda item: (GROUPS.index(item[0][0]), item[0][1])):
        yield f"| {title} | {n:,} | {reason} |"


def _code(accounts: Accounts) -> Iterator[str]:
    for title, lines in _by_group(accounts).items():
        counted = Counter(line.by for line in lines)
        yield f"| {title} | {', '.join(f'`{by}` {n}' for by, n in sorted(counted.items()))} |"


def _by_group(accounts: Accounts) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in sorted(accounts.compared, key=lambda line: GROUPS.index(group_of(line.where))):
        found[group_of(line.where)].append(line)
    return found
