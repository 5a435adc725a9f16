"""Many fits of one design: the same persons, teams and fixed effects; other outcomes, other rows missing."""

import numpy as np

from kring.evaluation.jit import inner, kernel
from kring.evaluation.mixed_model.kernels.covariance import covariances, free_parameters, in_theta, jacobian
from kring.evaluation.mixed_model.kernels.criterion import cholesky, inverse, profile
from kring.evaluation.mixed_model.kernels.grouping import add_gram, add_persons
from kring.evaluation.mixed_model.kernels.newton import minimise as _minimise

minimise = inner(_minimise)


@inner
def satterthwaite_df(L, S, theta, kinds, g, H, beta, sigma2, X, nu, row):
    """Degrees of freedom of one contrast; as `inference.Satterthwaite`, for use inside compiled loops."""
    P, p = len(theta), len(beta)
    _, Ht = in_theta(theta, kinds, g, H)
    J = jacobian(theta, kinds)
    c, u = np.zeros(p + 1), np.zeros(p)
    c[p] = 1.0
    for i in range(p):
        c[i] = -beta[i]
        for k in range(p):
            u[i] += X[i, k] * row[k]
    v = 0.0
    for i in range(p):
        v += row[i] * u[i]
    q_psi, g_psi = np.zeros(P), np.zeros(P)
    for a in range(P):
        for i in range(p + 1):
            for k in range(p + 1):
                q_psi[a] += c[i] * S[1 + a, i, k] * c[k]
                if i < p and k < p:
                    g_psi[a] -= u[i] * S[1 + a, i, k] * u[k]
    free = np.zeros(P, np.int64)
    used = 0
    for i, off in enumerate(free_parameters(theta, kinds)):
        if off:
            free[used] = i
            used += 1
    q = nu * sigma2
    A, C, gradient = np.zeros((used + 1, used + 1)), np.zeros((used + 1, used + 1)), np.zeros(used + 1)
    slope = np.zeros(used)
    for r in range(used):
        for a in range(P):
            gradient[r] += J[a, free[r]] * g_psi[a]
            slope[r] += J[a, free[r]] * q_psi[a]
    gradient[used] = v
    for r in range(used):
        for s in range(used):
            A[r, s] = Ht[free[r], free[s]] + nu * slope[r] * slope[s] / (q * q)
        A[r, used] = A[used, r] = -nu * slope[r] / q
    A[used, used] = nu
    if not cholesky(A, C):
        return np.nan
    spread = 0.0
    Ai = inverse(C)
    for r in range(used + 1):
        for s in range(used + 1):
            spread += 2.0 * gradient[r] * Ai[r, s] * gradient[s]
    return 2.0 * v * v / spread


@inner
def workspace(n_rows, n_persons, q, m):
    """Arrays that one thread reuses for all its fits; the order is that of `_sums`."""
    slots = 16
    while slots < 2 * n_persons:
        slots *= 2
    return (
        np.empty((q * m, n_persons)),
        np.empty(slots, np.int64),
        np.empty((n_persons, q, q)),
        np.empty(n_persons),
        np.empty((n_persons, q * m, q * m)),
        np.empty(n_persons, np.int64),
        np.empty(n_persons, np.int64),
        np.empty(n_persons, np.int64),
        np.empty(n_persons, np.int64),
        np.empty((n_persons, q * m)),
        np.empty((m, n_rows)),
    )


@inner
def _sums(z, places, M, keep, person_start, team, team_start, space):
    """The rows kept, as the argument of `minimise`, and their number; places: z as an array."""
    persons, slots, grams, counts, squares, place, cell_team, cell_pattern, cell_persons, cells, B = space
    q, m = len(z), M.shape[1]
    n = _sum_persons(places, M, keep, person_start, persons, B)
    for i in range(len(slots)):
        slots[i] = -1
    found = np.zeros(2, np.int64)
    add_persons(places, persons, team, slots, grams, counts, squares, place, cell_team, cell_pattern,
                cell_persons, cells, found)  # fmt: skip
    gram = np.zeros((m, m))
    add_gram(B, n, gram)
    for i in range(m):
        for j in range(i):
            gram[i, j] = gram[j, i]
    v, used = found
    for i in range(q * m):
        for j in range(i):
            for k in range(v):
                squares[k, i, j] = squares[k, j, i]
    cell_start = np.empty(team_start[-1] + 1, np.int64)
    at = 0
    for j in range(team_start[-1] + 1):
        while at < used and cell_team[at] < j:
            at += 1
        cell_start[j] = at
    return (
        z, grams[:v], counts[:v], squares[:v].reshape((v, q, m, q, m)), cell_start, cell_pattern[:used],
        cells[:used].reshape((used, q, m)), team_start, gram,
    ), n  # fmt: skip


