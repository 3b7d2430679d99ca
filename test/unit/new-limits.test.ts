import { expect, test } from 'vitest'
import type { SetSpendingLimit } from '../../src/domain/decisions/command.ts'
import { teamId } from '../../src/domain/identity.ts'
import { newLimits } from '../../src/ledger/deciding/usage-before-limit.ts'
import { decided, newTeam, noon } from '../setup/deciding.ts'

const acme = teamId('acme')
const set = (given: Partial<SetSpendingLimit>): SetSpendingLimit => ({
  ...{ kind: 'set-spending-limit', subject: 'MEMBER', id: 'ana', per: 'DAY', credits: 5n, ...given },
})
const limited = decided(newTeam(), set({})).account

/** How many commands share each reading. */
const readings = (commands: readonly SetSpendingLimit[], account: typeof limited | null = newTeam()) =>
  newLimits(
    commands.map((limit) => ({ teamId: acme, limit })),
    () => ({ account, at: noon }),
  ).map((one) => one.commands.length)

test.each([
  ['a new limit', [set({})], newTeam(), [1]],
  ['several commands on one new limit', [set({}), set({ credits: 7n }), set({})], newTeam(), [3]],
  ['new limits of two periods', [set({}), set({ per: 'WEEK' })], newTeam(), [1, 1]],
  ['a limit that counts already', [set({ credits: 9n })], limited, []],
  ['a limit that is lifted and set again', [set({ credits: null }), set({ credits: 9n })], limited, [2]],
  ['a limit that is lifted', [set({ credits: null })], limited, []],
  ['a limit that never was', [set({ credits: null })], newTeam(), []],
  ['a limit of a group', [set({ subject: 'GROUP' })], newTeam(), []],
  ['a team that does not exist', [set({})], null, []],
])('usage is read once for each limit that begins: %s', (_, commands, account, expected) => {
  expect(readings(commands, account)).toEqual(expected)
})
