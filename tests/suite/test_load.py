"""Files in every state of disrepair, and the suites that are shipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import SuiteError
from evalkit.nouns import Load
from evalkit.suite.load import MOST_NODES, load_suite, parse_suite, suite_schema

_SUITES = Path(__file__).parents[2] / "suites"
_BOMB = "\n".join(f"k{i}: &a{i} [{', '.join([f'*a{i - 1}' if i else 'x'] * 10)}]" for i in range(9))


@pytest.mark.parametrize("file", sorted(_SUITES.glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_suites_are_valid_and_small(file: Path) -> None:
    """Each shipped suite loads, runs on the embedded endpoint, and stays under 2,000 requests."""
    suite = load_suite(file)
    assert suite.name == file.stem
    assert suite.endpoint.base_url == "loopback"
    assert len(suite.prompts) * len(suite.temperatures) * suite.samples < 2000
    assert suite.source == file.read_text(encoding="utf-8")
    assert suite.source.startswith("# yaml-language-server: $schema=suite.schema.json\n")


def test_the_committed_schema_is_the_schema() -> None:
    """Editors read the file, `evalkit schema` prints the code's: they are equal."""
    assert json.loads((_SUITES / "suite.schema.json").read_text(encoding="utf-8")) == suite_schema()


def test_schema_knows_the_alias() -> None:
    """Editors accept `temp` as they accept `temperatures`."""
    assert {"temp", "temperatures"} <= suite_schema()["properties"].keys()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "s:1:1: the suite is empty"),
        ("# words only\n", "s:1:1: the suite is empty"),
        ("just words", "s:1:1: the suite is 'just words', expected a mapping"),
        ("a: [1\n", "s:2:1: no YAML: expected ',' or ']'"),
        ("a: 1\na: 2\n", "s:2:1: a: the same key twice"),
        ("a: {b: 1, b: 2}\n", "s:1:11: a.b: the same key twice"),
        ("a: &x [*x]\n", "s:1:4: a[0]: an alias that stands for itself"),
        ("a: *x\n", "s:1:4: no YAML: found undefined alias"),
        ("a: &x {b: 1}\nc: {<<: *x}\n", "c.<<: merge keys are not supported"),
        ("a: !!python/object:os.system x\n", "s:1:4: a: a tag, expected a plain value"),
        ("a: !!set {x}\n", "s:1:4: a: a tag, expected a plain mapping"),
        ("a: !!omap [b: 1]\n", "s:1:4: a: a tag, expected a plain list"),
        ("? [a]\n: b\n", "a key that is no text"),
        ("a: \0\n", "s:1:1: no YAML: unacceptable character"),
        ("a: 1\n---\nb: 1\n", "s:2:1: no YAML: but found another document"),
        ("%YAML 1.1\n---\na: no\n", "s:1:1: another version of YAML, expected 1.2"),
        ("[" * 60 + "]" * 60, "nested too deeply"),
        ("[" * 20_000, "nested too deeply"),
        (_BOMB, f"more than {MOST_NODES} values"),
        (f"[{'[],' * MOST_NODES}]", f"s:1:{3 * MOST_NODES - 1}: more than {MOST_NODES} values, expected fewer"),
        ("a: " + "9" * 5000, "s:1:4: a: a number that is too long"),
        ('a: "\\ud800"', "s:1:4: a: half a character"),
        ('"\\ud800": a', "s:1:1: half a character"),
        ('"\\e[31m": 1\nendpoint: 1', "\\x1b[31m: unknown key"),
    ],
)
def test_broken_text_is_one_clear_line(text: str, wanted: str) -> None:
    """Whatever is wrong with a text, its place and what was expected are said."""
    with pytest.raises(SuiteError) as caught:
        parse_suite(text, source="s")
    assert wanted in str(caught.value)


def test_errors_come_in_the_order_of_the_file() -> None:
    """Several mistakes are several lines, ten at most."""
    unknown = "".join(f"key{number}: 1\n" for number in range(12))
    with pytest.raises(SuiteError) as caught:
        parse_suite(f"{unknown}endpoint: {{model: m}}\nprompts: [{{user: x}}]\ntemp: 1\n", source="s")
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[1] for line in lines[:10]] == [f"key{number}" for number in range(10)]
    assert lines[10:] == ["and 2 more"]


def test_yaml_is_of_version_1_2() -> None:
    """A bare `no` and a date are text, as they look."""
    suite = parse_suite("endpoint: {model: no}\nprompts: [{user: 2024-01-01}]\ntemp: 1e-1\n")
    assert (suite.endpoint.model, suite.prompts[0].text) == ("no", "2024-01-01")
    assert suite.temperatures == (0.1,)


@given(text=st.text(min_size=1).filter(str.strip), indent=st.sampled_from([None, 2, "\t"]))
def test_json_is_a_suite_too(text: str, indent: int | str | None) -> None:
    """What JSON writes of any text, YAML reads back."""
    tree = {"endpoint": {"model": "m"}, "prompts": [{"user": text}], "temperatures": [0.5]}
    assert parse_suite(json.dumps(tree, indent=indent)).prompts[0].text == text


@given(text=st.text(alphabet="{}[]:,-&*!|>'\"%@#? \t\nabc01.~", max_size=40))
def test_any_text_is_a_suite_or_a_suite_error(text: str) -> None:
    """No text brings the reader down."""
    with pytest.raises(SuiteError):
        parse_suite(text)


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    """Missing, a folder, not UTF-8, too large: one line each."""
    latin, large = tmp_path / "latin.yaml", tmp_path / "large.yaml"
    latin.write_bytes(b"name: x\nmodel: caf\xe9\n")
    large.write_bytes(b"#" * (4 * 1024 * 1024 + 1))
    cases = {
        tmp_path / "none.yaml": "No such file",
        tmp_path: "directory",
        latin: ":2:11: not UTF-8",
        large: "too large",
    }
    for path, wanted in cases.items():
        with pytest.raises(SuiteError) as caught:
            load_suite(path)
        assert wanted in str(caught.value)
        assert "\n" not in str(caught.value)


def test_loads_are_read_in_their_own_order(made) -> None:
    """One alone needs no list; several stand in the order serial, burst, mixed, however they are written."""
    assert made().load == ()
    assert made(load="serial").load == (Load.SERIAL,)
    assert made(load="[mixed, serial]").load == (Load.SERIAL, Load.MIXED)


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ({"load": "[serial]", "temperatures": "[0.5, 1]"}, "load: needs 0 among the temperatures"),
        ({"load": "[serial]", "temperatures": "none"}, "load: needs 0 among the temperatures"),
        ({"load": "[serial, burst]", "mode": "choices"}, "load: does not go with mode choices"),
        ({"load": "[burst, burst]"}, "load[1]: burst is there twice"),
        ({"load": "[parallel]"}, "load[0]: is 'parallel', expected serial, burst or mixed"),
    ],
)
def test_loads_that_can_not_be_told_apart_are_refused(refused, keys, wanted) -> None:
    """Arms are at temperature 0, of one request for each answer, and each stands once."""
    assert wanted in refused(**keys)
