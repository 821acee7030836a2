"""What a crash or a fault left of mail that came in: taken in from the spool, and passed on."""

from datetime import datetime

from tasks.base.workspace import Workspace
from tasks.inbound.replies.forwarding import forward_waiting
from tasks.inbound.replies.mailbox import mailbox_of
from tasks.inbound.replies.spool import Spooled, spool_of
from tasks.inbound.replies.storing import take_in
from tasks.providers.sendgrid.inbound import read_inbound


def work_off_mail(workspace: Workspace, now: datetime) -> int:
    """Take in what waits in the spool, and pass on what waits for that; returns the number passed on.

    Safe to run twice, and by several processes at once. Raises NotReadyToSend.
    """
    mailbox = mailbox_of(workspace.settings, workspace.programme)

    def take_in_later(mail: Spooled) -> None:
        read = read_inbound(mail.content_type, mail.content)
        take_in(workspace.engine, mailbox, read, mail.content_type, mail.content, mail.received_at)

    spool_of(workspace.engine).apply(take_in_later)
    return forward_waiting(workspace, now)
