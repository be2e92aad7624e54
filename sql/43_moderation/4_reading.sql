/*
 * Moderation, reading — the queue, a case, and one's own standing.
 *
 * Of what is written for one company moderators see the reported post and nothing
 * around it: not its topic, not what it answers. Security definer throughout,
 * since nobody has a right to the cases.
 */

-- What one may do -----------------------------------------------------------

create function private.case_card(shown private.cases) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'kind', 'case',
    'id', shown.id,
    'state', shown.state,
    'opened_at', shown.opened_at,
    'moved_at', shown.moved_at,
    'found', shown.found,
    'reasons', (
      select coalesce(jsonb_object_agg(reason, amount), '{}')
      from (select reason, count(*) as amount from public.reports where case_id = shown.id group by reason) as counted),
    'author', author.card,
    'topic', case when posts.visibility = 'community' then
      jsonb_build_object('id', topics.id, 'title', topics.title, 'deleted_at', topics.deleted_at) end,
    'visibility', posts.visibility,
    'excerpt', left(coalesce(posts.body_text, private.document_text(deleted.body), ''), 240),
    'decision', shown.decision,
    'outcome', shown.outcome)
  from (select) as one
  left join public.posts on posts.id = shown.post_id
  left join public.topics on topics.id = posts.topic_id
  left join private.deleted_posts as deleted on deleted.post_id = posts.id
  left join private.person_cards as author on author.id = shown.author_id
$$;

-- What a held post opened or answers, as {id, title}; null where that is gone, or is one company's by now.
create function private.held_topic(shown private.held_posts) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('id', topics.id, 'title', topics.title)
  from public.topics
  where topics.id = case when shown.opens_topic then shown.id else shown.topic_id end and topics.deleted_at is null
    and topics.visibility = 'community'
$$;

create function private.held_card(shown private.held_posts) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'kind', 'held',
    'id', shown.id,
    'state', shown.state,
    'opens_topic', shown.opens_topic,
    'created_at', shown.created_at,
    'author', (select card from private.person_cards where person_cards.id = shown.author_id),
    'title', shown.input ->> 'title',
    'topic', private.held_topic(shown),
    'found', private.watched_in(
      concat_ws(' ', shown.input ->> 'title', private.document_text(shown.input -> 'body')),
      private.document_links(shown.input -> 'body'), 'report'),
    'excerpt', left(coalesce(private.document_text(shown.input -> 'body'), ''), 240))
$$;

create function public.list_cases(state public.case_state default 'open', after text default null, size int default 20)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  page_size int := private.page_size(size);
  is_history boolean := state in ('decided', 'closed');
  place record := private.read_time_cursor(after);
  cards jsonb[];
  cursors text[];
