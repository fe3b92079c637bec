"""Runs to and from JSON Lines."""

import gzip
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import StoreError
from evalkit.nouns import (
    UNSUPPORTED,
    Draw,
    Endpoint,
    Failure,
    FinishReason,
    Load,
    Message,
    MetricRequest,
    Prompt,
    Provenance,
    Sample,
    Suite,
    Usage,
    canonical,
    cells,
    every_cell,
)
from evalkit.store.sqlite import open_store
from evalkit.store.transfer import export_jsonl, import_recorded

REAL = Path(__file__).parents[3] / "shared" / "data" / "recorded"
ROW = {"model": "m", "prompt_id": "q1", "temperature": 0.5, "replicate": 0, "text": "yes"}


@pytest.fixture
def lines(tmp_path) -> Callable[..., Path]:
    """Return a function that writes rows, given by what makes them differ from an ordinary one, and says where."""

    def write(*rows: dict[str, object] | str, name: str = "answers.jsonl") -> Path:
        path = tmp_path / name
        texts = [row if isinstance(row, str) else json.dumps(ROW | row) for row in rows]
        content = "".join(f"{text}\n" for text in texts).encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


def test_a_line_for_each_outcome(store, suite_of, origin, draws_of, delivery_of):
    """Samples and open failures are exported in the plan's order, with the agreed fields."""
    suite = suite_of(samples=2, temperatures=(0.5,))
    first, second = sorted(draws_of(suite), key=lambda draw: draw.replicate)
    store.begin("r", suite, origin)
    store.record("r", delivery_of(second, None, attempts=3))
    store.record("r", delivery_of(first, "a\0\ud83d", response_id="id-1"))
    shared = {"model": "storyteller-small", "prompt_id": "p1", "temperature": 0.5, "load": None}
    assert [json.loads(line) for line in export_jsonl(store, "r")] == [
        shared
        | {"slot": f"{first.cell.key}:0", "status": "ok", "text": "a\0\ud83d", "response_id": "id-1"}
        | {"replicate": 0, "finish_reason": "stop", "attempts": 1},
        shared
        | {"slot": f"{first.cell.key}:1", "status": "connection", "text": None, "response_id": None}
        | {"replicate": 1, "finish_reason": None, "attempts": 3, "error": "timeout", "message": "too slow"},
    ]
    assert all(line.isascii() and "\n" not in line for line in export_jsonl(store, "r"))


def test_export_of_an_unknown_run_fails_at_once(store):
    """The error comes with the call, not with the first line."""
    with pytest.raises(StoreError, match="no run 'r'"):
        export_jsonl(store, "r")


def lines_of(store, label):
    """Return the export of a run."""
    return [f"{line}\n" for line in export_jsonl(store, label)]


anything = st.text(st.characters(codec=None, categories=None))
maybe = st.none() | anything
shapes = st.recursive(st.none() | st.booleans() | st.integers() | maybe, lambda inner: st.lists(inner, max_size=3))
told = st.one_of(
    st.builds(
        dict,
        text=st.one_of(st.just("\ud83d\ude00"), anything),
        finish_reason=st.sampled_from(FinishReason),
        refusal=maybe,
        tool_calls=st.none() | shapes.filter(bool).map(canonical),
        logprobs=st.none() | shapes.filter(bool).map(canonical),
        model=maybe,
        system_fingerprint=maybe,
        response_id=maybe,
        attempts=st.integers(0, 99),
        latency_s=st.none() | st.floats(0.0, 1e6),
        usage=st.builds(Usage, prompt_tokens=st.none() | st.integers(0, 2**52)),
    ),
    st.builds(dict, text=st.just(""), is_null=st.just(True)),
    st.builds(dict, error=anything.filter(bool), message=anything, attempts=st.integers(0, 99)),
)


