"""The way of every artifact into Prefect: Markdown, without secrets; and those whose newest version is what is true."""

from typing import cast

from prefect.artifacts import Artifact, create_markdown_artifact

from models.secrecy import scrubbed


def publish(key: str, markdown: str, description: str) -> None:
    """A new version of the artifact under this key; `description` stands on its card."""
    create_markdown_artifact(key=key, markdown=scrubbed(markdown), description=scrubbed(description))


def publish_news(key: str, markdown: str, description: str) -> None:
    """The same, only when it differs: upkeep looks 96 times a day, and that nothing changed is no news."""
    before = _newest(key)
    if before is None or before.data != markdown:
        publish(key, markdown, description)


def is_published(key: str) -> bool:
    """Whether any run has left an artifact under this key."""
    return _newest(key) is not None


def _newest(key: str) -> Artifact | None:
    return cast("Artifact | None", Artifact.get(key))  # called outside an event loop, so not a coroutine
