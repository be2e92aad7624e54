/*
 * Forum, lists — which topics, in which order, and what is unread.
 *
 * Unread is what a person watches or follows and has not read to its end. New is
 * what they have never opened, for two weeks after it was opened and not before
 * they came themselves; opening it or marking all as read ends both.
 */

-- Which topics does a person watch, follow, mute?
create index topic_readers_by_level on public.topic_readers (user_id, level, topic_id) where level is not null;

-- What one may do ------------------------------------------------------------

-- The values of the filters have their kinds, or the list is refused.
create function private.require_topic_filters(filters jsonb, sort text) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if jsonb_typeof(filters) is distinct from 'object' or exists (
    select from jsonb_each(filters) as given (name, value)
    where coalesce(case
      when name in ('category', 'tag') then jsonb_typeof(value) = 'string'
      when name in ('organization', 'author') then
        jsonb_typeof(value) = 'string' and value #>> '{}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      when name in ('answered', 'unread') then jsonb_typeof(value) = 'boolean'
      when name = 'level' then value #>> '{}' = any (enum_range(null::public.follow_level)::text[])
    end, false) is false)
  then
    perform private.refuse(422, 'invalid_input', 'These are not filters of this list.');
  elsif sort is null or sort not in ('activity', 'newest', 'votes', 'unanswered', 'trending') then
    perform private.refuse(422, 'invalid_input', 'Topics are sorted by activity, newest, votes, unanswered or trending.');
  end if;
end;
$$;

-- The category a list is of; null for all.
create function private.asked_category(filters jsonb) returns uuid
language plpgsql stable set search_path = ''
as $$
declare
  shelf uuid := (select categories.id from public.categories where slug = filters ->> 'category');
begin
  if shelf is null and filters ? 'category' then
    perform private.refuse(404, 'not_found', 'There is no such category.');
  end if;
  return shelf;
end;
$$;

-- The tag a list is of, by its slug or another word for it; null for all.
create function private.asked_tag(filters jsonb) returns text[]
language plpgsql stable set search_path = ''
as $$
declare
  slug text := (private.tag_of(filters ->> 'tag')).slug;
begin
  if slug is null and filters ? 'tag' then
    perform private.refuse(404, 'not_found', 'There is no such tag.');
  end if;
  return case when slug is not null then array[slug] end;
end;
$$;

-- Where a page ended: what its last topic was sorted by.
create function private.topic_cursor(sort text, is_pinned boolean, sorted_at timestamptz, score double precision, id uuid)
returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return format('%s_%s_%s_%s', sort, case when is_pinned then 't' else 'f' end,
    case when sort in ('votes', 'trending') then score::text
      else (extract(epoch from sorted_at) * 1000000)::bigint::text end, id);
end;
$$;

-- The same, read again; nulls where the list begins.
create function private.topic_place(
  sort text, cursor text, out is_pinned boolean, out sorted_at timestamptz, out score double precision, out id uuid)
