"""Rows into sums per person, persons into visit patterns and a team's cells."""

import numpy as np

from kring.evaluation.jit import fast_kernel, kernel

FEW = 64  # up to this many patterns, squares are flushed block by block


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


@kernel
def sum_runs(z, B, person, team, rows, run_team):
    """The same for rows sorted by person: one run of equal codes after the other; returns the number of runs.

    −1 where persons or teams do not ascend, or a person is in two teams: then the rows are not sorted.
    """
    m = B.shape[0]
    run = -1
    for i in range(len(person)):
        if i == 0 or person[i] != person[i - 1]:
            if i > 0 and (person[i] < person[i - 1] or team[i] < team[i - 1]):
                return -1
            run += 1
            for k in range(len(z)):
                for c in range(m):
                    rows[run, k, c] = 0.0
            run_team[run] = team[i]
        elif team[i] != team[i - 1]:
            return -1
        for k in range(len(z)):
            factor = B[z[k], i]
            for c in range(m):
                rows[run, k, c] += factor * B[c, i]
    return run + 1


@kernel
def add_persons(z, rows, order, team, slots, grams, counts, squares, place, cell_team, cell_pattern,
                cell_persons, cells, found):  # fmt: skip
    """Add persons (in `order`, teams ascending) to patterns and cells; found = [patterns, cells] so far.

    slots: open addressing on the Gram's elements, −1 where free; place[v]: the last cell of pattern v.
    rows (N, d), cells (·, d) and squares (·, d, d) are flat, d = q·m. A person without rows is skipped.
    """
    n, d = len(order), rows.shape[1]
    pattern = np.empty(n, np.int64)
    _find_patterns(z, rows, order, slots, grams, counts, squares, place, found, pattern)
    for o in range(n):
        v = pattern[o]
        if v < 0:
            continue
        cell = place[v]
        if cell < 0 or cell_team[cell] != team[o]:
            cell = found[1]
            found[1] += 1
            place[v] = cell
            cell_team[cell] = team[o]
            cell_pattern[cell] = v
            cell_persons[cell] = 0
            for c in range(d):
                cells[cell, c] = 0.0
        cell_persons[cell] += 1
        counts[v] += 1.0
        for c in range(d):
            cells[cell, c] += rows[order[o], c]
    if found[0] > FEW:
        _add_squares(rows, order, pattern, squares)
        return
    block = np.zeros((found[0], d, d))
    _add_squares(rows, order, pattern, block)
    for v in range(found[0]):
        for r in range(d):
            for c in range(d):
                squares[v, r, c] += block[v, r, c]


@kernel
def _add_squares(rows, order, pattern, out):
    d = rows.shape[1]
    for o in range(len(order)):
        i, v = order[o], pattern[o]
        if v >= 0:
            for r in range(d):
                factor = rows[i, r]
                for c in range(d):
                    out[v, r, c] += factor * rows[i, c]


@kernel
def _find_patterns(z, rows, order, slots, grams, counts, squares, place, found, pattern):
    """pattern[o]: the number of the Gram matrix of person order[o], new ones added; −1 without rows.

    One loop, not a function per person: handing over ten arrays costs more than the search.
    """
    q, m = len(z), rows.shape[1] // len(z)
    last = len(slots) - 1  # a power of two, less one
    for o in range(len(order)):
        i = order[o]
        pattern[o] = -1
        if rows[i, z[0]] == 0.0:
            continue
        h = 0.0
        for a in range(q):
            for b in range(a, q):
                h = h * 31.0 + rows[i, a * m + z[b]]
        s = np.int64(abs(h) * 64.0) & last
        while slots[s] >= 0 and pattern[o] < 0:
            same = True
            for a in range(q):
                for b in range(a, q):
                    if grams[slots[s], a, b] != rows[i, a * m + z[b]]:
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
                    grams[v, a, b] = rows[i, a * m + z[b]]
