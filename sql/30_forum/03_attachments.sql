/*
 * Forum, attachments — a file in a post is read by exactly those who read the post.
 *
 * A document names its files; a post that is written takes them: each must be
 * its author's own, looked at by the worker, and in no other post. What one
 * edit takes out of a post stays with its earlier words.
 */

-- Tables ------------------------------------------------------------------

create table public.post_files (
  file_id      uuid primary key references public.files on delete cascade,
  post_id      uuid not null references public.posts on delete cascade,
  topic_id     uuid not null references public.topics on delete cascade,
  content_type text not null,
  size         int not null,
  renditions   jsonb not null,
  thumbhash    text,
  withheld     boolean not null default false
);
comment on table public.post_files is
  'Which post a file is in, and what its readers are told of it; its row in `files` is its sender''s alone. One that is `withheld` was taken out while one company alone read the topic, and is read by that company alone.';

-- What is in this post? How much is in this topic?
create index on public.post_files (post_id);
create index on public.post_files (topic_id);

create table private.waiting_files (
  file_id  uuid not null references public.files on delete cascade,
  waits_in uuid not null,
  primary key (file_id, waits_in)
);
comment on table private.waiting_files is
  'Files of what was written and is not published yet: they stay although no post has taken them. `waits_in` is what names them.';

-- What is in this?
create index on private.waiting_files (waits_in);

-- Who may -----------------------------------------------------------------

alter table public.post_files enable row level security;
grant select on public.post_files to authenticated;

-- One value for one file, found by its key: an `exists` may be planned as a hash of all posts.
create policy select_post_reader on public.post_files
  for select to authenticated
  using ((
    select posts.deleted_at is null
      and (not post_files.withheld or posts.organization_id = (select private.my_organization()))
    from public.posts where posts.id = post_files.post_id));

-- The file an object was made of; null for a name of another kind.
create function private.file_of_object(name text) returns uuid
language sql immutable set search_path = ''
as $$ select case when name ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/' then left(name, 36)::uuid end $$;
grant execute on function private.file_of_object to authenticated;

-- Readers of its post; before there is one, who sent it.
create policy select_post_reader on storage.objects
  for select to authenticated
  using (bucket_id = 'attachments' and (
    (select true from public.post_files where file_id = private.file_of_object(objects.name))
    or (select attached_at is null from public.files where files.id = private.file_of_object(objects.name))));

-- What follows ----------------------------------------------------------------

-- How a file of a type may be called: what is saved under a name opens as the name says.
create function private.file_name_fits(name text, content_type text) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(lower(name) ~ ('.\.(' || case content_type
    when 'application/pdf' then 'pdf'
    when 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' then 'docx'
    when 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' then 'xlsx'
    when 'application/vnd.openxmlformats-officedocument.presentationml.presentation' then 'pptx'
    when 'model/step' then 'step|stp'
    when 'model/iges' then 'iges|igs'
    when 'model/stl' then 'stl'
    when 'model/3mf' then '3mf'
    when 'image/vnd.dxf' then 'dxf' end || ')$')
    and name !~ '[\u0001-\u001f\u007f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]', false)
$$;

-- Does every file stand in the document as what it is?
create function private.files_are_told_truly(document jsonb) returns boolean
language sql stable set search_path = ''
as $$
  select coalesce(bool_and(coalesce(case node ->> 'type'
    when 'image' then files.renditions <> '[]'
    else files.renditions = '[]' and node #>> '{attrs,type}' = files.content_type
      and node #>> '{attrs,size}' = files.size::text
      and private.file_name_fits(node #>> '{attrs,name}', files.content_type) end, false)), true)
  from jsonb_path_query(document, 'strict $.** ? (@.type == "image" || @.type == "attachment")') as node
  left join public.files on files.id = (node #>> '{attrs,file}')::uuid
$$;

-- The topic is locked by whoever writes in it, so that two posts cannot pass its bounds together.
create function private.posts_take_files() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  wanted uuid[] := array(
    select id from unnest(private.document_files(new.body)) as id
    where not exists (select from public.post_files where file_id = id and post_id = new.id)
    order by id);
  taken int;
begin
  perform from public.files where id = any (wanted) order by id for update;
  insert into public.post_files (file_id, post_id, topic_id, content_type, size, renditions, thumbhash)
  select id, new.id, new.topic_id, content_type, size, renditions, thumbhash from public.files
  where id = any (wanted) and purpose = 'attachment' and status = 'ready'
    and owner_id = new.author_id and attached_at is null;
  get diagnostics taken = row_count;
  if taken < cardinality(wanted) or not private.files_are_told_truly(new.body) then
    perform private.refuse(422, 'file_invalid', 'A file in it is not yours, not ready, in another post or not what is said of it.');
  end if;
  update public.files set attached_at = now() where id = any (wanted);
  update public.post_files set withheld = false
  where post_id = new.id and withheld and file_id = any (private.document_files(new.body));
  if taken > 0 and (
    select count(*) > 20 or sum(size) > 100 * 1024 * 1024 from public.post_files where topic_id = new.topic_id)
  then
    perform private.refuse(422, 'topic_files_limit', 'A topic holds at most 20 files and 100 MiB.');
  end if;
  return null;
end;
$$;

create trigger after_write_take_files after insert or update of body on public.posts
  for each row when (new.body is not null and private.document_files(new.body) <> '{}')
  execute function private.posts_take_files();

-- Whom a topic is opened to reads what it says now; what was taken out of it before was not written for them.
create function private.topics_withhold_files() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.post_files set withheld = true
  from public.posts
  left join private.deleted_posts as deleted on deleted.post_id = posts.id
  where post_files.topic_id = new.id and posts.id = post_files.post_id and not withheld
    and file_id <> all (private.document_files(coalesce(posts.body, deleted.body)));
  return null;
end;
$$;

create trigger after_update_withhold_files after update of visibility on public.topics
  for each row when (old.visibility = 'organization' and new.visibility = 'community')
  execute function private.topics_withhold_files();

-- A file goes with its post.
create function private.post_files_let_go() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.files where id = old.file_id;
  return null;
end;
$$;

create trigger after_delete_let_go after delete on public.post_files
  for each row execute function private.post_files_let_go();

-- What no post took within a day, unless it waits for one or its sender still has it in a draft. Answers how many went.
create function private.sweep_attachments() returns int
language plpgsql set search_path = ''
as $$
declare
  gone int;
begin
  delete from public.files
  where purpose = 'attachment' and attached_at is null and settled_at < now() - interval '1 day' and status = 'ready'
    and not exists (select from private.waiting_files where file_id = files.id)
    and not exists (
      select from public.drafts
      where drafts.user_id = files.owner_id and drafts.content::text like '%"' || files.id || '"%');
  get diagnostics gone = row_count;
  return gone;
end;
$$;
