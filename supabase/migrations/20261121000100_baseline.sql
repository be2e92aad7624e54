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

/*
 * A text as it is searched: one spelling for what a reader takes for the same.
 * Marks fall away (accents, tashkeel, hamza on its seat) with the tatweel; alef
 * maqsura is ya, ta marbuta is ha; capitals are small.
 */
create function private.fold(text text) returns text
language sql immutable strict parallel safe set search_path = ''
as $$
  select translate(
    lower(regexp_replace(normalize(text, nfkd), '[\u0300-\u036F\u0640\u064B-\u065F\u0670]', '', 'g')),
    'ىةٱ', 'يها')
$$;
grant execute on function private.fold to authenticated;

-- A page holds 1 to 100 rows, whatever is asked for.
create function private.page_size(size int) returns int
language sql immutable set search_path = ''
as $$ select least(greatest(coalesce(size, 20), 1), 100) $$;
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
language sql stable set search_path = ''
as $$
  select substring(
    nullif(current_setting('request.headers', true), '')::json ->> 'x-request-id'
    from '^[A-Za-z0-9_-]{8,64}$')
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
language sql immutable set search_path = ''
as $$
  select text ~ '[^[:space:][:cntrl:]\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0]'
$$;
-- Whoever updates a row is asked by its constraints.
grant execute on function private.is_visible to authenticated;

-- A text that people read as a name: something to see, no space at its edges, no
-- control characters, nothing that turns the direction of the text around it.
create function private.is_name(text text, longest int) returns boolean
language sql immutable set search_path = ''
as $$
  select length(text) between 1 and longest and private.is_visible(text) and text = btrim(text) and text !~ '[[:cntrl:]\u202A-\u202E\u2066-\u2069]'
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
language sql immutable set search_path = ''
as $$
  select length(text) between 1 and longest and private.is_visible(text) and text = btrim(text, E' \n')
    and text !~ '[\u0001-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]'
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
language sql immutable set search_path = ''
as $$
  select jsonb_typeof(counts) = 'object' and not exists (
    select from jsonb_each(counts)
    where key !~ '^[a-z0-9_.-]{1,80}$' or jsonb_typeof(value) <> 'number' or value < '0')
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
language sql security definer set search_path = ''
as $$
  update public.organization_statistics
  set counts = case
      when coalesce((counts ->> key)::bigint, 0) + delta = 0 then counts - key
      else counts || jsonb_build_object(key, coalesce((counts ->> key)::bigint, 0) + delta)
    end,
    counted_at = now()
  where organization_id = organization and delta <> 0
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

create type public.file_purpose as enum ('avatar', 'logo');
create type public.file_status as enum ('pending', 'ready', 'rejected');

create table public.files (
  id              uuid primary key default gen_random_uuid(),
  owner_id        uuid references public.profiles on delete set null,
  organization_id uuid references public.organizations on delete set null,
  purpose         public.file_purpose not null,
  status          public.file_status not null default 'pending',
  size            int not null constraint size_is_five_mebibytes_at_most check (size between 1 and 5 * 1024 * 1024),
  content_type    text not null constraint content_type_is_a_picture
                  check (content_type in ('image/jpeg', 'image/png', 'image/webp', 'image/avif')),
  checksum        text constraint checksum_is_sha256 check (checksum ~ '^[0-9a-f]{64}$'),
  reason          text constraint reason_is_a_code check (reason ~ '^[a-z_]{1,40}$'),
  renditions      jsonb,
  thumbhash       text,
  stored_bytes    int not null default 0,
  -- Not the transaction's: of two pictures the newer is shown.
  created_at      timestamptz not null default clock_timestamp(),
  uploaded_at     timestamptz,
  settled_at      timestamptz,
  constraint pending_until_settled check ((status = 'pending') = (settled_at is null)),
  constraint ready_files_can_be_shown check ((status = 'ready') = (renditions is not null)
    and (renditions is not null) = (thumbhash is not null)),
  constraint rejected_files_say_why check ((status = 'rejected') = (reason is not null)),
  constraint stored_when_ready check ((status = 'ready') = (stored_bytes > 0))
);
comment on table public.files is
  'What somebody sent or is about to send: for whom and what for, and what became of it. Removing a row removes its objects, by a job.';
