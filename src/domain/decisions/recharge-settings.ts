import type { Policy } from '../account.ts'
import { type Credits, MOST_CREDITS } from '../amounts/credits.ts'
import { leastSoldFor } from '../custom-top-up.ts'
import { InvalidAmount, InvalidInput, UnknownPackage } from '../errors.ts'
import { mandateText } from '../mandate.ts'
import type { Recharge } from '../recharge.ts'
import { type Sale, saleOfAmount, saleOfPackage } from '../sale.ts'
import type { ConfigureRecharge } from './command.ts'

export type RechargeSettings = Pick<
  Recharge,
  'threshold' | 'packageId' | 'targetBalance' | 'monthlyCap' | 'maxPerDay' | 'currency'
>
/** `mandate`: the text that whoever turns it on consents to. */
export type RechargeOffer = { readonly settings: RechargeSettings; readonly mandate: string }
type Failed = { readonly failure: UnknownPackage | InvalidAmount | InvalidInput }

/**
 * A digit too many must not buy without end: an episode is at most so many purchases, and one for what comes meanwhile.
 */
const mostPurchases = 10n
const mostPerDay = 1_000

/** The settings that are asked for. */
export type RechargeTerms = Pick<
  ConfigureRecharge,
  'threshold' | 'packageId' | 'targetBalance' | 'monthlyCap' | 'maxPerDay'
>

/** The settings of a recharge that is turned on, or what is wrong with them. */
export function settingsOf(command: RechargeTerms, policy: Policy): RechargeOffer | Failed {
  const { threshold, packageId, targetBalance, monthlyCap, maxPerDay } = command
  if (threshold === null || threshold < 0n) {
    return unusable('threshold', 'auto-recharge needs a threshold: give the balance, 0 or more, below which it buys')
  }
  if (threshold > MOST_CREDITS) return unusable('threshold', 'no balance reaches such a threshold: give a lower one')
  if (maxPerDay !== null && (maxPerDay < 1 || maxPerDay > mostPerDay)) {
    return unusable('maxPerDay', `give 1 to ${mostPerDay} recharges a day, or none for no limit`)
  }
  const first = firstSale({ threshold, packageId, targetBalance }, policy)
  if ('failure' in first) return first
  const { price } = first
  if (monthlyCap !== null && monthlyCap < price.amount) {
    const what = packageId === null ? 'recharge' : 'package'
    return unusable('monthlyCap', `the monthly cap is below the price of one ${what}: give at least that, or none`)
  }
  const settings = { threshold, packageId, targetBalance, monthlyCap, maxPerDay, currency: price.currency }
  return { settings, mandate: mandateText(settings, first) }
}

/** The cheapest purchase that a recharge with these settings makes. */
function firstSale(
  { threshold, packageId, targetBalance }: Pick<RechargeSettings, 'threshold' | 'packageId' | 'targetBalance'>,
  policy: Policy,
): Sale | Failed {
  if (packageId !== null && targetBalance !== null) {
    return invalid('targetBalance', 'auto-recharge buys a package or to a target balance: give one of them, not both')
  }
  if (packageId !== null) return packageSale(packageId, threshold, policy)
  if (targetBalance !== null) return targetSale(targetBalance, threshold, policy)
  return invalid('packageId', 'auto-recharge needs a package or a target balance: give the id of what it buys')
}

function packageSale(packageId: string, threshold: Credits, policy: Policy): Sale | Failed {
  const pack = policy.package(packageId)
  if (pack === undefined) return { failure: new UnknownPackage({ packageId }) }
  if (threshold <= pack.credits * mostPurchases) return saleOfPackage(pack)
  const reason = `the threshold is more than ${mostPurchases} packages hold: give a lower one, or a larger package`
  return unusable('threshold', reason)
}

/** Bought just below the threshold. Below the threshold, a target would leave the balance to be recharged again. */
function targetSale(targetBalance: Credits, threshold: Credits, { customTopUp }: Policy): Sale | Failed {
  if (customTopUp === null) {
    return invalid('targetBalance', 'credits are sold in packages only: give the id of one instead')
  }
  if (targetBalance < threshold) {
    return unusable('targetBalance', 'the target is below the threshold: give at least the threshold')
  }
  if (targetBalance > customTopUp.most * mostPurchases) {
    return unusable('targetBalance', `the target is more than ${mostPurchases} purchases reach: give a lower one`)
  }
  return saleOfAmount(customTopUp, leastSoldFor(customTopUp, targetBalance - threshold + 1n))
}

const unusable = (amount: string, reason: string) => ({ failure: new InvalidAmount({ path: [amount], reason }) })
const invalid = (field: string, reason: string) => ({ failure: new InvalidInput({ path: [field], reason }) })
