/** Never answers. */
export default { fetch: () => new Promise<Response>(() => {}) }
