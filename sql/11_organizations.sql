/*
 * Organizations — who belongs where, and as what.
 *
 * A person belongs to one organization and acts through it; who was removed
 * from theirs belongs to none and may do nothing until another takes them in.
 */

-- Tables ------------------------------------------------------------------

-- `dissolved`: its last person went; its name stays under what they wrote, its domain is free again.
create type public.organization_status as enum ('pending', 'active', 'suspended', 'dissolved');
create type public.member_role as enum ('member', 'admin');

-- How many work there, in the bands of Monsha'at (https://www.monshaat.gov.sa): 1–5, 6–49, 50–249, 250 and more people.
create type public.organization_size as enum ('micro', 'small', 'medium', 'large');

-- An https address as a browser spells it out: a host of two labels or more in ASCII, no user, nothing unprintable.
create function private.is_website(url text) returns boolean
language sql immutable set search_path = ''
as $$
  select length(url) <= 300 and url ~
    '^https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z][a-z0-9-]{0,61}[a-z0-9](:[0-9]{1,5})?/[!#-;=?-\[\]_a-z|~]*$'
$$;

create table public.organizations (
  id         uuid primary key default gen_random_uuid(),
  name       text not null constraint name_is_a_name check (private.is_name(name, 120)),
  name_ar    text constraint name_ar_is_an_arabic_name check (private.is_name(name_ar, 120) and name_ar ~ '[\u0621-\u064A]'),
  domain     text unique constraint domain_is_lower_case_ascii check (domain ~ '^[a-z0-9.-]+$'),
  industry   text references public.industries on delete restrict,
  size       public.organization_size,
  city_id    int references public.cities on delete restrict,
  website    text constraint website_is_an_https_address check (private.is_website(website)),
  about      text constraint about_is_prose check (private.is_prose(about, 2000)),
  logo       jsonb,
  verified_at timestamptz,
  revision   int not null default 1,
  name_folded text not null generated always as (private.fold(name || ' ' || coalesce(name_ar, ''))) stored,
  status     public.organization_status not null default 'pending',
  takes_join_requests boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.organizations is
  'A company. Its e-mail domain is its own; null where its people use a public mail provider. `verified_at`: since when the commercial register vouches for it (22). `revision` counts edits.';

-- Which companies are in this industry? In this city? Called like this, in either script?
create index on public.organizations (industry);
create index on public.organizations (city_id);
create index on public.organizations using gin (name_folded extensions.gin_trgm_ops);

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
  if organization is null then
    perform private.require_session();
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

create policy select_active on public.industries
  for select to authenticated
  using ((select private.my_organization()) is not null);

create policy select_active on public.cities
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
    'platform_role', platform_roles.role,
    'second_factor', case
      when sessions.aal = 'aal2' then 'confirmed'
      when private.my_session() is null then 'required'
      else 'none'
    end)
  from public.profiles
  join auth.users on users.id = profiles.id
  join auth.sessions on sessions.id = (select private.my_begun_session())
  left join public.memberships on memberships.user_id = profiles.id
  left join public.organizations on organizations.id = memberships.organization_id
  left join public.platform_roles on platform_roles.user_id = profiles.id
  where profiles.id = (select auth.uid())
$$;
comment on function public.me is
  'The person who is signed in: profile, organization (null for who belongs to none), role. Null for anybody else.';
grant execute on function public.me to authenticated;

-- The first thing wrong with what is to be written about a company, as an error code; null where nothing is.
create function private.organization_fault(patch jsonb) returns text
language sql stable set search_path = ''
as $$
  select case
    when jsonb_typeof(patch) is distinct from 'object' then 'invalid_input'
    when patch - array['name', 'name_ar', 'industry', 'size', 'city_id', 'website', 'about'] <> '{}' then 'invalid_input'
    when jsonb_typeof(patch -> 'name') <> 'string' or not private.is_name(patch ->> 'name', 120)
      then 'organization_name_invalid'
    when jsonb_typeof(patch -> 'name_ar') not in ('string', 'null')
      or not (private.is_name(patch ->> 'name_ar', 120) and patch ->> 'name_ar' ~ '[\u0621-\u064A]')
      then 'organization_name_ar_invalid'
    when jsonb_typeof(patch -> 'industry') not in ('string', 'null')
      or patch ->> 'industry' not in (select code from public.industries) then 'industry_unknown'
    when jsonb_typeof(patch -> 'size') not in ('string', 'null')
      or patch ->> 'size' <> all (enum_range(null::public.organization_size)::text[]) then 'invalid_input'
    when jsonb_typeof(patch -> 'city_id') not in ('number', 'null')
      or patch ->> 'city_id' not in (select id::text from public.cities) then 'city_unknown'
    when jsonb_typeof(patch -> 'website') not in ('string', 'null') or not private.is_website(patch ->> 'website')
      then 'website_invalid'
    when jsonb_typeof(patch -> 'about') not in ('string', 'null') or not private.is_prose(patch ->> 'about', 2000)
      then 'organization_about_invalid'
  end
$$;

/*
 * Writes what `patch` names and leaves the rest. `expected` is the revision the
 * caller has seen: where another admin wrote since, nothing is overwritten.
 *
 * Security definer: clients write no organization themselves.
 */
create function public.update_organization(patch jsonb, expected int) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  mine uuid := private.require_organization();
  fault text := private.organization_fault(patch);
  current public.organizations;
  wanted public.organizations;
  changed text[];
begin
  if private.my_administered_organization() is null then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      'organizations.update', mine, 'organization', mine::text);
  end if;
  if fault is not null then
    perform private.refuse(422, fault, 'This cannot be said of a company.');
  end if;

  select * into current from public.organizations where id = mine for update;
  if current.revision is distinct from expected then
    perform private.refuse(409, 'changed_meanwhile', 'Somebody else has changed this since.');
  end if;
  changed := array(
    select key from jsonb_each(patch) where value is distinct from to_jsonb(current) -> key order by key);
  if changed <> '{}' then
    wanted := jsonb_populate_record(current, patch);
    update public.organizations set
      name = wanted.name, name_ar = wanted.name_ar, industry = wanted.industry, size = wanted.size,
      city_id = wanted.city_id, website = wanted.website, about = wanted.about, revision = revision + 1
    where id = mine
    returning revision into current.revision;
    perform private.audit('organizations.update', mine, 'organization', mine::text,
      null, jsonb_build_object('changed', changed));
  end if;
  return jsonb_build_object('revision', current.revision);
end;
$$;
comment on function public.update_organization is
  'Changes the own company: name, name_ar, industry, size, city_id, website, about. Refuses with 409 changed_meanwhile where its revision is not `expected`. For admins.';
grant execute on function public.update_organization to authenticated;

-- What follows ----------------------------------------------------------------

-- A company that nobody belongs to: a claim is forgotten, one that acted is dissolved. A suspended one keeps its domain from coming back.
create function private.memberships_dissolve() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from public.memberships where organization_id = old.organization_id) then
    delete from public.organizations where id = old.organization_id and status = 'pending';
    update public.organizations set status = 'dissolved', domain = null
    where id = old.organization_id and status = 'active';
  end if;
  return null;
end;
$$;

create trigger after_delete_dissolve after delete on public.memberships
  for each row execute function private.memberships_dissolve();

create trigger after_update_dissolve after update of organization_id on public.memberships
  for each row when (old.organization_id <> new.organization_id) execute function private.memberships_dissolve();
