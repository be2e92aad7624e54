/*
 * Forum, following — what a topic is to a person: how far they have read, and
 * whether they watch, follow or mute it.
 *
 * Who opens a topic watches it, who answers follows it, unless they have chosen
 * otherwise. Reading goes forward only.
 */

-- Tables ------------------------------------------------------------------

-- What one has chosen is not changed by writing; no level can be a choice too.
alter table public.topic_readers add column chosen_at timestamptz;

-- What one may do ------------------------------------------------------------

-- The number of the newest post a topic ever had, for who may read it.
create function private.readable_topic(topic uuid) returns int
language plpgsql stable set search_path = ''
as $$
declare
  mine uuid := private.require_organization();
  newest int := (
    select numbered_to from public.topics
    where topics.id = topic and topics.deleted_at is null
      and (topics.visibility = 'community' or topics.organization_id = mine));
begin
  if newest is null then
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
  end if;
  return newest;
end;
$$;

create function public.follow_topic(topic uuid, level public.follow_level default null) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.readable_topic(topic);
  insert into public.topic_readers as readers (user_id, topic_id, level, chosen_at)
  values (auth.uid(), topic, follow_topic.level, now())
  on conflict (user_id, topic_id) do update set level = excluded.level, chosen_at = excluded.chosen_at
  where readers.chosen_at is null or readers.level is distinct from excluded.level;
end;
$$;
comment on function public.follow_topic is
  'Chooses what a topic is to the caller: `watching` (told of every reply), `following` (its replies count as unread), `muted` (left out of lists and mails), or null for none of these.';
grant execute on function public.follow_topic to authenticated;

-- One row. Where nothing more is read it says that somebody is there, who needs no mail about what they have before them.
create function public.mark_read(topic uuid, number int) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  newest int := private.readable_topic(topic);
begin
  if number is null or number < 1 then
    perform private.refuse(422, 'invalid_input', 'The number of a post is 1 or more.');
  end if;
  insert into public.topic_readers as readers (user_id, topic_id, read_number, read_at)
  values (auth.uid(), topic, least(number, newest), now())
  on conflict (user_id, topic_id) do update set
    read_number = greatest(readers.read_number, excluded.read_number), read_at = excluded.read_at;
end;
$$;
comment on function public.mark_read is
  'Remembers that the caller is in a topic and has read it up to the post of this number. Never goes back, and never beyond the newest post.';
grant execute on function public.mark_read to authenticated;

-- In the order of the topics, so that two devices of one person never wait for each other.
create function public.mark_all_read(category text default null) returns int
language plpgsql security definer set search_path = '' set plan_cache_mode = 'force_custom_plan'
as $$
declare
  mine uuid := private.require_organization();
  shelf uuid := private.asked_category(jsonb_strip_nulls(jsonb_build_object('category', category)));
  marked int;
begin
  -- As mark_notifications_read locks them: here they would come topic by topic.
  perform from public.notifications where user_id = auth.uid() and read_at is null order by id for update;
  insert into public.topic_readers as readers (user_id, topic_id, read_number, read_at)
  select auth.uid(), topics.id, topics.last_number, now()
  from (
    select begun.topic_id from public.topic_readers as begun where begun.user_id = auth.uid()
    union
    select unread.topic_id from private.my_unread(null) as unread) as known
  join public.topics on topics.id = known.topic_id
  where (shelf is null or topics.category_id = shelf)
    and topics.deleted_at is null and (topics.visibility = 'community' or topics.organization_id = mine)
  order by topics.id
  on conflict (user_id, topic_id) do update set read_number = excluded.read_number, read_at = excluded.read_at
  where readers.read_number < excluded.read_number;
  get diagnostics marked = row_count;
  return marked;
end;
$$;
comment on function public.mark_all_read is
  'Marks everything read that is unread or new to the caller, in one category (its slug) or in all. Returns how many topics that changed.';
grant execute on function public.mark_all_read to authenticated;

-- What follows ----------------------------------------------------------------

-- Who writes has read what stands right above, and wants to know what comes.
create function private.posts_follow() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.topic_readers as readers (user_id, topic_id, level, read_number, read_at)
  values (
    new.author_id, new.topic_id,
    case when new.number = 1 then 'watching'::public.follow_level else 'following' end, new.number, now())
  on conflict (user_id, topic_id) do update set
    level = case when readers.chosen_at is null then coalesce(readers.level, excluded.level) else readers.level end,
    read_number = case when readers.read_number = new.number - 1 then new.number else readers.read_number end,
    read_at = excluded.read_at;
  return null;
end;
$$;

create trigger after_insert_follow after insert on public.posts
  for each row when (new.author_id is not null) execute function private.posts_follow();
