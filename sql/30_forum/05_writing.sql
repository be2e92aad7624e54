/*
 * Forum, writing — publish, edit, delete.
 *
 * What people call is security definer: clients have no right to write the
 * tables, so that a number, a counter or an author can't be forged. Each begins by
 * asking who is there and may act. `open_topic` and `reply` stand with moderation
 * (43_moderation/7_holding.sql): they come here at once, or once it is accepted.
 */

-- A living topic the caller, or somebody of another organization, can read, locked: all that is done in one topic is done one after another.
create function private.topic_to_act_on(topic uuid, organization uuid default private.require_organization())
returns public.topics
language plpgsql set search_path = ''
as $$
declare
  found_topic public.topics;
begin
  select * into found_topic from public.topics
  where topics.id = topic
    and topics.deleted_at is null
    and (topics.organization_id = organization or topics.visibility = 'community')
  for no key update;
  if found_topic.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  end if;
  return found_topic;
end;
$$;

create function private.require_open(topic public.topics) returns void
language plpgsql set search_path = ''
as $$
begin
  if topic.locked_at is not null then
    perform private.refuse(409, 'topic_locked', 'This topic is closed.');
  end if;
end;
$$;

-- One that is open as well; posts are numbered in the order they commit.
create function private.topic_to_write_in(topic uuid, organization uuid default private.require_organization())
returns public.topics
language plpgsql set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_act_on(topic, organization);
begin
  perform private.require_open(found_topic);
  return found_topic;
end;
$$;

/*
 * How much a topic moves people: tenfold the votes and replies weigh as much as
 * being four days younger. Grows with what happens and never with the clock, so
 * that it is true without a job (the idea of Reddit's "hot").
 */
create function private.topic_trend(votes int, replies int, opened timestamptz) returns double precision
language plpgsql stable set search_path = ''
as $$
begin
  return log(greatest(1, 3 * votes + replies)) + date_part('epoch', opened) / 345600;
end;
$$;

-- Six digits a level. Deeper than 256 levels a post stands beside the others there, or the index could not hold its path.
create function private.path_below(parent_path text, number int) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return left(parent_path, 255 * 6) || lpad(to_hex(number), 6, '0');
end;
$$;

