"""Their invoices of before the connection, looked at in bulk and linked to ours."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('past_invoice',
    sa.Column('connection_id', sa.Uuid(), nullable=False),
    sa.Column('remote_id', sa.String(length=64), nullable=False),
    sa.Column('remote_version', sa.String(length=64), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('number_key', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
    sa.Column('issued_on', sa.String(length=10), nullable=False),
    sa.Column('customer', sa.String(length=64), nullable=False),
    sa.Column('customer_name', sa.String(length=300), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=True),
    sa.Column('balance_minor', sa.BigInteger(), nullable=True),
    sa.Column('voided', sa.Boolean(), nullable=False),
    sa.Column('mark', sa.String(length=36), nullable=False),
    sa.Column('verdict', sa.String(length=10), nullable=False),
    sa.Column('differs', sa.String(length=60), nullable=False),
    sa.Column('local_id', sa.Uuid(), nullable=True),
    sa.Column('how', sa.String(length=12), nullable=False),
    sa.Column('confirmed_at', sa.BigInteger(), nullable=True),
    sa.Column('confirmed_by', sa.String(length=300), nullable=True),
    sa.Column('confirmed_by_id', sa.Uuid(), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_past_invoice_connection_id_connection')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_past_invoice_tenant_id_tenant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_past_invoice')),
    sa.UniqueConstraint('connection_id', 'remote_id', name=op.f('uq_past_invoice_connection_id_remote_id'))
    )
    with op.batch_alter_table('past_invoice', schema=None) as batch_op:
        batch_op.create_index('ix_past_invoice_local_id', ['local_id'], unique=False)
        batch_op.create_index('ix_past_invoice_number', ['connection_id', 'number_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_past_invoice_tenant_id'), ['tenant_id'], unique=False)
        batch_op.create_index('ix_past_invoice_verdict', ['connection_id', 'verdict', 'issued_on', 'id'], unique=False)

    op.create_table('past_look',
    sa.Column('connection_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.String(length=10), nullable=False),
    sa.Column('until', sa.String(length=10), nullable=False),
    sa.Column('begun_at', sa.BigInteger(), nullable=False),
    sa.Column('begun_by', sa.String(length=300), nullable=False),
    sa.Column('read', sa.Integer(), nullable=False),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('next_at', sa.BigInteger(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('problem', sa.String(length=500), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_past_look_connection_id_connection')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_past_look_tenant_id_tenant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_past_look')),
    sa.UniqueConstraint('connection_id', name=op.f('uq_past_look_connection_id'))
    )
    with op.batch_alter_table('past_look', schema=None) as batch_op:
        batch_op.create_index('ix_past_look_next_at', ['next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_past_look_tenant_id'), ['tenant_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('past_look', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_past_look_tenant_id'))
        batch_op.drop_index('ix_past_look_next_at')

    op.drop_table('past_look')
    with op.batch_alter_table('past_invoice', schema=None) as batch_op:
        batch_op.drop_index('ix_past_invoice_verdict')
        batch_op.drop_index(batch_op.f('ix_past_invoice_tenant_id'))
        batch_op.drop_index('ix_past_invoice_number')
        batch_op.drop_index('ix_past_invoice_local_id')

    op.drop_table('past_invoice')
