import { CreditsClientError } from '../client/errors.ts'
import type { Caller } from './caller.ts'
import {
  CaptureDocument,
  ChargeDocument,
  type ChargeUsageInput,
  RecordDocument,
  type RefusedFragment,
  SettleDocument,
  type UsageInput,
} from './contract.ts'
import type { Refusal, WaitingOutboxItem } from './outbox-store.ts'
import { type Recorded, recordedIn } from './recorded.ts'

/** What became of an item. FAILED: a defect of the gateway stopped it. `isAlone`: its whole request failed, which nothing else was in. */
export type Outcome =
  | { readonly kind: 'CHARGED' }
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal }
  | { readonly kind: 'FAILED'; readonly error: CreditsClientError; readonly isAlone: boolean }
export type Delivered = { readonly item: WaitingOutboxItem; readonly outcome: Outcome }

type Asked = { readonly item: WaitingOutboxItem; readonly recorded: Recorded }
type Line = Pick<Caller, 'once'>
/** `apart`: a request that a defect stops is sent in halves, until the item that causes it stands alone. Else the defect is thrown. */
type Options = { readonly apart: boolean }

/**
 * Sends items in their order: charges together, what belongs to a hold one by one. Each step of the answer is final, so the caller stores it
 * before it asks for the next one.
 *
 * @throws where the gateway can't be asked now, or refuses the caller: the items that were not yielded are sent again.
 */
export async function* deliver(
  line: Line,
  items: readonly WaitingOutboxItem[],
  options: Options,
): AsyncGenerator<Delivered[], void> {
  let charges: Asked[] = []
  for (const item of items) {
    const recorded = recordedIn(item.text)
    if (recorded === null) {
      yield [{ item, outcome: unreadable }]
    } else if (recorded.holdId === undefined) {
      charges.push({ item, recorded })
    } else {
      yield* chargeAll(line, charges, options)
      charges = []
      yield [{ item, outcome: await alone(() => chargeHold(line, recorded), options) }]
    }
  }
  yield* chargeAll(line, charges, options)
}

/** A value that its scalar refuses stops a whole request, and so may a defect. The halves are sent apart until the item stands alone. */
async function* chargeAll(line: Line, asked: readonly Asked[], options: Options): AsyncGenerator<Delivered[], void> {
  const [first] = asked
  if (first === undefined) return
  if (asked.length === 1) {
    yield [{ item: first.item, outcome: await alone(() => charge(line, first.recorded), options) }]
    return
  }
  let delivered: Delivered[]
  try {
    const { result } = await line.once(RecordDocument, { events: asked.map(({ recorded }) => chargeOf(recorded)) })
    delivered = asked.map(({ item }, index) => ({ item, outcome: outcomeOf(result[index]) }))
  } catch (error) {
    if (!isBlamed(error) && !(options.apart && isDefect(error))) throw error
    const middle = asked.length >> 1
    yield* chargeAll(line, asked.slice(0, middle), options)
    yield* chargeAll(line, asked.slice(middle), options)
    return
  }
  yield delivered
}

const charge = async (line: Line, recorded: Recorded): Promise<Outcome> =>
  outcomeOf((await line.once(ChargeDocument, { input: chargeOf(recorded) })).result)

/**
 * Settles or captures. A closed hold proves that its key had no effect, because the gateway tells an effect again for ever. So the usage is
 * charged without the hold, except where somebody else has settled it.
 */
async function chargeHold(line: Line, recorded: Recorded): Promise<Outcome> {
  const { holdId = '', usage, idempotencyKey, captures } = recorded
  const input = { holdId, usage: [...(usage ?? [])], idempotencyKey }
  const { result } =
    captures === true
      ? await line.once(CaptureDocument, { input })
      : await line.once(SettleDocument, { input: usage === null ? { holdId, idempotencyKey } : input })
  const isLate = result.__typename === 'HoldClosed' && result.state !== 'SETTLED' && usage !== null
  return isLate ? charge(line, recorded) : outcomeOf(result)
}

function chargeOf({ usage, idempotencyKey, reference, teamId, memberId }: Recorded): ChargeUsageInput {
  return { usage: [...(usage ?? [])] as UsageInput[], idempotencyKey, reference, teamId, memberId }
}

/** The codes of faults that lie in the values of a request: another attempt fails in the same way. */
const isBlamed = (error: unknown): error is CreditsClientError =>
  error instanceof CreditsClientError && (error.code === 'BAD_USER_INPUT' || error.code === 'BODY_TOO_LARGE')

/** The gateway answered, and something in it broke: perhaps for one item alone. */
const defects = new Set(['INTERNAL_SERVER_ERROR', 'GRAPHQL_ERROR', 'PROTOCOL'])
export const isDefect = (error: unknown): error is CreditsClientError =>
  error instanceof CreditsClientError && defects.has(error.code)

async function alone(act: () => Promise<Outcome>, { apart }: Options): Promise<Outcome> {
  try {
    return await act()
  } catch (error) {
    if (isBlamed(error)) return { kind: 'REFUSED', refusal: { code: error.code, message: error.message } }
    if (apart && isDefect(error)) return { kind: 'FAILED', error, isAlone: true }
    throw error
  }
}

const unreadable: Outcome = {
  kind: 'REFUSED',
  refusal: {
    code: 'UNREADABLE',
    message: 'The text of this item in the store is no recorded usage: record its usage again, then drop the item',
  },
}

type Result = { readonly __typename: 'Charge' } | RefusedFragment

function outcomeOf(result: Result | undefined): Outcome {
  if (result === undefined) throw new CreditsClientError('PROTOCOL', 'The gateway left a charge without an answer')
  if (result.__typename === 'Charge') return { kind: 'CHARGED' }
  const { code, message } = result
  if (result.__typename === 'InternalServerError') {
    return { kind: 'FAILED', error: new CreditsClientError(code, message), isAlone: false }
  }
  return { kind: 'REFUSED', refusal: { code, message } }
}
