"""The one way in which a file of the bank is not read."""


class StatementRefused(Exception):
    """A file, or one in a zip, that cannot be read to the end; nothing of it or of its zip counts.

    The message is one line: which file, what was found, what is allowed. It has no account number and no name.
    """

    def __init__(self, where: str, found: str, allowed: str) -> None:
        super().__init__(f"{where}: {found}. {allowed}.")
