"""People: passwords, sessions, the throttle."""

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from compliance.accounts import service, sessions
from compliance.accounts.permissions import Role
from compliance.accounts.service import Attempt
from tests.factories import World


def test_a_session_ends_on_the_server_when_signed_out(world: World):
    account = world.account(Role.LANE_CHIEF, password="a long password")
    opened = world.write(sessions.open_session, account)
    viewer, _ = world.read(sessions.viewer_of_session, world.act(), opened.secret)

    world.write(sessions.end_session, viewer.session_key)

    assert world.read(sessions.viewer_of_session, world.act(), opened.secret) is None


def test_failures_elsewhere_do_not_lock_out_a_known_device(world: World, monkeypatch):
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64),))  # the count is what is asked
    monkeypatch.setattr(service, "_PASSWORDS", quick)
    account = world.account(Role.TOWNSHIP_DESK, name="desk", password="a long password")
    for attacker in range(8):
        for _ in range(5):
            tried = world.write(
                service.authenticate,
                Attempt("desk", "guess", f"10.0.0.{attacker}", known_device=True),
            )
            assert tried is None

    found = world.write(
        service.authenticate, Attempt("desk", "a long password", "device:own", known_device=True)
    )

    assert found is not None
    assert found.id == account.id
