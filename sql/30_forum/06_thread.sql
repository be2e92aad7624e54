/*
 * Forum, threads — a topic read in branches, and what has changed in it since.
 *
 * Posts sorted by `path` stand in reading order, and a branch is what begins
 * with the path of its first post: a page of a topic is a page of branches, each
 * with its first posts; the rest of a branch is read by the path. A gap is the
 * path of a post behind which there is more to read. A deleted post is shown
 * only where something living hangs on it, or where moderators hid it.
 */

-- Tables ------------------------------------------------------------------

/*
 * The transaction that last changed what a post says or is worth. A reader who
 * comes back asks for all from the oldest one that was open at the last reading:
 * a clock would lose what was written before that moment and committed after it.
 */
alter table public.posts add column changed_in bigint not null default pg_current_xact_id()::text::bigint;

-- What has happened in this topic since?
create index on public.posts (topic_id, changed_in, id);

create function private.posts_mark_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.changed_in := pg_current_xact_id()::text::bigint;
  return new;
end;
$$;

create trigger before_update_mark_change before update of body, deleted_at, vote_count, author_id on public.posts
  for each row execute function private.posts_mark_change();

create view private.shown_posts with (security_invoker = true) as
  select post.* from private.post_cards as post
  where post.deleted_at is null or post.hidden_at is not null or exists (
    select from public.posts as living
    where living.topic_id = post.topic_id and living.path > post.path and living.path < post.path || 'g'
      and living.deleted_at is null);

-- Who may -----------------------------------------------------------------

-- What a post said before is read by who can read the post, while it is there, and could read it then.
grant select on public.post_revisions to authenticated;

create policy select_reader on public.post_revisions
  for select to authenticated
  using (exists (
    select from public.posts join public.topics on topics.id = posts.topic_id
    where posts.id = post_id and posts.deleted_at is null
      and (post_revisions.visibility = 'community' or posts.organization_id = (select private.my_organization()))));

-- What one may do -----------------------------------------------------------

/*
 * The next branches of a topic from a place on, forwards or backwards, as they
 * were begun or by their votes: one statement for each order an index gives.
 * Branches of which nothing is left are passed over. A place is <votes>_<number>.
 */
create function private.branches_from(topic uuid, by_votes boolean, forwards boolean, place text, amount int)
returns table (id uuid, place_of text)
language plpgsql stable set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  from_votes int := split_part(place, '_', 1);
  from_number int := split_part(place, '_', 2);
begin
  if by_votes and forwards then
    return query
      select posts.id, posts.vote_count || '_' || posts.number from public.posts
      where topic_id = topic and depth = 1 and (deleted_at is null or hidden_at is not null or branch_count > 0)
        and vote_count <= from_votes and (vote_count < from_votes or number > from_number)
      order by vote_count desc, number limit amount;
  elsif by_votes then
    return query
      select posts.id, posts.vote_count || '_' || posts.number from public.posts
      where topic_id = topic and depth = 1 and (deleted_at is null or hidden_at is not null or branch_count > 0)
        and vote_count >= from_votes and (vote_count > from_votes or number < from_number)
      order by vote_count, number desc limit amount;
  elsif forwards then
    return query
      select posts.id, posts.vote_count || '_' || posts.number from public.posts
      where topic_id = topic and depth = 1 and (deleted_at is null or hidden_at is not null or branch_count > 0) and number > from_number
      order by number limit amount;
  else
    return query
      select posts.id, posts.vote_count || '_' || posts.number from public.posts
      where topic_id = topic and depth = 1 and (deleted_at is null or hidden_at is not null or branch_count > 0) and number < from_number
      order by number desc limit amount;
  end if;
end;
$$;

-- Branches with the first posts below each; the first of them around its post at `target`, where there is one.
create function private.branch_cards(topic uuid, ids uuid[], target text) returns json
language plpgsql stable set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
begin
  return (
    select coalesce(json_agg(
      case when target is not null and chosen.place = 1 then private.branch_around(branch_cards.topic, target)
      else json_build_object(
        'post', root.card,
        'replies', to_json(coalesce(below.cards[1:5], '{}')),
        'gaps', to_json(case when cardinality(below.cards) > 5 then below.paths[5:5] else '{}' end)) end
      order by chosen.place), '[]')
    from unnest(ids) with ordinality as chosen (id, place)
    join private.post_cards as root on root.id = chosen.id
    left join lateral (
      select array_agg(first.card order by first.path) as cards, array_agg(first.path order by first.path) as paths
      from (
        select post.card, post.path from private.shown_posts as post
        where root.branch_count > 0
          and post.topic_id = root.topic_id and post.path > root.path and post.path < root.path || 'g'
        order by post.path limit 6) as first) as below on true);
end;
$$;

