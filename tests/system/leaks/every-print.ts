/** Every way in which a program, its logger or its crash report may turn a value into text. */
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'

/**
 * What each of the ways makes of `subject`.
 *
 * @param showHidden - Whether to look at properties that only a debugger shows. Objects of other libraries may need to
 *   keep the native request there.
 */
export function everyPrint(subject: unknown, showHidden = true): readonly string[] {
  const options = { depth: 10, showHidden, maxArrayLength: null, maxStringLength: null }
  return [
    inspect(subject, options),
    inspect(subject, { ...options, getters: true, showProxy: true }),
    inspect(new Error('outer', { cause: subject }), options),
    // %o shows what is hidden, too.
    format(showHidden ? '%s %o %O %j' : '%s %O %O %j', subject, subject, subject, subject),
    orNothing(() => JSON.stringify(subject)),
    orNothing(() => `${subject}`),
    orNothing(() => inspect(structuredClone(subject), options)),
    orNothing(() => serialize(subject).toString('latin1')),
    ...valuesOf(subject, showHidden).map((value) => inspect(value, options)),
    ...causes(subject),
  ]
}

/** Functions can be neither cloned nor serialised. */
function orNothing(print: () => string | undefined): string {
  try {
    return print() ?? ''
  } catch {
    return ''
  }
}

function valuesOf(subject: unknown, showHidden: boolean): readonly unknown[] {
  if (typeof subject !== 'object' || subject === null) return []
  const names = showHidden ? Reflect.ownKeys(subject) : Object.keys(subject)
  return names.map((name) => Reflect.get(subject, name))
}

function causes(subject: unknown): readonly string[] {
  if (!(subject instanceof Error)) return []
  const own = [subject.message, subject.stack ?? '', subject.name]
  return [...own, ...causes(subject.cause)]
}
