import { type Allowance, caughtUp, contractId, inOrder, rolloverOf } from '../../allowance.ts'
import { InvalidAmount, InvalidInput } from '../../errors.ts'
import { type CreateContract, type Given, refused } from '../command.ts'
import { depositDue } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

const mostContracts = 100
/** Would be the name of what another contract carries over. */
const reservedEnd = rolloverOf('')

/**
 * A grant that was agreed upon, once or again and again. What is due by now is deposited at once: of a contract that
 * began in the past, the period that runs. Its credits last to the end of their period, those of a single grant for
 * ever, and none beyond the contract's end. Source: facts W9.
 */
export function createContract(
  draft: Draft,
  command: CreateContract,
  { account, context }: Given,
): OutcomeOf<'create-contract'> {
  const { reference, credits, cadence, rollover, endsAt, creditLine } = command
  const startsAt = command.startsAt ?? context.at
  if (reference.endsWith(reservedEnd)) {
    return unusable('reference', `${reservedEnd} is not an end for it: choose another`)
  }
  const id = contractId(reference)
  if (account.allowances.some((one) => one.id === id)) {
    return unusable('reference', `this team has a contract ${reference} already: choose another`)
  }
  if (credits <= 0n)
    return refused(new InvalidAmount({ path: ['credits'], reason: 'a contract grants something: give more than 0' }))
  if (creditLine !== null && creditLine <= 0n)
    return refused(
      new InvalidAmount({ path: ['creditLine'], reason: 'a line lends something: give more than 0, or none' }),
    )
  if (endsAt !== null && endsAt <= Math.max(startsAt, context.at)) {
    return unusable('endsAt', 'it would be over already: give a later end, or none')
  }
  if (account.allowances.filter(({ kind }) => kind === 'CONTRACT').length >= mostContracts) {
    return unusable('teamId', `it has ${mostContracts} contracts, ended ones too, and takes no more: use grantCredits`)
  }
  if (creditLine !== null && context.policy.creditLine === null) {
    return unusable('creditLine', 'the catalog names no price of it: leave it out, or add creditLine to the catalog')
  }
  const contract: Allowance = {
    id,
    kind: 'CONTRACT',
    planId: null,
    reference,
    cadence,
    anchor: startsAt,
    firstPeriod: 0,
    timeZone: context.policy.timeZone,
    credits,
    perSeat: false,
    rollover,
    creditLine,
    endsAt,
    nextPeriod: 0,
    nextAt: startsAt,
    ended: false,
    total: null,
  }
  draft.set({ allowances: inOrder([...account.allowances, caughtUp(contract, context.at)]) })
  depositDue(draft, context.policy, context.at)
  return { kind: 'done' }
}

const unusable = (field: string, reason: string) => refused(new InvalidInput({ path: [field], reason }))
