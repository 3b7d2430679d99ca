import { CreditsPill, type CreditsPillProps } from '@credits-gateway/react'
import { gateway, send } from './credits'

export const dynamic = 'force-dynamic'

type Data = { team: { balance: NonNullable<CreditsPillProps['initial']> } }

export default async function Page() {
  const { team } = await send<Data>('{ team { balance { label available state } } }')
  return (
    <main>
      <h1>A product</h1>
      <CreditsPill endpoint={gateway} tokenUrl="/api/credits-token" initial={team.balance} />
    </main>
  )
}
