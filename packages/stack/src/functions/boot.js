/* Run by Deno: loads a function and serves it, whether it exports its handler or calls Deno.serve by itself. */
const { default: exported } = await import(Deno.args[0])
if (typeof exported?.fetch === 'function') Deno.serve((request) => exported.fetch(request))
