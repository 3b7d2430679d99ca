/** The English texts of the pages about a payment. Every other language must have the same ones. */
export const en = {
  receivedTitle: 'Payment received',
  receivedText:
    'Your credits are on the balance as soon as it is confirmed, mostly within moments. You can close this tab.',
  canceledTitle: 'Payment canceled',
  nothingCharged: 'Nothing was charged.',
  unknownTitle: 'Back from the payment',
  unknownText: 'What came of it shows on the balance, mostly within moments.',
  unconfirmedTitle: 'Payment not confirmed',
  unconfirmedText: 'Your bank did not confirm it. Nothing was charged.',
  savedTitle: 'Payment method saved',
  savedText: 'Nothing was charged. You can close this tab.',
  unsavedTitle: 'No payment method saved',
  declinedTitle: 'Payment declined',
  declinedText: 'The payment failed. Nothing was charged: use another payment method, or ask your bank.',
  otherwiseText: 'Another amount than the price was paid, so no credits were added. Do not pay again: contact support.',
  underWayTitle: 'Payment under way',
  underWayText: 'Your credits arrive as soon as it is confirmed.',
  bankText: 'Your credits arrive as soon as it is confirmed, which takes your bank some days.',
  refundedTitle: 'Payment refunded',
  refundedText: 'The money goes back to where it came from.',
  added: { one: '{n} credit added', other: '{n} credits added' },
  closeTab: 'You can close this tab.',
  balance: 'Your balance is {n}. You can close this tab.',
  receipt: 'View receipt',
  confirmTitle: 'Confirm a payment',
  confirmText: 'Your bank wants you to confirm {sum} for {credits}. It was requested by auto-recharge.',
  confirmTaxed: 'Your bank wants you to confirm {sum} plus tax for {credits}. It was requested by auto-recharge.',
  credits: { one: '{n} credit', other: '{n} credits' },
  confirm: 'Confirm the payment',
  goOn: 'Go on',
  home: 'Home',
  plans: 'Plans',
}

export type PaymentTexts = {
  readonly [Id in keyof typeof en]: (typeof en)[Id] extends string ? string : PluralText
}
/** The forms follow the rules of `Intl.PluralRules`. */
export type PluralText = { readonly [Rule in Intl.LDMLPluralRule]?: string } & { readonly other: string }
