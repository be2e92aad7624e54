import type { Call } from '../act.ts'
import { metadataOf, type ObjectRow } from '../objects/rows.ts'
import { describing, type Manner, openBytes, serve } from '../objects/serve.ts'
import type { Parts } from '../parts.ts'
import { render } from './render.ts'
import { describeTransformation, type Transformation } from './transformation.ts'
import { takeTurns } from './turns.ts'

const turn = takeTurns(2, 64)

/** Answers with an object as the image that is asked for. A drawing is handed on as it is. */
export async function serveImage(
  c: Call,
  parts: Parts,
  find: () => Promise<ObjectRow>,
  asked: Transformation,
  manner: Manner,
): Promise<Response> {
  const first = await find()
  if (metadataOf(first).mimetype.startsWith('image/svg')) return serve(c, parts, find, manner)
  return turn(async () => {
    const { file, row } = await openBytes(parts, find)
    await file.close()
    const metadata = metadataOf(row)
    const path = parts.files.path(row.version ?? '')
    const accept = asked.format === 'origin' ? '' : (c.req.header('accept') ?? '')
    const { bytes, mimetype } = await render(path, file.size, asked, accept)
    const headers = describing(c, { ...metadata, mimetype }, manner)
    const done = describeTransformation(asked)
    if (done.length > 0) headers.set('x-transformations', done.join(','))
    headers.set('content-length', String(bytes.byteLength))
    return new Response(new Uint8Array(bytes), { headers })
  })
}
