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
        sa.Column(
            "source",
            sa.Enum(
                "model",
                "official",
                name="textsource",
                native_enum=False,
                create_constraint=True,
                length=24,
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
                "cast_vote",
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
        "reminder",
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sent_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("about", "ref", "until", "step", name=op.f("pk_reminder")),
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
        "notice_draft",
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
        sa.Column("based_on", sa.String(length=32), nullable=False),
        sa.Column("version", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("rule_version", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("emphasis", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("begun_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("text_id", sa.String(length=32), nullable=True),
        sa.Column("dropped_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["based_on"], ["notice_text.id"], name=op.f("fk_notice_draft_based_on_notice_text")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["notice_text.id"], name=op.f("fk_notice_draft_text_id_notice_text")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_draft")),
    )
    with op.batch_alter_table("notice_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_draft_based_on"), ["based_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_draft_text_id"), ["text_id"], unique=False)

    op.create_table(
        "resign_campaign",
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
        sa.Column("text_id", sa.String(length=32), nullable=False),
        sa.Column("former_id", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("townships", compliance.record.JSON, nullable=False),
        sa.Column("steps", compliance.record.JSON, nullable=False),
        sa.Column("planned_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("enrolled_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_note", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["former_id"], ["notice_text.id"], name=op.f("fk_resign_campaign_former_id_notice_text")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["notice_text.id"], name=op.f("fk_resign_campaign_text_id_notice_text")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resign_campaign")),
        sa.UniqueConstraint("text_id", name=op.f("uq_resign_campaign_text_id")),
    )
    op.create_table(
        "vote",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("text_id", sa.String(length=32), nullable=False),
        sa.Column("street_name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("given", compliance.record.JSON, nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("text_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column(
            "ratio",
            sa.Enum(
                "more_than_half",
                "two_thirds",
                "three_quarters",
                name="ratio",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "base",
            sa.Enum(
                "eligible",
                "voting",
                name="base",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("opens_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closes_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "prepared",
                "scheduled",
                "running",
                "adopted",
                "not_adopted",
                "no_quorum",
                "withdrawn",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("prepared_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("prepared_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("opened_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("abstain", sa.Integer(), nullable=False),
        sa.Column("lapsed", sa.Integer(), nullable=False),
        sa.Column("roll_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("entry_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("withdrawn_for", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint("quorum BETWEEN 50 AND 100", name=op.f("ck_vote_quorum")),
        sa.CheckConstraint("yes + no + abstain <= eligible", name=op.f("ck_vote_counted")),
        sa.ForeignKeyConstraint(
            ["text_id"], ["notice_text.id"], name=op.f("fk_vote_text_id_notice_text")
        ),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_vote_township_code_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
    )
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_stage"), ["stage"], unique=False)
        batch_op.create_index(batch_op.f("ix_vote_text_id"), ["text_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vote_township_code"), ["township_code"], unique=False)

    op.create_table(
        "blank_batch",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("lane_id", sa.String(length=32), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ordered_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ordered_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("withdrawn_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_blank_batch_lane_id_lane")),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_blank_batch_township_code_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blank_batch")),
    )
    with op.batch_alter_table("blank_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blank_batch_lane_id"), ["lane_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_blank_batch_township_code"), ["township_code"], unique=False
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
        "vote_lane",
        sa.Column("vote_id", sa.String(length=32), nullable=False),
        sa.Column("lane_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_vote_lane_lane_id_lane")),
        sa.ForeignKeyConstraint(["vote_id"], ["vote.id"], name=op.f("fk_vote_lane_vote_id_vote")),
        sa.PrimaryKeyConstraint("vote_id", "lane_id", name=op.f("pk_vote_lane")),
    )
    with op.batch_alter_table("vote_lane", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_lane_lane_id"), ["lane_id"], unique=False)

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
        batch_op.create_index(batch_op.f("ix_tenancy_phone"), ["phone"], unique=False)
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
        "blank_plate",
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=16), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=True),
        sa.Column("bound_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("replaced", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["blank_batch.id"], name=op.f("fk_blank_plate_batch_id_blank_batch")
        ),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_blank_plate_tenancy_id_tenancy")
        ),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_blank_plate_township_code_township")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_blank_plate")),
        sa.UniqueConstraint("serial", name=op.f("uq_blank_plate_serial")),
        sa.UniqueConstraint(
            "township_code", "running", name=op.f("uq_blank_plate_township_code_running")
        ),
    )
    with op.batch_alter_table("blank_plate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blank_plate_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_blank_plate_tenancy_id"), ["tenancy_id"], unique=False)

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
                "submitted",
                "returned",
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
        batch_op.create_index("ix_notice_text_hash", ["text_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_text_id"), ["text_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_valid_to"), ["valid_to"], unique=False)

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
        "print_job",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "plates",
                "notices",
                "pack",
                name="printwhat",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("layout", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("lane_id", sa.String(length=32), nullable=True),
        sa.Column("tenancy_id", sa.String(length=32), nullable=True),
        sa.Column("covers", sa.Boolean(), nullable=False),
        sa.Column("renew", sa.Boolean(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("ordered_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("ordered_role", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("ordered_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("shops", sa.Integer(), nullable=False),
        sa.Column("printed", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "ready",
                "failed",
                "cancelled",
                "cleared",
                name="jobprogress",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "gathering",
                "setting",
                "reading",
                name="jobstage",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("lease_until", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("file_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.Column("kept_until", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("failure_detail", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_print_job_lane_id_lane")),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_print_job_tenancy_id_tenancy")
        ),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_print_job_township_code_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_job_lane_id"), ["lane_id"], unique=False)
        batch_op.create_index(
            "ix_print_job_state_ordered_at", ["state", "ordered_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_print_job_tenancy_id"), ["tenancy_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_print_job_township_code"), ["township_code"], unique=False
        )

    op.create_table(
        "signing_sitting",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("session_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("documents", compliance.record.JSON, nullable=False),
        sa.Column("opened_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("signer_name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("signer_role", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("helper", compliance.record.JSON, nullable=False),
        sa.Column("agreed_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("consent", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("strokes", sa.Text(), nullable=True),
        sa.Column("typed", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
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
        "vote_roll",
        sa.Column("vote_id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("lane_id", sa.String(length=32), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_vote_roll_lane_id_lane")),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_vote_roll_tenancy_id_tenancy")
        ),
        sa.ForeignKeyConstraint(["vote_id"], ["vote.id"], name=op.f("fk_vote_roll_vote_id_vote")),
        sa.PrimaryKeyConstraint("vote_id", "tenancy_id", name=op.f("pk_vote_roll")),
    )
    with op.batch_alter_table("vote_roll", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_roll_tenancy_id"), ["tenancy_id"], unique=False)

    op.create_table(
        "contract_upload",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("notice_id", sa.String(length=32), nullable=True),
        sa.Column("files", compliance.record.JSON, nullable=False),
        sa.Column("uploaded_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("uploaded_role", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("checked_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_contract_upload_notice_id_notice")
        ),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_contract_upload_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_upload")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_contract_upload_notice_id")),
    )
    with op.batch_alter_table("contract_upload", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contract_upload_tenancy_id"), ["tenancy_id"], unique=False
        )

    op.create_table(
        "erasure",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("notice_id", sa.String(length=32), nullable=True),
        sa.Column("party", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "tenancy",
                "notice",
                "signature",
                name="scope",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "basis",
            sa.Enum(
                "purpose_fulfilled",
                "service_ended",
                "consent_withdrawn",
                "unlawful",
                "other_law",
                name="basis",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("counts", compliance.record.JSON, nullable=False),
        sa.Column("blobs", compliance.record.JSON, nullable=False),
        sa.Column("erased_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("account_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("entry_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_erasure_notice_id_notice")
        ),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_erasure_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasure_erased_at"), ["erased_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_erasure_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_erasure_tenancy_id"), ["tenancy_id"], unique=False)

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
        "print_line",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("door", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("replaces", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["print_job.id"], name=op.f("fk_print_line_job_id_print_job")
        ),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_print_line_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("job_id", "place", name=op.f("pk_print_line")),
    )
    op.create_table(
        "resign_shop",
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("former_id", sa.String(length=32), nullable=False),
        sa.Column("tried_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["resign_campaign.id"],
            name=op.f("fk_resign_shop_campaign_id_resign_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["former_id"], ["notice.id"], name=op.f("fk_resign_shop_former_id_notice")
        ),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_resign_shop_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "tenancy_id", name=op.f("pk_resign_shop")),
    )
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
        "sealed_paper",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("signed_set", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("file_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("certificate", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("issuer", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("sealed_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "stamp_state",
            sa.Enum(
                "stamped",
                "no_service",
                "failed",
                name="stampstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("stamped_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stamp_authority", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("entry_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("erased_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_sealed_paper_notice_id_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_paper")),
        sa.UniqueConstraint("file_hash", name=op.f("uq_sealed_paper_file_hash")),
        sa.UniqueConstraint(
            "notice_id", "revision", name=op.f("uq_sealed_paper_notice_id_revision")
        ),
        sa.UniqueConstraint(
            "notice_id",
            "signed_set",
            "stamp_state",
            name=op.f("uq_sealed_paper_notice_id_signed_set_stamp_state"),
        ),
    )
    with op.batch_alter_table("sealed_paper", schema=None) as batch_op:
        batch_op.create_index("ix_sealed_paper_digest", ["digest"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sealed_paper_stamp_state"), ["stamp_state"], unique=False
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
                "uploaded",
                name="signaturemethod",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("strokes", sa.Text(), nullable=True),
        sa.Column("code_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("text_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("signed_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("evidence", compliance.record.JSON, nullable=False),
        sa.Column("entry_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("erased_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_signature_notice_id_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("notice_id", "party", name=op.f("uq_signature_notice_id_party")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index("ix_signature_signed_at", ["signed_at"], unique=False)

    op.create_table(
        "signing_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("sitting_id", sa.String(length=32), nullable=True),
        sa.Column("notice_id", sa.String(length=32), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "sent",
                "declined",
                "reconsidered",
                "served",
                "opened",
                "taken_over",
                "read",
                "helper_declared",
                "helper_withdrawn",
                "agreed",
                "code_sent",
                "code_failed",
                "code_proved",
                "uploaded",
                "accepted",
                "signed",
                name="event",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("details", compliance.record.JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_signing_event_notice_id_notice")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["signing_sitting.id"],
            name=op.f("fk_signing_event_sitting_id_signing_sitting"),
        ),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_signing_event_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_event")),
    )
    with op.batch_alter_table("signing_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signing_event_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_signing_event_sitting_id"), ["sitting_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_signing_event_tenancy_id"), ["tenancy_id"], unique=False
        )

    op.create_table(
        "vote_ballot",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("vote_id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column(
            "said",
            sa.Enum(
                "yes",
                "no",
                "abstain",
                name="choice",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum(
                "phone", "paper", name="way", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("code_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("cast_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("entry_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["vote_id", "tenancy_id"],
            ["vote_roll.vote_id", "vote_roll.tenancy_id"],
            name=op.f("fk_vote_ballot_vote_id_tenancy_id_vote_roll"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_ballot")),
    )
    with op.batch_alter_table("vote_ballot", schema=None) as batch_op:
        batch_op.create_index(
            "uq_vote_ballot_standing",
            ["vote_id", "tenancy_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("vote_ballot", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_vote_ballot_standing",
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )

    op.drop_table("vote_ballot")
    with op.batch_alter_table("signing_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signing_event_tenancy_id"))
        batch_op.drop_index(batch_op.f("ix_signing_event_sitting_id"))
        batch_op.drop_index(batch_op.f("ix_signing_event_notice_id"))

    op.drop_table("signing_event")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index("ix_signature_signed_at")

    op.drop_table("signature")
    with op.batch_alter_table("sealed_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_paper_stamp_state"))
        batch_op.drop_index("ix_sealed_paper_digest")

    op.drop_table("sealed_paper")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_review_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_review_finding_id"))
        batch_op.drop_index(batch_op.f("ix_review_due_at"))

    op.drop_table("review")
    op.drop_table("resign_shop")
    op.drop_table("print_line")
    with op.batch_alter_table("patrol_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_patrol_photo_sha256"))

    op.drop_table("patrol_photo")
    op.drop_table("patrol_item")
    op.drop_table("finding_event")
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_erasure_tenancy_id"))
        batch_op.drop_index(batch_op.f("ix_erasure_notice_id"))
        batch_op.drop_index(batch_op.f("ix_erasure_erased_at"))

    op.drop_table("erasure")
    with op.batch_alter_table("contract_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_upload_tenancy_id"))

    op.drop_table("contract_upload")
    with op.batch_alter_table("vote_roll", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vote_roll_tenancy_id"))

    op.drop_table("vote_roll")
    with op.batch_alter_table("signing_sitting", schema=None) as batch_op:
        batch_op.drop_index("ix_signing_sitting_tenancy_opened")

    op.drop_table("signing_sitting")
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_print_job_township_code"))
        batch_op.drop_index(batch_op.f("ix_print_job_tenancy_id"))
        batch_op.drop_index("ix_print_job_state_ordered_at")
        batch_op.drop_index(batch_op.f("ix_print_job_lane_id"))

    op.drop_table("print_job")
    with op.batch_alter_table("patrol", schema=None) as batch_op:
        batch_op.drop_index("ix_patrol_tenancy_received")
        batch_op.drop_index("ix_patrol_account_received")

    op.drop_table("patrol")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_valid_to"))
        batch_op.drop_index(batch_op.f("ix_notice_text_id"))
        batch_op.drop_index("ix_notice_text_hash")
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
    with op.batch_alter_table("blank_plate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blank_plate_tenancy_id"))
        batch_op.drop_index(batch_op.f("ix_blank_plate_batch_id"))

    op.drop_table("blank_plate")
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tenancy_open",
            sqlite_where=sa.text("closed_on IS NULL"),
            postgresql_where=sa.text("closed_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_tenancy_row_key"))
        batch_op.drop_index(batch_op.f("ix_tenancy_premises_id"))
        batch_op.drop_index(batch_op.f("ix_tenancy_phone"))
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
    with op.batch_alter_table("vote_lane", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vote_lane_lane_id"))

    op.drop_table("vote_lane")
    with op.batch_alter_table("premises", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_premises_lane_id"))

    op.drop_table("premises")
    with op.batch_alter_table("blank_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blank_batch_township_code"))
        batch_op.drop_index(batch_op.f("ix_blank_batch_lane_id"))

    op.drop_table("blank_batch")
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vote_township_code"))
        batch_op.drop_index(batch_op.f("ix_vote_text_id"))
        batch_op.drop_index(batch_op.f("ix_vote_stage"))

    op.drop_table("vote")
    op.drop_table("resign_campaign")
    with op.batch_alter_table("notice_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_draft_text_id"))
        batch_op.drop_index(batch_op.f("ix_notice_draft_based_on"))

    op.drop_table("notice_draft")
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
    op.drop_table("reminder")
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
