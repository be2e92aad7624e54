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
