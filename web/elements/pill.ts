import { CreditsPill } from './credits-pill.ts'

customElements.define('credits-pill', CreditsPill)
