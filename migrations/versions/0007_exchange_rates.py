"""Exchange rates of our own and what was used over there; how much of a refund came out of money nobody had used."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

ADDED = (
    ('invoice', 'exchange_rate'),
    ('credit_note', 'exchange_rate'),
    ('payment', 'exchange_rate'),
    ('sync_record', 'remote_rate'),
)


# Column by column and in place: a table that is copied on SQLite loses its checks.
def upgrade() -> None:
    for table, column in ADDED:
        op.add_column(table, sa.Column(column, sa.String(length=40), nullable=True))
    op.add_column('refund', sa.Column('unused_minor', sa.BigInteger(), nullable=False, server_default='0'))


def downgrade() -> None:
    op.drop_column('refund', 'unused_minor')
    for table, column in reversed(ADDED):
        op.drop_column(table, column)
