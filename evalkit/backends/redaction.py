"""Log records without the key, whoever writes them and wherever they go: a second line, behind never logging it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

from evalkit.text.redacting import forms_of, redacted_text

_HIDDEN_FORMS: dict[bytes, None] = {}


def hide(key: str | None) -> None:
    """Keep a key out of every log record of this process from now on.

    A filter on a logger does not see what its children write, one on a handler not what handlers made later get. So
    the place where records are made is wrapped, once; what it was before still makes them (docs/adr/0029).

    Args:
        key: The key; None, or one too short to be told from a word, hides nothing.
    """
    forms = forms_of(key)
    if not forms:
        return
    _HIDDEN_FORMS.update(dict.fromkeys(forms))
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Redacting):
        logging.setLogRecordFactory(_Redacting(make))


class _Redacting:
    """Makes log records, and hides keys in them."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **keywords: Any) -> logging.LogRecord:  # noqa: ANN401 - whatever logging hands over
        record = self._make(*args, **keywords)
        try:
            said = record.getMessage()
        except Exception:  # noqa: BLE001 - arguments that do not fit are told by logging itself, in its own words
            said = repr((record.msg, record.args))
        if _holds_key(said):
            record.msg, record.args = without_keys(said), None
        if record.exc_info and record.exc_info[1] is not None:
            raised = "".join(traceback.format_exception(record.exc_info[1])).rstrip("\n")
            if _holds_key(raised):
                record.exc_text, record.exc_info = without_keys(raised), None
        if record.stack_info:
            record.stack_info = without_keys(record.stack_info)
        return record


def without_keys(text: str) -> str:
    """Return a text without any key of this process."""
    # The end of one key may stand within another.
    return redacted_text(text, sorted(_HIDDEN_FORMS, key=len, reverse=True))


def _holds_key(text: str) -> bool:
    return without_keys(text) != text
