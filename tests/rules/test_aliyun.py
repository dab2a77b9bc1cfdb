"""Text messages by Aliyun: signed as its documents say, sent once, every refusal named."""

import json
import logging
from datetime import UTC, datetime

import httpx
import pytest

from merchants_app import logs
from merchants_app.aliyun import NOTHING, Aliyun, SmsRefused, authorization

ACCEPTED = {"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0", "RequestId": "F655"}
REFUSED = {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发小时级流控", "RequestId": "8906"}


def test_the_signature_is_the_one_of_the_published_example():
    """Alibaba Cloud, V3 request structure and signature, the fixed example of its last chapter."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": NOTHING,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = {
        "RegionId": "cn-shanghai",
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
    }

    signed = authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers)

    assert signed.endswith("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def service(answer, seen):
    def answered(request):
        seen.append(request)
        return httpx.Response(200, json=answer)

    return Aliyun(
        endpoint="https://dysmsapi.aliyuncs.com",
        key_id="sample-id",
        secret="sample-secret",
        sign_name="门前样例",
        templates={"finding.opened": "SMS_1"},
        client=httpx.Client(transport=httpx.MockTransport(answered)),
        now=lambda: datetime(2026, 11, 23, 1, tzinfo=UTC),
    )


def test_a_message_goes_out_under_its_filed_template():
    seen = []
    params = {"shop": "样例饺子馆 & 店", "item": "占道堆物"}

    name = service(ACCEPTED, seen).send("13800000000", "finding.opened", params, "a1")

    (request,) = seen
    query = dict(request.url.params)
    assert name == ACCEPTED["BizId"]
    assert (request.method, request.headers["x-acs-date"]) == ("POST", "2026-11-23T01:00:00Z")
    assert (query["TemplateCode"], query["OutId"]) == ("SMS_1", "a1")
    assert json.loads(query["TemplateParam"]) == params
    sent = {name: request.headers[name] for name in request.headers if name.startswith("x-acs-")}
    again = authorization(
        "sample-id", "sample-secret", query, {**sent, "host": request.headers["host"]}
    )
    assert request.headers["authorization"] == again


def test_no_phone_enters_the_log(caplog):
    logs.configure("info")
    with caplog.at_level(logging.INFO):
        service(ACCEPTED, []).send("13800000000", "finding.opened", {}, "a1")

    assert "13800000000" not in caplog.text


def test_a_refusal_carries_the_code_of_the_service():
    with pytest.raises(SmsRefused, match=r"isv\.BUSINESS_LIMIT_CONTROL"):
        service(REFUSED, []).send("13800000000", "finding.opened", {}, "a1")


def test_a_kind_without_a_template_is_told_before_anything_is_sent():
    seen = []

    assert "vote.opened" in service(ACCEPTED, seen).refusal_of("vote.opened")
    assert not service(ACCEPTED, seen).refusal_of("finding.opened")
    assert not seen
