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
import type { OutboxItem, Refusal } from './outbox-store.ts'
import { type Recorded, recordedIn } from './recorded.ts'

/** What became of an item: charged, or refused for good. */
export type Delivered = { readonly item: OutboxItem; readonly refusal: Refusal | null }

type Asked = { readonly item: OutboxItem; readonly recorded: Recorded }
type Line = Pick<Caller, 'once'>

/**
 * Sends items in their order: charges together, what belongs to a hold one by one. Each step of the answer is final, so the caller stores it
 * before it asks for the next one.
 *
 * @throws where the gateway can't be asked now, or refuses the caller: the items that were not yielded are sent again.
 */
export async function* deliver(line: Line, items: readonly OutboxItem[]): AsyncGenerator<Delivered[], void> {
  let charges: Asked[] = []
  for (const item of items) {
    const asked = { item, recorded: recordedIn(item.text) }
    if (asked.recorded.holdId === undefined) charges.push(asked)
    else {
      if (charges.length > 0) yield await chargeAll(line, charges)
      charges = []
      yield [{ item, refusal: await blamed(() => chargeHold(line, asked.recorded)) }]
    }
  }
  if (charges.length > 0) yield await chargeAll(line, charges)
}

/** A value that its scalar refuses stops a whole request, so the halves are sent apart until it stands alone. */
async function chargeAll(line: Line, asked: readonly Asked[]): Promise<Delivered[]> {
  const [first] = asked
  if (first !== undefined && asked.length === 1) {
    return [{ item: first.item, refusal: await blamed(() => charge(line, first.recorded)) }]
  }
  try {
    const { result } = await line.once(RecordDocument, { events: asked.map(({ recorded }) => chargeOf(recorded)) })
    return asked.map(({ item }, index) => ({ item, refusal: refusalIn(result[index]) }))
  } catch (error) {
    if (!isBlamed(error)) throw error
    const middle = asked.length >> 1
    return [...(await chargeAll(line, asked.slice(0, middle))), ...(await chargeAll(line, asked.slice(middle)))]
  }
}

const charge = async (line: Line, recorded: Recorded): Promise<Refusal | null> =>
  refusalIn((await line.once(ChargeDocument, { input: chargeOf(recorded) })).result)

/**
 * Settles or captures. A closed hold proves that its key had no effect, because the gateway tells an effect again for ever. So the usage is
 * charged without the hold, except where somebody else has settled it.
 */
async function chargeHold(line: Line, recorded: Recorded): Promise<Refusal | null> {
  const { holdId = '', usage, idempotencyKey, captures } = recorded
  const input = { holdId, usage: [...(usage ?? [])], idempotencyKey }
  const { result } =
    captures === true
      ? await line.once(CaptureDocument, { input })
      : await line.once(SettleDocument, { input: usage === null ? { holdId, idempotencyKey } : input })
  const isLate = result.__typename === 'HoldClosed' && result.state !== 'SETTLED' && usage !== null
  return isLate ? charge(line, recorded) : refusalIn(result)
}

function chargeOf({ usage, idempotencyKey, reference, teamId, memberId }: Recorded): ChargeUsageInput {
  return { usage: [...(usage ?? [])] as UsageInput[], idempotencyKey, reference, teamId, memberId }
}

/** The codes of faults that lie in the values of a request: another attempt fails in the same way. */
const isBlamed = (error: unknown): error is CreditsClientError =>
  error instanceof CreditsClientError && (error.code === 'BAD_USER_INPUT' || error.code === 'BODY_TOO_LARGE')

async function blamed(act: () => Promise<Refusal | null>): Promise<Refusal | null> {
  try {
    return await act()
  } catch (error) {
    if (isBlamed(error)) return { code: error.code, message: error.message }
    throw error
  }
}

type Result = { readonly __typename: 'Charge' } | RefusedFragment

function refusalIn(result: Result | undefined): Refusal | null {
  if (result === undefined) throw new CreditsClientError('PROTOCOL', 'The gateway left a charge without an answer')
  if (result.__typename === 'Charge') return null
  const { code, message } = result
  return { code, message }
}
