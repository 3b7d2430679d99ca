import { type Cadence, CreateContractDocument, EndContractDocument, type RolloverRule } from '../contract.ts'
import { credits, date } from '../parts/formats.ts'
import { type Act, given, instantOf, outcomeOf } from './act.ts'

type Team = { readonly id: string; readonly name: string }

const cadences: readonly (readonly [string, string])[] = [
  ['', 'Once'],
  ['WEEK', 'Each week'],
  ['MONTH', 'Each month'],
  ['YEAR', 'Each year'],
]
const rollovers: readonly (readonly [RolloverRule, string])[] = [
  ['NONE', 'Nothing'],
  ['CAPPED', 'Up to an amount'],
  ['FULL', 'Everything'],
]

export const createContract = ({ id, name }: Team): Act => ({
  title: `New contract of ${name}`,
  fields: [
    {
      name: 'reference',
      label: 'Reference',
      kind: 'text',
      maxLength: 100,
      hint: 'Its own in the team, such as ACME-42.',
    },
    { name: 'credits', label: 'Credits', kind: 'credits' },
    { name: 'every', label: 'Deposited', kind: 'choice', choices: cadences, value: 'MONTH' },
    {
      name: 'rollover',
      label: 'Carried over to the next period',
      kind: 'choice',
      choices: rollovers,
      shownIf: (values) => values.every !== '',
    },
    {
      name: 'rolloverUpTo',
      label: 'Carried over at most',
      kind: 'credits',
      shownIf: (values) => values.every !== '' && values.rollover === 'CAPPED',
    },
    {
      name: 'startsAt',
      label: 'Starts',
      kind: 'instant',
      optional: true,
      hint: 'Empty: now. In the past: the running period is deposited at once.',
    },
    { name: 'endsAt', label: 'Ends', kind: 'instant', optional: true, hint: 'Empty: it goes on.' },
  ],
  effect: (values) => {
    const starts = instantOf(values, 'startsAt')
    const how = cadences.find(([each]) => each === values.every)?.[1].toLowerCase() ?? 'once'
    const amount = Number(values.credits) > 0 ? `${credits(values.credits ?? '0')} credits` : 'credits'
    return `${name} gets ${amount} ${how}, from ${starts === null ? 'now' : date(starts)} on. What is due by now lands at once.`
  },
  confirm: 'Create contract',
  send: async (request, values, key) => {
    const { createContract } = await request(CreateContractDocument, {
      input: {
        teamId: id,
        reference: values.reference ?? '',
        credits: values.credits ?? '',
        idempotencyKey: key,
        every: given(values, 'every') as Cadence | null,
        rollover: (given(values, 'rollover') ?? 'NONE') as RolloverRule,
        rolloverUpTo: given(values, 'rolloverUpTo'),
        startsAt: instantOf(values, 'startsAt'),
        endsAt: instantOf(values, 'endsAt'),
      },
    })
    return outcomeOf(createContract, ({ reference }) => `${name} has the contract ${reference}`)
  },
})

export const endContract = ({ id, name }: Team, reference: string): Act => ({
  title: `End the contract ${reference}`,
  fields: [],
  effect: () =>
    `${name} gets no more deposits of ${reference}. What was deposited stays to its own end. An ended contract cannot go on.`,
  confirm: 'End contract',
  isDangerous: true,
  send: async (request, _, key) => {
    const { endContract } = await request(EndContractDocument, {
      input: { teamId: id, reference, idempotencyKey: key },
    })
    return outcomeOf(endContract, () => `The contract ${reference} has ended`)
  },
})
