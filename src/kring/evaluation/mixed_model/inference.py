"""Degrees of freedom and small-sample standard errors: Satterthwaite, and Kenward–Roger without an n×n matrix.

Sources: Satterthwaite as in Kuznetsova, Brockhoff & Christensen (2017, J Stat Softw 82(13)); Kenward & Roger (1997,
Biometrics 53:983–997) as laid out by Halekoh & Højsgaard (2014, J Stat Softw 59(9)).

Kenward–Roger needs X′V⁻¹G_aV⁻¹X, X′V⁻¹G_aV⁻¹G_bV⁻¹X and tr(V⁻¹G_aV⁻¹G_b) for every variance parameter, V = ΣσₐGₐ.
The first two are (up to sign) the first and second derivatives of S, the third of log|V|, which the likelihood
carries anyway; those for the residual variance follow from Euler's theorem, as S is homogeneous of degree −1
in all variances and log|V| of degree 0 up to a constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kring.evaluation.mixed_model.kernels.likelihood import pair

Floats = NDArray[np.float64]


def _inverse(A: Floats) -> Floats:
    return np.asarray(np.linalg.inv(A), np.float64)


def _weighted(weights: Floats, A: Floats) -> Floats:
    """Σ of weights · A along its first axis, for one vector of weights or several."""
    summed = weights @ A.reshape(len(A), A[0].size)
    return np.asarray(summed.reshape(weights.shape[:-1] + A.shape[1:]), np.float64)


def _traces(A: Floats, B: Floats) -> Floats:
    """tr(A_a B_b) for every a and b."""
    return np.asarray(A.reshape(len(A), -1) @ B.transpose(0, 2, 1).reshape(len(B), -1).T, np.float64)


@dataclass(frozen=True)
class Jets:
    """Value, gradient and Hessian of L = log|V| and of S = M′V⁻¹M in the elements of Ψ, unpacked."""

    L1: Floats
    L2: Floats
    S0: Floats
    S1: Floats
    S2: Floats

    @classmethod
    def unpack(cls, L: Floats, S: Floats, n_params: int) -> Jets:
        P, m = n_params, S.shape[1]
        L2, S2 = np.zeros((P, P)), np.zeros((P, P, m, m))
        for a in range(P):
            for b in range(a, P):
                ab = pair(a, b, P)
                L2[a, b] = L2[b, a] = L[ab]
                S2[a, b] = S2[b, a] = S[ab]
        return cls(L[1 : 1 + P], L2, S[0], S[1 : 1 + P], S2)

    def with_residual(self, psi: Floats, n: int) -> Jets:
        """Add the residual variance as first parameter (all variances relative to it, so it is 1)."""
        S_s = -self.S0 - _weighted(psi, self.S1)
        S_sa = -2 * self.S1 - _weighted(psi, self.S2)
        S_ss = -2 * S_s - _weighted(psi, S_sa)
        L_s = n - psi @ self.L1
        L_sa = -self.L1 - psi @ self.L2
        L_ss = -L_s - psi @ L_sa
        P = len(psi)
        L2, S2 = np.empty((P + 1, P + 1)), np.empty((P + 1, P + 1, *self.S0.shape))
        L2[0, 0], L2[0, 1:], L2[1:, 0], L2[1:, 1:] = L_ss, L_sa, L_sa, self.L2
        S2[0, 0], S2[0, 1:], S2[1:, 0], S2[1:, 1:] = S_ss, S_sa, S_sa, self.S2
        return Jets(np.append(L_s, self.L1), L2, self.S0, np.concatenate((S_s[None], self.S1)), S2)


@dataclass(frozen=True)
class Satterthwaite:
    """d_cov (P+1,p,p): derivatives of cov(β̂) in the free variance parameters; A: their asymptotic covariance."""

    cov: Floats
    d_cov: Floats
    A: Floats

    def df(self, contrast: Floats) -> float:
        """Denominator degrees of freedom of one contrast (p,): 2v² / (g′Ag)."""
        v = float(contrast @ self.cov @ contrast)
        g = np.array([contrast @ d @ contrast for d in self.d_cov])
        spread = float(g @ self.A @ g)
        return 2 * v * v / spread if spread > 0 else np.inf

    def f_test(self, contrasts: Floats) -> tuple[float, float]:
        """(scale of F, denominator df) of several contrasts at once (r, p), after Fai & Cornelius (1996)."""
        values, vectors = np.linalg.eigh(contrasts @ self.cov @ contrasts.T)
        rank = int((values > values.max() * 1e-10).sum())
        dfs = np.array([self.df(vectors[:, -1 - i] @ contrasts) for i in range(rank)])
        if rank == 1:
            return 1.0, float(dfs[0])
        usable = dfs[dfs > 2]
        expected = float((usable / (usable - 2)).sum())
        return 1.0, 2 * expected / (expected - rank) if expected > rank else 2.0


@dataclass(frozen=True)
class KenwardRoger:
    """Adjusted covariance, and what its degrees of freedom need: Φ, P_a, W (see Halekoh & Højsgaard, section 3)."""

    cov: Floats
    adjusted: Floats
    P: Floats
    W: Floats

    def f_test(self, contrasts: Floats) -> tuple[float, float]:
        """(scale λ of F, denominator df) of the contrasts (r, p)."""
        L = np.atleast_2d(contrasts)
        r = len(L)
        theta = L.T @ np.linalg.solve(L @ self.cov @ L.T, L)
        products = theta @ self.cov @ self.P @ self.cov
        traces = products.trace(axis1=1, axis2=2)
        A1 = float(traces @ self.W @ traces)
        A2 = float((self.W * _traces(products, products)).sum())
        B = (A1 + 6 * A2) / (2 * r)
        g = ((r + 1) * A1 - (r + 4) * A2) / ((r + 2) * A2)
        c = 3 * r + 2 * (1 - g)
        c1, c2, c3 = g / c, (r - g) / c, (r + 2 - g) / c
        expected = 1 / (1 - A2 / r)
        v0, v1, v2 = 1 + c1 * B, 1 - c2 * B, 1 - c3 * B
        v0, v1 = (0.0 if abs(v) < 1e-10 else v for v in (v0, v1))
        ratio = (1 - A2 / r) ** 2 * ((v0 / v1**2) / v2) / r
        df = 4 + (r + 2) / (r * ratio - 1)
        scale = 1.0 if abs(df - 2) < 1e-2 else df / (expected * (df - 2))
        return float(scale), float(df)


@dataclass(frozen=True)
class Freedom:
    """What degrees of freedom are worked out from, when they are asked for.

    L, S: jets at the estimate; psi: the elements of Ψ in their order; J, hessian, free: as for `satterthwaite`.
    """

    L: Floats
    S: Floats
    psi: Floats
    J: Floats
    hessian: Floats
    free: NDArray[np.bool_]
    beta: Floats
    sigma2: float
    n: int
    reml: bool

    @cached_property
    def jets(self) -> Jets:
        return Jets.unpack(self.L, self.S, len(self.psi))

    @cached_property
    def satterthwaite(self) -> Satterthwaite:
        nu = self.n - len(self.beta) if self.reml else self.n
        return satterthwaite(self.jets, self.J, self.hessian, self.free, self.beta, self.sigma2, nu)

    @cached_property
    def kenward_roger(self) -> KenwardRoger | None:
        """None for fits by ML."""
        return kenward_roger(self.jets, self.psi, self.n, len(self.beta), self.sigma2) if self.reml else None


def satterthwaite(
    jets: Jets, J: Floats, hessian: Floats, free: NDArray[np.bool_], beta: Floats, sigma2: float, nu: int
) -> Satterthwaite:
    """From the profiled Hessian in θ (`hessian`), J = dψ/dθ, and which θ are off their bound (`free`)."""
    p = len(beta)
    X = _inverse(jets.S0[:p, :p])
    c = np.append(-beta, 1.0)
    S1 = np.tensordot(J.T, jets.S1, 1)[free]
    q = nu * sigma2
    qa = np.einsum("i,aij,j->a", c, S1[:, : p + 1, : p + 1], c)
    k = len(qa)
    H = np.empty((k + 1, k + 1))
    H[:k, :k] = hessian[np.ix_(free, free)] + nu * np.outer(qa, qa) / q**2
    H[k, k] = nu
    H[:k, k] = H[k, :k] = -nu * qa / q
    dV = np.concatenate((-sigma2 * (X @ S1[:, :p, :p] @ X), sigma2 * X[None]))
    return Satterthwaite(sigma2 * X, dV, 2 * _inverse(H))


def kenward_roger(jets: Jets, psi: Floats, n: int, p: int, sigma2: float) -> KenwardRoger:
    """From the jets at the REML estimate; psi are the elements of Ψ in the order of the jets."""
    full = jets.with_residual(psi, n)
    phi = sigma2 * _inverse(jets.S0[:p, :p])
    P = full.S1[:, :p, :p] / sigma2**2
    Q = full.S2[:, :, :p, :p] / (2 * sigma2**3)
    traces = -full.L2 / sigma2**2
    phiP, k = phi @ P, len(P)
    info = traces - 2 * Q.reshape(k, k, p * p) @ phi.ravel() + _traces(phiP, phiP)
    W = 2 * _inverse(info)
    U = _weighted(W.ravel(), Q.reshape(k * k, p, p)) - (P @ phi @ _weighted(W, P)).sum(axis=0)
    return KenwardRoger(phi, phi + 2 * phi @ U @ phi, P, W)
