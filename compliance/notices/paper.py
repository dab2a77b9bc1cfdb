"""A notice as people meet it: with its text, its shop, and what it is worth today."""

from dataclasses import dataclass

from compliance.accounts.permissions import Place
from compliance.merchants.shops import Shop
from compliance.notices import texts
from compliance.notices.kinds import MOVES, Standing
from compliance.notices.models import Notice, NoticeText, TextSource
from compliance.notices.official import OfficialValues
from compliance.notices.values import OF_KIND, Values


@dataclass(frozen=True, slots=True)
class Paper:
    """A notice with the text it was issued from, its shop, and what it is worth today."""

    notice: Notice
    text: NoticeText
    shop: Shop
    standing: Standing

    @property
    def rendered(self) -> texts.Rendered:
        """The exact text, as title and paragraphs."""
        return texts.Rendered.of(self.notice.content)

    @property
    def values(self) -> Values:
        model = OfficialValues if self.uploaded else OF_KIND[self.notice.kind]
        return model.model_validate(self.notice.fields)

    @property
    def uploaded(self) -> bool:
        """Whether it records a contract on the official form, signed on paper."""
        return self.text.source is TextSource.OFFICIAL

    @property
    def place(self) -> Place:
        """Where it belongs, its hauler included."""
        own = self.shop.place
        return Place(own.township, own.lane, own.tenancy, self.notice.hauler_id)

    @property
    def signable(self) -> bool:
        """Whether the merchant may sign it today."""
        never = {Standing.EXPIRED, Standing.OUTDATED}
        return self.can("sign") and self.standing not in never and self.shop.closed_on is None

    def can(self, verb: str) -> bool:
        """Return whether `verb` leads anywhere from its state."""
        return (self.notice.state, verb) in MOVES

    @property
    def emphasised(self) -> tuple[str, ...]:
        """Heads of the paragraphs that burden the signer."""
        return tuple(self.text.emphasis.split())

    def public_text(self) -> texts.Rendered:
        """Return the text as anybody may read it: nothing of prices and accounts."""
        values = self.values
        return texts.render(self.text.body, values.placeholders(), values.PRIVATE)

    def public_facts(self) -> tuple[tuple[str, str], ...]:
        """Return what the door says beyond the text: (`fact.` code, words)."""
        values = self.values
        known = values.placeholders() | {"collection": getattr(values, "collection", "")}
        return tuple((f"fact.{name}", texts.written(known[name])) for name in values.PUBLIC_FACTS)
