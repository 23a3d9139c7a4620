"""The same function over many numbers, on several processes, results in order."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_CHUNK = 16
_WORTH_IT = 64  # a process takes longer to start than this many pictures to draw


@contextmanager
def spread(num_processes: int) -> Iterator[Callable[[Callable[[T], R], Iterable[T]], Iterator[R]]]:
    """A `map` over processes; the plain one for a single process or few tasks."""
    executor: ProcessPoolExecutor | None = None

    def over(function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
        nonlocal executor
        tasks = list(tasks)
        if num_processes <= 1 or len(tasks) < _WORTH_IT:
            return map(function, tasks)
        executor = executor or ProcessPoolExecutor(num_processes, mp_context=get_context("spawn"))
        return executor.map(function, tasks, chunksize=_CHUNK)

    try:
        yield over
    finally:
        if executor is not None:
            executor.shutdown(cancel_futures=True)
