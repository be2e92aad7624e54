/*
 * Invitations, limits — how many a day, counted by line: a list of hundreds is
 * one act, and its lines count one by one.
 */

-- When the window began that this moment lies in, as take_rate_limit() has it.
create function private.window_start(window_seconds int) returns timestamptz
language sql volatile set search_path = ''
as $$
  select date_bin(make_interval(secs => window_seconds), clock_timestamp(), timestamptz '2020-01-01 00:00:00Z')
$$;

create function private.refuse_until_next_window(window_seconds int) returns void
language sql volatile set search_path = ''
as $$
  select private.refuse_for(ceil(extract(epoch from
    private.window_start(window_seconds) + make_interval(secs => window_seconds) - clock_timestamp()))::int)
$$;

-- What is left of a subject's count; never less than nothing. Whoever counts on it must hold a lock until they have counted.
create function private.rate_left(bucket text, subject text, max_hits int, window_seconds int) returns int
language sql volatile set search_path = ''
as $$
  select greatest(0, max_hits - coalesce((
    select hits from private.rate_limits
    where rate_limits.bucket = rate_left.bucket and rate_limits.subject = rate_left.subject
      and window_start = private.window_start(window_seconds)), 0))
$$;

-- Counts as many knocks at once.
create function private.count_rate(bucket text, subject text, hits int, window_seconds int) returns void
language sql volatile set search_path = ''
as $$
  insert into private.rate_limits as seen (bucket, subject, window_start, hits)
  select count_rate.bucket, count_rate.subject, private.window_start(window_seconds), count_rate.hits
  where count_rate.hits > 0
  on conflict on constraint rate_limits_pkey do update set hits = seen.hits + excluded.hits
$$;

/*
 * How many mails this company and this admin may still have sent today. The
 * company's row is locked by then, so that two who ask at once do not both get
 * the last one.
 */
create function private.invitations_left(organization uuid) returns int
language sql volatile set search_path = ''
as $$
  select least(
    private.rate_left('invitations.organization', organization::text, 2000, 86400),
    private.rate_left('invitations.person', auth.uid()::text, 1000, 86400))
$$;

create function private.count_invitations(organization uuid, mails int) returns void
language sql volatile set search_path = ''
as $$
  select private.count_rate('invitations.organization', organization::text, mails, 86400);
  select private.count_rate('invitations.person', auth.uid()::text, mails, 86400);
$$;

/*
 * Counts a mail to each address, and names those that have had ten today from
 * whichever companies: nobody's mailbox is filled by invitations. In the order
 * of their digests, so that two lists with the same people never wait for each
 * other.
 */
create function private.weary_addresses(emails text[]) returns text[]
language sql volatile set search_path = ''
as $$
  with knocks as (
    select distinct email, encode(sha256(convert_to(email, 'utf8')), 'hex') as subject
    from unnest(emails) as email),
  counted as (
    insert into private.rate_limits as seen (bucket, subject, window_start, hits)
    select 'invitations.address', subject, private.window_start(86400), 1
    from knocks order by subject
    on conflict on constraint rate_limits_pkey do update set hits = seen.hits + 1
    returning seen.subject, seen.hits)
  select coalesce(array_agg(knocks.email), '{}')
  from knocks join counted on counted.subject = knocks.subject and counted.hits > 10
$$;
