/*
 * Registrations — the number under which the Ministry of Commerce knows a
 * company, and whether it does.
 *
 * A company says its number; only the registry's answer makes it verified.
 * Setting a number promises a check to the worker, which asks and settles. One
 * number belongs to one company here, once it is verified. The number is the
 * company's own to see; the others see whether it is verified.
 */

-- The number ------------------------------------------------------------------

/*
 * Luhn's check digit, as on the Kingdom's national identity numbers. That the
 * unified number carries it too is not published; it holds for every one of the
 * nine published numbers it was tried on, which chance does once in a billion times.
 */
create function private.has_check_digit(number text) returns boolean
language sql immutable strict set search_path = ''
as $$
  select sum(case when place % 2 = 0 then digit else digit * 2 / 10 + digit * 2 % 10 end) % 10 = 0
  from (
    select place, digit::int from string_to_table(number, null) with ordinality as written (digit, place)) as digits
$$;

/*
 * Ten digits. The unified number begins with 7 and replaces the registration
 * numbers since 2020 (https://rulebook.sama.gov.sa/en/node/10194); an older number begins
 * with the code of the office that gave it, such as 1010 Riyadh, 2050 Dammam, 4030
 * Jeddah, and has no check digit: of the published ones tried, most fail Luhn's.
 * packages/contracts/src/registrations.ts says the same; a test compares.
 */
create function private.is_registration_number(number text) returns boolean
language sql immutable strict set search_path = ''
as $$
  select case
    when number ~ '^[1-5][0-9]{9}$' then true
    when number ~ '^7[0-9]{9}$' then private.has_check_digit(number)
    else false
  end
$$;

-- What tells one company from another in its name: without the words that most names share.
create function private.company_core(name text) returns text
language sql immutable strict set search_path = ''
as $$
  select btrim(regexp_replace(
    ' ' || regexp_replace(private.fold(name), '[[:punct:][:space:]]+', '  ', 'g') || ' ',
    ' (شركه|مءسسه|موسسه|مجموعه|مصنع|المحدوده|محدوده|المساهمه|مساهمه|شخص|واحد|ذات|مسووليه|company|co|ltd|limited|llc|est|establishment|factory|group) ',
    ' ', 'g'))
$$;

-- Half of the parts of both names the same: what is left out or spelt otherwise is forgiven, another company is not.
create function private.is_same_company(one text, other text) returns boolean
language sql immutable strict set search_path = ''
as $$
  select extensions.similarity(private.company_core(one), private.company_core(other)) >= 0.5
$$;

-- Tables ------------------------------------------------------------------

create type public.registration_state as enum ('unverified', 'pending', 'verified', 'rejected', 'unavailable');

create table public.registrations (
  organization_id uuid primary key references public.organizations on delete cascade,
  number          text not null constraint number_is_a_registration_number check (private.is_registration_number(number)),
  state           public.registration_state not null default 'pending',
  reason          text check (reason in (
    'not_connected', 'not_found', 'inactive', 'name_differs', 'number_taken', 'registry_unreachable', 'registry_refused')),
  registry_name   text check (length(registry_name) <= 300),
  national_number text check (national_number ~ '^[0-9]{10}$'),
  expires_on      date,
  checked_at      timestamptz,
  updated_at      timestamptz not null default now(),
  constraint a_state_says_why check (case state
    when 'pending' then reason is null
    when 'verified' then
      reason is null and registry_name is not null and national_number is not null and checked_at is not null
    else reason is not null
  end)
);
comment on table public.registrations is
  'The number a company gave, and what the registry said of it. `national_number`: the unified number the registry answered with.';

-- Is this number some company's own already? By the unified number, since a company may have an older one as well.
create unique index registrations_verified_once on public.registrations (national_number) where state = 'verified';

create trigger before_update_touch before update on public.registrations
  for each row execute function private.touch();

-- Who may -----------------------------------------------------------------

alter table public.registrations enable row level security;
grant select on public.registrations to authenticated;

create policy select_admin on public.registrations
  for select to authenticated
  using (organization_id = (select private.my_administered_organization())
    or (select private.my_platform_role()) = 'admin');

-- What one may do -----------------------------------------------------------

/*
 * All that an admin edits of the own company, in one answer. Whoever is no admin is
 * refused without a line in the log: it is a page that was asked for, not a deed.
 */
create function public.company_profile() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  mine uuid := private.require_administered_organization();
begin
  return (
    select jsonb_build_object(
      'id', organizations.id,
      'name', organizations.name,
      'name_ar', organizations.name_ar,
      'domain', organizations.domain,
      'industry', organizations.industry,
      'size', organizations.size,
      'city_id', organizations.city_id,
      'website', organizations.website,
      'about', organizations.about,
      'logo', organizations.logo,
      'revision', organizations.revision,
      'registration', case when registrations.organization_id is not null then jsonb_build_object(
        'number', registrations.number,
        'state', registrations.state,
        'reason', registrations.reason,
        'registry_name', registrations.registry_name,
        'national_number', registrations.national_number,
        'expires_on', registrations.expires_on,
        'checked_at', registrations.checked_at) end)
    from public.organizations
    left join public.registrations on registrations.organization_id = organizations.id
    where organizations.id = mine);
end;
$$;
comment on function public.company_profile is
  'The caller''s own company with its registration, as its admin edits it. For its admins.';
grant execute on function public.company_profile to authenticated;

