/*
 * Personal data, holding — where everything about a person is.
 *
 * Every table that speaks of a person is named here, or has a reason not to be
 * (sql/tests/personal-data.test.ts asks the catalogue).
 */

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
    'created_at', topics.created_at, 'deleted_at', topics.deleted_at)
  from public.topics where topics.author_id = person
  union all
  select 'posts', jsonb_build_object(
    'id', posts.id, 'topic', topics.title, 'number', posts.number, 'visibility', posts.visibility,
    'created_at', posts.created_at, 'edited_at', posts.edited_at, 'deleted_at', posts.deleted_at,
    'text', private.document_text(coalesce(posts.body, deleted.body)), 'document', coalesce(posts.body, deleted.body))
  from public.posts
  join public.topics on topics.id = posts.topic_id
  left join private.deleted_posts as deleted on deleted.post_id = posts.id
  where posts.author_id = person
  union all
  select 'files', to_jsonb(files) - array['owner_id', 'thumbhash'] from public.files where files.owner_id = person
  union all
  select 'exports', private.export_card(exports) - 'path'
  from private.data_exports as exports where exports.user_id = person
  union all
  select 'erasure', private.erasure_card(erasures) from private.erasures where erasures.user_id = person
$$;

/*
 * The files that are a person's: what they uploaded, and what was made for them.
 * Their copies of their data are among them, for these go too.
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
