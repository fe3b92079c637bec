"""Word from another thread to the loop."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from evalkit.errors import StoreError
from evalkit.sampling.receipts import Receipts


def test_everyone_hears_of_the_own_future():
    """Thousands of futures that threads end in any order: each wait ends once, with what its future holds."""

    async def main():
        receipts = Receipts(asyncio.get_running_loop())
        with ThreadPoolExecutor(4) as pool:

            async def one(k):
                ended: Future[None] = Future()
                pool.submit(lambda: ended.set_exception(StoreError(str(k))) if k % 7 == 0 else ended.set_result(None))
                try:
                    await receipts.of(ended)
                except StoreError as error:
                    return int(error.message)
                return None

            return await asyncio.wait_for(asyncio.gather(*map(one, range(3000))), 30)

    assert asyncio.run(main()) == [k if k % 7 == 0 else None for k in range(3000)]


def test_a_future_that_is_done_is_heard_of():
    """Also when nothing else ends any more."""

    async def main():
        ended: Future[None] = Future()
        ended.set_result(None)
        await asyncio.wait_for(Receipts(asyncio.get_running_loop()).of(ended), 5)

    asyncio.run(main())


def test_who_is_cancelled_waits_no_longer():
    """The other thread ends its future all the same, and nobody minds, even when the loop is gone."""
    ended: Future[None] = Future()

    async def main():
        waiting = asyncio.create_task(Receipts(asyncio.get_running_loop()).of(ended))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(main())
    thread = threading.Thread(target=ended.set_result, args=(None,))
    thread.start()
    thread.join()
    assert ended.done()
