"""`kring audit verify`: is the trail as it was sealed?"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from kring.care.audit import guards, seals
from kring.care.audit.models import Seal


class Command(BaseCommand):
    help = "Check the audit trail: verify names every changed, dropped, reordered or inserted row; seal seals now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("word", choices=["verify", "seal"])
        parser.add_argument("--newest", help="NUMBER:DIGEST of a seal that you kept elsewhere; it must still be there")

    def handle(self, *args: Any, word: str, newest: str | None, **options: Any) -> None:
        if word == "seal":
            self.stdout.write(f"{seals.seal_all()} events sealed.")
            return
        found = [problem.words for problem in seals.problems()]
        found += [f"The guard {name} does not stand. Run kring migrate." for name in sorted(guards.missing(connection))]
        found += _cut_off(newest)
        for words in found:
            self.stdout.write(words)
        last = Seal.objects.order_by("-number").first()
        head = f"newest seal {last.number}:{last.digest}" if last else "nothing sealed yet"
        self.stdout.write(f"{'NOT ' if found else ''}as it was sealed; {head}")
        if found:
            sys.exit(1)


def _cut_off(newest: str | None) -> list[str]:
    if not newest:
        return []
    number, _colon, digest = newest.partition(":")
    if number.isdigit() and Seal.objects.filter(number=int(number), digest=digest).exists():
        return []
    return [f"Seal {number} is not the one you kept: the chain was cut off or written anew."]
