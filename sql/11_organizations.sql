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
