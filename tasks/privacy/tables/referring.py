"""Referrals, from both sides, and to which account a reward goes."""

from collections.abc import Mapping

from models.referrals import TOLD_BY_FRIEND
from tasks.privacy.tables import belongings as rows
from tasks.privacy.tables.belongings import Belonging, of_client

REFERRING: Mapping[str, tuple[Belonging, ...]] = {
    "referrals": (
        Belonging(
            "Aanbevelingen door u",
            of_client("referrer_id"),
            hidden=frozenset({"referred_client_id", "referred_name", "referred_email"}),  # somebody else's
            stays=frozenset({"referral_id", "referrer_id", "referred_client_id", "referred_name", "referred_email"}),
            shown={"referral_id": "Nummer", "invited_on": "Uitgenodigd", "signed_up_on": "Aangemeld"},
        ),
        Belonging(
            "Aanbeveling van u",
            rows.is_friend,
            {"referred_name": None, "referred_email": None},
            hidden=frozenset({"referrer_id"}),
            shown={
                "referral_id": "Nummer",
                "referred_name": "Naam",
                "referred_email": "E-mailadres",
                "invited_on": "Uitgenodigd",
                "signed_up_on": "Aangemeld",
            },
        ),
    ),
    "signups": (
        Belonging(
            "Uw aanvraag via een link",
            rows.of_friend,
            dict.fromkeys(TOLD_BY_FRIEND) | {"recipient": "", "consent": "unknown", "consent_wording": None},
            stays=frozenset({"referral_id", "code", "flags", "handled_by"}),
            hidden=frozenset({"code"}),
            shown={
                "signed_up_on": "Dag",
                "name": "Naam",
                "email": "E-mailadres",
                "phone": "Telefoon",
                "project_type": "Soort",
                "postcode": "Postcode",
                "house_number": "Huisnummer",
                "message": "Wat u schreef",
                "consent": "Toestemming",
            },
        ),
    ),
    "referral_links": (Belonging("", of_client(), stays=frozenset({"referral_id", "client_id", "made_by"})),),
    "referral_reviews": (
        Belonging("", rows.of_referral, {"reason": ""}, stays=frozenset({"referral_id", "verdict", "made_by"})),
    ),
    "page_choices": (Belonging("", of_client(), is_deleted=True),),
    "page_visits": (Belonging("", of_client(), is_deleted=True, hidden=frozenset({"visitor"})),),
    "iban_changes": (
        Belonging(
            "Rekeningen",
            of_client(),
            is_deleted=True,
            shown={"changed_at": "Wanneer", "iban": "Rekening", "holder": "Rekeninghouder", "source": "Hoe"},
        ),
    ),
    "iban_links": (Belonging("", of_client(), is_deleted=True, hidden=frozenset({"token_hash"})),),
    "refused_ibans": (Belonging("", of_client(), is_deleted=True),),
    "returned_ibans": (Belonging("", of_client(), is_deleted=True),),
    "payout_blocks": (
        Belonging("", of_client(), {"reason": ""}, stays=frozenset({"client_id", "blocked_by", "unblocked_by"})),
    ),
}
