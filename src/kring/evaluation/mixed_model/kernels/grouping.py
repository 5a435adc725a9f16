"""Rows into sums per person, persons into visit patterns and a team's cells."""

import numpy as np

from kring.evaluation.jit import fast_kernel, inner, kernel

FEW = 64  # up to this many patterns, sums are flushed block by block


@kernel
def add_rows(z, B, person, out):
    """out[person] += z-rows of m m′; B (m, ≥ rows) holds one column of the model in each row;
    it comes whole, not as a slice, so that the compiler knows its layout."""
    m = B.shape[0]
    for i in range(len(person)):
        for k in range(len(z)):
            factor = B[z[k], i]
            for c in range(m):
                out[person[i], k, c] += factor * B[c, i]


@fast_kernel
def add_gram(B, n, out):
    """out += B B′ over the first n columns, upper triangle; in any order, so that it is vectorised."""
    m = B.shape[0]
    for i in range(m):
        for j in range(i, m):
            total = 0.0
            for k in range(n):
                total += B[i, k] * B[j, k]
            out[i, j] += total


@inner
def mark_runs(person, team, first, run_team):
    """Where each person's rows begin (`first`, closed by their number) and the person's team; returns the persons.

    −1 where persons or teams do not ascend, or a person is in two teams: then the rows are not sorted.
    """
    run = 0
    for i in range(len(person)):
        if i == 0 or person[i] != person[i - 1]:
            if i > 0 and (person[i] < person[i - 1] or team[i] < team[i - 1]):
                return -1
            first[run] = i
            run_team[run] = team[i]
            run += 1
        elif team[i] != team[i - 1]:
            return -1
    first[run] = len(person)
    return run


@inner
def sum_runs(z, B, first, runs, out):
    """out (q·m, ≥ runs): Σ of z-rows of m m′ over each run of columns of B; four at a time, which stay in registers."""
    m = B.shape[0]
    for k in range(len(z)):
        weight = B[z[k]]
        for c in range(0, m - 3, 4):
            x0, x1, x2, x3 = B[c], B[c + 1], B[c + 2], B[c + 3]
            for r in range(runs):
                t0 = t1 = t2 = t3 = 0.0
                for i in range(first[r], first[r + 1]):
                    w = weight[i]
                    t0 += w * x0[i]
                    t1 += w * x1[i]
                    t2 += w * x2[i]
                    t3 += w * x3[i]
                at = k * m + c
                out[at, r], out[at + 1, r], out[at + 2, r], out[at + 3, r] = t0, t1, t2, t3
        for c in range(m - m % 4, m):
            x0 = B[c]
            for r in range(runs):
                t0 = 0.0
                for i in range(first[r], first[r + 1]):
                    t0 += weight[i] * x0[i]
                out[k * m + c, r] = t0


@kernel
def add_persons(z, rows, team, slots, grams, counts, squares, place, cell_team, cell_pattern,
                cell_persons, cells, found):  # fmt: skip
    """Add persons (teams ascending) to patterns and cells; found = [patterns, cells] so far.

    rows (d, ≥ persons) holds one person a column, d = q·m; cells (·, d) and squares (·, d, d; upper triangle) are
    flat too. slots: open addressing on the Gram's elements, −1 where free; place[v]: the last cell of pattern v.
    A person without rows is skipped.
    """
    n, d = len(team), rows.shape[0]
    pattern, cell = np.empty(n, np.int64), np.empty(n, np.int64)
    _find_patterns(z, rows, slots, grams, counts, squares, place, found, pattern)
    for o in range(n):
        v = pattern[o]
        if v < 0:
            continue
        at = place[v]
        if at < 0 or cell_team[at] != team[o]:
            at = found[1]
            found[1] += 1
            place[v] = at
            cell_team[at] = team[o]
            cell_pattern[at] = v
            cell_persons[at] = 0
            for c in range(d):
                cells[at, c] = 0.0
        cell[o] = at
        cell_persons[at] += 1
        counts[v] += 1.0
    if found[0] > FEW:
        _add_one_by_one(rows, pattern, cell, squares, cells)
    else:
        _add_by_pattern(rows, pattern, cell, squares[: found[0]], cells)


