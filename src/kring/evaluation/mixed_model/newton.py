"""The profiled criterion −2·log-likelihood in the relative covariances, and its minimum by projected Newton.

Each level's relative covariance Ψ is written with parameters whose only bounds are d ≥ 0, so that the boundary
is reached exactly and the gradient does not vanish there:
    intercept            Ψ = d₀
    intercept and slope  Ψ = d₀(1, ρ)(1, ρ)′ + d₁(0, 1)(0, 1)′
"""

import numpy as np

from kring.evaluation.jit import kernel
from kring.evaluation.mixed_model.likelihood import evaluate, pair


@kernel
def cholesky(A, C):
    """Lower Cholesky factor of A into C; False where A is not positive definite."""
    n = A.shape[0]
    for i in range(n):
        for j in range(i + 1):
            total = A[i, j]
            for k in range(j):
                total -= C[i, k] * C[j, k]
            if i == j:
                if not total > 1e-14 * abs(A[i, i]):  # also catches nan
                    return False
                C[i, i] = np.sqrt(total)
            else:
                C[i, j] = total / C[j, j]
        for j in range(i + 1, n):
            C[i, j] = 0.0
    return True


@kernel
def inverse(C):
    """(CC′)⁻¹ from a lower Cholesky factor."""
    n = C.shape[0]
    inv = np.zeros((n, n))
    for j in range(n):
        inv[j, j] = 1.0 / C[j, j]
        for i in range(j + 1, n):
            total = 0.0
            for k in range(j, i):
                total -= C[i, k] * inv[k, j]
            inv[i, j] = total / C[i, i]
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            total = 0.0
            for k in range(i, n):
                total += inv[k, i] * inv[k, j]
            out[i, j] = total
            out[j, i] = total
    return out


@kernel
def profile(L, S, n, p, reml, P):
    """−2l with β and σ² profiled out, its gradient, Hessian and expected Hessian in the elements of Ψ.

    Columns 0..p-1 of S are X, column p is y. Returns (f, g, H, information, β, σ², (X′V⁻¹X)⁻¹, σ² derivatives);
    f is inf where X′V⁻¹X is singular. Constants as in lme4.
    """
    g, H, info = np.zeros(P), np.zeros((P, P)), np.zeros((P, P))
    C, beta = np.zeros((p, p)), np.zeros(p)
    qs = np.zeros(P)
    if not cholesky(S[0, :p, :p], C):
        return np.inf, g, H, info, beta, 0.0, C, qs
    X = inverse(C)
    c = np.zeros(p + 1)
    c[p] = 1.0
    q = S[0, p, p]
    for i in range(p):
        for k in range(p):
            beta[i] += X[i, k] * S[0, k, p]
        c[i] = -beta[i]
        q -= beta[i] * S[0, i, p]
    nu = n - p if reml else n
    f = L[0] + nu * (1.0 + np.log(2.0 * np.pi * q / nu))
    if reml:
        for i in range(p):
            f += 2.0 * np.log(C[i, i])
    A, h, trA = np.zeros((P, p, p)), np.zeros((P, p)), np.zeros(P)
    for a in range(P):
        for i in range(p + 1):
            total = 0.0
            for k in range(p + 1):
                total += S[1 + a, i, k] * c[k]
            qs[a] += c[i] * total
            if i < p:
                h[a, i] = total
                for j in range(p):
                    for k in range(p):
                        A[a, i, j] += X[i, k] * S[1 + a, k, j]
        for i in range(p):
            trA[a] += A[a, i, i]
        g[a] = L[1 + a] + nu * qs[a] / q + (trA[a] if reml else 0.0)
    for a in range(P):
        for b in range(a, P):
            ab = pair(a, b, P)
            trace, product, cross, curve = 0.0, 0.0, 0.0, 0.0
            for i in range(p):
                for k in range(p):
                    trace += X[i, k] * S[ab, k, i]
                    product += A[a, i, k] * A[b, k, i]
                    cross += h[a, i] * X[i, k] * h[b, k]
            for i in range(p + 1):
                for k in range(p + 1):
                    curve += c[i] * S[ab, i, k] * c[k]
            H[a, b] = L[ab] + nu * ((curve - 2.0 * cross) / q - qs[a] * qs[b] / (q * q))
            info[a, b] = -L[ab]
            if reml:
                H[a, b] += trace - product
                info[a, b] += product - trace - (L[1 + a] + trA[a]) * (L[1 + b] + trA[b]) / nu
            else:
                info[a, b] -= L[1 + a] * L[1 + b] / nu
            H[b, a] = H[a, b]
            info[b, a] = info[a, b]
    return f, g, H, info, beta, q / nu, X, qs


@kernel
def covariances(theta, kinds, q):
    """Ψ (3,q,q) of the three levels; kinds: 0 none, 1 intercept, 2 intercept and slope, 3 both uncorrelated."""
    psi = np.zeros((3, q, q))
    i = 0
    for level in range(3):
        if kinds[level] >= 1:
            psi[level, 0, 0] = theta[i]
        if kinds[level] == 2:
            d0, rho, d1 = theta[i], theta[i + 1], theta[i + 2]
            psi[level, 0, 1] = psi[level, 1, 0] = d0 * rho
            psi[level, 1, 1] = d0 * rho * rho + d1
        elif kinds[level] == 3:
            psi[level, 1, 1] = theta[i + 1]
        i += 3 if kinds[level] == 2 else 2 if kinds[level] == 3 else kinds[level]
    return psi


