/** Who may do what: the whole matrix, as data, a file a feature. Every cell is a test, and PERMISSIONS.md is printed from it. */

import * as audit from './audit.ts'
import * as forum from './forum.ts'
import * as identity from './identity.ts'
import * as organizations from './organizations.ts'
import * as platform from './platform.ts'
import * as signup from './signup.ts'
import type { FunctionRule, TableRule } from './words.ts'

export { type Actor, actors } from './words.ts'

type Rules = { tableRules?: TableRule[]; functionRules?: FunctionRule[] }

const features: Rules[] = [audit, platform, identity, organizations, signup, forum]

export const tableRules = features.flatMap((feature) => feature.tableRules ?? [])
export const functionRules = features.flatMap((feature) => feature.functionRules ?? [])
