import { knownLocale } from '../locales/locale.ts'

// uPlot makes formats for `navigator.language` while it loads. A tag that Intl refuses, such as Chromium's `en-US@posix`, would be the end of
// the whole part.
const known = knownLocale(navigator.language)
if (known !== navigator.language) Object.defineProperty(navigator, 'language', { configurable: true, value: known })
