"""The types of projects: what clients and colleagues call each, and what may follow it."""

from collections.abc import Mapping

from programme.terms.tables.parts import Part

OTHER = "overig"  # every firm has work that is of no type of its own


class ProjectTypeTerms(Part):
    """A type of project; its key in [project_types] is what the export has."""

    label: str  # for colleagues, in lists: "Dakkapel"
    the: str  # somebody's: "de dakkapel"
    yours: str  # to its owner: "uw dakkapel"
    a: str  # a new one: "een dakkapel"
    many: str  # several: "dakkapellen"
    yours_done: str = ""  # what we worked on, to its owner; "" says `yours`
    asked_for: str = ""  # in the list of the sign-up form; "" says `label`
    follows: tuple[str, ...] = ()  # types that often follow it
    larger: tuple[str, ...] = ()  # types that are larger plans, the likeliest first

    @property
    def done(self) -> str:
        """What we worked on, to its owner: "het verwijderen van uw draagmuur"."""
        return self.yours_done or self.yours


class ProjectTypes(dict[str, ProjectTypeTerms]):
    """The terms of each type, in the order in which a sentence names several.

    A type that the programme no longer has is read as other work.
    """

    def __missing__(self, project_type: str) -> ProjectTypeTerms:
        return self[OTHER]

    def place(self, project_type: str) -> int:
        """Where a type stands in the order."""
        return [*self, project_type].index(project_type)

    def is_other(self, project_type: str) -> bool:
        """Whether work of this type is of none of the firm's own types."""
        return project_type == OTHER or project_type not in self

    @property
    def labels(self) -> Mapping[str, str]:
        """What colleagues call each type that the programme has."""
        return {name: terms.label for name, terms in self.items()}

    @property
    def choices(self) -> Mapping[str, str]:
        """The types as the list of the sign-up form shows them."""
        return {name: terms.asked_for or terms.label for name, terms in self.items()}


def types_of(terms: Mapping[str, ProjectTypeTerms]) -> ProjectTypes:
    """The firm's types, with one for other work behind them where it has none of its own."""
    return ProjectTypes({**terms} if OTHER in terms else {**terms, OTHER: _OTHER_WORK})


_OTHER_WORK = ProjectTypeTerms(
    label="Ander project", the="het project", yours="uw project", a="een nieuw plan", many="projecten",
    asked_for="Iets anders",
)  # fmt: skip

# Of a programme file that names none. Clients call the work a "doorbraak"; the wall stood in the way.
SHIPPED_TYPES: dict[str, ProjectTypeTerms] = {
    "dakkapel": ProjectTypeTerms(
        label="Dakkapel", the="de dakkapel", yours="uw dakkapel", a="een dakkapel", many="dakkapellen",
        follows=("uitbouw",), larger=("uitbouw", "renovatie", "draagmuur", "dakkapel"),
    ),
    "uitbouw": ProjectTypeTerms(
        label="Uitbouw", the="de uitbouw", yours="uw uitbouw", a="een uitbouw", many="uitbouwen",
        follows=("draagmuur",), larger=("draagmuur", "renovatie", "uitbouw", "dakkapel"),
    ),
    "draagmuur": ProjectTypeTerms(
        label="Draagmuur", the="de doorbraak", yours="uw doorbraak", a="een doorbraak", many="doorbraken",
        yours_done="het verwijderen van uw draagmuur", asked_for="Draagmuur weghalen",
        follows=("uitbouw",), larger=("uitbouw", "renovatie", "draagmuur", "dakkapel"),
    ),
    "fundering": ProjectTypeTerms(
        label="Fundering", the="de fundering", yours="uw fundering", a="werk aan de fundering", many="funderingen",
        follows=("uitbouw",), larger=("uitbouw", "renovatie", "draagmuur", "dakkapel"),
    ),
    "renovatie": ProjectTypeTerms(
        label="Renovatie", the="de renovatie", yours="uw renovatie", a="een renovatie van het hele huis",
        many="renovaties", follows=("dakkapel", "uitbouw"), larger=("uitbouw", "dakkapel", "renovatie", "draagmuur"),
    ),
    OTHER: _OTHER_WORK.model_copy(update={"larger": ("uitbouw", "dakkapel", "renovatie", "draagmuur")}),
}  # fmt: skip
