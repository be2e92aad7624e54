/*
 * Notification centre — what a person was told, with names and titles.
 *
 * A lens over the rooms: each notice is shown with its thread as its reader may
 * see that at this moment, and is not shown where they may not any more. A room
 * that tells people things gets its join here.
 */

-- What one may do -----------------------------------------------------------

-- Those who did it, the newest three; under the reader's rights.
create function private.notice_actors(notice uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(actor.byline order by newest.at desc), '[]')
  from (
    select actor_id, max(created_at) as at from public.notification_events
    where notification_id = notice and actor_id is not null
    group by actor_id order by at desc limit 3) as newest
  join private.person_cards as actor on actor.id = newest.actor_id
$$;
grant execute on function private.notice_actors to authenticated;

/*
 * What moderators decided about this person, where that is what a notice tells: the
 * newest of it. It has a title of its own, since its topic may be out of sight
 * because of it. Security definer: nobody has a right to the cases.
 */
create function private.verdict_on(person uuid, notice uuid) returns table (
  case_id uuid, held_state public.held_state, note text, topic_id uuid, title text)
language sql stable strict security definer set search_path = ''
as $$
  select cases.id, held.state, coalesce(cases.review_note, cases.note, held.note), told.topic_id,
    coalesce(topics.title, held.input ->> 'title')
  from public.notification_events as event
  left join private.cases on cases.id = event.item_id and cases.author_id = person
  left join public.posts on posts.id = cases.post_id
  left join private.held_posts as held on held.id = event.item_id and held.author_id = person
  cross join lateral (
    select coalesce(posts.topic_id, case when held.opens_topic then held.id else held.topic_id end) as topic_id) as told
  left join public.topics on topics.id = told.topic_id
    and private.may_see_topic(person, topics)
  where event.notification_id = notice and event.user_id = person and (cases.id is not null or held.id is not null)
  order by event.created_at desc limit 1
$$;

create function private.my_verdict(notice uuid) returns table (
  case_id uuid, held_state public.held_state, note text, topic_id uuid, title text)
language sql stable strict security definer set search_path = ''
as $$ select * from private.verdict_on(auth.uid(), notice) $$;
grant execute on function private.my_verdict to authenticated;

create view private.notification_cards with (security_invoker = true) as
  select
    notice.id,
    notice.newest_at,
    notice.read_at,
    jsonb_build_object(
      'id', notice.id,
      'kind', notice.kind,
      'thread', notice.thread,
      'count', notice.event_count,
      'actors', private.notice_actors(notice.id),
      'topic', jsonb_build_object(
        'id', coalesce(topics.id, verdict.topic_id), 'title', coalesce(topics.title, verdict.title)),
      'post', case when post.id is not null then jsonb_build_object(
        'id', post.id, 'number', post.number, 'excerpt', coalesce(left(post.body_text, 160), '')) end,
      'case_id', verdict.case_id,
      'held', verdict.held_state,
      'note', verdict.note,
      'created_at', notice.created_at,
      'newest_at', notice.newest_at,
      'read_at', notice.read_at) as card
  from public.notifications as notice
  left join public.topics on topics.id = notice.topic_id
  left join lateral private.my_verdict(case notice.kind when 'moderation' then notice.id end) as verdict on true
  -- Where reading goes on: the first of what happened.
  left join lateral (
    select event.item_id from public.notification_events as event
    where event.notification_id = notice.id order by event.place, event.created_at limit 1) as first on true
  left join public.posts as post on post.id = first.item_id
  where topics.id is not null or verdict.title is not null;
grant select on private.notification_cards to authenticated;

create function public.unread_notifications() returns int
language plpgsql stable set search_path = ''
as $$
begin
  perform private.require_organization();
  return (
    select count(*) from (
      select from public.notifications as notice
      left join public.topics on topics.id = notice.topic_id
      where notice.user_id = (select auth.uid()) and notice.read_at is null
        and (topics.id is not null or notice.kind = 'moderation'
          and (select verdict.title from private.my_verdict(notice.id) as verdict) is not null)
      limit 100) as unread);
end;
$$;
comment on function public.unread_notifications is
  'How many notices the caller has not read; 100 means as many or more.';
grant execute on function public.unread_notifications to authenticated;

