"""−2·log-likelihood with β and σ² profiled out, and its derivatives, from the jets of L and S."""

import numpy as np

from kring.evaluation.jit import inner, kernel
from kring.evaluation.mixed_model.kernels.likelihood import pair


@kernel
def cholesky(A, C):
    """Lower Cholesky factor of A's first rows and columns into C; False where they are not positive definite."""
    n = C.shape[0]
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


@inner
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

    Columns 0..p-1 of S are X, column p is y. Returns (f, g, H, information, β, σ², (X′V⁻¹X)⁻¹);
    f is inf where X′V⁻¹X is singular. Constants as in lme4.
    """
    g, H, info = np.zeros(P), np.zeros((P, P)), np.zeros((P, P))
    C, beta = np.zeros((p, p)), np.zeros(p)
    qs = np.zeros(P)
    if not cholesky(S[0], C):
        return np.inf, g, H, info, beta, 0.0, C
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
    return f, g, H, info, beta, q / nu, X
