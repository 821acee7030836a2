"""Artifacts whose newest version is what is true, made anew only when that has changed."""

from typing import cast

from prefect.artifacts import Artifact, create_markdown_artifact


def publish_news(key: str, markdown: str, description: str) -> None:
    """Upkeep looks 96 times a day; that nothing changed is no news."""
    before = cast("Artifact | None", Artifact.get(key))  # called outside an event loop, so not a coroutine
    if before is None or before.data != markdown:
        create_markdown_artifact(key=key, markdown=markdown, description=description)
