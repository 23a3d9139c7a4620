"""Work on batches in several processes, in order."""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import Any, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")


def in_processes(
    items: Iterable[In],
    send: Callable[[In], Any],
    work: Callable[[list[Any]], list[Out]],
    *,
    num_processes: int,
    batch_size: int,
    start: Callable[..., None],
    options: tuple[Any, ...],
) -> Iterator[tuple[In, Out]]:
    """Each item with its result, in the order of the items.

    Args:
        items: what is to be worked on; no more of them are held than the processes can take.
        send: what of an item goes to the process; what is plain and small travels fastest.
        work: a function of a module that takes a batch of what was sent and gives as many results.
        num_processes: how many.
        batch_size: items of a batch.
        start: a function of a module that every process calls first.
        options: its arguments.
    """
    items = iter(items)
    waiting: deque[tuple[list[In], Future[list[Out]]]] = deque()

    def oldest() -> Iterator[tuple[In, Out]]:
        batch, results = waiting.popleft()
        return zip(batch, results.result(), strict=True)

    # Spawned, because a fork of a process that holds threads (a progress bar, BLAS) can hang.
    with ProcessPoolExecutor(num_processes, get_context("spawn"), _start, (start, options)) as pool:
        while batch := list(islice(items, batch_size)):
            waiting.append((batch, pool.submit(work, list(map(send, batch)))))
            if len(waiting) >= 2 * num_processes:  # so that a slow reader does not fill the memory
                yield from oldest()
        while waiting:
            yield from oldest()


def _start(start: Callable[..., None], options: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent alone answers it
    start(*options)
