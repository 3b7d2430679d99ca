import { registerTranslation } from '@awesome.me/webawesome/dist/utilities/localize.js'
import type { BillingMessages } from '../locales/billing.ts'

type Named = { readonly text: BillingMessages; readonly language: string; readonly direction: 'ltr' | 'rtl' }
type Translation = Parameters<typeof registerTranslation>[0]

const named = new Set(['en'])

/** Names the buttons that Web Awesome's controls bring along. It finds them by the control's `lang`, and has English ones itself. */
export function nameControls({ text: { close, clearEntry }, language, direction }: Named): void {
  if (named.has(language)) return
  named.add(language)
  // Its type asks for the words of all controls.
  registerTranslation({ $code: language, $name: language, $dir: direction, close, clearEntry } as Translation)
}
