"""An audience in plain Dutch words, as it is stated wherever a campaign is shown."""

from programme.campaigns.audience.audiences import Audience, Traits
from programme.campaigns.audience.traits import TRAITS
from programme.terms.schema import Programme
from programme.words.wording import listed

EVERYONE = "alle klanten"


def audience_words(programme: Programme, audience: Audience) -> str:
    """ "verbouwers met postcode 8900–8999, behalve klanten met een monument".

    Where no trait asks for postcodes the words say so, because a postcode that fell away is the costliest mistake:
    "verbouwers, alle postcodes"; "alle klanten, alle postcodes" for everyone.
    """
    segments = audience.all_of.values.get("segments")
    who = TRAITS["segments"].said(segments, programme) if segments else ""
    asked = [said for name, said in _said(programme, audience.all_of) if name != "segments"]
    some = [said for _, said in _said(programme, audience.any_of)]
    none = [said if name == "segments" else f"klanten {said}" for name, said in _said(programme, audience.none_of)]
    text = " ".join(filter(None, [who or ("klanten" if asked or some else EVERYONE), " en ".join(asked)]))
    if "areas" in unasked_traits(audience):
        text += f", {TRAITS['areas'].unasked}"
    if some:
        text += f", {'en ' if asked or who else ''}minstens één van: {listed(some, 'of')}"
    if none:
        text += f", behalve {listed(none, 'en')}"
    return text


def people_words(number: int) -> str:
    """ "1 mens", "1.284 mensen"."""
    return "1 mens" if number == 1 else f"{number:,} mensen".replace(",", ".")


def unasked_traits(audience: Audience) -> list[str]:
    """The names of the traits that no part of the audience asks for, in the form's order."""
    asked = {*audience.all_of.named(), *audience.any_of.named(), *audience.none_of.named()}
    return [name for name in TRAITS if name not in asked]


def unasked_words(audience: Audience) -> list[str]:
    """What is not selected by, in words: "alle treden", "met en zonder monument"."""
    return [said for name in unasked_traits(audience) if (said := TRAITS[name].unasked)]


def _said(programme: Programme, traits: Traits) -> list[tuple[str, str]]:
    return [(name, TRAITS[name].said(value, programme)) for name, value in traits.values.items()]
