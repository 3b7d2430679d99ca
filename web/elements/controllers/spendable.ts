import { RateNamesDocument, ReadSpendableDocument } from '../../client/contract.ts'
import { type Balance, CreditsClientError, type Unsubscribe } from '../../client/index.ts'
import type { PillState } from './pill-state.ts'
import type { SharedClient } from './sharing/client.ts'
import type { Cell } from './store.ts'

type SpendableOptions = {
  readonly client: SharedClient
  readonly store: Cell<PillState>
  readonly teamId?: string | undefined
  readonly rate: string
}

const retryMs = 5_000
/** Another try gets the same answer. */
const final = ['BAD_USER_INPUT', 'FORBIDDEN', 'NOT_FOUND']

/** Reads after each change of the balance what can be spent on the rate. A reading older than the balance is not shown. */
export function followSpendable({ client, store, teamId, rate }: SpendableOptions): Unsubscribe {
  /** The balance whose reading is shown. */
  let shown: Balance | null = null
  /** Grows where what was known is of another caller. */
  let callers = 0
  let isReading = false
  let isStopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let name: Promise<string> | undefined

  const read = async (): Promise<boolean> => {
    const { balance } = store.getSnapshot()
    const caller = callers
    name ??= nameOf(client, rate).catch(() => rate)
    const found = await client.request(ReadSpendableDocument, { rate, teamId }).catch((error: unknown) => {
      if (error instanceof CreditsClientError && final.includes(error.code)) return null
      throw error
    })
    const text = await name
    if (isStopped || caller !== callers || balance === null) return true
    const known = found?.team?.balance ?? null
    if (known !== null && known.revision < balance.revision) return false
    shown = balance
    store.set({ spendable: { credits: known?.spendable ?? null, name: text } })
    return true
  }

  const changed = () => {
    const { balance } = store.getSnapshot()
    if (balance === null && shown !== null) {
      callers += 1
      shown = null
      name = undefined
    }
    if (isStopped || isReading || balance === null || balance === shown) return
    isReading = true
    clearTimeout(timer)
    read()
      .catch(() => false)
      .then((isDone) => {
        isReading = false
        if (isStopped) return
        if (isDone) changed()
        else timer = setTimeout(changed, retryMs)
      })
  }
  const unsubscribe = store.subscribe(changed)
  changed()
  return () => {
    isStopped = true
    clearTimeout(timer)
    unsubscribe()
  }
}

/** The rate's name in the rate card; its code where the card does not have it. */
async function nameOf(client: SharedClient, rate: string): Promise<string> {
  const { rateCard } = await client.request(RateNamesDocument, {})
  const rates = rateCard?.categories.flatMap((category) => category.rates) ?? []
  return rates.find(({ id, code }) => code === rate || id === rate)?.name ?? rate
}
