/** Teams follow what Stripe says of their subscriptions. */
export type Subscriptions = {
  /** Asks how a subscription stands now and has its team follow; false: it is of no team of ours. */
  follow(id: string): Promise<boolean>
}
