/*
 * Personal data, holding — where everything about a person is.
 *
 * Every table that speaks of a person is named here, or has a reason not to be
 * (sql/tests/personal-data.test.ts asks the catalogue).
 */

/*
 * The files of what a person wrote, and where in bucket attachments each lies: a document as it was sent, of a picture
 * the largest that was made. A document has the name it has in their words; a picture has none there.
 */
create function private.personal_attachments(person uuid) returns table (file uuid, path text, name text)
language sql stable security definer set search_path = ''
as $$
  with written (document) as (
    select posts.body from public.posts where posts.author_id = person
    union all
    select deleted.body from private.deleted_posts as deleted
    join public.posts on posts.id = deleted.post_id where posts.author_id = person
    union all
    select revisions.body from public.post_revisions as revisions
    join public.posts on posts.id = revisions.post_id where posts.author_id = person
    union all
    select drafts.content -> 'body' from public.drafts where drafts.user_id = person
    union all
    select held.input -> 'body' from private.held_posts as held where held.author_id = person),
  named as (
    select node #>> '{attrs,file}' as file, min(node #>> '{attrs,name}') as name
    from written, jsonb_path_query(document, 'strict $.** ? (@.type == "attachment")', silent => true) as node
    group by 1)
  select files.id, files.id || '/' || coalesce(picture.name, 'original'), named.name
  from public.files
  left join named on named.file = files.id::text
  left join lateral (
    select (made ->> 'size') || '.' || (made ->> 'format') as name
    from jsonb_array_elements(files.renditions) as made
    order by (made ->> 'size')::int desc, (made ->> 'format') = 'webp' desc limit 1) as picture on true
  where files.owner_id = person and files.purpose = 'attachment' and files.status = 'ready'
$$;

/*
 * Everything held about a person, one row an entry, by subject. What would open
 * a door is left out (hashes, tokens, secrets), and so is what is not about them.
 * For the worker, which writes a file a subject.
 */
