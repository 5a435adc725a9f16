"""The minimum of the criterion within the bounds of θ, by projected Newton with step halving."""

import numpy as np

from kring.evaluation.jit import kernel
from kring.evaluation.mixed_model.kernels.covariance import covariances, directions, in_theta
from kring.evaluation.mixed_model.kernels.criterion import cholesky, inverse, profile
from kring.evaluation.mixed_model.kernels.likelihood import evaluate


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
        free = np.empty(P, np.int64)
        k = 0
        for i in range(P):
            if not held[i]:
                free[k] = i
                k += 1
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
    """Projected Newton from theta. Returns (theta, f, evaluations, converged, L, S).

    `converged` means that the last full step promised less than 1e-9 of −2l, was taken, and did not make it worse.
    """
    q, P = len(sums[0]), len(theta)
    E, ends = directions(kinds, q)
    bounded = np.ones(P, np.bool_)
    i = 0
    for level in range(3):
        if kinds[level] == 2:
            bounded[i + 1] = False
        i = ends[level]
    L, S = evaluate(*sums, covariances(theta, kinds, q), E, ends)
    f, g, H, info = profile(L, S, n, p, reml, P)[:4]
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
            trial = np.empty(P)
            for i in range(P):
                trial[i] = theta[i] + scale * step[i]
                if bounded[i] and trial[i] < 0.0:
                    trial[i] = 0.0
            L1, S1 = evaluate(*sums, covariances(trial, kinds, q), E, ends)
            f1, g1, H1, info1 = profile(L1, S1, n, p, reml, P)[:4]
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
