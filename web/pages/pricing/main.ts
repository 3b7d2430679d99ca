import { showPage } from '../shell/frame.ts'
import { PricingPage } from './pricing-page.ts'

showPage(new PricingPage())
