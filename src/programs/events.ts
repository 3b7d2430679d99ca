import { parseArgs } from 'node:util'
import { createClient } from 'graphql-sse'
import type { AccountEventType } from '../domain/event-type.ts'
import { teamId } from '../domain/identity.ts'
import { bodyOf } from '../partners/body.ts'
import { createPost } from '../partners/post.ts'
import { signingSecretOf } from '../partners/signing-keys.ts'
import { gatewayAddress, gatewayToken } from './gateway-token.ts'
import { runProgram } from './run-program.ts'
import { eventJsonSchema } from './webhook-page.ts'

const usage = `npm run -s events -- tail --forward-to URL [--team demo] [--after EVENT_ID] [--url http://127.0.0.1:4000]
npm run -s events -- schema
  tail     posts the events of a team to URL from now on, or from behind an event, signed as webhooks are
  schema   prints the body of a webhook as JSON Schema
  TOKEN    the token or API key for the gateway; without it one is made with the gateway's own secret`

/** A signing secret that is the same at each start, so that a server under development need not be told another one. */
const seed = Buffer.alloc(32, 'credits-gateway events tail')

type Event = { id: string; type: AccountEventType; at: string; revision: number }

async function main(): Promise<boolean> {
  const string = { type: 'string' } as const
  const options = { 'forward-to': string, team: string, after: string, url: string }
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const [command] = positionals
  if (command === 'schema') {
    process.stdout.write(`${JSON.stringify(eventJsonSchema(), null, 2)}\n`)
    return true
  }
  const to = values['forward-to']
  if (command !== 'tail' || to === undefined || !URL.canParse(to)) {
    process.stderr.write(`${usage}\n`)
    return false
  }
  await tail({ team: values.team ?? 'demo', to, after: values.after ?? null, url: values.url })
  return true
}

type Tail = {
  readonly team: string
  readonly to: string
  readonly after: string | null
  readonly url: string | undefined
}

/** Posts each event once it happens, one after the other. An event that is not accepted is told, and not sent again. */
async function tail({ team, to, after, url }: Tail): Promise<void> {
  const address = url ?? gatewayAddress()
  const client = createClient({
    url: `${address}/graphql`,
    headers: async () => ({ authorization: `Bearer ${await gatewayToken('events', 'VIEWER', team)}` }),
  })
  const secret = signingSecretOf(seed)
  const post = createPost({ allowPrivate: true })
  console.error(`Events of ${team} go to ${to}, signed with ${secret.symmetric}`)
  const variables: { after: string | null } = { after }
  const query = 'subscription ($after: ID) { accountEvents(after: $after) { id type at revision } }'
  for await (const { data, errors } of client.iterate<{ accountEvents: Event }>({ query, variables })) {
    if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('\n'))
    const event = data?.accountEvents
    if (event === undefined) continue
    variables.after = event.id
    const body = bodyOf({ ...event, at: Date.parse(event.at), teamId: teamId(team) }, null)
    const at = new Date()
    const { status, failure, latencyMs } = await post.send(
      to,
      {
        'content-type': 'application/json',
        'webhook-id': event.id,
        'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
        'webhook-signature': await secret.signatures(event.id, at, body),
      },
      body,
    )
    console.log(`${event.at}  ${event.type.padEnd(24)}  ${failure ?? status}  ${latencyMs} ms  ${event.id}`)
  }
}

await runProgram(main)
