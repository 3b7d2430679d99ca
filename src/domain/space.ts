/**
 * A gateway serves production, and a test space where it has one: teams, credentials, a clock, payments and webhooks of
 * their own, in a database of its own.
 */
export const spaces = ['PRODUCTION', 'TEST'] as const
export type Space = (typeof spaces)[number]
