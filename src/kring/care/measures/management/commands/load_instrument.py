"""`kring load-instrument FILE --organisation NAME --licence TEXT`: take the text of an instrument into use."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kring.care.measures.instruments import Refused
from kring.care.measures.loading import load_text, of_name


class Command(BaseCommand):
    help = "Load a FHIR Questionnaire (R4) that your organisation may use. Everything or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the Questionnaire, as JSON")
        parser.add_argument("--organisation", required=True, help="the name of the organisation that may use it")
        parser.add_argument("--licence", required=True, help="by what right: who gave permission, when, for what")

    def handle(self, *args: Any, file: Path, organisation: str, licence: str, **options: Any) -> None:
        try:
            content = file.read_bytes()
            kept = load_text(organisation=of_name(organisation), content=content, licence=licence)
        except OSError as fault:
            raise CommandError(f"{file}: {fault.strerror}. Nothing was loaded.") from None
        except Refused as refused:
            faults = "\n".join(f"{file}: {fault}" for fault in refused.faults)
            raise CommandError(f"{faults}\nNothing was loaded.") from None
        for one in kept:
            self.stdout.write(f"{one.code}, version {one.version}, in {one.language}: loaded for {organisation}.")
