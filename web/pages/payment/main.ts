import { createCreditsClient } from '../../client/index.ts'
import { OwnPurchasesDocument, type OwnPurchasesQuery } from '../../elements/buy/contract.ts'
import { Looking } from '../../elements/controllers/looking.ts'
import { keptToken } from '../shell/session.ts'

type Purchase = NonNullable<NonNullable<OwnPurchasesQuery['team']>['purchases']>['nodes'][number]

type Plural = { readonly [Rule in Intl.LDMLPluralRule]?: string } & { readonly other: string }
/** The texts of the page's language: the gateway has them. */
const texts: { readonly added: Plural } & Readonly<
  Record<'balance' | 'declinedTitle' | 'declinedText' | 'underWayTitle' | 'underWayText' | 'receipt', string>
> = JSON.parse(document.querySelector('main')?.dataset.texts ?? '{}')
const { lang, dir } = document.documentElement
const given = new URLSearchParams(location.search)
const wasCanceled = given.get('outcome') === 'cancel'
const isPurchase = wasCanceled || given.get('outcome') === 'success' || given.has('redirect_status')
const token = keptToken()

/** A tab that has a token follows the payment; any other one by the code in its address, which this browser has used. */
if (token !== null && isPurchase) follow(token)
else if (given.has('code')) followByCode()

function followByCode(): void {
  const looking = new Looking(look)
  // The test space has this page below a path of its own.
  const statePath = location.pathname.replace(/\/payment.*$/, '/payment/state')

  async function look(): Promise<void> {
    const response = await fetch(statePath).catch(() => null)
    if (response === null || response.status >= 500) return
    if (!response.ok) return looking.stop()
    const { outcome, title, text, receiptUrl, isOver } = await response.json()
    tell(outcome, title, text)
    if (receiptUrl) offerReceipt(receiptUrl)
    if (isOver) looking.stop()
  }

  looking.start()
  void look()
}

function follow(token: string): void {
  const client = createCreditsClient({ url: '/graphql', token })
  const looking = new Looking(look)

  async function look(): Promise<void> {
    try {
      const { viewer, team } = await client.request(OwnPurchasesDocument)
      const newest = team?.purchases?.nodes.find(({ member }) => member?.memberId === viewer.memberId)
      if (newest === undefined || team === null) return
      if (newest.state !== 'PENDING') looking.stop()
      show(newest, team.balance.available)
    } catch {
      // The text of the gateway stays: the token may have ended meanwhile.
    }
  }

  client.events.subscribe(({ type }) => (type === 'CREDITS_ADDED' ? look() : undefined), { onError: () => undefined })
  looking.start()
  void look()
}

function show({ state, credits: bought, invoiceUrl, failure }: Purchase, available: string): void {
  const credits = new Intl.NumberFormat(lang, { maximumFractionDigits: 0, roundingMode: 'floor' })
  const filled = (text: string, amount: string) => {
    const n = credits.format(amount as Intl.StringNumericLiteral)
    return text.replace('{n}', dir === 'rtl' ? `\u2068${n}\u2069` : n)
  }
  if (state === 'PAID') {
    const added = texts.added[new Intl.PluralRules(lang).select(Number(bought))] ?? texts.added.other
    tell('success', filled(added, bought), filled(texts.balance, available))
    if (invoiceUrl !== null) offerReceipt(invoiceUrl)
  } else if (state === 'FAILED') tell('failed', texts.declinedTitle, reasonOf(failure))
  else if (state === 'PENDING' && !wasCanceled) {
    tell('under-way', texts.underWayTitle, texts.underWayText)
  }
}

/** The gateway has reasons in English alone. */
const reasonOf = (failure: string | null): string =>
  lang.startsWith('en') && failure !== null ? failure : texts.declinedText

function tell(outcome: string, title: string, text: string): void {
  const main = document.querySelector('main')
  const [heading, words] = [main?.querySelector('h1'), main?.querySelector('p')]
  if (!main || !heading || !words) return
  main.dataset.outcome = outcome
  heading.textContent = title
  words.textContent = text
  document.title = title
}

function offerReceipt(url: string): void {
  const nav = document.querySelector('nav')
  const link = nav?.querySelector<HTMLAnchorElement>('[data-receipt]') ?? document.createElement('a')
  link.dataset.receipt = ''
  link.textContent = texts.receipt
  link.href = url
  nav?.append(link)
}
