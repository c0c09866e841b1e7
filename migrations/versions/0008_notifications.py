"""Causes that people hear of: alerts of the board, who gets what, chat, digests; and indexes to find what is old."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

STUCK = sa.text("state IN ('failed', 'parked')")
FULL = sa.text('body IS NOT NULL')


def _owned() -> list[sa.Column]:
    return [
        sa.Column('tenant_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
    ]


def _keys(table: str) -> list[sa.Constraint]:
    tenant = op.f(f'fk_{table}_tenant_id_tenant')
    return [
        sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=tenant),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
    ]


def upgrade() -> None:
    op.create_table('chat_channel',
    sa.Column('address_sealed', sa.Text(), nullable=False),
    sa.Column('host', sa.String(length=255), nullable=False),
    sa.Column('added_by', sa.String(length=300), nullable=False),
    sa.Column('last_ok_at', sa.BigInteger(), nullable=True),
    sa.Column('last_problem', sa.String(length=300), nullable=True),
    *_owned(), *_keys('chat_channel'),
    sa.UniqueConstraint('tenant_id', name=op.f('uq_chat_channel_tenant_id'))
    )
    op.create_table('chat_message',
    sa.Column('alert_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('claimed_by', sa.String(length=40), nullable=True),
    sa.Column('claimed_until', sa.BigInteger(), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('problem', sa.String(length=300), nullable=True),
    *_owned(), *_keys('chat_message'),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_chat_message_alert_id_alert')),
    sa.UniqueConstraint('alert_id', name=op.f('uq_chat_message_alert_id'))
    )
    op.create_index('ix_chat_message_state_due_at', 'chat_message', ['state', 'due_at'])
    op.create_table('digest',
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('mails', sa.Integer(), nullable=False),
    *_owned(), *_keys('digest'),
    sa.UniqueConstraint('tenant_id', 'day', name=op.f('uq_digest_tenant_id_day'))
    )
    for table in ('chat_channel', 'chat_message', 'digest'):
        op.create_index(op.f(f'ix_{table}_tenant_id'), table, ['tenant_id'])
    op.add_column('alert', sa.Column('board_key', sa.String(length=120), nullable=True))
    op.add_column('membership', sa.Column('wants_digest', sa.Boolean(), nullable=True))
    op.add_column('membership', sa.Column('wants_alerts', sa.Boolean(), nullable=True))
    where = {'sqlite_where': STUCK, 'postgresql_where': STUCK}
    op.create_index('ix_sync_record_stuck', 'sync_record', ['connection_id', 'cause'], **where)
    where = {'sqlite_where': FULL, 'postgresql_where': FULL}
    op.create_index('ix_call_full', 'call', ['last_sent_at'], **where)
    op.create_index('ix_receipt_full', 'receipt', ['created_at'], **where)
    op.create_index('ix_attempt_connection_id_closed_at', 'attempt', ['connection_id', 'closed_at', 'outcome'])


def downgrade() -> None:
    op.drop_index('ix_attempt_connection_id_closed_at', 'attempt')
    op.drop_index('ix_receipt_full', 'receipt')
    op.drop_index('ix_call_full', 'call')
    op.drop_index('ix_sync_record_stuck', 'sync_record')
    for table, columns in (('membership', ('wants_alerts', 'wants_digest')), ('alert', ('board_key',))):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column)
    for table in ('digest', 'chat_message', 'chat_channel'):
        op.drop_table(table)
