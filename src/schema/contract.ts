import { teamBeside } from '../resolvers/balances.ts'
import * as contracts from '../resolvers/contracts.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'
import { CadenceEnum, RolloverRuleEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

const ContractState = builder.enumType('ContractState', { values: contracts.contractStates })
refs.ContractType.implement({
  description: 'Credits that were agreed upon with sales: once, or again and again.',
  fields: (t) => ({
    team: t.field({ type: refs.TeamType, resolve: teamBeside }),
    reference: t.id({
      description: "The contract's name, its own in the team.",
      resolve: ({ contract }) => contract.reference ?? '',
    }),
    credits: t.field({
      type: 'Credits',
      description: 'What each period deposits.',
      resolve: ({ contract }) => contract.credits,
    }),
    every: t.field({
      type: CadenceEnum,
      nullable: true,
      description: 'How often; null: once.',
      resolve: ({ contract: { cadence } }) => (cadence === 'ONCE' ? null : cadence),
    }),
    state: t.field({ type: ContractState, resolve: contracts.contractState }),
    startsAt: t.field({
      type: 'DateTime',
      description: "Its periods are counted from here, in the catalog's time zone.",
      resolve: ({ contract }) => contract.anchor,
    }),
    endsAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'No credits of it are deposited from here on. Null: it goes on.',
      resolve: ({ contract }) => contract.endsAt,
    }),
    rollover: t.field({ type: RolloverRuleEnum, resolve: ({ contract }) => contracts.rolloverRule(contract.rollover) }),
    rolloverUpTo: t.field({
      type: 'Credits',
      nullable: true,
      resolve: ({ contract }) => contracts.rolloverCap(contract.rollover),
    }),
    nextGrantAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it deposits next; null: not again.',
      resolve: contracts.nextContractGrant,
    }),
  }),
})

const CreateContractInput = builder.inputType('CreateContractInput', {
  fields: (t) => ({
    teamId: t.id({ required: true }),
    reference: t.string({ required: true, description: '1 to 100 characters, its own in the team: `ACME-42`.' }),
    credits: t.field({ type: 'Credits', required: true, description: 'What each period deposits, above 0.' }),
    every: t.field({ type: CadenceEnum, description: 'Absent: once.' }),
    startsAt: t.field({
      type: 'DateTime',
      description: 'Absent: now. In the past: the period that runs is deposited at once.',
    }),
    endsAt: t.field({ type: 'DateTime', description: 'Absent: it goes on, and a single grant never expires.' }),
    rollover: t.field({ type: RolloverRuleEnum, defaultValue: 'NONE', required: true }),
    rolloverUpTo: t.field({ type: 'Credits', description: 'With CAPPED: the most that is carried over.' }),
    idempotencyKey: t.string({ required: true }),
  }),
})

const EndContractInput = builder.inputType('EndContractInput', {
  fields: (t) => ({
    teamId: t.id({ required: true }),
    reference: t.string({ required: true }),
    idempotencyKey: t.string({ required: true }),
  }),
})

const CreateContractResult = resultUnion('CreateContractResult')

const EndContractResult = resultUnion('EndContractResult')

builder.mutationFields((t) => ({
  createContract: t.field({
    type: CreateContractResult,
    description:
      'PLATFORM: a one-off or recurring grant of any amount, agreed upon with sales. What is due by now lands at once; the rest by itself, each at its own instant.',
    args: { input: t.arg({ type: CreateContractInput, required: true }) },
    complexity: commandCost,
    resolve: contracts.createContract,
  }),
  endContract: t.field({
    type: EndContractResult,
    description: 'PLATFORM: no more deposits from now on. What was deposited stays to its own end. Again is harmless.',
    args: { input: t.arg({ type: EndContractInput, required: true }) },
    complexity: commandCost,
    resolve: contracts.endContract,
  }),
}))