@given(prompt=anything, model=anything, outcomes=st.lists(told, min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_what_is_exported_and_imported_is_the_same(prompt, model, outcomes):
    """Every field of samples and failures comes back, and the export of the import is equal to the last byte."""
    origin = Provenance(evalkit_version="0", python="3", platform="here")
    suite = Suite(
        name="s",
        endpoint=Endpoint(model=model),
        prompts=(Prompt(id=prompt, messages=()),),
        temperatures=(0.5,),
        samples=len(outcomes),
        metrics=(),
    )
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "s") as store:
        (cell,) = cells(suite)
        draws = _draws(cell, len(outcomes))
        given_ = [
            (Sample if "text" in fields else Failure)(draw=draw, **fields)
            for draw, fields in zip(draws, outcomes, strict=True)
        ]
        store.fill("a", suite, origin, given_)
        out = Path(folder) / "out.jsonl"
        exports = []
        for before, after in (("a", "b"), ("b", "c")):
            exports.append(lines_of(store, before))
            out.write_text("".join(exports[-1]), encoding="ascii")
            import_recorded(store, out, label=after, provenance=origin)
        (found,) = store.outcomes("c")
        kept = sorted([*found.samples, *found.failures], key=lambda outcome: outcome.draw.replicate)
        assert [replace(outcome, draw=draw) for outcome, draw in zip(kept, draws, strict=True)] == given_
        assert lines_of(store, "c") == exports[1]
        first, second = ([json.loads(line) for line in lines] for lines in exports)
        assert [{**line, "slot": ""} for line in first] == [{**line, "slot": ""} for line in second]


def test_null_is_not_an_empty_text(store, suite_of, origin, draws_of, delivery_of):
    """Null content, an empty text, a refusal and a call of a tool are four different lines."""
    suite = suite_of(samples=4, temperatures=(0.5,))
    draws = sorted(draws_of(suite), key=lambda draw: draw.replicate)
    store.begin("r", suite, origin)
    call = [{"id": "call-1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    store.record("r", delivery_of(draws[0], "", is_null=True))
    store.record("r", delivery_of(draws[1], ""))
    store.record("r", delivery_of(draws[2], "", is_null=True, refusal="No.", finish_reason=FinishReason.CONTENT_FILTER))
    store.record("r", delivery_of(draws[3], "", is_null=True, tool_calls=canonical(call)))
    found = [json.loads(line) for line in export_jsonl(store, "r")]
    assert [line["text"] for line in found] == [None, "", None, None]
    assert {line["status"] for line in found} == {"ok"}
    assert (found[2]["refusal"], found[2]["finish_reason"], found[3]["tool_calls"]) == ("No.", "content_filter", call)
    assert not {"refusal", "tool_calls"} & (found[0].keys() | found[1].keys())


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        (UNSUPPORTED, "unsupported"),
        ("not-json", "malformed"),
        ("error-in-200", "malformed"),
        ("malformed-reply", "malformed"),
        ("timeout", "connection"),
        ("unreachable", "connection"),
        ("connection", "connection"),
        ("rate-limited", "rate-limited"),
        ("server-error", "server-error"),
        ("rejected", "rejected"),
    ],
)
def test_a_failure_has_a_class_and_a_narrower_name(store, suite_of, origin, draws_of, delivery_of, slug, status):
    """The class is the status; what exactly went wrong stands beside it."""
    suite = suite_of(samples=1, temperatures=(0.5,))
    store.begin("r", suite, origin)
    store.record("r", delivery_of(draws_of(suite)[0], None, error=slug, message="words"))
    (line,) = map(json.loads, export_jsonl(store, "r"))
    assert (line["status"], line["error"], line["message"]) == (status, slug, "words")


def test_every_class_is_on_the_page():
    """What a status can be is in docs/store.md."""
    page = (Path(__file__).parents[2] / "docs" / "store.md").read_text(encoding="utf-8")
    for status in ("ok", "connection", "malformed", "unsupported", "rejected", "rate-limited", "server-error"):
        assert f"| `{status}` |" in page


@pytest.mark.parametrize("text", ["", "\0", "\ud83d", "\ud83d\ude00", "a\r\n\u2028\x85", "\ufffe\0" * (5 * 2**18)])
def test_texts_that_are_hard_to_keep_come_back(store, suite_of, origin, draws_of, delivery_of, tmp_path, text):
    """Empty, NUL, surrogates alone and in a pair, line ends of all kinds, and 5 MiB."""
    suite = suite_of(samples=1, temperatures=(1.0,))
    store.begin("a", suite, origin)
    store.record("a", delivery_of(draws_of(suite)[0], text))
    out = tmp_path / "out.jsonl"
    out.write_text("".join(f"{line}\n" for line in export_jsonl(store, "a")), encoding="ascii")
    import_recorded(store, out, label="b", provenance=origin)
    ((found,),) = [cell.samples for cell in store.outcomes("b")]
    assert found.text == text


def test_failures_are_imported_as_failures(store, lines, origin):
    """A line with another status than ok is a draw that failed."""
    path = lines({"replicate": 1}, {"replicate": 0, "status": "timeout", "text": None, "attempts": 4})
    run = import_recorded(store, path, label="r", provenance=origin)
    (found,) = store.outcomes("r")
    assert (run.n_samples, run.n_failures) == (1, 1)
    assert [(f.draw.replicate, f.error, f.attempts) for f in found.failures] == [(0, "timeout", 4)]


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.jsonl.gz"])
def test_the_design_is_read_from_the_rows(store, lines, origin, name):
    """Prompts as they first appear, temperatures ascending, samples to the largest replicate; gaps stay open."""
    path = lines(
        {"prompt_id": "b", "temperature": 1, "replicate": 2, "reference": "C", "topic": "Math"},
        {"prompt_id": "a", "temperature": 0},
        name=name,
    )
    metrics = (MetricRequest(name="accuracy"),)
    run = import_recorded(store, path, label="r", metrics=metrics, provenance=origin)
    assert run.suite.prompts == (
        Prompt(id="b", messages=(), reference="C", tags=("Math",)),
        Prompt(id="a", messages=()),
    )
    assert run.suite.temperatures == (0.0, 1.0)
    assert (run.suite.samples, run.n_draws, run.n_samples, run.complete) == (3, 12, 2, False)
    assert run.suite.metrics == metrics
    assert run.suite.endpoint == Endpoint(model="m", backend="replay")
    assert run.provenance == origin


def test_prompts_come_from_their_file(store, lines, tmp_path, origin):
    """The prompts file gives order, words, references and tags; prompts without answers stay out."""
    given_ = [
        {"prompt_id": "q2", "prompt": "Two?", "reference": "B", "topic": "Law", "source": "x"},
        {"prompt_id": "q1", "prompt": "One?"},
        {"prompt_id": "q3", "prompt": "Three?"},
    ]
    (tmp_path / "prompts.json").write_text(json.dumps(given_))
    path = lines({"reference": "A"}, {"prompt_id": "q2"})
    run = import_recorded(store, path, prompts_path=tmp_path / "prompts.json", label="r", provenance=origin)
    assert run.suite.prompts == (
        Prompt(id="q2", messages=(Message(role="user", content="Two?"),), reference="B", tags=("Law",)),
        Prompt(id="q1", messages=(Message(role="user", content="One?"),), reference="A"),
    )


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no object"),
        ({"model": None}, "model is missing"),
        ('{"model": "m", "prompt_id": "q1", "temperature": 0.5, "replicate": 1}', "text is missing"),
        ('{"model": "m", "model": "m"}', "no JSON: 'model' is there twice in an object"),
        ('{"model": NaN}', "no JSON: NaN is no number"),
        ('{"model": "m", "replicate": ' + "9" * 5000 + "}", "no JSON"),
        (json.dumps(ROW).replace("}", ', "tool_calls": [1e999]}'), "tool_calls can not be kept"),
        ({"prompt_tokens": -1}, "prompt_tokens is -1"),
        ({"prompt_tokens": 2**53}, "prompt_tokens is 9007199254740992"),
        ({"latency_s": -1}, "latency_s is -1, not a number of seconds"),
        ({"refusal": 5}, "refusal is 5, not a string"),
        ({"refusal": "", "refusal_hex": "z"}, "refusal_hex is no UTF-8"),
        ({"text": 5}, "text is 5, not a string"),
        ({"temperature": None}, "temperature is null, above it was a number"),
        ({"temperature": "hot"}, "temperature is 'hot', not a finite number"),
        ({"temperature": True}, "temperature is True"),
        ({"temperature": -0.1}, "temperature is -0.1"),
        ({"temperature": float("nan")}, "no JSON: NaN is no number"),
        ({"temperature": 10**400}, "temperature is 1000"),
        ({"replicate": 1.0}, r"replicate is 1\.0, not a whole number"),
        ({"replicate": -1}, "replicate is -1"),
        ({"replicate": 10**9}, "replicate is 1000000000"),
        ({"replicate": None}, "replicate is missing"),
        ({"text_hex": "zz"}, "text_hex is no UTF-8"),
        ({}, r"prompt 'q1', temperature 0\.5, replicate 0 is there twice"),
        ({"model": "other", "replicate": 1}, "the model is 'other', above it was 'm'"),
        ({"reference": "B", "replicate": 1}, "the reference of 'q1' is 'B', above it was None"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_left(store, lines, origin, bad, problem):
    """The error says file, line and what is wrong, and no run is begun."""
    path = lines({}, "", bad)
    with pytest.raises(StoreError, match=rf"answers\.jsonl:3: {problem}") as caught:
        import_recorded(store, path, label="r", provenance=origin)
    assert caught.value.hint
    assert store.runs() == ()


def test_a_prompt_that_is_not_in_the_prompts_file_is_named(store, lines, tmp_path, origin):
    """Answers to an unknown question are refused by line."""
    (tmp_path / "prompts.json").write_text('[{"prompt_id": "q9", "prompt": "?"}]')
    with pytest.raises(StoreError, match=r"answers\.jsonl:1: prompt 'q1' is not in the prompts file"):
        import_recorded(store, lines({}), prompts_path=tmp_path / "prompts.json", label="r", provenance=origin)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "is no JSON"),
        ("{}", "holds no list"),
        ("[3]", "entry 1: prompt_id is missing"),
        ('[{"prompt_id": "a", "prompt": 4}]', "entry 1: prompt is 4"),
        ('[{"prompt_id": "a", "prompt": ""}, {"prompt_id": "a", "prompt": ""}]', "entry 2: prompt 'a' is there twice"),
    ],
)
def test_a_wrong_prompts_file_is_named(store, lines, tmp_path, origin, content, problem):
    """The error says file and entry."""
    (tmp_path / "prompts.json").write_text(content)
    with pytest.raises(StoreError, match=rf"prompts\.json.*{problem}"):
        import_recorded(store, lines({}), prompts_path=tmp_path / "prompts.json", label="r", provenance=origin)


