/*
 * Jobs — work that is promised in the same transaction as the change that
 * needs it. If the change is rolled back, so is the promise.
 *
 * The tables are pg-boss's own (schema pgboss, a migration of its own); the
 * worker makes the queues from packages/contracts/src/jobs.ts when it starts.
 */

/*
 * An insert that did not join the queue would take the columns' defaults and
 * lose the queue's retries and its dead letter queue. The notification wakes
 * the worker when the transaction commits; its channel is the one pg-boss
 * derives from the name of its schema.
 *
 * Security definer: whoever makes the change has no rights in pgboss.
 */
create function private.enqueue(name text, data jsonb) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  job_id uuid;
begin
  insert into pgboss.job (
    name, data, policy, dead_letter, retry_limit, retry_delay, retry_backoff,
    retry_delay_max, expire_seconds, deletion_seconds, heartbeat_seconds, keep_until)
  select
    queue.name,
    jsonb_build_object('requestId', private.request_id()) || enqueue.data,
    queue.policy, queue.dead_letter, queue.retry_limit, queue.retry_delay,
    queue.retry_backoff, queue.retry_delay_max, queue.expire_seconds,
    queue.deletion_seconds, queue.heartbeat_seconds,
    now() + queue.retention_seconds * interval '1 second'
  from pgboss.queue
  where queue.name = enqueue.name
  returning id into job_id;

  if job_id is null then
    raise exception 'There is no queue "%": has a worker been started?', enqueue.name;
  end if;

  perform pg_notify('pgboss_' || left(encode(sha224('pgboss'), 'hex'), 24), enqueue.name);
  return job_id;
end;
$$;
