"""The words by which one agrees to sign electronically, every version for ever (pure).

Electronic Signature Law art. 3: the parties agree to it; art. 13: the four conditions of a reliable
signature, and the conditions the parties agree on. A signature names the version and the hash of
the exact Chinese words, so a version is never changed: new words are a new version, added below.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.errors import NotFound


@dataclass(frozen=True, slots=True)
class Consent:
    """One version: the binding Chinese paragraphs, and what they say in English."""

    version: str
    paragraphs: tuple[str, ...]
    in_english: tuple[str, ...]

    @property
    def text_hash(self) -> str:
        """SHA-256, in hex, of the UTF-8 bytes of the Chinese paragraphs, one a line."""
        return hashlib.sha256("\n".join(self.paragraphs).encode()).hexdigest()

    def told(self) -> dict[str, str]:
        """Return it as evidence names it."""
        return {"consent": self.version, "consent_hash": self.text_hash}


_2026_2 = Consent(
    version="2026.2",
    paragraphs=(
        "我同意用电子签名签署这些文书，也同意接收电子版。",
        "电子签名和手写签名、盖章有同样的效力（电子签名法第三条、第十四条）。",
        "我和对方约定，同时做到下面四点的电子签名就是可靠的（电子签名法第十三条）：",
        "一、验证码只发到本店登记的手机，这部手机由我本人使用。",
        "二、验证码一次一用，五分钟内有效，签署时由我本人输入，不告诉别人。",
        "三、签名写好以后再有改动，查得出来：签名和签署时间写进本店台账。",
        "四、文书签好以后再有改动，查得出来：改一个字，校验码就对不上。",
        "有人帮我操作的，我已写明是谁、为什么；验证码仍由我本人输入。",
        "我可以不同意，改在纸上签。行政处罚文书不按这个约定送达。",
    ),
    in_english=(
        "I agree to sign these papers electronically and to receive them in electronic form.",
        "This has the force of a handwritten signature or a seal (E-Signature Law, art. 3 and 14).",
        "The other party and I agree that a signature is reliable when all four hold (art. 13):",
        "1. The code goes only to the phone on file for this shop, and I am the one who uses it.",
        "2. Each code works once and for five minutes. I type it in myself and tell it to nobody.",
        "3. A later change to the signature shows: signature and time are in the shop's ledger.",
        "4. A later change to a paper shows: one changed character, and the check code differs.",
        "If somebody helped me, I have said who and why; I still type in the code myself.",
        "I may decline and sign on paper instead. Penalty documents are not served this way.",
    ),
)

_2026_2_A = Consent(
    version="2026.2-A",
    paragraphs=(
        "我同意用电子签名签署这些文书，也同意接收电子版。",
        "电子签名和手写签名、盖章有同样的效力（电子签名法第三条、第十四条）。",
        "我和对方约定，同时做到下面四点的电子签名就是可靠的（电子签名法第十三条）：",
        "一、账号和密码只由我本人保管和使用。",
        "二、登录以后由我本人按下签署，不让别人代按。",
        "三、签名以后再有改动，查得出来：签名和签署时间写进商户的台账。",
        "四、文书签好以后再有改动，查得出来：改一个字，校验码就对不上。",
        "我有权代表所在单位签署。",
    ),
    in_english=(
        "I agree to sign these papers electronically and to receive them in electronic form.",
        "This has the force of a handwritten signature or a seal (E-Signature Law, art. 3 and 14).",
        "The other party and I agree that a signature is reliable when all four hold (art. 13):",
        "1. Account and password are kept and used by me alone.",
        "2. Signed in, I press the button myself and let nobody press it for me.",
        "3. A later change to the signature shows: signature and time are in the shop's ledger.",
        "4. A later change to a paper shows: one changed character, and the check code differs.",
        "I am entitled to sign for my organisation.",
    ),
)

CONSENTS: Mapping[str, Consent] = {each.version: each for each in (_2026_2, _2026_2_A)}
CONSENT = _2026_2
"""What a merchant agrees to today."""
ACCOUNT_CONSENT = _2026_2_A
"""What another party, who signs with an account, agrees to today."""


def of_version(version: str) -> Consent:
    """Return the words of a version; raise NotFound `consent.unknown`."""
    try:
        return CONSENTS[version]
    except KeyError:
        raise NotFound("consent.unknown") from None
