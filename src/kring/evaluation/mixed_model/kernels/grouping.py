"""Rows into sums per person, persons into visit patterns, patterns into a team's cells."""

import numpy as np

from kring.evaluation.jit import kernel


@kernel
def add_rows(z, M, person, out):
    m = M.shape[1]
    for i in range(M.shape[0]):
        row = out[person[i]]
        for k in range(len(z)):
            factor = M[i, z[k]]
            for c in range(m):
                row[k, c] += factor * M[i, c]


@kernel
def patterns(z, rows):
    """Number the distinct Gram matrices among persons that have rows; -1 for a person without.

    Open addressing on the bits of the Gram's elements. Returns (pattern of each person, first person of each).
    """
    n = rows.shape[0]
    size = 16
    while size < 2 * n:
        size *= 2
    slots = np.full(size, -1)
    pattern = np.full(n, -1)
    first = np.empty(n, np.int64)
    found = 0
    for i in range(n):
        if rows[i, 0, z[0]] == 0.0:
            continue
        h = _hash(z, rows, i) % size
        while slots[h] >= 0 and not _same_gram(z, rows, i, first[slots[h]]):
            h = (h + 1) % size
        if slots[h] < 0:
            slots[h] = found
            first[found] = i
            found += 1
        pattern[i] = slots[h]
    return pattern, first[:found].copy()


@kernel
def _hash(z, rows, i):
    h = 0.0
    for a in range(len(z)):
        for b in range(a, len(z)):
            h = h * 0.6180339887498949 + rows[i, a, z[b]]
    h = abs(h) * 0.6180339887498949
    return int((h - np.floor(h)) * 2147483648.0)


@kernel
def _same_gram(z, rows, i, j):
    for a in range(len(z)):
        for b in range(a, len(z)):
            if rows[i, a, z[b]] != rows[j, a, z[b]]:
                return False
    return True


@kernel
def cells(rows, team, pattern, order, n_teams, n_patterns):
    """Sum persons into (team, pattern) cells, and their outer products into patterns."""
    n, q, m = rows.shape
    slot = np.full(n_patterns, -1)
    cell_start = np.zeros(n_teams + 1, np.int64)
    cell_pattern = np.empty(n, np.int64)
    cell_persons = np.zeros(n, np.int64)
    used = 0
    current = -1
    cell_of = np.full(n, -1)
    for o in range(n):  # first the numbering, so that the sums need no more room than there are cells
        i = order[o]
        while current < team[i]:
            current += 1
            cell_start[current] = used
        v = pattern[i]
        if v < 0:
            continue
        if slot[v] < cell_start[current]:
            slot[v] = used
            cell_pattern[used] = v
            used += 1
        cell_of[i] = slot[v]
        cell_persons[slot[v]] += 1
    while current < n_teams:
        current += 1
        cell_start[current] = used
    cells = np.zeros((used, q, m))
    squares, counts = _sum_cells(rows, pattern, cell_of, order, cells, n_patterns)
    return counts, squares, cell_start, cell_pattern[:used].copy(), cells, cell_persons[:used].copy()


@kernel
def _sum_cells(rows, pattern, cell_of, order, cells, n_patterns):
    n, q, m = rows.shape
    counts = np.zeros(n_patterns)
    squares = np.zeros((n_patterns, q, m, q, m))
    block = np.zeros((n_patterns, q, m, q, m)) if n_patterns < 1024 else squares
    for o in range(n):
        i = order[o]
        v = pattern[i]
        if v >= 0:
            counts[v] += 1.0
            for a in range(q):
                for r in range(m):
                    factor = rows[i, a, r]
                    cells[cell_of[i], a, r] += factor
                    for b in range(q):
                        for c in range(m):
                            block[v, a, r, b, c] += factor * rows[i, b, c]
        if n_patterns < 1024 and (o % 8192 == 8191 or o == n - 1):
            squares += block
            block[:] = 0.0
    return squares, counts
