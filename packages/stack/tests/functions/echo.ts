import process from 'node:process'
import { z } from 'zod'

export default {
  fetch: async (request: Request) =>
    Response.json({
      path: new URL(request.url).pathname,
      body: await request.text(),
      env: { ...process.env },
      zod: typeof z.object,
    }),
}
