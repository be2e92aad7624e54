/*
 * Moderation, holding — the first posts of a new account wait for a moderator.
 *
 * Those for the community alone: what a company writes to itself is not for
 * moderators to read. What is held is tried out in full and taken back, so that its
 * author hears every refusal at once, and is published by the same functions when a
 * moderator accepts it: nothing that reads the forum knows of it. Moderators are
 * never held.
 */

-- Who may -----------------------------------------------------------------

-- Does what the caller writes for the community wait? Posts that were taken away do not speak for them.
create function private.my_first_posts_wait() returns boolean
language plpgsql stable security definer set search_path = ''
as $$
declare
  held int := (select held_first_posts from public.posting_rules);
begin
  if coalesce(held, 0) = 0 or private.my_platform_role() is not null then
    return false;
  end if;
  return held > (
    select count(*) from (
      select from public.posts
      where author_id = auth.uid() and visibility = 'community' and deleted_at is null and topic_deleted_at is null
      limit held) as accepted);
end;
$$;

-- The organization that a person writes for at this moment, as private.my_organization() says it of the caller.
create function private.writes_for(person uuid) returns uuid
language sql stable set search_path = ''
as $$
  select organizations.id from public.memberships
  join public.profiles on profiles.id = user_id and profiles.status = 'active'
  join public.organizations on organizations.id = organization_id and organizations.status = 'active'
  where user_id = person and private.suspended_until(person) is null
$$;

-- Moderators see the pictures and files of what waits.
create function private.is_waiting_file(file uuid) returns boolean
language sql stable security definer set search_path = ''
as $$ select exists (select from private.waiting_files where file_id = file) $$;
grant execute on function private.is_waiting_file to authenticated;

create policy select_moderator_while_held on storage.objects
  for select to authenticated
  using (bucket_id = 'attachments' and (select private.my_platform_role()) is not null
    and private.is_waiting_file(private.file_of_object(objects.name)));

-- What one may do -----------------------------------------------------------

