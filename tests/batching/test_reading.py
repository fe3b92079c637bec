"""Results of all kinds, and what they do to a store."""

import gzip
import json

import pytest
from hosts import answer, expired, refusal

import evalkit
from evalkit.batching.reading import in_words, read
from evalkit.batching.slots import lacking
from evalkit.errors import StoreError
from evalkit.nouns import NOT_RUN, Failure
from evalkit.store.verify import verify


def test_answers_fill_their_draws_in_any_order(lines, reading, store, suite_of):
    """Text, usage, name, bytes and date are those of the answer; how long it took is not known."""
    found = lines(suite_of(samples=4))
    told = reading(*(answer(line, number=i) for i, line in reversed(list(enumerate(found)))))
    run = store.run("small")
    assert (told.n_answers, told.n_lines, run.complete, run.n_samples) == (8, 8, True, 8)
    assert run.first_at.startswith("2026-09-21")
    for cell in store.outcomes("small"):
        for sample in cell.samples:
            name = json.loads(found[int(sample.response_id[1:])])["custom_id"]
            assert name.endswith(f"-{cell.cell.key[:24]}-{sample.draw.replicate}")
            assert (sample.text, sample.latency_s) == (f"answer {sample.response_id[1:]}-0", None)
            assert (sample.usage.prompt_tokens, sample.model) == (5, "m")


def test_what_was_read_measures_like_what_was_sent(lines, reading, store, suite_of):
    """Measuring, pages and exports know no difference."""
    reading(*(answer(line, number=i) for i, line in enumerate(lines(suite_of(samples=6)))))
    assert evalkit.measure(store, "small")["exact_agreement"].points


def test_twice_is_once(lines, reading, store, suite_of):
    """A file that is read again changes nothing: neither answers, nor failures, nor what was spent."""
    found = lines(suite_of())
    results = [*(answer(line, number=i) for i, line in enumerate(found[:3])), refusal(found[3], 500, message="x")]
    results += [expired(line) for line in found[4:]]
    first = reading(*results)
    assert (first.n_answers, first.n_failures, first.errors[NOT_RUN]) == (3, 3, 2)
    rows, spent = dict(verify(store.path).readable), store.charges("small")
    again = reading(*results)
    assert (again.n_answers, again.n_failures, again.n_again) == (0, 0, 6)
    assert (dict(verify(store.path).readable), store.charges("small")) == (rows, spent)
    twice = reading(results[0], results[0], results[4], results[4])
    assert twice.n_again == 4


def test_lines_twice_in_one_file_are_one(lines, reading, suite_of):
    """Before anything of it is on disk, too."""
    first, second, *_ = lines(suite_of())
    told = reading(answer(first), answer(first), expired(second), expired(second))
    assert (told.n_answers, told.n_failures, told.n_again) == (1, 1, 2)


def test_another_answer_to_the_same_draw_is_kept_and_counts_nowhere(lines, reading, store, suite_of):
    """It was paid for: its bytes stay, and the first to fill the draw stays."""
    first = lines(suite_of())[0]
    reading(answer(first, "one"))
    told = reading(answer(first, "two", number=9))
    assert (told.n_answers, told.n_beside) == (0, 1)
    texts = [sample.text for cell in store.outcomes("small") for sample in cell.samples]
    assert texts == ["one"]
    assert dict(verify(store.path).readable)["reply"] == 2


def test_a_failure_is_made_good_later(lines, reading, store, suite_of):
    """Failures have the usual errors; what is missing is asked again and fills the draw."""
    found = lines(suite_of())
    reading(*(answer(line, number=i) for i, line in enumerate(found[:4])), refusal(found[4], 503), expired(found[5]))
    failures = [each for cell in store.outcomes("small") for each in cell.failures]
    assert sorted((each.error, each.attempts) for each in failures) == [(NOT_RUN, 1), ("server-error", 1)]
    assert all(isinstance(each, Failure) for each in failures)
    left = lines(suite_of())
    assert sorted(left) == sorted(found[4:])
    told = reading(*(answer(line, number=i) for i, line in enumerate(left, 10)))
    assert (told.n_answers, store.run("small").complete, store.run("small").n_failures) == (2, True, 0)


