import type { Settings } from './settings.ts'

export type Account = {
  /** The API version of the account, which events have whatever version a request names. */
  eventVersion(): string
  setEventVersion(version: string): void
}

const name = 'account.event_version'

export const openAccount = (settings: Settings, byDefault: string): Account => ({
  eventVersion: () => settings.get(name) ?? byDefault,
  setEventVersion: (version) => settings.set(name, version),
})
