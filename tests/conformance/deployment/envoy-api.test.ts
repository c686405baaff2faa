/** The shipped configuration of Envoy against Envoy's published API: it is well formed, whatever it does. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { type EnvoyApi, faultsIn, publishedApi } from './envoy-api.ts'
import { read } from './program.ts'

const bootstrap = 'envoy.config.bootstrap.v3.Bootstrap'
const mutation = 'envoy.config.common.mutation_rules.v3.HeaderMutation'
const removal = `${mutation}.RemoveOnMatch`

/** What Envoy has had since, by its own mutation_rules.proto. */
const api: EnvoyApi = {
  ...publishedApi,
  messages: {
    ...publishedApi.messages,
    [mutation]: {
      fields: { remove: 'string', remove_on_match: removal },
      oneofs: [{ fields: ['remove', 'append', 'remove_on_match'], required: true }],
    },
    [removal]: {
      fields: { key_matcher: 'envoy.type.matcher.v3.StringMatcher' },
      required: ['key_matcher'],
    },
  },
}

const shipped = read('deploy/envoy/envoy.yaml')
const faultsOf = (text: string) => faultsIn(api, bootstrap, parse(text))

describe("the configuration of Envoy, by Envoy's API", () => {
  it('has no field that Envoy does not know, none of a wrong kind, and all that must be there', () => {
    assert.deepEqual(faultsOf(shipped), [])
  })

  const mistakes: readonly (readonly [from: string, to: string, fault: RegExp])[] = [
    ['failure_mode_allow: false', 'failure_mode_allowed: false', /allowed: unknown$/],
    ['failure_mode_allow: false', 'failure_mode_allow: "no"', /allow: no bool$/],
    ['code: ServiceUnavailable', 'code: Unavailable', /code: no envoy\.type\.v3\.StatusCode$/],
    ['action: REJECT_REQUEST', 'action: REJECT', /action: no envoy\./],
    ['timeout: 5s', 'timeout: 5', /timeout: no google\.protobuf\.Duration$/],
    ['check_settings: {}', 'check: {}', /not one of disabled, check_settings$/],
    ['stat_prefix: api', 'stat_prefix: ""', /stat_prefix: missing$/],
    ['.v3.Router', '.v3.Rooter', /typed_config: no kind$/],
    ['flags: [UAEX]', 'flags: UAEX', /flags: not repeated$/],
    [', runtime_key: mintmark.outage', '', /runtime_key: missing$/],
  ]
  for (const [from, to, fault] of mistakes) {
    it(`would not be with ${to || 'nothing'} in place of ${from}`, () => {
      assert(shipped.includes(from))
      const faults = faultsOf(shipped.replace(from, to))
      assert(
        faults.some((each) => fault.test(each)),
        faults.join('\n'),
      )
    })
  }
})
