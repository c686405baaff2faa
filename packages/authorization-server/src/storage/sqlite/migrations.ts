/** The schema of SQLite, step by step, by the rules of `sql/schema-steps.ts`. `PRAGMA user_version` counts them. */
import { expansion, type SchemaLedger, type SchemaStep } from '../sql/schema-steps.ts'
import { rows, run } from '../sql/sql-work.ts'

const registry = expansion(`
  create table resources (
    id text primary key, lifetime_seconds integer, token_format text not null, algorithm text not null,
    created_at_ms integer not null) strict;
  create table scopes (
    resource_id text not null references resources (id) on delete cascade, token text not null,
    primary key (resource_id, token)) strict, without rowid;
  create table clients (
    id text primary key, disabled integer not null default 0, authentication_methods text not null,
    created_at_ms integer not null) strict;
  create table secrets (
    id text primary key, client_id text not null references clients (id) on delete cascade, digest blob not null,
    created_at_ms integer not null, expires_at_ms integer) strict;
  create index secrets_by_client on secrets (client_id);
  create table grants (
    client_id text not null references clients (id) on delete cascade,
    resource_id text not null references resources (id) on delete cascade, scopes text not null,
    primary key (client_id, resource_id)) strict, without rowid;
  create table served_resources (
    client_id text not null references clients (id) on delete cascade,
    resource_id text not null references resources (id) on delete cascade,
    primary key (client_id, resource_id)) strict, without rowid;
  create table signing_keys (
    kid text primary key, algorithm text not null, sealed blob not null, created_at_ms integer not null) strict;
  create table revocations (
    jti text primary key, client_id text not null, expires_at_seconds integer not null) strict, without rowid;
  create index revocations_by_expiry on revocations (expires_at_seconds);`)

const settingsAndAudit = expansion(`
  alter table resources add column settings text not null default '{}';
  alter table clients add column settings text not null default '{}';
  alter table grants add column default_scopes text;
  alter table secrets add column label text;
  alter table secrets add column imported_hash text;
  alter table secrets add column sealed blob;
  alter table secrets add column retired_at_ms integer;
  alter table signing_keys add column signer text;
  alter table signing_keys add column activates_at_ms integer not null default 0;
  alter table signing_keys add column retires_at_ms integer;
  alter table signing_keys add column compromised_at_ms integer;
  create table revocation_epochs (
    client_id text primary key, not_before_seconds integer not null,
    expires_at_seconds integer not null) strict, without rowid;
  create table audit (
    sequence integer primary key, at_ms integer not null, actor text not null, via text not null,
    action text not null, subject_kind text not null, subject_id text not null, detail text not null,
    previous_hash blob not null, hash blob not null) strict;
  create index audit_by_subject on audit (subject_kind, subject_id);
  create table secret_usage (
    secret_id text primary key references secrets (id) on delete cascade,
    hour_ms integer not null, network text not null) strict, without rowid;
  create table nodes (
    id text primary key, started_at_ms integer not null, reported_until_ms integer not null,
    stopped integer not null) strict, without rowid;
  create table settings (name text primary key, value text not null) strict, without rowid;`)

/** The database itself. */
export const migrations: readonly SchemaStep[] = [registry, settingsAndAudit]

/** Of the file beside it that holds used assertions: nothing in it is worth a disk write that is waited for. */
export const replayMigrations: readonly SchemaStep[] = [
  expansion(
    `create table replay (key text primary key, expires_at_ms integer not null) strict, without rowid;
     create index replay_by_expiry on replay (expires_at_ms);`,
  ),
]

/** How a file counts its steps. */
export const sqliteLedger: SchemaLedger = {
  *seen() {
    const [row] = yield* rows<{ readonly user_version: number }>('pragma user_version')
    return row?.user_version ?? 0
  },
  *record(steps) {
    yield* run(`pragma user_version = ${steps}`)
  },
}
