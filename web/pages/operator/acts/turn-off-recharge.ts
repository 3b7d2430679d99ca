import { TurnOffRechargeDocument } from '../contract.ts'
import { type Act, outcomeOf } from './act.ts'

export const turnOffRecharge = ({ id, name }: { readonly id: string; readonly name: string }): Act => ({
  title: `Turn off auto-recharge of ${name}`,
  fields: [],
  effect: () =>
    `${name} buys nothing by itself any more. Its settings are kept. An admin of the team can turn it on again.`,
  confirm: 'Turn off',
  isDangerous: true,
  send: async (request) => {
    const { configureAutoRecharge } = await request(TurnOffRechargeDocument, { team: id })
    return outcomeOf(configureAutoRecharge, () => `Auto-recharge of ${name} is off`)
  },
})
