"""What clients and colleagues are called is text in every artifact: no markup, no link, no cell or line of its own."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from markdown_it import MarkdownIt

from programme.campaigns.campaign import CampaignCount
from programme.inbound.answers import Question
from programme.insight.calendar.mail_calendar import Agenda
from programme.insight.differences import Differences
from programme.money.settling import LeftOpen
from programme.money.states import BatchState, OpenReason, PayoutKind
from programme.sending.report import DayReport
from programme.words.states import Flow, Outcome, Reason, RunMode
from tasks.campaigns.stopping import Gone, Stop
from tasks.inbound.day_summary import DaySummary
from tasks.insight.what_if import Comparison
from tasks.referrals.batches import Batch, Settlement
from tasks.runs.backlog import Doubt
from tests import factories as make
from tests.programme.insight.test_differences import DAY, decision

pytestmark = pytest.mark.long  # imports Prefect

HOSTILE = (
    "K1 | <img src=x onerror=alert(1)> `</code>` **vet** [klik](https://boos.example) ![](https://boos.example/x)\n"
    "# kop\r\n| a | b |\u2028~~weg~~ &lt;b&gt; https://boos.example www.boos.example jan@boos.example \\| <!-- "
)
MADE_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARKS = {"link_open", "image", "html_inline", "html_block", "strong_open", "em_open", "s_open", "code_inline"}
LINK = re.compile(r"(?i)https?://|www\.|mailto:|\w@\w")


def pages() -> Iterator[tuple[str, str]]:
    """Every artifact that can name somebody, with the hostile name in each place where one can stand."""
    from flows.campaign_withdrawal import withdrawal_markdown
    from flows.following import Followed
    from flows.ui import today
    from flows.ui.artifacts import campaign as campaign_artifacts
    from flows.ui.artifacts import day as day_artifacts
    from flows.ui.artifacts import forecast as forecast_artifacts
    from flows.ui.artifacts import payout as payout_artifacts

    programme = make.shipped_programme()
    summary = DaySummary(
        DAY, Counter({("newsletter", HOSTILE, "accepted"): 1}), waiting=Counter({HOSTILE: 1, "lead": 2})
    )
    summary.answered[Question.PERMIT, HOSTILE] = 2
    yield "today", today.today_markdown(summary, programme)
    yield "doubts", day_artifacts.doubts_markdown([Doubt(HOSTILE, HOSTILE, None, 1)], programme)
    report = DayReport(Flow.DAILY, DAY, RunMode.PLAN)
    report.counts[HOSTILE, "skip", HOSTILE] = 1
    yield "period", day_artifacts.period_markdown([report], "Dagen")

    mailing = cast("Any", SimpleNamespace(name="lente", template=SimpleNamespace(label=HOSTILE), offer=HOSTILE))
    held = decision(0, Reason.NO_CONSENT, client_id=HOSTILE, segment=HOSTILE, tier=HOSTILE)
    count = CampaignCount(
        tally=Counter(
            {
                (Outcome.SEND, None, HOSTILE, HOSTILE): 1,
                (Outcome.SKIP, cast("Reason", HOSTILE), HOSTILE, HOSTILE): 1,
            }
        ),
        getting=[decision(client_id=HOSTILE, segment=HOSTILE, tier=HOSTILE)],
        not_getting=[held],
    )
    yield "who", campaign_artifacts.who_markdown(programme, mailing, count)
    yield "others", campaign_artifacts.others_markdown(mailing, count)
    withdrawn = withdrawal_markdown("lente", 0, Stop(HOSTILE, MADE_AT), Gone(12, 1, 0, 3))
    assert "op 2 maart 2026 om 10.00 uur" in withdrawn
    yield "withdrawn", withdrawn
    stopped = Followed("lente", 0, 3, HOSTILE)
    yield "followed", campaign_artifacts.followed_markdown([stopped], DAY, dry_run=False)

    differences = Differences()
    people = [
        *differences.add([], [decision(1, client_id=HOSTILE)]),
        *differences.add([decision(client_id=HOSTILE)], [decision(9, Reason.FREQUENCY_CAP, client_id=HOSTILE)]),
    ]
    last = DAY + timedelta(days=9)
    comparison = Comparison(programme, make.programme(), DAY, last, differences, people)
    yield "what-if", forecast_artifacts.comparison_markdown(comparison, "Wat als")
    yield "what-if people", forecast_artifacts.people_tables(comparison)
    agenda = Agenda(programme, DAY, last)
    agenda.add([decision(0, client_id=HOSTILE)])
    yield "forecast", forecast_artifacts.agenda_markdown(agenda, "Mails") + forecast_artifacts.agenda_table(agenda)

    batch = Batch("U1", DAY, BatchState.PREPARED, HOSTILE, MADE_AT, None, None)
    left = (LeftOpen(HOSTILE, PayoutKind.REWARD, 2500, OpenReason.NO_IBAN),)
    yield "settlement", payout_artifacts.settlement_markdown(Settlement(batch))
    yield "left open", payout_artifacts.open_markdown(Settlement(batch, left_open=left))


def test_no_name_is_markup_in_any_artifact() -> None:
    """Read as the UI reads it: no markup, link or picture but our own, and each row has as many cells as headings."""
    for name, page in pages():
        for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page):
            for part in token.children or [token]:
                if part.type == "image":
                    assert str(part.attrs["src"]).startswith("data:image/svg+xml;base64,"), name
                    continue
                is_ours = part.type == "code_inline" and part.content.startswith("bouwclub ")
                assert part.type not in MARKS or is_ours or part.content == "", f"{name}: {part}"
                assert part.type == "fence" or not LINK.search(part.content), f"{name}: {part.content}"
            assert token.type != "heading_open" or token.tag in ("h1", "h2")
        for row in re.findall(r"(?m)^\|.*\|$", page):
            assert row.isprintable() or "\u2060" in row
            assert len(re.findall(r"(?<!\\)\|", row)) <= 8, f"{name}: {row}"
        assert "\n# kop" not in page.replace("\r", "\n") or "```" in page


def test_a_text_is_escaped_once() -> None:
    """A reader sees the characters of a name, and no stroke before them, and a command that can be given as it is."""
    from flows.following import Followed
    from flows.ui.artifacts.campaign import followed_markdown
    from flows.ui.artifacts.day import doubts_markdown

    page = followed_markdown([Followed("lente", 0, 3, "Jansen & Zn. zegt nee")], DAY, dry_run=False)
    assert r"Jansen \& Zn." in page
    assert r"\\" not in page
    doubts = doubts_markdown([Doubt("r1", "newsletter", None, 1)], make.shipped_programme())
    assert "`bouwclub resend --request VERZOEK --by NAAM`" in doubts


def test_a_request_in_doubt_was_sent_at_an_hour_of_amsterdam() -> None:
    """As every other moment that people read: just after midnight it is a day later than in UTC."""
    from flows.ui.artifacts.day import doubts_markdown

    sent_at = datetime(2026, 7, 1, 22, 5, tzinfo=UTC)
    page = doubts_markdown([Doubt("r1", "newsletter", sent_at, 1)], make.shipped_programme())
    assert "| 2 juli 2026, 0.05 uur |" in page
    assert "UTC" not in page


def test_tables_are_narrow() -> None:
    """At most five columns, except the table of a period, so that a page needs no horizontal scroll bar."""
    for name, page in pages():
        for line in re.findall(r"(?m)^\| --- .*$", page):
            assert line.count("---") <= (7 if name == "period" else 5), name
