/**
 * The words of the matrix, and the world it speaks of: Ada and her colleague Abe are of one company, Bob and Pia (whose
 * address is not verified) are of others; Dan is deactivated, Sue's company is suspended, Mo is a platform moderator and
 * Pat a platform admin (with a second factor in this session), each of a company of their own.
 */
export const actors = [
  'visitor',
  'pending',
  'deactivated',
  'suspended',
  'stranger',
  'member',
  'admin',
  'moderator',
  'platform admin',
  'service',
] as const
export type Actor = (typeof actors)[number]

/** r read · c create · u change · d delete; a missing actor may do nothing. */
export type Cells = Partial<Record<Actor, string>>

export type TableRule = {
  table: string
  /** Whose row, as a person would say it. */
  row: string
  /** Finds the row in the world of the test. */
  where: string
  /** What a change would set, and what a new row would hold. */
  set: string
  values: string
  can: Cells
}

export const reading: Cells = {
  stranger: 'r',
  member: 'r',
  admin: 'r',
  moderator: 'r',
  'platform admin': 'r',
}

/** Nobody but the tables' owner comes near. */
export const privateTable = (name: string, set: string): TableRule => ({
  table: `private.${name}`,
  row: 'any',
  where: 'true',
  set,
  values: 'default values',
  can: {},
})

/** `yes`, or the word of the refusal; a missing actor is denied the call itself. */
export type FunctionRule = { name: string; call: string; can: Partial<Record<Actor, string>> }

/** One answer for all who may act here, another for those who may not at present. */
export const people = (answers: Partial<Record<'here' | 'away', string>>): FunctionRule['can'] => ({
  pending: answers.away ?? 'not_active',
  deactivated: answers.away ?? 'not_active',
  suspended: answers.away ?? 'not_active',
  stranger: answers.here ?? 'yes',
  member: answers.here ?? 'yes',
  admin: answers.here ?? 'yes',
  moderator: answers.here ?? 'yes',
  'platform admin': answers.here ?? 'yes',
})
