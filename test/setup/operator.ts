import { randomUUID } from 'node:crypto'
import { ask, type GraphqlAnswer } from './gateway.ts'

export type Reply = { __typename: string; id?: string; code?: string; message?: string; amount?: string }

const charging = new Set(['chargeUsage', 'captureHold', 'settleHold'])

/** A mutation's result, under its own key unless told otherwise; throws where the request itself failed. */
export async function mutate(
  url: string,
  name: string,
  input: Record<string, unknown>,
  inputType = `${name[0]?.toUpperCase()}${name.slice(1)}Input`,
): Promise<Reply> {
  const query = `mutation ($input: ${inputType}!) { result: ${name}(input: $input) {
    __typename ... on Error { code message } ... on Node { id } ${charging.has(name) ? '... on Charge { amount }' : ''} } }`
  const answer = await ask(url, query, { input: { idempotencyKey: randomUUID(), ...input } })
  return resultOf<Reply>(answer)
}

export function resultOf<T>({ data, errors }: GraphqlAnswer): T {
  if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors))
  return data.result as T
}

/** 100 credits, as speech. */
export const hundred = [{ rate: 'image.flux-2-pro', count: 2 }, { rate: 'image.gpt-image-1-5' }]

export async function makeTeam(url: string, teamId: string, planId = 'enterprise'): Promise<void> {
  const made = await mutate(url, 'assignPlan', { teamId, planId })
  if (made.__typename !== 'Team') throw new Error(JSON.stringify(made))
}

/** A charge of 100 credits. */
export const charge = (url: string, teamId: string, idempotencyKey: string = randomUUID()) =>
  mutate(url, 'chargeUsage', { teamId, usage: hundred, idempotencyKey })

export const grant = (url: string, teamId: string, amount: string, more: Record<string, unknown> = {}) =>
  mutate(url, 'grantCredits', { teamId, amount, kind: 'PROMOTION', source: randomUUID(), ...more })

export const hold = (url: string, teamId: string, expiresInSeconds = 600) =>
  mutate(url, 'holdCredits', { teamId, usage: hundred, expiresInSeconds })

export async function advanceClock(url: string, to: Date): Promise<void> {
  resultOf(await ask(url, 'mutation ($to: DateTime!) { result: advanceClock(to: $to) }', { to: to.toISOString() }))
}

export type BalanceSeen = { available: string; held: string; revision: number; state: string; asOf: string }

export async function balanceOf(url: string, teamId: string): Promise<BalanceSeen> {
  const query = 'query ($id: ID!) { result: team(id: $id) { balance { available held revision state asOf } } }'
  return resultOf<{ balance: BalanceSeen }>(await ask(url, query, { id: teamId })).balance
}
