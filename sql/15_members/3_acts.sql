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