comment on column public.files.content_type is 'What the sender says it is; the worker looks for itself.';
comment on column public.files.organization_id is 'The company it was sent for, whose storage it counts to.';
comment on column public.files.renditions is 'Pictures made of it: [{size in pixels, format, bytes}], at <bucket of its purpose>/<id>/<size>.<format>.';

-- What of this person, or this company, for this purpose, newest first? What was never finished?
create index on public.files (owner_id, purpose, created_at desc);
create index on public.files (organization_id, purpose, created_at desc);
create index on public.files (created_at) where status <> 'ready';

-- Where the pictures made for a purpose are.
create function private.bucket_of(purpose public.file_purpose) returns text
language sql immutable set search_path = ''
as $$ select case purpose when 'avatar' then 'avatars' when 'logo' then 'logos' end $$;

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
  if size not between 1 and 5 * 1024 * 1024 then
    perform private.refuse(422, 'file_too_large', 'A picture has up to 5 MiB.');
  end if;
  if content_type <> all (array['image/jpeg', 'image/png', 'image/webp', 'image/avif']) then
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
  'Gives a place for one picture: {id, bucket, path}. It holds for an hour. avatar: one''s own; logo: one''s organization''s, for its admins.';
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
 * there already, and the pictures before them go. Answers whether the file is
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
    stored_bytes = (
      select sum((rendition ->> 'bytes')::int) from jsonb_array_elements(settle_file.renditions) as rendition)
  where id = file and status = 'pending'
  returning * into settled;
  if settled.id is null then
    return exists (select from public.files where id = file and status = 'ready');
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
    where bucket_id in ('uploads', 'avatars', 'logos') and created_at < now() - interval '1 day') as kept
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

-- A picture of nobody has no use: whose it was has gone.
create function private.files_let_go() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.files where id = new.id;
  return null;
end;
$$;

create trigger after_update_let_go after update of owner_id, organization_id on public.files
  for each row when (case new.purpose when 'avatar' then new.owner_id is null else new.organization_id is null end)
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
 * Forum, documents — what a post may contain.
 *
 * A post is a ProseMirror document as JSON, never HTML. The list below is the
 * editor's schema (web/src/ui/rich-text/schema.ts) said again where no client
 * can go around it: nodes, their content, their attributes, marks, link schemes.
 */

-- What a node may hold: the kinds of its children, and whether it must have one.
create function private.document_content(node_type text, out children text[], out needs_child boolean)
language sql immutable set search_path = ''
as $$
  with kinds (blocks, inlines) as (
    select
      array['paragraph', 'heading', 'bulletList', 'orderedList', 'blockquote', 'codeBlock', 'horizontalRule'],
      array['text', 'hardBreak'])
  select
    case node_type
      when 'doc' then blocks
      when 'blockquote' then blocks
      when 'listItem' then blocks
      when 'bulletList' then array['listItem']
      when 'orderedList' then array['listItem']
      when 'paragraph' then inlines
      when 'heading' then inlines
      when 'codeBlock' then array['text']
      when 'horizontalRule' then array[]::text[]
      when 'hardBreak' then array[]::text[]
      when 'text' then array[]::text[]
    end,
    node_type in ('doc', 'blockquote', 'listItem', 'bulletList', 'orderedList')
  from kinds
$$;

