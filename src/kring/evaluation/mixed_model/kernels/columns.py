"""The columns of a model, made block by block from arrays of any numeric type as they lie in memory.

A kernel is compiled for the types of its arguments. So that one serves every number and mixture of arrays, it gets
their addresses: `sums.Columns` makes these of arrays that it keeps alive, one-dimensional and without gaps.
"""

import numpy as np
from numba import types
from numba.extending import intrinsic

from kring.evaluation.jit import inner

KINDS = ("float64", "float32", "int64", "int32", "int16", "int8")  # their places are what `_factor` knows


@intrinsic
def _number(_typing, address, place, kind):
    """The number at this place of an array of this kind, as a double; the array begins at the address."""
    stored = kind.dtype

    def generate(context, builder, _signature, arguments):
        array = builder.inttoptr(arguments[0], context.get_value_type(stored).as_pointer())
        number = builder.load(builder.gep(array, [arguments[1]]))
        return context.cast(builder, number, stored, types.float64)

    return types.float64(address, place, kind), generate


@inner
def _factor(address, kind, start, out, centre):
    """out ·= x − centre, for the numbers x of an array from `start` on."""
    for i in range(len(out)):
        if kind == 0:
            x = _number(address, start + i, np.float64)
        elif kind == 1:
            x = _number(address, start + i, np.float32)
        elif kind == 2:
            x = _number(address, start + i, np.int64)
        elif kind == 3:
            x = _number(address, start + i, np.int32)
        elif kind == 4:
            x = _number(address, start + i, np.int16)
        else:
            x = _number(address, start + i, np.int8)
        out[i] *= x - centre


@inner
def fill(sources, start, stop, out):
    """M′ of these rows into the first columns of `out` (m, ≥ stop-start), which begins as ones.

    sources: address and kind of each factor, where each column's factors begin (closed by their number), and what is
    taken off a column of one factor.
    """
    addresses, kinds, begins, centres = sources
    for c in range(out.shape[0]):
        column = out[c][: stop - start]
        if begins[c] < begins[c + 1]:
            for i in range(len(column)):
                column[i] = 1.0
        for f in range(begins[c], begins[c + 1]):
            _factor(addresses[f], kinds[f], start, column, centres[c])
