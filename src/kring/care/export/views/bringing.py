"""Bringing a circle here from another installation."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from kring.care.export.bringing import LARGEST, Faulty, bring
from kring.care.forms import Plain


class BringForm(Plain):
    file = forms.FileField(label=_("The file"), help_text=_("It ends in .json and is at most 20 MB."))

    def clean_file(self) -> bytes:
        found = self.cleaned_data["file"]
        if found.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return bytes(found.read())


def page(request: HttpRequest) -> HttpResponse:
    form = BringForm(request.POST or None, request.FILES or None)
    faults: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            circle = bring(by=request.user, content=form.cleaned_data["file"])  # type: ignore[arg-type]
            return redirect("home:circle", circle.pk)
        except Faulty as faulty:
            faults = faulty.faults
    return render(request, "export/bring.html", {"form": form, "faults": faults})
