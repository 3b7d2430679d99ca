import type { Allowance, Rollover } from '../domain/allowance.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import type { Instant } from '../domain/identity.ts'
import type { Cadence } from '../domain/period.ts'
import { actOf, callerOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput, checkedKey, checkedName, type Optional, teamFor } from './request/inputs.ts'
import type { ContractView, ResultOf, TeamView } from './request/results.ts'
import { noSuchTeam, submitKeyed } from './request/submit.ts'

export const rolloverRules = ['NONE', 'FULL', 'CAPPED'] as const
export type RolloverRule = (typeof rolloverRules)[number]
export const contractStates = ['UPCOMING', 'RUNNING', 'ENDED'] as const
export type ContractState = (typeof contractStates)[number]

export type CreateContractInput = {
  teamId: string
  reference: string
  credits: Credits
  every?: Optional<Cadence>
  startsAt?: Optional<Instant>
  endsAt?: Optional<Instant>
  rollover: RolloverRule
  rolloverUpTo?: Optional<Credits>
  creditLine?: Optional<Credits>
  idempotencyKey: string
}
export type EndContractInput = { teamId: string; reference: string; idempotencyKey: string }

const maxReferenceLength = 100

export async function createContract(
  _: unknown,
  { input }: { input: CreateContractInput },
  context: GatewayContext,
): Promise<ContractView | Exclude<ResultOf<'CreateContractResult'>, TeamView>> {
  const { viewer, teamId, key, caller, reference } = read(input, context)
  if (teamId === null) return noSuchTeam()
  const { credits } = input
  const terms = {
    reference,
    credits,
    cadence: input.every ?? ('ONCE' as const),
    rollover: rolloverOf(input),
    creditLine: input.creditLine ?? null,
    startsAt: input.startsAt ?? null,
    endsAt: input.endsAt ?? null,
  }
  const command = { kind: 'create-contract', ...terms } as const
  const act = actOf(context, viewer, 'createContract', reference)
  const asked = { teamId, key, mutation: 'createContract', caller, input: terms, command, act }
  return contractIn(await submitKeyed(context.services, asked, 'CreateContractResult'), reference)
}

export async function endContract(
  _: unknown,
  { input }: { input: EndContractInput },
  context: GatewayContext,
): Promise<ContractView | Exclude<ResultOf<'EndContractResult'>, TeamView>> {
  const { viewer, teamId, key, caller, reference } = read(input, context)
  if (teamId === null) return noSuchTeam()
  const command = { kind: 'end-contract', reference } as const
  const act = actOf(context, viewer, 'endContract', reference)
  const asked = { teamId, key, mutation: 'endContract', caller, input: { reference }, command, act }
  return contractIn(await submitKeyed(context.services, asked, 'EndContractResult'), reference)
}

function read(input: EndContractInput, context: GatewayContext) {
  const viewer = callerWithRole(context, 'PLATFORM')
  const reference = checkedName('reference', input.reference)
  if (reference.length > maxReferenceLength) {
    throw badInput('reference', `not usable: give at most ${maxReferenceLength} characters`)
  }
  return {
    viewer,
    caller: callerOf(viewer),
    key: checkedKey(input.idempotencyKey),
    reference,
    teamId: teamFor(viewer, input.teamId),
  }
}

function rolloverOf({ rollover, rolloverUpTo }: CreateContractInput): Allowance['rollover'] {
  if ((rollover === 'CAPPED') !== (rolloverUpTo != null) || (rolloverUpTo ?? 1n) <= 0n) {
    throw badInput('rolloverUpTo', 'not usable: give an amount above 0 with rollover CAPPED, and none with another')
  }
  if (rolloverUpTo != null) return { upTo: rolloverUpTo }
  return rollover === 'FULL' ? 'full' : 'none'
}

function contractIn<Failed extends { readonly code: string }>(
  result: TeamView | Failed,
  reference: string,
): ContractView | Failed {
  if (!('account' in result)) return result
  const contract = teamContracts(result).find((one) => one.contract.reference === reference)
  if (contract === undefined) throw new Error(`The contract ${reference} is not one of its team`)
  return contract
}

/** The contracts in the order of their references, ended ones too. */
export const teamContracts = (team: TeamView): ContractView[] =>
  team.account.allowances.flatMap((contract) =>
    contract.kind === 'CONTRACT'
      ? [{ type: 'Contract' as const, teamId: team.account.teamId, contract, at: team.at, team }]
      : [],
  )

export const contractState = ({ contract, at }: ContractView): ContractState => {
  const { anchor, endsAt } = contract
  if ((endsAt ?? Infinity) <= at) return 'ENDED'
  return at < anchor ? 'UPCOMING' : 'RUNNING'
}

export const nextContractGrant = ({ contract: { ended, nextAt } }: ContractView): Instant | null =>
  ended ? null : nextAt

export const rolloverRule = (rollover: Rollover): RolloverRule => {
  if (typeof rollover === 'object') return 'CAPPED'
  return rollover === 'full' ? 'FULL' : 'NONE'
}

/** The most that is carried over; null where there is no such bound. */
export const rolloverCap = (rollover: Rollover): Credits | null => (typeof rollover === 'object' ? rollover.upTo : null)