@kernel
def directions(kinds, q):
    """The elements of Ψ as directions (P,q,q), and how many there are up to each level."""
    ends = np.zeros(3, np.int64)
    total = 0
    for level in range(3):
        total += 3 if kinds[level] == 2 else 2 if kinds[level] == 3 else kinds[level]
        ends[level] = total
    E = np.zeros((total, q, q))
    i = 0
    for level in range(3):
        if kinds[level] >= 1:
            E[i, 0, 0] = 1.0
        if kinds[level] == 2:
            E[i + 1, 0, 1] = E[i + 1, 1, 0] = 1.0
            E[i + 2, 1, 1] = 1.0
        elif kinds[level] == 3:
            E[i + 1, 1, 1] = 1.0
        i = ends[level]
    return E, ends


@kernel
def jacobian(theta, kinds):
    """dψ/dθ (P,P); the identity but for levels with intercept and slope."""
    J = np.eye(len(theta))
    i = 0
    for level in range(3):
        if kinds[level] == 2:
            d0, rho = theta[i], theta[i + 1]
            J[i + 1, i], J[i + 1, i + 1] = rho, d0
            J[i + 2, i], J[i + 2, i + 1] = rho * rho, 2.0 * d0 * rho
        i += 3 if kinds[level] == 2 else 2 if kinds[level] == 3 else kinds[level]
    return J


@kernel
def in_theta(theta, kinds, g, H):
    """Chain rule: gradient and Hessian in θ from those in ψ (an empty g leaves the curvature of ψ(θ) out)."""
    P = len(theta)
    J = jacobian(theta, kinds)
    gt, Ht = np.zeros(P), np.zeros((P, P))
    for a in range(P):
        for i in range(P):
            gt[a] += J[i, a] * g[i]
        for b in range(P):
            for i in range(P):
                for j in range(P):
                    Ht[a, b] += J[i, a] * H[i, j] * J[j, b]
    i = 0
    for level in range(3):
        if kinds[level] == 2:
            mixed = g[i + 1] + 2.0 * theta[i + 1] * g[i + 2]
            Ht[i, i + 1] += mixed
            Ht[i + 1, i] += mixed
            Ht[i + 1, i + 1] += 2.0 * theta[i] * g[i + 2]
        i += 3 if kinds[level] == 2 else 2 if kinds[level] == 3 else kinds[level]
    return gt, Ht


@kernel
def _step(theta, bounded, g, H, info):
    """Minimum of the quadratic model within the bounds: Newton on the free parameters.

    Where the Hessian is not positive definite on them, the expected one takes its place, then a damped one.
    """
    P = len(theta)
    held = np.zeros(P, np.bool_)
    step = np.zeros(P)
    for i in range(P):
        held[i] = bounded[i] and theta[i] <= 0.0 and g[i] >= 0.0
    for _ in range(P + 1):
        free = np.flatnonzero(~held)
        k = len(free)
        if k == 0:
            break
        A, C, rhs = np.zeros((k, k)), np.zeros((k, k)), np.zeros(k)
        for source in range(3):
            for r in range(k):
                rhs[r] = -g[free[r]]
                for i in range(P):
                    if held[i]:
                        rhs[r] -= H[free[r], i] * step[i] if source == 0 else 0.0
                for c in range(k):
                    A[r, c] = H[free[r], free[c]] if source == 0 else info[free[r], free[c]]
                if source == 2:
                    A[r, r] = 1.1 * abs(A[r, r]) + abs(H[free[r], free[r]]) + 1e-300
            if cholesky(A, C):
                break
        X = inverse(C)
        crossed = False
        for r in range(k):
            i = free[r]
            total = 0.0
            for c in range(k):
                total += X[r, c] * rhs[c]
            step[i] = total
        for r in range(k):
            i = free[r]
            if bounded[i] and theta[i] + step[i] < 0.0:
                step[i] = -theta[i]
                held[i] = True
                crossed = True
        if not crossed:
            break
    return step


@kernel
def minimise(sums, theta, kinds, p, n, reml, max_evaluations):
    """Projected Newton from theta. Returns (theta, f, evaluations, converged).

    `converged` means that the last full step promised less than 1e-9 of −2l, was taken, and did not make it worse.
    """
    zs, MtM = sums[0], sums[8]
    q, P = len(zs), len(theta)
    E, ends = directions(kinds, q)
    bounded = np.ones(P, np.bool_)
    i = 0
    for level in range(3):
        if kinds[level] == 2:
            bounded[i + 1] = False
        i = ends[level]
    L, S = evaluate(*sums, covariances(theta, kinds, q), E, ends)
    f, g, H, info, beta, s2, X, qs = profile(L, S, n, p, reml, P)
    evaluations = 1
    if P == 0 or not np.isfinite(f):
        return theta, f, evaluations, np.isfinite(f), L, S
    while evaluations < max_evaluations:
        gt, Ht = in_theta(theta, kinds, g, H)
        _, It = in_theta(theta, kinds, np.zeros(P), info)
        step = _step(theta, bounded, gt, Ht, It)
        promised = 0.0
        for i in range(P):
            promised -= gt[i] * step[i]
        last = abs(promised) < 1e-9
        scale, accepted = 1.0, False
        while evaluations < max_evaluations and scale > 1e-9:
            trial = theta + scale * step
            for i in range(P):
                if bounded[i]:
                    trial[i] = max(trial[i], 0.0)
            L1, S1 = evaluate(*sums, covariances(trial, kinds, q), E, ends)
            f1, g1, H1, info1, beta, s2, X, qs = profile(L1, S1, n, p, reml, P)
            evaluations += 1
            if f1 <= f + 1e-12 * abs(f):
                accepted = True
                break
            scale *= 0.5
        if not accepted:
            return theta, f, evaluations, last or abs(promised) < 1e-6, L, S
        theta, f, g, H, info, L, S = trial, f1, g1, H1, info1, L1, S1
        if last:
            return theta, f, evaluations, True, L, S
    return theta, f, evaluations, False, L, S
