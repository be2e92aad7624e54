/*
 * Run by Deno: makes of it what a function finds on hosted, then loads the function. Arguments: the function's address
 * the socket on which it is to take its calls, whatever port it asks for, and the process that started it.
 */
import http from 'node:http'

const [entrypoint, path, parent] = Deno.args
const port = { transport: 'tcp', hostname: '0.0.0.0', port: 9999 }
/** Tells whoever started us that the function could not be loaded. */
const notLoaded = 86

const ours = ['DENO_DIR', 'DENO_NODE_SHIM_ACTIVE', 'DENO_NO_UPDATE_CHECK', 'NO_COLOR', 'PATH']
for (const name of ours) Deno.env.delete(name)

// Where that process is killed as it starts us, nobody else will end us.
Deno.unrefTimer(setInterval(() => String(Deno.ppid) === parent || Deno.exit(), 1_000))

const tasks = new Set()
globalThis.EdgeRuntime = {
  /** Keeps the worker until the promise is settled. */
  waitUntil(task) {
    if (task instanceof Promise) {
      tasks.add(task)
      // One that fails and that nobody looks after ends the worker, as any promise does.
      void task.finally(() => tasks.delete(task))
    }
    return task
  },
}

const serve = Deno.serve
Deno.serve = (first, second) => {
  const options = typeof first === 'function' ? {} : first
  const handler = typeof first === 'function' ? first : (second ?? first.handler)
  if (typeof handler !== 'function') throw new TypeError('A handler function must be provided.')
  const { onError, onListen } = options
  return serve(
    { path, onListen: () => onListen?.(port), ...(onError && { onError }) },
    async (request, { completed }) => {
      const call = asHosted(request)
      const response = await handler(call.asked, { remoteAddr: port, completed })
      await call.letGo()
      return response
    },
  )
}

/** How long an answer waits for a body that nobody wants, in milliseconds. */
const patience = 1_000

/**
 * The scheme of an address on a socket is one of Deno's own. A body is read to its end, whatever the function leaves of it:
 * Deno closes a connection with something left on it, and whoever still sends there then loses the answer. Without a body
 * the request itself must stay, because an upgrade needs it.
 */
function asHosted(request) {
  const url = request.url.replace(/^http\+unix:/, 'http:')
  if (!request.body) {
    return { asked: Object.defineProperty(request, 'url', { value: url }), letGo: () => undefined }
  }
  const { method, headers } = request
  const reader = request.body.getReader()
  let rest
  const readRest = () => {
    rest ??= (async () => {
      while (!(await reader.read()).done);
    })().catch(() => {})
    return rest
  }
  const body = new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: () => void readRest(),
    },
    { highWaterMark: 0 },
  )
  const asked = new Request(url, { method, headers, body, duplex: 'half' })
  // Deno has a word to say to whoever looks at it.
  Object.defineProperty(asked, 'signal', { get: () => request.signal })
  return {
    asked,
    letGo() {
      // What is read while it is answered is still wanted.
      if (!body.locked) void readRest()
      return rest && Promise.race([rest, new Promise((go) => Deno.unrefTimer(setTimeout(go, patience)))])
    },
  }
}

const { listen } = http.Server.prototype
http.Server.prototype.listen = function (...given) {
  const listening = given.find((one) => typeof one === 'function')
  return listen.call(this, { path }, listening)
}

/** What a worker is told of its end, and whether it is to go by itself. */
const signals = { SIGTERM: 'termination', SIGHUP: 'early_drop', SIGUSR1: 'wall_clock' }
for (const [signal, reason] of Object.entries(signals)) {
  Deno.addSignalListener(signal, async () => {
    dispatchEvent(new CustomEvent('beforeunload', { cancelable: true, detail: { reason } }))
    if (signal === 'SIGUSR1') return
    while (tasks.size > 0) await Promise.allSettled(tasks)
    dispatchEvent(new Event('unload'))
    Deno.exit()
  })
}

try {
  const { default: exported } = await import(entrypoint)
  if (typeof exported?.fetch === 'function') Deno.serve((request, info) => exported.fetch(request, info))
} catch (error) {
  if (!couldNotLoad(error)) throw error
  // biome-ignore lint/suspicious/noConsole: the log of a function is what it prints
  console.error(error)
  Deno.exit(notLoaded)
}

/** Not found, not readable as a module, or without what is imported of it; as opposed to what it threw as it ran. */
function couldNotLoad(error) {
  if (error?.code === 'ERR_MODULE_NOT_FOUND') return true
  const frames = String(error?.stack).match(/^ +at .*$/gm) ?? []
  return error instanceof SyntaxError && frames.every((frame) => frame.includes(import.meta.url))
}
