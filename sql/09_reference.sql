/*
 * Reference — the words that companies describe themselves with.
 *
 * The rows are the same in every place: they come by a data migration and are
 * never written by a person. A code, once given, is not given to anything else.
 */

-- Tables ------------------------------------------------------------------

create table public.industries (
  code    text primary key check (code ~ '^([A-U]|[0-9]{2})$'),
  section text references public.industries on delete restrict,
  name_en text not null,
  name_ar text not null,
  constraint divisions_have_a_section check ((section is null) = (code ~ '^[A-U]$'))
);
comment on table public.industries is
  'ISIC revision 4 (https://unstats.un.org/unsd/classifications/Econ/isic): its 21 sections, by letter, and their 88 divisions, by number.';

-- Which divisions are in this section?
create index on public.industries (section);

create table public.cities (
  id        int primary key,
  country   text not null check (country ~ '^[A-Z]{2}$'),
  name_en   text not null,
  name_ar   text not null,
  latitude  double precision not null check (latitude between -90 and 90),
  longitude double precision not null check (longitude between -180 and 180)
);
comment on table public.cities is
  'Cities of the Gulf with 15,000 people or more, by their GeoNames id (https://www.geonames.org, CC BY 4.0). Degrees in WGS 84.';

-- Who may -----------------------------------------------------------------

-- Whoever may act: the policies stand in 11, where that is known.
alter table public.industries enable row level security;
grant select on public.industries to authenticated;

alter table public.cities enable row level security;
grant select on public.cities to authenticated;
