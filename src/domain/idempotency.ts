import { type Caller, type CallerClass, classOf, mayRepeat } from './placer.ts'

/** The caller that used a key, and the mutation that it was used for. */
export type KeyOrigin = { readonly mutation: string; readonly caller: Caller }

/**
 * The namespace of a key inside its team. GATEWAY: the gateway's own commands. FORMER: keys that are older than
 * namespaces, which match in every namespace.
 */
export type KeyNamespace = { readonly callerClass: CallerClass | 'GATEWAY' | 'FORMER'; readonly mutation: string }

export const formerKeys: KeyNamespace = { callerClass: 'FORMER', mutation: '' }

/** `origin` null: the gateway itself. */
export const namespaceOf = (origin: KeyOrigin | null): KeyNamespace =>
  origin === null
    ? { callerClass: 'GATEWAY', mutation: '' }
    : { callerClass: classOf(origin.caller), mutation: origin.mutation }

/** The whole name of a key in its team; keys have no control characters. The key and its outcome are kept for ever. */
export const fullKey = ({ callerClass, mutation }: KeyNamespace, key: string): string =>
  `${callerClass}\n${mutation}\n${key}`

/** The first use of a key. `caller` null: the gateway itself, or it is not known. */
type FirstUse = { readonly caller: Caller | null; readonly fingerprint: string }

/**
 * Whether a use of a key repeats the first one, and is told its outcome: the same input, from a caller who may see it. Any
 * other use is a conflict. `fingerprint`: a digest of the input.
 */
export function repeats(
  first: FirstUse,
  { origin, fingerprint }: { readonly origin?: KeyOrigin; readonly fingerprint: string },
): boolean {
  if (first.fingerprint !== fingerprint) return false
  return first.caller === null || origin === undefined || mayRepeat(first.caller, origin.caller)
}
