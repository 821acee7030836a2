"""Names of people at the firm, compared as people compare them."""


def name_key(name: str) -> str:
    """The name without regard to case and spaces: whoever writes his own name otherwise is still himself."""
    return "".join(name.casefold().split())
