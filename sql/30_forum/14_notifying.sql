/*
 * Forum, notifying — whom a post, an answer and a lock are told to, and who is
 * asked whether they have their answer.
 *
 * A person is told of a post once, by what speaks to them most: that they are
 * mentioned, quoted, answered, or that they watch the topic. Who muted it hears
 * nothing. Reading the topic reads its notices.
 */

-- Tables ------------------------------------------------------------------

-- A notice about a topic goes with it.
alter table public.notifications add column topic_id uuid
  generated always as (case when thread like 'topic:%' then substr(thread, 7)::uuid end) stored
  references public.topics on delete cascade;
-- What was told of this topic?
create index on public.notifications (topic_id);

create table private.topic_nudges (
  topic_id  uuid primary key references public.topics on delete cascade,
  nudged_at timestamptz not null default now()
);
comment on table private.topic_nudges is
  'Topics whose author was asked, once, whether a reply answers it.';

-- What follows ----------------------------------------------------------------

-- Who hears of what people may read: null is the community.
create function private.audience_of(visibility public.visibility, organization uuid) returns uuid
language plpgsql immutable set search_path = ''
as $$
begin
  return case visibility when 'organization' then organization end;
end;
$$;

create function private.without(people uuid[], others uuid[]) returns uuid[]
language plpgsql immutable set search_path = ''
as $$
begin
  if coalesce(cardinality(people), 0) = 0 then
    return '{}';
  end if;
  return array(select unnest(people) except select unnest(others));
end;
$$;

create function private.posts_notify() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  thread text := 'topic:' || new.topic_id;
  audience uuid := private.audience_of(new.visibility, new.organization_id);
  -- Those who have been told of this post, or are not to be.
  told uuid[];
  watching uuid[];
  people uuid[];
begin
  select array_agg(user_id) filter (where level = 'muted'), array_agg(user_id) filter (where level = 'watching')
  into told, watching
  from public.topic_readers where topic_id = new.topic_id and level in ('muted', 'watching');
  told := coalesce(told, '{}') || new.author_id;

  people := private.without(private.document_mentions(new.body), told);
  perform private.notify(people, 'mention', thread, new.id, new.number, new.author_id, audience);
  told := told || people;
  if new.number = 1 then
    return null;
  end if;

  people := private.without(array(
    select author_id from public.posts
    where topic_id = new.topic_id and id = any (private.document_quotes(new.body)) and author_id is not null), told);
  perform private.notify(people, 'quote', thread, new.id, new.number, new.author_id, audience);
  told := told || people;

  people := private.without(array(
    select author_id from public.posts
    where topic_id = new.topic_id and author_id is not null
      and (id = new.parent_id or new.parent_id is null and number = 1)), told);
  perform private.notify(people, 'reply', thread, new.id, new.number, new.author_id, audience);
  told := told || people;

  people := private.without(watching, told);
  perform private.notify(people, 'watched_topic', thread, new.id, new.number, new.author_id, audience);
  return null;
end;
$$;

create trigger after_insert_notify after insert on public.posts
  for each row execute function private.posts_notify();

-- A mention may be added later: it is told to whom it was not told before.
create function private.posts_notify_anew() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  people uuid[];
begin
  if new.deleted_at is not null then
    perform private.take_back_notices(new.id);
    return null;
  end if;
  people := private.without(
    private.without(private.document_mentions(new.body), private.document_mentions(old.body)),
    array(
      select user_id from public.topic_readers where topic_id = new.topic_id and level = 'muted'
      union all
      select user_id from public.notification_events where item_id = new.id));
  perform private.notify(people, 'mention', 'topic:' || new.topic_id, new.id, new.number, new.author_id,
    private.audience_of(new.visibility, new.organization_id));
  return null;
end;
$$;

create trigger after_update_notify after update of body, deleted_at on public.posts
  for each row execute function private.posts_notify_anew();

create function private.topics_notify_answer() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.take_back_notices(old.answer_id, 'best_answer');
  perform private.notify(array[post.author_id], 'best_answer', 'topic:' || new.id, post.id, post.number, auth.uid(),
    private.audience_of(new.visibility, new.organization_id))
  from public.posts as post
  where post.id = new.answer_id and post.author_id is not null and not exists (
    select from public.topic_readers as reader
    where reader.topic_id = new.id and reader.user_id = post.author_id and reader.level = 'muted');
  return null;
