#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets: small files in every dialect, sound and broken. None is real data.

  tests/fuzz/make_corpus.py [FOLDER]     (default: tests/fuzz/corpus)

The seeds of `sections` come from `runner prepare`, those of `experiment` beside these from tests/golden/experiment.
"""
import bz2, gzip, json, lzma, pathlib, struct, sys, zlib

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "corpus")


def put(target, name, content, choice=None):
    folder = root / target
    folder.mkdir(parents=True, exist_ok=True)
    content = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes((b"" if choice is None else bytes([choice])) + content)


def text_readers():
    timed = "1,2,3.5,978300760\n1,3,4,978300761\n2,2,1,978300762\n"
    put("csv", "plain", timed, 1)
    put("csv", "header_iso", 'user,item,rating,time\r\nann,"a ""b""",3,2010-12-01 08:26:00\r\nbob,c,4,2011-01-02\r\n', 2)
    put("csv", "tab_pattern", "1\t2\t01/12/2010 08:26\n2\t3\t02/01/2011 23:59\n", 3)
    put("csv", "colons", "1::2::5\n2::3::4\n", 4)
    put("csv", "behaviour", "# kinds\nann;x;view\nbob;y;buy\n;z;view\n", 5)
    put("csv", "skipped", "title\nmore\nu,i\n1,2\n2,3\n", 6)
    put("csv", "months", "1|2|Dec 1 10 08:26:00 AM\n", 7)
    put("csv", "attributes", "1,2,3.5\n2,3,4\n", 8 | 16)
    put("csv", "given", "1,2\n2,3\n", 32)
    put("csv", "bom_skip", b"\xef\xbb\xbf1,2\nbroken\n\xff\xfe,3\n1,\x004\n", 64)
    put("csv", "quote_open", '1,2\n3,"4\n5,6\n7,8\n', 64)
    put("csv", "utf16", b"\xff\xfe1\0,\0002\0\n\0", 0)
    put("csv", "overflow", "9223372036854775808,1\n-9223372036854775808,2\n1e999,3\n", 64)
    for name, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)):
        put("csv", name, pack(timed.encode()), 1)
        put("csv", name + "_cut", pack(timed.encode())[:-9], 1)
    put("movielens", "u_data", "1\t2\t3\t881250949\n2\t3\t4\t881250950\n", 0)
    put("movielens", "ratings_dat", "1::2::3::978300760\n", 0)
    put("movielens", "ratings_csv", "userId,movieId,rating,timestamp\n1,2,3.5,978300760\n", 3)
    put("movielens", "no_time", "1::2::3\n-1::2::4\n", 64)
    put("movielens", "u_item", "1|Toy Story (1995)|01-Jan-1995||http://x|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n", 1)
    put("movielens", "movies_csv", 'movieId,title,genres\n1,"City, The (1995)",Drama|War\n2,X,(no genres listed)\n', 1)
    put("movielens", "u_user", "1|24|M|technician|85711\n", 2)
    put("movielens", "users_dat", "1::F::1::10::48067\n2::M::x::99::\n", 2 | 64)
    put("adjacency", "plain", "0 1 2 3\n1 2\n2\n", 0)
    put("adjacency", "tabs", "0\t5\n1\t6\t7\n", 1)
    put("adjacency", "texts", "ann x y\nbob  z \n", 2)
    put("adjacency", "given", "0 1 2\n1 2\n", 32)
    put("adjacency", "bad", "0 1 x\n-1 2\n1 9223372036854775808\n", 64 | 1)