create function private.publish(post private.held_posts, organization uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  if post.opens_topic then
    perform private.publish_topic(
      post.id, post.author_id, organization, (select slug from public.categories where id = post.category_id),
      post.input ->> 'title', 'community', array(select jsonb_array_elements_text(post.input -> 'tags')),
      post.input -> 'template_answers', post.input -> 'body');
  else
    perform private.publish_reply(
      post.id, post.author_id, organization, post.topic_id, (post.input ->> 'parent')::uuid, post.input -> 'body');
  end if;
end;
$$;

-- Whether what opens a topic, or answers this one, by this id is held, or is to be. What is published already is not.
create function private.goes_aside(id uuid, topic uuid, readers public.visibility) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
  return exists (
      select from private.held_posts
      where held_posts.id = goes_aside.id and author_id = auth.uid() and state <> 'accepted')
    or coalesce(readers = 'community', false) and private.my_first_posts_wait()
      and not case
        when topic is null then private.is_own_topic(goes_aside.id, auth.uid())
        else exists (
          select from public.posts
          where posts.id = goes_aside.id and posts.topic_id = goes_aside.topic and author_id = auth.uid())
        end;
end;
$$;

-- Puts aside what would be published now, and answers 202. Asked again with the same id, nothing changes.
create function private.hold(post private.held_posts, organization uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  perform set_config('response.status', '202', true);
  if exists (select from private.held_posts where id = post.id and author_id = post.author_id) then
    return;
  end if;
  begin
    perform private.publish(post, organization);
    raise sqlstate 'HOLD1';
  exception when sqlstate 'HOLD1' then
    null;
  end;
  -- What was counted there is taken back too. The person's row of it lets their posts in one after another.
  perform private.limit_rate('posts.minute', auth.uid()::text, 12, 60);
  if (select count(*) from private.held_posts where author_id = post.author_id and state = 'waiting') >= 10 then
    perform private.refuse(409, 'held_posts_limit', 'Ten of your posts wait for a moderator: wait for them too.');
  end if;
  insert into private.held_posts (id, author_id, opens_topic, category_id, topic_id, input)
  values (post.id, post.author_id, post.opens_topic, post.category_id, post.topic_id, post.input)
  on conflict (id) do nothing;
  if not exists (select from private.held_posts where id = post.id and author_id = post.author_id) then
    perform private.refuse(409, 'id_taken', 'This id is in use: ask again with a new one.');
  end if;
  insert into private.waiting_files (file_id, waits_in)
  select file, post.id from unnest(private.document_files(post.input -> 'body')) as file
  on conflict do nothing;
end;
$$;

create function public.open_topic(
  category text, title text, body jsonb,
  visibility public.visibility default 'community', id uuid default gen_random_uuid(),
  tags text[] default '{}', template_answers jsonb default '{}')
returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  topic uuid := coalesce(id, gen_random_uuid());
  asked private.held_posts;
begin
  if private.goes_aside(topic, null, visibility) then
    asked.id := topic;
    asked.author_id := auth.uid();
    asked.opens_topic := true;
    asked.category_id := (select categories.id from public.categories where slug = category);
    asked.input := jsonb_build_object(
      'title', btrim(title), 'tags', coalesce(tags, '{}'), 'template_answers', coalesce(template_answers, '{}'), 'body', body);
    perform private.hold(asked, organization);
  else
    perform private.publish_topic(
      topic, auth.uid(), organization, category, title, visibility, tags, template_answers, body);
  end if;
  return topic;
end;
$$;
comment on function public.open_topic is
  'Opens a topic in a category (its slug) and returns its id. `tags` are known words, five at most; `template_answers` texts by the keys of the category''s template. Asking again with the same id changes nothing. 202: it waits for a moderator, and is a topic of this id once one accepts it.';
grant execute on function public.open_topic to authenticated;

create function public.reply(topic uuid, body jsonb, parent uuid default null, id uuid default gen_random_uuid())
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  post uuid := coalesce(id, gen_random_uuid());
  asked private.held_posts;
begin
  if private.goes_aside(post, topic, (select visibility from public.topics where topics.id = topic)) then
    asked.id := post;
    asked.author_id := auth.uid();
    asked.opens_topic := false;
    asked.topic_id := topic;
    asked.input := jsonb_build_object('parent', parent, 'body', body);
    perform private.hold(asked, organization);
    return jsonb_build_object('id', post, 'held', true);
  end if;
  perform private.publish_reply(post, auth.uid(), organization, topic, parent, body);
  return (select card from private.post_cards where post_cards.id = post);
end;
$$;
comment on function public.reply is
  'Answers a topic, or a post in it (`parent`), and returns the post. Asking again with the same id changes nothing. 202 with {id, held}: it waits for a moderator, and is a post of this id once one accepts it.';
grant execute on function public.reply to authenticated;

create function public.withdraw_held_post(id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  held private.held_posts;
begin
  perform private.require_organization();
  select * into held from private.held_posts
  where held_posts.id = withdraw_held_post.id and author_id = auth.uid() for update;
  if held.state <> 'waiting' then
    perform private.refuse(409, 'held_post_decided', 'Moderators have decided about this post.');
  end if;
  delete from private.waiting_files where waits_in = held.id;
  delete from private.held_posts where held_posts.id = held.id;
end;
$$;
comment on function public.withdraw_held_post is
  'Takes back what the caller wrote and a moderator has not decided yet. What is not there is taken back already.';
grant execute on function public.withdraw_held_post to authenticated;

create function private.require_held_post(id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  shown private.held_posts;
begin
  select * into shown from private.held_posts where held_posts.id = require_held_post.id;
  if shown.id is null then
    perform private.refuse(404, 'not_found', 'There is no such post, or its author has taken it back.');
  end if;
  return private.held_card(shown) || jsonb_build_object(
    'category', (
      select jsonb_build_object('slug', slug, 'name_en', name_en, 'name_ar', name_ar)
      from public.categories where categories.id = shown.category_id),
    'tags', private.tag_cards(array(select jsonb_array_elements_text(shown.input -> 'tags'))),
    'template_answers', private.answered_fields(shown.category_id, shown.input -> 'template_answers'),
    'body', shown.input -> 'body',
    'answers', (
      select jsonb_build_object('author', author.card, 'excerpt', coalesce(left(above.body_text, 400), ''))
      from public.posts as above
      left join private.person_cards as author on author.id = above.author_id
      where above.topic_id = shown.topic_id and private.held_topic(shown) is not null
        and case when shown.input ->> 'parent' is null then above.number = 1 else above.id = (shown.input ->> 'parent')::uuid end),
    'author_since', (select created_at from public.profiles where profiles.id = shown.author_id),
    'note', shown.note,
    'decided_at', shown.decided_at,
    'decided_by', (select card from private.person_cards where person_cards.id = shown.decided_by),
    'mine', shown.author_id = auth.uid());
end;
$$;

create function public.held_post(id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_moderator();
  return private.require_held_post(id);
end;
$$;
comment on function public.held_post is
  'For moderators: what waits, with what it would open or answer, and what was decided. `mine` says that it is for another moderator to decide.';
grant execute on function public.held_post to authenticated;

-- All that is asked of a post is asked again: what has changed since is a refusal, and the post goes on waiting.
create function private.publish_held(held private.held_posts) returns void
language plpgsql set search_path = ''
as $$
declare
  organization uuid := private.writes_for(held.author_id);
begin
  if organization is null then
    perform private.refuse(409, 'author_may_not_write', 'Whoever wrote this may not write at present.');
  elsif not held.opens_topic and private.held_topic(held) is null then
    perform private.refuse(409, 'topic_gone', 'The topic is not there any more.');
  end if;
  perform private.publish(held, organization);
end;
$$;

create function public.decide_held_post(id uuid, accept boolean, note text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.case_refusal('moderation.decide_held', id, 'held_post');
  held private.held_posts;
begin
  if refusal is not null then
    return refusal;
  end if;
  -- The topic first, as all who write in it lock it.
  perform from public.topics
  where topics.id = (select topic_id from private.held_posts where held_posts.id = decide_held_post.id) for no key update;
  select * into held from private.held_posts where held_posts.id = decide_held_post.id for update;
  if held.id is null then
    perform private.refuse(404, 'not_found', 'There is no such post, or its author has taken it back.');
  elsif accept is null then
    perform private.refuse_field(422, 'invalid_input', 'accept', 'Say whether it is published.');
  elsif held.state <> 'waiting' then
    perform private.refuse(409, 'held_post_decided', 'Another moderator has decided about this post.');
  elsif held.author_id = auth.uid() then
    perform private.refuse(403, 'another_moderator', 'This is for another moderator to decide.');
  end if;
  note := case when not accept then private.reason(note) end;

  if accept then
    perform private.publish_held(held);
  end if;
  update private.held_posts set
    state = case when accept then 'accepted' else 'refused' end::public.held_state,
    input = case when not accept then input end,
    note = decide_held_post.note, decided_by = auth.uid(), decided_at = now()
  where held_posts.id = held.id
  returning * into held;
  delete from private.waiting_files where waits_in = held.id;
  perform private.audit('moderation.decide_held', null, 'held_post', id::text,
    jsonb_build_object('state', 'waiting'), jsonb_build_object('state', held.state));
  perform private.notify(array[held.author_id], 'moderation', 'held_post:' || id, id, 0, null);
  return private.require_held_post(id);
end;
$$;
comment on function public.decide_held_post is
  'For moderators: publishes what waits as its author''s, or refuses it with a note that they read. What can''t be published any more (its topic is closed, say) is refused with that code and goes on waiting. Returns it.';
grant execute on function public.decide_held_post to authenticated;

create function public.set_posting_rules(held_first_posts int) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('moderation.set_rules', 'posting_rules', null);
  before int := (select rules.held_first_posts from public.posting_rules as rules);
begin
  if refusal is not null then
    return refusal;
  elsif held_first_posts is null or held_first_posts not between 0 and 10 then
    perform private.refuse_field(422, 'invalid_input', 'held_first_posts', 'Between none and ten first posts wait.');
  end if;
  insert into public.posting_rules as rules (held_first_posts) values (set_posting_rules.held_first_posts)
  on conflict (is_only) do update set held_first_posts = excluded.held_first_posts;
  perform private.audit('moderation.set_rules', null, 'posting_rules', null,
    jsonb_build_object('held_first_posts', coalesce(before, 0)),
    jsonb_build_object('held_first_posts', set_posting_rules.held_first_posts));
  return jsonb_build_object('held_first_posts', set_posting_rules.held_first_posts);
end;
$$;
comment on function public.set_posting_rules is
  'For platform admins: how many first posts of a person for the community wait for a moderator, 0 to 10. What waits already goes on waiting.';
grant execute on function public.set_posting_rules to authenticated;

-- What follows ----------------------------------------------------------------

-- What was written inside a company does not come out past the moderators.
create function private.topics_stay_inside() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() = new.author_id and private.my_first_posts_wait() then
    perform private.refuse(409, 'first_posts_wait', 'Your first posts for the community wait for a moderator: open it anew for them.');
  end if;
  return new;
end;
$$;

create trigger before_update_stay_inside before update of visibility on public.topics
  for each row when (old.visibility = 'organization' and new.visibility = 'community')
  execute function private.topics_stay_inside();
