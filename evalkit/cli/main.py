"""The command line: commands found by their files, errors turned into exit codes."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer
import typer.core

from evalkit import registry
from evalkit.cli.running import Stopped
from evalkit.cli.say import complain, say
from evalkit.errors import EvalkitError

UNWRITTEN = 4
"""Exit code when a file can not be used."""
_SURROUNDINGS = frozenset(
    {
        *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
        *(errno.EMFILE, errno.ENFILE, errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR, errno.EISDIR),
    }
)
"""What the system may say of a disk, a directory or a limit; it is no mistake of the program's."""
BUG = 70
"""Exit code of a bug in evalkit."""
INTERRUPTED = 130
"""Exit code after Ctrl-C."""
BROKEN_PIPE = 141
"""Exit code when whoever read the output has left."""

_ABOUT = "How much do a model's answers vary, at which temperature, and how sure are we?"
_CODES = (
    "Exit codes: 0 done, 1 a verdict asked for, 2 the suite or the command line is wrong, 3 the run is incomplete or "
    "the endpoint fails, 4 the store or another file, 5 no answer to the question, 70 a bug, 130 and 143 stopped by a "
    "signal."
)


class _Sorted(typer.core.TyperGroup):
    """Commands of one verb and of several, in one order."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - of a package that typer keeps to itself
        """Return their names."""
        return sorted(super().list_commands(ctx))


def application(asked: str | None = None) -> typer.Typer:
    """Return the command line with every command there is, in alphabetical order.

    Args:
        asked: The word that stands for a command; where it is one, the others are not loaded.
    """
    app = typer.Typer(
        name="evalkit",
        cls=_Sorted,
        help=_ABOUT,
        epilog=_CODES,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # plain help costs a third of the time
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(help=_ABOUT)(_version_option)
    known = registry.names("commands")
    for name in (asked,) if asked in known else known:
        command = registry.find("commands", name)
        if isinstance(command, typer.Typer):  # a command of several verbs
            app.add_typer(command, name=name, short_help=_first_clause(command.__doc__ or ""))
            continue
        app.command(name=name, short_help=_first_clause(command.__doc__ or ""))(command)
    return app


def _first_clause(docstring: str) -> str:
    """Return a docstring up to its first stop, for the list of commands."""
    return re.split(r"[:;]|\.(?:\s|$)", docstring.strip(), maxsplit=1)[0]


def _show_version(wanted: bool) -> None:
    if wanted:
        from evalkit.provenance import version

        typer.echo(f"evalkit {version()}")
        raise typer.Exit


def _version_option(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Take the options that stand before any command."""
    del version  # its callback has already shown it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and exit with its code.

    Args:
        arguments: What stands behind ``evalkit``; those of the process when None.
    """
    try:
        first = next(iter(sys.argv[1:] if arguments is None else arguments), None)
        code = application(first)(args=arguments, prog_name="evalkit", standalone_mode=False) or 0
    except EvalkitError as error:
        complain(str(error))
        code = error.exit_code
    except Stopped as stopped:
        complain(str(stopped))
        code = stopped.exit_code
    except typer.TyperException as error:
        say(_shown(error))
        code = error.exit_code
    except typer.Exit as leaving:
        code = leaving.exit_code
    except (KeyboardInterrupt, typer.Abort):
        complain("stopped")
        code = INTERRUPTED
    except (BrokenPipeError, SystemExit) as leaving:
        if isinstance(leaving, SystemExit) and not isinstance(leaving.__context__, BrokenPipeError):
            raise  # typer makes 1 of a broken pipe, which is a verdict here
        # The reader has gone, as in `evalkit export ... | head`; the rest has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = BROKEN_PIPE
    except Exception as bug:  # noqa: BLE001 - the one place where a bug becomes an exit code
        code = _failed(bug)
    sys.exit(code)


def _failed(error: Exception) -> int:
    """Say what nobody foresaw, and return the exit code: of the disk and its like, or of a bug."""
    if isinstance(error, OSError) and error.errno in _SURROUNDINGS:
        complain(f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror))
        if error.filename is None:
            with contextlib.suppress(OSError):  # what is left of the output may have nowhere to go
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNWRITTEN
    complain(f"this is a bug in evalkit: {type(error).__name__}; please report it with the lines below")
    say(_traceback())
    return BUG


def _shown(error: typer.TyperException) -> str:
    """Return what typer says of words that it can not read, which may hold anything."""
    with io.StringIO() as told, contextlib.redirect_stderr(told):
        error.show() if hasattr(error, "show") else complain(error.format_message())
        return told.getvalue().rstrip("\n")


def _traceback() -> str:
    """Return the traceback of what is being handled, without the key; texts in it are made visible by who says it."""
    from evalkit.backends.redaction import without_keys

    return without_keys(traceback.format_exc().rstrip("\n"))
