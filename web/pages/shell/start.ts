import './credits-shell.ts'
import './sign-in.ts'
import '../../elements/pill.ts'
import { languageOf } from '../../elements/locales/languages.ts'
import { directionOf } from '../../elements/locales/locale.ts'
import { type DemoVisitor, demoSession, keptToken, type Session, signIn } from './session.ts'
import type { CreditsSignIn } from './sign-in.ts'

export type PageOptions = {
  /** As whom the demo signs in. */
  readonly visitor: DemoVisitor
  /** Whether a visitor without a token is signed in to the demo without a question. */
  readonly signsInByItself: boolean
  /** What the page shows to whoever is signed in. */
  readonly show: (session: Session) => Node
  /** A BCP 47 tag, for pages whose content speaks more than English. */
  readonly locale?: string
}

/** Starts a page for whoever has a token. Others get the sign-in, with status 200 and no answer of the API. */
export async function startPage({ visitor, signsInByItself, show, locale = 'en' }: PageOptions): Promise<void> {
  document.documentElement.lang = languageOf(locale)
  document.documentElement.dir = directionOf(languageOf(locale))
  const shell = document.createElement('credits-shell')
  document.body.append(shell)

  const open = (session: Session): void => {
    shell.replaceChildren(show(session))
    if (session.viewer.role === 'PLATFORM') return
    const pill = document.createElement('credits-pill')
    pill.slot = 'end'
    pill.setAttribute('endpoint', location.origin)
    pill.setAttribute('token', session.token)
    pill.setAttribute('locale', locale)
    followTheme(pill)
    shell.append(pill)
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
  shell.replaceChildren(form)
}

/** The pages have a switch of their own, which the element cannot see. */
function followTheme(element: HTMLElement): void {
  const root = document.documentElement
  const follow = () => element.setAttribute('theme', root.classList.contains('wa-dark') ? 'dark' : 'light')
  new MutationObserver(follow).observe(root, { attributeFilter: ['class'] })
  follow()
}
