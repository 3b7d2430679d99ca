import { type CSSResultGroup, LitElement, type PropertyDeclarations, type PropertyValues } from 'lit'
import type { CreditsClient } from '../../../client/index.ts'
import type { Act } from '../acts/act.ts'
import { shared } from './styles.ts'

/** A part of the page. It reads when it appears, and again whenever `changes` grows. */
export abstract class OperatorPart extends LitElement {
  static override properties: PropertyDeclarations = {
    client: { attribute: false },
    changes: { attribute: false },
  }
  static override styles: CSSResultGroup = shared
  declare client: CreditsClient
  /** Counts what may have changed at the gateway. */
  declare changes: number

  constructor() {
    super()
    this.changes = 0
  }

  /** Names of the properties that the reading depends on. */
  protected get dependsOn(): readonly string[] {
    return ['changes']
  }

  protected abstract read(): void

  protected override willUpdate(changed: PropertyValues): void {
    if (this.dependsOn.some((name) => changed.has(name))) this.read()
  }

  /** Asks the operator for what the act needs, and carries it out. */
  protected ask(act: Act): void {
    this.dispatchEvent(new CustomEvent<Act>('act', { detail: act, bubbles: true, composed: true }))
  }
}