@kernel
def add_sorted(z, B, person, team, gram, first, run_team, rows, state):
    """Rows in order of team and person, whole persons only: add them to gram, patterns and cells; False where unsorted.

    One call a block of rows, so that threads hand over the interpreter seldom. `state` are add_persons' last arrays.
    """
    runs = mark_runs(person, team, first, run_team)
    if runs < 0:
        return False
    add_gram(B, len(person), gram)
    sum_runs(z, B, first, runs, rows)
    add_persons(z, rows, run_team[:runs], *state)
    return True


@inner
def _add_one_by_one(rows, pattern, cell, squares, cells):
    d = rows.shape[0]
    person = np.empty(d)
    for o in range(len(pattern)):
        v, at = pattern[o], cell[o]
        if v >= 0:
            for r in range(d):
                person[r] = rows[r, o]
            for r in range(d):
                cells[at, r] += person[r]
                for c in range(r, d):
                    squares[v, r, c] += person[r] * person[c]


@inner
def _add_by_pattern(rows, pattern, cell, squares, cells):
    """The same where patterns are few: the persons of one pattern side by side, so that sums are vectorised."""
    chosen, cell_of = np.empty(len(pattern), np.int64), np.empty(len(pattern), np.int64)
    block = np.empty((rows.shape[0], len(pattern)))
    for v in range(len(squares)):
        n = 0
        for o in range(len(pattern)):
            chosen[n] = o
            n += pattern[o] == v
        for k in range(n):
            cell_of[k] = cell[chosen[k]]
        for r in range(rows.shape[0]):
            row, into = rows[r], block[r]
            for k in range(n):
                into[k] = row[chosen[k]]
        add_gram(block, n, squares[v])
        _add_runs(block, n, cell_of, cells)


@fast_kernel
def _add_runs(block, n, cell_of, cells):
    """Add the first n columns to their cells, those of one cell together: teams ascend, so that they are neighbours."""
    start = 0
    while start < n:
        at, end = cell_of[start], start + 1
        while end < n and cell_of[end] == at:
            end += 1
        for r in range(block.shape[0]):
            total = 0.0
            for k in range(start, end):
                total += block[r, k]
            cells[at, r] += total
        start = end


@inner
def _find_patterns(z, rows, slots, grams, counts, squares, place, found, pattern):
    """pattern[o]: the number of the Gram matrix of person o, new ones added; −1 without rows.

    One loop, not a function per person: handing over ten arrays costs more than the search.
    """
    q, m = len(z), rows.shape[0] // len(z)
    last = len(slots) - 1  # a power of two, less one
    for o in range(len(pattern)):
        pattern[o] = -1
        n = h = rows[z[0], o]
        if n == 0.0:
            continue
        if q > 1:  # one random effect is the usual case: then n is the whole Gram
            for a in range(q):
                for b in range(a, q):
                    h = h * 31.0 + rows[a * m + z[b], o]
        s = np.int64(abs(h) * 64.0) & last
        while slots[s] >= 0 and pattern[o] < 0:
            same = grams[slots[s], 0, 0] == n
            if same and q > 1:
                for a in range(q):
                    for b in range(a, q):
                        if grams[slots[s], a, b] != rows[a * m + z[b], o]:
                            same = False
            if same:
                pattern[o] = slots[s]
            else:
                s = (s + 1) & last
        if pattern[o] < 0:
            v = found[0]
            found[0] += 1
            pattern[o] = slots[s] = v
            counts[v] = 0.0
            place[v] = -1
            for r in range(squares.shape[1]):
                for c in range(squares.shape[2]):
                    squares[v, r, c] = 0.0
            for a in range(q):
                for b in range(q):
                    grams[v, a, b] = rows[a * m + z[b], o]
