"""Mail that comes in over the hook: kept once, of the right client, passed on, and harmless whatever it holds."""

import json
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import Engine, insert, update
from sqlalchemy.exc import OperationalError

from models import tables
from models.database.engine import writing
from models.erased import remember_erased
from programme.inbound.replies import ReplyAddress
from tasks.base.workspace import Workspace
from tasks.care.acting.acts import record_act
from tasks.inbound.replies import working_off
from tasks.privacy.erasing import erase_person
from tests.conftest import DATA
from tests.factories import shipped_programme
from tests.web.conftest import KEY, NOW, TODAY, Served, message_row, seed, settings
from web.hooks import mailroom

SAMPLES = DATA / "sendgrid" / "inbound"
INBOUND_KEY = "a-key-of-the-hook"
PATH = f"/webhooks/sendgrid/inbound/{INBOUND_KEY}"
REPLY_ADDRESS = "antwoord@in.bureau.example"


@pytest.fixture
def hooked(serve: Callable[..., Served], tmp_path: Path) -> Callable[[Engine], Served]:
    """Serves an engine that takes mail in, into an outbox of its own."""

    def start(engine: Engine) -> Served:
        seed(engine)
        return serve(engine, inbound_key=INBOUND_KEY, reply_address=REPLY_ADDRESS, outbox_dir=tmp_path / "outbox")

    return start


@pytest.fixture
def site(hooked: Callable[[Engine], Served], sqlite_engine: Engine) -> Served:
    return hooked(sqlite_engine)


def post_sample(site: Served, name: str) -> Response:
    kind = {"content-type": "multipart/form-data; boundary=xYzZY"}
    return site.client.post(PATH, content=(SAMPLES / name).read_bytes(), headers=kind)


def post(site: Served, message: bytes | EmailMessage, envelope: Any = None, path: str = PATH) -> Response:
    """Post a raw mail as SendGrid does."""
    raw = bytes(message)
    seen = {"to": ["info@in.bureau.example"], "from": "jan@example.nl"} if envelope is None else envelope
    return site.client.post(path, files={"email": (None, raw), "envelope": (None, json.dumps(seen))})


