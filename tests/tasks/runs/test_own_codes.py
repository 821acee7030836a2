"""A client's own code is stored when a mail holds it, and no sooner."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from models.database.engine import reading, writing
from models.tables import client_codes, messages
from programme.words.tokens import client_code_of, read_dashboard_token
from tasks.base.workspace import Workspace
from tests.tasks.runs.test_decided import planned
from tests.tasks.runs.test_left_over import DAY, client
from tests.tasks.runs.test_left_over import workspace as workspace

pytestmark = pytest.mark.slow
A_YEAR_AGO = {"delivered_on": date(2025, 11, 21), "ordered_on": date(2025, 6, 1)}


def codes(workspace: Workspace) -> dict[str, str]:
    with reading(workspace.engine) as connection:
        return dict(connection.execute(select(client_codes.c.client_id, client_codes.c.code)).tuples().all())


def links(workspace: Workspace) -> dict[str, Any]:
    """The code in the link to the own page of each mail that has one, by client id; None of a mail without."""
    with reading(workspace.engine) as connection:
        rows = connection.execute(select(messages.c.client_id, messages.c.fields)).all()
    urls = {row.client_id: json.loads(row.fields).get("dashboard_url") for row in rows}
    keys = [workspace.settings.key()]
    return {each: url and read_dashboard_token(keys, url.rpartition("/")[2]) for each, url in urls.items()}


def test_a_code_is_stored_for_whose_mail_holds_it(workspace: Workspace) -> None:
    """The question for feedback has no link to the own page, the anniversary has one, with the code that is stored."""
    client(workspace.engine, "asked")
    client(workspace.engine, "year", **A_YEAR_AGO)
    planned(workspace, DAY)
    assert links(workspace) == {"asked": None, "year": client_code_of(workspace.settings.key(), "year")}
    assert codes(workspace) == {"year": links(workspace)["year"]}


def test_a_mail_holds_the_code_that_is_stored(workspace: Workspace) -> None:
    """Where another client has the code that this one would get, the mail holds the next."""
    key = workspace.settings.key()
    for name in ("first", "year"):
        client(workspace.engine, name, **(A_YEAR_AGO if name == "year" else {}))
    with writing(workspace.engine) as connection:
        connection.execute(insert(client_codes).values(client_id="first", code=client_code_of(key, "year")))
    planned(workspace, DAY)
    assert codes(workspace)["year"] == links(workspace)["year"] == client_code_of(key, "year", 1)
