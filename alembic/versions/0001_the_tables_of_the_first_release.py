"""the tables of the first release."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import compliance.record

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "merchant",
                "waste_hauler",
                "lane_chief",
                "enforcement_officer",
                "association_reviewer",
                "township_desk",
                "district_desk",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column(
            "officer_certificate", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True
        ),
        sa.Column("created_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "check_item",
        sa.Column("edition", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column(
            "heading",
            sa.Enum(
                "hygiene",
                "appearance",
                "order",
                "waste",
                "notices",
                name="heading",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column(
            "limit_kind",
            sa.Enum(
                "now",
                "hours",
                "working_days",
                "snow",
                "none",
                name="limitkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("limit_value", sa.Integer(), nullable=False),
        sa.Column("basis", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("fine", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("officer_only", sa.Boolean(), nullable=False),
        sa.Column("covenant_only", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("edition", "code", name=op.f("pk_check_item")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("subject", sa.String(length=48), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "seq", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("entry_hash", name=op.f("uq_ledger_entry_entry_hash")),
    )
    op.create_table(
        "ledger_head",
        sa.Column("subject", sa.String(length=48), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "merchant",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column(
            "uscc_state",
            sa.Enum(
                "ok",
                "failed",
                "missing",
                name="usccstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("operator_name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant")),
    )
    with op.batch_alter_table("merchant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merchant_uscc"), ["uscc"], unique=False)

    op.create_table(
        "notice_text",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "covenant",
                "pledge",
                "responsibility_statement",
                "waste_contract",
                name="noticekind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("version", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("rule_version", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("emphasis", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("text_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("published_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_text")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_notice_text_kind_version")),
    )
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "sign_in",
                "sign_notices",
                name="codepurpose",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("bound_to", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("sent_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("proved_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("used_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("details", compliance.record.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    with op.batch_alter_table("one_time_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_code_phone"), ["phone"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_one_time_code_tenancy_id"), ["tenancy_id"], unique=False
        )

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dedup_key", sa.String(length=120), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("template", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("params", compliance.record.JSON, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "dead",
                name="messagestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("queued_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("lease_until", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_outbox_message_dedup_key")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message_due", ["state", "due_at"], unique=False)

    op.create_table(
        "photo",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("served_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("stored_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("stored_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_photo")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("known_device", sa.Boolean(), nullable=False),
        sa.Column("at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failure_name_at", ["name", "at"], unique=False)

    op.create_table(
        "township",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("letters", sa.String(length=2), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("legal_name", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("aliases", compliance.record.JSON, nullable=False),
        sa.Column("urban", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_township")),
        sa.UniqueConstraint("letters", name=op.f("uq_township_letters")),
    )
    op.create_table(
        "waste_hauler",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("permit_no", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("permit_valid_to", sa.Date(), nullable=True),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waste_hauler")),
        sa.UniqueConstraint("name", name=op.f("uq_waste_hauler_name")),
    )
    op.create_table(
        "account_place",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_place_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "kind", "ref", name=op.f("pk_account_place")),
    )
    with op.batch_alter_table("account_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_place_ref"), ["ref"], unique=False)

    op.create_table(
        "auth_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("csrf", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("user_agent", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("started_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_auth_session_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_session")),
    )
    with op.batch_alter_table("auth_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_auth_session_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "bearer_token",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("issued_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_bearer_token_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bearer_token")),
    )
    with op.batch_alter_table("bearer_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bearer_token_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "lane",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_lane_township_code_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
        sa.UniqueConstraint("township_code", "name", name=op.f("uq_lane_township_code_name")),
    )
    with op.batch_alter_table("lane", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lane_township_code"), ["township_code"], unique=False)

    op.create_table(
        "ledger_body",
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_hash"],
            ["ledger_entry.entry_hash"],
            name=op.f("fk_ledger_body_entry_hash_ledger_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_hash", name=op.f("pk_ledger_body")),
    )
    op.create_table(
        "premises",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("lane_id", sa.String(length=32), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("frontage_m", sa.Float(), nullable=True),
        sa.Column("area_m2", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_premises_lane_id_lane")),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_premises_township_code_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premises")),
        sa.UniqueConstraint("number", name=op.f("uq_premises_number")),
        sa.UniqueConstraint(
            "township_code", "running", name=op.f("uq_premises_township_code_running")
        ),
    )
    with op.batch_alter_table("premises", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_premises_lane_id"), ["lane_id"], unique=False)

    op.create_table(
        "door_code",
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("premises_id", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "withdrawn",
                name="codestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["premises_id"], ["premises.id"], name=op.f("fk_door_code_premises_id_premises")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_door_code")),
    )
    with op.batch_alter_table("door_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_door_code_premises_id"), ["premises_id"], unique=False)
        batch_op.create_index(
            "uq_door_code_active",
            ["premises_id"],
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.create_table(
        "tenancy",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("premises_id", sa.String(length=32), nullable=False),
        sa.Column("merchant_id", sa.String(length=32), nullable=False),
        sa.Column("row_key", sa.String(length=64), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("hauler_name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("contract_until", sa.Date(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("listed", compliance.record.JSON, nullable=False),
        sa.Column("opened_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchant.id"], name=op.f("fk_tenancy_merchant_id_merchant")
        ),
        sa.ForeignKeyConstraint(
            ["premises_id"], ["premises.id"], name=op.f("fk_tenancy_premises_id_premises")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenancy")),
    )
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tenancy_merchant_id"), ["merchant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tenancy_premises_id"), ["premises_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tenancy_row_key"), ["row_key"], unique=False)
        batch_op.create_index(
            "uq_tenancy_open",
            ["premises_id"],
            unique=True,
            sqlite_where=sa.text("closed_on IS NULL"),
            postgresql_where=sa.text("closed_on IS NULL"),
        )

    op.create_table(
        "finding",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("patrol_id", sa.String(length=32), nullable=False),
        sa.Column("patrol_kind", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("covenant_only", sa.Boolean(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "merchant",
                "third_party",
                "unknown",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "reminded",
                "third_party",
                "dispatched",
                "claimed",
                "disputed",
                "in_review",
                "on_improvement_list",
                "referred",
                "ordered",
                "closed",
                "revoked",
                name="findingstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("recorded_role", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("opened_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("moved_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("due_basis", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("listed_until", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_finding_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_patrol_id"), ["patrol_id"], unique=False)
        batch_op.create_index("ix_finding_state_due", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_finding_tenancy_code", ["tenancy_id", "code"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "covenant",
                "pledge",
                "responsibility_statement",
                "waste_contract",
                name="noticekind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("text_id", sa.String(length=32), nullable=False),
        sa.Column("hauler_id", sa.String(length=32), nullable=True),
        sa.Column("fields", compliance.record.JSON, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("text_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "viewed",
                "signed",
                "refused",
                "served_unsigned",
                "superseded",
                "revoked",
                name="noticestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("viewed_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("settled_note", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["hauler_id"], ["waste_hauler.id"], name=op.f("fk_notice_hauler_id_waste_hauler")
        ),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_notice_tenancy_id_tenancy")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["notice_text.id"], name=op.f("fk_notice_text_id_notice_text")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("number", name=op.f("uq_notice_number")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_hauler_id"), ["hauler_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_state"), ["state"], unique=False)
        batch_op.create_index("ix_notice_tenancy_kind", ["tenancy_id", "kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_text_id"), ["text_id"], unique=False)

    op.create_table(
        "patrol",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("door", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "patrol",
                "inspection",
                "self_check",
                "peer_check",
                name="patrolkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("observed_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("doubts", compliance.record.JSON, nullable=False),
        sa.Column("officers", compliance.record.JSON, nullable=False),
        sa.Column("plan_ref", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("payload_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_patrol_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol")),
    )
    with op.batch_alter_table("patrol", schema=None) as batch_op:
        batch_op.create_index(
            "ix_patrol_account_received", ["account_id", "received_at"], unique=False
        )
        batch_op.create_index(
            "ix_patrol_tenancy_received", ["tenancy_id", "received_at"], unique=False
        )

    op.create_table(
        "signing_sitting",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("session_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("documents", compliance.record.JSON, nullable=False),
        sa.Column("opened_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("signer_name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("signer_role", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("finished_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_signing_sitting_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_sitting")),
    )
    with op.batch_alter_table("signing_sitting", schema=None) as batch_op:
        batch_op.create_index(
            "ix_signing_sitting_tenancy_opened", ["tenancy_id", "opened_at"], unique=False
        )

    op.create_table(
        "finding_event",
        sa.Column("finding_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reminded",
                "third_party",
                "dispatched",
                "claimed",
                "disputed",
                "in_review",
                "on_improvement_list",
                "referred",
                "ordered",
                "closed",
                "revoked",
                name="findingstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("account_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("detail", compliance.record.JSON, nullable=False),
        sa.Column("photos", compliance.record.JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_event_finding_id_finding")
        ),
        sa.PrimaryKeyConstraint("finding_id", "number", name=op.f("pk_finding_event")),
    )
    op.create_table(
        "patrol_item",
        sa.Column("patrol_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "ok",
                "fault",
                "not_applicable",
                name="itemresult",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("cause", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("fixed_on_spot", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrol.id"], name=op.f("fk_patrol_item_patrol_id_patrol")
        ),
        sa.PrimaryKeyConstraint("patrol_id", "code", name=op.f("pk_patrol_item")),
    )
    op.create_table(
        "patrol_photo",
        sa.Column("patrol_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrol.id"], name=op.f("fk_patrol_photo_patrol_id_patrol")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["photo.sha256"], name=op.f("fk_patrol_photo_sha256_photo")
        ),
        sa.PrimaryKeyConstraint("patrol_id", "position", name=op.f("pk_patrol_photo")),
    )
    with op.batch_alter_table("patrol_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_patrol_photo_sha256"), ["sha256"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("finding_id", sa.String(length=32), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "disputed",
                "overdue",
                name="reviewreason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=True),
        sa.Column("grounds", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_review_finding_id_finding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_finding_id"), ["finding_id"], unique=False)
        batch_op.create_index(
            "uq_review_open",
            ["finding_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "signature",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column(
            "party",
            sa.Enum(
                "merchant",
                "issuer",
                "hauler",
                "association",
                name="party",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("signer_name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("signer_role", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("account_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "drawn",
                "typed",
                name="signaturemethod",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("strokes", sa.Text(), nullable=True),
        sa.Column("image", sa.LargeBinary(), nullable=True),
        sa.Column("code_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("text_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("signed_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("evidence", compliance.record.JSON, nullable=False),
        sa.Column("entry_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_signature_notice_id_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("notice_id", "party", name=op.f("uq_signature_notice_id_party")),
    )


def downgrade() -> None:
    op.drop_table("signature")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_review_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_review_finding_id"))
        batch_op.drop_index(batch_op.f("ix_review_due_at"))

    op.drop_table("review")
    with op.batch_alter_table("patrol_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_patrol_photo_sha256"))

    op.drop_table("patrol_photo")
    op.drop_table("patrol_item")
    op.drop_table("finding_event")
    with op.batch_alter_table("signing_sitting", schema=None) as batch_op:
        batch_op.drop_index("ix_signing_sitting_tenancy_opened")

    op.drop_table("signing_sitting")
    with op.batch_alter_table("patrol", schema=None) as batch_op:
        batch_op.drop_index("ix_patrol_tenancy_received")
        batch_op.drop_index("ix_patrol_account_received")

    op.drop_table("patrol")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_text_id"))
        batch_op.drop_index("ix_notice_tenancy_kind")
        batch_op.drop_index(batch_op.f("ix_notice_state"))
        batch_op.drop_index(batch_op.f("ix_notice_hauler_id"))

    op.drop_table("notice")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index("ix_finding_tenancy_code")
        batch_op.drop_index("ix_finding_state_due")
        batch_op.drop_index(batch_op.f("ix_finding_patrol_id"))
        batch_op.drop_index(batch_op.f("ix_finding_opened_at"))

    op.drop_table("finding")
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tenancy_open",
            sqlite_where=sa.text("closed_on IS NULL"),
            postgresql_where=sa.text("closed_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_tenancy_row_key"))
        batch_op.drop_index(batch_op.f("ix_tenancy_premises_id"))
        batch_op.drop_index(batch_op.f("ix_tenancy_merchant_id"))

    op.drop_table("tenancy")
    with op.batch_alter_table("door_code", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_door_code_active",
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )
        batch_op.drop_index(batch_op.f("ix_door_code_premises_id"))

    op.drop_table("door_code")
    with op.batch_alter_table("premises", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_premises_lane_id"))

    op.drop_table("premises")
    op.drop_table("ledger_body")
    with op.batch_alter_table("lane", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lane_township_code"))

    op.drop_table("lane")
    with op.batch_alter_table("bearer_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bearer_token_account_id"))

    op.drop_table("bearer_token")
    with op.batch_alter_table("auth_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_session_account_id"))

    op.drop_table("auth_session")
    with op.batch_alter_table("account_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_place_ref"))

    op.drop_table("account_place")
    op.drop_table("waste_hauler")
    op.drop_table("township")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failure_name_at")

    op.drop_table("sign_in_failure")
    op.drop_table("photo")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_due")

    op.drop_table("outbox_message")
    with op.batch_alter_table("one_time_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_code_tenancy_id"))
        batch_op.drop_index(batch_op.f("ix_one_time_code_phone"))

    op.drop_table("one_time_code")
    op.drop_table("notice_text")
    with op.batch_alter_table("merchant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merchant_uscc"))

    op.drop_table("merchant")
    op.drop_table("ledger_head")
    op.drop_table("ledger_entry")
    op.drop_table("check_item")
    op.drop_table("calendar_day")
    op.drop_table("account")
