"""The shipped verify.py: it agrees with the site, and with nobody who changed something."""

from __future__ import annotations

import ast
import gzip
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ballots import METHODS, some_choice
from tests.dumps import CODE, HAS_SIGNED, TALLY, VERIFY, WRONG, dump_to, fault, sign_again
from tests.factories.accounts import UserFactory
from tests.factories.voting import BallotFactory, cast_in_bulk, make_events
from tests.forgery import rules_of as forged_rules
from voting.actions import append_event, cast_ballot, cast_support, state_result, withdraw_ballot
from voting.actions.importing import import_election
from voting.dumps import PROGRAMS, Dump
from voting.heads import signed_head
from voting.merkle import root_of
from voting.models import Round
from voting.notes import Signer
from voting.records import leaf_hash
from voting.rules import canonical
from voting.sealing import seal_votes
from voting.tally import count, option_costs

if TYPE_CHECKING:
    from collections.abc import Callable

    from proposals.models import Proposal

ELECTIONS = sorted((Path(__file__).resolve().parents[3] / "shared/data/elections").glob("*.pb"))


def make_round(method: str, **fields: Any) -> Round:
    budget = {"budget_minor": 60_000, "seats": 2} if method != "ranked" else {"seats": 2}
    costs = [10_000, 20_000, 30_000, 25_000, 20_000]
    return BallotFactory(method=method, costs=costs, **{"hidden": False, **budget, **fields})


def vote(round_: Round, people: int) -> None:
    """Ballots cast, changed, taken back, annulled, and some of no account."""
    chance = random.Random(7)  # noqa: S311 - the same each time
    for person in range(people):
        user = UserFactory()
        event = cast_ballot(
            user=user, round_id=round_.pk, choice=some_choice(round_.rules, chance)
        ).event
        assert event is not None
        if person % 3 == 0:
            cast_ballot(user=user, round_id=round_.pk, choice=some_choice(round_.rules, chance))
        elif person % 5 == 0:
            withdraw_ballot(user=user, round_id=round_.pk)
        elif person % 7 == 0:
            append_event(event.round, bytes(event.voter), 2, 1, "annul")
    cast_in_bulk(round_, [some_choice(round_.rules, chance) for _ in range(40)])


