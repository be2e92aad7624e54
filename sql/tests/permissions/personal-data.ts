import { type FunctionRule, people, privateTable, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  privateTable('data_exports', 'progress = progress'),
  privateTable('erasures', 'choice = choice'),
]

/** One's own data is one's own, whatever has become of one's place here. */
const anyAccount: FunctionRule['can'] = { ...people({ away: 'yes' }), pending: 'not_active' }

export const functionRules: FunctionRule[] = [
  { name: 'my_privacy', call: 'my_privacy()', can: anyAccount },
  { name: 'request_data_export', call: 'request_data_export()', can: anyAccount },
  {
    name: 'request_erasure',
    call: "request_erasure('remove', true)",
    can: { ...anyAccount, admin: 'last_admin', 'platform admin': 'last_platform_admin' },
  },
  { name: 'cancel_erasure', call: 'cancel_erasure()', can: anyAccount },
]
