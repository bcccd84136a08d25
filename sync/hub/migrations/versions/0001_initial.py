"""The tables of protocol.md 2.17, and operator tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "control",
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("ctl_seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "ctl_seq"),
    )
    op.create_table(
        "envelope",
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.LargeBinary(), nullable=False),
        sa.Column("inc", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("comp", sa.SmallInteger(), nullable=False),
        sa.Column("env_hash", sa.LargeBinary(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("sig", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "n"),
        sa.UniqueConstraint("team_id", "seat_id", "inc", "seq", name="envelope_chain"),
    )
    op.create_table(
        "grants",
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("comp", sa.SmallInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.LargeBinary(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "comp", "epoch", "seat_id"),
    )
    op.create_table(
        "hub",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("sign_seed", sa.LargeBinary(), nullable=False),
        sa.Column("sign_pk", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "invite",
        sa.Column("invite_id", sa.LargeBinary(), nullable=False),
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("expires_day", sa.BigInteger(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("invite_id"),
    )
    op.create_table(
        "keyring",
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("comp", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "comp"),
    )
    op.create_table(
        "mailbox",
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("k", sa.BigInteger(), nullable=False),
        sa.Column("msg_id", sa.LargeBinary(), nullable=False),
        sa.Column("from_team", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "k"),
    )
    op.create_table(
        "nonce",
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("seat_id", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "seat_id", "nonce"),
    )
    op.create_table(
        "operator_token",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "part",
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("snap_id", sa.LargeBinary(), nullable=False),
        sa.Column("i", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "snap_id", "i"),
    )
    op.create_table(
        "seat",
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("seat_id", sa.LargeBinary(), nullable=False),
        sa.Column("sign_pk", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.Column("comps", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("until_day", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "seat_id"),
    )
    op.create_table(
        "snapshot",
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("snap_id", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "snap_id"),
    )
    op.create_table(
        "team",
        sa.Column("team_id", sa.LargeBinary(), nullable=False),
        sa.Column("log_id", sa.LargeBinary(), nullable=False),
        sa.Column("next_n", sa.BigInteger(), nullable=False),
        sa.Column("head_h", sa.LargeBinary(), nullable=False),
        sa.Column("floor_n", sa.BigInteger(), nullable=False),
        sa.Column("ctl_seq", sa.BigInteger(), nullable=False),
        sa.Column("ctl_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("quota_bytes", sa.BigInteger(), nullable=False),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
    )
