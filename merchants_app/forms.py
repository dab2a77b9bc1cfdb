"""Reading a form into a model, with every fault named by field in words people understand.

The form token was checked by the access guard and is dropped here. An empty text field counts as
not given. Unknown fields are refused, so nothing slips in beside what a page asks for.
"""

from collections.abc import Mapping
from typing import Any, TypeVar, get_origin

from litestar import Request
from litestar.datastructures import UploadFile
from pydantic import BaseModel, ConfigDict, ValidationError

from compliance.errors import InvalidInput
from merchants_app.pages import TOKEN_FIELD


class FormModel(BaseModel):
    """The base of every form: trims text, refuses unknown fields."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, arbitrary_types_allowed=True, frozen=True
    )


F = TypeVar("F", bound=BaseModel)

_CODES = {
    "missing": "field.required",
    "string_too_long": "field.too_long",
    "string_too_short": "field.required",
    "date_from_datetime_parsing": "field.not_a_date",
    "date_parsing": "field.not_a_date",
    "int_parsing": "field.not_a_number",
    "float_parsing": "field.not_a_number",
    "extra_forbidden": "field.unknown",
    "enum": "field.not_a_choice",
    "literal_error": "field.not_a_choice",
    "too_short": "field.required",
}


def faults(error: ValidationError) -> dict[str, str]:
    """Return field → error code for what pydantic refused; a nested field is `items.0.code`."""
    return {
        ".".join(map(str, fault["loc"])) or "form": _CODES.get(fault["type"], "field.not_valid")
        for fault in error.errors()
    }


def check(model: type[F], values: Mapping[str, Any]) -> F:
    """Return `values` as a `model`; raise InvalidInput `form.invalid` naming the fields."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InvalidInput("form.invalid", fields=faults(error)) from None


async def values_of(request: Request[Any, Any, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Return what was typed, lists where the model has lists, without the form token."""
    lists = {
        name
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) in {list, tuple, set, frozenset}
    }
    values: dict[str, Any] = {}
    for name, value in (await request.form()).multi_items():
        empty = value == "" or (isinstance(value, UploadFile) and not value.filename)
        if name == TOKEN_FIELD or empty:
            continue
        if name in lists:
            values.setdefault(name, []).append(value)
        elif name in values:
            raise InvalidInput("form.repeated", fields={name: "field.repeated"})
        else:
            values[name] = value
    return values


async def read(request: Request[Any, Any, Any], model: type[F]) -> F:
    """Return the form as a `model`; raise InvalidInput naming every field at fault."""
    return check(model, await values_of(request, model))
