import { SetAddOnUnitsDocument } from '../contract.ts'
import { counted, credits, money } from '../parts/formats.ts'
import { type Act, outcomeOf } from './act.ts'

type AddOn = { readonly credits: string; readonly price: { readonly amount: string; readonly currency: string } }
type Team = { readonly id: string; readonly name: string; readonly addOnUnits: number }

export const setAddOnUnits = ({ id, name, addOnUnits }: Team, addOn: AddOn): Act => ({
  title: `Add-on units of ${name}`,
  fields: [
    {
      name: 'units',
      label: 'Units',
      kind: 'count',
      value: `${addOnUnits}`,
      hint: `Each deposits ${credits(addOn.credits)} credits a period for ${money(addOn.price)}. 0 ends them with the cycle.`,
    },
  ],
  effect: (values) =>
    `${name} has ${counted(Number(values.units) || 0, 'unit')} in place of ${addOnUnits}. Where a subscription pays, the customer is charged for more at once.`,
  confirm: 'Set units',
  send: async (request, values, key) => {
    const { setAddOnUnits } = await request(SetAddOnUnitsDocument, { team: id, units: Number(values.units), key })
    return outcomeOf(setAddOnUnits, ({ addOnUnits: now }) => `${name} has ${counted(now, 'add-on unit')}`)
  },
})
