import { GrantCreditsDocument, type GrantKind } from '../contract.ts'
import { credits, date } from '../parts/formats.ts'
import { type Act, given, instantOf, outcomeOf } from './act.ts'

const kinds: readonly (readonly [GrantKind, string])[] = [
  ['PROMOTION', 'Promotion'],
  ['ADJUSTMENT', 'Adjustment'],
  ['CONTRACT', 'Contract'],
  ['PACKAGE', 'Package'],
  ['ADD_ON', 'Add-on'],
  ['INCLUDED', 'Included in the plan'],
]

type Team = { readonly id: string; readonly name: string }

export const grantCredits = ({ id, name }: Team): Act => ({
  title: `Grant credits to ${name}`,
  fields: [
    { name: 'amount', label: 'Credits', kind: 'credits' },
    { name: 'kind', label: 'Kind', kind: 'choice', choices: kinds, hint: 'It decides the order in which grants burn.' },
    {
      name: 'source',
      label: 'Source',
      kind: 'text',
      hint: 'What it comes from, such as sales:ACME-42. A source deposits once in a team.',
    },
    {
      name: 'expiresAt',
      label: 'Expires',
      kind: 'instant',
      optional: true,
      hint: 'Empty: as long as the catalog says for the kind.',
    },
  ],
  effect: (values) => {
    const kind = kinds.find(([each]) => each === values.kind)?.[1].toLowerCase() ?? 'grant'
    const ends = instantOf(values, 'expiresAt')
    const until = ends === null ? '' : `, to be spent before ${date(ends)}`
    return `${name} gets ${amountIn(values.amount)} (${kind}) at once${until}. A grant cannot be taken back.`
  },
  confirm: 'Grant credits',
  send: async (request, values, key) => {
    const { grantCredits } = await request(GrantCreditsDocument, {
      input: {
        teamId: id,
        amount: values.amount ?? '',
        source: values.source ?? '',
        idempotencyKey: key,
        kind: (given(values, 'kind') ?? 'PROMOTION') as GrantKind,
        expiresAt: instantOf(values, 'expiresAt'),
      },
    })
    return outcomeOf(grantCredits, ({ granted }) => `${name} got ${credits(granted)} credits`)
  },
})

const amountIn = (amount: string | undefined) =>
  amount && Number(amount) > 0 ? `${credits(amount)} credits` : 'the credits'
