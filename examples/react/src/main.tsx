import { CreditsPill } from '@credits-gateway/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

function App() {
  return (
    <>
      <h1>A product</h1>
      <CreditsPill endpoint="http://127.0.0.1:4000" tokenUrl="/api/credits-token" />
    </>
  )
}

createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
