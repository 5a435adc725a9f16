"""The likelihood of a nested mixed model and its derivatives, from group sums alone.

Model: y = Xβ + Σ_level Z u + e, rows in persons in teams in institutions (any of these may be missing),
u ~ N(0, σ²Ψ_level), e ~ N(0, σ²). With V = I + Σ ZΨZ′ (relative to σ²) this module computes

    L = log|V|   and   S = M′V⁻¹M,   M = (X, y),

with all first and second derivatives in the elements of Ψ. Nothing here is ever as long as the rows.

How: a group whose accumulated Gram matrix is Q loses its random effect by
    Q ← Q − Y′KY,  log|V| += log|I + GΨ|,   Y = Q[z, :],  G = Q[z, z],  K = Ψ(I + GΨ)⁻¹
(Woodbury, once per level), and its parent only ever needs Σ(I + GΨ)⁻¹Y. Derivatives travel along as
second-order Taylor coefficients, called *jets*: index 0 is the value, 1..P the first derivatives,
then the P(P+1)/2 second ones. With one random intercept per level this is the closed form with
g = 1/(1+λk), w = kg, τ = λ/(1+λW); the source of the formulas is docs/evaluation.md.

`zs` (the random-effect columns within M) is a tuple, so that the compiler knows its length.
"""

import numpy as np
from numba.extending import overload

from kring.evaluation.jit import inner, kernel
from kring.evaluation.mixed_model.kernels.intercepts import evaluate_intercepts


@inner
def n_jets(n_params):
    """Length of a second-order jet in n_params parameters."""
    return 1 + n_params + n_params * (n_params + 1) // 2


@kernel
def pair(a, b, n_params):
    """Position of the second derivative in parameters a <= b."""
    return 1 + n_params + a * n_params - (a * (a - 1)) // 2 + (b - a)


# Loops instead of array expressions here and elsewhere: they run alike and compile ten times faster.
@inner
def _clear(A):
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            for k in range(A.shape[2]):
                A[i, j, k] = 0.0


@inner
def _add_to(total, A):
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            for k in range(A.shape[2]):
                total[i, j, k] += A[i, j, k]


@inner
def _add_product(zs, left, i, right, j, out, k, sign):
    """out[k] += sign · left[i] @ right[j]; left is q×q, right q×anything."""
    for z in range(len(zs)):
        for y in range(len(zs)):
            factor = sign * left[i, z, y]
            for c in range(right.shape[2]):
                out[k, z, c] += factor * right[j, y, c]


@inner
def _trace_product(zs, left, i, right, j):
    total = 0.0
    for z in range(len(zs)):
        for y in range(len(zs)):
            total += left[i, z, y] * right[j, y, z]
    return total


@inner
def _invert_into(zs, source, out):
    """out[0] = (I + source[0])⁻¹ for q = 1 or 2; returns log|I + source[0]|."""
    if len(zs) == 1:
        det = 1.0 + source[0, 0, 0]
        out[0, 0, 0] = 1.0 / det
        return np.log(det)
    a, b = 1.0 + source[0, 0, 0], source[0, 0, 1]
    c, d = source[0, 1, 0], 1.0 + source[0, 1, 1]
    det = a * d - b * c
    out[0, 0, 0], out[0, 0, 1] = d / det, -b / det
    out[0, 1, 0], out[0, 1, 1] = -c / det, a / det
    return np.log(det)