begin
  perform private.require_moderator();
  if state is null then
    perform private.refuse(422, 'invalid_input', 'Say which: open, appealed or decided.');
  elsif is_history then
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select private.case_card(cases) as card, private.time_cursor(moved_at, id) as cursor
      from private.cases
      where cases.state in ('decided', 'closed') and (moved_at, id) < (place.at, place.id)
      order by moved_at desc, id desc limit page_size + 1) as page;
  else
    select array_agg(page.card), array_agg(page.cursor) into cards, cursors
    from (
      select waits.card, private.time_cursor(waits.at, waits.id) as cursor
      from (
        (select private.case_card(cases) as card, moved_at as at, id from private.cases
         where cases.state = list_cases.state and (after is null or (moved_at, id) > (place.at, place.id))
         order by moved_at, id limit page_size + 1)
        union all
        (select private.held_card(held), created_at, id from private.held_posts as held
         where list_cases.state = 'open' and held.state = 'waiting'
           and (after is null or (created_at, id) > (place.at, place.id))
         order by created_at, id limit page_size + 1)) as waits
      order by waits.at, waits.id limit page_size + 1) as page;
  end if;
  return jsonb_build_object(
    'cases', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_cases is
  'For moderators: what waits to be decided (open, with the posts that are held; appealed), the longest first, or what was decided, newest first. {cases, next}: `next` goes into `after`.';
grant execute on function public.list_cases to authenticated;

create function private.require_case(id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  shown private.cases;
  post public.posts;
  deleted private.deleted_posts;
begin
  select * into shown from private.cases where cases.id = require_case.id;
  if shown.id is null then
    perform private.refuse(404, 'not_found', 'There is no such case.');
  end if;
  select * into post from public.posts where posts.id = shown.post_id;
  select * into deleted from private.deleted_posts where post_id = post.id;
  return private.case_card(shown) || jsonb_build_object(
    'revision', shown.revision + coalesce(post.revision, 0),
    'post', case when post.id is not null then jsonb_build_object(
      'id', post.id, 'number', post.number, 'created_at', post.created_at, 'edited_at', post.edited_at,
      'deleted_at', post.deleted_at, 'hidden_at', post.hidden_at,
      'body', coalesce(post.body, deleted.body),
      'template_answers', case when post.number = 1 then (
        select private.answered_fields(category_id, coalesce(deleted.template_answers, template_answers))
        from public.topics where topics.id = post.topic_id) else '[]' end) end,
    'answers', (
      select jsonb_build_object('author', author.card, 'excerpt', coalesce(left(above.body_text, 400), ''))
      from public.posts as above
      left join private.person_cards as author on author.id = above.author_id
      where post.visibility = 'community' and post.number > 1 and above.topic_id = post.topic_id
        and (above.id = post.parent_id or post.parent_id is null and above.number = 1)),
    'reports', (
      select coalesce(jsonb_agg(jsonb_build_object('reason', reason, 'note', reports.note, 'created_at', created_at)
        order by created_at), '[]')
      from public.reports where case_id = shown.id),
    'record', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', earlier.id, 'decision', earlier.decision, 'note', earlier.note, 'decided_at', earlier.decided_at)
        order by earlier.decided_at desc), '[]')
      from private.cases as earlier
      where earlier.author_id = shown.author_id and earlier.id <> shown.id and earlier.decision <> 'keep'
        and earlier.outcome is distinct from 'overturned'),
    'note', shown.note,
    'until', shown.until,
    'decided_at', shown.decided_at,
    'decided_by', (select card from private.person_cards where person_cards.id = shown.decided_by),
    'appeal', shown.appeal,
    'review_note', shown.review_note,
    'reviewed_at', shown.reviewed_at,
    'reviewed_by', (select card from private.person_cards where person_cards.id = shown.reviewed_by),
    'mine', coalesce(shown.author_id = auth.uid(), false)
      or shown.state = 'appealed' and coalesce(shown.decided_by = auth.uid(), false));
end;
$$;

create function public.moderation_case(id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_moderator();
  return private.require_case(id);
end;
$$;
comment on function public.moderation_case is
  'For moderators: a case with its post, why it was reported, what was decided, and what was decided about its author before. `mine` says that it is for another moderator to decide.';
grant execute on function public.moderation_case to authenticated;

create function public.my_standing() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  return jsonb_build_object(
    'suspended_until', private.suspended_until(auth.uid()),
    'posts_wait', private.my_first_posts_wait(),
    'held', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', mine.id, 'state', mine.state, 'opens_topic', mine.opens_topic, 'created_at', mine.created_at,
        'note', mine.note, 'decided_at', mine.decided_at,
        'title', mine.input ->> 'title', 'topic', private.held_topic(mine), 'body', mine.input -> 'body')
        order by mine.created_at desc), '[]')
      from (
        select * from private.held_posts
        where author_id = auth.uid() and state <> 'accepted'
        order by created_at desc limit 100) as mine),
    'decisions', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', mine.id, 'state', mine.state, 'decision', mine.decision, 'note', mine.note, 'until', mine.until,
        'decided_at', mine.decided_at, 'appeal', mine.appeal, 'outcome', mine.outcome,
        'review_note', mine.review_note, 'reviewed_at', mine.reviewed_at,
        'topic', case when topics.id is not null then
          jsonb_build_object('id', topics.id, 'title', topics.title, 'deleted_at', topics.deleted_at) end,
        'post', mine.post_id, 'body', coalesce(posts.body, deleted.body)) order by mine.decided_at desc), '[]')
      from (
        select * from private.cases
        where author_id = auth.uid() and decision <> 'keep'
        order by decided_at desc limit 100) as mine
      left join public.posts on posts.id = mine.post_id
      left join private.deleted_posts as deleted on deleted.post_id = posts.id
      left join public.topics on topics.id = posts.topic_id
        and (topics.visibility = 'community' or topics.organization_id = private.my_organization())
        and (topics.deleted_at is null or topics.author_id = auth.uid())));
end;
$$;
comment on function public.my_standing is
  'What moderators decided about the caller''s posts and what waits for them, newest first, with the caller''s own words; until when their writing is paused, and whether what they write for the community waits. {suspended_until, posts_wait, held, decisions}.';
grant execute on function public.my_standing to authenticated;
