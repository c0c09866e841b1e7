"""What people did about one document is found by its id, for its page."""

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_audit_entry_subject', 'audit_entry', ['tenant_id', 'subject_id', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_audit_entry_subject', table_name='audit_entry')
