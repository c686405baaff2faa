/** One connection driven octet by octet: what is sent is what a case says, and answers are read by the letter. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One answer as it stood on the wire. */
export interface RawAnswer {
  readonly status: number
  /** By name in small letters; the test fails when one occurs twice. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** A connection to a server of this machine. */
export class RawConnection {
  readonly #socket: Socket
  #received = ''
  /** Everything that came, whether it was read as an answer or not. */
  transcript = ''
  #isOver = false
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text
      this.transcript += text
      this.#wake()
    })
    const end = (): void => {
      this.#isOver = true
      this.#wake()
    }
    // A peer that gives up may reset the connection while something is still being sent to it.
    socket.on('error', end).on('end', end).on('close', end)
  }

  static async to(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1').setNoDelay(true)
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  /** Sends octets: characters up to U+00FF as they are. */
  send(text: string): void {
    if (this.#socket.writable) this.#socket.write(text, 'latin1')
  }

  /** Says that nothing more will come. */
  finish(): void {
    this.#socket.end()
  }

  /** Leaves without a word. */
  leave(): void {
    this.#socket.destroy()
  }

  /** The next answer to a request of that method, whole; fails when the server closes instead. */
  async answer(method = 'POST'): Promise<RawAnswer> {
    const headEnd = await this.#find('\r\n\r\n')
    const [statusLine = '', ...lines] = this.#take(headEnd + 4)
      .trimEnd()
      .split('\r\n')
    const status = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*$/.exec(statusLine)?.[1]
    assert(status !== undefined, `not a status line: ${JSON.stringify(statusLine)}`)
    const headers = headersIn(lines)
    if (status.startsWith('1')) return { status: Number(status), headers, body: '' }
    const length = headers.get('content-length')
    assert.match(length ?? '', /^\d+$/, 'an answer has a length')
    if (method === 'HEAD') return { status: Number(status), headers, body: '' }
    await this.#until(() => this.#received.length >= Number(length))
    return { status: Number(status), headers, body: this.#take(Number(length)) }
  }

  /** Waits for the server to close; fails when anything came that was not read as an answer. */
  async closed(): Promise<void> {
    await this.over()
    assert.equal(this.#received, '', 'nothing comes after the last answer')
  }

  /** Waits for the server to close, whatever came. */
  async over(): Promise<void> {
    while (!this.#isOver) await this.#progress()
  }

  async #find(text: string): Promise<number> {
    await this.#until(() => this.#received.includes(text))
    return this.#received.indexOf(text)
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      assert(!this.#isOver, `closed after ${JSON.stringify(this.transcript.slice(-300))}`)
      await this.#progress()
    }
  }

  #progress(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #take(length: number): string {
    const taken = this.#received.slice(0, length)
    this.#received = this.#received.slice(length)
    return taken
  }
}

function headersIn(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+): ([\x20-\x7e]*)$/.exec(line) ?? []
    assert(name !== undefined && value !== undefined, `not a header: ${JSON.stringify(line)}`)
    assert(!headers.has(name.toLowerCase()), `${name} comes twice`)
    headers.set(name.toLowerCase(), value)
  }
  return headers
}
