"""What the issue Mail needs: reply keys, links and merges, signs of trust, scanned files, files that leave, mailboxes."""

import sqlalchemy as sa
from alembic import op

from core.store.schema import Utc

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column('case', sa.Column('merged_into', sa.Integer(), nullable=True))
    op.create_index(op.f('ix_case_merged_into'), 'case', ['merged_into'], unique=False)
    op.add_column('case', sa.Column('reply_key', sa.String(length=40), nullable=True))
    op.create_index('ix_case_reply_key', 'case', ['reply_key'], unique=True)
    op.create_table('case_address',
    sa.Column('case', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('message', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['case'], ['case.id'], name=op.f('fk_case_address_case')),
    sa.ForeignKeyConstraint(['message'], ['message.id'], name=op.f('fk_case_address_message')),
    sa.PrimaryKeyConstraint('case', 'address', name=op.f('pk_case_address'))
    )
    op.create_table('case_link',
    sa.Column('case', sa.Integer(), nullable=False),
    sa.Column('other', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case'], ['case.id'], name=op.f('fk_case_link_case')),
    sa.ForeignKeyConstraint(['other'], ['case.id'], name=op.f('fk_case_link_other')),
    sa.PrimaryKeyConstraint('case', 'other', name=op.f('pk_case_link'))
    )
    op.add_column('party', sa.Column('known_as', sa.String(length=320), server_default='', nullable=False))
    op.create_index(op.f('ix_party_known_as'), 'party', ['known_as'], unique=False)
    op.execute("UPDATE party SET known_as = lower(CASE WHEN reply_address = '' THEN email ELSE reply_address END)")
    op.add_column('message', sa.Column('marks', sa.JSON(), server_default='{}', nullable=False))
    op.add_column('message', sa.Column('refused', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('message', sa.Column('imported', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('message', sa.Column('scan', sa.String(length=12), server_default='off', nullable=False))
    op.add_column('attachment', sa.Column('risk', sa.String(length=40), server_default='', nullable=False))
    op.add_column('attachment', sa.Column('scan', sa.String(length=12), server_default='off', nullable=False))
    op.add_column('outgoing', sa.Column('reply_to', sa.String(length=320), server_default='', nullable=False))
    op.add_column('outgoing', sa.Column('automatic', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('outgoing', sa.Column('again_for', sa.Integer(), nullable=True))
    op.add_column('outgoing', sa.Column('address_key', sa.String(length=320), server_default='', nullable=False))
    op.execute("UPDATE outgoing SET address_key = lower(address)")
    op.create_index('ix_outgoing_address_key', 'outgoing', ['address_key', 'created_at'], unique=False)
    op.create_table('enclosure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('outgoing', sa.Integer(), nullable=False),
    sa.Column('filename', sa.String(length=300), nullable=False),
    sa.Column('content_type', sa.String(length=200), nullable=False),
    sa.Column('blob', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['outgoing'], ['outgoing.id'], name=op.f('fk_enclosure_outgoing')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enclosure'))
    )
    op.create_index(op.f('ix_enclosure_outgoing'), 'enclosure', ['outgoing'], unique=False)
    op.create_table('door',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('source', sa.String(length=400), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=False),
    sa.Column('uidnext', sa.BigInteger(), nullable=False),
    sa.Column('since', Utc(), nullable=False),
    sa.Column('settled', sa.Boolean(), nullable=False),
    sa.Column('left', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_door'))
    )
