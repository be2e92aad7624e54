/*
 * Members, reading — who is in one's company, a page at a time.
 *
 * It answers of the caller's own company alone; address, status and last seen
 * are for its admins.
 */

-- What one may do -----------------------------------------------------------

/*
 * A member as the list shows them. Address, status and last seen are for the
 * admins of the same company: null to everybody else.
 */
create function private.member_card(member uuid, for_admin boolean) returns jsonb
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
    'role', roster.role,
    'joined_at', roster.joined_at,
    'email', case when for_admin then users.email end,
    'status', case when for_admin then roster.status end,
    'last_seen_at', case when for_admin then nullif(roster.last_seen_at, '-infinity') end)
  from private.roster
  join public.profiles on profiles.id = roster.user_id
  join auth.users on users.id = roster.user_id
  where roster.user_id = member
$$;

/*
 * The members a query means: those with each of its words in their name; where
 * there are none, for admins those with it in their address; where there are none
 * either, those whose name is close to it, since somebody mistyped.
 */
create function private.find_members(organization uuid, status public.person_status, query text, by_address boolean)
returns uuid[]
language plpgsql stable set search_path = ''
as $$
declare
  folded text := private.fold(query);
  patterns text[] := (
    select array_agg('%' || regexp_replace(word, '([\\%_])', '\\\1', 'g') || '%')
    from regexp_split_to_table(folded, '\s+') as word);
  found_ids uuid[];
begin
  select array_agg(roster.user_id) into found_ids
  from private.roster
  where roster.organization_id = organization and (find_members.status is null or roster.status = find_members.status)
    and roster.words like all (patterns);

  if found_ids is null and by_address then
    select array_agg(roster.user_id) into found_ids
    from private.roster join auth.users on users.id = roster.user_id
    where roster.organization_id = organization and (find_members.status is null or roster.status = find_members.status)
      and position(lower(query) in users.email) > 0;
  end if;

  if found_ids is null then
    select array_agg(roster.user_id) into found_ids
    from private.roster
    where roster.organization_id = organization and (find_members.status is null or roster.status = find_members.status)
      -- Two letters the wrong way round in a name of six leave 0.43 of it.
      and extensions.word_similarity(folded, roster.words) >= 0.4;
  end if;
  return coalesce(found_ids, '{}');
end;
$$;

-- Where a page ended: the column it is sorted by, the value there (in hex, so that a cursor is one word), the member.
create function private.member_cursor(sorted_by text, value text, member uuid) returns text
language sql immutable set search_path = ''
as $$
  select sorted_by || '.' || encode(convert_to(value, 'utf8'), 'hex') || '.' || member
$$;

create function private.read_member_cursor(after text, sorted_by text, out value text, out member uuid)
language plpgsql immutable set search_path = ''
as $$
begin
  -- Two names of 80 characters make 1,300 digits at most.
  if length(after) > 1400 or after !~ ('^' || sorted_by || '[.]([0-9a-f]{2})+[.][0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
  end if;
  value := convert_from(decode(split_part(after, '.', 2), 'hex'), 'utf8');
  member := split_part(after, '.', 3);
  if sorted_by in ('joined_at', 'last_seen_at') then
    perform value::timestamptz;
  end if;
exception when character_not_in_repertoire or invalid_datetime_format or datetime_field_overflow then
  perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
end;
$$;

create type public.member_sort as enum ('name', 'role', 'joined', 'last_seen');

/*
 * The statement is put together of column names of our own: one that could serve
 * every order would walk the index of none.
 *
 * Security definer: clients have no rights on the roster, nor on Auth's
 * addresses. It answers of the caller's own company alone.
 */
create function public.list_members(
  status public.person_status default null, role public.member_role default null, query text default null,
  sort public.member_sort default 'name', after text default null, size int default 20,
  reader public.locale default null)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  for_admin boolean := private.my_administered_organization() is not null;
  script text := (
    select case coalesce(reader, profiles.locale) when 'ar' then '_ar' else '' end
    from public.profiles where profiles.id = auth.uid());
  sorted_by text := case coalesce(sort, 'name')
    when 'name' then 'name' || script when 'role' then 'role_name' || script
    when 'joined' then 'joined_at' when 'last_seen' then 'last_seen_at' end;
  newest_first boolean := sort in ('joined', 'last_seen');
  asked text := btrim(left(query, 100));
  page_size int := private.page_size(size);
  -- Before every name, or after every time, where no page went before.
  from_value text := case when newest_first then 'infinity' else '' end;
  from_member uuid := case when newest_first then 'ffffffff-ffff-ffff-ffff-ffffffffffff' else '00000000-0000-0000-0000-000000000000' end;
  wanted uuid[];
  cards jsonb[];
  cursors text[];
begin
  if not for_admin then
    if status <> 'active' or sort = 'last_seen' then
      perform private.refuse(403, 'not_allowed', 'Who is deactivated, and who was here when, is for admins.');
    end if;
    status := 'active';
  end if;
  if after is not null then
    select place.value, place.member into from_value, from_member from private.read_member_cursor(after, sorted_by) as place;
  end if;
  if private.is_visible(asked) then
    wanted := private.find_members(organization, status, asked, for_admin);
  end if;

  execute format($statement$
    select
      array_agg(private.member_card(page.user_id, $1)),
      array_agg(private.member_cursor(%1$L, page.value, page.user_id))
    from (
      select roster.user_id, to_jsonb(roster.%1$I) #>> '{}' as value
      from private.roster
      where roster.organization_id = $2
        and ($3 is null or roster.status = $3)
        and ($4 is null or roster.role = $4)
        and ($5 is null or roster.user_id = any ($5))
        and (roster.%1$I, roster.user_id) %2$s ($6::%3$s, $7)
      order by roster.%1$I %4$s, roster.user_id %4$s
      limit $8) as page
    $statement$,
    sorted_by,
    case when newest_first then '<' else '>' end,
    case when newest_first then 'timestamptz' else 'text' end,
    case when newest_first then 'desc' else 'asc' end)
  into cards, cursors
  using for_admin, organization, status, role, wanted, from_value, from_member, page_size + 1;

  return jsonb_build_object(
    'members', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_members is
  'The people of one''s organization, by name (in the order of the script of `reader`, or else of one''s profile), admins first, the newest first, or those first who were here last. Members see active people; admins see all, with address, status and last seen. {members, next}: `next` goes into `after`.';
grant execute on function public.list_members to authenticated;
