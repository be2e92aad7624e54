/*
 * Notifications, preferences — each person says, kind by kind, what the centre
 * and what the mailbox is told. Whoever says nothing is mailed at once about
 * what speaks to them, and once a day about what they only watch.
 */

-- What one may do -----------------------------------------------------------

create function private.usual_mail_pace(kind public.notification_kind) returns public.mail_pace
language plpgsql immutable set search_path = ''
as $$
begin
  return case kind when 'watched_topic' then 'daily' else 'at_once' end::public.mail_pace;
end;
$$;
grant execute on function private.usual_mail_pace to authenticated;

create function public.my_notification_settings() returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  perform private.require_organization();
  return jsonb_build_object(
    'kinds', (
      select jsonb_agg(jsonb_build_object(
        'kind', kinds.kind,
        'in_app', coalesce(chosen.in_app, true),
        'email', coalesce(chosen.email, private.usual_mail_pace(kinds.kind))) order by kinds.kind)
      from unnest(enum_range(null::public.notification_kind)) as kinds (kind)
      left join public.notification_preferences as chosen on chosen.user_id = auth.uid() and chosen.kind = kinds.kind),
    'hour', coalesce((select hour from public.digest_times where user_id = auth.uid()), 8),
    'weekday', coalesce((select weekday from public.digest_times where user_id = auth.uid()), 0),
    'time_zone', (select time_zone from public.profiles where id = auth.uid()));
end;
$$;
comment on function public.my_notification_settings is
  'How the caller is told: {kinds: [{kind, in_app, email}], hour, weekday, time_zone}.';
grant execute on function public.my_notification_settings to authenticated;

-- Security definer, as the next: clients have no right to write the tables.
create function public.set_notification_preference(
  kind public.notification_kind, in_app boolean, email public.mail_pace) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if kind is null or in_app is null or email is null then
    perform private.refuse(422, 'invalid_input', 'Say the kind, whether the centre is told, and how often a mail goes.');
  end if;
  insert into public.notification_preferences as chosen (user_id, kind, in_app, email)
  values (auth.uid(), set_notification_preference.kind, set_notification_preference.in_app, set_notification_preference.email)
  on conflict on constraint notification_preferences_pkey do update set in_app = excluded.in_app, email = excluded.email;
end;
$$;
comment on function public.set_notification_preference is
  'Says how the caller is told of a kind: in the centre or not, and by mail at_once, daily, weekly or none.';
grant execute on function public.set_notification_preference to authenticated;

create function public.set_digest_time(hour int, weekday int) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if (hour between 0 and 23 and weekday between 0 and 6) is not true then
    perform private.refuse(422, 'invalid_input', 'An hour is 0 to 23, a weekday 0 (Sunday) to 6.');
  end if;
  insert into public.digest_times as chosen (user_id, hour, weekday)
  values (auth.uid(), set_digest_time.hour, set_digest_time.weekday)
  on conflict on constraint digest_times_pkey do update set hour = excluded.hour, weekday = excluded.weekday;
end;
$$;
comment on function public.set_digest_time is
  'Says when the caller''s digests go, by the clock of their time zone: the hour, and the weekday of the weekly one (0 is Sunday).';
grant execute on function public.set_digest_time to authenticated;
