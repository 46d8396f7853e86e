"""Signed heads of a tree of hashes, Ed25519 in plain Python 3.9; independent of the site. CC0."""

import hashlib
from base64 import b64decode, b64encode

FILES = {"round.json", "records.jsonl.gz", "leaves.bin", "heads.json", "keys.txt"}


class Wrong(Exception):
    """Something in the dump is not as it has to be; the sentence says what."""


# RFC 8032: a point is (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def added(p, q):
    """The sum of two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point(data):
    """The point that 32 bytes stand for."""
    number = int.from_bytes(data, "little")
    y, odd = number & (1 << 255) - 1, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or y >= P or (not x and odd):
        raise Wrong("a key is no point of the curve")
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def has_signed(key, text, signature):
    """Whether the signature over the text is the key's: S times BASE minus k times key is R."""
    minus = tuple((-n if place in (0, 3) else n) % P for place, n in enumerate(point(key)))
    table = [None, BASE, minus, added(BASE, minus)]
    s = int.from_bytes(signature[32:], "little")
    digest = hashlib.sha512(signature[:32] + key + text).digest()
    k, total = int.from_bytes(digest, "little") % ORDER, (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        total = added(total, total)
        which = (s >> bit & 1) + 2 * (k >> bit & 1)
        total = added(total, table[which]) if which else total
    x, y = (n * pow(total[2], -1, P) % P for n in total[:2])
    return s < ORDER and (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def decoded(text):
    """The bytes that base64 stands for; in one spelling only, for it has bits to spare."""
    raw = b64decode(text, validate=True)
    if b64encode(raw).decode() != text:
        raise Wrong(f"{text} is not how its bytes are written")
    return raw


def read_keys(text):
    """Public keys by name and id; each line is name+id+key (https://c2sp.org/signed-note)."""
    keys = {}
    for line in text.splitlines():
        name, key_id, encoded = line.split("+", 2)
        raw = decoded(encoded)
        digest = hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()
        if len(raw) != 33 or raw[0] != 1 or key_id != digest[:8]:
            raise Wrong(f"{line} in keys.txt is no key")
        keys[name, bytes.fromhex(key_id)] = raw[1:]
    return keys


def opened(note, keys):
    """The lines of a note that one of the keys has signed."""
    text, _gap, line = note.rpartition("\n\n— ")
    name, signature = line.split(" ")
    raw = decoded(signature[:-1])
    key = keys.get((name, raw[:4]))
    whole = key and len(raw) == 68 and signature[-1:] == "\n"
    if not whole or not has_signed(key, (text + "\n").encode(), raw[4:]):
        raise Wrong(f"this is not signed by a key of keys.txt:\n{note}")
    return text.split("\n")


def check_files(folder, about, keys):
    """Each file is the one that the site signed for."""
    lines = opened((folder / "manifest.txt").read_bytes().decode(), keys)
    sums = dict(line.split("  ")[::-1] for line in lines[2:])
    if FILES - set(sums) or lines[1] != f"dump of {about['round']}":
        raise Wrong("manifest.txt is of another dump")
    for name, digest in sums.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise Wrong(f"{name} is not what manifest.txt was signed for")


def check_heads(leaves, notes, keys):
    """Every head is signed, and its root is that of the first leaves (RFC 6962)."""
    heads = [opened(note, keys) for note in notes]
    wanted = {int(size): decoded(root) for _origin, size, root in heads}
    in_order = list(wanted) == sorted(wanted) and len(wanted) == len(heads)
    if not in_order or 32 * max(wanted) != len(leaves):
        raise Wrong("the heads are not in order, or the last one is of another size")
    peaks = []  # roots of whole subtrees so far, the largest first
    for size in range(len(leaves) // 32 + 1):
        if size in wanted:
            root = peaks[-1] if peaks else hashlib.sha256().digest()
            for peak in peaks[-2::-1]:
                root = hashlib.sha256(b"\1" + peak + root).digest()
            if root != wanted[size]:
                raise Wrong(f"the head of {size} records does not fit the leaves")
        peaks.append(leaves[32 * size : 32 * size + 32])
        for _ in range((~size & (size + 1)).bit_length() - 1):
            right = peaks.pop()
            peaks[-1] = hashlib.sha256(b"\1" + peaks[-1] + right).digest()
    return wanted


def check_close(about, heads):
    """The close is one of the heads, and the result was counted at it or later."""
    closing, counted = about["closing"], about["result"]
    if closing and heads.get(closing["size"], b"").hex() != closing["root"]:
        raise Wrong("the head that draws the lots is not among the heads")
    if about["rules"]["method"] == "support" or not about["closed_at"] or not counted:
        return
    if not closing or counted["tally"]["size"] < closing["size"]:
        raise Wrong("the result was counted before the close")
