import process from 'node:process'
import { z } from 'zod'

export default {
  fetch: async (request: Request) =>
    Response.json({
      path: new URL(request.url).pathname,
      body: await request.text(),
      env: Object.keys(process.env)
        .filter((name) => /^(SUPABASE|SIGNUP)_/.test(name))
        .sort(),
      zod: typeof z.object,
    }),
}
