"""Draw outcomes of a trial: one stream of random numbers per replicate, so that results depend on the seed alone.

xoshiro256++ (Blackman & Vigna 2021, ACM Trans Math Softw 47(4)) seeded by SplitMix64, normals by the polar method.
"""

import numpy as np

from kring.evaluation.jit import inner, kernel


@inner
def _seed(seed, replicate, state):
    x = np.uint64(seed) * np.uint64(0xD1342543DE82EF95) + np.uint64(replicate) * np.uint64(0x9E3779B97F4A7C15)
    for i in range(4):
        x += np.uint64(0x9E3779B97F4A7C15)
        y = x
        y = (y ^ (y >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        y = (y ^ (y >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state[i] = y ^ (y >> np.uint64(31))


@inner
def _uniform(s):
    """The next number in [0, 1)."""
    total = s[0] + s[3]
    word = ((total << np.uint64(23)) | (total >> np.uint64(41))) + s[0]
    t = s[1] << np.uint64(17)
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = (s[3] << np.uint64(45)) | (s[3] >> np.uint64(19))
    return np.float64(word >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inner
def _normals(s, out, n):
    """n standard normal numbers into out, which has room for n + 1."""
    i = 0
    while i < n:
        u, v = 2.0 * _uniform(s) - 1.0, 2.0 * _uniform(s) - 1.0
        r = u * u + v * v
        if 0.0 < r < 1.0:
            f = np.sqrt(-2.0 * np.log(r) / r)
            out[i], out[i + 1] = u * f, v * f
            i += 2


@kernel
def draw(first, seed, mean, time, occasion, person_start, team, institution, sd, stay, depends, out):
    """Replicates first, first+1, ... into the rows of out (R, n); nan once a person has left.

    mean, time, occasion (n,): per row, persons in one piece and ordered by occasion. sd: of institution, team,
    team slope, person, residual. stay[k]: chance that someone still in at the occasion before k is in at k;
    depends: change of the log-odds of leaving per unit of the last score above its expectation.
    """
    state = np.empty(4, np.uint64)
    n, N = len(mean), len(person_start) - 1
    J, H = len(institution), 0
    for j in range(J):
        H = max(H, institution[j] + 1)
    house, level, slope = np.empty(H + 1), np.empty(J + 1), np.empty(J + 1)
    person, noise = np.empty(N + 1), np.empty(n + 1)
    for r in range(out.shape[0]):
        _seed(seed, first + r, state)
        _normals(state, house, H)
        _normals(state, level, J)
        _normals(state, slope, J)
        _normals(state, person, N)
        _normals(state, noise, n)
        for i in range(N):
            j = team[i]
            base = sd[0] * house[institution[j]] + sd[1] * level[j] + sd[3] * person[i]
            gone, before = False, 0.0
            for k in range(person_start[i], person_start[i + 1]):
                if k > person_start[i] and not gone:
                    p = stay[occasion[k]]
                    if p < 1.0 and depends != 0.0:
                        odds = (1.0 - p) / p * np.exp(depends * before)
                        p = 1.0 / (1.0 + odds)
                    gone = p < 1.0 and _uniform(state) >= p
                before = base + sd[2] * slope[j] * time[k] + sd[4] * noise[k]
                out[r, k] = np.nan if gone else mean[k] + before
