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