@inner
def _sum_persons(z, M, keep, person_start, persons, B):
    """Sums per person over the rows that are kept, which also go to B, one after the other; returns their number."""
    m = M.shape[1]
    n = 0
    for i in range(len(person_start) - 1):
        for c in range(persons.shape[0]):
            persons[c, i] = 0.0
        for r in range(person_start[i], person_start[i + 1]):
            if keep[r]:
                for a in range(len(z)):
                    factor = M[r, z[a]]
                    for c in range(m):
                        persons[a * m + c, i] += factor * M[r, c]
                for c in range(m):
                    B[c, n] = M[r, c]
                n += 1
    return n


@inner
def _slope_scale(grams, counts):
    """The mean square of the slope's column (1 where there is none)."""
    squares, rows = 0.0, 0.0
    for v in range(len(counts)):
        squares += counts[v] * grams[v, -1, -1]
        rows += counts[v] * grams[v, 0, 0]
    return squares / rows


@inner
def _report(L, S, theta, f, converged, kinds, p, n, reml, rows_of_interest, out):
    """out: per contrast (estimate, se, df), then σ², −2l, converged."""
    P, k = len(theta), rows_of_interest.shape[0]
    if not np.isfinite(f):
        for i in range(len(out)):
            out[i] = np.nan
        return
    _, g, H, _, beta, sigma2, X = profile(L, S, n, p, reml, P)
    nu = n - p if reml else n
    for r in range(k):
        row = rows_of_interest[r]
        estimate, v2 = 0.0, 0.0
        for i in range(p):
            estimate += row[i] * beta[i]
            for j in range(p):
                v2 += row[i] * X[i, j] * row[j]
        out[3 * r] = estimate
        out[3 * r + 1] = np.sqrt(sigma2 * v2)
        out[3 * r + 2] = satterthwaite_df(L, S, theta, kinds, g, H, beta, sigma2, X, nu, row)
    out[3 * k] = sigma2
    out[3 * k + 1] = f
    out[3 * k + 2] = 1.0 if converged else 0.0


@kernel
def fit_outcomes(z, M, outcomes, person_start, team, team_start, kinds, theta0, p, reml, rows_of_interest, results):
    """One fit per row of outcomes (R, n), where nan marks a missing value; results as in `_report`, then Ψ (3,q,q).

    M (n, m) with room for the outcome in column p, persons in order of team.
    """
    R, n = outcomes.shape
    M = M.copy()
    keep = np.empty(n, np.bool_)
    space = workspace(n, len(person_start) - 1, len(z), M.shape[1])
    places = np.empty(len(z), np.int64)
    for a in range(len(z)):
        places[a] = z[a]
    for r in range(R):
        for i in range(n):
            keep[i] = outcomes[r, i] == outcomes[r, i]
            M[i, p] = outcomes[r, i] if keep[i] else 0.0
        sums, used = _sums(z, places, M, keep, person_start, team, team_start, space)
        theta, ended, f, _, converged, L, S = minimise(
            sums, theta0, kinds, p, used, reml, _slope_scale(sums[1], sums[2]), 100
        )
        _report(L, S, theta, f, converged, ended, p, used, reml, rows_of_interest, results[r])
        psi = covariances(theta, ended, len(z))
        at = len(results[r]) - 3 * len(z) ** 2
        for level in range(3):
            for a in range(len(z)):
                for b in range(len(z)):
                    results[r, at] = psi[level, a, b]
                    at += 1
