"""The combined share of a session's talk of the people with one role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.tables.values import ROLES_WITH_SHARES, SHARES


def in_role(people: Sequence[str], roles: Mapping[str, str], role: str) -> list[int]:
    """The positions of the people who are known to have the role."""
    return [place for place, person in enumerate(people) if roles.get(person) == role]


def role_shares(
    people: Sequence[str],
    shares: Mapping[str, Sequence[float | None]],
    roles: Mapping[str, str],
) -> dict[str, float | None]:
    """``leader_speaking_share`` and the others, from ``shares`` by their name and by person.

    None where no person is known to have the role, and where there is nothing to share.
    """
    found: dict[str, float | None] = {}
    for role in ROLES_WITH_SHARES:
        places = in_role(people, roles, role)
        for name in SHARES:
            known = [share for i in places if (share := shares[name][i]) is not None]
            found[f"{role}_{name}"] = sum(known) if known else None
    return found
