import './sign-in.ts'
import { languageOf } from '../../elements/locales/languages.ts'
import { directionOf } from '../../elements/locales/locale.ts'
import { showPage } from './frame.ts'
import { type DemoVisitor, demoSession, keptToken, type Session, signIn } from './session.ts'
import type { CreditsSignIn } from './sign-in.ts'

export type PageOptions = {
  /** The visitor as whom the demo signs in. */
  readonly visitor: DemoVisitor
  /** Whether a visitor without a token is signed in to the demo without a question. */
  readonly signsInByItself: boolean
  /** Makes the page of whoever is signed in. */
  readonly show: (session: Session) => Node
  /** A BCP 47 tag, for pages whose content speaks more than English. */
  readonly locale?: string
}

/** Starts a page for whoever has a token. Others get the sign-in, with status 200 and no answer of the API. */
export async function startPage({ visitor, signsInByItself, show, locale = 'en' }: PageOptions): Promise<void> {
  document.documentElement.lang = languageOf(locale)
  document.documentElement.dir = directionOf(languageOf(locale))
  const open = (session: Session): void => {
    showPage(show(session), ...(session.viewer.role === 'PLATFORM' ? [] : [pillOf(session, locale)]))
  }

  const token = keptToken() ?? (signsInByItself ? ((await demoSession(visitor))?.token ?? null) : null)
  let reason = ''
  if (token !== null) {
    try {
      return open(await signIn(token))
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
    }
  }
  const form = document.createElement('credits-sign-in') as CreditsSignIn
  Object.assign(form, { visitor, reason, lang: 'en', dir: 'ltr' })
  form.addEventListener('signed-in', (event) => open((event as CustomEvent<Session>).detail))
  showPage(form)
}

/** The page is shown before the code of its pill is there. */
function pillOf({ token }: Session, locale: string): HTMLElement {
  void import('../../elements/pill.ts')
  const pill = document.createElement('credits-pill')
  pill.setAttribute('endpoint', location.origin)
  pill.setAttribute('token', token)
  pill.setAttribute('locale', locale)
  followTheme(pill)
  return pill
}

/** The pages have a switch of their own, which the element cannot see. */
function followTheme(element: HTMLElement): void {
  const root = document.documentElement
  const follow = () => element.setAttribute('theme', root.classList.contains('wa-dark') ? 'dark' : 'light')
  new MutationObserver(follow).observe(root, { attributeFilter: ['class'] })
  follow()
}
