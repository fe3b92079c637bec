"""HTML: one file, no network, one script of ours, everything from outside escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from json import dumps
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

from evalkit.nouns import JSON
from evalkit.reporting import numbers, theme
from evalkit.reporting.answers import packed
from evalkit.reporting.data import numbers_of
from evalkit.reporting.view import Report

_BLANKS = re.compile(r"\s+")
_PLAIN = " /:=;,()!*@$?[]{}|^+~"
"""Letters that stand for themselves in a picture's address, within double quotes."""
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_TEMPLATES = "templates"
_MOST_VALUES = 700
_EVERYWHERE = ("theme.js", "diff.js")
_SCRIPTS = {"report.html.j2": (*_EVERYWHERE, "chooser.js", "explorer.js")}
_CODE = re.compile(r"`{1,2}([^`]+)`{1,2}")
_TOGETHER = re.compile(r"\b[Tp] [=<] [\d.]+|[\d.]+ \[[^\[\] ]+, [^\[\] ]+\]")


def html(report: Report) -> str:
    """Return the report as one HTML page that loads nothing and can be read without its script.

    Equal reports give equal text.
    """
    return page(
        "report.html.j2",
        report=report,
        most_prompts=max(1, _MOST_VALUES // max((len(section.rows) for section in report.metrics), default=1)),
        data=script_data(numbers_of(report, short=True)),
        answers=script_data(packed(report.answers)),
    )


def page(template: str, **context: object) -> str:
    """Return a page made from a template, with its style, its script, and the policy that allows these two only.

    Style and script are named by their hash and pictures are data; everything else is forbidden by the page itself.

    Args:
        template: Name of a file in templates/; it is given ``style``, ``script`` and ``policy``.
        context: What it shows. All of it is escaped but what `script_data` made.
    """
    style = theme.css_variables() + _read("report.css")
    script = "".join(_read(name) for name in _SCRIPTS.get(template, _EVERYWHERE))
    policy = (
        "default-src 'none'",
        "img-src data:",
        f"style-src '{_digest(style)}'",
        f"script-src '{_digest(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return (
        _environment()
        .get_template(template)
        .render(
            **context,
            style=Markup(style),  # noqa: S704 - ours, from this package
            script=Markup(script),  # noqa: S704 - ours, from this package
            policy="; ".join(policy),
        )
    )


def script_data(value: JSON) -> Markup:
    """Return JSON that can stand in a script element: it can neither end it nor begin another."""
    text = dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(text.translate(_UNSAFE))  # noqa: S704 - the letters that mean something to HTML are escapes now


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


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
    """Return an SVG as a data URI: by percent signs where the address needs them, which is shorter than base 64."""
    data = _BLANKS.sub(" ", svg.encode("utf-8", errors="replace").decode("utf-8"))
    return f"data:image/svg+xml,{quote(data, safe=_PLAIN)}"
