import '../shell/credits-shell.ts'
import { PricingPage } from './pricing-page.ts'

const shell = document.createElement('credits-shell')
shell.append(new PricingPage())
document.body.append(shell)
