"""The likelihood of random intercepts only, in closed form; `likelihood` says what L, S and the arrays are.

Notation of docs/evaluation.md: persons g = 1/(1+λk), w = kg; a team's W = ΣNw, r = ΣgR, δ = 1/(1+λW), τ = λδ;
an institution repeats the team's step with W = ΣWδ, r = Σδr. Suffixes c, t, h mark derivatives in the relative
variance of persons (clients), teams and institutions (houses). The general recursion gives the same numbers, ten
times slower.
"""

import numpy as np

from kring.evaluation.jit import inner, kernel


@inner
def _add_persons(grams, counts, squares, lc, L, S, cc):
    """S: (m, m, jets), so that one entry's jets lie together; cc is the place of the second derivative."""
    m = S.shape[0]
    for v in range(grams.shape[0]):
        k, N = grams[v, 0, 0], counts[v]
        g = 1.0 / (1.0 + lc * k)
        w = k * g
        L[0] += N * np.log(1.0 + lc * k)
        L[1] += N * w
        L[cc] -= N * w * w
        a, b, c = lc * g, g * g, 2.0 * k * g * g * g
        for i in range(m):
            for j in range(i, m):
                x = squares[v, 0, i, 0, j]
                S[i, j, 0] -= a * x
                S[i, j, 1] -= b * x
                S[i, j, cc] += c * x


@inner
def _sum_team(cell_start, cell_pattern, cells, weights, j, r):
    """r (3, m): the team's Σ gR and its first two derivatives in λc."""
    m = r.shape[1]
    for c in range(m):
        r[0, c] = r[1, c] = r[2, c] = 0.0
    for i in range(cell_start[j], cell_start[j + 1]):
        v = cell_pattern[i]
        g, g1, g2 = weights[v, 0], weights[v, 1], weights[v, 2]
        for c in range(m):
            x = cells[i, 0, c]
            r[0, c] += g * x
            r[1, c] += g1 * x
            r[2, c] += g2 * x


@inner
def _sweep_team(r, W, W1, W2, lt, L, S, cc, ct, tt):
    """Remove one team's random intercept; returns δ."""
    m = r.shape[1]
    d = 1.0 / (1.0 + lt * W)
    tau = lt * d
    tc, t_t = -tau * tau * W1, d * d
    tcc = 2.0 * tau**3 * W1 * W1 - tau * tau * W2
    tct, ttt = -2.0 * d**3 * lt * W1, -2.0 * W * d**3
    L[0] += np.log(1.0 + lt * W)
    L[1] += tau * W1
    L[2] += d * W
    L[cc] += tau * W2 - (tau * W1) ** 2
    L[ct] += d * d * W1
    L[tt] -= (d * W) ** 2
    for i in range(m):
        x, x1, x2 = r[0, i], r[1, i], r[2, i]
        for j in range(i, m):
            y, y1, y2 = r[0, j], r[1, j], r[2, j]
            q0, q1, q2 = x * y, x1 * y + x * y1, x2 * y + 2.0 * x1 * y1 + x * y2
            S[i, j, 0] -= tau * q0
            S[i, j, 1] -= tc * q0 + tau * q1
            S[i, j, 2] -= t_t * q0
            S[i, j, cc] -= tcc * q0 + 2.0 * tc * q1 + tau * q2
            S[i, j, ct] -= tct * q0 + t_t * q1
            S[i, j, tt] -= ttt * q0
    return d


@inner
def _pass_up(r, W, W1, W2, lt, d, up):
    """Add δr and its derivatives in (λc, λt) to the institution's sums: up (6, m) holds 0, c, t, cc, ct, tt."""
    dc, dt = -lt * d * d * W1, -W * d * d
    dcc = 2.0 * lt * lt * d**3 * W1 * W1 - lt * d * d * W2
    dct, dtt = -W1 * d * d + 2.0 * W * lt * W1 * d**3, 2.0 * W * W * d**3
    for i in range(r.shape[1]):
        x, x1, x2 = r[0, i], r[1, i], r[2, i]
        up[0, i] += d * x
        up[1, i] += dc * x + d * x1
        up[2, i] += dt * x
        up[3, i] += dcc * x + 2.0 * dc * x1 + d * x2
        up[4, i] += dct * x + dt * x1
        up[5, i] += dtt * x


