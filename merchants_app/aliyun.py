"""Text messages by Aliyun's SMS service: one signed request each.

Source: Alibaba Cloud, "V3 request structure and signature" (ACS3-HMAC-SHA256), and SendSms of
Dysmsapi 2017-05-25. A message goes out under a template that was filed and approved there, so each
of our kinds is given the code of its template in `MENQIAN_SMS_TEMPLATES`.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import quote, urlsplit

import httpx

from merchants_app.settings import Settings

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
NOTHING = hashlib.sha256(b"").hexdigest()
"""Hash of an empty body: everything stands in the query."""


class SmsRefused(Exception):
    """The service answered with a code of its own, such as `isv.BUSINESS_LIMIT_CONTROL`."""


def canonical_query(query: Mapping[str, str]) -> str:
    """Return parameters in order, each quoted as RFC 3986 says."""
    pairs = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in query.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def authorization(
    key_id: str, secret: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> str:
    """Return the header that signs a POST of `query` without a body; `headers` in lower case."""
    named = sorted(name for name in headers if name == "host" or name.startswith("x-acs-"))
    told = "".join(f"{name}:{headers[name].strip()}\n" for name in named)
    names = ";".join(named)
    request = "\n".join(("POST", "/", canonical_query(query), told, names, NOTHING))
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"


@dataclass(frozen=True, slots=True)
class Aliyun:
    """The service as an installation is registered there."""

    endpoint: str
    key_id: str
    secret: str
    sign_name: str
    templates: Mapping[str, str]
    client: httpx.Client
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @classmethod
    def of(cls, settings: Settings, client: httpx.Client) -> Self:
        """Return the service that the settings describe."""
        return cls(
            endpoint=settings.sms_url,
            key_id=settings.sms_key_id,
            secret=settings.sms_key,
            sign_name=settings.sms_sign_name,
            templates=settings.sms_templates,
            client=client,
        )

    def refusal_of(self, template: str) -> str:
        """Return why a kind of message cannot be sent at all, empty when it can."""
        if template in self.templates:
            return ""
        return f"MENQIAN_SMS_TEMPLATES names no template of the provider for {template}"

    def send(self, phone: str, template: str, params: Mapping[str, object], name: str) -> str:
        """Hand over one message and return the service's `BizId`; raise SmsRefused with its code.

        `name` goes along as `OutId` and comes back in the delivery report.
        """
        query = {
            "PhoneNumbers": phone,
            "SignName": self.sign_name,
            "TemplateCode": self.templates[template],
            "TemplateParam": json.dumps(params, ensure_ascii=False),
            "OutId": name,
        }
        headers = {
            "host": urlsplit(self.endpoint).netloc,
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": NOTHING,
            "x-acs-date": self.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-version": VERSION,
        }
        headers["authorization"] = authorization(self.key_id, self.secret, query, headers)
        answer = self.client.post(f"{self.endpoint}/?{canonical_query(query)}", headers=headers)
        body = answer.json()
        if body.get("Code") != "OK":
            raise SmsRefused(f"{body.get('Code')}: {body.get('Message')}")
        return str(body["BizId"])
