"""Every setting, read from the environment (`MENQIAN_…`), as values only.

The README lists them all and a test compares the two lists. A bad setting stops the start with one
clear line.
"""

import secrets
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from merchants_app import regions


class BadSettings(Exception):
    """A setting that cannot be worked with; the message says which and why."""


class Settings(BaseSettings):
    """Values from `MENQIAN_…`; the docstring of each field is its row in the README."""

    model_config = SettingsConfigDict(
        env_prefix="MENQIAN_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    data_dir: Path = Path("var")
    """Folder for the embedded database, photos, outbox file and the secret key."""

    database_url: str = ""
    """`sqlite:///FILE` or `postgresql://…`; empty means `menqian.sqlite` in the data folder."""

    base_url: str = "http://127.0.0.1:8000"
    """Scheme and host that door codes lead to; HTTPS outside a loopback pilot."""

    secret_key: str = ""
    """Key of short-lived proofs; empty means one is made once and kept in the data folder."""

    sms: Literal["console", "file", "http", "aliyun"] = "console"
    """How messages reach phones: printed, in `outbox.jsonl`, by a JSON gateway, or Aliyun SMS."""

    sms_url: str = "https://dysmsapi.aliyuncs.com"
    """Address of the gateway (`http`), or of Aliyun's service."""

    sms_key: str = ""
    """Bearer key of the gateway, or the secret of Aliyun's access key."""

    sms_key_id: str = ""
    """Id of Aliyun's access key."""

    sms_sign_name: str = ""
    """The signature filed with Aliyun that stands before every message."""

    sms_templates: dict[str, str] = {}
    """Aliyun's template of each kind of message: `{"finding.opened": "SMS_…"}`."""

    signing_key: Path | None = None
    """File (PEM) with the key that seals papers; empty means one is made once and kept."""

    signing_certificate: Path | None = None
    """File (PEM) with the certificate of `MENQIAN_SIGNING_KEY`, those above it behind it."""

    queue_key: Path | None = None
    """File (PEM) with the key for which phones seal their queues, older ones behind it."""

    timestamp_url: str = ""
    """RFC 3161 service that stamps sealed papers; empty means they say that there is none."""

    network_regions: Path | None = None
    """CSV file of networks (`CIDR,region`); empty means that regions are not known."""

    database_pool: int = Field(default=16, ge=1, le=64)
    """Connections and threads for the database."""

    worker: bool = True
    """Whether `menqian serve` also delivers messages and prints; else run `menqian worker`."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level that is logged, as JSON lines on standard error."""

    metrics_token: str = ""
    """Bearer token for `/metrics` from other machines; empty means loopback only."""

    district_name: str = "门头沟区"
    """Name of the district in headers and on paper."""

    hotline: str = "12345"
    """The number people are told to call."""

    office_lines: dict[str, str] = {}
    """Office line of each township's enforcement team, for its plates: `{"110109001000": "…"}`."""

    @field_validator("base_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
            message = "must be scheme and host only, such as https://menqian.example.cn"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://")):
            message = "must begin with sqlite:/// or postgresql://"
            raise ValueError(message)
        return value

    @field_validator("timestamp_url", "sms_url")
    @classmethod
    def _is_service(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            message = "must begin with http:// or https://"
            raise ValueError(message)
        return value

    @field_validator("network_regions")
    @classmethod
    def _is_list(cls, value: Path | None) -> Path | None:
        if value is not None:
            regions.read(value)
        return value

    @model_validator(mode="after")
    def _has_both(self) -> Self:
        if (self.signing_key is None) != (self.signing_certificate is None):
            message = "MENQIAN_SIGNING_KEY and MENQIAN_SIGNING_CERTIFICATE go together"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _reaches_phones(self) -> Self:
        if self.sms == "http" and self.sms_url.startswith("https://dysmsapi."):
            message = "MENQIAN_SMS=http needs MENQIAN_SMS_URL, the address of the gateway"
            raise ValueError(message)
        if self.sms == "aliyun" and not (self.sms_key_id and self.sms_key and self.sms_sign_name):
            message = "MENQIAN_SMS=aliyun needs MENQIAN_SMS_KEY_ID, _KEY and _SIGN_NAME"
            raise ValueError(message)
        return self

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by HTTPS."""
        return self.base_url.startswith("https://")

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'menqian.sqlite'}"

    @property
    def embedded(self) -> bool:
        return self.database.startswith("sqlite")

    def key(self) -> bytes:
        """Return the secret key, made and kept (mode 0600) in the data folder when none is set."""
        if self.secret_key:
            return self.secret_key.encode()
        file = self.data_dir / "secret.key"
        if not file.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(32))
        return file.read_text().strip().encode()

    @classmethod
    def load(cls, **overrides: object) -> Self:
        """Return the settings in force; raise BadSettings with one line per fault."""
        try:
            return cls(**overrides)  # type: ignore[arg-type]
        except ValidationError as error:
            faults = (
                f"MENQIAN_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
                for fault in error.errors()
            )
            raise BadSettings("; ".join(faults)) from None
