"""Whose words a mail is, and by what it is known again (care.md 7.5)."""

from dataclasses import replace
from typing import Any

import pytest

from programme.inbound.incoming import Attachment, Incoming
from programme.inbound.replies import IncomingKind, ReplyAddress, interaction_id_of, machine_standing, mail_id_of

OURS = frozenset({"team@bureau.nl"})
MAIL = Incoming("a@a.nl", "jan@a.nl", ("antwoord@in.bureau.nl", "b@b.nl"), subject="Vraag", text="Hallo.")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, None),
        ({"report_type": "delivery-status"}, IncomingKind.BOUNCE),
        ({"report_type": "report"}, IncomingKind.BOUNCE),
        ({"sender": "mailer-daemon@a.nl"}, IncomingKind.BOUNCE),
        ({"sender": "postmaster@in.bureau.nl"}, IncomingKind.BOUNCE),
        ({"sender": "team@bureau.nl"}, IncomingKind.OWN),
        ({"sender": "team@bureau.nl", "return_path": ""}, IncomingKind.OWN),
        ({"sender": "antwoord+abc@in.bureau.nl"}, IncomingKind.OWN),
        ({"sender": "jan@bureau.nl"}, None),
        ({"report_type": "disposition-notification"}, IncomingKind.AUTOMATIC),
        ({"return_path": ""}, IncomingKind.AUTOMATIC),
        ({"return_path": "jan@a.nl"}, None),
        ({"precedence": "bulk"}, IncomingKind.AUTOMATIC),
        ({"precedence": "auto_reply"}, IncomingKind.AUTOMATIC),
        ({"precedence": "list"}, IncomingKind.AUTOMATIC),
        ({"precedence": "first-class"}, None),
        ({"auto_submitted": "auto-replied"}, IncomingKind.AUTOMATIC),
        ({"auto_submitted": "auto-generated; owner=x"}, IncomingKind.AUTOMATIC),
        ({"auto_submitted": "no"}, None),
        ({"auto_submitted": "no ; said by hand"}, None),
    ],
)
def test_what_no_person_wrote(changes: dict[str, Any], kind: IncomingKind | None) -> None:
    """A bounce before all else, then our own mail, then automatic answers; the rest may be a person's."""
    mail = Incoming(**{"sender": "jan@a.nl", "text": "Hallo."} | changes)
    assert machine_standing(mail, OURS, "in.bureau.nl") == kind


def test_a_mail_without_a_sender_is_not_our_own() -> None:
    """Also where the firm has no reply address, and so no host of its own."""
    assert machine_standing(Incoming(), frozenset(), "") is None


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"text": "Hallo. --\nvirusvrij", "subject": "RE: Vraag"}, True),
        ({"addressed": ("b@b.nl", "antwoord@in.bureau.nl")}, True),
        ({"attachments": (Attachment("a", "", b"1"),)}, True),
        ({"reference": "b@a.nl"}, False),
        ({"sender": "piet@a.nl"}, False),
        ({"addressed": ("b@b.nl",)}, False),
    ],
)
def test_a_mail_is_known_by_its_id_and_envelope(changes: dict[str, Any], is_same: bool) -> None:
    """Whatever a host on the way added to what it says."""
    assert (mail_id_of(replace(MAIL, **changes)) == mail_id_of(MAIL)) is is_same


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({}, True),
        ({"addressed": ("b@b.nl", "antwoord@in.bureau.nl")}, True),
        ({"text": "Hallo!"}, False),
        ({"subject": "Vragen"}, False),
        ({"attachments": (Attachment("a", "", b"1"),)}, False),
        ({"reference": "a@a.nl"}, False),
    ],
)
def test_a_mail_without_an_id_is_known_by_all_it_says(changes: dict[str, Any], is_same: bool) -> None:
    """Two such mails of one sender are two, unless they say the same."""
    nameless = replace(MAIL, reference="")
    assert (mail_id_of(replace(nameless, **changes)) == mail_id_of(nameless)) is is_same


def test_an_interaction_is_named_by_its_mail() -> None:
    """By part of the id, which is hexadecimal."""
    mail_id = mail_id_of(MAIL)
    assert len(mail_id) == 32
    assert int(mail_id, 16)
    assert interaction_id_of(mail_id) == f"mail-{mail_id[:24]}"


def test_a_forged_token_does_not_hide_a_good_one() -> None:
    """Each address is looked at in turn; without an address of ours there is nothing to look for."""
    address = ReplyAddress.of("antwoord@in.bureau.nl")
    assert address == ReplyAddress("antwoord", "in.bureau.nl")
    good = address.with_token(b"key", "0" * 32)
    assert address.message_of([b"key"], ["antwoord+x@in.bureau.nl", good]) == "0" * 32
    assert ReplyAddress.of("") is None
    assert ReplyAddress.of("kantoor") is None
