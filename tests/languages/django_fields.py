"""What fields of Django make of a listed and an unlisted code: django_fields.py < EXAMPLE."""

import json
import sys
from collections.abc import Callable

import django
from django.conf import settings
from django.db import connection, models
from django.forms import modelform_factory

from smtpstatus import SmtpStatusCode

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()
example = {"__name__": "example"}
exec(sys.stdin.read(), example)
CHOICES = [(int(code), code.summary) for code in SmtpStatusCode]


def model_with(name: str, field: models.Field) -> type[models.Model]:
    meta = type("Meta", (), {"app_label": "mail"})
    return type(name, (models.Model,), {"code": field, "Meta": meta, "__module__": __name__})


def in_form(model: type[models.Model], code: int) -> str:
    form = modelform_factory(model, fields=["code"])({"code": str(code)})
    return repr(form.save().code) if form.is_valid() else f"error: {form.errors['code'][0]}"


def saved(model: type[models.Model], code: int) -> str:
    row = model.objects.create(code=SmtpStatusCode(code))
    return repr(model.objects.get(pk=row.pk).code)


def answers(model: type[models.Model], ask: Callable[[type[models.Model], int], str]) -> dict[str, str]:
    found = {str(code): ask(model, code) for code in (-1, 521)}
    return found | {"== -1": "found" if model.objects.filter(code=-1) else "not found"}


MODELS = {
    "`IntegerField(choices=…)`": model_with("WithChoices", models.IntegerField(choices=CHOICES)),
    "`IntegerField()`": model_with("WithIntegers", models.IntegerField()),
    "`StatusCodeField()`, below": model_with("WithCodes", example["StatusCodeField"]()),
}
with connection.schema_editor() as editor:
    for created in MODELS.values():
        editor.create_model(created)
found = {}
for name, model in MODELS.items():
    found[f"{name}, in a form"] = answers(model, in_form)
    found[f"{name}, by `save()`"] = answers(model, saved)
print(json.dumps(found))
