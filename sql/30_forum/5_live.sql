/*
 * Forum, live — what open pages are told, and who may listen.
 *
 *   topic:<id>          posts of one topic; typing and presence of its readers
 *   forum               topics of the community
 *   organization:<id>   topics of one organization
 *
 * An event names a row; the page asks for the row under its reader's rights.
 * So nothing can be overheard that could not be read.
 */

-- Who may listen ------------------------------------------------------------

-- Asked once for a channel that is joined, never for a row.
create function private.may_read_topic_channel(topic text) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
  return topic ~ '^topic:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    and exists (select from public.topics where topics.id = substr(topic, 7)::uuid and topics.deleted_at is null);
end;
$$;
grant execute on function private.may_read_topic_channel to authenticated;

create policy select_forum_reader on realtime.messages
  for select to authenticated
  using (extension in ('broadcast', 'presence') and case
    when (select private.my_organization()) is null then false
    when (select realtime.topic()) = 'forum' then true
    when (select realtime.topic()) = 'organization:' || (select private.my_organization()) then true
    else (select private.may_read_topic_channel((select realtime.topic())))
  end);

-- Typing and presence, in a topic one can read. Everything else is said by the database.
create policy insert_forum_reader on realtime.messages
  for insert to authenticated
  with check (extension in ('broadcast', 'presence')
    and (select private.my_organization()) is not null
    and (select private.may_read_topic_channel((select realtime.topic()))));

-- What follows ----------------------------------------------------------------

create function private.posts_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('post_id', new.id, 'parent_id', new.parent_id, 'author_id', new.author_id),
    case
      when tg_op = 'INSERT' then 'post_created'
      when new.deleted_at is not null then 'post_deleted'
      else 'post_edited'
    end,
    'topic:' || new.topic_id,
    true);
  return null;
end;
$$;

create trigger after_insert_announce after insert on public.posts
  for each row execute function private.posts_announce();

create trigger after_update_announce after update of body, deleted_at on public.posts
  for each row execute function private.posts_announce();

create function private.topics_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('topic_id', new.id),
    -- Its opening post makes a new topic complete, and it is the first to change it.
    case when old.last_number = 0 then 'topic_opened' else 'topic_changed' end,
    case new.visibility
      when 'community' then 'forum'
      else 'organization:' || new.organization_id
    end,
    true);
  return null;
end;
$$;

create trigger after_update_announce after update on public.topics
  for each row execute function private.topics_announce();
