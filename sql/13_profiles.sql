/*
 * Profiles — what a person tells of themselves beyond their name.
 *
 * A boundary is a table: what only some may see stands beside the profile, in
 * rows that say themselves who may. An e-mail address is shown to the admins
 * of one's own organization and to nobody else.
 */

-- Tables ------------------------------------------------------------------

create type public.profile_audience as enum ('organization', 'community');

-- Each in the spelling of search, where "Déburring" is "deburring" and «صيانة» is «صيانه».
create function private.fold_all(texts text[]) returns text[]
language sql immutable strict parallel safe set search_path = ''
as $$
  select coalesce(array_agg(private.fold(text) order by place), '{}')
  from unnest(texts) with ordinality as given (text, place)
$$;
grant execute on function private.fold_all to authenticated;

-- A dozen names of 40 characters at most, none of them twice.
create function private.is_expertise(tags text[]) returns boolean
language sql immutable set search_path = ''
as $$
  select cardinality(tags) <= 12 and coalesce(array_ndims(tags), 1) = 1
    and coalesce(bool_and(tag is not null and private.is_name(tag, 40)), true)
    and count(distinct private.fold(tag)) = count(*)
  from unnest(tags) as tag
$$;
grant execute on function private.is_expertise to authenticated;

-- A person's details name their organization; the key below holds them to it.
alter table public.memberships add constraint one_place_each unique (user_id, organization_id);

create table public.profile_details (
  person_id       uuid primary key references public.profiles on delete cascade,
  organization_id uuid,
  audience        public.profile_audience not null default 'community',
  about           text constraint about_is_prose check (private.is_prose(about, 1000)),
  expertise       text[] not null default '{}' constraint expertise_is_a_few_names check (private.is_expertise(expertise)),
  expertise_folded text[] not null generated always as (private.fold_all(expertise)) stored,
  updated_at      timestamptz not null default now(),
  foreign key (person_id, organization_id) references public.memberships (user_id, organization_id)
    on update cascade on delete set null (organization_id)
);
comment on table public.profile_details is
  'What a person tells of themselves, and who may see it. No row: nothing told. `organization_id` follows their membership.';

-- Who of this company shows this to it? Who knows about this?
create index on public.profile_details (organization_id);
create index on public.profile_details using gin (expertise_folded);
-- What goes when a membership does?
create index on public.profile_details (person_id, organization_id);

create trigger before_update_touch before update on public.profile_details
  for each row execute function private.touch();

-- Who may -----------------------------------------------------------------

alter table public.profile_details enable row level security;
grant select on public.profile_details to authenticated;
grant insert (person_id, audience, about, expertise), update (audience, about, expertise)
  on public.profile_details to authenticated;

-- The flag and the company stand in the row, so that a search over all people asks no other table.
create policy select_audience on public.profile_details
  for select to authenticated
  using (
    (audience = 'community' and (select private.my_organization()) is not null)
    or organization_id = (select private.my_organization()));

create policy insert_self_while_active on public.profile_details
  for insert to authenticated
  with check (person_id = (select auth.uid()) and (select private.my_organization()) is not null);

create policy update_self_while_active on public.profile_details
  for update to authenticated
  using (person_id = (select auth.uid()) and (select private.my_organization()) is not null);

-- What one may do -----------------------------------------------------------

-- A key's text for a column: null where it is empty, so that clearing a field is saying nothing.
create function private.told(patch jsonb, key text) returns text
language sql immutable set search_path = ''
as $$ select nullif(btrim(patch ->> key, E' \n\r\t'), '') $$;
grant execute on function private.told to authenticated;

