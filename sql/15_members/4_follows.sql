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
