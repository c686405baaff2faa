import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findFunctions } from '../functions.ts'
import { tokenise } from '../tokens.ts'

/** Sources with the number of functions whose bodies stand in braces. */
const sources: readonly (readonly [source: string, count: number])[] = [
  ['function a() { b() }', 1],
  ['export async function a(b: string): Promise<void> { }', 1],
  ['function a(): Promise<{ b: c }> { return d }', 1],
  ['function a(): { b: c } { return d }', 1],
  ['function a(b: unknown): asserts b is C | undefined { }', 1],
  ['function a(): Map<string, readonly [b: C]> { }', 1],
  ['function a(): <B extends C>(d: B) => E<B> { }', 1],
  ['class A extends B<C extends D ? E : F> { }', 0],
  ['function a(b = { c: 1 }, { d }: E) { }', 1],
  ['const a = () => { b() }', 1],
  ['const a = (b): C => { d() }', 1],
  ['const a = b => { c() }', 1],
  ['const a = () => ({ b: 1 })', 1],
  ['const a = () => b', 0],
  ['const a = function () { }', 1],
  [
    'class A extends B<C> implements D { e() { } get f(): G { } #h(): void { } constructor() { } }',
    4,
  ],
  ['const a = { b() { }, c: 1, async *d() { } }', 2],
  ['if (a) { b } else { c }', 0],
  ['for (const a of b) { c } for await (const d of e) { f } while (g) { h } do { i } while (j)', 0],
  ['switch (a) { case b(c): { d } default: { e } }', 0],
  ['try { a } catch (b) { c } finally { d } try { e } catch { f }', 0],
  ['interface A { b(c: D): E } type F = { g: H }', 0],
  ['const a = b ? c(d) : { e: f }', 0],
  ['const a = { b } as const satisfies { c: D }', 0],
  ['return { a } ', 0],
  ['import { a } from "b"; export { c }', 0],
  ['describe("a", () => { it("b", () => { c() }) })', 2],
]

describe('findFunctions', () => {
  for (const [source, count] of sources) {
    it(`counts ${count} in ${source}`, () => {
      assert.equal(findFunctions(tokenise(source)).length, count)
    })
  }

  it('takes in everything from the parameters to the closing brace', () => {
    const code = tokenise('before; function a(\n  b: C,\n): D {\n  e()\n}\nafter')
    const [extent] = findFunctions(code)
    assert.ok(extent !== undefined)
    const text = code.slice(extent.first, extent.last + 1).map((token) => token.text)
    assert.equal(text.join(''), '(b:C,):D{e()}')
  })
})
