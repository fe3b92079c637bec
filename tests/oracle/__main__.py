"""`make oracle`: compare every reference value and write docs/oracle.md; exits with 1 where one deviates."""

from __future__ import annotations

import sys
from pathlib import Path

from oracle.groups import ABSENT, known_values, walk
from oracle.page import page

PAGE = Path(__file__).parents[2] / "docs" / "oracle.md"


def main() -> int:
    """Write the page; return 0 when every value is accounted for and none deviates, 2 without the file, else 1."""
    known = known_values()
    if known is None:
        print(ABSENT)  # noqa: T201 - what a command says
        return 2
    accounts = walk(known)
    PAGE.write_text(page(accounts, known["meta"]), encoding="utf-8")
    failed = [f"{' > '.join(line.where)}: off by {line.deviation:.3g}" for line in accounts.compared if not line.passed]
    lost = accounts.leaves - {line.where for line in accounts.compared} - accounts.excused.keys()
    failed += [f"{' > '.join(where)}: no account" for where in sorted(lost)]
    told = f"{len(accounts.compared):,} of {len(accounts.leaves):,} values compared, {len(failed)} failed"
    print(told, *failed, f"written: {PAGE.name}", sep="\n")  # noqa: T201 - as above
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
