/*
 * Invitations, live — open pages of admins look again.
 */

-- Open pages of admins look again: once a statement, whatever it changed. Nothing is said of what.
create function private.invitations_announce() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send('{}', 'invitations_changed', 'organization:' || organization_id, true)
  from (select distinct organization_id from changed) as company;
  return null;
end;
$$;

create trigger after_insert_announce after insert on public.invitations
  referencing new table as changed for each statement execute function private.invitations_announce();
create trigger after_update_announce after update on public.invitations
  referencing new table as changed for each statement execute function private.invitations_announce();
create trigger after_insert_announce after insert on public.join_requests
  referencing new table as changed for each statement execute function private.invitations_announce();
create trigger after_update_announce after update on public.join_requests
  referencing new table as changed for each statement execute function private.invitations_announce();