def test_what_did_not_run_is_not_billed(lines, reading, store, suite_of):
    """An expired request costs nothing, an answer that can not be read may have."""
    found = lines(suite_of())
    reading(expired(found[0]), answer(found[1], choices=[]))
    charges = store.charges("small")
    assert sum(each.n_uncounted for each in charges) == 1


def test_lines_that_belong_nowhere_are_told_and_the_rest_is_read(lines, reading, store, suite_of, written):
    """By file and number: no JSON, names of others, another run, a draw too many, requests, a cut end."""
    found = lines(suite_of())
    other = written(suite_of(), label="other").paths[0].read_bytes().splitlines()[0]
    more = answer(found[0]).replace(b"-0", b"-99", 1)
    bad = [b"no\n", b'{"custom_id":"x"}\n', b"\n", found[2] + b"\n", answer(other), more]
    told = reading(*bad, answer(found[1]), answer(found[2])[:50], label="small")
    assert (told.n_answers, told.n_unplaced, len(told.remarks)) == (1, 6, 6)
    words = "\n".join(in_words(told))
    assert "results.jsonl:1: the line is no JSON" in words
    assert "results.jsonl:5: it belongs to run 'other'" in words
    assert "results.jsonl: and 1 further line" in words
    assert store.run("other").n_samples == 0
    assert reading(answer(found[2])[:50]).remarks[0].endswith("the file ends here: is it whole?")


def test_a_file_of_another_store_is_told(lines, tmp_path, suite_of):
    """Its run is not here."""
    path = tmp_path / "r.jsonl"
    path.write_bytes(answer(lines(suite_of())[0]))
    with evalkit.open_store(tmp_path / "new.sqlite") as empty:
        told = read(empty, [path])
    assert "that is not in this store" in told.remarks[0]
    assert told.runs == {}


def test_files_of_several_runs_find_their_own(lines, reading, store, suite_of, written):
    """Without a label each line goes where its name says."""
    mine = lines(suite_of())[0]
    other = written(suite_of(), label="other").paths[0].read_bytes().splitlines()[0]
    told = reading(answer(mine), answer(other))
    assert sorted(told.runs) == ["other", "small"]
    assert [store.run(label).n_samples for label in ("small", "other")] == [1, 1]


def test_packed_files_are_read(lines, store, tmp_path, suite_of):
    """As hosts give them, or as somebody kept them."""
    path = tmp_path / "r.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(answer(line, number=i) for i, line in enumerate(lines(suite_of())))))
    assert read(store, [path]).n_answers == 6
    with pytest.raises(StoreError):
        read(store, [tmp_path / "none.jsonl"])


def test_what_is_missing_is_known_cell_by_cell(lines, reading, store, suite_of):
    """Half a file leaves the other half open."""
    found = lines(suite_of("one", "two", samples=2))
    reading(*(answer(line) for line in found if b'"temperature":0.0' in line))
    seen = lacking(store, store.run("small"))
    assert [row.missing for row in seen.rows] == [(0, 2), (0, 2)]


def test_a_key_that_a_host_repeats_is_not_kept(lines, reading, store, suite_of, monkeypatch):
    """Neither in answers nor in errors."""
    key = "sk-0123456789abcdef"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    first, second, *_ = lines(suite_of())
    reading(answer(first, f"your key is {key}"), refusal(second, 400, message=f"no such key {key}"))
    store.close()
    assert key.encode() not in store.path.read_bytes()


@pytest.mark.parametrize("created", ["soon", 1e300, -5, None, True, 10**12])
def test_a_date_that_is_none_is_the_time_of_reading(lines, reading, store, suite_of, created):
    """A server may send anything there."""
    reading(answer(lines(suite_of())[0], created=created))
    assert store.run("small").first_at[:4] >= "2026"


def test_a_date_that_is_known_is_kept(lines, reading, store, suite_of):
    """Who sent a batch knows when."""
    reading(answer(lines(suite_of())[0]), sent_at="2026-11-26T10:00:00.000+00:00")
    assert store.run("small").first_at == "2026-11-26T10:00:00.000+00:00"
