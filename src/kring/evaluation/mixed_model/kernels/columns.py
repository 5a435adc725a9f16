"""The columns of a model, made block by block from arrays of any numeric type as they lie in memory.

A kernel is compiled for the types of its arguments. So that one serves every number and mixture of arrays, it gets
their addresses: `sums.Columns` makes these of arrays that it keeps alive, one-dimensional and without gaps.
"""

import numpy as np
from numba import types
from numba.extending import intrinsic
from numba.np.numpy_support import carray

from kring.evaluation.jit import inner

KINDS = ("float64", "float32", "int64", "int32", "int16", "int8")  # their places are what `_factor` knows


@intrinsic
def _pointer(_typing, address):
    """The pointer that a number stands for."""

    def generate(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.voidptr(address), generate


@inner
def _read(x, is_first, centre, out):
    if is_first:
        for i in range(len(x)):
            out[i] = x[i] - centre
    else:
        for i in range(len(x)):
            out[i] *= x[i]


@inner
def _factor(address, kind, start, n, is_first, centre, out):
    """out = x − centre, or out ·= x for factors after the first, over n numbers of an array from `start` on."""
    if kind == 0:
        _read(carray(_pointer(address + 8 * start), n, np.float64), is_first, centre, out)
    elif kind == 1:
        _read(carray(_pointer(address + 4 * start), n, np.float32), is_first, centre, out)
    elif kind == 2:
        _read(carray(_pointer(address + 8 * start), n, np.int64), is_first, centre, out)
    elif kind == 3:
        _read(carray(_pointer(address + 4 * start), n, np.int32), is_first, centre, out)
    elif kind == 4:
        _read(carray(_pointer(address + 2 * start), n, np.int16), is_first, centre, out)
    else:
        _read(carray(_pointer(address + start), n, np.int8), is_first, centre, out)


@inner
def fill(sources, start, stop, out):
    """M′ of these rows into the first columns of `out` (m, ≥ stop-start), which begins as ones.

    sources: address and kind of each factor, where each column's factors begin (closed by their number), and what is
    taken off a column of one factor.
    """
    addresses, kinds, begins, centres = sources
    for c in range(out.shape[0]):
        for f in range(begins[c], begins[c + 1]):
            _factor(addresses[f], kinds[f], start, stop - start, f == begins[c], centres[c], out[c])
