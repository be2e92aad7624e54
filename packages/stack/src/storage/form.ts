/**
 * Browsers send a file as a form, in a field whose name is of no matter. @supabase/lite asks for a field called "file",
 * which supabase-js does not use; so the file is taken out and sent on by itself.
 */
export async function withoutForm(request: Request): Promise<Request> {
  if (!request.headers.get('content-type')?.startsWith('multipart/form-data')) return request
  const form = await request.formData().catch((cause) => {
    throw new SyntaxError('This is no form', { cause })
  })
  const file = [...form.values()].find((value) => value instanceof File)
  const headers = new Headers(request.headers)
  headers.set('content-type', (file?.type || 'application/octet-stream').split(';', 1)[0]?.trim() ?? '')
  headers.set('content-length', String(file?.size ?? 0))
  const seconds = form.get('cacheControl')
  if (typeof seconds === 'string') headers.set('cache-control', `max-age=${seconds}`)
  const body = file ? await file.arrayBuffer() : new ArrayBuffer(0)
  return new Request(request.url, { method: request.method, headers, body })
}
