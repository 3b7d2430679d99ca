import { afterAll, beforeAll, expect, test } from 'vitest'
import { maxTestSpaceBodyBytes } from '../../src/server/limits/held-bytes.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { ask, type SpawnedGateway, spawnGateway, stopped } from '../setup/gateway.ts'
import { makeTeam } from '../setup/operator.ts'
import { RawLine } from '../setup/raw-socket.ts'
import { spaceKey } from '../setup/test-space.ts'

let home: TestDatabase
let homeOfTests: TestDatabase
/** A process of its own, which reads while this one sends. */
let gateway: SpawnedGateway
const lines: RawLine[] = []

beforeAll(async () => {
  ;[home, homeOfTests] = [await createTestDatabase(), await createTestDatabase()]
  gateway = await spawnGateway({ DATABASE_URL: home.url, TEST_DATABASE_URL: homeOfTests.url })
})
afterAll(async () => {
  for (const line of lines) line.terminate()
  gateway?.child.kill()
  if (gateway) await stopped(gateway.child)
  await home?.drop()
  await homeOfTests?.drop()
})

const bodyBytes = 3_900_000
const sent = Buffer.alloc(bodyBytes - 1, ' ')

/** A body whose last byte does not come: its bytes stay under way. */
async function hold(key: string): Promise<void> {
  const line = await RawLine.connect(gateway.url)
  lines.push(line)
  const head = ['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json']
  line.write([...head, `Authorization: Bearer ${key}`, `Content-Length: ${bodyBytes}`, '', ''].join('\r\n'))
  await new Promise<void>((resolve) => line.stream.write(sent, () => resolve()))
}

test('keys of the test space that use up its bytes under way leave production its own', async () => {
  const keys: string[] = []
  for (const team of ['acme', 'globex', 'initech']) {
    await makeTeam(gateway.url, team, 'pro')
    keys.push((await spaceKey(gateway.url, { team })).secret)
  }
  const [first = '', second = '', third = ''] = keys
  const { secret: key } = await spaceKey(gateway.url, { space: 'PRODUCTION' })
  const bodies = Math.floor(maxTestSpaceBodyBytes / bodyBytes)
  for (let held = 0; held < bodies; held += 1) await hold(held % 2 === 0 ? first : second)
  const query = `{ __typename } #${' '.repeat(bodyBytes)}`
  const refused = async () => (await ask(gateway.url, query, {}, third)).errors?.[0]
  await expect.poll(refused).toMatchObject({
    message: 'Too many bytes of requests are under way: try again in a moment',
    extensions: { code: 'OVERLOADED' },
  })
  const answer = await ask(gateway.url, '{ team { id } }', { long: sent.toString() }, key)
  expect(answer).toMatchObject({ data: { team: { id: 'acme' } } })
})
