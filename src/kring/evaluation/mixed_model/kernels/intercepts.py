"""The likelihood of random intercepts only, in closed form; `likelihood` says what L, S and the arrays are.

Notation of docs/evaluation.md: persons g = 1/(1+λk), w = kg; a team's W = ΣNw, r = ΣgR, δ = 1/(1+λW), τ = λδ;
an institution repeats the team's step with W = ΣWδ, r = Σδr. Suffixes c, t, h mark derivatives in the relative
variance of persons (clients), teams and institutions (houses). The general recursion gives the same numbers, ten
times slower.
"""

import numpy as np

from kring.evaluation.jit import fast_kernel, inner, kernel

BLOCK_TEAMS = 256  # side by side, so that the work is vectorised; flushed, so that rounding does not grow with teams


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
def _sum_teams(cell_start, cell_pattern, cells, weights, j, teams, R):
    """R (3, m, teams): Σ gR of the teams from j on, and its first two derivatives in λc."""
    for k in range(teams):
        for c in range(R.shape[1]):
            r = r1 = r2 = 0.0
            for i in range(cell_start[j + k], cell_start[j + k + 1]):
                v, x = cell_pattern[i], cells[i, 0, c]
                r += weights[v, 0] * x
                r1 += weights[v, 1] * x
                r2 += weights[v, 2] * x
            R[0, c, k], R[1, c, k], R[2, c, k] = r, r1, r2


@inner
def _sweep_teams(R, z, teams, lt, L, tau, cc, ct, tt):
    """These teams' share of the determinant; tau (6, teams): τ and its derivatives in the order 0, c, t, cc, ct, tt."""
    for k in range(teams):
        W, W1, W2 = R[0, z, k], R[1, z, k], R[2, z, k]
        d = 1.0 / (1.0 + lt * W)
        x = lt * d
        tau[0, k], tau[1, k], tau[2, k] = x, -x * x * W1, d * d
        tau[3, k] = 2.0 * x**3 * W1 * W1 - x * x * W2
        tau[4, k], tau[5, k] = -2.0 * d**3 * lt * W1, -2.0 * W * d**3
        L[0] += np.log(1.0 + lt * W)
        L[1] += x * W1
        L[2] += d * W
        L[cc] += x * W2 - (x * W1) ** 2
        L[ct] += d * d * W1
        L[tt] -= (d * W) ** 2


@fast_kernel
def _subtract_teams(R, tau, teams, S, cc, ct, tt):
    """S −= Σ τ r r′ over these teams, with derivatives; in any order, so that it is vectorised."""
    m = R.shape[1]
    t0, tc, t_t, tcc, tct, ttt = tau[0], tau[1], tau[2], tau[3], tau[4], tau[5]
    for i in range(m):
        x0, x1, x2 = R[0, i], R[1, i], R[2, i]
        for j in range(i, m):
            y0, y1, y2 = R[0, j], R[1, j], R[2, j]
            s0 = sc = st = scc = sct = stt = 0.0
            for k in range(teams):
                q0 = x0[k] * y0[k]
                q1 = x1[k] * y0[k] + x0[k] * y1[k]
                q2 = x2[k] * y0[k] + 2.0 * x1[k] * y1[k] + x0[k] * y2[k]
                s0 += t0[k] * q0
                sc += tc[k] * q0 + t0[k] * q1
                st += t_t[k] * q0
                scc += tcc[k] * q0 + 2.0 * tc[k] * q1 + t0[k] * q2
                sct += tct[k] * q0 + t_t[k] * q1
                stt += ttt[k] * q0
            S[i, j, 0] -= s0
            S[i, j, 1] -= sc
            S[i, j, 2] -= st
            S[i, j, cc] -= scc
            S[i, j, ct] -= sct
            S[i, j, tt] -= stt


@inner
def _pass_up(R, z, k, lt, up):
    """Add δr of team k and its derivatives in (λc, λt) to the institution's sums: up (6, m) in the order of tau."""
    W, W1, W2 = R[0, z, k], R[1, z, k], R[2, z, k]
    d = 1.0 / (1.0 + lt * W)
    dc, dt = -lt * d * d * W1, -W * d * d
    dcc = 2.0 * lt * lt * d**3 * W1 * W1 - lt * d * d * W2
    dct, dtt = -W1 * d * d + 2.0 * W * lt * W1 * d**3, 2.0 * W * W * d**3
    for i in range(R.shape[1]):
        x, x1, x2 = R[0, i, k], R[1, i, k], R[2, i, k]
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
def _add_institutions(R, z, first, teams, lt, lh, team_start, h, up, L, S):
    """Pass these teams up and remove the institutions that end among them; returns the institution that goes on."""
    for k in range(teams):
        _pass_up(R, z, k, lt, up)
        if first + k + 1 == team_start[h + 1]:
            _sweep_institution(up, z, lh, L, S)
            h += 1
            for t in range(6):
                for c in range(up.shape[1]):
                    up[t, c] = 0.0
    return h


@kernel
def evaluate_intercepts(z, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, levels):
    """Jets (L, S) of one to three nested random intercepts; psi (3,q,q)."""
    m = MtM.shape[0]
    n = 1 + levels + levels * (levels + 1) // 2
    cc, ct, tt = 1 + levels, 2 + levels, 1 + 2 * levels
    lc, lt, lh = psi[0, 0, 0], psi[1, 0, 0], psi[2, 0, 0]
    L, total = np.zeros(n), np.zeros((m, m, n))
    _add_persons(grams, counts, squares, lc, L, total, cc)
    if levels > 1:
        weights = np.empty((len(counts), 3))
        for v in range(len(counts)):
            k = grams[v, 0, 0]
            g = 1.0 / (1.0 + lc * k)
            weights[v, 0], weights[v, 1], weights[v, 2] = g, -k * g * g, 2.0 * k * k * g**3
        J, h = team_start[-1], 0
        R, tau, up = np.empty((3, m, BLOCK_TEAMS)), np.empty((6, BLOCK_TEAMS)), np.zeros((6, m))
        for j in range(0, J, BLOCK_TEAMS):
            teams = min(BLOCK_TEAMS, J - j)
            _sum_teams(cell_start, cell_pattern, cells, weights, j, teams, R)
            _sweep_teams(R, z, teams, lt, L, tau, cc, ct, tt)
            _subtract_teams(R, tau, teams, total, cc, ct, tt)
            if levels > 2:
                h = _add_institutions(R, z, j, teams, lt, lh, team_start, h, up, L, total)
    S = np.empty((n, m, m))
    for i in range(m):
        for j in range(i, m):
            total[i, j, 0] += MtM[i, j]
            for t in range(n):
                S[t, i, j] = total[i, j, t]
                S[t, j, i] = total[i, j, t]
    return L, S
