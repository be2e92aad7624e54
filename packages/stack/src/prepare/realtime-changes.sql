/*
 * Changes of tables — who has asked for which, and what of a change each may see (`postgres_changes`).
 *
 * The server writes a row to `realtime.subscription` for each listener and gives every committed change to
 * `realtime.apply_rls`, which says who is told what. Names, arguments and faults are hosted Supabase's.
 */

-- Tables

create type realtime.action as enum ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'ERROR');

create type realtime.equality_op as enum (
  'eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'in', 'like', 'ilike', 'is', 'match', 'imatch', 'isdistinct'
);

create type realtime.user_defined_filter as (column_name text, op realtime.equality_op, value text, negate boolean);

create type realtime.wal_column as (
  name text, type_name text, type_oid oid, value jsonb, is_pkey boolean, is_selectable boolean
);

create type realtime.wal_rls as (wal jsonb, is_rls_enabled boolean, subscription_ids uuid[], errors text[]);

-- Immutable, though roles come and go, because a generated column may call nothing else.
create function realtime.to_regrole(role_name text) returns regrole
language sql immutable
as $$ select role_name::regrole $$;

create table realtime.subscription (
  id                bigint not null generated always as identity,
  subscription_id   uuid not null,
  entity            regclass not null,
  filters           realtime.user_defined_filter[] not null default '{}',
  claims            jsonb not null,
  claims_role       regrole not null generated always as (realtime.to_regrole(claims ->> 'role')) stored,
  created_at        timestamp not null default timezone('utc', now()),
  action_filter     text default '*'
    constraint subscription_action_filter_check check (action_filter in ('*', 'INSERT', 'UPDATE', 'DELETE')),
  selected_columns  text[],
  constraint pk_subscription primary key (id)
);

-- Who listens to this table?
create index ix_realtime_subscription_entity on realtime.subscription (entity);

-- Has this listener asked for the same before? The name is cut at 63 bytes, as on hosted.
create unique index subscription_subscription_id_entity_filters_action_filter_selec on realtime.subscription
  (subscription_id, entity, filters, action_filter, coalesce(selected_columns, '{}'));

-- Hosted keeps here which of its server's migrations have run; none run here.
create table realtime.schema_migrations (version bigint primary key, inserted_at timestamp(0));

-- What follows: a value, read as the type of a column

create function realtime.cast(val text, type_ regtype) returns jsonb
language plpgsql immutable
as $$
declare
  result jsonb;
begin
  -- As text: the hexadecimal digits are the value, and would be taken for bytes.
  if type_ = 'bytea'::regtype then
    return to_jsonb(val);
  end if;
  execute format('select to_jsonb(%L::%s)', val, type_) into result;
  return result;
end;
$$;

create function realtime.check_equality_op(
  op realtime.equality_op, type_ regtype, val_1 text, val_2 text, negate boolean
) returns boolean
language plpgsql stable
as $$
declare
  condition text;
  result boolean;
begin
  if op = 'is' and val_2 not in ('null', 'true', 'false', 'unknown') then
    raise exception 'invalid value for is filter: must be null, true, false, or unknown';
  end if;
  condition := case op
    when 'is' then format('is %s', val_2)
    when 'isdistinct' then format('is distinct from %L::%s', val_2, type_)
    when 'in' then format('= any (%L::%s[])', val_2, type_)
    else format(
      '%s %L::%s',
      case op
        when 'eq' then '=' when 'neq' then '<>'
        when 'lt' then '<' when 'lte' then '<=' when 'gt' then '>' when 'gte' then '>='
        when 'like' then 'like' when 'ilike' then 'ilike' when 'match' then '~' when 'imatch' then '~*'
      end,
      val_2, type_
    )
  end;
  execute format('select %L::%s %s', val_1, type_, condition) into result;
  -- Of a null nothing is said, and so its opposite neither.
  return case when negate then not result else result end;
end;
$$;

create function realtime.check_equality_op(op realtime.equality_op, type_ regtype, val_1 text, val_2 text)
returns boolean
language sql stable
as $$ select realtime.check_equality_op(op, type_, val_1, val_2, false) $$;

