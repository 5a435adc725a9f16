"""Each level's relative covariance Ψ in parameters θ whose only bounds are d ≥ 0.

    intercept                      Ψ = d₀
    intercept and slope            Ψ = d₀(1, ρ)(1, ρ)′ + d₁(0, 1)(0, 1)′
    intercept and slope, unlinked  Ψ = diag(d₀, d₁)

So the boundary is reached exactly, and the gradient does not vanish there as it would with a Cholesky factor.
`kinds` holds 0 (no random effect), 1, 2 or 3 (the rows above) for person, team and institution.
"""

import numpy as np

from kring.evaluation.jit import kernel


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
    J = np.zeros((len(theta), len(theta)))
    for i in range(len(theta)):
        J[i, i] = 1.0
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
