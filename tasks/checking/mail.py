"""One verdict on a mail: made for every kind of reader, and read as they would read it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from programme.inbound.answers import ASKED_BY
from programme.terms.checks.promises import promise_faults
from programme.terms.kinds import MailKind
from programme.terms.own_pages import PAGE_STARTS
from programme.terms.schema import Programme
from programme.verdict.contrasts import faint_words
from programme.verdict.findings import Code, Finding, Verdict, once_each
from programme.verdict.looks import dead_links, differing_parts, too_large
from programme.verdict.wording_faults import (
    endless_offers,
    leftovers,
    markup,
    never_shown,
    second_greetings,
    ungranted_promises,
)
from tasks.base.programme_file import TEMPLATES, mail_texts
from tasks.checking.samples import CheckedSample, sample_mails
from tasks.checking.tools import has_spam_score, has_spelling, spam_score, unknown_words
from tasks.mail.eml import build_eml
from tasks.mail.render import FieldMissing, Mail, Renderer
from tasks.mail.templating.tagged import TemplateInvalid, TemplateMissing

MOST_SPAM_SCORE = 1.0
IS_SPAM_FROM = 5.0  # SpamAssassin's own limit
NO_SPELLING = "De spelling is niet bekeken: hunspell met het Nederlandse woordenboek staat niet op deze machine."
NO_SPAM_SCORE = "De spamscore is niet bekeken: SpamAssassin staat niet op deze machine."
FOOT = "\n--\n"


def check_kind(renderer: Renderer, kind: MailKind, as_of: date, own: Path | None = None) -> Verdict:
    """The verdict on a kind of mail: its template, and the mails to made-up clients of every kind.

    Args:
        own: the firm's own templates, as the renderer has them.
    """
    try:
        samples = list(sample_mails(renderer, kind, as_of))
    except (TemplateInvalid, TemplateMissing) as error:
        return Verdict((Finding(Code.TEMPLATE, kind.id, str(error)),), 0)
    except (FieldMissing, ValueError) as error:
        return Verdict((Finding(Code.MISSING_VALUE, kind.id, str(error)),), 0)
    found = [*_template_findings(renderer.programme, kind, own), *_sample_findings(renderer, samples)]
    return _verdict(renderer, samples, found, own)


def _verdict(renderer: Renderer, samples: Sequence[CheckedSample], found: list[Finding], own: Path | None) -> Verdict:
    absent = []
    if has_spelling():
        found += _spelling(renderer.programme, samples, own)
    else:
        absent.append(NO_SPELLING)
    if has_spam_score():
        found += _spam(samples[:1])
    else:
        absent.append(NO_SPAM_SCORE)
    return Verdict(once_each(found), len(samples), tuple(absent))


def _template_findings(programme: Programme, kind: MailKind, own: Path | None) -> Iterator[Finding]:
    """What the template itself asks and promises: readers whom nobody is, and what no rule grants."""
    for folder in (own, TEMPLATES):
        for file in (folder / "mail").glob(f"{kind.template_name}.*") if folder else ():
            text = file.read_text("utf-8")
            if folder is own:  # ours name our own segments, and say the rest to those of another firm
                yield from never_shown(programme, f"mail/{file.name}", text)
            for fault in promise_faults(programme, {f"mail/{file.name}": text}, ASKED_BY):
                if fault.path[:1] != ("tiers",):
                    yield Finding(Code.TEMPLATE, kind.id, fault.text)
            return


def _sample_findings(renderer: Renderer, samples: Sequence[CheckedSample]) -> Iterator[Finding]:
    programme = renderer.programme
    percents = {offer.percent for offer in programme.offers.values()} | {
        tier.discount_percent for tier in programme.tiers
    }
    pages = [*PAGE_STARTS.values()]
    for who, mail in samples:
        for part, text in (("onderwerp", mail.subject), ("tekst", mail.text)):
            yield from leftovers(f"{who}: {part}", text)
            yield from markup(f"{who}: {part}", text)
        yield from second_greetings(f"{who}: tekst", _below_greeting(mail))
        yield from ungranted_promises(f"{who}: tekst", f"{mail.subject}\n{_body(mail)}", percents, programme.offers)
        yield from endless_offers(f"{who}: tekst", _body(mail), programme.offers)
        yield from dead_links(f"{who}: links", mail.html, renderer.base_url, pages)
        yield from faint_words(f"{who}: HTML", mail.html)
        yield from too_large(f"{who}: HTML", mail.html)
        yield from differing_parts(f"{who}: platte tekst", mail.text, mail.html)


def _body(mail: Mail) -> str:
    """The plain text above the foot, without links."""
    return re.sub(r"https?://\S+", "", mail.text.partition(FOOT)[0])


def _below_greeting(mail: Mail) -> str:
    """The body below its heading and its greeting."""
    return "\n\n".join(_body(mail).split("\n\n")[2:])


def _spelling(programme: Programme, samples: Sequence[CheckedSample], own: Path | None) -> Iterator[Finding]:
    words = mail_texts([TEMPLATES, *([own] if own else [])])["layout/words.txt"]
    brand, trade = programme.brand, programme.trade
    called = " ".join(f"{each.the} {each.a} {each.many} {each.done}" for each in programme.types.values())
    firm = f"{brand.name} {brand.club_name} {brand.town} {brand.street} {trade.engineer} {trade.work}"
    known = set(re.findall(r"\w+", f"{words} {firm} {called}"))
    text = "\n".join(dict.fromkeys(f"{mail.subject}\n{_body(mail)}" for _, mail in samples))
    for word in unknown_words(text, known):
        yield Finding(Code.SPELLING, "tekst", word)


def _spam(samples: Sequence[CheckedSample]) -> Iterator[Finding]:
    for who, mail in samples:
        score = spam_score(build_eml(mail))
        if score is None or score.points < MOST_SPAM_SCORE:
            continue
        points = f"{score.points:.1f} punten".replace(".", ",")
        code = Code.SPAM if score.points >= IS_SPAM_FROM else Code.SPAM_SCORE
        yield Finding(code, who, f"{points} ({', '.join(score.rules)})" if score.rules else points)
