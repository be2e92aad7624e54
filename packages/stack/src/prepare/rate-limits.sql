/*
 * How often each address has asked Auth lately. Hosted Auth counts in its own memory; here several processes answer,
 * and this is where they meet. Nothing is lost with it, so it is not written to the log.
 */
create schema _auth authorization supabase_auth_admin;

create unlogged table _auth.rate_limits (
  name text not null,
  key text not null,
  -- What may still come at once, at the time of the last one.
  tokens float8 not null,
  taken_at timestamptz not null,
  primary key (name, key)
);
alter table _auth.rate_limits owner to supabase_auth_admin;
