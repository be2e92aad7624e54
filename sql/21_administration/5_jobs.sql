/*
 * Administration, jobs — what the worker has to do, and what it gave up.
 *
 * What failed for good lies in its queue's dead letter queue, `<name>.dead`,
 * for ninety days. Sending it back makes a new job with the settings its queue
 * has now, in the statement that takes the dead one away: asked twice, once done.
 */

-- What one may do -----------------------------------------------------------

/*
 * Jobs are counted where they lie: pg-boss keeps counts of its own, but brings
 * them up to date only now and then. Those that are done are not asked for.
 */
create function public.queue_overview() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_platform_admin();
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'name', queue.name,
      'waiting', coalesce(waiting, 0),
      'retrying', coalesce(retrying, 0),
      'active', coalesce(active, 0),
      'dead', coalesce(dead, 0),
      'oldest_due_at', oldest_due_at,
      'last_dead_at', last_dead_at,
      'schedule', (select cron from pgboss.schedule where schedule.name = queue.name limit 1))
      order by coalesce(dead, 0) > 0 desc, queue.name), '[]')
    from pgboss.queue
    left join (
      select
        name,
        count(*) filter (where state = 'created') as waiting,
        count(*) filter (where state = 'retry') as retrying,
        count(*) filter (where state = 'active') as active,
        min(start_after) filter (where state in ('created', 'retry') and start_after <= now()) as oldest_due_at
      from pgboss.job where state < 'completed' group by name) as open on open.name = queue.name
    left join (
      select name, count(*) as dead, max(created_on) as last_dead_at
      from pgboss.job where state = 'created' and name like '%.dead' group by name) as gone on gone.name = queue.dead_letter
    where queue.dead_letter is not null);
end;
$$;
comment on function public.queue_overview is
  'For platform admins: each queue with what waits, is tried again, runs and has failed for good, and since when work is due.';
grant execute on function public.queue_overview to authenticated;

/*
 * What of a payload may be shown: ids, numbers, yes or no. Our payloads hold
 * nothing else; a word that slipped into one must not be read here.
 */
create function private.ids_of(payload jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select coalesce(jsonb_object_agg(key, value), '{}')
  from jsonb_each(case jsonb_typeof(payload) when 'object' then payload else '{}' end)
  where jsonb_typeof(value) in ('number', 'boolean')
    or (jsonb_typeof(value) = 'string' and value #>> '{}' ~ '^[A-Za-z0-9_.-]{1,64}$')
$$;

create function private.require_queue(queue text) returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
  if not exists (select from pgboss.queue as known where known.name = queue and known.dead_letter is not null) then
    perform private.refuse(404, 'not_found', 'There is no such queue.');
  end if;
end;
$$;

create function public.list_dead_jobs(queue text, after uuid default null, size int default 25) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  bound int := private.page_size(size);
  since timestamptz;
begin
  perform private.require_platform_admin();
  perform private.require_queue(queue);
  select created_on into since from pgboss.job where name = queue || '.dead' and id = after;
  if after is not null and since is null then
    perform private.refuse(422, 'cursor_invalid', 'The list has changed. Start again.');
  end if;

  return (
    with found as (
      select *, row_number() over (order by created_on desc, id desc) as place
      from pgboss.job
      where name = queue || '.dead' and state = 'created'
        and (after is null or (created_on, id) < (since, after))
      order by created_on desc, id desc
      limit bound + 1)
    select jsonb_build_object(
      'jobs', coalesce(jsonb_agg(jsonb_build_object(
        'id', id,
        'payload', private.ids_of(data),
        'error', coalesce(source_output ->> 'message', output ->> 'message'),
        'tries', source_retry_count + 1,
        'asked_at', source_created_on,
        'failed_at', created_on) order by place) filter (where place <= bound), '[]'),
      'next', case when count(*) > bound then (array_agg(id order by place))[bound] end)
    from found);
end;
$$;
comment on function public.list_dead_jobs is
  'For platform admins: what of a queue failed for good, newest first, with the error and the tries it took. Payloads are shown as far as they are ids.';
grant execute on function public.list_dead_jobs to authenticated;

-- Takes dead jobs away, up to a thousand at once, and says which; `jobs` null means all of the queue.
create function private.take_dead_jobs(queue text, jobs uuid[]) returns table (data jsonb)
language sql security definer set search_path = ''
as $$
  with taken as (
    select id from pgboss.job
    where name = queue || '.dead' and state = 'created' and (jobs is null or id = any (jobs))
    order by created_on limit 1000
    for update skip locked)
  delete from pgboss.job using taken
  where job.name = queue || '.dead' and job.id = taken.id
  returning job.data
$$;

create function public.replay_dead_jobs(queue text, jobs uuid[] default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('jobs.replay', 'queue', queue);
  replayed int;
begin
  if refusal is not null then
    return refusal;
  end if;
  perform private.require_queue(queue);
  select count(private.enqueue(queue, data)) into replayed from private.take_dead_jobs(queue, jobs);
  if replayed > 0 then
    perform private.audit('jobs.replay', null, 'queue', queue, null, jsonb_build_object('jobs', replayed));
  end if;
  return jsonb_build_object('jobs', replayed);
end;
$$;
comment on function public.replay_dead_jobs is
  'For platform admins: gives what failed for good back to its queue, up to a thousand jobs a call; `jobs` names some of them. Answers how many; asking again finds none.';
grant execute on function public.replay_dead_jobs to authenticated;

create function public.discard_dead_jobs(queue text, jobs uuid[]) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('jobs.discard', 'queue', queue);
  discarded int;
begin
  if refusal is not null then
    return refusal;
  end if;
  perform private.require_queue(queue);
  -- Nothing named is nothing discarded: this cannot be taken back.
  select count(*) into discarded from private.take_dead_jobs(queue, coalesce(jobs, '{}'));
  if discarded > 0 then
    perform private.audit('jobs.discard', null, 'queue', queue, null, jsonb_build_object('jobs', discarded));
  end if;
  return jsonb_build_object('jobs', discarded);
end;
$$;
comment on function public.discard_dead_jobs is
  'For platform admins: gives up jobs that failed for good, those named. Answers how many.';
grant execute on function public.discard_dead_jobs to authenticated;
