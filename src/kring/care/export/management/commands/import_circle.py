"""`kring import-circle FILE --client ADDRESS`: bring a circle here from a file, for somebody with an account."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kring.care.export.bringing import Faulty, bring
from kring.care.people.models import Person


class Command(BaseCommand):
    help = "Bring a circle here from a file that Kring made elsewhere. Everything or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--client", required=True, help="e-mail address of whoever becomes its client")

    def handle(self, *args: Any, file: Path, client: str, **options: Any) -> None:
        person = Person.objects.filter(email=client.strip().lower(), is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody here has the address {client}.")
        try:
            circle = bring(by=person, content=file.read_bytes())
        except OSError as fault:
            raise CommandError(f"{file}: {fault.strerror}") from None
        except Faulty as faulty:
            raise CommandError("\n".join(f"{file}: {words}" for words in faulty.faults)) from None
        self.stdout.write(f"The circle is here: /c/{circle.pk}/")
