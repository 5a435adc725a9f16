"""Each level's relative covariance Ψ in parameters θ whose only bounds are d ≥ 0.

    kind 1  intercept                      Ψ = d₀
    kind 2  intercept and slope            Ψ = d₀(1, ρ)(1, ρ)′ + d₁(0, 1)(0, 1)′     θ = (d₀, ρ, d₁)
    kind 3  intercept and slope, unlinked  Ψ = diag(d₀, d₁)
    kind 4  as 2, seen from the slope      Ψ = d₁(ρ, 1)(ρ, 1)′ + d₀(1, 0)(1, 0)′     θ = (d₀, ρ, d₁)

So the boundary is reached exactly, and the gradient does not vanish there as it would with a Cholesky factor.
Kinds 2 and 4 are two charts of the same covariances: 2 is ill-posed where the intercept hardly varies (ρ runs
away), 4 where the slope hardly does; `rechart` picks the better one. Kind 0: no random effect.
`kinds` holds one of these for person, team and institution.
"""

import numpy as np

from kring.evaluation.jit import inner, kernel


@kernel
def width(kind):
    """How many parameters a level of this kind has."""
    if kind == 2 or kind == 4:
        return 3
    return 2 if kind == 3 else kind


@kernel
def covariances(theta, kinds, q):
    """Ψ (3,q,q) of the three levels."""
    psi = np.zeros((3, q, q))
    i = 0
    for level in range(3):
        kind = kinds[level]
        if kind == 2:
            d0, rho, d1 = theta[i], theta[i + 1], theta[i + 2]
            psi[level, 0, 0] = d0
            psi[level, 0, 1] = psi[level, 1, 0] = d0 * rho
            psi[level, 1, 1] = d0 * rho * rho + d1
        elif kind == 4:
            d0, rho, d1 = theta[i], theta[i + 1], theta[i + 2]
            psi[level, 0, 0] = d1 * rho * rho + d0
            psi[level, 0, 1] = psi[level, 1, 0] = d1 * rho
            psi[level, 1, 1] = d1
        elif kind >= 1:
            psi[level, 0, 0] = theta[i]
            if kind == 3:
                psi[level, 1, 1] = theta[i + 1]
        i += width(kind)
    return psi


@kernel
def directions(kinds, q):
    """The elements of Ψ as directions (P,q,q), and how many there are up to each level."""
    ends = np.zeros(3, np.int64)
    total = 0
    for level in range(3):
        total += width(kinds[level])
        ends[level] = total
    E = np.zeros((total, q, q))
    i = 0
    for level in range(3):
        kind = kinds[level]
        if kind >= 1:
            E[i, 0, 0] = 1.0
        if width(kind) == 3:
            E[i + 1, 0, 1] = E[i + 1, 1, 0] = 1.0
        if kind >= 2:
            E[ends[level] - 1, 1, 1] = 1.0
        i = ends[level]
    return E, ends


@inner
def bounds(kinds, P):
    """Which parameters must not be negative: all but ρ."""
    bounded = np.ones(P, np.bool_)
    i = 0
    for level in range(3):
        if width(kinds[level]) == 3:
            bounded[i + 1] = False
        i += width(kinds[level])
    return bounded


@inner
def rechart(theta, kinds, g, scale):
    """Choose between kinds 2 and 4, in place; g is the gradient in ψ, scale the mean square of the slope's column.

    Where Ψ is zero, ρ is set to the direction in which the criterion falls most, if it falls at all.
    """
    i = 0
    for level in range(3):
        kind = kinds[level]
        if width(kind) == 3:
            psi = covariances(theta, kinds, 2)
            a, b, c = psi[level, 0, 0], psi[level, 0, 1], psi[level, 1, 1]
            better = 2 if a >= scale * c else 4
            if a == 0.0 and c == 0.0:
                better = 2
                theta[i + 1] = -g[i + 1] / (2.0 * g[i + 2]) if g[i + 2] > 0.0 else 0.0
            elif better == 2 and kind == 4:
                theta[i], theta[i + 1], theta[i + 2] = a, b / a, max(c - b * b / a, 0.0)
                if theta[i + 2] < 1e-14 * c or (kind == 4 and psi[level, 0, 0] * c == b * b):
                    theta[i + 2] = 0.0
            elif better == 4 and kind == 2:
                theta[i], theta[i + 1], theta[i + 2] = max(a - b * b / c, 0.0), b / c, c
                if theta[i] < 1e-14 * a:
                    theta[i] = 0.0
            kinds[level] = better
        i += width(kind)


@kernel
def jacobian(theta, kinds):
    """dψ/dθ (P,P); the identity but for levels with linked intercept and slope."""
    J = np.zeros((len(theta), len(theta)))
    for i in range(len(theta)):
        J[i, i] = 1.0
    i = 0
    for level in range(3):
        kind = kinds[level]
        d0, rho, d1 = theta[i], 0.0, 0.0
        if width(kind) == 3:
            rho, d1 = theta[i + 1], theta[i + 2]
        if kind == 2:
            J[i + 1, i], J[i + 1, i + 1] = rho, d0
            J[i + 2, i], J[i + 2, i + 1] = rho * rho, 2.0 * d0 * rho
        elif kind == 4:
            J[i + 1, i + 2], J[i + 1, i + 1] = rho, d1
            J[i, i + 2], J[i, i + 1] = rho * rho, 2.0 * d1 * rho
        i += width(kind)
        if i >= len(theta):
            break
    return J


@kernel
def in_theta(theta, kinds, g, H):
    """Chain rule: gradient and Hessian in θ from those in ψ (a zero g leaves the curvature of ψ(θ) out)."""
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
        kind = kinds[level]
        if width(kind) == 3:
            main, other = (i, i + 2) if kind == 2 else (i + 2, i)
            mixed = g[i + 1] + 2.0 * theta[i + 1] * g[other]
            Ht[main, i + 1] += mixed
            Ht[i + 1, main] += mixed
            Ht[i + 1, i + 1] += 2.0 * theta[main] * g[other]
        i += width(kind)
    return gt, Ht


@kernel
def free_parameters(theta, kinds):
    """Which parameters are off their bound; a ρ whose d is zero plays no part and is not free."""
    free = np.empty(len(theta), np.bool_)
    for i in range(len(theta)):
        free[i] = theta[i] > 0.0
    i = 0
    for level in range(3):
        kind = kinds[level]
        if width(kind) == 3:
            free[i + 1] = theta[i] > 0.0 if kind == 2 else theta[i + 2] > 0.0
        i += width(kind)
    return free
