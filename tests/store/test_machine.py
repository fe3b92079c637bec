"""The store against a dictionary: plan, answer, fail, extend, crash, reopen, export, import in any order."""

import json
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from evalkit.nouns import Delivery, Draw, Endpoint, Failure, Prompt, Provenance, Request, Sample, Suite, cells
from evalkit.store.adding import add_lines
from evalkit.store.sqlite import open_store
from evalkit.store.transfer import export_jsonl, import_recorded
from evalkit.store.verify import verify

ORIGIN = Provenance(evalkit_version="0", python="3", platform="here")
LABELS = ("a", "b")
texts = st.one_of(st.just("\ud83d\ude00"), st.text(st.characters(codec=None, categories=None), max_size=4))
errors = st.sampled_from(["timeout", "not-json", "unsupported-temperature", "rejected"])
said = st.one_of(
    st.builds(dict, text=texts, refusal=st.none() | texts, response_id=st.none() | texts),
    st.builds(dict, text=st.just(""), is_null=st.just(True), tool_calls=st.sampled_from([None, '[{"id":"c"}]'])),
    st.builds(dict, error=errors, message=texts),
)
labels = st.sampled_from(LABELS)


def suite_of(samples):
    """Return a suite of two cells."""
    prompt = Prompt(id="p", messages=())
    endpoint = Endpoint(model="m")
    return Suite(name="s", endpoint=endpoint, prompts=(prompt,), temperatures=(0.0, 1.0), samples=samples, metrics=())


class StoreMachine(RuleBasedStateMachine):
    """Two runs in one file, and what they should hold."""

    def __init__(self):
        """Open a store."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "runs.sqlite"
        self.store = open_store(self.path)
        self.samples: dict[str, dict[tuple[int, int], Sample]] = {label: {} for label in LABELS}
        self.failures: dict[str, dict[tuple[int, int], Failure]] = {label: {} for label in LABELS}
        self.planned = dict.fromkeys(LABELS, 1)
        self.n_crashes = self.n_imports = 0

    @initialize()
    def begin_both(self):
        """Begin both runs."""
        for label in LABELS:
            self.store.begin(label, suite_of(1), ORIGIN)

    @rule(label=labels, samples=st.integers(1, 4))
    def begin(self, label, samples):
        """Begin a run again, with more samples or fewer."""
        self.planned[label] = max(self.planned[label], samples)
        assert self.store.begin(label, suite_of(samples), ORIGIN).suite == suite_of(self.planned[label])

    @rule(label=labels, cell=st.integers(0, 1), share=st.floats(0, 0.99), fields=said, attempts=st.integers(1, 3))
    def record(self, label, cell, share, fields, attempts):
        """Record an answer or a failure of any planned draw, filled or not."""
        replicate = int(share * self.planned[label])
        draw = Draw(cell=cells(suite_of(1))[cell], replicate=replicate)
        outcome = (Sample if "text" in fields else Failure)(draw=draw, attempts=attempts, **fields)
        request = Request(cell=draw.cell, replicates=(replicate,))
        self.store.record(
            label, Delivery(request=request, attempts=(), reply=None, outcomes=(outcome,), started_at="2026")
        )
        if isinstance(outcome, Sample):
            self.samples[label].setdefault((cell, replicate), outcome)
        else:
            self.failures[label][cell, replicate] = outcome

    @rule()
    def reopen(self):
        """Close and open the store."""
        self.store.close()
        self.store = open_store(self.path)

    @rule()
    def crash(self):
        """Go on with the files as they lie while the store is open: what a killed process leaves behind."""
        self.n_crashes += 1
        left = self.folder / f"crash-{self.n_crashes}.sqlite"
        for ending in ("", "-wal"):
            shutil.copyfile(f"{self.path}{ending}", f"{left}{ending}")
        self.store.close()
        assert verify(left).whole
        self.path, self.store = left, open_store(left)

    @rule(label=labels)
    def hand_out_and_back(self, label):
        """What a run exports fills no draw of it twice."""
        out = self.folder / "out.jsonl"
        out.write_text("".join(f"{line}\n" for line in export_jsonl(self.store, label)), encoding="ascii")
        found = add_lines(self.store, out, label=label)
        assert (found.n_added, found.n_there, found.remarks) == (0, len(self.samples[label]), ())

    @rule(label=labels)
    def import_elsewhere(self, label):
        """What a run exports is a run of the same outcomes in another store, and exported again the same lines."""
        lines = [f"{line}\n" for line in export_jsonl(self.store, label)]
        if not lines:
            return
        self.n_imports += 1
        out = self.folder / "out.jsonl"
        out.write_text("".join(lines), encoding="ascii")
        with open_store(self.folder / f"import-{self.n_imports}.sqlite") as other:
            import_recorded(other, out, label="i", provenance=ORIGIN)
            again = [json.loads(line) | {"slot": ""} for line in export_jsonl(other, "i")]
        assert again == [json.loads(line) | {"slot": ""} for line in lines]

    @invariant()
    def holds_what_was_recorded(self):
        """Samples, open failures and counts are those of the dictionary, in order; also to a reader beside it."""
        with open_store(self.path, read_only=True) as beside:
            for label in LABELS if beside.runs() else ():
                self.check(self.store, label)
                self.check(beside, label)

    def check(self, store, label):
        """Hold a run against the dictionary."""
        samples = self.samples[label]
        failures = {slot: failed for slot, failed in self.failures[label].items() if slot not in samples}
        found = list(store.outcomes(label))
        assert {(i, s.draw.replicate): s for i, cell in enumerate(found) for s in cell.samples} == samples
        assert {(i, f.draw.replicate): f for i, cell in enumerate(found) for f in cell.failures} == failures
        run, n_refused = store.run(label), sum(failed.unsupported for failed in failures.values())
        assert (run.n_samples, run.n_draws) == (len(samples), 2 * self.planned[label])
        assert run.n_failures + run.n_unsupported == len(failures)
        assert run.n_unsupported >= n_refused
        keys = [cell.key for cell in cells(suite_of(1))]
        assert store.filled(label) == {(keys[cell], replicate) for cell, replicate in samples}
        slots = [json.loads(line)["slot"] for line in export_jsonl(store, label)]
        assert sorted(slots) == sorted(f"{keys[cell]}:{replicate}" for cell, replicate in samples | failures)

    def teardown(self):
        """Close the store and remove its directory."""
        self.store.close()
        shutil.rmtree(self.folder)


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
