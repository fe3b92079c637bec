"""The cluster: the one that RAY_ADDRESS names, or one of this machine for as long as it is needed."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, urlsplit

from evalkit.errors import ClusterError, MissingExtraError
from evalkit.text.visible import visible

SHOWN = 200
"""Letters that are shown of what Ray says."""
_OBJECT_STORE = 200 * 2**20  # bytes; shards and answers are small, and travel in messages
_LOG = logging.getLogger(__name__)
_WITHIN_S = 10.0
_OWN_HOSTS = {"127.0.0.1", "::1", "localhost"}
_MANNERS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # else the folder of a project is sent to the cluster
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""Settings of Ray that hold unless the user says otherwise."""


def library() -> Any:  # noqa: ANN401 - a module
    """Return the library, with its manners set before it is loaded.

    Raises:
        MissingExtraError: It is not installed.
    """
    host = _split(os.environ.get("RAY_ADDRESS") or "").hostname
    own = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # then this machine's address is 127.0.0.1, and nobody listens in
    for name, value in (_MANNERS | (own if host is None or host in _OWN_HOSTS else {})).items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError:
        raise MissingExtraError(
            "work is spread over a cluster by Ray, which is not installed", hint="pip install 'evalkit[ray]'"
        ) from None
    return ray


def joined() -> bool:
    """Return whether a cluster was joined or begun for this call: then it is to be left.

    Raises:
        MissingExtraError: Ray is not installed.
        ClusterError: Nothing answers at RAY_ADDRESS.
    """
    ray = library()
    if ray.is_initialized():
        return False
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    own = {"include_dashboard": False, "num_cpus": n_cores(), "object_store_memory": _OBJECT_STORE}
    _hush(ray)
    with _signals_kept():
        if not os.environ.get("RAY_ADDRESS"):
            ray.init("local", **own, **quiet)
            return True
        try:
            _answers(os.environ["RAY_ADDRESS"])
            ray.init(**quiet)
        except (OSError, ValueError, RuntimeError) as error:
            words = visible(str(error).strip().split("\n", 1)[0], keep="", limit=SHOWN)
            raise ClusterError(
                f"no cluster answers at RAY_ADDRESS: {words}",
                hint="is it up, and does it want RAY_AUTH_MODE=token? Without RAY_ADDRESS this machine is used",
            ) from None
    return True


def _split(address: str) -> SplitResult:
    return urlsplit(address if "://" in address else f"//{address}")


def _answers(address: str) -> None:
    """Raise OSError where nobody listens: Ray itself tries for minutes, and hears no Ctrl-C meanwhile."""
    parts = _split(address)
    if parts.hostname is not None and parts.port is not None:
        socket.create_connection((parts.hostname, parts.port), timeout=_WITHIN_S).close()


def _hush(ray: Any) -> None:  # noqa: ANN401 - a module
    """Log what the cluster has to say of deaths: it would be printed among results, whatever `log_to_driver` says."""
    module = getattr(getattr(ray, "_private", None), "worker", None)
    if module is not None and hasattr(module, "print_to_stdstream"):
        module.print_to_stdstream = lambda data, **_: _LOG.info("%s", data.get("lines"))


def left() -> None:
    """Leave the cluster, and end it where it was begun for this process."""
    with _signals_kept():
        library().shutdown()


def n_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def places(base_url: str | None) -> tuple[int, dict[str, Any]]:
    """Return how many workers there is room for, and options of actors that keep them where the address answers.

    Args:
        base_url: Address of the endpoint; one that only this machine reaches keeps the workers on this machine.
    """
    ray = library()
    here = ray.get_runtime_context().get_node_id()
    nodes = [node for node in ray.nodes() if node.get("Alive")]
    host = urlsplit(base_url or "").hostname
    if host in _OWN_HOSTS and len(nodes) > 1:
        nodes = [node for node in nodes if node["NodeID"] == here]
        options = {"scheduling_strategy": on(here)}
    else:
        options = {}
    return max(1, int(sum(node["Resources"].get("CPU", 0.0) for node in nodes))), options


def here() -> dict[str, Any]:
    """Return options of an actor that keep it on the driver's machine: it dies with it, and with no other."""
    return {"scheduling_strategy": on(library().get_runtime_context().get_node_id())}


def on(node: str) -> Any:  # noqa: ANN401 - Ray's own type
    """Return the strategy that places an actor on a node."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return NodeAffinitySchedulingStrategy(node_id=node, soft=False)


def actor(kind: type, **options: Any) -> Any:  # noqa: ANN401 - Ray's own type
    """Return a class of actors that are never begun again, and whose calls are never repeated: a repeated call buys."""
    return library().remote(max_restarts=0, max_task_retries=0, **options)(kind)


@contextmanager
def death_as_connection() -> Iterator[None]:
    """Raise ConnectionError where an actor is gone; what it raises itself is left as it is."""
    ray = library()
    try:
        yield
    except ray.exceptions.RayTaskError:
        raise
    except ray.exceptions.RayError as gone:
        raise ConnectionError(str(gone)) from None


@contextmanager
def death_as_error() -> Iterator[None]:
    """Raise ClusterError where a task can not be done anywhere; what it raises itself is left as it is."""
    try:
        with death_as_connection():
            yield
    except ConnectionError as gone:
        words = visible(str(gone).strip().split("\n", 1)[0], keep="", limit=SHOWN)
        raise ClusterError(f"a task of the cluster died each time it was begun: {words}") from None


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Leave signals to those who listened before: the library takes some for itself."""
    main = threading.current_thread() is threading.main_thread()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)} if main else {}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)