create function private.add_post(
  topic public.topics, id uuid, author uuid, organization uuid, parent public.posts, body jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  next int := topic.numbered_to + 1;
  at timestamptz := clock_timestamp();
begin
  insert into public.posts (
    id, topic_id, number, parent_id, depth, path, author_id, author_organization_id, visibility, organization_id,
    body, created_at)
  values (
    add_post.id, topic.id, next, parent.id,
    case when next = 1 then 0 else coalesce(parent.depth, 0) + 1 end,
    case when next = 1 then '' else private.path_below(coalesce(parent.path, ''), next) end,
    author, add_post.organization, topic.visibility, topic.organization_id, add_post.body, at);
  perform private.count_answer(topic.id, parent, 1);

  update public.topics
  set numbered_to = next,
      last_number = next,
      reply_count = reply_count + (next > 1)::int,
      trend = private.topic_trend(vote_count, reply_count + (next > 1)::int, created_at),
      last_post_at = at,
      last_author_id = author
  where topics.id = topic.id;
end;
$$;

-- A living post more or less below `parent`: counted there, and where its branch begins.
create function private.count_answer(topic uuid, parent public.posts, delta int) returns void
language plpgsql set search_path = ''
as $$
begin
  if parent.id is null then return; end if;
  update public.posts
  set reply_count = reply_count + case when posts.id = parent.id then delta else 0 end,
      branch_count = branch_count + case when posts.depth = 1 then delta else 0 end
  where posts.id = parent.id
    or posts.topic_id = count_answer.topic and posts.path = left(parent.path, 6);
end;
$$;

-- A living reply more or less in its topic, which stands where the newest post that is left puts it.
create function private.count_reply(post public.posts, delta int) returns void
language plpgsql set search_path = ''
as $$
declare
  newest public.posts;
begin
  if post.number = 1 then return; end if;
  perform private.count_answer(post.topic_id, (select posts from public.posts where posts.id = post.parent_id), delta);
  select * into newest from public.posts
  where topic_id = post.topic_id and deleted_at is null order by number desc limit 1;
  update public.topics
  set reply_count = reply_count + delta,
      trend = private.topic_trend(vote_count, reply_count + delta, created_at),
      last_number = coalesce(newest.number, 1),
      last_post_at = coalesce(newest.created_at, created_at),
      last_author_id = case when newest.id is null then author_id else newest.author_id end
  where topics.id = post.topic_id;
end;
$$;

-- Counts anew what the posts of these topics amount to, where more than one has changed at once.
create function private.recount_topics(ids uuid[]) returns void
language plpgsql set search_path = ''
as $$
begin
  with counted as (
    select posts.id,
      (select count(*) from public.posts as answer
       where answer.topic_id = posts.topic_id and answer.parent_id = posts.id and answer.deleted_at is null) as replies,
      case when posts.depth = 1 then
        (select count(*) from public.posts as below
         where below.topic_id = posts.topic_id and below.path > posts.path and below.path < posts.path || 'g'
           and below.deleted_at is null) else 0 end as branch
    from public.posts where posts.topic_id = any (ids))
  update public.posts set reply_count = counted.replies, branch_count = counted.branch
  from counted
  where posts.id = counted.id and (reply_count, branch_count) is distinct from (counted.replies, counted.branch);

  update public.topics
  set reply_count = counted.replies,
      trend = private.topic_trend(vote_count, counted.replies, created_at),
      last_number = coalesce(counted.newest, 1),
      last_post_at = coalesce(counted.newest_at, created_at),
      last_author_id = case when counted.newest_at is null then author_id else counted.newest_author end,
      answer_id = case when exists (
        select from public.posts where posts.id = answer_id and deleted_at is null) then answer_id end
  from (
    select topics.id, living.*
    from public.topics
    cross join lateral (
      select count(*) filter (where number > 1)::int as replies, max(number) as newest, max(posts.created_at) as newest_at,
        (array_agg(posts.author_id order by number desc))[1] as newest_author
      from public.posts where topic_id = topics.id and posts.deleted_at is null) as living
    where topics.id = any (ids)) as counted
  where topics.id = counted.id;
end;
$$;

/*
 * What was written into a category's fields, as it is kept: known keys alone, blank
 * ones left out, line ends of one kind. Names the field at fault.
 */
create function private.fitting_answers(template jsonb, answers jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
  field jsonb;
  key text;
  answer text;
  kept jsonb := '{}';
begin
  if answers is null or jsonb_typeof(answers) <> 'object' then
    perform private.refuse(422, 'template_answer_invalid', 'Answers are texts by the keys of the template.');
  end if;
  select name into key from jsonb_object_keys(answers) as given (name)
  where not exists (select from jsonb_array_elements(template) as known where known ->> 'key' = name) limit 1;
  if key is not null then
    perform private.refuse_field(422, 'template_answer_invalid', left(key, 100), 'This category does not ask for that.');
  end if;
  for field in select * from jsonb_array_elements(template) loop
    key := field ->> 'key';
    if jsonb_typeof(coalesce(answers -> key, '""')) <> 'string' then
      perform private.refuse_field(422, 'template_answer_invalid', key, 'An answer is a text.');
    end if;
    answer := btrim(translate(replace(answers ->> key, E'\r\n', E'\n'), E'\r\t', E'\n '), E' \n');
    if coalesce(private.is_visible(answer), false) then
      if not private.is_prose(answer, 2000) then
        perform private.refuse_field(422, 'template_answer_invalid', key, 'An answer has at most 2,000 characters.');
      end if;
      kept := kept || jsonb_build_object(key, answer);
    elsif (field ->> 'required')::boolean then
      perform private.refuse_field(422, 'template_answer_missing', key, 'This category asks for it.');
    end if;
  end loop;
  return kept;
end;
$$;

/*
 * The category a topic of this person's is put in; refuses one that takes none, or
 * none of theirs. Whose topic another publishes is no moderator.
 */
create function private.open_category(slug text, person uuid default auth.uid()) returns public.categories
language plpgsql stable security definer set search_path = ''
as $$
declare
  shelf public.categories;
begin
  select * into shelf from public.categories where categories.slug = open_category.slug;
  if shelf.id is null then
    perform private.refuse(404, 'not_found', 'There is no such category.');
  elsif shelf.archived_at is not null then
    perform private.refuse(409, 'category_archived', 'This category takes no topics any more.');
  elsif shelf.posting = 'moderators' and (person <> auth.uid() or private.my_platform_role() is null) then
    perform private.refuse(403, 'posting_restricted', 'In this category only moderators open topics.');
  end if;
  return shelf;
end;
$$;

create function private.is_own_topic(id uuid, author uuid) returns boolean
language sql stable set search_path = ''
as $$
  select exists (select from public.topics where topics.id = is_own_topic.id and author_id = author)
$$;

/*
 * Opens a topic for its author, who writes for this organization. Asked again with
 * the same id, nothing changes.
 */
create function private.publish_topic(
  id uuid, author uuid, organization uuid, category text, title text, visibility public.visibility,
  tags text[], template_answers jsonb, body jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  shelf public.categories;
  topic public.topics;
begin
  if private.is_own_topic(id, author) then
    return;
  elsif exists (select from public.posts where posts.id = publish_topic.id) then
    -- What was told about a post would be told of this topic.
    perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
  end if;
  shelf := private.open_category(category, author);
  if length(btrim(title)) < 4 or not coalesce(private.is_name(btrim(title), 160), false) then
    perform private.refuse(422, 'title_invalid', 'A title has 4 to 160 characters.');
  elsif visibility is null then
    perform private.refuse(422, 'invalid_input', 'Say who may read it: community or organization.');
  end if;
  perform private.require_document(body);
  -- From here on no tag goes away (merge_tags).
  lock table public.topics in row exclusive mode;

  insert into public.topics (
    id, category_id, organization_id, author_id, visibility, title, tags, template_answers)
  values (
    publish_topic.id, shelf.id, organization, author,
    publish_topic.visibility, btrim(publish_topic.title), private.chosen_tags(publish_topic.tags),
    private.fitting_answers(shelf.template, coalesce(publish_topic.template_answers, '{}')))
  returning * into topic;
  perform private.add_post(topic, gen_random_uuid(), author, organization, null, body);
exception when unique_violation then
  -- Asked twice at once: the other has opened it meanwhile.
  if not private.is_own_topic(id, author) then
    perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
  end if;
end;
$$;

-- Answers a topic, or a post in it, for its author. Asked again with the same id, nothing changes.
create function private.publish_reply(
  id uuid, author uuid, organization uuid, topic uuid, parent uuid, body jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_act_on(topic, organization);
  answered public.posts;
begin
  if exists (
    select from public.posts
    where posts.id = publish_reply.id and topic_id = topic and author_id = author) then
    return;
  elsif exists (select from public.topics where topics.id = publish_reply.id) then
    -- What was told about a topic would be taken back with this post.
    perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
  end if;
  perform private.require_open(found_topic);
  perform private.require_document(body);
  if parent is not null then
    select * into answered from public.posts
    where posts.id = parent and topic_id = topic and deleted_at is null;
    if answered.id is null then
      perform private.refuse(422, 'parent_invalid', 'What this answers is not in this topic, or is gone.');
    elsif answered.number = 1 then
      -- To answer the opening post is to answer the topic.
      answered := null;
    end if;
  end if;

  perform private.add_post(found_topic, publish_reply.id, author, organization, answered, body);
exception when unique_violation then
  perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
end;
$$;

-- The caller's own post in a topic that is open for writing, locked in the order topic, post.
create function private.my_post_to_change(post uuid) returns public.posts
language plpgsql set search_path = ''
as $$
declare
  own public.posts;
begin
  perform private.require_organization();
  select * into own from public.posts where posts.id = post and deleted_at is null;
  if own.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  end if;
  perform private.topic_to_write_in(own.topic_id);

  select * into own from public.posts where posts.id = post and deleted_at is null for no key update;
  if own.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  elsif own.author_id is distinct from auth.uid() then
    perform private.refuse(403, 'not_allowed', 'Only its author may change a post.');
  end if;
  return own;
end;
$$;

create function public.edit_post(post uuid, body jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  own public.posts := private.my_post_to_change(post);
begin
  perform private.require_document(body);
  if own.body is distinct from edit_post.body then
    insert into public.post_revisions (post_id, revision, body, written_at, editor_id, visibility)
    values (own.id, own.revision, own.body, coalesce(own.edited_at, own.created_at), own.author_id, own.visibility);
    update public.posts set body = edit_post.body, revision = revision + 1, edited_at = clock_timestamp()
    where posts.id = own.id;
  end if;
  return (select card from private.post_cards where post_cards.id = own.id);
end;
$$;
comment on function public.edit_post is
  'Changes what one''s own post says, and returns it.';
grant execute on function public.edit_post to authenticated;

create function public.delete_post(post uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  own public.posts := private.my_post_to_change(post);
  topic public.topics := (select topics from public.topics where topics.id = own.topic_id);
begin
  if own.number = 1 and topic.numbered_to > 1 then
    perform private.refuse(409, 'topic_has_replies', 'Others have answered: this topic can''t be deleted any more.');
  end if;

  -- The topic before its post: categories and tags are counted before companies.
  if own.number = 1 then
    update public.topics set deleted_at = now(), deleted_by = auth.uid() where topics.id = topic.id;
  end if;
  insert into private.deleted_posts (post_id, body, deleted_by) values (own.id, own.body, auth.uid());
  update public.posts set body = null, deleted_at = now() where posts.id = own.id;
  perform private.count_reply(own, -1);
end;
$$;
comment on function public.delete_post is
  'Takes back one''s own post; its place stays where answers hang on it. A topic nobody answered goes with its opening.';
grant execute on function public.delete_post to authenticated;
