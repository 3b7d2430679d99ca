import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { teamId } from '../../src/domain/identity.ts'
import { Hints } from '../../src/live/hints/hints.ts'
import { subscribeWatched } from '../../src/live/hints/team-channels.ts'

const [one, two] = [teamId('one'), teamId('two')]
const sweepMs = 5_000

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A broker that confirms when the test says so. */
function scene(hints = new Hints()) {
  const commands: string[] = []
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  const failures: unknown[] = []
  const asked = (command: string) => (teams: readonly string[]) => {
    commands.push(`${command} ${teams.length > 3 ? teams.length : teams.join(' ')}`)
    return new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
  }
  const end = subscribeWatched({
    hints,
    subscribe: asked('+'),
    unsubscribe: asked('-'),
    failed: (error) => failures.push(error),
  })
  const answered = () => vi.advanceTimersByTimeAsync(0)
  return {
    hints,
    commands,
    failures,
    end,
    watch: (team: string) => hints.listen(teamId(team), () => undefined),
    async confirm() {
      waiting.shift()?.resolve()
      await answered()
    },
    async refuse() {
      waiting.shift()?.reject(new Error('NOPERM'))
      await answered()
    },
    async sweep() {
      await vi.advanceTimersByTimeAsync(sweepMs)
    },
  }
}

test('what is watched already is subscribed to, 500 teams a command, one command after the other', async () => {
  const hints = new Hints()
  for (let team = 0; team < 1_100; team += 1) hints.listen(teamId(`${team}`), () => undefined)
  const { commands, confirm, watch } = scene(hints)
  expect(commands).toEqual(['+ 500'])
  await confirm()
  watch('one')
  await confirm()
  await confirm()
  expect(commands).toEqual(['+ 500', '+ 500', '+ 101'])
})

test('a team that nobody watches is left after it was found so twice; who comes back in between keeps it', async () => {
  const { commands, watch, confirm, sweep } = scene()
  const ends = [watch(one), watch(two)]
  await confirm()
  await confirm()
  for (const end of ends) end()
  await sweep()
  expect(commands).toEqual(['+ one', '+ two'])
  watch(two)
  await sweep()
  await confirm()
  await sweep()
  await sweep()
  expect(commands).toEqual(['+ one', '+ two', '- one'])
})

test('a team that is watched again while it is being left is subscribed to again, after that', async () => {
  const { commands, watch, confirm, sweep } = scene()
  watch(one)()
  await confirm()
  await sweep()
  await sweep()
  expect(commands).toEqual(['+ one', '- one'])
  watch(one)
  expect(commands).toEqual(['+ one', '- one'])
  await confirm()
  expect(commands).toEqual(['+ one', '- one', '+ one'])
})

test('a team that is watched again while others are being left is not left', async () => {
  const hints = new Hints()
  const ends = Array.from({ length: 600 }, (_, team) => hints.listen(teamId(`${team}`), () => undefined))
  const { commands, watch, confirm, sweep } = scene(hints)
  await confirm()
  await confirm()
  for (const end of ends) end()
  await sweep()
  await sweep()
  watch('599')
  await confirm()
  await confirm()
  expect(commands).toEqual(['+ 500', '+ 100', '- 500', '- 99'])
})

test('a broker that refuses is reported once; after the end nothing is asked and nothing is reported', async () => {
  const refused = scene()
  refused.watch(one)
  await refused.refuse()
  refused.watch(two)
  await refused.sweep()
  expect([refused.commands, refused.failures]).toEqual([['+ one'], [new Error('NOPERM')]])

  const ended = scene()
  ended.watch(one)
  ended.end()
  await ended.refuse()
  ended.watch(two)
  expect([ended.commands, ended.failures]).toEqual([['+ one'], []])
})
