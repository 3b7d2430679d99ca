import { isName } from '../domain/names.ts'
import type { Services } from './context.ts'
import { badInput, type Optional } from './inputs.ts'

const longest = 2_000
/** What different readers of a URL take apart differently is none: `https:host`, a backslash, blanks. */
const plain = /^https?:\/\/[^\\\s]+$/i

/**
 * A page of the gateway or of an origin that the operator lists, as the caller wrote it; null for none. Never another
 * site's: what comes back from a payment must not be led astray.
 *
 * @throws {RequestFault} BAD_USER_INPUT that says which origins are usable.
 */
export function checkedReturnUrl(at: string, text: Optional<string>, services: Services): string | null {
  if (text == null) return null
  const origins = [new URL(services.publicUrl()).origin, ...services.returnOrigins]
  const url = isName(text, longest) && plain.test(text) ? URL.parse(text) : null
  const isPlain = url !== null && url.username === '' && url.password === ''
  if (isPlain && origins.includes(url.origin)) return text
  const rule = `give an absolute URL of at most ${longest} characters on ${[...new Set(origins)].join(', ')} (ALLOWED_ORIGINS lists others)`
  throw badInput(at, `not usable: ${rule}`)
}
