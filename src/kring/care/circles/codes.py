"""A link on paper: a code that can be typed, and the same link as a square for a phone's camera."""

import dataclasses

import qrcode


@dataclasses.dataclass(frozen=True)
class Square:
    """A QR code as one SVG path, so that it needs no style and no script."""

    size: int
    path: str


def square(text: str) -> Square:
    made = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
    made.add_data(text)
    rows = made.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Square(len(rows), path)


def in_groups(code: str) -> str:
    """`ABCD-EFGH-JKLM-NPQR`: groups of four are easier to copy."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
