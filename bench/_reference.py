"""The restricted log-likelihood of persons in teams from the rows in 80-bit numbers: a reference for every size."""

import numpy as np

WIDE = np.longdouble  # 64 bits of mantissa on x86; elsewhere it may be no wider than a double
PI = 4 * np.arctan(WIDE(1))


def loglik(table, person_variance, team_variance, centre=3):
    """REML at these variances over σ², of y ~ treat * time with (1 | team) + (1 | person); rows in order of person.

    By its definition, not by our kernels: persons' sums s with n rows, then teams' sums, each level removed by
    Woodbury's identity; the shift of y changes no restricted likelihood and saves digits. Source: docs/evaluation.md.
    """
    y, treat, time = (table[name].astype(WIDE) for name in ("y", "treat", "time"))
    columns = [np.ones(len(y), WIDE), treat, time, treat * time, y - centre]
    starts = np.flatnonzero(np.diff(table["person"], prepend=-1))
    S = np.array([[(a * b).sum() for b in columns] for a in columns])
    persons = np.array([np.add.reduceat(column, starts) for column in columns])
    n, team = persons[0], table["team"][starts]
    g = 1 / (1 + WIDE(person_variance) * n)
    S -= person_variance * np.array([[(g * a * b).sum() for b in persons] for a in persons])
    teams = np.array([np.add.reduceat(g * row, np.flatnonzero(np.diff(team, prepend=-1))) for row in persons])
    d = 1 / (1 + WIDE(team_variance) * teams[0])
    S -= team_variance * np.array([[(d * a * b).sum() for b in teams] for a in teams])
    root = _cholesky(S)
    nu = len(y) - 4
    residual = root[4, 4] ** 2
    log_v = -np.log(g).sum() - np.log(d).sum()
    log_x = 2 * np.log(np.diag(root)[:4]).sum()
    return -(log_v + log_x + nu * (1 + np.log(2 * PI * residual / nu))) / 2


def _cholesky(A):
    """numpy's own knows no long doubles."""
    C = np.zeros_like(A)
    for i in range(len(A)):
        for j in range(i + 1):
            rest = A[i, j] - C[i, :j] @ C[j, :j]
            C[i, j] = np.sqrt(rest) if i == j else rest / C[j, j]
    return C
