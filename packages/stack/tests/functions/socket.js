/** Says back what it hears, over a WebSocket. */
export default {
  fetch: (request) => {
    if (request.headers.get('upgrade') !== 'websocket') return new Response(null, { status: 426 })
    const { socket, response } = Deno.upgradeWebSocket(request)
    socket.onmessage = ({ data }) => socket.send(`heard ${data}`)
    return response
  },
}
