"""protocols and scale

Credential digests become bytes, and batches keep the nodes of their trees: both are filled from
what is there.

Revision ID: 0002
Revises: 0001


"""
from alembic import op
import sqlalchemy as sa

from identity.model import merkle

SEGMENT_BYTES = 256 * merkle.NODE_BYTES


# revision identifiers, used by Alembic.
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('authority_job',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('authority_code', sa.String(length=20), nullable=False),
    sa.Column('record_type', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=400), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('touched_at', sa.BigInteger(), nullable=False),
    sa.Column('runner', sa.String(length=36), nullable=False),
    sa.Column('cursor', sa.String(length=2000), nullable=True),
    sa.Column('fingerprint', sa.String(length=200), nullable=True),
    sa.Column('batch_id', sa.String(length=36), nullable=True),
    sa.Column('batches', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('errors', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=60), nullable=True),
    sa.Column('detail', sa.String(length=400), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_authority_job'))
    )
    with op.batch_alter_table('authority_job', schema=None) as batch_op:
        batch_op.create_index('ix_authority_job_source', ['authority_code', 'record_type', 'source', 'id'], unique=False)

    op.create_table('identity_certificate',
    sa.Column('owner_id', sa.String(length=36), nullable=False),
    sa.Column('der', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('owner_id', name=op.f('pk_identity_certificate'))
    )
    op.create_table('identity_did_key',
    sa.Column('multikey', sa.String(length=80), nullable=False),
    sa.Column('address', sa.String(length=42), nullable=False),
    sa.Column('valid_from', sa.BigInteger(), nullable=False),
    sa.Column('valid_to', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('multikey', 'address', name=op.f('pk_identity_did_key'))
    )
    op.create_table('identity_did_key_events',
    sa.Column('address', sa.String(length=42), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_identity_did_key_events'))
    )
    op.create_table('identity_used_once',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_identity_used_once'))
    )
    with op.batch_alter_table('identity_used_once', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identity_used_once_expires_at'), ['expires_at'], unique=False)

    op.create_table('identity_credential_offer',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('issuer_id', sa.String(length=36), nullable=False),
    sa.Column('enterprise_id', sa.String(length=36), nullable=False),
    sa.Column('type_codes', sa.JSON(), nullable=False),
    sa.Column('grant', sa.String(length=64), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('tx_code_mac', sa.String(length=64), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['identity_enterprise.id'], name=op.f('fk_identity_credential_offer_enterprise_id_identity_enterprise')),
    sa.ForeignKeyConstraint(['issuer_id'], ['identity_organisation.id'], name=op.f('fk_identity_credential_offer_issuer_id_identity_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_credential_offer')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_identity_credential_offer_code_hash')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_identity_credential_offer_secret_hash'))
    )
    with op.batch_alter_table('identity_credential_offer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identity_credential_offer_issuer_id'), ['issuer_id'], unique=False)

    op.create_table('identity_signed_status_list',
    sa.Column('issuer_id', sa.String(length=36), nullable=False),
    sa.Column('shard', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('issued_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['issuer_id'], ['identity_organisation.id'], name=op.f('fk_identity_signed_status_list_issuer_id_identity_organisation')),
    sa.PrimaryKeyConstraint('issuer_id', 'shard', 'kind', name=op.f('pk_identity_signed_status_list'))
    )
    op.create_table('identity_status_change',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('issuer_id', sa.String(length=36), nullable=False),
    sa.Column('credential_digest', sa.String(length=64), nullable=False),
    sa.Column('status_index', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('actor', sa.String(length=200), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['issuer_id'], ['identity_organisation.id'], name=op.f('fk_identity_status_change_issuer_id_identity_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_status_change'))
    )
    with op.batch_alter_table('identity_status_change', schema=None) as batch_op:
        batch_op.create_index('ix_identity_status_change_credential', ['credential_digest', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_identity_status_change_issuer_id'), ['issuer_id'], unique=False)

    op.create_table('identity_status_counter',
    sa.Column('issuer_id', sa.String(length=36), nullable=False),
    sa.Column('used', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['issuer_id'], ['identity_organisation.id'], name=op.f('fk_identity_status_counter_issuer_id_identity_organisation')),
    sa.PrimaryKeyConstraint('issuer_id', name=op.f('pk_identity_status_counter'))
    )
    op.create_table('identity_access_grant',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('issuer_id', sa.String(length=36), nullable=False),
    sa.Column('enterprise_id', sa.String(length=36), nullable=False),
    sa.Column('offer_id', sa.String(length=36), nullable=True),
    sa.Column('type_codes', sa.JSON(), nullable=False),
    sa.Column('jkt', sa.String(length=64), nullable=True),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('is_attested', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['identity_enterprise.id'], name=op.f('fk_identity_access_grant_enterprise_id_identity_enterprise')),
    sa.ForeignKeyConstraint(['issuer_id'], ['identity_organisation.id'], name=op.f('fk_identity_access_grant_issuer_id_identity_organisation')),
    sa.ForeignKeyConstraint(['offer_id'], ['identity_credential_offer.id'], name=op.f('fk_identity_access_grant_offer_id_identity_credential_offer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_access_grant')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_identity_access_grant_token_hash'))
    )
    with op.batch_alter_table('identity_access_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identity_access_grant_offer_id'), ['offer_id'], unique=False)

    op.create_table('identity_batch_nodes',
    sa.Column('batch_id', sa.String(length=36), nullable=False),
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('segment', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('nodes', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['identity_batch.id'], name=op.f('fk_identity_batch_nodes_batch_id_identity_batch')),
    sa.PrimaryKeyConstraint('batch_id', 'level', 'segment', name=op.f('pk_identity_batch_nodes'))
    )
    op.create_table('identity_pushed_request',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('issuer_id', sa.String(length=36), nullable=False),
    sa.Column('client_id', sa.Text(), nullable=False),
    sa.Column('redirect_uri', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=True),
    sa.Column('code_challenge', sa.String(length=64), nullable=False),
    sa.Column('type_codes', sa.JSON(), nullable=False),
    sa.Column('offer_id', sa.String(length=36), nullable=True),
    sa.Column('jkt', sa.String(length=64), nullable=True),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('attested_jkt', sa.String(length=64), nullable=True),
    sa.Column('enterprise_id', sa.String(length=36), nullable=True),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['enterprise_id'], ['identity_enterprise.id'], name=op.f('fk_identity_pushed_request_enterprise_id_identity_enterprise')),
    sa.ForeignKeyConstraint(['issuer_id'], ['identity_organisation.id'], name=op.f('fk_identity_pushed_request_issuer_id_identity_organisation')),
    sa.ForeignKeyConstraint(['offer_id'], ['identity_credential_offer.id'], name=op.f('fk_identity_pushed_request_offer_id_identity_credential_offer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_pushed_request')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_identity_pushed_request_code_hash'))
    )
    op.create_table('identity_wallet_issuance',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('grant_id', sa.String(length=36), nullable=False),
    sa.Column('offer_id', sa.String(length=36), nullable=True),
    sa.Column('issuer_id', sa.String(length=36), nullable=False),
    sa.Column('enterprise_id', sa.String(length=36), nullable=False),
    sa.Column('type_code', sa.String(length=64), nullable=False),
    sa.Column('confirmations', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('digests', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['identity_enterprise.id'], name=op.f('fk_identity_wallet_issuance_enterprise_id_identity_enterprise')),
    sa.ForeignKeyConstraint(['grant_id'], ['identity_access_grant.id'], name=op.f('fk_identity_wallet_issuance_grant_id_identity_access_grant')),
    sa.ForeignKeyConstraint(['issuer_id'], ['identity_organisation.id'], name=op.f('fk_identity_wallet_issuance_issuer_id_identity_organisation')),
    sa.ForeignKeyConstraint(['offer_id'], ['identity_credential_offer.id'], name=op.f('fk_identity_wallet_issuance_offer_id_identity_credential_offer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_wallet_issuance'))
    )
    with op.batch_alter_table('identity_wallet_issuance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identity_wallet_issuance_offer_id'), ['offer_id'], unique=False)

    with op.batch_alter_table('chain_event', schema=None) as batch_op:
        batch_op.create_index('ix_chain_event_kind', ['contract', 'event'], unique=False)

    with op.batch_alter_table('identity_batch', schema=None) as batch_op:
        batch_op.alter_column('root',
               existing_type=sa.VARCHAR(length=66),
               nullable=True)

    with op.batch_alter_table('identity_credential', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('is_hosted', sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.alter_column('digest',
               existing_type=sa.VARCHAR(length=64),
               type_=sa.LargeBinary(length=32),
               existing_nullable=False,
               postgresql_using="decode(digest, 'hex')")
        batch_op.drop_index(batch_op.f('uq_identity_credential_status'))
    with op.batch_alter_table('identity_credential', schema=None) as batch_op:
        batch_op.alter_column('is_hosted', existing_type=sa.Boolean(), server_default=None)
    _digests_to_bytes()
    _keep_nodes()

    with op.batch_alter_table('identity_request', schema=None) as batch_op:
        batch_op.add_column(sa.Column('client_id', sa.String(length=400), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('response_mode', sa.String(length=32), nullable=False, server_default='direct_post'))
        batch_op.add_column(sa.Column('transaction_data', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('sealed_key', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('response_code', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('declined', sa.String(length=64), nullable=True))
        batch_op.alter_column('enterprise_id',
               existing_type=sa.VARCHAR(length=36),
               nullable=True)
        batch_op.alter_column('consent_id',
               existing_type=sa.VARCHAR(length=36),
               nullable=True)

    with op.batch_alter_table('identity_request', schema=None) as batch_op:
        for name, kind in (
            ('client_id', sa.String(length=400)),
            ('response_mode', sa.String(length=32)),
            ('transaction_data', sa.JSON()),
        ):
            batch_op.alter_column(name, existing_type=kind, server_default=None)


def _digests_to_bytes():
    """Make the hexadecimal text that SQLite kept as it was into the bytes it stands for."""
    connection = op.get_bind()
    if connection.dialect.name != 'sqlite':
        return
    rows = connection.execute(sa.text('select id, digest from identity_credential')).all()
    for row in rows:
        text = row.digest.decode() if isinstance(row.digest, bytes) else row.digest
        connection.execute(
            sa.text('update identity_credential set digest = :digest where id = :id'),
            {'digest': bytes.fromhex(text), 'id': row.id},
        )


def _keep_nodes():
    """Store the nodes of the tree of every batch; each must lead to the root that was anchored."""
    connection = op.get_bind()
    batches = connection.execute(sa.text('select id, type_code, root from identity_batch')).all()
    for batch in batches:
        type_id = merkle.keccak(f'urn:qilian:vc:{batch.type_code}:1'.encode())
        members = connection.execute(
            sa.text(
                'select digest, status_index, asset from identity_credential '
                'where batch_id = :id order by leaf_index'
            ),
            {'id': batch.id},
        )
        tree = merkle.levels(
            merkle.leaf(
                bytes(member.digest),
                type_id,
                member.status_index,
                bytes.fromhex(member.asset[2:]) if member.asset else merkle.NO_ASSET,
            )
            for member in members
        )
        if '0x' + tree[-1].hex() != batch.root:
            raise ValueError(f'the credentials of batch {batch.id} do not lead to its root')
        for level, nodes in enumerate(tree[:-1] or tree):
            for start in range(0, len(nodes), SEGMENT_BYTES):
                connection.execute(
                    sa.text(
                        'insert into identity_batch_nodes (batch_id, level, segment, nodes) '
                        'values (:batch, :level, :segment, :nodes)'
                    ),
                    {
                        'batch': batch.id,
                        'level': level,
                        'segment': start // SEGMENT_BYTES,
                        'nodes': nodes[start : start + SEGMENT_BYTES],
                    },
                )


def downgrade():
    with op.batch_alter_table('identity_request', schema=None) as batch_op:
        batch_op.alter_column('consent_id',
               existing_type=sa.VARCHAR(length=36),
               nullable=False)
        batch_op.alter_column('enterprise_id',
               existing_type=sa.VARCHAR(length=36),
               nullable=False)
        batch_op.drop_column('declined')
        batch_op.drop_column('response_code')
        batch_op.drop_column('sealed_key')
        batch_op.drop_column('transaction_data')
        batch_op.drop_column('response_mode')
        batch_op.drop_column('client_id')

    with op.batch_alter_table('identity_credential', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('uq_identity_credential_status'), ['issuer_id', 'status_index'], unique=1)
        batch_op.alter_column('digest',
               existing_type=sa.LargeBinary(length=32),
               type_=sa.VARCHAR(length=64),
               existing_nullable=False)
        batch_op.drop_column('is_hosted')

    with op.batch_alter_table('identity_batch', schema=None) as batch_op:
        batch_op.alter_column('root',
               existing_type=sa.VARCHAR(length=66),
               nullable=False)

    with op.batch_alter_table('chain_event', schema=None) as batch_op:
        batch_op.drop_index('ix_chain_event_kind')

    with op.batch_alter_table('identity_wallet_issuance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identity_wallet_issuance_offer_id'))

    op.drop_table('identity_wallet_issuance')
    op.drop_table('identity_pushed_request')
    op.drop_table('identity_batch_nodes')
    with op.batch_alter_table('identity_access_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identity_access_grant_offer_id'))

    op.drop_table('identity_access_grant')
    op.drop_table('identity_status_counter')
    with op.batch_alter_table('identity_status_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identity_status_change_issuer_id'))
        batch_op.drop_index('ix_identity_status_change_credential')

    op.drop_table('identity_status_change')
    op.drop_table('identity_signed_status_list')
    with op.batch_alter_table('identity_credential_offer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identity_credential_offer_issuer_id'))

    op.drop_table('identity_credential_offer')
    with op.batch_alter_table('identity_used_once', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identity_used_once_expires_at'))

    op.drop_table('identity_used_once')
    op.drop_table('identity_did_key_events')
    op.drop_table('identity_did_key')
    op.drop_table('identity_certificate')
    with op.batch_alter_table('authority_job', schema=None) as batch_op:
        batch_op.drop_index('ix_authority_job_source')

    op.drop_table('authority_job')
