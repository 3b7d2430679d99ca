const control = /\p{Cc}/u
/** Characters that a reader does not see, or sees as a space: two ids that differ in them alone look alike. */
const invisible = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]|(?! )\p{Zs}|^ | $/u

const everyInvisible = new RegExp(invisible.source, 'gu')

/** PostgreSQL stores neither U+0000 nor half a surrogate pair. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/** Whether the text can name something: 1 to `longest` characters, none of them a control character. */
export const isName = (text: string, longest = 200): boolean =>
  text.length >= 1 && text.length <= longest && text.isWellFormed() && !control.test(text)

export const nameRule = 'give 1 to 200 characters without control characters'

/** Whether the text can be the id of a team or a member: a name in NFC, without invisible characters. */
export const isVisibleId = (text: string): boolean =>
  isName(text) && !invisible.test(text) && text === text.normalize('NFC')

export const visibleIdRule = '1 to 200 characters in NFC, none of them invisible'

/**
 * The text as its reader sees it, in one line: invisible characters are left out, and each space that is not U+0020 and each
 * line end becomes U+0020. Empty if nothing of the text is visible.
 */
export const visibleText = (text: string): string =>
  text.replaceAll(everyInvisible, (one) => (/[\s\u2800]/.test(one) ? ' ' : '')).trim()