def mail(text: str = "Hallo, ik heb een vraag.", **headers: str) -> EmailMessage:
    made = EmailMessage(policy=default)
    said = {"From": "Jan de Vries <jan@example.nl>", "Message-ID": "<een@example.nl>", "Subject": "Re: vraag"}
    for name, value in (said | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        made[name] = value
    made.set_content(text)
    return made


def token_address(message_id: str) -> str:
    address = ReplyAddress.of(REPLY_ADDRESS)
    assert address
    return address.with_token(KEY.encode(), message_id)


def sent(tmp_path: Path) -> list[Any]:
    """What was passed on, as mails."""
    return [
        message_from_bytes(path.read_bytes(), policy=default) for path in sorted((tmp_path / "outbox").glob("*.eml"))
    ]


@pytest.mark.parametrize("name", ["default_data.txt", "raw_data.txt", "raw_data_with_attachments.txt"])
def test_the_official_samples_are_mail_from_nobody_we_know(site: Served, tmp_path: Path, name: str) -> None:
    """Parsed and raw forms are read alike: passed on to the team with its files, and no interaction of anybody."""
    assert post_sample(site, name).status_code == 200
    (row,) = site.rows(tables.inbound_mails)
    assert (row["standing"], row["sender"], row["words"]) == ("unknown", "test@example.com", "Hello Twilio SendGrid!")
    assert row["client_id"] is row["interaction_id"] is row["content"] is None
    assert not site.rows(tables.interactions)
    (passed_on,) = sent(tmp_path)
    assert passed_on["To"] == "info@bureaubroersma.example"
    assert passed_on["Reply-To"] == "test@example.com"
    names = [part.get_filename() for part in passed_on.walk() if part.get_filename()]
    assert names == (["SendGrid.jpg"] if "attachments" in name else [])


def test_a_reply_is_an_interaction_of_the_client_whose_message_it_answers(
    hooked: Callable[[Engine], Served], engine: Engine, tmp_path: Path
) -> None:
    """The token decides, whoever wrote it; a second delivery changes nothing."""
    site = hooked(engine)
    to = token_address(site.message_id("check_in")).upper()  # mail systems may write it in capitals
    letter = mail(From="Marie <marie@elders.example>", To=to)
    envelope = {"to": [to], "from": "marie@elders.example"}
    assert post(site, letter, envelope).status_code == post(site, letter, envelope).status_code == 200
    (row,) = site.rows(tables.inbound_mails)
    assert (row["client_id"], row["message_id"]) == ("C1", site.message_id("check_in"))
    (interaction,) = site.rows(tables.interactions)
    assert interaction["interaction_id"] == row["interaction_id"]
    found = {name: interaction[name] for name in ("client_id", "direction", "channel", "occurred_on", "is_reply")}
    assert found == {
        "client_id": "C1", "direction": "in", "channel": "email", "occurred_on": TODAY, "is_reply": True,
    }  # fmt: skip
    assert [each["kind"] for each in site.rows(tables.activity)] == ["interaction_in"]
    (passed_on,) = sent(tmp_path)
    assert passed_on["Subject"] == "Mail van klant C1"
    assert passed_on["Auto-Submitted"] == "auto-generated"
    assert passed_on["List-Unsubscribe"] is None  # nobody's program may mail "afmelden" to the client
    assert "Hallo, ik heb een vraag." in passed_on.get_body(("plain",)).get_content()


def test_a_mail_without_a_token_is_known_by_what_it_answers(site: Served) -> None:
    """In-Reply-To or References with our id, or the provider's id of the request that carried the message."""
    known = site.message_id("permit_check")
    with writing(site.engine) as connection:
        others = tables.messages.c.message_id == site.message_id("seasonal")
        connection.execute(update(tables.messages).where(others).values(provider_id="AbC.de-f"))
    strange = "Iemand <x@elders.example>"
    post(site, mail(From=strange, In_Reply_To=f"<{known}@bureaubroersma.example>"))
    post(site, mail(From=strange, Message_ID="<twee@example.nl>", References="<a@b> <AbC.de-f@geopod-ismtpd-1>"))
    answered = [row["message_id"] for row in site.rows(tables.inbound_mails)]
    assert sorted(answered) == sorted([known, site.message_id("seasonal")])


def test_the_record_with_the_latest_message_to_the_address_counts(
    hooked: Callable[[Engine], Served], engine: Engine
) -> None:
    """Then the smallest id; an address alone is enough, also a former one; an erased client's token names nobody."""
    site = hooked(engine)
    with writing(engine) as connection:
        client = {"name": "Jan", "kind": "consument", "consent": "unknown", "channel": "email", "id_crc32": 1}
        for client_id, address in (("C0", "jan"), ("C3", "jan"), ("C4", "nieuw")):
            own = {"client_id": client_id, "recipient": f"{address}@example.nl"}
            connection.execute(insert(tables.clients).values(**own, **client))
        for client_id, address in (("C3", "jan"), ("C4", "oud")):
            late = message_row(client_id, "check_in", recipient=f"{address}@example.nl", as_of=TODAY)
            connection.execute(insert(tables.messages).values(**late))
    gone = token_address(site.message_id("permit_check", "C2"))
    post(site, mail(To=gone))
    post(site, mail(Message_ID="<twee@example.nl>", To=token_address(site.message_id("check_in"))))
    post(site, mail(Message_ID="<drie@example.nl>", From="oud@example.nl"))
    found = sorted((row["sender"], row["client_id"]) for row in site.rows(tables.inbound_mails))
    assert found == [("jan@example.nl", "C3"), ("jan@example.nl", "C3"), ("oud@example.nl", "C4")]


STANDINGS: list[tuple[dict[str, str], Any, str]] = [
    ({"Auto_Submitted": "auto-replied"}, None, "automatic"),
    ({"Auto_Submitted": "auto-generated; x=y"}, None, "automatic"),
    ({"Auto_Submitted": "No"}, None, "client"),
    ({"Precedence": "Bulk"}, None, "automatic"),
    ({"Precedence": "auto_reply"}, None, "automatic"),
    ({"Precedence": "list"}, None, "automatic"),
    ({"Precedence": "first-class"}, None, "client"),
    ({"Return_Path": "<>"}, None, "automatic"),
    ({}, {"to": ["x@in.bureau.example"], "from": ""}, "automatic"),
    ({"From": "MAILER-DAEMON@mx.example.nl"}, None, "bounce"),
    ({"From": "Bureau Broersma <bouwclub@bureaubroersma.example>"}, None, "own"),
    ({"From": "Anke <a.wiersma@bureaubroersma.example>"}, None, "own"),
    ({"From": REPLY_ADDRESS}, None, "own"),
]


def test_machines_and_our_own_mail_are_nobodys_words(site: Served, tmp_path: Path) -> None:
    """Neither interaction nor task, nothing passed on, nothing kept of it but that it came."""
    for number, (headers, envelope, _) in enumerate(STANDINGS):
        to = token_address(site.message_id("check_in"))
        post(site, mail(To=to, Message_ID=f"<{number}@example.nl>", **headers), envelope)
    rows = site.rows(tables.inbound_mails)
    assert sorted(row["standing"] for row in rows) == sorted(standing for *_, standing in STANDINGS)
    of_clients = [row for row in rows if row["words"] is not None]
    assert {row["standing"] for row in of_clients} == {"client"}
    assert len(site.rows(tables.interactions)) == len(sent(tmp_path)) == len(of_clients) == 2


def test_a_delivery_report_is_a_bounce(site: Served) -> None:
    """Whoever it says it is from."""
    raw = (
        b"From: Jan <jan@example.nl>\r\nMessage-ID: <r@example.nl>\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nniet bezorgd\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    post(site, raw)
    assert [row["standing"] for row in site.rows(tables.inbound_mails)] == ["bounce"]


def test_our_own_forward_that_comes_back_is_passed_on_to_nobody(site: Served, tmp_path: Path) -> None:
    """A mailbox of the firm that forwards to the reply address makes no mail go round."""
    post(site, mail())
    (first,) = sent(tmp_path)
    post(site, first, {"to": [REPLY_ADDRESS], "from": "info@bureaubroersma.example"})
    assert [row["standing"] for row in site.rows(tables.inbound_mails)].count("own") == 1
    assert len(sent(tmp_path)) == 1


def test_a_mail_that_says_only_stop_is_an_unsubscribe_and_an_interaction(site: Served) -> None:
    """Rule 2 from the day it came, and a person still hears of it; other words are left to people."""
    post(site, mail("Stop met bellen, mail mij liever."))
    assert not site.rows(tables.suppressions)
    post(site, mail("Afmelden", Message_ID="<twee@example.nl>"))
    found = {row["email"]: (row["reason"], row["since"]) for row in site.rows(tables.suppressions)}
    assert found == {"jan@example.nl": ("unsubscribe", TODAY)}
    assert [row["source"] for row in site.rows(tables.consent_history)] == ["reply"]
    assert len(site.rows(tables.interactions)) == 2


def test_the_button_of_apple_mail_unsubscribes(site: Served) -> None:
    """Its program says that it is an automatic answer, and writes English words; a person pressed it all the same."""
    said = "Apple Mail sent this email to unsubscribe from the message “Nieuws”."
    marks = {"Auto-Submitted": "auto-replied", "X-Apple-Unsubscribe": "true", "Subject": "afmelden"}
    assert post(site, mail(said, **marks), {"to": [REPLY_ADDRESS], "from": "jan@example.nl"}).status_code == 200
    assert [(row["email"], row["reason"]) for row in site.rows(tables.suppressions)] == [
        ("jan@example.nl", "unsubscribe")
    ]
    assert len(site.rows(tables.interactions)) == 1


def test_a_wrong_or_missing_key_stores_nothing(site: Served) -> None:
    """The key may stand in the path or the query; any other is refused before the body is read."""
    bare = "/webhooks/sendgrid/inbound"
    for path in (bare, f"{bare}/wrong", f"{bare}?key=wrong", f"{bare}/{INBOUND_KEY}x", f"{bare}/é"):
        assert post(site, mail(), path=path).status_code == 403
    assert not site.rows(tables.inbound_mails)
    assert post(site, mail(), path=f"{bare}?key={INBOUND_KEY}").status_code == 200
    assert len(site.rows(tables.inbound_mails)) == 1


def test_without_a_key_in_the_settings_all_mail_is_refused(serve: Callable[..., Served], sqlite_engine: Engine) -> None:
    """Nothing matches a key that is not set, an empty one neither."""
    site = serve(sqlite_engine)
    assert post(site, mail(), path="/webhooks/sendgrid/inbound?key=").status_code == 503


def test_what_is_no_mail_is_refused_with_a_reason(site: Served) -> None:
    """Too large, broken off, of another kind or without the fields of a mail: 4xx, and nothing is stored."""
    form = {"content-type": "multipart/form-data; boundary=b"}
    many = b"".join(b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n' for _ in range(300)) + b"--b--\r\n"
    for content, kind, status in (
        (b"{}", {"content-type": "application/json"}, 400),
        (b"--b\r\nContent-Disp", form, 400),
        (b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--b--\r\n', form, 400),
        (b"--b\r\nX: " + b"y" * 100_000 + b"\r\n\r\n1\r\n--b--\r\n", form, 400),
        (many, form, 400),
        (b"x" * (21 * 1024 * 1024), form, 413),
    ):
        assert site.client.post(PATH, content=content, headers=kind).status_code == status
    assert not site.rows(tables.inbound_mails)


def test_mail_that_the_database_cannot_take_waits_on_the_disk(site: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is answered with 200, its file names nobody, and it is taken in as soon as the database can."""
    calls: list[int] = []

    def busy(*values: Any) -> None:
        calls.append(1)
        raise OperationalError("insert", {}, Exception("database is locked"))

    with monkeypatch.context() as patched:
        patched.setattr(mailroom, "take_in", busy)
        patched.setattr(working_off, "take_in", busy)
        assert post(site, mail()).status_code == 200
    assert len(calls) == 2  # at once, and from the disk
    assert not site.rows(tables.inbound_mails)
    folder = Path(f"{site.engine.url.database}-mails")
    (waiting,) = folder.glob("*.mail")
    assert "jan" not in waiting.name
    post(site, mail(Message_ID="<twee@example.nl>"))
    assert len(site.rows(tables.interactions)) == 2
    assert not list(folder.glob("*.mail"))


def test_a_forward_that_fails_is_made_later(site: Served, tmp_path: Path) -> None:
    """A full disk or a provider that is down loses no mail; once it went, its content is no longer kept."""
    (tmp_path / "outbox").write_text("no folder")
    post(site, mail("Een vraag"))
    assert site.rows(tables.inbound_mails)[0]["content"] is not None
    (tmp_path / "outbox").unlink()
    post(site, mail("Nog een vraag", Message_ID="<twee@example.nl>"))
    assert [row["content"] for row in site.rows(tables.inbound_mails)] == [None, None]
    assert len(sent(tmp_path)) == 2


def test_a_name_for_a_file_and_markup_in_words_stay_words(site: Served, tmp_path: Path) -> None:
    """No folder, header or markup of the sender reaches the mail to staff, and no page of HTML goes as one."""
    letter = mail("<script>alert(1)</script> [[words]]", Subject="<b>dik</b>\u202egnp.exe")
    letter.add_attachment(b"<script>", maintype="text", subtype="html", filename="../../etc/pass\u202ewd\n.html")
    letter.add_attachment(b"MZ", maintype="application", subtype="x-msdownload", filename="")
    post(site, letter)
    (passed_on,) = sent(tmp_path)
    html = passed_on.get_body(("html",)).get_content()
    assert "&lt;script&gt;" in html
    assert [piece for piece in ("<script>", "<b>dik") if piece in html] == []
    assert "[[words]]" in passed_on.get_body(("plain",)).get_content()
    files = {part.get_filename(): part.get_content_type() for part in passed_on.iter_attachments()}
    assert files == {"etc passwd .html": "application/octet-stream", "bijlage-2": "application/x-msdownload"}


def test_words_and_addresses_stay_out_of_the_log(site: Served, caplog: pytest.LogCaptureFixture) -> None:
    """The log has the route, not the key; no word, subject or address of a mail."""
    caplog.set_level("DEBUG")
    post(site, mail("Mijn geheim is groot", Subject="Vertrouwelijk"))
    site.client.post(PATH, content=b"--b Mijn geheim", headers={"content-type": "multipart/form-data; boundary=b"})
    for secret in ("geheim", "Vertrouwelijk", "jan@", INBOUND_KEY):
        assert secret not in "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")


def test_what_was_passed_on_goes_from_the_outbox_with_its_client(site: Served, tmp_path: Path) -> None:
    """The file has the client's words and address; that of another client stays."""
    post(site, mail("Mijn ligger lekt", Message_ID="<een@example.nl>"))
    other = mail("Die van mij niet", From="Piet <piet@example.nl>", Message_ID="<twee@example.nl>")
    post(site, other, {"to": ["info@in.bureau.example"], "from": "piet@example.nl"})
    assert len(sent(tmp_path)) == 2
    (client_id,) = {row["client_id"] for row in site.rows(tables.inbound_mails) if row["client_id"]}
    workspace = Workspace(settings(outbox_dir=tmp_path / "outbox"), shipped_programme(), site.engine)
    erase_person(workspace, client_id, "Anke", NOW, record_act, lambda _: 0)

    (left,) = sent(tmp_path)
    assert "Die van mij niet" in left.get_body(("plain",)).get_content()


def test_stop_from_an_erased_address_writes_it_on_no_list(site: Served) -> None:
    """Nothing goes there as it is; as an event or a list of the provider, the wish does not bring the address back."""
    with writing(site.engine) as connection:
        remember_erased(connection, KEY.encode(), ["zij@elders.example"], TODAY)
    for number, sender in enumerate(("zij@elders.example", "hij@elders.example")):
        envelope = {"to": ["info@in.bureau.example"], "from": sender}
        post(site, mail("stop", From=sender, Message_ID=f"<{number}@elders.example>"), envelope)

    assert [row["email"] for row in site.rows(tables.suppressions)] == ["hij@elders.example"]
    assert "zij@" not in str(site.rows(tables.consent_history))