create function private.personal_data(person uuid) returns table (subject text, entry jsonb)
language sql stable security definer set search_path = ''
as $$
  select 'account', jsonb_build_object(
    'id', users.id, 'email', users.email, 'new_email', nullif(users.email_change, ''), 'phone', users.phone,
    'created_at', users.created_at, 'confirmed_at', users.email_confirmed_at, 'invited_at', users.invited_at,
    'last_sign_in_at', users.last_sign_in_at, 'told_at_signup', users.raw_user_meta_data)
  from auth.users where users.id = person
  union all
  select 'sign_in_methods', jsonb_build_object(
    'provider', identities.provider, 'email', identities.email, 'created_at', identities.created_at,
    'last_sign_in_at', identities.last_sign_in_at)
  from auth.identities where identities.user_id = person
  union all
  select 'second_factors', jsonb_build_object(
    'name', factors.friendly_name, 'kind', factors.factor_type, 'status', factors.status, 'created_at', factors.created_at)
  from auth.mfa_factors as factors where factors.user_id = person
  union all
  select 'sessions', jsonb_build_object(
    'created_at', sessions.created_at, 'refreshed_at', sessions.refreshed_at, 'ends_at', sessions.not_after,
    'device', sessions.user_agent, 'address', sessions.ip, 'assurance', sessions.aal)
  from auth.sessions where sessions.user_id = person
  union all
  select 'sign_in_log', jsonb_build_object(
    'at', entries.created_at, 'action', entries.payload ->> 'action', 'address', entries.ip_address)
  from auth.audit_log_entries as entries
  where entries.payload ->> 'actor_id' = person::text or entries.payload #>> '{traits,user_id}' = person::text
  union all
  select 'profile', to_jsonb(profiles) - 'name_folded' from public.profiles where profiles.id = person
  union all
  select 'profile_details', to_jsonb(details) - array['person_id', 'organization_id', 'expertise_folded']
  from public.profile_details as details where details.person_id = person
  union all
  select 'membership', jsonb_build_object(
    'organization', jsonb_build_object('id', organizations.id, 'name', organizations.name)) || to_jsonb(memberships) - array['user_id', 'organization_id']
  from public.memberships join public.organizations on organizations.id = memberships.organization_id
  where memberships.user_id = person
  union all
  select 'last_seen', jsonb_build_object('at', roster.last_seen_at) from private.roster where roster.user_id = person
  union all
  select 'platform_role', to_jsonb(platform_roles) - 'user_id'
  from public.platform_roles where platform_roles.user_id = person
  union all
  -- Whom they invited is somebody else's to know; that they did, and in which words, is theirs.
  select 'invitations_sent', jsonb_build_object(
    'role', invitations.role, 'message', invitations.message, 'created_at', invitations.created_at,
    'accepted_at', invitations.accepted_at, 'revoked_at', invitations.revoked_at)
  from public.invitations where invitations.invited_by = person
  union all
  select 'invitations_received', to_jsonb(invitations)
    - array['invited_by', 'accepted_by', 'organization_id', 'sending'] || jsonb_build_object('organization', organizations.name)
  from public.invitations
  join public.organizations on organizations.id = invitations.organization_id
  where invitations.accepted_by = person or invitations.email = (select users.email from auth.users where users.id = person)
  union all
  select 'join_requests', to_jsonb(requests)
    - array['decided_by', 'organization_id'] || jsonb_build_object('organization', organizations.name)
  from public.join_requests as requests
  join public.organizations on organizations.id = requests.organization_id
  where requests.email = (select users.email from auth.users where users.id = person)
  union all
  select 'decisions', jsonb_build_object(
    'kind', decisions.kind, 'reason', decisions.reason, 'decided_at', decisions.decided_at,
    'about', case when decisions.person_id = person then 'you' when decisions.person_id is null then 'a company' else 'somebody else' end)
  from private.decisions where decisions.person_id = person or decisions.decided_by = person
  union all
  select 'shut_out', jsonb_build_object('since', shut_out.since) from private.shut_out where shut_out.user_id = person
  union all
  select 'consents', jsonb_build_object(
    'document', documents.kind, 'version', documents.version, 'accepted_at', consents.accepted_at, 'address', consents.ip)
  from public.consents join public.legal_documents as documents on documents.id = consents.document_id
  where consents.user_id = person
  union all
  select 'audit_log', to_jsonb(events) - array['organization_id'] || jsonb_build_object(
    'address', origins.ip, 'device', origins.user_agent)
  from public.audit_events as events
  left join private.audit_origins as origins on origins.event_id = events.id and origins.actor_id = person
  where events.actor_id = person or events.subject_id = person::text
  union all
  select 'mails', jsonb_build_object('kind', sent_mails.kind, 'sent_at', sent_mails.sent_at)
  from private.sent_mails where sent_mails.user_id = person
  union all
  select 'topics', jsonb_build_object(
    'id', topics.id, 'title', topics.title, 'visibility', topics.visibility,
    'answers', coalesce(deleted.template_answers, topics.template_answers),
    'created_at', topics.created_at, 'deleted_at', topics.deleted_at)
  from public.topics
  left join public.posts as opening on opening.topic_id = topics.id and opening.number = 1
  left join private.deleted_posts as deleted on deleted.post_id = opening.id
  where topics.author_id = person
  union all
  select 'posts', jsonb_build_object(
    'id', posts.id, 'topic', case when topics.author_id = person or private.may_see_topic(person, topics) then topics.title end,
    'number', posts.number, 'visibility', posts.visibility,
    'created_at', posts.created_at, 'edited_at', posts.edited_at, 'deleted_at', posts.deleted_at,
    'text', private.document_text(coalesce(posts.body, deleted.body)), 'document', coalesce(posts.body, deleted.body))
  from public.posts
  join public.topics on topics.id = posts.topic_id
  left join private.deleted_posts as deleted on deleted.post_id = posts.id
  where posts.author_id = person
  union all
  select 'post_revisions', jsonb_build_object(
    'post', revisions.post_id, 'revision', revisions.revision, 'written_at', revisions.written_at,
    'text', private.document_text(revisions.body), 'document', revisions.body)
  from public.post_revisions as revisions
  where revisions.post_id in (select posts.id from public.posts where posts.author_id = person)
  union all
  select 'reports', jsonb_build_object(
    'post', reports.post_id, 'reason', reports.reason, 'note', reports.note, 'created_at', reports.created_at)
  from public.reports where reports.reporter_id = person
  union all
  select 'moderation', jsonb_build_object(
    'about', case when cases.author_id = person then 'you' else 'somebody else' end,
    'post', cases.post_id, 'decision', cases.decision, 'note', cases.note, 'until', cases.until, 'decided_at', cases.decided_at,
    'outcome', cases.outcome, 'review_note', cases.review_note, 'reviewed_at', cases.reviewed_at)
    || case when cases.author_id = person then jsonb_build_object('appeal', cases.appeal) else '{}' end
  from private.cases
  where cases.state <> 'open' and (cases.author_id = person or cases.decided_by = person or cases.reviewed_by = person)
  union all
  -- What was accepted is among the posts.
  select 'held_posts', jsonb_build_object(
    'about', case when held.author_id = person then 'you' else 'somebody else' end,
    'id', held.id, 'state', held.state, 'note', held.note, 'created_at', held.created_at, 'decided_at', held.decided_at)
    || case when held.author_id = person then jsonb_build_object('written', held.input) else '{}' end
  from private.held_posts as held where held.author_id = person or held.decided_by = person
  union all
  select 'votes', jsonb_build_object('post', votes.post_id, 'created_at', votes.created_at)
  from public.votes where votes.user_id = person
  union all
  select 'reputation', to_jsonb(reputations) - 'person_id' from public.reputations where reputations.person_id = person
  union all
  select 'topics_read', to_jsonb(readers) - 'user_id'
  from public.topic_readers as readers where readers.user_id = person
  union all
  select 'drafts', to_jsonb(drafts) - 'user_id' from public.drafts where drafts.user_id = person
  union all
  select 'notifications', to_jsonb(notices) - array['user_id', 'in_app'] || jsonb_build_object('events', (
    select coalesce(jsonb_agg(jsonb_build_object('item', events.item_id, 'at', events.created_at) order by events.created_at), '[]')
    from public.notification_events as events where events.notification_id = notices.id))
  from public.notifications as notices where notices.user_id = person
  union all
  select 'notification_preferences', to_jsonb(preferences) - 'user_id'
  from public.notification_preferences as preferences where preferences.user_id = person
  union all
  select 'digest_times', to_jsonb(times) - 'user_id' from public.digest_times as times where times.user_id = person
  union all
  select 'notification_mails', jsonb_build_object('pace', mails.pace, 'due_at', mails.due_at, 'sent_at', mails.sent_at)
  from private.notification_mails as mails where mails.user_id = person
  union all
  -- What ends mails opens a door, if a small one: that there is a link is told, not the link.
  select 'unsubscribe_links', jsonb_build_object('kinds', links.kinds, 'made_at', links.made_at)
  from private.unsubscribe_tokens as links where links.user_id = person
  union all
  select 'files', to_jsonb(files) - array['owner_id', 'thumbhash'] || jsonb_build_object('name', kept.name, 'post', taken.post_id)
  from public.files
  left join public.post_files as taken on taken.file_id = files.id
  left join private.personal_attachments(person) as kept on kept.file = files.id
  where files.owner_id = person
  union all
  select 'exports', private.export_card(exports) - 'path'
  from private.data_exports as exports where exports.user_id = person
  union all
  select 'erasure', private.erasure_card(erasures) from private.erasures where erasures.user_id = person
$$;

/*
 * The files that are a person's whatever becomes of their posts: what they uploaded, and what was made for them.
 * Their copies of their data are among them, for these go too; what stands in posts is above.
 */
create function private.personal_objects(person uuid) returns table (bucket text, path text)
language sql stable security definer set search_path = ''
as $$
  select bucket_id, name from storage.objects
  where owner_id = person::text or name like person || '/%'
  union
  -- Pictures made of a file lie at its id; a logo is the company's, whoever sent it.
  select objects.bucket_id, objects.name from public.files
  join storage.objects on objects.name like files.id || '/%'
  where files.owner_id = person and files.purpose = 'avatar'
$$;
