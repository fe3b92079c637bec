"""The command line, run in this process in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from evalkit.cli.main import main

SUITE = """\
name: small
temperatures: [0, 1]
samples: 4
metrics: [exact_agreement, length_words]
endpoint: {model: storyteller-small, base_url: loopback}
decoding: {max_tokens: 60}
prompts:
  - {id: keeper, user: Tell a two-sentence story about a lighthouse keeper.}
  - {id: dragon, user: Tell a two-sentence story about a dragon.}
"""


@dataclass(frozen=True)
class Spoken:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the present one, in an environment without key and address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return tmp_path


@pytest.fixture
def suite_file(folder: Path) -> Path:
    """Return a small suite on the embedded endpoint."""
    path = folder / "small.yaml"
    path.write_text(SUITE)
    return path


@pytest.fixture
def cli(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Spoken]:
    """Return a function that runs one command and returns what it said."""
    del folder

    def speak(*words: object) -> Spoken:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        captured = capsys.readouterr()
        return Spoken(int(left.value.code or 0), captured.out, captured.err)

    return speak
