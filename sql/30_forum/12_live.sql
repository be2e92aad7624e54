/*
 * Forum, live — what open pages are told, and who may listen.
 *
 *   topic:<id>          posts of one topic; typing and presence of its readers;
 *                       topic:<id>:<organization> where one company reads it
 *   forum               topics of the community
 *   organization:<id>   topics of one organization
 *
 * An event names a row; the page asks for the row under its reader's rights.
 * So nothing can be overheard that could not be read.
 */

-- Who may listen ------------------------------------------------------------

/*
 * The channel of a topic. Who may listen is asked when it is joined: so what becomes
 * one company's own goes on in another, which those who listened before are not in.
 */
create function private.topic_channel(topic uuid, visibility public.visibility, organization uuid) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return 'topic:' || topic::text || case visibility when 'organization' then ':' || organization::text else '' end;
end;
$$;
grant execute on function private.topic_channel to authenticated;

-- Asked once for a channel that is joined, never for a row.
create function private.may_read_topic_channel(topic text) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
  return topic ~ '^topic:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:|$)'
    and exists (
      select from public.topics as asked
      where asked.id = substr(topic, 7, 36)::uuid and asked.deleted_at is null
        and private.topic_channel(asked.id, asked.visibility, asked.organization_id) = topic);
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
    private.topic_channel(new.topic_id, new.visibility, new.organization_id),
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
    case when old.numbered_to = 0 then 'topic_opened' else 'topic_changed' end,
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

-- Who reads it is told what the topic itself has become; who is in the list is told by the trigger above.
create function private.topics_tell_readers() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Where others read it now, those who did until now are told once more, and look, and go.
  perform realtime.send(jsonb_build_object('topic_id', new.id), 'topic_changed', channel, true)
  from (values
    (private.topic_channel(old.id, old.visibility, old.organization_id)),
    (private.topic_channel(new.id, new.visibility, new.organization_id))) as told (channel)
  group by channel;
  return null;
end;
$$;

create trigger after_update_tell_readers
  after update of title, tags, template_answers, category_id, visibility, answer_id, pinned_in, pinned_until, locked_at, deleted_at
  on public.topics for each row
  when ((old.title, old.tags, old.template_answers, old.category_id, old.visibility, old.answer_id, old.pinned_in,
      old.pinned_until, old.locked_at, old.deleted_at)
    is distinct from (new.title, new.tags, new.template_answers, new.category_id, new.visibility, new.answer_id,
      new.pinned_in, new.pinned_until, new.locked_at, new.deleted_at))
  execute function private.topics_tell_readers();

-- Votes for a post: how many there are now. Only for those who have its topic open.
create function private.posts_announce_votes() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('post_id', new.id, 'vote_count', new.vote_count), 'post_voted',
    private.topic_channel(new.topic_id, new.visibility, new.organization_id), true);
  return null;
end;
$$;

create trigger after_update_announce_votes after update of vote_count on public.posts
  for each row when (old.vote_count is distinct from new.vote_count)
  execute function private.posts_announce_votes();
