#!/usr/bin/env python3
"""What a user would run instead of Assay: one piece of work of bench_models, in numpy, scipy or torch.

    peer_models.py FOLDER DATA WORK

reads FOLDER/DATA.{shape,offsets,columns}, which bench_models writes, and prints "CPU-seconds wall-seconds peak-bytes": the
fastest of up to three, and the peak beyond what was held when the work began. A library that is missing is said in one line.
OMP_NUM_THREADS and OPENBLAS_NUM_THREADS are the caller's business.
"""
import resource
import sys
import time

K, REG = 100, 300


def need(*names):
    """The modules, or the end: nothing is measured without them."""
    try:
        return [__import__(name, fromlist=["_"]) for name in names]
    except ImportError as error:
        sys.exit(f"no {error.name}")


(np,) = need("numpy")


def load(folder, data):
    with open(f"{folder}/{data}.shape") as file:
        rows, columns, size = map(int, file.read().split())
    offsets = np.fromfile(f"{folder}/{data}.offsets", np.int64)
    items = np.fromfile(f"{folder}/{data}.columns", np.int32)
    assert len(items) == size and len(offsets) == rows + 1
    return rows, columns, offsets, items


def sparse(x):
    (sp,) = need("scipy.sparse")
    rows, columns, offsets, items = x
    return sp.csr_matrix((np.ones(len(items), np.float32), items, offsets), shape=(rows, columns))


def dense(x, dtype=np.float32):
    rows, columns, offsets, items = x
    out = np.zeros((rows, columns), dtype)
    out[np.repeat(np.arange(rows), np.diff(offsets)), items] = 1
    return out


def transposed(x):
    rows, columns, offsets, items = x
    users = np.repeat(np.arange(rows, dtype=np.int32), np.diff(offsets))
    order = np.argsort(items, kind="stable")
    ends = np.concatenate([[0], np.cumsum(np.bincount(items, minlength=columns))])
    return columns, rows, ends, users[order]


def measured(work, enough=4):
    """Prints the fastest of up to three."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass
    held = status("VmRSS")
    best, whole = None, time.process_time()
    for _ in range(3):
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        took = (time.process_time() - cpu, time.perf_counter() - wall)
        best = min(best, took) if best else took
        if time.process_time() - whole > enough:
            break
    print(*best, max(0, status("VmHWM") - held))


def status(field):
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(field):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def sgemm(_):
    a = np.full((4096, 4096), 0.5, np.float32)
    measured(lambda: a @ a)


def ials(x, d):
    """One epoch: a system of d equations for each item, then for each user (Hu, Koren, Volinsky 2008)."""
    random = np.random.default_rng(1)
    by_item = transposed(x)
    users = (random.standard_normal((x[0], d)) * 0.1).astype(np.float32)
    items = (random.standard_normal((x[1], d)) * 0.1).astype(np.float32)

    def solve(rows, fixed, out):
        gram = 0.1 * (fixed.T @ fixed)
        for row in range(rows[0]):
            own = fixed[rows[3][rows[2][row]:rows[2][row + 1]]]
            a = gram + own.T @ own
            a[np.diag_indices(d)] += 0.003 * (len(own) + 0.1 * rows[1])
            out[row] = np.linalg.solve(a, own.sum(axis=0))

    def epoch():
        solve(by_item, users, items)
        solve(x, items, users)

    measured(epoch)


def gram_with_penalty(x):
    g = dense(x).T @ dense(x)
    g[np.diag_indices_from(g)] += REG
    return g


def ease(x):
    def fit():
        p = np.linalg.inv(gram_with_penalty(x).astype(np.float64))
        b = p / -np.diag(p)
        np.fill_diagonal(b, 0)

    measured(fit)


def potri(x):
    """The factorization alone, by scipy's potrf and potri; numpy has only inv."""
    g = gram_with_penalty(x)
    try:
        from scipy.linalg import lapack
    except ImportError:
        return measured(lambda: np.linalg.inv(g))
    return measured(lambda: lapack.spotri(lapack.spotrf(g, lower=1)[0], lower=1))


def row_top(s, k):
    best = np.argpartition(-s, k, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(s, best, 1), axis=1, kind="stable")
    return np.take_along_axis(best, order, 1)


