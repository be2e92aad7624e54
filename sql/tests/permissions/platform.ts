import { type FunctionRule, privateTable, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  privateTable('rate_limits', 'hits = 1'),
  privateTable('heartbeats', 'ok = true'),
  privateTable('sent_mails', 'kind = kind'),
]

export const functionRules: FunctionRule[] = [
  { name: 'take_rate_limit', call: `take_rate_limit('signup.ip', 'x', 1, 60)`, can: { service: 'yes' } },
  { name: 'platform_health', call: 'platform_health()', can: { service: 'yes' } },
]
