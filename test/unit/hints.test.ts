import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { teamId } from '../../src/domain/identity.ts'
import { Hints } from '../../src/live/hints/hints.ts'

test('where everybody looks again, some hundreds of teams do at once and each of the others soon after, once', async () => {
  const hints = new Hints()
  const looked = new Map<number, number>()
  for (let team = 0; team < 1_200; team += 1) {
    hints.listen(teamId(`${team}`), () => looked.set(team, (looked.get(team) ?? 0) + 1))
  }
  hints.publishToAll()
  expect(looked.size).toBe(500)
  await expect.poll(() => looked.size).toBe(1_200)
  expect([...looked.values()].every((times) => times === 1)).toBe(true)
})

test('to be told again and again keeps nobody waiting for ever', async () => {
  const hints = new Hints()
  const looked = new Set<number>()
  for (let team = 0; team < 1_200; team += 1) hints.listen(teamId(`${team}`), () => looked.add(team))
  while (looked.size < 1_200) {
    hints.publishToAll()
    await setImmediate()
  }
  expect(looked.size).toBe(1_200)
})

test('a team is watched from its first listener to the end of its last', () => {
  const hints = new Hints()
  const watched: string[] = []
  const unfollow = hints.follow((team) => watched.push(team))
  const ends = [1, 2].map(() => hints.listen(teamId('one'), () => undefined))
  hints.listen(teamId('two'), () => undefined)
  expect(watched).toEqual(['one', 'two'])
  expect([...hints.watchedTeams()]).toEqual(['one', 'two'])
  ends[0]?.()
  expect(hints.watches(teamId('one'))).toBe(true)
  ends[1]?.()
  expect(hints.watches(teamId('one'))).toBe(false)
  hints.listen(teamId('one'), () => undefined)
  unfollow()
  hints.listen(teamId('three'), () => undefined)
  expect(watched).toEqual(['one', 'two', 'one'])
})
