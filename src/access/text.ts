const control = /\p{Cc}/u

/** PostgreSQL stores neither U+0000 nor half a surrogate pair. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/** Whether the text can name something: 1 to `longest` characters, none of them a control character. */
export const isName = (text: string, longest = 200): boolean =>
  text.length >= 1 && text.length <= longest && text.isWellFormed() && !control.test(text)
