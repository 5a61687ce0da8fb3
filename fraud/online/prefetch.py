"""The processor's own instruction for fetching ahead, for the kernels; only read where numba is installed."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = ["fetch"]

_READ, _KEEP, _DATA = 0, 3, 1
"""To read, to be kept in all caches, and no instructions: what LLVM is told of a fetch."""


@intrinsic
def fetch(_typing: Any, array: Any, _row: Any) -> Any:
    """Ask the processor to bring a row of an array into its cache."""

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = context.make_array(signature.args[0])(context, builder, arguments[0])
        begin = builder.bitcast(found.data, cgutils.voidptr_t)
        place = builder.gep(begin, [builder.mul(arguments[1], builder.extract_value(found.strides, 0))])
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number])
        ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")  # type: ignore[no-untyped-call]  # it has no types
        builder.call(ask, [place, *(number(value) for value in (_READ, _KEEP, _DATA))])
        return context.get_dummy_value()

    return types.void(array, types.int64), write
