/** The schema of PostgreSQL, step by step, by the rules of `sql/schema-steps.ts`; `schema_steps` counts them. */
import { expansion, type SchemaLedger, type SchemaStep } from '../sql/schema-steps.ts'
import { rows, run } from '../sql/sql-work.ts'

/** Identifiers compare by octets, as in SQLite: an order that depends on the machine's locale is no order. */
const text = 'text collate "C"'

const registry = expansion(`
  create table resources (
    id ${text} primary key, lifetime_seconds bigint, token_format text not null, algorithm text not null,
    created_at_ms bigint not null, settings text not null default '{}');
  create table scopes (
    resource_id ${text} not null references resources (id) on delete cascade, token ${text} not null,
    primary key (resource_id, token));
  create table clients (
    id ${text} primary key, disabled integer not null default 0, authentication_methods text not null,
    created_at_ms bigint not null, settings text not null default '{}');
  create table secrets (
    id ${text} primary key, client_id ${text} not null references clients (id) on delete cascade,
    digest bytea not null, created_at_ms bigint not null, expires_at_ms bigint, label text,
    imported_hash text, sealed bytea, retired_at_ms bigint);
  create index secrets_by_client on secrets (client_id);
  create table grants (
    client_id ${text} not null references clients (id) on delete cascade,
    resource_id ${text} not null references resources (id) on delete cascade, scopes text not null,
    default_scopes text, primary key (client_id, resource_id));
  create index grants_by_resource on grants (resource_id);
  create table served_resources (
    client_id ${text} not null references clients (id) on delete cascade,
    resource_id ${text} not null references resources (id) on delete cascade,
    primary key (client_id, resource_id));
  create table signing_keys (
    kid ${text} primary key, algorithm text not null, sealed bytea not null, created_at_ms bigint not null,
    signer text, activates_at_ms bigint not null default 0, retires_at_ms bigint,
    compromised_at_ms bigint);
  create table revocations (
    jti ${text} primary key, client_id ${text} not null, expires_at_seconds bigint not null);
  create index revocations_by_expiry on revocations (expires_at_seconds);
  create table revocation_epochs (
    client_id ${text} primary key, not_before_seconds bigint not null, expires_at_seconds bigint not null);
  create table audit (
    sequence bigint primary key, at_ms bigint not null, actor text not null, via text not null,
    action text not null, subject_kind ${text} not null, subject_id ${text} not null, detail text not null,
    previous_hash bytea not null, hash bytea not null);
  create index audit_by_subject on audit (subject_kind, subject_id);
  create table secret_usage (
    secret_id ${text} primary key references secrets (id) on delete cascade,
    hour_ms bigint not null, network text not null);
  create table nodes (
    id ${text} primary key, started_at_ms bigint not null, reported_until_ms bigint not null,
    stopped integer not null);
  create table settings (name ${text} primary key, value text not null);
  create unlogged table replay (key ${text} primary key, expires_at_ms bigint not null);
  create index replay_by_expiry on replay (expires_at_ms)`)

/** One entry per step, in the order in which they run. */
export const postgresSteps: readonly SchemaStep[] = [registry]

/** How a database counts its steps. It asks first: an account that may not create tables can still use them. */
export const postgresLedger: SchemaLedger = {
  *seen() {
    const [there] = yield* rows<{ readonly known: boolean }>(
      "select to_regclass('schema_steps') is not null as known",
    )
    if (there?.known !== true) return 0
    const [row] = yield* rows<{ readonly steps: number }>('select steps from schema_steps')
    return row?.steps ?? 0
  },
  *record(steps) {
    yield* run(
      `create table if not exists schema_steps (
         one boolean primary key default true check (one), steps integer not null)`,
    )
    yield* run(
      `insert into schema_steps (steps) values (?)
       on conflict (one) do update set steps = excluded.steps`,
      steps,
    )
  },
}
