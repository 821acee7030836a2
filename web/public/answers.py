"""/a/{token}: the answers of our mails. Opening the page shows the question; a POST records the answer.

After it the browser is sent on to the page of thanks, so that loading that again posts nothing.
"""

import asyncio
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.exc import OperationalError
from starlette.responses import RedirectResponse, Response

from programme.inbound.answers import (
    FORMS,
    LONGEST_COMMENT,
    ON_ONE_PAGE,
    SCORES,
    SOLVED,
    Answer,
    AnswerInvalid,
    Form,
    Question,
    forms_in,
    forms_of,
    is_good,
    read_answer,
    read_scores,
    score_of,
)
from programme.mail.links import tracked_link
from programme.words.dates import day_in_amsterdam
from programme.words.tokens import LinkPurpose, dashboard_token
from programme.words.wording import euros
from tasks.care.promise import Promise, is_heard, read_promise, stays_open
from tasks.inbound.answers import (
    Linked,
    page_feedback_id,
    read_kind,
    read_linked,
    read_referral_line,
    record_answer,
    referral_code,
)
from tasks.inbound.journal import Wish
from web.hooks.applying import DATABASE_FAULTS
from web.server.reading import FORM_BYTES, read_body, read_form
from web.server.site import Site, site_of

router = APIRouter()

SURVEY_QUESTIONS = (Question.SURVEY_RECOMMEND, Question.SURVEY_SATISFIED, Question.LOYALTY_RECOMMEND)
# A low score on one of these opens a case: its page says who calls, and by when.
OF_COMPLAINTS = (*SURVEY_QUESTIONS, Question.RECOMMEND, Question.EXPERIENCE)
LOW = "low"
# The page of thanks after such a score, by its band, where the question has none of its own.
OF_BAND = {"high": "enquete-high", "middle": "enquete-middle", LOW: "enquete-low"}
DONE = "klaar"  # in the address of the page of thanks


@router.api_route("/a/{token}", methods=["GET", "HEAD"])
async def show_question(request: Request, token: str) -> Response:
    """The question, with the answer that the mail's link names, or the one given before, already chosen."""
    site = site_of(request)
    try:
        linked = await _linked(site, token)
    except OperationalError:
        if DONE in request.query_params and _waits(site, token):
            return site.pages.show("kept.html", what="antwoord")
        raise
    form = _form_of(site, linked, request.query_params.get("vraag", ""))
    if linked is None or form is None:
        return site.pages.unknown_link()
    before = linked.answers.get(form.question)
    if before and DONE in request.query_params:
        return await _thanks_page(site, linked, form, before)
    named = request.query_params.get("score" if form.has_score else "antwoord", "")
    is_named = score_of(named) is not None if form.has_score else form.choice(named) is not None
    chosen = named if is_named else before.choice if before else ""
    return _question_page(site, linked, form, chosen, before.comment if before else None)


@router.post("/a/{token}")
async def take_answer(request: Request, token: str) -> Response:
    site = site_of(request)
    body = await read_body(request, FORM_BYTES)
    if body is None:
        return site.pages.fault(413)
    fields = read_form(body)
    try:
        linked = await _linked(site, token)
    except OperationalError:
        if await _keep_unread(site, token, fields):
            return site.pages.show("kept.html", what="antwoord")
        raise
    form = _form_of(site, linked, fields.get("vraag", ""))
    if linked is None or form is None:
        return site.pages.unknown_link()
    scores = _scores(form, fields)
    try:
        answers = _answers(form, fields)
    except AnswerInvalid as error:
        chosen, said = fields.get("score") or fields.get("antwoord", ""), fields.get("opmerking", "")[:LONGEST_COMMENT]
        return _question_page(site, linked, form, chosen, said, str(error), 422, scores)
    for answer in answers:
        await _keep(site, linked, forms_in(site.programme.trade)[answer.question], answer)
    return RedirectResponse(f"/a/{token}?vraag={form.question}&{DONE}=1", 303)


async def _keep_unread(site: Site, token: str, fields: dict[str, str]) -> bool:
    """Keep an answer while not even its mail can be read; the journal looks later whether the mail asks for it.

    Returns:
        False, with nothing kept, for a form that is not filled in well, or a link that we did not make.
    """
    message_id = site.message_of(LinkPurpose.ANSWER, token)
    form = next((form for form in FORMS.values() if form.question == fields.get("vraag")), None)
    if message_id is None or form is None:
        return False
    try:
        answers = _answers(form, fields)
    except AnswerInvalid:
        return False
    for answer in answers:
        await site.wishes.keep(Wish(message_id, site.clock(), answer=answer))
    return True


def _waits(site: Site, token: str) -> bool:
    """Whether an answer by this link waits in the journal."""
    message_id = site.message_of(LinkPurpose.ANSWER, token)
    return any(wish.answer for wish in site.wishes.journal.waiting(message_id)) if message_id else False


def _answers(form: Form, fields: dict[str, str]) -> list[Answer]:
    """What was posted on the page of a form. Raises AnswerInvalid."""
    choice, score, comment = (fields.get(name, "") for name in ("antwoord", "score", "opmerking"))
    scores = _scores(form, fields)
    return read_scores(form, scores, comment) if scores else [read_answer(form, choice, score, comment)]


