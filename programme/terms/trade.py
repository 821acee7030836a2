"""The words of the firm's trade that stand in sentences of ours; all other words of mails and pages are templates."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from programme.terms.tables.parts import Part

Words = Annotated[str, Field(min_length=1, max_length=80)]

OTHER_ONE = r"^een (ander|andere) \S.{0,40}$"


class TradeTerms(Part):
    """The words of the trade; those of a structural-engineering bureau where the file says nothing."""

    engineer: Words = "constructeur"  # who does the work and signs
    club: Annotated[str, Field(pattern=r"[A-Za-z0-9]", max_length=30)] = "Bouwclub"  # for short, on bank statements too
    asked_for: Words = "voor mijn berekening"  # what a client says to a friend: "Ik heb … gevraagd voor …"
    work: Annotated[str, Field(pattern=r"^(de|het) \S.{0,40}$")] = "de verbouwing"  # what a client can say is done
    other_firm: Annotated[str, Field(pattern=OTHER_ONE)] = "een ander bureau"  # to which a client may go instead
    # Whether the work is a calculation by which others build; else sentences say that the work itself was finished.
    calculates: Annotated[bool, Field(strict=True)] = True
    plans: Words = "bouwplannen"  # what somebody has who may need the firm
    offers: Words = "constructieberekeningen voor dakkapel, uitbouw, doorbraak en fundering"
    does: Annotated[str, Field(min_length=1, max_length=160)] = (  # behind the firm's name
        "rekent uit of een gebouw het houdt: dakkapellen, uitbouwen, doorbraken, funderingen en hele renovaties"
    )
    project_mails: Words = "Vragen over vergunning, bouw en onze samenwerking."  # what mails about a project are

    @property
    def own_work(self) -> str:
        """The work as its owner calls it: "mijn verbouwing"."""
        return f"mijn {self.work.partition(' ')[2]}"

    @property
    def that_other_firm(self) -> str:
        """The same one, when it is known: "het andere bureau"."""
        _, other, name = self.other_firm.split(" ", 2)
        return f"{'het' if other == 'ander' else 'de'} andere {name}"

    @property
    def levels(self) -> Mapping[str, str]:
        """What the firm calls each level at which a complaint or a task can lie, from low to high."""
        return {"engineer": self.engineer, "manager": "leidinggevende", "management": "directie"}
