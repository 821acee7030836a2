"""Which keys the message log has closed (programme section 2)."""

from programme.facts.records import Recipient
from programme.rules.due import Occasion


class ClosedKeys:
    """The keys that the messages of a recipient have closed.

    A key about a project or a quote is closed for every record of the address: the CRM may have merged records since.
    """

    def __init__(self, recipient: Recipient) -> None:
        self._keys = {(message.client_id, message.touchpoint, message.occasion) for message in recipient.messages}
        self._of_address = {
            (message.touchpoint, message.occasion)
            for message in recipient.messages
            if recipient.address and message.recipient == recipient.address
        }

    def has(self, client_id: str, touchpoint_id: str, due: Occasion) -> bool:
        """Whether some message has closed the key of this client, touchpoint and occasion."""
        if (client_id, touchpoint_id, due.occasion) in self._keys:
            return True
        return bool(due.project_id or due.quote_id) and (touchpoint_id, due.occasion) in self._of_address


def is_closed_by_another(recipient: Recipient, client_id: str, touchpoint_id: str, due: Occasion) -> bool:
    """Whether a message under another client id has closed the key for this address, whoever had it before."""
    if not recipient.address or not (due.project_id or due.quote_id):
        return False
    same = (recipient.address, touchpoint_id, due.occasion)
    return any(
        message.client_id != client_id and (message.recipient, message.touchpoint, message.occasion) == same
        for message in recipient.messages
    )
