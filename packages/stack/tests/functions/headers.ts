/** Answers with the headers it was sent; a preflight it answers in its own way. */
export default {
  fetch: (request: Request) =>
    Response.json(Object.fromEntries(request.headers), {
      headers: request.method === 'OPTIONS' ? { 'access-control-allow-headers': 'of-its-own' } : {},
    }),
}
