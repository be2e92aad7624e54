let calls = 0

/** Falls at its first call, as a process. */
export default {
  fetch: (request: Request) => {
    calls += 1
    if (request.method === 'GET') return new Response(`call ${calls}`)
    setTimeout(() => {
      throw new Error('this is the end')
    })
    return new Promise<Response>(() => {})
  },
}
