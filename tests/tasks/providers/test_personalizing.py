"""What goes over the wire for each recipient, and that filling it in gives the mail of the preview."""

import json
import random

import orjson
import pytest
from markupsafe import escape

from tasks.mail.render import CompiledMail
from tasks.mail.templating.tagged import TaggedMail
from tasks.providers.sendgrid.personalizing import Personalized, personalize, read_people
from tasks.sending.messenger import Letter
from tests.standin.mailbox import substituted
from tests.tasks.mail.plain_renderer import COMPILED

TOKENS = [f"{number:038d}" for number in range(7)]
HOSTILE = [
    "Jan",
    "A & B",
    '"q"',
    "<b>",
    "back\\slash",
    "tab\tnew\nline",
    "名前 😀",
    "",
    "http://a/b/c",
    "%s %(x)s",
    "'",
]


def letters(values: list[dict[str, str]], senders: list[str | None] | None = None) -> list[Letter]:
    return [
        Letter(
            number,
            f"m{number}",
            f"c{number}",
            f"k{number}@voorbeeld.nl",
            "anniversary",
            "marketing",
            senders[number] if senders else None,
            None,
            orjson.dumps(fields).decode(),
            0,
        )
        for number, fields in enumerate(values)
    ]


def made(these: list[Letter]) -> Personalized:
    people = read_people(COMPILED, these, lambda letters, fields: [each["unsubscribe_url"] for each in fields])
    assert not people.unfit
    assert not people.alone
    return personalize(COMPILED, people, lambda name: {"email": "a@b.nl", "name": name} if name else None)


def fields(name: str, token: str, project: str = "dakkapel", base: str = "https://x.nl/u/") -> dict[str, str]:
    return {"name": name, "project": project, "unsubscribe_url": base + token}


def check(values: list[dict[str, str]]) -> Personalized:
    """Every recipient's mail, filled in from the request, is that of the preview."""
    done = made(letters(values))
    for one, person in zip(values, done.people, strict=True):
        tags = json.loads(person)["substitutions"]
        assert tuple(substituted(part, tags) for part in done.body) == COMPILED.fill(one)
        assert json.loads(person)["headers"] == {"List-Unsubscribe": one["unsubscribe_url"]}
    return done


def test_what_all_have_in_common_is_said_once() -> None:
    """A value that is everybody's and the common part of their links stand in the body, not in each personalization."""
    done = check([fields(name, token) for name, token in zip(["Jan", "Piet", "Kees"], TOKENS, strict=False)])
    assert "dakkapel" in done.body.html
    assert "https://x.nl/u/[[" in done.body.text
    person = json.loads(done.people[1])
    assert sorted(person["substitutions"].values()) == [TOKENS[1], "Piet"]
    assert len(done.people[1]) < 300


def test_links_with_one_token_share_a_tag() -> None:
    """The token at the end of all links of a mail is sent once for each recipient; other values keep their own tag."""
    body = TaggedMail("Dag [[name]]", "", "[[name.h]] [[a_url.h]] [[b_url.h]]", "[[name]] [[a_url]] [[b_url]]", {})
    compiled = CompiledMail.of("anniversary", "{}", body)
    names = ["Jan", "A & B", "Kees"]
    values = [
        {"name": name, "a_url": f"https://x.nl/a/{token}", "b_url": f"https://x.nl/b/{token}"}
        for name, token in zip(names, TOKENS, strict=False)
    ]
    people = read_people(compiled, letters(values), lambda letters, fields: [each["a_url"] for each in fields])
    done = personalize(compiled, people, lambda name: None)
    for one, person in zip(values, done.people, strict=True):
        tags = json.loads(person)["substitutions"]
        assert tuple(substituted(part, tags) for part in done.body) == compiled.fill(one)
        assert sorted(tags.values()) == sorted([one["name"], escape(one["name"]), one["a_url"][-38:]])


@pytest.mark.parametrize("name", HOSTILE)
def test_values_that_all_share_are_escaped_in_the_body(name: str) -> None:
    """A common value is written in HTML as each one's own would be, and as it is in subject and text."""
    check([fields(name, token, project=name) for token in TOKENS])


def test_any_values_give_the_mail_of_the_preview() -> None:
    """Whatever mixture of hostile values a request holds, each mail is byte for byte what the renderer fills."""
    draw = random.Random(3)
    for _ in range(300):
        base = draw.choice(["https://x.nl/u/", "https://x.nl/u/?a=1&b=", "https://x.nl/", "http://é.nl/"])
        check(
            [
                fields(draw.choice(HOSTILE), draw.choice(TOKENS), draw.choice(HOSTILE[:3]), base)
                for _ in range(draw.randint(1, 5))
            ]
        )


def test_one_sender_stands_at_the_root() -> None:
    """The engineer who signs all mails of a request is named once; where they differ, each has its own."""
    values = [fields("Jan", token) for token in TOKENS[:3]]
    alike = made(letters(values, ["ir. S. Wiersma"] * 3))
    assert alike.sender_name == "ir. S. Wiersma"
    assert not any("from" in json.loads(person) for person in alike.people)
    mixed = made(letters(values, ["ir. S. Wiersma", None, "ing. B. Bakker"]))
    assert mixed.sender_name is None
    names = [json.loads(person).get("from", {}).get("name") for person in mixed.people]
    assert names == ["ir. S. Wiersma", None, "ing. B. Bakker"]