def _scores(form: Form, fields: dict[str, str]) -> dict[str, str]:
    """What was posted for each question of a page with several; empty for a page with one."""
    return {question: fields.get(f"score-{question}", "") for question in ON_ONE_PAGE.get(form.question, ())}


async def _keep(site: Site, linked: Linked, form: Form, answer: Answer) -> None:
    at = site.clock()
    wish = Wish(linked.message_id, at, answer=answer)
    recorded = await site.wishes.write_or_keep(wish, record_answer, site.programme, linked.message_id, form, answer, at)
    if recorded and is_good(form, answer):
        with suppress(TimeoutError, *DATABASE_FAULTS):  # then the thanks come without that line
            day = day_in_amsterdam(at)
            await site.wishes.write(referral_code, site.programme, site.keys[0], linked.client_id, day)


async def _linked(site: Site, token: str) -> Linked | None:
    message_id = site.message_of(LinkPurpose.ANSWER, token)
    return await asyncio.to_thread(_read_linked, site, message_id) if message_id else None


def _read_linked(site: Site, message_id: str) -> Linked | None:
    """The message with its answers, those included that wait for the database."""
    linked = read_linked(site.engine, message_id)
    waiting = [wish.answer for wish in site.wishes.journal.waiting(message_id) if wish.answer]
    return linked and linked._replace(answers=linked.answers | {answer.question: answer for answer in waiting})


def _form_of(site: Site, linked: Linked | None, question: str) -> Form | None:
    """The form that is asked for by name when the mail leads to it, else the mail's main one."""
    forms = forms_of(linked.touchpoint, site.programme.trade) if linked else ()
    return next((form for form in forms if form.question == question), forms[0] if forms else None)


def _question_page(
    site: Site,
    linked: Linked,
    form: Form,
    chosen: str,
    comment: str | None,
    error: str | None = None,
    status: int = 200,
    scores: dict[str, str] | None = None,
) -> Response:
    given = {question: answer.choice for question, answer in linked.answers.items()}
    return site.pages.show(
        f"question/{form.question}.html",
        status,
        form=form,
        scores=SCORES,
        chosen=chosen,
        chosen_of=scores or given,
        approach=_approach(site, linked) if form.question in ON_ONE_PAGE else "",
        comment=comment or "",
        longest_comment=LONGEST_COMMENT,
        was_answered=form.question in linked.answers,
        error=error,
        review_url=_review_url(site, linked),
    )


async def _thanks_page(site: Site, linked: Linked, form: Form, answer: Answer) -> Response:
    referral = await asyncio.to_thread(_referral, site, linked) if is_good(form, answer) else None
    kind = f"{form.question}-{_band(site, answer) if answer.score is not None else answer.choice}"
    asks_review = any(other.question == Question.REVIEW for other in forms_of(linked.touchpoint, site.programme.trade))
    names = [kind, str(form.question)]
    if form.question in OF_COMPLAINTS:
        names.append(OF_BAND[_band(site, answer)])
    is_yes = form.question == Question.SOLVED and answer.choice == SOLVED
    is_too_late = is_yes and await asyncio.to_thread(stays_open, site.engine, linked.message_id, site.clock())
    return site.pages.show(
        [f"thanks/{name}.html" for name in names],
        review_url=_review_url(site, linked),
        may_tell_review=asks_review and Question.REVIEW not in linked.answers,
        question=form.question,
        referral=referral,
        promise=await asyncio.to_thread(_promise, site, linked, form, answer, is_too_late),
        stays_open=is_too_late,
        is_heard=await asyncio.to_thread(is_heard, site.engine, linked.message_id),
    )


def _approach(site: Site, linked: Linked) -> str:
    """The client's kind, for words that differ for those who build or draw for others."""
    return read_kind(site.engine, linked.client_id)


def _promise(site: Site, linked: Linked, form: Form, answer: Answer, is_too_late: bool) -> Promise | None:
    """Who calls whoever gave a low score, or is not content with how a complaint was solved, and by when.

    Args:
        is_too_late: "ja" after a "nee" that is still followed: the call stays.
    """
    is_low = form.question in OF_COMPLAINTS and _band(site, answer) == LOW
    is_unsolved = form.question == Question.SOLVED and answer.choice != SOLVED
    if not (is_low or is_unsolved or is_too_late):
        return None
    feedback_id = page_feedback_id(linked.message_id, form.question)
    return read_promise(site.engine, site.programme, linked.message_id, feedback_id, site.clock())


def _band(site: Site, answer: Answer) -> str:
    """Of a score: high for promoters, low for what opens a case, else middle (programme section 7)."""
    if answer.score is not None and answer.score <= site.programme.health.negative_score_at_most:
        return LOW
    return "high" if is_good(Form(answer.question), answer) else "middle"


def _review_url(site: Site, linked: Linked) -> str:
    tracking = site.programme.tracking
    return tracked_link(site.programme.brand.review_url, tracking.utm_source, tracking.utm_medium, linked.touchpoint)


def _referral(site: Site, linked: Linked) -> dict[str, Any] | None:
    """The line on the referral programme, for whom rule 3 lets marketing through; None for others."""
    today = day_in_amsterdam(site.clock())
    line = read_referral_line(site.engine, site.programme, linked.client_id, today)
    return line and {
        "url": f"{site.base_url}/mijn/{dashboard_token(site.keys[0], line.code)}",
        "friend": euros(site.programme.referral.friend_discount_cents),
        "reward": line.reward,
    }