def neighbours(x, weigh):
    """Similarities in sparse rows with scipy, of dense blocks without it; the K best of each."""
    try:
        s = sparse(x)
        product = lambda first, last: np.asarray((s[:, first:last].T @ s).todense())
    except SystemExit:
        s = dense(x)
        product = lambda first, last: s[:, first:last].T @ s
    norms = np.bincount(x[3], minlength=x[1]).astype(np.float32)

    def fit():
        for first in range(0, x[1], 512):
            row_top(weigh(product(first, min(first + 512, x[1])), norms[first:first + 512], norms), K)

    measured(fit)


def item_knn(x):
    neighbours(x, lambda s, own, norms: s / np.sqrt(np.maximum(own[:, None] * norms, 1)))


def rp3beta(x):
    neighbours(x, lambda s, own, norms: s / np.maximum(own[:, None] * norms ** 0.6, 1))


def pure_svd(x):
    (linalg,) = need("scipy.sparse.linalg")
    s = sparse(x).astype(np.float64)
    measured(lambda: linalg.svds(s, k=50))


def slim(x):
    (linear,) = need("sklearn.linear_model")
    s = sparse(x).tocsc()
    model = linear.ElasticNet(alpha=101 / x[0], l1_ratio=1 / 101, positive=True, fit_intercept=False, tol=1e-4)

    def fit():
        for item in range(x[1]):
            own = s[:, item].toarray().ravel()
            kept = s.data[s.indptr[item]:s.indptr[item + 1]].copy()
            s.data[s.indptr[item]:s.indptr[item + 1]] = 0
            model.fit(s, own)
            s.data[s.indptr[item]:s.indptr[item + 1]] = kept

    measured(fit)


def bpr(x, d=64):
    (torch,) = need("torch")
    users, items = torch.nn.Embedding(x[0], d, sparse=True), torch.nn.Embedding(x[1], d, sparse=True)
    step = torch.optim.SGD([*users.parameters(), *items.parameters()], lr=0.05)
    owner = torch.from_numpy(np.repeat(np.arange(x[0]), np.diff(x[2])))
    taken = torch.from_numpy(x[3].astype(np.int64))

    def epoch(batch=4096):
        order = torch.randint(len(taken), (len(taken),))
        for part in order.split(batch):
            u, i, j = users(owner[part]), items(taken[part]), items(torch.randint(x[1], (len(part),)))
            loss = -torch.nn.functional.logsigmoid((u * (i - j)).sum(1)).sum()
            step.zero_grad()
            loss.backward()
            step.step()

    measured(epoch)


def rank(x, d=64):
    """Scores of all items by d factors, known ones taken out, the top 20; torch where it is, it is faster."""
    random = np.random.default_rng(1)
    users, items = (random.standard_normal((n, d)).astype(np.float32) for n in x[:2])
    try:
        import torch
        w, best = torch.from_numpy(items.T.copy()), lambda s: torch.topk(s, 20, dim=1)
        score = lambda part: torch.from_numpy(part) @ w
    except ImportError:
        w, best, score = items.T.copy(), lambda s: row_top(s, 20), lambda part: part @ w

    def all_users():
        for first in range(0, x[0], 256):
            last = min(first + 256, x[0])
            s = score(users[first:last])
            rows = np.repeat(np.arange(last - first), np.diff(x[2][first:last + 1]))
            s[rows, x[3][x[2][first]:x[2][last]].astype(np.int64)] = -np.inf
            best(s)

    measured(all_users)


def rank_ease(x):
    w = np.random.default_rng(1).standard_normal((x[1], x[1])).astype(np.float32)
    s = dense(x)

    def all_users():
        for first in range(0, x[0], 512):
            scores = s[first:first + 512] @ w
            scores[s[first:first + 512] > 0] = -np.inf
            row_top(scores, 20)

    measured(all_users)


WORKS = {"sgemm": sgemm, "ials64": lambda x: ials(x, 64), "ials128": lambda x: ials(x, 128),
         "ials256": lambda x: ials(x, 256), "item_knn": item_knn, "rp3beta": rp3beta, "potri": potri, "ease": ease,
         "bpr": bpr, "slim": slim, "pure_svd": pure_svd, "rank": rank, "rank_ease": rank_ease}

if len(sys.argv) != 4 or sys.argv[3] not in WORKS:
    sys.exit(f"usage: peer_models.py FOLDER DATA {'|'.join(WORKS)}")
WORKS[sys.argv[3]](load(*sys.argv[1:3]) if sys.argv[2] else None)