class R:
    """R's serialization format (R Internals, section 1.8)."""

    word = staticmethod(lambda x: struct.pack(">I", x & 0xFFFFFFFF))

    def chars(self, text):
        return self.word(9) + self.word(len(text)) + text.encode()

    def symbol(self, name):
        return self.word(1) + self.chars(name)

    def texts(self, values):
        return self.word(16) + self.word(len(values)) + b"".join(self.chars(v) for v in values)

    def integers(self, values, flags=0):
        return self.word(13 | flags) + self.word(len(values)) + b"".join(self.word(v) for v in values)

    def reals(self, values, flags=0):
        return self.word(14 | flags) + self.word(len(values)) + b"".join(struct.pack(">d", v) for v in values)

    def pairs(self, entries):
        return b"".join(self.word(2 | 1 << 10) + self.symbol(n) + v for n, v in entries) + self.word(254)

    def frame(self, columns):
        items = self.word(19 | 1 << 9) + self.word(len(columns)) + b"".join(v for _, v in columns)
        return items + self.pairs([("names", self.texts([n for n, _ in columns]))])

    def sequence(self, n):
        cls = self.word(2) + self.symbol("compact_intseq") + self.word(2) + self.symbol("base") + self.word(2)
        return self.word(238) + cls + self.integers([13]) + self.word(254) + self.reals([n, 1, 1]) + self.word(254)

    def document(self, value, version=3):
        head = b"X\n" + self.word(version) + self.word(0x040101) + self.word(0x030500)
        return head + (self.word(5) + b"UTF-8" if version == 3 else b"") + value


def r_data():
    r = R()
    factor = r.integers([1, 2, 1], 1 << 9) + r.pairs([("levels", r.texts(["view", "buy"]))])
    date = r.reals([14944.0, 14945.0, float("nan")], 1 << 9) + r.pairs([("class", r.texts(["Date"]))])
    columns = [("user", r.integers([1, 1, 2])), ("item", r.texts(["a", "b", "a"])), ("value", r.reals([3.5, 4, 1])),
               ("time", date), ("kind", factor)]
    frame = r.frame(columns)
    put("rdata", "rds", r.document(frame), 0)
    put("rdata", "rds2_all", r.document(frame, 2), 2 | 4 | 8 | 64)
    put("rdata", "rda", b"RDX3\n" + r.document(r.pairs([("shop", frame)])), 2)
    put("rdata", "sequence", r.document(r.frame([("user", r.sequence(3)), columns[1]])), 0)
    put("rdata", "gz", gzip.compress(r.document(frame)), 0)
    content = r.document(frame)
    size = struct.pack(">I", len(content))
    raw = lzma.compress(content, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "preset": 6}])
    put("rdata", "rdb_zlib", size + zlib.compress(content), 1 | 2)
    put("rdata", "rdb_bz2", size + b"2" + bz2.compress(content), 1)
    put("rdata", "rdb_lzma", size + b"Z" + raw, 1)
    put("rdata", "rdb_none", size + b"0" + content, 1 | 64)


def experiments():
    put("experiment", "small", '{"datasets":[{"plugin":"csv","params":{"path":"far.csv"}}],"models":[{"plugin":"popularity"}]}')
    put("experiment", "whole", json.dumps({
        "name": "x", "datasets": ["tiny"], "filter": {"min_rating": 3.5, "from": "2003-02-28", "duplicates": "last"},
        "split": {"strategy": "random_holdout", "test": 0.2, "validation": 0.1, "seed": 42},
        "models": [{"plugin": "item_knn", "params": {"neighbours": 200}},
                   {"plugin": "cfgan", "params": {"mode": "user", "hidden": [1, 2]}, "label": "g"}],
        "seeds": [1, 2], "training": {"validate_every": 5, "patience": 10, "metric": "ndcg@10", "keep": "best"},
        "metrics": {"names": ["precision", "ndcg"], "cutoffs": [5, 10], "primary": "ndcg@10"}, "reference": "g",
        "backend": {"plugin": "local", "params": {"jobs": 1}}, "resources": {"threads": 1}}, indent=1))
    put("experiment", "override", '!models.cfgan.epochs=1e3\n{"datasets":["tiny"],"models":[{"plugin":"cfgan"}]}')
    put("experiment", "twice", '{"name":"a","name":"b",/* c */"models":1e999}// d')
    put("experiment", "deep", "[" * 120)
    put("experiment", "numbers", '{"seeds":[-1,1e30,9223372036854775808,0.5],"split":{"test":2},"datasets":[]}')
    put("card", "sound", '{"name":"fd","reader":{"plugin":"csv","params":{"path":"tiny.csv"}},"skip_bad_lines":true,'
                         '"licence":"CC0","citation":"none","obtain":"make it","expected":{"users":2,"items":3,'
                         '"interactions":4,"fingerprint":"ab"}}')
    put("card", "broken", '{"reader":{"plugin":"cvs","parms":{}},"expected":{"users":-1,"items":1.5}}')


