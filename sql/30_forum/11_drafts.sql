/*
 * Forum, drafts — what somebody is writing, found again on another device.
 *
 * The last writer wins, but never unawares: whoever has not seen what another
 * device kept meanwhile is shown it first.
 */

-- What one may do -----------------------------------------------------------

/*
 * Keeps a draft. `based_on` is the time of the one this device knows. Where
 * another device wrote since, nothing is kept: the answer is 409 draft_changed
 * as the Data API writes an error, with the stored `draft` beside it.
 */
create function public.save_draft(key text, content jsonb, based_on timestamptz default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  stored public.drafts;
begin
  perform private.require_organization();
  if key is null or key !~ '^(topic|(reply|edit):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?)$' then
    perform private.refuse(422, 'invalid_input', 'A draft is of a topic, a reply or an edit.');
  elsif content is null or jsonb_typeof(content) <> 'object' then
    perform private.refuse(422, 'invalid_input', 'A draft is an object.');
  elsif octet_length(content::text) > 120000 then
    perform private.refuse(413, 'document_too_large', 'A draft has at most 120,000 bytes.');
  end if;
  perform private.limit_rate('drafts.person', auth.uid()::text, 240, 600);

  -- One's devices write one after another.
  perform pg_advisory_xact_lock(hashtextextended('drafts ' || auth.uid(), 0));
  select * into stored from public.drafts where user_id = auth.uid() and drafts.key = save_draft.key;
  if stored.content = save_draft.content then
    return jsonb_build_object('key', key, 'updated_at', stored.updated_at);
  elsif stored.updated_at is distinct from based_on and stored.key is not null then
    perform set_config('response.status', '409', true);
    return jsonb_build_object(
      'code', 'PT409', 'details', 'draft_changed', 'hint', null,
      'message', 'Another device has written here since.',
      'draft', to_jsonb(stored) - 'user_id');
  elsif stored.key is null and (select count(*) from public.drafts where user_id = auth.uid()) >= 50 then
    perform private.refuse(409, 'drafts_limit', 'There are fifty drafts: discard one first.');
  end if;

  insert into public.drafts as kept (user_id, key, content, updated_at)
  values (auth.uid(), save_draft.key, save_draft.content, clock_timestamp())
  on conflict on constraint drafts_pkey do update set content = excluded.content
  returning * into stored;
  return jsonb_build_object('key', key, 'updated_at', stored.updated_at);
end;
$$;
comment on function public.save_draft is
  'Keeps what one is writing: {key, updated_at}. Where it is newer elsewhere than `based_on`: 409 draft_changed with the stored `draft`.';
grant execute on function public.save_draft to authenticated;

create function public.list_drafts() returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  perform private.require_organization();
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'key', drafts.key, 'updated_at', drafts.updated_at,
      'title', coalesce(topics.title, drafts.content ->> 'title'),
      'topic', topics.id,
      'locked', topics.locked_at is not null,
      'gone', named.id is distinct from posts.id or posts.deleted_at is not null,
      'excerpt', left(private.draft_text(drafts.content), 140)) order by drafts.updated_at desc), '[]')
    from public.drafts
    cross join lateral (
      select case
        when drafts.key like 'edit:%' then private.draft_subject(drafts.key)
        else nullif(split_part(drafts.key, ':', 3), '')::uuid
      end as id) as named
    left join public.posts on posts.id = named.id
    left join public.topics
      on topics.id = case when drafts.key like 'reply:%' then private.draft_subject(drafts.key) else posts.topic_id end);
end;
$$;
comment on function public.list_drafts is
  'The caller''s drafts, newest first: key, updated_at, the topic they belong to, whether it is closed, whether the post they answer or change is gone, and how they begin. What one says whole is in the table.';
grant execute on function public.list_drafts to authenticated;

-- The topic or post a key names; null for a new topic.
create function private.draft_subject(key text) returns uuid
language sql immutable set search_path = ''
as $$ select nullif(split_part(key, ':', 2), '')::uuid $$;
grant execute on function private.draft_subject to authenticated;

-- The words of a draft, wherever its document is kept in it.
create function private.draft_text(content jsonb) returns text
language sql immutable set search_path = ''
as $$
  select string_agg(words #>> '{}', ' ')
  from jsonb_path_query(content -> 'body', 'strict $.** ? (@.type == "text").text', silent => true) as words
$$;
grant execute on function private.draft_text to authenticated;

create function public.discard_draft(key text) returns void
language sql security definer set search_path = ''
as $$
  select private.require_organization();
  delete from public.drafts where user_id = auth.uid() and drafts.key = discard_draft.key;
$$;
comment on function public.discard_draft is
  'Forgets a draft of the caller''s; one that is not there is forgotten already.';
grant execute on function public.discard_draft to authenticated;
