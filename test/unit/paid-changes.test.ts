import { describe, test } from 'vitest'
import { type Act, Customer } from '../property/model/customer.ts'

const day = 86_400_000
const acts: readonly Act[] = [
  { do: 'spend', percent: 100 },
  { do: 'seats', seats: 3 },
  { do: 'seats', seats: 1 },
  { do: 'plan', plan: 'small' },
  { do: 'plan', plan: 'renamed' },
  { do: 'catalog', catalog: 1 },
  { do: 'other interval' },
  { do: 'cancel and come back' },
  { do: 'cancel and try' },
]
const nameOf = (act: Act) => Object.values(act).join(' ')
const pairs = acts.flatMap((first) => acts.map((second) => [nameOf(first), nameOf(second), first, second] as const))

describe('a team was given what is paid, and less than a credit above the most that ever was', () => {
  test.each(pairs)('%s, %s, and subscribed again', (_, __, ...before) => {
    const customer = new Customer('team', 2)
    for (const act of [...before, { do: 'cancel and come back' } as const]) {
      customer.team.pass(5 * day)
      customer.act(act)
      customer.expectLaw(act)
    }
  })
})