def attempts():
    lines = ['{"event":"progress","phase":"fit","done":3,"total":10,"time":1}',
             '{"event":"points","epoch":2,"kind":"loss","values":{"g":0.5,"d":"nan"},"time":2}',
             '{"event":"restored","epoch":1,"time":3}']
    put("events", "all", "\n".join(lines) + "\n")
    put("events", "half", lines[1][:40])
    put("events", "large", '{"event":"points","epoch":1e300,"kind":"loss","values":{"g":1},"time":1e99}\n')
    put("events", "deep", '{"event":' + "[" * 200 + "]" * 200 + "}\n")
    environment = dict.fromkeys(["hostname", "os", "kernel", "cpu", "isa", "compiler", "assay", "onednn", "hw_key"], "x")
    manifest = {"format": 1, "attempt": "a", "run": "r", "trial_key": "t", "status": "done", "reason": "", "time": 1,
                "epochs": 2, "best_epoch": 1, "stopped_early": False, "peak_bytes": 5,
                "seconds": {"read": 0.1, "fit": 1, "fit_cpu": 1, "evaluate": 0.5, "total": 2},
                "test": {"values": [{"metric": "ndcg", "cutoff": 10, "value": 0.5}], "users": 2, "tied_places": 0,
                         "empty_lists": 0, "top_n": 1, "seconds": 0.1, "score_seconds": 0.1},
                "result_sha256": "0", "environment": environment | {"cores": 2, "memory_bytes": 9},
                "files": [], "tags": [["k", "v"]]}
    put("manifest", "done", json.dumps(manifest), 0)
    manifest["status"], manifest["test"]["values"] = "failed", []
    put("manifest", "failed", json.dumps(manifest), 0)
    model = {"label": "m", "plugin": "p", "params": {"a": [1]}, "library": "/l", "library_sha256": "s", "build_id": "b",
             "fold_in": True, "seeded": True, "any_threads": False}
    put("manifest", "attempt", json.dumps({
        "format": 1, "attempt": "a", "run": "r", "experiment": "e", "trial_key": "t", "build_key": "b", "task_key": "k",
        "dataset": "d", "task_file": "/f", "model": model, "seed": 7, "fold": 0, "threads": 1, "reproducible": True,
        "save_models": True, "continue_from": "", "metrics": {"names": ["ndcg"], "cutoffs": [10], "primary": "ndcg@10"},
        "training": {"validate_every": 1, "patience": 2, "min_delta": 0, "metric": "ndcg@10", "keep_best": True,
                     "refit": False, "profile_with_validation": False, "checkpoint_every": 1}}), 1)
    put("manifest", "model", json.dumps({
        "format": 1, "run": "r", "label": "l", "plugin": "p", "plugin_version": "1", "params": {}, "dataset": "d",
        "library": "/l", "library_sha256": "s", "task_file": "/f", "seed": None, "trained_on_validation": False,
        "profile_with_validation": False}), 2)
    state = {"phase": "fit", "epoch": 3, "best_epoch": 1, "best": 0.5, "patience_reference": "nan", "stale": 0,
             "refit_epochs": 0}
    put("manifest", "checkpoint", tensors({"__metadata__": {"assay.state": json.dumps(state)}}, b""), 3)


def tensors(header, data):
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    return struct.pack("<Q", len(text)) + text + data


def safetensors():
    entry = lambda kind, shape, begin, end: {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}
    put("safetensors", "evaluation", tensors({
        "users": entry("I32", [2], 0, 8), "metric/ndcg@10": entry("F32", [2], 8, 16),
        "top_items": entry("I32", [2, 1], 16, 24), "top_scores": entry("F32", [2, 1], 24, 32)}, bytes(32)))
    put("safetensors", "kinds", tensors({"__metadata__": {"a": "b"}, "d": entry("F64", [1], 0, 8),
                                         "u": entry("U8", [3], 8, 11), "none": entry("F32", [0, 9], 0, 0)}, bytes(11)))
    put("safetensors", "outside", tensors({"x": entry("F32", [1 << 60, 1 << 60], 0, 1 << 62)}, b""))
    put("safetensors", "long_header", struct.pack("<Q", 1 << 63) + b"{}")


text_readers(), r_data(), experiments(), attempts(), safetensors()
