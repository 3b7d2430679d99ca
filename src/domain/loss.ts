/**
 * Why a payment that had succeeded counts as lost: the bank takes it back, it was refunded as a whole, the card's issuer
 * warns that it is fraud, or a person looks at it for fraud. Whoever paid by that method is not charged by it again without being there.
 */
export const losses = ['DISPUTED', 'REFUNDED', 'WARNED', 'REVIEWED'] as const
export type Loss = (typeof losses)[number]

const whatHappened = {
  DISPUTED: 'a payment of the team was disputed',
  REFUNDED: 'a payment of the team was refunded',
  WARNED: 'the bank warns that a payment of the team is fraud',
  REVIEWED: 'a payment of the team is being reviewed for fraud',
} as const satisfies Record<Loss, string>

/** Why auto-recharge is paused, and what to do, for people. */
export const pausedBy = (loss: Loss): string =>
  `${whatHappened[loss]}, so its payment method is not charged again. Save another one, then set auto-recharge again.`
