/*
 * Foundation — the two walls every feature stands behind.
 *
 *   public    what a browser may reach: tables under row level security, and
 *             the functions a person may call.
 *   private   everything else. Not exposed by the Data API, whatever is
 *             granted inside it.
 *
 * Nothing is reachable until a feature file grants it, line by line.
 */

create schema private;
comment on schema private is
  'What no client reaches: secrets, questions that policies ask, triggers.';
grant usage on schema private to authenticated, service_role;

-- Projects differ in what they hand to the client roles for every new object
-- in public. Here the hand stays closed, wherever the project was made.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public
  revoke execute on functions from anon, authenticated, service_role;
alter default privileges in schema public
  revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public
  revoke all on sequences from anon, authenticated, service_role;

-- Keeps every `updated_at` honest; attached by each table that has one.
create function private.touch() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

/*
 * The one way to say no. The Data API turns PT403 into HTTP 403; `code` is the
 * stable word a page may match on, `because` is the sentence a person may read.
 * Every code is listed in packages/contracts/src/errors.ts.
 */
create function private.refuse(status int, code text, because text) returns void
language plpgsql set search_path = ''
as $$
begin
  raise exception using
    errcode = 'PT' || status, detail = code, message = because;
end;
$$;
grant execute on function private.refuse to authenticated;

/*
 * The id that follows a piece of work from the browser into logs and jobs: the
 * caller's x-request-id, where it looks like one. Outside a request: null.
 */
create function private.request_id() returns text
language sql stable set search_path = ''
as $$
  select substring(
    nullif(current_setting('request.headers', true), '')::json ->> 'x-request-id'
    from '^[A-Za-z0-9_-]{8,64}$')
$$;
