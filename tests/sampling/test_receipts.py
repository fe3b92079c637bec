"""Word from another thread to the loop."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from evalkit.errors import StoreError
from evalkit.sampling.receipts import Receipts


def test_everyone_hears_of_the_own_end():
    """Thousands of things that threads end in any order: each wait ends once, with what came of its own."""

    async def main():
        receipts = Receipts(asyncio.get_running_loop())
        with ThreadPoolExecutor(4) as pool:

            async def one(k):
                try:
                    await receipts.of(lambda told: pool.submit(told, StoreError(str(k)) if k % 7 == 0 else None))
                except StoreError as error:
                    return int(error.message)
                return None

            return await asyncio.wait_for(asyncio.gather(*map(one, range(3000))), 30)

    assert asyncio.run(main()) == [k if k % 7 == 0 else None for k in range(3000)]


def test_what_is_done_at_once_is_heard_of():
    """Also when nothing else ends any more."""

    async def main():
        await asyncio.wait_for(Receipts(asyncio.get_running_loop()).of(lambda told: told(None)), 5)

    asyncio.run(main())


def test_what_can_not_be_begun_is_raised():
    """As a store that is closed says so before it takes anything."""

    async def main():
        def begin(_told):
            raise StoreError("closed")

        await Receipts(asyncio.get_running_loop()).of(begin)

    with pytest.raises(StoreError, match="closed"):
        asyncio.run(main())


def test_who_is_cancelled_waits_no_longer():
    """The other thread tells all the same, and nobody minds, even when the loop is gone."""
    begun = []

    async def main():
        waiting = asyncio.create_task(Receipts(asyncio.get_running_loop()).of(begun.append))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(main())
    (told,) = begun
    thread = threading.Thread(target=told, args=(None,))
    thread.start()
    thread.join()
