"""A renderer of one short mail, for tests that are about delivery."""

from tasks.mail.render import CompiledMail
from tasks.mail.templating.tagged import TaggedMail

SUBJECT = "Dag [[name]]"
TEXT = "Beste [[name]],\n\nuw project [[project]].\n\n[[unsubscribe_url]]\n"
HTML = '<p>Beste [[name.h]],</p><p>uw project [[project.h]].</p><a href="[[unsubscribe_url.h]]">afmelden</a>'
COMPILED = CompiledMail.of("anniversary", "{}", TaggedMail(SUBJECT, "", HTML, TEXT, {}))


class PlainRenderer:
    def compiled(self, touchpoint: str, variant: str) -> CompiledMail:
        return COMPILED
