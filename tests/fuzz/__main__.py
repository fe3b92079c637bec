"""`make fuzz`: thousands of requests that nobody thought of, others each time; exits with 1 where one finds a fault."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from fuzz import fuzz, installed


def main() -> int:
    """Say what was found by a server without a key and one with; return 0 when that is nothing, 2 without the tool."""
    if not installed():
        print("schemathesis is not installed")  # noqa: T201 - what a command says
        return 2
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for key in (None, "sesame"):
            ended = fuzz(examples, Path(folder), key)
            print(ended.stdout, ended.stderr, sep="\n")  # noqa: T201 - as above
            failed += ended.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