@inner
def _sweep_institution(r, z, lh, L, S):
    """Remove one institution's random intercept; r as in `_pass_up`, jets in the order of P = 3."""
    m = r.shape[1]
    V = r[0, z]
    e = 1.0 / (1.0 + lh * V)
    k = lh * e
    kh, khh = e * e, -2.0 * V * e**3
    L[0] += np.log(1.0 + lh * V)
    L[3] += e * V
    L[9] -= (e * V) ** 2
    for a in range(2):
        L[1 + a] += k * r[1 + a, z]
        L[6 + 2 * a] += e * e * r[1 + a, z]  # (c,h) is 6, (t,h) is 8
    for i in range(m):
        for j in range(i, m):
            q0 = r[0, i] * r[0, j]
            S[i, j, 0] -= k * q0
            S[i, j, 3] -= kh * q0
            S[i, j, 9] -= khh * q0
            for a in range(2):
                Va = r[1 + a, z]
                qa = r[1 + a, i] * r[0, j] + r[0, i] * r[1 + a, j]
                S[i, j, 1 + a] -= -k * k * Va * q0 + k * qa
                S[i, j, 6 + 2 * a] -= -2.0 * e**3 * lh * Va * q0 + kh * qa
    _institution_curvature(r, z, k, L, S)


@inner
def _institution_curvature(r, z, k, L, S):
    m = r.shape[1]
    for a in range(2):
        for b in range(a, 2):
            ab = 4 + a + b if a == 0 else 7  # (c,c) 4, (c,t) 5, (t,t) 7
            row = 3 + a + b
            Va, Vb, Vab = r[1 + a, z], r[1 + b, z], r[row, z]
            L[ab] += k * Vab - k * k * Va * Vb
            kab = 2.0 * k**3 * Va * Vb - k * k * Vab
            for i in range(m):
                for j in range(i, m):
                    q0 = r[0, i] * r[0, j]
                    qa = r[1 + a, i] * r[0, j] + r[0, i] * r[1 + a, j]
                    qb = r[1 + b, i] * r[0, j] + r[0, i] * r[1 + b, j]
                    qab = r[row, i] * r[0, j] + r[0, i] * r[row, j]
                    qab += r[1 + a, i] * r[1 + b, j] + r[1 + b, i] * r[1 + a, j]
                    S[i, j, ab] -= kab * q0 - k * k * (Va * qb + Vb * qa) + k * qab


@inner
def _flush(A, total):
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            for t in range(A.shape[2]):
                total[i, j, t] += A[i, j, t]
                A[i, j, t] = 0.0


@kernel
def evaluate_intercepts(z, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, levels):
    """Jets (L, S) of one to three nested random intercepts; psi (3,q,q)."""
    m = MtM.shape[0]
    n = 1 + levels + levels * (levels + 1) // 2
    cc, ct, tt = 1 + levels, 2 + levels, 1 + 2 * levels
    lc, lt, lh = psi[0, 0, 0], psi[1, 0, 0], psi[2, 0, 0]
    L, A, total = np.zeros(n), np.zeros((m, m, n)), np.zeros((m, m, n))
    _add_persons(grams, counts, squares, lc, L, total, cc)
    if levels > 1:
        weights = np.empty((len(counts), 3))
        for v in range(len(counts)):
            k = grams[v, 0, 0]
            g = 1.0 / (1.0 + lc * k)
            weights[v, 0], weights[v, 1], weights[v, 2] = g, -k * g * g, 2.0 * k * k * g**3
        r, up = np.empty((3, m)), np.empty((6, m))
        for h in range(len(team_start) - 1):
            for t in range(6):
                for c in range(m):
                    up[t, c] = 0.0
            for j in range(team_start[h], team_start[h + 1]):
                _sum_team(cell_start, cell_pattern, cells, weights, j, r)
                W, W1, W2 = r[0, z], r[1, z], r[2, z]
                d = _sweep_team(r, W, W1, W2, lt, L, A, cc, ct, tt)
                if levels > 2:
                    _pass_up(r, W, W1, W2, lt, d, up)
                if j % 256 == 255:  # flushed, so that rounding does not grow with the number of teams
                    _flush(A, total)
            if levels > 2:
                _sweep_institution(up, z, lh, L, A)
        _flush(A, total)
    S = np.empty((n, m, m))
    for i in range(m):
        for j in range(i, m):
            total[i, j, 0] += MtM[i, j]
            for t in range(n):
                S[t, i, j] = total[i, j, t]
                S[t, j, i] = total[i, j, t]
    return L, S
