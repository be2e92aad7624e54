/** Says a line as a log would, and one as a person would. */
export default {
  fetch: () => {
    // biome-ignore lint/suspicious/noConsole: what becomes of it is what the test asks
    console.log(`${JSON.stringify({ level: 'warn', msg: 'as a log' })}\nas a person`)
    return new Response()
  },
}
