"""An audience in plain Dutch words, as a campaign's result states it."""

from programme.campaigns.audiences import Audience, Traits
from programme.campaigns.traits import TRAITS
from programme.terms.schema import Programme
from programme.words.wording import listed

EVERYONE = "alle klanten"


def audience_words(programme: Programme, audience: Audience) -> str:
    """ "verbouwers met postcode 8900–8999, behalve klanten met een monument"; "alle klanten" for everyone."""
    segments = audience.all_of.values.get("segments")
    who = TRAITS["segments"].said(segments, programme) if segments else ""
    asked = [said for name, said in _said(programme, audience.all_of) if name != "segments"]
    some = [said for _, said in _said(programme, audience.any_of)]
    none = [said if name == "segments" else f"klanten {said}" for name, said in _said(programme, audience.none_of)]
    if not (who or asked or some or none):
        return EVERYONE
    text = " ".join(filter(None, [who or "klanten", " en ".join(asked)]))
    if some:
        text += f", {'en ' if asked or who else ''}minstens één van: {listed(some, 'of')}"
    if none:
        text += f", behalve {listed(none, 'en')}"
    return text


def _said(programme: Programme, traits: Traits) -> list[tuple[str, str]]:
    return [(name, TRAITS[name].said(value, programme)) for name, value in traits.values.items()]
