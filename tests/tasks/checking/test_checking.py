"""The verdict on the mails that ship, on a mail that was spoilt, and on the way to a mailbox."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.commands.check import sending
from cli.commands.mail import group
from models.settings import Settings
from programme.campaigns.texts import CampaignTexts, copy_of
from programme.verdict.findings import Code
from programme.verdict.sender_domain import DomainFinding, DomainState
from tasks.base.programme_file import TEMPLATES
from tasks.checking import mail as checking
from tasks.checking.mail import check_kind
from tasks.checking.sending import check_sending
from tasks.checking.tools import SpamScore, has_spam_score, spam_score
from tasks.mail.render import Renderer
from tests import factories
from tests.tasks.mail.cases import BASE_URL

pytestmark = pytest.mark.slow

PROGRAMME = factories.shipped_programme()
RENDERER = Renderer(PROGRAMME, BASE_URL)
DAY = date(2026, 3, 3)


@pytest.fixture(autouse=True)
def no_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other programs are tried by hand: they are not on every machine, and one takes seconds."""
    monkeypatch.setattr(checking, "has_spelling", lambda: False)
    monkeypatch.setattr(checking, "has_spam_score", lambda: False)


@pytest.mark.slow
@pytest.mark.parametrize("kind_id", ["anniversary", "tier_upgrade", "webinar_invitation", "reward_earned"])
def test_a_mail_that_ships_may_go(kind_id: str) -> None:
    """For each kind of reader and project; what could not be looked at is said."""
    verdict = check_kind(RENDERER, RENDERER.kinds[kind_id], DAY)
    assert verdict.findings == ()
    assert verdict.looked_at > 40
    assert any("hunspell" in sentence for sentence in verdict.not_looked_at)


def test_a_spoilt_mail_may_not(tmp_path: Path) -> None:
    """All that is wrong with it at once, each with its place; the firm's own template is the one that is read."""
    (tmp_path / "mail").mkdir()
    shutil.copy(TEMPLATES / "mail" / "win_back.jinja", tmp_path / "mail")
    path = tmp_path / "mail" / "win_back.jinja"
    more = 'Beste klant,\n\nNu 35% korting voor [NAAM]. {{ link("Kijk", "http://oud") }}\n\n{{ blocks.offer() }}'
    path.write_text(path.read_text().replace("{{ blocks.offer() }}", more))
    renderer = Renderer(PROGRAMME, BASE_URL, own=tmp_path)
    verdict = check_kind(renderer, renderer.kinds["win_back"], DAY, tmp_path)
    found = {finding.code for finding in verdict.findings}
    assert {Code.SECOND_GREETING, Code.LEFTOVER, Code.UNGRANTED_PROMISE, Code.DEAD_LINK, Code.TEMPLATE} <= found
    assert not verdict.may_go


def test_a_campaign_is_judged_by_its_own_words() -> None:
    """What a marketer wrote is looked at as every kind of reader gets it, not the made-up words of the template."""
    texts = CampaignTexts("Nieuws", intro="Tot 80% <b>korting</b> op alles.")
    said = {"copy": copy_of(PROGRAMME, "x", texts)}
    kind = replace(PROGRAMME.campaigns["newsletter"].as_kind("newsletter"), values=said)
    verdict = check_kind(Renderer(PROGRAMME, BASE_URL, campaign=kind), kind, DAY)
    found = {finding.code: finding.found for finding in verdict.findings}
    assert found[Code.UNGRANTED_PROMISE] == "80%"
    assert {"<b>", "</b>"} == {finding.found for finding in verdict.findings if finding.code is Code.MARKUP}


def test_a_broken_template_is_one_finding(tmp_path: Path) -> None:
    """Without a traceback, with file and line."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "win_back.jinja").write_text("{% extends frame %}\n{% block body %}{{ f.nme }}{% endblock %}")
    renderer = Renderer(PROGRAMME, BASE_URL, own=tmp_path)
    (finding,) = check_kind(renderer, renderer.kinds["win_back"], DAY, tmp_path).findings
    assert finding.code == Code.TEMPLATE


def test_the_firm_s_own_words_are_no_mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of its own layout/words.txt, and what the programme calls its projects."""
    (tmp_path / "layout").mkdir()
    (tmp_path / "layout" / "words.txt").write_text("heesters")
    asked: list[set[str]] = []
    monkeypatch.setattr(checking, "has_spelling", lambda: True)
    monkeypatch.setattr(checking, "unknown_words", lambda _, known: asked.append(known) or [])
    renderer = Renderer(PROGRAMME, BASE_URL, own=tmp_path)
    check_kind(renderer, renderer.kinds["review_reminder"], DAY, tmp_path)
    (known,) = asked
    assert {"heesters", "dakkapellen", "constructeur"} <= known
    assert "webinar" not in known


