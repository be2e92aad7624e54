/*
 * Forum, counting — what a company has opened and written, in its statistics.
 *
 * A topic counts for the company it belongs to, a post for the one its author
 * wrote for; what is deleted counts no more.
 */

-- What follows ----------------------------------------------------------------

create function private.topics_count() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform private.count_organization(organization_id, 'topics', count(*))
    from new_rows where deleted_at is null group by organization_id order by organization_id;
  elsif tg_op = 'DELETE' then
    perform private.count_organization(organization_id, 'topics', -count(*))
    from old_rows where deleted_at is null group by organization_id order by organization_id;
  else
    perform private.count_organization(organization_id, 'topics', sum(delta)::bigint)
    from (
      select organization_id, -1 as delta from old_rows where deleted_at is null
      union all
      select organization_id, 1 from new_rows where deleted_at is null) as moved
    group by organization_id having sum(delta) <> 0 order by organization_id;
  end if;
  return null;
end;
$$;

create trigger after_insert_count after insert on public.topics
  referencing new table as new_rows for each statement execute function private.topics_count();

create trigger after_update_count after update on public.topics
  referencing old table as old_rows new table as new_rows for each statement execute function private.topics_count();

create trigger after_delete_count after delete on public.topics
  referencing old table as old_rows for each statement execute function private.topics_count();

create function private.posts_count() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform private.count_organization(author_organization_id, 'posts', count(*))
    from new_rows where deleted_at is null and topic_deleted_at is null group by author_organization_id order by author_organization_id;
  elsif tg_op = 'DELETE' then
    perform private.count_organization(author_organization_id, 'posts', -count(*))
    from old_rows where deleted_at is null and topic_deleted_at is null group by author_organization_id order by author_organization_id;
  else
    perform private.count_organization(author_organization_id, 'posts', sum(delta)::bigint)
    from (
      select author_organization_id, -1 as delta from old_rows where deleted_at is null and topic_deleted_at is null
      union all
      select author_organization_id, 1 from new_rows where deleted_at is null and topic_deleted_at is null) as moved
    group by author_organization_id having sum(delta) <> 0 order by author_organization_id;
  end if;
  return null;
end;
$$;

create trigger after_insert_count after insert on public.posts
  referencing new table as new_rows for each statement execute function private.posts_count();

create trigger after_update_count after update on public.posts
  referencing old table as old_rows new table as new_rows for each statement execute function private.posts_count();

create trigger after_delete_count after delete on public.posts
  referencing old table as old_rows for each statement execute function private.posts_count();
