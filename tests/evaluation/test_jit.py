"""Who waits for the compiler is told why; who does not is told nothing."""

import os
import subprocess
import sys

from kring.evaluation import jit

ASK = "from kring.evaluation import jit, mixed_model; jit.tell_if_cold()"
WARM = """
import numpy as np
from kring.evaluation.mixed_model.kernels import criterion
criterion.cholesky(np.eye(2), np.eye(2))
"""


def run(code, cache):
    env = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stderr


def test_a_first_run_is_told_that_it_compiles(tmp_path):
    assert run(ASK, tmp_path / "empty").strip() == jit.COMPILING


def test_with_kept_code_nothing_is_said(tmp_path):
    run(WARM, tmp_path)
    assert run(ASK, tmp_path) == ""