def test_a_link_to_answers_of_a_mail_that_asks_nothing_may_not_go(tmp_path: Path) -> None:
    """Its page would say that the link does not work."""
    (tmp_path / "mail").mkdir()
    path = tmp_path / "mail" / "win_back.jinja"
    more = '{% block body %}\n{{ parts.button("Antwoord", f.answer_url) }}\n'
    path.write_text((TEMPLATES / "mail" / "win_back.jinja").read_text().replace("{% block body %}", more))
    renderer = Renderer(PROGRAMME, BASE_URL, own=tmp_path)
    (finding,) = check_kind(renderer, renderer.kinds["win_back"], DAY, tmp_path).findings
    assert finding.code is Code.TEMPLATE
    assert "asks no question" in finding.found


def test_the_command_tells_the_verdict_and_an_unknown_mail() -> None:
    """JSON alone on request; the exit code says whether the mail may go."""
    told = CliRunner().invoke(group, ["check", "review_reminder", "--json"])
    assert told.exit_code == 0
    assert '"may_go": true' in told.output


def test_what_fails_says_so_in_one_line_beside_its_findings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A script that drops standard output still learns what is wrong."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "win_back.jinja").write_text("{% extends frame %}\n{% block body %}{{ f.nme }}{% endblock %}")
    monkeypatch.setenv("BOUWCLUB_TEMPLATES", str(tmp_path))

    told = CliRunner().invoke(group, ["check", "win_back", "--json"])
    assert (told.exit_code, told.stderr.count("\n")) == (2, 1)
    assert told.stderr.startswith("bouwclub: win_back may not go: ")

    seen = [DomainFinding("SPF", DomainState.MISSING, ""), DomainFinding("DKIM", DomainState.OK, "")]
    monkeypatch.setattr("tasks.checking.sending.check_sending", lambda *_: seen)
    told = CliRunner().invoke(sending, ["--json"])
    assert (told.exit_code, told.stderr) == (2, "bouwclub: missing before mail arrives: SPF\n")


def test_sending_is_looked_at_as_far_as_one_can() -> None:
    """Records that are there, and a machine without name servers, which is told and is no fault."""

    def records(name: str) -> list[str]:
        if name.startswith("_dmarc"):
            return ["v=DMARC1; p=none; rua=mailto:x@y.nl"]
        return ["v=DKIM1; p=MIG"] if "_domainkey" in name else ["v=spf1 include:sendgrid.net ~all"]

    def offline(name: str) -> list[str]:
        raise OSError("Timeout")

    settings = Settings(base_url="http://localhost:8000")
    states = {seen.what: seen.state for seen in check_sending(settings, PROGRAMME, records)}
    assert states["DKIM of bureaubroersma.example"] == DomainState.OK
    assert states["BOUWCLUB_BASE_URL"] == DomainState.MISSING
    (unseen,) = [seen for seen in check_sending(settings, PROGRAMME, offline) if "SPF" in seen.what]
    assert unseen.state == DomainState.UNSEEN
    assert "offline" in unseen.words


@pytest.mark.parametrize(("points", "may_go", "code"), [(1.0, True, Code.SPAM_SCORE), (5.0, False, Code.SPAM)])
def test_only_what_is_called_spam_may_not_go(
    monkeypatch: pytest.MonkeyPatch, points: float, may_go: bool, code: Code
) -> None:
    """A point or two are an advice with the rules that gave them: a marketer cannot always do something about it."""
    monkeypatch.setattr(checking, "has_spam_score", lambda: True)
    monkeypatch.setattr(checking, "spam_score", lambda eml: SpamScore(points, ("HTML_ONLY", "WEIRD_PORT")))
    verdict = check_kind(RENDERER, RENDERER.kinds["win_back"], DAY)
    (finding,) = verdict.findings
    assert (finding.code, verdict.may_go) == (code, may_go)
    assert f"{points:.1f} punten (HTML_ONLY, WEIRD_PORT)".replace(".", ",") in finding.sentence


@pytest.mark.skipif(not has_spam_score(), reason="SpamAssassin is not installed")
def test_the_rules_behind_a_score_are_read() -> None:
    """From the whole answer of the program: names of rules that gave points, none that gave nothing."""
    score = spam_score(b"From: a@b.nl\nSubject: FREE MONEY!!!\n\nViagra, act now, 100% free $$$ click here!\n")
    assert score is not None
    assert score.points >= 1
    assert score.rules
    assert "NO_RECEIVED" not in score.rules
