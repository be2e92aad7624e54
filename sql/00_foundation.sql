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

-- Words are found by their parts, and with a letter mistyped.
create extension pg_trgm with schema extensions;
create extension fuzzystrmatch with schema extensions;

/*
 * A text as it is searched: one spelling for what a reader takes for the same.
 * Marks fall away (accents, tashkeel, hamza on its seat) with the tatweel and what
 * has no width (soft hyphens, joiners, marks of direction); alef maqsura is ya, ta
 * marbuta is ha; capitals are small.
 */
create function private.fold(text text) returns text
language plpgsql immutable strict parallel safe set search_path = ''
as $$
begin
  return translate(
    lower(regexp_replace(normalize(text, nfkd), '[\u0300-\u036F\u0640\u064B-\u065F\u0670\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]', '', 'g')),
    'ىةٱ', 'يها');
end;
$$;
grant execute on function private.fold to authenticated;

-- A page holds 1 to 100 rows, whatever is asked for.
create function private.page_size(size int) returns int
language plpgsql immutable set search_path = ''
as $$
begin
  return least(greatest(coalesce(size, 20), 1), 100);
end;
$$;
grant execute on function private.page_size to authenticated;

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
 * The same with HTTP 429, for whoever asks too often. The seconds to wait are in
 * the header Retry-After and, because supabase-js shows no headers, in `hint`.
 */
create function private.refuse_for(seconds int) returns void
language plpgsql set search_path = ''
as $$
begin
  raise sqlstate 'PGRST' using
    message = json_build_object(
      'code', 'PT429', 'details', 'rate_limited', 'hint', seconds::text,
      'message', 'Too many attempts. Try again later.'),
    detail = json_build_object(
      'status', 429, 'headers', json_build_object('Retry-After', seconds::text));
end;
$$;

/*
 * The address a request came from: the first hop that the gateway wrote down.
 * Outside a request, or where it is no address: null.
 */
create function private.request_ip() returns inet
language plpgsql stable set search_path = ''
as $$
begin
  return btrim(split_part(
    nullif(current_setting('request.headers', true), '')::json ->> 'x-forwarded-for', ',', 1))::inet;
exception when invalid_text_representation then
  return null;
end;
$$;

/*
 * The id that follows a piece of work from the browser into logs and jobs: the
 * caller's x-request-id, where it looks like one. Outside a request: null.
 */
create function private.request_id() returns text
language plpgsql stable set search_path = ''
as $$
begin
  return substring(
    nullif(current_setting('request.headers', true), '')::json ->> 'x-request-id'
    from '^[A-Za-z0-9_-]{8,64}$');
end;
$$;
