/**
 * Keeping the token out of what gets printed (requirement C10). Objects of Node hold the text of the header that they
 * sent, and libraries put such objects into their errors. They stay where they are, but are not enumerable any more:
 * neither `util.inspect` nor `JSON.stringify` nor a logger that walks through an error comes upon them.
 */

/** Makes own properties of an object non-enumerable. Anything but an object is left alone. */
export function hideProperties(owner: unknown, ...names: readonly string[]): void {
  if (typeof owner !== 'object' || owner === null) return
  for (const name of names) {
    if (!Object.prototype.propertyIsEnumerable.call(owner, name)) continue
    const value = (owner as Record<string, unknown>)[name]
    // Frozen ones stay as they are: there is nothing to be done about them.
    Reflect.defineProperty(owner, name, { value, enumerable: false, writable: true })
  }
}

/** The same for the connections of an `http.Agent`, each of which leads to the request that it carries. */
export function hideConnections(agent: unknown): void {
  hideProperties(agent, 'sockets', 'freeSockets', 'requests')
}

/** The same for what leads from a response to its request. */
export function hideRequest(response: unknown): void {
  hideProperties(response, 'request', 'req', 'socket', 'client')
}