create function public.list_notifications(after text default null, size int default 20, unread_only boolean default false)
returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  page_size int := private.page_size(size);
  place record := private.read_time_cursor(after);
  cards jsonb[];
  cursors text[];
begin
  perform private.require_organization();
  select array_agg(page.card), array_agg(page.cursor) into cards, cursors
  from (
    select notice.card, private.time_cursor(notice.newest_at, notice.id) as cursor
    from private.notification_cards as notice
    where (notice.newest_at, notice.id) < (place.at, place.id)
      and (notice.read_at is null or unread_only is not true)
    order by notice.newest_at desc, notice.id desc
    limit page_size + 1) as page;

  return jsonb_build_object(
    'notifications', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end,
    'unread', public.unread_notifications());
end;
$$;
comment on function public.list_notifications is
  'What the caller was told, newest first, a page at a time. {notifications, next, unread}: `next` goes into `after`.';
grant execute on function public.list_notifications to authenticated;

-- What follows ----------------------------------------------------------------

/*
 * What a mail has to say at this moment, or null where there is nothing left:
 * read meanwhile, taken back, mails ended, the person or their company not
 * active, the topic muted, or out of their sight and not by what is told. Whoever was in the topic after it
 * happened needs no mail at once; what moderators decided is mailed all the same.
 * For the worker.
 */
create function private.notification_mail(mail uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'user_id', asked.user_id,
    'pace', asked.pace,
    'slot', asked.slot,
    'email', users.email,
    'locale', profiles.locale,
    'first_name', profiles.first_name,
    'time_zone', profiles.time_zone,
    'notices', said.notices)
  from private.notification_mails as asked
  join public.profiles on profiles.id = asked.user_id and profiles.status = 'active'
  join auth.users on users.id = asked.user_id and users.email is not null
  join public.memberships on memberships.user_id = asked.user_id
  join public.organizations on organizations.id = memberships.organization_id and organizations.status = 'active'
  cross join lateral (
    select jsonb_agg(jsonb_build_object(
      'kind', notice.kind,
      'count', event.count,
      'actors', event.actors,
      'topic_id', coalesce(topics.id, verdict.topic_id),
      'title', coalesce(topics.title, verdict.title),
      'number', event.place,
      'post_id', post.id,
      'verdict', case when verdict.case_id is not null then 'case' else verdict.held_state::text end,
      'excerpt', coalesce(verdict.note, left(post.body_text, 600)))
      order by event.newest_at desc) as notices
    from (
      select event.notification_id, count(*) as count, min(event.place) as place, max(event.created_at) as newest_at,
        (array_agg(event.item_id order by event.place))[1] as item_id,
        coalesce(jsonb_agg(distinct jsonb_build_object(
          'first_name', actor.first_name, 'last_name', actor.last_name,
          'first_name_ar', actor.first_name_ar, 'last_name_ar', actor.last_name_ar))
          filter (where actor.id is not null), '[]') as actors
      from public.notification_events as event
      left join public.profiles as actor on actor.id = event.actor_id
      where event.mail_id = asked.id
      group by event.notification_id) as event
    join public.notifications as notice on notice.id = event.notification_id and notice.read_at is null
    left join public.topics on topics.id = notice.topic_id and topics.deleted_at is null
      and (topics.visibility = 'community' or topics.organization_id = memberships.organization_id)
    left join lateral private.verdict_on(asked.user_id, case notice.kind when 'moderation' then notice.id end) as verdict on true
    left join public.posts as post on post.id = event.item_id and post.topic_id = topics.id and post.deleted_at is null
    left join public.notification_preferences as chosen on chosen.user_id = asked.user_id and chosen.kind = notice.kind
    left join public.topic_readers as reader on reader.user_id = asked.user_id and reader.topic_id = topics.id
    where coalesce(chosen.email, private.usual_mail_pace(notice.kind)) <> 'none'
      and (topics.id is not null or verdict.title is not null)
      and (notice.kind = 'moderation' or (
        reader.level is distinct from 'muted'
        and (asked.pace <> 'at_once' or reader.read_at is null or reader.read_at < event.newest_at)))) as said
  where asked.id = notification_mail.mail and said.notices is not null
$$;
