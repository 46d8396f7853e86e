"""Checks a round's dump and counts it again, with Python 3.9 and nothing else. Licence: CC0.

    python3 verify.py FOLDER        every file, hash, head, signature, rule, and the result
    python3 verify.py OLDER NEWER   besides: nothing of OLDER was removed or changed in NEWER

No program can see whether the heads in `heads.json` are those that you, a newspaper or a neighbour
kept, and the key in `keys.txt` the one you know: compare them. Exit status 0: all is well.
"""

import gzip
import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # python3 -I leaves it out
from verify_heads import Wrong, check_close, check_files, check_heads, read_keys
from verify_tally import tally

LAST = ("cast", "change", "withdraw")  # never after the close
REASONS = {1: ("cast", "release", "restore"), -1: ("withdraw", "change", "hold", "annul", "erase")}


def records(folder):
    """Each record, the number of its leaf and its hash, from the lines of the file."""
    with gzip.open(folder / "records.jsonl.gz", "rb") as lines:
        for line in lines:
            record = json.loads(line)
            raw = line[:-1].replace(b'"leaf":%d,' % record["leaf"], b"", 1)
            yield record, record["leaf"], hashlib.sha256(b"\0" + raw).digest()


def check_records(folder, about, leaves, size):
    """Each record is a leaf, no voter has two votes; returns the ballots that stand at `size`."""
    rows, standing, before, least = {}, {}, -1, about["rules"]["level"]
    end = about["closing"]["size"] if about["closing"] else about["size"]
    for record, leaf, found in records(folder):
        voter, gen, kind = record["voter"], record["gen"], record["kind"]
        if leaf <= before or found != leaves[32 * leaf : 32 * leaf + 32]:
            raise Wrong(f"a record is not leaf {leaf}, or it stands twice")
        fits = record["reason"] in (REASONS[kind] if gen > 1 else ("cast",))
        if record["rules"] != about["rules_hash"] or not fits:
            raise Wrong(f"leaf {leaf} does not go by the rules of this round")
        if record["reason"] == "cast" and record["level"] < least:
            raise Wrong(f"leaf {leaf} is of somebody who may not vote in this round")
        if leaf >= end and record["reason"] in LAST:
            raise Wrong(f"leaf {leaf} is a vote from after the close")
        seen, before = rows.get(voter, 0), leaf
        if gen < 1 or seen >> gen & 1 or kind != (1 if gen % 2 else -1):
            raise Wrong(f"voter {voter} has two standing votes")
        rows[voter] = seen | 1 << gen
        if leaf < size and gen > standing.get(voter, (0,))[0]:
            standing[voter] = gen, kind, record["choice"]
    if any(seen & (seen + 2) for seen in rows.values()):
        raise Wrong("a record of a voter is missing")
    if about["records"] != sum(bin(seen).count("1") for seen in rows.values()):
        raise Wrong("there are more or fewer records than round.json says")
    return [choice for _gen, kind, choice in standing.values() if kind == 1]


def check_ballot(rules, ballot):
    """The rules allow this ballot."""
    method = rules["method"]
    if method == "support":
        return
    pairs = [item for item in ballot if isinstance(item, list)]
    numbers = [item[0] if isinstance(item, list) else item for item in ballot]
    fits = not pairs or method in ("score", "greedy")  # an imported budget may have points too
    if method == "score":
        fits = all(1 <= points <= rules["score_max"] for _number, points in ballot)
    known = {option["number"] for option in rules["options"]}
    twice = len(set(numbers)) < len(numbers)
    if not fits or set(numbers) - known or twice or len(numbers) > (rules["limit"] or len(known)):
        raise Wrong(f"a ballot that the rules do not allow: {ballot}")


def check_result(about, ballots):
    """The tally from the ballots is the one that the site states."""
    stated, closing = about["result"]["tally"], about["closing"]
    for ballot in ballots:
        check_ballot(about["rules"], ballot)
    found = tally(about["rules"], ballots, closing["root"] if closing else "")
    totals = {line["number"]: Fraction(line["total"]) for line in stated["lines"]}
    said = {key: stated[key] for key in ("winners", "ballots", "blank")} | {"totals": totals}
    if found != said:
        raise Wrong(f"counted again it is {found}\nand round.json says {said}")
    waiting = about["result"].get("waiting", 0)
    if about["result"].get("figure", found["ballots"]) != found["ballots"] + waiting:
        raise Wrong("the figure on the site is not the sum of the sealed and the waiting votes")
    return f"winners {found['winners']}, {found['ballots']} ballots, {found['blank']} blank"


def verify(folder, say=print):
    """Check all of one dump; raises Wrong."""
    about = json.loads((folder / "round.json").read_bytes())
    keys = read_keys((folder / "keys.txt").read_bytes().decode())
    check_files(folder, about, keys)
    say("files: as signed")
    text = json.dumps(about["rules"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(text.encode()).hexdigest() != about["rules_hash"]:
        raise Wrong("the rules are not those that the votes name")
    if about["rules"]["round"] != about["round"]:
        raise Wrong("the rules are those of another round")
    leaves = (folder / "leaves.bin").read_bytes()
    heads = check_heads(leaves, json.loads((folder / "heads.json").read_bytes()), keys)
    check_close(about, heads)
    result = about["result"]
    say(f"{len(heads)} heads over {len(leaves) // 32} leaves: signed, and each continues the last")
    size = result["tally"]["size"] if result else about["size"]
    ballots = check_records(folder, about, leaves, size)
    say(f"{about['records']} records: all are leaves, nobody has two votes")
    if result and (about["records"] or not about["voters"]):
        so_far = "" if about["closed_at"] else ", so far"
        say("result: counted again, the same: " + check_result(about, ballots) + so_far)
    else:
        why = about["left_out"][1:] or ["there is none yet"]
        say("result: not counted again: " + why[0])
    return about, leaves


def compare(older, newer, say=print):
    """Nothing of an older dump was removed or changed; raises Wrong."""
    (about, leaves), (later, more) = verify(older, say), verify(newer, say)
    same = about["round"] == later["round"] and about["rules_hash"] == later["rules_hash"]
    if not same or more[: len(leaves)] != leaves:
        raise Wrong("the newer dump is of another round, or of another ledger")
    if about["records"]:
        kept = [found for _record, leaf, found in records(newer) if 32 * leaf < len(leaves)]
        if kept != [found for _record, _leaf, found in records(older)]:
            raise Wrong("records of the older dump are not in the newer one")
    if about["closing"] not in (None, later["closing"]):
        raise Wrong("the newer dump names another close")
    told = [later["result"], *later["result"].get("earlier", [])] if later["result"] else []
    told = {row.get("stated_at"): row.get("tally") for row in told}  # sums of few have no tally
    stated = (about["result"] or {}).get("stated_at")
    if stated and told.get(stated, "nothing") not in (None, about["result"]["tally"]):
        raise Wrong("the newer dump is silent about a result that was stated")
    say("the newer dump continues the older one")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        (verify if len(sys.argv) == 2 else compare)(*map(Path, sys.argv[1:]))
    except FileNotFoundError as missing:
        sys.exit(f"WRONG: there is no file {missing.filename}")
    except Exception as wrong:  # whatever cannot be read is not as it has to be
        sys.exit(f"WRONG: {wrong}" if isinstance(wrong, Wrong) else f"WRONG: {wrong!r}")
