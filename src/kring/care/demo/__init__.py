"""The demo: a fictional town with one FACT team and two dozen circles, lived through by the same actions as people use.

Nobody in it exists. `build` fills an empty database; `DOORS` names whom one can look along with.
"""

from kring.care.demo.doors import DOORS, Door, doors
from kring.care.demo.town import build

__all__ = ["DOORS", "Door", "build", "doors"]
