"""From a file to a suite; every error names file, line, column and key (the only ruamel.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from evalkit.errors import SuiteError
from evalkit.nouns import Suite
from evalkit.suite.build import build, secrets_in
from evalkit.suite.problem import BorderError, Problem, dotted
from evalkit.suite.problem import Path as KeyPath
from evalkit.suite.schema import as_written, json_schema, validate

LARGEST_BYTES = 4 * 1024 * 1024
"""Longest file that is read."""

MOST_NODES = 100_000
"""Most values of a file, aliases counted as often as they stand for something."""

_TOO_MANY = f"more than {MOST_NODES} values, expected fewer"
_MOST_SHOWN = 10
_DEEPEST = 50
_PLAIN = frozenset(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str"))
_DATE = "tag:yaml.org,2002:timestamp"
_OTHER_VERSION = re.compile(r"^%YAML\s+(?!1\.2\s*$)", re.MULTILINE)
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def load_suite(path: str | Path) -> Suite:
    """Return the suite a YAML 1.2 or JSON file describes.

    Args:
        path: The file; its name without ending is the suite's name unless the file says another.

    Raises:
        SuiteError: The file can not be read or is wrong; one line for each problem, ten at most.
    """
    file = Path(path)
    return parse_suite(text_of(file, "suite"), name=file.stem or "suite", source=str(file))


def text_of(file: Path, what: str) -> str:
    """Return the text of a file.

    Args:
        file: YAML or JSON, in UTF-8.
        what: What errors call it, such as ``suite``.

    Raises:
        SuiteError: The file can not be read, is too large or is no text.
    """
    try:
        with file.open("rb") as stream:
            raw = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it can not be opened"
        raise SuiteError(f"{file}: can not read the {what}: {reason}", hint="expected a YAML or JSON file") from None
    if len(raw) > LARGEST_BYTES:
        raise SuiteError(f"{file}: the {what} is too large, expected at most {LARGEST_BYTES // 1024**2} MiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise SuiteError(f"{file}:{line}:{column}: not UTF-8, expected text in UTF-8") from None


def parse_suite(text: str, *, name: str = "suite", source: str = "suite") -> Suite:
    """Return the suite a text describes.

    Args:
        text: YAML 1.2, of which JSON is a part.
        name: The suite's name unless the text says another.
        source: What errors call the text, such as its file.

    Raises:
        SuiteError: The text is wrong; one line for each problem, ten at most.
    """
    document = Document(source)
    tree = document.read(text)
    try:
        _refuse(secrets_in(tree))
        return build(validate(tree), name=name, source=text)
    except BorderError as error:
        raise document.error(
            [replace(problem, path=as_written(tree, problem.path)) for problem in error.problems]
        ) from None


def suite_schema() -> dict[str, Any]:
    """Return the JSON Schema of a suite file."""
    return json_schema()


def _refuse(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise BorderError(found)


class _TooManyError(ComposerError):
    """A text holds more values than any suite."""


class _Counting(Composer):
    """Makes nodes of a text, and stops at too many: making them takes longer than counting them afterwards."""

    n_nodes = 0

    def compose_node(self, parent: Node | None, index: Any) -> Any:  # noqa: ANN401 - the library's own signature
        """Return one node with what it holds.

        Raises:
            _TooManyError: It is one too many.
        """
        self.n_nodes += 1
        if self.n_nodes > MOST_NODES:
            raise _TooManyError(problem=_TOO_MANY, problem_mark=self.parser.peek_event().start_mark)
        return super().compose_node(parent, index)


class Document:
    """A text as a tree of plain values, and where each of them stands."""

    def __init__(
        self, source: str, what: str = "the suite", wanted: str = "endpoint, prompts and temperatures"
    ) -> None:
        """Begin with nothing read.

        Args:
            source: What errors call the text, such as its file.
            what: What it is.
            wanted: What it should hold.
        """
        self._source = source
        self._what = what
        self._wanted = wanted
        self._places: dict[KeyPath, tuple[int, int]] = {}
        self._keys: dict[KeyPath, tuple[int, int]] = {}
        self._n_nodes = 0
        self._open: list[Node] = []
        self._constructor = YAML(typ="safe", pure=True).constructor

    def read(self, text: str) -> Any:  # noqa: ANN401 - whatever a file may hold
        """Return the tree of plain values."""
        if found := _OTHER_VERSION.search(text):
            line = text.count("\n", 0, found.start()) + 1
            raise SuiteError(f"{self._source}:{line}:1: another version of YAML, expected 1.2")
        try:
            yaml = YAML(typ="safe", pure=True)
            yaml.Composer = _Counting
            node = yaml.compose(text)
        except MarkedYAMLError as error:
            raise self._syntax(error) from None
        except RecursionError:
            raise SuiteError(f"{self._source}:1:1: nested too deeply, expected {self._wanted}") from None
        except (YAMLError, ValueError) as error:
            reason = " ".join(str(error).split("\n")[0].split())
            raise SuiteError(
                f"{self._source}:1:1: no YAML: {reason.encode('ascii', 'backslashreplace').decode()}"
            ) from None
        if node is None:
            raise SuiteError(f"{self._source}:1:1: {self._what} is empty, expected {self._wanted}")
        return self._value(node, ())

    def error(self, problems: Sequence[Problem]) -> SuiteError:
        """Return the error that lists problems in the order of the file."""
        placed = sorted((*self._place(problem), dotted(problem.path), problem.text) for problem in problems)
        lines = [
            f"{self._source}:{line}:{column}: {f'{path}: ' if path else f'{self._what} '}{text}"
            for line, column, path, text in placed[:_MOST_SHOWN]
        ]
        if len(placed) > _MOST_SHOWN:
            lines.append(f"and {len(placed) - _MOST_SHOWN} more")
        return SuiteError("\n".join(lines))

    def _place(self, problem: Problem) -> tuple[int, int]:
        path = problem.path
        if problem.at_key and path in self._keys:
            return self._keys[path]
        while path not in self._places:  # a key that is missing: where its mapping begins
            path = path[:-1]
        return self._places[path]

    def _at(self, node: Node, path: KeyPath, text: str) -> SuiteError:
        where = f"{dotted(path)}: " if path else ""
        return SuiteError(f"{self._source}:{node.start_mark.line + 1}:{node.start_mark.column + 1}: {where}{text}")

    def _syntax(self, error: MarkedYAMLError) -> SuiteError:
        mark = error.problem_mark or error.context_mark
        place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        if isinstance(error, _TooManyError):
            return SuiteError(f"{self._source}:{place}: {_TOO_MANY}")
        problem = str(error.problem or error.context).encode("ascii", "backslashreplace").decode()
        return SuiteError(f"{self._source}:{place}: no YAML: {' '.join(problem.split())}")

    def _value(self, node: Node, path: KeyPath) -> Any:  # noqa: ANN401 - whatever a file may hold
        self._n_nodes += 1
        if self._n_nodes > MOST_NODES:
            raise self._at(node, path, f"{_TOO_MANY} (aliases count each time)")
        if len(self._open) > _DEEPEST:
            raise self._at(node, (), f"nested too deeply, expected {self._wanted}")
        if node in self._open:
            raise self._at(node, path, "an alias that stands for itself, expected a value")
        self._places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        self._open.append(node)
        value = self._mapping(node, path) if isinstance(node, MappingNode) else self._sequence(node, path)
        self._open.pop()
        return value

    def _scalar(self, node: ScalarNode, path: KeyPath) -> Any:  # noqa: ANN401 - a plain value
        tag = str(node.tag)
        if tag not in _PLAIN and tag != _DATE:
            raise self._at(node, path, "a tag, expected a plain value")
        try:
            value = node.value if tag == _DATE else self._constructor.construct_object(node)
        except ValueError:  # Python reads no number of thousands of digits
            raise self._at(node, path, "a number that is too long, expected a shorter one") from None
        return self._whole(value, node, path) if isinstance(value, str) else value

    def _whole(self, text: str, node: Node, path: KeyPath) -> str:
        if not _HALF_CHARACTER.search(text):
            return text
        # JSON writes characters beyond the first plane as two escapes, YAML as one.
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        if _HALF_CHARACTER.search(joined):
            raise self._at(node, path, "half a character (a lone surrogate), expected whole ones")
        return joined

    def _sequence(self, node: Node, path: KeyPath) -> list[Any]:
        if not isinstance(node, SequenceNode) or not str(node.tag).endswith(":seq"):
            raise self._at(node, path, "a tag, expected a plain list")
        return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        if not str(node.tag).endswith(":map"):
            raise self._at(node, path, "a tag, expected a plain mapping")
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                raise self._at(key_node, path, "a key that is no text, expected text")
            key = self._whole(str(key_node.value), key_node, path)
            here = (*path, key)
            if str(key_node.tag).endswith(":merge"):
                raise self._at(key_node, here, "merge keys are not supported, expected the keys themselves")
            if key in mapping:
                raise self._at(key_node, here, "the same key twice, expected only once")
            self._keys[here] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            mapping[key] = self._value(value_node, here)
        return mapping