-- The first thing wrong with a change of profile, as an error code; null where nothing is.
create function private.profile_fault(patch jsonb) returns text
language sql stable set search_path = ''
as $$
  select case
    when jsonb_typeof(patch) is distinct from 'object' or exists (
      select from jsonb_each(patch) as given
      where key <> all (array['first_name', 'last_name', 'first_name_ar', 'last_name_ar', 'job_title',
                              'locale', 'time_zone', 'about', 'expertise', 'audience'])
        or jsonb_typeof(value) <> all (case key
          when 'expertise' then array['array']
          when 'first_name' then array['string']
          when 'last_name' then array['string']
          when 'locale' then array['string']
          when 'time_zone' then array['string']
          when 'audience' then array['string']
          else array['string', 'null'] end))
      then 'invalid_input'
    when patch ? 'first_name' and not coalesce(private.is_name(private.told(patch, 'first_name'), 80), false)
      then 'first_name_invalid'
    when patch ? 'last_name' and not coalesce(private.is_name(private.told(patch, 'last_name'), 80), false)
      then 'last_name_invalid'
    when not coalesce(private.is_arabic_name(private.told(patch, 'first_name_ar'), 80), true)
      or not coalesce(private.is_arabic_name(private.told(patch, 'last_name_ar'), 80), true)
      then 'arabic_name_invalid'
    when not coalesce(private.is_name(private.told(patch, 'job_title'), 120), true) then 'job_title_invalid'
    when patch ->> 'locale' <> all (array['ar', 'en']) then 'locale_invalid'
    when patch ? 'time_zone' and not private.is_time_zone(patch ->> 'time_zone') then 'time_zone_invalid'
    when not coalesce(private.is_prose(private.told(patch, 'about'), 1000), true) then 'about_invalid'
    when patch ->> 'audience' <> all (array['organization', 'community']) then 'invalid_input'
    when exists (select from jsonb_array_elements(patch -> 'expertise') as tag where jsonb_typeof(tag) <> 'string')
      or not private.is_expertise(array(select jsonb_array_elements_text(patch -> 'expertise')))
      then 'expertise_invalid'
  end
$$;
grant execute on function private.profile_fault to authenticated;

create function private.profile_sentence(code text) returns text
language sql immutable set search_path = ''
as $$
  select case code
    when 'first_name_invalid' then 'A first name has 1 to 80 characters.'
    when 'last_name_invalid' then 'A last name has 1 to 80 characters.'
    when 'arabic_name_invalid' then 'A name in Arabic has up to 80 characters, all of them Arabic.'
    when 'job_title_invalid' then 'A job title is one line of up to 120 characters.'
    when 'locale_invalid' then 'The language is ar or en.'
    when 'time_zone_invalid' then 'There is no such time zone.'
    when 'about_invalid' then 'This text has up to 1,000 characters.'
    when 'expertise_invalid' then 'Up to 12 different tags of up to 40 characters.'
    else 'This is no change of a profile.'
  end
$$;
grant execute on function private.profile_sentence to authenticated;

/*
 * Changes what is named in `patch` and nothing else, in both tables or in none.
 * With the caller's own rights: what a column grant or a policy forbids stays forbidden.
 */
