"""Small Pabulib files for tests: an election of two projects, with META and votes to choose."""

from __future__ import annotations

PROJECTS = "a;100;Lime trees\nb;50.50;Benches\n"
VOTES = "".join(f"v{n};{'a,b' if n % 3 else 'b'}\n" for n in range(12))
SCORED = "".join(f"v{n};{'a,b;3,1' if n % 3 else 'b;2'}\n" for n in range(12))
RANKED = "".join(f"v{n};{'b,a' if n % 3 else 'a'}\n" for n in range(12))
META = {
    "description": "Parks of the city",
    "num_projects": "2",
    "num_votes": "12",
    "budget": "150.50",
    "vote_type": "approval",
    "rule": "equalshares/add1",
    "date_begin": "18.09.2023",
    "date_end": "25.09.2023",
    "currency": "PLN",
    "language": "en",
}


def election_text(votes: str = VOTES, projects: str = PROJECTS, **changes: str) -> str:
    """A file whose META says these things too; an empty one takes its line out."""
    meta = "".join(f"{key};{value}\n" for key, value in {**META, **changes}.items() if value)
    scored = votes.split("\n", 1)[0].count(";") == 2
    columns = "voter_id;vote;points" if scored else "voter_id;vote"
    head = f"META\nkey;value\n{meta}PROJECTS\nproject_id;cost;name\n{projects}"
    return f"{head}VOTES\n{columns}\n{votes}"
