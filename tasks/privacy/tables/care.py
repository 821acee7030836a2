"""Complaints, tasks for people, and what people did."""

from collections.abc import Mapping

from tasks.privacy.tables import belongings as rows
from tasks.privacy.tables.belongings import Belonging, of_client

CARE: Mapping[str, tuple[Belonging, ...]] = {
    "cases": (
        Belonging(
            "Klachten",
            of_client(),
            stays=frozenset(
                {"case_id", "client_id", "project_id", "severity", "least_level", "previous", "root", "state"}
            ),
            shown={
                "case_id": "Nummer",
                "given_at": "Gegeven",
                "severity": "Ernst",
                "state": "Stand",
                "closed_at": "Gesloten",
            },
        ),
    ),
    "case_feedback": (Belonging("", rows.of_case, stays=frozenset({"feedback_id", "case_id"})),),
    "case_answers": (Belonging("", rows.of_case, stays=frozenset({"case_id"})),),
    "case_steps": (
        Belonging(
            "Wat wij met klachten deden",
            rows.of_case,
            stays=frozenset({"case_id", "step", "done_by", "state", "message_id"}),
            shown={
                "case_id": "Klacht",
                "step": "Stap",
                "deadline_at": "Uiterlijk",
                "done_at": "Gedaan",
                "done_by": "Door",
                "state": "Stand",
            },
        ),
    ),
    # Its JSON names the address of a mail; erasing.py takes it out of there.
    "care_lines": (Belonging("", rows.of_case, stays=frozenset({"did", "case_id", "task_id", "feedback_id", "line"})),),
    "people_tasks": (
        Belonging(
            "Wat wij voor u te doen hadden",
            rows.of_task_or_lead,
            stays=frozenset(
                {
                    "task_id",
                    "kind",
                    "client_id",
                    "cause",
                    "purpose",
                    "channel",
                    "level",
                    "project_id",
                    "state",
                    "outcome",
                    "ended_by",
                    "case_id",
                    "step",
                    "told_level",
                }
            ),
            shown={
                "made_at": "Gemaakt",
                "kind": "Wat",
                "channel": "Hoe",
                "due_at": "Uiterlijk",
                "state": "Stand",
                "outcome": "Uitkomst",
                "ended_by": "Door",
            },
        ),
    ),
    "task_invoices": (Belonging("", rows.of_task, stays=frozenset({"invoice_id", "task_id"})),),
    "task_notes": (
        Belonging(
            "Notities over u",
            rows.of_task_or_lead,
            {"note": None},
            stays=frozenset({"task_id", "client_id", "kind", "outcome", "by_name"}),
            shown={"at": "Wanneer", "note": "Notitie", "outcome": "Uitkomst", "by_name": "Door"},
        ),
    ),
    "acts": (
        Belonging(
            "Wie deed wat",
            of_client(),
            stays=frozenset({"by_name", "source", "act", "subject_id", "client_id", "before", "after"}),
            shown={"at": "Wanneer", "act": "Wat", "by_name": "Door"},
        ),
    ),
    "health_snapshots": (
        Belonging(
            "Onze inschatting",
            of_client(),
            is_deleted=True,
            shown={"day": "Vanaf", "score": "Cijfer", "indicators": "Waardoor"},
        ),
    ),
}
