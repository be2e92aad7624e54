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
