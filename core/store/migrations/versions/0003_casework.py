"""What the issue Casework needs for lists and terms: how and when a case ended, and until when it waits."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column('case', sa.Column('ending', sa.String(length=30), nullable=True))
    op.add_column('case', sa.Column('closed_on', sa.Date(), nullable=True))
    op.add_column('case', sa.Column('waiting_until', sa.Date(), nullable=True))
