"""Fingerprints and random splits after docs/design/data.md, independent of Assay's code. Needs Python 3 only.

Prints the constants of tests/unit/data/content_test.cpp and split_test.cpp: python3 tests/reference/data_peer.py
"""

import hashlib
import math
import struct

MASK = 2**64 - 1


def pack(kind, values):
    return struct.pack("<%d%s" % (len(values), kind), *values)


def id_bytes(ids):
    if all(isinstance(x, int) for x in ids):
        return b"n" + pack("q", [len(ids)]) + pack("q", ids)
    texts = [x.encode() for x in ids]
    offsets = [sum(map(len, texts[:i])) for i in range(len(texts) + 1)]
    return b"t" + pack("q", [len(ids)]) + pack("q", offsets) + b"".join(texts)


def fingerprint(rows, times=True, parts=False):
    """rows: (user, item, value, time, part)"""
    users, items = sorted({r[0] for r in rows}), sorted({r[1] for r in rows})
    rows = sorted(rows, key=lambda r: (r[0], r[1], r[3], r[2], r[4]))
    offsets = [sum(users.index(r[0]) < u for r in rows) for u in range(len(users) + 1)]
    data = b"assay interactions 1\n" + id_bytes(users) + id_bytes(items)
    data += pack("q", [len(rows)]) + pack("q", offsets)
    data += pack("i", [items.index(r[1]) for r in rows]) + pack("f", [r[2] for r in rows])
    data += b"+" + pack("q", [r[3] for r in rows]) if times else b"-"
    data += b"+" + bytes(r[4] for r in rows) if parts else b"-"
    return hashlib.sha256(data + b"-").hexdigest()


def philox(key, block):
    """Philox4x32-10: Salmon et al., SC 2011."""
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    c = [block & 0xFFFFFFFF, block >> 32, 0, 0]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k0, p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k1, p0 & 0xFFFFFFFF]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c[1] << 32 | c[0], c[3] << 32 | c[2]


class Random:
    def __init__(self, purpose, seed, position=0):
        digest = hashlib.sha256(f"assay split {purpose} {seed}".encode()).digest()
        self.key, self.position = int.from_bytes(digest[:8], "little"), position

    def below(self, bound):
        """Lemire, TOMACS 2019."""
        while True:
            product = philox(self.key, self.position >> 1)[self.position & 1] * bound
            self.position += 1
            if product & MASK >= (2**64 - bound) % bound:
                return product >> 64


def rounded(n, share):
    return math.floor(n * share + 0.5)


def by_user(lengths, test, validation, seed):
    out = []
    for user, n in enumerate(lengths):
        tests = min(rounded(n, test), n - 1)
        held = tests + min(rounded(n, validation), n - 1 - tests)
        places, random, parts = list(range(n)), Random("user", seed, user << 32), ["1"] * n
        for i in range(held):
            j = i + random.below(n - i)
            places[i], places[j] = places[j], places[i]
            parts[places[i]] = "3" if i < tests else "2"
        out.append("".join(parts))
    return " ".join(out)


def over_all(n, test, validation, seed):
    tests, validations, random, out = rounded(n, test), rounded(n, validation), Random("all", seed), ""
    for i in range(n):
        drawn = random.below(n - i)
        part = "3" if drawn < tests else "2" if drawn < tests + validations else "1"
        tests, validations, out = tests - (part == "3"), validations - (part == "2"), out + part
    return out


numbers = [(1, 10, 4.0, 5000, 0), (1, 9, 2.5, 4000, 0), (1, 9, 3.0, 4000, 0), (-2, 10, 1.0, 6000, 0), (30, 100, 5.0, -1, 0)]
texts = [("u1", "i10", 4.0, 5000, 1), ("u1", "i9", 2.5, 4000, 3), ("u1", "i9", 3.0, 4000, 1), ("u2", "i10", 1.0, 6000, 1)]
print("numbers", fingerprint(numbers))
print("without times", fingerprint(numbers, times=False))
print("texts and parts", fingerprint(texts, parts=True))
print("by user", by_user([10, 3, 1, 7], 0.3, 0.2, 42))
print("over all", over_all(21, 0.3, 0.2, 42))
