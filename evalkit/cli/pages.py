"""Where the page about a comparison goes: files by their endings, and the summary of a build's job."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit import contrasting, environment, registry
from evalkit.cli import say
from evalkit.reporting.write import renderer_of, write_report

if TYPE_CHECKING:
    from evalkit.cli.failing import Failing
    from evalkit.reporting.versus import Compared


def checked(renderer: str | None, file: Path | None) -> str:
    """Return the name of the renderer for a file, by its own name, or by the file's ending, else a page.

    Raises:
        UnknownNameError: Nothing renders that.
    """
    name = renderer or ("html" if file is None else renderer_of(file))
    registry.find("comparison_renderers", name)
    return name


def write_as(found: Sequence[Compared], file: Path, renderer: str) -> Path:
    """Return the path of the file that comparisons were written to."""
    return write_report(_rendered(found, renderer, None), file)


def shows_answers(renderer: str) -> bool:
    """Return whether a renderer shows answers."""
    return contrasting.shows_answers(renderer)


def check(files: Sequence[Path]) -> None:
    """Refuse a file whose ending nothing renders, before anything is measured.

    Raises:
        UnknownNameError: Nothing renders that ending.
    """
    for file in files:
        registry.find("comparison_renderers", renderer_of(file))


def show_answers(files: Sequence[Path]) -> bool:
    """Return whether any of the files shows answers."""
    return any(contrasting.shows_answers(renderer_of(file)) for file in files)


def write(found: Sequence[Compared], files: Sequence[Path], asked: Failing | None) -> None:
    """Write comparisons to files, and say where they are.

    Raises:
        ReportError: A file can not be written.
    """
    for file in files:
        text = _rendered(found, renderer_of(file), asked)
        say.say(f"written to {write_report(text, file)}")


def add_to_summary(found: Sequence[Compared], asked: Failing | None) -> None:
    """Add what changed to the summary of a build's job, where there is one."""
    path = environment.step_summary()
    if path is None:
        return
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as summary:
            summary.write(f"{_rendered(found, 'markdown', asked)}\n")
    except OSError as error:
        say.say(f"the job's summary could not be written: {error.strerror}")


def _rendered(found: Sequence[Compared], renderer: str, asked: Failing | None) -> str:
    if asked is None:
        return contrasting.rendered_comparison(found, renderer)
    return contrasting.rendered_comparison(found, renderer, outcome=asked.outcome, asked=asked.text)
