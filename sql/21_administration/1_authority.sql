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
