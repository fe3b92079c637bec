"""P11 and P12: on disk before it counts, and a disk that is full."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from drill.bench import IN_FLIGHT, STORE, Bench, Ended, bench
from drill.judge import judged, lost
from drill.step import Line, counted

_TRACE = ("strace", "-f", "-y", "-s", "4096", "-e", "trace=sendto,sendmsg,write,recvfrom,read,fsync,fdatasync", "-o")
_SENT = re.compile(r"(?:sendto|sendmsg|write)\(\d+<(?:socket|TCP)[^,]*, .*POST /v1/chat/completions")
_SYNCED = re.compile(rf"^\d+ +f(?:data)?sync\(\d+<[^>]*{STORE}-wal>\)\s*= 0")
_SYNCING = re.compile(rf"^(\d+) +f(?:data)?sync\(\d+<[^>]*{STORE}-wal> <unfinished")
_DONE = re.compile(r"^(\d+) +<\.\.\. f(?:data)?sync resumed>.*= 0")
_LIMIT = 700_000  # bytes of a file, in the child that meets a full disk


def traced(seeds: Sequence[int], *, samples: int = 10) -> list[Line]:
    """Return P11: between two requests of one worker the answer of the first was synced."""
    what, asked = f"system calls of {10 * samples} answers, one in flight", "a sync of the log between any two requests"
    n_gaps = unsynced = 0
    for seed in seeds:
        with bench() as place, place.serve(seed=seed) as server:
            place.suite(server.url, temperatures=[1.0], concurrency=1, samples=samples)
            trace = place.folder.parent / "trace"
            if shutil.which("strace") is None:
                return [Line(number="P11", what=what, asked=asked, got="there is no strace here", passed=None)]
            ended = place.run(before=(*_TRACE, str(trace)))
            if ended.code or not trace.exists():
                return [Line(number="P11", what=what, asked=asked, got="strace may not trace here", passed=None)]
            gaps = list(_gaps(trace))
            n_gaps += len(gaps)
            unsynced += gaps.count(False)
    got = f"{n_gaps - unsynced} of {n_gaps} gaps between two requests hold one"
    return [
        Line(
            number="P11",
            what=what,
            asked=asked,
            got=got,
            passed=n_gaps == (10 * samples - 1) * len(seeds) and not unsynced,
        )
    ]


def _gaps(trace: Path) -> Iterator[bool]:
    """Yield for each request but the first whether the log was synced since the one before."""
    sent, synced = False, False
    under_way: set[str] = set()  # threads that wait for a sync of the log
    with trace.open("r", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if _SENT.search(line):
                if sent:
                    yield synced
                sent, synced = True, False
            if syncing := _SYNCING.search(line):
                under_way.add(syncing[1])
            done = _DONE.search(line)
            synced = synced or bool(_SYNCED.search(line)) or (done is not None and done[1] in under_way)
            if done is not None:
                under_way.discard(done[1])


def full(seeds: Sequence[int]) -> list[Line]:
    """Return P12: files that may not grow any further, and a small disk where one can be mounted."""
    lines = [_full("a limit on the size of files (RLIMIT_FSIZE)", seeds, _limited)]
    return [*lines, _full("a disk of 1 MiB (tmpfs)", seeds, _small_disk)]


def _full(how: str, seeds: Sequence[int], run: Callable[[Bench], Ended | None]) -> Line:
    cost, codes, whole, again, over, all_lost, spilled = 0, set(), 0, 0, 0, 0, 0
    asked = f"ends, exit not 0; at most {IN_FLIGHT} answers unsaved, told or spilled; the store opens; goes on later"
    for seed in seeds:
        with bench() as place, place.serve(seed=seed, latency=0.05) as server:
            suite = place.suite(server.url, samples=20)
            ended = run(place)
            if ended is None:
                return Line(number="P12", what=how, asked=asked, got="none may be mounted here", passed=None)
            codes.add(ended.code)
            journal = server.journal()
            gone = lost(journal, place.rows())
            cost, all_lost = max(cost, len(gone)), all_lost + len(gone)
            told = ended.err + "".join(each.read_text("utf-8", "replace") for each in place.folder.glob("*unsaved*"))
            spilled += sum(name in told for name in gone)
            over = max(over, len(journal))
            whole += place.evalkit("verify", STORE).code == 0
            last = place.run()
            verdict = judged(suite, server.journal(), place.rows())
            again += last.code == 0 and verdict.n_ok == verdict.n_planned
    return Line(
        number="P12",
        what=f"{how}, 400 draws, {counted(len(seeds), 'seed')}",
        asked=asked,
        got=f"exit {', '.join(map(str, sorted(codes)))} after {over} requests at most; {cost} unsaved at most, "
        f"{spilled} of {all_lost} to be found elsewhere; whole in {whole} of {len(seeds)}, went on in {again}",
        passed=spilled == all_lost
        and 0 not in codes
        and cost <= IN_FLIGHT
        and whole == again == len(seeds)
        and over < 400,
    )


def _limited(place: Bench) -> Ended:
    return place.run(prepare=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (_LIMIT, _LIMIT)))


def _small_disk(place: Bench) -> Ended | None:
    """Return how a run ended whose folder was a small disk; everything is moved to a large one afterwards."""
    with _mounted(place.folder) as kept:
        return None if kept is None else place.run()


@contextmanager
def _mounted(folder: Path) -> Iterator[Path | None]:
    kept = folder.parent / "kept"
    shutil.copytree(folder, kept)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        yield kept
        shutil.rmtree(kept)
        shutil.copytree(folder, kept)
    finally:
        subprocess.run(["umount", str(folder)], capture_output=True, check=False)
        shutil.copytree(kept, folder, dirs_exist_ok=True)
