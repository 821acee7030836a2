"""Reading mail: it comes out as people wrote it, and nothing that anybody sends costs more than its size."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.inbound.forwards import file_name_of, media_type_of
from programme.inbound.incoming import (
    MOST_ATTACHMENTS,
    MOST_DELIMITERS,
    MOST_PARTS,
    Attachment,
    Incoming,
    addresses_in,
    read_headers,
    read_mime,
    text_of_html,
)
from programme.inbound.replies import (
    LONGEST_WORDS,
    IncomingKind,
    ReplyAddress,
    is_unsubscribe,
    machine_standing,
    mail_id_of,
    own_words,
    subject_of,
    words_of,
)

HEAD = b"From: Jan <jan@example.nl>\r\nMessage-ID: <a@example.nl>\r\nSubject: Vraag\r\n"
GREATEST_SECONDS = 20  # of one mail, on a machine that is busy with much else


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("windows-1252", "Één € idee".encode("cp1252")),
        ("utf-8", "Één € idee".encode()),
        ("klingon", "Één € idee".encode()),
    ],
)
def test_the_charset_that_a_mail_names_is_the_one_it_is_read_in(charset: str, raw: bytes) -> None:
    """An unknown one is read as what it looks like."""
    mail = read_mime(HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + raw)
    assert mail.text == "Één € idee"


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("iso-8859-15", b"20 \xa4", "20 €"),
        (" ISO-8859-15 ", b"20 \xa4", "20 €"),
        ("utf-7", b"+AOk-n", "+AOk-n"),
        ("punycode", b"bcher-kva", "bcher-kva"),
    ],
)
def test_only_a_table_is_taken_as_a_charset(charset: str, raw: bytes, text: str) -> None:
    """A codec that computes is none, whatever it would make of the text."""
    mail = read_mime(HEAD + f'Content-Type: text/plain; charset="{charset}"\r\n\r\n'.encode() + raw)
    assert mail.text == text


WHOLE = b"""\
Return-Path: <Jan@Example.nl>
Delivered-To: antwoord+abc@in.bureau.nl
From: Jan Bos <Jan@Example.nl>
To: "Team, Bureau" <team@bureau.nl>, antwoord+abc@in.bureau.nl
Cc: Piet <piet@example.nl>
Subject: =?utf-8?q?Vr=C3=A1ag?= over mijn dak
Message-ID: <a@example.nl>
In-Reply-To: <c@bureau.nl>
References: <a@bureau.nl> <b@bureau.nl>
 <c@bureau.nl>
Auto-Submitted: No
Precedence: Bulk
Content-Type: multipart/mixed; boundary="m"

Hier staat niets.
--m
Content-Type: multipart/alternative; boundary="a"

--a
Content-Type: text/plain; charset=utf-8

Dag.

--a
Content-Type: text/html

<p>Dag in HTML.</p>
--a--
--m
Content-Type: application/pdf
Content-Disposition: inline

%PDF
--m
Content-Type: text/plain
Content-Disposition: attachment

een lijst
--m
Content-Type: text/plain; name="lijst.txt"

nog een lijst
--m
Content-Type: message/rfc822

Subject: doorgestuurd

