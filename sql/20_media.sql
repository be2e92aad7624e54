/*
 * Media — files on their way from a person's device to what others see.
 *
 * Nothing that was sent is ever shown. A person asks for a place, puts the file
 * there once (bucket `uploads`, which nobody reads), and the worker makes new
 * pictures of it in a public bucket, where clients can write nothing at all.
 */

-- Tables ------------------------------------------------------------------

create type public.file_purpose as enum ('avatar', 'logo', 'attachment');
create type public.file_status as enum ('pending', 'ready', 'rejected');

-- How large a file may be.
create function private.upload_bytes(purpose public.file_purpose) returns int
language sql immutable set search_path = ''
as $$ select case purpose when 'attachment' then 25 else 5 end * 1024 * 1024 $$;

-- What a file may be: pictures, and in posts documents and drawings too (types of drawings as IANA names them).
create function private.upload_types(purpose public.file_purpose) returns text[]
language sql immutable set search_path = ''
as $$
  select array['image/jpeg', 'image/png', 'image/webp', 'image/avif'] || case purpose when 'attachment' then array[
    'application/pdf',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    'model/step', 'model/iges', 'model/stl', 'model/3mf', 'image/vnd.dxf'] else '{}' end
$$;

create table public.files (
  id              uuid primary key default gen_random_uuid(),
  owner_id        uuid references public.profiles on delete set null,
  organization_id uuid references public.organizations on delete set null,
  purpose         public.file_purpose not null,
  status          public.file_status not null default 'pending',
  size            int not null constraint size_is_within_bounds check (size between 1 and private.upload_bytes(purpose)),
  content_type    text not null constraint content_type_is_allowed
                  check (content_type = any (private.upload_types(purpose))),
  checksum        text constraint checksum_is_sha256 check (checksum ~ '^[0-9a-f]{64}$'),
  reason          text constraint reason_is_a_code check (reason ~ '^[a-z_]{1,40}$'),
  renditions      jsonb,
  thumbhash       text,
  stored_bytes    int not null default 0,
  -- Not the transaction's: of two pictures the newer is shown.
  created_at      timestamptz not null default clock_timestamp(),
  uploaded_at     timestamptz,
  settled_at      timestamptz,
  attached_at     timestamptz,
  constraint pending_until_settled check ((status = 'pending') = (settled_at is null)),
  constraint ready_files_can_be_shown check ((status = 'ready') = (renditions is not null)
    and (renditions is not null and renditions <> '[]') = (thumbhash is not null)
    and (purpose = 'attachment' or renditions <> '[]')),
  constraint rejected_files_say_why check ((status = 'rejected') = (reason is not null)),
  constraint stored_when_ready check ((status = 'ready') = (stored_bytes > 0)),
  constraint attached_when_ready check (attached_at is null or (purpose = 'attachment' and status = 'ready'))
);
comment on table public.files is
  'What somebody sent or is about to send: for whom and what for, and what became of it. Removing a row removes its objects, by a job.';
comment on column public.files.content_type is 'What the sender says it is; the worker looks for itself.';
comment on column public.files.organization_id is 'The company it was sent for, whose storage it counts to.';
comment on column public.files.renditions is 'Pictures made of it: [{size in pixels, format, bytes}], at <bucket of its purpose>/<id>/<size>.<format>. None of what is no picture: it lies at attachments/<id>/original as it was sent.';
comment on column public.files.attached_at is 'Of an attachment: when a post took it. Until then its sender alone sees it.';

-- What of this person, or this company, for this purpose, newest first? What was never finished?
create index on public.files (owner_id, purpose, created_at desc);
create index on public.files (organization_id, purpose, created_at desc);
create index on public.files (created_at) where status <> 'ready';
-- Which attachments did no post take?
create index on public.files (settled_at) where purpose = 'attachment' and attached_at is null;

-- Where the pictures made for a purpose are.
create function private.bucket_of(purpose public.file_purpose) returns text
language sql immutable set search_path = ''
as $$ select case purpose when 'avatar' then 'avatars' when 'logo' then 'logos' when 'attachment' then 'attachments' end $$;

-- Who may -----------------------------------------------------------------

alter table public.files enable row level security;
grant select on public.files to authenticated;

create policy select_owner_while_active on public.files
  for select to authenticated
  using (owner_id = (select auth.uid()) and (select private.my_organization()) is not null);

-- To a place that was given to this person and is empty, within the hour; nobody reads, replaces or removes.
create policy insert_given_place on storage.objects
  for insert to authenticated
  with check (bucket_id = 'uploads' and exists (
    select from public.files
    where files.id::text = objects.name and files.status = 'pending' and files.uploaded_at is null
      and files.created_at > now() - interval '1 hour'));

-- What one may do -----------------------------------------------------------

/*
 * Security definer: clients write no row of `files`. A logo is an admin's to
 * change; the attempt of anybody else is remembered.
 */
