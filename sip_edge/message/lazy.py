"""An attribute worked out when it is first read and kept in the object.  (pure)

functools.cached_property takes a lock on every first read (Python 3.11), which costs more than parsing a CSeq.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):
    """`@lazy def via(self)`: computed once, then found in the instance's `__dict__` before this is even asked.

    Works on frozen dataclasses, whose fields alone decide equality. An exception is not kept: the next read
    computes again and raises again.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.compute = compute
        self.name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> lazy[T] | T:
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.compute(instance)
        return value
