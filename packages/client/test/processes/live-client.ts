/**
 * A program with a live client and nothing else to do: it is expected to end by itself. Run by
 * `live-client.test.ts`.
 */
import { createTokenClient } from '@mintmark/client'
import { the } from '@mintmark/testkit'

const [tokenEndpoint = '', api = ''] = process.argv.slice(2)
const client = createTokenClient({
  tokenEndpoint,
  clientId: the.clientId,
  clientSecret: the.clientSecret,
})
const response = await client.fetch(api)
process.stdout.write(`${response.status} ${client.ready()}`)
