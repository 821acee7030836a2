"""What exactly is approved of a campaign: its four parts, with the firm's templates and words among them."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

from programme.campaigns.audience.stored_audience import written_audience
from programme.campaigns.campaign import Campaign
from programme.campaigns.go import GoParts, moment_text
from tasks.base.programme_file import TEMPLATES
from tasks.base.workspace import Workspace
from tasks.campaigns.register import said_by

# The parts of the programme that a campaign's mail takes words or numbers from; caps, people and schedules are none.
SPOKEN = {"brand", "tiers", "segments", "offers", "tracking", "personalisation"}


def parts_of(workspace: Workspace, campaign: Campaign, moment: datetime | None) -> GoParts:
    """What a go for this campaign approves, by the programme and the templates as they are now."""
    return GoParts(
        who=written_audience(campaign.audience),
        what=f"{campaign.name} {said_by(campaign)}",
        when=moment_text(moment),
        made_of=_made_of(workspace, campaign),
    )


def _made_of(workspace: Workspace, campaign: Campaign) -> str:
    """A digest of the words of the programme that mails say, and of every file that this campaign's mail is made of."""
    spoken = workspace.programme.model_dump(mode="json", include=SPOKEN)
    template = campaign.template.model_dump(mode="json")
    total = hashlib.sha256(json.dumps([spoken, template], sort_keys=True).encode())
    for folder in filter(None, (TEMPLATES, workspace.settings.templates)):
        for path in _files_of(folder, campaign.template_id):
            total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _files_of(folder: Path, template_id: str) -> list[Path]:
    """The template itself and all of the layout that mails share, in a fixed order."""
    own = [folder / "mail" / f"{template_id}.jinja"]
    return [path for path in (*sorted((folder / "layout").rglob("*")), *own) if path.is_file()]
