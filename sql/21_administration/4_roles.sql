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