end;
$$;

create trigger after_update_notify_answer after update of answer_id on public.topics
  for each row when (old.answer_id is distinct from new.answer_id)
  execute function private.topics_notify_answer();

-- Its author hears that somebody else closed a topic or moved it, muted or not.
create function private.topics_notify_moderation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.notify(array[new.author_id], 'moderation', 'topic:' || new.id, new.id, 1, auth.uid(),
    private.audience_of(new.visibility, new.organization_id));
  return null;
end;
$$;

create trigger after_update_notify_moderation after update of locked_at, category_id on public.topics
  for each row when (new.author_id is not null and new.deleted_at is null
    and (old.locked_at is null and new.locked_at is not null or old.category_id <> new.category_id))
  execute function private.topics_notify_moderation();

/*
 * Asks authors whose topic looks answered for three days and more whether it is: a
 * notice that leads to the most useful reply. One topic a person and run, and each
 * topic once for ever. What has been silent for three months is nobody's open
 * question any more.
 */
create function private.nudge_authors() returns int
language plpgsql security definer set search_path = ''
as $$
declare
  asked record;
  nudged int := 0;
begin
  for asked in
    with due as (
      select distinct on (topics.author_id) topics.id, topics.author_id, likely.id as post_id,
        private.audience_of(topics.visibility, topics.organization_id) as audience
      from public.topics
      join public.profiles on profiles.id = topics.author_id and profiles.status = 'active'
      join public.memberships on memberships.user_id = topics.author_id
      join public.organizations on organizations.id = memberships.organization_id and organizations.status = 'active'
      cross join lateral (select id from private.likely_answers(topics) as answer (id) limit 1) as likely
      where topics.deleted_at is null and topics.answer_id is null and topics.locked_at is null
        and topics.last_post_at > now() - interval '90 days'
        and topics.created_at < now() - interval '3 days'
        and (topics.visibility = 'community' or topics.organization_id = memberships.organization_id)
        and not exists (select from private.topic_nudges where topic_id = topics.id)
        and not exists (
          select from public.topic_readers as reader
          where reader.topic_id = topics.id and reader.user_id = topics.author_id and reader.level = 'muted')
      order by topics.author_id, topics.created_at),
    noted as (
      insert into private.topic_nudges (topic_id) select id from due
      on conflict (topic_id) do nothing
      returning topic_id)
    select due.*, post.number, post.author_id as writer
    from noted
    join due on due.id = noted.topic_id
    join public.posts as post on post.id = due.post_id
    order by due.author_id
  loop
    perform private.notify(array[asked.author_id], 'nudge', 'topic:' || asked.id, asked.post_id, asked.number,
      asked.writer, asked.audience);
    nudged := nudged + 1;
  end loop;
  return nudged;
end;
$$;

-- Whoever has chosen, or can't any more, is asked no longer.
create function private.topics_settle_nudge() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.notifications set read_at = now()
  where topic_id = new.id and kind = 'nudge' and read_at is null;
  return null;
end;
$$;

create trigger after_update_settle_nudge after update of answer_id, locked_at on public.topics
  for each row when (new.answer_id is not null or new.locked_at is not null)
  execute function private.topics_settle_nudge();

-- Whoever has read as far as a notice speaks of has read the notice, once they are there.
create function private.topic_readers_read() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  with read as (
    select notice.id from public.notifications as notice
    where notice.user_id = new.user_id and notice.topic_id = new.topic_id and notice.read_at is null
      and not exists (
        select from public.notification_events as event
        where event.notification_id = notice.id and event.place > new.read_number)
    order by notice.id for update)
  update public.notifications as notice set read_at = now() from read where notice.id = read.id;
  return null;
end;
$$;

create trigger after_insert_read after insert on public.topic_readers
  for each row when (new.read_number > 0) execute function private.topic_readers_read();

create trigger after_update_read after update of read_number, read_at on public.topic_readers
  for each row when (new.read_number > 0) execute function private.topic_readers_read();
