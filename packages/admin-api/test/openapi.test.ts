import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { type Operation, operations } from '../src/wire/operations.ts'
import { adminWorld } from './admin-world.ts'

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1, and anybody may read it [A13]', async () => {
    await using world = await adminWorld()
    const response = await world.get('/admin/openapi.json')
    assert.equal(response.status, 200)
    const document = (await response.json()) as Record<string, unknown>
    const validator = new Validator()
    const { valid, errors } = await validator.validate(document)
    assert.deepEqual([valid, errors], [true, undefined])
    assert.equal(validator.version, '3.1')
  })

  it('has every operation with its scope, and no other', async () => {
    await using world = await adminWorld()
    const { paths } = (await (await world.get('/admin/openapi.json')).json()) as OpenApi
    const shown = Object.values(paths).flatMap((methods) => Object.values(methods))
    const known = Object.entries(operations as Readonly<Record<string, Operation>>)
    assert.deepEqual(
      shown.map(({ operationId, security }) => [operationId, security[0]?.accessToken]).toSorted(),
      known.map(([name, { scope }]) => [name, [scope]]).toSorted(),
    )
  })

  it('says which operations take preconditions, and what they answer to them [A13]', async () => {
    await using world = await adminWorld()
    const { paths } = (await (await world.get('/admin/openapi.json')).json()) as OpenApi
    for (const path of ['/admin/v1/clients/{id}', '/admin/v1/resources/{id}']) {
      const told = ['get', 'patch', 'delete'].map((method) => {
        const { parameters, responses } = paths[path]?.[method] ?? {}
        const fields = parameters?.filter((one) => one.in === 'header').map(({ name }) => name)
        return [fields, Object.keys(responses ?? {}), responses?.[200]?.headers !== undefined]
      })
      assert.deepEqual(told, [
        [['if-none-match'], ['200', '304'], true],
        [['if-match'], ['200', '412'], true],
        [['if-match'], ['200', '412'], false],
      ])
    }
  })
})

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly operationId: string
            readonly parameters?: readonly { readonly in: string; readonly name: string }[]
            readonly responses: Readonly<Record<string, { readonly headers?: object }>>
            readonly security: readonly { readonly accessToken: readonly string[] }[]
          }
        >
      >
    >
  >
}
