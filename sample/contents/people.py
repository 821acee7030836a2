"""Invented Dutch names, firms, streets and towns; a client of the sample and where to reach him."""

import unicodedata
from random import Random

GIVEN_NAMES = (
    "Anna Bas Carlijn Daan Eline Femke Gijs Hanneke Ingrid Jan Jelle Karin Lars Lieke Maaike Niels Olga Pieter "
    "Renske Sander Sjoerd Tineke Ubbo Vera Wouter Yke Zoë René Chloë André Noël Thérèse Jörg Renée Aafke Sietse "
    "Mohammed Fatima Agnieszka Özlem Sjaak Kees Ans Wietske Douwe Froukje Hidde Nynke Rients Tjitske Marije Joost"
)
# Each with the word before it, as the phone book has it.
FAMILY_NAMES = (
    ("", "Hoekstra"),
    ("de", "Vries"),
    ("", "Dijkstra"),
    ("van der", "Meer"),
    ("", "Bakker"),
    ("van 't", "Hof"),
    ("", "Jansen"),
    ("de", "Boer"),
    ("", "Wiersma"),
    ("van den", "Berg"),
    ("", "Postma"),
    ("", "Sjoerdsma"),
    ("ter", "Horst"),
    ("", "Müller"),
    ("", "Visser"),
    ("van", "Dijk"),
    ("", "Bouma"),
    ("", "Yıldız"),
    ("op den", "Kelder"),
    ("", "Kuipers"),
    ("", "Smit"),
    ("de", "Haan"),
    ("", "Zijlstra"),
    ("in 't", "Veld"),
    ("", "Nowak"),
    ("", "Brouwer"),
    ("van der", "Veen"),
    ("", "El Amrani"),
    ("", "Mulder"),
    ("", "D'Angelo"),
)
STREETS = (
    "Dorpsstraat Kerkstraat Molenweg Stationsweg Wilhelminastraat Julianalaan Noorderhaven Zuidvliet Eewal "
    "Harlingerstraatweg Oostergrachtswal Lindelaan Beukenlaan Kanaalweg Singel Schoolstraat Marktplein Trekweg"
)
# Town and the first and last number of its postcodes.
TOWNS = (
    ("Leeuwarden", 8911, 8939),
    ("Drachten", 9201, 9207),
    ("Sneek", 8601, 8608),
    ("Heerenveen", 8441, 8448),
    ("Groningen", 9711, 9747),
    ("Dokkum", 9101, 9103),
    ("Franeker", 8801, 8802),
    ("Harlingen", 8861, 8862),
    ("Bolsward", 8701, 8702),
    ("Grou", 9001, 9001),
)
POSTCODE_LETTERS = "ABCDEGHJKLMNPRSTVWXZ"
MAIL_DOMAINS = ("thuis.example", "post.example", "noorderpost.example", "mail.friesland.example")
ENGINEERS = ("Jeroen Broersma", "Anke Wiersma", "Bas Hoekstra", "Esther van Dam", "Tjeerd de Groot")


def person(rng: Random) -> str:
    infix, family = rng.choice(FAMILY_NAMES)
    return " ".join(part for part in (rng.choice(GIVEN_NAMES.split()), infix, family) if part)


def firm(rng: Random, kind: str) -> str:
    """The name of a builder's or an architect's firm."""
    infix, family = rng.choice(FAMILY_NAMES)
    owner = f"{infix.capitalize()} {family}".strip()
    forms = {
        "aannemer": ("Bouwbedrijf {} B.V.", "Aannemersbedrijf {} & Zn.", "{} Verbouw"),
        "architect": ("Architectenbureau {}", "{} Architecten", "Atelier {} + Partners"),
    }
    return rng.choice(forms[kind]).format(owner)


def email_of(name: str, number: int, rng: Random) -> str:
    """An address that could be this name's, in ASCII; the number keeps it his alone."""
    plain = unicodedata.normalize("NFD", name.lower().replace("ı", "i")).encode("ascii", "ignore").decode()
    words = "".join(character if character.isalnum() else " " for character in plain).split()
    return f"{'.'.join(words[:3]) or 'klant'}.{number}@{rng.choice(MAIL_DOMAINS)}"


def address(rng: Random) -> tuple[str, str]:
    """Street with number and town, and the postcode."""
    town, first, last = rng.choice(TOWNS)
    addition = rng.choice(("", "", "", "", "a", "-2", " bis"))
    letters = "".join(rng.choice(POSTCODE_LETTERS) for _ in range(2))
    return (
        f"{rng.choice(STREETS.split())} {rng.randint(1, 240)}{addition}, {town}",
        f"{rng.randint(first, last)} {letters}",
    )


def mobile(rng: Random) -> str:
    return f"06-{rng.randint(10_000_000, 59_999_999)}"


def iban(rng: Random) -> str:
    """A Dutch account number with right check digits, at a bank that does not exist."""
    account = f"XBNK{rng.randint(0, 9_999_999_999):010d}"
    digits = "".join(str(int(character, 36)) for character in f"{account}NL00")
    return f"NL{98 - int(digits) % 97:02d}{account}"
