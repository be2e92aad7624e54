/*
 * Notifications, notifying — the one function that tells, for every feature.
 *
 * Notices are locked in the order of their people, then their ids, by all who
 * change more than one.
 */

-- What follows ----------------------------------------------------------------

/*
 * Tells people that something happened in a thread. Nobody is told of their own
 * deeds, nobody who is not active, nobody outside of `audience` (an organization;
 * null is the community), nobody who wants to hear nothing of the kind. Whoever
 * calls leaves out those who muted the thread.
 *
 * `item` is the row that tells it and `place` where it stands in the thread; where
 * the same row tells it again, it is told again and counted once. Cheap where there
 * is nobody to tell.
 */
create function private.notify(
  recipients uuid[], kind public.notification_kind, thread text, item uuid, place int, actor uuid,
  audience uuid default null) returns void
language plpgsql security definer set search_path = ''
as $$
-- The target of `on conflict` can't be qualified.
#variable_conflict use_column
begin
  if coalesce(cardinality(recipients), 0) = 0 then
    return;
  end if;

  with told as (
    select profiles.id as user_id, coalesce(chosen.in_app, true) as in_app,
      coalesce(chosen.email, private.usual_mail_pace(notify.kind)) as email
    from public.profiles
    join public.memberships on memberships.user_id = profiles.id
      and (notify.audience is null or memberships.organization_id = notify.audience)
    left join public.notification_preferences as chosen on chosen.user_id = profiles.id and chosen.kind = notify.kind
    where profiles.id = any (recipients) and profiles.status = 'active' and profiles.id is distinct from actor),
  notices as (
    insert into public.notifications as notice (user_id, kind, thread, in_app)
    select told.user_id, notify.kind, notify.thread, told.in_app from told
    where told.in_app or told.email <> 'none'
    order by told.user_id
    on conflict (user_id, kind, thread) where read_at is null do update set
      event_count = notice.event_count + case when exists (
        select from public.notification_events as event
        where event.notification_id = notice.id and event.item_id = notify.item) then 0 else 1 end,
      in_app = notice.in_app or excluded.in_app,
      newest_at = excluded.newest_at
    returning notice.id, notice.user_id),
  mails as (
    insert into private.notification_mails as mail (user_id, pace, notification_id, thread, due_at)
    select notices.user_id, 'at_once', notices.id, notify.thread,
      private.mail_due_at(notices.id, notices.user_id, notify.thread)
    from notices join told on told.user_id = notices.user_id and told.email = 'at_once'
    on conflict (notification_id) where closed_at is null do update set due_at = mail.due_at
    returning mail.id, mail.notification_id)
  insert into public.notification_events (notification_id, item_id, user_id, actor_id, place, mail_id)
  select notices.id, notify.item, notices.user_id, notify.actor, notify.place, mails.id
  from notices left join mails on mails.notification_id = notices.id
  on conflict (notification_id, item_id) do update set
    actor_id = excluded.actor_id, created_at = excluded.created_at, mail_id = excluded.mail_id;
end;
$$;

/*
 * Who has just read the thread needs no mail: half a minute passes first. And a
 * lively thread is no reason for many mails: one an hour about one notice, and
 * whoever takes back what was mailed does not get the next mail out sooner.
 */
create function private.mail_due_at(notice uuid, person uuid, thread text) returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select greatest(now() + interval '30 seconds', max(mail.sent_at) + interval '1 hour')
    from private.notification_mails as mail
    where mail.user_id = person and mail.thread = mail_due_at.thread
      and (mail.notification_id = notice or mail.notification_id is null));
end;
$$;

-- Takes back what nobody has read yet of a row that is gone: of one kind, or of all.
create function private.take_back_notices(item uuid, kind public.notification_kind default null) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform from public.notifications as notice
  where notice.id in (select notification_id from public.notification_events where item_id = item)
  order by notice.user_id, notice.id
  for update;

  with gone as (
    delete from public.notification_events as event using public.notifications as notice
    where event.item_id = item and notice.id = event.notification_id and notice.read_at is null
      and (take_back_notices.kind is null or notice.kind = take_back_notices.kind)
    returning event.notification_id),
  fewer as (
    update public.notifications as notice set event_count = event_count - 1
    from gone where notice.id = gone.notification_id and event_count > 1)
  delete from public.notifications as notice using gone
  where notice.id = gone.notification_id and event_count = 1;
end;
$$;

-- What one may do -----------------------------------------------------------

/*
 * All is all that one could see: what is for a mail alone is read where its thread
 * is. Security definer: clients have no right to write the table.
 */
create function public.mark_notifications_read(ids uuid[] default null, thread text default null) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  with mine as (
    select notice.id from public.notifications as notice
    where notice.user_id = auth.uid() and notice.read_at is null
      and (ids is null or notice.id = any (ids))
      and case when mark_notifications_read.thread is null then notice.in_app
        else notice.thread = mark_notifications_read.thread end
    order by notice.id for update)
  update public.notifications as notice set read_at = now() from mine where notice.id = mine.id;
end;
$$;
comment on function public.mark_notifications_read is
  'Marks notices of the caller as read: these, those of a thread (`topic:<id>`), or all. Doing it again changes nothing.';
grant execute on function public.mark_notifications_read to authenticated;

-- What follows, live ----------------------------------------------------------

/*
 * user:<id> hears of what is new and of what was read on another device; the
 * page asks for the rest under its reader's rights. What is for a mail alone is
 * said too: a page that has its thread open then answers that its reader is there.
 */
create function private.notifications_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform realtime.send(jsonb_build_object('notification_id', id), 'notified', 'user:' || user_id, true)
    from new_rows;
  else
    perform realtime.send(jsonb_build_object('notification_id', new_rows.id), 'notified', 'user:' || new_rows.user_id, true)
    from new_rows join old_rows on old_rows.id = new_rows.id
    where new_rows.newest_at > old_rows.newest_at;
    perform realtime.send('{}', 'notifications_read', 'user:' || reader.user_id, true)
    from (
      select distinct new_rows.user_id from new_rows join old_rows on old_rows.id = new_rows.id
      where new_rows.in_app and (new_rows.read_at is distinct from old_rows.read_at
        or new_rows.event_count < old_rows.event_count)) as reader;
  end if;
  return null;
end;
$$;

create trigger after_insert_announce after insert on public.notifications
  referencing new table as new_rows for each statement execute function private.notifications_announce();

create trigger after_update_announce after update on public.notifications
  referencing old table as old_rows new table as new_rows for each statement execute function private.notifications_announce();

create function private.notifications_retract() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send('{}', 'notifications_read', 'user:' || reader.user_id, true)
  from (select distinct user_id from old_rows where in_app and read_at is null) as reader;
  return null;
end;
$$;

create trigger after_delete_retract after delete on public.notifications
  referencing old table as old_rows for each statement execute function private.notifications_retract();
