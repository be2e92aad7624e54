import type pg from 'pg'
import { describe, type Params } from './params.ts'

/** The database would not have the subscription; asking again would not help. */
export class Refused extends Error {
  constructor(message: string) {
    super(`Unable to subscribe to changes with given parameters. ${message}`)
    this.name = 'Refused'
  }
}

export const unpublished = (params: Params) =>
  new Refused(`Please check Realtime is enabled for the given connect parameters: ${describe(params)}`)

export const failed = (params: Params, error: pg.DatabaseError) =>
  new Refused(
    `An exception happened so please check your connect parameters: ${describe(params)}. Exception: ${told(error)}`,
  )

/** As the hosted server's database driver puts a fault in words. */
function told({ severity = 'ERROR', code = 'XX000', message, detail, hint }: pg.DatabaseError): string {
  const name = conditions[code] ?? conditions[`${code.slice(0, 2)}000`] ?? 'internal_error'
  const more = [detail && `\n\n${detail}`, hint && `\n\n    hint: ${hint}`].filter(Boolean).join('')
  return `${severity} ${code} (${name}) ${message}${more}`
}

/** Postgres's names of what a subscription can meet. */
const conditions: Record<string, string> = {
  '22000': 'data_exception',
  '22001': 'string_data_right_truncation',
  '22003': 'numeric_value_out_of_range',
  '22007': 'invalid_datetime_format',
  '22008': 'datetime_field_overflow',
  '22023': 'invalid_parameter_value',
  '22021': 'character_not_in_repertoire',
  '22P02': 'invalid_text_representation',
  '22P03': 'invalid_binary_representation',
  '22P05': 'untranslatable_character',
  '23000': 'integrity_constraint_violation',
  '23502': 'not_null_violation',
  '23514': 'check_violation',
  '2201B': 'invalid_regular_expression',
  '42000': 'syntax_error_or_access_rule_violation',
  '42501': 'insufficient_privilege',
  '42601': 'syntax_error',
  '42602': 'invalid_name',
  '42703': 'undefined_column',
  '42704': 'undefined_object',
  '42804': 'datatype_mismatch',
  '42846': 'cannot_coerce',
  '42883': 'undefined_function',
  '42P01': 'undefined_table',
  '55000': 'object_not_in_prerequisite_state',
  P0000: 'plpgsql_error',
  P0001: 'raise_exception',
}
