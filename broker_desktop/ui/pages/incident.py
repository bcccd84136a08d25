"""What can be written down about a lost laptop: words for an incident form. Values in, words out."""

from collections.abc import Mapping

from broker_desktop.session.views import LostLaptop
from broker_desktop.ui.i18n import long_day, moment_text, parse_day, translate
from broker_desktop.ui.pages.unlock import role_words


def compartment_words(name: str) -> str:
    """Say in plain words what a compartment holds."""
    words = {
        "admin": translate("Team", "team keys"),
        "general": translate("Team", "people, contacts, visits and referrals"),
        "clinical": translate("Team", "blood tests, vaccinations and safeguarding"),
        "common": translate("Team", "the directory, sessions and colleagues’ names"),
    }
    return words.get(name, name)


def incident_text(known: LostLaptop, labels: Mapping[str, str]) -> str:
    """Write what a lead knows of a lost laptop, a line a fact; what is unknown is said to be."""
    day = parse_day(known.last_heard) if known.last_heard else None
    unknown = translate("Incident", "not known")
    ended = {
        "active": translate("Incident", "no, it still takes part"),
        "retired": translate("Incident", "it may hand in, and reads nothing new"),
        "revoked": translate("Incident", "yes"),
    }
    lines = (
        (translate("Incident", "Known to be lost since"), moment_text(known.reported)),
        (translate("Incident", "To be reported before"), moment_text(known.deadline)),
        (translate("Incident", "Used by"), f"{known.person or unknown} ({role_words(known.role, labels)})"),
        (translate("Incident", "Last record from it that arrived"), long_day(day) if day else unknown),
        (translate("Incident", "Records it could read"), f"{known.records:,}"),
        (translate("Incident", "They are about"), ", ".join(compartment_words(one) for one in known.compartments)),
        (translate("Incident", "Recorded on it and never sent"), unknown),
        (
            translate("Incident", "Encryption"),
            translate(
                "Incident",
                "this program’s records are encrypted under a passphrase (AES-256); "
                "whether the disk itself is encrypted is not known here",
            ),
        ),
        (translate("Incident", "Blocked"), ended[known.state]),
    )
    return "\n".join(f"{name}: {value}" for name, value in lines)