@inner
def resolve(zs, G, psi, level, E, lo, hi, weight, L, B, T, K, work):
    """Jets of T = (I+GΨ)⁻¹ and K = ΨT; adds weight · log|I+GΨ| to L.

    G carries derivatives in parameters below `lo` (deeper levels); lo..hi-1 are this level's own,
    with directions E; parameters from hi on do not reach this level yet.
    """
    P = E.shape[0]
    _clear(B)
    _clear(T)
    _clear(K)
    _add_product(zs, G, 0, psi, level, B, 0, 1.0)
    L[0] += weight * _invert_into(zs, B, T)
    for a in range(hi):
        if a < lo:
            _add_product(zs, G, 1 + a, psi, level, B, 1 + a, 1.0)
        else:
            _add_product(zs, G, 0, E, a, B, 1 + a, 1.0)
        _clear(work)
        _add_product(zs, T, 0, B, 1 + a, work, a, -1.0)  # −T B_a, kept for the second derivatives
        _add_product(zs, work, a, T, 0, T, 1 + a, 1.0)
        for z in range(len(zs)):
            L[1 + a] -= weight * work[a, z, z]
    _second_derivatives(zs, G, psi, level, E, lo, hi, weight, L, B, T, work)
    _add_product(zs, psi, level, T, 0, K, 0, 1.0)
    for a in range(hi):
        _add_product(zs, psi, level, T, 1 + a, K, 1 + a, 1.0)
        if a >= lo:
            _add_product(zs, E, a, T, 0, K, 1 + a, 1.0)
        for b in range(a, hi):
            ab = pair(a, b, P)
            _add_product(zs, psi, level, T, ab, K, ab, 1.0)
            if a >= lo:
                _add_product(zs, E, a, T, 1 + b, K, ab, 1.0)
            if b >= lo:
                _add_product(zs, E, b, T, 1 + a, K, ab, 1.0)


@inner
def _second_derivatives(zs, G, psi, level, E, lo, hi, weight, L, B, T, work):
    """T_ab = −T_a B_b T − T_b B_a T − T B_ab T, and log|I+GΨ|_ab = tr(T B_ab) + tr(T_a B_b)."""
    P = E.shape[0]
    for a in range(hi):
        for b in range(a, hi):
            ab = pair(a, b, P)
            if b < lo:
                _add_product(zs, G, ab, psi, level, B, ab, 1.0)
            elif a < lo:
                _add_product(zs, G, 1 + a, E, b, B, ab, 1.0)
            L[ab] += weight * (_trace_product(zs, T, 0, B, ab) + _trace_product(zs, T, 1 + a, B, 1 + b))
            _clear(work)
            _add_product(zs, T, 1 + a, B, 1 + b, work, 0, -1.0)
            _add_product(zs, T, 1 + b, B, 1 + a, work, 0, -1.0)
            _add_product(zs, T, 0, B, ab, work, 0, -1.0)
            _add_product(zs, work, 0, T, 0, T, ab, 1.0)


@inner
def _apply(used, A, i, Y, j, out, k):
    """out[k] += A[i]·Y[j], for the first `used` random effects."""
    for z in range(used):
        for y in range(used):
            factor = A[i, z, y]
            for c in range(Y.shape[2]):
                out[k, z, c] += factor * Y[j, y, c]


@inner
def jet_product(used, A, Y, lo, hi, P, out):
    """out += jets of A·Y, where A depends on parameters below hi and Y on those below lo."""
    _apply(used, A, 0, Y, 0, out, 0)
    for a in range(hi):
        _apply(used, A, 1 + a, Y, 0, out, 1 + a)
        if a < lo:
            _apply(used, A, 0, Y, 1 + a, out, 1 + a)
        for b in range(a, hi):
            ab = pair(a, b, P)
            _apply(used, A, ab, Y, 0, out, ab)
            if a < lo:
                _apply(used, A, 1 + b, Y, 1 + a, out, ab)
            if b < lo:
                _apply(used, A, 1 + a, Y, 1 + b, out, ab)
                _apply(used, A, 0, Y, ab, out, ab)


@inner
def _used(E, lo, hi):
    """How many random effects the level with these parameters has: 1, or 2 with a slope."""
    for a in range(lo, hi):
        if E.shape[1] > 1 and E[a, 1, 1] != 0.0:
            return 2
    return 1


@inner
def _subtract_outer(used, Y, i, U, j, S, k):
    """S[k] −= Y[i]′U[j], upper triangle: the sum over all calls is symmetric, single calls need not be."""
    m = S.shape[1]
    for z in range(used):
        for r in range(m):
            factor = Y[i, z, r]
            for c in range(r, m):
                S[k, r, c] -= factor * U[j, z, c]


