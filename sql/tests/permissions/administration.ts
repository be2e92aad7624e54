import { type FunctionRule, people, privateTable, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [privateTable('decisions', 'reason = reason')]

const reason = `'A reason that says enough'`
const nobody = 'gen_random_uuid()'

/** Everybody who may act here is told that this is not theirs, moderators too; a platform admin gets this far. */
const forPlatformAdmins = (answer: string) => ({
  ...people({ here: 'not_allowed' }),
  'platform admin': answer,
})

const rule = (call: string, answer = 'yes', about = ''): FunctionRule => {
  const name = call.slice(0, call.indexOf('('))
  return { name: about ? `${name} ${about}` : name, call, can: forPlatformAdmins(answer) }
}

export const functionRules: FunctionRule[] = [
  rule('admin_list_organizations()'),
  rule(`admin_organization(company('ada'))`),
  rule(`suspend_organization(company('ada'), ${reason})`),
  rule(`suspend_organization(company('pat'), ${reason})`, 'own_organization', "(the admin's own)"),
  rule(`reinstate_organization(company('sue'), ${reason})`),
  rule('admin_list_people()'),
  rule(`admin_person(person('ada'))`),
  rule(`admin_person(${nobody})`, 'not_found', '(nobody)'),
  rule(`read_address(person('ada'))`),
  rule(`deactivate_person(person('abe'), ${reason})`),
  rule(`deactivate_person(person('pat'), ${reason})`, 'own_account', '(oneself)'),
  rule(`reactivate_person(person('dan'), ${reason})`),
  rule(`end_person_sessions(person('ada'))`),
  rule(`resend_verification(person('pia'))`),
  rule(`remove_second_factor(person('ada'), ${reason})`),
  rule('list_platform_roles()'),
  rule(`grant_platform_role(person('ada'), 'moderator')`),
  rule(`grant_platform_role(person('pat'), 'admin')`, 'own_account', '(to oneself)'),
  rule(`revoke_platform_role(person('mo'))`),
  rule('queue_overview()'),
  rule(`list_dead_jobs('identity.send-welcome-mail')`),
  rule(`list_dead_jobs('no.such-queue')`, 'not_found', '(no queue)'),
  rule(`replay_dead_jobs('identity.send-welcome-mail')`),
  rule(`discard_dead_jobs('identity.send-welcome-mail', array[${nobody}])`),
  { name: 'why_paused', call: 'why_paused()', can: people({ away: 'yes' }) },
]
