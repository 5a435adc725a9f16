"""Rows into sums per person, persons into visit patterns and a team's cells."""

import numpy as np

from kring.evaluation.jit import fast_kernel, inner, kernel
from kring.evaluation.mixed_model.kernels.columns import fill

FEW = 64  # up to this many patterns, sums are flushed block by block
TILE = 512  # columns of a block that stay in the nearest cache while all their products are summed


@kernel
def scatter_rows(sources, z, person, start, stop, block, gram, out):
    """Rows in any order: out[person] += z-rows of m m′, and gram += M′M; in blocks of so many rows."""
    B = np.ones((gram.shape[0], block))
    m = B.shape[0]
    for begin in range(start, stop, block):
        n = min(block, stop - begin)
        fill(sources, begin, begin + n, B)
        add_gram(B, n, gram)
        for i in range(n):
            into = out[person[begin + i]]
            for k in range(len(z)):
                factor = B[z[k], i]
                for c in range(m):
                    into[k, c] += factor * B[c, i]


@fast_kernel
def add_gram(B, n, out):
    """out += B B′ over the first n columns, upper triangle; in any order, so that it is vectorised.

    Four products at a time, so that a row is read from the cache a quarter as often.
    """
    last = B.shape[0] - 1
    for start in range(0, n, TILE):
        stop = min(start + TILE, n)
        for i in range(last + 1):
            x = B[i]
            for j in range(i, last + 1, 4):
                y0, y1, y2, y3 = B[j], B[min(j + 1, last)], B[min(j + 2, last)], B[min(j + 3, last)]
                t0 = t1 = t2 = t3 = 0.0
                for k in range(np.uintp(start), np.uintp(stop)):  # unsigned: no look at negative places
                    t0 += x[k] * y0[k]
                    t1 += x[k] * y1[k]
                    t2 += x[k] * y2[k]
                    t3 += x[k] * y3[k]
                for c, total in enumerate((t0, t1, t2, t3)):
                    if j + c <= last:
                        out[i, j + c] += total


@inner
def mark_runs(person, team, start, stop, first, run_team):
    """Where each person's rows begin (`first`, closed by their number) and the person's team; returns the persons.

    −1 where persons or teams do not ascend, or a person is in two teams: then the rows are not sorted. Without
    branches, which would be guessed wrong at the end of many a person.
    """
    p, t = person[start:stop], team[start:stop]
    run = unsorted = 0
    first[0] = 0
    for i in range(1, len(p)):
        first[run + 1] = i
        run += p[i] != p[i - 1]
    for i in range(1, len(p)):
        unsorted += (p[i] < p[i - 1]) | (t[i] < t[i - 1]) | ((p[i] == p[i - 1]) & (t[i] != t[i - 1]))
    if unsorted > 0:
        return -1
    run += 1
    first[run] = len(p)
    for r in range(run):
        run_team[r] = t[first[r]]
    return run


@inner
def sum_runs(X, first, runs, out):
    """out (≥ rows of X, ≥ runs): Σ of X over each run of columns; five rows at a time, kept in registers."""
    last = X.shape[0] - 1
    for c in range(0, X.shape[0], 5):
        c1, c2, c3, c4 = min(c + 1, last), min(c + 2, last), min(c + 3, last), min(c + 4, last)
        x0, x1, x2, x3, x4 = X[c], X[c1], X[c2], X[c3], X[c4]
        for r in range(runs):
            t0 = t1 = t2 = t3 = t4 = 0.0
            for i in range(np.uintp(first[r]), np.uintp(first[r + 1])):  # unsigned: no look at negative places
                t0 += x0[i]
                t1 += x1[i]
                t2 += x2[i]
                t3 += x3[i]
                t4 += x4[i]
            out[c, r], out[c1, r], out[c2, r], out[c3, r], out[c4, r] = t0, t1, t2, t3, t4


@kernel
def add_persons(z, rows, team, slots, grams, counts, squares, place, cell_team, cell_pattern,
                cell_persons, cells, found):  # fmt: skip
    """Add persons (teams ascending) to patterns and cells; found = [patterns, cells] so far.

    rows (d, ≥ persons) holds one person a column, d = q·m; cells (·, d) and squares (·, d, d; upper triangle) are
    flat too. slots: open addressing on the Gram's elements, −1 where free; place[v]: the last cell of pattern v.
    A person without rows is skipped.
    """
    pattern, cell = np.empty(len(team), np.int64), np.empty(len(team), np.int64)
    _find_patterns(z, rows, slots, grams, counts, squares, place, found, pattern)
    for o in range(len(team)):
        v = pattern[o]
        if v >= 0:
            at = place[v]
            if at < 0 or cell_team[at] != team[o]:
                at = place[v] = found[1]
                found[1] += 1
                cell_team[at], cell_pattern[at], cell_persons[at] = team[o], v, 0
                for c in range(rows.shape[0]):
                    cells[at, c] = 0.0
            cell[o] = at
    if found[0] > FEW:
        _add_one_by_one(rows, pattern, cell, counts, squares, cell_persons, cells)
    else:
        _add_by_pattern(rows, pattern, cell, counts, squares[: found[0]], cell_persons, cells)


