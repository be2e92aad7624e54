import { type Act, callAct, readAct, tableOf } from './acts.ts'
import { type Asked, isReading, readAsked } from './asked.ts'
import type { Call } from './call.ts'
import type { Catalogue } from './catalogue.ts'
import type { Configuration } from './configuration.ts'
import type { Database, Opening, Run } from './database.ts'
import { asFault } from './database-fault.ts'
import { Refused } from './fault.ts'
import { checkResult, mayBeRefused, respond } from './respond.ts'
import type { Result } from './result-sql.ts'
import { describeRoot } from './root.ts'
import { settingsOf } from './settings.ts'
import { writeAct } from './write-act.ts'

/** What the Data API knows when a request comes. */
export type Knowledge = {
  catalogue: Catalogue
  configuration: Configuration
  schemas: string[]
  searchPath: string[]
  mostRows: number | undefined
  mayAggregate: boolean
}

/** Answers a request as PostgREST does: one statement, in a transaction of its own, as its caller. */
export async function answer(
  request: Request,
  body: Uint8Array,
  call: Call,
  knowledge: Knowledge,
  database: Database,
): Promise<Response> {
  try {
    const asked = readAsked(request, body, call, knowledge.schemas)
    return await act(asked, knowledge, database)
  } catch (error) {
    if (error instanceof Refused) return error.response
    const found = asFault(error, call.caller.role !== 'anon')
    if (found) return found
    if (error instanceof RangeError && /call stack/.test(error.message)) {
      return new Refused(400, 'PGRST100', 'The request is nested too deeply').response
    }
    throw error
  }
}

async function act(asked: Asked, knowledge: Knowledge, database: Database): Promise<Response> {
  const { target, method } = asked
  if (target.kind === 'root')
    return describeRoot(asked, (work) => within(asked, undefined, knowledge, database, work))
  if (method === 'OPTIONS') return options(asked, knowledge.catalogue)
  const { catalogue, mostRows } = knowledge
  if (!knowledge.mayAggregate) refuseAggregates(asked)
  const made =
    target.kind === 'function'
      ? callAct(asked, target.name, catalogue, mostRows)
      : isReading(method)
        ? readAct(asked, target.name, catalogue, mostRows)
        : writeAct(asked, target.name, catalogue)
  return within(asked, made, knowledge, database, async (run) => {
    const total = await estimate(asked, made, run, mostRows)
    const isLast = isReading(method) || !mayBeRefused(asked, made)
    const [result] = await run<Result>(made.text, made.values, isLast)
    if (!result) throw new Error('A statement without a result.')
    checkResult(asked, made, result)
    return respond(asked, made, result, total(result))
  })
}

/** How many rows there are: as counted, as planned, or as planned where they are more than one counts. */
async function estimate({ preferences }: Asked, { estimate, kind }: Act, run: Run, mostRows = 0) {
  const counted = ({ total, page }: Result) =>
    total === null ? undefined : Math.max(Number(total), kind === 'call' ? Number(page) : 0)
  if (!estimate) return counted
  const [plan] = await run<{ 'QUERY PLAN': string }>(estimate.text, estimate.values)
  const rows = Number(/"Plan Rows": (\d+)/.exec(plan?.['QUERY PLAN'] ?? '')?.[1] ?? 0)
  if (preferences.count === 'planned') return () => rows
  return (result: Result) => {
    const exact = counted(result) ?? 0
    return exact > mostRows ? Math.max(exact, rows) : exact
  }
}

function within(
  asked: Asked,
  made: Act | undefined,
  { configuration, searchPath }: Knowledge,
  database: Database,
  work: (run: Run) => Promise<Response>,
): Promise<Response> {
  const { db_pre_request: before } = configuration.inDatabase
  const opening: Opening = {
    readOnly: isReading(asked.method) || made?.routine?.isVolatile === false,
    isolation: configuration.ofRole.get(asked.call.caller.role)?.isolation,
    settings: settingsOf(asked, made?.routine?.settings ?? [], configuration, searchPath),
    before: before && `select ${before}()`,
  }
  return database.transaction(opening, work)
}

function refuseAggregates({ query }: Asked): void {
  if (JSON.stringify(query.select).includes('"aggregate":')) {
    throw new Refused(400, 'PGRST123', 'Use of aggregate functions is not allowed')
  }
}

function options({ target }: Asked, catalogue: Catalogue): Response {
  const allow = (methods: string[]) => new Response(null, { headers: { allow: methods.join(',') } })
  if (target.kind === 'function') {
    const isVolatile = catalogue.routines(target.name).every((routine) => routine.isVolatile)
    return allow(isVolatile ? ['OPTIONS', 'POST'] : ['OPTIONS', 'GET', 'HEAD', 'POST'])
  }
  if (target.kind === 'root') return allow(['OPTIONS', 'GET', 'HEAD'])
  const { changes, key } = tableOf(target.name, catalogue)
  return allow([
    'OPTIONS',
    'GET',
    'HEAD',
    ...(changes.insert ? ['POST'] : []),
    ...(changes.insert && changes.update && key.length > 0 ? ['PUT'] : []),
    ...(changes.update ? ['PATCH'] : []),
    ...(changes.delete ? ['DELETE'] : []),
  ])
}
