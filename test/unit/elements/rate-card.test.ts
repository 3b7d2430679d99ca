import { expect, it } from 'vitest'
import { type RateCategory, searchRates } from '../../../web/elements/controllers/rate-card.ts'

const rate = (code: string, name: string) => ({ code, name }) as RateCategory['rates'][number]
const card: RateCategory[] = [
  { id: '1', code: 'video', name: 'Video', rates: [rate('video.kling-3', 'Kling 3.0'), rate('video.veo', 'Veo')] },
  { id: '2', code: 'tts', name: 'Speech', rates: [rate('tts.openai', 'OpenAI TTS')] },
]
const found = (text: string) => searchRates(card, text).flatMap(({ rates }) => rates.map(({ code }) => code))

it('finds rates by each word of a text, in names, codes and categories', () => {
  expect(found('')).toHaveLength(3)
  expect(found('video KLING')).toEqual(['video.kling-3'])
  expect(found('speech')).toEqual(['tts.openai'])
  expect(found('sora')).toEqual([])
})
