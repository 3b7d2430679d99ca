import { LitElement, type PropertyDeclarations, type PropertyValues } from 'lit'
import type { CreditsClient } from '../../client/index.ts'
import type { TeamScope } from '../controllers/scope.ts'
import type { Store } from '../controllers/store.ts'
import { type Formats, formatsFor } from './formats.ts'
import { clientFor } from './shared-client.ts'

/**
 * A part of the billing page: a view of one controller. It works by its `client`, or by `endpoint` and `token`; parts with the same
 * ones share a connection.
 */
export abstract class BillingPart<Controller extends Store<unknown>> extends LitElement {
  static override properties: PropertyDeclarations = {
    client: { attribute: false },
    endpoint: {},
    token: {},
    team: {},
    locale: {},
  }
  /** Made for the same team, where it is a PLATFORM caller's. */
  declare client: CreditsClient | null
  /** The gateway's origin, in place of a client. */
  declare endpoint: string
  declare token: string
  /** Only for PLATFORM callers: anyone else's token names the team. */
  declare team: string
  /** Default: the language of the page. */
  declare locale: string
  protected controller: Controller | null = null
  protected scope: TeamScope | null = null
  #stop: () => void = () => undefined
  #release: () => void = () => undefined

  constructor() {
    super()
    this.client = null
    this.endpoint = ''
    this.token = ''
    this.team = ''
    this.locale = ''
  }

  protected abstract open(scope: TeamScope): Controller

  protected get formats(): Formats {
    return formatsFor(this.locale || document.documentElement.lang || navigator.language)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) this.#begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#end()
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (['client', 'endpoint', 'token', 'team'].some((name) => changed.has(name))) this.#begin()
  }

  #begin(): void {
    this.#end()
    this.scope = this.#findScope()
    if (this.scope === null) return
    this.controller = this.open(this.scope)
    this.#stop = this.controller.subscribe(() => this.requestUpdate())
  }

  #findScope(): TeamScope | null {
    const teamId = this.team || undefined
    if (this.client !== null) return { client: this.client, teamId }
    if (this.endpoint === '' || this.token === '') return null
    const { client, release } = clientFor({ endpoint: this.endpoint, token: this.token, teamId })
    this.#release = release
    return { client, teamId }
  }

  #end(): void {
    this.#stop()
    this.#release()
    this.#stop = this.#release = () => undefined
    this.controller = null
    this.scope = null
  }
}
