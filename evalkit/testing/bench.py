"""What all tests of a session share: the plan, the store, what was drawn and what was measured."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evalkit import api
from evalkit.errors import EvalkitError, StoreBusyError, StoreError
from evalkit.nouns import CellOutcomes, Probing, Run, Suite
from evalkit.refusing import in_words, settled
from evalkit.store.sqlite import SqliteStore
from evalkit.testing.arms import Arms, View
from evalkit.testing.baselines import Baselines
from evalkit.testing.buying import Ahead, Ledger, Order, buy, check_budget, most_cost, order_of
from evalkit.testing.claims import Log
from evalkit.testing.hiding import expected
from evalkit.testing.keeping import SharedCache
from evalkit.testing.marks import Wish, wish_of
from evalkit.testing.measuring import Measured
from evalkit.testing.options import Settings
from evalkit.testing.precise import refined
from evalkit.testing.spent import Spent
from evalkit.text.visible import visible

__tracebackhide__ = expected

_WAIT_S = 0.1
_UNSENT = "temperature-not-sent: T = 1 stands for the model's own setting."
_AHEAD = {"auto": None, "on": True, "off": False}


class Bench:
    """One session: nothing is opened or sent before `prepare`."""

    def __init__(
        self,
        settings: Settings,
        root: Path,
        *,
        partition: str,
        say: Callable[[str], None],
        worker: str = "",
        shared: str = "",
    ) -> None:
        """Keep what holds in the session.

        Args:
            settings: What the session was told.
            root: Where relative paths begin.
            partition: Name under which answers are kept apart; empty for the common ones.
            say: Shows a line to a person; one that ends in a carriage return passes.
            worker: Name of the process among several; empty where there is one.
            shared: Name of the session that several processes share; empty where there is one.
        """
        self.settings = settings
        self.root = root
        self.say = say
        self.worker = worker
        self.log = Log(inconclusive=settings["inconclusive"])
        self.arms = Arms(settings, root, partition)
        self.ledger = Ledger()
        self.baselines = Baselines(self)
        self.spent = Spent(self.path.with_name(f"{self.path.name}.{shared}") if shared else None)
        self.measured = Measured(self.outcomes, self.cache, self.probings)
        self.views: dict[str, list[View]] = defaultdict(list)
        """What tests look at, by the label of the run."""
        self.refused: EvalkitError | None = None
        """Why nothing was bought."""
        self._wishes: dict[pytest.Item, tuple[Wish, View | None] | EvalkitError] = {}
        self._complete: set[View] = set()
        self._seen: dict[str, dict[str, Any]] = {}  # what the summary is told of each run; nothing after a change
        self._reading: SqliteStore | None = None
        self._cells: dict[str, dict[str, list[CellOutcomes]]] = {}

    @property
    def path(self) -> Path:
        """The store's file."""
        path: str = self.settings["store"]
        return self.root / path

    def close(self) -> None:
        """Release the stores."""
        self.baselines.close()
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    # --- plan -----------------------------------------------------------------------------------

    def prepare(self, items: Iterable[pytest.Item]) -> None:
        """Plan what all tests need, and draw it together; a test whose wish is wrong fails by itself."""
        for item in items:
            try:
                wish = wish_of(item)
                self._wishes[item] = wish, self.look(wish) if wish.names_prompts else None
            except EvalkitError as error:
                self._wishes[item] = error
        try:
            self.draw(each for views in self.views.values() for each in views)
        except EvalkitError as error:
            self.refused = error  # told by the tests that lack answers; the others have theirs
            return
        for item, found in self._wishes.items():
            if isinstance(found, tuple):
                try:
                    self._wishes[item] = refined(self, *found)
                except EvalkitError as error:
                    self._wishes[item] = error

    def wish(self, item: pytest.Item) -> tuple[Wish, View | None]:
        """Return a test's wish and what it looks at, or raise what is wrong with it."""
        found = self._wishes.get(item)
        if found is None:
            wish = wish_of(item)  # made after collection, such as by a plugin that repeats tests
            return wish, self.look(wish) if wish.names_prompts else None
        if isinstance(found, EvalkitError):
            raise found
        return found

    def look(self, wish: Wish, prompts: Mapping[str | None, object] | None = None) -> View:
        """Return what a wish looks at, noted as wanted."""
        return self.want(self.arms.view(wish, prompts))

    def want(self, view: View) -> View:
        """Return a view, noted as wanted: of several that are equal always the first."""
        known = next((each for each in self.views[view.label] if each == view), None)
        if known is None:
            self.views[view.label].append(view)
            self._seen.pop(view.label, None)
        return known or view

    # --- draw -----------------------------------------------------------------------------------

    def orders(self, views: Iterable[View]) -> list[Order]:
        """Return what each run lacks of the views."""
        of_run: dict[str, list[View]] = defaultdict(list)
        for view in views:
            of_run[view.label].append(view)
        store = self.reading()
        return [order_of(label, self.arms.whole[label], some, _settled(store, label)) for label, some in of_run.items()]

    def allowed(self, order: Order) -> bool:
        """Return whether an order may be bought."""
        return order.free or self.settings["run"]

    def buyable(self, views: Iterable[View]) -> list[Order]:
        """Return what the views lack and may be bought from an address that is not known to be wrong."""
        untried = [replace(each, missing=each.missing - self.spent.tried) for each in self.orders(views)]
        return [each for each in untried if each.missing and self.allowed(each) and self.ledger.error(each) is None]

    def draw(self, views: Iterable[View]) -> None:
        """Buy what the views lack, as far as that is allowed, in one go; of several processes one buys.

        Raises:
            UsageError: It is more than the session may spend; nothing was sent.
        """
        wanted = list(views)
        if not self.buyable(wanted):
            return
        store = self.writing()
        try:
            # Another process may have bought it while this one waited.
            self.spent.read()
            orders = self.buyable(wanted)
            check_budget(orders, self.settings, self.spent)
            if orders:
                self._buy(orders, store)
        finally:
            store.close()
            self._cells.clear()
            self._seen.clear()

    def ensure(self, view: View) -> View:
        """Return a view whose answers are there: those that the plan did not foresee are drawn now.

        Raises:
            EvalkitError: They could not be bought; the reason.
            pytest.skip.Exception: They are not recorded, and nobody allowed to buy them.
        """
        if view in self._complete:
            return view
        if self.refused is None:
            self.draw([self.want(view)])
        lacking = self.lacking(view)
        if lacking is not None:
            error = self.ledger.error(lacking) or (self.refused if self.allowed(lacking) else None)
            if error is not None:
                raise error
            pytest.skip(self._offer(lacking))
        self._complete.add(view)
        return view

    def _offer(self, order: Order) -> str:
        """Return what is missing, and the command that buys it."""
        n, endpoint = len(order.missing), order.suite.endpoint
        answers = "1 answer is" if n == 1 else f"{n:,} answers are"
        test = self.log.test.partition(" ")[0]
        return visible(
            f"{answers} not recorded in {self.settings['store']}; buy with: pytest {test!r} --evalkit-run "
            f"({order.n_requests:,} requests to {endpoint.model} at {endpoint.base_url})",
            keep="",
        )

    def _buy(self, orders: Sequence[Order], store: SqliteStore) -> None:
        self._announce(orders)
        most: int | None = self.settings["max_requests"]
        before, price = self.ledger.n_paid, self.settings["price"]
        left = None if most is None else most - self.spent.n_requests
        try:
            ahead = Ahead(_AHEAD[self.settings["preflight"]], self.say)
            buy(orders, store, self.ledger, self._progress, most=left, ahead=ahead)
        finally:
            # Noted even where the purchase broke off: it was sent.
            cost = sum(most_cost(each, price) for each in orders if not each.free) if price else 0.0
            begun = {run.label for run in store.runs()}
            tried = {slot for each in orders if each.label in begun for slot in each.missing - store.filled(each.label)}
            self.spent.add(self.ledger.n_paid - before, cost, tried)

    def lacking(self, view: View) -> Order | None:
        """Return what a view lacks that nobody tried to buy; None when it is complete, or what is open has failed."""
        (order,) = self.orders([view])
        if not order.missing:
            return None
        failed = {
            (failure.draw.cell.key, failure.draw.replicate)
            for cell in self._of_run(view.label)
            for failure in cell.failures
        }
        return order if order.missing - failed else None

    def writing(self) -> SqliteStore:
        """Return the store open for writing, as soon as no other process writes."""
        told = False
        while True:
            try:
                return api.open_store(self.path)
            except StoreBusyError as error:
                if not told:
                    self.say(f"evalkit: waiting: {error.message}")
                told = True
                time.sleep(_WAIT_S)

    def _announce(self, orders: Collection[Order]) -> None:
        for order in orders:
            n, endpoint = order.n_requests, order.suite.endpoint
            self.say(f"evalkit: {n:,} requests to {endpoint.model} at {endpoint.base_url}, kept as {order.label}")

    def _progress(self, n_done: int, n_wanted: int) -> None:
        if n_done == n_wanted or n_done % 50 == 0:
            self.say(f"evalkit: {n_done:,} of {n_wanted:,} answers\r")

    def told(self) -> dict[str, Any]:
        """Return what the session's summary has to know of this process, as plain values."""
        ledger = self.ledger
        names = ("n_requests", "n_samples", "prompt_tokens", "completion_tokens", "n_counted")
        return {
            "worker": self.worker,
            "shared": None if self.spent.path is None else str(self.spent.path),
            "ledger": {name: getattr(ledger, name) for name in names},
            "runs": {label: self._looked_at(label, views) for label, views in self.views.items()},
        }

    def _looked_at(self, label: str, views: Sequence[View]) -> dict[str, Any]:
        """Return what is looked at of a run; made anew only where more is wanted of it, or something was drawn."""
        if label not in self._seen:
            self._seen[label] = self._counted(label, views)
        return self._seen[label]

    def _counted(self, label: str, views: Sequence[View]) -> dict[str, Any]:
        order = order_of(label, self.arms.whole[label], views, set())
        try:
            (lacking,), run = self.orders(views), _run_of(self.reading(), label)
            conduct = self._conduct(run)
        except EvalkitError:
            lacking, conduct, run = order, [], None  # the store can not be read, as its tests say
        store = self.reading() if run and run.n_unsupported else None
        return {
            "suite": order.suite.name,
            "model": order.suite.endpoint.model,
            "temperatures": list(order.suite.temperatures),
            "samples": order.suite.samples,
            "wanted": len(order.missing),
            "missing": len(lacking.missing),
            "refused": len(order.missing & store.unsupported(label).keys()) if store else 0,
            "free": order.free,
            "conduct": conduct,
        }

    # --- look -----------------------------------------------------------------------------------

    def conduct(self, label: str) -> list[str]:
        """Return what is known of a run's endpoint that may mislead, a line each."""
        return self._conduct(_run_of(self.reading(), label))

    def _conduct(self, run: Run | None) -> list[str]:
        store = self.reading()
        if run is None or store is None:
            return []
        refused = in_words(store, run) if run.n_unsupported else ""
        return [
            *([f"temperature-unsupported: {refused}"] if refused else []),
            *([] if run.suite.send_temperature else [_UNSENT]),
            *(visible(f"{each.slug}: {each.fact}", keep="") for each in run.conduct),
        ]

    def probings(self, label: str) -> tuple[Probing, ...]:
        """Return what was found out about a run's endpoint, oldest first."""
        run = _run_of(self.reading(), label)
        return run.probings if run else ()

    def reading(self) -> SqliteStore | None:
        """Return the store open for reading; None where there is none yet."""
        if self._reading is None and self.path.exists():
            self._reading = api.open_store(self.path, read_only=True)
        return self._reading

    def cache(self, suite: Suite) -> SharedCache:
        """Return where what metrics ask endpoints for is kept."""
        return SharedCache(self, suite)

    def outcomes(self, view: View, prompt: str) -> list[CellOutcomes]:
        """Return the cells of one of a view's prompts, by ascending temperature, cut to the samples it looks at."""
        wanted = view.wanted
        cells = (each for each in self._of_run(view.label, prompt) if each.cell.key in wanted)
        return [
            replace(
                each,
                cell=wanted[each.cell.key][0],
                samples=tuple(s for s in each.samples if s.draw.replicate < wanted[each.cell.key][1]),
                failures=tuple(f for f in each.failures if f.draw.replicate < wanted[each.cell.key][1]),
            )
            for each in cells
        ]

    def _of_run(self, label: str, prompt: str | None = None) -> list[CellOutcomes]:
        """Return the cells of a run, of one prompt or of all; read once until something is drawn."""
        store = self.reading()
        if label not in self._cells and store is not None and _run_of(store, label):
            of_prompt: dict[str, list[CellOutcomes]] = {}
            for each in store.outcomes(label):
                of_prompt.setdefault(each.cell.prompt.id, []).append(each)
            self._cells[label] = of_prompt
        known = self._cells.get(label, {})
        return [each for some in known.values() for each in some] if prompt is None else known.get(prompt, [])


def _settled(store: SqliteStore | None, label: str) -> set[tuple[str, int]]:
    """Return the slots for which nothing is bought again; none where nothing was drawn for the run yet."""
    return set() if store is None or _run_of(store, label) is None else settled(store, label)


def _run_of(store: SqliteStore | None, label: str) -> Run | None:
    """Return a run of a store, if there is one; a store that can not be read says so, and nothing is bought again."""
    if store is None:
        return None
    try:
        return store.run(label)
    except StoreError:
        if any(run.label == label for run in store.runs()):
            raise
        return None