def test_files_that_can_not_be_read_are_named(store, lines, tmp_path, origin):
    """A missing, empty or torn file is one clear line."""
    with pytest.raises(StoreError, match=r"absent\.jsonl can not be read"):
        import_recorded(store, tmp_path / "absent.jsonl", label="r", provenance=origin)
    with pytest.raises(StoreError, match="holds no answers"):
        import_recorded(store, lines(), label="r", provenance=origin)
    torn = lines({}, name="torn.jsonl.gz")
    torn.write_bytes(torn.read_bytes()[:-9])
    with pytest.raises(StoreError, match=r"torn\.jsonl\.gz can not be read"):
        import_recorded(store, torn, label="r", provenance=origin)
    assert store.runs() == ()


def test_a_label_is_filled_once(store, lines, origin):
    """Importing does not add to a run that is there."""
    import_recorded(store, lines({}), label="r", provenance=origin)
    with pytest.raises(StoreError, match="holds a run 'r' already"):
        import_recorded(store, lines({"replicate": 5}), label="r", provenance=origin)
    assert store.run("r").n_draws == 1


def test_the_recorded_answers_of_a_real_model(store, origin):
    """Ten thousand real answers are imported whole, survivors and all."""
    if not REAL.is_dir():
        pytest.skip(f"no recorded answers at {REAL}")
    path, prompts = REAL / "gemini-1.0-pro.jsonl.gz", REAL / "prompts.json"
    run = import_recorded(store, path, prompts_path=prompts, label="real", provenance=origin)
    assert (run.n_draws, run.n_samples, len(run.suite.prompts)) == (11_000, 10_808, 100)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    expected = {(row["prompt_id"], row["temperature"], row["replicate"]): row["text"] for row in rows}
    assert expected == {
        (s.draw.cell.prompt.id, s.draw.cell.temperature, s.draw.replicate): s.text
        for found in store.outcomes("real")
        for s in found.samples
    }