Een mail in de mail.
--m--
""".replace(b"\n", b"\r\n")


def test_a_whole_mail_is_read_as_it_was_written() -> None:
    """Who, to whom, what it answers, its text, and what came with it; the nearest mail that it answers is the first."""
    mail = read_mime(WHOLE)
    assert (mail.reference, mail.sender, mail.return_path) == ("a@example.nl", "jan@example.nl", "jan@example.nl")
    assert mail.addressed == ("antwoord+abc@in.bureau.nl", "team@bureau.nl", "piet@example.nl")
    assert mail.replied == ("c@bureau.nl", "b@bureau.nl", "a@bureau.nl")
    assert (mail.auto_submitted, mail.precedence, mail.report_type) == ("no", "bulk", "")
    assert (mail.subject, mail.text, mail.is_whole) == ("Vráag over mijn dak", "Dag.", True)
    assert [(file.name, file.kind, file.content.strip()) for file in mail.attachments[:3]] == [
        ("", "application/pdf", b"%PDF"),
        ("", "text/plain", b"een lijst"),
        ("lijst.txt", "text/plain", b"nog een lijst"),
    ]
    (inner,) = mail.attachments[3:]
    assert (inner.kind, b"Een mail in de mail." in inner.content) == ("message/rfc822", True)


def test_of_its_headers_alone_a_mail_has_no_text() -> None:
    """All that its headers say is as in the whole mail; the files come with the form of the hook."""
    whole, headers = read_mime(WHOLE), read_headers(WHOLE)
    assert replace(headers, attachments=()) == replace(whole, text="", attachments=())
    assert headers.is_whole is Incoming().is_whole is True


@pytest.mark.parametrize(
    ("header", "path"), [(b"", None), (b"Return-Path: <>\r\n", ""), (b"return-path: <a@b.nl>\r\n", "a@b.nl")]
)
def test_an_empty_return_path_is_not_a_missing_one(header: bytes, path: str | None) -> None:
    """Only bounces and automatic answers have an empty one."""
    assert read_mime(header + HEAD + b"\r\nhallo").return_path == path


@pytest.mark.parametrize(
    ("kind", "report_type"),
    [
        ('multipart/report; report-type="Delivery-Status"; boundary=b', "delivery-status"),
        ("multipart/report; boundary=b", "report"),
        ("multipart/mixed; report-type=delivery-status; boundary=b", ""),
        ("text/plain", ""),
    ],
)
def test_only_a_report_has_a_type(kind: str, report_type: str) -> None:
    """One that does not say which is a report all the same."""
    assert read_mime(HEAD + f"Content-Type: {kind}\r\n\r\n--b\r\n\r\n--b--".encode()).report_type == report_type


@pytest.mark.parametrize("edge", [(b"multipart/ ", MOST_PARTS), (b"--b\r\n", MOST_DELIMITERS)])
def test_of_too_many_parts_the_headers_alone_are_read(edge: tuple[bytes, int]) -> None:
    """At the most that is read it is still whole; with one more there is no text, and nothing came with it."""
    piece, most = edge
    whole, cut = (read_mime(HEAD + b"\r\n" + piece * number) for number in (most, most + 1))
    assert whole.is_whole
    assert whole.text
    assert cut == replace(whole, text="", is_whole=False)
    assert cut.sender == "jan@example.nl"


def test_the_first_files_are_kept() -> None:
    """Of more than anybody sends."""
    parts = b"".join(b"--b\r\nContent-Type: image/png\r\n\r\n%d\r\n" % number for number in range(MOST_ATTACHMENTS + 1))
    mail = read_mime(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--")
    assert [int(file.content) for file in mail.attachments] == [*range(MOST_ATTACHMENTS)]


def test_a_name_without_an_address_is_nobody() -> None:
    """In whatever header it stands; addresses are compared in small letters."""
    assert addresses_in("Jan, undisclosed-recipients:;, Piet <Piet@A.nl>, b@b.nl") == ["piet@a.nl", "b@b.nl"]


def test_html_alone_becomes_text_without_its_scripts_and_styles() -> None:
    """Lines stay lines, entities become letters."""
    html = (
        "<style>p{}</style><p>Dag,</p><p>tot&nbsp;morgen &amp; 1 < 2</p><script>x()</script><!-- weg --><DIV>dank<br>u"
    )
    assert text_of_html(html) == "Dag,\n\ntot morgen & 1 < 2\n\ndank\nu"
    assert text_of_html("<style>een open deur") == "een open deur"
    assert text_of_html("<p>a</p><!-- weg </p> ook weg -->b") == "a\nb"
    assert text_of_html("<style>a<script>b</style>c</script>d") == "cd"


PARAMETERS = (b"a=b;" * 500, b'"' * 2_000)
PART = b"--b\r\nContent-Type: text/plain; %s\r\nContent-Disposition: attachment; %s\r\n\r\nx\r\n" % PARAMETERS
BOMBS = {
    "levels": b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000)),
    "letters within letters": b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
    "parts": HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 300_000,
    "a header": HEAD + b"To: " + b"a@b.nl, " * 500_000 + b"\r\n\r\nhallo",
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a*0*=x''y" * 200_000 + b"\r\n\r\nhallo",
    "encoded words": HEAD + b"Subject: " + b"=?utf-8?q?x?= " * 200_000 + b"\r\n\r\nhallo",
    "comments": HEAD + b"From: " + b"(" * 1_000_000 + b"\r\n\r\nhallo",
    "comments of a sender": b"From: " + b"(" * 1_000_000 + b"\r\n" + HEAD + b"\r\nhallo",
    "parameters of parts": HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + PART * 4_000,
    "parameters of some parts": HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + PART * 20,
    "a letter's headers": HEAD + b"Content-Type: message/rfc822\r\n\r\n" + b"To: %s\r\n" % (b"a@b.nl, " * 500) * 2_000,
    "quotes": HEAD + b"\r\n" + b"op " * 1_000_000,
    "tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a <style <!--" * 300_000,
    "declarations": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<![" * 1_000_000,
    "nothing": b"",
    "zeros": b"\x00" * 1_000_000,
    "a codec that works": HEAD + b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"a." * 200_000,
    "base64 that is none": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"*=A" * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_no_more_than_its_size(name: str) -> None:
    """It is read or left unread, within seconds, and whatever asks about it gets an answer."""
    began = time.monotonic()
    mail = read_mime(BOMBS[name])
    machine_standing(mail, frozenset(), "")
    is_unsubscribe(mail)
    assert len(words_of(mail)) <= LONGEST_WORDS
    assert len(subject_of(mail)) <= 200
    assert len(mail_id_of(mail)) == 32
    assert time.monotonic() - began < GREATEST_SECONDS


PIECES = (
    b'Content-Type: |multipart/mixed; boundary=|"b"|\r\n|\r\n\r\n|--b|--b--|From: |<a@b.nl>|message/rfc822|=?utf-8?b?'
    b'|?=|\xff\xfe|Subject:| |;|charset=utf-7|To: |@|,|(|)|"|\\|\x00|Date:|Content-Disposition: attachment; filename=|%'
    b"|*0*=|''|Content-Transfer-Encoding: base64|AAA|text/html|<p>|&#x110000;"
).split(b"|")
SOUP = st.lists(st.sampled_from(PIECES), max_size=60)


@given(SOUP.map(b"".join), st.binary(max_size=200))
def test_no_soup_of_headers_and_edges_raises(soup: bytes, tail: bytes) -> None:
    """Nor does its end, its headers alone, or what is made of it."""
    for mail in (read_mime(soup + tail), read_headers(soup + tail)):
        assert isinstance(machine_standing(mail, frozenset(), "b.nl"), IncomingKind | None)
        is_unsubscribe(mail)
        for number, file in enumerate(mail.attachments):
            assert "/" in media_type_of(file)
            assert not set(file_name_of(file, number)) & set('/\\:\n\r"<>')


@pytest.mark.parametrize(
    ("text", "subject", "stops"),
    [
        ("Afmelden", "Re: uw project", True),
        ("STOP!\n\nMet vriendelijke groet,\nJan", "Re: uw project", True),
        ("uitschrijven.\n\nOp ma 16 mrt. 2026 om 09:05 schreef Bureau <\nbouwclub@b.example>:\n> Beste Jan", "x", True),
        ("stop\n\n________________________________\nVan: Bureau\nVerzonden: maandag", "x", True),
        ("stop\n\nVerstuurd vanaf mijn iPhone", "x", True),
        ("stop\n\nOp 2 mrt 2026 om 10:00 heeft Bureau <b@b.example> het volgende geschreven:\n\n> Beste", "x", True),
        ("stop\n\nOp 2 mrt. 2026, om 10:00 heeft Bureau\n<b@b.example> het volgende geschreven:\n\nBeste", "x", True),
        ("Beste mensen,\n\nafmelden\n\nMet vriendelijke groet,\nJan", "Re: uw project", True),
        ("Goedemiddag,\nUitschrijven.", "x", True),
        ("", "Re: afmelden", True),
        ("This message was automatically generated by Gmail.", "afmelden", True),
        ("Beste mensen,\n\nstop met bellen", "Re: uw project", False),
        ("Beste Jan, ik wil dit juist blijven krijgen\n\nGroet,\nPiet", "Re: afmelden", False),
        ("Beste mensen,\n\nGroet,\nPiet", "Re: uw project", False),
        ("This message was automatically generated by Gmail.", "Re: uw project", False),
        ("Stop met bellen, mail mij liever.", "Re: uw project", False),
        ("Ik wil niet stoppen.", "afmelden", False),
        ("stop, afmelden lukt niet", "x", False),
        ("> stop", "Re: uw project", False),
    ],
)
def test_only_a_mail_that_says_nothing_else_is_an_unsubscribe(text: str, subject: str, stops: bool) -> None:
    """What is quoted, a greeting and a signature say nothing."""
    assert is_unsubscribe(Incoming(text=text, subject=subject)) is stops


def test_what_stands_above_the_quote_is_the_senders_own() -> None:
    """And all of a mail that begins with its quote."""
    quote = "Op 3 maart 2026 om 10:00 schreef Bureau:\n> Beste Jan,"
    assert own_words(f"Dank u.\n\nJan\n\n{quote}") == "Dank u.\n\nJan"
    assert own_words(quote) == quote


def test_a_token_of_another_key_or_address_is_none() -> None:
    """A forged one names no message, and neither does one at another host."""
    address = ReplyAddress.of("antwoord@in.bureau.nl")
    assert address
    good = address.with_token(b"key", "0" * 32)
    assert len(good.partition("@")[0]) <= 64
    assert address.message_of([b"old", b"key"], ["x@y.nl", good]) == "0" * 32
    assert address.message_of([b"other"], [good]) is None
    assert address.message_of([b"key"], [good.replace("in.bureau", "in.elders"), good.replace("+", "+a")]) is None


def test_a_file_keeps_its_ending_and_no_dangerous_name() -> None:
    """However long, wherever it wants to be, whatever it says it is."""
    assert file_name_of(Attachment("a" * 300 + ".pdf", "", b""), 1).endswith(".pdf")
    assert file_name_of(Attachment("C:\\x\\..\\brief.pdf", "", b""), 1) == "C x .. brief.pdf"
    assert file_name_of(Attachment("\u202e", "", b""), 3) == "bijlage-3"
    assert media_type_of(Attachment("", "text/html; x\r\nBcc: a@b", b"")) == "application/octet-stream"
    assert media_type_of(Attachment("", "Image/PNG", b"")) == "image/png"


@pytest.mark.parametrize("kind", ["text/html", "TEXT/HTML", "message/rfc822", "multipart/mixed", "", "image"])
def test_what_a_browser_would_run_is_bytes_to_us(kind: str) -> None:
    """So is a mail within a mail, and what names no type."""
    assert media_type_of(Attachment("", kind, b"")) == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a" * 96 + ".pdf", "a" * 96 + ".pdf"),
        ("a" * 97 + ".pdf", "a" * 89 + ".pdf"),
        ("a" * 200 + "." + "b" * 10, "a" * 89 + "." + "b" * 10),
        ("a" * 200 + "." + "b" * 11, "a" * 100),
        ("a" * 101, "a" * 100),
        ("a" * 100, "a" * 100),
    ],
)
def test_a_long_file_name_is_cut_before_its_ending(name: str, kept: str) -> None:
    """To a hundred characters at most; an ending of more than ten is none."""
    assert file_name_of(Attachment(name, "", b""), 1) == kept