@inner
def _subtract_quadratic(used, Y, U, lo, hi, P, S):
    """S −= jets of Y′U, where U = KY."""
    _subtract_outer(used, Y, 0, U, 0, S, 0)
    for a in range(hi):
        _subtract_outer(used, Y, 0, U, 1 + a, S, 1 + a)
        if a < lo:
            _subtract_outer(used, Y, 1 + a, U, 0, S, 1 + a)
        for b in range(a, hi):
            ab = pair(a, b, P)
            _subtract_outer(used, Y, 0, U, ab, S, ab)
            if a < lo:
                _subtract_outer(used, Y, 1 + a, U, 1 + b, S, ab)
            if b < lo:
                _subtract_outer(used, Y, 1 + b, U, 1 + a, S, ab)
                _subtract_outer(used, Y, ab, U, 0, S, ab)


@inner
def _resolve_intercept(G, variance, lo, P, L, K):
    """`resolve` for a level with an intercept alone and none above it: scalars, and no T, which only a parent needs."""
    g = G[0, 0, 0]
    d = 1.0 / (1.0 + variance * g)
    k = variance * d
    L[0] += np.log(1.0 + variance * g)
    L[1 + lo] += g * d
    K[0, 0, 0], K[1 + lo, 0, 0] = k, d * d
    own = pair(lo, lo, P)
    L[own] -= (g * d) ** 2
    K[own, 0, 0] = -2.0 * g * d**3
    for a in range(lo):
        g_a, mixed = G[1 + a, 0, 0], pair(a, lo, P)
        L[1 + a] += k * g_a
        L[mixed] += d * d * g_a
        K[1 + a, 0, 0] = -k * k * g_a
        K[mixed, 0, 0] = -2.0 * variance * d**3 * g_a
        for b in range(a, lo):
            ab = pair(a, b, P)
            L[ab] += k * G[ab, 0, 0] - k * k * g_a * G[1 + b, 0, 0]
            K[ab, 0, 0] = 2.0 * k**3 * g_a * G[1 + b, 0, 0] - k * k * G[ab, 0, 0]


@inner
def _sweep(zs, Y, psi, level, E, lo, hi, last, L, S, G, B, T, K, U, work):
    """Remove one group's random effect: Y (jets, q×m) is the group's sum over its members; `last`: none above it."""
    P = E.shape[0]
    for t in range(Y.shape[0]):
        for z in range(len(zs)):
            for y in range(len(zs)):
                G[t, z, y] = Y[t, z, zs[y]]
    used = _used(E, lo, hi)
    if last and used == 1:
        _resolve_intercept(G, psi[level, 0, 0], lo, P, L, K)
    else:
        resolve(zs, G, psi, level, E, lo, hi, 1.0, L, B, T, K, work)
    _clear(U)
    jet_product(used, K, Y, lo, hi, P, U)
    _subtract_quadratic(used, Y, U, lo, hi, P, S)


@inner
def _sweep_patterns(zs, grams, counts, squares, psi, E, hi, L, S, B, T, K, work):
    """Remove the persons' random effects, all persons with one Gram matrix at a time."""
    m = S.shape[1]
    q = len(zs)
    G = np.zeros((1, q, q))
    for v in range(grams.shape[0]):
        for z in range(q):
            for y in range(q):
                G[0, z, y] = grams[v, z, y]
        resolve(zs, G, psi, 0, E, 0, hi, counts[v], L, B, T[v], K, work)
        for t in range(S.shape[0]):
            for z in range(q):
                for y in range(q):
                    factor = K[t, z, y]
                    if factor != 0.0:
                        for r in range(m):
                            for c in range(r, m):
                                S[t, r, c] -= factor * squares[v, z, r, y, c]


@inner
def _aside(TP):
    """Each pattern's T laid out as (column, jet and row), so that one cell's share of a team is plain long loops."""
    patterns, n, q, _ = TP.shape
    out = np.empty((patterns, q, n * q))
    for v in range(patterns):
        for t in range(n):
            for z in range(q):
                for y in range(q):
                    out[v, y, t * q + z] = TP[v, t, z, y]
    return out