def _draws(cell, n):
    return [Draw(cell=cell, replicate=replicate) for replicate in range(n)]


def test_loads_are_exported_and_imported(store, suite_of, origin, delivery_of, tmp_path):
    """Cells with a load come back as such; the grid's cells at temperature 0 are then the mixed arm."""
    suite = suite_of(samples=1, load=(Load.SERIAL, Load.BURST))
    store.begin("a", suite, origin)
    for cell in every_cell(suite):
        text = f"{cell.temperature:g} {cell.load}"
        store.record("a", delivery_of(Draw(cell=cell, replicate=0), text))
    out = tmp_path / "out.jsonl"
    out.write_text("".join(f"{line}\n" for line in export_jsonl(store, "a")))
    assert [json.loads(line)["load"] for line in out.read_text().splitlines()] == [None, None, "serial", "burst"]
    run = import_recorded(store, out, label="b", provenance=origin)
    assert run.suite.load == (Load.SERIAL, Load.BURST, Load.MIXED)
    assert (run.n_draws, run.n_samples) == (4, 4)
    assert [(c.cell.load, s.text) for c in store.load_outcomes("b") for s in c.samples] == [
        (Load.SERIAL, "0 Load.SERIAL"),
        (Load.BURST, "0 Load.BURST"),
    ]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ({"temperature": 0, "load": "mixed"}, "load is 'mixed', not serial or burst"),
        ({"load": "serial"}, "load is 'serial' at a temperature above 0"),
    ],
)
def test_a_load_that_can_not_be_is_refused(store, lines, origin, bad, problem):
    """Mixed is the grid itself, and no load lies above temperature 0."""
    with pytest.raises(StoreError, match=problem):
        import_recorded(store, lines(bad), label="r", provenance=origin)
