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
  before jsonb, after jsonb, outcome public.audit_outcome, code text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  event bigint;
begin
  insert into public.audit_events (
    actor_id, organization_id, action, outcome, subject_kind, subject_id, before, after, code, request_id)
  values (
    auth.uid(), organization, write_audit.action, write_audit.outcome, write_audit.subject_kind, subject,
    write_audit.before, write_audit.after, write_audit.code, private.request_id())
  returning id into event;

  insert into private.audit_origins (event_id, actor_id, ip, user_agent)
  values (event, auth.uid(), private.request_ip(),
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
 * `return private.deny(...)` before it has changed anything.
 */
create function private.deny(
  status int, code text, because text,
  action text, organization uuid, subject_kind text, subject text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.write_audit(action, organization, subject_kind, subject, null, null, 'refused', code);
  perform set_config('response.status', status::text, true);
  return jsonb_build_object('code', 'PT' || status, 'details', code, 'hint', null, 'message', because);
end;
$$;

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
 * do does not. Security definer: clients have no rights on Auth's tables.
 */
create function private.my_session() returns uuid
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
grant execute on function private.my_session to authenticated;

/*
 * Organizations — who belongs where, and as what.
 *
 * A person belongs to one organization and acts through it; who was removed
 * from theirs belongs to none and may do nothing until another takes them in.
 */

-- Tables ------------------------------------------------------------------

create type public.organization_status as enum ('pending', 'active', 'suspended');
create type public.member_role as enum ('member', 'admin');

create table public.organizations (
  id         uuid primary key default gen_random_uuid(),
  name       text not null constraint name_is_a_name check (private.is_name(name, 120)),
  domain     text unique constraint domain_is_lower_case_ascii check (domain ~ '^[a-z0-9.-]+$'),
  status     public.organization_status not null default 'pending',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.organizations is
  'A company. Its e-mail domain is its own; null where its people use a public mail provider.';

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
  if auth.uid() is null then
    perform private.refuse(401, 'not_signed_in', 'Sign in first.');
  elsif private.my_session() is null then
    perform private.refuse(401, 'session_ended', 'This session has ended. Sign in again.');
  elsif organization is null then
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
    'platform_role', platform_roles.role)
  from public.profiles
  join auth.users on users.id = profiles.id
  left join public.memberships on memberships.user_id = profiles.id
  left join public.organizations on organizations.id = memberships.organization_id
  left join public.platform_roles on platform_roles.user_id = profiles.id
  where profiles.id = (select auth.uid()) and (select private.my_session()) is not null
$$;
comment on function public.me is
  'The person who is signed in: profile, organization (null for who belongs to none), role. Null for anybody else.';
grant execute on function public.me to authenticated;

-- What follows ----------------------------------------------------------------

-- A company that nobody stands behind was only ever a claim.
create function private.memberships_dissolve() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.organizations
  where id = old.organization_id
    and status = 'pending'
    and not exists (select from public.memberships where organization_id = old.organization_id);
  return null;
end;
$$;

create trigger after_delete_dissolve after delete on public.memberships
  for each row execute function private.memberships_dissolve();

/*
 * Signing up — how a person and an organization begin.
 *
 * Signing up makes an organization and its admin in one transaction, both
 * pending; they become active together when the address is verified. The
 * metadata a client sends is hostile until `private.signup_fault()` has read
 * it, whichever way it came: the edge function, Auth directly, or the admin API.
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

-- The first thing wrong with a signup, as an error code; null where nothing is.
create function private.signup_fault(email text, metadata jsonb) returns text
language sql stable set search_path = ''
as $$
  select case
    when email is null or length(email) > 254 or email !~
      '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$'
      then 'email_invalid'
    when not private.has_name(metadata, 'first_name', 80) then 'first_name_invalid'
    when not private.has_name(metadata, 'last_name', 80) then 'last_name_invalid'
    when not private.has_name(metadata, 'organization_name', 120) then 'organization_name_invalid'
    when coalesce(metadata ->> 'locale', '') not in ('ar', 'en') then 'locale_invalid'
    when exists (
      select from public.organizations
      where domain = private.claimable_domain(email)
        and (status <> 'pending' or created_at > now() - private.stale_claim()))
      then 'domain_taken'
  end
$$;

create function private.signup_sentence(code text) returns text
language sql immutable set search_path = ''
as $$
  select case code
    when 'email_invalid' then 'This is not an e-mail address.'
    when 'first_name_invalid' then 'A first name has 1 to 80 characters.'
    when 'last_name_invalid' then 'A last name has 1 to 80 characters.'
    when 'organization_name_invalid' then 'An organization''s name has 1 to 120 characters.'
    when 'locale_invalid' then 'The language is ar or en.'
    when 'domain_taken' then 'Your company is here already: ask its admin to invite you.'
  end
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
 * can ask for one. Says whether the way is free.
 */
create function public.forget_unverified_signup(email text) returns boolean
language sql security definer set search_path = ''
as $$
  with forgotten as (
    delete from auth.users
    where users.email = lower(forget_unverified_signup.email)
      and users.email_confirmed_at is null
      and users.invited_at is null
      and users.created_at < now() - interval '1 minute'
    returning 1)
  select exists (select from forgotten)
$$;
comment on function public.forget_unverified_signup is
  'Removes the signup of an address that was never verified, unless it has just begun. For functions/signup.';
grant execute on function public.forget_unverified_signup to service_role;

/*
 * Auth asks before it creates a person (config.toml, auth.hook), so that those
 * who call Auth directly get the same refusals, with a status of their own.
 */
create function private.before_user_created(event jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select case
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
 * can put nothing else into its token or into our mails.
 *
 * Security definer, as the ones below: Auth's own role has no rights here.
 */
create function private.users_clean() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  select coalesce(jsonb_object_agg(key, value), '{}') into new.raw_user_meta_data
  from jsonb_each(new.raw_user_meta_data)
  where key in ('first_name', 'last_name', 'organization_name', 'locale', 'request_id',
                'sub', 'email', 'email_verified', 'phone_verified')
    and length(value::text) <= 300;
  return new;
end;
$$;

create trigger before_write_clean before insert or update of raw_user_meta_data on auth.users
  for each row execute function private.users_clean();

create function private.users_found() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  fault text := private.signup_fault(new.email, new.raw_user_meta_data);
  organization uuid;
begin
  if fault is not null then
    perform private.refuse(case fault when 'domain_taken' then 409 else 422 end,
      fault, private.signup_sentence(fault));
  end if;

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

  insert into public.profiles (id, first_name, last_name, locale)
  values (
    new.id,
    new.raw_user_meta_data ->> 'first_name',
    new.raw_user_meta_data ->> 'last_name',
    (new.raw_user_meta_data ->> 'locale')::public.locale);

  insert into public.memberships (user_id, organization_id, role)
  values (new.id, organization, 'admin');

  return new;
exception when unique_violation then
  -- Two at the same moment: the check above saw neither.
  perform private.refuse(409, 'domain_taken', private.signup_sentence('domain_taken'));
end;
$$;

create trigger after_insert_found after insert on auth.users
  for each row execute function private.users_found();

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

-- Triggers fire in the order of their names: found, then settle.
create trigger after_insert_settle after insert on auth.users
  for each row when (new.email_confirmed_at is not null)
  execute function private.users_settle();

create trigger after_update_settle after update of email_confirmed_at on auth.users
  for each row when (old.email_confirmed_at is null and new.email_confirmed_at is not null)
  execute function private.users_settle();

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
  'What people write. Number 1 opens the topic; `parent_id` is the post another one answers, null for the opening.';

-- What answers this post?
create index on public.posts (topic_id, parent_id);
-- Which posts go with a change of the topic's readers?
create index on public.posts (topic_id, visibility, organization_id);
-- What has a person written?
create index on public.posts (author_id);

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

-- A page holds 1 to 100 rows, whatever is asked for.
create function private.page_size(size int) returns int
language sql immutable set search_path = ''
as $$ select least(greatest(coalesce(size, 20), 1), 100) $$;
grant execute on function private.page_size to authenticated;

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
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
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
  insert into public.posts (id, topic_id, number, parent_id, author_id, visibility, organization_id, body, created_at)
  values (
    add_post.id, topic.id, topic.last_number + 1, parent, auth.uid(), topic.visibility, topic.organization_id,
    add_post.body, clock_timestamp());

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
    perform private.refuse(404, 'not_found', 'There is no such post.');
  end if;
  perform private.topic_to_write_in(own.topic_id);

  select * into own from public.posts where posts.id = post and deleted_at is null for no key update;
  if own.id is null then
    perform private.refuse(404, 'not_found', 'There is no such post.');
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
