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
