/*
 * Reputation — what a person's contributions are worth to others.
 *
 * The rooms where people act say what is worth how much, and give or take it by
 * private.credit() in the transaction of the change. Here it is only added up:
 * reading costs one row, whatever somebody has written.
 */

-- Tables ------------------------------------------------------------------

create table public.reputations (
  person_id      uuid primary key references public.profiles on delete cascade,
  score          int not null default 0 check (score >= 0),
  votes_received int not null default 0 check (votes_received >= 0),
  answers_given  int not null default 0 check (answers_given >= 0)
);
comment on table public.reputations is
  'What others find useful of a person: a row for each. `score` is points, `votes_received` votes for their posts, `answers_given` replies chosen as the best answer. Counts what the whole community can read.';

-- Who may -----------------------------------------------------------------

alter table public.reputations enable row level security;
grant select on public.reputations to authenticated;

create policy select_active on public.reputations
  for select to authenticated
  using ((select private.my_organization()) is not null);

-- What follows ----------------------------------------------------------------

-- Everybody has their row from their first moment.
create function private.profiles_begin_reputation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.reputations (person_id) values (new.id);
  return null;
end;
$$;

create trigger after_insert_begin_reputation after insert on public.profiles
  for each row execute function private.profiles_begin_reputation();

/*
 * Gives a person what others found, or takes it back with negative numbers. The
 * last row a transaction locks; who credits several people does so in the order
 * of their ids. Whoever is gone is not credited.
 */
create function private.credit(person uuid, votes bigint, answers bigint, points bigint) returns void
language sql security definer set search_path = ''
as $$
  update public.reputations
  set votes_received = votes_received + votes, answers_given = answers_given + answers, score = score + points
  where person_id = person
$$;
