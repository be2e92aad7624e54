/*
 * Directory — who is here: people and companies, found by name and narrowed by
 * what they tell.
 *
 * What one may not see is not matched either, or a search would tell it. The
 * functions are security definer because a policy keeps an index of trigrams
 * from being used (its operators could leak); so each asks who is there first,
 * looks at active people of active companies alone, and at details only where
 * their audience has the caller in it, as the policies of 11 and 13 say.
 */

-- Which people come next in the order of their names? Companies, by name or newest first?
create index people_by_name on public.profiles (name_folded, id) where status = 'active';
create index organizations_by_name on public.organizations (name_folded, id) where status = 'active';
create index organizations_newest on public.organizations (created_at desc, id) where status = 'active';

-- A person's tags as one text to search in, where every word has a space before it.
create function private.tags_text(tags text[]) returns text
language sql immutable strict parallel safe set search_path = ''
as $$ select ' ' || array_to_string(tags, ' ') $$;
-- Whoever updates a row keeps its indexes.
grant execute on function private.tags_text to authenticated;

-- In whose name, job or tags does a word begin so? In which company's name?
create index people_by_words on public.profiles using gin ((' ' || name_folded) extensions.gin_trgm_ops);
create index people_by_job on public.profiles using gin ((' ' || private.fold(job_title)) extensions.gin_trgm_ops);
create index people_by_tags on public.profile_details using gin (private.tags_text(expertise_folded) extensions.gin_trgm_ops);
create index organizations_by_words on public.organizations using gin ((' ' || name_folded) extensions.gin_trgm_ops);

/*
 * The first three words that are asked for, in the spelling of search; empty
 * where there is nothing to look for. What LIKE would take for a joker is a space.
 */
