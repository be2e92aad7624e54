/*
 * Invitations, asking — somebody of a company's own domain asks to be invited,
 * and its admins decide. To a stranger all of it answers alike.
 */

/*
 * For the edge function, which answers everybody alike. Writes a question only
 * where there is somebody to ask: a company of this address's own domain that
 * takes questions, and an address that is not here, not invited and has not
 * asked. No more than fifty a day reach a company.
 */
create function public.request_to_join(
  email text, first_name text, last_name text, locale public.locale, message text default null)
returns void
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  organization uuid := (
    select id from public.organizations
    where domain = private.claimable_domain(lower(request_to_join.email)) and status = 'active' and takes_join_requests
    for no key update);
  request uuid;
begin
  if organization is null
    or exists (
      select from auth.users
      where users.email = lower(request_to_join.email) and not is_sso_user and email_confirmed_at is not null)
    or exists (
      select from public.invitations
      where organization_id = organization and invitations.email = lower(request_to_join.email)
        and accepted_at is null and revoked_at is null and expires_at > now())
    or private.rate_left('invitations.requests', organization::text, 50, 86400) = 0 then
    return;
  end if;

  insert into public.join_requests (organization_id, email, first_name, last_name, locale, message)
  values (organization, lower(request_to_join.email), btrim(request_to_join.first_name), btrim(request_to_join.last_name),
    request_to_join.locale, private.trimmed_message(request_to_join.message))
  on conflict (email) where decided_at is null do nothing
  returning id into request;

  if request is not null then
    perform private.count_rate('invitations.requests', organization::text, 1, 86400);
    perform private.enqueue('invitations.send-join-request', jsonb_build_object('joinRequestId', request));
  end if;
end;
$$;
comment on function public.request_to_join is
  'Asks the company of an address''s domain for an invitation, where there is one to ask. For functions/request-to-join.';
grant execute on function public.request_to_join to service_role;

create function private.join_request_card(request public.join_requests) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', request.id, 'email', request.email, 'first_name', request.first_name, 'last_name', request.last_name,
    'locale', request.locale, 'message', request.message, 'created_at', request.created_at)
$$;
grant execute on function private.join_request_card to authenticated;

create function public.list_join_requests(after text default null, size int default 20) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  organization uuid := private.require_administered_organization();
  page_size int := private.page_size(size);
  place record := private.read_time_cursor(after);
  cards jsonb[];
  cursors text[];
begin
  select array_agg(page.card), array_agg(page.cursor) into cards, cursors
  from (
    select private.join_request_card(request) as card, private.time_cursor(request.created_at, request.id) as cursor
    from public.join_requests as request
    where request.organization_id = organization and request.decided_at is null
      and (request.created_at, request.id) < (place.at, place.id)
    order by request.created_at desc, request.id desc
    limit page_size + 1) as page;

  return jsonb_build_object(
    'requests', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end,
    'open', (select takes_join_requests from public.organizations where id = organization));
end;
$$;
comment on function public.list_join_requests is
  'Who waits to be let into the caller''s company, newest first. {requests, next, open}: `open` says whether it takes such questions.';
grant execute on function public.list_join_requests to authenticated;

create function public.decide_join_request(
  request uuid, decision public.join_decision, role public.member_role default 'member')
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.lock_administered_organization();
  action text := case decision when 'approved' then 'invitations.approve_request' else 'invitations.decline_request' end;
  asked public.join_requests;
  answer jsonb;
begin
  select * into asked from public.join_requests
  where id = request and organization_id = organization
  for update;
  if organization is null then
    return private.deny_invitations(action, 'join_request', request::text);
  elsif asked.id is null then
    return private.deny(404, 'not_found', 'Nobody asks this.', action, organization, 'join_request', request::text);
  elsif decision is null then
    perform private.refuse(422, 'invalid_input', 'A decision is approved or declined.');
  elsif asked.decided_at is not null and asked.decision <> decide_join_request.decision then
    perform private.refuse(409, 'already_decided', 'Another admin has decided this already.');
  elsif asked.decided_at is not null then
    return jsonb_build_object('decision', asked.decision);
  end if;

  perform private.audit(action, organization, 'join_request', request::text);
  if decision = 'approved' then
    answer := public.invite_people(
      jsonb_build_array(jsonb_build_object('email', asked.email, 'name', asked.first_name || ' ' || asked.last_name)),
      role, asked.locale);
    if answer #>> '{report,0,status}' = 'limit' then
      perform private.refuse_until_next_window(86400);
    end if;
  else
    update public.join_requests set decision = decide_join_request.decision, decided_at = now(), decided_by = auth.uid()
    where id = request;
  end if;
  return jsonb_build_object('decision', decide_join_request.decision);
end;
$$;
comment on function public.decide_join_request is
  'Approves a question to join, which mails an invitation, or declines it, which tells nobody. {decision}.';
grant execute on function public.decide_join_request to authenticated;

create function public.take_join_requests(open boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.lock_administered_organization();
  was boolean := (select takes_join_requests from public.organizations where id = organization);
begin
  if organization is null then
    return private.deny_invitations('invitations.take_requests', null, null);
  elsif open is null then
    perform private.refuse(422, 'invalid_input', 'Say true or false.');
  elsif open <> was then
    update public.organizations set takes_join_requests = open where id = organization;
    perform private.audit('invitations.take_requests', organization, null, null,
      jsonb_build_object('open', was), jsonb_build_object('open', open));
  end if;
  return jsonb_build_object('open', open);
end;
$$;
comment on function public.take_join_requests is
  'Says whether people of the company''s domain may ask to join. {open}.';
grant execute on function public.take_join_requests to authenticated;
