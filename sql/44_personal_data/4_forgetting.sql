/*
 * Personal data, forgetting — the steps of an erasure that are done here; the
 * worker does those that Storage and Auth have a say in.
 *
 * Each may be done twice, and says to the row how far it has come.
 */

/*
 * The first step, after which there is no way back: the door is shut. Says whether
 * there is something to do.
 */
create function private.begin_erasure(erasure uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid;
begin
  update private.erasures set step = 'files'
  where id = erasure and step = 'waiting' and due_at <= now()
  returning user_id into person;
  if person is not null then
    update auth.users set banned_until = now() + interval '100 years' where id = person;
    perform private.end_access(person);
    -- A copy that is being made is not delivered any more.
    update private.data_exports set state = 'failed' where user_id = person and state in ('waiting', 'building');
  end if;
  return exists (select from private.erasures where id = erasure and step not in ('waiting', 'done'));
end;
$$;

/*
 * What a company of one person was called is that person's too. It is removed where
 * nothing hangs on it; where others have answered, its place stays and tells
 * nothing. One that is suspended keeps its domain, so that it cannot come back.
 */
create function private.empty_organization(organization uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.files where files.organization_id = organization and purpose = 'logo';
  if exists (select from public.topics where topics.organization_id = organization)
    or exists (select from public.organizations where id = organization and status = 'suspended') then
    delete from public.registrations where registrations.organization_id = organization;
    update public.organizations set
      name = 'Former company · شركة سابقة', name_ar = null, website = null, about = null, logo = null,
      industry = null, size = null, city_id = null, verified_at = null
    where id = organization;
  else
    delete from public.organizations where id = organization;
  end if;
end;
$$;

/*
 * Takes away what a person wrote. A topic that nobody else answered goes whole;
 * where others did, its place stays, without its title and their words.
 */
create function private.remove_contributions(person uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  touched uuid[];
begin
  -- Topics first, as all who write lock them.
  perform from public.topics
  where author_id = person or id in (select topic_id from public.posts where author_id = person)
  order by id for no key update;

  delete from public.topics
  where author_id = person and not exists (
    select from public.posts
    where topic_id = topics.id and author_id is distinct from person and deleted_at is null);

  update public.topics set title = 'Removed · محذوف' where author_id = person;

  update public.topics set template_answers = '{}' where author_id = person and template_answers <> '{}';

  with gone as (
    update public.posts set body = null, deleted_at = now()
    where author_id = person and deleted_at is null
    returning topic_id)
  select array_agg(distinct topic_id) into touched from gone;
  perform private.recount_topics(touched);
  perform private.forget_words();
end;
$$;

/*
 * What machines noted in passing: Auth's log, the queue, broadcasts, counters.
 * `email` is null once the account is gone and nobody knows it any more.
 */
create function private.forget_traces(person uuid, email text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  -- Nothing is like null, so an address that is not known finds nothing.
  like_id text := '%' || person || '%';
  like_email text := '%' || replace(replace(replace(lower(email), '\', '\\'), '%', '\%'), '_', '\_') || '%';
begin
  delete from auth.audit_log_entries where payload::text like like_id or lower(payload::text) like like_email;
  delete from auth.flow_state where user_id = person;
  delete from pgboss.job
  where data::text like like_id or output::text like like_id
    or lower(data::text) like like_email or lower(output::text) like like_email;
  delete from realtime.messages where topic like like_id or payload::text like like_id;
  delete from private.audit_origins where actor_id = person;
  delete from private.rate_limits
  where subject like like_id or lower(subject) like like_email or subject in (
    encode(sha256(convert_to(person::text, 'utf8')), 'hex'), encode(sha256(convert_to(lower(email), 'utf8')), 'hex'));
end;
$$;

/*
 * All that is in tables and would not go with the account by itself. What hangs on
 * the account by a foreign key goes with it in the next step; what names its
 * author by one keeps no author.
 */
create function private.erase_rows(erasure uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  asked private.erasures := (select erasures from private.erasures where id = erasure and step = 'rows');
  person uuid := asked.user_id;
  address text := (select lower(email) from auth.users where id = person);
  organization uuid := private.organization_of(person);
begin
  if asked.id is null then
    return;
  end if;
  perform from public.organizations where id = organization for no key update;

  if asked.choice = 'remove' then
    perform private.remove_contributions(person);
  end if;
  -- A job that removes a file's objects names no person.
  delete from public.files where owner_id = person and (
    purpose = 'avatar' or purpose = 'attachment' and attached_at is null);
  -- What they had taken back is no contribution: it goes with either choice.
  delete from private.deleted_posts
  where post_id in (select id from public.posts where author_id = person);
  update private.cases set appeal = null where author_id = person and appeal is not null;
  delete from public.post_revisions
  where post_id in (select id from public.posts where author_id = person);
  -- And the files that were only in those words.
  delete from public.files using public.post_files, public.posts
  where files.id = post_files.file_id and posts.id = post_files.post_id and posts.author_id = person
    and files.id <> all (private.document_files(posts.body));

  delete from public.invitations where email = address or accepted_by = person;
  update public.invitations set message = null where invited_by = person and message is not null;
  delete from public.join_requests where email = address;

  perform private.audit('personal_data.erase', null, 'person', person::text,
    null, jsonb_build_object('choice', asked.choice));
  perform private.release_member(person);
  if not exists (select from public.memberships where organization_id = organization) then
    perform private.empty_organization(organization);
  end if;
  perform private.forget_traces(person, address);

  update private.erasures set step = 'account' where id = erasure;
end;
$$;

-- The last step: what deleting the account has left behind, and whose it all was.
create function private.finish_erasure(erasure uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := (select user_id from private.erasures where id = erasure and step = 'traces');
begin
  if person is null then
    return;
  end if;
  perform private.forget_traces(person, null);
  update private.erasures set step = 'done', user_id = null, finished_at = now() where id = erasure;
end;
$$;
