"""The first tables."""

import sqlalchemy as sa
from alembic import op

from core.store.schema import Utc

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table('counter',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_counter'))
    )
    op.create_table('draft',
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('updated_at', Utc(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_draft'))
    )
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.Integer(), nullable=False),
    sa.Column('due_at', Utc(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('leased_until', Utc(), nullable=True),
    sa.Column('last_error', sa.String(length=300), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    op.create_index('ix_job_due', 'job', ['kind', 'due_at'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('team', sa.String(length=80), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person'))
    )
    op.create_table('team',
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('mailbox', sa.String(length=320), nullable=False),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_team'))
    )
    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_absence_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('password', sa.String(length=300), nullable=False),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('must_change', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_account_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('login', name=op.f('uq_account_login'))
    )
    op.create_table('appointment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office', sa.String(length=60), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('team', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_appointment_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment'))
    )
    op.create_table('case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=30), nullable=False),
    sa.Column('received_at', Utc(), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('stage', sa.String(length=20), nullable=False),
    sa.Column('anonymous', sa.Boolean(), nullable=False),
    sa.Column('target_on', sa.Date(), nullable=True),
    sa.Column('limit_on', sa.Date(), nullable=True),
    sa.Column('deadlines', sa.JSON(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=True),
    sa.Column('team', sa.String(length=80), nullable=True),
    sa.Column('decision', sa.JSON(), nullable=True),
    sa.Column('proposed', sa.Integer(), nullable=True),
    sa.Column('routing_rule', sa.Integer(), nullable=True),
    sa.Column('routing_outcome', sa.String(length=20), nullable=True),
    sa.Column('handler', sa.Integer(), nullable=True),
    sa.Column('handler_cleared', sa.Boolean(), nullable=True),
    sa.Column('involved', sa.JSON(), nullable=False),
    sa.Column('acknowledged_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['handler'], ['person.id'], name=op.f('fk_case_handler')),
    sa.ForeignKeyConstraint(['proposed'], ['person.id'], name=op.f('fk_case_proposed')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case')),
    sa.UniqueConstraint('number', name=op.f('uq_case_number'))
    )
    op.create_index(op.f('ix_case_handler'), 'case', ['handler'], unique=False)
    op.create_index(op.f('ix_case_limit_on'), 'case', ['limit_on'], unique=False)
    op.create_index(op.f('ix_case_stage'), 'case', ['stage'], unique=False)

    op.create_table('consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case', sa.Integer(), nullable=False),
    sa.Column('route', sa.String(length=20), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('at', Utc(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('wording', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case'], ['case.id'], name=op.f('fk_consent_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    op.create_index(op.f('ix_consent_case'), 'consent', ['case'], unique=False)

    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case', sa.Integer(), nullable=False),
    sa.Column('at', Utc(), nullable=False),
    sa.Column('actor', sa.Integer(), nullable=True),
    sa.Column('type', sa.String(length=40), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['actor'], ['account.id'], name=op.f('fk_event_actor')),
    sa.ForeignKeyConstraint(['case'], ['case.id'], name=op.f('fk_event_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event'))
    )
    op.create_index(op.f('ix_event_case'), 'event', ['case'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(length=30), nullable=False),
    sa.Column('door', sa.String(length=80), nullable=False),
    sa.Column('external_id', sa.String(length=400), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('received_at', Utc(), nullable=False),
    sa.Column('sender', sa.JSON(), nullable=False),
    sa.Column('reply_route', sa.String(length=20), nullable=True),
    sa.Column('reply_address', sa.String(length=320), nullable=True),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('reply_text', sa.Text(), nullable=False),
    sa.Column('references', sa.JSON(), nullable=False),
    sa.Column('authentication', sa.JSON(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('problem', sa.String(length=200), nullable=True),
    sa.Column('raw', sa.String(length=64), nullable=False),
    sa.Column('raw_type', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['case'], ['case.id'], name=op.f('fk_message_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('external_id', 'content_hash', name=op.f('uq_message_external_id'))
    )
    op.create_index(op.f('ix_message_case'), 'message', ['case'], unique=False)

    op.create_table('outgoing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case', sa.Integer(), nullable=True),
    sa.Column('letter', sa.String(length=60), nullable=False),
    sa.Column('route', sa.String(length=20), nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('to_name', sa.String(length=300), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=True),
    sa.Column('message_id', sa.String(length=300), nullable=False),
    sa.Column('in_reply_to', sa.String(length=400), nullable=True),
    sa.Column('references', sa.JSON(), nullable=False),
    sa.Column('receipt', sa.Boolean(), nullable=False),
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('sent_at', Utc(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.String(length=300), nullable=False),
    sa.Column('last_error', sa.String(length=300), nullable=True),
    sa.ForeignKeyConstraint(['case'], ['case.id'], name=op.f('fk_outgoing_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outgoing_message_id'))
    )
    op.create_index(op.f('ix_outgoing_case'), 'outgoing', ['case'], unique=False)

    op.create_table('party',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('phone', sa.String(length=60), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=False),
    sa.Column('reply_address', sa.String(length=320), nullable=False),
    sa.Column('person', sa.Integer(), nullable=True),
    sa.Column('respondent_role', sa.String(length=30), nullable=True),
    sa.ForeignKeyConstraint(['case'], ['case.id'], name=op.f('fk_party_case')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_party_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party'))
    )
    op.create_index(op.f('ix_party_case'), 'party', ['case'], unique=False)

    op.create_table('session',
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('account', sa.Integer(), nullable=False),
    sa.Column('csrf', sa.String(length=64), nullable=False),
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('seen_at', Utc(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_session_account')),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_session'))
    )
    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message', sa.Integer(), nullable=False),
    sa.Column('filename', sa.String(length=300), nullable=False),
    sa.Column('content_type', sa.String(length=200), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('inline', sa.Boolean(), nullable=False),
    sa.Column('blob', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['message'], ['message.id'], name=op.f('fk_attachment_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    op.create_index(op.f('ix_attachment_message'), 'attachment', ['message'], unique=False)

    op.create_table('suggestion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message', sa.Integer(), nullable=False),
    sa.Column('at', Utc(), nullable=False),
    sa.Column('model', sa.String(length=120), nullable=False),
    sa.Column('proposal', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['message'], ['message.id'], name=op.f('fk_suggestion_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggestion'))
    )
    op.create_index(op.f('ix_suggestion_message'), 'suggestion', ['message'], unique=False)

    op.create_table('task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('person', sa.Integer(), nullable=True),
    sa.Column('case', sa.Integer(), nullable=True),
    sa.Column('message', sa.Integer(), nullable=True),
    sa.Column('outgoing', sa.Integer(), nullable=True),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('done_at', Utc(), nullable=True),
    sa.Column('done_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['case'], ['case.id'], name=op.f('fk_task_case')),
    sa.ForeignKeyConstraint(['done_by'], ['account.id'], name=op.f('fk_task_done_by')),
    sa.ForeignKeyConstraint(['message'], ['message.id'], name=op.f('fk_task_message')),
    sa.ForeignKeyConstraint(['outgoing'], ['outgoing.id'], name=op.f('fk_task_outgoing')),
    sa.ForeignKeyConstraint(['person'], ['person.id'], name=op.f('fk_task_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task'))
    )
    op.create_index(op.f('ix_task_case'), 'task', ['case'], unique=False)
    op.create_index('ix_task_open', 'task', ['role', 'done_at'], unique=False)



def downgrade() -> None:
    """Remove them."""
    op.drop_index('ix_task_open', table_name='task')
    op.drop_index(op.f('ix_task_case'), table_name='task')

    op.drop_table('task')
    op.drop_index(op.f('ix_suggestion_message'), table_name='suggestion')

    op.drop_table('suggestion')
    op.drop_index(op.f('ix_attachment_message'), table_name='attachment')

    op.drop_table('attachment')
    op.drop_table('session')
    op.drop_index(op.f('ix_party_case'), table_name='party')

    op.drop_table('party')
    op.drop_index(op.f('ix_outgoing_case'), table_name='outgoing')

    op.drop_table('outgoing')
    op.drop_index(op.f('ix_message_case'), table_name='message')

    op.drop_table('message')
    op.drop_index(op.f('ix_event_case'), table_name='event')

    op.drop_table('event')
    op.drop_index(op.f('ix_consent_case'), table_name='consent')

    op.drop_table('consent')
    op.drop_index(op.f('ix_case_stage'), table_name='case')
    op.drop_index(op.f('ix_case_limit_on'), table_name='case')
    op.drop_index(op.f('ix_case_handler'), table_name='case')

    op.drop_table('case')
    op.drop_table('appointment')
    op.drop_table('account')
    op.drop_table('absence')
    op.drop_table('team')
    op.drop_table('person')
    op.drop_index('ix_job_due', table_name='job')

    op.drop_table('job')
    op.drop_table('draft')
    op.drop_table('counter')
