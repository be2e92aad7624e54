-- Derived from packages/contracts/src/jobs.ts by `npm run db:migrations`; change that, not this.

select pgboss.create_queue('identity.send-welcome-mail.dead', '{"policy":"standard","retentionSeconds":7776000}');
select pgboss.create_queue('identity.send-welcome-mail', '{"policy":"standard","retryLimit":8,"retryDelay":20,"retryBackoff":true,"expireInSeconds":300,"heartbeatSeconds":30,"deadLetter":"identity.send-welcome-mail.dead","notify":true}');
select pgboss.create_queue('identity.remove-unverified-signups.dead', '{"policy":"standard","retentionSeconds":7776000}');
select pgboss.create_queue('identity.remove-unverified-signups', '{"policy":"standard","retryLimit":8,"retryDelay":20,"retryBackoff":true,"expireInSeconds":300,"heartbeatSeconds":30,"deadLetter":"identity.remove-unverified-signups.dead","notify":true}');
select pgboss.create_queue('platform.sweep-rate-limits.dead', '{"policy":"standard","retentionSeconds":7776000}');
select pgboss.create_queue('platform.sweep-rate-limits', '{"policy":"standard","retryLimit":8,"retryDelay":20,"retryBackoff":true,"expireInSeconds":300,"heartbeatSeconds":30,"deadLetter":"platform.sweep-rate-limits.dead","notify":true}');
