/*
 * Forum, reading — each page in one round trip, under the reader's own rights.
 *
 * The cards are views with the reader's rights (security_invoker), so that a
 * list, a page and the answer to a reply show a topic or a post the same way.
 * Cursors are opaque to a client: the place where the last page ended.
 */

create view private.person_cards with (security_invoker = true) as
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
      'organization', case when organizations.id is not null then
        jsonb_build_object('id', organizations.id, 'name', organizations.name) end) as card
  from public.profiles
  left join public.memberships on memberships.user_id = profiles.id
  left join public.organizations on organizations.id = memberships.organization_id;

create view private.topic_cards with (security_invoker = true) as
  select
    topics.id,
    topics.category_id,
    topics.is_pinned,
    topics.last_post_at,
    jsonb_build_object(
      'id', topics.id,
      'title', topics.title,
      'category', jsonb_build_object(
        'slug', categories.slug, 'name_en', categories.name_en, 'name_ar', categories.name_ar),
      'author', author.card,
      'visibility', topics.visibility,
      'reply_count', topics.reply_count,
      'excerpt', coalesce(left(opening.body_text, 240), ''),
      'created_at', topics.created_at,
      'last_post_at', topics.last_post_at,
      'last_author', last_author.card - array['job_title', 'organization'],
      'pinned_at', topics.pinned_at,
      'locked_at', topics.locked_at) as card
  from public.topics
  join public.categories on categories.id = topics.category_id
  left join public.posts as opening on opening.topic_id = topics.id and opening.number = 1
  left join private.person_cards as author on author.id = topics.author_id
  left join private.person_cards as last_author on last_author.id = topics.last_author_id
  where topics.deleted_at is null;

create view private.post_cards with (security_invoker = true) as
  select
    posts.id,
    posts.topic_id,
    posts.number,
    jsonb_build_object(
      'id', posts.id,
      'topic_id', posts.topic_id,
      'number', posts.number,
      'parent_id', posts.parent_id,
      'is_opening', posts.number = 1,
      'author', author.card,
      'body', posts.body,
      'created_at', posts.created_at,
      'edited_at', posts.edited_at,
      'deleted_at', posts.deleted_at,
      'mine', coalesce(posts.author_id = (select auth.uid()), false)) as card
  from public.posts
  left join private.person_cards as author on author.id = posts.author_id;

grant select on private.person_cards, private.topic_cards, private.post_cards to authenticated;

create function public.list_categories()
returns table (
  id uuid, slug text, name_en text, name_ar text, description_en text, description_ar text,
  icon text, color text, topic_count int, last_post_at timestamptz)
language sql stable set search_path = ''
as $$
  select
    categories.id, categories.slug, categories.name_en, categories.name_ar,
    categories.description_en, categories.description_ar, categories.icon, categories.color,
    categories.topic_count + (
      select count(*)::int from public.topics
      where topics.category_id = categories.id
        and topics.organization_id = (select private.my_organization())
        and topics.visibility = 'organization' and topics.deleted_at is null),
    greatest(newest.last_post_at, pinned.last_post_at)
  from public.categories
  -- One step into the index for each of its two halves.
  left join lateral (
    select topics.last_post_at from public.topics
    where topics.category_id = categories.id and topics.deleted_at is null and not topics.is_pinned
    order by topics.last_post_at desc limit 1) as newest on true
  left join lateral (
    select topics.last_post_at from public.topics
    where topics.category_id = categories.id and topics.deleted_at is null and topics.is_pinned
    order by topics.last_post_at desc limit 1) as pinned on true
  order by categories.position, categories.name_en
$$;
comment on function public.list_categories is
  'All categories in order, with the number of topics and the time of the newest post that the caller can read.';
grant execute on function public.list_categories to authenticated;

/*
 * In plpgsql, whose plans are kept; one query for each of the two orders an
 * index gives, because a plan for "this category or any" would use neither.
 * The general plan walks the same index wherever a page begins; planning each
 * page anew took longer than reading it (3.3 ms against 1.0 ms for page two).
 */
create function public.list_topics(category text default null, after text default null, size int default 20)
returns jsonb
language plpgsql stable set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  page_size int := private.page_size(size);
  shelf uuid;
  from_pinned boolean := true;
  from_at timestamptz := 'infinity';
  from_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  cards jsonb[];
  cursors text[];
begin
  perform private.require_organization();
  if after is not null then
    if after !~ '^[tf]_[0-9]{1,16}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
      perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
    end if;
    from_pinned := split_part(after, '_', 1) = 't';
    from_at := to_timestamp(0) + split_part(after, '_', 2)::bigint * interval '1 microsecond';
    from_id := split_part(after, '_', 3);
  end if;

  if category is null then
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select topic.card, private.topic_cursor(topic.is_pinned, topic.last_post_at, topic.id) as cursor
      from private.topic_cards as topic
      where (topic.is_pinned, topic.last_post_at, topic.id) < (from_pinned, from_at, from_id)
      order by topic.is_pinned desc, topic.last_post_at desc, topic.id desc
      limit page_size + 1) as page;
  else
    shelf := (select categories.id from public.categories where slug = category);
    if shelf is null then
      perform private.refuse(404, 'not_found', 'There is no such category.');
    end if;
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select topic.card, private.topic_cursor(topic.is_pinned, topic.last_post_at, topic.id) as cursor
      from private.topic_cards as topic
      where topic.category_id = shelf
        and (topic.is_pinned, topic.last_post_at, topic.id) < (from_pinned, from_at, from_id)
      order by topic.is_pinned desc, topic.last_post_at desc, topic.id desc
      limit page_size + 1) as page;
  end if;

  return jsonb_build_object(
    'topics', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_topics is
  'Topics the caller can read, pinned first, then by their newest post. {topics, next}: `next` goes into `after`.';
grant execute on function public.list_topics to authenticated;

create function private.topic_cursor(is_pinned boolean, last_post_at timestamptz, id uuid) returns text
language sql immutable set search_path = ''
as $$
  select case when is_pinned then 't' else 'f' end
    || '_' || (extract(epoch from last_post_at) * 1000000)::bigint || '_' || id
$$;
grant execute on function private.topic_cursor to authenticated;

create function public.topic_page(topic uuid, after text default null, size int default 20)
returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  page_size int := private.page_size(size);
  head jsonb;
  seen int := 0;
  cards jsonb[];
begin
  perform private.require_organization();
  if after is not null then
    if after !~ '^[0-9]{1,9}$' then
      perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this topic.');
    end if;
    seen := after::int;
  end if;

  select card into head from private.topic_cards where topic_cards.id = topic_page.topic;
  if head is null then
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
  end if;

  select array_agg(page.card) into cards
  from (
    select post.card from private.post_cards as post
    where post.topic_id = topic_page.topic and post.number > seen
    order by post.number
    limit page_size + 1) as page;

  return jsonb_build_object(
    'topic', head,
    'posts', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cards[page_size] ->> 'number' end);
end;
$$;
comment on function public.topic_page is
  'A topic and its posts in the order they were written, a page at a time. {topic, posts, next}.';
grant execute on function public.topic_page to authenticated;
