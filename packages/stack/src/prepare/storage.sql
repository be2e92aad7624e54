/*
 * Storage — rights on its two tables. Every role may try; the policies of the migrations decide.
 */
alter table storage.buckets add column avif_autodetection boolean default false;

grant all on storage.buckets, storage.objects to anon, authenticated, service_role, postgres;
