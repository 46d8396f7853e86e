"""`manage.py dossier`: all formats or none of a proposal, refusals in one sentence."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from django.core.management import CommandError, call_command

from government.snapshots import contents_hash
from proposals.models import Proposal
from tests.factories.government import make_referral
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from proposals.models import CallPage


def run(*words: object) -> tuple[int, str]:
    """Exit status and what was printed."""
    out = StringIO()
    try:
        call_command("dossier", *map(str, words), stdout=out)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_dossier_writes_every_format(call: CallPage, tmp_path: Path) -> None:
    referral = make_referral(call=call)
    number = referral.proposal_id
    code, said = run(number, "-o", tmp_path / "new" / "folder")
    names = [f"dossier-{number}.{name}" for name in ("pdf", "docx", "xlsx", "json")]
    assert code == 0
    assert [line.rpartition("/")[2] for line in said.splitlines()] == names
    written = (tmp_path / "new" / "folder").iterdir()
    assert sorted(path.name for path in written) == sorted(names)
    snapshot = json.loads((tmp_path / "new" / "folder" / names[3]).read_bytes())
    assert contents_hash(snapshot) == referral.dossier.contents_hash


def test_dossier_of_what_is_not_referred_yet_is_as_it_is_now(
    proposal: Proposal, tmp_path: Path
) -> None:
    code, said = run(proposal.pk, "-o", tmp_path, "--format", "json", "--json")
    assert code == 0
    [path] = json.loads(said)["written"]
    assert json.loads(Path(path).read_bytes())["referral"] is None


def test_dossier_refuses_what_is_not_public_and_writes_the_rest(
    call: CallPage, proposal: Proposal, tmp_path: Path
) -> None:
    hidden = ProposalFactory(call=call, status=Proposal.Status.SUBMITTED)
    words = [hidden.pk, proposal.pk, "../../etc", "9" * 40, "9" * 18, proposal.pk]
    code, said = run(*words, "-o", tmp_path, "--format", "json", "--json")
    report = json.loads(said)
    assert code == 1
    assert len(report["written"]) == 1
    assert [row["value"] for row in report["refused"]] == [
        str(hidden.pk),
        "../../etc",
        "9" * 40,
        "9" * 18,
    ]
    assert [path.name for path in tmp_path.iterdir()] == [f"dossier-{proposal.pk}.json"]


def test_dossier_into_a_file_is_refused_in_one_sentence(proposal: Proposal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="Cannot write to") as refusal:
        run(proposal.pk, "-o", tmp_path / "file")
    assert refusal.value.returncode == 2


def test_dossier_in_another_language(proposal: Proposal, tmp_path: Path) -> None:
    run(proposal.pk, "-o", tmp_path, "--format", "docx", "--language", "ja")
    paper = docx.Document(str(tmp_path / f"dossier-{proposal.pk}.docx"))
    assert paper.core_properties.language == "ja"
