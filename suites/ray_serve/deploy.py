"""The embedded endpoint deployed by Ray Serve: an OpenAI-compatible route that wants a bearer key.

Run it with `python suites/ray_serve/deploy.py`, the key in OPENAI_API_KEY; docs/ray-serve.md tells the whole story.
On a cluster of yours, where each node's environment holds the key: `serve run deploy:app` in this folder.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

# Read by Ray when it is imported, and set only where nobody has said otherwise: nothing is reported to anyone, and
# Ray's own processes talk to one another over this machine's loopback address.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
if not os.environ.get("RAY_ADDRESS"):
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")

import ray
from ray import serve

if TYPE_CHECKING:
    from starlette.applications import Starlette

HOST = "127.0.0.1"
KEY = "OPENAI_API_KEY"
"""Holds the key: where it is served, the one that is wanted; where it is asked, the one that is sent."""


def endpoint() -> Starlette:
    """Return the application that answers /v1/chat/completions and /v1/models; Serve calls this in each replica.

    It is made there, since what answers can not be pickled; so no key travels, either.

    Raises:
        RuntimeError: The replica's environment has no key.
    """
    from evalkit.loopback.application import application

    key = os.environ.get(KEY, "").strip()
    if not key:
        raise RuntimeError(f"{KEY} is not set where a replica runs: without a key nobody is served")
    return application(key=key)


def deployed(replicas: int) -> Any:
    """Return what Serve runs: so many processes that answer, each a tenth of a core in Ray's books."""
    deployment = serve.deployment(
        serve.ingress(endpoint)(),
        name="storyteller",
        num_replicas=replicas,
        ray_actor_options={"num_cpus": 0.1},
        max_ongoing_requests=64,
    )
    return deployment.bind()


app = deployed(replicas=1)


def main() -> int:
    """Serve on this machine only, until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description="Deploy the embedded endpoint by Ray Serve.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--replicas", type=int, default=1)
    asked = parser.parse_args()
    if not os.environ.get(KEY, "").strip():
        parser.error(f"set {KEY}: any word will do; whoever asks must send the same")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ray.init(**({} if os.environ.get("RAY_ADDRESS") else {"include_dashboard": False, "num_cpus": 2}))
    try:
        serve.start(http_options={"host": HOST, "port": asked.port})
        serve.run(deployed(asked.replicas), name="evalkit", route_prefix="/")
        sys.stdout.write(f"export OPENAI_BASE_URL=http://{HOST}:{asked.port}/v1\n")
        sys.stdout.flush()
        signal.pause()
    except KeyboardInterrupt:
        return 0
    finally:
        serve.shutdown()
        ray.shutdown()


if __name__ == "__main__":
    sys.exit(main())