@inner
def _find_patterns(z, rows, slots, grams, counts, squares, place, found, pattern):
    """pattern[o]: the number of the Gram matrix of person o, new ones added; −1 without rows."""
    q, m = len(z), rows.shape[0] // len(z)
    last = len(slots) - 1  # a power of two, less one
    for o in range(len(pattern)):
        n = h = rows[z[0], o]
        if n == 0.0:
            pattern[o] = -1
            continue
        for a in range(q):
            for b in range(max(a, 1), q):
                h = h * 31.0 + rows[a * m + z[b], o]
        s = np.int64(abs(h) * 64.0) & last
        while True:
            v = slots[s]
            if v < 0:
                v = slots[s] = _new_pattern(z, rows, o, grams, counts, squares, place, found)
                break
            same = grams[v, 0, 0] == n
            for a in range(q):
                for b in range(max(a, 1), q):
                    same = same and grams[v, a, b] == rows[a * m + z[b], o]
            if same:
                break
            s = (s + 1) & last
        pattern[o] = v


@inner
def _new_pattern(z, rows, o, grams, counts, squares, place, found):
    m = rows.shape[0] // len(z)
    v = found[0]
    found[0] += 1
    counts[v], place[v] = 0.0, -1
    for r in range(squares.shape[1]):
        for c in range(squares.shape[2]):
            squares[v, r, c] = 0.0
    for a in range(len(z)):
        for b in range(len(z)):
            grams[v, a, b] = rows[a * m + z[b], o]
    return v


@inner
def _add_one_by_one(rows, pattern, cell, counts, squares, cell_persons, cells):
    d = rows.shape[0]
    person = np.empty(d)
    for o in range(len(pattern)):
        v, at = pattern[o], cell[o]
        if v >= 0:
            counts[v] += 1.0
            cell_persons[at] += 1
            for r in range(d):
                person[r] = rows[r, o]
            for r in range(d):
                cells[at, r] += person[r]
                for c in range(r, d):
                    squares[v, r, c] += person[r] * person[c]


@inner
def _add_by_pattern(rows, pattern, cell, counts, squares, cell_persons, cells):
    """The same where patterns are few: the persons of one pattern side by side, so that sums are vectorised."""
    persons, d = len(pattern), rows.shape[0]
    chosen, first, cell_of = np.empty(persons, np.int64), np.empty(persons + 1, np.int64), np.empty(persons, np.int64)
    block, sums = np.empty((d, persons)), np.empty((d, persons))
    for v in range(len(squares)):
        n = runs = 0
        for o in range(persons):
            chosen[n] = o
            n += pattern[o] == v
        for r in range(d):
            row, into = rows[r], block[r]
            for k in range(n):
                into[k] = row[chosen[k]]
        counts[v] += n
        add_gram(block, n, squares[v])
        for k in range(n):  # teams ascend, so that the persons of one cell are neighbours
            if k == 0 or cell[chosen[k]] != cell_of[runs - 1]:
                first[runs], cell_of[runs] = k, cell[chosen[k]]
                runs += 1
        first[runs] = n
        sum_runs(block, first, runs, sums)
        for k in range(runs):
            at = cell_of[k]
            cell_persons[at] += first[k + 1] - first[k]
            for r in range(d):
                cells[at, r] += sums[r, k]


@kernel
def add_sorted(sources, z, person, team, cuts, gram, state):
    """Rows in order of team and person, cut into blocks of whole persons: add them to gram, patterns and cells.

    False where they are unsorted. One call for all blocks, so that threads never wait for the interpreter. `state` are
    add_persons' last arrays.
    """
    m, longest, added, room = gram.shape[0], 0, 0, len(state[-2])
    for b in range(len(cuts) - 1):
        longest = max(longest, cuts[b + 1] - cuts[b])
    B, rows = np.ones((m, longest)), np.empty((len(z) * m, longest))
    weighted = np.empty((m, longest if len(z) > 1 else 0))  # the first random effect is the constant 1
    first, run_team = np.empty(longest + 1, np.int64), np.empty(longest, np.int64)
    products = np.zeros((m, m))  # this thread's own: `gram` may share a line of the cache with another thread's
    for b in range(len(cuts) - 1):
        start, stop = cuts[b], cuts[b + 1]
        if b > 0 and (person[start - 1] >= person[start] or team[start - 1] > team[start]):
            return False
        runs = mark_runs(person, team, start, stop, first, run_team)
        added += runs
        if runs < 0 or added > room:  # sorted rows have as many persons as their codes leave room for
            return False
        fill(sources, start, stop, B)
        add_gram(B, stop - start, products)
        sum_runs(B, first, runs, rows)
        for k in range(1, len(z)):
            for c in range(m):
                for i in range(stop - start):
                    weighted[c, i] = B[z[k], i] * B[c, i]
            sum_runs(weighted, first, runs, rows[k * m :])
        add_persons(z, rows, run_team[:runs], *state)
    for r in range(m):
        for c in range(m):
            gram[r, c] += products[r, c]
    return True
