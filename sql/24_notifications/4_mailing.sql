/*
 * Notifications, mailing — which mail says what. A row of notification_mails is
 * one mail; what it says is settled before it is sent, so that a job that runs
 * twice means the same mail.
 */

-- What follows ----------------------------------------------------------------

create function private.notification_mails_promise() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  promised uuid := private.enqueue('notifications.send-mail', jsonb_build_object('mailId', new.id));
begin
  update pgboss.job set start_after = new.due_at where name = 'notifications.send-mail' and id = promised;
  return null;
end;
$$;

create trigger after_insert_promise after insert on private.notification_mails
  for each row execute function private.notification_mails_promise();

-- From now on what happens is said by another mail. For the worker; the notice is locked as by whoever notifies.
create function private.close_notification_mail(mail uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  perform from public.notifications
  where id = (select notification_id from private.notification_mails where id = mail) for no key update;
  update private.notification_mails set closed_at = clock_timestamp() where id = mail and closed_at is null;
end;
$$;

/*
 * The last moment, up to `at`, when the clock of a zone showed this hour (of this
 * weekday; null is any). An hour that a zone skips in spring is the one after it;
 * one that comes twice in autumn counts once.
 */
create function private.last_slot(at timestamptz, zone text, hour int, weekday int default null) returns timestamptz
language sql stable set search_path = ''
as $$
  select max(slot)
  from generate_series(0, 7) as days
  cross join lateral (select date_trunc('day', at at time zone zone) - make_interval(days => days) as day) as of_day
  cross join lateral (select (day + make_interval(hours => hour)) at time zone zone as slot) as moment
  where slot <= at and (weekday is null or date_part('dow', day) = weekday)
$$;

/*
 * Makes the digests whose hour has come, each with what it says: what is unread,
 * happened before the hour, and was said by no mail. What still waits of a kind that
 * goes at once by now is in the daily one. Those a worker missed are made when it is
 * back, but nothing older than ten days. Answers how many were made.
 */
create function private.make_digests(at timestamptz default now()) returns int
language plpgsql set search_path = ''
as $$
declare
  made int;
begin
  with waiting as materialized (
    select event.notification_id, event.item_id, event.user_id, event.created_at,
      case wanted.pace when 'at_once' then 'daily' else wanted.pace end as pace
    from public.notification_events as event
    join public.notifications as notice on notice.id = event.notification_id and notice.read_at is null
    left join public.notification_preferences as chosen on chosen.user_id = event.user_id and chosen.kind = notice.kind
    cross join lateral (select coalesce(chosen.email, private.usual_mail_pace(notice.kind)) as pace) as wanted
    where event.mail_id is null and event.created_at between at - interval '10 days' and at),
  slots as (
    select reader.user_id, reader.pace,
      private.last_slot(at, profiles.time_zone, coalesce(times.hour, 8),
        case reader.pace when 'weekly' then coalesce(times.weekday, 0) end) as slot
    from (select distinct user_id, pace from waiting where pace in ('daily', 'weekly')) as reader
    join public.profiles on profiles.id = reader.user_id and profiles.status = 'active'
    left join public.digest_times as times on times.user_id = reader.user_id),
  digests as (
    insert into private.notification_mails (user_id, pace, slot, closed_at)
    select slots.user_id, slots.pace, slots.slot, now() from slots
    where exists (
      select from waiting
      where waiting.user_id = slots.user_id and waiting.pace = slots.pace and waiting.created_at <= slots.slot)
    order by slots.user_id, slots.pace
    on conflict (user_id, pace, slot) do nothing
    returning id, user_id, pace, slot),
  said as (
    update public.notification_events as event set mail_id = digests.id
    from waiting join digests on digests.user_id = waiting.user_id and digests.pace = waiting.pace
    where waiting.created_at <= digests.slot
      and event.notification_id = waiting.notification_id and event.item_id = waiting.item_id)
  select count(*) into made from digests;
  return made;
end;
$$;
