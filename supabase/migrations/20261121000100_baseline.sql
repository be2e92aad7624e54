-- Derived from sql/ by `npm run db:migrations`; change that, not this.

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

/*
 * Jobs — work that is promised in the same transaction as the change that
 * needs it. If the change is rolled back, so is the promise.
 *
 * The tables are pg-boss's own (schema pgboss, a migration of its own); the
 * worker makes the queues from packages/contracts/src/jobs.ts when it starts.
 */

/*
 * An insert that did not join the queue would take the columns' defaults and
 * lose the queue's retries and its dead letter queue. The notification wakes
 * the worker when the transaction commits; its channel is the one pg-boss
 * derives from the name of its schema.
 *
 * Security definer: whoever makes the change has no rights in pgboss.
 */
create function private.enqueue(name text, data jsonb) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  job_id uuid;
begin
  insert into pgboss.job (
    name, data, policy, dead_letter, retry_limit, retry_delay, retry_backoff,
    retry_delay_max, expire_seconds, deletion_seconds, heartbeat_seconds, keep_until)
  select
    queue.name,
    jsonb_build_object('requestId', private.request_id()) || enqueue.data,
    queue.policy, queue.dead_letter, queue.retry_limit, queue.retry_delay,
    queue.retry_backoff, queue.retry_delay_max, queue.expire_seconds,
    queue.deletion_seconds, queue.heartbeat_seconds,
    now() + queue.retention_seconds * interval '1 second'
  from pgboss.queue
  where queue.name = enqueue.name
  returning id into job_id;

  if job_id is null then
    raise exception 'There is no queue "%": has a worker been started?', enqueue.name;
  end if;

  perform pg_notify('pgboss_' || left(encode(sha224('pgboss'), 'hex'), 24), enqueue.name);
  return job_id;
end;
$$;

/*
 * Platform — what keeps the place running: limits on how often, signs of life
 * from the worker, and the memory of mails already sent.
 *
 * All of it is private; the functions here are for our own services
 * (service_role), never for a browser.
 */

-- Tables ------------------------------------------------------------------

/*
 * Fixed windows. Logged, not unlogged: a limit must outlive a crash, or a
 * crash is the way around it.
 */
create table private.rate_limits (
  bucket       text not null check (bucket ~ '^[a-z_.]{1,40}$'),
  subject      text not null check (length(subject) <= 300),
  window_start timestamptz not null,
  hits         int not null check (hits > 0),
  primary key (bucket, subject, window_start)
);
comment on table private.rate_limits is
  'How often a subject (an address, an IP) knocked in a window of time.';

-- Which windows are over and can be swept?
create index on private.rate_limits (window_start);

create table private.heartbeats (
  part    text primary key check (part in ('worker', 'mail')),
  beat_at timestamptz not null default now(),
  ok      boolean not null,
  detail  jsonb not null default '{}'
);
comment on table private.heartbeats is
  'The last sign of life of each part that the database cannot see by itself.';

create table private.sent_mails (
  id      uuid primary key,
  kind    text not null,
  user_id uuid references auth.users on delete cascade,
  sent_at timestamptz not null default now()
);
comment on table private.sent_mails is
  'Mails that a person gets once in their life, by an id made of kind and person: a job that runs twice sends once.';

-- Which mails go when a person goes?
create index on private.sent_mails (user_id);

-- What our services may do --------------------------------------------------

/*
 * Counts a knock and says whether it may pass. One upsert, so that parallel
 * callers queue on the row and none slips through.
 */
create function public.take_rate_limit(bucket text, subject text, max_hits int, window_seconds int)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  width interval := make_interval(secs => window_seconds);
  opened timestamptz := date_bin(width, clock_timestamp(), timestamptz '2020-01-01 00:00:00Z');
  hits int;
begin
  insert into private.rate_limits as seen (bucket, subject, window_start, hits)
  values (take_rate_limit.bucket, take_rate_limit.subject, opened, 1)
  on conflict on constraint rate_limits_pkey do update set hits = seen.hits + 1
  returning seen.hits into hits;

  return jsonb_build_object(
    'allowed', hits <= max_hits,
    'retry_after', ceil(extract(epoch from opened + width - clock_timestamp()))::int);
end;
$$;
comment on function public.take_rate_limit is
  'Counts a knock of a subject in a fixed window. Returns {allowed, retry_after in seconds}.';
grant execute on function public.take_rate_limit to service_role;

/*
 * The same for functions a person calls: refuses one knock too many with 429 and
 * the seconds to wait. What a caller was refused for another reason is not
 * counted, since the refusal takes the count back with it.
 */
create function private.limit_rate(bucket text, subject text, max_hits int, window_seconds int) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  answer jsonb := public.take_rate_limit(bucket, subject, max_hits, window_seconds);
begin
  if not (answer ->> 'allowed')::boolean then
    perform private.refuse_for((answer ->> 'retry_after')::int);
  end if;
end;
$$;

/*
 * The parts only the database can judge. The thresholds: a worker beats every
 * ten seconds, so three missed beats are a fault; work that has waited five
 * minutes past its time is not being done.
 */
create function public.platform_health() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'queue', (
      select jsonb_build_object(
        'ok', count(*) filter (where start_after < now() - interval '5 minutes') = 0,
        'waiting', count(*))
      from pgboss.job
      where state in ('created', 'retry') and name not like '%.dead'),
    'worker', coalesce((
      select jsonb_build_object('ok', ok and beat_at > now() - interval '30 seconds', 'beat_at', beat_at)
      from private.heartbeats where part = 'worker'), '{"ok": false}'),
    'mail', coalesce((
      select jsonb_build_object('ok', ok and beat_at > now() - interval '30 seconds', 'beat_at', beat_at)
      from private.heartbeats where part = 'mail'), '{"ok": false}'))
$$;
comment on function public.platform_health is
  'State of the queue, the worker and the mail server, as the database knows it.';
grant execute on function public.platform_health to service_role;

/*
 * Audit — what was done, by whom, to whom. Written once and never again: no
 * role of the app, the tables' owner included, changes or removes a line.
 *
 * A line names people and companies by id alone and holds no personal data,
 * so that a person can be forgotten and the log stays whole. Where a deed came
 * from is personal: it stands beside, and goes when the person goes. Who may
 * read is said where companies and platform roles are known (19_audit).
 */

-- Tables ------------------------------------------------------------------

create type public.audit_outcome as enum ('done', 'refused');

create table public.audit_events (
  id              bigint generated always as identity primary key,
  happened_at     timestamptz not null default clock_timestamp(),
  actor_id        uuid,
  organization_id uuid,
  action          text not null check (action ~ '^[a-z_]+[.][a-z_]+$' and length(action) <= 80),
  outcome         public.audit_outcome not null default 'done',
  subject_kind    text check (subject_kind ~ '^[a-z_]{1,40}$'),
  subject_id      text check (length(subject_id) <= 200),
  before          jsonb,
  after           jsonb,
  code            text constraint refusals_have_a_code check ((code is not null) = (outcome = 'refused')),
  request_id      text
);
comment on table public.audit_events is
  'Every administrative act and every refusal that matters. Without foreign keys: a line outlives what it speaks of.';

-- What happened in this company, newest first? To this subject? By this person?
create index on public.audit_events (organization_id, id desc);
create index on public.audit_events (subject_id, id desc);
create index on public.audit_events (actor_id, id desc);

create function private.audit_events_stand() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'The audit log is append-only.' using errcode = 'insufficient_privilege';
end;
$$;

-- Per statement, so that it speaks even where a policy or a filter leaves no row; always, whatever the session says it is.
create trigger before_change_stand before update or delete or truncate on public.audit_events
  for each statement execute function private.audit_events_stand();
alter table public.audit_events enable always trigger before_change_stand;

create table private.audit_origins (
  event_id   bigint primary key references public.audit_events on delete restrict,
  actor_id   uuid,
  ip         inet,
  user_agent text check (length(user_agent) <= 400)
);
comment on table private.audit_origins is
  'Where a deed came from. Personal, so it can be erased while its line in the log stays.';

-- What goes when this person is erased?
create index on private.audit_origins (actor_id);

-- Who may -----------------------------------------------------------------

-- Which lines: the policy stands in 19_audit.
alter table public.audit_events enable row level security;

-- What our functions do -----------------------------------------------------

create function private.write_audit(
  action text, organization uuid, subject_kind text, subject text,
  before jsonb, after jsonb, outcome public.audit_outcome, code text, actor uuid default auth.uid()) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  event bigint;
begin
  insert into public.audit_events (
    actor_id, organization_id, action, outcome, subject_kind, subject_id, before, after, code, request_id)
  values (
    actor, organization, write_audit.action, write_audit.outcome, write_audit.subject_kind, subject,
    write_audit.before, write_audit.after, write_audit.code, private.request_id())
  returning id into event;

  insert into private.audit_origins (event_id, actor_id, ip, user_agent)
  values (event, actor, private.request_ip(),
    left(nullif(current_setting('request.headers', true), '')::json ->> 'user-agent', 400));
end;
$$;

/*
 * Writes a line in the transaction of the deed. `before` and `after` hold what
 * changed, never a name, an address or another's words.
 */
create function private.audit(
  action text, organization uuid, subject_kind text, subject text,
  before jsonb default null, after jsonb default null) returns void
language sql security definer set search_path = ''
as $$
  select private.write_audit(action, organization, subject_kind, subject, before, after, 'done', null)
$$;

/*
 * Refuses and remembers it. An exception would take the line back with it, so
 * the refusal is answered instead: the status by `response.status`, the body as
 * the Data API writes an error. A function that returns jsonb says
 * `return private.deny(...)` before it has changed anything. Sixty an hour are
 * remembered of one person: whoever knocks on must not be able to fill the log.
 */
create function private.deny(
  status int, code text, because text,
  action text, organization uuid, subject_kind text, subject text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  if (public.take_rate_limit('audit.refused', coalesce(auth.uid()::text, private.request_ip()::text, 'nobody'), 60, 3600) ->> 'allowed')::boolean then
    perform private.write_audit(action, organization, subject_kind, subject, null, null, 'refused', code);
  end if;
  perform set_config('response.status', status::text, true);
  return jsonb_build_object('code', 'PT' || status, 'details', code, 'hint', null, 'message', because);
end;
$$;

/*
 * Reference — the words that companies describe themselves with.
 *
 * The rows are the same in every place: they come by a data migration and are
 * never written by a person. A code, once given, is not given to anything else.
 */

-- Tables ------------------------------------------------------------------

create table public.industries (
  code    text primary key check (code ~ '^([A-U]|[0-9]{2})$'),
  section text references public.industries on delete restrict,
  name_en text not null,
  name_ar text not null,
  constraint divisions_have_a_section check ((section is null) = (code ~ '^[A-U]$'))
);
comment on table public.industries is
  'ISIC revision 4 (https://unstats.un.org/unsd/classifications/Econ/isic): its 21 sections, by letter, and their 88 divisions, by number.';

-- Which divisions are in this section?
create index on public.industries (section);

create table public.cities (
  id        int primary key,
  country   text not null check (country ~ '^[A-Z]{2}$'),
  name_en   text not null,
  name_ar   text not null,
  latitude  double precision not null check (latitude between -90 and 90),
  longitude double precision not null check (longitude between -180 and 180)
);
comment on table public.cities is
  'Cities of the Gulf with 15,000 people or more, by their GeoNames id (https://www.geonames.org, CC BY 4.0). Degrees in WGS 84.';

-- Who may -----------------------------------------------------------------

-- Whoever may act: the policies stand in 11, where that is known.
alter table public.industries enable row level security;
grant select on public.industries to authenticated;

alter table public.cities enable row level security;
grant select on public.cities to authenticated;

/*
 * Identity — who a person is.
 *
 * Auth keeps the address and the password; the profile is what others see. An
 * e-mail address is never here. A person acts only while active: what "active"
 * takes is said in 11_organizations, since the company has a say in it.
 */

-- Tables ------------------------------------------------------------------

create type public.person_status as enum ('pending', 'active', 'deactivated');
create type public.locale as enum ('ar', 'en');

-- Whether a text shows anything: spaces of all kinds, joiners and fillers do not.
create function private.is_visible(text text) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return text ~ '[^[:space:][:cntrl:]\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0]';
end;
$$;
-- Whoever updates a row is asked by its constraints.
grant execute on function private.is_visible to authenticated;

-- A text that people read as a name: something to see, no space at its edges, no
-- control characters, nothing that turns the direction of the text around it.
create function private.is_name(text text, longest int) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return length(text) between 1 and longest and private.is_visible(text) and text = btrim(text) and text !~ '[[:cntrl:]\u202A-\u202E\u2066-\u2069]';
end;
$$;
grant execute on function private.is_name to authenticated;

-- The same name in Arabic letters; what was written at signup may be in either script.
create function private.is_arabic_name(text text, longest int) returns boolean
language sql immutable set search_path = ''
as $$
  select private.is_name(text, longest) and text ~ '^[\u0600-\u06FF\u0750-\u077F [:punct:]]+$'
$$;
grant execute on function private.is_arabic_name to authenticated;

-- Whether a text is an e-mail address in ASCII, as the contracts have it: no quotes, a host of two labels or more.
create function private.is_email(text text) returns boolean
language sql immutable set search_path = ''
as $$
  select length(text) <= 254 and text ~
    '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$'
$$;

-- A text of one or more lines: something to see, and nothing that hides or turns what stands around it.
create function private.is_prose(text text, longest int) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return length(text) between 1 and longest and private.is_visible(text) and text = btrim(text, E' \n')
    and text !~ '[\u0001-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]';
end;
$$;
grant execute on function private.is_prose to authenticated;

-- Whether Postgres knows a time zone by this name (https://www.iana.org/time-zones).
create function private.is_time_zone(name text) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  perform timestamptz '2026-01-01 00:00Z' at time zone name;
  return name ~ '^[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}$';
exception when invalid_parameter_value then
  return false;
end;
$$;
grant execute on function private.is_time_zone to authenticated;

create table public.profiles (
  id         uuid primary key references auth.users on delete cascade,
  first_name text not null constraint first_name_is_a_name check (private.is_name(first_name, 80)),
  last_name  text not null constraint last_name_is_a_name check (private.is_name(last_name, 80)),
  first_name_ar text constraint first_name_ar_is_an_arabic_name check (private.is_arabic_name(first_name_ar, 80)),
  last_name_ar  text constraint last_name_ar_is_an_arabic_name check (private.is_arabic_name(last_name_ar, 80)),
  job_title  text constraint job_title_is_a_name check (private.is_name(job_title, 120)),
  locale     public.locale not null default 'ar',
  time_zone  text not null default 'Asia/Riyadh' constraint time_zone_is_known check (private.is_time_zone(time_zone)),
  avatar     jsonb,
  status     public.person_status not null default 'pending',
  name_folded text not null generated always as (
    private.fold(first_name || ' ' || last_name || ' ' || coalesce(first_name_ar || ' ' || last_name_ar, ''))) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.profiles is
  'What others see of a person. `pending` until the address is verified; `avatar` is the ready picture, as 20_media writes it.';

-- Who is called like this, in either script?
create index on public.profiles using gin (name_folded extensions.gin_trgm_ops);

create trigger before_update_touch before update on public.profiles
  for each row execute function private.touch();

create type public.platform_role as enum ('moderator', 'admin');

create table public.platform_roles (
  user_id    uuid primary key references public.profiles on delete cascade,
  role       public.platform_role not null,
  created_at timestamptz not null default now()
);
comment on table public.platform_roles is
  'The few who look after the whole place. Given in Studio or by a platform admin (21_administration).';

-- Who may -----------------------------------------------------------------

-- Who may read a profile depends on companies: the policy stands in 11.
alter table public.profiles enable row level security;
grant select on public.profiles to authenticated;
grant update (first_name, last_name, first_name_ar, last_name_ar, job_title, locale, time_zone)
  on public.profiles to authenticated;

alter table public.platform_roles enable row level security;
grant select on public.platform_roles to authenticated;

create policy select_self on public.platform_roles
  for select to authenticated
  using (user_id = (select auth.uid()));

/*
 * The session the caller's token belongs to, or null where it was ended or its
 * time is up. A token lives on for up to an hour after its session; what one may
 * do does not. Whoever has a second factor may not have confirmed it here yet: what
 * a password alone opens is one's own name and the way to the factor, nothing else.
 *
 * Security definer: clients have no rights on Auth's tables.
 */
create function private.my_begun_session() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select sessions.id from auth.sessions
    where sessions.id = (auth.jwt() ->> 'session_id')::uuid
      and sessions.user_id = auth.uid()
      and (sessions.not_after is null or sessions.not_after > now()));
exception when invalid_text_representation then
  return null;
end;
$$;
grant execute on function private.my_begun_session to authenticated;

/*
 * The same, with all the proof it takes: null until the second factor is confirmed
 * in this very session, where there is one. This is what policies and functions ask.
 */
create function private.my_session() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select sessions.id from auth.sessions
    where sessions.id = (auth.jwt() ->> 'session_id')::uuid
      and sessions.user_id = auth.uid()
      and (sessions.not_after is null or sessions.not_after > now())
      and (sessions.aal = 'aal2' or not exists (
        select from auth.mfa_factors where mfa_factors.user_id = sessions.user_id and mfa_factors.status = 'verified')));
exception when invalid_text_representation then
  return null;
end;
$$;
grant execute on function private.my_session to authenticated;

-- The same for functions, which owe their caller an answer.
create function private.require_session() returns uuid
language plpgsql stable set search_path = ''
as $$
declare
  session uuid := private.my_session();
begin
  if session is null then
    if auth.uid() is null then
      perform private.refuse(401, 'not_signed_in', 'Sign in first.');
    elsif private.my_begun_session() is not null then
      perform private.refuse(403, 'second_factor_required', 'Confirm your second factor first.');
    end if;
    perform private.refuse(401, 'session_ended', 'This session has ended. Sign in again.');
  end if;
  return session;
end;
$$;
grant execute on function private.require_session to authenticated;

/*
 * Organizations — who belongs where, and as what.
 *
 * A person belongs to one organization and acts through it; who was removed
 * from theirs belongs to none and may do nothing until another takes them in.
 */

-- Tables ------------------------------------------------------------------

-- `dissolved`: its last person went; its name stays under what they wrote, its domain is free again.
create type public.organization_status as enum ('pending', 'active', 'suspended', 'dissolved');
create type public.member_role as enum ('member', 'admin');

-- How many work there, in the bands of Monsha'at (https://www.monshaat.gov.sa): 1–5, 6–49, 50–249, 250 and more people.
create type public.organization_size as enum ('micro', 'small', 'medium', 'large');

-- An https address as a browser spells it out: a host of two labels or more in ASCII, no user, nothing unprintable.
create function private.is_website(url text) returns boolean
language sql immutable set search_path = ''
as $$
  select length(url) <= 300 and url ~
    '^https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z][a-z0-9-]{0,61}[a-z0-9](:[0-9]{1,5})?/[!#-;=?-\[\]_a-z|~]*$'
$$;

create table public.organizations (
  id         uuid primary key default gen_random_uuid(),
  name       text not null constraint name_is_a_name check (private.is_name(name, 120)),
  name_ar    text constraint name_ar_is_an_arabic_name check (private.is_name(name_ar, 120) and name_ar ~ '[\u0621-\u064A]'),
  domain     text unique constraint domain_is_lower_case_ascii check (domain ~ '^[a-z0-9.-]+$'),
  industry   text references public.industries on delete restrict,
  size       public.organization_size,
  city_id    int references public.cities on delete restrict,
  website    text constraint website_is_an_https_address check (private.is_website(website)),
  about      text constraint about_is_prose check (private.is_prose(about, 2000)),
  logo       jsonb,
  verified_at timestamptz,
  revision   int not null default 1,
  name_folded text not null generated always as (private.fold(name || ' ' || coalesce(name_ar, ''))) stored,
  status     public.organization_status not null default 'pending',
  takes_join_requests boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.organizations is
  'A company. Its e-mail domain is its own; null where its people use a public mail provider. `verified_at`: since when the commercial register vouches for it (22). `revision` counts edits.';

-- Which companies are in this industry? In this city? Called like this, in either script?
create index on public.organizations (industry);
create index on public.organizations (city_id);
create index on public.organizations using gin (name_folded extensions.gin_trgm_ops);

create trigger before_update_touch before update on public.organizations
  for each row execute function private.touch();

create table public.memberships (
  user_id         uuid primary key references public.profiles on delete cascade,
  organization_id uuid not null references public.organizations on delete cascade,
  role            public.member_role not null default 'member',
  created_at      timestamptz not null default now()
);
comment on table public.memberships is
  'A person''s place in their one organization.';

-- Who belongs to this organization?
create index on public.memberships (organization_id);

-- Who may -----------------------------------------------------------------

/*
 * The organization the caller acts for, or null where they may not act: signed
 * out, unverified, deactivated, removed, or of a suspended organization. Read from
 * the tables at each request, never from the token, so that a change holds at once.
 *
 * Security definer: a policy that read these tables under their own policies
 * would ask itself for permission, for ever. In plpgsql, whose plan is kept.
 */
create function private.my_organization() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select organizations.id
    from public.memberships
    join public.profiles on profiles.id = memberships.user_id and profiles.status = 'active'
    join public.organizations on organizations.id = memberships.organization_id and organizations.status = 'active'
    where memberships.user_id = (select auth.uid()) and (select private.my_session()) is not null);
end;
$$;
grant execute on function private.my_organization to authenticated;

-- The organization the caller is an admin of, or null.
create function private.my_administered_organization() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select organization_id from public.memberships
    where user_id = (select auth.uid()) and role = 'admin' and organization_id = (select private.my_organization()));
end;
$$;
grant execute on function private.my_administered_organization to authenticated;

/*
 * The caller's role in the whole place, or null. An admin's counts only with a
 * second factor in this very session (aal2), which Auth's table says and not the token.
 */
create function private.my_platform_role() returns public.platform_role
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select platform_roles.role from public.platform_roles
    where platform_roles.user_id = (select auth.uid())
      and (select private.my_organization()) is not null
      and (platform_roles.role <> 'admin'
        or exists (select from auth.sessions where id = (select private.my_session()) and aal = 'aal2')));
end;
$$;
grant execute on function private.my_platform_role to authenticated;

-- The same for functions, which owe their caller an answer.
create function private.require_organization() returns uuid
language plpgsql stable set search_path = ''
as $$
declare
  organization uuid := private.my_organization();
begin
  if organization is null then
    perform private.require_session();
    perform private.refuse(403, 'not_active', 'This account may not act here at present.');
  end if;
  return organization;
end;
$$;
grant execute on function private.require_organization to authenticated;

-- The organization the caller administers; whoever is no admin is refused.
create function private.require_administered_organization() returns uuid
language plpgsql stable set search_path = ''
as $$
declare
  organization uuid := private.my_administered_organization();
begin
  perform private.require_organization();
  if organization is null then
    perform private.refuse(403, 'not_allowed', 'This is for the admins of the organization.');
  end if;
  return organization;
end;
$$;
grant execute on function private.require_administered_organization to authenticated;

create function private.require_platform_admin() returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if private.my_platform_role() is distinct from 'admin' then
    if exists (select from public.platform_roles where user_id = auth.uid() and role = 'admin') then
      perform private.refuse(403, 'second_factor_required', 'Confirm your second factor first.');
    end if;
    perform private.refuse(403, 'not_allowed', 'This is for the admins of the platform.');
  end if;
end;
$$;

-- A pending person's claim to a name is not proven yet: nobody else sees it.
create policy select_fellow on public.profiles
  for select to authenticated
  using (id = (select auth.uid()) or (status <> 'pending' and (select private.my_organization()) is not null));

create policy update_self_while_active on public.profiles
  for update to authenticated
  using (id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.organizations enable row level security;
grant select on public.organizations to authenticated;

create policy select_fellow on public.organizations
  for select to authenticated
  using (status <> 'pending' and (select private.my_organization()) is not null);

alter table public.memberships enable row level security;
grant select on public.memberships to authenticated;

create policy select_fellow on public.memberships
  for select to authenticated
  using ((select private.my_organization()) is not null);

create policy select_active on public.industries
  for select to authenticated
  using ((select private.my_organization()) is not null);

create policy select_active on public.cities
  for select to authenticated
  using ((select private.my_organization()) is not null);

-- Domains ------------------------------------------------------------------

/*
 * Where a domain proves nothing about a company. The larger public providers
 * and those common in the Gulf.
 */
create function private.is_public_mail_domain(domain text) returns boolean
language sql immutable set search_path = ''
as $$
  select domain = any (array[
    'gmail.com', 'googlemail.com', 'outlook.com', 'outlook.sa', 'hotmail.com', 'live.com', 'msn.com',
    'yahoo.com', 'ymail.com', 'rocketmail.com', 'icloud.com', 'me.com', 'mac.com', 'aol.com',
    'proton.me', 'protonmail.com', 'pm.me', 'gmx.com', 'gmx.net', 'gmx.de', 'web.de', 'mail.com',
    'zoho.com', 'zohomail.com', 'yandex.com', 'yandex.ru', 'mail.ru', 'inbox.com', 'hushmail.com',
    'fastmail.com', 'tutanota.com', 'tuta.com', 'qq.com', '163.com', '126.com', 'maktoob.com', 'windowslive.com'])
$$;

-- The domain an address lets a company claim; null for a public provider.
create function private.claimable_domain(email text) returns text
language sql immutable set search_path = ''
as $$
  select case when not private.is_public_mail_domain(domain) then domain end
  from (select lower(split_part(email, '@', 2)) as domain) as address
$$;

-- What one may do -----------------------------------------------------------

/*
 * Answers for oneself, whatever one's status: the page must be able to say
 * "suspended" to a person who may read nothing else.
 */
create function public.me() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'id', profiles.id,
    'email', users.email,
    'first_name', profiles.first_name,
    'last_name', profiles.last_name,
    'first_name_ar', profiles.first_name_ar,
    'last_name_ar', profiles.last_name_ar,
    'time_zone', profiles.time_zone,
    'avatar', profiles.avatar,
    'job_title', profiles.job_title,
    'locale', profiles.locale,
    'status', profiles.status,
    'organization', case when organizations.id is not null then jsonb_build_object(
      'id', organizations.id,
      'name', organizations.name,
      'domain', organizations.domain,
      'status', organizations.status) end,
    'role', memberships.role,
    'platform_role', platform_roles.role,
    'second_factor', case
      when sessions.aal = 'aal2' then 'confirmed'
      when private.my_session() is null then 'required'
      else 'none'
    end)
  from public.profiles
  join auth.users on users.id = profiles.id
  join auth.sessions on sessions.id = (select private.my_begun_session())
  left join public.memberships on memberships.user_id = profiles.id
  left join public.organizations on organizations.id = memberships.organization_id
  left join public.platform_roles on platform_roles.user_id = profiles.id
  where profiles.id = (select auth.uid())
$$;
comment on function public.me is
  'The person who is signed in: profile, organization (null for who belongs to none), role. Null for anybody else.';
grant execute on function public.me to authenticated;

-- The first thing wrong with what is to be written about a company, as an error code; null where nothing is.
create function private.organization_fault(patch jsonb) returns text
language sql stable set search_path = ''
as $$
  select case
    when jsonb_typeof(patch) is distinct from 'object' then 'invalid_input'
    when patch - array['name', 'name_ar', 'industry', 'size', 'city_id', 'website', 'about'] <> '{}' then 'invalid_input'
    when jsonb_typeof(patch -> 'name') <> 'string' or not private.is_name(patch ->> 'name', 120)
      then 'organization_name_invalid'
    when jsonb_typeof(patch -> 'name_ar') not in ('string', 'null')
      or not (private.is_name(patch ->> 'name_ar', 120) and patch ->> 'name_ar' ~ '[\u0621-\u064A]')
      then 'organization_name_ar_invalid'
    when jsonb_typeof(patch -> 'industry') not in ('string', 'null')
      or patch ->> 'industry' not in (select code from public.industries) then 'industry_unknown'
    when jsonb_typeof(patch -> 'size') not in ('string', 'null')
      or patch ->> 'size' <> all (enum_range(null::public.organization_size)::text[]) then 'invalid_input'
    when jsonb_typeof(patch -> 'city_id') not in ('number', 'null')
      or patch ->> 'city_id' not in (select id::text from public.cities) then 'city_unknown'
    when jsonb_typeof(patch -> 'website') not in ('string', 'null') or not private.is_website(patch ->> 'website')
      then 'website_invalid'
    when jsonb_typeof(patch -> 'about') not in ('string', 'null') or not private.is_prose(patch ->> 'about', 2000)
      then 'organization_about_invalid'
  end
$$;

/*
 * Writes what `patch` names and leaves the rest. `expected` is the revision the
 * caller has seen: where another admin wrote since, nothing is overwritten.
 *
 * Security definer: clients write no organization themselves.
 */
create function public.update_organization(patch jsonb, expected int) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  mine uuid := private.require_organization();
  fault text := private.organization_fault(patch);
  current public.organizations;
  wanted public.organizations;
  changed text[];
begin
  if private.my_administered_organization() is null then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      'organizations.update', mine, 'organization', mine::text);
  end if;
  if fault is not null then
    perform private.refuse(422, fault, 'This cannot be said of a company.');
  end if;

  select * into current from public.organizations where id = mine for update;
  if current.revision is distinct from expected then
    perform private.refuse(409, 'changed_meanwhile', 'Somebody else has changed this since.');
  end if;
  changed := array(
    select key from jsonb_each(patch) where value is distinct from to_jsonb(current) -> key order by key);
  if changed <> '{}' then
    wanted := jsonb_populate_record(current, patch);
    update public.organizations set
      name = wanted.name, name_ar = wanted.name_ar, industry = wanted.industry, size = wanted.size,
      city_id = wanted.city_id, website = wanted.website, about = wanted.about, revision = revision + 1
    where id = mine
    returning revision into current.revision;
    perform private.audit('organizations.update', mine, 'organization', mine::text,
      null, jsonb_build_object('changed', changed));
  end if;
  return jsonb_build_object('revision', current.revision);
end;
$$;
comment on function public.update_organization is
  'Changes the own company: name, name_ar, industry, size, city_id, website, about. Refuses with 409 changed_meanwhile where its revision is not `expected`. For admins.';
grant execute on function public.update_organization to authenticated;

-- What follows ----------------------------------------------------------------

-- A company that nobody belongs to: a claim is forgotten, one that acted is dissolved. A suspended one keeps its domain from coming back.
create function private.memberships_dissolve() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from public.memberships where organization_id = old.organization_id) then
    delete from public.organizations where id = old.organization_id and status = 'pending';
    update public.organizations set status = 'dissolved', domain = null
    where id = old.organization_id and status = 'active';
  end if;
  return null;
end;
$$;

create trigger after_delete_dissolve after delete on public.memberships
  for each row execute function private.memberships_dissolve();

create trigger after_update_dissolve after update of organization_id on public.memberships
  for each row when (old.organization_id <> new.organization_id) execute function private.memberships_dissolve();

/*
 * Consents — the terms and the privacy notice, and who agreed to which version.
 *
 * What people agreed to must still be readable years later: a version is never
 * changed, the next one stands beside it. Consent is a person's relation to us
 * and no right of access: who has not agreed to the newest version is asked by
 * the pages before anything else, and no policy looks here.
 */

-- Tables ------------------------------------------------------------------

create type public.legal_kind as enum ('terms', 'privacy');

-- A text as sections of a heading and paragraphs: nothing that a page would have to make safe.
create function private.is_legal_text(text jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select jsonb_typeof(text) = 'array' and jsonb_array_length(text) > 0 and not exists (
    select from jsonb_array_elements(text) as section
    where jsonb_typeof(section) <> 'object'
      or section - array['heading', 'paragraphs'] <> '{}'
      or jsonb_typeof(section -> 'heading') is distinct from 'string'
      or jsonb_typeof(section -> 'paragraphs') is distinct from 'array'
      or jsonb_path_exists(section -> 'paragraphs', '$[*] ? (@.type() != "string")'))
$$;

create table public.legal_documents (
  id           uuid primary key default gen_random_uuid(),
  kind         public.legal_kind not null,
  version      int not null check (version > 0),
  text_en      jsonb not null constraint text_en_is_a_legal_text check (private.is_legal_text(text_en)),
  text_ar      jsonb not null constraint text_ar_is_a_legal_text check (private.is_legal_text(text_ar)),
  changes_en   text check (length(changes_en) between 1 and 1000),
  changes_ar   text check (length(changes_ar) between 1 and 1000),
  published_at timestamptz not null default now(),
  unique (kind, version),
  constraint changes_are_told_in_both_languages check ((changes_en is null) = (changes_ar is null))
);
comment on table public.legal_documents is
  'Every version of the terms and the privacy notice. The newest published one of a kind is in force; `changes` says in a few words what is new.';

create function private.legal_documents_stand() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'A version that was published stands: add the next one.' using errcode = 'insufficient_privilege';
end;
$$;

create trigger before_change_stand before update or delete on public.legal_documents
  for each row when (old.published_at <= now()) execute function private.legal_documents_stand();

create table public.consents (
  user_id     uuid not null references public.profiles on delete cascade,
  document_id uuid not null references public.legal_documents on delete restrict,
  accepted_at timestamptz not null default now(),
  ip          inet,
  primary key (user_id, document_id)
);
comment on table public.consents is
  'Who agreed to which version, when and from where. Goes with the person.';

-- Who has agreed to this version?
create index on public.consents (document_id);

-- Who may -----------------------------------------------------------------

-- The one thing a visitor may read here: one reads the terms before one has an account.
alter table public.legal_documents enable row level security;
grant select on public.legal_documents to anon, authenticated;

create policy select_anybody on public.legal_documents
  for select to anon, authenticated
  using (published_at <= now());

alter table public.consents enable row level security;
grant select on public.consents to authenticated;

create policy select_self on public.consents
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_session()) is not null);

/*
 * The caller, for what everybody may do about their own data, whatever has become
 * of their place here: deactivated, suspended or removed, one can still agree,
 * take one's data and go.
 */
create function private.require_account() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_session();
  if not exists (select from public.profiles where id = auth.uid() and status <> 'pending') then
    perform private.refuse(403, 'not_active', 'This account may not act here at present.');
  end if;
  return auth.uid();
end;
$$;

create function private.current_documents() returns setof public.legal_documents
language sql stable security definer set search_path = ''
as $$
  select distinct on (kind) * from public.legal_documents
  where published_at <= now()
  order by kind, version desc
$$;

-- What one may do -----------------------------------------------------------

/*
 * Agrees to documents, by their ids: to what the person was shown, not to
 * whatever is in force by the time the answer arrives.
 */
create function public.accept_documents(documents uuid[]) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := private.require_account();
begin
  if documents is null or cardinality(documents) not between 1 and 10 or array_position(documents, null) is not null then
    perform private.refuse(422, 'invalid_input', 'Name the documents you accept.');
  elsif exists (
    select from unnest(documents) as given (id)
    where not exists (select from public.legal_documents where legal_documents.id = given.id and published_at <= now()))
  then
    perform private.refuse(404, 'not_found', 'There is no such document.');
  elsif exists (
    select from unnest(documents) as given (id)
    where not exists (select from private.current_documents() as current where current.id = given.id))
  then
    perform private.refuse(409, 'document_superseded', 'A newer version has been published: read that one.');
  end if;

  insert into public.consents (user_id, document_id, ip)
  select distinct person, given.id, private.request_ip() from unnest(documents) as given (id)
  on conflict do nothing;
end;
$$;
comment on function public.accept_documents is
  'Agrees to versions of the terms and the privacy notice that are in force, by their ids. Asking again changes nothing.';
grant execute on function public.accept_documents to authenticated;

-- What follows ----------------------------------------------------------------

/*
 * Takes down what somebody agreed to when they signed up or accepted an invitation.
 * The metadata is hostile: what is not the id of a version in force is passed over.
 */
create function private.accept_documents(person uuid, metadata jsonb) returns void
language sql security definer set search_path = ''
as $$
  insert into public.consents (user_id, document_id, ip)
  select person, current.id, private.request_ip()
  from private.current_documents() as current
  where jsonb_typeof(metadata -> 'accepted_documents') = 'array'
    and metadata -> 'accepted_documents' ? current.id::text
  on conflict do nothing
$$;

/*
 * Profiles — what a person tells of themselves beyond their name.
 *
 * A boundary is a table: what only some may see stands beside the profile, in
 * rows that say themselves who may. An e-mail address is shown to the admins
 * of one's own organization and to nobody else.
 */

-- Tables ------------------------------------------------------------------

create type public.profile_audience as enum ('organization', 'community');

-- Each in the spelling of search, where "Déburring" is "deburring" and «صيانة» is «صيانه».
create function private.fold_all(texts text[]) returns text[]
language sql immutable strict parallel safe set search_path = ''
as $$
  select coalesce(array_agg(private.fold(text) order by place), '{}')
  from unnest(texts) with ordinality as given (text, place)
$$;
grant execute on function private.fold_all to authenticated;

-- A dozen names of 40 characters at most, none of them twice.
create function private.is_expertise(tags text[]) returns boolean
language sql immutable set search_path = ''
as $$
  select cardinality(tags) <= 12 and coalesce(array_ndims(tags), 1) = 1
    and coalesce(bool_and(tag is not null and private.is_name(tag, 40)), true)
    and count(distinct private.fold(tag)) = count(*)
  from unnest(tags) as tag
$$;
grant execute on function private.is_expertise to authenticated;

-- A person's details name their organization; the key below holds them to it.
alter table public.memberships add constraint one_place_each unique (user_id, organization_id);

create table public.profile_details (
  person_id       uuid primary key references public.profiles on delete cascade,
  organization_id uuid,
  audience        public.profile_audience not null default 'community',
  about           text constraint about_is_prose check (private.is_prose(about, 1000)),
  expertise       text[] not null default '{}' constraint expertise_is_a_few_names check (private.is_expertise(expertise)),
  expertise_folded text[] not null generated always as (private.fold_all(expertise)) stored,
  updated_at      timestamptz not null default now(),
  foreign key (person_id, organization_id) references public.memberships (user_id, organization_id)
    on update cascade on delete set null (organization_id)
);
comment on table public.profile_details is
  'What a person tells of themselves, and who may see it. No row: nothing told. `organization_id` follows their membership.';

-- Who of this company shows this to it? Who knows about this?
create index on public.profile_details (organization_id);
create index on public.profile_details using gin (expertise_folded);
-- What goes when a membership does?
create index on public.profile_details (person_id, organization_id);

create trigger before_update_touch before update on public.profile_details
  for each row execute function private.touch();

-- Who may -----------------------------------------------------------------

alter table public.profile_details enable row level security;
grant select on public.profile_details to authenticated;
grant insert (person_id, audience, about, expertise), update (audience, about, expertise)
  on public.profile_details to authenticated;

-- The flag and the company stand in the row, so that a search over all people asks no other table.
create policy select_audience on public.profile_details
  for select to authenticated
  using (
    (audience = 'community' and (select private.my_organization()) is not null)
    or organization_id = (select private.my_organization()));

create policy insert_self_while_active on public.profile_details
  for insert to authenticated
  with check (person_id = (select auth.uid()) and (select private.my_organization()) is not null);

create policy update_self_while_active on public.profile_details
  for update to authenticated
  using (person_id = (select auth.uid()) and (select private.my_organization()) is not null);

-- What one may do -----------------------------------------------------------

-- A key's text for a column: null where it is empty, so that clearing a field is saying nothing.
create function private.told(patch jsonb, key text) returns text
language sql immutable set search_path = ''
as $$ select nullif(btrim(patch ->> key, E' \n\r\t'), '') $$;
grant execute on function private.told to authenticated;

-- The first thing wrong with a change of profile, as an error code; null where nothing is.
create function private.profile_fault(patch jsonb) returns text
language sql stable set search_path = ''
as $$
  select case
    when jsonb_typeof(patch) is distinct from 'object' or exists (
      select from jsonb_each(patch) as given
      where key <> all (array['first_name', 'last_name', 'first_name_ar', 'last_name_ar', 'job_title',
                              'locale', 'time_zone', 'about', 'expertise', 'audience'])
        or jsonb_typeof(value) <> all (case key
          when 'expertise' then array['array']
          when 'first_name' then array['string']
          when 'last_name' then array['string']
          when 'locale' then array['string']
          when 'time_zone' then array['string']
          when 'audience' then array['string']
          else array['string', 'null'] end))
      then 'invalid_input'
    when patch ? 'first_name' and not coalesce(private.is_name(private.told(patch, 'first_name'), 80), false)
      then 'first_name_invalid'
    when patch ? 'last_name' and not coalesce(private.is_name(private.told(patch, 'last_name'), 80), false)
      then 'last_name_invalid'
    when not coalesce(private.is_arabic_name(private.told(patch, 'first_name_ar'), 80), true)
      or not coalesce(private.is_arabic_name(private.told(patch, 'last_name_ar'), 80), true)
      then 'arabic_name_invalid'
    when not coalesce(private.is_name(private.told(patch, 'job_title'), 120), true) then 'job_title_invalid'
    when patch ->> 'locale' <> all (array['ar', 'en']) then 'locale_invalid'
    when patch ? 'time_zone' and not private.is_time_zone(patch ->> 'time_zone') then 'time_zone_invalid'
    when not coalesce(private.is_prose(private.told(patch, 'about'), 1000), true) then 'about_invalid'
    when patch ->> 'audience' <> all (array['organization', 'community']) then 'invalid_input'
    when exists (select from jsonb_array_elements(patch -> 'expertise') as tag where jsonb_typeof(tag) <> 'string')
      or not private.is_expertise(array(select jsonb_array_elements_text(patch -> 'expertise')))
      then 'expertise_invalid'
  end
$$;
grant execute on function private.profile_fault to authenticated;

create function private.profile_sentence(code text) returns text
language sql immutable set search_path = ''
as $$
  select case code
    when 'first_name_invalid' then 'A first name has 1 to 80 characters.'
    when 'last_name_invalid' then 'A last name has 1 to 80 characters.'
    when 'arabic_name_invalid' then 'A name in Arabic has up to 80 characters, all of them Arabic.'
    when 'job_title_invalid' then 'A job title is one line of up to 120 characters.'
    when 'locale_invalid' then 'The language is ar or en.'
    when 'time_zone_invalid' then 'There is no such time zone.'
    when 'about_invalid' then 'This text has up to 1,000 characters.'
    when 'expertise_invalid' then 'Up to 12 different tags of up to 40 characters.'
    else 'This is no change of a profile.'
  end
$$;
grant execute on function private.profile_sentence to authenticated;

/*
 * Changes what is named in `patch` and nothing else, in both tables or in none.
 * With the caller's own rights: what a column grant or a policy forbids stays forbidden.
 */
create function public.update_profile(patch jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  me uuid := auth.uid();
  fault text := private.profile_fault(patch);
begin
  perform private.require_organization();
  if fault is not null then
    perform private.refuse(422, fault, private.profile_sentence(fault));
  end if;

  if patch ?| array['first_name', 'last_name', 'first_name_ar', 'last_name_ar', 'job_title', 'locale', 'time_zone'] then
    update public.profiles set
      first_name = coalesce(private.told(patch, 'first_name'), first_name),
      last_name = coalesce(private.told(patch, 'last_name'), last_name),
      first_name_ar = case when patch ? 'first_name_ar' then private.told(patch, 'first_name_ar') else first_name_ar end,
      last_name_ar = case when patch ? 'last_name_ar' then private.told(patch, 'last_name_ar') else last_name_ar end,
      job_title = case when patch ? 'job_title' then private.told(patch, 'job_title') else job_title end,
      locale = coalesce((patch ->> 'locale')::public.locale, locale),
      time_zone = coalesce(patch ->> 'time_zone', time_zone)
    where id = me;
  end if;

  if patch ?| array['about', 'expertise', 'audience'] then
    insert into public.profile_details (person_id, about, expertise, audience)
    values (
      me, private.told(patch, 'about'),
      array(select jsonb_array_elements_text(patch -> 'expertise')),
      coalesce((patch ->> 'audience')::public.profile_audience, 'community'))
    on conflict (person_id) do update set
      about = case when patch ? 'about' then excluded.about else profile_details.about end,
      expertise = case when patch ? 'expertise' then excluded.expertise else profile_details.expertise end,
      audience = case when patch ? 'audience' then excluded.audience else profile_details.audience end;
  end if;
end;
$$;
comment on function public.update_profile is
  'Changes one''s own profile: names in both scripts, job_title, locale, time_zone, about, expertise, audience. Keys that are missing stay as they are.';
grant execute on function public.update_profile to authenticated;

/*
 * Security definer: addresses are Auth's, where clients have no rights. Null for
 * everybody but the person and the admins of their organization.
 */
create function private.address_of(person uuid) returns text
language sql stable security definer set search_path = ''
as $$
  select users.email from auth.users
  where users.id = address_of.person
    and (users.id = (select auth.uid()) and (select private.my_session()) is not null
      or exists (
        select from public.memberships
        where memberships.user_id = address_of.person
          and memberships.organization_id = (select private.my_administered_organization())))
$$;
grant execute on function private.address_of to authenticated;

create function public.person_page(person uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  page jsonb;
begin
  perform private.require_organization();
  select jsonb_build_object(
    'id', profiles.id,
    'first_name', profiles.first_name,
    'last_name', profiles.last_name,
    'first_name_ar', profiles.first_name_ar,
    'last_name_ar', profiles.last_name_ar,
    'avatar', profiles.avatar,
    'job_title', profiles.job_title,
    'time_zone', profiles.time_zone,
    'is_active', profiles.status = 'active',
    'since', profiles.created_at,
    'role', memberships.role,
    'organization', case when organizations.id is not null then
      jsonb_build_object('id', organizations.id, 'name', organizations.name) end,
    'about', details.about,
    'expertise', coalesce(details.expertise, '{}'),
    'audience', details.audience,
    'email', private.address_of(profiles.id))
  into page
  from public.profiles
  left join public.memberships on memberships.user_id = profiles.id
  left join public.organizations on organizations.id = memberships.organization_id
  left join public.profile_details as details on details.person_id = profiles.id
  where profiles.id = person_page.person;

  if page is null then
    perform private.refuse(404, 'not_found', 'There is no such person, or they are not open to you.');
  end if;
  return page;
end;
$$;
comment on function public.person_page is
  'A person as the caller may see them: `about` and `expertise` by their audience, `email` for their organization''s admins and themselves.';
grant execute on function public.person_page to authenticated;

-- What follows ----------------------------------------------------------------

-- Whoever signs up in Arabic letters has told their Arabic name.
create function private.profiles_name() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if private.is_arabic_name(new.first_name, 80) and private.is_arabic_name(new.last_name, 80) then
    new.first_name_ar := coalesce(new.first_name_ar, new.first_name);
    new.last_name_ar := coalesce(new.last_name_ar, new.last_name);
  end if;
  return new;
end;
$$;

create trigger before_insert_name before insert on public.profiles
  for each row execute function private.profiles_name();

-- Details belong to the company the person belongs to: when they are first told, and when another takes the person in.
create function private.profile_details_belong() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  new.organization_id := (select organization_id from public.memberships where user_id = new.person_id);
  return new;
end;
$$;

create trigger before_insert_belong before insert on public.profile_details
  for each row execute function private.profile_details_belong();

create function private.memberships_take_details() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.profile_details set organization_id = new.organization_id where person_id = new.user_id;
  return null;
end;
$$;

create trigger after_insert_take_details after insert on public.memberships
  for each row execute function private.memberships_take_details();

/*
 * Sessions — where a person is signed in, and how that ends.
 *
 * Auth makes sessions and keeps them; to end one is to delete its row, and from
 * then on its token opens nothing (private.my_session). What a person or an
 * admin does to passwords, addresses, factors and sessions stands in the audit log,
 * whichever way it was done.
 */

-- Who may -----------------------------------------------------------------

/*
 * user:<id> is a person's own channel, on all their devices. One listens as long as
 * one's session lasts, active or not: so that a page learns when it is let in again.
 */
create policy select_own on realtime.messages
  for select to authenticated
  using (extension = 'broadcast'
    and (select realtime.topic()) = 'user:' || (select auth.uid())
    and (select private.my_session()) is not null);

-- The organization in whose log a deed of or to this person stands.
create function private.organization_of(person uuid) returns uuid
language sql stable security definer set search_path = ''
as $$
  select organization_id from public.memberships where user_id = person
$$;

/*
 * Tells a person's open pages that what they may do has changed: they ask again
 * who they are, and leave what is no longer theirs. For every change of status, role
 * or membership, of theirs or of their company.
 */
create function private.tell_access_changed(person uuid) returns void
language sql security definer set search_path = ''
as $$
  select realtime.send('{}', 'access_changed', 'user:' || person, true)
$$;

/*
 * Signs a person out everywhere, at once. The event goes first, so that it is
 * delivered before the channels are closed.
 */
create function private.end_access(person uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.tell_access_changed(person);
  delete from auth.sessions where user_id = person;
end;
$$;

-- What one may do -----------------------------------------------------------

/*
 * Security definer, as the ones below: clients have no rights on Auth's tables.
 * A session of 30 days has no end of its own in the table: its age is its end
 * (config.toml, auth.sessions.timebox).
 */
create function public.list_sessions() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  mine uuid := private.require_session();
begin
  return coalesce((
    select jsonb_agg(listed.session order by listed.id = mine desc, listed.used_at desc)
    from (
      select sessions.id, used_at, jsonb_build_object(
        'id', sessions.id,
        'current', sessions.id = mine,
        'started_at', sessions.created_at,
        'used_at', used_at,
        'ends_at', coalesce(sessions.not_after, sessions.created_at + interval '720 hours'),
        'remembered', sessions.not_after is null,
        'second_factor', sessions.aal = 'aal2',
        'user_agent', left(sessions.user_agent, 400),
        'ip', host(sessions.ip)) as session
      from auth.sessions
      cross join lateral (
        select coalesce(sessions.refreshed_at at time zone 'utc', sessions.created_at) as used_at) as last
      where sessions.user_id = auth.uid()
        and coalesce(sessions.not_after, sessions.created_at + interval '720 hours') > now()
      order by sessions.id = mine desc, used_at desc
      limit 100) as listed), '[]');
end;
$$;
comment on function public.list_sessions is
  'Where one is signed in, the session that asks first, then the last used: {id, current, started_at, used_at, ends_at, remembered, second_factor, user_agent, ip}. At most 100.';
grant execute on function public.list_sessions to authenticated;

create function public.end_session(session uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_session();
  if not exists (select from auth.sessions where sessions.id = session and sessions.user_id = auth.uid()) then
    return private.deny(404, 'not_found', 'There is no such session.',
      'sessions.end', private.organization_of(auth.uid()), 'session', session::text);
  end if;
  perform private.audit('sessions.end', private.organization_of(auth.uid()), 'session', session::text);
  perform private.tell_access_changed(auth.uid());
  delete from auth.sessions where sessions.id = session and sessions.user_id = auth.uid();
  return jsonb_build_object('ended', 1);
end;
$$;
comment on function public.end_session is
  'Ends one of one''s own sessions, at once: {ended}. Refuses: not_found, session_ended.';
grant execute on function public.end_session to authenticated;

create function public.end_other_sessions() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  mine uuid := private.require_session();
  ended int;
begin
  perform private.tell_access_changed(auth.uid());
  delete from auth.sessions where user_id = auth.uid() and id <> mine;
  get diagnostics ended = row_count;
  perform private.audit('sessions.end_others', private.organization_of(auth.uid()), 'person', auth.uid()::text,
    null, jsonb_build_object('ended', ended));
  return jsonb_build_object('ended', ended);
end;
$$;
comment on function public.end_other_sessions is
  'Signs one out everywhere else, at once: {ended}, how many sessions there were.';
grant execute on function public.end_other_sessions to authenticated;

create function public.end_all_sessions() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  ended int;
begin
  perform private.require_session();
  perform private.tell_access_changed(auth.uid());
  perform private.audit('sessions.end_all', private.organization_of(auth.uid()), 'person', auth.uid()::text);
  delete from auth.sessions where user_id = auth.uid();
  get diagnostics ended = row_count;
  return jsonb_build_object('ended', ended);
end;
$$;
comment on function public.end_all_sessions is
  'Signs one out everywhere, here too, at once: {ended}, how many sessions there were.';
grant execute on function public.end_all_sessions to authenticated;

/*
 * Auth keeps a wished address until both links are followed, and has no word for
 * changing one's mind.
 */
create function public.cancel_email_change() returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_session();
  update auth.users
  set email_change = '', email_change_token_new = '', email_change_token_current = '', email_change_confirm_status = 0
  where id = auth.uid() and email_change <> '';
  if found then
    delete from auth.one_time_tokens
    where user_id = auth.uid() and token_type in ('email_change_token_new', 'email_change_token_current');
    perform private.audit('email.cancel_change', private.organization_of(auth.uid()), 'person', auth.uid()::text);
  end if;
end;
$$;
comment on function public.cancel_email_change is
  'Forgets the address one wanted to change to: the links that were mailed for it work no more.';
grant execute on function public.cancel_email_change to authenticated;

/*
 * For who has lost the phone with their second factor: an admin of their company, or
 * of the platform, takes the factor away and with it every session. The password
 * is still needed. A platform admin's is taken away by another platform admin alone.
 */
create function public.reset_second_factor(person uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  is_platform_admin boolean := coalesce(private.my_platform_role() = 'admin', false);
  theirs uuid := private.organization_of(person);
  factors int;
begin
  if not is_platform_admin and private.my_administered_organization() is null then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      'second_factor.reset', organization, 'person', person::text);
  elsif not exists (select from public.profiles where id = person)
    or not is_platform_admin and theirs is distinct from organization then
    return private.deny(404, 'not_found', 'There is no such person.',
      'second_factor.reset', organization, 'person', person::text);
  elsif person = auth.uid() then
    return private.deny(403, 'not_allowed', 'Remove your own second factor with a code of it.',
      'second_factor.reset', organization, 'person', person::text);
  elsif not is_platform_admin and exists (
    select from public.platform_roles where user_id = person and role = 'admin') then
    return private.deny(403, 'not_allowed', 'This is for the admins of the platform.',
      'second_factor.reset', organization, 'person', person::text);
  end if;

  if not exists (select from auth.mfa_factors where user_id = person) then
    return jsonb_build_object('removed', 0);
  end if;
  perform private.audit('second_factor.reset', theirs, 'person', person::text);
  perform private.end_access(person);
  delete from auth.mfa_factors where user_id = person;
  get diagnostics factors = row_count;
  return jsonb_build_object('removed', factors);
end;
$$;
comment on function public.reset_second_factor is
  'Takes away all second factors of a person of one''s company (a platform admin: of anybody) and ends their sessions: {removed}. Refuses: not_allowed, not_found.';
grant execute on function public.reset_second_factor to authenticated;

-- What our services may do --------------------------------------------------

/*
 * Auth has seen the function and not the person's device, so the session is told;
 * and whoever wants to be remembered loses the end that every session begins with.
 */
create function public.begin_session(session uuid, user_agent text, address text, remember boolean) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  origin inet;
begin
  if pg_input_is_valid(address, 'inet') then
    origin := address;
  end if;
  update auth.sessions
  set user_agent = left(begin_session.user_agent, 400),
    ip = coalesce(origin, sessions.ip),
    not_after = case when remember then null else not_after end
  where id = session;
  return found;
end;
$$;
comment on function public.begin_session is
  'Notes the device and address of a new session, and whether it is to be remembered; false where there is no such session. For functions/sign-in.';
grant execute on function public.begin_session to service_role;

/*
 * Who came in has shown that it was them who mistyped: the address is free again, and
 * the network keeps the count of its failures alone. Subjects are digests, as
 * functions/_shared/limit.ts makes them.
 */
create function public.forgive_sign_in(address text, network text) returns void
language sql security definer set search_path = ''
as $$
  delete from private.rate_limits where bucket = 'sign_in.address' and subject = address;
  delete from private.rate_limits where bucket = 'sign_in.network' and subject = network and hits = 1;
  update private.rate_limits set hits = hits - 1 where bucket = 'sign_in.network' and subject = network and hits > 1;
$$;
comment on function public.forgive_sign_in is
  'After a sign-in that succeeded: forgets the tries of its address, and its own try of its network. For functions/sign-in.';
grant execute on function public.forgive_sign_in to service_role;

/*
 * The wall behind functions/sign-in, for who asks Auth directly: Auth asks here
 * after it has compared a password (config.toml, auth.hook). Beyond 30 failures in a
 * quarter of an hour a right password is answered as a wrong one, in Auth's own words,
 * so that nobody learns of the account or of the lock. A link by mail still lets in.
 */
create function private.password_verification_attempt(event jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  person text := event ->> 'user_id';
  failures int;
begin
  if not (event ->> 'valid')::boolean then
    perform public.take_rate_limit('sign_in.person', person, 30, 900);
    return '{"decision": "continue"}';
  end if;
  select sum(hits) into failures from private.rate_limits
  where bucket = 'sign_in.person' and subject = person
    and window_start > clock_timestamp() - interval '15 minutes';
  if failures >= 30 then
    return '{"decision": "reject", "message": "Invalid login credentials", "should_logout_user": false}';
  end if;
  delete from private.rate_limits where bucket = 'sign_in.person' and subject = person;
  return '{"decision": "continue"}';
end;
$$;
grant execute on function private.password_verification_attempt to supabase_auth_admin;

/*
 * The same for codes of an app. Whoever is asked for one knows the password, so
 * that they may be told of the lock.
 */
create function private.mfa_verification_attempt(event jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  person text := event ->> 'user_id';
  answer jsonb := public.take_rate_limit('second_factor.person', person, 10, 900);
begin
  if not (answer ->> 'allowed')::boolean then
    return jsonb_build_object('error', jsonb_build_object('http_code', 429,
      'message', format('Too many attempts. Try again in %s seconds.', answer ->> 'retry_after')));
  elsif (event ->> 'valid')::boolean then
    delete from private.rate_limits where bucket = 'second_factor.person' and subject = person;
  end if;
  return '{"decision": "continue"}';
end;
$$;
grant execute on function private.mfa_verification_attempt to supabase_auth_admin;

-- What follows ----------------------------------------------------------------

/*
 * A session ends after twelve hours, however it began (a password, a link of a mail,
 * Auth asked directly) and whatever is refreshed, unless begin_session says
 * otherwise. Auth honours not_after beside its own timebox.
 */
create function private.sessions_bound() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.not_after := coalesce(new.created_at, now()) + interval '12 hours';
  return new;
end;
$$;

create trigger before_insert_bound before insert on auth.sessions
  for each row when (new.not_after is null)
  execute function private.sessions_bound();

/*
 * A line about a person's own security. Auth works under its own role and says
 * nothing of who asks, so the deed counts as the person's unless somebody is named.
 */
create function private.audit_security(action text, person uuid, subject_kind text, subject text) returns void
language sql security definer set search_path = ''
as $$
  select private.write_audit(action, private.organization_of(person), subject_kind, subject,
    null, null, 'done', null, coalesce(auth.uid(), person))
$$;

create function private.users_remember_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.encrypted_password is distinct from old.encrypted_password then
    perform private.audit_security('password.change', new.id, 'person', new.id::text);
  end if;
  if new.email is distinct from old.email then
    perform private.audit_security('email.change', new.id, 'person', new.id::text);
  end if;
  -- A new password ends the other sessions, and the page shows the address.
  perform private.tell_access_changed(new.id);
  return null;
end;
$$;

create trigger after_update_remember after update of encrypted_password, email on auth.users
  for each row when (old.email_confirmed_at is not null and (
    old.encrypted_password is distinct from new.encrypted_password or old.email is distinct from new.email))
  execute function private.users_remember_change();

create function private.factors_remember() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  factor auth.mfa_factors := case when tg_op = 'DELETE' then old else new end;
begin
  -- With the person, everything goes.
  if exists (select from auth.users where id = factor.user_id) then
    perform private.audit_security(
      case when tg_op = 'DELETE' then 'second_factor.remove' else 'second_factor.add' end,
      factor.user_id, 'person', factor.user_id::text);
    perform private.tell_access_changed(factor.user_id);
  end if;
  return null;
end;
$$;

create trigger after_update_remember after update of status on auth.mfa_factors
  for each row when (old.status <> 'verified' and new.status = 'verified')
  execute function private.factors_remember();

create trigger after_delete_remember after delete on auth.mfa_factors
  for each row when (old.status = 'verified')
  execute function private.factors_remember();

-- Auth's mails know a person's language from its own table alone.
create function private.profiles_tell_language() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update auth.users
  set raw_user_meta_data = coalesce(raw_user_meta_data, '{}') || jsonb_build_object('locale', new.locale)
  where id = new.id;
  return null;
end;
$$;

create trigger after_update_tell_language after update of locale on public.profiles
  for each row when (old.locale is distinct from new.locale)
  execute function private.profiles_tell_language();

/*
 * Members, tables — a company's people in the order a list shows them.
 *
 * Nobody writes here: the roster follows memberships and profiles (4_follows.sql).
 */

-- Tables ------------------------------------------------------------------

/*
 * Names stand here once more because a page of a company's people is read in
 * their order: joined from profiles, every page would sort all of them.
 */
create table private.roster (
  user_id         uuid primary key references public.memberships on delete cascade,
  organization_id uuid not null references public.organizations on delete cascade,
  role            public.member_role not null,
  status          public.person_status not null,
  name            text collate "en-x-icu" not null,
  name_ar         text collate "ar-x-icu" not null,
  role_name       text collate "en-x-icu" not null
    generated always as (case role when 'admin' then '0' else '1' end || name) stored,
  role_name_ar    text collate "ar-x-icu" not null
    generated always as (case role when 'admin' then '0' else '1' end || name_ar) stored,
  words           text not null,
  joined_at       timestamptz not null,
  last_seen_at    timestamptz not null default '-infinity'
);
comment on table private.roster is
  'The members as a list of them is sorted and searched; follows memberships and profiles. `name_ar` is the name as Arabic readers see it, `last_seen_at` is true to the hour.';

-- Who is in this company: by name in either script, admins first, by joining, by when they were last here?
create index on private.roster (organization_id, name, user_id);
create index on private.roster (organization_id, name_ar, user_id);
create index on private.roster (organization_id, role_name, user_id);
create index on private.roster (organization_id, role_name_ar, user_id);
create index on private.roster (organization_id, joined_at, user_id);
create index on private.roster (organization_id, last_seen_at, user_id);

create table private.shut_out (
  user_id uuid primary key references public.profiles on delete cascade,
  since   timestamptz not null default now()
);
comment on table private.shut_out is
  'Whom the platform itself has deactivated: no company can take that back.';

/*
 * Members, reading — who is in one's company, a page at a time.
 *
 * It answers of the caller's own company alone; address, status and last seen
 * are for its admins.
 */

-- What one may do -----------------------------------------------------------

/*
 * A member as the list shows them. Address, status and last seen are for the
 * admins of the same company: null to everybody else.
 */
create function private.member_card(member uuid, for_admin boolean) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', profiles.id,
    'first_name', profiles.first_name,
    'last_name', profiles.last_name,
    'first_name_ar', profiles.first_name_ar,
    'last_name_ar', profiles.last_name_ar,
    'avatar', profiles.avatar,
    'job_title', profiles.job_title,
    'role', roster.role,
    'joined_at', roster.joined_at,
    'email', case when for_admin then users.email end,
    'status', case when for_admin then roster.status end,
    'last_seen_at', case when for_admin then nullif(roster.last_seen_at, '-infinity') end)
  from private.roster
  join public.profiles on profiles.id = roster.user_id
  join auth.users on users.id = roster.user_id
  where roster.user_id = member
$$;

/*
 * The members a query means: those with each of its words in their name; where
 * there are none, for admins those with it in their address; where there are none
 * either, those whose name is close to it, since somebody mistyped.
 */
create function private.find_members(organization uuid, status public.person_status, query text, by_address boolean)
returns uuid[]
language plpgsql stable set search_path = ''
as $$
declare
  folded text := private.fold(query);
  patterns text[] := (
    select array_agg('%' || regexp_replace(word, '([\\%_])', '\\\1', 'g') || '%')
    from regexp_split_to_table(folded, '\s+') as word);
  found_ids uuid[];
begin
  select array_agg(roster.user_id) into found_ids
  from private.roster
  where roster.organization_id = organization and (find_members.status is null or roster.status = find_members.status)
    and roster.words like all (patterns);

  if found_ids is null and by_address then
    select array_agg(roster.user_id) into found_ids
    from private.roster join auth.users on users.id = roster.user_id
    where roster.organization_id = organization and (find_members.status is null or roster.status = find_members.status)
      and position(lower(query) in users.email) > 0;
  end if;

  if found_ids is null then
    select array_agg(roster.user_id) into found_ids
    from private.roster
    where roster.organization_id = organization and (find_members.status is null or roster.status = find_members.status)
      -- Two letters the wrong way round in a name of six leave 0.43 of it.
      and extensions.word_similarity(folded, roster.words) >= 0.4;
  end if;
  return coalesce(found_ids, '{}');
end;
$$;

-- Where a page ended: the column it is sorted by, the value there (in hex, so that a cursor is one word), the member.
create function private.member_cursor(sorted_by text, value text, member uuid) returns text
language sql immutable set search_path = ''
as $$
  select sorted_by || '.' || encode(convert_to(value, 'utf8'), 'hex') || '.' || member
$$;

create function private.read_member_cursor(after text, sorted_by text, out value text, out member uuid)
language plpgsql immutable set search_path = ''
as $$
begin
  -- Two names of 80 characters make 1,300 digits at most.
  if length(after) > 1400 or after !~ ('^' || sorted_by || '[.]([0-9a-f]{2})+[.][0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
  end if;
  value := convert_from(decode(split_part(after, '.', 2), 'hex'), 'utf8');
  member := split_part(after, '.', 3);
  if sorted_by in ('joined_at', 'last_seen_at') then
    perform value::timestamptz;
  end if;
exception when character_not_in_repertoire or invalid_datetime_format or datetime_field_overflow then
  perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
end;
$$;

create type public.member_sort as enum ('name', 'role', 'joined', 'last_seen');

/*
 * The statement is put together of column names of our own: one that could serve
 * every order would walk the index of none.
 *
 * Security definer: clients have no rights on the roster, nor on Auth's
 * addresses. It answers of the caller's own company alone.
 */
create function public.list_members(
  status public.person_status default null, role public.member_role default null, query text default null,
  sort public.member_sort default 'name', after text default null, size int default 20,
  reader public.locale default null)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  for_admin boolean := private.my_administered_organization() is not null;
  script text := (
    select case coalesce(reader, profiles.locale) when 'ar' then '_ar' else '' end
    from public.profiles where profiles.id = auth.uid());
  sorted_by text := case coalesce(sort, 'name')
    when 'name' then 'name' || script when 'role' then 'role_name' || script
    when 'joined' then 'joined_at' when 'last_seen' then 'last_seen_at' end;
  newest_first boolean := sort in ('joined', 'last_seen');
  asked text := btrim(left(query, 100));
  page_size int := private.page_size(size);
  -- Before every name, or after every time, where no page went before.
  from_value text := case when newest_first then 'infinity' else '' end;
  from_member uuid := case when newest_first then 'ffffffff-ffff-ffff-ffff-ffffffffffff' else '00000000-0000-0000-0000-000000000000' end;
  wanted uuid[];
  cards jsonb[];
  cursors text[];
begin
  if not for_admin then
    if status <> 'active' or sort = 'last_seen' then
      perform private.refuse(403, 'not_allowed', 'Who is deactivated, and who was here when, is for admins.');
    end if;
    status := 'active';
  end if;
  if after is not null then
    select place.value, place.member into from_value, from_member from private.read_member_cursor(after, sorted_by) as place;
  end if;
  if private.is_visible(asked) then
    wanted := private.find_members(organization, status, asked, for_admin);
  end if;

  execute format($statement$
    select
      array_agg(private.member_card(page.user_id, $1)),
      array_agg(private.member_cursor(%1$L, page.value, page.user_id))
    from (
      select roster.user_id, to_jsonb(roster.%1$I) #>> '{}' as value
      from private.roster
      where roster.organization_id = $2
        and ($3 is null or roster.status = $3)
        and ($4 is null or roster.role = $4)
        and ($5 is null or roster.user_id = any ($5))
        and (roster.%1$I, roster.user_id) %2$s ($6::%3$s, $7)
      order by roster.%1$I %4$s, roster.user_id %4$s
      limit $8) as page
    $statement$,
    sorted_by,
    case when newest_first then '<' else '>' end,
    case when newest_first then 'timestamptz' else 'text' end,
    case when newest_first then 'desc' else 'asc' end)
  into cards, cursors
  using for_admin, organization, status, role, wanted, from_value, from_member, page_size + 1;

  return jsonb_build_object(
    'members', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_members is
  'The people of one''s organization, by name (in the order of the script of `reader`, or else of one''s profile), admins first, the newest first, or those first who were here last. Members see active people; admins see all, with address, status and last seen. {members, next}: `next` goes into `after`.';
grant execute on function public.list_members to authenticated;

/*
 * Members, acts — what an admin may do with somebody's place in the company.
 *
 * Every act locks the company's row first and the member's after it, so that two
 * admins who act at the same moment act one after the other.
 */

-- Who may -----------------------------------------------------------------

-- Whether a company has an active admin beside this person.
create function private.has_other_admin(organization uuid, person uuid) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from public.memberships
    join public.profiles on profiles.id = memberships.user_id and profiles.status = 'active'
    where memberships.organization_id = organization and memberships.role = 'admin'
      and memberships.user_id <> person)
$$;

/*
 * Locks the caller's company, then the member. Answers why the caller may not do
 * this to that member, or null where they may.
 */
create function private.member_denial(member uuid, action text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
begin
  perform from public.organizations where id = organization for no key update;
  -- Asked after the wait: another admin may have decided over the caller meanwhile.
  if private.my_administered_organization() is distinct from organization then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      action, organization, 'person', member::text);
  end if;

  perform from public.memberships where user_id = member and organization_id = organization for update;
  if not found then
    return private.deny(404, 'not_found', 'There is no such member in your organization.',
      action, organization, 'person', member::text);
  end if;
  return null;
end;
$$;

-- What one may do -----------------------------------------------------------

/*
 * All security definer: clients have no right to write memberships or a status,
 * so that nobody gives themselves a role.
 */
create function public.change_member_role(member uuid, role public.member_role) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  denial jsonb := private.member_denial(member, 'members.change_role');
  organization uuid := private.my_organization();
  was public.member_role := (select memberships.role from public.memberships where user_id = member);
begin
  if denial is not null then
    return denial;
  elsif role is null then
    perform private.refuse(422, 'invalid_input', 'A role is member or admin.');
  elsif role = was then
    return private.member_card(member, true);
  elsif role = 'member' and not private.has_other_admin(organization, member) then
    return private.deny(409, 'last_admin', 'The last admin stays admin: hand over first.',
      'members.change_role', organization, 'person', member::text);
  end if;

  update public.memberships set role = change_member_role.role where user_id = member;
  perform private.tell_access_changed(member);
  perform private.audit('members.change_role', organization, 'person', member::text,
    jsonb_build_object('role', was), jsonb_build_object('role', role));
  return private.member_card(member, true);
end;
$$;
comment on function public.change_member_role is
  'Makes a member of one''s organization an admin, or an admin a member. Returns the member. The last admin stays admin.';
grant execute on function public.change_member_role to authenticated;

create function public.deactivate_member(member uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  denial jsonb := private.member_denial(member, 'members.deactivate');
  was public.person_status := (select status from public.profiles where id = member);
begin
  if denial is not null then
    return denial;
  elsif member = auth.uid() then
    perform private.refuse(409, 'not_yourself', 'Nobody does this to themselves.');
  elsif was <> 'deactivated' then
    update public.profiles set status = 'deactivated' where id = member;
    perform private.end_access(member);
    perform private.audit('members.deactivate', private.my_organization(), 'person', member::text,
      jsonb_build_object('status', was), '{"status": "deactivated"}');
  end if;
  return private.member_card(member, true);
end;
$$;
comment on function public.deactivate_member is
  'Shuts a member of one''s organization out, at once and wherever they are signed in. Returns the member; can be taken back.';
grant execute on function public.deactivate_member to authenticated;

create function public.reactivate_member(member uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  denial jsonb := private.member_denial(member, 'members.reactivate');
  -- Who had not verified their address before has still to do it.
  becomes public.person_status := (
    select case when email_confirmed_at is null then 'pending' else 'active' end::public.person_status
    from auth.users where id = member);
begin
  if denial is not null then
    return denial;
  elsif exists (select from private.shut_out where user_id = member) then
    return private.deny(409, 'shut_out', 'The platform has deactivated this person.',
      'members.reactivate', private.my_organization(), 'person', member::text);
  end if;

  update public.profiles set status = becomes where id = member and status = 'deactivated';
  if found then
    perform private.tell_access_changed(member);
    perform private.audit('members.reactivate', private.my_organization(), 'person', member::text,
      '{"status": "deactivated"}', jsonb_build_object('status', becomes));
  end if;
  return private.member_card(member, true);
end;
$$;
comment on function public.reactivate_member is
  'Lets a deactivated member of one''s organization in again. Returns the member.';
grant execute on function public.reactivate_member to authenticated;

create function public.remove_member(member uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  denial jsonb := private.member_denial(member, 'members.remove');
  organization uuid := private.my_organization();
  was jsonb := (
    select jsonb_build_object('role', memberships.role, 'status', profiles.status)
    from public.memberships join public.profiles on profiles.id = memberships.user_id
    where memberships.user_id = member);
begin
  if denial is not null then
    return denial;
  elsif member = auth.uid() then
    perform private.refuse(409, 'not_yourself', 'Nobody does this to themselves.');
  end if;

  delete from public.memberships where user_id = member;
  -- A company's deactivation ends with the membership: the next company may take this person in.
  update public.profiles set status = 'active'
  where id = member and status = 'deactivated'
    and not exists (select from private.shut_out where user_id = member)
    and exists (select from auth.users where users.id = member and email_confirmed_at is not null);
  perform private.end_access(member);
  perform private.audit('members.remove', organization, 'person', member::text, was, null);
  return null;
end;
$$;
comment on function public.remove_member is
  'Ends a member''s place in one''s organization. The person keeps account and contributions, and belongs to no organization.';
grant execute on function public.remove_member to authenticated;

create function public.hand_over(member uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  denial jsonb := private.member_denial(member, 'members.hand_over');
  organization uuid := private.my_organization();
begin
  if denial is not null then
    return denial;
  elsif member = auth.uid() then
    perform private.refuse(409, 'not_yourself', 'Nobody does this to themselves.');
  elsif not exists (select from public.profiles where id = member and status = 'active') then
    perform private.refuse(409, 'member_not_active', 'Only somebody who is active can take over.');
  end if;

  -- In this order, so that there is an admin at every moment.
  update public.memberships set role = 'admin' where user_id = member;
  update public.memberships set role = 'member' where user_id = auth.uid();
  perform private.tell_access_changed(member);
  perform private.tell_access_changed(auth.uid());
  perform private.audit('members.hand_over', organization, 'person', member::text,
    jsonb_build_object('admin', auth.uid()), jsonb_build_object('admin', member));
  return private.member_card(member, true);
end;
$$;
comment on function public.hand_over is
  'Makes a member of one''s organization its admin in one''s own stead. Returns the new admin.';
grant execute on function public.hand_over to authenticated;

create function public.leave_organization() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
begin
  perform from public.organizations where id = organization for no key update;
  -- Asked after the wait: whoever was removed meanwhile has nothing to leave.
  perform private.require_organization();
  if private.my_administered_organization() is not null and not private.has_other_admin(organization, auth.uid()) then
    return private.deny(409, 'last_admin', 'The last admin can''t leave: hand over first.',
      'members.leave', organization, 'person', auth.uid()::text);
  end if;

  delete from public.memberships where user_id = auth.uid();
  perform private.tell_access_changed(auth.uid());
  perform private.audit('members.leave', organization, 'person', auth.uid()::text);
  return null;
end;
$$;
comment on function public.leave_organization is
  'Ends one''s own membership. The account and what one wrote stay. The last admin can''t leave.';
grant execute on function public.leave_organization to authenticated;

create function public.seen() returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  update private.roster set last_seen_at = now()
  where user_id = auth.uid() and last_seen_at < now() - interval '55 minutes';
end;
$$;
comment on function public.seen is
  'Says that one is here. Worth calling once an hour: more often changes nothing.';
grant execute on function public.seen to authenticated;

-- What others may ask ---------------------------------------------------------

-- Whether other active people would be left without an admin if this person went.
create function private.is_last_admin(person uuid) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from public.memberships
    where memberships.user_id = person and memberships.role = 'admin'
      and not private.has_other_admin(memberships.organization_id, person)
      and exists (
        select from private.roster
        where roster.organization_id = memberships.organization_id and roster.status = 'active' and roster.user_id <> person))
$$;

/*
 * Ends the membership of somebody who goes whatever happens (an erasure). Where
 * nobody else is left to be admin, the active member of longest standing becomes it.
 */
create function private.release_member(person uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := (select organization_id from public.memberships where user_id = person);
  heir uuid;
begin
  perform from public.organizations where id = organization for no key update;
  if private.is_last_admin(person) then
    select roster.user_id into heir from private.roster
    where roster.organization_id = organization and roster.status = 'active' and roster.user_id <> person
    order by roster.joined_at, roster.user_id limit 1;
    update public.memberships set role = 'admin' where user_id = heir;
    perform private.audit('members.succeed', organization, 'person', heir::text, '{"role": "member"}', '{"role": "admin"}');
  end if;

  delete from public.memberships where user_id = person;
  if found then
    perform private.audit('members.leave', organization, 'person', person::text);
  end if;
end;
$$;

/*
 * Members, what follows — the roster is kept, open pages are told, and no company
 * is left without an admin.
 */

-- What follows ----------------------------------------------------------------

/*
 * By statement and not by row, as all that follows from it: who brings ten
 * thousand people in one statement moves a company's counters once.
 */
create function private.enroll(people uuid[]) returns void
language sql security definer set search_path = ''
as $$
  insert into private.roster as entry (user_id, organization_id, role, status, name, name_ar, words, joined_at)
  select
    memberships.user_id, memberships.organization_id, memberships.role, profiles.status,
    profiles.first_name || ' ' || profiles.last_name,
    coalesce(
      profiles.first_name_ar || ' ' || profiles.last_name_ar, profiles.first_name || ' ' || profiles.last_name),
    profiles.name_folded, memberships.created_at
  from public.memberships
  join public.profiles on profiles.id = memberships.user_id
  where memberships.user_id = any (people)
  on conflict (user_id) do update set
    organization_id = excluded.organization_id, role = excluded.role, status = excluded.status,
    name = excluded.name, name_ar = excluded.name_ar, words = excluded.words, joined_at = excluded.joined_at,
    -- When they were with another company is not this one's to know.
    last_seen_at = case when entry.organization_id = excluded.organization_id then entry.last_seen_at else '-infinity' end
$$;

create function private.memberships_enroll() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.enroll(array(select user_id from new_rows));
  return null;
end;
$$;

create trigger after_insert_enroll after insert on public.memberships
  referencing new table as new_rows for each statement execute function private.memberships_enroll();

create trigger after_update_enroll after update on public.memberships
  referencing new table as new_rows for each statement execute function private.memberships_enroll();

create function private.profiles_enroll() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.enroll(array(
    select new_rows.id from new_rows join old_rows on old_rows.id = new_rows.id
    where (old_rows.name_folded, old_rows.first_name, old_rows.last_name, old_rows.first_name_ar, old_rows.last_name_ar, old_rows.status)
      is distinct from (new_rows.name_folded, new_rows.first_name, new_rows.last_name, new_rows.first_name_ar, new_rows.last_name_ar, new_rows.status)));
  return null;
end;
$$;

create trigger after_update_enroll after update on public.profiles
  referencing old table as old_rows new table as new_rows for each statement execute function private.profiles_enroll();

-- Tells a company's open pages that a member came, changed or went; when they were last here is no news.
create function private.roster_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    perform realtime.send(jsonb_build_object('user_id', old.user_id), 'members_changed', 'organization:' || old.organization_id, true);
  end if;
  if tg_op = 'INSERT' or new.organization_id <> old.organization_id then
    perform realtime.send(jsonb_build_object('user_id', new.user_id), 'members_changed', 'organization:' || new.organization_id, true);
  end if;
  return null;
end;
$$;

create trigger after_write_announce after insert or delete on private.roster
  for each row execute function private.roster_announce();

create trigger after_update_announce after update on private.roster
  for each row when (
    (old.organization_id, old.role, old.status, old.name, old.name_ar)
      is distinct from (new.organization_id, new.role, new.status, new.name, new.name_ar))
  execute function private.roster_announce();

/*
 * The guard: nobody active is left without an active admin. A company that is
 * being deleted, or that nobody acts for any more, needs none.
 */
create function private.require_an_admin(organization uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform from public.organizations where id = organization and status in ('active', 'suspended') for no key update;
  if found
    and not private.has_other_admin(organization, '00000000-0000-0000-0000-000000000000')
    and exists (
      select from public.memberships join public.profiles on profiles.id = memberships.user_id
      where memberships.organization_id = organization and profiles.status = 'active')
  then
    perform private.refuse(409, 'last_admin', 'This would leave an organization without an admin.');
  end if;
end;
$$;

create function private.memberships_guard() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_an_admin(old.organization_id);
  return null;
end;
$$;

create trigger after_update_guard after update of role, organization_id on public.memberships
  for each row when (old.role = 'admin') execute function private.memberships_guard();

create trigger after_delete_guard after delete on public.memberships
  for each row when (old.role = 'admin') execute function private.memberships_guard();

create function private.profiles_guard() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_an_admin(memberships.organization_id)
  from public.memberships where user_id = new.id and role = 'admin';
  return null;
end;
$$;

create trigger after_update_guard after update of status on public.profiles
  for each row when (old.status = 'active' and new.status <> 'active') execute function private.profiles_guard();

-- Whoever deletes an account locks in the order of all others: the company first, then the member.
create function private.users_lock_organization() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform from public.organizations
  where id = (select organization_id from public.memberships where user_id = old.id) for no key update;
  return old;
end;
$$;

create trigger before_delete_lock_organization before delete on auth.users
  for each row execute function private.users_lock_organization();

/*
 * Invitations — how a company takes people in.
 *
 * An admin invites an address; the token in the mail proves the mailbox and is
 * the only key. It is made by the worker as it mails, and kept here as a hash
 * alone. Whoever has an address at a company's own domain may ask to be
 * invited. What becomes of a person who takes an invitation up stands in 17.
 */

-- Tables ------------------------------------------------------------------

-- As it was written, without the space around it; null where nothing is left.
create function private.trimmed_message(text text) returns text
language sql immutable set search_path = ''
as $$ select nullif(btrim(replace(replace(text, E'\r', ''), E'\t', ' '), E' \n'), '') $$;

create table public.invitations (
  id              uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations on delete cascade,
  email           text not null constraint email_is_an_address check (private.is_email(email) and email = lower(email)),
  name            text constraint name_is_a_name check (private.is_name(name, 160)),
  role            public.member_role not null,
  locale          public.locale not null,
  message         text constraint message_is_prose check (private.is_prose(message, 500)),
  invited_by      uuid references public.profiles on delete set null,
  sending         int not null default 1,
  created_at      timestamptz not null default now(),
  expires_at      timestamptz not null default now() + interval '7 days',
  mailed_at       timestamptz,
  undelivered_at  timestamptz,
  accepted_at     timestamptz,
  accepted_by     uuid references public.profiles on delete set null,
  revoked_at      timestamptz,
  constraint accepted_or_revoked check (accepted_at is null or revoked_at is null)
);
comment on table public.invitations is
  'A place that a company keeps for an address, for seven days. `sending` counts its mails: the newest link alone works.';

-- Is this address invited here already? Once is enough.
create unique index one_open_invitation_an_address on public.invitations (organization_id, email)
  where accepted_at is null and revoked_at is null;
-- Whom has this company invited, newest first?
create index on public.invitations (organization_id, created_at desc, id desc);
-- What did this person send, and take up?
create index on public.invitations (invited_by);
create index on public.invitations (accepted_by);

create table private.invitation_secrets (
  token_hash    bytea primary key constraint hash_is_sha256 check (length(token_hash) = 32),
  invitation_id uuid not null references public.invitations on delete cascade,
  sending       int not null,
  made_at       timestamptz not null default now()
);
comment on table private.invitation_secrets is
  'Hashes of the tokens that were mailed. More than one to a mail where its job ran twice; those of older mails stay, so that their links can say why they are dead.';

-- Which links lead to this invitation?
create index on private.invitation_secrets (invitation_id);

create type public.join_decision as enum ('approved', 'declined');

create table public.join_requests (
  id              uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations on delete cascade,
  email           text not null constraint email_is_an_address check (private.is_email(email) and email = lower(email)),
  first_name      text not null constraint first_name_is_a_name check (private.is_name(first_name, 80)),
  last_name       text not null constraint last_name_is_a_name check (private.is_name(last_name, 80)),
  locale          public.locale not null,
  message         text constraint message_is_prose check (private.is_prose(message, 500)),
  created_at      timestamptz not null default now(),
  decision        public.join_decision,
  decided_at      timestamptz,
  decided_by      uuid references public.profiles on delete set null,
  constraint decisions_have_a_time check ((decision is null) = (decided_at is null))
);
comment on table public.join_requests is
  'Somebody who says they are of this company and asks to be invited. Nothing in it is proven: the invitation''s mail will prove the address.';

-- Has this address asked already? One question at a time.
create unique index one_open_request_an_address on public.join_requests (email) where decided_at is null;
-- Who waits for this company's answer, newest first?
create index on public.join_requests (organization_id, created_at desc, id desc);
create index on public.join_requests (decided_by);

-- Who may -----------------------------------------------------------------

alter table public.invitations enable row level security;
grant select on public.invitations to authenticated;

create policy select_admin on public.invitations
  for select to authenticated
  using (organization_id = (select private.my_administered_organization()));

alter table public.join_requests enable row level security;
grant select on public.join_requests to authenticated;

create policy select_admin on public.join_requests
  for select to authenticated
  using (organization_id = (select private.my_administered_organization()));

/*
 * Invitations, limits — how many a day, counted by line: a list of hundreds is
 * one act, and its lines count one by one.
 */

-- When the window began that this moment lies in, as take_rate_limit() has it.
create function private.window_start(window_seconds int) returns timestamptz
language sql volatile set search_path = ''
as $$
  select date_bin(make_interval(secs => window_seconds), clock_timestamp(), timestamptz '2020-01-01 00:00:00Z')
$$;

create function private.refuse_until_next_window(window_seconds int) returns void
language sql volatile set search_path = ''
as $$
  select private.refuse_for(ceil(extract(epoch from
    private.window_start(window_seconds) + make_interval(secs => window_seconds) - clock_timestamp()))::int)
$$;

-- What is left of a subject's count; never less than nothing. Whoever counts on it must hold a lock until they have counted.
create function private.rate_left(bucket text, subject text, max_hits int, window_seconds int) returns int
language sql volatile set search_path = ''
as $$
  select greatest(0, max_hits - coalesce((
    select hits from private.rate_limits
    where rate_limits.bucket = rate_left.bucket and rate_limits.subject = rate_left.subject
      and window_start = private.window_start(window_seconds)), 0))
$$;

-- Counts as many knocks at once.
create function private.count_rate(bucket text, subject text, hits int, window_seconds int) returns void
language sql volatile set search_path = ''
as $$
  insert into private.rate_limits as seen (bucket, subject, window_start, hits)
  select count_rate.bucket, count_rate.subject, private.window_start(window_seconds), count_rate.hits
  where count_rate.hits > 0
  on conflict on constraint rate_limits_pkey do update set hits = seen.hits + excluded.hits
$$;

/*
 * How many mails this company and this admin may still have sent today. The
 * company's row is locked by then, so that two who ask at once do not both get
 * the last one.
 */
create function private.invitations_left(organization uuid) returns int
language sql volatile set search_path = ''
as $$
  select least(
    private.rate_left('invitations.organization', organization::text, 2000, 86400),
    private.rate_left('invitations.person', auth.uid()::text, 1000, 86400))
$$;

create function private.count_invitations(organization uuid, mails int) returns void
language sql volatile set search_path = ''
as $$
  select private.count_rate('invitations.organization', organization::text, mails, 86400);
  select private.count_rate('invitations.person', auth.uid()::text, mails, 86400);
$$;

/*
 * Counts a mail to each address, and names those that have had ten today from
 * whichever companies: nobody's mailbox is filled by invitations. In the order
 * of their digests, so that two lists with the same people never wait for each
 * other.
 */
create function private.weary_addresses(emails text[]) returns text[]
language sql volatile set search_path = ''
as $$
  with knocks as (
    select distinct email, encode(sha256(convert_to(email, 'utf8')), 'hex') as subject
    from unnest(emails) as email),
  counted as (
    insert into private.rate_limits as seen (bucket, subject, window_start, hits)
    select 'invitations.address', subject, private.window_start(86400), 1
    from knocks order by subject
    on conflict on constraint rate_limits_pkey do update set hits = seen.hits + 1
    returning seen.subject, seen.hits)
  select coalesce(array_agg(knocks.email), '{}')
  from knocks join counted on counted.subject = knocks.subject and counted.hits > 10
$$;

/*
 * Invitations, reading — the lists of a company's admins, under their own
 * rights, a page at a time.
 */

create function private.invitation_state(invitation public.invitations) returns text
language sql stable set search_path = ''
as $$
  select case
    when invitation.accepted_at is not null then 'accepted'
    when invitation.revoked_at is not null then 'revoked'
    when invitation.expires_at <= now() then 'expired'
    else 'open'
  end
$$;
grant execute on function private.invitation_state to authenticated;

create function private.invitation_card(invitation public.invitations) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', invitation.id,
    'email', invitation.email,
    'name', invitation.name,
    'role', invitation.role,
    'locale', invitation.locale,
    'message', invitation.message,
    'state', private.invitation_state(invitation),
    'invited_by', (
      select jsonb_build_object('id', id, 'first_name', first_name, 'last_name', last_name,
        'first_name_ar', first_name_ar, 'last_name_ar', last_name_ar)
      from public.profiles where id = invitation.invited_by),
    'created_at', invitation.created_at,
    'expires_at', invitation.expires_at,
    'mailed_at', invitation.mailed_at,
    'undelivered_at', invitation.undelivered_at,
    'accepted_at', invitation.accepted_at,
    'accepted_by', invitation.accepted_by,
    'revoked_at', invitation.revoked_at)
$$;
grant execute on function private.invitation_card to authenticated;

/*
 * The place where a page of a list by time ended, as a client carries it.
 * Microseconds, since that is what a time holds.
 */
create function private.time_cursor(at timestamptz, id uuid) returns text
language sql immutable set search_path = ''
as $$ select (extract(epoch from at) * 1000000)::bigint || '_' || id $$;
grant execute on function private.time_cursor to authenticated;

create function private.read_time_cursor(cursor text, out at timestamptz, out id uuid)
language plpgsql immutable set search_path = ''
as $$
begin
  if cursor !~ '^[0-9]{1,16}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
  end if;
  at := coalesce(to_timestamp(0) + split_part(cursor, '_', 1)::bigint * interval '1 microsecond', 'infinity');
  id := coalesce(split_part(cursor, '_', 2), 'ffffffff-ffff-ffff-ffff-ffffffffffff');
end;
$$;
grant execute on function private.read_time_cursor to authenticated;

create function public.list_invitations(
  state text default null, query text default null, after text default null, size int default 20)
returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  organization uuid := private.require_administered_organization();
  page_size int := private.page_size(size);
  words text := '%' || regexp_replace(private.fold(btrim(query)), '([\\%_])', '\\\1', 'g') || '%';
  place record := private.read_time_cursor(after);
  cards jsonb[];
  cursors text[];
begin
  if state not in ('open', 'accepted', 'expired', 'revoked') then
    perform private.refuse(422, 'invalid_input', 'A state is open, accepted, expired or revoked.');
  end if;

  select array_agg(page.card), array_agg(page.cursor) into cards, cursors
  from (
    select private.invitation_card(invitation) as card, private.time_cursor(invitation.created_at, invitation.id) as cursor
    from public.invitations as invitation
    where invitation.organization_id = organization
      and (invitation.created_at, invitation.id) < (place.at, place.id)
      and (list_invitations.state is null or private.invitation_state(invitation) = list_invitations.state)
      and (words is null or private.fold(invitation.email || ' ' || coalesce(invitation.name, '')) like words)
    order by invitation.created_at desc, invitation.id desc
    limit page_size + 1) as page;

  return jsonb_build_object(
    'invitations', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end,
    'counts', (
      select jsonb_build_object(
        'open', count(*) filter (where private.invitation_state(invitations) = 'open'),
        'accepted', count(*) filter (where accepted_at is not null),
        'expired', count(*) filter (where private.invitation_state(invitations) = 'expired'),
        'revoked', count(*) filter (where revoked_at is not null))
      from public.invitations where organization_id = organization));
end;
$$;
comment on function public.list_invitations is
  'The invitations of the caller''s company, newest first, of one state or all, by a part of address or name. {invitations, next, counts}: `next` goes into `after`.';
grant execute on function public.list_invitations to authenticated;

/*
 * Invitations, inviting — invite a list, send again, withdraw.
 *
 * All security definer: clients have no right to write the tables. Each locks
 * the company first, then asks whether the caller is its admin, and remembers
 * whoever is not.
 */

-- Locks the caller's company. Null where they are no admin of it: the refusal is the caller's to remember.
create function private.lock_administered_organization() returns uuid
language plpgsql set search_path = ''
as $$
begin
  perform from public.organizations where id = private.require_organization() for no key update;
  -- Asked under the lock: while we waited, another admin may have had their way.
  return private.my_administered_organization();
end;
$$;

create function private.deny_invitations(action text, subject_kind text, subject text) returns jsonb
language sql set search_path = ''
as $$
  select private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
    action, private.my_organization(), subject_kind, subject)
$$;

/*
 * What becomes of each line, in their order: [{line, email, name, status}]. A
 * line is its place in the list, from 1. Who has an account elsewhere is not
 * said: an admin could ask about anybody. They are told themselves, by the page
 * that only their mailbox opens.
 */
create function private.judge_entries(organization uuid, entries jsonb, room int) returns jsonb
language sql volatile set search_path = ''
as $$
  with lines as (
    select
      place as line,
      case jsonb_typeof(entry -> 'email') when 'string' then lower(btrim(entry ->> 'email')) end as email,
      case when private.is_name(btrim(entry ->> 'name'), 160) then btrim(entry ->> 'name') end as name
    from jsonb_array_elements(entries) with ordinality as given (entry, place)),
  judged as (
    select lines.*, case
      when not coalesce(private.is_email(email), false) then 'invalid'
      when row_number() over (partition by email order by line) > 1 then 'duplicate'
      when exists (
        select from auth.users join public.memberships on user_id = users.id
        where users.email = lines.email and not users.is_sso_user and memberships.organization_id = organization)
        then 'already_member'
      when exists (
        select from public.invitations
        where invitations.organization_id = organization and invitations.email = lines.email
          and accepted_at is null and revoked_at is null and expires_at > now())
        then 'already_invited'
      end as fault
    from lines),
  fitting as (
    select judged.*,
      coalesce(fault, case when count(*) filter (where fault is null) over (order by line) > room then 'limit' end) as status
    from judged),
  weary as (
    select unnest(private.weary_addresses(array_agg(email) filter (where status is null))) as email from fitting)
  select jsonb_agg(jsonb_build_object(
    'line', line,
    'email', left(email, 254),
    'name', name,
    'status', coalesce(status, case when email in (select weary.email from weary) then 'limit' end, 'invited'))
    order by line)
  from fitting
$$;

/*
 * Invites a list in one transaction: what is good is invited, what is not is
 * said line by line. Asking again with the same list changes nothing.
 */
create function public.invite_people(
  entries jsonb, role public.member_role default 'member',
  locale public.locale default 'ar', message text default null)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.lock_administered_organization();
  words text := private.trimmed_message(message);
  room int;
  report jsonb;
  made public.invitations;
  mails int := 0;
begin
  if organization is null then
    return private.deny_invitations('invitations.invite', null, null);
  elsif jsonb_typeof(entries) is distinct from 'array' or jsonb_array_length(entries) = 0 then
    perform private.refuse(422, 'invitations_empty', 'Name at least one address.');
  elsif jsonb_array_length(entries) > 500 then
    perform private.refuse(422, 'invitations_limit', 'A list has 500 lines at most.');
  elsif role is null or locale is null then
    perform private.refuse(422, 'invalid_input', 'Say the role and the language.');
  elsif words is not null and not private.is_prose(words, 500) then
    perform private.refuse(422, 'message_invalid', 'A message has 500 characters at most.');
  end if;

  room := private.invitations_left(organization);
  if room = 0 then
    perform private.refuse_until_next_window(86400);
  end if;
  report := private.judge_entries(organization, entries, room);

  for made in
    insert into public.invitations as kept (organization_id, email, name, role, locale, message, invited_by, created_at)
    select organization, email, name, invite_people.role, invite_people.locale, words, auth.uid(),
      -- In the order of the list, which is read from its newest.
      now() - line * interval '1 microsecond'
    from jsonb_to_recordset(report) as line (line int, email text, name text, status text)
    where status = 'invited'
    -- One that has expired begins again.
    on conflict (organization_id, email) where accepted_at is null and revoked_at is null do update set
      name = coalesce(excluded.name, kept.name), role = excluded.role, locale = excluded.locale,
      message = excluded.message, invited_by = excluded.invited_by, sending = kept.sending + 1,
      created_at = excluded.created_at, expires_at = excluded.expires_at, mailed_at = null, undelivered_at = null
    returning kept.*
  loop
    perform private.promise_invitation(made);
    mails := mails + 1;
  end loop;
  perform private.count_invitations(organization, mails);

  -- Whoever had asked to come has their answer.
  update public.join_requests set decision = 'approved', decided_at = now(), decided_by = auth.uid()
  where organization_id = organization and decided_at is null
    and email in (
      select email from jsonb_to_recordset(report) as line (email text, status text)
      where status in ('invited', 'already_invited', 'already_member'));

  return jsonb_build_object('invited', mails, 'report', report);
end;
$$;
comment on function public.invite_people is
  'Invites up to 500 {email, name?} to the caller''s company. {invited, report: [{line, email, name, status}]}; a status is invited, already_member, already_invited, invalid, duplicate or limit.';
grant execute on function public.invite_people to authenticated;

-- The mail that an invitation needs, and its line in the log.
create function private.promise_invitation(invitation public.invitations) returns void
language plpgsql set search_path = ''
as $$
begin
  perform private.enqueue('invitations.send-invitation', jsonb_build_object(
    'invitationId', invitation.id, 'sending', invitation.sending));
  perform private.audit(
    case invitation.sending when 1 then 'invitations.invite' else 'invitations.resend' end,
    invitation.organization_id, 'invitation', invitation.id::text,
    null, jsonb_build_object('role', invitation.role, 'sending', invitation.sending));
end;
$$;

-- An invitation of the caller's company, locked. Another's is as if it did not exist.
create function private.invitation_to_change(invitation uuid, organization uuid) returns public.invitations
language sql volatile set search_path = ''
as $$
  select * from public.invitations
  where id = invitation and organization_id = organization
  for update
$$;

create function public.resend_invitation(invitation uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.lock_administered_organization();
  kept public.invitations := private.invitation_to_change(invitation, organization);
begin
  if organization is null then
    return private.deny_invitations('invitations.resend', 'invitation', invitation::text);
  elsif kept.id is null then
    return private.deny(404, 'not_found', 'There is no such invitation.',
      'invitations.resend', organization, 'invitation', invitation::text);
  elsif kept.accepted_at is not null then
    perform private.refuse(409, 'invitation_used', 'This invitation was accepted.');
  elsif kept.revoked_at is not null then
    perform private.refuse(409, 'invitation_revoked', 'This invitation was withdrawn.');
  elsif private.invitations_left(organization) = 0 or kept.email = any (private.weary_addresses(array[kept.email])) then
    perform private.refuse_until_next_window(86400);
  end if;
  perform private.limit_rate('invitations.resend', kept.id::text, 5, 86400);

  update public.invitations
  set sending = sending + 1, expires_at = now() + interval '7 days', mailed_at = null, undelivered_at = null
  where id = kept.id
  returning * into kept;
  perform private.promise_invitation(kept);
  perform private.count_invitations(organization, 1);
  return private.invitation_card(kept);
end;
$$;
comment on function public.resend_invitation is
  'Mails an open or expired invitation anew, for seven days more. The links of its older mails die. Answers the invitation.';
grant execute on function public.resend_invitation to authenticated;

create function public.revoke_invitation(invitation uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.lock_administered_organization();
  kept public.invitations := private.invitation_to_change(invitation, organization);
begin
  if organization is null then
    return private.deny_invitations('invitations.revoke', 'invitation', invitation::text);
  elsif kept.id is null then
    return private.deny(404, 'not_found', 'There is no such invitation.',
      'invitations.revoke', organization, 'invitation', invitation::text);
  elsif kept.accepted_at is not null then
    perform private.refuse(409, 'invitation_used', 'This invitation was accepted.');
  elsif kept.revoked_at is null then
    update public.invitations set revoked_at = now() where id = kept.id returning * into kept;
    perform private.audit('invitations.revoke', organization, 'invitation', kept.id::text);
  end if;
  return private.invitation_card(kept);
end;
$$;
comment on function public.revoke_invitation is
  'Withdraws an invitation: its links die at once. Once more changes nothing. Answers the invitation.';
grant execute on function public.revoke_invitation to authenticated;

/*
 * Invitations, asking — somebody of a company's own domain asks to be invited,
 * and its admins decide. To a stranger all of it answers alike.
 */

/*
 * For the edge function, which answers everybody alike. Writes a question only
 * where there is somebody to ask: a company of this address's own domain that
 * takes questions, and an address that is not here, not invited and has not
 * asked. No more than fifty a day reach a company.
 */
create function public.request_to_join(
  email text, first_name text, last_name text, locale public.locale, message text default null)
returns void
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  organization uuid := (
    select id from public.organizations
    where domain = private.claimable_domain(lower(request_to_join.email)) and status = 'active' and takes_join_requests
    for no key update);
  request uuid;
begin
  if organization is null
    or exists (
      select from auth.users
      where users.email = lower(request_to_join.email) and not is_sso_user and email_confirmed_at is not null)
    or exists (
      select from public.invitations
      where organization_id = organization and invitations.email = lower(request_to_join.email)
        and accepted_at is null and revoked_at is null and expires_at > now())
    or private.rate_left('invitations.requests', organization::text, 50, 86400) = 0 then
    return;
  end if;

  insert into public.join_requests (organization_id, email, first_name, last_name, locale, message)
  values (organization, lower(request_to_join.email), btrim(request_to_join.first_name), btrim(request_to_join.last_name),
    request_to_join.locale, private.trimmed_message(request_to_join.message))
  on conflict (email) where decided_at is null do nothing
  returning id into request;

  if request is not null then
    perform private.count_rate('invitations.requests', organization::text, 1, 86400);
    perform private.enqueue('invitations.send-join-request', jsonb_build_object('joinRequestId', request));
  end if;
end;
$$;
comment on function public.request_to_join is
  'Asks the company of an address''s domain for an invitation, where there is one to ask. For functions/request-to-join.';
grant execute on function public.request_to_join to service_role;

create function private.join_request_card(request public.join_requests) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', request.id, 'email', request.email, 'first_name', request.first_name, 'last_name', request.last_name,
    'locale', request.locale, 'message', request.message, 'created_at', request.created_at)
$$;
grant execute on function private.join_request_card to authenticated;

create function public.list_join_requests(after text default null, size int default 20) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  organization uuid := private.require_administered_organization();
  page_size int := private.page_size(size);
  place record := private.read_time_cursor(after);
  cards jsonb[];
  cursors text[];
begin
  select array_agg(page.card), array_agg(page.cursor) into cards, cursors
  from (
    select private.join_request_card(request) as card, private.time_cursor(request.created_at, request.id) as cursor
    from public.join_requests as request
    where request.organization_id = organization and request.decided_at is null
      and (request.created_at, request.id) < (place.at, place.id)
    order by request.created_at desc, request.id desc
    limit page_size + 1) as page;

  return jsonb_build_object(
    'requests', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end,
    'open', (select takes_join_requests from public.organizations where id = organization));
end;
$$;
comment on function public.list_join_requests is
  'Who waits to be let into the caller''s company, newest first. {requests, next, open}: `open` says whether it takes such questions.';
grant execute on function public.list_join_requests to authenticated;

create function public.decide_join_request(
  request uuid, decision public.join_decision, role public.member_role default 'member')
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.lock_administered_organization();
  action text := case decision when 'approved' then 'invitations.approve_request' else 'invitations.decline_request' end;
  asked public.join_requests;
  answer jsonb;
begin
  select * into asked from public.join_requests
  where id = request and organization_id = organization
  for update;
  if organization is null then
    return private.deny_invitations(action, 'join_request', request::text);
  elsif asked.id is null then
    return private.deny(404, 'not_found', 'Nobody asks this.', action, organization, 'join_request', request::text);
  elsif decision is null then
    perform private.refuse(422, 'invalid_input', 'A decision is approved or declined.');
  elsif asked.decided_at is not null and asked.decision <> decide_join_request.decision then
    perform private.refuse(409, 'already_decided', 'Another admin has decided this already.');
  elsif asked.decided_at is not null then
    return jsonb_build_object('decision', asked.decision);
  end if;

  perform private.audit(action, organization, 'join_request', request::text);
  if decision = 'approved' then
    answer := public.invite_people(
      jsonb_build_array(jsonb_build_object('email', asked.email, 'name', asked.first_name || ' ' || asked.last_name)),
      role, asked.locale);
    if answer #>> '{report,0,status}' = 'limit' then
      perform private.refuse_until_next_window(86400);
    end if;
  else
    update public.join_requests set decision = decide_join_request.decision, decided_at = now(), decided_by = auth.uid()
    where id = request;
  end if;
  return jsonb_build_object('decision', decide_join_request.decision);
end;
$$;
comment on function public.decide_join_request is
  'Approves a question to join, which mails an invitation, or declines it, which tells nobody. {decision}.';
grant execute on function public.decide_join_request to authenticated;

create function public.take_join_requests(open boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.lock_administered_organization();
  was boolean := (select takes_join_requests from public.organizations where id = organization);
begin
  if organization is null then
    return private.deny_invitations('invitations.take_requests', null, null);
  elsif open is null then
    perform private.refuse(422, 'invalid_input', 'Say true or false.');
  elsif open <> was then
    update public.organizations set takes_join_requests = open where id = organization;
    perform private.audit('invitations.take_requests', organization, null, null,
      jsonb_build_object('open', was), jsonb_build_object('open', open));
  end if;
  return jsonb_build_object('open', open);
end;
$$;
comment on function public.take_join_requests is
  'Says whether people of the company''s domain may ask to join. {open}.';
grant execute on function public.take_join_requests to authenticated;

/*
 * Invitations, accepting — what a token opens, and for whom. Who signs up by it
 * is made in 17; who has an account is let in here.
 */

-- Why a link does not open, as an error code; null where it does.
create function private.invitation_fault(invitation public.invitations, sending int) returns text
language sql stable set search_path = ''
as $$
  select case
    when invitation.id is null then 'invitation_unknown'
    when invitation.accepted_at is not null then 'invitation_used'
    when invitation.revoked_at is not null then 'invitation_revoked'
    when invitation.sending <> invitation_fault.sending then 'invitation_replaced'
    when invitation.expires_at <= now() then 'invitation_expired'
    when (select status from public.organizations where id = invitation.organization_id) <> 'active'
      then 'organization_suspended'
  end
$$;

create function private.invitation_sentence(code text) returns text
language sql immutable set search_path = ''
as $$
  select case code
    when 'invitation_unknown' then 'There is no such invitation. The link may have been cut short.'
    when 'invitation_used' then 'This invitation was accepted already.'
    when 'invitation_revoked' then 'This invitation was withdrawn.'
    when 'invitation_replaced' then 'A newer mail has replaced this link.'
    when 'invitation_expired' then 'This invitation has expired.'
    when 'invitation_for_another' then 'This invitation is for another address.'
    when 'organization_suspended' then 'This company is suspended.'
  end
$$;

create function private.token_hash(token text) returns bytea
language sql immutable set search_path = ''
as $$ select sha256(convert_to(token, 'utf8')) $$;

/*
 * The invitation that a token opens, locked until the end of the transaction:
 * of two who take it up at once, or one who takes it up while it is withdrawn,
 * the later finds it taken. The company's row comes first, as everywhere.
 */
create function private.take_invitation(token text, email text) returns public.invitations
language plpgsql set search_path = ''
as $$
declare
  secret private.invitation_secrets;
  kept public.invitations;
  fault text;
begin
  select * into secret from private.invitation_secrets where token_hash = private.token_hash(token);
  perform from public.organizations
  where id = (select organization_id from public.invitations where id = secret.invitation_id)
  for share;
  select * into kept from public.invitations where id = secret.invitation_id for update;

  fault := private.invitation_fault(kept, secret.sending);
  if fault is null and kept.email is distinct from lower(take_invitation.email) then
    fault := 'invitation_for_another';
  end if;
  if fault is not null then
    perform private.refuse(case fault when 'invitation_unknown' then 404 when 'invitation_for_another' then 403 else 409 end,
      fault, private.invitation_sentence(fault));
  end if;
  return kept;
end;
$$;

-- Whether a token opens an invitation for this address at this moment.
create function private.opens_for(token text, email text) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from private.invitation_secrets
    join public.invitations on invitations.id = invitation_secrets.invitation_id
    where token_hash = private.token_hash(token) and invitations.email = opens_for.email
      and private.invitation_fault(invitations, invitation_secrets.sending) is null)
$$;

-- Puts a person where the invitation wants them, once and for all.
create function private.join_by(invitation public.invitations, person uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.memberships (user_id, organization_id, role)
  values (person, invitation.organization_id, invitation.role);

  update public.invitations set accepted_at = now(), accepted_by = person where id = invitation.id;

  -- Whoever asked to join and was invited meanwhile waits no more.
  update public.join_requests set decision = 'approved', decided_at = now()
  where email = invitation.email and organization_id = invitation.organization_id and decided_at is null;

  -- Whoever signs up by it is nobody yet to the request that makes them: the log names them all the same.
  perform private.write_audit('invitations.accept', invitation.organization_id, 'invitation', invitation.id::text,
    null, jsonb_build_object('person', person, 'role', invitation.role), 'done', null, person);
end;
$$;

/*
 * What the holder of a token is shown before they decide, for the edge
 * function. Twenty wrong tokens an hour from one network, then no answer to
 * anything from there: guesses alone count, so an office may accept together.
 * A wrong one is answered and not raised, or it would not be counted.
 */
create function public.read_invitation(token text, network text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  subject text := encode(sha256(convert_to(network, 'utf8')), 'hex');
  secret private.invitation_secrets;
  kept public.invitations;
  taken jsonb;
begin
  if private.rate_left('invitations.guess', subject, 20, 3600) = 0 then
    perform private.refuse_until_next_window(3600);
  end if;

  select * into secret from private.invitation_secrets where token_hash = private.token_hash(token);
  if secret.token_hash is null then
    taken := public.take_rate_limit('invitations.guess', subject, 20, 3600);
    if not (taken ->> 'allowed')::boolean then
      perform private.refuse_for((taken ->> 'retry_after')::int);
    end if;
    return jsonb_build_object('fault', 'invitation_unknown');
  end if;

  select * into kept from public.invitations where id = secret.invitation_id;
  return jsonb_build_object(
    'fault', private.invitation_fault(kept, secret.sending),
    'email', kept.email,
    'name', kept.name,
    'role', kept.role,
    'locale', kept.locale,
    'message', kept.message,
    'expires_at', kept.expires_at,
    'organization', (select name from public.organizations where id = kept.organization_id),
    'inviter', (
      select jsonb_build_object('first_name', first_name, 'last_name', last_name,
        'first_name_ar', first_name_ar, 'last_name_ar', last_name_ar)
      from public.profiles where id = kept.invited_by),
    'has_account', exists (
      select from auth.users
      where users.email = kept.email and not is_sso_user and email_confirmed_at is not null));
end;
$$;
comment on function public.read_invitation is
  'What a token opens, and what stands in the way as `fault`. Counts wrong ones by network. For functions/accept-invitation.';
grant execute on function public.read_invitation to service_role;

/*
 * For somebody who has an account and belongs to no company: they are let in
 * as they are. A wrong token is remembered, so that guesses count.
 */
create function public.accept_invitation(token text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  me public.profiles;
  home uuid;
  invitation public.invitations;
begin
  perform private.require_session();
  perform private.limit_rate('invitations.accept', auth.uid()::text, 20, 3600);
  if not exists (select from private.invitation_secrets where token_hash = private.token_hash(token)) then
    return private.deny(404, 'invitation_unknown', private.invitation_sentence('invitation_unknown'),
      'invitations.accept', null, null, null);
  end if;

  invitation := private.take_invitation(token, (select email from auth.users where id = auth.uid()));
  select * into me from public.profiles where id = auth.uid() for update;
  home := (select organization_id from public.memberships where user_id = me.id);
  if home = invitation.organization_id then
    perform private.refuse(409, 'already_member', 'You are a member of this company already.');
  elsif home is not null then
    perform private.refuse(409, 'belongs_to_another', 'You belong to another company. Leave it first.');
  elsif me.status is distinct from 'active' then
    perform private.refuse(403, 'not_active', 'This account may not act here at present.');
  end if;

  perform private.join_by(invitation, me.id);
  return jsonb_build_object('organization_id', invitation.organization_id, 'role', invitation.role);
end;
$$;
comment on function public.accept_invitation is
  'Takes an invitation up for the caller, who belongs to no company. {organization_id, role}.';
grant execute on function public.accept_invitation to authenticated;

/*
 * Invitations, live — open pages of admins look again.
 */

-- Open pages of admins look again: once a statement, whatever it changed. Nothing is said of what.
create function private.invitations_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send('{}', 'invitations_changed', 'organization:' || organization_id, true)
  from (select distinct organization_id from changed) as company;
  return null;
end;
$$;

create trigger after_insert_announce after insert on public.invitations
  referencing new table as changed for each statement execute function private.invitations_announce();
create trigger after_update_announce after update on public.invitations
  referencing new table as changed for each statement execute function private.invitations_announce();
create trigger after_insert_announce after insert on public.join_requests
  referencing new table as changed for each statement execute function private.invitations_announce();
create trigger after_update_announce after update on public.join_requests
  referencing new table as changed for each statement execute function private.invitations_announce();

/*
 * Signing up — how a person begins, and an organization with the first of them.
 *
 * Whoever comes without an invitation founds: an organization and its admin in
 * one transaction, both pending until the address is verified. Whoever brings
 * an invitation's token joins: what they are and where is read from the
 * invitation. The metadata a client sends is hostile until it has been read
 * here, whichever way it came: an edge function, Auth directly, or the admin API.
 */

-- What is wrong with it -------------------------------------------------------

/*
 * A claim holds for as long as the link in the verification mail: after that
 * hour the domain is free again, or anybody could keep a company out of its own
 * name by signing up with an address they cannot read.
 */
create function private.stale_claim() returns interval
language sql immutable set search_path = ''
as $$ select interval '1 hour' $$;

-- Whether a key of the metadata holds a name: text, not a number or an object that reads like one.
create function private.has_name(metadata jsonb, key text, longest int) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(
    jsonb_typeof(metadata -> key) = 'string' and private.is_name(metadata ->> key, longest), false)
$$;

-- The same for a name that may be left out, and is in Arabic letters where it is not.
create function private.may_have_arabic_name(metadata jsonb, key text) returns boolean
language sql immutable set search_path = ''
as $$
  select case coalesce(jsonb_typeof(metadata -> key), 'null')
    when 'null' then true
    when 'string' then private.is_arabic_name(metadata ->> key, 80)
    else false
  end
$$;

-- The first thing wrong with what somebody says of themselves, as an error code; null where nothing is.
create function private.person_fault(email text, metadata jsonb) returns text
language sql stable set search_path = ''
as $$
  select case
    when not coalesce(private.is_email(email), false) then 'email_invalid'
    when not private.has_name(metadata, 'first_name', 80) then 'first_name_invalid'
    when not private.has_name(metadata, 'last_name', 80) then 'last_name_invalid'
    when not (private.may_have_arabic_name(metadata, 'first_name_ar') and private.may_have_arabic_name(metadata, 'last_name_ar'))
      then 'arabic_name_invalid'
    when coalesce(metadata ->> 'locale', '') not in ('ar', 'en') then 'locale_invalid'
  end
$$;

-- The same for a signup, which founds an organization.
create function private.signup_fault(email text, metadata jsonb) returns text
language sql stable set search_path = ''
as $$
  select coalesce(private.person_fault(email, metadata), case
    when not private.has_name(metadata, 'organization_name', 120) then 'organization_name_invalid'
    when exists (
      select from public.organizations
      where domain = private.claimable_domain(email)
        and (status <> 'pending' or created_at > now() - private.stale_claim()))
      then 'domain_taken'
  end)
$$;

create function private.signup_sentence(code text) returns text
language sql immutable set search_path = ''
as $$
  select case code
    when 'email_invalid' then 'This is not an e-mail address.'
    when 'first_name_invalid' then 'A first name has 1 to 80 characters.'
    when 'last_name_invalid' then 'A last name has 1 to 80 characters.'
    when 'arabic_name_invalid' then 'A name in Arabic has Arabic letters, 1 to 80.'
    when 'organization_name_invalid' then 'An organization''s name has 1 to 120 characters.'
    when 'locale_invalid' then 'The language is ar or en.'
    when 'domain_taken' then 'Your company is here already: ask its admin to invite you.'
  end
$$;

create function private.refuse_signup(fault text) returns void
language sql set search_path = ''
as $$
  select private.refuse(case fault when 'domain_taken' then 409 else 422 end, fault, private.signup_sentence(fault))
  where fault is not null
$$;

/*
 * For the edge function, which may know more than a stranger: whether this very
 * address has signed up before. `awaiting_verification`: it has, and never
 * followed the link. `account_exists`: it has and is verified; the answer must then be
 * the same as for a new one, or the form would tell who has an account.
 */
create function public.signup_fault(email text, metadata jsonb) returns text
language sql stable security definer set search_path = ''
as $$
  select coalesce(
    (select case
       when users.email_confirmed_at is null then 'awaiting_verification'
       when private.claimable_domain(users.email) is null then 'account_exists'
       else 'domain_taken'
     end
     from auth.users where users.email = lower(signup_fault.email) and not users.is_sso_user),
    private.signup_fault(signup_fault.email, metadata))
$$;
comment on function public.signup_fault is
  'The first thing wrong with a signup as an error code, or null. For functions/signup.';
grant execute on function public.signup_fault to service_role;

/*
 * An address that was never verified belongs to nobody: whoever types it again
 * starts afresh. To send the old signup's mail once more would let its link
 * activate an account whose password somebody else may have chosen. Within a
 * minute of its beginning nothing is forgotten, so that a button pressed twice
 * does not undo itself; the time of the last mail does not count, since anybody
 * can ask for one. Whoever holds the token of an invitation has proven that the
 * mailbox is theirs, and need not wait. Says whether the way is free.
 */
create function public.forget_unverified_signup(email text, token text default null) returns boolean
language sql security definer set search_path = ''
as $$
  with forgotten as (
    delete from auth.users
    where users.email = lower(forget_unverified_signup.email)
      and users.email_confirmed_at is null
      and users.invited_at is null
      and (users.created_at < now() - interval '1 minute' or private.opens_for(token, users.email))
    returning 1)
  select exists (select from forgotten)
$$;
comment on function public.forget_unverified_signup is
  'Removes the signup of an address that was never verified, unless it has just begun or the token of an invitation proves the address. For functions/signup and functions/accept-invitation.';
grant execute on function public.forget_unverified_signup to service_role;

/*
 * Auth asks before it creates a person (config.toml, auth.hook), so that those
 * who call Auth directly get the same refusals, with a status of their own.
 */
create function private.before_user_created(event jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select case
    -- Auth would keep the token among the claims of an identity, where it has no business.
    when event #> '{user,user_metadata}' ? 'invitation_token' then jsonb_build_object('error', jsonb_build_object(
      'http_code', 422, 'message', 'An invitation is accepted on its own page.'))
    when fault is null then '{}'::jsonb
    else jsonb_build_object('error', jsonb_build_object(
      'http_code', case fault when 'domain_taken' then 409 else 422 end,
      'message', private.signup_sentence(fault)))
  end
  from private.signup_fault(event #>> '{user,email}', event #> '{user,user_metadata}') as fault
$$;
grant usage on schema private to supabase_auth_admin;
grant execute on function private.before_user_created to supabase_auth_admin;

-- What follows ----------------------------------------------------------------

/*
 * Keeps of the metadata what is ours and what Auth itself put there; a client
 * can put nothing else into its token or into our mails. A token of an
 * invitation is proven, locked until all is written, and forgotten: what stays
 * is the invitation's id, which only this can write.
 *
 * Security definer, as the ones below: Auth's own role has no rights here.
 */
create function private.users_clean() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  token text := new.raw_user_meta_data ->> 'invitation_token';
begin
  select coalesce(jsonb_object_agg(key, value), '{}') into new.raw_user_meta_data
  from jsonb_each(new.raw_user_meta_data)
  where key in ('first_name', 'last_name', 'first_name_ar', 'last_name_ar', 'organization_name', 'locale',
                'accepted_documents', 'request_id', 'sub', 'email', 'email_verified', 'phone_verified')
    and length(value::text) <= 300;

  if tg_op = 'INSERT' and token is not null then
    new.raw_user_meta_data := new.raw_user_meta_data
      || jsonb_build_object('invitation_id', (private.take_invitation(token, new.email)).id);
  end if;
  return new;
end;
$$;

create trigger before_write_clean before insert or update of raw_user_meta_data on auth.users
  for each row execute function private.users_clean();

-- What a person says of themselves when they begin.
create function private.make_profile(person uuid, metadata jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.profiles (id, first_name, last_name, first_name_ar, last_name_ar, locale)
  values (
    person, metadata ->> 'first_name', metadata ->> 'last_name',
    metadata ->> 'first_name_ar', metadata ->> 'last_name_ar', (metadata ->> 'locale')::public.locale);
  perform private.accept_documents(person, metadata);
end;
$$;

create function private.users_found() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid;
begin
  perform private.refuse_signup(private.signup_fault(new.email, new.raw_user_meta_data));

  -- Whoever claimed the domain and never verified has let it go.
  delete from auth.users
  using public.memberships, public.organizations
  where users.id = memberships.user_id
    and organizations.id = memberships.organization_id
    and organizations.domain = private.claimable_domain(new.email)
    and organizations.status = 'pending'
    and organizations.created_at <= now() - private.stale_claim();

  insert into public.organizations (name, domain)
  values (new.raw_user_meta_data ->> 'organization_name', private.claimable_domain(new.email))
  returning id into organization;

  perform private.make_profile(new.id, new.raw_user_meta_data);
  insert into public.memberships (user_id, organization_id, role)
  values (new.id, organization, 'admin');

  return new;
exception when unique_violation then
  -- Two at the same moment: the check above saw neither.
  perform private.refuse_signup('domain_taken');
end;
$$;

create trigger after_insert_found after insert on auth.users
  for each row when (not new.raw_user_meta_data ? 'invitation_id')
  execute function private.users_found();

create function private.users_join() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  invitation public.invitations;
begin
  perform private.refuse_signup(private.person_fault(new.email, new.raw_user_meta_data));

  select * into invitation from public.invitations
  where id = (new.raw_user_meta_data ->> 'invitation_id')::uuid;
  perform private.make_profile(new.id, new.raw_user_meta_data);
  perform private.join_by(invitation, new.id);
  return new;
end;
$$;

create trigger after_insert_join after insert on auth.users
  for each row when (new.raw_user_meta_data ? 'invitation_id')
  execute function private.users_join();

create function private.users_settle() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.profiles set status = 'active' where id = new.id and status = 'pending';

  update public.organizations set status = 'active'
  where status = 'pending'
    and id = (select organization_id from public.memberships where user_id = new.id);

  perform private.enqueue('identity.send-welcome-mail', jsonb_build_object(
    'userId', new.id,
    'requestId', coalesce(
      private.request_id(),
      substring(new.raw_user_meta_data ->> 'request_id' from '^[A-Za-z0-9_-]{8,64}$'))));
  return new;
end;
$$;

-- Triggers fire in the order of their names: found or join, then settle.
create trigger after_insert_settle after insert on auth.users
  for each row when (new.email_confirmed_at is not null)
  execute function private.users_settle();

create trigger after_update_settle after update of email_confirmed_at on auth.users
  for each row when (old.email_confirmed_at is null and new.email_confirmed_at is not null)
  execute function private.users_settle();

/*
 * Statistics — what a company amounts to, in one row that every change keeps.
 *
 * A counter is moved by the change itself, in its transaction, and never
 * computed: reading costs one row, whatever there is to count. The row is the
 * last thing a transaction locks.
 */

-- Tables ------------------------------------------------------------------

-- Whether a document holds counts: a key a number, none negative.
create function private.are_counts(counts jsonb) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return jsonb_typeof(counts) = 'object' and not exists (
    select from jsonb_each(counts)
    where key !~ '^[a-z0-9_.-]{1,80}$' or jsonb_typeof(value) <> 'number' or value < '0');
end;
$$;

create table public.organization_statistics (
  organization_id uuid primary key references public.organizations on delete cascade,
  counts          jsonb not null default '{}' constraint counts_are_never_negative check (private.are_counts(counts)),
  counted_at      timestamptz not null default now()
);
comment on table public.organization_statistics is
  'A row for each organization. `counts` has the keys people.<status>.<role>, seen.<day>, topics, posts, use_cases, storage.<purpose>.bytes and .files; what is not there is none.';

-- Who may -----------------------------------------------------------------

alter table public.organization_statistics enable row level security;
grant select on public.organization_statistics to authenticated;

create policy select_member_or_platform_admin on public.organization_statistics
  for select to authenticated
  using (organization_id = (select private.my_organization()) or (select private.my_platform_role()) = 'admin');

-- What one may do -----------------------------------------------------------

/*
 * Days are those of Riyadh; "in 7 days" is today and the six before it. The sums
 * are over a handful of keys of the one row.
 */
create function public.organization_statistics(organization uuid default null) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  own uuid := private.require_organization();
  today date := (now() at time zone 'Asia/Riyadh')::date;
  counts jsonb;
begin
  select statistics.counts into counts from public.organization_statistics as statistics
  where statistics.organization_id = coalesce(organization, own);
  if counts is null then
    perform private.refuse(404, 'not_found', 'There is no such organization, or it is not yours.');
  end if;

  return (
    select jsonb_build_object(
      'organization_id', coalesce(organization, own),
      'people', jsonb_build_object(
        'admins', coalesce((counts -> 'people.active.admin')::int, 0),
        'members', coalesce((counts -> 'people.active.member')::int, 0),
        'deactivated', coalesce(sum(value::int) filter (where key like 'people.deactivated.%'), 0),
        'pending', coalesce(sum(value::int) filter (where key like 'people.pending.%'), 0),
        'active_7_days', coalesce(sum(value::int) filter (where key like 'seen.%' and key > 'seen.' || today - 7), 0),
        'active_30_days', coalesce(sum(value::int) filter (where key like 'seen.%' and key > 'seen.' || today - 30), 0)),
      'topics', coalesce((counts -> 'topics')::int, 0),
      'posts', coalesce((counts -> 'posts')::int, 0),
      'use_cases', coalesce((counts -> 'use_cases')::int, 0),
      'storage', coalesce((
        select jsonb_object_agg(purpose, jsonb_build_object(
          'bytes', coalesce((counts -> ('storage.' || purpose || '.bytes'))::bigint, 0),
          'files', coalesce((counts -> ('storage.' || purpose || '.files'))::int, 0)))
        from (
          select distinct split_part(stored, '.', 2) as purpose
          from jsonb_object_keys(counts) as stored where stored like 'storage.%') as purposes), '{}'))
    from jsonb_each(counts));
end;
$$;
comment on function public.organization_statistics is
  'People by status and role, people who were here in 7 and 30 days, topics, posts, use cases, and bytes and files by purpose: of one''s own organization, or of any for platform admins.';
grant execute on function public.organization_statistics to authenticated;

-- What follows ----------------------------------------------------------------

-- Every company has its row from its first moment.
create function private.organizations_begin_counting() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.organization_statistics (organization_id) values (new.id);
  return null;
end;
$$;

create trigger after_insert_begin_counting after insert on public.organizations
  for each row execute function private.organizations_begin_counting();

/*
 * Moves one counter of one company; what is zero leaves the row. A company that
 * is being deleted counts no more.
 */
create function private.count_organization(organization uuid, key text, delta bigint) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  update public.organization_statistics
  set counts = case
      when coalesce((counts ->> key)::bigint, 0) + delta = 0 then counts - key
      else counts || jsonb_build_object(key, coalesce((counts ->> key)::bigint, 0) + delta)
    end,
    counted_at = now()
  where organization_id = organization and delta <> 0;
end;
$$;

/*
 * What a member counts as: their status and role, and, where they are active, the
 * day they were last here (in Riyadh), as long as anybody asks about that day.
 */
create function private.member_keys(status public.person_status, role public.member_role, last_seen_at timestamptz)
returns setof text
language sql stable set search_path = ''
as $$
  select format('people.%s.%s', status, role)
  union all
  select 'seen.' || day
  from (select (last_seen_at at time zone 'Asia/Riyadh')::date as day) as seen
  where status = 'active' and last_seen_at > '-infinity' and day > (now() at time zone 'Asia/Riyadh')::date - 30
$$;

/*
 * By statement and not by row: who brings ten thousand people moves a counter once.
 * Companies in the order of their ids, so that two such statements never wait for
 * each other.
 */
create function private.roster_count() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform private.count_organization(organization_id, key, count(*))
    from new_rows, private.member_keys(status, role, last_seen_at) as key
    group by organization_id, key order by organization_id;
  elsif tg_op = 'DELETE' then
    perform private.count_organization(organization_id, key, -count(*))
    from old_rows, private.member_keys(status, role, last_seen_at) as key
    group by organization_id, key order by organization_id;
  else
    perform private.count_organization(organization_id, key, sum(delta)::bigint)
    from (
      select organization_id, key, -1 as delta from old_rows, private.member_keys(status, role, last_seen_at) as key
      union all
      select organization_id, key, 1 from new_rows, private.member_keys(status, role, last_seen_at) as key) as moved
    group by organization_id, key having sum(delta) <> 0 order by organization_id;
  end if;
  return null;
end;
$$;

create trigger after_insert_count after insert on private.roster
  referencing new table as new_rows for each statement execute function private.roster_count();

create trigger after_update_count after update on private.roster
  referencing old table as old_rows new table as new_rows for each statement execute function private.roster_count();

create trigger after_delete_count after delete on private.roster
  referencing old table as old_rows for each statement execute function private.roster_count();

-- Days that nobody asks about any more leave the row when somebody begins a new one.
create function private.statistics_forget_days() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.counts := new.counts - array(
    select key from jsonb_object_keys(new.counts) as key
    where key like 'seen.%' and key <= 'seen.' || ((now() at time zone 'Asia/Riyadh')::date - 30));
  return new;
end;
$$;

create trigger before_update_forget_days before update on public.organization_statistics
  for each row execute function private.statistics_forget_days();

/*
 * Reading the audit log. An admin reads what was done in their company; a
 * platform admin with a second factor reads all of it. Nobody writes, and from
 * here on not even the role that owns everything else can: the log belongs to
 * a role that nobody is.
 */

-- Tables ------------------------------------------------------------------

-- What was done of this kind, newest first? In this span of time?
create index on public.audit_events (action, id desc);
create index on public.audit_events (happened_at);

-- Who may -----------------------------------------------------------------

grant select on public.audit_events to authenticated;

create policy select_admin on public.audit_events
  for select to authenticated
  using (organization_id = (select private.my_administered_organization()) or (select private.my_platform_role()) = 'admin');

/*
 * Whose log the caller asks for: one company's, or for null everybody's. What is
 * not theirs is answered as if it did not exist.
 */
create function private.require_audit_reader(organization uuid) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if organization is null then
    perform private.require_platform_admin();
  elsif private.my_platform_role() is distinct from 'admin'
    and private.require_administered_organization() is distinct from organization then
    perform private.refuse(404, 'not_found', 'There is no such organization.');
  end if;
end;
$$;

-- What one may do -----------------------------------------------------------

-- A subject is named by text, since not all that is audited has a uuid.
create function private.uuid_or_null(text text) returns uuid
language sql immutable set search_path = ''
as $$
  select case when pg_input_is_valid(text, 'uuid') then text::uuid end
$$;

-- How a line names somebody; null for who is gone, or has not proven a name yet.
create function private.audit_name(person uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', id, 'first_name', first_name, 'last_name', last_name,
    'first_name_ar', first_name_ar, 'last_name_ar', last_name_ar)
  from public.profiles where id = person and status <> 'pending'
$$;

-- A line of the log as a page shows it.
create function private.audit_line(event public.audit_events, everything boolean) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', event.id,
    'happened_at', event.happened_at,
    'action', event.action,
    'outcome', event.outcome,
    'code', event.code,
    'actor_id', event.actor_id,
    'actor', private.audit_name(event.actor_id),
    'organization_id', event.organization_id,
    'organization', (select name from public.organizations where id = event.organization_id),
    'subject_kind', event.subject_kind,
    'subject_id', event.subject_id,
    'subject', case
      when event.subject_kind = 'person' then private.audit_name(private.uuid_or_null(event.subject_id))
      when event.subject_kind = 'organization' then (
        select jsonb_build_object('id', id, 'name', name)
        from public.organizations where id = private.uuid_or_null(event.subject_id))
    end,
    'before', event.before,
    'after', event.after,
    'request_id', event.request_id,
    'origin', (
      select jsonb_build_object('ip', host(origin.ip), 'user_agent', origin.user_agent)
      from private.audit_origins as origin
      where origin.event_id = event.id
        and (everything or exists (
          select from public.memberships
          where user_id = event.actor_id and organization_id = event.organization_id))))
$$;

/*
 * Names are joined when the log is read: they change, and they are forgotten.
 * A company's admin is told where a deed came from only for their own people.
 *
 * Security definer: who reads has no rights on origins. Planned anew at each
 * call, because every filter may be left out.
 */
create function public.list_audit_events(
  organization uuid default null,
  action text default null,
  actor uuid default null,
  subject text default null,
  outcome public.audit_outcome default null,
  since timestamptz default null,
  until timestamptz default null,
  after bigint default null,
  size int default 50) returns jsonb
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  bound int := least(greatest(coalesce(size, 50), 1), 500);
  everything boolean;
begin
  perform private.require_audit_reader(organization);
  everything := coalesce(private.my_platform_role() = 'admin', false);

  return (
    with found as (
      select * from public.audit_events as event
      where (list_audit_events.organization is null or event.organization_id = list_audit_events.organization)
        and (list_audit_events.action is null or event.action = list_audit_events.action)
        and (list_audit_events.actor is null or event.actor_id = list_audit_events.actor)
        and (list_audit_events.subject is null or event.subject_id = list_audit_events.subject)
        and (list_audit_events.outcome is null or event.outcome = list_audit_events.outcome)
        and (list_audit_events.since is null or event.happened_at >= list_audit_events.since)
        and (list_audit_events.until is null or event.happened_at < list_audit_events.until)
        and (list_audit_events.after is null or event.id < list_audit_events.after)
      order by event.id desc
      limit bound + 1),
    page as (select * from found order by id desc limit bound)
    select jsonb_build_object(
      'events', coalesce(jsonb_agg(private.audit_line(page, everything) order by page.id desc), '[]'),
      'next', case when (select count(*) from found) > bound then min(page.id) end)
    from page);
end;
$$;
comment on function public.list_audit_events is
  'What was done and refused, newest first: of one organization for its admins, of all (null) for platform admins. `next` is the cursor of the following page.';
grant execute on function public.list_audit_events to authenticated;

-- What follows ----------------------------------------------------------------

/*
 * Roles belong to the whole cluster, whose other databases may have made this
 * one before. Who creates a role may hand it to anybody, and that cannot be
 * given back; what can be is being able to act as it.
 */
do $$
begin
  create role audit_keeper nologin noinherit;
exception when duplicate_object or unique_violation then null;
end;
$$;

grant audit_keeper to postgres with inherit false, set true;
grant create on schema public, private to audit_keeper;
grant usage on schema private to audit_keeper;
alter table public.audit_events owner to audit_keeper;
alter function private.audit_events_stand owner to audit_keeper;
revoke create on schema public, private from audit_keeper;

-- Only the owner can grant: what our functions need, and backups.
set role audit_keeper;
grant select, insert, references on public.audit_events to postgres;
reset role;
revoke audit_keeper from postgres;

/*
 * Media — files on their way from a person's device to what others see.
 *
 * Nothing that was sent is ever shown. A person asks for a place, puts the file
 * there once (bucket `uploads`, which nobody reads), and the worker makes new
 * pictures of it in a public bucket, where clients can write nothing at all.
 */

-- Tables ------------------------------------------------------------------

create type public.file_purpose as enum ('avatar', 'logo', 'attachment');
create type public.file_status as enum ('pending', 'ready', 'rejected');

-- How large a file may be.
create function private.upload_bytes(purpose public.file_purpose) returns int
language sql immutable set search_path = ''
as $$ select case purpose when 'attachment' then 25 else 5 end * 1024 * 1024 $$;

-- What a file may be: pictures, and in posts documents and drawings too (types of drawings as IANA names them).
create function private.upload_types(purpose public.file_purpose) returns text[]
language sql immutable set search_path = ''
as $$
  select array['image/jpeg', 'image/png', 'image/webp', 'image/avif'] || case purpose when 'attachment' then array[
    'application/pdf',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    'model/step', 'model/iges', 'model/stl', 'model/3mf', 'image/vnd.dxf'] else '{}' end
$$;

create table public.files (
  id              uuid primary key default gen_random_uuid(),
  owner_id        uuid references public.profiles on delete set null,
  organization_id uuid references public.organizations on delete set null,
  purpose         public.file_purpose not null,
  status          public.file_status not null default 'pending',
  size            int not null constraint size_is_within_bounds check (size between 1 and private.upload_bytes(purpose)),
  content_type    text not null constraint content_type_is_allowed
                  check (content_type = any (private.upload_types(purpose))),
  checksum        text constraint checksum_is_sha256 check (checksum ~ '^[0-9a-f]{64}$'),
  reason          text constraint reason_is_a_code check (reason ~ '^[a-z_]{1,40}$'),
  renditions      jsonb,
  thumbhash       text,
  stored_bytes    int not null default 0,
  -- Not the transaction's: of two pictures the newer is shown.
  created_at      timestamptz not null default clock_timestamp(),
  uploaded_at     timestamptz,
  settled_at      timestamptz,
  attached_at     timestamptz,
  constraint pending_until_settled check ((status = 'pending') = (settled_at is null)),
  constraint ready_files_can_be_shown check ((status = 'ready') = (renditions is not null)
    and (renditions is not null and renditions <> '[]') = (thumbhash is not null)
    and (purpose = 'attachment' or renditions <> '[]')),
  constraint rejected_files_say_why check ((status = 'rejected') = (reason is not null)),
  constraint stored_when_ready check ((status = 'ready') = (stored_bytes > 0)),
  constraint attached_when_ready check (attached_at is null or (purpose = 'attachment' and status = 'ready'))
);
comment on table public.files is
  'What somebody sent or is about to send: for whom and what for, and what became of it. Removing a row removes its objects, by a job.';
comment on column public.files.content_type is 'What the sender says it is; the worker looks for itself.';
comment on column public.files.organization_id is 'The company it was sent for, whose storage it counts to.';
comment on column public.files.renditions is 'Pictures made of it: [{size in pixels, format, bytes}], at <bucket of its purpose>/<id>/<size>.<format>. None of what is no picture: it lies at attachments/<id>/original as it was sent.';
comment on column public.files.attached_at is 'Of an attachment: when a post took it. Until then its sender alone sees it.';

-- What of this person, or this company, for this purpose, newest first? What was never finished?
create index on public.files (owner_id, purpose, created_at desc);
create index on public.files (organization_id, purpose, created_at desc);
create index on public.files (created_at) where status <> 'ready';
-- Which attachments did no post take?
create index on public.files (settled_at) where purpose = 'attachment' and attached_at is null;

-- Where the pictures made for a purpose are.
create function private.bucket_of(purpose public.file_purpose) returns text
language sql immutable set search_path = ''
as $$ select case purpose when 'avatar' then 'avatars' when 'logo' then 'logos' when 'attachment' then 'attachments' end $$;

-- Who may -----------------------------------------------------------------

alter table public.files enable row level security;
grant select on public.files to authenticated;

create policy select_owner_while_active on public.files
  for select to authenticated
  using (owner_id = (select auth.uid()) and (select private.my_organization()) is not null);

-- To a place that was given to this person and is empty, within the hour; nobody reads, replaces or removes.
create policy insert_given_place on storage.objects
  for insert to authenticated
  with check (bucket_id = 'uploads' and exists (
    select from public.files
    where files.id::text = objects.name and files.status = 'pending' and files.uploaded_at is null
      and files.created_at > now() - interval '1 hour'));

-- What one may do -----------------------------------------------------------

/*
 * Security definer: clients write no row of `files`. A logo is an admin's to
 * change; the attempt of anybody else is remembered.
 */
create function public.create_upload(purpose public.file_purpose, size int, content_type text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  me uuid := auth.uid();
  organization uuid := private.require_organization();
  file uuid;
begin
  if purpose is null or size is null or content_type is null then
    perform private.refuse(422, 'invalid_input', 'Say what it is for, how large it is and of what type.');
  end if;
  if purpose = 'logo' and private.my_administered_organization() is null then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      'organizations.change_logo', organization, 'organization', organization::text);
  end if;
  if purpose = 'attachment' and size not between 1 and private.upload_bytes(purpose) then
    perform private.refuse(422, 'attachment_too_large', 'A file has up to 25 MiB.');
  elsif size not between 1 and private.upload_bytes(purpose) then
    perform private.refuse(422, 'file_too_large', 'A picture has up to 5 MiB.');
  elsif purpose = 'attachment' and content_type <> all (private.upload_types(purpose)) then
    perform private.refuse(422, 'attachment_type_refused', 'Files of this kind are not taken.');
  elsif content_type <> all (private.upload_types(purpose)) then
    perform private.refuse(422, 'file_type_refused', 'A picture is a JPEG, PNG, WebP or AVIF file.');
  end if;
  perform private.limit_rate('uploads.person', me::text, 60, 3600);

  insert into public.files (owner_id, organization_id, purpose, size, content_type)
  values (me, organization, create_upload.purpose, create_upload.size, create_upload.content_type)
  returning id into file;
  if purpose = 'logo' then
    perform private.audit('organizations.change_logo', organization, 'organization', organization::text,
      null, jsonb_build_object('file', file));
  end if;
  return jsonb_build_object('id', file, 'bucket', 'uploads', 'path', file);
end;
$$;
comment on function public.create_upload is
  'Gives a place for one file: {id, bucket, path}. It holds for an hour. avatar: one''s own; logo: one''s organization''s, for its admins; attachment: for a post.';
grant execute on function public.create_upload to authenticated;

-- Takes a picture away. Where there is none, nothing happens.
create function public.remove_picture(purpose public.file_purpose) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  me uuid := auth.uid();
  organization uuid := private.require_organization();
begin
  if purpose = 'logo' and private.my_administered_organization() is null then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      'organizations.remove_logo', organization, 'organization', organization::text);
  end if;
  if purpose = 'logo' then
    update public.organizations set logo = null where id = organization and logo is not null;
    if found then
      perform private.audit('organizations.remove_logo', organization, 'organization', organization::text);
    end if;
    delete from public.files where organization_id = organization and files.purpose = 'logo';
  elsif purpose = 'avatar' then
    update public.profiles set avatar = null where id = me and avatar is not null;
    delete from public.files where owner_id = me and files.purpose = 'avatar';
  else
    perform private.refuse(422, 'invalid_input', 'Say which picture.');
  end if;
  return '{}';
end;
$$;
comment on function public.remove_picture is
  'Takes away one''s own picture (avatar), or one''s organization''s (logo) for its admins, with all that was sent for it.';
grant execute on function public.remove_picture to authenticated;

-- What the worker does --------------------------------------------------------

/*
 * A file has become pictures: they are shown at once, unless a newer file's are
 * there already, and the pictures before them go. An attachment waits for its post. Answers whether the file is
 * still there; where it is not, what was made of it is nobody's.
 */
create function private.settle_file(file uuid, checksum text, renditions jsonb, thumbhash text) returns boolean
language plpgsql set search_path = ''
as $$
declare
  settled public.files;
  picture jsonb;
begin
  -- Two files of one person may be settled at once: whose picture it is, is locked first.
  perform from public.organizations
    where id = (select organization_id from public.files where id = file and purpose = 'logo') for update;
  perform from public.profiles
    where id = (select owner_id from public.files where id = file and purpose = 'avatar') for update;

  update public.files set
    status = 'ready', settled_at = now(), checksum = settle_file.checksum,
    renditions = settle_file.renditions, thumbhash = settle_file.thumbhash,
    stored_bytes = case settle_file.renditions when '[]' then size else (
      select sum((rendition ->> 'bytes')::int) from jsonb_array_elements(settle_file.renditions) as rendition) end
  where id = file and status = 'pending'
  returning * into settled;
  if settled.id is null then
    return exists (select from public.files where id = file and status = 'ready');
  elsif settled.purpose = 'attachment' then
    return true;
  end if;

  picture := jsonb_build_object(
    'path', private.bucket_of(settled.purpose) || '/' || settled.id, 'thumbhash', settled.thumbhash);
  if exists (
    select from public.files as newer
    where newer.purpose = settled.purpose and newer.status = 'ready'
      and (newer.created_at, newer.id) > (settled.created_at, settled.id)
      and case settled.purpose when 'avatar' then newer.owner_id = settled.owner_id
        else newer.organization_id = settled.organization_id end)
  then
    delete from public.files where id = settled.id;
    return true;
  end if;

  if settled.purpose = 'avatar' then
    update public.profiles set avatar = picture where id = settled.owner_id;
    delete from public.files
    where owner_id = settled.owner_id and purpose = 'avatar' and status = 'ready' and id <> settled.id;
  else
    update public.organizations set logo = picture where id = settled.organization_id;
    delete from public.files
    where organization_id = settled.organization_id and purpose = 'logo' and status = 'ready' and id <> settled.id;
  end if;
  return true;
end;
$$;

-- A file is not what it should be. Says nothing where it is settled already.
create function private.reject_file(file uuid, reason text) returns void
language sql set search_path = ''
as $$
  update public.files set status = 'rejected', settled_at = now(), reason = reject_file.reason
  where id = file and status = 'pending'
$$;

/*
 * What nobody will finish or ask about, in the worker's hourly round: places that
 * stayed empty and files that no try could make pictures of (a day), refusals
 * that were read (a month), and objects whose row is gone. Answers how many.
 */
create function private.sweep_files() returns int
language plpgsql set search_path = ''
as $$
declare
  given_up int;
  forgotten int;
  orphans int;
begin
  update public.files set status = 'rejected', settled_at = now(), reason = 'file_not_processed'
  where status = 'pending' and uploaded_at < now() - interval '1 day';
  get diagnostics given_up = row_count;

  delete from public.files
  where (status = 'pending' and uploaded_at is null and created_at < now() - interval '1 day')
    or (status = 'rejected' and settled_at < now() - interval '30 days');
  get diagnostics forgotten = row_count;

  perform private.enqueue('media.remove-objects', jsonb_build_object('bucket', bucket_id, 'file', file))
  from (
    select distinct bucket_id, path_tokens[1] as file from storage.objects
    where bucket_id in ('uploads', 'avatars', 'logos', 'attachments') and created_at < now() - interval '1 day') as kept
  where file ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    and not exists (
      select from public.files where files.id::text = kept.file
        and (files.status = 'pending' or (files.status = 'ready' and kept.bucket_id <> 'uploads')));
  get diagnostics orphans = row_count;
  return given_up + forgotten + orphans;
end;
$$;

-- What follows ----------------------------------------------------------------

/*
 * The wall behind the policy, which a signed link or a resumable upload passed
 * when it began: at the moment the object is there, the place is still given, and to
 * somebody who may still act. Storage answers 403, and the bytes are dropped.
 */
create function private.objects_arrive() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.files set uploaded_at = now()
  from public.profiles, public.memberships, public.organizations
  where files.id::text = new.name and files.status = 'pending' and files.uploaded_at is null
    and profiles.id = files.owner_id and profiles.status = 'active'
    and memberships.user_id = profiles.id
    and organizations.id = memberships.organization_id and organizations.status = 'active'
    and organizations.id = files.organization_id
    and (files.purpose <> 'logo' or memberships.role = 'admin');
  if not found then
    raise exception 'This place was not given, or it is taken.' using errcode = 'insufficient_privilege';
  end if;
  perform private.enqueue('media.make-renditions', jsonb_build_object('fileId', new.name));
  return null;
end;
$$;

create trigger after_insert_arrive after insert on storage.objects
  for each row when (new.bucket_id = 'uploads')
  execute function private.objects_arrive();

-- What is kept counts to the company it was sent for.
create function private.files_count() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' and old.stored_bytes > 0 then
    perform private.count_organization(old.organization_id, 'storage.' || old.purpose || '.bytes', -old.stored_bytes);
    perform private.count_organization(old.organization_id, 'storage.' || old.purpose || '.files', -1);
  end if;
  if tg_op <> 'DELETE' and new.stored_bytes > 0 then
    perform private.count_organization(new.organization_id, 'storage.' || new.purpose || '.bytes', new.stored_bytes);
    perform private.count_organization(new.organization_id, 'storage.' || new.purpose || '.files', 1);
  end if;
  return null;
end;
$$;

create trigger after_write_count after insert or delete or update of stored_bytes, organization_id on public.files
  for each row execute function private.files_count();

-- Who waits for a picture is told that it is there, or why not; and the original is not kept.
create function private.files_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.enqueue('media.remove-objects', jsonb_build_object('bucket', 'uploads', 'file', new.id));
  if new.owner_id is not null then
    perform realtime.send(
      jsonb_build_object('file_id', new.id), 'file_settled', 'user:' || new.owner_id, true);
  end if;
  return null;
end;
$$;

create trigger after_update_announce after update of status on public.files
  for each row when (old.status = 'pending' and new.status <> 'pending')
  execute function private.files_announce();

-- A file without a row is a file nobody can name: it goes.
create function private.files_forget() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if old.status = 'ready' then
    perform private.enqueue('media.remove-objects',
      jsonb_build_object('bucket', private.bucket_of(old.purpose), 'file', old.id));
  elsif old.uploaded_at is not null then
    perform private.enqueue('media.remove-objects', jsonb_build_object('bucket', 'uploads', 'file', old.id));
  end if;
  return null;
end;
$$;

create trigger after_delete_forget after delete on public.files
  for each row execute function private.files_forget();

-- A picture of nobody has no use: whose it was has gone. What stands in a post stays with the post.
create function private.files_let_go() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.files where id = new.id;
  return null;
end;
$$;

create trigger after_update_let_go after update of owner_id, organization_id on public.files
  for each row when (case new.purpose
    when 'avatar' then new.owner_id is null
    when 'logo' then new.organization_id is null
    else new.owner_id is null and new.attached_at is null end)
  execute function private.files_let_go();

/*
 * Administration — looking after the whole place.
 *
 * All of it takes the role `admin` and a second factor in this very session,
 * asked again once the locks are held: whoever lost the role a moment ago must
 * not act on what they held before. And however many admins act at once, one of
 * them stays.
 */

-- Tables ------------------------------------------------------------------

create type private.decision_kind as enum (
  'suspend_organization', 'reinstate_organization', 'deactivate_person', 'reactivate_person',
  'remove_second_factor', 'change_role');

create table private.decisions (
  id              uuid primary key default gen_random_uuid(),
  kind            private.decision_kind not null,
  organization_id uuid references public.organizations on delete cascade,
  person_id       uuid references public.profiles on delete cascade,
  reason          text check (length(reason) between 10 and 500),
  decided_by      uuid references public.profiles on delete set null,
  decided_at      timestamptz not null default clock_timestamp(),
  constraint about_one_thing check (num_nonnulls(organization_id, person_id) = 1),
  constraint a_reason_unless_a_role check ((reason is null) = (kind = 'change_role'))
);
comment on table private.decisions is
  'What platform admins decided about a company or a person, and the reason they gave. The audit log holds no words; these are told to those concerned.';

-- What was decided last about this company, this person? What goes when a decider goes?
create index on private.decisions (organization_id, decided_at desc);
create index on private.decisions (person_id, decided_at desc);
create index on private.decisions (decided_by);

-- Who may -----------------------------------------------------------------

-- Null for a platform admin; for anybody else the refusal, which is remembered.
create function private.platform_admin_refusal(action text, subject_kind text, subject text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if private.my_platform_role() = 'admin' then
    return null;
  end if;
  if exists (select from public.platform_roles where user_id = auth.uid() and role = 'admin') then
    return private.deny(403, 'second_factor_required', 'Confirm your second factor first.', action, null, subject_kind, left(subject, 200));
  end if;
  return private.deny(403, 'not_allowed', 'This is for the admins of the platform.', action, null, subject_kind, left(subject, 200));
end;
$$;

/*
 * Admins act one after another where one of them may lose their power by it,
 * and the role is asked again then. Taken after the rows that are to change, as
 * the trigger below must.
 */
create function private.act_alone() returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('platform admins', 0));
  perform private.require_platform_admin();
end;
$$;

-- The reason as it is kept; refuses what tells nobody anything.
create function private.reason(text text) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  if text is null or not private.is_visible(text) or length(btrim(text)) not between 10 and 500
    or text ~ '[\u202A-\u202E\u2066-\u2069]' then
    perform private.refuse(422, 'reason_invalid', 'A reason has 10 to 500 characters.');
  end if;
  return btrim(text);
end;
$$;

-- What follows ----------------------------------------------------------------

/*
 * Somebody must be able to give roles: the last admin who may act keeps the
 * role, their account and their company, whoever wants to take it and by
 * whatever way. The lock makes two who go at the same moment see each other.
 */
create function private.a_platform_admin_stays() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  concerned boolean := true;
begin
  if tg_table_name = 'profiles' then
    concerned := exists (select from public.platform_roles where user_id = old.id and role = 'admin');
  elsif tg_table_name = 'memberships' then
    concerned := exists (select from public.platform_roles where user_id = old.user_id and role = 'admin');
  elsif tg_table_name = 'organizations' then
    concerned := exists (
      select from public.platform_roles join public.memberships using (user_id)
      where organization_id = old.id and platform_roles.role = 'admin');
  end if;
  if not concerned then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('platform admins', 0));
  if not exists (
    select from public.platform_roles
    join public.memberships using (user_id)
    join public.profiles on profiles.id = user_id and profiles.status = 'active'
    join public.organizations on organizations.id = organization_id and organizations.status = 'active'
    where platform_roles.role = 'admin') then
    perform private.refuse(409, 'last_platform_admin', 'The platform needs an admin: name another one first.');
  end if;
  return null;
end;
$$;

create trigger after_delete_keep_admin after delete on public.platform_roles
  for each row when (old.role = 'admin') execute function private.a_platform_admin_stays();
create trigger after_update_keep_admin after update of role on public.platform_roles
  for each row when (old.role = 'admin' and new.role <> 'admin') execute function private.a_platform_admin_stays();
create trigger after_update_keep_platform_admin after update of status on public.profiles
  for each row when (old.status = 'active' and new.status <> 'active') execute function private.a_platform_admin_stays();
create trigger after_delete_keep_platform_admin after delete on public.memberships
  for each row execute function private.a_platform_admin_stays();
create trigger after_update_keep_platform_admin after update of status on public.organizations
  for each row when (old.status = 'active' and new.status <> 'active') execute function private.a_platform_admin_stays();

/*
 * Administration, companies — found, looked at, suspended and reinstated.
 *
 * A suspended company's people keep their accounts and their sessions: they
 * sign in and are told why. What they may do ends at once, since every policy
 * asks whether the company is active.
 */

-- What one may do -----------------------------------------------------------

-- A decision as those see it who may.
create function private.decision_card(decision private.decisions) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', decision.id,
    'kind', decision.kind,
    'reason', decision.reason,
    'decided_at', decision.decided_at,
    'decided_by', private.audit_name(decision.decided_by))
$$;

-- A company as a row of the list.
create function private.admin_organization_card(organization public.organizations) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', organization.id,
    'name', organization.name,
    'domain', organization.domain,
    'status', organization.status,
    'created_at', organization.created_at,
    'people', (select count(*) from public.memberships where organization_id = organization.id))
$$;

-- A text that is looked for, as `like` takes it.
create function private.within(text text) returns text
language sql immutable set search_path = ''
as $$
  select '%' || replace(replace(replace(text, '\', '\\'), '%', '\%'), '_', '\_') || '%'
$$;

/*
 * The cursor is the id of the last row; where that company is gone since, the
 * list ends. Security definer, as all that follows: it shows what policies hide.
 */
create function public.admin_list_organizations(
  query text default null,
  status public.organization_status default null,
  sort text default 'newest',
  after uuid default null,
  size int default 25) returns jsonb
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  bound int := private.page_size(size);
  wanted text := private.within(private.fold(btrim(query)));
  by_name boolean := sort = 'name';
  last public.organizations;
begin
  perform private.require_platform_admin();
  if sort not in ('newest', 'name') then
    perform private.refuse(422, 'invalid_input', 'A list of companies is sorted by newest or name.');
  end if;
  select * into last from public.organizations where id = after;
  if after is not null and last.id is null then
    perform private.refuse(422, 'cursor_invalid', 'The list has changed. Start again.');
  end if;

  return (
    with found as (
      select each.id, row_number() over (order by
        case when by_name then each.name_folded end,
        case when by_name then each.id end,
        each.created_at desc, each.id desc) as place
      from public.organizations as each
      where (admin_list_organizations.status is null or each.status = admin_list_organizations.status)
        and (wanted is null or each.name_folded like wanted or each.domain like wanted)
        and (after is null or case when by_name
          then (each.name_folded, each.id) > (last.name_folded, last.id)
          else (each.created_at, each.id) < (last.created_at, last.id) end)
      order by place
      limit bound + 1)
    select jsonb_build_object(
      'organizations', coalesce(
        jsonb_agg(private.admin_organization_card(organizations) order by place) filter (where place <= bound), '[]'),
      'next', case when count(*) > bound then (array_agg(found.id order by place))[bound] end)
    from found join public.organizations using (id));
end;
$$;
comment on function public.admin_list_organizations is
  'For platform admins: all companies, found by name or domain, sorted by `newest` or `name`. `next` is the cursor of the following page.';
grant execute on function public.admin_list_organizations to authenticated;

create function public.admin_organization(organization uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  found public.organizations;
begin
  perform private.require_platform_admin();
  select * into found from public.organizations where id = organization;
  if found.id is null then
    perform private.refuse(404, 'not_found', 'There is no such company.');
  end if;
  return private.admin_organization_card(found) || jsonb_build_object(
    'admins', (
      select coalesce(jsonb_agg(private.audit_name(user_id) order by memberships.created_at), '[]')
      from public.memberships join public.profiles on profiles.id = user_id
      where organization_id = organization and role = 'admin' and profiles.status = 'active'),
    'by_status', (
      select coalesce(jsonb_object_agg(status, people), '{}') from (
        select profiles.status, count(*) as people
        from public.memberships join public.profiles on profiles.id = user_id
        where organization_id = organization group by profiles.status) as counted),
    'decisions', (
      select coalesce(jsonb_agg(private.decision_card(decision) order by decision.decided_at desc), '[]')
      from private.decisions as decision where decision.organization_id = organization));
end;
$$;
comment on function public.admin_organization is
  'For platform admins: one company, its admins, its people by status, and what was decided about it.';
grant execute on function public.admin_organization to authenticated;

-- One transaction: the state, the reason, the line in the log, the promise to tell its admins, and the sign to open pages.
create function private.decide_organization(
  kind private.decision_kind, organization uuid, reason text,
  old_status public.organization_status, new_status public.organization_status) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  action text := case kind when 'suspend_organization' then 'organizations.suspend' else 'organizations.reinstate' end;
  refusal jsonb := private.platform_admin_refusal(action, 'organization', organization::text);
  because text;
  present public.organization_status;
  decision uuid;
begin
  if refusal is not null then
    return refusal;
  end if;
  because := private.reason(reason);
  select status into present from public.organizations where id = organization for no key update;
  perform private.act_alone();
  if present is null or present not in (old_status, new_status) then
    perform private.refuse(404, 'not_found', 'There is no such company.');
  end if;
  if organization = private.my_organization() then
    perform private.refuse(409, 'own_organization', 'This is your own company: another admin must do it.');
  end if;

  -- Asked twice is done once; the first reason stands.
  if present = old_status then
    update public.organizations set status = new_status where id = organization;
    insert into private.decisions (kind, organization_id, reason, decided_by)
    values (kind, organization, because, auth.uid()) returning id into decision;
    perform private.audit(action, organization, 'organization', organization::text,
      jsonb_build_object('status', old_status), jsonb_build_object('status', new_status));
    perform private.enqueue('administration.send-notice', jsonb_build_object('decisionId', decision));
    perform private.tell_access_changed(user_id) from public.memberships where organization_id = organization;
  end if;
  return public.admin_organization(organization);
end;
$$;

create function public.suspend_organization(organization uuid, reason text) returns jsonb
language sql security definer set search_path = ''
as $$
  select private.decide_organization('suspend_organization', organization, reason, 'active', 'suspended')
$$;
comment on function public.suspend_organization is
  'For platform admins: nobody of the company may act any more, and its admins are told the reason by mail. Asking again changes nothing.';
grant execute on function public.suspend_organization to authenticated;

create function public.reinstate_organization(organization uuid, reason text) returns jsonb
language sql security definer set search_path = ''
as $$
  select private.decide_organization('reinstate_organization', organization, reason, 'suspended', 'active')
$$;
comment on function public.reinstate_organization is
  'For platform admins: a suspended company''s people may act again, and its admins are told. Asking again changes nothing.';
grant execute on function public.reinstate_organization to authenticated;

/*
 * Why one may not act at present, for the page that says so to people who may
 * read nothing else.
 */
create function public.why_paused() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('kind', kind, 'reason', reason, 'decided_at', decided_at)
  from (
    select latest.*
    from public.profiles
    left join public.memberships on user_id = profiles.id
    left join public.organizations on organizations.id = memberships.organization_id
    cross join lateral (
      select * from private.decisions
      where (profiles.status = 'deactivated' and person_id = profiles.id and kind in ('deactivate_person', 'reactivate_person'))
        or (organizations.status = 'suspended' and decisions.organization_id = organizations.id)
      order by person_id is null, decided_at desc limit 1) as latest
    where profiles.id = (select auth.uid()) and (select private.my_session()) is not null) as found
  where kind in ('deactivate_person', 'suspend_organization')
$$;
comment on function public.why_paused is
  'What a platform admin decided that keeps the caller from acting, and why; null where nothing does, or their own company''s admin did it.';
grant execute on function public.why_paused to authenticated;

/*
 * Administration, people — found by name or by the whole address; never by a
 * part of it, so that nobody can fish for addresses.
 *
 * A row shows as much of an address as it takes to recognise it. The address
 * itself is read by one function, and that reading is in the audit log, where
 * the person's own company sees it.
 */

-- Tables ------------------------------------------------------------------

-- Who came last?
create index on public.profiles (created_at desc, id desc);

-- What one may do -----------------------------------------------------------

create function private.admin_person_card(person uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', profiles.id,
    'first_name', profiles.first_name,
    'last_name', profiles.last_name,
    'first_name_ar', profiles.first_name_ar,
    'last_name_ar', profiles.last_name_ar,
    'avatar', profiles.avatar,
    'job_title', profiles.job_title,
    'status', profiles.status,
    'created_at', profiles.created_at,
    'last_sign_in_at', users.last_sign_in_at,
    'email_hint', left(users.email, 1) || '…@' || split_part(users.email, '@', 2),
    'second_factor', exists (
      select from auth.mfa_factors where mfa_factors.user_id = profiles.id and mfa_factors.status = 'verified'),
    'organization', case when organizations.id is not null then jsonb_build_object(
      'id', organizations.id, 'name', organizations.name, 'status', organizations.status) end,
    'role', memberships.role,
    'platform_role', platform_roles.role)
  from public.profiles
  join auth.users on users.id = profiles.id
  left join public.memberships on memberships.user_id = profiles.id
  left join public.organizations on organizations.id = memberships.organization_id
  left join public.platform_roles on platform_roles.user_id = profiles.id
  where profiles.id = person
$$;

create function public.admin_list_people(
  query text default null,
  status public.person_status default null,
  organization uuid default null,
  after uuid default null,
  size int default 25) returns jsonb
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  bound int := private.page_size(size);
  wanted text := private.within(private.fold(nullif(btrim(query), '')));
  addressed uuid;
  since timestamptz;
begin
  perform private.require_platform_admin();
  if query like '%@%' then
    select id into addressed from auth.users where email = lower(btrim(query)) and not is_sso_user;
    wanted := null;
  end if;
  select created_at into since from public.profiles where id = after;
  if after is not null and since is null then
    perform private.refuse(422, 'cursor_invalid', 'The list has changed. Start again.');
  end if;

  return (
    with found as (
      select profiles.id, row_number() over (order by profiles.created_at desc, profiles.id desc) as place
      from public.profiles
      where (admin_list_people.status is null or profiles.status = admin_list_people.status)
        and (admin_list_people.organization is null or profiles.id in (
          select user_id from public.memberships where organization_id = admin_list_people.organization))
        and (query is null or query not like '%@%' or profiles.id = addressed)
        and (wanted is null or profiles.name_folded like wanted)
        and (after is null or (profiles.created_at, profiles.id) < (since, after))
      order by profiles.created_at desc, profiles.id desc
      limit bound + 1)
    select jsonb_build_object(
      'people', coalesce(
        jsonb_agg(private.admin_person_card(id) order by place) filter (where place <= bound), '[]'),
      'next', case when count(*) > bound then (array_agg(id order by place))[bound] end)
    from found);
end;
$$;
comment on function public.admin_list_people is
  'For platform admins: all people, newest first, found by a part of the name in either script or by the whole e-mail address. `next` is the cursor of the following page.';
grant execute on function public.admin_list_people to authenticated;

-- Whom an act is about: the refusal of whoever may not, or of nobody there.
create function private.require_person(person uuid) returns public.profiles
language plpgsql stable security definer set search_path = ''
as $$
declare
  found public.profiles;
begin
  select * into found from public.profiles where id = person;
  if found.id is null then
    perform private.refuse(404, 'not_found', 'There is no such person.');
  end if;
  return found;
end;
$$;

create function public.admin_person(person uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_platform_admin();
  perform private.require_person(person);
  return private.admin_person_card(person) || jsonb_build_object(
    'sessions', (
      select count(*) from auth.sessions
      where user_id = person and (not_after is null or not_after > now())),
    'decisions', (
      select coalesce(jsonb_agg(private.decision_card(decision) order by decision.decided_at desc), '[]')
      from private.decisions as decision where decision.person_id = person));
end;
$$;
comment on function public.admin_person is
  'For platform admins: one person, how many sessions are open, and what was decided about them.';
grant execute on function public.admin_person to authenticated;

create function public.read_address(person uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('people.read_address', 'person', person::text);
begin
  if refusal is not null then
    return refusal;
  end if;
  perform private.require_person(person);
  perform private.audit('people.read_address', private.organization_of(person), 'person', person::text);
  return jsonb_build_object('email', (select email from auth.users where id = person));
end;
$$;
comment on function public.read_address is
  'For platform admins: a person''s e-mail address. That it was read is in the audit log.';
grant execute on function public.read_address to authenticated;

-- Keeps a decision about a person and promises to tell them.
create function private.tell_decision(kind private.decision_kind, person uuid, because text) returns void
language sql security definer set search_path = ''
as $$
  with decided as (
    insert into private.decisions (kind, person_id, reason, decided_by)
    values (kind, person, because, auth.uid()) returning id)
  select private.enqueue('administration.send-notice', jsonb_build_object('decisionId', id)) from decided
$$;

create function private.decide_person(
  kind private.decision_kind, person uuid, because text, action text, before jsonb, after jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.audit(action, private.organization_of(person), 'person', person::text, before, after);
  perform private.tell_decision(kind, person, because);
end;
$$;

/*
 * Their company's admin cannot undo it (15_members). The company's last active
 * admin stays while others are there: suspending the company is another act.
 */
create function public.deactivate_person(person uuid, reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('people.deactivate', 'person', person::text);
  because text;
  present public.person_status;
begin
  if refusal is not null then
    return refusal;
  end if;
  because := private.reason(reason);
  perform private.require_person(person);
  if person = auth.uid() then
    perform private.refuse(409, 'own_account', 'This is your own account: another admin must do it.');
  end if;
  perform from public.organizations where id = private.organization_of(person) for no key update;
  select status into present from public.profiles where id = person for no key update;
  perform private.act_alone();
  if present = 'pending' then
    perform private.refuse(409, 'person_pending', 'Their address is not verified yet.');
  end if;

  if present = 'active' then
    insert into private.shut_out (user_id) values (person) on conflict do nothing;
    update public.profiles set status = 'deactivated' where id = person;
    perform private.decide_person('deactivate_person', person, because, 'people.deactivate',
      '{"status": "active"}', '{"status": "deactivated"}');
    perform private.end_access(person);
  end if;
  return public.admin_person(person);
end;
$$;
comment on function public.deactivate_person is
  'For platform admins: the person may not act any more and is told the reason by mail. Asking again changes nothing.';
grant execute on function public.deactivate_person to authenticated;

create function public.reactivate_person(person uuid, reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('people.reactivate', 'person', person::text);
  because text;
  present public.person_status;
begin
  if refusal is not null then
    return refusal;
  end if;
  because := private.reason(reason);
  perform private.require_person(person);
  perform from public.organizations where id = private.organization_of(person) for no key update;
  select status into present from public.profiles where id = person for no key update;
  if present = 'deactivated' then
    delete from private.shut_out where user_id = person;
    update public.profiles set status = 'active' where id = person;
    perform private.decide_person('reactivate_person', person, because, 'people.reactivate',
      '{"status": "deactivated"}', '{"status": "active"}');
    perform private.tell_access_changed(person);
  end if;
  return public.admin_person(person);
end;
$$;
comment on function public.reactivate_person is
  'For platform admins: a deactivated person may act again and is told. Asking again changes nothing.';
grant execute on function public.reactivate_person to authenticated;

create function public.end_person_sessions(person uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('people.end_sessions', 'person', person::text);
  ended int;
begin
  if refusal is not null then
    return refusal;
  end if;
  perform private.require_person(person);
  select count(*) into ended from auth.sessions where user_id = person;
  if ended > 0 then
    perform private.end_access(person);
    perform private.audit('people.end_sessions', private.organization_of(person), 'person', person::text,
      jsonb_build_object('sessions', ended), '{"sessions": 0}');
  end if;
  return public.admin_person(person);
end;
$$;
comment on function public.end_person_sessions is
  'For platform admins: signs a person out everywhere, at once.';
grant execute on function public.end_person_sessions to authenticated;

create function public.resend_verification(person uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('people.resend_verification', 'person', person::text);
begin
  if refusal is not null then
    return refusal;
  end if;
  if (private.require_person(person)).status <> 'pending' then
    perform private.refuse(409, 'already_verified', 'This address is verified.');
  end if;
  perform private.audit('people.resend_verification', private.organization_of(person), 'person', person::text);
  perform private.enqueue('administration.resend-verification', jsonb_build_object('userId', person));
  return public.admin_person(person);
end;
$$;
comment on function public.resend_verification is
  'For platform admins: has Auth send the mail that verifies an address once more.';
grant execute on function public.resend_verification to authenticated;

/*
 * For somebody who has lost their phone. Whoever asks for this must be known by
 * another way; the reason says which. The deed itself is that of any admin (14).
 */
create function public.remove_second_factor(person uuid, reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('second_factor.reset', 'person', person::text);
  because text;
begin
  if refusal is not null then
    return refusal;
  end if;
  because := private.reason(reason);
  perform private.require_person(person);
  if person = auth.uid() then
    perform private.refuse(409, 'own_account', 'This is your own account: another admin must do it.');
  end if;
  if (public.reset_second_factor(person) ->> 'removed')::int > 0 then
    perform private.tell_decision('remove_second_factor', person, because);
  end if;
  return public.admin_person(person);
end;
$$;
comment on function public.remove_second_factor is
  'For platform admins: removes a lost second factor and signs the person out everywhere; they are told by mail. Asking again changes nothing.';
grant execute on function public.remove_second_factor to authenticated;

/*
 * Administration, roles — who looks after the place. Nobody changes their own,
 * so whoever acts is still there afterwards.
 */

-- What one may do -----------------------------------------------------------

create function public.list_platform_roles() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_platform_admin();
  return (
    select coalesce(jsonb_agg(
      private.admin_person_card(user_id) || jsonb_build_object('given_at', created_at)
      order by role desc, created_at), '[]')
    from public.platform_roles);
end;
$$;
comment on function public.list_platform_roles is
  'For platform admins: everybody with a role in the whole place, admins first, and whether they have a second factor.';
grant execute on function public.list_platform_roles to authenticated;

-- What a role was becomes what it is; null is none.
create function private.set_platform_role(person uuid, role public.platform_role, action text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal(action, 'person', person::text);
  present public.platform_role;
begin
  if refusal is not null then
    return refusal;
  end if;
  select platform_roles.role into present from public.platform_roles where user_id = person for no key update;
  perform private.act_alone();
  if person = auth.uid() then
    perform private.refuse(409, 'own_account', 'This is your own account: another admin must do it.');
  end if;
  if (private.require_person(person)).status <> 'active' and role is not null then
    perform private.refuse(409, 'person_not_active', 'Only somebody who may act here can have a role.');
  end if;
  if present is distinct from role then
    if role is null then
      delete from public.platform_roles where user_id = person;
    else
      insert into public.platform_roles (user_id, role) values (person, role)
      on conflict (user_id) do update set role = excluded.role, created_at = now();
    end if;
    perform private.decide_person('change_role', person, null, action,
      jsonb_build_object('platform_role', present), jsonb_build_object('platform_role', role));
    perform private.tell_access_changed(person);
  end if;
  return private.admin_person_card(person);
end;
$$;

create function public.grant_platform_role(person uuid, role public.platform_role) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if role is null then
    perform private.refuse(422, 'invalid_input', 'A role is moderator or admin.');
  end if;
  return private.set_platform_role(person, role, 'platform_roles.grant');
end;
$$;
comment on function public.grant_platform_role is
  'For platform admins: makes somebody moderator or admin, in place of the role they had. An admin''s role counts once they have a second factor.';
grant execute on function public.grant_platform_role to authenticated;

create function public.revoke_platform_role(person uuid) returns jsonb
language sql security definer set search_path = ''
as $$
  select private.set_platform_role(person, null, 'platform_roles.revoke')
$$;
comment on function public.revoke_platform_role is
  'For platform admins: takes somebody''s role in the whole place. The last admin keeps it.';
grant execute on function public.revoke_platform_role to authenticated;

/*
 * Administration, jobs — what the worker has to do, and what it gave up.
 *
 * What failed for good lies in its queue's dead letter queue, `<name>.dead`,
 * for ninety days. Sending it back makes a new job with the settings its queue
 * has now, in the statement that takes the dead one away: asked twice, once done.
 */

-- What one may do -----------------------------------------------------------

/*
 * Jobs are counted where they lie: pg-boss keeps counts of its own, but brings
 * them up to date only now and then. Those that are done are not asked for.
 */
create function public.queue_overview() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_platform_admin();
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'name', queue.name,
      'waiting', coalesce(waiting, 0),
      'retrying', coalesce(retrying, 0),
      'active', coalesce(active, 0),
      'dead', coalesce(dead, 0),
      'oldest_due_at', oldest_due_at,
      'last_dead_at', last_dead_at,
      'schedule', (select cron from pgboss.schedule where schedule.name = queue.name limit 1))
      order by coalesce(dead, 0) > 0 desc, queue.name), '[]')
    from pgboss.queue
    left join (
      select
        name,
        count(*) filter (where state = 'created') as waiting,
        count(*) filter (where state = 'retry') as retrying,
        count(*) filter (where state = 'active') as active,
        min(start_after) filter (where state in ('created', 'retry') and start_after <= now()) as oldest_due_at
      from pgboss.job where state < 'completed' group by name) as open on open.name = queue.name
    left join (
      select name, count(*) as dead, max(created_on) as last_dead_at
      from pgboss.job where state = 'created' and name like '%.dead' group by name) as gone on gone.name = queue.dead_letter
    where queue.dead_letter is not null);
end;
$$;
comment on function public.queue_overview is
  'For platform admins: each queue with what waits, is tried again, runs and has failed for good, and since when work is due.';
grant execute on function public.queue_overview to authenticated;

/*
 * What of a payload may be shown: ids, numbers, yes or no. Our payloads hold
 * nothing else; a word that slipped into one must not be read here.
 */
create function private.ids_of(payload jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select coalesce(jsonb_object_agg(key, value), '{}')
  from jsonb_each(case jsonb_typeof(payload) when 'object' then payload else '{}' end)
  where jsonb_typeof(value) in ('number', 'boolean')
    or (jsonb_typeof(value) = 'string' and value #>> '{}' ~ '^[A-Za-z0-9_.-]{1,64}$')
$$;

create function private.require_queue(queue text) returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
  if not exists (select from pgboss.queue as known where known.name = queue and known.dead_letter is not null) then
    perform private.refuse(404, 'not_found', 'There is no such queue.');
  end if;
end;
$$;

create function public.list_dead_jobs(queue text, after uuid default null, size int default 25) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  bound int := private.page_size(size);
  since timestamptz;
begin
  perform private.require_platform_admin();
  perform private.require_queue(queue);
  select created_on into since from pgboss.job where name = queue || '.dead' and id = after;
  if after is not null and since is null then
    perform private.refuse(422, 'cursor_invalid', 'The list has changed. Start again.');
  end if;

  return (
    with found as (
      select *, row_number() over (order by created_on desc, id desc) as place
      from pgboss.job
      where name = queue || '.dead' and state = 'created'
        and (after is null or (created_on, id) < (since, after))
      order by created_on desc, id desc
      limit bound + 1)
    select jsonb_build_object(
      'jobs', coalesce(jsonb_agg(jsonb_build_object(
        'id', id,
        'payload', private.ids_of(data),
        'error', coalesce(source_output ->> 'message', output ->> 'message'),
        'tries', source_retry_count + 1,
        'asked_at', source_created_on,
        'failed_at', created_on) order by place) filter (where place <= bound), '[]'),
      'next', case when count(*) > bound then (array_agg(id order by place))[bound] end)
    from found);
end;
$$;
comment on function public.list_dead_jobs is
  'For platform admins: what of a queue failed for good, newest first, with the error and the tries it took. Payloads are shown as far as they are ids.';
grant execute on function public.list_dead_jobs to authenticated;

-- Takes dead jobs away, up to a thousand at once, and says which; `jobs` null means all of the queue.
create function private.take_dead_jobs(queue text, jobs uuid[]) returns table (data jsonb)
language sql security definer set search_path = ''
as $$
  with taken as (
    select id from pgboss.job
    where name = queue || '.dead' and state = 'created' and (jobs is null or id = any (jobs))
    order by created_on limit 1000
    for update skip locked)
  delete from pgboss.job using taken
  where job.name = queue || '.dead' and job.id = taken.id
  returning job.data
$$;

create function public.replay_dead_jobs(queue text, jobs uuid[] default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('jobs.replay', 'queue', queue);
  replayed int;
begin
  if refusal is not null then
    return refusal;
  end if;
  perform private.require_queue(queue);
  select count(private.enqueue(queue, data)) into replayed from private.take_dead_jobs(queue, jobs);
  if replayed > 0 then
    perform private.audit('jobs.replay', null, 'queue', queue, null, jsonb_build_object('jobs', replayed));
  end if;
  return jsonb_build_object('jobs', replayed);
end;
$$;
comment on function public.replay_dead_jobs is
  'For platform admins: gives what failed for good back to its queue, up to a thousand jobs a call; `jobs` names some of them. Answers how many; asking again finds none.';
grant execute on function public.replay_dead_jobs to authenticated;

create function public.discard_dead_jobs(queue text, jobs uuid[]) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('jobs.discard', 'queue', queue);
  discarded int;
begin
  if refusal is not null then
    return refusal;
  end if;
  perform private.require_queue(queue);
  -- Nothing named is nothing discarded: this cannot be taken back.
  select count(*) into discarded from private.take_dead_jobs(queue, coalesce(jobs, '{}'));
  if discarded > 0 then
    perform private.audit('jobs.discard', null, 'queue', queue, null, jsonb_build_object('jobs', discarded));
  end if;
  return jsonb_build_object('jobs', discarded);
end;
$$;
comment on function public.discard_dead_jobs is
  'For platform admins: gives up jobs that failed for good, those named. Answers how many.';
grant execute on function public.discard_dead_jobs to authenticated;

/*
 * Registrations — the number under which the Ministry of Commerce knows a
 * company, and whether it does.
 *
 * A company says its number; only the registry's answer makes it verified.
 * Setting a number promises a check to the worker, which asks and settles. One
 * number belongs to one company here, once it is verified. The number is the
 * company's own to see; the others see whether it is verified.
 */

-- The number ------------------------------------------------------------------

/*
 * Luhn's check digit, as on the Kingdom's national identity numbers. That the
 * unified number carries it too is not published; it holds for every one of the
 * nine published numbers it was tried on, which chance does once in a billion times.
 */
create function private.has_check_digit(number text) returns boolean
language sql immutable strict set search_path = ''
as $$
  select sum(case when place % 2 = 0 then digit else digit * 2 / 10 + digit * 2 % 10 end) % 10 = 0
  from (
    select place, digit::int from string_to_table(number, null) with ordinality as written (digit, place)) as digits
$$;

/*
 * Ten digits. The unified number begins with 7 and replaces the registration
 * numbers since 2020 (https://rulebook.sama.gov.sa/en/node/10194); an older number begins
 * with the code of the office that gave it, such as 1010 Riyadh, 2050 Dammam, 4030
 * Jeddah, and has no check digit: of the published ones tried, most fail Luhn's.
 * packages/contracts/src/registrations.ts says the same; a test compares.
 */
create function private.is_registration_number(number text) returns boolean
language sql immutable strict set search_path = ''
as $$
  select case
    when number ~ '^[1-5][0-9]{9}$' then true
    when number ~ '^7[0-9]{9}$' then private.has_check_digit(number)
    else false
  end
$$;

-- What tells one company from another in its name: without the words that most names share.
create function private.company_core(name text) returns text
language sql immutable strict set search_path = ''
as $$
  select btrim(regexp_replace(
    ' ' || regexp_replace(private.fold(name), '[[:punct:][:space:]]+', '  ', 'g') || ' ',
    ' (شركه|مءسسه|موسسه|مجموعه|مصنع|المحدوده|محدوده|المساهمه|مساهمه|شخص|واحد|ذات|مسووليه|company|co|ltd|limited|llc|est|establishment|factory|group) ',
    ' ', 'g'))
$$;

-- Half of the parts of both names the same: what is left out or spelt otherwise is forgiven, another company is not.
create function private.is_same_company(one text, other text) returns boolean
language sql immutable strict set search_path = ''
as $$
  select extensions.similarity(private.company_core(one), private.company_core(other)) >= 0.5
$$;

-- Tables ------------------------------------------------------------------

create type public.registration_state as enum ('unverified', 'pending', 'verified', 'rejected', 'unavailable');

create table public.registrations (
  organization_id uuid primary key references public.organizations on delete cascade,
  number          text not null constraint number_is_a_registration_number check (private.is_registration_number(number)),
  state           public.registration_state not null default 'pending',
  reason          text check (reason in (
    'not_connected', 'not_found', 'inactive', 'name_differs', 'number_taken', 'registry_unreachable', 'registry_refused')),
  registry_name   text check (length(registry_name) <= 300),
  national_number text check (national_number ~ '^[0-9]{10}$'),
  expires_on      date,
  checked_at      timestamptz,
  updated_at      timestamptz not null default now(),
  constraint a_state_says_why check (case state
    when 'pending' then reason is null
    when 'verified' then
      reason is null and registry_name is not null and national_number is not null and checked_at is not null
    else reason is not null
  end)
);
comment on table public.registrations is
  'The number a company gave, and what the registry said of it. `national_number`: the unified number the registry answered with.';

-- Is this number some company's own already? By the unified number, since a company may have an older one as well.
create unique index registrations_verified_once on public.registrations (national_number) where state = 'verified';

create trigger before_update_touch before update on public.registrations
  for each row execute function private.touch();

-- Who may -----------------------------------------------------------------

alter table public.registrations enable row level security;
grant select on public.registrations to authenticated;

create policy select_admin on public.registrations
  for select to authenticated
  using (organization_id = (select private.my_administered_organization())
    or (select private.my_platform_role()) = 'admin');

-- What one may do -----------------------------------------------------------

/*
 * All that an admin edits of the own company, in one answer. Whoever is no admin is
 * refused without a line in the log: it is a page that was asked for, not a deed.
 */
create function public.company_profile() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  mine uuid := private.require_administered_organization();
begin
  return (
    select jsonb_build_object(
      'id', organizations.id,
      'name', organizations.name,
      'name_ar', organizations.name_ar,
      'domain', organizations.domain,
      'industry', organizations.industry,
      'size', organizations.size,
      'city_id', organizations.city_id,
      'website', organizations.website,
      'about', organizations.about,
      'logo', organizations.logo,
      'revision', organizations.revision,
      'registration', case when registrations.organization_id is not null then jsonb_build_object(
        'number', registrations.number,
        'state', registrations.state,
        'reason', registrations.reason,
        'registry_name', registrations.registry_name,
        'national_number', registrations.national_number,
        'expires_on', registrations.expires_on,
        'checked_at', registrations.checked_at) end)
    from public.organizations
    left join public.registrations on registrations.organization_id = organizations.id
    where organizations.id = mine);
end;
$$;
comment on function public.company_profile is
  'The caller''s own company with its registration, as its admin edits it. For its admins.';
grant execute on function public.company_profile to authenticated;

-- Promises a check of the number as it stands; what was known before is forgotten. Each costs: ten a day must do.
create function private.ask_registry(organization uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  asked text;
begin
  perform private.limit_rate('registrations.check', organization::text, 10, 86400);
  update public.registrations
  set state = 'pending', reason = null, registry_name = null, national_number = null, expires_on = null, checked_at = null
  where organization_id = organization
  returning number into asked;
  perform private.enqueue('organizations.check-registration', jsonb_build_object(
    'organizationId', organization, 'number', asked, 'requestId', private.request_id()));
end;
$$;

/*
 * Says, changes or (null) takes back the own company's number. The same number
 * again asks the registry again, unless it is verified or being asked already.
 *
 * Security definer: clients write no registration themselves.
 */
create function public.set_registration_number(number text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  mine uuid := private.require_organization();
  known public.registrations;
begin
  if private.my_administered_organization() is null then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      'registrations.change', mine, 'organization', mine::text);
  end if;
  if not private.is_registration_number(number) then
    perform private.refuse(422, 'registration_number_invalid', 'This is not a commercial registration number.');
  end if;

  perform from public.organizations where id = mine for update;
  select * into known from public.registrations where organization_id = mine;
  if known.number = number and known.state in ('pending', 'verified') then
    return public.company_profile();
  end if;

  if number is null then
    delete from public.registrations where organization_id = mine;
  else
    insert into public.registrations (organization_id, number) values (mine, set_registration_number.number)
    on conflict (organization_id) do update set number = excluded.number;
    perform private.ask_registry(mine);
  end if;

  if known.organization_id is not null or number is not null then
    perform private.audit('registrations.change', mine, 'organization', mine::text,
      case when known.organization_id is not null then jsonb_build_object('state', known.state) end,
      case when number is not null then jsonb_build_object('state', 'pending') end);
  end if;
  return public.company_profile();
end;
$$;
comment on function public.set_registration_number is
  'Says the own company''s commercial registration number, has the registry asked, and returns the company''s profile. Null takes the number back. For admins.';
grant execute on function public.set_registration_number to authenticated;

-- What our services do --------------------------------------------------------

/*
 * Writes down what the registry said of a number, if it still is the company's.
 * Verified takes more than the registry knows: the name must be the company's, in
 * either script, and no other company here may be verified with the number.
 */
create function private.settle_registration(
  organization uuid, asked text, said public.registration_state, why text default null,
  registry_name text default null, national_number text default null, expires_on date default null)
returns public.registration_state
language plpgsql set search_path = ''
as $$
declare
  company public.organizations;
  before public.registration_state;
begin
  select * into company from public.organizations where id = organization for update;
  select state into before from public.registrations
  where organization_id = organization and number = asked and state in ('pending', 'unavailable') for update;
  if not found then
    return null;
  end if;

  if said = 'verified' then
    if not (private.is_same_company(registry_name, company.name)
      or coalesce(private.is_same_company(registry_name, company.name_ar), false)) then
      said := 'rejected';
      why := 'name_differs';
    elsif exists (
      select from public.registrations as other
      where other.national_number = settle_registration.national_number and other.state = 'verified'
        and other.organization_id <> organization) then
      said := 'rejected';
      why := 'number_taken';
    end if;
  end if;

  begin
    update public.registrations set
      state = said, reason = why, registry_name = settle_registration.registry_name,
      national_number = settle_registration.national_number, expires_on = settle_registration.expires_on,
      checked_at = now()
    where organization_id = organization;
  exception when unique_violation then
    -- Two companies with one number at the same moment: the question above saw neither.
    said := 'rejected';
    update public.registrations set state = said, reason = 'number_taken', checked_at = now()
    where organization_id = organization;
  end;

  if said <> before then
    perform private.audit('registrations.settle', organization, 'organization', organization::text,
      jsonb_build_object('state', before), jsonb_build_object('state', said));
  end if;
  return said;
end;
$$;

-- Asks again no sooner than the registry allows; the check that is promised now is the only one.
create function private.postpone_registration_check(organization uuid, asked text, seconds int, request_id text) returns void
language plpgsql set search_path = ''
as $$
declare
  promised uuid := private.enqueue('organizations.check-registration', jsonb_build_object(
    'organizationId', organization, 'number', asked, 'requestId', request_id));
begin
  update pgboss.job set start_after = now() + make_interval(secs => seconds)
  where name = 'organizations.check-registration' and id = promised;
end;
$$;

-- What follows ----------------------------------------------------------------

-- The mark that everybody sees.
create function private.registrations_mark() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.organizations
  set verified_at = (
    select checked_at from public.registrations where organization_id = organizations.id and state = 'verified')
  where id = coalesce(new.organization_id, old.organization_id);
  return null;
end;
$$;

create trigger after_change_mark after insert or delete or update of state on public.registrations
  for each row execute function private.registrations_mark();

-- The registry vouched for another name; and a name that was corrected may be the one it knows.
create function private.organizations_ask_registry() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.ask_registry(new.id)
  from public.registrations
  where organization_id = new.id
    and (state = 'verified' or reason in ('name_differs', 'number_taken'));
  return null;
end;
$$;

create trigger after_rename_ask_registry after update of name, name_ar on public.organizations
  for each row when (row (old.name, old.name_ar) is distinct from row (new.name, new.name_ar))
  execute function private.organizations_ask_registry();

-- A company that nobody belongs to any more keeps no number from those who come after it.
create function private.organizations_release_number() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.registrations where organization_id = new.id;
  return null;
end;
$$;

create trigger after_dissolve_release_number after update of status on public.organizations
  for each row when (new.status = 'dissolved' and old.status <> 'dissolved')
  execute function private.organizations_release_number();

/*
 * Directory — who is here: people and companies, found by name and narrowed by
 * what they tell.
 *
 * What one may not see is not matched either, or a search would tell it. The
 * functions are security definer because a policy keeps an index of trigrams
 * from being used (its operators could leak); so each asks who is there first,
 * looks at active people of active companies alone, and at details only where
 * their audience has the caller in it, as the policies of 11 and 13 say.
 */

-- Which people come next in the order of their names? Companies, by name or newest first?
create index people_by_name on public.profiles (name_folded, id) where status = 'active';
create index organizations_by_name on public.organizations (name_folded, id) where status = 'active';
create index organizations_newest on public.organizations (created_at desc, id) where status = 'active';

-- A person's tags as one text to search in, where every word has a space before it.
create function private.tags_text(tags text[]) returns text
language sql immutable strict parallel safe set search_path = ''
as $$ select ' ' || array_to_string(tags, ' ') $$;
-- Whoever updates a row keeps its indexes.
grant execute on function private.tags_text to authenticated;

-- In whose name, job or tags does a word begin so? In which company's name?
create index people_by_words on public.profiles using gin ((' ' || name_folded) extensions.gin_trgm_ops);
create index people_by_job on public.profiles using gin ((' ' || private.fold(job_title)) extensions.gin_trgm_ops);
create index people_by_tags on public.profile_details using gin (private.tags_text(expertise_folded) extensions.gin_trgm_ops);
create index organizations_by_words on public.organizations using gin ((' ' || name_folded) extensions.gin_trgm_ops);

/*
 * The first three words that are asked for, in the spelling of search; empty
 * where there is nothing to look for. What LIKE would take for a joker is a space.
 */
create function private.asked_words(query text) returns text[]
language sql immutable set search_path = ''
as $$
  select coalesce((array_remove(
    regexp_split_to_array(translate(private.fold(left(query, 100)), '%_\', '   '), '[[:space:]]+'), ''))[:3], '{}')
$$;

-- A word as it is looked for where the exact one is nowhere: without the Arabic article, which is in every second name.
create function private.core_of(word text) returns text
language sql immutable strict set search_path = ''
as $$ select regexp_replace(word, '^ال(?=...)', '') $$;

/*
 * How well a text answers, 0 to 100. Texts where each word begins as asked come
 * first, in the order asked before another order; then those that are nearly so.
 */
create function private.match_score(words text[], found text) returns int
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when found || ' ' like ' ' || phrase || ' %' then 100
    when found like ' ' || phrase || '%' then 95
    when found like '% ' || phrase || '%' then 90
    when found like all (select '% ' || word || '%' from unnest(words) as word) then 85
    else (80 * extensions.word_similarity(phrase, found))::int
  end
  from array_to_string(words, ' ') as phrase
$$;

-- Where a page ended: the score (or the time), who, and the name they are sorted by. Nulls where none is given.
create function private.directory_place(cursor text, out score bigint, out id uuid, out name text)
language plpgsql stable set search_path = ''
as $$
declare
  parts text[] := regexp_match(cursor, '^([0-9]{1,16})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(.*)$');
begin
  if parts is null and cursor is not null then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
  end if;
  score := parts[1];
  id := parts[2];
  name := parts[3];
end;
$$;

-- An industry and, for a section, its divisions.
create function private.industry_codes(industry text) returns text[]
language sql stable set search_path = ''
as $$ select array_agg(code) from public.industries where industry in (code, section) $$;

-- The values of a filter are texts, numbers or flags under these names, or it is refused.
create function private.require_filters(filters jsonb, names text[]) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if jsonb_typeof(filters) is distinct from 'object' or exists (
    select from jsonb_each(filters) as given
    where key <> all (names) or jsonb_typeof(value) not in ('string', 'number', 'boolean')
      or key = 'organization' and value #>> '{}' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      or key = 'city' and value #>> '{}' !~ '^[0-9]{1,9}$'
      or key = 'verified' and jsonb_typeof(value) <> 'boolean'
      or key = 'size' and value #>> '{}' <> all (enum_range(null::public.organization_size)::text[]))
  then
    perform private.refuse(422, 'invalid_input', 'These are not filters of this list.');
  end if;
end;
$$;

-- A company as lists and pages show it.
create view private.organization_summaries with (security_invoker = true) as
  select
    organizations.id,
    jsonb_build_object(
      'id', organizations.id,
      'name', organizations.name,
      'name_ar', organizations.name_ar,
      'logo', organizations.logo,
      'verified', organizations.verified_at is not null,
      'size', organizations.size,
      'industry', case when industries.code is not null then jsonb_build_object(
        'code', industries.code, 'name_en', industries.name_en, 'name_ar', industries.name_ar) end,
      'city', case when cities.id is not null then jsonb_build_object(
        'id', cities.id, 'name_en', cities.name_en, 'name_ar', cities.name_ar) end,
      'people_count', coalesce((statistics.counts ->> 'people.active.member')::int, 0)
        + coalesce((statistics.counts ->> 'people.active.admin')::int, 0)) as card
  from public.organizations
  left join public.organization_statistics as statistics on statistics.organization_id = organizations.id
  left join public.industries on industries.code = organizations.industry
  left join public.cities on cities.id = organizations.city_id;

-- A person as lists show them, with the expertise that the caller may see.
create view private.person_summaries with (security_invoker = true) as
  select
    profiles.id,
    jsonb_build_object(
      'id', profiles.id,
      'first_name', profiles.first_name,
      'last_name', profiles.last_name,
      'first_name_ar', profiles.first_name_ar,
      'last_name_ar', profiles.last_name_ar,
      'avatar', profiles.avatar,
      'job_title', profiles.job_title,
      'organization', jsonb_build_object(
        'id', organizations.id, 'name', organizations.name, 'name_ar', organizations.name_ar,
        'verified', organizations.verified_at is not null),
      'city', case when cities.id is not null then jsonb_build_object(
        'id', cities.id, 'name_en', cities.name_en, 'name_ar', cities.name_ar) end,
      'expertise', coalesce((
        select details.expertise from public.profile_details as details
        where details.person_id = profiles.id
          and (details.audience = 'community' or details.organization_id = (select private.my_organization()))), '{}')
    ) as card
  from public.profiles
  join public.memberships on memberships.user_id = profiles.id
  join public.organizations on organizations.id = memberships.organization_id
  left join public.cities on cities.id = organizations.city_id;

-- Whom the directory lists, with what a list may be narrowed by.
create view private.listed_people with (security_invoker = true) as
  select
    profiles.id,
    profiles.name_folded as name,
    ' ' || profiles.name_folded as name_words,
    ' ' || private.fold(profiles.job_title) as job_words,
    private.tags_text(details.expertise_folded) as tag_words,
    memberships.organization_id,
    organizations.industry,
    organizations.city_id,
    details.expertise_folded as tags,
    details.audience,
    details.organization_id as audience_organization_id
  from public.profiles
  join public.memberships on memberships.user_id = profiles.id
  join public.organizations on organizations.id = memberships.organization_id
  left join public.profile_details as details on details.person_id = profiles.id
  where profiles.status = 'active' and organizations.status = 'active';

/*
 * People by name, job or what they know. A search ranks at most a thousand whom
 * it finds in each of the three, and looks for words that are nearly as asked only
 * where the words themselves are nowhere. Without words everybody is listed, by name.
 *
 * Planned anew for each call: which index is best depends on what is asked, and
 * what is not asked falls away in planning. Never by reading all people: the planner
 * takes comparing trigrams for cheap and would.
 */
create function public.list_people(
  query text default null, filters jsonb default '{}', after text default null, size int default 20)
returns jsonb
language plpgsql stable security definer set search_path = ''
set plan_cache_mode = 'force_custom_plan' set enable_seqscan = off
as $$
declare
  mine uuid := private.require_organization();
  words text[] := private.asked_words(query);
  asked boolean := words <> '{}';
  nearly boolean := false;
  page_size int := private.page_size(list_people.size);
  company uuid; codes text[]; city int; tag text[];
  from_score bigint; from_id uuid; from_name text;
  cards jsonb[]; cursors text[]; found int;
begin
  perform private.require_filters(filters, array['organization', 'industry', 'city', 'expertise']);
  company := filters ->> 'organization';
  codes := case when filters ? 'industry' then coalesce(private.industry_codes(filters ->> 'industry'), '{}') end;
  city := filters ->> 'city';
  tag := case when filters ? 'expertise' then array[private.fold(filters ->> 'expertise')] end;
  select * into from_score, from_id, from_name from private.directory_place(after);
  perform set_config('pg_trgm.word_similarity_threshold', '0.5', true);

  loop
    with matched as materialized (
      (select person.id, person.name, 0 as score
       from private.listed_people as person
       where not asked
       and (company is null or person.organization_id = company)
       and (codes is null or person.industry = any (codes))
       and (city is null or person.city_id = city)
       and (tag is null or person.tags @> tag and (person.audience = 'community' or person.audience_organization_id = mine))
         and (from_id is null or (person.name, person.id) > (from_name, from_id))
       order by person.name, person.id
       limit case when from_id is null then 1001 else page_size + 1 end)
      union all
      (select person.id, person.name, private.match_score(words, person.name_words)
       from private.listed_people as person
       where asked and (case when nearly
           then person.name_words operator(extensions.%>) private.core_of(words[1])
             and (words[2] is null or person.name_words operator(extensions.%>) private.core_of(words[2]))
             and (words[3] is null or person.name_words operator(extensions.%>) private.core_of(words[3]))
           else person.name_words like '% ' || words[1] || '%'
             and (words[2] is null or person.name_words like '% ' || words[2] || '%')
             and (words[3] is null or person.name_words like '% ' || words[3] || '%')
         end)
       and (company is null or person.organization_id = company)
       and (codes is null or person.industry = any (codes))
       and (city is null or person.city_id = city)
       and (tag is null or person.tags @> tag and (person.audience = 'community' or person.audience_organization_id = mine))
       limit 1001)
      union all
      (select person.id, person.name, private.match_score(words, person.job_words) * 7 / 10
       from private.listed_people as person
       where asked and (case when nearly
           then person.job_words operator(extensions.%>) private.core_of(words[1])
             and (words[2] is null or person.job_words operator(extensions.%>) private.core_of(words[2]))
             and (words[3] is null or person.job_words operator(extensions.%>) private.core_of(words[3]))
           else person.job_words like '% ' || words[1] || '%'
             and (words[2] is null or person.job_words like '% ' || words[2] || '%')
             and (words[3] is null or person.job_words like '% ' || words[3] || '%')
         end)
       and (company is null or person.organization_id = company)
       and (codes is null or person.industry = any (codes))
       and (city is null or person.city_id = city)
       and (tag is null or person.tags @> tag and (person.audience = 'community' or person.audience_organization_id = mine))
       limit 1001)
      union all
      (select person.id, person.name, private.match_score(words, person.tag_words) * 7 / 10
       from private.listed_people as person
       where asked and (case when nearly
           then person.tag_words operator(extensions.%>) private.core_of(words[1])
             and (words[2] is null or person.tag_words operator(extensions.%>) private.core_of(words[2]))
             and (words[3] is null or person.tag_words operator(extensions.%>) private.core_of(words[3]))
           else person.tag_words like '% ' || words[1] || '%'
             and (words[2] is null or person.tag_words like '% ' || words[2] || '%')
             and (words[3] is null or person.tag_words like '% ' || words[3] || '%')
         end)
         and (person.audience = 'community' or person.audience_organization_id = mine)
       and (company is null or person.organization_id = company)
       and (codes is null or person.industry = any (codes))
       and (city is null or person.city_id = city)
       and (tag is null or person.tags @> tag and (person.audience = 'community' or person.audience_organization_id = mine))
       limit 1001)),
    ranked as materialized (
      select id, name, max(score) as score from matched group by id, name),
    listed as materialized (
      select * from ranked
      where from_id is null or (-score, name, id) > (-from_score, from_name, from_id)
      order by score desc, name, id
      limit page_size + 1)
    select
      array_agg(person.card order by listed.score desc, listed.name, listed.id),
      array_agg(format('%s_%s_%s', listed.score, listed.id, listed.name) order by listed.score desc, listed.name, listed.id),
      (select count(*) from ranked)
    into cards, cursors, found
    from listed join private.person_summaries as person on person.id = listed.id;

    exit when found > 0 or nearly or not asked or length(words[1]) < 3;
    nearly := true;
  end loop;

  return jsonb_build_object(
    'people', to_jsonb(coalesce(cards[:page_size], '{}')),
    'count', case when from_id is null then least(found, 1001) end,
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_people is
  'Active people by name; with words, those whose names, jobs or expertise answer, best first. Filters: organization, industry (section or division), city, expertise. `count` comes with the first page; 1001 means more than a thousand.';
grant execute on function public.list_people to authenticated;

-- Companies by name or newest first; with words, as well as they answer, out of at most a thousand.
create function public.list_organizations(
  query text default null, filters jsonb default '{}', sort text default 'name', after text default null, size int default 20)
returns jsonb
language plpgsql stable security definer set search_path = ''
set plan_cache_mode = 'force_custom_plan' set enable_seqscan = off
as $$
declare
  words text[] := private.asked_words(query);
  asked boolean := words <> '{}';
  nearly boolean := false;
  newest boolean := not asked and sort = 'newest';
  page_size int := private.page_size(list_organizations.size);
  codes text[]; band public.organization_size; city int; is_verified boolean;
  from_score bigint; from_id uuid; from_name text;
  cards jsonb[]; cursors text[]; found int;
begin
  perform private.require_organization();
  perform private.require_filters(filters, array['industry', 'size', 'city', 'verified']);
  if sort is null or sort not in ('name', 'newest') then
    perform private.refuse(422, 'invalid_input', 'This list is sorted by name or newest first.');
  end if;
  codes := case when filters ? 'industry' then coalesce(private.industry_codes(filters ->> 'industry'), '{}') end;
  band := filters ->> 'size';
  city := filters ->> 'city';
  is_verified := filters ->> 'verified';
  select * into from_score, from_id, from_name from private.directory_place(after);
  perform set_config('pg_trgm.word_similarity_threshold', '0.5', true);

  -- What is constant in a call falls away in planning, so that each of the three orders walks its own index.
  loop
    with matched as materialized (
      select company.id, company.name_folded as name,
        case
          when asked then private.match_score(words, ' ' || company.name_folded)
          when newest then (extract(epoch from company.created_at) * 1000000)::bigint
          else 0
        end as score
      from public.organizations as company
      where company.status = 'active'
        and (not asked or (case when nearly
         then (' ' || company.name_folded) operator(extensions.%>) private.core_of(words[1])
           and (words[2] is null or (' ' || company.name_folded) operator(extensions.%>) private.core_of(words[2]))
           and (words[3] is null or (' ' || company.name_folded) operator(extensions.%>) private.core_of(words[3]))
         else (' ' || company.name_folded) like '% ' || words[1] || '%'
           and (words[2] is null or (' ' || company.name_folded) like '% ' || words[2] || '%')
           and (words[3] is null or (' ' || company.name_folded) like '% ' || words[3] || '%')
       end))
        and (codes is null or company.industry = any (codes))
        and (band is null or company.size = band)
        and (city is null or company.city_id = city)
        and (is_verified is null or (company.verified_at is not null) = is_verified)
        and (from_id is null or asked or newest or (company.name_folded, company.id) > (from_name, from_id))
        and (from_id is null or not newest
          or company.created_at <= to_timestamp(0) + from_score * interval '1 microsecond')
      order by
        case when newest then company.created_at end desc,
        case when not asked and not newest then company.name_folded end,
        case when not asked then company.id end
      limit 1001),
    listed as materialized (
      select * from matched
      where from_id is null or (-score, name, id) > (-from_score, from_name, from_id)
      order by score desc, name, id
      limit page_size + 1)
    select
      array_agg(organization.card order by listed.score desc, listed.name, listed.id),
      array_agg(format('%s_%s_%s', listed.score, listed.id, listed.name) order by listed.score desc, listed.name, listed.id),
      (select count(*) from matched)
    into cards, cursors, found
    from listed join private.organization_summaries as organization on organization.id = listed.id;

    exit when found > 0 or nearly or not asked or length(words[1]) < 3;
    nearly := true;
  end loop;

  return jsonb_build_object(
    'organizations', to_jsonb(coalesce(cards[:page_size], '{}')),
    'count', case when from_id is null then found end,
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_organizations is
  'Active companies, sorted by `name` or `newest`; with words, those whose names answer, best first. Filters: industry (section or division), size, city, verified. `count` comes with the first page; 1001 means more than a thousand.';
grant execute on function public.list_organizations to authenticated;

-- A company's page: what it tells of itself, and the first of its people by name.
create function public.organization_page(organization uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  page jsonb;
begin
  perform private.require_organization();
  select summaries.card || jsonb_build_object(
    'website', companies.website,
    'about', companies.about,
    'verified_at', companies.verified_at,
    'since', companies.created_at,
    'people', coalesce((
      select jsonb_agg(person.card order by first.name, first.id)
      from (
        select listed.id, listed.name from private.listed_people as listed
        where listed.organization_id = organization_page.organization
        order by listed.name, listed.id limit 12) as first
      join private.person_summaries as person on person.id = first.id), '[]'))
  into page
  from public.organizations as companies
  join private.organization_summaries as summaries on summaries.id = companies.id
  where companies.id = organization_page.organization and companies.status = 'active';

  if page is null then
    perform private.refuse(404, 'not_found', 'There is no such company.');
  end if;
  return page;
end;
$$;
comment on function public.organization_page is
  'An active company as everybody here may see it, with the first twelve of its people by name.';
grant execute on function public.organization_page to authenticated;

/*
 * Notifications, tables — what a person is told, how, and when.
 *
 * A notice is about one thread (a topic, say) and one kind; while it is unread,
 * what happens there joins it instead of making another: "5 new replies in …".
 * It keeps ids alone. Names and titles are looked up when it is read, under its
 * reader's rights of that moment, so that nothing leaks later.
 */

-- Tables ------------------------------------------------------------------

create type public.notification_kind as enum (
  'reply', 'mention', 'quote', 'best_answer', 'watched_topic', 'moderation', 'nudge');
create type public.mail_pace as enum ('at_once', 'daily', 'weekly', 'none');

create table public.notifications (
  id          uuid primary key default gen_random_uuid(),
  user_id     uuid not null references public.profiles on delete cascade,
  kind        public.notification_kind not null,
  thread      text not null
    constraint thread_names_a_row check (thread ~ '^[a-z_]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
  in_app      boolean not null default true,
  event_count int not null default 1 check (event_count > 0),
  created_at  timestamptz not null default clock_timestamp(),
  newest_at   timestamptz not null default clock_timestamp(),
  read_at     timestamptz
);
comment on table public.notifications is
  'What a person is told. `thread` is what it is about, `<table>:<id>`; `event_count` how often it happened; one that is not `in_app` is there for a mail alone.';

-- Is there an unread one that this joins? How many are unread?
create unique index one_unread_notice_a_thread on public.notifications (user_id, kind, thread) where read_at is null;
-- What was this person told, newest first?
create index on public.notifications (user_id, newest_at desc, id desc);

create table private.notification_mails (
  id              uuid primary key default gen_random_uuid(),
  user_id         uuid not null references public.profiles on delete cascade,
  pace            public.mail_pace not null check (pace <> 'none'),
  notification_id uuid references public.notifications on delete set null,
  thread          text,
  slot            timestamptz,
  due_at          timestamptz not null default now(),
  closed_at       timestamptz,
  sent_at         timestamptz,
  constraint at_once_about_one_thread check ((pace = 'at_once') = (thread is not null)),
  constraint digests_are_about_no_notice check (pace = 'at_once' or notification_id is null),
  constraint digests_have_a_slot check ((pace = 'at_once') = (slot is null)),
  -- A person's digest of one hour goes once.
  unique (user_id, pace, slot)
);
comment on table private.notification_mails is
  'A mail that is owed: about one notice of a `thread`, or the digest of an hour (`slot`). What happened joins it until it is closed, which is when it is written. It outlives a notice that was taken back.';

-- Which mail does what happens now join?
create unique index one_open_mail_a_notice on private.notification_mails (notification_id) where closed_at is null;
create index on private.notification_mails (notification_id);
-- When was this person last mailed about this thread?
create index on private.notification_mails (user_id, thread, sent_at desc) where thread is not null;

create table public.notification_events (
  notification_id uuid not null references public.notifications on delete cascade,
  item_id         uuid not null,
  user_id         uuid not null references public.profiles on delete cascade,
  actor_id        uuid references public.profiles on delete set null,
  place           int not null default 0,
  created_at      timestamptz not null default clock_timestamp(),
  mail_id         uuid references private.notification_mails on delete set null,
  primary key (notification_id, item_id)
);
comment on table public.notification_events is
  'What happened, one by one: `item_id` is the row that tells it (a post), `place` where that stands in its thread; `mail_id` the mail that says it.';

-- What was told because of this row?
create index on public.notification_events (item_id);
create index on public.notification_events (user_id);
create index on public.notification_events (actor_id);
-- What does this mail say?
create index on public.notification_events (mail_id);
-- What has no mail said yet?
create index on public.notification_events (created_at) where mail_id is null;

create table public.notification_preferences (
  user_id uuid not null references public.profiles on delete cascade,
  kind    public.notification_kind not null,
  in_app  boolean not null,
  email   public.mail_pace not null,
  primary key (user_id, kind)
);
comment on table public.notification_preferences is
  'How a person wants to be told of a kind. No row: as usual (private.usual_mail_pace).';

create table public.digest_times (
  user_id uuid primary key references public.profiles on delete cascade,
  hour    int not null check (hour between 0 and 23),
  weekday int not null check (weekday between 0 and 6)
);
comment on table public.digest_times is
  'When a person''s digests go, by the clock of their time zone; 0 is Sunday. No row: at eight, the weekly one on Sunday.';

create table private.unsubscribe_tokens (
  token_hash bytea primary key constraint hash_is_sha256 check (length(token_hash) = 32),
  user_id    uuid not null references public.profiles on delete cascade,
  kinds      public.notification_kind[] not null check (cardinality(kinds) > 0),
  made_at    timestamptz not null default now()
);
comment on table private.unsubscribe_tokens is
  'Hashes of what stands in the links that end mails of these kinds, without signing in.';

create index on private.unsubscribe_tokens (user_id);

-- Who may -----------------------------------------------------------------

alter table public.notifications enable row level security;
grant select on public.notifications to authenticated;

create policy select_own on public.notifications
  for select to authenticated
  using (user_id = (select auth.uid()) and in_app and (select private.my_organization()) is not null);

alter table public.notification_events enable row level security;
grant select (notification_id, item_id, user_id, actor_id, place, created_at)
  on public.notification_events to authenticated;

create policy select_own on public.notification_events
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.notification_preferences enable row level security;
grant select on public.notification_preferences to authenticated;

create policy select_own on public.notification_preferences
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.digest_times enable row level security;
grant select on public.digest_times to authenticated;

create policy select_own on public.digest_times
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);

/*
 * Notifications, preferences — each person says, kind by kind, what the centre
 * and what the mailbox is told. Whoever says nothing is mailed at once about
 * what speaks to them, and once a day about what they only watch.
 */

-- What one may do -----------------------------------------------------------

create function private.usual_mail_pace(kind public.notification_kind) returns public.mail_pace
language plpgsql immutable set search_path = ''
as $$
begin
  return case kind when 'watched_topic' then 'daily' else 'at_once' end::public.mail_pace;
end;
$$;
grant execute on function private.usual_mail_pace to authenticated;

create function public.my_notification_settings() returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  perform private.require_organization();
  return jsonb_build_object(
    'kinds', (
      select jsonb_agg(jsonb_build_object(
        'kind', kinds.kind,
        'in_app', coalesce(chosen.in_app, true),
        'email', coalesce(chosen.email, private.usual_mail_pace(kinds.kind))) order by kinds.kind)
      from unnest(enum_range(null::public.notification_kind)) as kinds (kind)
      left join public.notification_preferences as chosen on chosen.user_id = auth.uid() and chosen.kind = kinds.kind),
    'hour', coalesce((select hour from public.digest_times where user_id = auth.uid()), 8),
    'weekday', coalesce((select weekday from public.digest_times where user_id = auth.uid()), 0),
    'time_zone', (select time_zone from public.profiles where id = auth.uid()));
end;
$$;
comment on function public.my_notification_settings is
  'How the caller is told: {kinds: [{kind, in_app, email}], hour, weekday, time_zone}.';
grant execute on function public.my_notification_settings to authenticated;

-- Security definer, as the next: clients have no right to write the tables.
create function public.set_notification_preference(
  kind public.notification_kind, in_app boolean, email public.mail_pace) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if kind is null or in_app is null or email is null then
    perform private.refuse(422, 'invalid_input', 'Say the kind, whether the centre is told, and how often a mail goes.');
  end if;
  insert into public.notification_preferences as chosen (user_id, kind, in_app, email)
  values (auth.uid(), set_notification_preference.kind, set_notification_preference.in_app, set_notification_preference.email)
  on conflict on constraint notification_preferences_pkey do update set in_app = excluded.in_app, email = excluded.email;
end;
$$;
comment on function public.set_notification_preference is
  'Says how the caller is told of a kind: in the centre or not, and by mail at_once, daily, weekly or none.';
grant execute on function public.set_notification_preference to authenticated;

create function public.set_digest_time(hour int, weekday int) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if (hour between 0 and 23 and weekday between 0 and 6) is not true then
    perform private.refuse(422, 'invalid_input', 'An hour is 0 to 23, a weekday 0 (Sunday) to 6.');
  end if;
  insert into public.digest_times as chosen (user_id, hour, weekday)
  values (auth.uid(), set_digest_time.hour, set_digest_time.weekday)
  on conflict on constraint digest_times_pkey do update set hour = excluded.hour, weekday = excluded.weekday;
end;
$$;
comment on function public.set_digest_time is
  'Says when the caller''s digests go, by the clock of their time zone: the hour, and the weekday of the weekly one (0 is Sunday).';
grant execute on function public.set_digest_time to authenticated;

/*
 * Notifications, notifying — the one function that tells, for every feature.
 *
 * Notices are locked in the order of their people, then their ids, by all who
 * change more than one.
 */

-- What follows ----------------------------------------------------------------

/*
 * Tells people that something happened in a thread. Nobody is told of their own
 * deeds, nobody who is not active, nobody outside of `audience` (an organization;
 * null is the community), nobody who wants to hear nothing of the kind. Whoever
 * calls leaves out those who muted the thread.
 *
 * `item` is the row that tells it and `place` where it stands in the thread; where
 * the same row tells it again, it is told again and counted once. Cheap where there
 * is nobody to tell.
 */
create function private.notify(
  recipients uuid[], kind public.notification_kind, thread text, item uuid, place int, actor uuid,
  audience uuid default null) returns void
language plpgsql security definer set search_path = ''
as $$
-- The target of `on conflict` can't be qualified.
#variable_conflict use_column
begin
  if coalesce(cardinality(recipients), 0) = 0 then
    return;
  end if;

  with told as (
    select profiles.id as user_id, coalesce(chosen.in_app, true) as in_app,
      coalesce(chosen.email, private.usual_mail_pace(notify.kind)) as email
    from public.profiles
    join public.memberships on memberships.user_id = profiles.id
      and (notify.audience is null or memberships.organization_id = notify.audience)
    left join public.notification_preferences as chosen on chosen.user_id = profiles.id and chosen.kind = notify.kind
    where profiles.id = any (recipients) and profiles.status = 'active' and profiles.id is distinct from actor),
  notices as (
    insert into public.notifications as notice (user_id, kind, thread, in_app)
    select told.user_id, notify.kind, notify.thread, told.in_app from told
    where told.in_app or told.email <> 'none'
    order by told.user_id
    on conflict (user_id, kind, thread) where read_at is null do update set
      event_count = notice.event_count + case when exists (
        select from public.notification_events as event
        where event.notification_id = notice.id and event.item_id = notify.item) then 0 else 1 end,
      in_app = notice.in_app or excluded.in_app,
      newest_at = excluded.newest_at
    returning notice.id, notice.user_id),
  mails as (
    insert into private.notification_mails as mail (user_id, pace, notification_id, thread, due_at)
    select notices.user_id, 'at_once', notices.id, notify.thread,
      private.mail_due_at(notices.id, notices.user_id, notify.thread)
    from notices join told on told.user_id = notices.user_id and told.email = 'at_once'
    on conflict (notification_id) where closed_at is null do update set due_at = mail.due_at
    returning mail.id, mail.notification_id)
  insert into public.notification_events (notification_id, item_id, user_id, actor_id, place, mail_id)
  select notices.id, notify.item, notices.user_id, notify.actor, notify.place, mails.id
  from notices left join mails on mails.notification_id = notices.id
  on conflict (notification_id, item_id) do update set
    actor_id = excluded.actor_id, created_at = excluded.created_at, mail_id = excluded.mail_id;
end;
$$;

/*
 * Who has just read the thread needs no mail: half a minute passes first. And a
 * lively thread is no reason for many mails: one an hour about one notice, and
 * whoever takes back what was mailed does not get the next mail out sooner.
 */
create function private.mail_due_at(notice uuid, person uuid, thread text) returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select greatest(now() + interval '30 seconds', max(mail.sent_at) + interval '1 hour')
    from private.notification_mails as mail
    where mail.user_id = person and mail.thread = mail_due_at.thread
      and (mail.notification_id = notice or mail.notification_id is null));
end;
$$;

-- Takes back what nobody has read yet of a row that is gone: of one kind, or of all.
create function private.take_back_notices(item uuid, kind public.notification_kind default null) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform from public.notifications as notice
  where notice.id in (select notification_id from public.notification_events where item_id = item)
  order by notice.user_id, notice.id
  for update;

  with gone as (
    delete from public.notification_events as event using public.notifications as notice
    where event.item_id = item and notice.id = event.notification_id and notice.read_at is null
      and (take_back_notices.kind is null or notice.kind = take_back_notices.kind)
    returning event.notification_id),
  fewer as (
    update public.notifications as notice set event_count = event_count - 1
    from gone where notice.id = gone.notification_id and event_count > 1)
  delete from public.notifications as notice using gone
  where notice.id = gone.notification_id and event_count = 1;
end;
$$;

-- What one may do -----------------------------------------------------------

/*
 * All is all that one could see: what is for a mail alone is read where its thread
 * is. Security definer: clients have no right to write the table.
 */
create function public.mark_notifications_read(ids uuid[] default null, thread text default null) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  with mine as (
    select notice.id from public.notifications as notice
    where notice.user_id = auth.uid() and notice.read_at is null
      and (ids is null or notice.id = any (ids))
      and case when mark_notifications_read.thread is null then notice.in_app
        else notice.thread = mark_notifications_read.thread end
    order by notice.id for update)
  update public.notifications as notice set read_at = now() from mine where notice.id = mine.id;
end;
$$;
comment on function public.mark_notifications_read is
  'Marks notices of the caller as read: these, those of a thread (`topic:<id>`), or all. Doing it again changes nothing.';
grant execute on function public.mark_notifications_read to authenticated;

-- What follows, live ----------------------------------------------------------

/*
 * user:<id> hears of what is new and of what was read on another device; the
 * page asks for the rest under its reader's rights. What is for a mail alone is
 * said too: a page that has its thread open then answers that its reader is there.
 */
create function private.notifications_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform realtime.send(jsonb_build_object('notification_id', id), 'notified', 'user:' || user_id, true)
    from new_rows;
  else
    perform realtime.send(jsonb_build_object('notification_id', new_rows.id), 'notified', 'user:' || new_rows.user_id, true)
    from new_rows join old_rows on old_rows.id = new_rows.id
    where new_rows.newest_at > old_rows.newest_at;
    perform realtime.send('{}', 'notifications_read', 'user:' || reader.user_id, true)
    from (
      select distinct new_rows.user_id from new_rows join old_rows on old_rows.id = new_rows.id
      where new_rows.in_app and (new_rows.read_at is distinct from old_rows.read_at
        or new_rows.event_count < old_rows.event_count)) as reader;
  end if;
  return null;
end;
$$;

create trigger after_insert_announce after insert on public.notifications
  referencing new table as new_rows for each statement execute function private.notifications_announce();

create trigger after_update_announce after update on public.notifications
  referencing old table as old_rows new table as new_rows for each statement execute function private.notifications_announce();

create function private.notifications_retract() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send('{}', 'notifications_read', 'user:' || reader.user_id, true)
  from (select distinct user_id from old_rows where in_app and read_at is null) as reader;
  return null;
end;
$$;

create trigger after_delete_retract after delete on public.notifications
  referencing old table as old_rows for each statement execute function private.notifications_retract();

/*
 * Notifications, mailing — which mail says what. A row of notification_mails is
 * one mail; what it says is settled before it is sent, so that a job that runs
 * twice means the same mail.
 */

-- What follows ----------------------------------------------------------------

create function private.notification_mails_promise() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  promised uuid := private.enqueue('notifications.send-mail', jsonb_build_object('mailId', new.id));
begin
  update pgboss.job set start_after = new.due_at where name = 'notifications.send-mail' and id = promised;
  return null;
end;
$$;

create trigger after_insert_promise after insert on private.notification_mails
  for each row execute function private.notification_mails_promise();

-- From now on what happens is said by another mail. For the worker; the notice is locked as by whoever notifies.
create function private.close_notification_mail(mail uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  perform from public.notifications
  where id = (select notification_id from private.notification_mails where id = mail) for no key update;
  update private.notification_mails set closed_at = clock_timestamp() where id = mail and closed_at is null;
end;
$$;

/*
 * The last moment, up to `at`, when the clock of a zone showed this hour (of this
 * weekday; null is any). An hour that a zone skips in spring is the one after it;
 * one that comes twice in autumn counts once.
 */
create function private.last_slot(at timestamptz, zone text, hour int, weekday int default null) returns timestamptz
language sql stable set search_path = ''
as $$
  select max(slot)
  from generate_series(0, 7) as days
  cross join lateral (select date_trunc('day', at at time zone zone) - make_interval(days => days) as day) as of_day
  cross join lateral (select (day + make_interval(hours => hour)) at time zone zone as slot) as moment
  where slot <= at and (weekday is null or date_part('dow', day) = weekday)
$$;

/*
 * Makes the digests whose hour has come, each with what it says: what is unread,
 * happened before the hour, and was said by no mail. What still waits of a kind that
 * goes at once by now is in the daily one. Those a worker missed are made when it is
 * back, but nothing older than ten days. Answers how many were made.
 */
create function private.make_digests(at timestamptz default now()) returns int
language plpgsql set search_path = ''
as $$
declare
  made int;
begin
  with waiting as materialized (
    select event.notification_id, event.item_id, event.user_id, event.created_at,
      case wanted.pace when 'at_once' then 'daily' else wanted.pace end as pace
    from public.notification_events as event
    join public.notifications as notice on notice.id = event.notification_id and notice.read_at is null
    left join public.notification_preferences as chosen on chosen.user_id = event.user_id and chosen.kind = notice.kind
    cross join lateral (select coalesce(chosen.email, private.usual_mail_pace(notice.kind)) as pace) as wanted
    where event.mail_id is null and event.created_at between at - interval '10 days' and at),
  slots as (
    select reader.user_id, reader.pace,
      private.last_slot(at, profiles.time_zone, coalesce(times.hour, 8),
        case reader.pace when 'weekly' then coalesce(times.weekday, 0) end) as slot
    from (select distinct user_id, pace from waiting where pace in ('daily', 'weekly')) as reader
    join public.profiles on profiles.id = reader.user_id and profiles.status = 'active'
    left join public.digest_times as times on times.user_id = reader.user_id),
  digests as (
    insert into private.notification_mails (user_id, pace, slot, closed_at)
    select slots.user_id, slots.pace, slots.slot, now() from slots
    where exists (
      select from waiting
      where waiting.user_id = slots.user_id and waiting.pace = slots.pace and waiting.created_at <= slots.slot)
    order by slots.user_id, slots.pace
    on conflict (user_id, pace, slot) do nothing
    returning id, user_id, pace, slot),
  said as (
    update public.notification_events as event set mail_id = digests.id
    from waiting join digests on digests.user_id = waiting.user_id and digests.pace = waiting.pace
    where waiting.created_at <= digests.slot
      and event.notification_id = waiting.notification_id and event.item_id = waiting.item_id)
  select count(*) into made from digests;
  return made;
end;
$$;

/*
 * Notifications, unsubscribing — the link in a mail ends mails like it, without
 * signing in. Its token is made by the worker as it mails and kept here as a
 * hash; it can do nothing but end mails. For functions/unsubscribe alone.
 */

-- What one may do -----------------------------------------------------------

-- The link a token belongs to; wrong ones are counted by network.
create function private.unsubscribe_link(token text, network text) returns private.unsubscribe_tokens
language plpgsql set search_path = ''
as $$
declare
  subject text := encode(sha256(convert_to(network, 'utf8')), 'hex');
  link private.unsubscribe_tokens;
  taken jsonb;
begin
  if private.rate_left('unsubscribe.guess', subject, 20, 3600) = 0 then
    perform private.refuse_until_next_window(3600);
  end if;
  select * into link from private.unsubscribe_tokens where token_hash = private.token_hash(token);
  if link.token_hash is null then
    taken := public.take_rate_limit('unsubscribe.guess', subject, 20, 3600);
    if not (taken ->> 'allowed')::boolean then
      perform private.refuse_for((taken ->> 'retry_after')::int);
    end if;
  end if;
  return link;
end;
$$;

create function public.read_unsubscribe_link(token text, network text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  link private.unsubscribe_tokens := private.unsubscribe_link(token, network);
begin
  return case when link.token_hash is null then 'null' else jsonb_build_object('kinds', link.kinds) end;
end;
$$;
comment on function public.read_unsubscribe_link is
  'Which kinds of mail a link ends: {kinds}, or null where the token is nobody''s. Changes nothing. For functions/unsubscribe.';
grant execute on function public.read_unsubscribe_link to service_role;

create function public.unsubscribe(token text, everything boolean, network text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  link private.unsubscribe_tokens := private.unsubscribe_link(token, network);
  ended public.notification_kind[] :=
    case when everything then enum_range(null::public.notification_kind) else link.kinds end;
begin
  if link.token_hash is null then
    return 'null';
  end if;
  insert into public.notification_preferences as chosen (user_id, kind, in_app, email)
  select link.user_id, kind, true, 'none' from unnest(ended) as kind
  on conflict on constraint notification_preferences_pkey do update set email = 'none';
  return jsonb_build_object('kinds', ended);
end;
$$;
comment on function public.unsubscribe is
  'Ends mails of the kinds a link is about, or of all; the centre goes on. {kinds}, or null where the token is nobody''s. For functions/unsubscribe.';
grant execute on function public.unsubscribe to service_role;

/*
 * Reputation — what a person's contributions are worth to others.
 *
 * The rooms where people act say what is worth how much, and give or take it by
 * private.credit() in the transaction of the change. Here it is only added up:
 * reading costs one row, whatever somebody has written.
 */

-- Tables ------------------------------------------------------------------

create table public.reputations (
  person_id      uuid primary key references public.profiles on delete cascade,
  score          int not null default 0 check (score >= 0),
  votes_received int not null default 0 check (votes_received >= 0),
  answers_given  int not null default 0 check (answers_given >= 0)
);
comment on table public.reputations is
  'What others find useful of a person: a row for each. `score` is points, `votes_received` votes for their posts, `answers_given` replies chosen as the best answer. Counts what the whole community can read.';

-- Who may -----------------------------------------------------------------

alter table public.reputations enable row level security;
grant select on public.reputations to authenticated;

create policy select_active on public.reputations
  for select to authenticated
  using ((select private.my_organization()) is not null);

-- What follows ----------------------------------------------------------------

-- Everybody has their row from their first moment.
create function private.profiles_begin_reputation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.reputations (person_id) values (new.id);
  return null;
end;
$$;

create trigger after_insert_begin_reputation after insert on public.profiles
  for each row execute function private.profiles_begin_reputation();

/*
 * Gives a person what others found, or takes it back with negative numbers. The
 * last row a transaction locks; who credits several people does so in the order
 * of their ids. Whoever is gone is not credited.
 */
create function private.credit(person uuid, votes bigint, answers bigint, points bigint) returns void
language sql security definer set search_path = ''
as $$
  update public.reputations
  set votes_received = votes_received + votes, answers_given = answers_given + answers, score = score + points
  where person_id = person
$$;

/*
 * Forum, documents — what a post may contain.
 *
 * A post is a ProseMirror document as JSON, never HTML. The list below is the
 * editor's schema (web/src/ui/rich-text/schema.ts) said again where no client
 * can go around it: nodes, their content, their attributes, marks, link schemes.
 */

-- Is it one the editor could have made? Looks at all nodes in one statement: a
-- function called per node costs twenty times as much. Any node or mark without
-- an answer counts as a no, since a check constraint takes null for a yes.
create function private.is_document(document jsonb) returns boolean
language plpgsql immutable set search_path = ''
as $$
declare
  a_uuid constant text := '^"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"$';
  -- One that nothing needs to be quoted in; any other scheme may run something.
  an_address constant text :=
    '^[^\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff<>"`]+$';
  -- A browser reads %65 in a host as a letter: so a host would be spelled past a list of hosts.
  a_spelled_host constant text := '^https?:[/\\]*[^/\\?#]*%';
  -- A name that ends its line or turns what stands around it.
  no_name constant text := '[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]';
begin
  if document is null or jsonb_typeof(document) <> 'object' or octet_length(document::text) > 100000 then
    return false;
  end if;

  return (
    -- A node without its children, the children, and where it stands.
    with recursive nodes (node, content, type, parent, depth) as (
      select document - 'content', document -> 'content', document ->> 'type', '', 0
      union all
      select
        case jsonb_typeof(child) when 'object' then child - 'content' end,
        case jsonb_typeof(child) when 'object' then child -> 'content' end,
        child ->> 'type', nodes.type, nodes.depth + 1
      from nodes,
        jsonb_array_elements(case jsonb_typeof(content) when 'array' then content else '[]' end) as child
      where nodes.depth <= 24
    ),
    judged as (
      select nodes.type,
        nodes.depth <= 24
        and node - array['type', 'attrs', 'marks', 'text'] = '{}'

        and case nodes.parent
          when '' then nodes.type = 'doc'
          when 'paragraph' then nodes.type in ('text', 'hardBreak', 'mention')
          when 'heading' then nodes.type in ('text', 'hardBreak', 'mention')
          when 'codeBlock' then nodes.type = 'text'
          when 'bulletList' then nodes.type = 'listItem'
          when 'orderedList' then nodes.type = 'listItem'
          when 'tableRow' then nodes.type in ('tableCell', 'tableHeader')
          when 'table' then nodes.type = 'tableRow'
          else nodes.parent in ('doc', 'blockquote', 'listItem', 'tableCell', 'tableHeader') and (
            nodes.type in ('paragraph', 'heading', 'bulletList', 'orderedList', 'blockquote', 'codeBlock',
              'horizontalRule', 'image', 'attachment')
            or nodes.type = 'table' and nodes.parent = 'doc')
        end

        and (content is null or jsonb_typeof(content) = 'array')
        and case
          when nodes.type = 'text' then content is null
          when nodes.type in ('hardBreak', 'mention', 'horizontalRule', 'image', 'attachment') then
            content is null or content = '[]'
          when nodes.type = 'listItem' then content #>> '{0,type}' = 'paragraph'
          when nodes.type = 'table' then content -> 0 is not null and content -> 50 is null
          when nodes.type = 'tableRow' then content is null or (
            select coalesce(sum(coalesce(substring(cell #>> '{attrs,colspan}' from '^[0-9]{1,2}$')::int, 1)), 0) <= 20
            from jsonb_array_elements(content) as cell)
          when nodes.type in ('paragraph', 'heading', 'codeBlock') then true
          else content -> 0 is not null
        end

        and case when nodes.type = 'text' then jsonb_typeof(node -> 'text') = 'string' and node ->> 'text' <> ''
          else not node ? 'text' end

        and case
          when not node ? 'attrs' then nodes.type not in ('heading', 'mention', 'image', 'attachment')
          when jsonb_typeof(node -> 'attrs') <> 'object' then false
          when nodes.type = 'heading' then
            (node -> 'attrs') - 'level' = '{}' and node #> '{attrs,level}' in ('2', '3', '4')
          when nodes.type = 'orderedList' then
            (node -> 'attrs') - 'start' = '{}' and coalesce(node #> '{attrs,start}', '1')::text ~ '^[0-9]{1,4}$'
          when nodes.type = 'codeBlock' then
            (node -> 'attrs') - 'language' = '{}'
            and coalesce(node #> '{attrs,language}', 'null')::text ~ '^(null|"[a-z0-9+#.-]{0,32}")$'
          when nodes.type = 'blockquote' then
            (node -> 'attrs') - array['post', 'author'] = '{}'
            and coalesce(coalesce(node #> '{attrs,post}', 'null')::text ~ ('^null$|' || a_uuid), false)
            and case jsonb_typeof(coalesce(node #> '{attrs,author}', 'null'))
              when 'null' then true
              when 'string' then length(node #>> '{attrs,author}') between 1 and 160
                and node #>> '{attrs,author}' !~ no_name end
          when nodes.type = 'mention' then
            (node -> 'attrs') - array['id', 'label'] = '{}'
            and (node #> '{attrs,id}')::text ~ a_uuid
            and jsonb_typeof(node #> '{attrs,label}') = 'string'
            and length(node #>> '{attrs,label}') between 1 and 160
            and node #>> '{attrs,label}' !~ no_name
          when nodes.type in ('tableCell', 'tableHeader') then
            (node -> 'attrs') - array['colspan', 'rowspan', 'colwidth'] = '{}'
            and coalesce(node #> '{attrs,colspan}', '1')::text ~ '^([1-9]|1[0-9]|20)$'
            and coalesce(node #> '{attrs,rowspan}', '1')::text ~ '^([1-9]|[1-4][0-9]|50)$'
            and coalesce(node #> '{attrs,colwidth}', 'null')::text
              ~ '^(null|\[[0-9]{1,4}(, [0-9]{1,4}){0,19}\])$'
          when nodes.type = 'image' then
            (node -> 'attrs') - array['file', 'alt', 'width', 'height'] = '{}'
            and (node #> '{attrs,file}')::text ~ a_uuid
            and jsonb_typeof(coalesce(node #> '{attrs,alt}', '""')) = 'string'
            and length(coalesce(node #>> '{attrs,alt}', '')) <= 300
            and coalesce(node #> '{attrs,width}', 'null')::text ~ '^(null|[1-9][0-9]{0,4})$'
            and coalesce(node #> '{attrs,height}', 'null')::text ~ '^(null|[1-9][0-9]{0,4})$'
          when nodes.type = 'attachment' then
            (node -> 'attrs') - array['file', 'name', 'size', 'type'] = '{}'
            and (node #> '{attrs,file}')::text ~ a_uuid
            and jsonb_typeof(node #> '{attrs,name}') = 'string'
            and length(node #>> '{attrs,name}') between 1 and 255
            and (node #> '{attrs,size}')::text ~ '^(0|[1-9][0-9]{0,11})$'
            and (node #> '{attrs,type}')::text ~ '^"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}"$'
          else node -> 'attrs' = '{}'
        end

        and case
          when not node ? 'marks' then true
          when jsonb_typeof(node -> 'marks') <> 'array' then false
          when node -> 'marks' = '[]' then true
          when nodes.parent not in ('paragraph', 'heading') then false
          else (
            -- In the schema's order, none twice, and code alone.
            select string_agg(mark ->> 'type', ' ' order by place) || ' '
                ~ '^(code |(link )?(bold )?(italic )?(strike )?)$'
              and bool_and(coalesce(case
                when jsonb_typeof(mark) <> 'object' or mark - array['type', 'attrs'] <> '{}' then false
                when mark ->> 'type' in ('bold', 'italic', 'strike', 'code') then
                  coalesce(mark -> 'attrs', '{}') = '{}'
                else mark ->> 'type' = 'link'
                  and jsonb_typeof(mark -> 'attrs') = 'object'
                  and (mark -> 'attrs') - 'href' = '{}'
                  and jsonb_typeof(mark #> '{attrs,href}') = 'string'
                  and length(mark #>> '{attrs,href}') <= 2048
                  and mark #>> '{attrs,href}' ~* '^(https?://|mailto:).'
                  and mark #>> '{attrs,href}' ~ an_address
                  and mark #>> '{attrs,href}' !~* a_spelled_host
              end, false))
            from jsonb_array_elements(node -> 'marks') with ordinality as listed (mark, place))
        end as fine
      from nodes
    )
    select bool_and(coalesce(fine, false))
      and count(*) filter (where type = 'mention') <= 20
      and count(*) filter (where type = 'image') <= 20
      and count(*) filter (where type = 'attachment') <= 20
    from judged);
end;
$$;

/*
 * The words of a document, for excerpts and search; whoever is mentioned is one of
 * them. Blocks are parted by a space; within one nothing is, so that a word half of
 * which is bold stays a word.
 */
create function private.document_text(document jsonb) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select string_agg(said.line, ' ')
    from jsonb_path_query(document,
      'strict $.** ? (@.type == "paragraph" || @.type == "heading" || @.type == "codeBlock")') as block
    cross join lateral (
      select string_agg(case part ->> 'type'
        when 'text' then part ->> 'text' when 'mention' then '@' || (part #>> '{attrs,label}') else ' ' end, '') as line
      from jsonb_path_query(block, 'lax $.content[*]') as part) as said);
end;
$$;

-- Whom it mentions, each once.
create function private.document_mentions(document jsonb) returns uuid[]
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(distinct (id #>> '{}')::uuid), '{}')
    from jsonb_path_query(document, 'strict $.** ? (@.type == "mention").attrs.id') as id);
end;
$$;

-- The pictures and attachments in it, each once.
create function private.document_files(document jsonb) returns uuid[]
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(distinct (id #>> '{}')::uuid), '{}')
    from jsonb_path_query(document, 'strict $.** ? (@.type == "image" || @.type == "attachment").attrs.file') as id);
end;
$$;

-- The posts it quotes, each once.
create function private.document_quotes(document jsonb) returns uuid[]
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(distinct (id #>> '{}')::uuid), '{}')
    from jsonb_path_query(document, 'lax $.** ? (@.type == "blockquote").attrs.post ? (@ != null)') as id);
end;
$$;

-- Says which rule a document breaks, before a constraint would only say that one does.
create function private.require_document(document jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if document is null then
    perform private.refuse(422, 'document_invalid', 'There is no document.');
  elsif octet_length(document::text) > 100000 then
    perform private.refuse(413, 'document_too_large', 'A post has at most 100,000 bytes.');
  elsif not private.is_document(document) then
    perform private.refuse(422, 'document_invalid', 'The document holds something a post may not contain.');
  elsif private.is_visible(private.document_text(document)) is not true
    and private.document_files(document) = '{}' then
    perform private.refuse(422, 'document_empty', 'Write something first.');
  end if;
end;
$$;

/*
 * Forum, tables — categories, tags, topics, posts, votes, and who may read them.
 *
 * A topic belongs to its author's organization and is open to the community or
 * to that organization alone. Nobody writes a row here: the functions of the
 * following files do.
 */

-- Tables ------------------------------------------------------------------

create type public.visibility as enum ('community', 'organization');
create type public.category_posting as enum ('members', 'moderators');
create type public.pin_place as enum ('category', 'forum');
create type public.follow_level as enum ('watching', 'following', 'muted');

/*
 * The fields a good question of a category needs: at most eight, each
 * {key, label_en, label_ar, help_en, help_ar, required}. What is asked is shown
 * in the reader's language; what was answered is kept by key.
 */
create function private.is_template(template jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case when jsonb_typeof(template) <> 'array' or jsonb_array_length(template) > 8 then false else (
    select coalesce(bool_and(coalesce(
        jsonb_typeof(field) = 'object'
        and field - array['key', 'label_en', 'label_ar', 'help_en', 'help_ar', 'required'] = '{}'
        and field ->> 'key' ~ '^[a-z][a-z0-9_]{0,39}$'
        and private.is_name(field ->> 'label_en', 80) and private.is_name(field ->> 'label_ar', 80)
        and (field ->> 'help_en' = '' or private.is_prose(field ->> 'help_en', 200))
        and (field ->> 'help_ar' = '' or private.is_prose(field ->> 'help_ar', 200))
        and jsonb_typeof(field -> 'required') = 'boolean', false)), true)
      and count(*) = count(distinct field ->> 'key')
    from jsonb_array_elements(template) as field) end
$$;

-- What was written into the fields of a template: texts by key.
create function private.are_template_answers(answers jsonb) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return case when jsonb_typeof(answers) <> 'object' then false else (
    select count(*) <= 8 and coalesce(bool_and(
      key ~ '^[a-z][a-z0-9_]{0,39}$' and jsonb_typeof(value) = 'string'
      and coalesce(private.is_prose(value #>> '{}', 2000), false)), true)
    from jsonb_each(answers)) end;
end;
$$;

create table public.categories (
  id             uuid primary key default gen_random_uuid(),
  slug           text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60),
  name_en        text not null check (private.is_name(name_en, 80)),
  name_ar        text not null check (private.is_name(name_ar, 80)),
  description_en text not null default '' check (length(description_en) <= 300),
  description_ar text not null default '' check (length(description_ar) <= 300),
  icon           text not null default 'messages' check (icon ~ '^[a-z0-9-]{1,40}$'),
  color          text not null default 'teal' check (color ~ '^[a-z]{1,20}$'),
  position       int not null default 0,
  posting        public.category_posting not null default 'members',
  template       jsonb not null default '[]' constraint template_is_fields check (private.is_template(template)),
  archived_at    timestamptz,
  topic_count    int not null default 0 check (topic_count >= 0),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now()
);
comment on table public.categories is
  'The shelves of the forum. `icon` is a Tabler icon''s name; `template` the fields of a good question; `posting` who may open topics; an archived one takes none; `topic_count` counts what the whole community can read.';

create trigger before_update_touch before update on public.categories
  for each row execute function private.touch();

create table public.tags (
  slug        text primary key check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 40),
  name_en     text not null check (private.is_name(name_en, 40)),
  name_ar     text not null check (private.is_name(name_ar, 40)),
  synonyms    text[] not null default '{}'
    constraint synonyms_are_few check (cardinality(synonyms) <= 20 and array_position(synonyms, null) is null),
  retired_at  timestamptz,
  topic_count int not null default 0 check (topic_count >= 0),
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
comment on table public.tags is
  'The words topics are sorted by, one vocabulary in both languages. `synonyms` are other spellings one may look for; a retired tag stays on its topics; `topic_count` counts what the whole community can read.';

create trigger before_update_touch before update on public.tags
  for each row execute function private.touch();

create table public.topics (
  id              uuid primary key default gen_random_uuid(),
  category_id     uuid not null references public.categories on delete restrict,
  organization_id uuid not null references public.organizations on delete restrict,
  author_id       uuid references public.profiles on delete set null,
  visibility      public.visibility not null,
  title           text not null constraint title_is_a_name check (length(title) >= 4 and private.is_name(title, 160)),
  tags            text[] not null default '{}'
    constraint tags_are_few check (cardinality(tags) <= 5 and array_position(tags, null) is null),
  template_answers jsonb not null default '{}'
    constraint template_answers_are_texts check (private.are_template_answers(template_answers)),
  reply_count     int not null default 0 check (reply_count >= 0),
  vote_count      int not null default 0 check (vote_count >= 0),
  numbered_to     int not null default 0,
  last_number     int not null default 0,
  last_post_at    timestamptz not null default now(),
  last_author_id  uuid references public.profiles on delete set null,
  answer_id       uuid,
  answered_at     timestamptz,
  trend           double precision not null default 0,
  pinned_in       public.pin_place,
  pinned_at       timestamptz,
  pinned_until    timestamptz,
  is_pinned       boolean not null generated always as (pinned_in is not null) stored,
  is_pinned_everywhere boolean not null generated always as (pinned_in is not null and pinned_in = 'forum') stored,
  locked_at       timestamptz,
  edited_at       timestamptz,
  deleted_at      timestamptz,
  deleted_by      uuid references public.profiles on delete set null,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  -- What its posts copy, and must copy truly.
  unique (id, visibility, organization_id),
  constraint pins_have_a_time check ((pinned_in is null) = (pinned_at is null) and (pinned_until is null or pinned_in is not null))
);
comment on table public.topics is
  'A conversation. `last_number` is the number of its newest post that is not deleted, `numbered_to` of the newest it ever had; `vote_count` that of its opening post; `answer_id` the one best answer (`answered_at` when it was chosen last); `trend` grows with votes and replies and with the time of writing, so that it never fades by itself but newer topics pass it.';

-- What is going on, in all of the forum or in one category?
create index on public.topics (is_pinned_everywhere desc, last_post_at desc, id desc) where deleted_at is null;
create index on public.topics (category_id, is_pinned desc, last_post_at desc, id desc) where deleted_at is null;
-- What does a company, a category, a person have here?
create index on public.topics (organization_id);
-- How many topics of its own does a company keep in each category?
create index on public.topics (organization_id, category_id) where visibility = 'organization' and deleted_at is null;
create index on public.topics (category_id);
create index on public.topics (author_id);
create index on public.topics (last_author_id);
create index on public.topics (deleted_by);
-- What is new, what is valued, what moves, what waits for an answer?
create index on public.topics (created_at desc, id desc) where deleted_at is null;
create index on public.topics (vote_count desc, id desc) where deleted_at is null;
create index on public.topics (trend desc, id desc) where deleted_at is null;
create index on public.topics (last_post_at desc, id desc) where deleted_at is null and answer_id is null;
-- Which topics carry this tag?
create index on public.topics using gin (tags);
-- Whose pin is over?
create index on public.topics (pinned_until) where pinned_until is not null;

create trigger before_update_touch before update on public.topics
  for each row execute function private.touch();

create table public.posts (
  id              uuid primary key default gen_random_uuid(),
  topic_id        uuid not null,
  number          int not null check (number > 0),
  parent_id       uuid,
  depth           int not null default 0 check (depth >= 0),
  path            text collate "C" not null default '',
  author_id       uuid references public.profiles on delete set null,
  author_organization_id uuid references public.organizations on delete set null,
  visibility      public.visibility not null,
  organization_id uuid not null,
  body            jsonb constraint body_is_a_document check (body is null or private.is_document(body)),
  body_text       text generated always as (private.document_text(body)) stored,
  revision        int not null default 1,
  vote_count      int not null default 0 check (vote_count >= 0),
  reply_count     int not null default 0 check (reply_count >= 0),
  branch_count    int not null default 0 check (branch_count >= 0),
  created_at      timestamptz not null default now(),
  edited_at       timestamptz,
  deleted_at      timestamptz,
  hidden_at       timestamptz,
  unique (topic_id, number),
  unique (topic_id, id),
  unique (topic_id, path),
  constraint deleted_posts_have_no_body check ((deleted_at is null) = (body is not null)),
  constraint hidden_posts_are_deleted check (hidden_at is null or deleted_at is not null),
  constraint opening_posts_answer_nothing check (number > 1 or parent_id is null),
  -- Readers are the topic's readers: the copies follow it, so that a policy reads one row.
  foreign key (topic_id, visibility, organization_id)
    references public.topics (id, visibility, organization_id) on update cascade on delete cascade,
  constraint answers_stay_in_their_topic foreign key (topic_id, parent_id)
    references public.posts (topic_id, id) on delete cascade
);
comment on table public.posts is
  'What people write. Number 1 opens the topic; `parent_id` is the post another one answers, null for the opening and what answers it. `path` is the numbers of all posts above it and its own, six hexadecimal digits each: posts sorted by it are in reading order, and a branch is what begins with the path of its first post. `depth` 0 opens, 1 begins a branch; `reply_count` counts living direct answers, `branch_count`, on posts that begin a branch, all living posts below; `hidden_at` marks a deleted post whose trace stays, since moderators took it away; `author_organization_id` whom its author wrote for, wherever they are now.';

-- What answers this post?
create index on public.posts (topic_id, parent_id);
-- Which branches does a topic have, as they were begun or by their worth?
create index on public.posts (topic_id, number) where depth = 1;
create index on public.posts (topic_id, vote_count desc, number) where depth = 1;
-- Which posts go with a change of the topic's readers?
create index on public.posts (topic_id, visibility, organization_id);
-- What has a person written?
create index on public.posts (author_id);
-- What have the people of a company written?
create index on public.posts (author_organization_id);

alter table public.topics add constraint answers_are_of_the_topic
  foreign key (id, answer_id) references public.posts (topic_id, id)
  on delete set null (answer_id) deferrable initially deferred;
-- Which topic has this post as its best answer?
create index on public.topics (id, answer_id) where answer_id is not null;

create table public.votes (
  post_id    uuid not null references public.posts on delete cascade,
  user_id    uuid not null references public.profiles on delete cascade,
  created_at timestamptz not null default now(),
  primary key (post_id, user_id)
);
comment on table public.votes is
  'Who finds a post useful: one vote a person and post. Others see their number alone.';

-- What did this person vote for?
create index on public.votes (user_id, created_at desc);

create table public.post_revisions (
  post_id    uuid not null references public.posts on delete cascade,
  revision   int not null check (revision > 0),
  body       jsonb not null constraint body_is_a_document check (private.is_document(body)),
  written_at timestamptz not null,
  editor_id  uuid references public.profiles on delete set null,
  visibility public.visibility not null,
  primary key (post_id, revision)
);
comment on table public.post_revisions is
  'What an edited post said before, and to whom: every revision but the newest, which is the post itself.';

create index on public.post_revisions (editor_id);

create table public.topic_readers (
  user_id     uuid not null references public.profiles on delete cascade,
  topic_id    uuid not null references public.topics on delete cascade,
  level       public.follow_level,
  read_number int not null default 0 check (read_number >= 0),
  read_at     timestamptz,
  primary key (user_id, topic_id)
);
comment on table public.topic_readers is
  'What a topic is to a person: how far they have read (the number of a post), when they were last there (`read_at`), and whether they watch, follow or mute it; no level means as anybody.';

-- Who watches this topic?
create index on public.topic_readers (topic_id, level);

create table public.drafts (
  user_id    uuid not null default auth.uid() references public.profiles on delete cascade,
  key        text not null check (key ~ '^(topic|(reply|edit):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?)$'),
  content    jsonb not null constraint content_is_a_small_object
    check (jsonb_typeof(content) = 'object' and octet_length(content::text) <= 120000),
  updated_at timestamptz not null default now(),
  primary key (user_id, key)
);
comment on table public.drafts is
  'What somebody is writing, found again on another device. The key says what: `topic`, `reply:<topic>`, `reply:<topic>:<post>`, `edit:<post>`.';

create trigger before_update_touch before update on public.drafts
  for each row execute function private.touch();

create table private.deleted_posts (
  post_id    uuid primary key references public.posts on delete cascade,
  body       jsonb not null,
  template_answers jsonb,
  deleted_by uuid references public.profiles on delete set null,
  deleted_at timestamptz not null default now()
);
comment on table private.deleted_posts is
  'What a deleted post said, out of readers'' sight; `template_answers` are those of the topic whose hidden opening it is.';

-- What has this person deleted?
create index on private.deleted_posts (deleted_by);

-- Who may -----------------------------------------------------------------

alter table public.categories enable row level security;
grant select on public.categories to authenticated;

create policy select_active on public.categories
  for select to authenticated
  using ((select private.my_organization()) is not null);

alter table public.tags enable row level security;
grant select on public.tags to authenticated;

create policy select_active on public.tags
  for select to authenticated
  using ((select private.my_organization()) is not null);

alter table public.topics enable row level security;
grant select on public.topics to authenticated;

create policy select_reader on public.topics
  for select to authenticated
  using (deleted_at is null and (
    organization_id = (select private.my_organization())
    or (visibility = 'community' and (select private.my_organization()) is not null)));

alter table public.posts enable row level security;
grant select on public.posts to authenticated;

create policy select_reader on public.posts
  for select to authenticated
  using (
    organization_id = (select private.my_organization())
    or (visibility = 'community' and (select private.my_organization()) is not null));

alter table public.votes enable row level security;
grant select on public.votes to authenticated;

create policy select_own on public.votes
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.post_revisions enable row level security;

alter table public.topic_readers enable row level security;
grant select on public.topic_readers to authenticated;

create policy select_own on public.topic_readers
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.drafts enable row level security;
grant select on public.drafts to authenticated;

create policy select_own on public.drafts
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);

/*
 * Forum, attachments — a file in a post is read by exactly those who read the post.
 *
 * A document names its files; a post that is written takes them: each must be
 * its author's own, looked at by the worker, and in no other post. What one
 * edit takes out of a post stays with its earlier words.
 */

-- Tables ------------------------------------------------------------------

create table public.post_files (
  file_id      uuid primary key references public.files on delete cascade,
  post_id      uuid not null references public.posts on delete cascade,
  topic_id     uuid not null references public.topics on delete cascade,
  content_type text not null,
  size         int not null,
  renditions   jsonb not null,
  thumbhash    text,
  withheld     boolean not null default false
);
comment on table public.post_files is
  'Which post a file is in, and what its readers are told of it; its row in `files` is its sender''s alone. One that is `withheld` was taken out while one company alone read the topic, and is read by that company alone.';

-- What is in this post? How much is in this topic?
create index on public.post_files (post_id);
create index on public.post_files (topic_id);

create table private.waiting_files (
  file_id  uuid not null references public.files on delete cascade,
  waits_in uuid not null,
  primary key (file_id, waits_in)
);
comment on table private.waiting_files is
  'Files of what was written and is not published yet: they stay although no post has taken them. `waits_in` is what names them.';

-- What is in this?
create index on private.waiting_files (waits_in);

-- Who may -----------------------------------------------------------------

alter table public.post_files enable row level security;
grant select on public.post_files to authenticated;

-- One value for one file, found by its key: an `exists` may be planned as a hash of all posts.
create policy select_post_reader on public.post_files
  for select to authenticated
  using ((
    select posts.deleted_at is null
      and (not post_files.withheld or posts.organization_id = (select private.my_organization()))
    from public.posts where posts.id = post_files.post_id));

-- The file an object was made of; null for a name of another kind.
create function private.file_of_object(name text) returns uuid
language sql immutable set search_path = ''
as $$ select case when name ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/' then left(name, 36)::uuid end $$;
grant execute on function private.file_of_object to authenticated;

-- Readers of its post; before there is one, who sent it.
create policy select_post_reader on storage.objects
  for select to authenticated
  using (bucket_id = 'attachments' and (
    (select true from public.post_files where file_id = private.file_of_object(objects.name))
    or (select attached_at is null from public.files where files.id = private.file_of_object(objects.name))));

-- What follows ----------------------------------------------------------------

-- How a file of a type may be called: what is saved under a name opens as the name says.
create function private.file_name_fits(name text, content_type text) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(lower(name) ~ ('.\.(' || case content_type
    when 'application/pdf' then 'pdf'
    when 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' then 'docx'
    when 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' then 'xlsx'
    when 'application/vnd.openxmlformats-officedocument.presentationml.presentation' then 'pptx'
    when 'model/step' then 'step|stp'
    when 'model/iges' then 'iges|igs'
    when 'model/stl' then 'stl'
    when 'model/3mf' then '3mf'
    when 'image/vnd.dxf' then 'dxf' end || ')$')
    and name !~ '[\u0001-\u001f\u007f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]', false)
$$;

-- Does every file stand in the document as what it is?
create function private.files_are_told_truly(document jsonb) returns boolean
language sql stable set search_path = ''
as $$
  select coalesce(bool_and(coalesce(case node ->> 'type'
    when 'image' then files.renditions <> '[]'
    else files.renditions = '[]' and node #>> '{attrs,type}' = files.content_type
      and node #>> '{attrs,size}' = files.size::text
      and private.file_name_fits(node #>> '{attrs,name}', files.content_type) end, false)), true)
  from jsonb_path_query(document, 'strict $.** ? (@.type == "image" || @.type == "attachment")') as node
  left join public.files on files.id = (node #>> '{attrs,file}')::uuid
$$;

-- The topic is locked by whoever writes in it, so that two posts cannot pass its bounds together.
create function private.posts_take_files() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  wanted uuid[] := array(
    select id from unnest(private.document_files(new.body)) as id
    where not exists (select from public.post_files where file_id = id and post_id = new.id)
    order by id);
  taken int;
begin
  perform from public.files where id = any (wanted) order by id for update;
  insert into public.post_files (file_id, post_id, topic_id, content_type, size, renditions, thumbhash)
  select id, new.id, new.topic_id, content_type, size, renditions, thumbhash from public.files
  where id = any (wanted) and purpose = 'attachment' and status = 'ready'
    and owner_id = new.author_id and attached_at is null;
  get diagnostics taken = row_count;
  if taken < cardinality(wanted) or not private.files_are_told_truly(new.body) then
    perform private.refuse(422, 'file_invalid', 'A file in it is not yours, not ready, in another post or not what is said of it.');
  end if;
  update public.files set attached_at = now() where id = any (wanted);
  update public.post_files set withheld = false
  where post_id = new.id and withheld and file_id = any (private.document_files(new.body));
  if taken > 0 and (
    select count(*) > 20 or sum(size) > 100 * 1024 * 1024 from public.post_files where topic_id = new.topic_id)
  then
    perform private.refuse(422, 'topic_files_limit', 'A topic holds at most 20 files and 100 MiB.');
  end if;
  return null;
end;
$$;

create trigger after_write_take_files after insert or update of body on public.posts
  for each row when (new.body is not null and private.document_files(new.body) <> '{}')
  execute function private.posts_take_files();

-- Whom a topic is opened to reads what it says now; what was taken out of it before was not written for them.
create function private.topics_withhold_files() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.post_files set withheld = true
  from public.posts
  left join private.deleted_posts as deleted on deleted.post_id = posts.id
  where post_files.topic_id = new.id and posts.id = post_files.post_id and not withheld
    and file_id <> all (private.document_files(coalesce(posts.body, deleted.body)));
  return null;
end;
$$;

create trigger after_update_withhold_files after update of visibility on public.topics
  for each row when (old.visibility = 'organization' and new.visibility = 'community')
  execute function private.topics_withhold_files();

-- A file goes with its post.
create function private.post_files_let_go() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.files where id = old.file_id;
  return null;
end;
$$;

create trigger after_delete_let_go after delete on public.post_files
  for each row execute function private.post_files_let_go();

-- What no post took within a day, unless it waits for one or its sender still has it in a draft. Answers how many went.
create function private.sweep_attachments() returns int
language plpgsql set search_path = ''
as $$
declare
  gone int;
begin
  delete from public.files
  where purpose = 'attachment' and attached_at is null and settled_at < now() - interval '1 day' and status = 'ready'
    and not exists (select from private.waiting_files where file_id = files.id)
    and not exists (
      select from public.drafts
      where drafts.user_id = files.owner_id and drafts.content::text like '%"' || files.id || '"%');
  get diagnostics gone = row_count;
  return gone;
end;
$$;

/*
 * Forum, categories — the shelves topics stand on, and what each asks of a question.
 *
 * Platform admins keep them, here or in Studio: what must hold is said by
 * constraints and triggers.
 */

-- Tables ------------------------------------------------------------------

-- What an admin has seen before they change it: counts every change of what is said, not of what is counted.
alter table public.categories add column revision int not null default 1;

create function private.revise() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.revision := old.revision + 1;
  return new;
end;
$$;

create trigger before_update_revise
  before update of name_en, name_ar, description_en, description_ar, icon, color, posting, template, archived_at
  on public.categories for each row execute function private.revise();

-- What one may do -----------------------------------------------------------

create function public.list_categories()
returns table (
  id uuid, slug text, name_en text, name_ar text, description_en text, description_ar text,
  icon text, color text, posting public.category_posting, template jsonb, archived_at timestamptz, revision int,
  topic_count int, last_post_at timestamptz)
language sql stable set search_path = ''
as $$
  select
    categories.id, categories.slug, categories.name_en, categories.name_ar,
    categories.description_en, categories.description_ar, categories.icon, categories.color,
    categories.posting, categories.template, categories.archived_at, categories.revision,
    categories.topic_count + (
      select count(*)::int from public.topics
      where topics.category_id = categories.id
        and topics.organization_id = (select private.my_organization())
        and topics.visibility = 'organization' and topics.deleted_at is null),
    greatest(newest.last_post_at, pinned.last_post_at)
  from public.categories
  -- One step into the index for each of its two halves.
  left join lateral (
    select topics.last_post_at from public.topics
    where topics.category_id = categories.id and topics.deleted_at is null and not topics.is_pinned
    order by topics.last_post_at desc limit 1) as newest on true
  left join lateral (
    select topics.last_post_at from public.topics
    where topics.category_id = categories.id and topics.deleted_at is null and topics.is_pinned
    order by topics.last_post_at desc limit 1) as pinned on true
  order by categories.position, categories.name_en
$$;
comment on function public.list_categories is
  'All categories in order, archived ones too, with the number of topics and the time of the newest post that the caller can read.';
grant execute on function public.list_categories to authenticated;

/*
 * Refuses and names the field at fault: it is in `hint`, where the SDK looks for it.
 */
create function private.refuse_field(status int, code text, field text, because text) returns void
language plpgsql set search_path = ''
as $$
begin
  raise exception using
    errcode = 'PT' || status, detail = code, message = because, hint = field;
end;
$$;

-- The fields of a category that these answers fill, in their order, each with its answer; what the category asks no more is left out.
create function private.answered_fields(category uuid, answers jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(
      (field - array['help_en', 'help_ar', 'required']) || jsonb_build_object('answer', answers -> (field ->> 'key'))
      order by place), '[]')
    from public.categories
    cross join jsonb_array_elements(template) with ordinality as asked (field, place)
    where categories.id = category and answers ? (field ->> 'key'));
end;
$$;

-- What a topic's author wrote into the fields of its category; where they wrote nothing, it is not read.
create function private.topic_answers(topic uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select case when template_answers = '{}' then '[]' else private.answered_fields(category_id, template_answers) end
    from public.topics where topics.id = topic);
end;
$$;

-- The first thing in a patch that cannot be said of a category, as {code, field}; null where all can.
create function private.category_fault(patch jsonb, out code text, out field text)
language plpgsql immutable set search_path = ''
as $$
begin
  code := 'invalid_input';
  if patch is null or jsonb_typeof(patch) <> 'object' then return; end if;
  select key into field from jsonb_each(patch)
  where key <> all (array['slug', 'name_en', 'name_ar', 'description_en', 'description_ar', 'icon', 'color', 'posting', 'template'])
    or key <> 'template' and jsonb_typeof(value) <> 'string'
    or key = 'icon' and value #>> '{}' !~ '^[a-z0-9-]{1,40}$'
    or key = 'color' and value #>> '{}' !~ '^[a-z]{1,20}$'
    or key = 'posting' and value #>> '{}' not in ('members', 'moderators')
  limit 1;
  if field is not null then return; end if;

  select case
      when key = 'slug' then 'slug_invalid'
      when key = 'template' then 'template_invalid'
      when key like 'name%' then 'category_name_invalid'
      else 'category_description_invalid'
    end, key into code, field
  from jsonb_each(patch)
  where key = 'slug' and not (value #>> '{}' ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(value #>> '{}') <= 60)
    or key in ('name_en', 'name_ar') and not coalesce(private.is_name(value #>> '{}', 80), false)
    or key in ('description_en', 'description_ar')
      and not (value #>> '{}' = '' or coalesce(private.is_name(value #>> '{}', 300), false))
    or key = 'template' and not coalesce(private.is_template(value), false)
  limit 1;
end;
$$;

/*
 * A new category, or what `patch` names of one that is there. `expected` is the
 * revision the admin has seen: where another wrote since, nothing is overwritten.
 */
create function public.save_category(id uuid, patch jsonb, expected int default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('categories.save', 'category', id::text);
  fault record;
  current public.categories;
  wanted public.categories;
begin
  if refusal is not null then
    return refusal;
  end if;
  fault := private.category_fault(patch);
  if fault.code is not null then
    perform private.refuse_field(422, fault.code, fault.field, 'This cannot be said of a category.');
  elsif save_category.id is null and not patch ?& array['slug', 'name_en', 'name_ar'] then
    perform private.refuse(422, 'invalid_input', 'A category needs slug, name_en and name_ar.');
  end if;

  if save_category.id is null then
    wanted := jsonb_populate_record(null::public.categories, patch);
    insert into public.categories (
      slug, name_en, name_ar, description_en, description_ar, icon, color, posting, template, position)
    values (
      wanted.slug, wanted.name_en, wanted.name_ar,
      coalesce(wanted.description_en, ''), coalesce(wanted.description_ar, ''),
      coalesce(wanted.icon, 'messages'), coalesce(wanted.color, 'teal'),
      coalesce(wanted.posting, 'members'), coalesce(wanted.template, '[]'),
      (select coalesce(max(categories.position), 0) + 1 from public.categories))
    returning * into current;
  else
    select * into current from public.categories where categories.id = save_category.id for no key update;
    if current.id is null then
      perform private.refuse(404, 'not_found', 'There is no such category.');
    elsif current.revision is distinct from expected then
      perform private.refuse(409, 'changed_meanwhile', 'Somebody else has changed this since.');
    elsif patch ->> 'slug' <> current.slug then
      -- Links to a category hold its slug.
      perform private.refuse_field(422, 'slug_invalid', 'slug', 'A category keeps the name in its address.');
    end if;
    wanted := jsonb_populate_record(current, patch);
    update public.categories set
      name_en = wanted.name_en, name_ar = wanted.name_ar,
      description_en = wanted.description_en, description_ar = wanted.description_ar,
      icon = wanted.icon, color = wanted.color, posting = wanted.posting, template = wanted.template
    where categories.id = current.id
    returning * into current;
  end if;
  perform private.audit('categories.save', null, 'category', current.id::text, null,
    jsonb_build_object('changed', array(select key from jsonb_object_keys(patch) as key order by key)));
  return jsonb_build_object('id', current.id, 'slug', current.slug, 'revision', current.revision);
exception when unique_violation then
  perform private.refuse_field(409, 'slug_taken', 'slug', 'Another category has this name in its address.');
end;
$$;
comment on function public.save_category is
  'For platform admins: makes a category (`id` null) or changes what `patch` names: slug (once), name_en, name_ar, description_en, description_ar, icon, color, posting, template. Refuses with 409 changed_meanwhile where its revision is not `expected`.';
grant execute on function public.save_category to authenticated;

create function public.order_categories(ids uuid[]) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('categories.order', null, null);
begin
  if refusal is not null then
    return refusal;
  end if;
  perform from public.categories order by categories.id for no key update;
  if (select array_agg(categories.id order by categories.id) from public.categories)
    is distinct from (select array_agg(id order by id) from unnest(ids) as id) then
    perform private.refuse(409, 'changed_meanwhile', 'These are not all categories, once each.');
  end if;
  update public.categories set position = array_position(ids, categories.id)
  where position <> array_position(ids, categories.id);
  perform private.audit('categories.order', null, null, null);
  return jsonb_build_object('ordered', cardinality(ids));
end;
$$;
comment on function public.order_categories is
  'For platform admins: puts all categories into this order.';
grant execute on function public.order_categories to authenticated;

create function public.archive_category(category uuid, archived boolean default true) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('categories.archive', 'category', category::text);
  current public.categories;
begin
  if refusal is not null then
    return refusal;
  end if;
  select * into current from public.categories where id = category for no key update;
  if current.id is null then
    perform private.refuse(404, 'not_found', 'There is no such category.');
  elsif archived is null then
    perform private.refuse(422, 'invalid_input', 'Say whether it is archived.');
  elsif (current.archived_at is not null) <> archived then
    update public.categories set archived_at = case when archived then now() end
    where id = category
    returning * into current;
    perform private.audit('categories.archive', null, 'category', category::text,
      jsonb_build_object('archived', not archived), jsonb_build_object('archived', archived));
  end if;
  return jsonb_build_object('id', current.id, 'slug', current.slug, 'revision', current.revision);
end;
$$;
comment on function public.archive_category is
  'For platform admins: closes a category to new topics, or opens it again. What is in it stays and can be read.';
grant execute on function public.archive_category to authenticated;

/*
 * Forum, tags — one vocabulary in both languages, and what stands under each of it.
 *
 * One word means one tag. Platform admins keep them, here or in Studio. How many
 * topics a tag or a category has is counted by a trigger on topics alone, whatever
 * moved them.
 */

-- Tables ------------------------------------------------------------------

-- What an admin has seen before they change it, as with categories.
alter table public.tags add column revision int not null default 1;

create trigger before_update_revise before update of name_en, name_ar, synonyms, retired_at
  on public.tags for each row execute function private.revise();

-- What one may do -----------------------------------------------------------

create function public.list_tags()
returns table (
  slug text, name_en text, name_ar text, synonyms text[], retired_at timestamptz, revision int, topic_count int)
language sql stable set search_path = ''
as $$
  select tags.slug, tags.name_en, tags.name_ar, tags.synonyms, tags.retired_at, tags.revision, tags.topic_count
  from public.tags order by tags.retired_at is not null, tags.name_en
$$;
comment on function public.list_tags is
  'The whole vocabulary, retired tags last. `topic_count` counts topics of the community.';
grant execute on function public.list_tags to authenticated;

-- The tag somebody means by a word: its slug, its name in either language, or another spelling of it.
create function private.tag_of(word text) returns public.tags
language plpgsql stable set search_path = ''
as $$
declare
  -- No tag is longer; the word of a filter may be of any length.
  meant text := private.fold(btrim(left(word, 100)));
begin
  return (
    select tags from public.tags
    where slug = word
      or meant in (private.fold(slug), private.fold(name_en), private.fold(name_ar))
      or exists (select from unnest(synonyms) as synonym where private.fold(synonym) = meant)
    order by slug = word desc, retired_at is not null, slug
    limit 1);
end;
$$;

/*
 * The tags for a topic as slugs, each once, in the order they were chosen. A
 * retired one may stay where it was (`kept`) and is put nowhere else.
 */
create function private.chosen_tags(words text[], kept text[] default '{}') returns text[]
language plpgsql stable set search_path = ''
as $$
declare
  word text;
  tag public.tags;
  slugs text[] := '{}';
begin
  if cardinality(words) > 20 then
    perform private.refuse_field(422, 'tags_limit', 'tags', 'A topic has at most five tags.');
  end if;
  foreach word in array coalesce(words, '{}') loop
    tag := private.tag_of(word);
    if tag.slug is null or tag.retired_at is not null and tag.slug <> all (kept) then
      perform private.refuse_field(422, 'tag_unknown', 'tags', 'There is no such tag.');
    end if;
    if tag.slug <> all (slugs) then
      slugs := slugs || tag.slug;
    end if;
  end loop;
  if cardinality(slugs) > 5 then
    perform private.refuse_field(422, 'tags_limit', 'tags', 'A topic has at most five tags.');
  end if;
  return slugs;
end;
$$;

-- The first thing in a patch that cannot be said of a tag, as {code, field}; null where all can.
create function private.tag_fault(patch jsonb, out code text, out field text)
language plpgsql immutable set search_path = ''
as $$
begin
  code := 'invalid_input';
  if patch is null or jsonb_typeof(patch) <> 'object' then return; end if;
  select key into field from jsonb_each(patch)
  where key <> all (array['name_en', 'name_ar', 'synonyms'])
    or key = 'synonyms' and jsonb_typeof(value) <> 'array'
    or key <> 'synonyms' and jsonb_typeof(value) <> 'string'
  limit 1;
  if field is not null then return; end if;

  select case when key = 'synonyms' then 'synonyms_invalid' else 'tag_name_invalid' end, key into code, field
  from jsonb_each(patch)
  where key in ('name_en', 'name_ar') and not coalesce(private.is_name(value #>> '{}', 40), false)
    or key = 'synonyms' and (jsonb_array_length(value) > 20 or exists (
      select from jsonb_array_elements(value) as synonym
      where jsonb_typeof(synonym) <> 'string' or not coalesce(private.is_name(synonym #>> '{}', 40), false)))
  limit 1;
end;
$$;

/*
 * A new tag, or what `patch` names of the one that is there. One word means one
 * tag: a name or synonym that is another tag's is refused.
 */
create function public.save_tag(slug text, patch jsonb, expected int default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('tags.save', 'tag', slug);
  fault record;
  current public.tags;
  wanted public.tags;
  taken text;
begin
  if refusal is not null then
    return refusal;
  end if;
  fault := private.tag_fault(patch);
  if fault.code is not null then
    perform private.refuse_field(422, fault.code, fault.field, 'This cannot be said of a tag.');
  elsif slug is null or slug !~ '^[a-z0-9]+(-[a-z0-9]+)*$' or length(slug) > 40 then
    perform private.refuse_field(422, 'slug_invalid', 'slug', 'Small Latin letters and figures, parted by hyphens.');
  end if;

  -- Two admins who give one word to two tags at the same moment must see each other.
  lock table public.tags in share row exclusive mode;
  select * into current from public.tags where tags.slug = save_tag.slug;
  if current.slug is null and expected is not null then
    perform private.refuse(404, 'not_found', 'There is no such tag.');
  elsif current.slug is not null and expected is null then
    perform private.refuse_field(409, 'slug_taken', 'slug', 'Another tag has this name in its address.');
  elsif current.revision is distinct from expected then
    perform private.refuse(409, 'changed_meanwhile', 'Somebody else has changed this since.');
  elsif current.slug is null and not patch ?& array['name_en', 'name_ar'] then
    perform private.refuse(422, 'invalid_input', 'A tag needs name_en and name_ar.');
  end if;
  current.slug := save_tag.slug;
  current.synonyms := coalesce(current.synonyms, '{}');
  wanted := jsonb_populate_record(current, patch);

  select word into taken
  from unnest(array[wanted.slug, wanted.name_en, wanted.name_ar] || wanted.synonyms) as word
  where (private.tag_of(word)).slug <> wanted.slug limit 1;
  if taken is not null then
    perform private.refuse_field(409, 'tag_taken',
      case taken when wanted.name_en then 'name_en' when wanted.name_ar then 'name_ar' when wanted.slug then 'slug' else 'synonyms' end,
      'Another tag has this word.');
  end if;

  insert into public.tags as known (slug, name_en, name_ar, synonyms)
  values (wanted.slug, wanted.name_en, wanted.name_ar, wanted.synonyms)
  on conflict on constraint tags_pkey do update set
    name_en = excluded.name_en, name_ar = excluded.name_ar, synonyms = excluded.synonyms
  returning * into current;
  perform private.audit('tags.save', null, 'tag', current.slug, null,
    jsonb_build_object('changed', array(select key from jsonb_object_keys(patch) as key order by key)));
  return jsonb_build_object('slug', current.slug, 'revision', current.revision);
end;
$$;
comment on function public.save_tag is
  'For platform admins: makes a tag (`expected` null) or changes what `patch` names: name_en, name_ar, synonyms. Refuses with 409 tag_taken where a word is another tag''s.';
grant execute on function public.save_tag to authenticated;

create function public.retire_tag(tag text, retired boolean default true) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('tags.retire', 'tag', tag);
  current public.tags;
begin
  if refusal is not null then
    return refusal;
  end if;
  select * into current from public.tags where slug = tag for no key update;
  if current.slug is null then
    perform private.refuse(404, 'not_found', 'There is no such tag.');
  elsif retired is null then
    perform private.refuse(422, 'invalid_input', 'Say whether it is retired.');
  elsif (current.retired_at is not null) <> retired then
    update public.tags set retired_at = case when retired then now() end where slug = tag
    returning * into current;
    perform private.audit('tags.retire', null, 'tag', tag,
      jsonb_build_object('retired', not retired), jsonb_build_object('retired', retired));
  end if;
  return jsonb_build_object('slug', current.slug, 'revision', current.revision);
end;
$$;
comment on function public.retire_tag is
  'For platform admins: a retired tag stays on its topics and is put on no other; or brings it back.';
grant execute on function public.retire_tag to authenticated;

/*
 * All that was said of one tag is said of another. Whoever writes topics waits
 * until it is done, so that none is left with the word that goes.
 */
create function public.merge_tags("from" text, "into" text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('tags.merge', 'tag', "from");
  gone public.tags;
  kept public.tags;
  moved int;
begin
  if refusal is not null then
    return refusal;
  end if;
  lock table public.topics in exclusive mode;
  lock table public.tags in share row exclusive mode;
  select * into gone from public.tags where slug = "from";
  select * into kept from public.tags where slug = "into";
  if gone.slug is null or kept.slug is null then
    perform private.refuse(404, 'not_found', 'There is no such tag.');
  elsif gone.slug = kept.slug or kept.retired_at is not null then
    perform private.refuse(422, 'invalid_input', 'Merge a tag into another one that is in use.');
  end if;

  update public.topics
  set tags = case
    when tags @> array[kept.slug] then array_remove(tags, gone.slug)
    else array_replace(tags, gone.slug, kept.slug) end
  where tags @> array[gone.slug];
  get diagnostics moved = row_count;
  delete from public.tags where slug = gone.slug;
  update public.tags set synonyms = (
    select (array_agg(word order by place))[1:20]
    from (
      select distinct on (private.fold(word)) word, place
      from unnest(kept.synonyms || array[gone.name_en, gone.name_ar, gone.slug] || gone.synonyms) with ordinality as said (word, place)
      where private.fold(word) not in (private.fold(kept.name_en), private.fold(kept.name_ar), kept.slug)
      order by private.fold(word), place) as words)
  where slug = kept.slug
  returning * into kept;
  perform private.audit('tags.merge', null, 'tag', kept.slug,
    jsonb_build_object('tag', gone.slug), jsonb_build_object('tag', kept.slug, 'topics', moved));
  return jsonb_build_object('slug', kept.slug, 'revision', kept.revision);
end;
$$;
comment on function public.merge_tags is
  'For platform admins: puts one tag in another''s place on all topics; its words become synonyms of the other.';
grant execute on function public.merge_tags to authenticated;

-- What follows ----------------------------------------------------------------

/*
 * A topic more or less on its shelf and under its tags, where the whole community
 * can read it. Rows are locked in one order: categories by id, then tags by slug.
 */
create function private.topics_shelve() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  was boolean := tg_op <> 'INSERT' and coalesce(old.visibility = 'community' and old.deleted_at is null, false);
  is_now boolean := tg_op <> 'DELETE' and coalesce(new.visibility = 'community' and new.deleted_at is null, false);
  had text[] := case when was then old.tags else '{}' end;
  has text[] := case when is_now then new.tags else '{}' end;
begin
  if (case when was then old.category_id end) is distinct from (case when is_now then new.category_id end) then
    perform from public.categories
    where id in (case when was then old.category_id end, case when is_now then new.category_id end)
    order by id for no key update;
    update public.categories
    set topic_count = topic_count
      + case when is_now and id = new.category_id then 1 else 0 end
      - case when was and id = old.category_id then 1 else 0 end
    where id in (case when was then old.category_id end, case when is_now then new.category_id end);
  end if;
  if had is distinct from has then
    -- As it is written below: whoever saves a tag comes before or after, never between.
    lock table public.tags in row exclusive mode;
    perform from public.tags where slug = any (had || has) order by slug for no key update;
    update public.tags
    set topic_count = topic_count + (slug = any (has))::int - (slug = any (had))::int
    where slug = any (had || has) and (slug = any (has)) <> (slug = any (had));
  end if;
  return null;
end;
$$;

create trigger after_insert_shelve after insert on public.topics
  for each row execute function private.topics_shelve();

create trigger after_update_shelve after update of category_id, visibility, tags, deleted_at on public.topics
  for each row execute function private.topics_shelve();

create trigger after_delete_shelve after delete on public.topics
  for each row execute function private.topics_shelve();

/*
 * Forum, reading — each page in one round trip.
 *
 * The cards are views, so that a list, a page and the answer to a reply show a
 * topic or a post the same way; they have the reader's rights (security_invoker).
 * The functions that read whole pages are security definer and say once who may
 * read a topic: policies are asked for each table of each statement, which took
 * longer than reading the page. Cursors are opaque to a client: the place where
 * the last page ended.
 *
 * Cards are json, not jsonb: they are only ever sent, and jsonb would be built,
 * sorted and copied at each level of a page to be written out at its end. They are
 * rows turned into json, which takes less time than naming the keys of each anew.
 */

create view private.person_cards with (security_invoker = true) as
  select profiles.id, row_to_json(fields) as card, row_to_json(names) as byline
  from public.profiles
  left join public.memberships on memberships.user_id = profiles.id
  left join public.organizations on organizations.id = memberships.organization_id
  cross join lateral (select organizations.id, organizations.name) as organization
  cross join lateral (
    select
      profiles.id,
      profiles.first_name,
      profiles.last_name,
      profiles.first_name_ar,
      profiles.last_name_ar,
      profiles.avatar) as names
  cross join lateral (
    select
      names.*,
      profiles.job_title,
      case when organizations.id is not null then row_to_json(organization) end as organization) as fields;

-- Tags with their names, in the order the topic has them.
create function private.tag_cards(slugs text[]) returns json
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select coalesce(json_agg(fields order by chosen.place), '[]')
    from unnest(slugs) with ordinality as chosen (slug, place)
    join public.tags on tags.slug = chosen.slug
    cross join lateral (select tags.slug, tags.name_en, tags.name_ar) as fields);
end;
$$;
grant execute on function private.tag_cards to authenticated;

-- Whether a person may know of a topic at this moment: where they can read it, and their own after it was deleted.
create function private.may_see_topic(person uuid, topic public.topics) returns boolean
language sql stable set search_path = ''
as $$
  select (topic.visibility = 'community' or topic.organization_id = private.organization_of(person))
    and (topic.deleted_at is null or topic.author_id = person)
$$;

-- Since when a topic that was never opened counts as new to the caller.
create function private.new_since() returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select greatest(now() - interval '14 days', profiles.created_at) from public.profiles where profiles.id = (select auth.uid()));
end;
$$;
grant execute on function private.new_since to authenticated;

create view private.topic_cards with (security_invoker = true) as
  select
    topics.id,
    topics.category_id,
    topics.visibility,
    topics.organization_id,
    topics.is_pinned,
    topics.is_pinned_everywhere,
    topics.last_post_at,
    row_to_json(fields) as card
  from public.topics
  join public.categories on categories.id = topics.category_id
  left join public.organizations on organizations.id = topics.organization_id
  left join public.topic_readers as mine on mine.topic_id = topics.id and mine.user_id = (select auth.uid())
  left join public.posts as opening on opening.topic_id = topics.id and opening.number = 1
  left join private.person_cards as author on author.id = topics.author_id
  left join private.person_cards as last_author on last_author.id = topics.last_author_id
  cross join lateral (select categories.slug, categories.name_en, categories.name_ar) as category
  cross join lateral (select organizations.id, organizations.name, organizations.name_ar) as organization
  cross join lateral (
    select
      topics.id,
      topics.title,
      row_to_json(category) as category,
      author.card as author,
      case when organizations.id is not null then row_to_json(organization) end as organization,
      topics.visibility,
      case when topics.tags = '{}' then '[]' else private.tag_cards(topics.tags) end as tags,
      topics.reply_count,
      topics.vote_count,
      topics.answer_id,
      coalesce(left(opening.body_text, 240), '') as excerpt,
      topics.created_at,
      topics.last_post_at,
      last_author.byline as last_author,
      topics.pinned_in,
      topics.pinned_until,
      topics.locked_at,
      topics.edited_at,
      topics.last_number,
      mine.level,
      mine.read_number,
      mine.read_number is null and topics.created_at >= (select private.new_since()) as is_new) as fields
  where topics.deleted_at is null;

create view private.post_cards with (security_invoker = true) as
  select
    posts.id,
    posts.topic_id,
    posts.number,
    posts.depth,
    posts.path,
    posts.branch_count,
    posts.deleted_at,
    posts.hidden_at,
    row_to_json(fields) as card
  from public.posts
  left join private.person_cards as author on author.id = posts.author_id
  left join public.reputations on reputations.person_id = posts.author_id
  left join public.votes as mine on mine.post_id = posts.id and mine.user_id = (select auth.uid())
  cross join lateral (
    select
      posts.id,
      posts.topic_id,
      posts.number,
      posts.parent_id,
      posts.depth,
      posts.path,
      posts.number = 1 as is_opening,
      author.card as author,
      reputations.score as author_reputation,
      posts.body,
      posts.created_at,
      posts.edited_at,
      posts.deleted_at,
      posts.hidden_at,
      posts.revision,
      posts.vote_count,
      mine.user_id is not null as voted,
      posts.reply_count,
      posts.branch_count,
      (
        select coalesce(json_agg(fields), '[]')
        from public.post_files as taken
        cross join lateral (
          select taken.file_id as id, taken.content_type as type, taken.size, taken.renditions, taken.thumbhash) as fields
        where taken.post_id = posts.id and posts.deleted_at is null and not taken.withheld) as files,
      coalesce(posts.author_id = (select auth.uid()), false) as mine) as fields;

grant select on private.person_cards, private.topic_cards, private.post_cards to authenticated;


/*
 * Forum, writing — publish, edit, delete.
 *
 * What people call is security definer: clients have no right to write the
 * tables, so that a number, a counter or an author can't be forged. Each begins by
 * asking who is there and may act. `open_topic` and `reply` stand with moderation
 * (43_moderation/7_holding.sql): they come here at once, or once it is accepted.
 */

-- A living topic the caller, or somebody of another organization, can read, locked: all that is done in one topic is done one after another.
create function private.topic_to_act_on(topic uuid, organization uuid default private.require_organization())
returns public.topics
language plpgsql set search_path = ''
as $$
declare
  found_topic public.topics;
begin
  select * into found_topic from public.topics
  where topics.id = topic
    and topics.deleted_at is null
    and (topics.organization_id = organization or topics.visibility = 'community')
  for no key update;
  if found_topic.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  end if;
  return found_topic;
end;
$$;

create function private.require_open(topic public.topics) returns void
language plpgsql set search_path = ''
as $$
begin
  if topic.locked_at is not null then
    perform private.refuse(409, 'topic_locked', 'This topic is closed.');
  end if;
end;
$$;

-- One that is open as well; posts are numbered in the order they commit.
create function private.topic_to_write_in(topic uuid, organization uuid default private.require_organization())
returns public.topics
language plpgsql set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_act_on(topic, organization);
begin
  perform private.require_open(found_topic);
  return found_topic;
end;
$$;

/*
 * How much a topic moves people: tenfold the votes and replies weigh as much as
 * being four days younger. Grows with what happens and never with the clock, so
 * that it is true without a job (the idea of Reddit's "hot").
 */
create function private.topic_trend(votes int, replies int, opened timestamptz) returns double precision
language plpgsql stable set search_path = ''
as $$
begin
  return log(greatest(1, 3 * votes + replies)) + date_part('epoch', opened) / 345600;
end;
$$;

-- Six digits a level. Deeper than 256 levels a post stands beside the others there, or the index could not hold its path.
create function private.path_below(parent_path text, number int) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return left(parent_path, 255 * 6) || lpad(to_hex(number), 6, '0');
end;
$$;

create function private.add_post(
  topic public.topics, id uuid, author uuid, organization uuid, parent public.posts, body jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  next int := topic.numbered_to + 1;
  at timestamptz := clock_timestamp();
begin
  insert into public.posts (
    id, topic_id, number, parent_id, depth, path, author_id, author_organization_id, visibility, organization_id,
    body, created_at)
  values (
    add_post.id, topic.id, next, parent.id,
    case when next = 1 then 0 else coalesce(parent.depth, 0) + 1 end,
    case when next = 1 then '' else private.path_below(coalesce(parent.path, ''), next) end,
    author, add_post.organization, topic.visibility, topic.organization_id, add_post.body, at);
  perform private.count_answer(topic.id, parent, 1);

  update public.topics
  set numbered_to = next,
      last_number = next,
      reply_count = reply_count + (next > 1)::int,
      trend = private.topic_trend(vote_count, reply_count + (next > 1)::int, created_at),
      last_post_at = at,
      last_author_id = author
  where topics.id = topic.id;
end;
$$;

-- A living post more or less below `parent`: counted there, and where its branch begins.
create function private.count_answer(topic uuid, parent public.posts, delta int) returns void
language plpgsql set search_path = ''
as $$
begin
  if parent.id is null then return; end if;
  update public.posts
  set reply_count = reply_count + case when posts.id = parent.id then delta else 0 end,
      branch_count = branch_count + case when posts.depth = 1 then delta else 0 end
  where posts.id = parent.id
    or posts.topic_id = count_answer.topic and posts.path = left(parent.path, 6);
end;
$$;

-- A living reply more or less in its topic, which stands where the newest post that is left puts it.
create function private.count_reply(post public.posts, delta int) returns void
language plpgsql set search_path = ''
as $$
declare
  newest public.posts;
begin
  if post.number = 1 then return; end if;
  perform private.count_answer(post.topic_id, (select posts from public.posts where posts.id = post.parent_id), delta);
  select * into newest from public.posts
  where topic_id = post.topic_id and deleted_at is null order by number desc limit 1;
  update public.topics
  set reply_count = reply_count + delta,
      trend = private.topic_trend(vote_count, reply_count + delta, created_at),
      last_number = coalesce(newest.number, 1),
      last_post_at = coalesce(newest.created_at, created_at),
      last_author_id = case when newest.id is null then author_id else newest.author_id end
  where topics.id = post.topic_id;
end;
$$;

-- Counts anew what the posts of these topics amount to, where more than one has changed at once.
create function private.recount_topics(ids uuid[]) returns void
language plpgsql set search_path = ''
as $$
begin
  with counted as (
    select posts.id,
      (select count(*) from public.posts as answer
       where answer.topic_id = posts.topic_id and answer.parent_id = posts.id and answer.deleted_at is null) as replies,
      case when posts.depth = 1 then
        (select count(*) from public.posts as below
         where below.topic_id = posts.topic_id and below.path > posts.path and below.path < posts.path || 'g'
           and below.deleted_at is null) else 0 end as branch
    from public.posts where posts.topic_id = any (ids))
  update public.posts set reply_count = counted.replies, branch_count = counted.branch
  from counted
  where posts.id = counted.id and (reply_count, branch_count) is distinct from (counted.replies, counted.branch);

  update public.topics
  set reply_count = counted.replies,
      trend = private.topic_trend(vote_count, counted.replies, created_at),
      last_number = coalesce(counted.newest, 1),
      last_post_at = coalesce(counted.newest_at, created_at),
      last_author_id = case when counted.newest_at is null then author_id else counted.newest_author end,
      answer_id = case when exists (
        select from public.posts where posts.id = answer_id and deleted_at is null) then answer_id end
  from (
    select topics.id, living.*
    from public.topics
    cross join lateral (
      select count(*) filter (where number > 1)::int as replies, max(number) as newest, max(posts.created_at) as newest_at,
        (array_agg(posts.author_id order by number desc))[1] as newest_author
      from public.posts where topic_id = topics.id and posts.deleted_at is null) as living
    where topics.id = any (ids)) as counted
  where topics.id = counted.id;
end;
$$;

/*
 * What was written into a category's fields, as it is kept: known keys alone, blank
 * ones left out, line ends of one kind. Names the field at fault.
 */
create function private.fitting_answers(template jsonb, answers jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
  field jsonb;
  key text;
  answer text;
  kept jsonb := '{}';
begin
  if answers is null or jsonb_typeof(answers) <> 'object' then
    perform private.refuse(422, 'template_answer_invalid', 'Answers are texts by the keys of the template.');
  end if;
  select name into key from jsonb_object_keys(answers) as given (name)
  where not exists (select from jsonb_array_elements(template) as known where known ->> 'key' = name) limit 1;
  if key is not null then
    perform private.refuse_field(422, 'template_answer_invalid', left(key, 100), 'This category does not ask for that.');
  end if;
  for field in select * from jsonb_array_elements(template) loop
    key := field ->> 'key';
    if jsonb_typeof(coalesce(answers -> key, '""')) <> 'string' then
      perform private.refuse_field(422, 'template_answer_invalid', key, 'An answer is a text.');
    end if;
    answer := btrim(translate(replace(answers ->> key, E'\r\n', E'\n'), E'\r\t', E'\n '), E' \n');
    if coalesce(private.is_visible(answer), false) then
      if not private.is_prose(answer, 2000) then
        perform private.refuse_field(422, 'template_answer_invalid', key, 'An answer has at most 2,000 characters.');
      end if;
      kept := kept || jsonb_build_object(key, answer);
    elsif (field ->> 'required')::boolean then
      perform private.refuse_field(422, 'template_answer_missing', key, 'This category asks for it.');
    end if;
  end loop;
  return kept;
end;
$$;

/*
 * The category a topic of this person's is put in; refuses one that takes none, or
 * none of theirs. Whose topic another publishes is no moderator.
 */
create function private.open_category(slug text, person uuid default auth.uid()) returns public.categories
language plpgsql stable security definer set search_path = ''
as $$
declare
  shelf public.categories;
begin
  select * into shelf from public.categories where categories.slug = open_category.slug;
  if shelf.id is null then
    perform private.refuse(404, 'not_found', 'There is no such category.');
  elsif shelf.archived_at is not null then
    perform private.refuse(409, 'category_archived', 'This category takes no topics any more.');
  elsif shelf.posting = 'moderators' and (person <> auth.uid() or private.my_platform_role() is null) then
    perform private.refuse(403, 'posting_restricted', 'In this category only moderators open topics.');
  end if;
  return shelf;
end;
$$;

create function private.is_own_topic(id uuid, author uuid) returns boolean
language sql stable set search_path = ''
as $$
  select exists (select from public.topics where topics.id = is_own_topic.id and author_id = author)
$$;

/*
 * Opens a topic for its author, who writes for this organization. Asked again with
 * the same id, nothing changes.
 */
create function private.publish_topic(
  id uuid, author uuid, organization uuid, category text, title text, visibility public.visibility,
  tags text[], template_answers jsonb, body jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  shelf public.categories;
  topic public.topics;
begin
  if private.is_own_topic(id, author) then
    return;
  elsif exists (select from public.posts where posts.id = publish_topic.id) then
    -- What was told about a post would be told of this topic.
    perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
  end if;
  shelf := private.open_category(category, author);
  if length(btrim(title)) < 4 or not coalesce(private.is_name(btrim(title), 160), false) then
    perform private.refuse(422, 'title_invalid', 'A title has 4 to 160 characters.');
  elsif visibility is null then
    perform private.refuse(422, 'invalid_input', 'Say who may read it: community or organization.');
  end if;
  perform private.require_document(body);
  -- From here on no tag goes away (merge_tags).
  lock table public.topics in row exclusive mode;

  insert into public.topics (
    id, category_id, organization_id, author_id, visibility, title, tags, template_answers)
  values (
    publish_topic.id, shelf.id, organization, author,
    publish_topic.visibility, btrim(publish_topic.title), private.chosen_tags(publish_topic.tags),
    private.fitting_answers(shelf.template, coalesce(publish_topic.template_answers, '{}')))
  returning * into topic;
  perform private.add_post(topic, gen_random_uuid(), author, organization, null, body);
exception when unique_violation then
  -- Asked twice at once: the other has opened it meanwhile.
  if not private.is_own_topic(id, author) then
    perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
  end if;
end;
$$;

-- Answers a topic, or a post in it, for its author. Asked again with the same id, nothing changes.
create function private.publish_reply(
  id uuid, author uuid, organization uuid, topic uuid, parent uuid, body jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_act_on(topic, organization);
  answered public.posts;
begin
  if exists (
    select from public.posts
    where posts.id = publish_reply.id and topic_id = topic and author_id = author) then
    return;
  elsif exists (select from public.topics where topics.id = publish_reply.id) then
    -- What was told about a topic would be taken back with this post.
    perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
  end if;
  perform private.require_open(found_topic);
  perform private.require_document(body);
  if parent is not null then
    select * into answered from public.posts
    where posts.id = parent and topic_id = topic and deleted_at is null;
    if answered.id is null then
      perform private.refuse(422, 'parent_invalid', 'What this answers is not in this topic, or is gone.');
    elsif answered.number = 1 then
      -- To answer the opening post is to answer the topic.
      answered := null;
    end if;
  end if;

  perform private.add_post(found_topic, publish_reply.id, author, organization, answered, body);
exception when unique_violation then
  perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
end;
$$;

-- The caller's own post in a topic that is open for writing, locked in the order topic, post.
create function private.my_post_to_change(post uuid) returns public.posts
language plpgsql set search_path = ''
as $$
declare
  own public.posts;
begin
  perform private.require_organization();
  select * into own from public.posts where posts.id = post and deleted_at is null;
  if own.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  end if;
  perform private.topic_to_write_in(own.topic_id);

  select * into own from public.posts where posts.id = post and deleted_at is null for no key update;
  if own.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  elsif own.author_id is distinct from auth.uid() then
    perform private.refuse(403, 'not_allowed', 'Only its author may change a post.');
  end if;
  return own;
end;
$$;

create function public.edit_post(post uuid, body jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  own public.posts := private.my_post_to_change(post);
begin
  perform private.require_document(body);
  if own.body is distinct from edit_post.body then
    insert into public.post_revisions (post_id, revision, body, written_at, editor_id, visibility)
    values (own.id, own.revision, own.body, coalesce(own.edited_at, own.created_at), own.author_id, own.visibility);
    update public.posts set body = edit_post.body, revision = revision + 1, edited_at = clock_timestamp()
    where posts.id = own.id;
  end if;
  return (select card from private.post_cards where post_cards.id = own.id);
end;
$$;
comment on function public.edit_post is
  'Changes what one''s own post says, and returns it.';
grant execute on function public.edit_post to authenticated;

create function public.delete_post(post uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  own public.posts := private.my_post_to_change(post);
  topic public.topics := (select topics from public.topics where topics.id = own.topic_id);
begin
  if own.number = 1 and topic.numbered_to > 1 then
    perform private.refuse(409, 'topic_has_replies', 'Others have answered: this topic can''t be deleted any more.');
  end if;

  -- The topic before its post: categories and tags are counted before companies.
  if own.number = 1 then
    update public.topics set deleted_at = now(), deleted_by = auth.uid() where topics.id = topic.id;
  end if;
  insert into private.deleted_posts (post_id, body, deleted_by) values (own.id, own.body, auth.uid());
  update public.posts set body = null, deleted_at = now() where posts.id = own.id;
  perform private.count_reply(own, -1);
end;
$$;
comment on function public.delete_post is
  'Takes back one''s own post; its place stays where answers hang on it. A topic nobody answered goes with its opening.';
grant execute on function public.delete_post to authenticated;

/*
 * Forum, threads — a topic read in branches, and what has changed in it since.
 *
 * Posts sorted by `path` stand in reading order, and a branch is what begins
 * with the path of its first post: a page of a topic is a page of branches, each
 * with its first posts; the rest of a branch is read by the path. A gap is the
 * path of a post behind which there is more to read. A deleted post is shown
 * only where something living hangs on it, or where moderators hid it.
 */

-- Tables ------------------------------------------------------------------

/*
 * The transaction that last changed what a post says or is worth. A reader who
 * comes back asks for all from the oldest one that was open at the last reading:
 * a clock would lose what was written before that moment and committed after it.
 */
alter table public.posts add column changed_in bigint not null default pg_current_xact_id()::text::bigint;

-- What has happened in this topic since?
create index on public.posts (topic_id, changed_in, id);

create function private.posts_mark_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.changed_in := pg_current_xact_id()::text::bigint;
  return new;
end;
$$;

create trigger before_update_mark_change before update of body, deleted_at, vote_count, author_id on public.posts
  for each row execute function private.posts_mark_change();

create view private.shown_posts with (security_invoker = true) as
  select post.* from private.post_cards as post
  where post.deleted_at is null or post.hidden_at is not null or exists (
    select from public.posts as living
    where living.topic_id = post.topic_id and living.path > post.path and living.path < post.path || 'g'
      and living.deleted_at is null);

-- Who may -----------------------------------------------------------------

-- What a post said before is read by who can read the post, while it is there, and could read it then.
grant select on public.post_revisions to authenticated;

create policy select_reader on public.post_revisions
  for select to authenticated
  using (exists (
    select from public.posts join public.topics on topics.id = posts.topic_id
    where posts.id = post_id and posts.deleted_at is null
      and (post_revisions.visibility = 'community' or posts.organization_id = (select private.my_organization()))));

-- What one may do -----------------------------------------------------------

/*
 * The next branches of a topic from a place on, forwards or backwards, as they
 * were begun or by their votes: one statement for each order an index gives.
 * Branches of which nothing is left are passed over. A place is <votes>_<number>.
 */
create function private.branches_from(topic uuid, by_votes boolean, forwards boolean, place text, amount int)
returns table (id uuid, place_of text)
language plpgsql stable set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  from_votes int := split_part(place, '_', 1);
  from_number int := split_part(place, '_', 2);
begin
  if by_votes and forwards then
    return query
      select posts.id, posts.vote_count || '_' || posts.number from public.posts
      where topic_id = topic and depth = 1 and (deleted_at is null or hidden_at is not null or branch_count > 0)
        and vote_count <= from_votes and (vote_count < from_votes or number > from_number)
      order by vote_count desc, number limit amount;
  elsif by_votes then
    return query
      select posts.id, posts.vote_count || '_' || posts.number from public.posts
      where topic_id = topic and depth = 1 and (deleted_at is null or hidden_at is not null or branch_count > 0)
        and vote_count >= from_votes and (vote_count > from_votes or number < from_number)
      order by vote_count, number desc limit amount;
  elsif forwards then
    return query
      select posts.id, posts.vote_count || '_' || posts.number from public.posts
      where topic_id = topic and depth = 1 and (deleted_at is null or hidden_at is not null or branch_count > 0) and number > from_number
      order by number limit amount;
  else
    return query
      select posts.id, posts.vote_count || '_' || posts.number from public.posts
      where topic_id = topic and depth = 1 and (deleted_at is null or hidden_at is not null or branch_count > 0) and number < from_number
      order by number desc limit amount;
  end if;
end;
$$;

-- Branches with the first posts below each; the first of them around its post at `target`, where there is one.
create function private.branch_cards(topic uuid, ids uuid[], target text) returns json
language plpgsql stable set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
begin
  return (
    select coalesce(json_agg(
      case when target is not null and chosen.place = 1 then private.branch_around(branch_cards.topic, target)
      else json_build_object(
        'post', root.card,
        'replies', to_json(coalesce(below.cards[1:5], '{}')),
        'gaps', to_json(case when cardinality(below.cards) > 5 then below.paths[5:5] else '{}' end)) end
      order by chosen.place), '[]')
    from unnest(ids) with ordinality as chosen (id, place)
    join private.post_cards as root on root.id = chosen.id
    left join lateral (
      select array_agg(first.card order by first.path) as cards, array_agg(first.path order by first.path) as paths
      from (
        select post.card, post.path from private.shown_posts as post
        where root.branch_count > 0
          and post.topic_id = root.topic_id and post.path > root.path and post.path < root.path || 'g'
        order by post.path limit 6) as first) as below on true);
end;
$$;

-- The branch around one of its posts: all posts that one hangs on, itself, and what follows.
create function private.branch_around(topic uuid, target text) returns json
language plpgsql stable set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
begin
  return (
    with above as (
      select post.card, post.path, lead(post.path, 1, target) over (order by post.path) as next_path
      from private.post_cards as post
      where post.topic_id = branch_around.topic
        and post.path = any (array(
          select left(target, 6 * level) from generate_series(1, length(target) / 6 - 1) as level))
    ), following as (
      select post.card, post.path, row_number() over (order by post.path) as place
      from private.shown_posts as post
      where post.topic_id = branch_around.topic and post.path >= target and post.path < left(target, 6) || 'g'
      order by post.path limit 11
    ), replies as (
      select card, path from above where path > left(target, 6)
      union all
      select card, path from following where place <= 10 and path > left(target, 6)
    ), gaps (path) as (
      select path from above
      where exists (
        select from private.shown_posts as post
        where post.topic_id = branch_around.topic and post.path > above.path and post.path < above.next_path)
      union all
      select path from following where place = 10 and exists (select from following where place = 11)
    )
    select json_build_object(
      'post', (select card from private.post_cards as post
               where post.topic_id = branch_around.topic and post.path = left(target, 6)),
      'replies', coalesce((select json_agg(card order by path) from replies), '[]'),
      'gaps', coalesce((select json_agg(path order by path) from gaps), '[]')));
end;
$$;

-- A topic the caller can read, as its card; refuses any other.
create function private.require_topic(topic uuid) returns json
language plpgsql stable set search_path = ''
as $$
declare
  mine uuid := private.require_organization();
  head json;
  answers jsonb := private.topic_answers(topic);
begin
  select card into head from private.topic_cards
  where topic_cards.id = require_topic.topic and (visibility = 'community' or organization_id = mine);
  if head is null then
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
  end if;
  return case
    when answers = '[]' then head
    else (head::jsonb || jsonb_build_object('template_answers', answers))::json end;
end;
$$;

-- Below this transaction all that was written has been read.
create function private.reading_mark() returns bigint
language plpgsql stable set search_path = ''
as $$
begin
  return pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
end;
$$;

create function public.topic_page(
  topic uuid, sort text default 'oldest', after text default null, before text default null,
  post uuid default null, size int default 20)
returns json
language plpgsql stable security definer set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  page_size int := private.page_size(size);
  head json := private.require_topic(topic);
  forwards boolean := (before is null) = (sort <> 'newest');
  place text := coalesce(after, before);
  target text;
  ids uuid[];
  places text[];
  is_more boolean;
  answer json;
begin
  if sort is null or sort not in ('oldest', 'newest', 'votes') then
    perform private.refuse(422, 'invalid_input', 'Sort by oldest, newest or votes.');
  elsif place !~ '^[0-9]{1,9}_[0-9]{1,9}$' or (after is not null and before is not null) then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this topic.');
  end if;

  if place is null and post is not null then
    -- From the branch on that this post stands in, where anything of it is left.
    select posts.path, root.vote_count || '_' || (root.number + case when sort = 'newest' then 1 else -1 end)
    into target, place
    from public.posts
    join public.posts as root on root.topic_id = posts.topic_id and root.path = left(posts.path, 6)
    where posts.topic_id = topic_page.topic and posts.id = post and posts.depth > 0
      and (root.deleted_at is null or root.hidden_at is not null or root.branch_count > 0);
  end if;

  select array_agg(branch.id), array_agg(branch.place_of) into ids, places
  from private.branches_from(
    topic, sort = 'votes', forwards,
    coalesce(place, case when sort = 'oldest' then '0_0' else '2147483647_2147483647' end), page_size + 1) as branch;
  is_more := cardinality(ids) > page_size;
  ids := ids[1:page_size];
  places := places[1:page_size];
  if before is not null then
    ids := array(select id from unnest(ids) with ordinality as each (id, rank) order by rank desc);
    places := array(select each.place from unnest(places) with ordinality as each (place, rank) order by rank desc);
  end if;

  if head ->> 'answer_id' is not null then
    select card into answer from private.post_cards where post_cards.id = (head ->> 'answer_id')::uuid;
  end if;

  return json_build_object(
    'topic', head,
    'opening', (select card from private.post_cards where post_cards.topic_id = topic_page.topic and number = 1),
    'answer', answer,
    'branches', private.branch_cards(topic, ids, target),
    'next', case when before is not null or is_more then places[cardinality(places)] end,
    'previous', case
      when before is not null then case when is_more then places[1] end
      when place is not null and exists (
        select from private.branches_from(topic, sort = 'votes', not forwards, places[1], 1)) then places[1] end,
    'mark', private.reading_mark());
end;
$$;
comment on function public.topic_page is
  'A topic as a page of its branches, sorted by oldest, newest or votes; with `post`, from the branch on that it stands in. {topic, opening, answer, branches: [{post, replies, gaps}], next, previous, mark}: `next` goes into `after`, `previous` into `before`, a gap into branch_page, `mark` into posts_since.';
grant execute on function public.topic_page to authenticated;

create function public.branch_page(post uuid, after text default null, size int default 20)
returns json
language plpgsql stable security definer set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  page_size int := private.page_size(size);
  mine uuid := private.require_organization();
  beginning public.posts;
  cards json[];
  paths text[];
begin
  if after !~ '^([0-9a-f]{6})+$' then
    perform private.refuse(422, 'cursor_invalid', 'This is not a place in this branch.');
  end if;
  select posts.* into beginning
  from public.posts join public.topics on topics.id = posts.topic_id
  where posts.id = post and topics.deleted_at is null
    and (topics.visibility = 'community' or topics.organization_id = mine);
  if beginning.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  end if;

  select array_agg(page.card order by page.path), array_agg(page.path order by page.path) into cards, paths
  from (
    select below.card, below.path from private.shown_posts as below
    where below.topic_id = beginning.topic_id
      and below.path > greatest(after collate "C", beginning.path) and below.path < beginning.path || 'g'
    order by below.path
    limit page_size + 1) as page;

  return json_build_object(
    'posts', to_json(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then paths[page_size] end);
end;
$$;
comment on function public.branch_page is
  'What stands below a post, in reading order. {posts, next}: `next`, or the path of any post in the branch, goes into `after`.';
grant execute on function public.branch_page to authenticated;

create function public.posts_since(topic uuid, mark bigint, after text default null, size int default 100)
returns json
language plpgsql stable security definer set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  page_size int := private.page_size(size);
  head json := private.require_topic(topic);
  from_change bigint := mark;
  from_id uuid := '00000000-0000-0000-0000-000000000000';
  ids uuid[];
  changes bigint[];
  is_more boolean;
begin
  if after !~ '^[0-9]{1,18}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this topic.');
  elsif mark is null then
    perform private.refuse(422, 'invalid_input', 'Say since when: a mark of this topic.');
  elsif after is not null then
    from_change := split_part(after, '_', 1);
    from_id := split_part(after, '_', 2);
  end if;

  select array_agg(page.id), array_agg(page.changed_in) into ids, changes
  from (
    select posts.id, posts.changed_in from public.posts
    where posts.topic_id = posts_since.topic and (posts.changed_in, posts.id) > (from_change, from_id)
    order by posts.changed_in, posts.id
    limit page_size + 1) as page;
  is_more := cardinality(ids) > page_size;
  ids := ids[1:page_size];

  return json_build_object(
    'topic', head,
    'answer', (select card from private.post_cards where post_cards.id = (head ->> 'answer_id')::uuid),
    'posts', (
      select coalesce(json_agg(card order by number), '[]') from private.post_cards where post_cards.id = any (ids)),
    'counts', (
      select coalesce(json_agg(json_build_object(
        'id', posts.id, 'reply_count', posts.reply_count, 'branch_count', posts.branch_count)), '[]')
      from public.posts
      where posts.topic_id = posts_since.topic and posts.id in (
        select changed.parent_id from public.posts as changed where changed.id = any (ids)
        union
        select root.id from public.posts as changed
        join public.posts as root on root.topic_id = changed.topic_id and root.path = left(changed.path, 6)
        where changed.id = any (ids))),
    'mark', private.reading_mark(),
    'next', case when is_more then changes[page_size] || '_' || ids[page_size] end);
end;
$$;
comment on function public.posts_since is
  'Which posts of a topic were written, edited, deleted or voted for since a mark, each once and as it is now. {topic, answer, posts, counts, mark, next}: `counts` of what they hang on; while there is a `next` it goes into `after`, then the mark of the first answer into the next call.';
grant execute on function public.posts_since to authenticated;

create function public.post_history(post uuid, before int default null, size int default 20) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  page_size int := private.page_size(size);
  versions jsonb[];
  revisions int[];
begin
  perform private.require_organization();
  if not exists (
    select from public.posts join public.topics on topics.id = posts.topic_id
    where posts.id = post and posts.deleted_at is null)
  then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  end if;

  select array_agg(page.version order by page.revision desc), array_agg(page.revision order by page.revision desc)
  into versions, revisions
  from (
    select version.revision, jsonb_build_object(
      'revision', version.revision, 'body', version.body, 'written_at', version.written_at,
      'editor', editor.byline) as version
    from (
      select revision, body, written_at, editor_id from public.post_revisions where post_id = post
      union all
      select posts.revision, posts.body, coalesce(posts.edited_at, posts.created_at), posts.author_id
      from public.posts where posts.id = post) as version
    left join private.person_cards as editor on editor.id = version.editor_id
    where before is null or version.revision < before
    order by version.revision desc
    limit page_size + 1) as page;
  return jsonb_build_object(
    'versions', to_jsonb(coalesce(versions[1:page_size], '{}')),
    'next', case when cardinality(revisions) > page_size then revisions[page_size] end);
end;
$$;
comment on function public.post_history is
  'What a post has said, newest first, a page at a time: {versions: [{revision, body, written_at, editor}], next}: `next` goes into `before`. What it said while one company alone read it, only that company reads.';
grant execute on function public.post_history to authenticated;

/*
 * Forum, votes — who finds a post useful, which reply answers a topic, and what
 * both are worth to those who wrote.
 *
 * Whoever votes or chooses locks the topic, then the post, as all who write do.
 * Counts follow the rows of votes by themselves, also where those go with their
 * voter; so does reputation follow posts and topics. A closed topic goes on to
 * be read and so takes votes, but no other answer (both as in Discourse).
 */

-- What one may do -----------------------------------------------------------

create function public.vote(post uuid, useful boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  target public.posts;
begin
  perform private.topic_to_act_on((select posts.topic_id from public.posts where posts.id = vote.post));
  if useful is null then
    perform private.refuse(422, 'invalid_input', 'Say whether the post is useful: true or false.');
  end if;
  select * into target from public.posts where posts.id = vote.post and deleted_at is null for no key update;
  if target.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  elsif target.author_id = auth.uid() then
    perform private.refuse(409, 'own_post', 'Whether your post is useful is for others to say.');
  end if;

  if useful <> exists (select from public.votes where post_id = target.id and user_id = auth.uid()) then
    perform private.limit_rate('votes.minute', auth.uid()::text, 30, 60);
    perform private.limit_rate('votes.day', auth.uid()::text, 300, 86400);
    if useful then
      insert into public.votes (post_id, user_id) values (target.id, auth.uid());
    else
      delete from public.votes where post_id = target.id and user_id = auth.uid();
    end if;
  end if;
  return jsonb_build_object(
    'vote_count', (select posts.vote_count from public.posts where posts.id = target.id), 'voted', useful);
end;
$$;
comment on function public.vote is
  'Says that somebody else''s post is useful, or takes that back, and returns {vote_count, voted}. Asking again changes nothing.';
grant execute on function public.vote to authenticated;

create function public.choose_best_answer(topic uuid, post uuid default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_write_in(topic);
begin
  if found_topic.author_id is distinct from auth.uid() then
    perform private.refuse(403, 'not_allowed', 'Only whoever opened a topic chooses its best answer.');
  end if;
  if post is not null then
    perform from public.posts
    where posts.id = choose_best_answer.post and posts.topic_id = found_topic.id
      and posts.number > 1 and posts.deleted_at is null
    for no key update;
    if not found then
      perform private.refuse(422, 'answer_invalid', 'A best answer is a reply in this topic that is still there.');
    end if;
  end if;

  update public.topics
  set answer_id = choose_best_answer.post,
      answered_at = case when choose_best_answer.post is null then answered_at else now() end
  where topics.id = found_topic.id and answer_id is distinct from choose_best_answer.post;
  return (select card from private.topic_cards where topic_cards.id = found_topic.id);
end;
$$;
comment on function public.choose_best_answer is
  'Marks a reply as the one best answer of one''s own topic, or none (`post` left out), and returns the topic.';
grant execute on function public.choose_best_answer to authenticated;

/*
 * Replies that others found useful, the most useful first: what a topic without an
 * answer may be answered by. Two votes, because one is easily a friend's.
 */
create function private.likely_answers(topic public.topics) returns setof uuid
language sql stable set search_path = ''
as $$
  select posts.id from public.posts
  where posts.topic_id = topic.id and posts.number > 1 and posts.deleted_at is null
    and posts.vote_count >= 2 and posts.author_id is distinct from topic.author_id
  order by posts.vote_count desc, posts.number limit 3
$$;
grant execute on function private.likely_answers to authenticated;

create function public.likely_answers(topic uuid) returns json
language plpgsql stable set search_path = ''
as $$
declare
  own public.topics;
begin
  perform private.require_organization();
  select * into own from public.topics where topics.id = likely_answers.topic;
  if own.id is null then
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
  end if;
  return (
    select coalesce(json_agg(post.card order by likely.place), '[]')
    from private.likely_answers(own) with ordinality as likely (id, place)
    join private.post_cards as post on post.id = likely.id
    where own.author_id = auth.uid() and own.answer_id is null and own.locked_at is null);
end;
$$;
comment on function public.likely_answers is
  'For the author of a topic that has no answer yet: up to three replies that others found useful. Nothing for anybody else.';
grant execute on function public.likely_answers to authenticated;

-- What follows ----------------------------------------------------------------

-- Votes that come or go, by statement: whoever is erased takes all of theirs at once.
create function private.votes_count() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  step int := case tg_op when 'INSERT' then 1 else -1 end;
begin
  perform from public.topics
  where topics.id in (select posts.topic_id from changed join public.posts on posts.id = changed.post_id)
  order by topics.id for no key update;

  update public.posts set vote_count = vote_count + step * counted.votes
  from (select post_id, count(*)::int as votes from changed group by post_id) as counted
  where posts.id = counted.post_id;

  update public.topics
  set vote_count = opening.vote_count,
      trend = private.topic_trend(opening.vote_count, reply_count, created_at)
  from (
    select distinct posts.topic_id, posts.vote_count from changed
    join public.posts on posts.id = changed.post_id and posts.number = 1) as opening
  where topics.id = opening.topic_id;
  return null;
end;
$$;

create trigger after_insert_count after insert on public.votes
  referencing new table as changed for each statement execute function private.votes_count();

create trigger after_delete_count after delete on public.votes
  referencing old table as changed for each statement execute function private.votes_count();

/*
 * Whoever goes for good takes their votes along and leaves posts without an author,
 * in many topics: these are locked first, in one order.
 */
create function private.profiles_lock_topics() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform from public.topics
  where topics.author_id = old.id or topics.id in (
    select posts.topic_id from public.posts where posts.author_id = old.id
    union all
    select posts.topic_id from public.votes join public.posts on posts.id = votes.post_id where votes.user_id = old.id)
  order by topics.id for no key update;
  return old;
end;
$$;

create trigger before_delete_lock_topics before delete on public.profiles
  for each row execute function private.profiles_lock_topics();

/*
 * A reply that is gone, by whomever and however, answers nothing. By statement, and
 * named to come after companies are counted: what it takes back from its author is
 * the last that is locked.
 */
create function private.posts_unanswer() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (
    select from old_rows as was join new_rows as gone on gone.id = was.id
    where was.deleted_at is null and gone.deleted_at is not null)
  then
    update public.topics set answer_id = null
    from new_rows as gone
    where topics.id = gone.topic_id and answer_id = gone.id and gone.deleted_at is not null;
  end if;
  return null;
end;
$$;

create trigger after_update_unanswer after update on public.posts
  referencing old table as old_rows new table as new_rows for each statement execute function private.posts_unanswer();

-- The same where its row goes; before, so that the topic does not name what is not there.
create function private.posts_leave_topic() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.topics set answer_id = null where topics.id = old.topic_id and answer_id = old.id;
  return old;
end;
$$;

create trigger before_delete_leave_topic before delete on public.posts
  for each row execute function private.posts_leave_topic();

-- Reputation ------------------------------------------------------------------

-- What a vote for a post is worth to its author: asking well is something, answering well is more.
create function private.vote_points(number int) returns int
language sql immutable set search_path = ''
as $$ select case when number = 1 then 1 else 2 end $$;

-- What having given the best answer is worth; one's own answer is worth nothing.
create function private.answer_points() returns int
language sql immutable set search_path = ''
as $$ select 15 $$;

/*
 * What a topic gives to whom. Nothing while it is deleted, and nothing within a
 * company alone, where colleagues could raise each other unseen.
 */
create function private.topic_credits(topic public.topics)
returns table (person uuid, votes bigint, answers bigint, points bigint)
language sql stable set search_path = ''
as $$
  select posts.author_id, sum(posts.vote_count), 0::bigint, sum(posts.vote_count * private.vote_points(posts.number))
  from public.posts
  where posts.topic_id = topic.id and posts.deleted_at is null and posts.vote_count > 0
    and topic.visibility = 'community' and topic.deleted_at is null
  group by posts.author_id
  union all
  select posts.author_id, 0::bigint, 1::bigint, private.answer_points()::bigint
  from public.posts
  where posts.topic_id = topic.id and posts.id = topic.answer_id and posts.author_id is distinct from topic.author_id
    and topic.visibility = 'community' and topic.deleted_at is null
$$;

create function private.topics_credit() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- A reply changes a topic too, and no credit.
  if not exists (
    select from old_rows as before join new_rows as after on after.id = before.id
    where (before.answer_id, before.visibility, before.deleted_at is null)
      is distinct from (after.answer_id, after.visibility, after.deleted_at is null))
  then
    return null;
  end if;
  perform private.credit(person, sum(votes)::bigint, sum(answers)::bigint, sum(points)::bigint)
  from (
    select given.*
    from old_rows as before join new_rows as after on after.id = before.id,
      lateral (
        select person, -votes as votes, -answers as answers, -points as points
        from private.topic_credits(row(before.*)::public.topics)
        union all
        select * from private.topic_credits(row(after.*)::public.topics)) as given
    where (before.answer_id, before.visibility, before.deleted_at is null)
      is distinct from (after.answer_id, after.visibility, after.deleted_at is null)) as moved
  group by person having (sum(votes), sum(answers)) <> (0, 0) order by person;
  return null;
end;
$$;

create trigger after_update_credit after update on public.topics
  referencing old table as old_rows new table as new_rows for each statement execute function private.topics_credit();

create function private.topics_take_credit() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.credit(person, -sum(votes)::bigint, -sum(answers)::bigint, -sum(points)::bigint)
  from private.topic_credits(old) group by person order by person;
  return old;
end;
$$;

-- Before, while its posts are still there to say whose they are.
create trigger before_delete_take_credit before delete on public.topics
  for each row execute function private.topics_take_credit();

create function private.posts_credit() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    -- Where the topic goes too, it is not found here: it has taken all back before.
    perform private.credit(gone.author_id, -sum(gone.vote_count), 0, -sum(gone.vote_count * private.vote_points(gone.number)))
    from old_rows as gone
    join public.topics on topics.id = gone.topic_id and topics.visibility = 'community' and topics.deleted_at is null
    where gone.deleted_at is null and gone.vote_count > 0
    group by gone.author_id order by gone.author_id;
  else
    perform private.credit(moved.author_id, sum(moved.votes), 0, sum(moved.votes * private.vote_points(moved.number)))
    from (
      select topic_id, author_id, number, -vote_count as votes from old_rows where deleted_at is null and vote_count > 0
      union all
      select topic_id, author_id, number, vote_count from new_rows where deleted_at is null and vote_count > 0) as moved
    join public.topics on topics.id = moved.topic_id and topics.visibility = 'community' and topics.deleted_at is null
    group by moved.author_id having sum(moved.votes) <> 0 order by moved.author_id;
  end if;
  return null;
end;
$$;

create trigger after_update_credit after update on public.posts
  referencing old table as old_rows new table as new_rows for each statement execute function private.posts_credit();

create trigger after_delete_credit after delete on public.posts
  referencing old table as old_rows for each statement execute function private.posts_credit();

-- Counts everybody's reputation anew, where rows came in past the triggers. Changes that go on wait, and are added after.
create function private.recount_reputation() returns void
language plpgsql security definer set search_path = ''
as $$
begin
  lock table public.reputations in share row exclusive mode;
  insert into public.reputations as known (person_id, score, votes_received, answers_given)
  select profiles.id, coalesce(sum(given.points), 0), coalesce(sum(given.votes), 0), coalesce(sum(given.answers), 0)
  from public.profiles
  left join (
    select credits.* from public.topics, private.topic_credits(topics) as credits) as given on given.person = profiles.id
  group by profiles.id
  on conflict (person_id) do update
  set score = excluded.score, votes_received = excluded.votes_received, answers_given = excluded.answers_given
  where (known.score, known.votes_received, known.answers_given)
    is distinct from (excluded.score, excluded.votes_received, excluded.answers_given);
end;
$$;

/*
 * Forum, lists — which topics, in which order, and what is unread.
 *
 * Unread is what a person watches or follows and has not read to its end. New is
 * what they have never opened, for two weeks after it was opened and not before
 * they came themselves; opening it or marking all as read ends both.
 */

-- Which topics does a person watch, follow, mute?
create index topic_readers_by_level on public.topic_readers (user_id, level, topic_id) where level is not null;

-- What one may do ------------------------------------------------------------

-- The values of the filters have their kinds, or the list is refused.
create function private.require_topic_filters(filters jsonb, sort text) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if jsonb_typeof(filters) is distinct from 'object' or exists (
    select from jsonb_each(filters) as given (name, value)
    where coalesce(case
      when name in ('category', 'tag') then jsonb_typeof(value) = 'string'
      when name in ('organization', 'author') then
        jsonb_typeof(value) = 'string' and value #>> '{}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      when name in ('answered', 'unread') then jsonb_typeof(value) = 'boolean'
      when name = 'level' then value #>> '{}' = any (enum_range(null::public.follow_level)::text[])
    end, false) is false)
  then
    perform private.refuse(422, 'invalid_input', 'These are not filters of this list.');
  elsif sort is null or sort not in ('activity', 'newest', 'votes', 'unanswered', 'trending') then
    perform private.refuse(422, 'invalid_input', 'Topics are sorted by activity, newest, votes, unanswered or trending.');
  end if;
end;
$$;

-- The category a list is of; null for all.
create function private.asked_category(filters jsonb) returns uuid
language plpgsql stable set search_path = ''
as $$
declare
  shelf uuid := (select categories.id from public.categories where slug = filters ->> 'category');
begin
  if shelf is null and filters ? 'category' then
    perform private.refuse(404, 'not_found', 'There is no such category.');
  end if;
  return shelf;
end;
$$;

-- The tag a list is of, by its slug or another word for it; null for all.
create function private.asked_tag(filters jsonb) returns text[]
language plpgsql stable set search_path = ''
as $$
declare
  slug text := (private.tag_of(filters ->> 'tag')).slug;
begin
  if slug is null and filters ? 'tag' then
    perform private.refuse(404, 'not_found', 'There is no such tag.');
  end if;
  return case when slug is not null then array[slug] end;
end;
$$;

-- Where a page ended: what its last topic was sorted by.
create function private.topic_cursor(sort text, is_pinned boolean, sorted_at timestamptz, score double precision, id uuid)
returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return format('%s_%s_%s_%s', sort, case when is_pinned then 't' else 'f' end,
    case when sort in ('votes', 'trending') then score::text
      else (extract(epoch from sorted_at) * 1000000)::bigint::text end, id);
end;
$$;

-- The same, read again; nulls where the list begins.
create function private.topic_place(
  sort text, cursor text, out is_pinned boolean, out sorted_at timestamptz, out score double precision, out id uuid)
language plpgsql stable set search_path = ''
as $$
declare
  parts text[] := regexp_match(cursor,
    '^([a-z]+)_([tf])_([0-9]{1,16}(?:\.[0-9]{1,17})?)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
begin
  if cursor is null then return; end if;
  if parts is null or parts[1] <> sort then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
  end if;
  is_pinned := parts[2];
  score := parts[3];
  sorted_at := to_timestamp(0) + parts[3]::numeric::bigint * interval '1 microsecond';
  id := parts[4];
end;
$$;

-- What is unread or new to the caller; of the new at most so many, the latest.
create function private.my_unread(newest int) returns table (topic_id uuid, is_new boolean)
language plpgsql stable security definer rows 100 set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  mine uuid := private.require_organization();
  me uuid := auth.uid();
  since timestamptz := private.new_since();
begin
  return query
  select topics.id, false
  from public.topic_readers as readers
  join public.topics on topics.id = readers.topic_id
  where readers.user_id = me and readers.level in ('watching', 'following')
    and readers.read_number < topics.last_number
    and topics.deleted_at is null and (topics.visibility = 'community' or topics.organization_id = mine)
  union all
  (select topics.id, true
  from public.topics
  where topics.deleted_at is null and topics.created_at >= since
    and (topics.visibility = 'community' or topics.organization_id = mine)
    and not exists (
      select from public.topic_readers as readers where readers.user_id = me and readers.topic_id = topics.id)
  order by topics.created_at desc, topics.id desc
  limit newest);
end;
$$;
grant execute on function private.my_unread to authenticated;

/*
 * The ids of a page, with the place after each. Planned anew for each call: what
 * is not asked falls away in planning, and each order walks its own index.
 * Says itself who may read what: whoever asks is security definer, because a policy
 * would keep the index of tags from being used (its operator could leak).
 */
create function private.find_topics(mine uuid, filters jsonb, sort text, after text, most int)
returns table (id uuid, cursor text)
language plpgsql stable rows 20 set search_path = '' set plan_cache_mode = 'force_custom_plan'
as $$
declare
  me uuid := auth.uid();
  shelf uuid := private.asked_category(filters);
  tag text[] := private.asked_tag(filters);
  company uuid := filters ->> 'organization';
  person uuid := filters ->> 'author';
  answered boolean := filters ->> 'answered';
  unread boolean := filters ->> 'unread';
  asked_level public.follow_level := filters ->> 'level';
  among uuid[]; hidden uuid[] := '{}'; beside uuid[] := '{}';
  from_pinned boolean; from_at timestamptz; from_score double precision; from_id uuid;
begin
  select place.is_pinned, place.sorted_at, place.score, place.id into from_pinned, from_at, from_score, from_id
  from private.topic_place(sort, after) as place;
  if asked_level is not null then
    among := array(
      select readers.topic_id from public.topic_readers as readers where readers.user_id = me and readers.level = asked_level);
  elsif sort in ('activity', 'trending') then
    hidden := private.my_muted_topics();
  end if;
  if unread then
    among := array(select fresh.topic_id from private.my_unread(1000) as fresh
      where among is null or fresh.topic_id = any (among));
  elsif unread is false then
    beside := array(select fresh.topic_id from private.my_unread(1000) as fresh);
  end if;

  return query
  select topics.id, private.topic_cursor(sort,
    case when sort <> 'activity' then false when shelf is null then topics.is_pinned_everywhere else topics.is_pinned end,
    case when sort = 'newest' then topics.created_at else topics.last_post_at end,
    case when sort = 'votes' then topics.vote_count else topics.trend end,
    topics.id)
  from public.topics
  where topics.deleted_at is null
    and (topics.visibility = 'community' or topics.organization_id = mine)
    and (shelf is null or topics.category_id = shelf)
    and (tag is null or topics.tags @> tag)
    and (company is null or topics.organization_id = company)
    and (person is null or topics.author_id = person)
    and (answered is null or (topics.answer_id is not null) = answered)
    and (sort <> 'unanswered' or topics.answer_id is null)
    and (among is null or topics.id = any (among))
    and (hidden = '{}' or topics.id <> all (hidden))
    and (beside = '{}' or topics.id <> all (beside))
    and (from_id is null
      or sort = 'activity' and shelf is null
        and (topics.is_pinned_everywhere, topics.last_post_at, topics.id) < (from_pinned, from_at, from_id)
      or sort = 'activity' and shelf is not null
        and (topics.is_pinned, topics.last_post_at, topics.id) < (from_pinned, from_at, from_id)
      or sort = 'unanswered' and (topics.last_post_at, topics.id) < (from_at, from_id)
      or sort = 'newest' and (topics.created_at, topics.id) < (from_at, from_id)
      or sort = 'votes' and (topics.vote_count, topics.id) < (from_score::bigint, from_id)
      or sort = 'trending' and (topics.trend, topics.id) < (from_score, from_id))
  order by
    case when sort = 'activity' then
      case when shelf is null then topics.is_pinned_everywhere else topics.is_pinned end end desc,
    case when sort in ('activity', 'unanswered') then topics.last_post_at end desc,
    case when sort = 'newest' then topics.created_at end desc,
    case when sort = 'votes' then topics.vote_count end desc,
    case when sort = 'trending' then topics.trend end desc,
    topics.id desc
  limit most;
end;
$$;

-- What a list leaves out for the caller.
create function private.my_muted_topics() returns uuid[]
language plpgsql stable set search_path = ''
as $$
begin
  return array(
    select readers.topic_id from public.topic_readers as readers
    where readers.user_id = auth.uid() and readers.level = 'muted');
end;
$$;

/*
 * In plpgsql, whose plans are kept. The list everybody opens first, what goes on
 * in all of the forum or in one category, has a query for each of the two orders
 * an index gives: planning its page anew took longer than reading it (3.3 ms
 * against 1.0 ms for page two). Every other list finds its ids first
 * (private.find_topics) and reads their cards by a kept plan too.
 */
create function public.list_topics(
  filters jsonb default '{}', sort text default 'activity', after text default null, size int default 20)
returns json
language plpgsql stable security definer set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  page_size int := private.page_size(size);
  mine uuid := private.require_organization();
  hidden uuid[];
  shelf uuid;
  from_pinned boolean := true;
  from_at timestamptz := 'infinity';
  from_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  cards json[];
  cursors text[];
begin
  perform private.require_topic_filters(filters, sort);
  if sort = 'activity' and filters - 'category' = '{}' then
    hidden := private.my_muted_topics();
    shelf := private.asked_category(filters);
    if after is not null then
      select place.is_pinned, place.sorted_at, place.id into from_pinned, from_at, from_id
      from private.topic_place(sort, after) as place;
    end if;
  end if;

  if hidden is null then
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select (select topic.card from private.topic_cards as topic where topic.id = found.id) as card, found.cursor
      from private.find_topics(mine, filters, sort, after, page_size + 1) with ordinality as found (id, cursor, place)
      order by found.place) as page;
  elsif shelf is null then
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select topic.card,
        private.topic_cursor('activity', topic.is_pinned_everywhere, topic.last_post_at, null, topic.id) as cursor
      from private.topic_cards as topic
      where (topic.is_pinned_everywhere, topic.last_post_at, topic.id) < (from_pinned, from_at, from_id)
        and (topic.visibility = 'community' or topic.organization_id = mine) and topic.id <> all (hidden)
      order by topic.is_pinned_everywhere desc, topic.last_post_at desc, topic.id desc
      limit page_size + 1) as page;
  else
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select topic.card, private.topic_cursor('activity', topic.is_pinned, topic.last_post_at, null, topic.id) as cursor
      from private.topic_cards as topic
      where topic.category_id = shelf
        and (topic.is_pinned, topic.last_post_at, topic.id) < (from_pinned, from_at, from_id)
        and (topic.visibility = 'community' or topic.organization_id = mine) and topic.id <> all (hidden)
      order by topic.is_pinned desc, topic.last_post_at desc, topic.id desc
      limit page_size + 1) as page;
  end if;

  return json_build_object(
    'topics', to_json(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_topics is
  'Topics the caller can read: {topics, next}; `next` goes into `after`. Sorted by `activity` (pinned ones first, muted ones left out), `newest`, `votes`, `unanswered` (those without a best answer, by activity) or `trending` (muted ones left out). Filters: category and tag (slugs), organization and author (ids), answered, unread (true or false), level.';
grant execute on function public.list_topics to authenticated;

create function public.unread_count() returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('unread', count(*) filter (where not is_new), 'new', count(*) filter (where is_new))
  from private.my_unread(1000)
$$;
comment on function public.unread_count is
  'How many topics the caller follows and has not read to their end, and how many are new to them (1000 means at least so many): {unread, new}.';
grant execute on function public.unread_count to authenticated;

/*
 * Forum, similar topics — what has been asked already, while a title is typed.
 */

-- Tables ------------------------------------------------------------------

create table private.topic_titles (
  topic_id uuid primary key references public.topics on delete cascade,
  folded   text not null
);
comment on table private.topic_titles is
  'What topics are called, in the spelling of search. Not a column of theirs, because a topic is written anew with every reply and would be indexed anew by all its trigrams.';

-- In which titles does this word occur?
create index topic_titles_by_words on private.topic_titles using gin (folded extensions.gin_trgm_ops);

alter table private.topic_titles enable row level security;

-- What one may do ------------------------------------------------------------

-- The words of a title that say most: the four longest, in the spelling of search and without the Arabic article.
create function private.telling_words(title text) returns text[]
language sql immutable set search_path = ''
as $$
  select coalesce(array_agg(word order by length(word) desc, word), '{}')
  from (
    select distinct private.core_of(word) as word
    from regexp_split_to_table(private.fold(left(title, 160)), '[[:space:][:punct:]،؛؟«»]+') as word
    where length(word) >= 3
    order by word limit 40) as words
  where length(word) >= 3
$$;

/*
 * At most five topics that ask what this title asks. Candidates are at most two
 * hundred that have all the words and two hundred for each word; where no word is
 * found, those with a word that is nearly the first. Security definer because a
 * policy keeps the index of trigrams from being used: so it says itself who may
 * read what. Never by reading all titles, as the planner would for a frequent word.
 */
create function private.find_similar(title text, shelf uuid) returns table (id uuid, place bigint)
language plpgsql stable security definer rows 5 set search_path = ''
set plan_cache_mode = 'force_custom_plan' set enable_seqscan = off
as $$
declare
  mine uuid := private.require_organization();
  asked text := private.fold(left(title, 160));
  words text[] := (private.telling_words(title))[:4];
  nearly boolean := false;
begin
  if words = '{}' then return; end if;
  perform set_config('pg_trgm.word_similarity_threshold', '0.6', true);
  loop
    return query
    with candidates as materialized (
      (select topics.id, topics.category_id, titles.folded
      from private.topic_titles as titles join public.topics on topics.id = titles.topic_id
      where not nearly and topics.deleted_at is null
        and (topics.visibility = 'community' or topics.organization_id = mine)
        and titles.folded like '%' || words[1] || '%'
        and (words[2] is null or titles.folded like '%' || words[2] || '%')
        and (words[3] is null or titles.folded like '%' || words[3] || '%')
        and (words[4] is null or titles.folded like '%' || words[4] || '%')
      limit 200)
      union
      select having_one.* from unnest(words) as word cross join lateral (
        select topics.id, topics.category_id, titles.folded
        from private.topic_titles as titles join public.topics on topics.id = titles.topic_id
        where not nearly and topics.deleted_at is null
          and (topics.visibility = 'community' or topics.organization_id = mine)
          and titles.folded like '%' || word || '%'
        limit 200) as having_one
      union
      (select topics.id, topics.category_id, titles.folded
      from private.topic_titles as titles join public.topics on topics.id = titles.topic_id
      where nearly and topics.deleted_at is null
        and (topics.visibility = 'community' or topics.organization_id = mine)
        and titles.folded operator(extensions.%>) words[1]
      limit 200)),
    scored as (
      select candidates.id, extensions.similarity(asked, folded) as likeness,
        (select count(*) from unnest(words) as word where folded like '%' || word || '%')::float8 / cardinality(words) as share,
        case when category_id = shelf then 0.1 else 0 end as nearness
      from candidates)
    select scored.id, row_number() over (order by share + likeness + nearness desc, scored.id)
    from scored where share >= 0.5 or likeness >= 0.3
    order by 2 limit 5;
    exit when found or nearly or length(words[1]) < 5;
    nearly := true;
  end loop;
end;
$$;
grant execute on function private.find_similar to authenticated;

create function public.similar_topics(title text, category text default null) returns json
language plpgsql stable set search_path = ''
as $$
begin
  return coalesce((
    select json_agg((select topic.card from private.topic_cards as topic where topic.id = alike.id) order by alike.place)
    from private.find_similar(title, (select categories.id from public.categories where slug = category)) as alike), '[]');
end;
$$;
comment on function public.similar_topics is
  'At most five topics whose titles are like this one, best first; those of the category (its slug) a little before others.';
grant execute on function public.similar_topics to authenticated;

-- What follows ----------------------------------------------------------------

create function private.topics_keep_title() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into private.topic_titles (topic_id, folded) values (new.id, private.fold(new.title))
  on conflict (topic_id) do update set folded = excluded.folded;
  return null;
end;
$$;

create trigger after_insert_keep_title after insert on public.topics
  for each row execute function private.topics_keep_title();

create trigger after_update_keep_title after update of title on public.topics
  for each row when (old.title <> new.title) execute function private.topics_keep_title();

/*
 * Forum, following — what a topic is to a person: how far they have read, and
 * whether they watch, follow or mute it.
 *
 * Who opens a topic watches it, who answers follows it, unless they have chosen
 * otherwise. Reading goes forward only.
 */

-- Tables ------------------------------------------------------------------

-- What one has chosen is not changed by writing; no level can be a choice too.
alter table public.topic_readers add column chosen_at timestamptz;

-- What one may do ------------------------------------------------------------

-- The number of the newest post a topic ever had, for who may read it.
create function private.readable_topic(topic uuid) returns int
language plpgsql stable set search_path = ''
as $$
declare
  mine uuid := private.require_organization();
  newest int := (
    select numbered_to from public.topics
    where topics.id = topic and topics.deleted_at is null
      and (topics.visibility = 'community' or topics.organization_id = mine));
begin
  if newest is null then
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
  end if;
  return newest;
end;
$$;

create function public.follow_topic(topic uuid, level public.follow_level default null) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.readable_topic(topic);
  insert into public.topic_readers as readers (user_id, topic_id, level, chosen_at)
  values (auth.uid(), topic, follow_topic.level, now())
  on conflict (user_id, topic_id) do update set level = excluded.level, chosen_at = excluded.chosen_at
  where readers.chosen_at is null or readers.level is distinct from excluded.level;
end;
$$;
comment on function public.follow_topic is
  'Chooses what a topic is to the caller: `watching` (told of every reply), `following` (its replies count as unread), `muted` (left out of lists and mails), or null for none of these.';
grant execute on function public.follow_topic to authenticated;

-- One row. Where nothing more is read it says that somebody is there, who needs no mail about what they have before them.
create function public.mark_read(topic uuid, number int) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  newest int := private.readable_topic(topic);
begin
  if number is null or number < 1 then
    perform private.refuse(422, 'invalid_input', 'The number of a post is 1 or more.');
  end if;
  insert into public.topic_readers as readers (user_id, topic_id, read_number, read_at)
  values (auth.uid(), topic, least(number, newest), now())
  on conflict (user_id, topic_id) do update set
    read_number = greatest(readers.read_number, excluded.read_number), read_at = excluded.read_at;
end;
$$;
comment on function public.mark_read is
  'Remembers that the caller is in a topic and has read it up to the post of this number. Never goes back, and never beyond the newest post.';
grant execute on function public.mark_read to authenticated;

-- In the order of the topics, so that two devices of one person never wait for each other.
create function public.mark_all_read(category text default null) returns int
language plpgsql security definer set search_path = '' set plan_cache_mode = 'force_custom_plan'
as $$
declare
  mine uuid := private.require_organization();
  shelf uuid := private.asked_category(jsonb_strip_nulls(jsonb_build_object('category', category)));
  marked int;
begin
  -- As mark_notifications_read locks them: here they would come topic by topic.
  perform from public.notifications where user_id = auth.uid() and read_at is null order by id for update;
  insert into public.topic_readers as readers (user_id, topic_id, read_number, read_at)
  select auth.uid(), topics.id, topics.last_number, now()
  from (
    select begun.topic_id from public.topic_readers as begun where begun.user_id = auth.uid()
    union
    select unread.topic_id from private.my_unread(null) as unread) as known
  join public.topics on topics.id = known.topic_id
  where (shelf is null or topics.category_id = shelf)
    and topics.deleted_at is null and (topics.visibility = 'community' or topics.organization_id = mine)
  order by topics.id
  on conflict (user_id, topic_id) do update set read_number = excluded.read_number, read_at = excluded.read_at
  where readers.read_number < excluded.read_number;
  get diagnostics marked = row_count;
  return marked;
end;
$$;
comment on function public.mark_all_read is
  'Marks everything read that is unread or new to the caller, in one category (its slug) or in all. Returns how many topics that changed.';
grant execute on function public.mark_all_read to authenticated;

-- What follows ----------------------------------------------------------------

-- Who writes has read what stands right above, and wants to know what comes.
create function private.posts_follow() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.topic_readers as readers (user_id, topic_id, level, read_number, read_at)
  values (
    new.author_id, new.topic_id,
    case when new.number = 1 then 'watching'::public.follow_level else 'following' end, new.number, now())
  on conflict (user_id, topic_id) do update set
    level = case when readers.chosen_at is null then coalesce(readers.level, excluded.level) else readers.level end,
    read_number = case when readers.read_number = new.number - 1 then new.number else readers.read_number end,
    read_at = excluded.read_at;
  return null;
end;
$$;

create trigger after_insert_follow after insert on public.posts
  for each row when (new.author_id is not null) execute function private.posts_follow();

/*
 * Forum, acts on topics — edit, move, pin, close, delete, restore.
 *
 * The author does what harms nobody who answered; moderators do the rest, in
 * topics they can read, and each act of theirs on others' topics is in the audit
 * log. A deleted topic takes its posts out of everybody's sight and brings them
 * back unharmed.
 */

-- Tables ------------------------------------------------------------------

alter table public.topics add column deletion_reason text
  constraint only_deleted_topics_have_a_reason check (deletion_reason is null or deleted_at is not null);

-- A copy of the topic's, so that the policy reads one row.
alter table public.posts add column topic_deleted_at timestamptz;

create function private.posts_follow_deletion() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Companies are counted in the order of their ids: the topic's own, and those its posts were written for.
  perform from public.organization_statistics
  where organization_id = new.organization_id
    or organization_id in (select author_organization_id from public.posts where topic_id = new.id)
  order by organization_id for no key update;
  update public.posts set topic_deleted_at = new.deleted_at where topic_id = new.id;
  return null;
end;
$$;

-- Its name puts it after the shelves: whoever writes topics counts categories and tags first, then companies.
create trigger after_update_take_posts_along after update of deleted_at on public.topics
  for each row when (old.deleted_at is distinct from new.deleted_at) execute function private.posts_follow_deletion();

-- Who deleted what: for lists of one's own, and of what moderators took away.
create index on public.topics (deleted_at desc, id desc) where deleted_at is not null;

-- Who may -----------------------------------------------------------------

alter policy select_reader on public.posts
  using (topic_deleted_at is null and (
    organization_id = (select private.my_organization())
    or (visibility = 'community' and (select private.my_organization()) is not null)));

-- Null for a moderator; for anybody else the refusal, which is remembered.
create function private.moderator_refusal(action text, topic uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if private.my_platform_role() is null then
    return private.deny(403, 'not_allowed', 'This is for moderators.', action, null, 'topic', topic::text);
  end if;
  return null;
end;
$$;

create function private.others_answered(topic uuid, author uuid) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from public.posts
    where topic_id = topic and number > 1 and author_id is distinct from author and deleted_at is null)
$$;

-- What one may do -----------------------------------------------------------

/*
 * Its author changes a topic while it is open, moderators always; who may read it
 * is the author's to say, and only until somebody else has answered: they wrote
 * for those who could read it then. What is null stays.
 */
create function public.edit_topic(
  topic uuid, title text default null, tags text[] default null, template_answers jsonb default null,
  visibility public.visibility default null)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_act_on(topic);
  is_author boolean := coalesce(found_topic.author_id = auth.uid(), false);
  wanted public.topics := found_topic;
  changed text[];
begin
  if not is_author and private.my_platform_role() is null then
    return private.deny(403, 'not_allowed', 'Only its author or a moderator may change a topic.',
      'topics.edit', null, 'topic', topic::text);
  elsif found_topic.locked_at is not null and private.my_platform_role() is null then
    perform private.refuse(409, 'topic_locked', 'This topic is closed.');
  elsif private.my_platform_role() is null
    and (select deleted_at from public.posts where topic_id = edit_topic.topic and number = 1) is not null then
    perform private.refuse(409, 'post_gone', 'What opens this topic was taken out of sight.');
  end if;

  wanted.title := coalesce(btrim(edit_topic.title), wanted.title);
  if length(wanted.title) < 4 or not coalesce(private.is_name(wanted.title, 160), false) then
    perform private.refuse_field(422, 'title_invalid', 'title', 'A title has 4 to 160 characters.');
  end if;
  if edit_topic.tags is not null then
    wanted.tags := private.chosen_tags(edit_topic.tags, found_topic.tags);
  end if;
  if edit_topic.template_answers is not null then
    wanted.template_answers := private.fitting_answers(
      (select template from public.categories where id = found_topic.category_id), edit_topic.template_answers);
  end if;
  wanted.visibility := coalesce(edit_topic.visibility, wanted.visibility);
  if wanted.visibility <> found_topic.visibility then
    if not is_author then
      perform private.refuse(403, 'not_allowed', 'Who may read a topic is for its author to say.');
    elsif private.others_answered(topic, auth.uid()) then
      perform private.refuse(409, 'readers_fixed', 'Others have answered: who can read it stays as it is.');
    end if;
  end if;

  changed := array_remove(array[
    case when wanted.title <> found_topic.title then 'title' end,
    case when wanted.tags <> found_topic.tags then 'tags' end,
    case when wanted.template_answers <> found_topic.template_answers then 'template_answers' end,
    case when wanted.visibility <> found_topic.visibility then 'visibility' end], null);
  if changed <> '{}' then
    update public.topics set
      title = wanted.title, tags = wanted.tags, template_answers = wanted.template_answers,
      visibility = wanted.visibility,
      edited_at = case when changed && array['title', 'template_answers'] then now() else edited_at end
    where id = topic;
    if not is_author then
      perform private.audit('topics.edit', null, 'topic', topic::text, null, jsonb_build_object('changed', changed));
    end if;
  end if;
  return private.require_topic(topic);
end;
$$;
comment on function public.edit_topic is
  'Changes title, tags, answers to the template or readers of a topic; null leaves a thing as it is. For its author; moderators change all but the readers. Returns the topic.';
grant execute on function public.edit_topic to authenticated;

create function public.move_topic(topic uuid, category text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_act_on(topic);
  is_author boolean := coalesce(found_topic.author_id = auth.uid(), false);
  shelf public.categories;
begin
  if private.my_platform_role() is null then
    if not is_author then
      return private.deny(403, 'not_allowed', 'Only its author or a moderator may move a topic.',
        'topics.move', null, 'topic', topic::text);
    elsif found_topic.locked_at is not null then
      perform private.refuse(409, 'topic_locked', 'This topic is closed.');
    elsif found_topic.created_at < now() - interval '24 hours' then
      perform private.refuse(409, 'move_too_late', 'After a day only moderators move a topic.');
    end if;
  end if;
  shelf := private.open_category(category);
  if shelf.id <> found_topic.category_id then
    update public.topics set category_id = shelf.id where id = topic;
    if not is_author then
      perform private.audit('topics.move', null, 'topic', topic::text,
        jsonb_build_object('category', (select slug from public.categories where id = found_topic.category_id)),
        jsonb_build_object('category', shelf.slug));
    end if;
  end if;
  return private.require_topic(topic);
end;
$$;
comment on function public.move_topic is
  'Puts a topic into another category (its slug). For moderators, and for its author within a day. Returns the topic.';
grant execute on function public.move_topic to authenticated;

create function public.pin_topic(topic uuid, place public.pin_place, until timestamptz default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.moderator_refusal('topics.pin', topic);
  found_topic public.topics;
begin
  if refusal is not null then
    return refusal;
  end if;
  found_topic := private.topic_to_act_on(topic);
  if place is not null and (until <= now() or until > now() + interval '1 year') then
    perform private.refuse_field(422, 'pin_invalid', 'until', 'A pin ends within a year from now.');
  end if;
  if (place, until) is distinct from (found_topic.pinned_in, found_topic.pinned_until) then
    update public.topics set
      pinned_in = place,
      pinned_at = case when place is not null then now() end,
      pinned_until = case when place is not null then until end
    where id = topic;
    perform private.audit('topics.pin', null, 'topic', topic::text,
      jsonb_build_object('pinned_in', found_topic.pinned_in), jsonb_build_object('pinned_in', place));
  end if;
  return private.require_topic(topic);
end;
$$;
comment on function public.pin_topic is
  'For moderators: puts a topic on top of its category or of the whole forum, for a time or for good; `place` null takes it down. Returns the topic.';
grant execute on function public.pin_topic to authenticated;

create function public.lock_topic(topic uuid, locked boolean default true) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.moderator_refusal('topics.lock', topic);
  found_topic public.topics;
begin
  if refusal is not null then
    return refusal;
  end if;
  found_topic := private.topic_to_act_on(topic);
  if locked is null then
    perform private.refuse(422, 'invalid_input', 'Say whether it is closed.');
  elsif (found_topic.locked_at is not null) <> locked then
    update public.topics set locked_at = case when locked then now() end where id = topic;
    perform private.audit('topics.lock', null, 'topic', topic::text,
      jsonb_build_object('locked', not locked), jsonb_build_object('locked', locked));
  end if;
  return private.require_topic(topic);
end;
$$;
comment on function public.lock_topic is
  'For moderators: closes a topic to answers and changes, or opens it again. Returns the topic.';
grant execute on function public.lock_topic to authenticated;

create function public.delete_topic(topic uuid, reason text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_act_on(topic);
  is_moderator boolean := private.my_platform_role() is not null;
  is_author boolean := coalesce(found_topic.author_id = auth.uid(), false);
  because text;
begin
  if not is_author and not is_moderator then
    return private.deny(403, 'not_allowed', 'Only its author or a moderator may delete a topic.',
      'topics.delete', null, 'topic', topic::text);
  elsif is_author and not is_moderator and found_topic.locked_at is not null then
    perform private.refuse(409, 'topic_locked', 'This topic is closed.');
  elsif is_author and not is_moderator and private.others_answered(topic, auth.uid()) then
    perform private.refuse(409, 'topic_has_replies', 'Others have answered: this topic can''t be deleted any more.');
  elsif not is_author then
    because := private.reason(reason);
  end if;
  update public.topics
  set deleted_at = now(), deleted_by = auth.uid(), deletion_reason = because
  where id = topic;
  if not is_author then
    perform private.audit('topics.delete', null, 'topic', topic::text,
      jsonb_build_object('deleted', false), jsonb_build_object('deleted', true));
  end if;
  return jsonb_build_object('id', topic);
end;
$$;
comment on function public.delete_topic is
  'Takes a topic and its posts out of sight; it can be restored. For its author while nobody else has answered, and for moderators with a reason, which its author reads.';
grant execute on function public.delete_topic to authenticated;

-- Whether the caller may bring this topic back: of their own what they deleted themselves, of others', as a moderator, what they could read.
create function private.may_restore(topic public.topics) returns boolean
language sql stable security definer set search_path = ''
as $$
  select topic.deleted_at is not null
    and (topic.organization_id = private.my_organization() or topic.visibility = 'community')
    and case when topic.author_id = auth.uid() then coalesce(topic.deleted_by = auth.uid(), false)
      else private.my_platform_role() is not null end
$$;

create function public.restore_topic(topic uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  found_topic public.topics;
begin
  select * into found_topic from public.topics
  where id = topic and (organization_id = organization or visibility = 'community'
    and (deleted_at is null or author_id = auth.uid() or private.my_platform_role() is not null))
  for no key update;
  if found_topic.id is null then
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
  elsif found_topic.deleted_at is not null then
    if not private.may_restore(found_topic) then
      return private.deny(403, 'not_allowed', 'Who deleted it, or a moderator, may restore it.',
        'topics.restore', null, 'topic', topic::text);
    end if;
    update public.topics set deleted_at = null, deleted_by = null, deletion_reason = null where id = topic;
    -- Its author may have taken it back by its opening.
    with back as (
      delete from private.deleted_posts as gone using public.posts
      where posts.id = gone.post_id and posts.topic_id = topic and posts.number = 1 and posts.hidden_at is null
      returning gone.post_id, gone.body)
    update public.posts set body = back.body, deleted_at = null from back where posts.id = back.post_id;
    if found_topic.author_id is distinct from auth.uid() then
      perform private.audit('topics.restore', null, 'topic', topic::text,
        jsonb_build_object('deleted', true), jsonb_build_object('deleted', false));
    end if;
  end if;
  return private.require_topic(topic);
end;
$$;
comment on function public.restore_topic is
  'Brings a deleted topic back with all that was in it. For whoever deleted their own, and for moderators. Returns the topic.';
grant execute on function public.restore_topic to authenticated;

/*
 * The caller's own deleted topics and, for moderators, those of others they could
 * read. Security definer: nobody has a right to the rows; the reason is its author's to read.
 */
create function public.list_deleted_topics(after text default null, size int default 20) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  page_size int := private.page_size(size);
  organization uuid := private.require_organization();
  is_moderator boolean := private.my_platform_role() is not null;
  from_at timestamptz := 'infinity';
  from_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  cards jsonb[];
  cursors text[];
begin
  if after is not null then
    if after !~ '^[0-9]{1,16}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
      perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
    end if;
    from_at := to_timestamp(0) + split_part(after, '_', 1)::bigint * interval '1 microsecond';
    from_id := split_part(after, '_', 2);
  end if;
  select array_agg(page.card), array_agg(page.cursor) into cards, cursors
  from (
    select
      jsonb_build_object(
        'id', topics.id, 'title', topics.title, 'reply_count', topics.reply_count,
        'category', jsonb_build_object('slug', categories.slug, 'name_en', categories.name_en, 'name_ar', categories.name_ar),
        'author', author.card, 'deleted_by', deleter.card, 'deleted_at', topics.deleted_at,
        'reason', topics.deletion_reason, 'restorable', private.may_restore(topics)) as card,
      (extract(epoch from topics.deleted_at) * 1000000)::bigint || '_' || topics.id as cursor
    from public.topics
    join public.categories on categories.id = topics.category_id
    left join private.person_cards as author on author.id = topics.author_id
    left join private.person_cards as deleter on deleter.id = topics.deleted_by
    where topics.deleted_at is not null
      and (topics.deleted_at, topics.id) < (from_at, from_id)
      and (topics.author_id = auth.uid() or is_moderator and (topics.organization_id = organization or topics.visibility = 'community'))
    order by topics.deleted_at desc, topics.id desc
    limit page_size + 1) as page;
  return jsonb_build_object(
    'topics', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_deleted_topics is
  'One''s own deleted topics and, for moderators, those of others, newest first, with who deleted them and why. {topics, next}.';
grant execute on function public.list_deleted_topics to authenticated;

-- What follows ----------------------------------------------------------------

-- Pins that are over; the worker asks every minute.
create function private.end_pins() returns int
language sql security definer set search_path = ''
as $$
  with ended as (
    update public.topics set pinned_in = null, pinned_at = null, pinned_until = null
    where pinned_until <= now()
    returning 1)
  select count(*)::int from ended
$$;

/*
 * Forum, drafts — what somebody is writing, found again on another device.
 *
 * The last writer wins, but never unawares: whoever has not seen what another
 * device kept meanwhile is shown it first.
 */

-- What one may do -----------------------------------------------------------

/*
 * Keeps a draft. `based_on` is the time of the one this device knows. Where
 * another device wrote since, nothing is kept: the answer is 409 draft_changed
 * as the Data API writes an error, with the stored `draft` beside it.
 */
create function public.save_draft(key text, content jsonb, based_on timestamptz default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  stored public.drafts;
begin
  perform private.require_organization();
  if key is null or key !~ '^(topic|(reply|edit):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?)$' then
    perform private.refuse(422, 'invalid_input', 'A draft is of a topic, a reply or an edit.');
  elsif content is null or jsonb_typeof(content) <> 'object' then
    perform private.refuse(422, 'invalid_input', 'A draft is an object.');
  elsif octet_length(content::text) > 120000 then
    perform private.refuse(413, 'document_too_large', 'A draft has at most 120,000 bytes.');
  end if;
  perform private.limit_rate('drafts.person', auth.uid()::text, 240, 600);

  -- One's devices write one after another.
  perform pg_advisory_xact_lock(hashtextextended('drafts ' || auth.uid(), 0));
  select * into stored from public.drafts where user_id = auth.uid() and drafts.key = save_draft.key;
  if stored.content = save_draft.content then
    return jsonb_build_object('key', key, 'updated_at', stored.updated_at);
  elsif stored.updated_at is distinct from based_on and stored.key is not null then
    perform set_config('response.status', '409', true);
    return jsonb_build_object(
      'code', 'PT409', 'details', 'draft_changed', 'hint', null,
      'message', 'Another device has written here since.',
      'draft', to_jsonb(stored) - 'user_id');
  elsif stored.key is null and (select count(*) from public.drafts where user_id = auth.uid()) >= 50 then
    perform private.refuse(409, 'drafts_limit', 'There are fifty drafts: discard one first.');
  end if;

  insert into public.drafts as kept (user_id, key, content, updated_at)
  values (auth.uid(), save_draft.key, save_draft.content, clock_timestamp())
  on conflict on constraint drafts_pkey do update set content = excluded.content
  returning * into stored;
  return jsonb_build_object('key', key, 'updated_at', stored.updated_at);
end;
$$;
comment on function public.save_draft is
  'Keeps what one is writing: {key, updated_at}. Where it is newer elsewhere than `based_on`: 409 draft_changed with the stored `draft`.';
grant execute on function public.save_draft to authenticated;

create function public.list_drafts() returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  perform private.require_organization();
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'key', drafts.key, 'updated_at', drafts.updated_at,
      'title', coalesce(topics.title, drafts.content ->> 'title'),
      'topic', topics.id,
      'locked', topics.locked_at is not null,
      'gone', named.id is distinct from posts.id or posts.deleted_at is not null,
      'excerpt', left(private.draft_text(drafts.content), 140)) order by drafts.updated_at desc), '[]')
    from public.drafts
    cross join lateral (
      select case
        when drafts.key like 'edit:%' then private.draft_subject(drafts.key)
        else nullif(split_part(drafts.key, ':', 3), '')::uuid
      end as id) as named
    left join public.posts on posts.id = named.id
    left join public.topics
      on topics.id = case when drafts.key like 'reply:%' then private.draft_subject(drafts.key) else posts.topic_id end);
end;
$$;
comment on function public.list_drafts is
  'The caller''s drafts, newest first: key, updated_at, the topic they belong to, whether it is closed, whether the post they answer or change is gone, and how they begin. What one says whole is in the table.';
grant execute on function public.list_drafts to authenticated;

-- The topic or post a key names; null for a new topic.
create function private.draft_subject(key text) returns uuid
language sql immutable set search_path = ''
as $$ select nullif(split_part(key, ':', 2), '')::uuid $$;
grant execute on function private.draft_subject to authenticated;

-- The words of a draft, wherever its document is kept in it.
create function private.draft_text(content jsonb) returns text
language sql immutable set search_path = ''
as $$
  select string_agg(words #>> '{}', ' ')
  from jsonb_path_query(content -> 'body', 'strict $.** ? (@.type == "text").text', silent => true) as words
$$;
grant execute on function private.draft_text to authenticated;

create function public.discard_draft(key text) returns void
language sql security definer set search_path = ''
as $$
  select private.require_organization();
  delete from public.drafts where user_id = auth.uid() and drafts.key = discard_draft.key;
$$;
comment on function public.discard_draft is
  'Forgets a draft of the caller''s; one that is not there is forgotten already.';
grant execute on function public.discard_draft to authenticated;

/*
 * Forum, live — what open pages are told, and who may listen.
 *
 *   topic:<id>          posts of one topic; typing and presence of its readers;
 *                       topic:<id>:<organization> where one company reads it
 *   forum               topics of the community
 *   organization:<id>   topics of one organization
 *
 * An event names a row; the page asks for the row under its reader's rights.
 * So nothing can be overheard that could not be read.
 */

-- Who may listen ------------------------------------------------------------

/*
 * The channel of a topic. Who may listen is asked when it is joined: so what becomes
 * one company's own goes on in another, which those who listened before are not in.
 */
create function private.topic_channel(topic uuid, visibility public.visibility, organization uuid) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return 'topic:' || topic::text || case visibility when 'organization' then ':' || organization::text else '' end;
end;
$$;
grant execute on function private.topic_channel to authenticated;

-- Asked once for a channel that is joined, never for a row.
create function private.may_read_topic_channel(topic text) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
  return topic ~ '^topic:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:|$)'
    and exists (
      select from public.topics as asked
      where asked.id = substr(topic, 7, 36)::uuid and asked.deleted_at is null
        and private.topic_channel(asked.id, asked.visibility, asked.organization_id) = topic);
end;
$$;
grant execute on function private.may_read_topic_channel to authenticated;

create policy select_forum_reader on realtime.messages
  for select to authenticated
  using (extension in ('broadcast', 'presence') and case
    when (select private.my_organization()) is null then false
    when (select realtime.topic()) = 'forum' then true
    when (select realtime.topic()) = 'organization:' || (select private.my_organization()) then true
    else (select private.may_read_topic_channel((select realtime.topic())))
  end);

-- Typing and presence, in a topic one can read. Everything else is said by the database.
create policy insert_forum_reader on realtime.messages
  for insert to authenticated
  with check (extension in ('broadcast', 'presence')
    and (select private.my_organization()) is not null
    and (select private.may_read_topic_channel((select realtime.topic()))));

-- What follows ----------------------------------------------------------------

create function private.posts_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('post_id', new.id, 'parent_id', new.parent_id, 'author_id', new.author_id),
    case
      when tg_op = 'INSERT' then 'post_created'
      when new.deleted_at is not null then 'post_deleted'
      else 'post_edited'
    end,
    private.topic_channel(new.topic_id, new.visibility, new.organization_id),
    true);
  return null;
end;
$$;

create trigger after_insert_announce after insert on public.posts
  for each row execute function private.posts_announce();

create trigger after_update_announce after update of body, deleted_at on public.posts
  for each row execute function private.posts_announce();

create function private.topics_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('topic_id', new.id),
    -- Its opening post makes a new topic complete, and it is the first to change it.
    case when old.numbered_to = 0 then 'topic_opened' else 'topic_changed' end,
    case new.visibility
      when 'community' then 'forum'
      else 'organization:' || new.organization_id
    end,
    true);
  return null;
end;
$$;

create trigger after_update_announce after update on public.topics
  for each row execute function private.topics_announce();

-- Who reads it is told what the topic itself has become; who is in the list is told by the trigger above.
create function private.topics_tell_readers() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Where others read it now, those who did until now are told once more, and look, and go.
  perform realtime.send(jsonb_build_object('topic_id', new.id), 'topic_changed', channel, true)
  from (values
    (private.topic_channel(old.id, old.visibility, old.organization_id)),
    (private.topic_channel(new.id, new.visibility, new.organization_id))) as told (channel)
  group by channel;
  return null;
end;
$$;

create trigger after_update_tell_readers
  after update of title, tags, template_answers, category_id, visibility, answer_id, pinned_in, pinned_until, locked_at, deleted_at
  on public.topics for each row
  when ((old.title, old.tags, old.template_answers, old.category_id, old.visibility, old.answer_id, old.pinned_in,
      old.pinned_until, old.locked_at, old.deleted_at)
    is distinct from (new.title, new.tags, new.template_answers, new.category_id, new.visibility, new.answer_id,
      new.pinned_in, new.pinned_until, new.locked_at, new.deleted_at))
  execute function private.topics_tell_readers();

-- Votes for a post: how many there are now. Only for those who have its topic open.
create function private.posts_announce_votes() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('post_id', new.id, 'vote_count', new.vote_count), 'post_voted',
    private.topic_channel(new.topic_id, new.visibility, new.organization_id), true);
  return null;
end;
$$;

create trigger after_update_announce_votes after update of vote_count on public.posts
  for each row when (old.vote_count is distinct from new.vote_count)
  execute function private.posts_announce_votes();

/*
 * Forum, counting — what a company has opened and written, in its statistics.
 *
 * A topic counts for the company it belongs to, a post for the one its author
 * wrote for; what is deleted counts no more.
 */

-- What follows ----------------------------------------------------------------

create function private.topics_count() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform private.count_organization(organization_id, 'topics', count(*))
    from new_rows where deleted_at is null group by organization_id order by organization_id;
  elsif tg_op = 'DELETE' then
    perform private.count_organization(organization_id, 'topics', -count(*))
    from old_rows where deleted_at is null group by organization_id order by organization_id;
  else
    perform private.count_organization(organization_id, 'topics', sum(delta)::bigint)
    from (
      select organization_id, -1 as delta from old_rows where deleted_at is null
      union all
      select organization_id, 1 from new_rows where deleted_at is null) as moved
    group by organization_id having sum(delta) <> 0 order by organization_id;
  end if;
  return null;
end;
$$;

create trigger after_insert_count after insert on public.topics
  referencing new table as new_rows for each statement execute function private.topics_count();

create trigger after_update_count after update on public.topics
  referencing old table as old_rows new table as new_rows for each statement execute function private.topics_count();

create trigger after_delete_count after delete on public.topics
  referencing old table as old_rows for each statement execute function private.topics_count();

create function private.posts_count() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform private.count_organization(author_organization_id, 'posts', count(*))
    from new_rows where deleted_at is null and topic_deleted_at is null group by author_organization_id order by author_organization_id;
  elsif tg_op = 'DELETE' then
    perform private.count_organization(author_organization_id, 'posts', -count(*))
    from old_rows where deleted_at is null and topic_deleted_at is null group by author_organization_id order by author_organization_id;
  else
    perform private.count_organization(author_organization_id, 'posts', sum(delta)::bigint)
    from (
      select author_organization_id, -1 as delta from old_rows where deleted_at is null and topic_deleted_at is null
      union all
      select author_organization_id, 1 from new_rows where deleted_at is null and topic_deleted_at is null) as moved
    group by author_organization_id having sum(delta) <> 0 order by author_organization_id;
  end if;
  return null;
end;
$$;

create trigger after_insert_count after insert on public.posts
  referencing new table as new_rows for each statement execute function private.posts_count();

create trigger after_update_count after update on public.posts
  referencing old table as old_rows new table as new_rows for each statement execute function private.posts_count();

create trigger after_delete_count after delete on public.posts
  referencing old table as old_rows for each statement execute function private.posts_count();

/*
 * Forum, notifying — whom a post, an answer and a lock are told to, and who is
 * asked whether they have their answer.
 *
 * A person is told of a post once, by what speaks to them most: that they are
 * mentioned, quoted, answered, or that they watch the topic. Who muted it hears
 * nothing. Reading the topic reads its notices.
 */

-- Tables ------------------------------------------------------------------

-- A notice about a topic goes with it.
alter table public.notifications add column topic_id uuid
  generated always as (case when thread like 'topic:%' then substr(thread, 7)::uuid end) stored
  references public.topics on delete cascade;
-- What was told of this topic?
create index on public.notifications (topic_id);

create table private.topic_nudges (
  topic_id  uuid primary key references public.topics on delete cascade,
  nudged_at timestamptz not null default now()
);
comment on table private.topic_nudges is
  'Topics whose author was asked, once, whether a reply answers it.';

-- What follows ----------------------------------------------------------------

-- Who hears of what people may read: null is the community.
create function private.audience_of(visibility public.visibility, organization uuid) returns uuid
language plpgsql immutable set search_path = ''
as $$
begin
  return case visibility when 'organization' then organization end;
end;
$$;

create function private.without(people uuid[], others uuid[]) returns uuid[]
language plpgsql immutable set search_path = ''
as $$
begin
  if coalesce(cardinality(people), 0) = 0 then
    return '{}';
  end if;
  return array(select unnest(people) except select unnest(others));
end;
$$;

create function private.posts_notify() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  thread text := 'topic:' || new.topic_id;
  audience uuid := private.audience_of(new.visibility, new.organization_id);
  -- Those who have been told of this post, or are not to be.
  told uuid[];
  watching uuid[];
  people uuid[];
begin
  select array_agg(user_id) filter (where level = 'muted'), array_agg(user_id) filter (where level = 'watching')
  into told, watching
  from public.topic_readers where topic_id = new.topic_id and level in ('muted', 'watching');
  told := coalesce(told, '{}') || new.author_id;

  people := private.without(private.document_mentions(new.body), told);
  perform private.notify(people, 'mention', thread, new.id, new.number, new.author_id, audience);
  told := told || people;
  if new.number = 1 then
    return null;
  end if;

  people := private.without(array(
    select author_id from public.posts
    where topic_id = new.topic_id and id = any (private.document_quotes(new.body)) and author_id is not null), told);
  perform private.notify(people, 'quote', thread, new.id, new.number, new.author_id, audience);
  told := told || people;

  people := private.without(array(
    select author_id from public.posts
    where topic_id = new.topic_id and author_id is not null
      and (id = new.parent_id or new.parent_id is null and number = 1)), told);
  perform private.notify(people, 'reply', thread, new.id, new.number, new.author_id, audience);
  told := told || people;

  people := private.without(watching, told);
  perform private.notify(people, 'watched_topic', thread, new.id, new.number, new.author_id, audience);
  return null;
end;
$$;

create trigger after_insert_notify after insert on public.posts
  for each row execute function private.posts_notify();

-- A mention may be added later: it is told to whom it was not told before.
create function private.posts_notify_anew() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  people uuid[];
begin
  if new.deleted_at is not null then
    perform private.take_back_notices(new.id);
    return null;
  end if;
  people := private.without(
    private.without(private.document_mentions(new.body), private.document_mentions(old.body)),
    array(
      select user_id from public.topic_readers where topic_id = new.topic_id and level = 'muted'
      union all
      select user_id from public.notification_events where item_id = new.id));
  perform private.notify(people, 'mention', 'topic:' || new.topic_id, new.id, new.number, new.author_id,
    private.audience_of(new.visibility, new.organization_id));
  return null;
end;
$$;

create trigger after_update_notify after update of body, deleted_at on public.posts
  for each row execute function private.posts_notify_anew();

create function private.topics_notify_answer() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.take_back_notices(old.answer_id, 'best_answer');
  perform private.notify(array[post.author_id], 'best_answer', 'topic:' || new.id, post.id, post.number, auth.uid(),
    private.audience_of(new.visibility, new.organization_id))
  from public.posts as post
  where post.id = new.answer_id and post.author_id is not null and not exists (
    select from public.topic_readers as reader
    where reader.topic_id = new.id and reader.user_id = post.author_id and reader.level = 'muted');
  return null;
end;
$$;

create trigger after_update_notify_answer after update of answer_id on public.topics
  for each row when (old.answer_id is distinct from new.answer_id)
  execute function private.topics_notify_answer();

-- Its author hears that somebody else closed a topic or moved it, muted or not.
create function private.topics_notify_moderation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.notify(array[new.author_id], 'moderation', 'topic:' || new.id, new.id, 1, auth.uid(),
    private.audience_of(new.visibility, new.organization_id));
  return null;
end;
$$;

create trigger after_update_notify_moderation after update of locked_at, category_id on public.topics
  for each row when (new.author_id is not null and new.deleted_at is null
    and (old.locked_at is null and new.locked_at is not null or old.category_id <> new.category_id))
  execute function private.topics_notify_moderation();

/*
 * Asks authors whose topic looks answered for three days and more whether it is: a
 * notice that leads to the most useful reply. One topic a person and run, and each
 * topic once for ever. What has been silent for three months is nobody's open
 * question any more.
 */
create function private.nudge_authors() returns int
language plpgsql security definer set search_path = ''
as $$
declare
  asked record;
  nudged int := 0;
begin
  for asked in
    with due as (
      select distinct on (topics.author_id) topics.id, topics.author_id, likely.id as post_id,
        private.audience_of(topics.visibility, topics.organization_id) as audience
      from public.topics
      join public.profiles on profiles.id = topics.author_id and profiles.status = 'active'
      join public.memberships on memberships.user_id = topics.author_id
      join public.organizations on organizations.id = memberships.organization_id and organizations.status = 'active'
      cross join lateral (select id from private.likely_answers(topics) as answer (id) limit 1) as likely
      where topics.deleted_at is null and topics.answer_id is null and topics.locked_at is null
        and topics.last_post_at > now() - interval '90 days'
        and topics.created_at < now() - interval '3 days'
        and (topics.visibility = 'community' or topics.organization_id = memberships.organization_id)
        and not exists (select from private.topic_nudges where topic_id = topics.id)
        and not exists (
          select from public.topic_readers as reader
          where reader.topic_id = topics.id and reader.user_id = topics.author_id and reader.level = 'muted')
      order by topics.author_id, topics.created_at),
    noted as (
      insert into private.topic_nudges (topic_id) select id from due
      on conflict (topic_id) do nothing
      returning topic_id)
    select due.*, post.number, post.author_id as writer
    from noted
    join due on due.id = noted.topic_id
    join public.posts as post on post.id = due.post_id
    order by due.author_id
  loop
    perform private.notify(array[asked.author_id], 'nudge', 'topic:' || asked.id, asked.post_id, asked.number,
      asked.writer, asked.audience);
    nudged := nudged + 1;
  end loop;
  return nudged;
end;
$$;

-- Whoever has chosen, or can't any more, is asked no longer.
create function private.topics_settle_nudge() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.notifications set read_at = now()
  where topic_id = new.id and kind = 'nudge' and read_at is null;
  return null;
end;
$$;

create trigger after_update_settle_nudge after update of answer_id, locked_at on public.topics
  for each row when (new.answer_id is not null or new.locked_at is not null)
  execute function private.topics_settle_nudge();

-- Whoever has read as far as a notice speaks of has read the notice, once they are there.
create function private.topic_readers_read() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  with read as (
    select notice.id from public.notifications as notice
    where notice.user_id = new.user_id and notice.topic_id = new.topic_id and notice.read_at is null
      and not exists (
        select from public.notification_events as event
        where event.notification_id = notice.id and event.place > new.read_number)
    order by notice.id for update)
  update public.notifications as notice set read_at = now() from read where notice.id = read.id;
  return null;
end;
$$;

create trigger after_insert_read after insert on public.topic_readers
  for each row when (new.read_number > 0) execute function private.topic_readers_read();

create trigger after_update_read after update of read_number, read_at on public.topic_readers
  for each row when (new.read_number > 0) execute function private.topic_readers_read();

/*
 * Search, words — what is written and what is asked for, in one spelling.
 *
 * A word is one stem: both languages are folded (00) and each word is stemmed in
 * the language of its script, so that one column answers mixed text.
 */

/*
 * Folded, and without the Arabic article and what is written as one with it (and, so,
 * by, like, for): the stemmer leaves some of it, and takes more from a word with
 * the article than from the same word without.
 */
create function private.search_text(text text) returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return regexp_replace(regexp_replace(private.fold(coalesce(search_text.text, '')),
    '(^|[^\u0621-\u064A])[وفبك]?ال(?=[\u0621-\u064A]{2})', '\1', 'g'),
    '(^|[^\u0621-\u064A])[وف]?لل(?=[\u0621-\u064A]{2})', '\1', 'g');
end;
$$;

create function private.search_vector(text text) returns tsvector
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return (
    select to_tsvector('pg_catalog.english', regexp_replace(said, '[\u0600-\u06FF]+', ' ', 'g'))
      || to_tsvector('pg_catalog.arabic', regexp_replace(said, '[a-z]+', ' ', 'g'))
    from private.search_text(search_vector.text) as said);
end;
$$;

-- What is asked for, word by word, in the spelling of search. At most eight: more narrow nothing that eight do not. Cut again once it is folded: ﷺ is eighteen letters.
create function private.search_words(query text) returns text[]
language sql immutable parallel safe set search_path = ''
as $$
  select coalesce((array_remove(
    regexp_split_to_array(left(private.search_text(left(query, 200)), 200), '[^[:alnum:]]+'), ''))[:8], '{}')
$$;

-- A word's stem, null for a word that says nothing (the, of, في). What is still being typed (`open`) is the beginning of one.
create function private.search_term(word text, open boolean) returns tsquery
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when numnode(stemmed) = 0 then null
    when open then (stemmed::text || ':*')::tsquery || (quote_literal(word) || ':*')::tsquery
    else stemmed
  end
  from (
    select case when word ~ '[a-z]' then plainto_tsquery('pg_catalog.english', word)
      else plainto_tsquery('pg_catalog.arabic', word) end as stemmed) as asked
$$;

-- All words; the last may be the beginning of one, from three letters on.
create function private.search_query(words text[]) returns tsquery
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  asked tsquery;
  term tsquery;
begin
  for place in 1 .. cardinality(words) loop
    term := private.search_term(words[place], place = cardinality(words) and length(words[place]) >= 3);
    asked := case when term is null then asked when asked is null then term else asked && term end;
  end loop;
  return asked;
end;
$$;

/*
 * Search, entries — what can be found, and which words are known.
 *
 * One table of entries for all that can be searched; each room files its own.
 * The forum files two kinds: `topic` (title, tags, answers to the template) and
 * `post`. An entry repeats who may read it, so that a search looks at one table.
 */

-- Tables ------------------------------------------------------------------

create table private.search_entries (
  id              uuid not null,
  kind            text not null check (kind in ('topic', 'post')),
  topic_id        uuid references public.topics on delete cascade,
  visibility      public.visibility not null,
  organization_id uuid not null references public.organizations on delete cascade,
  words           tsvector not null,
  written_at      timestamptz not null,
  -- Ids are the writers' to choose, and differ within a kind.
  primary key (id, kind)
);
comment on table private.search_entries is
  'What can be found: its words, who may read it, and when it was written. The id is that of the row it speaks of.';

-- Which entries have these words?
create index search_entries_words on private.search_entries using gin (words);
-- Which are the newest? Where a word is in every second entry, this is shorter than the list of that word.
create index search_entries_newest on private.search_entries (kind, written_at desc);
-- Which entries' words are to be learned?
create index search_entries_in_order on private.search_entries (written_at);
create index on private.search_entries (topic_id);
create index on private.search_entries (organization_id);
alter table private.search_entries enable row level security;

create table private.known_words (
  word       text primary key check (length(word) between 3 and 40),
  uses       int not null check (uses > 0)
);
comment on table private.known_words is
  'Words of what the whole community can read, as they were written and folded: what a mistyped one may have meant.';

-- Which words are spelled nearly so?
create index known_words_nearly on private.known_words using gin (word extensions.gin_trgm_ops);
alter table private.known_words enable row level security;

create table private.word_learning (
  only_one   boolean primary key default true check (only_one),
  learned_to timestamptz not null default '-infinity'
);
comment on table private.word_learning is
  'How far the words of entries have been learned.';
alter table private.word_learning enable row level security;

-- What follows ----------------------------------------------------------------

create function private.posts_file() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.body is null or new.topic_deleted_at is not null then
    delete from private.search_entries where id = new.id and kind = 'post';
  else
    insert into private.search_entries (id, kind, topic_id, visibility, organization_id, words, written_at)
    values (new.id, 'post', new.topic_id, new.visibility, new.organization_id,
      private.search_vector(left(new.body_text, 50000)), new.created_at)
    on conflict (id, kind) do update set
      words = excluded.words, visibility = excluded.visibility, organization_id = excluded.organization_id;
  end if;
  return null;
end;
$$;

create trigger after_insert_file after insert on public.posts
  for each row execute function private.posts_file();
create trigger after_update_file
  after update of body, topic_deleted_at, visibility, organization_id on public.posts
  for each row execute function private.posts_file();

create function private.posts_unfile() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from private.search_entries where kind = 'post' and id in (select id from old_rows);
  return null;
end;
$$;
create trigger after_delete_unfile after delete on public.posts
  referencing old table as old_rows for each statement execute function private.posts_unfile();

create function private.topics_file() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.deleted_at is not null then
    delete from private.search_entries where id = new.id and kind = 'topic';
  else
    insert into private.search_entries (id, kind, topic_id, visibility, organization_id, words, written_at)
    values (new.id, 'topic', new.id, new.visibility, new.organization_id,
      private.search_vector(concat_ws(' ', new.title,
        (select string_agg(concat_ws(' ', name_en, name_ar), ' ') from public.tags where slug = any (new.tags)),
        (select string_agg(value, ' ') from jsonb_each_text(new.template_answers)))), new.created_at)
    on conflict (id, kind) do update set
      words = excluded.words, visibility = excluded.visibility, organization_id = excluded.organization_id;
  end if;
  return null;
end;
$$;

create trigger after_insert_file after insert on public.topics
  for each row execute function private.topics_file();
create trigger after_update_file
  after update of title, tags, template_answers, visibility, organization_id, deleted_at on public.topics
  for each row execute function private.topics_file();

/*
 * Learns the words of what was written since, a batch at a time, and says how many
 * entries it looked at. What only one company reads teaches nothing, or a
 * suggestion would tell it; nor does an edit, which mostly mends words.
 */
create function private.learn_words(batch int default 2000) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  reached timestamptz;
  ids uuid[];
  last timestamptz;
begin
  insert into private.word_learning default values on conflict do nothing;
  select learned_to into reached from private.word_learning for update;
  -- A little behind, so that what commits late is not passed over; nor is what has the moment of the batch's last.
  select array_agg(id), max(written_at) into ids, last
  from (
    select id, written_at from private.search_entries
    where written_at > reached and written_at < now() - interval '1 minute'
    order by written_at fetch first batch rows with ties) as next;
  if ids is null then
    return 0;
  end if;
  insert into private.known_words (word, uses)
  select word, count(*)
  from (
    select body_text as text from public.posts where id = any (ids) and visibility = 'community' and deleted_at is null
    union all
    select title from public.topics where id = any (ids) and visibility = 'community' and deleted_at is null) as said,
    lateral (
      select distinct word from regexp_split_to_table(private.search_text(left(said.text, 50000)), '[^[:alnum:]]+') as word
      where length(word) between 3 and 40 and word !~ '^[0-9]') as words
  group by word
  on conflict (word) do update set uses = known_words.uses + excluded.uses;
  update private.word_learning set learned_to = last;
  return cardinality(ids);
end;
$$;

-- Where somebody's words are removed, what was learned of them goes too: all is learned anew.
create function private.forget_words() returns void
language sql security definer set search_path = ''
as $$
  delete from private.known_words;
  update private.word_learning set learned_to = default;
$$;

/*
 * Search, finding — the topics that answer, page by page.
 *
 * A search is security definer because a policy would keep the index of words from
 * being used (its operator could leak), and says the policies itself.
 */

-- What one may do -----------------------------------------------------------

/*
 * A word that nobody wrote, as those that differ by a letter or two (Levenshtein; one
 * in words of up to four letters) write it: the nearest, of these the most used.
 * Itself where it is known or nothing is near.
 */
create function private.nearest_word(asked text) returns text
language sql stable set search_path = '' set pg_trgm.similarity_threshold = 0.2
as $$
  select coalesce((
    select near.word from (
      select word, uses, extensions.levenshtein_less_equal(word, asked, 2) as distance
      from private.known_words
      where word operator(extensions.%) asked and length(word) between length(asked) - 2 and length(asked) + 2
      limit 2000) as near
    where distance <= case when length(asked) <= 4 then 1 else 2 end
    order by distance, uses desc, word limit 1), asked)
$$;

/*
 * The part of a text that answers, as pieces of which some are what was asked for:
 * [{"text": "… the ", "hit": false}, {"text": "pump", "hit": true} …]. Looks at the
 * first two thousand words.
 */
create function private.search_excerpt(body text, words text[]) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  said text[] := (regexp_split_to_array(btrim(left(body, 20000)), '\s+'))[:2000];
  folded text[] := (regexp_split_to_array(private.search_text(btrim(left(body, 20000))), '\s+'))[:2000];
  stems text[] := (
    select array_agg(distinct stem || '%')
    from unnest(words) as word, unnest(tsvector_to_array(private.search_vector(word)) || word) as stem
    where length(stem) >= 2);
  hits boolean[];
  first int;
begin
  -- A picture says nothing.
  if body is null then
    return '[]';
  end if;
  -- A word of marks alone is none once it is folded: then each is folded by itself.
  if cardinality(folded) <> cardinality(said) then
    folded := (select array_agg(private.search_text(word) order by place) from unnest(said) with ordinality as parts (word, place));
  end if;
  hits := (
    select array_agg(ltrim(word, '.,;:!?()[]{}"''«»،؛؟-') like any (stems) order by place)
    from unnest(folded) with ordinality as parts (word, place));
  first := greatest(coalesce(array_position(hits, true), 1) - 8, 1);
  return (
    select coalesce(jsonb_agg(jsonb_build_object('text', text, 'hit', hit) order by start), '[]')
    from (
      select min(place) as start, hit, string_agg(said[place], ' ' order by place) as text
      from (
        select place, hits[place] as hit, place - row_number() over (partition by hits[place] order by place) as run
        from generate_series(first, least(first + 34, cardinality(said))) as place) as shown
      group by hit, run) as joined);
end;
$$;

create function private.require_search_filters(filters jsonb) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if jsonb_typeof(filters) is distinct from 'object' or exists (
    select from jsonb_each(filters) as given
    where key <> all (array['category', 'tag', 'organization', 'author', 'answered'])
      or jsonb_typeof(value) <> case key when 'answered' then 'boolean' else 'string' end
      or key in ('organization', 'author') and value #>> '{}' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
  then
    perform private.refuse(422, 'invalid_input', 'These are not filters of this list.');
  end if;
end;
$$;

-- Where a page ended: the moment of the search, the score, the topic. Nulls where none is given.
create function private.search_place(cursor text, out at timestamptz, out score bigint, out topic uuid)
language plpgsql stable set search_path = ''
as $$
declare
  parts text[] := regexp_match(cursor, '^([0-9]{1,16})_([0-9]{1,15})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
begin
  if parts is null and cursor is not null then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
  end if;
  at := to_timestamp(0) + parts[1]::bigint * interval '1 microsecond';
  score := parts[2];
  topic := parts[3];
end;
$$;

/*
 * The topics that answer, best first, a page of {topic_id, entry_id, score}: how well the
 * words fit (ts_rank_cd, the title three times a post) times how fresh they are (half
 * after about nine months, never less than four tenths). Ranks the newest 200
 * titles and 500 posts that fit: for a word that is everywhere that is what is
 * wanted, for any other it is all of them. Of what the filters leave, where there
 * are some: by their topics where these are a thousand or fewer, else one by one.
 *
 * Planned anew for each call: whether the list of a word or the list of what is new
 * is shorter depends on the word.
 */
create function private.found_topics(
  mine uuid, asked tsquery, filters jsonb, moment timestamptz, below bigint, below_topic uuid, size int)
returns table (topic_id uuid, entry_id uuid, score bigint)
language plpgsql stable rows 20 set search_path = '' set plan_cache_mode = 'force_custom_plan'
as $$
declare
  shelf uuid := private.asked_category(filters);
  tag text[] := private.asked_tag(filters);
  company uuid := filters ->> 'organization';
  author uuid := filters ->> 'author';
  answered boolean := filters ->> 'answered';
  narrowed boolean := shelf is not null or tag is not null or answered is not null;
  among uuid[];
begin
  if narrowed then
    among := array(
      select topics.id from public.topics
      where topics.deleted_at is null and (topics.visibility = 'community' or topics.organization_id = mine)
        and (shelf is null or topics.category_id = shelf)
        and (tag is null or topics.tags @> tag)
        and (answered is null or (topics.answer_id is not null) = answered)
      limit 1001);
    if cardinality(among) > 1000 then
      among := null;
    end if;
  end if;
  return query
  with fitting as not materialized (
    select entries.* from private.search_entries as entries
    where entries.words @@ asked
      and (entries.visibility = 'community' or entries.organization_id = mine)
      and (company is null or entries.organization_id = company)
      and (among is null or entries.topic_id = any (among))
      and (among is not null or not narrowed or exists (
        select from public.topics
        where topics.id = entries.topic_id
          and (shelf is null or topics.category_id = shelf)
          and (tag is null or topics.tags @> tag)
          and (answered is null or (topics.answer_id is not null) = answered)))),
  titles as materialized (
    select * from fitting where kind = 'topic' and author is null order by written_at desc limit 200),
  posts as materialized (
    select * from fitting
    where kind = 'post' and (author is null or id in (select posts.id from public.posts where posts.author_id = author))
    order by written_at desc limit 500),
  scored as (
    select found.topic_id, found.id,
      (1e6 * ts_rank_cd(found.words, asked, 1) * case found.kind when 'topic' then 3 else 1 end
        * (0.4 + 0.6 * exp(-greatest(extract(epoch from moment - found.written_at), 0) / 86400 / 400)))::bigint as score
    from (select * from titles union all select * from posts) as found),
  best as (
    select distinct on (scored.topic_id) scored.topic_id, scored.id, scored.score
    from scored order by scored.topic_id, scored.score desc, scored.id)
  select best.topic_id, best.id, best.score from best
  where below is null or (best.score, best.topic_id) < (below, below_topic)
  order by best.score desc, best.topic_id desc limit size;
end;
$$;

create function public.search_forum(
  query text, filters jsonb default '{}', after text default null, size int default 20)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  mine uuid := private.require_organization();
  page_size int := private.page_size(search_forum.size);
  words text[] := private.search_words(query);
  asked tsquery := private.search_query(words);
  from_at timestamptz; from_score bigint; from_topic uuid;
  corrected text[];
  cards jsonb[]; cursors text[];
begin
  perform private.require_search_filters(filters);
  select at, score, topic into from_at, from_score, from_topic from private.search_place(after);
  from_at := coalesce(from_at, now());

  for try in 1 .. 2 loop
    select array_agg(shown.card order by shown.score desc, shown.topic_id desc),
      array_agg(shown.cursor order by shown.score desc, shown.topic_id desc)
    into cards, cursors
    from (
      select found.topic_id, found.score,
        (extract(epoch from from_at) * 1000000)::bigint || '_' || found.score || '_' || found.topic_id as cursor,
        jsonb_build_object(
          'topic', topic.card,
          'title', private.search_excerpt(topic.card ->> 'title', words),
          'post', jsonb_build_object(
            'id', posts.id, 'number', posts.number, 'created_at', posts.created_at, 'author', author.card,
            'excerpt', private.search_excerpt(posts.body_text, words))) as card
      from private.found_topics(mine, asked, filters, from_at, from_score, from_topic, page_size + 1) as found
      -- One by one: joined, all cards of the forum would be made for twenty.
      cross join lateral (select card from private.topic_cards where id = found.topic_id limit 1) as topic
      cross join lateral (
        select * from public.posts
        where posts.topic_id = found.topic_id
          and (posts.id = found.entry_id or found.entry_id = found.topic_id and posts.number = 1) limit 1) as posts
      left join lateral (
        select card from private.person_cards where id = posts.author_id limit 1) as author on true) as shown;
    exit when cards is not null or after is not null or asked is null or try = 2;
    -- Nothing: perhaps a word is mistyped, or its end is not what was meant.
    corrected := (
      select array_agg(private.nearest_word(word) order by place)
      from unnest(words) with ordinality as given (word, place));
    exit when corrected = words;
    words := corrected;
    asked := private.search_query(words);
  end loop;

  return jsonb_build_object(
    'results', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'corrected', case when corrected is not null and cards is not null then array_to_string(words, ' ') end,
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.search_forum is
  'Topics whose title or posts have the words, best and freshest first, each with the post that answers best. Filters: category, tag, organization, author, answered. {results, corrected, next}: `corrected` are the words that were looked for instead.';
grant execute on function public.search_forum to authenticated;

/*
 * Moderation, tables — reports, the cases made of them, words looked out for, and
 * posts that wait.
 *
 * A case is about one post, and one is open about a post at a time: whatever is
 * reported meanwhile joins it. Who reported is told to nobody, not to moderators
 * either: a case is judged by the post. What waits is no post yet: the forum knows
 * nothing of it.
 */

-- Tables ------------------------------------------------------------------

create type public.report_reason as enum ('spam', 'offensive', 'personal_data', 'confidential', 'wrong', 'other');
create type public.case_state as enum ('open', 'decided', 'appealed', 'closed');
create type public.case_decision as enum ('keep', 'hide', 'delete', 'warn', 'suspend');
create type public.review_outcome as enum ('upheld', 'overturned');
create type public.watch_kind as enum ('word', 'link');
create type public.watch_action as enum ('report', 'refuse');
create type public.held_state as enum ('waiting', 'accepted', 'refused');

create table private.cases (
  id          uuid primary key default gen_random_uuid(),
  post_id     uuid references public.posts on delete set null,
  author_id   uuid references public.profiles on delete set null,
  state       public.case_state not null default 'open',
  revision    int not null default 1,
  found       text[] not null default '{}',
  opened_at   timestamptz not null default clock_timestamp(),
  moved_at    timestamptz not null default clock_timestamp(),
  decision    public.case_decision,
  note        text check (length(note) between 10 and 500),
  until       timestamptz,
  took_post   boolean not null default false,
  decided_by  uuid references public.profiles on delete set null,
  decided_at  timestamptz,
  appeal      text constraint appeal_is_prose check (private.is_prose(appeal, 2000)),
  outcome     public.review_outcome,
  review_note text check (length(review_note) between 10 and 500),
  reviewed_by uuid references public.profiles on delete set null,
  reviewed_at timestamptz,
  constraint open_cases_are_undecided check ((state = 'open') = (decision is null) and (decision is null) = (decided_at is null)),
  constraint what_is_done_has_a_reason check (decision is null or (decision = 'keep') = (note is null)),
  constraint suspensions_end check (coalesce(decision = 'suspend', false) = (until is not null)),
  constraint closed_cases_were_reviewed check ((state = 'closed') = (outcome is not null))
);
comment on table private.cases is
  'A post that moderators are to look at, and what they decided. `author_id` is who is judged; `found` the watched words that were in it; `revision` rises when there is more to see; `moved_at` is when it came into its state; `took_post` says that the decision took the post out of sight, so that overturning brings it back. A person''s record is their cases.';

-- Is there an open case that a report joins?
create unique index one_open_case_a_post on private.cases (post_id) where state = 'open';
-- What waits, longest first? What was done, newest first?
create index on private.cases (state, moved_at, id);
create index on private.cases (moved_at desc, id desc) where state in ('decided', 'closed');
create index on private.cases (post_id);
-- What is this person's record, and may they write?
create index on private.cases (author_id, decided_at desc);
create index on private.cases (decided_by);
create index on private.cases (reviewed_by);

create table public.reports (
  id          uuid primary key default gen_random_uuid(),
  case_id     uuid not null references private.cases on delete cascade,
  post_id     uuid not null references public.posts on delete cascade,
  reporter_id uuid not null references public.profiles on delete cascade,
  reason      public.report_reason not null,
  note        text constraint note_is_prose check (private.is_prose(note, 500)),
  created_at  timestamptz not null default clock_timestamp(),
  closed_at   timestamptz
);
comment on table public.reports is
  'What people think moderators should see. Closed with the case it is of.';

-- Has this person reported this post already?
create unique index one_open_report_a_person_and_post on public.reports (reporter_id, post_id) where closed_at is null;
create index on public.reports (reporter_id);
create index on public.reports (post_id);
-- What was said about this case?
create index on public.reports (case_id, created_at);

-- A text as a line of its words, each between spaces, so that a word is found whole and never within another.
create function private.word_line(text text) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return ' ' || btrim(regexp_replace(private.fold(text), '[^[:alnum:]]+', ' ', 'g')) || ' ';
end;
$$;

create table public.watched_words (
  id         uuid primary key default gen_random_uuid(),
  word       text not null constraint word_is_a_name check (private.is_name(word, 100)),
  kind       public.watch_kind not null,
  action     public.watch_action not null,
  line       text not null generated always as (private.word_line(word)) stored
    constraint words_have_letters check (length(line) > 2),
  created_at timestamptz not null default now(),
  unique (kind, line)
);
comment on table public.watched_words is
  'Words, and hosts of links, that posts are looked through for: `report` makes a case of the post, `refuse` does not take it. For a link `word` is its host, and those below it count too.';

create table public.posting_rules (
  is_only          boolean primary key default true constraint there_is_one check (is_only),
  held_first_posts int not null check (held_first_posts between 0 and 10)
);
comment on table public.posting_rules is
  'How many of a person''s first posts for the community wait for a moderator. No row: none.';

create table private.held_posts (
  id          uuid primary key,
  author_id   uuid not null references public.profiles on delete cascade,
  opens_topic boolean not null,
  category_id uuid references public.categories on delete set null,
  topic_id    uuid references public.topics on delete set null,
  input       jsonb,
  state       public.held_state not null default 'waiting',
  note        text check (length(note) between 10 and 500),
  created_at  timestamptz not null default clock_timestamp(),
  decided_by  uuid references public.profiles on delete set null,
  decided_at  timestamptz,
  constraint topics_have_a_category_replies_a_topic check (case when opens_topic then topic_id else category_id end is null),
  constraint what_is_published_is_not_kept_twice check ((state = 'accepted') = (input is null)),
  constraint waiting_posts_are_undecided check ((state = 'waiting') = (decided_at is null)),
  constraint refusals_have_a_reason check ((state = 'refused') = (note is not null))
);
comment on table private.held_posts is
  'What was written and waits for a moderator, or was refused. `id` is that of the topic or reply it becomes; `input` is {title, tags, template_answers, body} of a topic, {parent, body} of a reply.';

-- What waits, longest first? How much of one person's?
create index on private.held_posts (created_at, id) where state = 'waiting';
create index on private.held_posts (author_id, created_at desc);
create index on private.held_posts (category_id);
create index on private.held_posts (topic_id);
create index on private.held_posts (decided_by);

-- Who may -----------------------------------------------------------------

alter table public.reports enable row level security;
grant select on public.reports to authenticated;

create policy select_own on public.reports
  for select to authenticated
  using (reporter_id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.watched_words enable row level security;
grant select on public.watched_words to authenticated;

create policy select_platform_admin on public.watched_words
  for select to authenticated
  using ((select private.my_platform_role()) = 'admin');

alter table public.posting_rules enable row level security;
grant select on public.posting_rules to authenticated;

create policy select_platform_admin on public.posting_rules
  for select to authenticated
  using ((select private.my_platform_role()) = 'admin');

/*
 * Null for whoever looks after the content; for anybody else the refusal, which is
 * remembered. Whether there is such a case is not said to them.
 */
create function private.case_refusal(action text, id uuid, kind text default 'case') returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if private.my_platform_role() is not null then
    return null;
  end if;
  return private.deny(403, 'not_allowed', 'This is for moderators.', action, null, kind, id::text);
end;
$$;

-- The same for reading.
create function private.require_moderator() returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if private.my_platform_role() is null then
    perform private.refuse(403, 'not_allowed', 'This is for moderators.');
  end if;
end;
$$;

/*
 * Moderation, posting — what stands between a person and what they publish.
 *
 * Said by triggers and not by each function that writes, so that none can forget
 * it. They look at people who write for themselves; what moderators, scripts and
 * the worker do passes.
 */

-- Who may -----------------------------------------------------------------

-- Until when moderators have paused somebody's writing; null where they have not.
create function private.suspended_until(person uuid) returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select max(until) from private.cases
    where author_id = person and decision = 'suspend' and until > now() and outcome is distinct from 'overturned');
end;
$$;

create function private.require_may_write() returns void
language plpgsql stable set search_path = ''
as $$
begin
  if private.suspended_until(auth.uid()) is not null then
    perform private.refuse(403, 'writing_paused', 'Moderators have paused your writing for a time.');
  end if;
end;
$$;

-- Where the links of a document lead, each once.
create function private.document_links(document jsonb) returns text[]
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(distinct href #>> '{}'), '{}')
    from jsonb_path_query(document, 'strict $.** ? (@.type == "link").attrs.href') as href);
end;
$$;

/*
 * The host of an address as a browser reads it: after a name and password, before port
 * and path; `\` is a slash to it, wide letters and stops are narrow, and what has no
 * width is not there.
 */
create function private.link_host(address text) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return rtrim(replace(private.fold(
    substring(address from '^(?:[a-zA-Z]+:[/\\]*)?(?:[^/\\?#]*@)?([^/\\?#:]+)')), '。', '.'), '.');
end;
$$;

-- The watched words in a text and its links that lead to this action. The text is folded once, and not at all where none is watched.
create function private.watched_in(text text, links text[], action public.watch_action) returns text[]
language plpgsql stable set search_path = ''
as $$
begin
  return (
    with said as materialized (
      select private.word_line(coalesce(watched_in.text, '')) as line,
        array(select '.' || private.link_host(link) from unnest(links) as link) as hosts)
    select coalesce(array_agg(watched.word order by watched.word), '{}')
    from public.watched_words as watched
    where watched.action = watched_in.action and (
      position(watched.line in (select line from said)) > 0
      or watched.kind = 'link' and exists (
        select from said, unnest(said.hosts) as host
        where host = '.' || lower(watched.word) or right(host, length(watched.word) + 1) = '.' || lower(watched.word))));
end;
$$;

create function private.refuse_watched(text text, links text[]) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if private.watched_in(text, links, 'refuse') <> '{}' then
    perform private.refuse(422, 'words_refused', 'This has a word or link that is not taken here.');
  end if;
end;
$$;

-- What a post says, and what stands above it where it opens a topic.
create function private.said_in(post public.posts) returns text
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select concat_ws(' ', case when post.number = 1 then (
        select concat_ws(' ', title, (select string_agg(value, ' ') from jsonb_each_text(template_answers)))
        from public.topics where id = post.topic_id) end,
      private.document_text(post.body)));
end;
$$;

-- What follows ----------------------------------------------------------------

-- Who has been here less than three days puts two links into a post: advertising comes on the first day.
create function private.posts_guard() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  links text[];
begin
  if auth.uid() is null or auth.uid() is distinct from new.author_id then
    return new;
  end if;
  perform private.require_may_write();
  if tg_op = 'UPDATE' then
    perform private.limit_rate('edits.minute', auth.uid()::text, 12, 60);
    perform private.limit_rate('edits.day', auth.uid()::text, 300, 86400);
  elsif new.number > 1 then
    perform private.limit_rate('posts.minute', auth.uid()::text, 12, 60);
  end if;
  for told in 1 .. cardinality(private.without(
    private.document_mentions(new.body), private.document_mentions(case when tg_op = 'UPDATE' then old.body end)))
  loop
    perform private.limit_rate('mentions.day', auth.uid()::text, 100, 86400);
  end loop;
  links := private.document_links(new.body);
  if cardinality(links) > 2 and exists (
    select from public.profiles where id = auth.uid() and created_at > now() - interval '3 days') then
    perform private.refuse(422, 'links_not_yet', 'In the first three days a post has at most two links.');
  end if;
  if exists (select from public.watched_words where action = 'refuse') then
    perform private.refuse_watched(private.said_in(new), links);
  end if;
  return new;
end;
$$;

create trigger before_insert_guard before insert on public.posts
  for each row execute function private.posts_guard();
create trigger before_update_guard before update of body on public.posts
  for each row when (new.body is not null and new.body is distinct from old.body) execute function private.posts_guard();

create function private.topics_guard() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() = new.author_id then
    perform private.require_may_write();
    if tg_op = 'INSERT' then
      -- Here and not with its opening: as for a reply, before its company is counted, so that the two never wait for each other.
      perform private.limit_rate('posts.minute', auth.uid()::text, 12, 60);
    end if;
    perform private.refuse_watched(
      concat_ws(' ', new.title, (select string_agg(value, ' ') from jsonb_each_text(new.template_answers))), '{}');
  end if;
  return new;
end;
$$;

create trigger before_insert_guard before insert on public.topics
  for each row execute function private.topics_guard();
create trigger before_update_guard
  before update of title, template_answers, tags, category_id, visibility on public.topics
  for each row when ((old.title, old.template_answers, old.tags, old.category_id, old.visibility)
    is distinct from (new.title, new.template_answers, new.tags, new.category_id, new.visibility))
  execute function private.topics_guard();

create function private.votes_guard() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() = new.user_id then
    perform private.require_may_write();
  end if;
  return new;
end;
$$;

create trigger before_insert_guard before insert on public.votes
  for each row execute function private.votes_guard();

-- The open case about a post, with what there is more to see in it.
create function private.open_case(post uuid, author uuid, found text[] default '{}') returns uuid
language sql security definer set search_path = ''
as $$
  insert into private.cases (post_id, author_id, found) values (post, author, open_case.found)
  on conflict (post_id) where state = 'open' do update
  set revision = cases.revision + 1,
      found = array(select unnest(cases.found) union select unnest(excluded.found) order by 1)
  returning id
$$;

create function private.report_words(post public.posts) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  found text[] := private.watched_in(private.said_in(post), private.document_links(post.body), 'report');
begin
  if found <> '{}' then
    perform private.open_case(post.id, post.author_id, found);
  end if;
end;
$$;

-- What a company writes to itself no moderator reads, unless somebody there reports it.
create function private.posts_report_words() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() = new.author_id and new.visibility = 'community'
    and exists (select from public.watched_words where action = 'report') then
    perform private.report_words(new);
  end if;
  return null;
end;
$$;

create trigger after_insert_report_words after insert on public.posts
  for each row execute function private.posts_report_words();
create trigger after_update_report_words after update of body on public.posts
  for each row when (new.body is not null and new.body is distinct from old.body)
  execute function private.posts_report_words();

-- A topic says something too: the case is of its opening post. Opened to the community, all its posts are looked at.
create function private.topics_report_words() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() = new.author_id and new.visibility = 'community' then
    perform private.report_words(posts) from public.posts
    where topic_id = new.id and (number = 1 or old.visibility = 'organization') and deleted_at is null
      and author_id = new.author_id;
  end if;
  return null;
end;
$$;

create trigger after_update_report_words after update of title, template_answers, visibility on public.topics
  for each row when ((old.title, old.template_answers, old.visibility)
    is distinct from (new.title, new.template_answers, new.visibility))
  execute function private.topics_report_words();

/*
 * Moderation, reporting — one open report a person and post.
 *
 * Whoever reports locks the post, then its case, so that no report joins a case
 * that is being decided at that moment.
 */

-- What one may do -----------------------------------------------------------

-- Security definer: clients have no right to write the tables.
create function public.report_post(post uuid, reason public.report_reason, note text default null) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  target public.posts;
  words text := nullif(btrim(replace(note, E'\r\n', E'\n'), E' \n'), '');
  report uuid;
begin
  if reason is null then
    perform private.refuse_field(422, 'invalid_input', 'reason', 'Say why.');
  elsif words is not null and not coalesce(private.is_prose(words, 500), false) then
    perform private.refuse_field(422, 'note_invalid', 'note', 'A note has at most 500 characters.');
  end if;
  select * into target from public.posts
  where id = report_post.post and deleted_at is null and topic_deleted_at is null
    and (organization_id = organization or visibility = 'community')
  for share;
  if target.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  elsif target.author_id = auth.uid() then
    perform private.refuse(409, 'report_of_own_post', 'This is your own post: you can change or delete it.');
  end if;

  select id into report from public.reports
  where reporter_id = auth.uid() and post_id = target.id and closed_at is null;
  if report is null then
    perform private.limit_rate('reports.day', auth.uid()::text, 20, 86400);
    insert into public.reports (case_id, post_id, reporter_id, reason, note)
    values (private.open_case(target.id, target.author_id), target.id, auth.uid(), report_post.reason, words)
    on conflict (reporter_id, post_id) where closed_at is null do nothing
    returning id into report;
  end if;
  return coalesce(report, (
    select id from public.reports where reporter_id = auth.uid() and post_id = target.id and closed_at is null));
end;
$$;
comment on function public.report_post is
  'Asks moderators to look at a post one can read, and returns the report. Asking again changes nothing; nobody is told who asked.';
grant execute on function public.report_post to authenticated;

/*
 * Moderation, reading — the queue, a case, and one's own standing.
 *
 * Of what is written for one company moderators see the reported post and nothing
 * around it: not its topic, not what it answers. Security definer throughout,
 * since nobody has a right to the cases.
 */

-- What one may do -----------------------------------------------------------

create function private.case_card(shown private.cases) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'kind', 'case',
    'id', shown.id,
    'state', shown.state,
    'opened_at', shown.opened_at,
    'moved_at', shown.moved_at,
    'found', shown.found,
    'reasons', (
      select coalesce(jsonb_object_agg(reason, amount), '{}')
      from (select reason, count(*) as amount from public.reports where case_id = shown.id group by reason) as counted),
    'author', author.card,
    'topic', case when posts.visibility = 'community' then
      jsonb_build_object('id', topics.id, 'title', topics.title, 'deleted_at', topics.deleted_at) end,
    'visibility', posts.visibility,
    'excerpt', left(coalesce(posts.body_text, private.document_text(deleted.body), ''), 240),
    'decision', shown.decision,
    'outcome', shown.outcome)
  from (select) as one
  left join public.posts on posts.id = shown.post_id
  left join public.topics on topics.id = posts.topic_id
  left join private.deleted_posts as deleted on deleted.post_id = posts.id
  left join private.person_cards as author on author.id = shown.author_id
$$;

-- What a held post opened or answers, as {id, title}; null where that is gone, or is one company's by now.
create function private.held_topic(shown private.held_posts) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('id', topics.id, 'title', topics.title)
  from public.topics
  where topics.id = case when shown.opens_topic then shown.id else shown.topic_id end and topics.deleted_at is null
    and topics.visibility = 'community'
$$;

create function private.held_card(shown private.held_posts) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'kind', 'held',
    'id', shown.id,
    'state', shown.state,
    'opens_topic', shown.opens_topic,
    'created_at', shown.created_at,
    'author', (select card from private.person_cards where person_cards.id = shown.author_id),
    'title', shown.input ->> 'title',
    'topic', private.held_topic(shown),
    'found', private.watched_in(
      concat_ws(' ', shown.input ->> 'title', private.document_text(shown.input -> 'body')),
      private.document_links(shown.input -> 'body'), 'report'),
    'excerpt', left(coalesce(private.document_text(shown.input -> 'body'), ''), 240))
$$;

create function public.list_cases(state public.case_state default 'open', after text default null, size int default 20)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  page_size int := private.page_size(size);
  is_history boolean := state in ('decided', 'closed');
  place record := private.read_time_cursor(after);
  cards jsonb[];
  cursors text[];
begin
  perform private.require_moderator();
  if state is null then
    perform private.refuse(422, 'invalid_input', 'Say which: open, appealed or decided.');
  elsif is_history then
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select private.case_card(cases) as card, private.time_cursor(moved_at, id) as cursor
      from private.cases
      where cases.state in ('decided', 'closed') and (moved_at, id) < (place.at, place.id)
      order by moved_at desc, id desc limit page_size + 1) as page;
  else
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select waits.card, private.time_cursor(waits.at, waits.id) as cursor
      from (
        (select private.case_card(cases) as card, moved_at as at, id from private.cases
         where cases.state = list_cases.state and (after is null or (moved_at, id) > (place.at, place.id))
         order by moved_at, id limit page_size + 1)
        union all
        (select private.held_card(held), created_at, id from private.held_posts as held
         where list_cases.state = 'open' and held.state = 'waiting'
           and (after is null or (created_at, id) > (place.at, place.id))
         order by created_at, id limit page_size + 1)) as waits
      order by waits.at, waits.id limit page_size + 1) as page;
  end if;
  return jsonb_build_object(
    'cases', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_cases is
  'For moderators: what waits to be decided (open, with the posts that are held; appealed), the longest first, or what was decided, newest first. {cases, next}: `next` goes into `after`.';
grant execute on function public.list_cases to authenticated;

create function private.require_case(id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  shown private.cases;
  post public.posts;
  deleted private.deleted_posts;
begin
  select * into shown from private.cases where cases.id = require_case.id;
  if shown.id is null then
    perform private.refuse(404, 'not_found', 'There is no such case.');
  end if;
  select * into post from public.posts where posts.id = shown.post_id;
  select * into deleted from private.deleted_posts where post_id = post.id;
  return private.case_card(shown) || jsonb_build_object(
    'revision', shown.revision + coalesce(post.revision, 0),
    'post', case when post.id is not null then jsonb_build_object(
      'id', post.id, 'number', post.number, 'created_at', post.created_at, 'edited_at', post.edited_at,
      'deleted_at', post.deleted_at, 'hidden_at', post.hidden_at,
      'body', coalesce(post.body, deleted.body),
      'template_answers', case when post.number = 1 then (
        select private.answered_fields(category_id, coalesce(deleted.template_answers, template_answers))
        from public.topics where topics.id = post.topic_id) else '[]' end) end,
    'answers', (
      select jsonb_build_object('author', author.card, 'excerpt', coalesce(left(above.body_text, 400), ''))
      from public.posts as above
      left join private.person_cards as author on author.id = above.author_id
      where post.visibility = 'community' and post.number > 1 and above.topic_id = post.topic_id
        and (above.id = post.parent_id or post.parent_id is null and above.number = 1)),
    'reports', (
      select coalesce(jsonb_agg(jsonb_build_object('reason', reason, 'note', reports.note, 'created_at', created_at)
        order by created_at), '[]')
      from public.reports where case_id = shown.id),
    'record', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', earlier.id, 'decision', earlier.decision, 'note', earlier.note, 'decided_at', earlier.decided_at)
        order by earlier.decided_at desc), '[]')
      from private.cases as earlier
      where earlier.author_id = shown.author_id and earlier.id <> shown.id and earlier.decision <> 'keep'
        and earlier.outcome is distinct from 'overturned'),
    'note', shown.note,
    'until', shown.until,
    'decided_at', shown.decided_at,
    'decided_by', (select card from private.person_cards where person_cards.id = shown.decided_by),
    'appeal', shown.appeal,
    'review_note', shown.review_note,
    'reviewed_at', shown.reviewed_at,
    'reviewed_by', (select card from private.person_cards where person_cards.id = shown.reviewed_by),
    'mine', coalesce(shown.author_id = auth.uid(), false)
      or shown.state = 'appealed' and coalesce(shown.decided_by = auth.uid(), false));
end;
$$;

create function public.moderation_case(id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_moderator();
  return private.require_case(id);
end;
$$;
comment on function public.moderation_case is
  'For moderators: a case with its post, why it was reported, what was decided, and what was decided about its author before. `mine` says that it is for another moderator to decide.';
grant execute on function public.moderation_case to authenticated;

create function public.my_standing() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  return jsonb_build_object(
    'suspended_until', private.suspended_until(auth.uid()),
    'posts_wait', private.my_first_posts_wait(),
    'held', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', mine.id, 'state', mine.state, 'opens_topic', mine.opens_topic, 'created_at', mine.created_at,
        'note', mine.note, 'decided_at', mine.decided_at,
        'title', mine.input ->> 'title', 'topic', private.held_topic(mine), 'body', mine.input -> 'body')
        order by mine.created_at desc), '[]')
      from (
        select * from private.held_posts
        where author_id = auth.uid() and state <> 'accepted'
        order by created_at desc limit 100) as mine),
    'decisions', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', mine.id, 'state', mine.state, 'decision', mine.decision, 'note', mine.note, 'until', mine.until,
        'decided_at', mine.decided_at, 'appeal', mine.appeal, 'outcome', mine.outcome,
        'review_note', mine.review_note, 'reviewed_at', mine.reviewed_at,
        'topic', case when topics.id is not null then
          jsonb_build_object('id', topics.id, 'title', topics.title, 'deleted_at', topics.deleted_at) end,
        'post', mine.post_id, 'body', coalesce(posts.body, deleted.body)) order by mine.decided_at desc), '[]')
      from (
        select * from private.cases
        where author_id = auth.uid() and decision <> 'keep'
        order by decided_at desc limit 100) as mine
      left join public.posts on posts.id = mine.post_id
      left join private.deleted_posts as deleted on deleted.post_id = posts.id
      left join public.topics on topics.id = posts.topic_id
        and (topics.visibility = 'community' or topics.organization_id = private.my_organization())
        and (topics.deleted_at is null or topics.author_id = auth.uid())));
end;
$$;
comment on function public.my_standing is
  'What moderators decided about the caller''s posts and what waits for them, newest first, with the caller''s own words; until when their writing is paused, and whether what they write for the community waits. {suspended_until, posts_wait, held, decisions}.';
grant execute on function public.my_standing to authenticated;

/*
 * Moderation, deciding — keep, hide, delete, warn, suspend; appeal; review.
 *
 * All lock the topic, then the post, then the case, so that of two who decide at
 * once one is told what the other did, and so that its author's taking the post
 * back comes before or after, never between.
 */

-- What one may do -----------------------------------------------------------

-- A case, with what it is about locked.
create function private.case_to_decide(id uuid) returns private.cases
language plpgsql set search_path = ''
as $$
declare
  post uuid := (select post_id from private.cases where cases.id = case_to_decide.id);
  found_case private.cases;
begin
  perform from public.topics
  where topics.id = (select topic_id from public.posts where posts.id = post) for no key update;
  perform from public.posts where posts.id = post for no key update;
  select * into found_case from private.cases where cases.id = case_to_decide.id for update;
  if found_case.id is null then
    perform private.refuse(404, 'not_found', 'There is no such case.');
  end if;
  return found_case;
end;
$$;

/*
 * Takes a post out of sight; its words are kept, and with those of an opening what
 * was written into its category's fields. Hidden, it leaves a trace; deleted, an
 * opening takes its topic along, as its author's own deleting does.
 */
create function private.take_post(post public.posts, leaves_trace boolean, because text) returns void
language plpgsql set search_path = ''
as $$
declare
  answers jsonb;
begin
  if post.number = 1 and not leaves_trace then
    update public.topics set deleted_at = now(), deleted_by = auth.uid(), deletion_reason = because
    where topics.id = post.topic_id;
    return;
  end if;
  if post.number = 1 then
    select template_answers into answers from public.topics where topics.id = post.topic_id;
    update public.topics set template_answers = '{}' where topics.id = post.topic_id and template_answers <> '{}';
  end if;
  insert into private.deleted_posts (post_id, body, template_answers, deleted_by)
  values (post.id, post.body, answers, auth.uid());
  update public.posts set body = null, deleted_at = now(), hidden_at = case when leaves_trace then now() end
  where posts.id = post.id;
  perform private.count_reply(post, -1);
end;
$$;

-- Brings it back, where nobody else has taken it since and its words are still there.
create function private.give_post_back(post public.posts, taken_at timestamptz) returns void
language plpgsql set search_path = ''
as $$
declare
  back private.deleted_posts;
begin
  update public.topics set deleted_at = null, deleted_by = null, deletion_reason = null
  where topics.id = post.topic_id and post.number = 1 and deleted_at = taken_at;
  delete from private.deleted_posts where post_id = post.id and post.deleted_at = taken_at returning * into back;
  if back.post_id is not null then
    -- What a moderator has written there since stays.
    update public.topics set template_answers = back.template_answers
    where topics.id = post.topic_id and template_answers = '{}' and back.template_answers <> '{}';
    update public.posts set body = back.body, deleted_at = null, hidden_at = null where posts.id = post.id;
    perform private.count_reply(post, 1);
  end if;
end;
$$;

create function private.tell_author(told private.cases) returns void
language sql set search_path = ''
as $$
  select private.notify(array[told.author_id], 'moderation', 'topic:' || topic_id, told.id, number, null,
    private.audience_of(visibility, organization_id))
  from public.posts where posts.id = told.post_id and told.author_id is not null
$$;

create function public.decide_case(
  id uuid, decision public.case_decision, note text default null, until timestamptz default null, expected int default null)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.case_refusal('moderation.decide', id);
  found_case private.cases;
  post public.posts;
  is_there boolean;
  takes boolean := decision in ('hide', 'delete', 'suspend');
begin
  if refusal is not null then
    return refusal;
  end if;
  found_case := private.case_to_decide(id);
  select * into post from public.posts where posts.id = found_case.post_id;
  is_there := post.deleted_at is null and post.topic_deleted_at is null and post.id is not null;
  if decision is null then
    perform private.refuse_field(422, 'invalid_input', 'decision', 'Say what is decided.');
  elsif found_case.state <> 'open' then
    perform private.refuse(409, 'case_decided', 'Somebody has decided this case.');
  elsif found_case.author_id = auth.uid() then
    perform private.refuse(403, 'another_moderator', 'This is for another moderator to decide.');
  elsif expected is distinct from found_case.revision + coalesce(post.revision, 0) then
    perform private.refuse(409, 'changed_meanwhile', 'There is more to see now: look again.');
  elsif decision in ('hide', 'delete') and not is_there then
    perform private.refuse(409, 'post_gone', 'The post is not there any more.');
  elsif decision in ('warn', 'suspend') and found_case.author_id is null then
    perform private.refuse(409, 'author_gone', 'Whoever wrote this has left.');
  elsif decision = 'suspend' and private.my_platform_role() <> 'admin'
    and exists (select from public.platform_roles where user_id = found_case.author_id) then
    return private.deny(403, 'not_allowed', 'Platform admins pause those who look after the place.',
      'moderation.decide', null, 'case', id::text);
  elsif decision = 'suspend' and (until is null or until <= now() or until > now() + interval '1 year') then
    perform private.refuse_field(422, 'until_invalid', 'until', 'A pause ends within a year from now.');
  end if;
  note := case when decision <> 'keep' then private.reason(note) end;

  update private.cases set
    state = 'decided', moved_at = clock_timestamp(), revision = revision + 1,
    decision = decide_case.decision, note = decide_case.note,
    until = case when decide_case.decision = 'suspend' then decide_case.until end,
    took_post = takes and is_there, decided_by = auth.uid(), decided_at = now()
  where cases.id = found_case.id
  returning * into found_case;
  if found_case.took_post then
    perform private.take_post(post, decision <> 'delete', note);
  end if;
  update public.reports set closed_at = now() where case_id = found_case.id;
  perform private.audit('moderation.decide', null, 'case', id::text, jsonb_build_object('state', 'open'),
    jsonb_build_object('state', 'decided', 'decision', decision));
  if decision <> 'keep' then
    perform private.tell_author(found_case);
  end if;
  return private.require_case(id);
end;
$$;
comment on function public.decide_case is
  'For moderators: decides an open case, whose `expected` revision they have seen. `hide` and `suspend` leave a trace of the post, `delete` takes it away; `suspend` pauses its author''s writing until a time. All but `keep` have a note, which the author reads. Returns the case.';
grant execute on function public.decide_case to authenticated;

create function public.appeal(id uuid, text text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  found_case private.cases;
  words text := btrim(replace(text, E'\r\n', E'\n'), E' \n');
begin
  perform private.require_organization();
  select * into found_case from private.cases
  where cases.id = appeal.id and author_id = auth.uid() and decision <> 'keep' for update;
  if found_case.id is null then
    perform private.refuse(404, 'not_found', 'There is no such decision about you.');
  elsif found_case.appeal is not null or found_case.state <> 'decided' then
    perform private.refuse(409, 'appeal_made', 'One appeals once.');
  elsif not coalesce(length(words) >= 10 and private.is_prose(words, 2000), false) then
    perform private.refuse_field(422, 'appeal_invalid', 'text', 'An appeal has 10 to 2,000 characters.');
  end if;
  update private.cases
  set state = 'appealed', appeal = words, moved_at = clock_timestamp(), revision = revision + 1
  where cases.id = found_case.id;
end;
$$;
comment on function public.appeal is
  'Asks once for another moderator to look at a decision about one''s own post.';
grant execute on function public.appeal to authenticated;

create function public.review_case(id uuid, outcome public.review_outcome, note text, expected int default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.case_refusal('moderation.review', id);
  found_case private.cases;
  post public.posts;
begin
  if refusal is not null then
    return refusal;
  end if;
  found_case := private.case_to_decide(id);
  select * into post from public.posts where posts.id = found_case.post_id;
  if outcome is null then
    perform private.refuse_field(422, 'invalid_input', 'outcome', 'Say what is decided.');
  elsif found_case.state = 'closed' then
    perform private.refuse(409, 'case_decided', 'Somebody has decided this case.');
  elsif found_case.state = 'open' or found_case.decision = 'keep' or found_case.state <> 'appealed' and outcome = 'upheld' then
    perform private.refuse(409, 'nothing_to_review', 'There is no decision to look at again.');
  elsif found_case.author_id = auth.uid() or found_case.state = 'appealed' and found_case.decided_by = auth.uid() then
    perform private.refuse(403, 'another_moderator', 'This is for another moderator to decide.');
  elsif expected is distinct from found_case.revision + coalesce(post.revision, 0) then
    perform private.refuse(409, 'changed_meanwhile', 'There is more to see now: look again.');
  end if;
  note := private.reason(note);

  update private.cases set
    state = 'closed', moved_at = clock_timestamp(), revision = revision + 1,
    outcome = review_case.outcome, review_note = review_case.note, reviewed_by = auth.uid(), reviewed_at = now()
  where cases.id = found_case.id
  returning * into found_case;
  if outcome = 'overturned' and found_case.took_post and post.id is not null then
    perform private.give_post_back(post, found_case.decided_at);
  end if;
  perform private.audit('moderation.review', null, 'case', id::text,
    jsonb_build_object('decision', found_case.decision), jsonb_build_object('outcome', outcome));
  perform private.tell_author(found_case);
  return private.require_case(id);
end;
$$;
comment on function public.review_case is
  'For moderators: answers an appeal against another''s decision (upheld or overturned), or takes a decision back that nobody appealed against (overturned). Overturning brings the post back and ends a pause. Returns the case.';
grant execute on function public.review_case to authenticated;

-- What follows ----------------------------------------------------------------

/*
 * A moderator who deletes somebody's whole topic has decided about its opening: its
 * author reads why and may appeal, as after a report, and the case that is open
 * about it is decided with it. Where it is a case that takes the topic, that is it.
 */
create function private.topics_decide() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  opening uuid := (select id from public.posts where topic_id = new.id and number = 1);
  decided private.cases;
begin
  if exists (
    select from private.cases
    where post_id = opening and state = 'decided' and decision = 'delete' and decided_at = new.deleted_at)
  then
    return null;
  end if;
  decided.id := private.open_case(opening, new.author_id);
  update private.cases set
    state = 'decided', moved_at = clock_timestamp(), decision = 'delete', note = new.deletion_reason,
    took_post = true, decided_by = new.deleted_by, decided_at = new.deleted_at
  where id = decided.id
  returning * into decided;
  update public.reports set closed_at = now() where case_id = decided.id;
  perform private.tell_author(decided);
  return null;
end;
$$;

-- The names put both after what takes the posts along: topic, post, case.
create trigger after_update_then_decide after update of deleted_at on public.topics
  for each row when (old.deleted_at is null and new.deletion_reason is not null and new.author_id is not null)
  execute function private.topics_decide();

-- Whoever restores it takes the decision back.
create function private.topics_overturn() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  closed private.cases;
begin
  update private.cases set
    state = 'closed', moved_at = clock_timestamp(), revision = revision + 1,
    outcome = 'overturned', reviewed_by = auth.uid(), reviewed_at = now()
  where post_id = (select id from public.posts where topic_id = new.id and number = 1)
    and decision = 'delete' and state in ('decided', 'appealed') and decided_at = old.deleted_at
  returning * into closed;
  if found then
    perform private.tell_author(closed);
  end if;
  return null;
end;
$$;

create trigger after_update_then_overturn after update of deleted_at on public.topics
  for each row when (old.deleted_at is not null and new.deleted_at is null)
  execute function private.topics_overturn();

/*
 * Moderation, words — what posts are looked through for. For platform admins.
 */

-- What one may do -----------------------------------------------------------

create function public.save_watched_word(word text, kind public.watch_kind, action public.watch_action) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('moderation.watch', 'watched_word', null);
  wanted text := btrim(coalesce(case kind when 'link' then private.link_host(btrim(word)) else word end, ''));
  saved public.watched_words;
begin
  if refusal is not null then
    return refusal;
  elsif kind is null or action is null then
    perform private.refuse(422, 'invalid_input', 'Say what it is, and what follows.');
  elsif not coalesce(private.is_name(wanted, 100), false) or length(private.word_line(wanted)) <= 2
    or kind = 'link' and wanted !~ '[.]' then
    perform private.refuse_field(422, 'watched_word_invalid', 'word', 'A word has letters, a link has a host; 100 characters at most.');
  end if;
  insert into public.watched_words as known (word, kind, action)
  values (wanted, save_watched_word.kind, save_watched_word.action)
  on conflict on constraint watched_words_kind_line_key do update set action = excluded.action
  returning * into saved;
  perform private.audit('moderation.watch', null, 'watched_word', saved.id::text, null, jsonb_build_object('action', action));
  return to_jsonb(saved) - 'line';
end;
$$;
comment on function public.save_watched_word is
  'For platform admins: looks out for a word, or for links to a host, or changes what follows. Returns it.';
grant execute on function public.save_watched_word to authenticated;

create function public.remove_watched_word(id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('moderation.unwatch', 'watched_word', id::text);
begin
  if refusal is not null then
    return refusal;
  end if;
  delete from public.watched_words where watched_words.id = remove_watched_word.id;
  if found then
    perform private.audit('moderation.unwatch', null, 'watched_word', id::text);
  end if;
  return jsonb_build_object('id', id);
end;
$$;
comment on function public.remove_watched_word is
  'For platform admins: looks out for it no more. One that is not there is gone already.';
grant execute on function public.remove_watched_word to authenticated;

/*
 * Moderation, holding — the first posts of a new account wait for a moderator.
 *
 * Those for the community alone: what a company writes to itself is not for
 * moderators to read. What is held is tried out in full and taken back, so that its
 * author hears every refusal at once, and is published by the same functions when a
 * moderator accepts it: nothing that reads the forum knows of it. Moderators are
 * never held.
 */

-- Who may -----------------------------------------------------------------

-- Does what the caller writes for the community wait? Posts that were taken away do not speak for them.
create function private.my_first_posts_wait() returns boolean
language plpgsql stable security definer set search_path = ''
as $$
declare
  held int := (select held_first_posts from public.posting_rules);
begin
  if coalesce(held, 0) = 0 or private.my_platform_role() is not null then
    return false;
  end if;
  return held > (
    select count(*) from (
      select from public.posts
      where author_id = auth.uid() and visibility = 'community' and deleted_at is null and topic_deleted_at is null
      limit held) as accepted);
end;
$$;

-- The organization that a person writes for at this moment, as private.my_organization() says it of the caller.
create function private.writes_for(person uuid) returns uuid
language sql stable set search_path = ''
as $$
  select organizations.id from public.memberships
  join public.profiles on profiles.id = user_id and profiles.status = 'active'
  join public.organizations on organizations.id = organization_id and organizations.status = 'active'
  where user_id = person and private.suspended_until(person) is null
$$;

-- Moderators see the pictures and files of what waits.
create function private.is_waiting_file(file uuid) returns boolean
language sql stable security definer set search_path = ''
as $$ select exists (select from private.waiting_files where file_id = file) $$;
grant execute on function private.is_waiting_file to authenticated;

create policy select_moderator_while_held on storage.objects
  for select to authenticated
  using (bucket_id = 'attachments' and (select private.my_platform_role()) is not null
    and private.is_waiting_file(private.file_of_object(objects.name)));

-- What one may do -----------------------------------------------------------

create function private.publish(post private.held_posts, organization uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  if post.opens_topic then
    perform private.publish_topic(
      post.id, post.author_id, organization, (select slug from public.categories where id = post.category_id),
      post.input ->> 'title', 'community', array(select jsonb_array_elements_text(post.input -> 'tags')),
      post.input -> 'template_answers', post.input -> 'body');
  else
    perform private.publish_reply(
      post.id, post.author_id, organization, post.topic_id, (post.input ->> 'parent')::uuid, post.input -> 'body');
  end if;
end;
$$;

-- Whether what opens a topic, or answers this one, by this id is held, or is to be. What is published already is not.
create function private.goes_aside(id uuid, topic uuid, readers public.visibility) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
  return exists (
      select from private.held_posts
      where held_posts.id = goes_aside.id and author_id = auth.uid() and state <> 'accepted')
    or coalesce(readers = 'community', false) and private.my_first_posts_wait()
      and not case
        when topic is null then private.is_own_topic(goes_aside.id, auth.uid())
        else exists (
          select from public.posts
          where posts.id = goes_aside.id and posts.topic_id = goes_aside.topic and author_id = auth.uid())
        end;
end;
$$;

-- Puts aside what would be published now, and answers 202. Asked again with the same id, nothing changes.
create function private.hold(post private.held_posts, organization uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  perform set_config('response.status', '202', true);
  if exists (select from private.held_posts where id = post.id and author_id = post.author_id) then
    return;
  end if;
  begin
    perform private.publish(post, organization);
    raise sqlstate 'HOLD1';
  exception when sqlstate 'HOLD1' then
    null;
  end;
  -- What was counted there is taken back too. The person's row of it lets their posts in one after another.
  perform private.limit_rate('posts.minute', auth.uid()::text, 12, 60);
  if (select count(*) from private.held_posts where author_id = post.author_id and state = 'waiting') >= 10 then
    perform private.refuse(409, 'held_posts_limit', 'Ten of your posts wait for a moderator: wait for them too.');
  end if;
  insert into private.held_posts (id, author_id, opens_topic, category_id, topic_id, input)
  values (post.id, post.author_id, post.opens_topic, post.category_id, post.topic_id, post.input)
  on conflict (id) do nothing;
  if not exists (select from private.held_posts where id = post.id and author_id = post.author_id) then
    perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
  end if;
  insert into private.waiting_files (file_id, waits_in)
  select file, post.id from unnest(private.document_files(post.input -> 'body')) as file
  on conflict do nothing;
end;
$$;

create function public.open_topic(
  category text, title text, body jsonb,
  visibility public.visibility default 'community', id uuid default gen_random_uuid(),
  tags text[] default '{}', template_answers jsonb default '{}')
returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  topic uuid := coalesce(id, gen_random_uuid());
  asked private.held_posts;
begin
  if private.goes_aside(topic, null, visibility) then
    asked.id := topic;
    asked.author_id := auth.uid();
    asked.opens_topic := true;
    asked.category_id := (select categories.id from public.categories where slug = category);
    asked.input := jsonb_build_object(
      'title', btrim(title), 'tags', coalesce(tags, '{}'), 'template_answers', coalesce(template_answers, '{}'), 'body', body);
    perform private.hold(asked, organization);
  else
    perform private.publish_topic(
      topic, auth.uid(), organization, category, title, visibility, tags, template_answers, body);
  end if;
  return topic;
end;
$$;
comment on function public.open_topic is
  'Opens a topic in a category (its slug) and returns its id. `tags` are known words, five at most; `template_answers` texts by the keys of the category''s template. Asking again with the same id changes nothing. 202: it waits for a moderator, and is a topic of this id once one accepts it.';
grant execute on function public.open_topic to authenticated;

create function public.reply(topic uuid, body jsonb, parent uuid default null, id uuid default gen_random_uuid())
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  post uuid := coalesce(id, gen_random_uuid());
  asked private.held_posts;
begin
  if private.goes_aside(post, topic, (select visibility from public.topics where topics.id = topic)) then
    asked.id := post;
    asked.author_id := auth.uid();
    asked.opens_topic := false;
    asked.topic_id := topic;
    asked.input := jsonb_build_object('parent', parent, 'body', body);
    perform private.hold(asked, organization);
    return jsonb_build_object('id', post, 'held', true);
  end if;
  perform private.publish_reply(post, auth.uid(), organization, topic, parent, body);
  return (select card from private.post_cards where post_cards.id = post);
end;
$$;
comment on function public.reply is
  'Answers a topic, or a post in it (`parent`), and returns the post. Asking again with the same id changes nothing. 202 with {id, held}: it waits for a moderator, and is a post of this id once one accepts it.';
grant execute on function public.reply to authenticated;

create function public.withdraw_held_post(id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  held private.held_posts;
begin
  perform private.require_organization();
  select * into held from private.held_posts
  where held_posts.id = withdraw_held_post.id and author_id = auth.uid() for update;
  if held.state <> 'waiting' then
    perform private.refuse(409, 'held_post_decided', 'Moderators have decided about this post.');
  end if;
  delete from private.waiting_files where waits_in = held.id;
  delete from private.held_posts where held_posts.id = held.id;
end;
$$;
comment on function public.withdraw_held_post is
  'Takes back what the caller wrote and a moderator has not decided yet. What is not there is taken back already.';
grant execute on function public.withdraw_held_post to authenticated;

create function private.require_held_post(id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  shown private.held_posts;
begin
  select * into shown from private.held_posts where held_posts.id = require_held_post.id;
  if shown.id is null then
    perform private.refuse(404, 'not_found', 'There is no such post, or its author has taken it back.');
  end if;
  return private.held_card(shown) || jsonb_build_object(
    'category', (
      select jsonb_build_object('slug', slug, 'name_en', name_en, 'name_ar', name_ar)
      from public.categories where categories.id = shown.category_id),
    'tags', private.tag_cards(array(select jsonb_array_elements_text(shown.input -> 'tags'))),
    'template_answers', private.answered_fields(shown.category_id, shown.input -> 'template_answers'),
    'body', shown.input -> 'body',
    'answers', (
      select jsonb_build_object('author', author.card, 'excerpt', coalesce(left(above.body_text, 400), ''))
      from public.posts as above
      left join private.person_cards as author on author.id = above.author_id
      where above.topic_id = shown.topic_id and private.held_topic(shown) is not null
        and case when shown.input ->> 'parent' is null then above.number = 1 else above.id = (shown.input ->> 'parent')::uuid end),
    'author_since', (select created_at from public.profiles where profiles.id = shown.author_id),
    'note', shown.note,
    'decided_at', shown.decided_at,
    'decided_by', (select card from private.person_cards where person_cards.id = shown.decided_by),
    'mine', shown.author_id = auth.uid());
end;
$$;

create function public.held_post(id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_moderator();
  return private.require_held_post(id);
end;
$$;
comment on function public.held_post is
  'For moderators: what waits, with what it would open or answer, and what was decided. `mine` says that it is for another moderator to decide.';
grant execute on function public.held_post to authenticated;

-- All that is asked of a post is asked again: what has changed since is a refusal, and the post goes on waiting.
create function private.publish_held(held private.held_posts) returns void
language plpgsql set search_path = ''
as $$
declare
  organization uuid := private.writes_for(held.author_id);
begin
  if organization is null then
    perform private.refuse(409, 'author_may_not_write', 'Whoever wrote this may not write at present.');
  elsif not held.opens_topic and private.held_topic(held) is null then
    perform private.refuse(409, 'topic_gone', 'The topic is not there any more.');
  end if;
  perform private.publish(held, organization);
end;
$$;

create function public.decide_held_post(id uuid, accept boolean, note text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.case_refusal('moderation.decide_held', id, 'held_post');
  held private.held_posts;
begin
  if refusal is not null then
    return refusal;
  end if;
  -- The topic first, as all who write in it lock it.
  perform from public.topics
  where topics.id = (select topic_id from private.held_posts where held_posts.id = decide_held_post.id) for no key update;
  select * into held from private.held_posts where held_posts.id = decide_held_post.id for update;
  if held.id is null then
    perform private.refuse(404, 'not_found', 'There is no such post, or its author has taken it back.');
  elsif accept is null then
    perform private.refuse_field(422, 'invalid_input', 'accept', 'Say whether it is published.');
  elsif held.state <> 'waiting' then
    perform private.refuse(409, 'held_post_decided', 'Another moderator has decided about this post.');
  elsif held.author_id = auth.uid() then
    perform private.refuse(403, 'another_moderator', 'This is for another moderator to decide.');
  end if;
  note := case when not accept then private.reason(note) end;

  if accept then
    perform private.publish_held(held);
  end if;
  update private.held_posts set
    state = case when accept then 'accepted' else 'refused' end::public.held_state,
    input = case when not accept then input end,
    note = decide_held_post.note, decided_by = auth.uid(), decided_at = now()
  where held_posts.id = held.id
  returning * into held;
  delete from private.waiting_files where waits_in = held.id;
  perform private.audit('moderation.decide_held', null, 'held_post', id::text,
    jsonb_build_object('state', 'waiting'), jsonb_build_object('state', held.state));
  perform private.notify(array[held.author_id], 'moderation', 'held_post:' || id, id, 0, null);
  return private.require_held_post(id);
end;
$$;
comment on function public.decide_held_post is
  'For moderators: publishes what waits as its author''s, or refuses it with a note that they read. What can''t be published any more (its topic is closed, say) is refused with that code and goes on waiting. Returns it.';
grant execute on function public.decide_held_post to authenticated;

create function public.set_posting_rules(held_first_posts int) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('moderation.set_rules', 'posting_rules', null);
  before int := (select rules.held_first_posts from public.posting_rules as rules);
begin
  if refusal is not null then
    return refusal;
  elsif held_first_posts is null or held_first_posts not between 0 and 10 then
    perform private.refuse_field(422, 'invalid_input', 'held_first_posts', 'Between none and ten first posts wait.');
  end if;
  insert into public.posting_rules as rules (held_first_posts) values (set_posting_rules.held_first_posts)
  on conflict (is_only) do update set held_first_posts = excluded.held_first_posts;
  perform private.audit('moderation.set_rules', null, 'posting_rules', null,
    jsonb_build_object('held_first_posts', coalesce(before, 0)),
    jsonb_build_object('held_first_posts', set_posting_rules.held_first_posts));
  return jsonb_build_object('held_first_posts', set_posting_rules.held_first_posts);
end;
$$;
comment on function public.set_posting_rules is
  'For platform admins: how many first posts of a person for the community wait for a moderator, 0 to 10. What waits already goes on waiting.';
grant execute on function public.set_posting_rules to authenticated;

-- What follows ----------------------------------------------------------------

-- What was written inside a company does not come out past the moderators.
create function private.topics_stay_inside() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() = new.author_id and private.my_first_posts_wait() then
    perform private.refuse(409, 'first_posts_wait', 'Your first posts for the community wait for a moderator: open it anew for them.');
  end if;
  return new;
end;
$$;

create trigger before_update_stay_inside before update of visibility on public.topics
  for each row when (old.visibility = 'organization' and new.visibility = 'community')
  execute function private.topics_stay_inside();

/*
 * Personal data, tables — copies of what we hold about a person, and wishes to
 * be forgotten.
 *
 * Both rights outlive one's place here: whoever is deactivated, suspended or
 * removed has them too.
 */

-- Tables ------------------------------------------------------------------

create type private.export_state as enum ('waiting', 'building', 'ready', 'failed', 'expired');

create table private.data_exports (
  id           uuid primary key default gen_random_uuid(),
  user_id      uuid not null references public.profiles on delete cascade,
  state        private.export_state not null default 'waiting',
  progress     int not null default 0 check (progress between 0 and 100),
  requested_at timestamptz not null default now(),
  ready_at     timestamptz,
  expires_at   timestamptz,
  bytes        bigint check (bytes > 0),
  constraint what_was_ready_expires check (
    (state in ('ready', 'expired')) = (ready_at is not null)
    and (ready_at is null) = (expires_at is null)
    and (ready_at is null) = (bytes is null))
);
comment on table private.data_exports is
  'Copies of their data that people asked for. The file lies in bucket exports, at <person>/<id>.zip, until it expires.';

-- What did this person ask for last?
create index on private.data_exports (user_id, requested_at desc);
-- One at a time.
create unique index on private.data_exports (user_id) where state in ('waiting', 'building');
-- Which files are to go?
create index on private.data_exports (expires_at) where state = 'ready';

create type public.erasure_choice as enum ('keep_without_name', 'remove');

-- The steps in their order; each may be done twice, so a worker that dies goes on where it was.
create type private.erasure_step as enum ('waiting', 'files', 'goodbye', 'rows', 'account', 'traces', 'done');

create table private.erasures (
  id           uuid primary key default gen_random_uuid(),
  user_id      uuid unique,
  choice       public.erasure_choice not null,
  step         private.erasure_step not null default 'waiting',
  requested_at timestamptz not null default now(),
  due_at       timestamptz not null,
  reminded_at  timestamptz,
  finished_at  timestamptz,
  constraint what_is_done_names_nobody check (
    (step = 'done') = (user_id is null) and (step = 'done') = (finished_at is not null))
);
comment on table private.erasures is
  'Who asked to be forgotten, and how far that has come. No foreign key: the row outlives the account, and forgets whose it was when all is done.';

-- Whose time has come?
create index on private.erasures (due_at) where step <> 'done';

create function private.erasure_delay() returns interval
language sql immutable set search_path = ''
as $$ select interval '14 days' $$;

-- Who may -----------------------------------------------------------------

-- Where one's ready copies lie. Over at the minute they expire, whether or not a job has come by.
create function private.my_export_paths() returns setof text
language sql stable security definer set search_path = ''
as $$
  select user_id || '/' || id || '.zip' from private.data_exports
  where user_id = (select auth.uid()) and (select private.my_session()) is not null
    and state = 'ready' and expires_at > now()
$$;
grant execute on function private.my_export_paths to authenticated;

create policy select_exporter on storage.objects
  for select to authenticated
  using (bucket_id = 'exports' and name in (select private.my_export_paths()));

/*
 * Personal data, asking — what a person asks of us about themselves.
 *
 * One asks for oneself alone. What takes long is promised to the worker; what
 * cannot be undone waits fourteen days. The log's lines are of no company: what
 * somebody does about their own data is not their employer's to read.
 */

-- What becomes of a person's company when they go: it stays, it needs another admin first, or nobody is left.
create function private.company_fate(person uuid) returns text
language sql stable security definer set search_path = ''
as $$
  select case
    when private.is_last_admin(person) then 'hand_over'
    when exists (
      select from public.memberships as own
      where own.user_id = person and not exists (
        select from public.memberships
        where memberships.organization_id = own.organization_id and memberships.user_id <> person)) then 'goes'
    else 'stays'
  end
$$;

-- Whether the platform would have no admin without this person.
create function private.is_last_platform_admin(person uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (select from public.platform_roles where user_id = person and role = 'admin')
    and not exists (
      select from public.platform_roles
      join public.memberships using (user_id)
      join public.profiles on profiles.id = user_id and profiles.status = 'active'
      join public.organizations on organizations.id = organization_id and organizations.status = 'active'
      where platform_roles.role = 'admin' and user_id <> person)
$$;

-- What one may do -----------------------------------------------------------

create function private.export_card(export private.data_exports) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', export.id,
    'state', case when export.state = 'ready' and export.expires_at <= now() then 'expired' else export.state end,
    'progress', export.progress,
    'requested_at', export.requested_at,
    'ready_at', export.ready_at,
    'expires_at', export.expires_at,
    'bytes', export.bytes,
    'path', export.user_id || '/' || export.id || '.zip')
$$;

create function private.erasure_card(erasure private.erasures) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'choice', erasure.choice, 'requested_at', erasure.requested_at, 'due_at', erasure.due_at)
$$;

create function public.my_privacy() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  person uuid := private.require_account();
begin
  return jsonb_build_object(
    'documents', (
      select jsonb_agg(jsonb_build_object(
        'id', current.id,
        'kind', current.kind,
        'version', current.version,
        'published_at', current.published_at,
        'changes_en', current.changes_en,
        'changes_ar', current.changes_ar,
        'accepted_at', (
          select accepted_at from public.consents where user_id = person and document_id = current.id),
        'accepted_before', (
          select max(documents.version) from public.consents
          join public.legal_documents as documents on documents.id = consents.document_id
          where consents.user_id = person and documents.kind = current.kind and documents.version < current.version))
        order by current.kind)
      from private.current_documents() as current),
    'export', (
      select private.export_card(exports) from private.data_exports as exports
      where user_id = person order by requested_at desc limit 1),
    'erasure', (
      select private.erasure_card(erasures) from private.erasures where user_id = person),
    'company', private.company_fate(person));
end;
$$;
comment on function public.my_privacy is
  'The caller''s consents (documents in force, null where not accepted), last export, erasure under way, and what would become of their company: stays, hand_over or goes.';
grant execute on function public.my_privacy to authenticated;

create function public.request_data_export() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := private.require_account();
  export private.data_exports;
begin
  -- Two at the same moment: the second finds what the first has asked for.
  perform from public.profiles where id = person for no key update;
  select * into export from private.data_exports where user_id = person and state in ('waiting', 'building');
  if export.id is null then
    perform private.limit_rate('exports.person', person::text, 2, 86400);
    insert into private.data_exports (user_id) values (person) returning * into export;
    perform private.audit('personal_data.export', null, 'export', export.id::text);
    perform private.enqueue('personal-data.build-export', jsonb_build_object('exportId', export.id));
  end if;
  return private.export_card(export);
end;
$$;
comment on function public.request_data_export is
  'Asks for a copy of everything held about the caller, and returns it as it stands. One at a time, two a day.';
grant execute on function public.request_data_export to authenticated;

/*
 * Asks who is there once more: an open page on a table must not be enough. The
 * session has to be younger than five minutes, which takes the password.
 */
create function public.request_erasure(choice public.erasure_choice, dissolve boolean default false) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := private.require_account();
  organization uuid := private.organization_of(person);
  erasure private.erasures;
begin
  if choice is null then
    perform private.refuse(422, 'invalid_input', 'Say what becomes of what you wrote: keep_without_name or remove.');
  elsif not exists (
    select from auth.sessions where id = private.my_session() and created_at > now() - interval '5 minutes') then
    perform private.refuse(403, 'reauthentication_required', 'Sign in with your password once more.');
  end if;

  perform from public.organizations where id = organization for no key update;
  if private.company_fate(person) = 'hand_over' then
    return private.deny(409, 'last_admin', 'Your company needs another admin first.',
      'personal_data.request_erasure', null, 'person', person::text);
  elsif private.is_last_platform_admin(person) then
    return private.deny(409, 'last_platform_admin', 'The platform needs an admin: name another one first.',
      'personal_data.request_erasure', null, 'person', person::text);
  elsif private.company_fate(person) = 'goes' and dissolve is not true then
    perform private.refuse(409, 'company_goes_too', 'Nobody else is active in your company: it goes with you. Say that you know.');
  end if;

  insert into private.erasures as asked (user_id, choice, due_at)
  values (person, request_erasure.choice, now() + private.erasure_delay())
  on conflict (user_id) do update set choice = excluded.choice where asked.step = 'waiting'
  returning * into erasure;
  perform private.audit('personal_data.request_erasure', null, 'person', person::text,
    null, jsonb_build_object('choice', request_erasure.choice));
  perform private.enqueue('personal-data.send-erasure-notice',
    jsonb_build_object('erasureId', erasure.id, 'notice', 'requested'));
  return private.erasure_card(erasure);
end;
$$;
comment on function public.request_erasure is
  'Asks to be forgotten in 14 days; asking again changes the choice, not the day. `dissolve` says that the caller knows their company goes too. Needs a session younger than five minutes.';
grant execute on function public.request_erasure to authenticated;

create function public.cancel_erasure() returns void
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := private.require_account();
begin
  delete from private.erasures where user_id = person and step = 'waiting';
  if found then
    perform private.audit('personal_data.cancel_erasure', null, 'person', person::text);
  elsif exists (select from private.erasures where user_id = person) then
    perform private.refuse(409, 'erasure_begun', 'It has begun and can''t be taken back.');
  end if;
end;
$$;
comment on function public.cancel_erasure is
  'Takes the wish to be forgotten back. Without one, nothing happens.';
grant execute on function public.cancel_erasure to authenticated;

/*
 * Personal data, holding — where everything about a person is.
 *
 * Every table that speaks of a person is named here, or has a reason not to be
 * (sql/tests/personal-data.test.ts asks the catalogue).
 */

/*
 * The files of what a person wrote, and where in bucket attachments each lies: a document as it was sent, of a picture
 * the largest that was made. A document has the name it has in their words; a picture has none there.
 */
create function private.personal_attachments(person uuid) returns table (file uuid, path text, name text)
language sql stable security definer set search_path = ''
as $$
  with written (document) as (
    select posts.body from public.posts where posts.author_id = person
    union all
    select deleted.body from private.deleted_posts as deleted
    join public.posts on posts.id = deleted.post_id where posts.author_id = person
    union all
    select revisions.body from public.post_revisions as revisions
    join public.posts on posts.id = revisions.post_id where posts.author_id = person
    union all
    select drafts.content -> 'body' from public.drafts where drafts.user_id = person
    union all
    select held.input -> 'body' from private.held_posts as held where held.author_id = person),
  named as (
    select node #>> '{attrs,file}' as file, min(node #>> '{attrs,name}') as name
    from written, jsonb_path_query(document, 'strict $.** ? (@.type == "attachment")', silent => true) as node
    group by 1)
  select files.id, files.id || '/' || coalesce(picture.name, 'original'), named.name
  from public.files
  left join named on named.file = files.id::text
  left join lateral (
    select (made ->> 'size') || '.' || (made ->> 'format') as name
    from jsonb_array_elements(files.renditions) as made
    order by (made ->> 'size')::int desc, (made ->> 'format') = 'webp' desc limit 1) as picture on true
  where files.owner_id = person and files.purpose = 'attachment' and files.status = 'ready'
$$;

/*
 * Everything held about a person, one row an entry, by subject. What would open
 * a door is left out (hashes, tokens, secrets), and so is what is not about them.
 * For the worker, which writes a file a subject.
 */
create function private.personal_data(person uuid) returns table (subject text, entry jsonb)
language sql stable security definer set search_path = ''
as $$
  select 'account', jsonb_build_object(
    'id', users.id, 'email', users.email, 'new_email', nullif(users.email_change, ''), 'phone', users.phone,
    'created_at', users.created_at, 'confirmed_at', users.email_confirmed_at, 'invited_at', users.invited_at,
    'last_sign_in_at', users.last_sign_in_at, 'told_at_signup', users.raw_user_meta_data)
  from auth.users where users.id = person
  union all
  select 'sign_in_methods', jsonb_build_object(
    'provider', identities.provider, 'email', identities.email, 'created_at', identities.created_at,
    'last_sign_in_at', identities.last_sign_in_at)
  from auth.identities where identities.user_id = person
  union all
  select 'second_factors', jsonb_build_object(
    'name', factors.friendly_name, 'kind', factors.factor_type, 'status', factors.status, 'created_at', factors.created_at)
  from auth.mfa_factors as factors where factors.user_id = person
  union all
  select 'sessions', jsonb_build_object(
    'created_at', sessions.created_at, 'refreshed_at', sessions.refreshed_at, 'ends_at', sessions.not_after,
    'device', sessions.user_agent, 'address', sessions.ip, 'assurance', sessions.aal)
  from auth.sessions where sessions.user_id = person
  union all
  select 'sign_in_log', jsonb_build_object(
    'at', entries.created_at, 'action', entries.payload ->> 'action', 'address', entries.ip_address)
  from auth.audit_log_entries as entries
  where entries.payload ->> 'actor_id' = person::text or entries.payload #>> '{traits,user_id}' = person::text
  union all
  select 'profile', to_jsonb(profiles) - 'name_folded' from public.profiles where profiles.id = person
  union all
  select 'profile_details', to_jsonb(details) - array['person_id', 'organization_id', 'expertise_folded']
  from public.profile_details as details where details.person_id = person
  union all
  select 'membership', jsonb_build_object(
    'organization', jsonb_build_object('id', organizations.id, 'name', organizations.name)) || to_jsonb(memberships) - array['user_id', 'organization_id']
  from public.memberships join public.organizations on organizations.id = memberships.organization_id
  where memberships.user_id = person
  union all
  select 'last_seen', jsonb_build_object('at', roster.last_seen_at) from private.roster where roster.user_id = person
  union all
  select 'platform_role', to_jsonb(platform_roles) - 'user_id'
  from public.platform_roles where platform_roles.user_id = person
  union all
  -- Whom they invited is somebody else's to know; that they did, and in which words, is theirs.
  select 'invitations_sent', jsonb_build_object(
    'role', invitations.role, 'message', invitations.message, 'created_at', invitations.created_at,
    'accepted_at', invitations.accepted_at, 'revoked_at', invitations.revoked_at)
  from public.invitations where invitations.invited_by = person
  union all
  select 'invitations_received', to_jsonb(invitations)
    - array['invited_by', 'accepted_by', 'organization_id', 'sending'] || jsonb_build_object('organization', organizations.name)
  from public.invitations
  join public.organizations on organizations.id = invitations.organization_id
  where invitations.accepted_by = person or invitations.email = (select users.email from auth.users where users.id = person)
  union all
  select 'join_requests', to_jsonb(requests)
    - array['decided_by', 'organization_id'] || jsonb_build_object('organization', organizations.name)
  from public.join_requests as requests
  join public.organizations on organizations.id = requests.organization_id
  where requests.email = (select users.email from auth.users where users.id = person)
  union all
  select 'decisions', jsonb_build_object(
    'kind', decisions.kind, 'reason', decisions.reason, 'decided_at', decisions.decided_at,
    'about', case when decisions.person_id = person then 'you' when decisions.person_id is null then 'a company' else 'somebody else' end)
  from private.decisions where decisions.person_id = person or decisions.decided_by = person
  union all
  select 'shut_out', jsonb_build_object('since', shut_out.since) from private.shut_out where shut_out.user_id = person
  union all
  select 'consents', jsonb_build_object(
    'document', documents.kind, 'version', documents.version, 'accepted_at', consents.accepted_at, 'address', consents.ip)
  from public.consents join public.legal_documents as documents on documents.id = consents.document_id
  where consents.user_id = person
  union all
  select 'audit_log', to_jsonb(events) - array['organization_id'] || jsonb_build_object(
    'address', origins.ip, 'device', origins.user_agent)
  from public.audit_events as events
  left join private.audit_origins as origins on origins.event_id = events.id and origins.actor_id = person
  where events.actor_id = person or events.subject_id = person::text
  union all
  select 'mails', jsonb_build_object('kind', sent_mails.kind, 'sent_at', sent_mails.sent_at)
  from private.sent_mails where sent_mails.user_id = person
  union all
  select 'topics', jsonb_build_object(
    'id', topics.id, 'title', topics.title, 'visibility', topics.visibility,
    'answers', coalesce(deleted.template_answers, topics.template_answers),
    'created_at', topics.created_at, 'deleted_at', topics.deleted_at)
  from public.topics
  left join public.posts as opening on opening.topic_id = topics.id and opening.number = 1
  left join private.deleted_posts as deleted on deleted.post_id = opening.id
  where topics.author_id = person
  union all
  select 'posts', jsonb_build_object(
    'id', posts.id, 'topic', case when topics.author_id = person or private.may_see_topic(person, topics) then topics.title end,
    'number', posts.number, 'visibility', posts.visibility,
    'created_at', posts.created_at, 'edited_at', posts.edited_at, 'deleted_at', posts.deleted_at,
    'text', private.document_text(coalesce(posts.body, deleted.body)), 'document', coalesce(posts.body, deleted.body))
  from public.posts
  join public.topics on topics.id = posts.topic_id
  left join private.deleted_posts as deleted on deleted.post_id = posts.id
  where posts.author_id = person
  union all
  select 'post_revisions', jsonb_build_object(
    'post', revisions.post_id, 'revision', revisions.revision, 'written_at', revisions.written_at,
    'text', private.document_text(revisions.body), 'document', revisions.body)
  from public.post_revisions as revisions
  where revisions.post_id in (select posts.id from public.posts where posts.author_id = person)
  union all
  select 'reports', jsonb_build_object(
    'post', reports.post_id, 'reason', reports.reason, 'note', reports.note, 'created_at', reports.created_at)
  from public.reports where reports.reporter_id = person
  union all
  select 'moderation', jsonb_build_object(
    'about', case when cases.author_id = person then 'you' else 'somebody else' end,
    'post', cases.post_id, 'decision', cases.decision, 'note', cases.note, 'until', cases.until, 'decided_at', cases.decided_at,
    'outcome', cases.outcome, 'review_note', cases.review_note, 'reviewed_at', cases.reviewed_at)
    || case when cases.author_id = person then jsonb_build_object('appeal', cases.appeal) else '{}' end
  from private.cases
  where cases.state <> 'open' and (cases.author_id = person or cases.decided_by = person or cases.reviewed_by = person)
  union all
  -- What was accepted is among the posts.
  select 'held_posts', jsonb_build_object(
    'about', case when held.author_id = person then 'you' else 'somebody else' end,
    'id', held.id, 'state', held.state, 'note', held.note, 'created_at', held.created_at, 'decided_at', held.decided_at)
    || case when held.author_id = person then jsonb_build_object('written', held.input) else '{}' end
  from private.held_posts as held where held.author_id = person or held.decided_by = person
  union all
  select 'votes', jsonb_build_object('post', votes.post_id, 'created_at', votes.created_at)
  from public.votes where votes.user_id = person
  union all
  select 'reputation', to_jsonb(reputations) - 'person_id' from public.reputations where reputations.person_id = person
  union all
  select 'topics_read', to_jsonb(readers) - 'user_id'
  from public.topic_readers as readers where readers.user_id = person
  union all
  select 'drafts', to_jsonb(drafts) - 'user_id' from public.drafts where drafts.user_id = person
  union all
  select 'notifications', to_jsonb(notices) - array['user_id', 'in_app'] || jsonb_build_object('events', (
    select coalesce(jsonb_agg(jsonb_build_object('item', events.item_id, 'at', events.created_at) order by events.created_at), '[]')
    from public.notification_events as events where events.notification_id = notices.id))
  from public.notifications as notices where notices.user_id = person
  union all
  select 'notification_preferences', to_jsonb(preferences) - 'user_id'
  from public.notification_preferences as preferences where preferences.user_id = person
  union all
  select 'digest_times', to_jsonb(times) - 'user_id' from public.digest_times as times where times.user_id = person
  union all
  select 'notification_mails', jsonb_build_object('pace', mails.pace, 'due_at', mails.due_at, 'sent_at', mails.sent_at)
  from private.notification_mails as mails where mails.user_id = person
  union all
  -- What ends mails opens a door, if a small one: that there is a link is told, not the link.
  select 'unsubscribe_links', jsonb_build_object('kinds', links.kinds, 'made_at', links.made_at)
  from private.unsubscribe_tokens as links where links.user_id = person
  union all
  select 'files', to_jsonb(files) - array['owner_id', 'thumbhash'] || jsonb_build_object('name', kept.name, 'post', taken.post_id)
  from public.files
  left join public.post_files as taken on taken.file_id = files.id
  left join private.personal_attachments(person) as kept on kept.file = files.id
  where files.owner_id = person
  union all
  select 'exports', private.export_card(exports) - 'path'
  from private.data_exports as exports where exports.user_id = person
  union all
  select 'erasure', private.erasure_card(erasures) from private.erasures where erasures.user_id = person
$$;

/*
 * The files that are a person's whatever becomes of their posts: what they uploaded, and what was made for them.
 * Their copies of their data are among them, for these go too; what stands in posts is above.
 */
create function private.personal_objects(person uuid) returns table (bucket text, path text)
language sql stable security definer set search_path = ''
as $$
  select bucket_id, name from storage.objects
  where owner_id = person::text or name like person || '/%'
  union
  -- Pictures made of a file lie at its id; a logo is the company's, whoever sent it.
  select objects.bucket_id, objects.name from public.files
  join storage.objects on objects.name like files.id || '/%'
  where files.owner_id = person and files.purpose = 'avatar'
$$;

/*
 * Personal data, forgetting — the steps of an erasure that are done here; the
 * worker does those that Storage and Auth have a say in.
 *
 * Each may be done twice, and says to the row how far it has come.
 */

/*
 * The first step, after which there is no way back: the door is shut. Says whether
 * there is something to do.
 */
create function private.begin_erasure(erasure uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid;
begin
  update private.erasures set step = 'files'
  where id = erasure and step = 'waiting' and due_at <= now()
  returning user_id into person;
  if person is not null then
    update auth.users set banned_until = now() + interval '100 years' where id = person;
    perform private.end_access(person);
    -- A copy that is being made is not delivered any more.
    update private.data_exports set state = 'failed' where user_id = person and state in ('waiting', 'building');
  end if;
  return exists (select from private.erasures where id = erasure and step not in ('waiting', 'done'));
end;
$$;

/*
 * What a company of one person was called is that person's too. It is removed where
 * nothing hangs on it; where others have answered, its place stays and tells
 * nothing. One that is suspended keeps its domain, so that it cannot come back.
 */
create function private.empty_organization(organization uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.files where files.organization_id = organization and purpose = 'logo';
  if exists (select from public.topics where topics.organization_id = organization)
    or exists (select from public.organizations where id = organization and status = 'suspended') then
    delete from public.registrations where registrations.organization_id = organization;
    update public.organizations set
      name = 'Former company · شركة سابقة', name_ar = null, website = null, about = null, logo = null,
      industry = null, size = null, city_id = null, verified_at = null
    where id = organization;
  else
    delete from public.organizations where id = organization;
  end if;
end;
$$;

/*
 * Takes away what a person wrote. A topic that nobody else answered goes whole;
 * where others did, its place stays, without its title and their words.
 */
create function private.remove_contributions(person uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  touched uuid[];
begin
  -- Topics first, as all who write lock them.
  perform from public.topics
  where author_id = person or id in (select topic_id from public.posts where author_id = person)
  order by id for no key update;

  delete from public.topics
  where author_id = person and not exists (
    select from public.posts
    where topic_id = topics.id and author_id is distinct from person and deleted_at is null);

  update public.topics set title = 'Removed · محذوف' where author_id = person;

  update public.topics set template_answers = '{}' where author_id = person and template_answers <> '{}';

  with gone as (
    update public.posts set body = null, deleted_at = now()
    where author_id = person and deleted_at is null
    returning topic_id)
  select array_agg(distinct topic_id) into touched from gone;
  perform private.recount_topics(touched);
  perform private.forget_words();
end;
$$;

/*
 * What machines noted in passing: Auth's log, the queue, broadcasts, counters.
 * `email` is null once the account is gone and nobody knows it any more.
 */
create function private.forget_traces(person uuid, email text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  -- Nothing is like null, so an address that is not known finds nothing.
  like_id text := '%' || person || '%';
  like_email text := '%' || replace(replace(replace(lower(email), '\', '\\'), '%', '\%'), '_', '\_') || '%';
begin
  delete from auth.audit_log_entries where payload::text like like_id or lower(payload::text) like like_email;
  delete from auth.flow_state where user_id = person;
  delete from pgboss.job
  where data::text like like_id or output::text like like_id
    or lower(data::text) like like_email or lower(output::text) like like_email;
  delete from realtime.messages where topic like like_id or payload::text like like_id;
  delete from private.audit_origins where actor_id = person;
  delete from private.rate_limits
  where subject like like_id or lower(subject) like like_email or subject in (
    encode(sha256(convert_to(person::text, 'utf8')), 'hex'), encode(sha256(convert_to(lower(email), 'utf8')), 'hex'));
end;
$$;

/*
 * All that is in tables and would not go with the account by itself. What hangs on
 * the account by a foreign key goes with it in the next step; what names its
 * author by one keeps no author.
 */
create function private.erase_rows(erasure uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  asked private.erasures := (select erasures from private.erasures where id = erasure and step = 'rows');
  person uuid := asked.user_id;
  address text := (select lower(email) from auth.users where id = person);
  organization uuid := private.organization_of(person);
begin
  if asked.id is null then
    return;
  end if;
  perform from public.organizations where id = organization for no key update;

  if asked.choice = 'remove' then
    perform private.remove_contributions(person);
  end if;
  -- A job that removes a file's objects names no person.
  delete from public.files where owner_id = person and (
    purpose = 'avatar' or purpose = 'attachment' and attached_at is null);
  -- What they had taken back is no contribution: it goes with either choice.
  delete from private.deleted_posts
  where post_id in (select id from public.posts where author_id = person);
  update private.cases set appeal = null where author_id = person and appeal is not null;
  delete from public.post_revisions
  where post_id in (select id from public.posts where author_id = person);
  -- And the files that were only in those words.
  delete from public.files using public.post_files, public.posts
  where files.id = post_files.file_id and posts.id = post_files.post_id and posts.author_id = person
    and files.id <> all (private.document_files(posts.body));

  delete from public.invitations where email = address or accepted_by = person;
  update public.invitations set message = null where invited_by = person and message is not null;
  delete from public.join_requests where email = address;

  perform private.audit('personal_data.erase', null, 'person', person::text,
    null, jsonb_build_object('choice', asked.choice));
  perform private.release_member(person);
  if not exists (select from public.memberships where organization_id = organization) then
    perform private.empty_organization(organization);
  end if;
  perform private.forget_traces(person, address);

  update private.erasures set step = 'account' where id = erasure;
end;
$$;

-- The last step: what deleting the account has left behind, and whose it all was.
create function private.finish_erasure(erasure uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := (select user_id from private.erasures where id = erasure and step = 'traces');
begin
  if person is null then
    return;
  end if;
  perform private.forget_traces(person, null);
  update private.erasures set step = 'done', user_id = null, finished_at = now() where id = erasure;
end;
$$;

/*
 * Notification centre — what a person was told, with names and titles.
 *
 * A lens over the rooms: each notice is shown with its thread as its reader may
 * see that at this moment, and is not shown where they may not any more. A room
 * that tells people things gets its join here.
 */

-- What one may do -----------------------------------------------------------

-- Those who did it, the newest three; under the reader's rights.
create function private.notice_actors(notice uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(actor.byline order by newest.at desc), '[]')
  from (
    select actor_id, max(created_at) as at from public.notification_events
    where notification_id = notice and actor_id is not null
    group by actor_id order by at desc limit 3) as newest
  join private.person_cards as actor on actor.id = newest.actor_id
$$;
grant execute on function private.notice_actors to authenticated;

/*
 * What moderators decided about this person, where that is what a notice tells: the
 * newest of it. It has a title of its own, since its topic may be out of sight
 * because of it. Security definer: nobody has a right to the cases.
 */
create function private.verdict_on(person uuid, notice uuid) returns table (
  case_id uuid, held_state public.held_state, note text, topic_id uuid, title text)
language sql stable strict security definer set search_path = ''
as $$
  select cases.id, held.state, coalesce(cases.review_note, cases.note, held.note), told.topic_id,
    coalesce(topics.title, held.input ->> 'title')
  from public.notification_events as event
  left join private.cases on cases.id = event.item_id and cases.author_id = person
  left join public.posts on posts.id = cases.post_id
  left join private.held_posts as held on held.id = event.item_id and held.author_id = person
  cross join lateral (
    select coalesce(posts.topic_id, case when held.opens_topic then held.id else held.topic_id end) as topic_id) as told
  left join public.topics on topics.id = told.topic_id
    and private.may_see_topic(person, topics)
  where event.notification_id = notice and event.user_id = person and (cases.id is not null or held.id is not null)
  order by event.created_at desc limit 1
$$;

create function private.my_verdict(notice uuid) returns table (
  case_id uuid, held_state public.held_state, note text, topic_id uuid, title text)
language sql stable strict security definer set search_path = ''
as $$ select * from private.verdict_on(auth.uid(), notice) $$;
grant execute on function private.my_verdict to authenticated;

create view private.notification_cards with (security_invoker = true) as
  select
    notice.id,
    notice.newest_at,
    notice.read_at,
    jsonb_build_object(
      'id', notice.id,
      'kind', notice.kind,
      'thread', notice.thread,
      'count', notice.event_count,
      'actors', private.notice_actors(notice.id),
      'topic', jsonb_build_object(
        'id', coalesce(topics.id, verdict.topic_id), 'title', coalesce(topics.title, verdict.title)),
      'post', case when post.id is not null then jsonb_build_object(
        'id', post.id, 'number', post.number, 'excerpt', coalesce(left(post.body_text, 160), '')) end,
      'case_id', verdict.case_id,
      'held', verdict.held_state,
      'note', verdict.note,
      'created_at', notice.created_at,
      'newest_at', notice.newest_at,
      'read_at', notice.read_at) as card
  from public.notifications as notice
  left join public.topics on topics.id = notice.topic_id
  left join lateral private.my_verdict(case notice.kind when 'moderation' then notice.id end) as verdict on true
  -- Where reading goes on: the first of what happened.
  left join lateral (
    select event.item_id from public.notification_events as event
    where event.notification_id = notice.id order by event.place, event.created_at limit 1) as first on true
  left join public.posts as post on post.id = first.item_id
  where topics.id is not null or verdict.title is not null;
grant select on private.notification_cards to authenticated;

create function public.unread_notifications() returns int
language plpgsql stable set search_path = ''
as $$
begin
  perform private.require_organization();
  return (
    select count(*) from (
      select from public.notifications as notice
      left join public.topics on topics.id = notice.topic_id
      where notice.user_id = (select auth.uid()) and notice.read_at is null
        and (topics.id is not null or notice.kind = 'moderation'
          and (select verdict.title from private.my_verdict(notice.id) as verdict) is not null)
      limit 100) as unread);
end;
$$;
comment on function public.unread_notifications is
  'How many notices the caller has not read; 100 means as many or more.';
grant execute on function public.unread_notifications to authenticated;

create function public.list_notifications(after text default null, size int default 20, unread_only boolean default false)
returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  page_size int := private.page_size(size);
  place record := private.read_time_cursor(after);
  cards jsonb[];
  cursors text[];
begin
  perform private.require_organization();
  select array_agg(page.card), array_agg(page.cursor) into cards, cursors
  from (
    select notice.card, private.time_cursor(notice.newest_at, notice.id) as cursor
    from private.notification_cards as notice
    where (notice.newest_at, notice.id) < (place.at, place.id)
      and (notice.read_at is null or unread_only is not true)
    order by notice.newest_at desc, notice.id desc
    limit page_size + 1) as page;

  return jsonb_build_object(
    'notifications', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end,
    'unread', public.unread_notifications());
end;
$$;
comment on function public.list_notifications is
  'What the caller was told, newest first, a page at a time. {notifications, next, unread}: `next` goes into `after`.';
grant execute on function public.list_notifications to authenticated;

-- What follows ----------------------------------------------------------------

/*
 * What a mail has to say at this moment, or null where there is nothing left:
 * read meanwhile, taken back, mails ended, the person or their company not
 * active, the topic muted, or out of their sight and not by what is told. Whoever was in the topic after it
 * happened needs no mail at once; what moderators decided is mailed all the same.
 * For the worker.
 */
create function private.notification_mail(mail uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'user_id', asked.user_id,
    'pace', asked.pace,
    'slot', asked.slot,
    'email', users.email,
    'locale', profiles.locale,
    'first_name', profiles.first_name,
    'time_zone', profiles.time_zone,
    'notices', said.notices)
  from private.notification_mails as asked
  join public.profiles on profiles.id = asked.user_id and profiles.status = 'active'
  join auth.users on users.id = asked.user_id and users.email is not null
  join public.memberships on memberships.user_id = asked.user_id
  join public.organizations on organizations.id = memberships.organization_id and organizations.status = 'active'
  cross join lateral (
    select jsonb_agg(jsonb_build_object(
      'kind', notice.kind,
      'count', event.count,
      'actors', event.actors,
      'topic_id', coalesce(topics.id, verdict.topic_id),
      'title', coalesce(topics.title, verdict.title),
      'number', event.place,
      'post_id', post.id,
      'verdict', case when verdict.case_id is not null then 'case' else verdict.held_state::text end,
      'excerpt', coalesce(verdict.note, left(post.body_text, 600)))
      order by event.newest_at desc) as notices
    from (
      select event.notification_id, count(*) as count, min(event.place) as place, max(event.created_at) as newest_at,
        (array_agg(event.item_id order by event.place))[1] as item_id,
        coalesce(jsonb_agg(distinct jsonb_build_object(
          'first_name', actor.first_name, 'last_name', actor.last_name,
          'first_name_ar', actor.first_name_ar, 'last_name_ar', actor.last_name_ar))
          filter (where actor.id is not null), '[]') as actors
      from public.notification_events as event
      left join public.profiles as actor on actor.id = event.actor_id
      where event.mail_id = asked.id
      group by event.notification_id) as event
    join public.notifications as notice on notice.id = event.notification_id and notice.read_at is null
    left join public.topics on topics.id = notice.topic_id and topics.deleted_at is null
      and (topics.visibility = 'community' or topics.organization_id = memberships.organization_id)
    left join lateral private.verdict_on(asked.user_id, case notice.kind when 'moderation' then notice.id end) as verdict on true
    left join public.posts as post on post.id = event.item_id and post.topic_id = topics.id and post.deleted_at is null
    left join public.notification_preferences as chosen on chosen.user_id = asked.user_id and chosen.kind = notice.kind
    left join public.topic_readers as reader on reader.user_id = asked.user_id and reader.topic_id = topics.id
    where coalesce(chosen.email, private.usual_mail_pace(notice.kind)) <> 'none'
      and (topics.id is not null or verdict.title is not null)
      and (notice.kind = 'moderation' or (
        reader.level is distinct from 'muted'
        and (asked.pace <> 'at_once' or reader.read_at is null or reader.read_at < event.newest_at)))) as said
  where asked.id = notification_mail.mail and said.notices is not null
$$;
