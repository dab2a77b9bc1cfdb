"""A member of a panel reads the file and votes with the keyboard alone."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from compliance.accounts import service as accounts
from compliance.accounts.models import Account
from compliance.act import Act
from compliance.findings.lifecycle import FindingState
from compliance.reviews import service as reviews
from compliance.reviews.outcomes import Outcome
from tests.browser.person import Person
from tests.factories import World
from tests.panels import REASONS, members, vote
from tests.people import Street

PASSWORD = "only-for-this-test"
MOST_KEYS = 60

FOCUSED = """() => {
  const at = document.activeElement;
  const label = at.labels?.[0] ?? document.querySelector(`label[for="${at.id}"]`);
  return (label ?? at).innerText.trim();
}"""


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def tab_to(member: Person, words: str) -> None:
    """Press Tab until what is focused is called `words`."""
    for _ in range(MOST_KEYS):
        member.page.keyboard.press("Tab")
        if member.page.evaluate(FOCUSED) == words:
            return
    raise AssertionError(f"no key leads to {words}")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_member_votes_with_the_keyboard_alone(
    world: World, street: Street, somebody: Callable[..., Person]
):
    finding = street.fault("O02", note="纸箱占了便道")
    review = world.write(
        reviews.object_to,
        street.merchant,
        finding.id,
        version=1,
        words="箱子是隔壁店的",
        by=street.merchant,
    )
    *others, last = members(world, review.id)
    for by in others:
        vote(world, by, review.id, Outcome.REVOKE)

    def give_password(session: Session, _: Act) -> str:
        account = session.get_one(Account, last.account_id)
        account.password_hash = accounts.hash_password(PASSWORD)
        session.add(account)
        return account.name

    member = somebody("member", wide=True)
    member.sign_in(world.write(give_password), PASSWORD)
    member.open("/reviews")
    keyboard = member.page.keyboard
    tab_to(member, "占道堆物堆料")
    keyboard.press("Enter")
    member.sees("箱子是隔壁店的", "评议组")
    tab_to(member, "撤销")
    keyboard.press("Space")
    tab_to(member, "理由")
    keyboard.type(REASONS)
    tab_to(member, "投票")
    keyboard.press("Enter")

    member.sees("决定：撤销", REASONS)
    assert street.view(finding.id).state is FindingState.REVOKED
