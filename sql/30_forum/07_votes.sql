/*
 * Forum, votes — who finds a post useful, which reply answers a topic, and what
 * both are worth to those who wrote.
 *
 * Whoever votes or chooses locks the topic, then the post, as all who write do.
 * Counts follow the rows of votes by themselves, also where those go with their
 * voter; so does reputation follow posts and topics. A closed topic goes on to
 * be read and so takes votes, but no other answer (both as in Discourse).
 */

-- What one may do -----------------------------------------------------------

create function public.vote(post uuid, useful boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  target public.posts;
begin
  perform private.topic_to_act_on((select posts.topic_id from public.posts where posts.id = vote.post));
  if useful is null then
    perform private.refuse(422, 'invalid_input', 'Say whether the post is useful: true or false.');
  end if;
  select * into target from public.posts where posts.id = vote.post and deleted_at is null for no key update;
  if target.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  elsif target.author_id = auth.uid() then
    perform private.refuse(409, 'own_post', 'Whether your post is useful is for others to say.');
  end if;

  if useful <> exists (select from public.votes where post_id = target.id and user_id = auth.uid()) then
    perform private.limit_rate('votes.minute', auth.uid()::text, 30, 60);
    perform private.limit_rate('votes.day', auth.uid()::text, 300, 86400);
    if useful then
      insert into public.votes (post_id, user_id) values (target.id, auth.uid());
    else
      delete from public.votes where post_id = target.id and user_id = auth.uid();
    end if;
  end if;
  return jsonb_build_object(
    'vote_count', (select posts.vote_count from public.posts where posts.id = target.id), 'voted', useful);
end;
$$;
comment on function public.vote is
  'Says that somebody else''s post is useful, or takes that back, and returns {vote_count, voted}. Asking again changes nothing.';
grant execute on function public.vote to authenticated;

create function public.choose_best_answer(topic uuid, post uuid default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  found_topic public.topics := private.topic_to_write_in(topic);
begin
  if found_topic.author_id is distinct from auth.uid() then
    perform private.refuse(403, 'not_allowed', 'Only whoever opened a topic chooses its best answer.');
  end if;
  if post is not null then
    perform from public.posts
    where posts.id = choose_best_answer.post and posts.topic_id = found_topic.id
      and posts.number > 1 and posts.deleted_at is null
    for no key update;
    if not found then
      perform private.refuse(422, 'answer_invalid', 'A best answer is a reply in this topic that is still there.');
    end if;
  end if;

  update public.topics
  set answer_id = choose_best_answer.post,
      answered_at = case when choose_best_answer.post is null then answered_at else now() end
  where topics.id = found_topic.id and answer_id is distinct from choose_best_answer.post;
  return (select card from private.topic_cards where topic_cards.id = found_topic.id);
end;
$$;
comment on function public.choose_best_answer is
  'Marks a reply as the one best answer of one''s own topic, or none (`post` left out), and returns the topic.';
grant execute on function public.choose_best_answer to authenticated;

/*
 * Replies that others found useful, the most useful first: what a topic without an
 * answer may be answered by. Two votes, because one is easily a friend's.
 */
create function private.likely_answers(topic public.topics) returns setof uuid
language sql stable set search_path = ''
as $$
  select posts.id from public.posts
  where posts.topic_id = topic.id and posts.number > 1 and posts.deleted_at is null
    and posts.vote_count >= 2 and posts.author_id is distinct from topic.author_id
  order by posts.vote_count desc, posts.number limit 3
$$;
grant execute on function private.likely_answers to authenticated;

create function public.likely_answers(topic uuid) returns json
language plpgsql stable set search_path = ''
as $$
declare
  own public.topics;
begin
  perform private.require_organization();
  select * into own from public.topics where topics.id = likely_answers.topic;
  if own.id is null then
    perform private.refuse(404, 'not_found', 'There is no such topic, or it is not open to you.');
  end if;
  return (
    select coalesce(json_agg(post.card order by likely.place), '[]')
    from private.likely_answers(own) with ordinality as likely (id, place)
    join private.post_cards as post on post.id = likely.id
    where own.author_id = auth.uid() and own.answer_id is null and own.locked_at is null);
end;
$$;
comment on function public.likely_answers is
  'For the author of a topic that has no answer yet: up to three replies that others found useful. Nothing for anybody else.';
grant execute on function public.likely_answers to authenticated;

-- What follows ----------------------------------------------------------------

-- Votes that come or go, by statement: whoever is erased takes all of theirs at once.
create function private.votes_count() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  step int := case tg_op when 'INSERT' then 1 else -1 end;
begin
  perform from public.topics
  where topics.id in (select posts.topic_id from changed join public.posts on posts.id = changed.post_id)
  order by topics.id for no key update;

  update public.posts set vote_count = vote_count + step * counted.votes
  from (select post_id, count(*)::int as votes from changed group by post_id) as counted
  where posts.id = counted.post_id;

  update public.topics
  set vote_count = opening.vote_count,
      trend = private.topic_trend(opening.vote_count, reply_count, created_at)
  from (
    select distinct posts.topic_id, posts.vote_count from changed
    join public.posts on posts.id = changed.post_id and posts.number = 1) as opening
  where topics.id = opening.topic_id;
  return null;
end;
$$;

create trigger after_insert_count after insert on public.votes
  referencing new table as changed for each statement execute function private.votes_count();

create trigger after_delete_count after delete on public.votes
  referencing old table as changed for each statement execute function private.votes_count();

/*
 * Whoever goes for good takes their votes along and leaves posts without an author,
 * in many topics: these are locked first, in one order.
 */
create function private.profiles_lock_topics() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform from public.topics
  where topics.author_id = old.id or topics.id in (
    select posts.topic_id from public.posts where posts.author_id = old.id
    union all
    select posts.topic_id from public.votes join public.posts on posts.id = votes.post_id where votes.user_id = old.id)
  order by topics.id for no key update;
  return old;
end;
$$;

create trigger before_delete_lock_topics before delete on public.profiles
  for each row execute function private.profiles_lock_topics();

/*
 * A reply that is gone, by whomever and however, answers nothing. By statement, and
 * named to come after companies are counted: what it takes back from its author is
 * the last that is locked.
 */
create function private.posts_unanswer() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (
    select from old_rows as was join new_rows as gone on gone.id = was.id
    where was.deleted_at is null and gone.deleted_at is not null)
  then
    update public.topics set answer_id = null
    from new_rows as gone
    where topics.id = gone.topic_id and answer_id = gone.id and gone.deleted_at is not null;
  end if;
  return null;
end;
$$;

create trigger after_update_unanswer after update on public.posts
  referencing old table as old_rows new table as new_rows for each statement execute function private.posts_unanswer();

-- The same where its row goes; before, so that the topic does not name what is not there.
create function private.posts_leave_topic() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.topics set answer_id = null where topics.id = old.topic_id and answer_id = old.id;
  return old;
end;
$$;

create trigger before_delete_leave_topic before delete on public.posts
  for each row execute function private.posts_leave_topic();

-- Reputation ------------------------------------------------------------------

-- What a vote for a post is worth to its author: asking well is something, answering well is more.
create function private.vote_points(number int) returns int
language sql immutable set search_path = ''
as $$ select case when number = 1 then 1 else 2 end $$;

-- What having given the best answer is worth; one's own answer is worth nothing.
create function private.answer_points() returns int
language sql immutable set search_path = ''
as $$ select 15 $$;

/*
 * What a topic gives to whom. Nothing while it is deleted, and nothing within a
 * company alone, where colleagues could raise each other unseen.
 */
create function private.topic_credits(topic public.topics)
returns table (person uuid, votes bigint, answers bigint, points bigint)
language sql stable set search_path = ''
as $$
  select posts.author_id, sum(posts.vote_count), 0::bigint, sum(posts.vote_count * private.vote_points(posts.number))
  from public.posts
  where posts.topic_id = topic.id and posts.deleted_at is null and posts.vote_count > 0
    and topic.visibility = 'community' and topic.deleted_at is null
  group by posts.author_id
  union all
  select posts.author_id, 0::bigint, 1::bigint, private.answer_points()::bigint
  from public.posts
  where posts.topic_id = topic.id and posts.id = topic.answer_id and posts.author_id is distinct from topic.author_id
    and topic.visibility = 'community' and topic.deleted_at is null
$$;

create function private.topics_credit() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- A reply changes a topic too, and no credit.
  if not exists (
    select from old_rows as before join new_rows as after on after.id = before.id
    where (before.answer_id, before.visibility, before.deleted_at is null)
      is distinct from (after.answer_id, after.visibility, after.deleted_at is null))
  then
    return null;
  end if;
  perform private.credit(person, sum(votes)::bigint, sum(answers)::bigint, sum(points)::bigint)
  from (
    select given.*
    from old_rows as before join new_rows as after on after.id = before.id,
      lateral (
        select person, -votes as votes, -answers as answers, -points as points
        from private.topic_credits(row(before.*)::public.topics)
        union all
        select * from private.topic_credits(row(after.*)::public.topics)) as given
    where (before.answer_id, before.visibility, before.deleted_at is null)
      is distinct from (after.answer_id, after.visibility, after.deleted_at is null)) as moved
  group by person having (sum(votes), sum(answers)) <> (0, 0) order by person;
  return null;
end;
$$;

create trigger after_update_credit after update on public.topics
  referencing old table as old_rows new table as new_rows for each statement execute function private.topics_credit();

create function private.topics_take_credit() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.credit(person, -sum(votes)::bigint, -sum(answers)::bigint, -sum(points)::bigint)
  from private.topic_credits(old) group by person order by person;
  return old;
end;
$$;

-- Before, while its posts are still there to say whose they are.
create trigger before_delete_take_credit before delete on public.topics
  for each row execute function private.topics_take_credit();

create function private.posts_credit() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    -- Where the topic goes too, it is not found here: it has taken all back before.
    perform private.credit(gone.author_id, -sum(gone.vote_count), 0, -sum(gone.vote_count * private.vote_points(gone.number)))
    from old_rows as gone
    join public.topics on topics.id = gone.topic_id and topics.visibility = 'community' and topics.deleted_at is null
    where gone.deleted_at is null and gone.vote_count > 0
    group by gone.author_id order by gone.author_id;
  else
    perform private.credit(moved.author_id, sum(moved.votes), 0, sum(moved.votes * private.vote_points(moved.number)))
    from (
      select topic_id, author_id, number, -vote_count as votes from old_rows where deleted_at is null and vote_count > 0
      union all
      select topic_id, author_id, number, vote_count from new_rows where deleted_at is null and vote_count > 0) as moved
    join public.topics on topics.id = moved.topic_id and topics.visibility = 'community' and topics.deleted_at is null
    group by moved.author_id having sum(moved.votes) <> 0 order by moved.author_id;
  end if;
  return null;
end;
$$;

create trigger after_update_credit after update on public.posts
  referencing old table as old_rows new table as new_rows for each statement execute function private.posts_credit();

create trigger after_delete_credit after delete on public.posts
  referencing old table as old_rows for each statement execute function private.posts_credit();

-- Counts everybody's reputation anew, where rows came in past the triggers. Changes that go on wait, and are added after.
create function private.recount_reputation() returns void
language plpgsql security definer set search_path = ''
as $$
begin
  lock table public.reputations in share row exclusive mode;
  insert into public.reputations as known (person_id, score, votes_received, answers_given)
  select profiles.id, coalesce(sum(given.points), 0), coalesce(sum(given.votes), 0), coalesce(sum(given.answers), 0)
  from public.profiles
  left join (
    select credits.* from public.topics, private.topic_credits(topics) as credits) as given on given.person = profiles.id
  group by profiles.id
  on conflict (person_id) do update
  set score = excluded.score, votes_received = excluded.votes_received, answers_given = excluded.answers_given
  where (known.score, known.votes_received, known.answers_given)
    is distinct from (excluded.score, excluded.votes_received, excluded.answers_given);
end;
$$;
