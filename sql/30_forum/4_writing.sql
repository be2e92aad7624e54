/*
 * Forum, writing — open a topic, answer, edit, delete.
 *
 * All security definer: clients have no right to write the tables, so that a
 * number, a counter or an author can't be forged. Each begins by asking who
 * is there and may act. A client that lost the answer may ask again with the
 * same `id`: what is there already is returned, not made twice.
 */

-- Locks the topic for a writer, so that posts are numbered in the order they commit.
create function private.topic_to_write_in(topic uuid) returns public.topics
language plpgsql set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  found_topic public.topics;
begin
  select * into found_topic from public.topics
  where topics.id = topic
    and topics.deleted_at is null
    and (topics.organization_id = organization or topics.visibility = 'community')
  for no key update;

  if found_topic.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  elsif found_topic.locked_at is not null then
    perform private.refuse(409, 'topic_locked', 'This topic is closed.');
  end if;
  return found_topic;
end;
$$;

create function private.add_post(topic public.topics, id uuid, parent uuid, body jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.posts (
    id, topic_id, number, parent_id, author_id, author_organization_id, visibility, organization_id, body, created_at)
  values (
    add_post.id, topic.id, topic.last_number + 1, parent, auth.uid(), private.my_organization(),
    topic.visibility, topic.organization_id, add_post.body, clock_timestamp());

  update public.topics
  set last_number = last_number + 1,
      reply_count = reply_count + (last_number > 0)::int,
      last_post_at = clock_timestamp(),
      last_author_id = auth.uid()
  where topics.id = topic.id;
end;
$$;

create function public.open_topic(
  category text, title text, body jsonb,
  visibility public.visibility default 'community', id uuid default gen_random_uuid())
returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  shelf uuid := (select categories.id from public.categories where slug = category);
  topic public.topics;
begin
  if exists (select from public.topics where topics.id = open_topic.id and author_id = auth.uid()) then
    return open_topic.id;
  end if;
  if shelf is null then
    perform private.refuse(404, 'not_found', 'There is no such category.');
  elsif length(btrim(title)) < 4 or not coalesce(private.is_name(btrim(title), 160), false) then
    perform private.refuse(422, 'title_invalid', 'A title has 4 to 160 characters.');
  elsif visibility is null then
    perform private.refuse(422, 'invalid_input', 'Say who may read it: community or organization.');
  end if;
  perform private.require_document(body);

  insert into public.topics (id, category_id, organization_id, author_id, visibility, title)
  values (
    coalesce(open_topic.id, gen_random_uuid()), shelf, organization, auth.uid(),
    open_topic.visibility, btrim(open_topic.title))
  returning * into topic;
  perform private.add_post(topic, gen_random_uuid(), null, body);

  update public.categories set topic_count = topic_count + 1
  where categories.id = shelf and open_topic.visibility = 'community';
  return topic.id;
exception when unique_violation then
  perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
end;
$$;
comment on function public.open_topic is
  'Opens a topic in a category (its slug) and returns its id. Asking again with the same id changes nothing.';
grant execute on function public.open_topic to authenticated;

create function public.reply(topic uuid, body jsonb, parent uuid default null, id uuid default gen_random_uuid())
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_write_in(topic);
  post_id uuid := coalesce(reply.id, gen_random_uuid());
begin
  if exists (
    select from public.posts where posts.id = post_id and topic_id = topic and author_id = auth.uid()) then
    return (select card from private.post_cards where post_cards.id = post_id);
  end if;
  perform private.require_document(body);
  if parent is not null and not exists (
    select from public.posts where posts.id = parent and topic_id = topic and deleted_at is null) then
    perform private.refuse(422, 'parent_invalid', 'What this answers is not in this topic, or is gone.');
  end if;

  perform private.add_post(
    found_topic, post_id,
    -- To answer the opening post is to answer the topic.
    (select posts.id from public.posts where posts.id = parent and number > 1),
    body);
  return (select card from private.post_cards where post_cards.id = post_id);
exception when unique_violation then
  perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
end;
$$;
comment on function public.reply is
  'Answers a topic, or a post in it (`parent`), and returns the post. Asking again with the same id changes nothing.';
grant execute on function public.reply to authenticated;

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
  update public.posts set body = edit_post.body, edited_at = clock_timestamp()
  where posts.id = own.id and posts.body is distinct from edit_post.body;
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
  if own.number = 1 and topic.last_number > 1 then
    perform private.refuse(409, 'topic_has_replies', 'Others have answered: this topic can''t be deleted any more.');
  end if;

  insert into private.deleted_posts (post_id, body, deleted_by) values (own.id, own.body, auth.uid());
  update public.posts set body = null, deleted_at = now() where posts.id = own.id;

  if own.number = 1 then
    update public.topics set deleted_at = now() where topics.id = topic.id;
    update public.categories set topic_count = topic_count - 1
    where categories.id = topic.category_id and topic.visibility = 'community';
  else
    update public.topics set reply_count = reply_count - 1 where topics.id = topic.id;
  end if;
end;
$$;
comment on function public.delete_post is
  'Takes back one''s own post; its place stays where answers hang on it. A topic nobody answered goes with its opening.';
grant execute on function public.delete_post to authenticated;
