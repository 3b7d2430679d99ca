/** The dialog's texts in English by id; the source of every other language. `{name}` is filled in, plurals are chosen by `Intl.PluralRules`. */
export const en = {
  title: 'Buy credits',
  close: 'Close',
  packages: 'Packages',
  credits: { one: '{amount} credit', other: '{amount} credits' },
  messages: { one: 'about {count} message', other: 'about {count} messages' },
  per1000: '{price} per 1,000',
  bestValue: 'Best value',
  illustrative: 'Prices are examples.',
  balanceNow: 'Balance now',
  balanceAfter: 'After purchase',
  pay: 'Pay {price}',
  paying: 'Paying…',
  howPaid: 'Charges your saved payment method, or opens a secure payment page.',
  otherMethod: 'Pay another way',
  tryAgain: 'Try again',
  loading: 'Loading packages',
  notLoaded: 'Packages can’t be loaded',
  noTeam: 'Sign in as a member of a team to buy credits.',

  checkoutTitle: 'Payment under way',
  checkoutText: 'Finish the payment in the tab that opened. Your credits appear here as soon as it is paid.',
  checkoutBlocked: 'Open the payment page to finish. Your credits appear here as soon as it is paid.',
  openCheckout: 'Open payment page',
  openCheckoutAgain: 'Open payment page again',
  confirmTitle: 'Confirm the payment',
  confirmText: 'Your bank asks you to confirm this payment. Nothing is charged until you do.',
  confirm: 'Confirm with your bank',
  processingTitle: 'Payment under way',
  processingText: 'This takes a moment. You can close this window: your credits arrive by themselves.',
  chooseAnother: 'Choose another package',
  waitingFor: 'Waiting for the payment',

  paidTitle: { one: '{amount} credit added', other: '{amount} credits added' },
  newBalance: 'Your balance',
  receipt: 'View receipt',
  done: 'Done',

  declinedTitle: 'Payment declined',
  unavailableTitle: 'Payments are out of reach',
  unavailableText: 'Nothing was charged. Try again in {time}.',
  unknownTitle: 'No answer came',
  unknownText: 'It is not known yet whether the payment went through. Check again: you are never charged twice.',
  checkAgain: 'Check again',
  refusedTitle: 'This did not work',
  nothingCharged: 'Nothing was charged.',
  useOther: 'Use another payment method',

  insufficient_funds: 'There is not enough money on the card. Use another payment method, or try again later.',
  expired_card: 'The card has expired. Use another payment method.',
  incorrect_cvc: 'The security code is wrong. Use another payment method, or enter the card again.',
  processing_error: 'The bank could not process the payment. Try again in a moment.',
  authentication: 'Your bank did not confirm the payment. Try again, or use another payment method.',
  generic_decline: 'Your bank declined the card. Use another payment method, or ask your bank.',
  daily_limit: 'Your team has bought as much as it may in 24 hours. Try again tomorrow.',
  too_many_unfinished: 'Too many purchases of your team are waiting to be paid. Finish one of them first.',
  no_payment_method: 'No payment method is saved. Use another payment method.',
  CANCELED: 'The payment was called off.',

  askTitle: 'Ask an admin',
  askText: 'Only admins of {team} buy credits. Ask one of them:',
  askNobody: 'Credits can’t be bought from here. Ask an admin of {team}.',
  salesTitle: 'Credits on request',
  salesText: 'The {plan} plan sells no packages here. For more credits, contact {contact}.',
  salesNobody: 'The {plan} plan sells no packages here.',
  salesNoPlan: 'Your team has no plan that sells packages.',
  writeSales: 'Write to {contact}',

  recharge: 'Auto-recharge',
  back: 'Back to packages',
  off: 'Off',
  on: 'On',
  capped: 'Monthly limit reached',
  paused: 'Paused',
  actionRequired: 'Confirm payment',
  charging: 'Payment under way',
  rechargeAbout: 'Buys a package by itself before your credits run out. Nothing is charged until then.',
  threshold: 'When the balance falls below',
  rechargePackage: 'Buy',
  monthlyCap: 'Spend at most each month ({currency})',
  consent:
    'I agree that {price} is charged to the saved payment method whenever the balance falls below {threshold}, at most {cap} a month, until I turn this off.',
  turnOn: 'Turn on auto-recharge',
  turnOff: 'Turn off auto-recharge',
  savePaymentMethod: 'Save a payment method',
  saveFirst: 'Auto-recharge needs a saved payment method. Save one in a new tab: then it is turned on by itself.',
  status: 'Status',
  spentThisMonth: 'Spent this month',
  ofCap: '{spent} of {cap}',
  forPrice: '{package} for {price}',
  lastFailure: 'The last payment failed: {reason}',
  whenPaused: 'Buying has stopped. Replace the payment method, or turn auto-recharge off and on again.',
  whenCapped: 'Buying goes on next month, or when you turn it on again with a higher limit.',
} as const

/** Of the texts: an English sentence in a page from right to left would lose its order. */
export const language = { lang: 'en', dir: 'ltr' } as const

type Plural = { readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>
export type BuyTexts = { readonly [Id in keyof typeof en]: (typeof en)[Id] extends string ? string : Plural }
export type PlainId = { [Id in keyof typeof en]: (typeof en)[Id] extends string ? Id : never }[keyof typeof en]
export type PluralId = Exclude<keyof typeof en, PlainId>
type Values = Readonly<Record<string, string>>

export type Texts = {
  /** The text with its placeholders filled in. */
  (id: PlainId, values?: Values): string
  /** The form that fits `count`. */
  plural(id: PluralId, count: number, values: Values): string
}

/** `locale`: one that Intl knows. */
export function createTexts(locale: string, texts: BuyTexts = en): Texts {
  const rules = new Intl.PluralRules(locale)
  const plural = (id: PluralId, count: number, values: Values) => {
    const forms: Plural = texts[id]
    return filled(forms[rules.select(count)] ?? forms.other, values)
  }
  return Object.assign((id: PlainId, values: Values = {}) => filled(texts[id], values), { plural })
}

const filled = (text: string, values: Values): string =>
  text.replaceAll(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all)

/** The advice for a decline, by Stripe's code or the gateway's. */
export function adviceFor(code: string | null): PlainId | null {
  if (code === null) return 'generic_decline'
  if (code.startsWith('authentication') || code === 'payment_intent_authentication_failure') return 'authentication'
  if (advised.has(code as PlainId)) return code as PlainId
  return /^(lost_card|stolen_card|pickup_card|fraudulent|card_declined|do_not_honor|try_again_later)$/.test(code)
    ? 'generic_decline'
    : null
}

const advised: ReadonlySet<PlainId> = new Set([
  'insufficient_funds',
  'expired_card',
  'incorrect_cvc',
  'processing_error',
  'generic_decline',
  'daily_limit',
  'too_many_unfinished',
  'no_payment_method',
  'CANCELED',
])
