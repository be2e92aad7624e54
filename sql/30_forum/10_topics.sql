/*
 * Forum, acts on topics — edit, move, pin, close, delete, restore.
 *
 * The author does what harms nobody who answered; moderators do the rest, in
 * topics they can read, and each act of theirs on others' topics is in the audit
 * log. A deleted topic takes its posts out of everybody's sight and brings them
 * back unharmed.
 */

-- Tables ------------------------------------------------------------------

alter table public.topics add column deletion_reason text
  constraint only_deleted_topics_have_a_reason check (deletion_reason is null or deleted_at is not null);

-- A copy of the topic's, so that the policy reads one row.
alter table public.posts add column topic_deleted_at timestamptz;

create function private.posts_follow_deletion() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Companies are counted in the order of their ids: the topic's own, and those its posts were written for.
  perform from public.organization_statistics
  where organization_id = new.organization_id
    or organization_id in (select author_organization_id from public.posts where topic_id = new.id)
  order by organization_id for no key update;
  update public.posts set topic_deleted_at = new.deleted_at where topic_id = new.id;
  return null;
end;
$$;

-- Its name puts it after the shelves: whoever writes topics counts categories and tags first, then companies.
create trigger after_update_take_posts_along after update of deleted_at on public.topics
  for each row when (old.deleted_at is distinct from new.deleted_at) execute function private.posts_follow_deletion();

-- Who deleted what: for lists of one's own, and of what moderators took away.
create index on public.topics (deleted_at desc, id desc) where deleted_at is not null;

-- Who may -----------------------------------------------------------------

alter policy select_reader on public.posts
  using (topic_deleted_at is null and (
    organization_id = (select private.my_organization())
    or (visibility = 'community' and (select private.my_organization()) is not null)));

-- Null for a moderator; for anybody else the refusal, which is remembered.
create function private.moderator_refusal(action text, topic uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if private.my_platform_role() is null then
    return private.deny(403, 'not_allowed', 'This is for moderators.', action, null, 'topic', topic::text);
  end if;
  return null;
end;
$$;

create function private.others_answered(topic uuid, author uuid) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from public.posts
    where topic_id = topic and number > 1 and author_id is distinct from author and deleted_at is null)
$$;

-- What one may do -----------------------------------------------------------

/*
 * Its author changes a topic while it is open, moderators always; who may read it
 * is the author's to say, and only until somebody else has answered: they wrote
 * for those who could read it then. What is null stays.
 */
create function public.edit_topic(
  topic uuid, title text default null, tags text[] default null, template_answers jsonb default null,
  visibility public.visibility default null)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_act_on(topic);
  is_author boolean := coalesce(found_topic.author_id = auth.uid(), false);
  wanted public.topics := found_topic;
  changed text[];
begin
  if not is_author and private.my_platform_role() is null then
    return private.deny(403, 'not_allowed', 'Only its author or a moderator may change a topic.',
      'topics.edit', null, 'topic', topic::text);
  elsif found_topic.locked_at is not null and private.my_platform_role() is null then
    perform private.refuse(409, 'topic_locked', 'This topic is closed.');
  elsif private.my_platform_role() is null
    and (select deleted_at from public.posts where topic_id = edit_topic.topic and number = 1) is not null then
    perform private.refuse(409, 'post_gone', 'What opens this topic was taken out of sight.');
  end if;

  wanted.title := coalesce(btrim(edit_topic.title), wanted.title);
  if length(wanted.title) < 4 or not coalesce(private.is_name(wanted.title, 160), false) then
    perform private.refuse_field(422, 'title_invalid', 'title', 'A title has 4 to 160 characters.');
  end if;
  if edit_topic.tags is not null then
    wanted.tags := private.chosen_tags(edit_topic.tags, found_topic.tags);
  end if;
  if edit_topic.template_answers is not null then
    wanted.template_answers := private.fitting_answers(
      (select template from public.categories where id = found_topic.category_id), edit_topic.template_answers);
  end if;
  wanted.visibility := coalesce(edit_topic.visibility, wanted.visibility);
  if wanted.visibility <> found_topic.visibility then
    if not is_author then
      perform private.refuse(403, 'not_allowed', 'Who may read a topic is for its author to say.');
    elsif private.others_answered(topic, auth.uid()) then
      perform private.refuse(409, 'readers_fixed', 'Others have answered: who can read it stays as it is.');
    end if;
  end if;

  changed := array_remove(array[
    case when wanted.title <> found_topic.title then 'title' end,
    case when wanted.tags <> found_topic.tags then 'tags' end,
    case when wanted.template_answers <> found_topic.template_answers then 'template_answers' end,
    case when wanted.visibility <> found_topic.visibility then 'visibility' end], null);
  if changed <> '{}' then
    update public.topics set
      title = wanted.title, tags = wanted.tags, template_answers = wanted.template_answers,
      visibility = wanted.visibility,
      edited_at = case when changed && array['title', 'template_answers'] then now() else edited_at end
    where id = topic;
    if not is_author then
      perform private.audit('topics.edit', null, 'topic', topic::text, null, jsonb_build_object('changed', changed));
    end if;
  end if;
  return private.require_topic(topic);