language plpgsql stable set search_path = ''
as $$
declare
  parts text[] := regexp_match(cursor,
    '^([a-z]+)_([tf])_([0-9]{1,16}(?:\.[0-9]{1,17})?)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
begin
  if cursor is null then return; end if;
  if parts is null or parts[1] <> sort then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
  end if;
  is_pinned := parts[2];
  score := parts[3];
  sorted_at := to_timestamp(0) + parts[3]::numeric::bigint * interval '1 microsecond';
  id := parts[4];
end;
$$;

-- What is unread or new to the caller; of the new at most so many, the latest.
create function private.my_unread(newest int) returns table (topic_id uuid, is_new boolean)
language plpgsql stable security definer rows 100 set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  mine uuid := private.require_organization();
  me uuid := auth.uid();
  since timestamptz := private.new_since();
begin
  return query
  select topics.id, false
  from public.topic_readers as readers
  join public.topics on topics.id = readers.topic_id
  where readers.user_id = me and readers.level in ('watching', 'following')
    and readers.read_number < topics.last_number
    and topics.deleted_at is null and (topics.visibility = 'community' or topics.organization_id = mine)
  union all
  (select topics.id, true
  from public.topics
  where topics.deleted_at is null and topics.created_at >= since
    and (topics.visibility = 'community' or topics.organization_id = mine)
    and not exists (
      select from public.topic_readers as readers where readers.user_id = me and readers.topic_id = topics.id)
  order by topics.created_at desc, topics.id desc
  limit newest);
end;
$$;
grant execute on function private.my_unread to authenticated;

/*
 * The ids of a page, with the place after each. Planned anew for each call: what
 * is not asked falls away in planning, and each order walks its own index.
 * Says itself who may read what: whoever asks is security definer, because a policy
 * would keep the index of tags from being used (its operator could leak).
 */
create function private.find_topics(mine uuid, filters jsonb, sort text, after text, most int)
returns table (id uuid, cursor text)
language plpgsql stable rows 20 set search_path = '' set plan_cache_mode = 'force_custom_plan'
as $$
declare
  me uuid := auth.uid();
  shelf uuid := private.asked_category(filters);
  tag text[] := private.asked_tag(filters);
  company uuid := filters ->> 'organization';
  person uuid := filters ->> 'author';
  answered boolean := filters ->> 'answered';
  unread boolean := filters ->> 'unread';
  asked_level public.follow_level := filters ->> 'level';
  among uuid[]; hidden uuid[] := '{}'; beside uuid[] := '{}';
  from_pinned boolean; from_at timestamptz; from_score double precision; from_id uuid;
begin
  select place.is_pinned, place.sorted_at, place.score, place.id into from_pinned, from_at, from_score, from_id
  from private.topic_place(sort, after) as place;
  if asked_level is not null then
    among := array(
      select readers.topic_id from public.topic_readers as readers where readers.user_id = me and readers.level = asked_level);
  elsif sort in ('activity', 'trending') then
    hidden := private.my_muted_topics();
  end if;
  if unread then
    among := array(select fresh.topic_id from private.my_unread(1000) as fresh
      where among is null or fresh.topic_id = any (among));
  elsif unread is false then
    beside := array(select fresh.topic_id from private.my_unread(1000) as fresh);
  end if;

  return query
  select topics.id, private.topic_cursor(sort,
    case when sort <> 'activity' then false when shelf is null then topics.is_pinned_everywhere else topics.is_pinned end,
    case when sort = 'newest' then topics.created_at else topics.last_post_at end,
    case when sort = 'votes' then topics.vote_count else topics.trend end,
    topics.id)
  from public.topics
  where topics.deleted_at is null
    and (topics.visibility = 'community' or topics.organization_id = mine)
    and (shelf is null or topics.category_id = shelf)
    and (tag is null or topics.tags @> tag)
    and (company is null or topics.organization_id = company)
    and (person is null or topics.author_id = person)
    and (answered is null or (topics.answer_id is not null) = answered)
    and (sort <> 'unanswered' or topics.answer_id is null)
    and (among is null or topics.id = any (among))
    and (hidden = '{}' or topics.id <> all (hidden))
    and (beside = '{}' or topics.id <> all (beside))
    and (from_id is null
      or sort = 'activity' and shelf is null
        and (topics.is_pinned_everywhere, topics.last_post_at, topics.id) < (from_pinned, from_at, from_id)
      or sort = 'activity' and shelf is not null
        and (topics.is_pinned, topics.last_post_at, topics.id) < (from_pinned, from_at, from_id)
      or sort = 'unanswered' and (topics.last_post_at, topics.id) < (from_at, from_id)
      or sort = 'newest' and (topics.created_at, topics.id) < (from_at, from_id)
      or sort = 'votes' and (topics.vote_count, topics.id) < (from_score::bigint, from_id)
      or sort = 'trending' and (topics.trend, topics.id) < (from_score, from_id))
  order by
    case when sort = 'activity' then
      case when shelf is null then topics.is_pinned_everywhere else topics.is_pinned end end desc,
    case when sort in ('activity', 'unanswered') then topics.last_post_at end desc,
    case when sort = 'newest' then topics.created_at end desc,
    case when sort = 'votes' then topics.vote_count end desc,
    case when sort = 'trending' then topics.trend end desc,
    topics.id desc
  limit most;
end;
$$;

-- What a list leaves out for the caller.
create function private.my_muted_topics() returns uuid[]
language plpgsql stable set search_path = ''
as $$
begin
  return array(
    select readers.topic_id from public.topic_readers as readers
    where readers.user_id = auth.uid() and readers.level = 'muted');
end;
$$;

/*
 * In plpgsql, whose plans are kept. The list everybody opens first, what goes on
 * in all of the forum or in one category, has a query for each of the two orders
 * an index gives: planning its page anew took longer than reading it (3.3 ms
 * against 1.0 ms for page two). Every other list finds its ids first
 * (private.find_topics) and reads their cards by a kept plan too.
 */
create function public.list_topics(
  filters jsonb default '{}', sort text default 'activity', after text default null, size int default 20)
returns json
language plpgsql stable security definer set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  page_size int := private.page_size(size);
  mine uuid := private.require_organization();
  hidden uuid[];
  shelf uuid;
  from_pinned boolean := true;
  from_at timestamptz := 'infinity';
  from_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  cards json[];
  cursors text[];
begin
  perform private.require_topic_filters(filters, sort);
  if sort = 'activity' and filters - 'category' = '{}' then
    hidden := private.my_muted_topics();
    shelf := private.asked_category(filters);
    if after is not null then
      select place.is_pinned, place.sorted_at, place.id into from_pinned, from_at, from_id
      from private.topic_place(sort, after) as place;
    end if;
  end if;

  if hidden is null then
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select (select topic.card from private.topic_cards as topic where topic.id = found.id) as card, found.cursor
      from private.find_topics(mine, filters, sort, after, page_size + 1) with ordinality as found (id, cursor, place)
      order by found.place) as page;
  elsif shelf is null then
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select topic.card,
        private.topic_cursor('activity', topic.is_pinned_everywhere, topic.last_post_at, null, topic.id) as cursor
      from private.topic_cards as topic
      where (topic.is_pinned_everywhere, topic.last_post_at, topic.id) < (from_pinned, from_at, from_id)
        and (topic.visibility = 'community' or topic.organization_id = mine) and topic.id <> all (hidden)
      order by topic.is_pinned_everywhere desc, topic.last_post_at desc, topic.id desc
      limit page_size + 1) as page;
  else
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select topic.card, private.topic_cursor('activity', topic.is_pinned, topic.last_post_at, null, topic.id) as cursor
      from private.topic_cards as topic
      where topic.category_id = shelf
        and (topic.is_pinned, topic.last_post_at, topic.id) < (from_pinned, from_at, from_id)
        and (topic.visibility = 'community' or topic.organization_id = mine) and topic.id <> all (hidden)
      order by topic.is_pinned desc, topic.last_post_at desc, topic.id desc
      limit page_size + 1) as page;
  end if;

  return json_build_object(
    'topics', to_json(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_topics is
  'Topics the caller can read: {topics, next}; `next` goes into `after`. Sorted by `activity` (pinned ones first, muted ones left out), `newest`, `votes`, `unanswered` (those without a best answer, by activity) or `trending` (muted ones left out). Filters: category and tag (slugs), organization and author (ids), answered, unread (true or false), level.';
grant execute on function public.list_topics to authenticated;

create function public.unread_count() returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('unread', count(*) filter (where not is_new), 'new', count(*) filter (where is_new))
  from private.my_unread(1000)
$$;
comment on function public.unread_count is
  'How many topics the caller follows and has not read to their end, and how many are new to them (1000 means at least so many): {unread, new}.';
grant execute on function public.unread_count to authenticated;