-- A filter on a column that the change does not carry hides it: what cannot be asked is not answered with yes.
create function realtime.is_visible_through_filters(
  columns realtime.wal_column[], filters realtime.user_defined_filter[]
) returns boolean
language sql stable
as $$
  select not exists (
    select from unnest(filters) as wanted
    left join unnest(columns) as has on has.name = wanted.column_name
    where case
      when has.name is null then true
      else realtime.check_equality_op(
        wanted.op, coalesce(has.type_oid::regtype, has.type_name::regtype),
        has.value #>> '{}', wanted.value, coalesce(wanted.negate, false)
      ) is not true
    end
  )
$$;

-- What follows: a subscription is refused where it is made, not when the first change comes

create function realtime.subscription_check_filters() returns trigger
language plpgsql
as $$
declare
  readable constant text[] := array(
    select attname::text from pg_catalog.pg_attribute
    where attrelid = new.entity and attnum > 0 and not attisdropped
      and has_column_privilege(new.claims ->> 'role', attrelid, attnum, 'SELECT')
  );
  wanted realtime.user_defined_filter;
  type_ regtype;
  unreadable text;
begin
  foreach wanted in array new.filters loop
    if wanted.column_name <> all (readable) then
      raise exception 'invalid column for filter %', wanted.column_name;
    end if;
    select atttypid::regtype into type_ from pg_catalog.pg_attribute
    where attrelid = new.entity and attname = wanted.column_name;

    if wanted.op = 'in' then
      if jsonb_array_length(realtime.cast(wanted.value, (type_ || '[]')::regtype)) > 100 then
        raise exception 'too many values for `in` filter. Maximum 100';
      end if;
    elsif wanted.op = 'is' then
      if wanted.value not in ('null', 'true', 'false', 'unknown') then
        raise exception 'invalid value for is filter: must be null, true, false, or unknown';
      elsif wanted.value <> 'null' and type_ <> 'boolean'::regtype then
        raise exception 'is % filter requires a boolean column, got %', wanted.value, type_;
      end if;
    elsif wanted.op in ('like', 'ilike', 'match', 'imatch') then
      if not exists (
        select from pg_catalog.pg_operator
        where oprleft = type_ and oprresult = 'boolean'::regtype and oprname = case wanted.op
          when 'match' then '~' when 'imatch' then '~*' else '~~'
        end
      ) then
        raise exception 'operator % requires a text-compatible column type, got %', wanted.op, type_;
      end if;
      if wanted.op in ('match', 'imatch') then
        begin
          perform '' ~ wanted.value;
        exception when others then
          raise exception 'invalid regular expression for % filter: %', wanted.op, sqlerrm;
        end;
      end if;
    else
      perform realtime.cast(wanted.value, type_);
    end if;
  end loop;

  select name into unreadable from unnest(new.selected_columns) as name where name <> all (readable) limit 1;
  if found then
    raise exception 'invalid column for select %', unreadable;
  end if;

  -- In one order, so that the same question asked twice is known for the same.
  new.filters := array(select one from unnest(new.filters) as one order by one.column_name, one.op, one.value, one.negate);
  new.selected_columns := (select array_agg(name order by name) from unnest(new.selected_columns) as name);
  return new;
end;
$$;

create trigger tr_check_filters before insert or update on realtime.subscription
  for each row execute function realtime.subscription_check_filters();

-- Who may

alter type realtime.action owner to supabase_realtime_admin;
alter type realtime.equality_op owner to supabase_realtime_admin;
alter type realtime.user_defined_filter owner to supabase_realtime_admin;
alter type realtime.wal_column owner to supabase_realtime_admin;
alter type realtime.wal_rls owner to supabase_realtime_admin;
alter table realtime.subscription owner to supabase_realtime_admin;

grant all on realtime.subscription to postgres, dashboard_user;
grant select on realtime.subscription to anon, authenticated, service_role;
grant all on sequence realtime.subscription_id_seq to postgres, dashboard_user;
grant usage on sequence realtime.subscription_id_seq to anon, authenticated, service_role;