end;
$$;
comment on function public.edit_topic is
  'Changes title, tags, answers to the template or readers of a topic; null leaves a thing as it is. For its author; moderators change all but the readers. Returns the topic.';
grant execute on function public.edit_topic to authenticated;

create function public.move_topic(topic uuid, category text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_act_on(topic);
  is_author boolean := coalesce(found_topic.author_id = auth.uid(), false);
  shelf public.categories;
begin
  if private.my_platform_role() is null then
    if not is_author then
      return private.deny(403, 'not_allowed', 'Only its author or a moderator may move a topic.',
        'topics.move', null, 'topic', topic::text);
    elsif found_topic.locked_at is not null then
      perform private.refuse(409, 'topic_locked', 'This topic is closed.');
    elsif found_topic.created_at < now() - interval '24 hours' then
      perform private.refuse(409, 'move_too_late', 'After a day only moderators move a topic.');
    end if;
  end if;
  shelf := private.open_category(category);
  if shelf.id <> found_topic.category_id then
    update public.topics set category_id = shelf.id where id = topic;
    if not is_author then
      perform private.audit('topics.move', null, 'topic', topic::text,
        jsonb_build_object('category', (select slug from public.categories where id = found_topic.category_id)),
        jsonb_build_object('category', shelf.slug));
    end if;
  end if;
  return private.require_topic(topic);
end;
$$;
comment on function public.move_topic is
  'Puts a topic into another category (its slug). For moderators, and for its author within a day. Returns the topic.';
grant execute on function public.move_topic to authenticated;

create function public.pin_topic(topic uuid, place public.pin_place, until timestamptz default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.moderator_refusal('topics.pin', topic);
  found_topic public.topics;
begin
  if refusal is not null then
    return refusal;
  end if;
  found_topic := private.topic_to_act_on(topic);
  if place is not null and (until <= now() or until > now() + interval '1 year') then
    perform private.refuse_field(422, 'pin_invalid', 'until', 'A pin ends within a year from now.');
  end if;
  if (place, until) is distinct from (found_topic.pinned_in, found_topic.pinned_until) then
    update public.topics set
      pinned_in = place,
      pinned_at = case when place is not null then now() end,
      pinned_until = case when place is not null then until end
    where id = topic;
    perform private.audit('topics.pin', null, 'topic', topic::text,
      jsonb_build_object('pinned_in', found_topic.pinned_in), jsonb_build_object('pinned_in', place));
  end if;
  return private.require_topic(topic);
end;
$$;
comment on function public.pin_topic is
  'For moderators: puts a topic on top of its category or of the whole forum, for a time or for good; `place` null takes it down. Returns the topic.';
grant execute on function public.pin_topic to authenticated;

create function public.lock_topic(topic uuid, locked boolean default true) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.moderator_refusal('topics.lock', topic);
  found_topic public.topics;
begin
  if refusal is not null then
    return refusal;
  end if;
  found_topic := private.topic_to_act_on(topic);
  if locked is null then
    perform private.refuse(422, 'invalid_input', 'Say whether it is closed.');
  elsif (found_topic.locked_at is not null) <> locked then
    update public.topics set locked_at = case when locked then now() end where id = topic;
    perform private.audit('topics.lock', null, 'topic', topic::text,
      jsonb_build_object('locked', not locked), jsonb_build_object('locked', locked));
  end if;
  return private.require_topic(topic);
end;
$$;
comment on function public.lock_topic is
  'For moderators: closes a topic to answers and changes, or opens it again. Returns the topic.';
grant execute on function public.lock_topic to authenticated;

create function public.delete_topic(topic uuid, reason text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_act_on(topic);
  is_moderator boolean := private.my_platform_role() is not null;
  is_author boolean := coalesce(found_topic.author_id = auth.uid(), false);
  because text;
begin
  if not is_author and not is_moderator then
    return private.deny(403, 'not_allowed', 'Only its author or a moderator may delete a topic.',
      'topics.delete', null, 'topic', topic::text);
  elsif is_author and not is_moderator and found_topic.locked_at is not null then
    perform private.refuse(409, 'topic_locked', 'This topic is closed.');
  elsif is_author and not is_moderator and private.others_answered(topic, auth.uid()) then
    perform private.refuse(409, 'topic_has_replies', 'Others have answered: this topic can''t be deleted any more.');
  elsif not is_author then
    because := private.reason(reason);
  end if;
  update public.topics
  set deleted_at = now(), deleted_by = auth.uid(), deletion_reason = because
  where id = topic;
  if not is_author then
    perform private.audit('topics.delete', null, 'topic', topic::text,
      jsonb_build_object('deleted', false), jsonb_build_object('deleted', true));
  end if;
  return jsonb_build_object('id', topic);
end;
$$;
comment on function public.delete_topic is
  'Takes a topic and its posts out of sight; it can be restored. For its author while nobody else has answered, and for moderators with a reason, which its author reads.';
grant execute on function public.delete_topic to authenticated;

-- Whether the caller may bring this topic back: of their own what they deleted themselves, of others', as a moderator, what they could read.
create function private.may_restore(topic public.topics) returns boolean
language sql stable security definer set search_path = ''
as $$
  select topic.deleted_at is not null
    and (topic.organization_id = private.my_organization() or topic.visibility = 'community')
    and case when topic.author_id = auth.uid() then coalesce(topic.deleted_by = auth.uid(), false)
      else private.my_platform_role() is not null end
$$;

create function public.restore_topic(topic uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  found_topic public.topics;
begin
  select * into found_topic from public.topics
  where id = topic and (organization_id = organization or visibility = 'community'
    and (deleted_at is null or author_id = auth.uid() or private.my_platform_role() is not null))
  for no key update;
  if found_topic.id is null then
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
  elsif found_topic.deleted_at is not null then
    if not private.may_restore(found_topic) then
      return private.deny(403, 'not_allowed', 'Who deleted it, or a moderator, may restore it.',
        'topics.restore', null, 'topic', topic::text);
    end if;
    update public.topics set deleted_at = null, deleted_by = null, deletion_reason = null where id = topic;
    -- Its author may have taken it back by its opening.
    with back as (
      delete from private.deleted_posts as gone using public.posts
      where posts.id = gone.post_id and posts.topic_id = topic and posts.number = 1 and posts.hidden_at is null
      returning gone.post_id, gone.body)
    update public.posts set body = back.body, deleted_at = null from back where posts.id = back.post_id;
    if found_topic.author_id is distinct from auth.uid() then
      perform private.audit('topics.restore', null, 'topic', topic::text,
        jsonb_build_object('deleted', true), jsonb_build_object('deleted', false));
    end if;
  end if;
  return private.require_topic(topic);
end;
$$;
comment on function public.restore_topic is
  'Brings a deleted topic back with all that was in it. For whoever deleted their own, and for moderators. Returns the topic.';
grant execute on function public.restore_topic to authenticated;

/*
 * The caller's own deleted topics and, for moderators, those of others they could
 * read. Security definer: nobody has a right to the rows; the reason is its author's to read.
 */
create function public.list_deleted_topics(after text default null, size int default 20) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  page_size int := private.page_size(size);
  organization uuid := private.require_organization();
  is_moderator boolean := private.my_platform_role() is not null;
  from_at timestamptz := 'infinity';
  from_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  cards jsonb[];
  cursors text[];
begin
  if after is not null then
    if after !~ '^[0-9]{1,16}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
      perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
    end if;
    from_at := to_timestamp(0) + split_part(after, '_', 1)::bigint * interval '1 microsecond';
    from_id := split_part(after, '_', 2);
  end if;
  select array_agg(page.card), array_agg(page.cursor) into cards, cursors
  from (
    select
      jsonb_build_object(
        'id', topics.id, 'title', topics.title, 'reply_count', topics.reply_count,
        'category', jsonb_build_object('slug', categories.slug, 'name_en', categories.name_en, 'name_ar', categories.name_ar),
        'author', author.card, 'deleted_by', deleter.card, 'deleted_at', topics.deleted_at,
        'reason', topics.deletion_reason, 'restorable', private.may_restore(topics)) as card,
      (extract(epoch from topics.deleted_at) * 1000000)::bigint || '_' || topics.id as cursor
    from public.topics
    join public.categories on categories.id = topics.category_id
    left join private.person_cards as author on author.id = topics.author_id
    left join private.person_cards as deleter on deleter.id = topics.deleted_by
    where topics.deleted_at is not null
      and (topics.deleted_at, topics.id) < (from_at, from_id)
      and (topics.author_id = auth.uid() or is_moderator and (topics.organization_id = organization or topics.visibility = 'community'))
    order by topics.deleted_at desc, topics.id desc
    limit page_size + 1) as page;
  return jsonb_build_object(
    'topics', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.list_deleted_topics is
  'One''s own deleted topics and, for moderators, those of others, newest first, with who deleted them and why. {topics, next}.';
grant execute on function public.list_deleted_topics to authenticated;

-- What follows ----------------------------------------------------------------

-- Pins that are over; the worker asks every minute.
create function private.end_pins() returns int
language sql security definer set search_path = ''
as $$
  with ended as (
    update public.topics set pinned_in = null, pinned_at = null, pinned_until = null
    where pinned_until <= now()
    returning 1)
  select count(*)::int from ended
$$;
