"""Every error evalkit raises on purpose.

EvalkitError                       slug, hint; str() is one line a user can act on
├── SuiteError                     the file is wrong: key path and what was expected
├── UsageError                     the command line or a call is wrong
├── PricesError                    the file of prices is wrong, or lacks the model that is to be paid for
├── UnknownNameError               no metric, backend, plot of that name; nearest name as hint
├── BackendError                   an endpoint gave no completion
│   ├── TransientError             → tried again (retry_after_s)
│   ├── RejectedError              → recorded as Failure; the run goes on
│   ├── MalformedReplyError        → raw bytes kept, tried again twice at most, then a Failure
│   └── EndpointError              → the run stops: key, quota, model or address is wrong
├── StoreError
│   ├── StoreVersionError          written by a newer evalkit
│   ├── StoreBusyError             another process is writing
│   └── PlanMismatchError          this label was begun with another suite
├── StatisticsError                the question cannot be asked of these data
├── ReportError                    a page or table can not be written
├── ClusterError                   the cluster that work is spread over can not be used
└── MissingExtraError              an optional dependency; says what to install
"""

from __future__ import annotations


class EvalkitError(Exception):
    """The base of all: a slug, one line, a way on."""

    slug = "error"
    """Name of the error in docs/errors.md."""
    exit_code = 70
    """What the command line exits with."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        """Keep the line and the way on.

        Args:
            message: What is wrong, in one line, without secrets.
            hint: What to do about it.
        """
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return one line a user can act on, whatever is told in it made visible: names come from files of others."""
        line = f"{self.message} ({self.hint})" if self.hint else self.message
        return line if line.isascii() and line.isprintable() else "".join(map(_seen, line))


class SuiteError(EvalkitError):
    """The suite file is wrong; the message names file, line, column and key path."""

    slug = "suite"
    exit_code = 2


class UsageError(EvalkitError):
    """The command line or a call is wrong."""

    slug = "usage"
    exit_code = 2


class PricesError(EvalkitError):
    """The file of prices is wrong, or the price of a model is unknown; nothing was sent."""

    slug = "prices"
    exit_code = 2


class UnknownNameError(EvalkitError):
    """Nothing of that name is registered."""

    slug = "unknown-name"
    exit_code = 2


class BackendError(EvalkitError):
    """An endpoint gave no completion."""

    slug = "backend"
    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        slug: str | None = None,
        status: int | None = None,
        raw: bytes = b"",
        retry_after_s: float | None = None,
    ) -> None:
        """Keep what is known of the answer.

        Args:
            message: What is wrong, in one line, without secrets.
            hint: What to do about it.
            slug: A narrower name, such as ``rate-limited``; the class's own when None.
            status: HTTP status; None when there was none.
            raw: The body as it came.
            retry_after_s: Seconds the server asks to wait; None when it does not say.
        """
        super().__init__(message, hint=hint)
        self.slug = slug or type(self).slug
        self.status = status
        self.raw = raw
        self.retry_after_s = retry_after_s


class TransientError(BackendError):
    """May go well next time: tried again."""

    slug = "transient"


class RejectedError(BackendError):
    """This request is refused and would be again: recorded as a failure."""

    slug = "rejected"


class MalformedReplyError(BackendError):
    """The answer can not be read: bytes kept, tried again twice at most."""

    slug = "malformed-reply"


class EndpointError(BackendError):
    """Every request would fail: key, quota, model or address is wrong; the run stops."""

    slug = "endpoint"


class StoreError(EvalkitError):
    """The store can not be used."""

    slug = "store"
    exit_code = 4


class StoreVersionError(StoreError):
    """The store was written by a newer evalkit."""

    slug = "store-version"


class StoreBusyError(StoreError):
    """Another process is writing to the store."""

    slug = "store-busy"


class PlanMismatchError(StoreError):
    """The label was begun with another suite."""

    slug = "plan-mismatch"


class BudgetError(EvalkitError):
    """The budget of a run is used up; what was answered is kept, the rest is open."""

    slug = "budget"
    exit_code = 3


class StatisticsError(EvalkitError):
    """The question can not be asked of these data."""

    slug = "statistics"
    exit_code = 5


class ReportError(EvalkitError):
    """A page or a table can not be written."""

    slug = "report"
    exit_code = 2


class ClusterError(EvalkitError):
    """The cluster that work is spread over can not be used; what was answered is kept."""

    slug = "cluster"
    exit_code = 3


class MissingExtraError(EvalkitError):
    """An optional dependency is missing."""

    slug = "missing-extra"
    exit_code = 2


def _seen(letter: str) -> str:
    # As evalkit.text.visible does it, on a floor that knows no text.
    return letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1]
