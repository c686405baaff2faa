/** A promise that somebody else settles. */

/** The promise and its ends; only the first call of either counts. */
export interface Outcome<Value> {
  readonly promise: Promise<Value>
  resolve(value: Value): void
  reject(error: Error): void
}

/** Makes one. */
export function outcome<Value>(): Outcome<Value> {
  let resolve!: (value: Value) => void
  let reject!: (error: Error) => void
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}