-- Promises a check of the number as it stands; what was known before is forgotten. Each costs: ten a day must do.
create function private.ask_registry(organization uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  asked text;
begin
  perform private.limit_rate('registrations.check', organization::text, 10, 86400);
  update public.registrations
  set state = 'pending', reason = null, registry_name = null, national_number = null, expires_on = null, checked_at = null
  where organization_id = organization
  returning number into asked;
  perform private.enqueue('organizations.check-registration', jsonb_build_object(
    'organizationId', organization, 'number', asked, 'requestId', private.request_id()));
end;
$$;

/*
 * Says, changes or (null) takes back the own company's number. The same number
 * again asks the registry again, unless it is verified or being asked already.
 *
 * Security definer: clients write no registration themselves.
 */
create function public.set_registration_number(number text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  mine uuid := private.require_organization();
  known public.registrations;
begin
  if private.my_administered_organization() is null then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      'registrations.change', mine, 'organization', mine::text);
  end if;
  if not private.is_registration_number(number) then
    perform private.refuse(422, 'registration_number_invalid', 'This is not a commercial registration number.');
  end if;

  perform from public.organizations where id = mine for update;
  select * into known from public.registrations where organization_id = mine;
  if known.number = number and known.state in ('pending', 'verified') then
    return public.company_profile();
  end if;

  if number is null then
    delete from public.registrations where organization_id = mine;
  else
    insert into public.registrations (organization_id, number) values (mine, set_registration_number.number)
    on conflict (organization_id) do update set number = excluded.number;
    perform private.ask_registry(mine);
  end if;

  if known.organization_id is not null or number is not null then
    perform private.audit('registrations.change', mine, 'organization', mine::text,
      case when known.organization_id is not null then jsonb_build_object('state', known.state) end,
      case when number is not null then jsonb_build_object('state', 'pending') end);
  end if;
  return public.company_profile();
end;
$$;
comment on function public.set_registration_number is
  'Says the own company''s commercial registration number, has the registry asked, and returns the company''s profile. Null takes the number back. For admins.';
grant execute on function public.set_registration_number to authenticated;

-- What our services do --------------------------------------------------------

/*
 * Writes down what the registry said of a number, if it still is the company's.
 * Verified takes more than the registry knows: the name must be the company's, in
 * either script, and no other company here may be verified with the number.
 */
create function private.settle_registration(
  organization uuid, asked text, said public.registration_state, why text default null,
  registry_name text default null, national_number text default null, expires_on date default null)
returns public.registration_state
language plpgsql set search_path = ''
as $$
declare
  company public.organizations;
  before public.registration_state;
begin
  select * into company from public.organizations where id = organization for update;
  select state into before from public.registrations
  where organization_id = organization and number = asked and state in ('pending', 'unavailable') for update;
  if not found then
    return null;
  end if;

  if said = 'verified' then
    if not (private.is_same_company(registry_name, company.name)
      or coalesce(private.is_same_company(registry_name, company.name_ar), false)) then
      said := 'rejected';
      why := 'name_differs';
    elsif exists (
      select from public.registrations as other
      where other.national_number = settle_registration.national_number and other.state = 'verified'
        and other.organization_id <> organization) then
      said := 'rejected';
      why := 'number_taken';
    end if;
  end if;

  begin
    update public.registrations set
      state = said, reason = why, registry_name = settle_registration.registry_name,
      national_number = settle_registration.national_number, expires_on = settle_registration.expires_on,
      checked_at = now()
    where organization_id = organization;
  exception when unique_violation then
    -- Two companies with one number at the same moment: the question above saw neither.
    said := 'rejected';
    update public.registrations set state = said, reason = 'number_taken', checked_at = now()
    where organization_id = organization;
  end;

  if said <> before then
    perform private.audit('registrations.settle', organization, 'organization', organization::text,
      jsonb_build_object('state', before), jsonb_build_object('state', said));
  end if;
  return said;
end;
$$;

-- Asks again no sooner than the registry allows; the check that is promised now is the only one.
create function private.postpone_registration_check(organization uuid, asked text, seconds int, request_id text) returns void
language plpgsql set search_path = ''
as $$
declare
  promised uuid := private.enqueue('organizations.check-registration', jsonb_build_object(
    'organizationId', organization, 'number', asked, 'requestId', request_id));
begin
  update pgboss.job set start_after = now() + make_interval(secs => seconds)
  where name = 'organizations.check-registration' and id = promised;
end;
$$;

-- What follows ----------------------------------------------------------------

-- The mark that everybody sees.
create function private.registrations_mark() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.organizations
  set verified_at = (
    select checked_at from public.registrations where organization_id = organizations.id and state = 'verified')
  where id = coalesce(new.organization_id, old.organization_id);
  return null;
end;
$$;

create trigger after_change_mark after insert or delete or update of state on public.registrations
  for each row execute function private.registrations_mark();

-- The registry vouched for another name; and a name that was corrected may be the one it knows.
create function private.organizations_ask_registry() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.ask_registry(new.id)
  from public.registrations
  where organization_id = new.id
    and (state = 'verified' or reason in ('name_differs', 'number_taken'));
  return null;
end;
$$;

create trigger after_rename_ask_registry after update of name, name_ar on public.organizations
  for each row when (row (old.name, old.name_ar) is distinct from row (new.name, new.name_ar))
  execute function private.organizations_ask_registry();

-- A company that nobody belongs to any more keeps no number from those who come after it.
create function private.organizations_release_number() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.registrations where organization_id = new.id;
  return null;
end;
$$;

create trigger after_dissolve_release_number after update of status on public.organizations
  for each row when (new.status = 'dissolved' and old.status <> 'dissolved')
  execute function private.organizations_release_number();