def close(round_: Round) -> None:
    from django.utils import timezone

    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    seal_votes()
    round_.refresh_from_db()


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_is_short_and_needs_nothing_but_python(name: str) -> None:
    text = (CODE / name).read_text()
    assert text.count("\n") <= 150
    imported = {
        name
        for node in ast.walk(ast.parse(text, feature_version=(3, 9)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or node.names[0].name]
    }
    assert imported <= sys.stdlib_module_names | {"verify_heads", "verify_tally"}


def test_verify_says_which_file_is_not_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, CODE / "verify.py", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"WRONG: there is no file {tmp_path / 'round.json'}\n"


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_verify_agrees_with_the_stated_result(method: str, tmp_path: Path) -> None:
    round_ = make_round(method)
    vote(round_, 16)
    make_events(BallotFactory(), 300)
    seal_votes(batch=30)
    close(round_)
    folder = dump_to(round_, tmp_path)
    assert fault(folder) == ""
    done = subprocess.run(
        [sys.executable, folder / "verify.py", folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    winners = round_.results.get().tally["winners"]
    assert f"result: counted again, the same: winners {winners}" in done.stdout


@pytest.mark.django_db
def test_verify_agrees_with_a_support_round(
    proposal: Proposal, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # on PostgreSQL they move the figure
        for _ in range(11):
            cast_support(user=UserFactory(), proposal_id=proposal.pk)
        seal_votes()
        cast_support(user=UserFactory(), proposal_id=proposal.pk)  # waits for the next seal
    assert fault(dump_to(proposal.round, tmp_path)) == ""
    figures = proposal.figures
    figures.support_count = 99
    figures.save()
    assert "the figure on the site is not" in fault(dump_to(proposal.round, tmp_path))


@pytest.mark.django_db
@pytest.mark.skipif(not ELECTIONS, reason="real elections are not there")
@pytest.mark.parametrize("path", ELECTIONS, ids=lambda path: path.stem)
def test_verify_agrees_with_a_real_election(path: Path, tmp_path: Path) -> None:
    with path.open("rb") as file:
        round_ = import_election(file=file, name=path.stem, tick=str).round
    seal_votes()
    round_.refresh_from_db()
    assert fault(dump_to(round_, tmp_path)) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "votes", "says"),
    [
        ({"open_record": False, "hidden": True}, 12, "Only sums"),
        ({}, 9, "Fewer than 10"),
        ({"hidden": True}, 12, "hidden until"),
    ],
)
def test_verify_says_why_it_does_not_count(
    fields: dict[str, Any],
    votes: int,
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    round_ = make_round("approval", **fields)
    make_events(round_, votes)
    if not round_.open_record:
        close(round_)
    seal_votes()
    VERIFY.verify(dump_to(round_, tmp_path))
    assert says in capsys.readouterr().out


@pytest.fixture
def two_dumps(tmp_path: Path, db: None) -> tuple[Path, Path]:
    round_ = make_round("approval")
    vote(round_, 8)
    seal_votes()
    older = dump_to(round_, tmp_path / "older")
    make_events(round_, 20)
    close(round_)
    return older, dump_to(round_, tmp_path / "newer")


def test_newer_dump_continues_the_older_one(two_dumps: tuple[Path, Path]) -> None:
    older, newer = two_dumps
    VERIFY.compare(older, newer, say=str)
    with pytest.raises(WRONG, match="another ledger"):
        VERIFY.compare(newer, older, say=str)


def lines_of(folder: Path) -> list[bytes]:
    with gzip.open(folder / "records.jsonl.gz") as file:
        return file.readlines()


def keep_lines(folder: Path, lines: list[bytes]) -> None:
    about = json.loads((folder / "round.json").read_text())
    about["records"] = len(lines)
    write_json(folder / "round.json", about)
    (folder / "records.jsonl.gz").write_bytes(gzip.compress(b"".join(lines)))


def write_json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def test_record_left_out_of_the_newer_dump_is_found(two_dumps: tuple[Path, Path]) -> None:
    """Of somebody who voted and took it back: the sums are the same without them."""
    older, newer = two_dumps
    lines = [json.loads(line) for line in lines_of(newer)]
    taken = [line["voter"] for line in lines if line["kind"] == -1 and line["gen"] == 2]
    gone = next(v for v in taken if sum(line["voter"] == v for line in lines) == 2)
    keep_lines(newer, [raw for raw in lines_of(newer) if json.loads(raw)["voter"] != gone])
    sign_again(newer)
    assert fault(newer) == "", "no single dump can show that"
    with pytest.raises(WRONG, match="records of the older dump"):
        VERIFY.compare(older, newer, say=str)


# What whoever runs the site could sign anew with heads that fit; the dump itself says it is wrong.


def count_here(about: dict[str, Any], lines: list[bytes], size: int) -> None:
    """Let the result be what the records come to at this size."""
    records = sorted(map(json.loads, lines), key=lambda record: record["gen"])
    newest = {record["voter"]: record for record in records if record["leaf"] < size}
    ballots = [record["choice"] for record in newest.values() if record["kind"] == 1]
    found = TALLY(about["rules"], ballots, about["closing"]["root"])
    totals = [{"number": number, "total": str(n)} for number, n in found.pop("totals").items()]
    about["result"]["tally"] |= {**found, "size": size, "lines": totals}


def seal_leaf(folder: Path, about: dict[str, Any], leaf: bytes) -> dict[str, Any]:
    """One leaf more under a head of its own; returns that head as a close."""
    leaves = (folder / "leaves.bin").read_bytes() + leaf
    root = root_of([leaves[at : at + 32] for at in range(0, len(leaves), 32)])
    size = about["size"] = len(leaves) // 32
    heads = json.loads((folder / "heads.json").read_text())
    write_json(folder / "heads.json", [*heads, signed_head(size, root)])
    (folder / "leaves.bin").write_bytes(leaves)
    return {"size": size, "root": root.hex()}


def cast_late(folder: Path, about: dict[str, Any], **fields: Any) -> None:
    """One vote more, sealed under a head after the close, and counted."""
    lines = lines_of(folder)
    record = {**json.loads(lines[0]), "voter": "0" * 32, "gen": 1, "kind": 1, "choice": [1]}
    record |= {"reason": "cast", **fields}
    del record["leaf"]
    size = seal_leaf(folder, about, leaf_hash(record))["size"]
    lines.append(canonical(record | {"leaf": size - 1}) + b"\n")
    (folder / "records.jsonl.gz").write_bytes(gzip.compress(b"".join(lines)))
    about["records"] = len(lines)
    count_here(about, lines, size)


def restore_nothing(folder: Path, about: dict[str, Any]) -> None:
    cast_late(folder, about, reason="restore")


def count_early(folder: Path, about: dict[str, Any]) -> None:
    count_here(about, lines_of(folder), 0)


def name_no_close(folder: Path, about: dict[str, Any]) -> None:
    about["closing"] = None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (cast_late, "after the close"),
        (restore_nothing, "does not go by the rules"),
        (count_early, "before the close"),
        (name_no_close, "before the close"),
    ],
)
def test_result_of_another_close_is_refused(
    change: Callable[..., None], says: str, two_dumps: tuple[Path, Path]
) -> None:
    _older, newer = two_dumps
    about = json.loads((newer / "round.json").read_text())
    change(newer, about)
    write_json(newer / "round.json", about)
    sign_again(newer)
    assert says in fault(newer)


def move_close(folder: Path, about: dict[str, Any]) -> None:
    """Lots are drawn anew by a later head."""
    about["closing"] = seal_leaf(folder, about, b"\x07" * 32)
    count_here(about, lines_of(folder), about["size"])


def be_silent(_folder: Path, about: dict[str, Any]) -> None:
    about["result"] = None


@pytest.mark.parametrize(
    ("change", "says"), [(move_close, "another close"), (be_silent, "silent about a result")]
)
def test_close_and_stated_results_stay(
    change: Callable[..., None], says: str, two_dumps: tuple[Path, Path], tmp_path: Path
) -> None:
    _older, newer = two_dumps
    changed = shutil.copytree(newer, tmp_path / "changed")
    about = json.loads((changed / "round.json").read_text())
    change(changed, about)
    write_json(changed / "round.json", about)
    sign_again(changed)
    assert fault(changed) == "", "no single dump can show that"
    with pytest.raises(WRONG, match=says):
        VERIFY.compare(newer, changed, say=str)


def test_sums_stated_anew_by_a_few_are_no_silence(tmp_path: Path, db: None) -> None:
    """The first statement's sums are taken out then, not the statement."""
    round_ = make_round("approval", open_record=False, hidden=True)
    events = make_events(round_, 30)
    close(round_)
    older = dump_to(round_, tmp_path / "older")
    for event in events[:4]:
        append_event(round_, bytes(event.voter), 2, 1, "annul")
    seal_votes()
    state_result(round_=round_, reason="checked")
    newer = dump_to(round_, tmp_path / "newer")
    VERIFY.compare(older, newer, say=str)
    size = json.loads((older / "round.json").read_text())["size"]
    assert Dump.of(round_, size) is None, "beside the newer one it tells how four voted"


@pytest.mark.parametrize(
    ("method", "ballot"),
    [
        ("approval", [4]),
        ("approval", [1, 1]),
        ("approval", [1, 2, 3]),
        ("approval", [[1, 50]]),
        ("score", [[1, 6]]),
        ("score", [[1, 0]]),
    ],
)
def test_ballot_against_the_rules_is_refused(method: str, ballot: list[Any]) -> None:
    VERIFY.check_ballot(forged_rules("greedy"), [[1, 50]])
    with pytest.raises(WRONG):
        VERIFY.check_ballot(forged_rules(method), ballot)


def test_programs_run_apart_from_everything_else(two_dumps: tuple[Path, Path]) -> None:
    command = [sys.executable, "-I", str(two_dumps[1] / "verify.py"), str(two_dumps[1])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# What somebody could change who does not run the site: anything, but sign it they cannot.


def flip(folder: Path, chance: random.Random) -> None:
    path = chance.choice(sorted(folder.iterdir()))
    data = bytearray(path.read_bytes())
    place = chance.randrange(len(data))
    data[place] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


# What whoever runs the site could change and sign again, as long as others keep the last head.


def change_record(folder: Path, chance: random.Random) -> None:
    lines = lines_of(folder)
    place = chance.randrange(len(lines))
    record = json.loads(lines[place])
    field = chance.choice(sorted(set(record) - {"leaf"}))
    value = record[field]
    if isinstance(value, int):
        record[field] = value + 1
    elif isinstance(value, str):
        record[field] = value[:-1] + ("0" if value[-1:] != "0" else "1")
    else:
        record[field] = [1, 2, 3] if value != [1, 2, 3] else [1]
    lines[place] = canonical(record) + b"\n"
    keep_lines(folder, lines)


def remove_record(folder: Path, chance: random.Random) -> None:
    lines = lines_of(folder)
    del lines[chance.randrange(len(lines))]
    keep_lines(folder, lines)


def add_record(folder: Path, chance: random.Random) -> None:
    lines = lines_of(folder)
    record = json.loads(chance.choice(lines))
    record |= {"voter": chance.randbytes(16).hex(), "gen": 1, "kind": 1, "reason": "cast"}
    record["leaf"] = chance.randrange(len(lines) * 2)
    lines.insert(chance.randrange(len(lines) + 1), canonical(record) + b"\n")
    keep_lines(folder, lines)


def double_record(folder: Path, chance: random.Random) -> None:
    lines = lines_of(folder)
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    keep_lines(folder, lines)


def reorder_records(folder: Path, chance: random.Random) -> None:
    lines = lines_of(folder)
    first, second = chance.sample(range(len(lines)), 2)
    lines[first], lines[second] = lines[second], lines[first]
    keep_lines(folder, lines)


def flip_leaf(folder: Path, chance: random.Random) -> None:
    data = bytearray((folder / "leaves.bin").read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    (folder / "leaves.bin").write_bytes(data)


def cut_leaves(folder: Path, chance: random.Random) -> None:
    data = (folder / "leaves.bin").read_bytes()
    place = 32 * chance.randrange(len(data) // 32)
    (folder / "leaves.bin").write_bytes(data[:place] + data[place + 32 :])


def forge_head(folder: Path, chance: random.Random) -> None:
    notes = json.loads((folder / "heads.json").read_text())
    place = chance.randrange(len(notes))
    letters = list(notes[place])
    spot = chance.randrange(len(letters))
    letters[spot] = chr(ord(letters[spot]) ^ 1)
    notes[place] = "".join(letters)
    write_json(folder / "heads.json", notes)


def change_result(folder: Path, chance: random.Random) -> None:
    about = json.loads((folder / "round.json").read_text())
    tally = about["result"]["tally"]
    what = chance.choice(["winners", "ballots", "blank", "line", "size"])
    if what == "winners":
        tally["winners"] = tally["winners"][1:] or [1, 2]
    elif what == "line":
        line = chance.choice(tally["lines"])
        line["total"] = int(line["total"]) + chance.choice([-1, 1])
    elif what == "size":
        tally["size"] = chance.randrange(about["size"] // 2)
    else:
        tally[what] += 1
    write_json(folder / "round.json", about)


def change_rules(folder: Path, chance: random.Random) -> None:
    about = json.loads((folder / "round.json").read_text())
    name = chance.choice(["seats", "threshold", "score_max"])
    about["rules"][name] += 1
    write_json(folder / "round.json", about)


SIGNED = [
    change_record,
    remove_record,
    add_record,
    double_record,
    reorder_records,
    flip_leaf,
    cut_leaves,
    forge_head,
    change_result,
    change_rules,
]


def tampered(sound: Path, folder: Path, seed: int) -> str:
    """What verify.py says of a copy in which one thing was changed."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sound, folder)
    change: Callable[[Path, random.Random], None]
    if seed % 3 == 0:
        flip(folder, chance)
    else:
        change = SIGNED[seed % len(SIGNED)]
        change(folder, chance)
        sign_again(folder)
    return fault(folder)


def undetected(two: tuple[Path, Path], scratch: Path, seeds: range) -> list[int]:
    _older, newer = two
    return [seed for seed in seeds if not tampered(newer, scratch, seed)]


def test_tampering_is_found(two_dumps: tuple[Path, Path], tmp_path: Path) -> None:
    assert fault(two_dumps[1]) == ""
    assert undetected(two_dumps, tmp_path / "copy", range(60)) == []


def test_spare_bit_in_a_signature_is_found(two_dumps: tuple[Path, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(two_dumps[1], tmp_path / "copy")
    raw = bytearray((folder / "manifest.txt").read_bytes())
    raw[raw.rindex(b"=") - 1] += 1
    (folder / "manifest.txt").write_bytes(raw)
    assert "is not how its bytes are written" in fault(folder)


@pytest.mark.slow
def test_a_thousand_tamperings_are_found(
    two_dumps: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = undetected(two_dumps, tmp_path / "copy", range(1000))
    with capsys.disabled():
        sys.stdout.write(f"\n{1000 - len(missed)} of 1000 tamperings found\n")
    assert missed == []


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
@settings(max_examples=25)
def test_ed25519_of_the_dump_agrees_with_the_library(seed: bytes, text: bytes, bit: int) -> None:
    signer = Signer("x", seed)
    signature = signer._key.sign(text)
    assert HAS_SIGNED(signer.verifier.public, text, signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not HAS_SIGNED(signer.verifier.public, text, bytes(changed))


def rules_of(method: str, draw: Any) -> dict[str, Any]:
    costs = draw(st.lists(st.integers(0, 900), min_size=1, max_size=6))
    options = [{"number": n, "cost_minor": cost} for n, cost in enumerate(costs, start=1)]
    return {
        "method": method,
        "options": options,
        "limit": None,
        "seats": draw(st.integers(0 if method in ("approval", "score") else 1, 4)),
        "threshold": draw(st.integers(0, 3)),
        "score_max": 5,
        "step_minor": 10,
        "comparison": draw(st.booleans()),
        "budget_minor": draw(st.integers(1, 2000)),
    }


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_count_of_the_dump_agrees_with_the_site(data: st.DataObject) -> None:
    rules = rules_of(data.draw(st.sampled_from(METHODS)), data.draw)
    numbers = [option["number"] for option in rules["options"]]
    if rules["method"] == "score":
        items: Any = st.tuples(st.sampled_from(numbers), st.integers(1, 5)).map(list)
        one = st.lists(items, unique_by=lambda pair: pair[0])
    else:
        one = st.lists(st.sampled_from(numbers), unique=True)
    ballots = data.draw(st.lists(one, max_size=14))
    seed = data.draw(st.sampled_from([None, b"\x07" * 32]))
    ours = count(rules, option_costs(rules), ballots, seed=seed)
    theirs = TALLY(rules, ballots, seed.hex() if seed else "")
    assert theirs["winners"] == list(ours.winners)
    assert theirs["totals"] == {line.number: line.total for line in ours.lines}
    assert (theirs["ballots"], theirs["blank"]) == (ours.ballots, ours.blank)
