import { writeSync } from 'node:fs'
import { createCredits } from '../../web/server/create-credits.ts'

/** A backend that records 20 credits `COUNT` times, prints each reference that is recorded, and sends them until it is killed or all are charged. */
const { GATEWAY: url = 'http://127.0.0.1:9/graphql', TOKEN: token = 'none', OUTBOX: outbox = '' } = process.env
const { TEAM: teamId, PREFIX: prefix, COUNT: count } = process.env

const credits = createCredits({ url, token, outbox, onError: () => undefined })
const say = (line: string) => writeSync(1, `${line}\n`)
for (let first = 0; first < Number(count); first += 20) {
  const references = Array.from(
    { length: Math.min(20, Number(count) - first) },
    (_, index) => `${prefix}-${first + index}`,
  )
  await Promise.all(references.map(record))
}

async function record(reference: string): Promise<void> {
  try {
    await credits.record([{ rate: 'image.background-removal' }], { teamId, reference })
    say(reference)
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    say(`failed ${code} ${message}`)
  }
}
if (process.env.TOKEN !== undefined) await credits.flush()
await credits.close()
