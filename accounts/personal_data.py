"""All that the site holds about a person, for them to take along. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail import hooks

from accounts.models import ConsentText

if TYPE_CHECKING:
    from accounts.models import User


def personal_data(user: User) -> dict[str, Any]:
    """One entry for each app that registered `register_personal_data(user)`: its name, its data."""
    return dict(tell(user) for tell in hooks.get_hooks("register_personal_data"))


def account_data(user: User) -> dict[str, Any]:
    """What this app holds: the profile, and each consent with the words agreed to."""
    consents = list(user.consents.order_by("given_at"))
    texts = ConsentText.objects.in_bulk([consent.text_hash for consent in consents])
    return {
        "email": user.email,
        "name": user.name,
        "municipality": user.municipality and user.municipality.name,
        "organisation": user.organisation,
        "language": user.language,
        "level": user.get_level_display(),
        "queue_keys": user.queue_keys,
        "joined_at": user.date_joined,
        "last_login_at": user.last_login,
        "consents": [
            {
                "purpose": consent.get_purpose_display(),
                "given_at": consent.given_at,
                "withdrawn_at": consent.withdrawn_at,
                "text_sha256": consent.text_hash,
                "text": texts[consent.text_hash].text if consent.text_hash in texts else None,
            }
            for consent in consents
        ],
    }
