#!/usr/bin/env python3
"""What a user would run instead: EASE and ItemKNN in numpy and scipy on MovieLens 1M, CPU seconds of the process.

Needs python3-numpy, python3-scipy, and ml-1m/ratings_no_timestamp.dat.gz in a folder of $ASSAY_DATA. The same work as
bench_models: fit on all interactions, then rank the top 20 of every user with four fifths of them known.
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 tests/benchmark/peer_models.py
"""
import gzip
import os
import time

import numpy as np
import scipy.linalg
import scipy.sparse as sp


def load():
    for folder in os.environ.get("ASSAY_DATA", "").split(":"):
        path = os.path.join(folder, "ml-1m", "ratings_no_timestamp.dat.gz")
        if os.path.exists(path):
            with gzip.open(path, "rt") as file:
                pairs = np.array([line.split("::")[:2] for line in file], dtype=np.int64)
            users, items = (np.unique(pairs[:, c], return_inverse=True)[1] for c in (0, 1))
            return sp.csr_matrix((np.ones(len(users), np.float32), (users, items)))
    raise SystemExit("ml-1m is in no folder of $ASSAY_DATA")


def measured(name, work):
    best, result = float("inf"), None
    for _ in range(3):
        start = time.process_time()
        result = work()
        best = min(best, time.process_time() - start)
    print(f"{name:34} {best:7.3f} s")
    return result


def ease(x, invert):
    g = (x.T @ x).toarray()
    g[np.diag_indices_from(g)] += 300
    p = invert(g)
    b = p / -np.diag(p)
    np.fill_diagonal(b, 0)
    return b


def cholesky_inverse(g):
    factor, _ = scipy.linalg.lapack.spotrf(g, lower=1)
    inverse, _ = scipy.linalg.lapack.spotri(factor, lower=1)
    return np.tril(inverse) + np.tril(inverse, -1).T


def item_knn(x, k):
    norms = np.sqrt(np.asarray(x.multiply(x).sum(axis=0)).ravel())
    s = (x.T @ x).tocsr()
    s.setdiag(0)
    rows = []
    for i in range(s.shape[0]):
        row = s.getrow(i)
        sims = row.data / (norms[row.indices] * max(norms[i], 1e-9))
        keep = np.argsort(-sims, kind="stable")[:k]
        rows.append(sp.csr_matrix((sims[keep], row.indices[keep], [0, len(keep)]), shape=(1, s.shape[1])))
    return sp.vstack(rows).T.tocsr()


def rank(x, w, k=20):
    top = []
    for first in range(0, x.shape[0], 512):
        part = x[first:first + 512]
        scores = part @ w
        scores = scores.toarray() if sp.issparse(scores) else np.asarray(scores)
        scores[part.nonzero()] = -np.inf
        best = np.argpartition(-scores, k, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable")
        top.append(np.take_along_axis(best, order, 1))
    return np.vstack(top)


x = load()
train = x.copy()
train.data = (np.random.default_rng(2).random(x.nnz) < 0.8).astype(np.float32)
train.eliminate_zeros()
print(f"{x.shape[0]} users, {x.shape[1]} items, {x.nnz} interactions")
weights = measured("fit EASE, numpy.linalg.inv float64", lambda: ease(x.astype(np.float64), np.linalg.inv))
measured("fit EASE, spotrf + spotri", lambda: ease(x, cholesky_inverse))
neighbours = measured("fit ItemKNN, top 100", lambda: item_knn(x, 100))
measured("rank EASE", lambda: rank(train, weights.astype(np.float32)))
measured("rank ItemKNN", lambda: rank(train, neighbours))
