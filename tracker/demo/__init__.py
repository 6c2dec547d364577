"""The demonstration: invented families, a clock that can be moved, nothing sent.

Everything in it is made by the product's own use cases and the worker's own ticks, with the clock
set to each day in turn; no alert, message or digest is written by any other hand.
"""

from tracker.demo.opening import open_demo

__all__ = ["open_demo"]