create function public.create_upload(purpose public.file_purpose, size int, content_type text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  me uuid := auth.uid();
  organization uuid := private.require_organization();
  file uuid;
begin
  if purpose is null or size is null or content_type is null then
    perform private.refuse(422, 'invalid_input', 'Say what it is for, how large it is and of what type.');
  end if;
  if purpose = 'logo' and private.my_administered_organization() is null then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      'organizations.change_logo', organization, 'organization', organization::text);
  end if;
  if purpose = 'attachment' and size not between 1 and private.upload_bytes(purpose) then
    perform private.refuse(422, 'attachment_too_large', 'A file has up to 25 MiB.');
  elsif size not between 1 and private.upload_bytes(purpose) then
    perform private.refuse(422, 'file_too_large', 'A picture has up to 5 MiB.');
  elsif purpose = 'attachment' and content_type <> all (private.upload_types(purpose)) then
    perform private.refuse(422, 'attachment_type_refused', 'Files of this kind are not taken.');
  elsif content_type <> all (private.upload_types(purpose)) then
    perform private.refuse(422, 'file_type_refused', 'A picture is a JPEG, PNG, WebP or AVIF file.');
  end if;
  perform private.limit_rate('uploads.person', me::text, 60, 3600);

  insert into public.files (owner_id, organization_id, purpose, size, content_type)
  values (me, organization, create_upload.purpose, create_upload.size, create_upload.content_type)
  returning id into file;
  if purpose = 'logo' then
    perform private.audit('organizations.change_logo', organization, 'organization', organization::text,
      null, jsonb_build_object('file', file));
  end if;
  return jsonb_build_object('id', file, 'bucket', 'uploads', 'path', file);
end;
$$;
comment on function public.create_upload is
  'Gives a place for one file: {id, bucket, path}. It holds for an hour. avatar: one''s own; logo: one''s organization''s, for its admins; attachment: for a post.';
grant execute on function public.create_upload to authenticated;

-- Takes a picture away. Where there is none, nothing happens.
create function public.remove_picture(purpose public.file_purpose) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  me uuid := auth.uid();
  organization uuid := private.require_organization();
begin
  if purpose = 'logo' and private.my_administered_organization() is null then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      'organizations.remove_logo', organization, 'organization', organization::text);
  end if;
  if purpose = 'logo' then
    update public.organizations set logo = null where id = organization and logo is not null;
    if found then
      perform private.audit('organizations.remove_logo', organization, 'organization', organization::text);
    end if;
    delete from public.files where organization_id = organization and files.purpose = 'logo';
  elsif purpose = 'avatar' then
    update public.profiles set avatar = null where id = me and avatar is not null;
    delete from public.files where owner_id = me and files.purpose = 'avatar';
  else
    perform private.refuse(422, 'invalid_input', 'Say which picture.');
  end if;
  return '{}';
end;
$$;
comment on function public.remove_picture is
  'Takes away one''s own picture (avatar), or one''s organization''s (logo) for its admins, with all that was sent for it.';
grant execute on function public.remove_picture to authenticated;

-- What the worker does --------------------------------------------------------

/*
 * A file has become pictures: they are shown at once, unless a newer file's are
 * there already, and the pictures before them go. An attachment waits for its post. Answers whether the file is
 * still there; where it is not, what was made of it is nobody's.
 */
create function private.settle_file(file uuid, checksum text, renditions jsonb, thumbhash text) returns boolean
language plpgsql set search_path = ''
as $$
declare
  settled public.files;
  picture jsonb;
begin
  -- Two files of one person may be settled at once: whose picture it is, is locked first.
  perform from public.organizations
    where id = (select organization_id from public.files where id = file and purpose = 'logo') for update;
  perform from public.profiles
    where id = (select owner_id from public.files where id = file and purpose = 'avatar') for update;

  update public.files set
    status = 'ready', settled_at = now(), checksum = settle_file.checksum,
    renditions = settle_file.renditions, thumbhash = settle_file.thumbhash,
    stored_bytes = case settle_file.renditions when '[]' then size else (
      select sum((rendition ->> 'bytes')::int) from jsonb_array_elements(settle_file.renditions) as rendition) end
  where id = file and status = 'pending'
  returning * into settled;
  if settled.id is null then
    return exists (select from public.files where id = file and status = 'ready');
  elsif settled.purpose = 'attachment' then
    return true;
  end if;

  picture := jsonb_build_object(
    'path', private.bucket_of(settled.purpose) || '/' || settled.id, 'thumbhash', settled.thumbhash);
  if exists (
    select from public.files as newer
    where newer.purpose = settled.purpose and newer.status = 'ready'
      and (newer.created_at, newer.id) > (settled.created_at, settled.id)
      and case settled.purpose when 'avatar' then newer.owner_id = settled.owner_id
        else newer.organization_id = settled.organization_id end)
  then
    delete from public.files where id = settled.id;
    return true;
  end if;

  if settled.purpose = 'avatar' then
    update public.profiles set avatar = picture where id = settled.owner_id;
    delete from public.files
    where owner_id = settled.owner_id and purpose = 'avatar' and status = 'ready' and id <> settled.id;
  else
    update public.organizations set logo = picture where id = settled.organization_id;
    delete from public.files
    where organization_id = settled.organization_id and purpose = 'logo' and status = 'ready' and id <> settled.id;
  end if;
  return true;
