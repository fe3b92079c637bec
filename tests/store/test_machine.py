"""The store against a dictionary: begin, answer, fail, extend, reopen, export in any order."""

import json
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from evalkit.nouns import Delivery, Draw, Endpoint, Failure, Prompt, Provenance, Request, Sample, Suite, cells
from evalkit.store.sqlite import open_store
from evalkit.store.transfer import export_jsonl

ORIGIN = Provenance(evalkit_version="0", python="3", platform="here")
LABELS = ("a", "b")
texts = st.text(st.characters(codec=None, categories=None), max_size=4)


def suite_of(samples):
    """Return a suite of two cells."""
    prompt = Prompt(id="p", messages=())
    endpoint = Endpoint(model="m")
    return Suite(name="s", endpoint=endpoint, prompts=(prompt,), temperatures=(0.0, 1.0), samples=samples, metrics=())


class StoreMachine(RuleBasedStateMachine):
    """Two runs in one file, and what they should hold."""

    def __init__(self):
        """Open a store and begin both runs."""
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.path = Path(self.folder) / "runs.sqlite"
        self.store = open_store(self.path)
        self.samples: dict[str, dict[tuple[int, int], str]] = {label: {} for label in LABELS}
        self.failures: dict[str, dict[tuple[int, int], str]] = {label: {} for label in LABELS}
        self.planned = dict.fromkeys(LABELS, 1)
        for label in LABELS:
            self.store.begin(label, suite_of(1), ORIGIN)

    @rule(label=st.sampled_from(LABELS), samples=st.integers(1, 4))
    def begin(self, label, samples):
        """Begin a run again, with more samples or fewer."""
        self.planned[label] = max(self.planned[label], samples)
        assert self.store.begin(label, suite_of(samples), ORIGIN).suite == suite_of(self.planned[label])

    @rule(label=st.sampled_from(LABELS), cell=st.integers(0, 1), share=st.floats(0, 0.99), text=texts, ok=st.booleans())
    def record(self, label, cell, share, text, ok):
        """Record an answer or a failure of any planned draw, filled or not."""
        replicate = int(share * self.planned[label])
        draw = Draw(cell=cells(suite_of(1))[cell], replicate=replicate)
        outcome = Sample(draw=draw, text=text) if ok else Failure(draw=draw, error="timeout", message=text)
        request = Request(cell=draw.cell, replicates=(replicate,))
        self.store.record(
            label, Delivery(request=request, attempts=(), reply=None, outcomes=(outcome,), started_at="2026")
        )
        if ok:
            self.samples[label].setdefault((cell, replicate), text)
        else:
            self.failures[label][cell, replicate] = text

    @rule()
    def reopen(self):
        """Close and open the store."""
        self.store.close()
        self.store = open_store(self.path)

    @invariant()
    def holds_what_was_recorded(self):
        """Samples, open failures and counts are those of the dictionary, in order."""
        for label in LABELS:
            samples = self.samples[label]
            failures = {slot: text for slot, text in self.failures[label].items() if slot not in samples}
            found = list(self.store.outcomes(label))
            assert {(i, s.draw.replicate): s.text for i, cell in enumerate(found) for s in cell.samples} == samples
            assert {(i, f.draw.replicate): f.message for i, cell in enumerate(found) for f in cell.failures} == failures
            run = self.store.run(label)
            assert (run.n_samples, run.n_failures, run.n_draws) == (
                len(samples),
                len(failures),
                2 * self.planned[label],
            )
            slots = [json.loads(line)["slot"] for line in export_jsonl(self.store, label)]
            assert len(slots) == len(set(slots)) == len(samples) + len(failures)

    def teardown(self):
        """Close the store and remove its directory."""
        self.store.close()
        shutil.rmtree(self.folder)


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
