/*
 * Platform — what keeps the place running: limits on how often, signs of life
 * from the worker, and the memory of mails already sent.
 *
 * All of it is private; the functions here are for our own services
 * (service_role), never for a browser.
 */

-- Tables ------------------------------------------------------------------

/*
 * Fixed windows. Logged, not unlogged: a limit must outlive a crash, or a
 * crash is the way around it.
 */
create table private.rate_limits (
  bucket       text not null check (bucket ~ '^[a-z_.]{1,40}$'),
  subject      text not null check (length(subject) <= 300),
  window_start timestamptz not null,
  hits         int not null check (hits > 0),
  primary key (bucket, subject, window_start)
);
comment on table private.rate_limits is
  'How often a subject (an address, an IP) knocked in a window of time.';

-- Which windows are over and can be swept?
create index on private.rate_limits (window_start);

create table private.heartbeats (
  part    text primary key check (part in ('worker', 'mail')),
  beat_at timestamptz not null default now(),
  ok      boolean not null,
  detail  jsonb not null default '{}'
);
comment on table private.heartbeats is
  'The last sign of life of each part that the database cannot see by itself.';

create table private.sent_mails (
  id      uuid primary key,
  kind    text not null,
  user_id uuid references auth.users on delete cascade,
  sent_at timestamptz not null default now()
);
comment on table private.sent_mails is
  'Mails that a person gets once in their life, by an id made of kind and person: a job that runs twice sends once.';

-- Which mails go when a person goes?
create index on private.sent_mails (user_id);

-- What our services may do --------------------------------------------------

/*
 * Counts a knock and says whether it may pass. One upsert, so that parallel
 * callers queue on the row and none slips through.
 */
create function public.take_rate_limit(bucket text, subject text, max_hits int, window_seconds int)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  width interval := make_interval(secs => window_seconds);
  opened timestamptz := date_bin(width, clock_timestamp(), timestamptz '2020-01-01 00:00:00Z');
  hits int;
begin
  insert into private.rate_limits as seen (bucket, subject, window_start, hits)
  values (take_rate_limit.bucket, take_rate_limit.subject, opened, 1)
  on conflict on constraint rate_limits_pkey do update set hits = seen.hits + 1
  returning seen.hits into hits;

  return jsonb_build_object(
    'allowed', hits <= max_hits,
    'retry_after', ceil(extract(epoch from opened + width - clock_timestamp()))::int);
end;
$$;
comment on function public.take_rate_limit is
  'Counts a knock of a subject in a fixed window. Returns {allowed, retry_after in seconds}.';
grant execute on function public.take_rate_limit to service_role;

/*
 * The same for functions a person calls: refuses one knock too many with 429 and
 * the seconds to wait. What a caller was refused for another reason is not
 * counted, since the refusal takes the count back with it.
 */
create function private.limit_rate(bucket text, subject text, max_hits int, window_seconds int) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  answer jsonb := public.take_rate_limit(bucket, subject, max_hits, window_seconds);
begin
  if not (answer ->> 'allowed')::boolean then
    perform private.refuse_for((answer ->> 'retry_after')::int);
  end if;
end;
$$;

/*
 * The parts only the database can judge. The thresholds: a worker beats every
 * ten seconds, so three missed beats are a fault; work that has waited five
 * minutes past its time is not being done.
 */
create function public.platform_health() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'queue', (
      select jsonb_build_object(
        'ok', count(*) filter (where start_after < now() - interval '5 minutes') = 0,
        'waiting', count(*))
      from pgboss.job
      where state in ('created', 'retry') and name not like '%.dead'),
    'worker', coalesce((
      select jsonb_build_object('ok', ok and beat_at > now() - interval '30 seconds', 'beat_at', beat_at)
      from private.heartbeats where part = 'worker'), '{"ok": false}'),
    'mail', coalesce((
      select jsonb_build_object('ok', ok and beat_at > now() - interval '30 seconds', 'beat_at', beat_at)
      from private.heartbeats where part = 'mail'), '{"ok": false}'))
$$;
comment on function public.platform_health is
  'State of the queue, the worker and the mail server, as the database knows it.';
grant execute on function public.platform_health to service_role;
