"""`kring calendar_reply < mail`: takes in an answer that was given in somebody's calendar."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from kring.care.meetings.replies import LARGEST, Unusable, take_in


class Command(BaseCommand):
    help = "Read one mail with a calendar reply (Accept, Decline) from standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        """Always ends well for the mail server: a bounce would tell a stranger what exists."""
        try:
            take_in(sys.stdin.buffer.read(LARGEST + 1))
        except Unusable as reason:
            self.stderr.write(f"left alone: {reason}")