-- The branch around one of its posts: all posts that one hangs on, itself, and what follows.
create function private.branch_around(topic uuid, target text) returns json
language plpgsql stable set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
begin
  return (
    with above as (
      select post.card, post.path, lead(post.path, 1, target) over (order by post.path) as next_path
      from private.post_cards as post
      where post.topic_id = branch_around.topic
        and post.path = any (array(
          select left(target, 6 * level) from generate_series(1, length(target) / 6 - 1) as level))
    ), following as (
      select post.card, post.path, row_number() over (order by post.path) as place
      from private.shown_posts as post
      where post.topic_id = branch_around.topic and post.path >= target and post.path < left(target, 6) || 'g'
      order by post.path limit 11
    ), replies as (
      select card, path from above where path > left(target, 6)
      union all
      select card, path from following where place <= 10 and path > left(target, 6)
    ), gaps (path) as (
      select path from above
      where exists (
        select from private.shown_posts as post
        where post.topic_id = branch_around.topic and post.path > above.path and post.path < above.next_path)
      union all
      select path from following where place = 10 and exists (select from following where place = 11)
    )
    select json_build_object(
      'post', (select card from private.post_cards as post
               where post.topic_id = branch_around.topic and post.path = left(target, 6)),
      'replies', coalesce((select json_agg(card order by path) from replies), '[]'),
      'gaps', coalesce((select json_agg(path order by path) from gaps), '[]')));
end;
$$;

-- A topic the caller can read, as its card; refuses any other.
create function private.require_topic(topic uuid) returns json
language plpgsql stable set search_path = ''
as $$
declare
  mine uuid := private.require_organization();
  head json;
  answers jsonb := private.topic_answers(topic);
begin
  select card into head from private.topic_cards
  where topic_cards.id = require_topic.topic and (visibility = 'community' or organization_id = mine);
  if head is null then
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
  end if;
  return case
    when answers = '[]' then head
    else (head::jsonb || jsonb_build_object('template_answers', answers))::json end;
end;
$$;

-- Below this transaction all that was written has been read.
create function private.reading_mark() returns bigint
language plpgsql stable set search_path = ''
as $$
begin
  return pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
end;
$$;

create function public.topic_page(
  topic uuid, sort text default 'oldest', after text default null, before text default null,
  post uuid default null, size int default 20)
returns json
language plpgsql stable security definer set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  page_size int := private.page_size(size);
  head json := private.require_topic(topic);
  forwards boolean := (before is null) = (sort <> 'newest');
  place text := coalesce(after, before);
  target text;
  ids uuid[];
  places text[];
  is_more boolean;
  answer json;
begin
  if sort is null or sort not in ('oldest', 'newest', 'votes') then
    perform private.refuse(422, 'invalid_input', 'Sort by oldest, newest or votes.');
  elsif place !~ '^[0-9]{1,9}_[0-9]{1,9}$' or (after is not null and before is not null) then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this topic.');
  end if;

  if place is null and post is not null then
    -- From the branch on that this post stands in, where anything of it is left.
    select posts.path, root.vote_count || '_' || (root.number + case when sort = 'newest' then 1 else -1 end)
    into target, place
    from public.posts
    join public.posts as root on root.topic_id = posts.topic_id and root.path = left(posts.path, 6)
    where posts.topic_id = topic_page.topic and posts.id = post and posts.depth > 0
      and (root.deleted_at is null or root.hidden_at is not null or root.branch_count > 0);
  end if;

  select array_agg(branch.id), array_agg(branch.place_of) into ids, places
  from private.branches_from(
    topic, sort = 'votes', forwards,
    coalesce(place, case when sort = 'oldest' then '0_0' else '2147483647_2147483647' end), page_size + 1) as branch;
  is_more := cardinality(ids) > page_size;
  ids := ids[1:page_size];
  places := places[1:page_size];
  if before is not null then
    ids := array(select id from unnest(ids) with ordinality as each (id, rank) order by rank desc);
    places := array(select each.place from unnest(places) with ordinality as each (place, rank) order by rank desc);
  end if;

  if head ->> 'answer_id' is not null then
    select card into answer from private.post_cards where post_cards.id = (head ->> 'answer_id')::uuid;
  end if;

  return json_build_object(
    'topic', head,
    'opening', (select card from private.post_cards where post_cards.topic_id = topic_page.topic and number = 1),
    'answer', answer,
    'branches', private.branch_cards(topic, ids, target),
    'next', case when before is not null or is_more then places[cardinality(places)] end,
    'previous', case
      when before is not null then case when is_more then places[1] end
      when place is not null and exists (
        select from private.branches_from(topic, sort = 'votes', not forwards, places[1], 1)) then places[1] end,
    'mark', private.reading_mark());
end;
$$;
comment on function public.topic_page is
  'A topic as a page of its branches, sorted by oldest, newest or votes; with `post`, from the branch on that it stands in. {topic, opening, answer, branches: [{post, replies, gaps}], next, previous, mark}: `next` goes into `after`, `previous` into `before`, a gap into branch_page, `mark` into posts_since.';
grant execute on function public.topic_page to authenticated;

