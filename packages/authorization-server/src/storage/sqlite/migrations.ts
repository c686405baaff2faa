/**
 * The schema, step by step. `PRAGMA user_version` counts the steps that a file has seen. A step that has been released
 * is never edited; the next one is added below it, and only adds (expand) what older servers on the same file do not
 * mind.
 */

const registry = `
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
  create index revocations_by_expiry on revocations (expires_at_seconds);`

/** One entry per step, in the order in which they run. */
export const migrations: readonly string[] = [registry]