@inner
def _sum_cells(zs, first, end, pattern, cells, aside, sums, team):
    """team (n, q, m) = jets of Σ T·cell over a team's cells; `sums` (m, n·q) is room to work in."""
    m, long = sums.shape
    for c in range(m):
        for t in range(long):
            sums[c, t] = 0.0
    for i in range(first, end):
        T = aside[pattern[i]]
        for c in range(m):
            for y in range(len(zs)):
                factor, row = cells[i, y, c], T[y]
                for t in range(long):
                    sums[c, t] += factor * row[t]
    for t in range(team.shape[0]):
        for z in range(len(zs)):
            for c in range(m):
                team[t, z, c] = sums[c, t * len(zs) + z]


@kernel
def evaluate_general(zs, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, E, ends):
    """Jets of L = log|V| and S = M′V⁻¹M at the relative covariances psi.

    grams (K,q,q), counts (K,), squares (K,q,m,q,m): the persons of each visit pattern, summed.
    cells (·,q,m): Σ of the persons' z-rows for each (team, pattern), teams in order of institution.
    psi (3,q,q); E (P,q,q) directions, person's first; ends (3,) = number of parameters up to each level.
    Returns L (n_jets,), S (n_jets, m, m).
    """
    q, m, P = len(zs), MtM.shape[0], E.shape[0]
    n = n_jets(P)
    L = np.zeros(n)
    S = np.zeros((n, m, m))
    for r in range(m):
        for c in range(m):
            S[0, r, c] = MtM[r, c]
    G, B, K, T = np.zeros((n, q, q)), np.zeros((n, q, q)), np.zeros((n, q, q)), np.zeros((n, q, q))
    work, U = np.zeros((max(P, 1), q, q)), np.zeros((n, q, m))
    TP = np.zeros((grams.shape[0], n, q, q))
    _sweep_patterns(zs, grams, counts, squares, psi, E, ends[0], L, S, B, TP, K, work)
    has_team, has_institution = ends[1] > ends[0], ends[2] > ends[1]
    if has_team or has_institution:
        team, institution = np.zeros((n, q, m)), np.zeros((n, q, m))
        aside, sums = _aside(TP), np.empty((m, n * q))
        for h in range(len(team_start) - 1):
            _clear(institution)
            for j in range(team_start[h], team_start[h + 1]):
                _sum_cells(zs, cell_start[j], cell_start[j + 1], cell_pattern, cells, aside, sums, team)
                if has_team:
                    _sweep(zs, team, psi, 1, E, ends[0], ends[1], not has_institution, L, S, G, B, T, K, U, work)
                    if has_institution:
                        jet_product(q, T, team, ends[0], ends[1], P, institution)
                else:
                    _add_to(institution, team)
            if has_institution:
                _sweep(zs, institution, psi, 2, E, ends[1], ends[2], True, L, S, G, B, T, K, U, work)
    for t in range(n):
        for r in range(m):
            for c in range(r):
                S[t, r, c] = S[t, c, r]
    return L, S


def evaluate(zs, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, E, ends):
    """Jets (L, S) by the closed form where there are intercepts only, else by the recursion.

    L and S summed over disjoint institutions (M'M shared out among them) are those of the whole.
    """
    sums = (grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM)
    if len(zs) == 1:
        return evaluate_intercepts(zs[0], *sums, psi, ends[2])
    return evaluate_general(zs, *sums, psi, E, ends)


@overload(evaluate, inline="always")
def _evaluate_compiled(zs, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, E, ends):
    """The same choice made while compiling, so that only the kernel in use is compiled."""
    if len(zs) == 1:

        def chosen(zs, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, E, ends):
            return evaluate_intercepts(
                zs[0], grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, ends[2]
            )
    else:

        def chosen(zs, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, E, ends):
            return evaluate_general(
                zs, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, E, ends
            )

    return chosen
