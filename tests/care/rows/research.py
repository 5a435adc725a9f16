"""Every address of the room research, with the answer that each kind of person gets."""

from tests.care.routes import Row

ROUTES: dict[str, Row] = {}
