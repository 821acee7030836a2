"""What Jinja makes of a template's source, kept for as long as the process lives.

A renderer reads the templates anew, so that an edited one counts at once; most are as they were, and to compile all of
them again costs a third of a second for each look, run and tick.
"""

from jinja2.bccache import Bucket, BytecodeCache

_MOST = 500  # sources; somebody who edits templates on a server for months does not fill its memory


class KeptCode(BytecodeCache):
    """The code of each source, by its file and its text.

    One object serves environments of equal options alone, because what Jinja makes depends on them.
    """

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], object] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the bucket its code, if it is kept."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))  # type: ignore[assignment]  # None: compile it

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the bucket's code."""
        if len(self._code) >= _MOST:
            self._code.clear()
        self._code[bucket.key, bucket.checksum] = bucket.code


# By whether the environment escapes what it places.
TEMPLATE_CODE = {True: KeptCode(), False: KeptCode()}
