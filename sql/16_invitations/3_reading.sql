/*
 * Invitations, reading — the lists of a company's admins, under their own
 * rights, a page at a time.
 */

create function private.invitation_state(invitation public.invitations) returns text
language sql stable set search_path = ''
as $$
  select case
    when invitation.accepted_at is not null then 'accepted'
    when invitation.revoked_at is not null then 'revoked'
    when invitation.expires_at <= now() then 'expired'
    else 'open'
  end
$$;
grant execute on function private.invitation_state to authenticated;

create function private.invitation_card(invitation public.invitations) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', invitation.id,
    'email', invitation.email,
    'name', invitation.name,
    'role', invitation.role,
    'locale', invitation.locale,
    'message', invitation.message,
    'state', private.invitation_state(invitation),
    'invited_by', (
      select jsonb_build_object('id', id, 'first_name', first_name, 'last_name', last_name,
        'first_name_ar', first_name_ar, 'last_name_ar', last_name_ar)
      from public.profiles where id = invitation.invited_by),
    'created_at', invitation.created_at,
    'expires_at', invitation.expires_at,
    'mailed_at', invitation.mailed_at,
    'undelivered_at', invitation.undelivered_at,
    'accepted_at', invitation.accepted_at,
    'accepted_by', invitation.accepted_by,
    'revoked_at', invitation.revoked_at)
$$;
grant execute on function private.invitation_card to authenticated;

/*
 * The place where a page of a list by time ended, as a client carries it.
 * Microseconds, since that is what a time holds.
 */
create function private.time_cursor(at timestamptz, id uuid) returns text
language sql immutable set search_path = ''
as $$ select (extract(epoch from at) * 1000000)::bigint || '_' || id $$;
grant execute on function private.time_cursor to authenticated;

create function private.read_time_cursor(cursor text, out at timestamptz, out id uuid)
language plpgsql immutable set search_path = ''
as $$
begin
  if cursor !~ '^[0-9]{1,16}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
  end if;
  at := coalesce(to_timestamp(0) + split_part(cursor, '_', 1)::bigint * interval '1 microsecond', 'infinity');
  id := coalesce(split_part(cursor, '_', 2), 'ffffffff-ffff-ffff-ffff-ffffffffffff');
end;
$$;
grant execute on function private.read_time_cursor to authenticated;

create function public.list_invitations(
  state text default null, query text default null, after text default null, size int default 20)
returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  organization uuid := private.require_administered_organization();
  page_size int := private.page_size(size);
  words text := '%' || regexp_replace(private.fold(btrim(query)), '([\\%_])', '\\\1', 'g') || '%';
  place record := private.read_time_cursor(after);
  cards jsonb[];
  cursors text[];
begin
  if state not in ('open', 'accepted', 'expired', 'revoked') then
    perform private.refuse(422, 'invalid_input', 'A state is open, accepted, expired or revoked.');
  end if;

  select array_agg(page.card), array_agg(page.cursor) into cards, cursors
  from (
    select private.invitation_card(invitation) as card, private.time_cursor(invitation.created_at, invitation.id) as cursor
    from public.invitations as invitation
    where invitation.organization_id = organization
      and (invitation.created_at, invitation.id) < (place.at, place.id)
      and (list_invitations.state is null or private.invitation_state(invitation) = list_invitations.state)
      and (words is null or private.fold(invitation.email || ' ' || coalesce(invitation.name, '')) like words)
    order by invitation.created_at desc, invitation.id desc
    limit page_size + 1) as page;

  return jsonb_build_object(
    'invitations', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'next', case when cardinality(cards) > page_size then cursors[page_size] end,
    'counts', (
      select jsonb_build_object(
        'open', count(*) filter (where private.invitation_state(invitations) = 'open'),
        'accepted', count(*) filter (where accepted_at is not null),
        'expired', count(*) filter (where private.invitation_state(invitations) = 'expired'),
        'revoked', count(*) filter (where revoked_at is not null))
      from public.invitations where organization_id = organization));
end;
$$;
comment on function public.list_invitations is
  'The invitations of the caller''s company, newest first, of one state or all, by a part of address or name. {invitations, next, counts}: `next` goes into `after`.';
grant execute on function public.list_invitations to authenticated;
