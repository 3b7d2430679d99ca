import { type Caller, type CallerClass, classOf } from './placer.ts'

/** Who used a key, and for which mutation. */
export type KeyOrigin = { readonly mutation: string; readonly caller: Caller }

/**
 * The namespace of a key inside its team. GATEWAY: the gateway's own commands. FORMER: keys from before there were
 * namespaces, which stand for every one of them.
 */
export type KeyNamespace = { readonly callerClass: CallerClass | 'GATEWAY' | 'FORMER'; readonly mutation: string }

export const formerKeys: KeyNamespace = { callerClass: 'FORMER', mutation: '' }

/** `origin` null: the gateway itself. */
export const namespaceOf = (origin: KeyOrigin | null): KeyNamespace =>
  origin === null
    ? { callerClass: 'GATEWAY', mutation: '' }
    : { callerClass: classOf(origin.caller), mutation: origin.mutation }

/** The whole name of a key in its team; keys have no control characters. */
export const fullKey = ({ callerClass, mutation }: KeyNamespace, key: string): string =>
  `${callerClass}\n${mutation}\n${key}`
