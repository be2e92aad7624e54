import { CallerConnection } from './connection.ts'
import { asRefusal } from './refusal.ts'

type Statement = Parameters<CallerConnection['onPostgrestAST']>[0]

/** What @supabase/lite runs the Data API's statements on, with what it leaves undone for Postgres. */
export class RestConnection extends CallerConnection {
  override normalizeDbError(error: unknown): unknown {
    return asRefusal(super.normalizeDbError(error))
  }

  override async onPostgrestAST(given: Statement): Promise<Statement> {
    const statement = await super.onPostgrestAST(given)
    const { functions = [] } = await this.introspect()
    return writeTexts(statement, functions)
  }
}

type Functions = NonNullable<Awaited<ReturnType<CallerConnection['introspect']>>['functions']>

/**
 * Of the arguments for parameters of type JSON, those that are objects are written as JSON further on, but a text is
 * handed over as it is, and would be taken for JSON already written.
 */
function writeTexts(statement: Statement, functions: Functions): Statement {
  const { type, function: name, schema = 'public', args, httpMethod } = statement
  if (type !== 'rpc' || httpMethod === 'GET' || !args || Array.isArray(args)) return statement
  const called = functions.filter((each) => each.name === name && each.schema === schema)
  const takesJson = (argument: string) =>
    called.some(({ arg_names, arg_types }) => /^jsonb?$/.test(arg_types[arg_names.indexOf(argument)] ?? ''))
  const written = Object.entries(args).map(([argument, value]) => [
    argument,
    typeof value === 'string' && takesJson(argument) ? JSON.stringify(value) : value,
  ])
  return { ...statement, args: Object.fromEntries(written) }
}