-- Attributes a node may carry. Those of an editor's defaults come as null.
create function private.are_document_attributes(node_type text, attributes jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case node_type
    when 'heading' then
      attributes - 'level' = '{}' and attributes -> 'level' in ('2', '3', '4')
    when 'orderedList' then
      attributes - array['start', 'type'] = '{}'
      and coalesce(attributes -> 'type', 'null') = 'null'
      and coalesce(attributes ->> 'start', '1') ~ '^[0-9]{1,6}$'
      and jsonb_typeof(coalesce(attributes -> 'start', '1')) = 'number'
    when 'codeBlock' then
      attributes - 'language' = '{}'
      and jsonb_typeof(coalesce(attributes -> 'language', 'null')) in ('null', 'string')
      and coalesce(attributes ->> 'language', '') ~ '^[a-z0-9+#.-]{0,32}$'
    else attributes = '{}'
  end
$$;

-- A link goes to the web or to a mailbox; any other scheme may run something.
create function private.is_document_mark(mark jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(mark) <> 'object' then false
    when mark ->> 'type' in ('bold', 'italic', 'strike', 'code') then
      mark - 'type' - 'attrs' = '{}' and coalesce(mark -> 'attrs', '{}') = '{}'
    when mark ->> 'type' = 'link' then
      mark - 'type' - 'attrs' = '{}'
      and jsonb_strip_nulls(mark -> 'attrs') - 'href' = '{}'
      and (mark -> 'attrs') - array['href', 'target', 'rel', 'class', 'title'] = '{}'
      and jsonb_typeof(mark #> '{attrs,href}') = 'string'
      and length(mark #>> '{attrs,href}') <= 2048
      and mark #>> '{attrs,href}' ~* '^(https?://|mailto:)[^[:space:][:cntrl:]<>"`]+$'
    else false
  end
$$;

-- A code mark stands alone, and no mark stands twice.
create function private.are_document_marks(marks jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case when jsonb_typeof(marks) = 'array' then (
    -- A mark that gets no answer (null) is as bad as one that gets a no.
    select coalesce(bool_and(coalesce(private.is_document_mark(mark), false)), true)
      and count(*) = count(distinct mark ->> 'type')
      and (count(*) = 1 or coalesce(bool_and(mark ->> 'type' <> 'code'), true))
    from jsonb_array_elements(marks) as mark)
  else false end
$$;

create function private.is_document_node(node jsonb, allowed text[], levels_left int) returns boolean
language plpgsql immutable set search_path = ''
as $$
declare
  node_type text := node ->> 'type';
  child jsonb;
  children text[];
  needs_child boolean;
begin
  if levels_left < 0
    or jsonb_typeof(node) <> 'object'
    or node_type is null or node_type <> all (allowed)
    or jsonb_typeof(node -> 'type') <> 'string'
    or node - array['type', 'attrs', 'content', 'marks', 'text'] <> '{}'
  then return false;
  end if;

  if node ? 'attrs' and (
    jsonb_typeof(node -> 'attrs') <> 'object'
    or private.are_document_attributes(node_type, node -> 'attrs') is not true)
  then return false;
  end if;
  if node_type = 'heading' and not node ? 'attrs' then return false; end if;

  if node_type = 'text' then
    return jsonb_typeof(node -> 'text') = 'string' and node ->> 'text' <> '' and not node ? 'content'
      and (not node ? 'marks' or private.are_document_marks(node -> 'marks'));
  end if;
  if node ? 'text' then return false; end if;
  if node ? 'marks' and not (node_type = 'hardBreak' and private.are_document_marks(node -> 'marks')) then
    return false;
  end if;

  select content.children, content.needs_child into children, needs_child
  from private.document_content(node_type) as content;

  if node ? 'content' and jsonb_typeof(node -> 'content') <> 'array' then return false; end if;
  if needs_child and jsonb_array_length(coalesce(node -> 'content', '[]')) = 0 then return false; end if;
  if node_type = 'listItem' and node #>> '{content,0,type}' <> 'paragraph' then return false; end if;

  for child in select * from jsonb_array_elements(node -> 'content') loop
    if not private.is_document_node(child, children, levels_left - 1) then return false; end if;
    if node_type = 'codeBlock' and child ? 'marks' then return false; end if;
  end loop;
  return true;
end;
$$;

-- The words of a document, for excerpts and search.
create function private.document_text(document jsonb) returns text
language sql immutable set search_path = ''
as $$
  select string_agg(words #>> '{}', ' ')
  from jsonb_path_query(document, 'strict $.** ? (@.type == "text").text') as words
$$;

create function private.is_document(document jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select octet_length(document::text) <= 100000 and private.is_document_node(document, array['doc'], 24)
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
  elsif private.is_visible(private.document_text(document)) is not true then
    perform private.refuse(422, 'document_empty', 'Write something first.');
  end if;
end;
$$;

/*
 * Forum, tables — categories, topics, posts, and who may read them.
 *
 * A topic belongs to its author's organization and is open to the community or
 * to that organization alone. Nobody writes a row here: the functions of
 * 4_writing.sql do.
 */

-- Tables ------------------------------------------------------------------

create type public.visibility as enum ('community', 'organization');

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
  topic_count    int not null default 0 check (topic_count >= 0),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now()
);
comment on table public.categories is
  'The shelves of the forum. `icon` is a Tabler icon''s name; `topic_count` counts what the whole community can read.';

create trigger before_update_touch before update on public.categories
  for each row execute function private.touch();

create table public.topics (
  id              uuid primary key default gen_random_uuid(),
  category_id     uuid not null references public.categories on delete restrict,
  organization_id uuid not null references public.organizations on delete restrict,
  author_id       uuid references public.profiles on delete set null,
  visibility      public.visibility not null,
  title           text not null constraint title_is_a_name check (length(title) >= 4 and private.is_name(title, 160)),
  reply_count     int not null default 0 check (reply_count >= 0),
  last_number     int not null default 0,
  last_post_at    timestamptz not null default now(),
  last_author_id  uuid references public.profiles on delete set null,
  pinned_at       timestamptz,
  is_pinned       boolean not null generated always as (pinned_at is not null) stored,
  locked_at       timestamptz,
  deleted_at      timestamptz,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  -- What its posts copy, and must copy truly.
  unique (id, visibility, organization_id)
);
comment on table public.topics is
  'A conversation. `last_number` is the number of its newest post, deleted ones included.';

-- What is going on, in all of the forum or in one category?
create index on public.topics (is_pinned desc, last_post_at desc, id desc) where deleted_at is null;
create index on public.topics (category_id, is_pinned desc, last_post_at desc, id desc) where deleted_at is null;
-- What does a company, a category, a person have here?
create index on public.topics (organization_id);
-- How many topics of its own does a company keep in each category?
create index on public.topics (organization_id, category_id) where visibility = 'organization' and deleted_at is null;
create index on public.topics (category_id);
create index on public.topics (author_id);
create index on public.topics (last_author_id);

create trigger before_update_touch before update on public.topics
  for each row execute function private.touch();

create table public.posts (
  id              uuid primary key default gen_random_uuid(),
  topic_id        uuid not null,
  number          int not null check (number > 0),
  parent_id       uuid,
  author_id       uuid references public.profiles on delete set null,
  author_organization_id uuid references public.organizations on delete set null,
  visibility      public.visibility not null,
  organization_id uuid not null,
  body            jsonb constraint body_is_a_document check (body is null or private.is_document(body)),
  body_text       text generated always as (private.document_text(body)) stored,
  created_at      timestamptz not null default now(),
  edited_at       timestamptz,
  deleted_at      timestamptz,
  unique (topic_id, number),
  unique (topic_id, id),
  constraint deleted_posts_have_no_body check ((deleted_at is null) = (body is not null)),
  constraint opening_posts_answer_nothing check (number > 1 or parent_id is null),
  -- Readers are the topic's readers: the copies follow it, so that a policy reads one row.
  foreign key (topic_id, visibility, organization_id)
    references public.topics (id, visibility, organization_id) on update cascade on delete cascade,
  constraint answers_stay_in_their_topic foreign key (topic_id, parent_id)
    references public.posts (topic_id, id) on delete cascade
);
comment on table public.posts is
  'What people write. Number 1 opens the topic; `parent_id` is the post another one answers, null for the opening; `author_organization_id` whom its author wrote for, wherever they are now.';

-- What answers this post?
create index on public.posts (topic_id, parent_id);
-- Which posts go with a change of the topic's readers?
create index on public.posts (topic_id, visibility, organization_id);
-- What has a person written?
create index on public.posts (author_id);
-- What have the people of a company written?
create index on public.posts (author_organization_id);

create table private.deleted_posts (
  post_id    uuid primary key references public.posts on delete cascade,
  body       jsonb not null,
  deleted_by uuid references public.profiles on delete set null,
  deleted_at timestamptz not null default now()
);
comment on table private.deleted_posts is
  'What a deleted post said, out of readers'' sight.';

-- What has this person deleted?
create index on private.deleted_posts (deleted_by);

-- Who may -----------------------------------------------------------------

alter table public.categories enable row level security;
grant select on public.categories to authenticated;

create policy select_active on public.categories
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

/*
 * Forum, reading — each page in one round trip, under the reader's own rights.
 *
 * The cards are views with the reader's rights (security_invoker), so that a
 * list, a page and the answer to a reply show a topic or a post the same way.
 * Cursors are opaque to a client: the place where the last page ended.
 */

create view private.person_cards with (security_invoker = true) as
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
      'organization', case when organizations.id is not null then
        jsonb_build_object('id', organizations.id, 'name', organizations.name) end) as card
  from public.profiles
  left join public.memberships on memberships.user_id = profiles.id
  left join public.organizations on organizations.id = memberships.organization_id;

create view private.topic_cards with (security_invoker = true) as
  select
    topics.id,
    topics.category_id,
    topics.is_pinned,
    topics.last_post_at,
    jsonb_build_object(
      'id', topics.id,
      'title', topics.title,
      'category', jsonb_build_object(
        'slug', categories.slug, 'name_en', categories.name_en, 'name_ar', categories.name_ar),
      'author', author.card,
      'visibility', topics.visibility,
      'reply_count', topics.reply_count,
      'excerpt', coalesce(left(opening.body_text, 240), ''),
      'created_at', topics.created_at,
      'last_post_at', topics.last_post_at,
      'last_author', last_author.card - array['job_title', 'organization'],
      'pinned_at', topics.pinned_at,
      'locked_at', topics.locked_at) as card
  from public.topics
  join public.categories on categories.id = topics.category_id
  left join public.posts as opening on opening.topic_id = topics.id and opening.number = 1
  left join private.person_cards as author on author.id = topics.author_id
  left join private.person_cards as last_author on last_author.id = topics.last_author_id
  where topics.deleted_at is null;

create view private.post_cards with (security_invoker = true) as
  select
    posts.id,
    posts.topic_id,
    posts.number,
    jsonb_build_object(
      'id', posts.id,
      'topic_id', posts.topic_id,
      'number', posts.number,
      'parent_id', posts.parent_id,
      'is_opening', posts.number = 1,
      'author', author.card,
      'body', posts.body,
      'created_at', posts.created_at,
      'edited_at', posts.edited_at,
      'deleted_at', posts.deleted_at,
      'mine', coalesce(posts.author_id = (select auth.uid()), false)) as card
  from public.posts
  left join private.person_cards as author on author.id = posts.author_id;

grant select on private.person_cards, private.topic_cards, private.post_cards to authenticated;

create function public.list_categories()
returns table (
  id uuid, slug text, name_en text, name_ar text, description_en text, description_ar text,
  icon text, color text, topic_count int, last_post_at timestamptz)
language sql stable set search_path = ''
as $$
  select
    categories.id, categories.slug, categories.name_en, categories.name_ar,
    categories.description_en, categories.description_ar, categories.icon, categories.color,
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
  'All categories in order, with the number of topics and the time of the newest post that the caller can read.';
grant execute on function public.list_categories to authenticated;

/*
 * In plpgsql, whose plans are kept; one query for each of the two orders an
 * index gives, because a plan for "this category or any" would use neither.
 * The general plan walks the same index wherever a page begins; planning each
 * page anew took longer than reading it (3.3 ms against 1.0 ms for page two).
 */
create function public.list_topics(category text default null, after text default null, size int default 20)
returns jsonb
language plpgsql stable set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  page_size int := private.page_size(size);
  shelf uuid;
  from_pinned boolean := true;
  from_at timestamptz := 'infinity';
  from_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  cards jsonb[];
  cursors text[];
begin
  perform private.require_organization();
  if after is not null then
    if after !~ '^[tf]_[0-9]{1,16}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
      perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
    end if;
    from_pinned := split_part(after, '_', 1) = 't';
    from_at := to_timestamp(0) + split_part(after, '_', 2)::bigint * interval '1 microsecond';
    from_id := split_part(after, '_', 3);
  end if;

  if category is null then
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select topic.card, private.topic_cursor(topic.is_pinned, topic.last_post_at, topic.id) as cursor
      from private.topic_cards as topic
      where (topic.is_pinned, topic.last_post_at, topic.id) < (from_pinned, from_at, from_id)
      order by topic.is_pinned desc, topic.last_post_at desc, topic.id desc
      limit page_size + 1) as page;
  else
    shelf := (select categories.id from public.categories where slug = category);
    if shelf is null then
      perform private.refuse(404, 'not_found', 'There is no such category.');
    end if;
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select topic.card, private.topic_cursor(topic.is_pinned, topic.last_post_at, topic.id) as cursor
      from private.topic_cards as topic
      where topic.category_id = shelf
        and (topic.is_pinned, topic.last_post_at, topic.id) < (from_pinned, from_at, from_id)
      order by topic.is_pinned desc, topic.last_post_at desc, topic.id desc
      limit page_size + 1) as page;
  end if;

  return jsonb_build_object(
    'topics', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_topics is
  'Topics the caller can read, pinned first, then by their newest post. {topics, next}: `next` goes into `after`.';
grant execute on function public.list_topics to authenticated;

create function private.topic_cursor(is_pinned boolean, last_post_at timestamptz, id uuid) returns text
language sql immutable set search_path = ''
as $$
  select case when is_pinned then 't' else 'f' end
    || '_' || (extract(epoch from last_post_at) * 1000000)::bigint || '_' || id
$$;
grant execute on function private.topic_cursor to authenticated;

create function public.topic_page(topic uuid, after text default null, size int default 20)
returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  page_size int := private.page_size(size);
  head jsonb;
  seen int := 0;
  cards jsonb[];
begin
  perform private.require_organization();
  if after is not null then
    if after !~ '^[0-9]{1,9}$' then
      perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this topic.');
    end if;
    seen := after::int;
  end if;

  select card into head from private.topic_cards where topic_cards.id = topic_page.topic;
  if head is null then
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
  end if;

  select array_agg(page.card) into cards
  from (
    select post.card from private.post_cards as post
    where post.topic_id = topic_page.topic and post.number > seen
    order by post.number
    limit page_size + 1) as page;

  return jsonb_build_object(
    'topic', head,
    'posts', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cards[page_size] ->> 'number' end);
end;
$$;
comment on function public.topic_page is
  'A topic and its posts in the order they were written, a page at a time. {topic, posts, next}.';
grant execute on function public.topic_page to authenticated;

/*
 * Forum, writing — open a topic, answer, edit, delete.
 *
 * All security definer: clients have no right to write the tables, so that a
 * number, a counter or an author can't be forged. Each begins by asking who
 * is there and may act. A client that lost the answer may ask again with the
 * same `id`: what is there already is returned, not made twice.
 */

-- Locks the topic for a writer, so that posts are numbered in the order they commit.
create function private.topic_to_write_in(topic uuid) returns public.topics
language plpgsql set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  found_topic public.topics;
begin
  select * into found_topic from public.topics
  where topics.id = topic
    and topics.deleted_at is null
    and (topics.organization_id = organization or topics.visibility = 'community')
  for no key update;

  if found_topic.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  elsif found_topic.locked_at is not null then
    perform private.refuse(409, 'topic_locked', 'This topic is closed.');
  end if;
  return found_topic;
end;
$$;

create function private.add_post(topic public.topics, id uuid, parent uuid, body jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.posts (
    id, topic_id, number, parent_id, author_id, author_organization_id, visibility, organization_id, body, created_at)
  values (
    add_post.id, topic.id, topic.last_number + 1, parent, auth.uid(), private.my_organization(),
    topic.visibility, topic.organization_id, add_post.body, clock_timestamp());

  update public.topics
  set last_number = last_number + 1,
      reply_count = reply_count + (last_number > 0)::int,
      last_post_at = clock_timestamp(),
      last_author_id = auth.uid()
  where topics.id = topic.id;
end;
$$;

create function public.open_topic(
  category text, title text, body jsonb,
  visibility public.visibility default 'community', id uuid default gen_random_uuid())
returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  shelf uuid := (select categories.id from public.categories where slug = category);
  topic public.topics;
begin
  if exists (select from public.topics where topics.id = open_topic.id and author_id = auth.uid()) then
    return open_topic.id;
  end if;
  if shelf is null then
    perform private.refuse(404, 'not_found', 'There is no such category.');
  elsif length(btrim(title)) < 4 or not coalesce(private.is_name(btrim(title), 160), false) then
    perform private.refuse(422, 'title_invalid', 'A title has 4 to 160 characters.');
  elsif visibility is null then
    perform private.refuse(422, 'invalid_input', 'Say who may read it: community or organization.');
  end if;
  perform private.require_document(body);

  insert into public.topics (id, category_id, organization_id, author_id, visibility, title)
  values (
    coalesce(open_topic.id, gen_random_uuid()), shelf, organization, auth.uid(),
    open_topic.visibility, btrim(open_topic.title))
  returning * into topic;
  perform private.add_post(topic, gen_random_uuid(), null, body);

  update public.categories set topic_count = topic_count + 1
  where categories.id = shelf and open_topic.visibility = 'community';
  return topic.id;
exception when unique_violation then
  perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
end;
$$;
comment on function public.open_topic is
  'Opens a topic in a category (its slug) and returns its id. Asking again with the same id changes nothing.';
grant execute on function public.open_topic to authenticated;

create function public.reply(topic uuid, body jsonb, parent uuid default null, id uuid default gen_random_uuid())
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_write_in(topic);
  post_id uuid := coalesce(reply.id, gen_random_uuid());
begin
  if exists (
    select from public.posts where posts.id = post_id and topic_id = topic and author_id = auth.uid()) then
    return (select card from private.post_cards where post_cards.id = post_id);
  end if;
  perform private.require_document(body);
  if parent is not null and not exists (
    select from public.posts where posts.id = parent and topic_id = topic and deleted_at is null) then
    perform private.refuse(422, 'parent_invalid', 'What this answers is not in this topic, or is gone.');
  end if;

  perform private.add_post(
    found_topic, post_id,
    -- To answer the opening post is to answer the topic.
    (select posts.id from public.posts where posts.id = parent and number > 1),
    body);
  return (select card from private.post_cards where post_cards.id = post_id);
exception when unique_violation then
  perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
end;
$$;
comment on function public.reply is
  'Answers a topic, or a post in it (`parent`), and returns the post. Asking again with the same id changes nothing.';
grant execute on function public.reply to authenticated;

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
  update public.posts set body = edit_post.body, edited_at = clock_timestamp()
  where posts.id = own.id and posts.body is distinct from edit_post.body;
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
  if own.number = 1 and topic.last_number > 1 then
    perform private.refuse(409, 'topic_has_replies', 'Others have answered: this topic can''t be deleted any more.');
  end if;

  insert into private.deleted_posts (post_id, body, deleted_by) values (own.id, own.body, auth.uid());
  update public.posts set body = null, deleted_at = now() where posts.id = own.id;

  if own.number = 1 then
    update public.topics set deleted_at = now() where topics.id = topic.id;
    update public.categories set topic_count = topic_count - 1
    where categories.id = topic.category_id and topic.visibility = 'community';
  else
    update public.topics set reply_count = reply_count - 1 where topics.id = topic.id;
  end if;
end;
$$;
comment on function public.delete_post is
  'Takes back one''s own post; its place stays where answers hang on it. A topic nobody answered goes with its opening.';
grant execute on function public.delete_post to authenticated;

/*
 * Forum, live — what open pages are told, and who may listen.
 *
 *   topic:<id>          posts of one topic; typing and presence of its readers
 *   forum               topics of the community
 *   organization:<id>   topics of one organization
 *
 * An event names a row; the page asks for the row under its reader's rights.
 * So nothing can be overheard that could not be read.
 */

-- Who may listen ------------------------------------------------------------

-- Asked once for a channel that is joined, never for a row.
create function private.may_read_topic_channel(topic text) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
  return topic ~ '^topic:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    and exists (select from public.topics where topics.id = substr(topic, 7)::uuid and topics.deleted_at is null);
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
    'topic:' || new.topic_id,
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
    case when old.last_number = 0 then 'topic_opened' else 'topic_changed' end,
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
    from new_rows where deleted_at is null group by author_organization_id order by author_organization_id;
  elsif tg_op = 'DELETE' then
    perform private.count_organization(author_organization_id, 'posts', -count(*))
    from old_rows where deleted_at is null group by author_organization_id order by author_organization_id;
  else
    perform private.count_organization(author_organization_id, 'posts', sum(delta)::bigint)
    from (
      select author_organization_id, -1 as delta from old_rows where deleted_at is null
      union all
      select author_organization_id, 1 from new_rows where deleted_at is null) as moved
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
    'created_at', topics.created_at, 'deleted_at', topics.deleted_at)
  from public.topics where topics.author_id = person
  union all
  select 'posts', jsonb_build_object(
    'id', posts.id, 'topic', topics.title, 'number', posts.number, 'visibility', posts.visibility,
    'created_at', posts.created_at, 'edited_at', posts.edited_at, 'deleted_at', posts.deleted_at,
    'text', private.document_text(coalesce(posts.body, deleted.body)), 'document', coalesce(posts.body, deleted.body))
  from public.posts
  join public.topics on topics.id = posts.topic_id
  left join private.deleted_posts as deleted on deleted.post_id = posts.id
  where posts.author_id = person
  union all
  select 'files', to_jsonb(files) - array['owner_id', 'thumbhash'] from public.files where files.owner_id = person
  union all
  select 'exports', private.export_card(exports) - 'path'
  from private.data_exports as exports where exports.user_id = person
  union all
  select 'erasure', private.erasure_card(erasures) from private.erasures where erasures.user_id = person
$$;

/*
 * The files that are a person's: what they uploaded, and what was made for them.
 * Their copies of their data are among them, for these go too.
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
begin
  -- Topics first, as all who write lock them.
  perform from public.topics
  where author_id = person or id in (select topic_id from public.posts where author_id = person)
  order by id for no key update;

  with gone as (
    delete from public.topics
    where author_id = person and not exists (
      select from public.posts
      where topic_id = topics.id and author_id is distinct from person and deleted_at is null)
    returning category_id, visibility, deleted_at),
  counted as (
    select category_id, count(*) as topics from gone
    where visibility = 'community' and deleted_at is null group by category_id)
  update public.categories set topic_count = topic_count - counted.topics
  from counted where categories.id = counted.category_id;

  update public.topics set title = 'Removed · محذوف' where author_id = person;

  with gone as (
    update public.posts set body = null, deleted_at = now()
    where author_id = person and deleted_at is null
    returning topic_id, number),
  counted as (
    select topic_id, count(*) as posts from gone where number > 1 group by topic_id)
  update public.topics set reply_count = reply_count - counted.posts
  from counted where topics.id = counted.topic_id;
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
  delete from public.files where owner_id = person and purpose = 'avatar';
  -- What they had taken back is no contribution: it goes with either choice.
  delete from private.deleted_posts
  where post_id in (select id from public.posts where author_id = person);

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
