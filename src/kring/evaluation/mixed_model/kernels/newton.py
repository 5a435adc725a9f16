"""The minimum of the criterion within the bounds of θ, by projected Newton with damping (Levenberg and Marquardt)."""

import numpy as np

from kring.evaluation.jit import inner, kernel
from kring.evaluation.mixed_model.kernels.covariance import (
    bounds,
    covariances,
    directions,
    free_parameters,
    in_theta,
    rechart,
)
from kring.evaluation.mixed_model.kernels.criterion import cholesky, inverse, profile
from kring.evaluation.mixed_model.kernels.likelihood import evaluate


@inner
def bounded_step(theta, bounded, usable, g, H, info, damping, scoring):
    """Minimum of the quadratic model within the bounds: Newton on the free parameters.

    A parameter that is neither bounded nor usable (a ρ without its d) stays where it is. Where the Hessian is not
    positive definite on the free ones, or where `scoring` asks for it, the expected one takes its place. Damping adds
    its multiple of the expected Hessian's diagonal, which turns the step towards the scaled gradient as it grows.
    """
    P = len(theta)
    held = np.zeros(P, np.bool_)
    step = np.zeros(P)
    for i in range(P):
        held[i] = not usable[i] and (not bounded[i] or g[i] >= 0.0)
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
        for expected in (scoring, True):
            for r in range(k):
                i = free[r]
                rhs[r] = -g[i]
                for c in range(P):
                    if held[c]:
                        rhs[r] -= (info[i, c] if expected else H[i, c]) * step[c]
                for c in range(k):
                    A[r, c] = info[i, free[c]] if expected else H[i, free[c]]
                A[r, r] += damping * info[i, i] + (1e-9 * info[i, i] + 1e-300 if expected else 0.0)
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
def propose(theta, kinds, g, H, info, scale, damping, scoring):
    """(θ to try next, by how much −2l promises to fall), from the derivatives in Ψ at θ.

    theta and kinds are first put in the better chart, in place; scale is the mean square of the slope's column.
    """
    rechart(theta, kinds, g, scale)
    P = len(theta)
    gt, Ht = in_theta(theta, kinds, g, H)
    _, It = in_theta(theta, kinds, np.zeros(P), info)
    bounded = bounds(kinds, P)
    step = bounded_step(theta, bounded, free_parameters(theta, kinds), gt, Ht, It, damping, scoring)
    trial, promised = np.empty(P), 0.0
    for i in range(P):
        promised -= gt[i] * step[i]
        trial[i] = theta[i] + step[i]
        if bounded[i] and trial[i] < 0.0:
            trial[i] = 0.0
    return trial, promised


def minimise(sums, theta, kinds, p, n, reml, scale, max_evaluations):
    """One step of Fisher scoring, which is nearly all that balanced data need, then projected Newton.

    sums: as `likelihood.evaluate` reads them; p columns of X, n rows. Returns (theta, kinds, f, evaluations, converged,
    L, S). kinds come back as they ended: linked slopes may have changed their chart.
    `converged` means that the last full step promised less than 1e-9 of −2l, was taken, and did not make it worse.
    Not compiled for a single fit, where it would hold the whole likelihood once more; `batch` compiles it.
    """
    zs, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM = sums
    q, P = len(zs), len(theta)
    theta, kinds = theta.copy(), kinds.copy()
    E, ends = directions(kinds, q)
    psi = covariances(theta, kinds, q)
    L, S = evaluate(zs, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, E, ends)
    f, g, H, info = profile(L, S, n, p, reml, P)[:4]
    evaluations, damping, converged = 1, 0.0, False
    if P == 0 or not np.isfinite(f):
        return theta, kinds, f, evaluations, np.isfinite(f), L, S
    while not converged and evaluations < max_evaluations and damping < 1e12:
        trial, promised = propose(theta, kinds, g, H, info, scale, damping, evaluations == 1)
        accepted = False
        if promised >= 0.0:
            psi = covariances(trial, kinds, q)
            L1, S1 = evaluate(
                zs, grams, counts, squares, cell_start, cell_pattern, cells, team_start, MtM, psi, E, ends
            )
            f1, g1, H1, info1 = profile(L1, S1, n, p, reml, P)[:4]
            evaluations += 1
            accepted = f1 <= f + 1e-12 * abs(f)
        if accepted:
            converged = promised < 1e-9 and damping < 0.01
            damping = damping / 8.0 if damping > 0.01 else 0.0
            theta, f, g, H, info, L, S = trial, f1, g1, H1, info1, L1, S1
        elif abs(promised) < 1e-9:
            converged = True
        else:
            damping = max(4.0 * damping, 0.25)
    return theta, kinds, f, evaluations, converged, L, S
