"""Telling the OpenAPI document about bodies that a handler reads raw, because it hashes them."""

from dataclasses import dataclass
from typing import Any

from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from pydantic import BaseModel


@dataclass
class Told(Schema):
    """A schema given whole, as JSON Schema has it."""

    whole: dict[str, Any] | None = None

    def to_schema(self) -> dict[str, Any]:
        return self.whole or {}


def inlined(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON Schema without references: those would lead out of the operation."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})

    def replace(value: Any) -> Any:
        if isinstance(value, list):
            return [replace(each) for each in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return replace(parts[value["$ref"].rpartition("/")[2]])
        return {key: replace(inner) for key, inner in value.items()}

    found: dict[str, Any] = replace(schema)
    return found


def takes(media_type: str, schema: dict[str, Any]) -> type[Operation]:
    """Return the operation class of a handler whose body has this type and schema."""
    content = {media_type: OpenAPIMediaType(schema=Told(whole=schema))}

    @dataclass
    class Described(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(content=content, required=True)

    return Described


BYTES = {"type": "string", "format": "binary"}
