"""When Python's garbage collector may search for reference cycles."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Switch the search for reference cycles off while one chunk is processed.

    A chunk makes some hundred thousand plain rows without cycles, and searching them again and again took a seventh of
    a day's processor time. Reference counting still frees unused objects at once.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def searching_between_chunks() -> Iterator[Callable[[], int]]:
    """Switch the search for reference cycles off for a loop over chunks; yields a function that searches now.

    Called when the loop holds no chunk any more, it finds the few cycles that a chunk left, in a millisecond. Python's
    own search would come while the chunk is there, and look at all of it: a tenth of a catch-up's processor time.
    """
    with without_cycle_search():
        yield partial(gc.collect, 0)  # what is new since the last time


def keep_for_good() -> None:
    """Exclude all present objects from every later search for cycles.

    For a server that has loaded its modules: searching them takes 0.1 s, in which it answers nobody.
    """
    gc.collect()
    gc.freeze()