create function public.branch_page(post uuid, after text default null, size int default 20)
returns json
language plpgsql stable security definer set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  page_size int := private.page_size(size);
  mine uuid := private.require_organization();
  beginning public.posts;
  cards json[];
  paths text[];
begin
  if after !~ '^([0-9a-f]{6})+$' then
    perform private.refuse(422, 'cursor_invalid', 'This is not a place in this branch.');
  end if;
  select posts.* into beginning
  from public.posts join public.topics on topics.id = posts.topic_id
  where posts.id = post and topics.deleted_at is null
    and (topics.visibility = 'community' or topics.organization_id = mine);
  if beginning.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  end if;

  select array_agg(page.card order by page.path), array_agg(page.path order by page.path) into cards, paths
  from (
    select below.card, below.path from private.shown_posts as below
    where below.topic_id = beginning.topic_id
      and below.path > greatest(after collate "C", beginning.path) and below.path < beginning.path || 'g'
    order by below.path
    limit page_size + 1) as page;

  return json_build_object(
    'posts', to_json(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then paths[page_size] end);
end;
$$;
comment on function public.branch_page is
  'What stands below a post, in reading order. {posts, next}: `next`, or the path of any post in the branch, goes into `after`.';
grant execute on function public.branch_page to authenticated;

create function public.posts_since(topic uuid, mark bigint, after text default null, size int default 100)
returns json
language plpgsql stable security definer set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  page_size int := private.page_size(size);
  head json := private.require_topic(topic);
  from_change bigint := mark;
  from_id uuid := '00000000-0000-0000-0000-000000000000';
  ids uuid[];
  changes bigint[];
  is_more boolean;
begin
  if after !~ '^[0-9]{1,18}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this topic.');
  elsif mark is null then
    perform private.refuse(422, 'invalid_input', 'Say since when: a mark of this topic.');
  elsif after is not null then
    from_change := split_part(after, '_', 1);
    from_id := split_part(after, '_', 2);
  end if;

  select array_agg(page.id), array_agg(page.changed_in) into ids, changes
  from (
    select posts.id, posts.changed_in from public.posts
    where posts.topic_id = posts_since.topic and (posts.changed_in, posts.id) > (from_change, from_id)
    order by posts.changed_in, posts.id
    limit page_size + 1) as page;
  is_more := cardinality(ids) > page_size;
  ids := ids[1:page_size];

  return json_build_object(
    'topic', head,
    'answer', (select card from private.post_cards where post_cards.id = (head ->> 'answer_id')::uuid),
    'posts', (
      select coalesce(json_agg(card order by number), '[]') from private.post_cards where post_cards.id = any (ids)),
    'counts', (
      select coalesce(json_agg(json_build_object(
        'id', posts.id, 'reply_count', posts.reply_count, 'branch_count', posts.branch_count)), '[]')
      from public.posts
      where posts.topic_id = posts_since.topic and posts.id in (
        select changed.parent_id from public.posts as changed where changed.id = any (ids)
        union
        select root.id from public.posts as changed
        join public.posts as root on root.topic_id = changed.topic_id and root.path = left(changed.path, 6)
        where changed.id = any (ids))),
    'mark', private.reading_mark(),
    'next', case when is_more then changes[page_size] || '_' || ids[page_size] end);
end;
$$;
comment on function public.posts_since is
  'Which posts of a topic were written, edited, deleted or voted for since a mark, each once and as it is now. {topic, answer, posts, counts, mark, next}: `counts` of what they hang on; while there is a `next` it goes into `after`, then the mark of the first answer into the next call.';
grant execute on function public.posts_since to authenticated;

create function public.post_history(post uuid, before int default null, size int default 20) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  page_size int := private.page_size(size);
  versions jsonb[];
  revisions int[];
begin
  perform private.require_organization();
  if not exists (
    select from public.posts join public.topics on topics.id = posts.topic_id
    where posts.id = post and posts.deleted_at is null)
  then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  end if;

  select array_agg(page.version order by page.revision desc), array_agg(page.revision order by page.revision desc)
  into versions, revisions
  from (
    select version.revision, jsonb_build_object(
      'revision', version.revision, 'body', version.body, 'written_at', version.written_at,
      'editor', editor.byline) as version
    from (
      select revision, body, written_at, editor_id from public.post_revisions where post_id = post
      union all
      select posts.revision, posts.body, coalesce(posts.edited_at, posts.created_at), posts.author_id
      from public.posts where posts.id = post) as version
    left join private.person_cards as editor on editor.id = version.editor_id
    where before is null or version.revision < before
    order by version.revision desc
    limit page_size + 1) as page;
  return jsonb_build_object(
    'versions', to_jsonb(coalesce(versions[1:page_size], '{}')),
    'next', case when cardinality(revisions) > page_size then revisions[page_size] end);
end;
$$;
comment on function public.post_history is
  'What a post has said, newest first, a page at a time: {versions: [{revision, body, written_at, editor}], next}: `next` goes into `before`. What it said while one company alone read it, only that company reads.';
grant execute on function public.post_history to authenticated;
