import { type CSSResultGroup, LitElement, type PropertyDeclarations } from 'lit'
import type { Act } from '../acts/act.ts'
import type { TeamQuery } from '../contract.ts'
import { shared } from '../parts/styles.ts'

export type Team = NonNullable<TeamQuery['team']>

/** A part of the team's view that shows what the view has read. */
export abstract class TeamPart extends LitElement {
  static override properties: PropertyDeclarations = { team: { attribute: false } }
  static override styles: CSSResultGroup = shared
  declare team: Team

  protected ask(act: Act): void {
    this.dispatchEvent(new CustomEvent<Act>('act', { detail: act, bubbles: true, composed: true }))
  }
}
