"""Words for other teams and for how a referral between teams stands. Texts only."""

from broker_desktop.records.codelist import CodeLists
from broker_desktop.session.partner_views import PartnerRow, SentReferral
from broker_desktop.ui.i18n import translate


def partner_words(row: PartnerRow) -> tuple[str, str, str]:
    """Return icon, colour and words for whether referrals can go to a team."""
    words = {
        "ready": translate("Partners", "Ready: referrals can go both ways"),
        "not_looked_yet": translate("Partners", "Paired here. The next sync looks for their answer"),
        "not_paired_back": translate("Partners", "Their lead has not paired this team yet"),
        "no_card": translate("Partners", "Their lead has to sync once more"),
        "card_key": translate(
            "Partners", "Not the key that was paired. If they have a new recovery kit, pair them again"
        ),
        "mailbox_full": translate("Partners", "Too much waits for them: nothing more goes out until they sync"),
    }
    if row.state == "ready":
        return "circle-check", "ok", words["ready"]
    refused = translate("Partners", "What the server showed in their name does not verify, and was refused")
    if row.state == "card_key":
        return "circle-alert", "danger", words["card_key"]
    if row.state in words:
        return "clock", "muted", words[row.state]
    return "circle-alert", "danger", refused


def state_words(one: SentReferral, codes: CodeLists) -> str:
    """Return where a referral between teams stands."""
    words = {
        "queued": translate("Partners", "Leaves with the next sync"),
        "sent": translate("Partners", "Sent, not read yet"),
        "received": translate("Partners", "They have it"),
        "withdrawn": translate("Partners", "Taken back"),
    }
    if one.incoming and one.state == "received":
        return translate("Partners", "Waits for your answer")
    return words.get(one.state) or codes.label("referral_event", one.state)


def way_words(one: SentReferral) -> str:
    """Return which way it went, and with whom."""
    name = one.team_name or translate("Partners", "a team without a name")
    words = translate("Partners", "From {team}") if one.incoming else translate("Partners", "To {team}")
    return words.format(team=name)
