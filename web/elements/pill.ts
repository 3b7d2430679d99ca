import { CreditsPill } from './credits-pill.ts'

if (customElements.get('credits-pill') === undefined) customElements.define('credits-pill', CreditsPill)