create function private.asked_words(query text) returns text[]
language sql immutable set search_path = ''
as $$
  select coalesce((array_remove(
    regexp_split_to_array(translate(private.fold(left(query, 100)), '%_\', '   '), '[[:space:]]+'), ''))[:3], '{}')
$$;

-- A word as it is looked for where the exact one is nowhere: without the Arabic article, which is in every second name.
create function private.core_of(word text) returns text
language sql immutable strict set search_path = ''
as $$ select regexp_replace(word, '^ال(?=...)', '') $$;

/*
 * How well a text answers, 0 to 100. Texts where each word begins as asked come
 * first, in the order asked before another order; then those that are nearly so.
 */
create function private.match_score(words text[], found text) returns int
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when found || ' ' like ' ' || phrase || ' %' then 100
    when found like ' ' || phrase || '%' then 95
    when found like '% ' || phrase || '%' then 90
    when found like all (select '% ' || word || '%' from unnest(words) as word) then 85
    else (80 * extensions.word_similarity(phrase, found))::int
  end
  from array_to_string(words, ' ') as phrase
$$;

-- Where a page ended: the score (or the time), who, and the name they are sorted by. Nulls where none is given.
create function private.directory_place(cursor text, out score bigint, out id uuid, out name text)
language plpgsql stable set search_path = ''
as $$
declare
  parts text[] := regexp_match(cursor, '^([0-9]{1,16})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(.*)$');
begin
  if parts is null and cursor is not null then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
  end if;
  score := parts[1];
  id := parts[2];
  name := parts[3];
end;
$$;

-- An industry and, for a section, its divisions.
create function private.industry_codes(industry text) returns text[]
language sql stable set search_path = ''
as $$ select array_agg(code) from public.industries where industry in (code, section) $$;

-- The values of a filter are texts, numbers or flags under these names, or it is refused.
create function private.require_filters(filters jsonb, names text[]) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if jsonb_typeof(filters) is distinct from 'object' or exists (
    select from jsonb_each(filters) as given
    where key <> all (names) or jsonb_typeof(value) not in ('string', 'number', 'boolean')
      or key = 'organization' and value #>> '{}' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      or key = 'city' and value #>> '{}' !~ '^[0-9]{1,9}$'
      or key = 'verified' and jsonb_typeof(value) <> 'boolean'
      or key = 'size' and value #>> '{}' <> all (enum_range(null::public.organization_size)::text[]))
  then
    perform private.refuse(422, 'invalid_input', 'These are not filters of this list.');
  end if;
end;
$$;

-- A company as lists and pages show it.
create view private.organization_summaries with (security_invoker = true) as
  select
    organizations.id,
    jsonb_build_object(
      'id', organizations.id,
      'name', organizations.name,
      'name_ar', organizations.name_ar,
      'logo', organizations.logo,
      'verified', organizations.verified_at is not null,
      'size', organizations.size,
      'industry', case when industries.code is not null then jsonb_build_object(
        'code', industries.code, 'name_en', industries.name_en, 'name_ar', industries.name_ar) end,
      'city', case when cities.id is not null then jsonb_build_object(
        'id', cities.id, 'name_en', cities.name_en, 'name_ar', cities.name_ar) end,
      'people_count', coalesce((statistics.counts ->> 'people.active.member')::int, 0)
        + coalesce((statistics.counts ->> 'people.active.admin')::int, 0)) as card
  from public.organizations
  left join public.organization_statistics as statistics on statistics.organization_id = organizations.id
  left join public.industries on industries.code = organizations.industry
  left join public.cities on cities.id = organizations.city_id;

-- A person as lists show them, with the expertise that the caller may see.
create view private.person_summaries with (security_invoker = true) as
  select
    profiles.id,
    jsonb_build_object(
      'id', profiles.id,
      'first_name', profiles.first_name,
      'last_name', profiles.last_name,
      'first_name_ar', profiles.first_name_ar,
      'last_name_ar', profiles.last_name_ar,
      'avatar', profiles.avatar,
      'job_title', profiles.job_title,
      'organization', jsonb_build_object(
        'id', organizations.id, 'name', organizations.name, 'name_ar', organizations.name_ar,
        'verified', organizations.verified_at is not null),
      'city', case when cities.id is not null then jsonb_build_object(
        'id', cities.id, 'name_en', cities.name_en, 'name_ar', cities.name_ar) end,
      'expertise', coalesce((
        select details.expertise from public.profile_details as details
        where details.person_id = profiles.id
          and (details.audience = 'community' or details.organization_id = (select private.my_organization()))), '{}')
    ) as card
  from public.profiles
  join public.memberships on memberships.user_id = profiles.id
  join public.organizations on organizations.id = memberships.organization_id
  left join public.cities on cities.id = organizations.city_id;

-- Whom the directory lists, with what a list may be narrowed by.
create view private.listed_people with (security_invoker = true) as
  select
    profiles.id,
    profiles.name_folded as name,
    ' ' || profiles.name_folded as name_words,
    ' ' || private.fold(profiles.job_title) as job_words,
    private.tags_text(details.expertise_folded) as tag_words,
    memberships.organization_id,
    organizations.industry,
    organizations.city_id,
    details.expertise_folded as tags,
    details.audience,
    details.organization_id as audience_organization_id
  from public.profiles
  join public.memberships on memberships.user_id = profiles.id
  join public.organizations on organizations.id = memberships.organization_id
  left join public.profile_details as details on details.person_id = profiles.id
  where profiles.status = 'active' and organizations.status = 'active';

/*
 * People by name, job or what they know. A search ranks at most a thousand whom
 * it finds in each of the three, and looks for words that are nearly as asked only
 * where the words themselves are nowhere. Without words everybody is listed, by name.
 *
 * Planned anew for each call: which index is best depends on what is asked, and
 * what is not asked falls away in planning. Never by reading all people: the planner
 * takes comparing trigrams for cheap and would.
 */
create function public.list_people(
  query text default null, filters jsonb default '{}', after text default null, size int default 20)
returns jsonb
language plpgsql stable security definer set search_path = ''
set plan_cache_mode = 'force_custom_plan' set enable_seqscan = off
as $$
declare
  mine uuid := private.require_organization();
  words text[] := private.asked_words(query);
  asked boolean := words <> '{}';
  nearly boolean := false;
  page_size int := private.page_size(list_people.size);
  company uuid; codes text[]; city int; tag text[];
  from_score bigint; from_id uuid; from_name text;
  cards jsonb[]; cursors text[]; found int;
begin
  perform private.require_filters(filters, array['organization', 'industry', 'city', 'expertise']);
  company := filters ->> 'organization';
  codes := case when filters ? 'industry' then coalesce(private.industry_codes(filters ->> 'industry'), '{}') end;
  city := filters ->> 'city';
  tag := case when filters ? 'expertise' then array[private.fold(filters ->> 'expertise')] end;
  select * into from_score, from_id, from_name from private.directory_place(after);
  perform set_config('pg_trgm.word_similarity_threshold', '0.5', true);

  loop
    with matched as materialized (
      (select person.id, person.name, 0 as score
       from private.listed_people as person
       where not asked
       and (company is null or person.organization_id = company)
       and (codes is null or person.industry = any (codes))
       and (city is null or person.city_id = city)
       and (tag is null or person.tags @> tag and (person.audience = 'community' or person.audience_organization_id = mine))
         and (from_id is null or (person.name, person.id) > (from_name, from_id))
       order by person.name, person.id
       limit case when from_id is null then 1001 else page_size + 1 end)
      union all
      (select person.id, person.name, private.match_score(words, person.name_words)
       from private.listed_people as person
       where asked and (case when nearly
           then person.name_words operator(extensions.%>) private.core_of(words[1])
             and (words[2] is null or person.name_words operator(extensions.%>) private.core_of(words[2]))
             and (words[3] is null or person.name_words operator(extensions.%>) private.core_of(words[3]))
           else person.name_words like '% ' || words[1] || '%'
             and (words[2] is null or person.name_words like '% ' || words[2] || '%')
             and (words[3] is null or person.name_words like '% ' || words[3] || '%')
         end)
       and (company is null or person.organization_id = company)
       and (codes is null or person.industry = any (codes))
       and (city is null or person.city_id = city)
       and (tag is null or person.tags @> tag and (person.audience = 'community' or person.audience_organization_id = mine))
       limit 1001)
      union all
      (select person.id, person.name, private.match_score(words, person.job_words) * 7 / 10
       from private.listed_people as person
       where asked and (case when nearly
           then person.job_words operator(extensions.%>) private.core_of(words[1])
             and (words[2] is null or person.job_words operator(extensions.%>) private.core_of(words[2]))
             and (words[3] is null or person.job_words operator(extensions.%>) private.core_of(words[3]))
           else person.job_words like '% ' || words[1] || '%'
             and (words[2] is null or person.job_words like '% ' || words[2] || '%')
             and (words[3] is null or person.job_words like '% ' || words[3] || '%')
         end)
       and (company is null or person.organization_id = company)
       and (codes is null or person.industry = any (codes))
       and (city is null or person.city_id = city)
       and (tag is null or person.tags @> tag and (person.audience = 'community' or person.audience_organization_id = mine))
       limit 1001)
      union all
      (select person.id, person.name, private.match_score(words, person.tag_words) * 7 / 10
       from private.listed_people as person
       where asked and (case when nearly
           then person.tag_words operator(extensions.%>) private.core_of(words[1])
             and (words[2] is null or person.tag_words operator(extensions.%>) private.core_of(words[2]))
             and (words[3] is null or person.tag_words operator(extensions.%>) private.core_of(words[3]))
           else person.tag_words like '% ' || words[1] || '%'
             and (words[2] is null or person.tag_words like '% ' || words[2] || '%')
             and (words[3] is null or person.tag_words like '% ' || words[3] || '%')
         end)
         and (person.audience = 'community' or person.audience_organization_id = mine)
       and (company is null or person.organization_id = company)
       and (codes is null or person.industry = any (codes))
       and (city is null or person.city_id = city)
       and (tag is null or person.tags @> tag and (person.audience = 'community' or person.audience_organization_id = mine))
       limit 1001)),
    ranked as materialized (
      select id, name, max(score) as score from matched group by id, name),
    listed as materialized (
      select * from ranked
      where from_id is null or (-score, name, id) > (-from_score, from_name, from_id)
      order by score desc, name, id
      limit page_size + 1)
    select
      array_agg(person.card order by listed.score desc, listed.name, listed.id),
      array_agg(format('%s_%s_%s', listed.score, listed.id, listed.name) order by listed.score desc, listed.name, listed.id),
      (select count(*) from ranked)
    into cards, cursors, found
    from listed join private.person_summaries as person on person.id = listed.id;

    exit when found > 0 or nearly or not asked or length(words[1]) < 3;
    nearly := true;
  end loop;

  return jsonb_build_object(
    'people', to_jsonb(coalesce(cards[:page_size], '{}')),
    'count', case when from_id is null then least(found, 1001) end,
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_people is
  'Active people by name; with words, those whose names, jobs or expertise answer, best first. Filters: organization, industry (section or division), city, expertise. `count` comes with the first page; 1001 means more than a thousand.';
grant execute on function public.list_people to authenticated;

-- Companies by name or newest first; with words, as well as they answer, out of at most a thousand.
create function public.list_organizations(
  query text default null, filters jsonb default '{}', sort text default 'name', after text default null, size int default 20)
returns jsonb
language plpgsql stable security definer set search_path = ''
set plan_cache_mode = 'force_custom_plan' set enable_seqscan = off
as $$
declare
  words text[] := private.asked_words(query);
  asked boolean := words <> '{}';
  nearly boolean := false;
  newest boolean := not asked and sort = 'newest';
  page_size int := private.page_size(list_organizations.size);
  codes text[]; band public.organization_size; city int; is_verified boolean;
  from_score bigint; from_id uuid; from_name text;
  cards jsonb[]; cursors text[]; found int;
begin
  perform private.require_organization();
  perform private.require_filters(filters, array['industry', 'size', 'city', 'verified']);
  if sort is null or sort not in ('name', 'newest') then
    perform private.refuse(422, 'invalid_input', 'This list is sorted by name or newest first.');
  end if;
  codes := case when filters ? 'industry' then coalesce(private.industry_codes(filters ->> 'industry'), '{}') end;
  band := filters ->> 'size';
  city := filters ->> 'city';
  is_verified := filters ->> 'verified';
  select * into from_score, from_id, from_name from private.directory_place(after);
  perform set_config('pg_trgm.word_similarity_threshold', '0.5', true);

  -- What is constant in a call falls away in planning, so that each of the three orders walks its own index.
  loop
    with matched as materialized (
      select company.id, company.name_folded as name,
        case
          when asked then private.match_score(words, ' ' || company.name_folded)
          when newest then (extract(epoch from company.created_at) * 1000000)::bigint
          else 0
        end as score
      from public.organizations as company
      where company.status = 'active'
        and (not asked or (case when nearly
         then (' ' || company.name_folded) operator(extensions.%>) private.core_of(words[1])
           and (words[2] is null or (' ' || company.name_folded) operator(extensions.%>) private.core_of(words[2]))
           and (words[3] is null or (' ' || company.name_folded) operator(extensions.%>) private.core_of(words[3]))
         else (' ' || company.name_folded) like '% ' || words[1] || '%'
           and (words[2] is null or (' ' || company.name_folded) like '% ' || words[2] || '%')
           and (words[3] is null or (' ' || company.name_folded) like '% ' || words[3] || '%')
       end))
        and (codes is null or company.industry = any (codes))
        and (band is null or company.size = band)
        and (city is null or company.city_id = city)
        and (is_verified is null or (company.verified_at is not null) = is_verified)
        and (from_id is null or asked or newest or (company.name_folded, company.id) > (from_name, from_id))
        and (from_id is null or not newest
          or company.created_at <= to_timestamp(0) + from_score * interval '1 microsecond')
      order by
        case when newest then company.created_at end desc,
        case when not asked and not newest then company.name_folded end,
        case when not asked then company.id end
      limit 1001),
    listed as materialized (
      select * from matched
      where from_id is null or (-score, name, id) > (-from_score, from_name, from_id)
      order by score desc, name, id
      limit page_size + 1)
    select
      array_agg(organization.card order by listed.score desc, listed.name, listed.id),
      array_agg(format('%s_%s_%s', listed.score, listed.id, listed.name) order by listed.score desc, listed.name, listed.id),
      (select count(*) from matched)
    into cards, cursors, found
    from listed join private.organization_summaries as organization on organization.id = listed.id;

    exit when found > 0 or nearly or not asked or length(words[1]) < 3;
    nearly := true;
  end loop;

  return jsonb_build_object(
    'organizations', to_jsonb(coalesce(cards[:page_size], '{}')),
    'count', case when from_id is null then found end,
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_organizations is
  'Active companies, sorted by `name` or `newest`; with words, those whose names answer, best first. Filters: industry (section or division), size, city, verified. `count` comes with the first page; 1001 means more than a thousand.';
grant execute on function public.list_organizations to authenticated;

-- A company's page: what it tells of itself, and the first of its people by name.
create function public.organization_page(organization uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  page jsonb;
begin
  perform private.require_organization();
  select summaries.card || jsonb_build_object(
    'website', companies.website,
    'about', companies.about,
    'verified_at', companies.verified_at,
    'since', companies.created_at,
    'people', coalesce((
      select jsonb_agg(person.card order by first.name, first.id)
      from (
        select listed.id, listed.name from private.listed_people as listed
        where listed.organization_id = organization_page.organization
        order by listed.name, listed.id limit 12) as first
      join private.person_summaries as person on person.id = first.id), '[]'))
  into page
  from public.organizations as companies
  join private.organization_summaries as summaries on summaries.id = companies.id
  where companies.id = organization_page.organization and companies.status = 'active';

  if page is null then
    perform private.refuse(404, 'not_found', 'There is no such company.');
  end if;
  return page;
end;
$$;
comment on function public.organization_page is
  'An active company as everybody here may see it, with the first twelve of its people by name.';
grant execute on function public.organization_page to authenticated;
