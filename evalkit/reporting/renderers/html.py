"""HTML: one file, no script, no network, everything from outside escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from json import dumps

import jinja2
from markupsafe import Markup, escape

from evalkit.nouns import JSON
from evalkit.reporting import numbers, theme
from evalkit.reporting.data import numbers_of
from evalkit.reporting.view import Report

_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_TEMPLATES = "templates"
_MOST_VALUES = 700
_CODE = re.compile(r"`{1,2}([^`]+)`{1,2}")
_TOGETHER = re.compile(r"\b[Tp] [=<] [\d.]+|[\d.]+ \[[^\[\] ]+, [^\[\] ]+\]")


def html(report: Report) -> str:
    """Return the report as one HTML page that loads nothing and needs no script.

    Style is allowed by its hash and pictures as data; everything else is forbidden by the page itself.
    Equal reports give equal text.
    """
    style = theme.css_variables() + _read("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = _environment().get_template("report.html.j2")
    return page.render(
        report=report,
        most_prompts=max(1, _MOST_VALUES // max((len(section.rows) for section in report.metrics), default=1)),
        style=Markup(style),  # noqa: S704 - ours, from this package
        policy=f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        data=_script_data(numbers_of(report, short=True)),
    )


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["temperature"] = numbers.temperature
    environment.filters["prose"] = _prose
    environment.filters["unbroken"] = _unbroken
    environment.filters["broken"] = _broken
    environment.filters["p_value"] = numbers.p_value
    environment.filters["picture"] = _picture
    environment.globals["count"] = numbers.count
    return environment


@cache
def _read(name: str) -> str:
    return resources.files("evalkit.reporting").joinpath(_TEMPLATES, name).read_text(encoding="utf-8")


def _prose(text: str) -> Markup:
    """Return prose with what stands between backticks as code, everything escaped."""
    parts = _CODE.split(text)
    shown = [Markup("<code>{}</code>").format(part) if n % 2 else escape(part) for n, part in enumerate(parts)]
    return Markup("").join(shown)


def _unbroken(sentence: str) -> str:
    """Return a sentence whose equations and intervals are not torn apart at the end of a line."""
    return _TOGETHER.sub(lambda found: found[0].replace(" ", "\u00a0"), sentence)


def _broken(known: str) -> Markup:
    """Return a value with its interval on a line of its own, everything escaped."""
    value, _, ends = known.partition(" [")
    return Markup('{}<br><span class="quiet">[{}</span>').format(value, ends) if ends else escape(value)


def _picture(svg: str) -> str:
    """Return an SVG as a data URI."""
    data = base64.b64encode(svg.encode("utf-8", errors="replace")).decode("ascii")
    return f"data:image/svg+xml;base64,{data}"


def _script_data(value: JSON) -> Markup:
    """Return JSON that can stand in a script element: it can neither end it nor begin another."""
    text = dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(text.translate(_UNSAFE))  # noqa: S704 - the letters that mean something to HTML are escapes now
