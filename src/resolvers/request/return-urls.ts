import { isName } from '../../domain/names.ts'
import type { Services } from './context.ts'
import { badInput, type Optional } from './inputs.ts'

const longest = 2_000
/** The form of a URL that all parsers read alike: without `https:host`, backslashes and blanks. */
const plain = /^https?:\/\/[^\\\s]+$/i

/**
 * A page of the gateway or of an origin that the operator lists, as the caller wrote it; null if none is given. A page
 * of any other site is refused, so that a payment can't redirect a customer there.
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
