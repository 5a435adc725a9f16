"""`kring organisation NAME --administrator NAME --address E-MAIL`: begin one, by a letter to who will run it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from kring.care.people.work import VALID, found_organisation


class Command(BaseCommand):
    help = "Begin an organisation, or give it one more administrator: they get a letter with a link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name of the organisation, as people will read it")
        parser.add_argument("--administrator", required=True, help="the name of whoever will run teams and accounts")
        parser.add_argument("--address", required=True, help="their e-mail address at work")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES]
        )

    def handle(self, *args: Any, name: str, administrator: str, address: str, language: str, **options: Any) -> None:
        name, administrator, address = name.strip(), administrator.strip(), address.strip()
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"{address} is not an e-mail address.") from None
        for words in (name, administrator):
            if not 0 < len(words) <= 120:
                raise CommandError(f"Write a name of 1 to 120 characters, not {words!r}.")
        found_organisation(name=name, administrator=administrator, email=address, language=language)
        self.stdout.write(f"{name}: a letter goes to {address}. Its link works for {VALID.days} days.")
