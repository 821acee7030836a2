"""Tokens of links: each says its own message, to whoever has the key and for one purpose."""

from programme.words.tokens import LinkPurpose, message_ids_of, message_token, message_tokens, read_message_token

KEY = b"key"


def test_tokens_of_many_are_those_of_each() -> None:
    """Made together they are as made one by one, each says its own message, and only for its purpose."""
    ids = message_ids_of(KEY, ["C1", "C2", "C3"], "newsletter", ["spring"] * 3)
    for purpose, other in ((LinkPurpose.UNSUBSCRIBE, LinkPurpose.ANSWER), (LinkPurpose.ANSWER, LinkPurpose.REPLY)):
        tokens = message_tokens(KEY, purpose, ids)
        assert tokens == [message_token(KEY, purpose, message_id) for message_id in ids]
        assert [read_message_token([KEY], purpose, token) for token in tokens] == ids
        assert [read_message_token([KEY], other, token) for token in tokens] == [None] * 3


def test_a_token_stays_as_it_was() -> None:
    """Links in mails that went long ago keep working."""
    token = message_token(KEY, LinkPurpose.UNSUBSCRIBE, "ab" * 16)
    assert token == "q6urq6urq6urq6urq6urqzpUiLwOwSoRoDdI0Q"