create function public.update_profile(patch jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  me uuid := auth.uid();
  fault text := private.profile_fault(patch);
begin
  perform private.require_organization();
  if fault is not null then
    perform private.refuse(422, fault, private.profile_sentence(fault));
  end if;

  if patch ?| array['first_name', 'last_name', 'first_name_ar', 'last_name_ar', 'job_title', 'locale', 'time_zone'] then
    update public.profiles set
      first_name = coalesce(private.told(patch, 'first_name'), first_name),
      last_name = coalesce(private.told(patch, 'last_name'), last_name),
      first_name_ar = case when patch ? 'first_name_ar' then private.told(patch, 'first_name_ar') else first_name_ar end,
      last_name_ar = case when patch ? 'last_name_ar' then private.told(patch, 'last_name_ar') else last_name_ar end,
      job_title = case when patch ? 'job_title' then private.told(patch, 'job_title') else job_title end,
      locale = coalesce((patch ->> 'locale')::public.locale, locale),
      time_zone = coalesce(patch ->> 'time_zone', time_zone)
    where id = me;
  end if;

  if patch ?| array['about', 'expertise', 'audience'] then
    insert into public.profile_details (person_id, about, expertise, audience)
    values (
      me, private.told(patch, 'about'),
      array(select jsonb_array_elements_text(patch -> 'expertise')),
      coalesce((patch ->> 'audience')::public.profile_audience, 'community'))
    on conflict (person_id) do update set
      about = case when patch ? 'about' then excluded.about else profile_details.about end,
      expertise = case when patch ? 'expertise' then excluded.expertise else profile_details.expertise end,
      audience = case when patch ? 'audience' then excluded.audience else profile_details.audience end;
  end if;
end;
$$;
comment on function public.update_profile is
  'Changes one''s own profile: names in both scripts, job_title, locale, time_zone, about, expertise, audience. Keys that are missing stay as they are.';
grant execute on function public.update_profile to authenticated;

/*
 * Security definer: addresses are Auth's, where clients have no rights. Null for
 * everybody but the person and the admins of their organization.
 */
create function private.address_of(person uuid) returns text
language sql stable security definer set search_path = ''
as $$
  select users.email from auth.users
  where users.id = address_of.person
    and (users.id = (select auth.uid()) and (select private.my_session()) is not null
      or exists (
        select from public.memberships
        where memberships.user_id = address_of.person
          and memberships.organization_id = (select private.my_administered_organization())))
$$;
grant execute on function private.address_of to authenticated;

create function public.person_page(person uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  page jsonb;
begin
  perform private.require_organization();
  select jsonb_build_object(
    'id', profiles.id,
    'first_name', profiles.first_name,
    'last_name', profiles.last_name,
    'first_name_ar', profiles.first_name_ar,
    'last_name_ar', profiles.last_name_ar,
    'avatar', profiles.avatar,
    'job_title', profiles.job_title,
    'time_zone', profiles.time_zone,
    'is_active', profiles.status = 'active',
    'since', profiles.created_at,
    'role', memberships.role,
    'organization', case when organizations.id is not null then
      jsonb_build_object('id', organizations.id, 'name', organizations.name) end,
    'about', details.about,
    'expertise', coalesce(details.expertise, '{}'),
    'audience', details.audience,
    'email', private.address_of(profiles.id))
  into page
  from public.profiles
  left join public.memberships on memberships.user_id = profiles.id
  left join public.organizations on organizations.id = memberships.organization_id
  left join public.profile_details as details on details.person_id = profiles.id
  where profiles.id = person_page.person;

  if page is null then
    perform private.refuse(404, 'not_found', 'There is no such person, or they are not open to you.');
  end if;
  return page;
end;
$$;
comment on function public.person_page is
  'A person as the caller may see them: `about` and `expertise` by their audience, `email` for their organization''s admins and themselves.';
grant execute on function public.person_page to authenticated;

-- What follows ----------------------------------------------------------------

-- Whoever signs up in Arabic letters has told their Arabic name.
create function private.profiles_name() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if private.is_arabic_name(new.first_name, 80) and private.is_arabic_name(new.last_name, 80) then
    new.first_name_ar := coalesce(new.first_name_ar, new.first_name);
    new.last_name_ar := coalesce(new.last_name_ar, new.last_name);
  end if;
  return new;
end;
$$;

create trigger before_insert_name before insert on public.profiles
  for each row execute function private.profiles_name();

-- Details belong to the company the person belongs to: when they are first told, and when another takes the person in.
create function private.profile_details_belong() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  new.organization_id := (select organization_id from public.memberships where user_id = new.person_id);
  return new;
end;
$$;

create trigger before_insert_belong before insert on public.profile_details
  for each row execute function private.profile_details_belong();

create function private.memberships_take_details() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.profile_details set organization_id = new.organization_id where person_id = new.user_id;
  return null;
end;
$$;

create trigger after_insert_take_details after insert on public.memberships
  for each row execute function private.memberships_take_details();
