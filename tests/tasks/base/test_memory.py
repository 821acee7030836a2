"""When reference cycles are searched for."""

import gc
import weakref

from tasks.base.memory import searching_between_chunks


class _Knot:
    def __init__(self) -> None:
        self.itself = self


def test_a_chunk_s_cycles_go_between_chunks_and_not_before() -> None:
    """So a run of any number of chunks keeps none of them, and Python does not search the one that it works on."""
    with searching_between_chunks() as search:
        knot = weakref.ref(_Knot())
        many = [[] for _ in range(3 * gc.get_threshold()[0])]  # enough for a search of Python's own
        assert knot() is not None
        del many
        search()
        assert knot() is None
    assert gc.isenabled()