end;
$$;

-- A file is not what it should be. Says nothing where it is settled already.
create function private.reject_file(file uuid, reason text) returns void
language sql set search_path = ''
as $$
  update public.files set status = 'rejected', settled_at = now(), reason = reject_file.reason
  where id = file and status = 'pending'
$$;

/*
 * What nobody will finish or ask about, in the worker's hourly round: places that
 * stayed empty and files that no try could make pictures of (a day), refusals
 * that were read (a month), and objects whose row is gone. Answers how many.
 */
create function private.sweep_files() returns int
language plpgsql set search_path = ''
as $$
declare
  given_up int;
  forgotten int;
  orphans int;
begin
  update public.files set status = 'rejected', settled_at = now(), reason = 'file_not_processed'
  where status = 'pending' and uploaded_at < now() - interval '1 day';
  get diagnostics given_up = row_count;

  delete from public.files
  where (status = 'pending' and uploaded_at is null and created_at < now() - interval '1 day')
    or (status = 'rejected' and settled_at < now() - interval '30 days');
  get diagnostics forgotten = row_count;

  perform private.enqueue('media.remove-objects', jsonb_build_object('bucket', bucket_id, 'file', file))
  from (
    select distinct bucket_id, path_tokens[1] as file from storage.objects
    where bucket_id in ('uploads', 'avatars', 'logos', 'attachments') and created_at < now() - interval '1 day') as kept
  where file ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    and not exists (
      select from public.files where files.id::text = kept.file
        and (files.status = 'pending' or (files.status = 'ready' and kept.bucket_id <> 'uploads')));
  get diagnostics orphans = row_count;
  return given_up + forgotten + orphans;
end;
$$;

-- What follows ----------------------------------------------------------------

/*
 * The wall behind the policy, which a signed link or a resumable upload passed
 * when it began: at the moment the object is there, the place is still given, and to
 * somebody who may still act. Storage answers 403, and the bytes are dropped.
 */
create function private.objects_arrive() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.files set uploaded_at = now()
  from public.profiles, public.memberships, public.organizations
  where files.id::text = new.name and files.status = 'pending' and files.uploaded_at is null
    and profiles.id = files.owner_id and profiles.status = 'active'
    and memberships.user_id = profiles.id
    and organizations.id = memberships.organization_id and organizations.status = 'active'
    and organizations.id = files.organization_id
    and (files.purpose <> 'logo' or memberships.role = 'admin');
  if not found then
    raise exception 'This place was not given, or it is taken.' using errcode = 'insufficient_privilege';
  end if;
  perform private.enqueue('media.make-renditions', jsonb_build_object('fileId', new.name));
  return null;
end;
$$;

create trigger after_insert_arrive after insert on storage.objects
  for each row when (new.bucket_id = 'uploads')
  execute function private.objects_arrive();

-- What is kept counts to the company it was sent for.
create function private.files_count() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' and old.stored_bytes > 0 then
    perform private.count_organization(old.organization_id, 'storage.' || old.purpose || '.bytes', -old.stored_bytes);
    perform private.count_organization(old.organization_id, 'storage.' || old.purpose || '.files', -1);
  end if;
  if tg_op <> 'DELETE' and new.stored_bytes > 0 then
    perform private.count_organization(new.organization_id, 'storage.' || new.purpose || '.bytes', new.stored_bytes);
    perform private.count_organization(new.organization_id, 'storage.' || new.purpose || '.files', 1);
  end if;
  return null;
end;
$$;

create trigger after_write_count after insert or delete or update of stored_bytes, organization_id on public.files
  for each row execute function private.files_count();

-- Who waits for a picture is told that it is there, or why not; and the original is not kept.
create function private.files_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.enqueue('media.remove-objects', jsonb_build_object('bucket', 'uploads', 'file', new.id));
  if new.owner_id is not null then
    perform realtime.send(
      jsonb_build_object('file_id', new.id), 'file_settled', 'user:' || new.owner_id, true);
  end if;
  return null;
end;
$$;

create trigger after_update_announce after update of status on public.files
  for each row when (old.status = 'pending' and new.status <> 'pending')
  execute function private.files_announce();

-- A file without a row is a file nobody can name: it goes.
create function private.files_forget() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if old.status = 'ready' then
    perform private.enqueue('media.remove-objects',
      jsonb_build_object('bucket', private.bucket_of(old.purpose), 'file', old.id));
  elsif old.uploaded_at is not null then
    perform private.enqueue('media.remove-objects', jsonb_build_object('bucket', 'uploads', 'file', old.id));
  end if;
  return null;
end;
$$;

create trigger after_delete_forget after delete on public.files
  for each row execute function private.files_forget();

-- A picture of nobody has no use: whose it was has gone. What stands in a post stays with the post.
create function private.files_let_go() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.files where id = new.id;
  return null;
end;
$$;

create trigger after_update_let_go after update of owner_id, organization_id on public.files
  for each row when (case new.purpose
    when 'avatar' then new.owner_id is null
    when 'logo' then new.organization_id is null
    else new.owner_id is null and new.attached_at is null end)
  execute function private.files_let_go();
